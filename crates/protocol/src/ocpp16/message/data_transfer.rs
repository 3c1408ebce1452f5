//! DataTransfer from the pile (OCPP 1.6 section 4.3). We know no vendor's words, so the answer is
//! `UnknownVendorId`; the content is kept.

use crate::ocpp::text::{AnyStr, Str, present};
use model::device::DeviceEvent;
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
        DeviceEvent::Data {
            vendor: self.vendor_id.keep(),
            message: self.message_id.as_ref().map(Str::keep),
            data: self.data.as_ref().map(Str::keep),
        }
    }
}

pub fn response(known: bool) -> Vec<u8> {
    let status = if known { "Accepted" } else { "UnknownVendorId" };
    format!(r#"{{"status":"{status}"}}"#).into_bytes()
}
