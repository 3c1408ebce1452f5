//! The list of cards that a pile takes while it cannot ask: SendLocalList in the words of both editions.

use super::Version;
use model::desired::{ListCard, LocalList};
use model::time::Timestamp;
use serde_json::{Value, json};

pub fn payload(version: Version, list: &LocalList) -> Value {
    let kind = if list.full { "Full" } else { "Differential" };
    let old = version == Version::V16;
    let entry = |card: &ListCard| if old { entry_of_16(card) } else { entry_of_2(card) };
    let gone = |tag: &String| if old { json!({ "idTag": tag }) } else { json!({ "idToken": token(tag) }) };
    let entries: Vec<Value> = list.cards.iter().map(entry).chain(list.removed.iter().map(gone)).collect();
    let number = if old { "listVersion" } else { "versionNumber" };
    let mut payload = json!({ number: list.version, "updateType": kind });
    // An empty list is left away: OCPP 2 wants at least one entry where it is given.
    if !entries.is_empty() {
        payload["localAuthorizationList"] = entries.into();
    }
    payload
}

fn entry_of_16(card: &ListCard) -> Value {
    let mut info = json!({ "status": "Accepted" });
    if let Some(at) = card.expires_at_ms {
        info["expiryDate"] = json!(Timestamp::from_ms(at).rfc3339());
    }
    if let Some(group) = card.group.as_ref().filter(|group| group.len() <= 20) {
        info["parentIdTag"] = json!(group);
    }
    json!({ "idTag": card.tag, "idTagInfo": info })
}

fn entry_of_2(card: &ListCard) -> Value {
    let mut info = json!({ "status": "Accepted" });
    if let Some(at) = card.expires_at_ms {
        info["cacheExpiryDateTime"] = json!(Timestamp::from_ms(at).rfc3339());
    }
    if let Some(group) = card.group.as_ref().filter(|group| group.len() <= 36) {
        info["groupIdToken"] = json!({ "idToken": group, "type": "Central" });
    }
    json!({ "idToken": token(&card.tag), "idTokenInfo": info })
}

/// A card is read by its own number, which has 4, 7 or 10 bytes; anything else is a number of ours.
pub fn token(tag: &str) -> Value {
    let read = matches!(tag.len(), 8 | 14 | 20) && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    json!({ "idToken": tag, "type": if read { "ISO14443" } else { "Central" } })
}
