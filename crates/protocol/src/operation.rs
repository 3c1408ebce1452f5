//! What a platform may ask of a pile by its wire name, told to people: from this the pages make one form
//! for each operation, whatever the protocol.

use crate::ocpp16;
use model::Text;
use model::site::Protocol;

/// One operation that may be sent to a pile.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The wire's name.
    pub name: &'static str,
    /// The feature profile or functional block that it belongs to.
    pub profile: &'static str,
    pub profile_label: Text,
    pub label: Text,
    /// One sentence: what it does.
    pub about: Text,
    /// JSON schema of the request.
    pub request: &'static str,
}

/// A rule of the schema that a payload breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct CallFault {
    /// Path of the field, `csChargingProfiles.stackLevel`; empty: the payload itself, or the operation.
    pub field: String,
    /// A sentence that names field and rule.
    pub text: Text,
}

/// Grouped by profile, the usual first. Empty for a protocol that has no named operations.
pub fn operations(protocol: Protocol) -> Vec<Operation> {
    if protocol.is_ykc() { Vec::new() } else { ocpp16::operations() }
}

/// The name that people have for an operation; the same wire name means the same in every version.
pub fn operation_label(name: &str) -> Option<Text> {
    ocpp16::operations().into_iter().find(|operation| operation.name == name).map(|operation| operation.label)
}

/// Whether a call may be sent as it is. `None`: the protocol has no such operation.
pub fn call_check(protocol: Protocol, action: &str, payload: &str) -> Option<Result<(), CallFault>> {
    if protocol.is_ykc() { None } else { ocpp16::call_check(action, payload) }
}
