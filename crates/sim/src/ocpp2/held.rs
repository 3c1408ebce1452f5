//! Smart charging: profiles of 2.0.1 in the words of 1.6, and the schedule back.

use serde_json::{Value, json};

pub(super) fn name(action: &str) -> &'static str {
    match action {
        "SetChargingProfile" => "SetChargingProfile",
        "ClearChargingProfile" => "ClearChargingProfile",
        _ => "GetCompositeSchedule",
    }
}

fn purpose(of: &Value) -> Value {
    if of == "ChargingStationMaxProfile" { json!("ChargePointMaxProfile") } else { of.clone() }
}

/// `number`: what the inner pile calls a session of this name.
pub(super) fn asked(action: &str, asked: &Value, number: impl Fn(&str) -> i64) -> Value {
    match action {
        "SetChargingProfile" => {
            let mut profile = asked["chargingProfile"].clone();
            profile["chargingProfileId"] = profile["id"].clone();
            profile["chargingProfilePurpose"] = purpose(&profile["chargingProfilePurpose"]);
            profile["chargingSchedule"] = profile["chargingSchedule"][0].clone();
            if let Some(session) = profile["transactionId"].as_str() {
                profile["transactionId"] = json!(number(session));
            }
            json!({ "connectorId": asked["evseId"], "csChargingProfiles": profile })
        }
        "ClearChargingProfile" => {
            let criteria = &asked["chargingProfileCriteria"];
            json!({
                "id": asked["chargingProfileId"],
                "connectorId": criteria["evseId"],
                "chargingProfilePurpose": purpose(&criteria["chargingProfilePurpose"]),
                "stackLevel": criteria["stackLevel"],
            })
        }
        _ => json!({ "connectorId": asked["evseId"], "duration": asked["duration"] }),
    }
}

pub(super) fn composite(told: &Value) -> Value {
    let schedule = &told["chargingSchedule"];
    json!({
        "status": "Accepted",
        "schedule": {
            "evseId": told["connectorId"],
            "duration": schedule["duration"],
            "scheduleStart": told["scheduleStart"],
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": schedule["chargingSchedulePeriod"],
        },
    })
}
