//! What all versions say alike of firmware that a pile fetches, of logs that it sends, and of its own
//! security.

use super::json::Node;
use super::text::date_time;
use model::device::DeviceEvent;
use model::time::Timestamp;
use model::transfer::{TransferReport, TransferState};
use serde_json::{Map, Value, json};

/// How far it is. `firmware`: of firmware, not of a log.
pub fn report(firmware: bool, payload: &Node) -> TransferReport {
    let word = payload.get("status").and_then(Node::text).unwrap_or_default();
    let request = payload.integer("requestId");
    TransferReport { firmware, request, state: state(word), word: word.to_owned() }
}

fn state(word: &str) -> Option<TransferState> {
    Some(match word {
        "DownloadScheduled" => TransferState::Accepted,
        "Downloading" | "DownloadPaused" => TransferState::Downloading,
        "Downloaded" | "SignatureVerified" | "InstallScheduled" | "ChecksumVerified" => {
            TransferState::Downloaded
        }
        "Installing" | "InstallRebooting" => TransferState::Installing,
        "Installed" | "Published" => TransferState::Installed,
        "Uploading" => TransferState::Uploading,
        "Uploaded" => TransferState::Uploaded,
        "Idle" => return None,
        _ => TransferState::Failed,
    })
}

/// The payload has passed the schema.
pub fn security_event(payload: &Node) -> DeviceEvent {
    let text = |name: &str| payload.get(name).and_then(Node::text);
    DeviceEvent::Security {
        kind: text("type").unwrap_or_default().to_owned(),
        at: text("timestamp").and_then(date_time).unwrap_or(Timestamp::from_ms(0)),
        info: text("techInfo").filter(|info| !info.is_empty()).map(str::to_owned),
    }
}

/// The beginning of an order's payload.
pub fn retries(retries: Option<u16>, interval_s: Option<u32>) -> Map<String, Value> {
    let mut payload = Map::new();
    if let Some(retries) = retries {
        payload.insert("retries".to_owned(), json!(retries));
    }
    if let Some(interval_s) = interval_s {
        payload.insert("retryInterval".to_owned(), json!(interval_s));
    }
    payload
}

/// Those of the times that are given, under these names.
pub fn times(given: [(&str, Option<Timestamp>); 2]) -> Map<String, Value> {
    given.iter().filter_map(|(name, at)| Some(((*name).to_owned(), json!((*at)?.rfc3339())))).collect()
}
