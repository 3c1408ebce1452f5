//! SignCertificate (OCPP 2.0.1 A02, A03). The certificate itself follows as CertificateSigned. One for
//! V2G is another authority's to give.

use crate::ocpp::json::Node;
use model::device::DeviceEvent;

pub fn event(payload: &Node) -> DeviceEvent {
    match payload.get("certificateType").and_then(Node::text) {
        None | Some("ChargingStationCertificate") => {
            DeviceEvent::CertificateAsked { csr: payload.keep("csr").unwrap_or_default() }
        }
        Some(_) => DeviceEvent::Noted { what: "SignCertificate" },
    }
}

pub fn response(accepted: bool) -> Vec<u8> {
    let status = if accepted { "Accepted" } else { "Rejected" };
    format!(r#"{{"status":"{status}"}}"#).into_bytes()
}
