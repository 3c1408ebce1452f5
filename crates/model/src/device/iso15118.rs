//! What a pile asks the back office of ISO 15118.

use crate::error::Text;

/// What is asked is for the service to understand; what it says is for the pile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iso15118Ask {
    /// The wire's name of the message.
    pub action: &'static str,
    /// Its payload as JSON.
    pub payload: String,
    /// The payload of the answer; or why there is none. Put in by whoever has asked the service.
    pub answer: Result<String, Text>,
}
