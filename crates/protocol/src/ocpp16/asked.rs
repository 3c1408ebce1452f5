//! The answer to a call of the pile, from the platform's decision to bytes.

use super::message::{
    Action, authorize, boot_notification, data_transfer, sign_certificate, start_transaction,
    stop_transaction,
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
    pub(super) action: Action,
    /// Seconds between heartbeats, told with an accepted boot.
    pub(super) heartbeat_s: u32,
    /// Seconds to the next try, told with a refused boot.
    pub(super) retry_s: u32,
}

impl Asked {
    /// The bytes of the answer. Empty: nothing is sent and the link is closed, because a fault of
    /// ours keeps us from taking a record that the pile must not throw away (after a CALLERROR it
    /// would, having used up its TransactionMessageAttempts).
    pub fn render(&self, answer: &Result<Answer, Error>, now: Timestamp) -> Vec<u8> {
        match answer {
            Ok(answer) => match self.payload(answer, now) {
                Some(payload) => {
                    outgoing::response(schemas::find(self.action.word()), &payload);
                    call_result(&self.id, &payload)
                }
                None => call_error(
                    Version::V16,
                    &self.id,
                    Code::InternalError,
                    "the platform has no answer to this message",
                ),
            },
            Err(error) => {
                let fault = matches!(error.kind, Kind::Unavailable | Kind::Internal);
                if fault && self.action.is_record() {
                    return Vec::new();
                }
                let code = match error.kind {
                    Kind::Unavailable | Kind::Internal => Code::InternalError,
                    Kind::Unauthenticated | Kind::Denied => Code::SecurityError,
                    _ => Code::GenericError,
                };
                call_error(Version::V16, &self.id, code, error.code)
            }
        }
    }

    /// `None`: the answer does not belong to the question.
    fn payload(&self, answer: &Answer, now: Timestamp) -> Option<Vec<u8>> {
        Some(match (self.action, answer) {
            (action, Answer::Noted) if action.answers_nothing() => b"{}".to_vec(),
            (Action::Authorize, Answer::Token(token)) => authorize::response(token),
            (Action::BootNotification, Answer::Booted { accepted }) => {
                let interval = if *accepted { self.heartbeat_s } else { self.retry_s };
                boot_notification::response(*accepted, interval, now)
            }
            (Action::StartTransaction, Answer::Started { transaction, token }) => {
                start_transaction::response(*transaction, token)
            }
            (Action::StopTransaction, Answer::Stopped { token }) => {
                stop_transaction::response(token.as_ref())
            }
            (Action::StopTransaction, Answer::Noted) => stop_transaction::response(None),
            (Action::SignCertificate, Answer::CertificateAsked { accepted }) => {
                sign_certificate::response(*accepted)
            }
            (Action::DataTransfer, Answer::Data(verdict)) => data_transfer::response(*verdict),
            _ => return None,
        })
    }

    /// The log's name of the message that is answered.
    pub fn kind(&self) -> &'static str {
        self.action.word()
    }
}
