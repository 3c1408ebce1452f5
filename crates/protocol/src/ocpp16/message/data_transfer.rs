//! DataTransfer from the pile (OCPP 1.6 section 4.3). Whose words are taken is the
//! platform's to say.

use crate::ocpp::text::{AnyStr, Str, present};
use model::device::DeviceEvent;
use model::display::{VendorMessage, VendorVerdict};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request<'a> {
    #[serde(borrow)]
    pub vendor_id: Str<'a, 255>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub message_id: Option<Str<'a, 50>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub data: Option<AnyStr<'a>>,
}

impl Request<'_> {
    pub fn event(&self) -> DeviceEvent {
        DeviceEvent::Data(VendorMessage {
            vendor: self.vendor_id.keep(),
            message: self.message_id.as_ref().map(Str::keep),
            data: self.data.as_ref().map(Str::keep),
        })
    }
}

pub fn response(verdict: VendorVerdict) -> Vec<u8> {
    format!(r#"{{"status":"{}"}}"#, verdict.as_str()).into_bytes()
}
