//! DataTransfer, which every version of OCPP has: what was said in a vendor's words and what was answered.

use super::json::Node;
use model::display::VendorMessage;

/// What the payload says. Data that is no text is kept as JSON.
pub fn message(payload: &Node) -> VendorMessage {
    VendorMessage {
        vendor: payload.keep("vendorId").unwrap_or_default(),
        message: payload.keep("messageId"),
        data: payload.get("data").map(data),
    }
}

fn data(data: &Node) -> String {
    match data {
        Node::Text(text) => text.replace('\0', "\u{fffd}"),
        other => other.value().to_string().replace('\0', "\u{fffd}"),
    }
}

/// A call of ours that the pile has answered: what was said, the answer's word and what came with it. `detail`:
/// the answer, where it says more than Accepted.
pub fn answered(
    action: &str,
    payload: &str,
    detail: Option<&str>,
) -> Option<(VendorMessage, String, Option<String>)> {
    if action != "DataTransfer" {
        return None;
    }
    let said = message(&Node::parse(payload).ok()?);
    let told = detail.map(Node::parse).and_then(Result::ok);
    let status = match &told {
        None => Some("Accepted".to_owned()),
        Some(told) => told.keep("status"),
    };
    let answer = told.as_ref().and_then(|told| told.get("data")).map(data);
    // A CALLERROR has no status.
    Some((said, status.unwrap_or_else(|| "CALLERROR".to_owned()), answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_and_answered_is_kept() {
        let asked = r#"{"vendorId":"com.a","messageId":"M","data":{"n":1}}"#;
        let (said, status, answer) = answered("DataTransfer", asked, None).unwrap();
        assert_eq!((said.vendor.as_str(), said.message.as_deref()), ("com.a", Some("M")));
        assert_eq!((said.data.as_deref(), status.as_str(), answer), (Some(r#"{"n":1}"#), "Accepted", None));
        let told = |detail| {
            answered("DataTransfer", asked, Some(detail)).map(|(_, status, answer)| (status, answer))
        };
        let some = |status: &str, answer: Option<&str>| Some((status.to_owned(), answer.map(str::to_owned)));
        assert_eq!(told(r#"{"status":"Accepted","data":"x"}"#), some("Accepted", Some("x")));
        assert_eq!(told(r#"{"status":"UnknownMessageId"}"#), some("UnknownMessageId", None));
        assert_eq!(told(r#"{"errorDescription":"no"}"#), some("CALLERROR", None));
        assert_eq!(answered("Reset", "{}", None), None);
    }
}
