//! What all versions of OCPP-J share: the envelope, JSON and its schemas, decimals, texts, the memory
//! of repeats, the queue of commands. Messages and their meaning are with the version that has them.

pub mod catalogue;
pub mod decimal;
pub mod envelope;
pub mod error;
pub mod json;
pub mod learned;
pub mod limit;
pub mod link;
pub mod local_list;
pub mod operation;
pub mod outcome;
pub mod outgoing;
pub mod profile;
pub mod recent;
pub mod sampled_value;
pub mod schema;
pub mod text;
pub mod transfer;
pub mod vendor;

#[cfg(test)]
pub mod negative;

/// Which edition is spoken on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V16,
    V201,
    V21,
}

impl Version {
    pub fn name(self) -> &'static str {
        match self {
            Version::V16 => "OCPP 1.6",
            Version::V201 => "OCPP 2.0.1",
            Version::V21 => "OCPP 2.1",
        }
    }
}
