//! BootNotification (OCPP 1.6 section 4.2).

use crate::ocpp::text::{Str, present};
use model::device::{DeviceEvent, Introduction};
use model::time::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request<'a> {
    #[serde(borrow)]
    pub charge_point_vendor: Str<'a, 20>,
    #[serde(borrow)]
    pub charge_point_model: Str<'a, 20>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub charge_point_serial_number: Option<Str<'a, 25>>,
    /// Deprecated; the serial number when there is no other.
    #[serde(borrow, default, deserialize_with = "present")]
    pub charge_box_serial_number: Option<Str<'a, 25>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub firmware_version: Option<Str<'a, 50>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub iccid: Option<Str<'a, 20>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub imsi: Option<Str<'a, 20>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub meter_type: Option<Str<'a, 25>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub meter_serial_number: Option<Str<'a, 25>>,
}

impl Request<'_> {
    pub fn event(&self) -> DeviceEvent {
        fn keep<const MAX: usize>(text: &Option<Str<'_, MAX>>) -> Option<String> {
            text.as_ref().and_then(Str::keep_some)
        }
        DeviceEvent::Booted(Box::new(Introduction {
            vendor: self.charge_point_vendor.keep_some(),
            model: self.charge_point_model.keep_some(),
            serial: keep(&self.charge_point_serial_number).or_else(|| keep(&self.charge_box_serial_number)),
            firmware: keep(&self.firmware_version),
            iccid: keep(&self.iccid),
            imsi: keep(&self.imsi),
            meter_type: keep(&self.meter_type),
            meter_serial: keep(&self.meter_serial_number),
            kind: None,
            connectors: None,
        }))
    }
}

/// `interval`: seconds between heartbeats when accepted, seconds to the next try when not.
pub fn response(accepted: bool, interval: u32, now: Timestamp) -> Vec<u8> {
    let status = if accepted { "Accepted" } else { "Rejected" };
    format!(r#"{{"currentTime":"{}","interval":{interval},"status":"{status}"}}"#, now.rfc3339()).into_bytes()
}
