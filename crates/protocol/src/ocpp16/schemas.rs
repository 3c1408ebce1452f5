//! Every operation of OCPP 1.6 and its security extension with its official schemas (`schemas/`).

use super::json::Node;
use std::sync::OnceLock;

/// Who may send the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    FromPile,
    ToPile,
    Both,
}

#[derive(Debug)]
pub struct Operation {
    pub name: &'static str,
    pub direction: Direction,
    pub request: Schema,
    pub response: Schema,
}

/// A schema as text; read when it is first needed, which is when a message has broken a rule.
#[derive(Debug)]
pub struct Schema {
    pub text: &'static str,
    tree: OnceLock<Node>,
}

impl Schema {
    const fn new(text: &'static str) -> Schema {
        Schema { text, tree: OnceLock::new() }
    }

    /// A test reads every schema, so `Null` (which allows everything) never comes out.
    pub fn tree(&self) -> &Node {
        self.tree.get_or_init(|| Node::parse(self.text).unwrap_or(Node::Null))
    }
}

impl Operation {
    pub fn find(name: &str) -> Option<&'static Operation> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }
}

use Direction::{Both, FromPile, ToPile};

macro_rules! operation {
    ($name:literal, $direction:expr) => {
        Operation {
            name: $name,
            direction: $direction,
            request: Schema::new(include_str!(concat!("schemas/", $name, ".json"))),
            response: Schema::new(include_str!(concat!("schemas/", $name, "Response.json"))),
        }
    };
}

pub static OPERATIONS: [Operation; 39] = [
    operation!("Authorize", FromPile),
    operation!("BootNotification", FromPile),
    operation!("CancelReservation", ToPile),
    operation!("CertificateSigned", ToPile),
    operation!("ChangeAvailability", ToPile),
    operation!("ChangeConfiguration", ToPile),
    operation!("ClearCache", ToPile),
    operation!("ClearChargingProfile", ToPile),
    operation!("DataTransfer", Both),
    operation!("DeleteCertificate", ToPile),
    operation!("DiagnosticsStatusNotification", FromPile),
    operation!("ExtendedTriggerMessage", ToPile),
    operation!("FirmwareStatusNotification", FromPile),
    operation!("GetCompositeSchedule", ToPile),
    operation!("GetConfiguration", ToPile),
    operation!("GetDiagnostics", ToPile),
    operation!("GetInstalledCertificateIds", ToPile),
    operation!("GetLocalListVersion", ToPile),
    operation!("GetLog", ToPile),
    operation!("Heartbeat", FromPile),
    operation!("InstallCertificate", ToPile),
    operation!("LogStatusNotification", FromPile),
    operation!("MeterValues", FromPile),
    operation!("RemoteStartTransaction", ToPile),
    operation!("RemoteStopTransaction", ToPile),
    operation!("ReserveNow", ToPile),
    operation!("Reset", ToPile),
    operation!("SecurityEventNotification", FromPile),
    operation!("SendLocalList", ToPile),
    operation!("SetChargingProfile", ToPile),
    operation!("SignCertificate", FromPile),
    operation!("SignedFirmwareStatusNotification", FromPile),
    operation!("SignedUpdateFirmware", ToPile),
    operation!("StartTransaction", FromPile),
    operation!("StatusNotification", FromPile),
    operation!("StopTransaction", FromPile),
    operation!("TriggerMessage", ToPile),
    operation!("UnlockConnector", ToPile),
    operation!("UpdateFirmware", ToPile),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_readable() {
        for operation in &OPERATIONS {
            for schema in [&operation.request, &operation.response] {
                assert!(schema.tree().get("type").is_some(), "{}", operation.name);
            }
        }
    }
}
