//! SetChargingProfile (5.16): how much a connector may draw. What stands is the TxDefaultProfile, what a
//! session gets instead of it for a time is its TxProfile; each connector has one of either.

use super::command::typed;
use crate::ocpp::limit::{MOMENT_MS, period, profile_id, seconds};
use crate::ocpp::link::Call;
use model::Text;
use model::device::Outcome;
use model::id::SessionKey;
use model::load::LimitOrder;
use serde_json::json;

pub fn call(order: &LimitOrder) -> Result<Call, Outcome> {
    let (unit, period) = period(order);
    let periods = json!([period]);
    let profile = match &order.session {
        None => json!({
            "chargingProfileId": profile_id(order),
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": { "chargingRateUnit": unit, "chargingSchedulePeriod": periods },
        }),
        Some((SessionKey::Transaction(id), from, until)) => json!({
            "chargingProfileId": profile_id(order),
            "transactionId": id,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {
                "duration": seconds(*from, *until),
                "startSchedule": from.plus_ms(-MOMENT_MS).rfc3339(),
                "chargingRateUnit": unit,
                "chargingSchedulePeriod": periods,
            },
        }),
        Some(_) => {
            return Err(Outcome::Unsupported(Text::of(
                "OCPP 1.6 按事务编号限制一次充电的功率，该订单没有事务编号",
                "OCPP 1.6 limits a session by its transaction id, and this session has none",
            )));
        }
    };
    typed("SetChargingProfile", json!({ "connectorId": order.connector, "csChargingProfiles": profile }))
}
