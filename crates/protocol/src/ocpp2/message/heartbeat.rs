//! Heartbeat (OCPP 2.0.1 G02): answered by the session itself.

use model::time::Timestamp;

pub fn response(now: Timestamp) -> Vec<u8> {
    format!(r#"{{"currentTime":"{}"}}"#, now.rfc3339()).into_bytes()
}
