//! NotifyEVChargingNeeds (K15): what the car has told its pile of how much it wants, and by when.

use super::connector;
use crate::ocpp::json::Node;
use model::device::DeviceEvent;
use model::time::Timestamp;

pub fn event(payload: &Node) -> DeviceEvent {
    let needs = payload.get("chargingNeeds").unwrap_or(&Node::Null);
    let departs = needs.get("departureTime").and_then(Node::text).and_then(Timestamp::parse);
    // An AC car says what it wants; a DC car, how much it lacks if it says so.
    let energy = |kind: &str, name: &str| needs.get(kind).and_then(|part| part.integer(name));
    DeviceEvent::NeedsAsked {
        connector: connector(payload.integer("evseId")),
        departs_at: departs,
        energy_wh: energy("acChargingParameters", "energyAmount")
            .or_else(|| energy("dcChargingParameters", "energyAmount")),
    }
}

pub fn response(accepted: bool) -> Vec<u8> {
    let status = if accepted { "Accepted" } else { "Rejected" };
    format!(r#"{{"status":"{status}"}}"#).into_bytes()
}
