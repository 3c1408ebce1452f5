//! What a platform may ask of a pile by its wire name, told to people: from this the pages make one form
//! for each operation, whatever the protocol.

use crate::ocpp::Version;
use crate::{ocpp2, ocpp16, ykc};
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

fn version(protocol: Protocol) -> Option<Version> {
    match protocol {
        Protocol::Ocpp201 => Some(Version::V201),
        Protocol::Ocpp21 => Some(Version::V21),
        _ => None,
    }
}

/// Grouped by profile or block, the usual first.
pub fn operations(protocol: Protocol) -> Vec<Operation> {
    match version(protocol) {
        Some(version) => ocpp2::operations(version),
        None if protocol.is_ykc() => ykc::catalogue::operations(),
        None => ocpp16::operations(),
    }
}

/// The name that people have for an operation; the same wire name means the same in every version.
pub fn operation_label(name: &str) -> Option<Text> {
    let ykc = ykc::catalogue::operations();
    let all = ocpp16::operations().into_iter().chain(ocpp2::operations(Version::V21)).chain(ykc);
    all.into_iter().find(|operation| operation.name == name).map(|operation| operation.label)
}

/// Whether an answer to a call of a pile may be given as it is. `None`: the protocol has no such call.
pub fn answer_check(protocol: Protocol, action: &str, payload: &str) -> Option<Result<(), CallFault>> {
    ocpp2::answer_check(version(protocol)?, action, payload)
}

/// Whether a call may be sent as it is. `None`: the protocol has no such operation.
pub fn call_check(protocol: Protocol, action: &str, payload: &str) -> Option<Result<(), CallFault>> {
    match version(protocol) {
        Some(version) => ocpp2::call_check(version, action, payload),
        None if protocol.is_ykc() => ykc::catalogue::call_check(action, payload),
        None => ocpp16::call_check(action, payload),
    }
}
