//! One OCPP 2 link, from the CSMS's side.

use super::asked::Asked;
use super::message::{self, Means, Message, command, heartbeat};
use super::schemas;
use crate::ocpp::Version;
use crate::ocpp::envelope::{self, Diagnosis, Reply, Rules, short};
use crate::ocpp::error::{Code, call_result};
use crate::ocpp::json::Node;
use crate::ocpp::link::Link;
use crate::ocpp::operation::Operation;
use crate::ocpp::schema;
use crate::{Frame, Output};
use model::device::{Answer, DeviceCommand};
use model::id::CommandId;
use model::site::Protocol;
use model::time::Timestamp;
use model::{Error, Text};
use serde::de::SeqAccess;
use serde_json::value::RawValue;
use std::borrow::Cow;

pub use crate::ocpp::link::Settings;

#[derive(Debug)]
pub struct Session {
    link: Link,
}

/// A call whose payload is not read yet.
struct Call<'a> {
    action: Cow<'a, str>,
    payload: &'a str,
}

impl<'de> envelope::Call<'de> for Call<'de> {
    fn read<A: SeqAccess<'de>>(seq: &mut A) -> Result<Self, A::Error> {
        let action: crate::ocpp::text::AnyStr<'de> = seq.next_element()?.ok_or_else(short)?;
        let payload: &'de RawValue = seq.next_element()?.ok_or_else(short)?;
        Ok(Call { action: action.0, payload: payload.get() })
    }
}

pub(super) const RULES_201: Rules = Rules {
    version: Version::V201,
    find: |name| schemas::find(Version::V201, name),
    takes: |name| message::find(name).is_some(),
    loose_times: message::loose_times,
};

pub(super) const RULES_21: Rules =
    Rules { version: Version::V21, find: |name| schemas::find(Version::V21, name), ..RULES_201 };

impl Session {
    /// `protocol`: which of the two was agreed on.
    pub fn new(protocol: Protocol, now: Timestamp, settings: Settings) -> Session {
        let version = if protocol == Protocol::Ocpp21 { Version::V21 } else { Version::V201 };
        Session { link: Link::new(version, now, settings) }
    }

    fn rules(&self) -> &'static Rules {
        match self.link.version {
            Version::V21 => &RULES_21,
            _ => &RULES_201,
        }
    }

    /// Takes one WebSocket message, whatever it holds.
    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {
        self.link.heard(now);
        let new = self.link.version == Version::V21;
        match std::str::from_utf8(bytes).ok().and_then(envelope::read::<Call<'_>>) {
            Some(envelope::Message::Call { id, call }) => self.called(&id, &call, bytes, true, now),
            Some(envelope::Message::Send { id, call }) if new => self.called(&id, &call, bytes, false, now),
            Some(envelope::Message::Result { id, payload }) => self.link.resulted(&id, payload, bytes, now),
            Some(envelope::Message::Error { id, code, description }) => {
                self.link.failed(&id, &code, &description, bytes, now);
            }
            Some(envelope::Message::ResultError { code, description, .. }) if new => {
                let said: String = format!("{code} {description}").chars().take(255).collect();
                let why = Text::new(
                    format!("桩无法读取平台的应答：{said}"),
                    format!("the pile could not read an answer of the platform: {said}"),
                );
                self.link.reject("answer", bytes, why, None);
            }
            _ => self.link.refuse(self.rules().diagnose(bytes), bytes, now),
        }
    }

    /// `answers`: whether the message is one that is answered (CALL, not SEND).
    fn called(&mut self, id: &str, call: &Call<'_>, bytes: &[u8], answers: bool, now: Timestamp) {
        let rules = self.rules();
        let operation = (rules.find)(&call.action);
        let Some((operation, message)) = operation.zip(message::find(&call.action)) else {
            return self.link.refuse(rules.diagnose(bytes), bytes, now);
        };
        if answers == (message.means == Means::Stream) {
            let why = Text::new(
                format!("{} 的消息类型不对", operation.name),
                format!("{} is of another message type", operation.name),
            );
            let reply = if answers { Reply::Error(id.to_owned()) } else { Reply::Silence };
            let diagnosis = Diagnosis { kind: operation.name, code: Code::ProtocolError, why, reply };
            return self.link.refuse(diagnosis, bytes, now);
        }
        let read = match Node::parse(call.payload) {
            Ok(payload) => {
                let loose = (rules.loose_times)(operation.name);
                schema::check(operation.request.tree(), &payload, loose).map(|()| payload)
            }
            Err(error) => Err(schema::Violation::unreadable(&error)),
        };
        match read {
            Ok(payload) => self.heard(id, operation, message, &payload, bytes, now),
            Err(violation) => {
                let reply = if answers { Reply::Error(id.to_owned()) } else { Reply::Silence };
                let (code, why) = (violation.code, violation.text());
                self.link.refuse(Diagnosis { kind: operation.name, code, why, reply }, bytes, now);
            }
        }
    }

    fn heard(
        &mut self,
        id: &str,
        operation: &'static Operation,
        message: &'static Message,
        payload: &Node,
        bytes: &[u8],
        now: Timestamp,
    ) {
        if message.means == Means::Heartbeat {
            let bytes = call_result(id, &heartbeat::response(now));
            self.link.push(Output::Send { bytes, frame: None });
            return self.link.push(Output::Alive);
        }
        if !self.link.is_new(id, operation.name, bytes) {
            return;
        }
        let Some(event) = message.event(payload) else { return };
        self.link.asked(id, bytes);
        let asked = Asked {
            id: id.into(),
            message,
            version: self.link.version,
            heartbeat_s: self.link.settings.heartbeat_s,
            retry_s: self.link.settings.retry_s,
        };
        let frame = Frame { kind: operation.name, bytes: bytes.to_vec() };
        self.link.push(Output::Event { asked: crate::Asked::Ocpp2(asked), event, frame });
    }

    pub fn command(&mut self, id: CommandId, command: &DeviceCommand, now: Timestamp) {
        self.link.command(id, command::call(self.link.version, id, command), now);
    }

    /// Remembers the answer, for a pile that did not get it and asks again.
    pub fn answered(&mut self, asked: &Asked, answer: &Result<Answer, Error>, bytes: &[u8], _now: Timestamp) {
        self.link.answered(&asked.id, answer.is_ok(), asked.message.answers_nothing(), bytes);
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
