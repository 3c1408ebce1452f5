//! The cards that the pile takes while it cannot ask.

use super::Pile;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many it holds, and how many it takes at once.
pub const HOLDS: usize = 500;
pub const TAKES: usize = 50;

#[derive(Debug, Default)]
pub struct LocalList {
    version: i64,
    /// Whether each may charge.
    cards: BTreeMap<String, bool>,
}

impl LocalList {
    pub fn lets(&self, tag: &str) -> bool {
        self.cards.get(&tag.to_ascii_uppercase()).copied().unwrap_or(false)
    }
}

impl Pile {
    pub(super) fn list_version(&self) -> Value {
        json!({ "listVersion": self.list.version })
    }

    pub(super) fn list_set(&mut self, payload: &Value) -> &'static str {
        let version = payload.get("listVersion").and_then(Value::as_i64).unwrap_or(0);
        let full = payload.get("updateType").and_then(Value::as_str) == Some("Full");
        let none = Vec::new();
        let entries = payload.get("localAuthorizationList").and_then(Value::as_array).unwrap_or(&none);
        if !full && version <= self.list.version {
            return "VersionMismatch";
        }
        if entries.len() > TAKES {
            return "Failed";
        }
        let mut cards = if full { BTreeMap::new() } else { self.list.cards.clone() };
        for entry in entries {
            let Some(tag) = entry.get("idTag").and_then(Value::as_str) else { return "Failed" };
            let tag = tag.to_ascii_uppercase();
            match entry.get("idTagInfo") {
                Some(info) => {
                    cards.insert(tag, info.get("status").and_then(Value::as_str) == Some("Accepted"))
                }
                None => cards.remove(&tag),
            };
        }
        if cards.len() > HOLDS {
            return "Failed";
        }
        self.list = LocalList { version, cards };
        "Accepted"
    }
}
