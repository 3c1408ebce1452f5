//! Messages on a pile's display (OCPP 2.0.1 O01 to O06) and what it knows of a customer (N09, N10).

use crate::ocpp::json::Node;
use model::device::DeviceEvent;
use model::display::{CustomerPart, DisplayChange, DisplayMessage};
use model::time::Timestamp;

/// NotifyDisplayMessages: some at a time.
pub fn event(payload: &Node) -> DeviceEvent {
    let all = payload.get("messageInfo").map_or(&[][..], Node::list);
    DeviceEvent::Displays(all.iter().filter_map(message).map(Box::new).map(DisplayChange::Told).collect())
}

fn message(info: &Node) -> Option<DisplayMessage> {
    let time =
        |name: &str| info.get(name).and_then(Node::text).and_then(Timestamp::parse).map(Timestamp::as_ms);
    let content = info.get("message")?;
    Some(DisplayMessage {
        no: info.integer("id")?,
        priority: info.keep("priority")?,
        state: info.keep("state"),
        from_ms: time("startDateTime"),
        until_ms: time("endDateTime"),
        session: info.keep("transactionId"),
        format: content.keep("format")?,
        language: content.keep("language"),
        content: content.keep("content").unwrap_or_default(),
    })
}

/// What a call has changed, by the pile's answer to it. `accepted`: as a whole.
pub fn changes(action: &str, payload: &str, answer: Option<&str>, accepted: bool) -> Vec<DisplayChange> {
    let Ok(asked) = Node::parse(payload) else { return Vec::new() };
    let told = answer.and_then(|answer| Node::parse(answer).ok());
    let unknown = told.as_ref().and_then(|told| told.get("status")).and_then(Node::text) == Some("Unknown");
    let of_all = ["id", "priority", "state"].iter().all(|name| asked.get(name).is_none());
    let change = match action {
        "SetDisplayMessage" if accepted => {
            asked.get("message").and_then(message).map(Box::new).map(DisplayChange::Set)
        }
        "ClearDisplayMessage" if accepted || unknown => {
            asked.integer("id").map(|no| DisplayChange::Gone { no })
        }
        // The report follows; one that knows of none has none.
        "GetDisplayMessages" if of_all && (accepted || unknown) => Some(DisplayChange::Anew),
        _ => None,
    };
    change.into_iter().collect()
}

/// NotifyCustomerInformation
pub fn customer(payload: &Node) -> DeviceEvent {
    DeviceEvent::CustomerTold(CustomerPart {
        request_no: payload.integer("requestId").unwrap_or(-1),
        seq_no: payload.integer("seqNo").unwrap_or(0),
        is_last: !matches!(payload.get("tbc"), Some(Node::Bool(true))),
        content: payload.get("data").and_then(Node::text).unwrap_or_default().replace('\0', "\u{fffd}"),
    })
}

/// CostUpdated, taken by the pile: the session and what it costs, as it was said.
pub fn cost(action: &str, payload: &str) -> Option<(String, String)> {
    if action != "CostUpdated" {
        return None;
    }
    let asked: serde_json::Value = serde_json::from_str(payload).ok()?;
    let session = asked["transactionId"].as_str()?.replace('\0', "\u{fffd}");
    Some((session, asked["totalCost"].is_number().then(|| asked["totalCost"].to_string())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_kept_as_they_were_taken() {
        let asked = r#"{"message":{"id":4,"priority":"InFront","state":"Idle","startDateTime":"2026-07-15T02:30:00Z","message":{"format":"UTF8","language":"zh","content":"欢迎"}}}"#;
        let [DisplayChange::Set(one)] = &changes("SetDisplayMessage", asked, None, true)[..] else {
            panic!()
        };
        assert_eq!((one.no, one.content.as_str(), one.state.as_deref()), (4, "欢迎", Some("Idle")));
        assert_eq!(one.from_ms, Timestamp::parse("2026-07-15T02:30:00Z").map(Timestamp::as_ms));
        assert_eq!(changes("SetDisplayMessage", asked, None, false), []);
        let unknown = Some(r#"{"status":"Unknown"}"#);
        let gone = [DisplayChange::Gone { no: 4 }];
        assert_eq!(changes("ClearDisplayMessage", r#"{"id":4}"#, unknown, false), gone);
        assert_eq!(changes("ClearDisplayMessage", r#"{"id":4}"#, None, true), gone);
        assert_eq!(
            changes("GetDisplayMessages", r#"{"requestId":1}"#, unknown, false),
            [DisplayChange::Anew]
        );
        assert_eq!(changes("GetDisplayMessages", r#"{"requestId":1,"state":"Idle"}"#, None, true), []);
        assert_eq!(changes("Other", "x", None, true), []);
        let told = |payload: &str| match event(&Node::parse(payload).unwrap()) {
            DeviceEvent::Displays(changes) => changes,
            other => panic!("{other:?}"),
        };
        let info = r#"{"id":4,"priority":"InFront","message":{"format":"UTF8","content":"x"}}"#;
        let reported = told(&format!(r#"{{"requestId":1,"messageInfo":[{info}]}}"#));
        assert!(matches!(&reported[..], [DisplayChange::Told(one)] if one.no == 4));
        assert_eq!(told(r#"{"requestId":1}"#), []);
        let shown = cost("CostUpdated", r#"{"totalCost":12.5,"transactionId":"a"}"#);
        assert_eq!(shown, Some(("a".to_owned(), "12.5".to_owned())));
        assert_eq!(cost("Reset", r#"{"totalCost":1,"transactionId":"a"}"#), None);
    }

    #[test]
    fn a_piece_says_whether_more_follows() {
        let read = |text: &str| match customer(&Node::parse(text).unwrap()) {
            DeviceEvent::CustomerTold(part) => part,
            other => panic!("{other:?}"),
        };
        let first = read(r#"{"data":"a","tbc":true,"seqNo":0,"requestId":7}"#);
        assert_eq!(
            (first.request_no, first.seq_no, first.is_last, first.content.as_str()),
            (7, 0, false, "a")
        );
        assert!(read(r#"{"data":"b","seqNo":1,"requestId":7}"#).is_last);
    }
}
