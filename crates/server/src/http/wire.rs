//! The one place where pages meet the protocols: frames and codes in people's words.

use model::error::Text;
use model::site::Protocol;
use serde::Serialize;
use utoipa::ToSchema;

/// One field of a decoded frame.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FrameField {
    pub name: String,
    pub zh: String,
    pub en: String,
    pub value: String,
}

/// The fields of a binary frame; JSON is its own explanation.
pub fn explain(_protocol: Protocol, _bytes: &[u8]) -> Option<Vec<FrameField>> {
    None
}

/// A stop code, `ocpp:EVDisconnected` or `ykc:40`, as a sentence.
pub fn stop_text(_code: &str) -> Option<Text> {
    None
}
