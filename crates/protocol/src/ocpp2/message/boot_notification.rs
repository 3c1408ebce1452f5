//! BootNotification (OCPP 2.0.1 B01 to B03). The reason is kept with the frame.

use crate::ocpp::json::Node;
use model::device::{DeviceEvent, Introduction};
use model::time::Timestamp;

pub fn event(payload: &Node) -> DeviceEvent {
    let station = payload.get("chargingStation").unwrap_or(&Node::Null);
    let modem = station.get("modem").unwrap_or(&Node::Null);
    DeviceEvent::Booted(Box::new(Introduction {
        vendor: station.keep("vendorName"),
        model: station.keep("model"),
        serial: station.keep("serialNumber"),
        firmware: station.keep("firmwareVersion"),
        iccid: modem.keep("iccid"),
        imsi: modem.keep("imsi"),
        ..Introduction::default()
    }))
}

/// `interval`: seconds between heartbeats when accepted, seconds to the next try when not.
pub fn response(accepted: bool, interval: u32, now: Timestamp) -> Vec<u8> {
    let status = if accepted { "Accepted" } else { "Rejected" };
    format!(r#"{{"currentTime":"{}","interval":{interval},"status":"{status}"}}"#, now.rfc3339()).into_bytes()
}
