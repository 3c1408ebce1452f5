//! Heartbeat (OCPP 1.6 section 4.6): answered by the session itself. With nothing to say the
//! payload may be `{}` or null (OCPP-J 1.6 section 4.2.1).

use model::time::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {}

pub fn response(now: Timestamp) -> Vec<u8> {
    format!(r#"{{"currentTime":"{}"}}"#, now.rfc3339()).into_bytes()
}
