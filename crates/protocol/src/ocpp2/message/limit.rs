//! SetChargingProfile (K01): how much an EVSE may draw. What stands is the TxDefaultProfile, what a session
//! gets instead of it for a time is its TxProfile; each EVSE has one of either.

use crate::ocpp::limit::{MOMENT_MS, period, profile_id, seconds};
use model::load::LimitOrder;
use serde_json::{Value, json};

pub fn payload(order: &LimitOrder) -> Value {
    let (unit, period) = period(order);
    let mut schedule = json!({
        "id": profile_id(order),
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [period],
    });
    let mut profile = json!({
        "id": profile_id(order),
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
    });
    if let Some((session, from, until)) = &order.session {
        schedule["duration"] = json!(seconds(*from, *until));
        schedule["startSchedule"] = json!(from.plus_ms(-MOMENT_MS).rfc3339());
        profile["chargingProfilePurpose"] = json!("TxProfile");
        profile["chargingProfileKind"] = json!("Absolute");
        // A key that is no name of OCPP 2 is one that the pile does not know either: it refuses it.
        profile["transactionId"] = json!(session.to_string().trim_start_matches('='));
    }
    profile["chargingSchedule"] = json!([schedule]);
    json!({ "evseId": order.connector, "chargingProfile": profile })
}
