//! Authorize (OCPP 1.6 section 4.1) and the IdTagInfo (7.27) that several answers carry.

use crate::ocpp::error::push_json;
use crate::ocpp::text::Str;
use model::card::{Token, TokenVerdict};
use model::device::{DeviceEvent, TokenAnswer};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request<'a> {
    #[serde(borrow, rename = "idTag")]
    pub id_tag: Str<'a, 20>,
}

impl Request<'_> {
    pub fn event(&self) -> DeviceEvent {
        DeviceEvent::Authorize { token: Token::card(self.id_tag.keep()) }
    }
}

pub fn response(answer: &TokenAnswer) -> Vec<u8> {
    let mut bytes = b"{".to_vec();
    push_id_tag_info(&mut bytes, answer);
    bytes.push(b'}');
    bytes
}

/// Appends `"idTagInfo":{…}`. A group longer than the wire's 20 characters is left away rather than
/// cut: a cut one could be another group's name.
pub fn push_id_tag_info(bytes: &mut Vec<u8>, answer: &TokenAnswer) {
    bytes.extend_from_slice(b"\"idTagInfo\":{\"status\":\"");
    bytes.extend_from_slice(status(answer.verdict).as_bytes());
    bytes.push(b'"');
    if let Some(at) = answer.expires_at {
        bytes.extend_from_slice(b",\"expiryDate\":\"");
        bytes.extend_from_slice(at.rfc3339().as_bytes());
        bytes.push(b'"');
    }
    if let Some(group) = &answer.group
        && group.chars().count() <= 20
    {
        bytes.extend_from_slice(b",\"parentIdTag\":");
        push_json(bytes, group);
    }
    bytes.push(b'}');
}

/// AuthorizationStatus (OCPP 1.6 section 7.2). The wire has five words for thirteen reasons: what the
/// person can mend elsewhere or later (balance, tariff, connector, station out of service, a fleet's stations and hours) is
/// `Blocked`; what is not a valid proof (unknown card, wrong password) is `Invalid`.
fn status(verdict: TokenVerdict) -> &'static str {
    match verdict {
        TokenVerdict::Accepted => "Accepted",
        TokenVerdict::Expired => "Expired",
        TokenVerdict::Unknown | TokenVerdict::WrongPassword => "Invalid",
        TokenVerdict::Concurrent => "ConcurrentTx",
        TokenVerdict::Blocked
        | TokenVerdict::OutOfService
        | TokenVerdict::ConnectorBusy
        | TokenVerdict::NoBalance
        | TokenVerdict::CustomerFrozen
        | TokenVerdict::NoTariff
        | TokenVerdict::FleetStation
        | TokenVerdict::FleetHours
        | TokenVerdict::FleetLimit => "Blocked",
    }
}
