//! Firmware that a pile fetches and logs that it sends (OCPP 1.6 sections 4.4, 4.5, 5.10, 5.19; the
//! same with signatures in the security extension), and SecurityEventNotification.

use super::Action;
use super::command::typed;
use crate::ocpp::json::Node;
use crate::ocpp::link::Call;
use crate::ocpp::transfer::{report, retries, times};
use model::device::{DeviceEvent, Outcome};
use model::transfer::{FirmwareOrder, LogOrder, TransferKind, TransferReport};
use serde_json::{Map, Value, json};

/// A report of how far it is.
#[derive(Clone, Debug)]
pub struct Request(TransferReport);

impl Request {
    pub fn event(&self) -> DeviceEvent {
        DeviceEvent::Transfer(self.0.clone())
    }
}

pub fn request(action: Action, payload: &Node) -> Request {
    let firmware =
        matches!(action, Action::FirmwareStatusNotification | Action::SignedFirmwareStatusNotification);
    Request(report(firmware, payload))
}

#[derive(Clone, Debug)]
pub struct SecurityEvent(DeviceEvent);

impl SecurityEvent {
    pub fn event(&self) -> DeviceEvent {
        self.0.clone()
    }
}

/// The payload has passed the schema.
pub fn security_event(payload: &Node) -> SecurityEvent {
    SecurityEvent(crate::ocpp::transfer::security_event(payload))
}

pub fn firmware(order: &FirmwareOrder) -> Result<Call, Outcome> {
    let mut payload = retries(order.retries, order.retry_interval_s);
    let at = json!(order.at.rfc3339());
    let Some((certificate, signature)) = &order.signed else {
        payload.insert("location".to_owned(), json!(order.url));
        payload.insert("retrieveDate".to_owned(), at);
        return typed("UpdateFirmware", payload.into());
    };
    payload.insert("requestId".to_owned(), json!(order.request));
    let firmware = json!({
        "location": order.url, "retrieveDateTime": at, "signingCertificate": certificate, "signature": signature,
    });
    payload.insert("firmware".to_owned(), firmware);
    typed("SignedUpdateFirmware", payload.into())
}

pub fn log(order: &LogOrder) -> Result<Call, Outcome> {
    let mut payload = retries(order.retries, order.retry_interval_s);
    let times = |from, until| -> Map<String, Value> { times([(from, order.from), (until, order.until)]) };
    let kind = match order.kind {
        TransferKind::DiagnosticsLog => "DiagnosticsLog",
        TransferKind::SecurityLog => "SecurityLog",
        _ => {
            payload.insert("location".to_owned(), json!(order.url));
            payload.extend(times("startTime", "stopTime"));
            return typed("GetDiagnostics", payload.into());
        }
    };
    payload.insert("logType".to_owned(), json!(kind));
    payload.insert("requestId".to_owned(), json!(order.request));
    let mut log = times("oldestTimestamp", "latestTimestamp");
    log.insert("remoteLocation".to_owned(), json!(order.url));
    payload.insert("log".to_owned(), log.into());
    typed("GetLog", payload.into())
}
