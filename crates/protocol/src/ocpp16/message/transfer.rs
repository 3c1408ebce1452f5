//! Firmware that a pile fetches and logs that it sends (OCPP 1.6 sections 4.4, 4.5, 5.10, 5.19; the
//! same with signatures in the security extension), and SecurityEventNotification.

use super::Action;
use super::command::typed;
use crate::ocpp::json::Node;
use crate::ocpp::link::Call;
use crate::ocpp::text::date_time;
use model::device::{DeviceEvent, Outcome};
use model::time::Timestamp;
use model::transfer::{FirmwareOrder, LogOrder, TransferKind, TransferReport, TransferState};
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
    let word = payload.get("status").and_then(Node::text).unwrap_or_default();
    let request = match payload.get("requestId") {
        Some(Node::Integer(id)) => i64::try_from(*id).ok(),
        _ => None,
    };
    let firmware =
        matches!(action, Action::FirmwareStatusNotification | Action::SignedFirmwareStatusNotification);
    Request(TransferReport { firmware, request, state: state(word), word: word.to_owned() })
}

fn state(word: &str) -> Option<TransferState> {
    Some(match word {
        "DownloadScheduled" => TransferState::Accepted,
        "Downloading" | "DownloadPaused" => TransferState::Downloading,
        "Downloaded" | "SignatureVerified" | "InstallScheduled" => TransferState::Downloaded,
        "Installing" | "InstallRebooting" => TransferState::Installing,
        "Installed" => TransferState::Installed,
        "Uploading" => TransferState::Uploading,
        "Uploaded" => TransferState::Uploaded,
        "Idle" => return None,
        _ => TransferState::Failed,
    })
}

#[derive(Clone, Debug)]
pub struct SecurityEvent {
    kind: String,
    at: Timestamp,
    info: Option<String>,
}

impl SecurityEvent {
    pub fn event(&self) -> DeviceEvent {
        DeviceEvent::Security { kind: self.kind.clone(), at: self.at, info: self.info.clone() }
    }
}

/// The payload has passed the schema.
pub fn security_event(payload: &Node) -> SecurityEvent {
    let text = |name: &str| payload.get(name).and_then(Node::text);
    SecurityEvent {
        kind: text("type").unwrap_or_default().to_owned(),
        at: text("timestamp").and_then(date_time).unwrap_or(Timestamp::from_ms(0)),
        info: text("techInfo").filter(|info| !info.is_empty()).map(str::to_owned),
    }
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
    let times = |from: &str, until: &str| -> Map<String, Value> {
        let given = [(from, order.from), (until, order.until)];
        given.iter().filter_map(|(name, at)| Some(((*name).to_owned(), json!((*at)?.rfc3339())))).collect()
    };
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

fn retries(retries: Option<u16>, interval_s: Option<u32>) -> Map<String, Value> {
    let mut payload = Map::new();
    if let Some(retries) = retries {
        payload.insert("retries".to_owned(), json!(retries));
    }
    if let Some(interval_s) = interval_s {
        payload.insert("retryInterval".to_owned(), json!(interval_s));
    }
    payload
}
