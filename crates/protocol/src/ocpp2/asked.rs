//! The answer to a call of the pile, from the platform's decision to bytes.

use super::message::{
    Means, Message, authorize, boot_notification, iso15118, needs, sign_certificate, transaction_event,
};
use super::schemas;
use crate::ocpp::Version;
use crate::ocpp::error::{Code, call_error, call_result};
use crate::ocpp::outgoing;
use model::Error;
use model::device::Answer;
use model::error::Kind;
use model::time::Timestamp;

/// A call of the pile that waits for its answer.
#[derive(Debug)]
pub struct Asked {
    pub(super) id: Box<str>,
    pub(super) message: &'static Message,
    pub(super) version: Version,
    /// Seconds between heartbeats, told with an accepted boot.
    pub(super) heartbeat_s: u32,
    /// Seconds to the next try, told with a refused boot.
    pub(super) retry_s: u32,
}

impl Asked {
    /// The bytes of the answer. Empty: nothing is sent; after a fault of ours the link is closed, so that
    /// the pile keeps a record that it would throw away after a CALLERROR.
    pub fn render(&self, answer: &Result<Answer, Error>, now: Timestamp) -> Vec<u8> {
        if self.message.means == Means::Stream {
            return Vec::new();
        }
        match answer {
            Ok(answer) => match self.payload(answer, now) {
                Some(payload) => {
                    outgoing::response(schemas::find(self.version, self.message.name), &payload);
                    call_result(&self.id, &payload)
                }
                None => {
                    let why = "the platform has no answer to this message";
                    call_error(self.version, &self.id, Code::InternalError, why)
                }
            },
            Err(error) => {
                let fault = matches!(error.kind, Kind::Unavailable | Kind::Internal);
                if fault && self.message.is_record() {
                    return Vec::new();
                }
                let code = match error.kind {
                    Kind::Unavailable | Kind::Internal => Code::InternalError,
                    Kind::Unauthenticated | Kind::Denied => Code::SecurityError,
                    _ => Code::GenericError,
                };
                call_error(self.version, &self.id, code, error.code)
            }
        }
    }

    /// `None`: the answer does not belong to the question.
    fn payload(&self, answer: &Answer, now: Timestamp) -> Option<Vec<u8>> {
        Some(match (self.message.means, answer) {
            (Means::Authorize, Answer::Token(token)) => authorize::response(token),
            (Means::Boot, Answer::Booted { accepted }) => {
                let interval = if *accepted { self.heartbeat_s } else { self.retry_s };
                boot_notification::response(*accepted, interval, now)
            }
            (Means::Transaction, Answer::Session { token, total }) => {
                transaction_event::response(token.as_ref(), *total)
            }
            (_, Answer::Noted) if self.message.answers_nothing() => b"{}".to_vec(),
            (Means::Certificate, Answer::CertificateAsked { accepted }) => {
                sign_certificate::response(*accepted)
            }
            (Means::Certificate, Answer::Noted) => sign_certificate::response(false),
            (Means::Iso15118, Answer::Iso15118(payload)) => {
                iso15118::response(self.message.name, payload.as_deref())
            }
            (Means::Needs, Answer::NeedsAsked { accepted }) => needs::response(*accepted),
            (Means::Needs, Answer::Noted) => needs::response(false),
            (Means::Data, Answer::Data(verdict)) => {
                format!(r#"{{"status":"{}"}}"#, verdict.as_str()).into_bytes()
            }
            (Means::Noted(answer), Answer::Noted) => answer.as_bytes().to_vec(),
            _ => return None,
        })
    }

    /// The log's name of the message that is answered.
    pub fn kind(&self) -> &'static str {
        self.message.name
    }
}
