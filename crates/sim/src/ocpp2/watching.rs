//! Monitors of the device model, and what they notice.

use super::Pile;
use model::time::Timestamp;
use serde_json::{Value, json};

/// What the pile watches, and the number of its last event.
#[derive(Debug)]
pub(super) struct Watching {
    monitors: Vec<Value>,
    events: i64,
}

impl Watching {
    /// One that is built in.
    pub(super) fn new() -> Watching {
        let fan = json!({
            "id": 1, "component": { "name": "ChargingStation" }, "variable": { "name": "Temperature" },
            "type": "UpperThreshold", "value": 85, "severity": 2, "transaction": false,
        });
        Watching { monitors: vec![fan], events: 0 }
    }
}

fn same(one: &Value, other: &Value) -> bool {
    ["component", "variable", "type", "severity"].iter().all(|name| one[*name] == other[*name])
}

impl Pile {
    /// `None`: it is no question about monitors.
    pub(super) fn watched(&mut self, action: &str, asked: &Value, now: Timestamp) -> Option<Value> {
        Some(match action {
            "SetMonitoringLevel" | "SetMonitoringBase" => json!({ "status": "Accepted" }),
            "SetVariableMonitoring" => {
                let wanted = asked["setMonitoringData"].as_array().cloned().unwrap_or_default();
                let results: Vec<Value> = wanted.iter().map(|one| self.watch(one, now)).collect();
                json!({ "setMonitoringResult": results })
            }
            "ClearVariableMonitoring" => {
                let gone = asked["id"].as_array().cloned().unwrap_or_default();
                let results: Vec<Value> = gone.iter().map(|id| self.unwatch(id)).collect();
                json!({ "clearMonitoringResult": results })
            }
            "GetMonitoringReport" => self.monitors_report(asked, now),
            _ => return None,
        })
    }

    fn watch(&mut self, wanted: &Value, now: Timestamp) -> Value {
        let mut result = json!({ "component": wanted["component"], "variable": wanted["variable"],
            "type": wanted["type"], "severity": wanted["severity"] });
        if self.watching.monitors.iter().any(|one| same(one, wanted)) {
            result["status"] = json!("Duplicate");
            return result;
        }
        let id = self.watching.monitors.iter().filter_map(|one| one["id"].as_i64()).max().unwrap_or(0) + 1;
        let mut kept = wanted.clone();
        kept["id"] = json!(id);
        self.watching.monitors.push(kept);
        (result["id"], result["status"]) = (json!(id), json!("Accepted"));
        self.watching.events += 1;
        // Its value is beyond the threshold already, so that there is something to see.
        let event = json!({
            "eventId": self.watching.events, "timestamp": now.rfc3339(), "trigger": "Alerting",
            "actualValue": wanted["value"].to_string(), "cleared": false, "variableMonitoringId": id,
            "eventNotificationType": "CustomMonitor", "component": wanted["component"], "variable": wanted["variable"],
        });
        let payload = json!({ "generatedAt": now.rfc3339(), "seqNo": 0, "tbc": false, "eventData": [event] });
        self.reports.push_back(("NotifyEvent", payload));
        result
    }

    fn unwatch(&mut self, id: &Value) -> Value {
        let status = match self.watching.monitors.iter().position(|one| one["id"] == *id) {
            Some(_) if *id == 1 => "Rejected",
            Some(place) => {
                self.watching.monitors.remove(place);
                "Accepted"
            }
            None => "NotFound",
        };
        json!({ "id": id, "status": status })
    }

    fn monitors_report(&mut self, asked: &Value, now: Timestamp) -> Value {
        let monitors = self.watching.monitors.iter().map(|one| {
            json!({ "component": one["component"], "variable": one["variable"], "variableMonitoring": [{
                "id": one["id"], "transaction": one["transaction"].as_bool().unwrap_or(false), "value": one["value"],
                "type": one["type"], "severity": one["severity"],
            }] })
        });
        let report = json!({ "requestId": asked["requestId"], "generatedAt": now.rfc3339(), "seqNo": 0, "tbc": false,
            "monitor": monitors.collect::<Vec<_>>() });
        self.reports.push_back(("NotifyMonitoringReport", report));
        json!({ "status": "Accepted" })
    }
}
