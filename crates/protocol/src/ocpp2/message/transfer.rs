//! Firmware and logs (OCPP 2.0.1 L01 to L03, N01; their reports) and SecurityEventNotification (A04).

use crate::ocpp::json::Node;
use crate::ocpp::transfer::{report, retries, times};
use model::device::DeviceEvent;
use model::transfer::{FirmwareOrder, LogOrder, TransferKind, TransferReport};
use serde_json::{Value, json};

/// FirmwareStatusNotification, LogStatusNotification.
pub fn event(firmware: bool, payload: &Node) -> DeviceEvent {
    DeviceEvent::Transfer(report(firmware, payload))
}

/// PublishFirmwareStatusNotification: of the request that it names, never of the newest update, which is
/// the pile's own.
pub fn published(payload: &Node) -> DeviceEvent {
    let told = report(true, payload);
    DeviceEvent::Transfer(TransferReport { request: Some(told.request.unwrap_or(-1)), ..told })
}

/// L01, L02: the payload of UpdateFirmware.
pub fn firmware(order: &FirmwareOrder) -> Value {
    let mut payload = retries(order.retries, order.retry_interval_s);
    payload.insert("requestId".to_owned(), json!(order.request));
    let mut firmware = json!({ "location": order.url, "retrieveDateTime": order.at.rfc3339() });
    if let Some((certificate, signature)) = &order.signed {
        firmware["signingCertificate"] = json!(certificate);
        firmware["signature"] = json!(signature);
    }
    payload.insert("firmware".to_owned(), firmware);
    payload.into()
}

/// N01: the payload of GetLog. What 1.6 calls diagnostics is the diagnostics log here.
pub fn log(order: &LogOrder) -> Value {
    let mut payload = retries(order.retries, order.retry_interval_s);
    let kind = if order.kind == TransferKind::SecurityLog { "SecurityLog" } else { "DiagnosticsLog" };
    payload.insert("logType".to_owned(), json!(kind));
    payload.insert("requestId".to_owned(), json!(order.request));
    let mut log = times([("oldestTimestamp", order.from), ("latestTimestamp", order.until)]);
    log.insert("remoteLocation".to_owned(), json!(order.url));
    payload.insert("log".to_owned(), log.into());
    payload.into()
}
