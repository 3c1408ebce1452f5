//! SignCertificate from the pile (OCPP 1.6 security, 5.14). The certificate itself follows as
//! CertificateSigned.

use crate::ocpp::text::Str;
use model::device::DeviceEvent;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request<'a> {
    #[serde(borrow)]
    pub csr: Str<'a, 5500>,
}

impl Request<'_> {
    pub fn event(&self) -> DeviceEvent {
        DeviceEvent::CertificateAsked { csr: self.csr.keep() }
    }
}

pub fn response(accepted: bool) -> Vec<u8> {
    let status = if accepted { "Accepted" } else { "Rejected" };
    format!(r#"{{"status":"{status}"}}"#).into_bytes()
}
