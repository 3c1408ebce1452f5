//! StartTransaction (OCPP 1.6 section 4.8).

use super::authorize::push_id_tag_info;
use crate::ocpp::text::{LooseTime, Str, present};
use model::card::Token;
use model::device::{DeviceEvent, TokenAnswer};
use model::energy::Energy;
use model::time::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request<'a> {
    pub connector_id: u16,
    #[serde(borrow)]
    pub id_tag: Str<'a, 20>,
    /// Wh
    pub meter_start: i64,
    #[serde(default, deserialize_with = "present")]
    #[expect(dead_code, reason = "checked, and kept in the frame log")]
    pub reservation_id: Option<i32>,
    pub timestamp: LooseTime,
}

impl Request<'_> {
    /// A time that cannot be read becomes 1970-01-01, which nobody believes: the order is held for a
    /// person instead of being lost.
    pub fn event(&self) -> DeviceEvent {
        DeviceEvent::Started {
            connector: self.connector_id,
            token: Token::card(self.id_tag.keep()),
            meter_start: Energy::from_wh(self.meter_start),
            at: self.timestamp.0.unwrap_or(Timestamp::from_ms(0)),
        }
    }
}

pub fn response(transaction: i32, token: &TokenAnswer) -> Vec<u8> {
    let mut bytes = b"{".to_vec();
    push_id_tag_info(&mut bytes, token);
    bytes.extend_from_slice(format!(",\"transactionId\":{transaction}}}").as_bytes());
    bytes
}
