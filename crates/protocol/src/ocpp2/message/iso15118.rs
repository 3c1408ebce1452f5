//! Get15118EVCertificate (OCPP 2.0.1 M01, M02) and GetCertificateStatus (M06): questions that only the
//! certificate service of ISO 15118 can answer.

use crate::ocpp::json::Node;
use model::Text;
use model::device::{DeviceEvent, Iso15118Ask};

pub fn event(action: &'static str, payload: &Node) -> DeviceEvent {
    let answer = Err(Text::of("没有配置 ISO 15118 证书服务", "no certificate service of ISO 15118 is set"));
    DeviceEvent::Iso15118Asked(Box::new(Iso15118Ask { action, payload: payload.value().to_string(), answer }))
}

/// The service's own words, or that there are none.
pub fn response(action: &str, payload: Option<&str>) -> Vec<u8> {
    match payload {
        Some(payload) => payload.as_bytes().to_vec(),
        None if action == "Get15118EVCertificate" => {
            br#"{"status":"Failed","exiResponse":"","statusInfo":{"reasonCode":"NoService"}}"#.to_vec()
        }
        None => br#"{"status":"Failed","statusInfo":{"reasonCode":"NoService"}}"#.to_vec(),
    }
}
