//! Heartbeat (OCPP 1.6 section 4.6): answered by the session itself.

use model::time::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {}

pub fn response(now: Timestamp) -> Vec<u8> {
    format!(r#"{{"currentTime":"{}"}}"#, now.rfc3339()).into_bytes()
}
