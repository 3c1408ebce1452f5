//! What the pile says: messages of 1.6 in the words of 2.0.1, and their answers back.

use super::Pile;
use model::time::Timestamp;
use serde_json::{Value, json};

impl Pile {
    /// Action, payload, and the number of the session that it is about; `None`: 2.0.1 has no word for it.
    pub(super) fn say(&mut self, action: &str, said: &Value) -> Option<(&'static str, Value, Option<i64>)> {
        let tag = || json!({ "idToken": said["idTag"], "type": "ISO14443" });
        Some(match action {
            "BootNotification" => {
                let station = json!({
                    "vendorName": said["chargePointVendor"],
                    "model": said["chargePointModel"],
                    "serialNumber": said["chargePointSerialNumber"],
                    "firmwareVersion": said["firmwareVersion"],
                });
                ("BootNotification", json!({ "reason": "PowerUp", "chargingStation": station }), None)
            }
            "Heartbeat" => ("Heartbeat", json!({}), None),
            "Authorize" => ("Authorize", json!({ "idToken": tag() }), None),
            // The pile as a whole has no status of its own.
            "StatusNotification" if said["connectorId"] == 0 => return None,
            "StatusNotification" => {
                let status = match said["status"].as_str().unwrap_or_default() {
                    word @ ("Available" | "Unavailable" | "Faulted" | "Reserved") => word,
                    _ => "Occupied",
                };
                let payload = json!({
                    "timestamp": said["timestamp"],
                    "connectorStatus": status,
                    "evseId": said["connectorId"],
                    "connectorId": 1,
                });
                ("StatusNotification", payload, None)
            }
            "StartTransaction" => self.started(said, &tag()),
            "MeterValues" => {
                let session = said["transactionId"].as_i64().unwrap_or(0);
                let values = meter_values(&said["meterValue"]);
                let at = values[0]["timestamp"].clone();
                let mut payload = self.about(session, "Updated", &at);
                payload["triggerReason"] = json!("MeterValuePeriodic");
                payload["transactionInfo"]["chargingState"] = json!("Charging");
                payload["meterValue"] = values;
                ("TransactionEvent", payload, Some(session))
            }
            "StopTransaction" => self.ended(said),
            "SignedFirmwareStatusNotification" => ("FirmwareStatusNotification", said.clone(), None),
            "LogStatusNotification" => ("LogStatusNotification", said.clone(), None),
            "SecurityEventNotification" => ("SecurityEventNotification", said.clone(), None),
            _ => return None,
        })
    }

    fn about(&mut self, session: i64, event: &str, at: &Value) -> Value {
        let name = self.name(session);
        let time = at.as_str().and_then(Timestamp::parse);
        json!({
            "eventType": event,
            "timestamp": at,
            "seqNo": self.event(session, format!("{event} {at}")),
            "offline": time.is_some_and(|time| time < self.online_since),
            "transactionInfo": { "transactionId": name },
        })
    }

    fn started(&mut self, said: &Value, tag: &Value) -> (&'static str, Value, Option<i64>) {
        let key = format!("Started {}", said["timestamp"]);
        // A start that is said again is the same session.
        let known = self.events.iter().find(|(_, events)| events.first() == Some(&key)).map(|(no, _)| *no);
        let session = known.unwrap_or_else(|| {
            self.sessions += 1;
            self.sessions
        });
        let mut payload = self.about(session, "Started", &said["timestamp"]);
        payload["evse"] = json!({ "id": said["connectorId"], "connectorId": 1 });
        payload["idToken"] = tag.clone();
        payload["transactionInfo"]["chargingState"] = json!("Charging");
        payload["triggerReason"] = json!("Authorized");
        if let Some(number) = self.starts.get(said["idTag"].as_str().unwrap_or_default()) {
            payload["triggerReason"] = json!("RemoteStart");
            payload["transactionInfo"]["remoteStartId"] = number.clone();
            payload["idToken"]["type"] = json!("Central");
        }
        let register = json!({ "value": said["meterStart"], "context": "Transaction.Begin" });
        payload["meterValue"] = json!([{ "timestamp": said["timestamp"], "sampledValue": [register] }]);
        ("TransactionEvent", payload, Some(session))
    }

    fn ended(&mut self, said: &Value) -> (&'static str, Value, Option<i64>) {
        let session = said["transactionId"].as_i64().unwrap_or(0);
        let mut payload = self.about(session, "Ended", &said["timestamp"]);
        let (reason, trigger) = match said["reason"].as_str().unwrap_or_default() {
            "HardReset" => ("ImmediateReset", "ResetCommand"),
            "SoftReset" | "Reboot" => ("Reboot", "ResetCommand"),
            "EVDisconnected" => ("EVDisconnected", "EVCommunicationLost"),
            "Remote" => ("Remote", "RemoteStop"),
            "UnlockCommand" => ("Other", "UnlockCommand"),
            "EmergencyStop" => ("EmergencyStop", "AbnormalCondition"),
            "DeAuthorized" => ("DeAuthorized", "Deauthorized"),
            "Local" => ("Local", "StopAuthorized"),
            _ => ("Other", "AbnormalCondition"),
        };
        payload["triggerReason"] = json!(trigger);
        payload["transactionInfo"]["stoppedReason"] = json!(reason);
        payload["transactionInfo"]["chargingState"] = json!("EVConnected");
        payload["meterValue"] = meter_values(&said["transactionData"]);
        ("TransactionEvent", payload, Some(session))
    }
}

/// 2.0.1 has numbers for values, an object for the unit, and no temperature.
fn meter_values(said: &Value) -> Value {
    let moments = said.as_array().into_iter().flatten().map(|moment| {
        let values = moment["sampledValue"].as_array().into_iter().flatten();
        let values = values.filter(|value| value["measurand"] != "Temperature").map(|value| {
            let number: Value =
                value["value"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(json!(0));
            json!({
                "value": number,
                "context": value["context"],
                "measurand": value["measurand"],
                "unitOfMeasure": { "unit": value["unit"] },
            })
        });
        json!({ "timestamp": moment["timestamp"], "sampledValue": values.collect::<Vec<_>>() })
    });
    Value::Array(moments.collect())
}

/// The platform's answer in the words of 1.6.
pub(super) fn answer(action: &str, session: Option<i64>, told: &Value) -> Value {
    let accepted = told["idTokenInfo"]["status"].as_str().is_none_or(|status| status == "Accepted");
    let info = json!({ "status": if accepted { "Accepted" } else { "Invalid" } });
    match (action, session) {
        ("Authorize", _) => json!({ "idTagInfo": info }),
        ("StartTransaction", Some(session)) => json!({ "transactionId": session, "idTagInfo": info }),
        _ => told.clone(),
    }
}
