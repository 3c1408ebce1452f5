//! Authorize (OCPP 2.0.1 block C), the tokens, and the IdTokenInfo that two answers carry.

use crate::ocpp::error::push_json;
use crate::ocpp::json::Node;
use model::card::{Token, TokenKind, TokenVerdict};
use model::device::{DeviceEvent, TokenAnswer};

pub fn event(payload: &Node) -> DeviceEvent {
    let token = payload.get("idToken").and_then(token).unwrap_or_else(|| Token::card(""));
    DeviceEvent::Authorize { token }
}

/// What was shown. A number of any kind (ISO14443, ISO15693, eMAID, KeyCode, MacAddress, Local,
/// Central, …) is looked up as a card is; `None`: nobody is asked who pays.
pub fn token(id_token: &Node) -> Option<Token> {
    let kind = id_token.get("type").and_then(Node::text).unwrap_or_default();
    if kind == "NoAuthorization" {
        return None;
    }
    let value = id_token.keep("idToken").unwrap_or_default();
    let kind = if kind.eq_ignore_ascii_case("vin") { TokenKind::Vin } else { TokenKind::Card };
    Some(Token { kind, value })
}

/// A contract certificate, where one was shown, is not ours to verify: its eMAID is judged as a card.
pub fn response(answer: &TokenAnswer) -> Vec<u8> {
    let mut bytes = b"{".to_vec();
    push_id_token_info(&mut bytes, answer);
    bytes.push(b'}');
    bytes
}

/// Appends `"idTokenInfo":{…}`. A group longer than the wire's 36 characters is left away rather than
/// cut: a cut one could be another group's name.
pub fn push_id_token_info(bytes: &mut Vec<u8>, answer: &TokenAnswer) {
    bytes.extend_from_slice(b"\"idTokenInfo\":{\"status\":\"");
    bytes.extend_from_slice(status(answer.verdict).as_bytes());
    bytes.push(b'"');
    if let Some(at) = answer.expires_at {
        bytes.extend_from_slice(b",\"cacheExpiryDateTime\":\"");
        bytes.extend_from_slice(at.rfc3339().as_bytes());
        bytes.push(b'"');
    }
    if let Some(group) = &answer.group
        && group.chars().count() <= 36
    {
        bytes.extend_from_slice(b",\"groupIdToken\":{\"idToken\":");
        push_json(bytes, group);
        bytes.extend_from_slice(b",\"type\":\"Central\"}");
    }
    bytes.push(b'}');
}

/// AuthorizationStatusEnumType.
fn status(verdict: TokenVerdict) -> &'static str {
    match verdict {
        TokenVerdict::Accepted => "Accepted",
        TokenVerdict::Expired => "Expired",
        TokenVerdict::Unknown => "Unknown",
        TokenVerdict::WrongPassword => "Invalid",
        TokenVerdict::Concurrent => "ConcurrentTx",
        TokenVerdict::NoBalance | TokenVerdict::FleetLimit => "NoCredit",
        TokenVerdict::Blocked | TokenVerdict::CustomerFrozen => "Blocked",
        TokenVerdict::OutOfService | TokenVerdict::NoTariff | TokenVerdict::FleetStation => {
            "NotAtThisLocation"
        }
        TokenVerdict::ConnectorBusy | TokenVerdict::FleetHours => "NotAtThisTime",
    }
}
