//! What the server asks: requests of 2.0.1 in the words of 1.6, and the pile's answers back.

use super::{Pile, held};
use model::time::Timestamp;
use serde_json::{Value, json};

/// Component, variable, and the configuration key that they are in 1.6.
const VARIABLES: [(&str, &str, &str); 5] = [
    ("OCPPCommCtrlr", "HeartbeatInterval", "HeartbeatInterval"),
    ("SampledDataCtrlr", "TxUpdatedInterval", "MeterValueSampleInterval"),
    ("TxCtrlr", "EVConnectionTimeOut", "ConnectionTimeOut"),
    ("AuthCtrlr", "AuthorizeRemoteStart", "AuthorizeRemoteTxRequests"),
    ("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "AllowOfflineTxForUnknownId"),
];

impl Pile {
    pub(super) fn called(&mut self, id: &str, action: &str, asked: &Value, now: Timestamp) {
        if let Some(answer) = self.watched(action, asked, now) {
            return self.send(&json!([3, id, answer]));
        }
        if let Some(answer) = self.priced(action, asked).or_else(|| self.showed(action, asked, now)) {
            return self.send(&json!([3, id, answer]));
        }
        let evse = asked["evse"]["id"].clone();
        let (name, payload) = match action {
            "RequestStartTransaction" => {
                let tag = asked["idToken"]["idToken"].clone();
                if let Some(tag) = tag.as_str() {
                    self.starts.insert(tag.to_owned(), asked["remoteStartId"].clone());
                }
                let mut payload = json!({ "idTag": tag });
                if asked["evseId"].is_number() {
                    payload["connectorId"] = asked["evseId"].clone();
                }
                ("RemoteStartTransaction", payload)
            }
            "RequestStopTransaction" => {
                let name = asked["transactionId"].as_str().unwrap_or_default();
                ("RemoteStopTransaction", json!({ "transactionId": self.number(name) }))
            }
            "Reset" => {
                let hard = asked["type"] == "Immediate";
                ("Reset", json!({ "type": if hard { "Hard" } else { "Soft" } }))
            }
            "UnlockConnector" => ("UnlockConnector", json!({ "connectorId": asked["evseId"] })),
            "ChangeAvailability" => {
                let connector = if evse.is_number() { evse } else { json!(0) };
                let status = asked["operationalStatus"].clone();
                ("ChangeAvailability", json!({ "connectorId": connector, "type": status }))
            }
            "TriggerMessage" => {
                let mut payload = json!({ "requestedMessage": asked["requestedMessage"] });
                if evse.is_number() {
                    payload["connectorId"] = evse;
                }
                ("TriggerMessage", payload)
            }
            // The security extension of 1.6 has the same words for these.
            "UpdateFirmware" => ("SignedUpdateFirmware", asked.clone()),
            "GetLog" => ("GetLog", asked.clone()),
            "GetLocalListVersion" => ("GetLocalListVersion", json!({})),
            "SendLocalList" => ("SendLocalList", list(asked)),
            "ReserveNow" => {
                let payload = json!({
                    "reservationId": asked["id"], "connectorId": asked["evseId"],
                    "expiryDate": asked["expiryDateTime"], "idTag": asked["idToken"]["idToken"],
                });
                ("ReserveNow", payload)
            }
            "CancelReservation" => ("CancelReservation", asked.clone()),
            "ClearCache" => ("ClearCache", asked.clone()),
            "GetVariables" | "SetVariables" | "GetBaseReport" => {
                let answer = match action {
                    "GetVariables" => self.variables(asked, now),
                    "SetVariables" => self.set_variables(asked, now),
                    _ => self.report(asked, now),
                };
                return self.send(&json!([3, id, answer]));
            }
            "SetChargingProfile" | "ClearChargingProfile" | "GetCompositeSchedule" => {
                (held::name(action), held::asked(action, asked, |name| self.number(name)))
            }
            _ => return self.send(&json!([4, id, "NotImplemented", "", {}])),
        };
        self.asked.insert(id.to_owned(), action.to_owned());
        self.hand(&json!([2, id, name, payload]), now);
    }

    /// What the inner pile calls a session; -1 for none.
    pub(super) fn number(&self, name: &str) -> i64 {
        self.events.keys().copied().find(|session| self.name(*session) == name).unwrap_or(-1)
    }

    /// Asks the inner pile at once, without the link.
    fn ask_inner(&mut self, action: &str, payload: &Value, now: Timestamp) -> Value {
        self.inner.answer(action, payload, now).unwrap_or(Value::Null)
    }

    fn value_of(&mut self, key: &str, now: Timestamp) -> Option<Value> {
        let told = self.ask_inner("GetConfiguration", &json!({ "key": [key] }), now);
        told["configurationKey"].get(0).map(|known| known["value"].clone())
    }

    fn variables(&mut self, asked: &Value, now: Timestamp) -> Value {
        let mut results = Vec::new();
        for one in asked["getVariableData"].as_array().into_iter().flatten() {
            let mut result = json!({ "component": one["component"], "variable": one["variable"] });
            let value = key_of(one)
                .map_err(str::to_owned)
                .and_then(|key| self.value_of(key, now).ok_or_else(|| "UnknownVariable".to_owned()));
            match value {
                Ok(value) => {
                    result["attributeStatus"] = json!("Accepted");
                    result["attributeValue"] = value;
                }
                Err(status) => result["attributeStatus"] = json!(status),
            }
            results.push(result);
        }
        json!({ "getVariableResult": results })
    }

    fn set_variables(&mut self, asked: &Value, now: Timestamp) -> Value {
        let mut results = Vec::new();
        for one in asked["setVariableData"].as_array().into_iter().flatten() {
            let status = match key_of(one) {
                Ok(key) => {
                    let payload = json!({ "key": key, "value": one["attributeValue"] });
                    self.ask_inner("ChangeConfiguration", &payload, now)["status"].clone()
                }
                Err(status) => json!(status),
            };
            results.push(json!({
                "component": one["component"], "variable": one["variable"], "attributeStatus": status,
            }));
        }
        json!({ "setVariableResult": results })
    }

    /// The report follows in two parts, so that what takes it is tried with several.
    fn report(&mut self, asked: &Value, now: Timestamp) -> Value {
        let mut known: Vec<Value> = VARIABLES
            .iter()
            .filter_map(|(component, variable, key)| {
                let value = self.value_of(key, now)?;
                let kind = if value.as_str().is_some_and(|v| v.parse::<i64>().is_ok()) {
                    "integer"
                } else {
                    "boolean"
                };
                Some(json!({
                    "component": { "name": component },
                    "variable": { "name": variable },
                    "variableAttribute": [{ "type": "Actual", "value": value, "mutability": "ReadWrite" }],
                    "variableCharacteristics": { "dataType": kind, "supportsMonitoring": false },
                }))
            })
            .collect();
        let last = known.split_off(known.len() / 2);
        for (number, part) in [known, last].into_iter().enumerate() {
            let report = json!({
                "requestId": asked["requestId"],
                "generatedAt": now.rfc3339(),
                "tbc": number == 0,
                "seqNo": number,
                "reportData": part,
            });
            self.reports.push_back(("NotifyReport", report));
        }
        json!({ "status": "Accepted" })
    }
}

fn key_of(one: &Value) -> Result<&'static str, &'static str> {
    let (component, variable) = (&one["component"]["name"], &one["variable"]["name"]);
    let here: Vec<_> = VARIABLES.iter().filter(|(name, _, _)| component == name).collect();
    if here.is_empty() {
        return Err("UnknownComponent");
    }
    here.iter().find(|(_, name, _)| variable == name).map(|(_, _, key)| *key).ok_or("UnknownVariable")
}

/// SendLocalList in the words of 1.6.
fn list(asked: &Value) -> Value {
    let entries = asked["localAuthorizationList"].as_array().into_iter().flatten().map(|entry| {
        let mut own = json!({ "idTag": entry["idToken"]["idToken"] });
        if entry["idTokenInfo"].is_object() {
            own["idTagInfo"] = json!({ "status": entry["idTokenInfo"]["status"] });
        }
        own
    });
    json!({
        "listVersion": asked["versionNumber"], "updateType": asked["updateType"],
        "localAuthorizationList": entries.collect::<Vec<_>>(),
    })
}

/// The inner pile's answer in the words of 2.0.1.
pub(super) fn answer(action: &str, told: &Value) -> Value {
    match (action, told["status"].as_str()) {
        ("GetLocalListVersion", _) => json!({ "versionNumber": told["listVersion"] }),
        ("UnlockConnector", Some("NotSupported")) => json!({ "status": "UnknownConnector" }),
        ("GetCompositeSchedule", Some("Accepted")) => held::composite(told),
        _ => told.clone(),
    }
}
