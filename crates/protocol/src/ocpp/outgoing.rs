//! What the platform itself says is held against the official schemas wherever debug assertions are on: in
//! every test of every room, and behind the foreign clients of the end-to-end tests. A release does not look.

use super::json::Node;
use super::operation::{Operation, Schema};
use super::schema;

/// A request of ours.
pub fn request(operation: &Operation, payload: &str) {
    if cfg!(debug_assertions) {
        held(&operation.request, operation.name, payload.as_bytes());
    }
}

/// An answer of ours to this operation.
pub fn response(operation: Option<&Operation>, payload: &[u8]) {
    if cfg!(debug_assertions)
        && let Some(operation) = operation
    {
        held(&operation.response, operation.name, payload);
    }
}

fn held(schema: &Schema, name: &str, payload: &[u8]) {
    let text = std::str::from_utf8(payload).unwrap_or_default();
    let broken = match Node::parse(text) {
        Ok(node) => schema::check(schema.tree(), &node, false).err(),
        Err(error) => Some(schema::Violation::unreadable(&error)),
    };
    debug_assert!(broken.is_none(), "what we say of {name} breaks its schema: {broken:?} in {text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocpp::Version;

    #[test]
    fn what_fits_passes_in_every_version() {
        request(crate::ocpp16::schemas::find("Reset").unwrap(), r#"{"type":"Hard"}"#);
        let reset = crate::ocpp2::schemas::find(Version::V21, "Reset");
        request(reset.unwrap(), r#"{"type":"Immediate"}"#);
        response(reset, br#"{"status":"Accepted"}"#);
    }

    #[test]
    #[should_panic(expected = "what we say of Reset breaks its schema")]
    fn a_word_that_the_schema_does_not_know_is_found() {
        request(crate::ocpp16::schemas::find("Reset").unwrap(), r#"{"type":"Lukewarm"}"#);
    }

    #[test]
    #[should_panic(expected = "breaks its schema")]
    fn an_answer_without_its_field_is_found() {
        response(crate::ocpp2::schemas::find(Version::V201, "Authorize"), b"{}");
    }
}
