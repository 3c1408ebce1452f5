//! StatusNotification (OCPP 2.0.1 G01): of one connector of an EVSE, which is a socket of our connector.

use super::connector;
use crate::ocpp::json::Node;
use crate::ocpp::text::date_time;
use model::device::{DeviceEvent, SocketReport, SocketState};

pub fn event(payload: &Node) -> DeviceEvent {
    let state = match payload.get("connectorStatus").and_then(Node::text) {
        Some("Available") => SocketState::Available,
        Some("Occupied") => SocketState::Occupied,
        Some("Reserved") => SocketState::Reserved,
        Some("Faulted") => SocketState::Faulted,
        _ => SocketState::Unavailable,
    };
    DeviceEvent::Socket(SocketReport {
        connector: connector(payload.integer("evseId")),
        socket: connector(payload.integer("connectorId")),
        state,
        at: payload.get("timestamp").and_then(Node::text).and_then(date_time),
    })
}
