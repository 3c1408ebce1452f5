//! Every operation of OCPP 1.6 and its security extension with its official schemas (`schemas/`).

use crate::ocpp::operation::Direction::{Both, FromPile, ToPile};
use crate::ocpp::operation::{Operation, operation};

pub static OPERATIONS: [Operation; 39] = [
    operation!("schemas", "Authorize", FromPile, "", "Response"),
    operation!("schemas", "BootNotification", FromPile, "", "Response"),
    operation!("schemas", "CancelReservation", ToPile, "", "Response"),
    operation!("schemas", "CertificateSigned", ToPile, "", "Response"),
    operation!("schemas", "ChangeAvailability", ToPile, "", "Response"),
    operation!("schemas", "ChangeConfiguration", ToPile, "", "Response"),
    operation!("schemas", "ClearCache", ToPile, "", "Response"),
    operation!("schemas", "ClearChargingProfile", ToPile, "", "Response"),
    operation!("schemas", "DataTransfer", Both, "", "Response"),
    operation!("schemas", "DeleteCertificate", ToPile, "", "Response"),
    operation!("schemas", "DiagnosticsStatusNotification", FromPile, "", "Response"),
    operation!("schemas", "ExtendedTriggerMessage", ToPile, "", "Response"),
    operation!("schemas", "FirmwareStatusNotification", FromPile, "", "Response"),
    operation!("schemas", "GetCompositeSchedule", ToPile, "", "Response"),
    operation!("schemas", "GetConfiguration", ToPile, "", "Response"),
    operation!("schemas", "GetDiagnostics", ToPile, "", "Response"),
    operation!("schemas", "GetInstalledCertificateIds", ToPile, "", "Response"),
    operation!("schemas", "GetLocalListVersion", ToPile, "", "Response"),
    operation!("schemas", "GetLog", ToPile, "", "Response"),
    operation!("schemas", "Heartbeat", FromPile, "", "Response"),
    operation!("schemas", "InstallCertificate", ToPile, "", "Response"),
    operation!("schemas", "LogStatusNotification", FromPile, "", "Response"),
    operation!("schemas", "MeterValues", FromPile, "", "Response"),
    operation!("schemas", "RemoteStartTransaction", ToPile, "", "Response"),
    operation!("schemas", "RemoteStopTransaction", ToPile, "", "Response"),
    operation!("schemas", "ReserveNow", ToPile, "", "Response"),
    operation!("schemas", "Reset", ToPile, "", "Response"),
    operation!("schemas", "SecurityEventNotification", FromPile, "", "Response"),
    operation!("schemas", "SendLocalList", ToPile, "", "Response"),
    operation!("schemas", "SetChargingProfile", ToPile, "", "Response"),
    operation!("schemas", "SignCertificate", FromPile, "", "Response"),
    operation!("schemas", "SignedFirmwareStatusNotification", FromPile, "", "Response"),
    operation!("schemas", "SignedUpdateFirmware", ToPile, "", "Response"),
    operation!("schemas", "StartTransaction", FromPile, "", "Response"),
    operation!("schemas", "StatusNotification", FromPile, "", "Response"),
    operation!("schemas", "StopTransaction", FromPile, "", "Response"),
    operation!("schemas", "TriggerMessage", ToPile, "", "Response"),
    operation!("schemas", "UnlockConnector", ToPile, "", "Response"),
    operation!("schemas", "UpdateFirmware", ToPile, "", "Response"),
];

pub fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

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
