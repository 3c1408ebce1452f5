//! CALLERROR (OCPP-J 1.6 section 4.2.3; OCPP 2.0.1 part 4, section 4.2.3 and table 8).

use super::Version;

/// Table 7 of OCPP-J 1.6, spelled as there, and what OCPP 2 has besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The action is not in the standard.
    NotImplemented,
    /// The action is in the standard, but not for us to serve.
    NotSupported,
    InternalError,
    ProtocolError,
    SecurityError,
    FormationViolation,
    PropertyConstraintViolation,
    /// Spelled with one r in OCPP 1.6.
    OccurenceConstraintViolation,
    TypeConstraintViolation,
    GenericError,
    /// The message is no call at all. OCPP 1.6 has no word of its own for it.
    RpcFrameworkError,
    /// A message type that this version does not have; OCPP 1.6 ignores such a message.
    MessageTypeNotSupported,
}

impl Code {
    /// As the version spells it.
    pub fn word(self, version: Version) -> &'static str {
        match (self, version) {
            (Code::RpcFrameworkError | Code::MessageTypeNotSupported, Version::V16) => "FormationViolation",
            (code, Version::V16) => code.as_str(),
            (Code::FormationViolation, _) => "FormatViolation",
            (Code::OccurenceConstraintViolation, _) => "OccurrenceConstraintViolation",
            (code, _) => code.as_str(),
        }
    }

    /// As OCPP 1.6 spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::NotImplemented => "NotImplemented",
            Code::NotSupported => "NotSupported",
            Code::InternalError => "InternalError",
            Code::ProtocolError => "ProtocolError",
            Code::SecurityError => "SecurityError",
            Code::FormationViolation => "FormationViolation",
            Code::PropertyConstraintViolation => "PropertyConstraintViolation",
            Code::OccurenceConstraintViolation => "OccurenceConstraintViolation",
            Code::TypeConstraintViolation => "TypeConstraintViolation",
            Code::GenericError => "GenericError",
            Code::RpcFrameworkError => "RpcFrameworkError",
            Code::MessageTypeNotSupported => "MessageTypeNotSupported",
        }
    }
}

/// `[4,"id","Code","description",{}]`. The description is cut at 255 characters (the standard's
/// limit); quotes and control characters of hostile text are escaped by the JSON writer.
pub fn call_error(version: Version, id: &str, code: Code, description: &str) -> Vec<u8> {
    let description = match description.char_indices().nth(255) {
        Some((end, _)) => &description[..end],
        None => description,
    };
    let mut bytes = b"[4,".to_vec();
    push_json(&mut bytes, id);
    bytes.extend_from_slice(b",\"");
    bytes.extend_from_slice(code.word(version).as_bytes());
    bytes.extend_from_slice(b"\",");
    push_json(&mut bytes, description);
    bytes.extend_from_slice(b",{}]");
    bytes
}

/// `[3,"id",payload]`
pub fn call_result(id: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(id.len() + payload.len() + 8);
    bytes.extend_from_slice(b"[3,");
    push_json(&mut bytes, id);
    bytes.push(b',');
    bytes.extend_from_slice(payload);
    bytes.push(b']');
    bytes
}

/// A JSON string. Writing a string into memory cannot fail.
pub fn push_json(bytes: &mut Vec<u8>, text: &str) {
    let _ = serde_json::to_writer(bytes, text);
}
