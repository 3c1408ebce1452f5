//! What the pile shows to people, knows of customers, and says in its vendor's words.

use super::Pile;
use model::time::Timestamp;
use serde_json::{Value, json};

/// The vendor whose words the pile knows, and the one message of it.
pub(crate) const VENDOR: &str = "com.pileops.sim";
pub(crate) const MESSAGE: &str = "Echo";

/// What it has been given to show; one was there when it left the factory.
#[derive(Debug)]
pub(super) struct Showing {
    messages: Vec<Value>,
}

impl Showing {
    pub(super) fn new() -> Showing {
        let own = json!({
            "id": 900, "priority": "NormalCycle", "state": "Idle",
            "message": { "format": "UTF8", "language": "zh", "content": "请插枪后刷卡" },
        });
        Showing { messages: vec![own] }
    }
}

/// The pile has room for so many.
const MESSAGES_MAX: usize = 20;

impl Pile {
    /// `None`: it is no question about these.
    pub(super) fn showed(&mut self, action: &str, asked: &Value, now: Timestamp) -> Option<Value> {
        Some(match action {
            "SetDisplayMessage" => self.show(&asked["message"]),
            "ClearDisplayMessage" => {
                let before = self.showing.messages.len();
                self.showing.messages.retain(|one| one["id"] != asked["id"]);
                let gone = self.showing.messages.len() < before;
                json!({ "status": if gone { "Accepted" } else { "Unknown" } })
            }
            "GetDisplayMessages" => self.shown(asked, now),
            "CostUpdated" => json!({}),
            "CustomerInformation" => self.customer(asked, now),
            "DataTransfer" if asked["vendorId"] != VENDOR => json!({ "status": "UnknownVendorId" }),
            "DataTransfer" if asked["messageId"] != MESSAGE => json!({ "status": "UnknownMessageId" }),
            "DataTransfer" => {
                // It says the same back, so that there is something to see in either direction.
                self.reports.push_back(("DataTransfer", asked.clone()));
                json!({ "status": "Accepted", "data": asked["data"] })
            }
            _ => return None,
        })
    }

    fn show(&mut self, message: &Value) -> Value {
        let of_session = message["transactionId"].as_str();
        if of_session.is_some_and(|name| self.number(name) < 0) {
            return json!({ "status": "UnknownTransaction" });
        }
        if message["message"]["format"] == "HTML" {
            return json!({ "status": "NotSupportedMessageFormat" });
        }
        self.showing.messages.retain(|one| one["id"] != message["id"]);
        if self.showing.messages.len() >= MESSAGES_MAX {
            return json!({ "status": "Rejected" });
        }
        self.showing.messages.push(message.clone());
        json!({ "status": "Accepted" })
    }

    /// The report follows in two parts, so that what takes it is tried with several.
    fn shown(&mut self, asked: &Value, now: Timestamp) -> Value {
        self.showing.messages.retain(|one| {
            let until = one["endDateTime"].as_str().and_then(Timestamp::parse);
            until.is_none_or(|until| until > now)
        });
        let ids = asked["id"].as_array();
        let fits = |one: &&Value| {
            ids.is_none_or(|ids| ids.contains(&one["id"]))
                && (asked["priority"].is_null() || asked["priority"] == one["priority"])
                && (asked["state"].is_null() || asked["state"] == one["state"])
        };
        let mut found: Vec<Value> = self.showing.messages.iter().filter(fits).cloned().collect();
        if found.is_empty() {
            return json!({ "status": "Unknown" });
        }
        let last = found.split_off(found.len() / 2);
        for (part, more) in [(found, true), (last, false)] {
            if !part.is_empty() {
                let report = json!({ "requestId": asked["requestId"], "tbc": more, "messageInfo": part });
                self.reports.push_back(("NotifyDisplayMessages", report));
            }
        }
        json!({ "status": "Accepted" })
    }

    /// What it knows is how often the customer was here, in two pieces.
    fn customer(&mut self, asked: &Value, now: Timestamp) -> Value {
        let name = asked["customerIdentifier"].as_str().or(asked["idToken"]["idToken"].as_str());
        let Some(name) = name else { return json!({ "status": "Invalid" }) };
        if asked["report"] == true {
            let pieces = [format!("customer={name};"), format!("sessions={}", self.events.len())];
            for (seq, data) in pieces.into_iter().enumerate() {
                let report = json!({ "requestId": asked["requestId"], "generatedAt": now.rfc3339(), "seqNo": seq,
                    "tbc": seq == 0, "data": data });
                self.reports.push_back(("NotifyCustomerInformation", report));
            }
        }
        json!({ "status": "Accepted" })
    }
}
