//! One OCPP-J 1.6 link, from the Central System's side.

use super::asked::Asked;
use super::frame::{self, Call, Message};
use super::message::{Request, command, heartbeat};
use crate::ocpp::Version;
use crate::ocpp::error::call_result;
use crate::ocpp::link::Link;
use crate::{Frame, Output};
use model::Error;
use model::device::{Answer, DeviceCommand};
use model::id::CommandId;
use model::time::Timestamp;

pub use crate::ocpp::link::Settings;

#[derive(Debug)]
pub struct Session {
    link: Link,
}

impl Session {
    pub fn new(now: Timestamp, settings: Settings) -> Session {
        Session { link: Link::new(Version::V16, now, settings) }
    }

    /// Takes one WebSocket message, whatever it holds.
    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {
        self.link.heard(now);
        match std::str::from_utf8(bytes).ok().and_then(frame::read) {
            Some(Message::Call { id, call: Call { request: Request::Heartbeat, .. } }) => {
                let bytes = call_result(&id, &heartbeat::response(now));
                self.link.push(Output::Send { bytes, frame: None });
                self.link.push(Output::Alive);
            }
            Some(Message::Call { id, call }) => self.called(&id, &call, bytes),
            Some(Message::Result { id, payload }) => self.link.resulted(&id, payload, bytes, now),
            Some(Message::Error { id, code, description }) => {
                self.link.failed(&id, &code, &description, bytes, now);
            }
            Some(Message::Send { .. } | Message::ResultError { .. }) | None => {
                self.link.refuse(frame::RULES.diagnose(bytes), bytes, now);
            }
        }
    }

    fn called(&mut self, id: &str, call: &Call<'_>, bytes: &[u8]) {
        let Call { action, request } = call;
        if !self.link.is_new(id, action.word(), bytes) {
            return;
        }
        let Some(event) = request.event() else { return };
        self.link.asked(id, bytes);
        let asked = Asked {
            id: id.into(),
            action: *action,
            heartbeat_s: self.link.settings.heartbeat_s,
            retry_s: self.link.settings.retry_s,
        };
        let frame = Frame { kind: action.word(), bytes: bytes.to_vec() };
        self.link.push(Output::Event { asked: crate::Asked::Ocpp16(asked), event, frame });
    }

    pub fn command(&mut self, id: CommandId, command: &DeviceCommand, now: Timestamp) {
        self.link.command(id, command::call(command), now);
    }

    /// Remembers the answer, for a pile that did not get it and asks again.
    pub fn answered(&mut self, asked: &Asked, answer: &Result<Answer, Error>, bytes: &[u8], _now: Timestamp) {
        self.link.answered(&asked.id, answer.is_ok(), asked.action.answers_nothing(), bytes);
    }

    pub fn tick(&mut self, now: Timestamp) {
        self.link.tick(now);
    }

    /// The link is gone: whatever still waited for an answer ends as `LinkLost`.
    pub fn lost(&mut self) {
        self.link.lost();
    }

    #[expect(clippy::should_implement_trait, reason = "not an iterator: it gives again after receive")]
    pub fn next(&mut self) -> Option<Output> {
        self.link.next()
    }

    pub fn deadline(&self) -> Option<Timestamp> {
        self.link.deadline()
    }
}
