//! One OCPP-J link, from the platform's side: repeats, the one call that may be outstanding, those that
//! wait, and the silence of the other side. What the messages mean is the version's business.

use super::Version;
use super::envelope::{Diagnosis, Reply};
use super::error::{Code, call_error, call_result};
use super::learned::learned;
use super::operation::Operation;
use super::outcome;
use super::recent::{Known, Recent, hash};
use crate::{Frame, Output};
use model::Text;
use model::device::{CloseReason, Outcome, Refusal};
use model::id::CommandId;
use model::time::{SECOND_MS, Timestamp};
use std::collections::VecDeque;

/// Commands that may wait for the one that is being answered.
const QUEUE_MAX: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long a pile may take to answer a call, and how long a command may wait for its turn.
    pub call_timeout_ms: i64,
    /// Seconds between heartbeats, told to a pile that is accepted.
    pub heartbeat_s: u32,
    /// Seconds to the next BootNotification, told to a pile that is not accepted. Spread it, so that
    /// thousands do not come back together.
    pub retry_s: u32,
    /// A link on which no message was heard for so long is given up; 0: never (the gateway's pings
    /// decide).
    pub silence_ms: i64,
}

impl Default for Settings {
    /// 30 s to answer; heartbeats every 5 minutes, given up after three of them.
    fn default() -> Settings {
        Settings {
            call_timeout_ms: 30 * SECOND_MS,
            heartbeat_s: 300,
            retry_s: 60,
            silence_ms: 3 * 300 * SECOND_MS,
        }
    }
}

/// A command in the words of the wire.
pub struct Call {
    pub operation: &'static Operation,
    pub payload: String,
}

#[derive(Debug)]
pub struct Link {
    pub version: Version,
    pub settings: Settings,
    /// Makes message ids of this link differ from those of the links before.
    begun: Timestamp,
    heard: Timestamp,
    calls: u64,
    closed: bool,
    outputs: VecDeque<Output>,
    recent: Recent,
    queue: VecDeque<Waiting>,
    calling: Option<Calling>,
}

/// A command that waits for its turn: one call at a time (OCPP-J 1.6 section 4.1.1).
#[derive(Debug)]
struct Waiting {
    command: CommandId,
    operation: &'static Operation,
    payload: String,
    until: Timestamp,
}

/// The command that the pile is asked.
#[derive(Debug)]
struct Calling {
    id: String,
    command: CommandId,
    operation: &'static Operation,
    until: Timestamp,
}

impl Link {
    pub fn new(version: Version, now: Timestamp, settings: Settings) -> Link {
        Link {
            version,
            settings,
            begun: now,
            heard: now,
            calls: 0,
            closed: false,
            outputs: VecDeque::new(),
            recent: Recent::default(),
            queue: VecDeque::new(),
            calling: None,
        }
    }

    pub fn heard(&mut self, now: Timestamp) {
        self.heard = now;
    }

    pub fn push(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    /// Whether a call is to be handled; a repeat is answered here, and so is one that bears the message
    /// id of another.
    pub fn is_new(&mut self, id: &str, kind: &'static str, bytes: &[u8]) -> bool {
        let repeated = match self.recent.look(hash(id.as_bytes()), hash(bytes)) {
            Known::New => return true,
            Known::Pending => return false,
            Known::Nothing => call_result(id, b"{}"),
            Known::Answered(answer) => answer.to_vec(),
            // OCPP-J 1.6 table 7 has no word for it. ProtocolError, as SteVe answers:
            // FormationViolation would blame the payload, which is in order.
            Known::Other => {
                let why = Text::of(
                    "消息编号在本连接上已用于另一条消息",
                    "the message id was already used for another message on this connection",
                );
                let reply = call_error(self.version, id, Code::ProtocolError, &why.en);
                self.reject(kind, bytes, why, Some(reply));
                return false;
            }
        };
        self.outputs.push_back(Output::Send { bytes: repeated, frame: None });
        false
    }

    /// A call that was given to the engine.
    pub fn asked(&mut self, id: &str, bytes: &[u8]) {
        self.recent.asked(hash(id.as_bytes()), hash(bytes));
    }

    /// Remembers the answer, for a pile that did not get it and asks again.
    pub fn answered(&mut self, id: &str, is_ok: bool, is_nothing: bool, bytes: &[u8]) {
        let key = hash(id.as_bytes());
        if !is_ok || bytes.is_empty() {
            self.recent.forget(key);
        } else {
            self.recent.answered(key, (!is_nothing).then_some(bytes));
        }
    }

    /// A CALLRESULT.
    pub fn resulted(&mut self, id: &str, payload: &str, bytes: &[u8], now: Timestamp) {
        match self.answer_to(id) {
            Some(calling) => {
                let outcome = outcome::result(self.version, calling.operation, payload);
                if let Some(learned) = learned(calling.operation, payload) {
                    self.outputs.push_back(Output::Learned { command: calling.command, learned });
                }
                self.done(calling, outcome, Some(bytes), now);
            }
            None => self.answered_late(bytes),
        }
    }

    /// A CALLERROR.
    pub fn failed(&mut self, id: &str, code: &str, description: &str, bytes: &[u8], now: Timestamp) {
        match self.answer_to(id) {
            Some(calling) => {
                let outcome = outcome::error(calling.operation, code, description);
                self.done(calling, outcome, Some(bytes), now);
            }
            None => self.answered_late(bytes),
        }
    }

    /// Something broke a rule: tell the pile which one, unless it was an answer.
    pub fn refuse(&mut self, diagnosis: Diagnosis, bytes: &[u8], now: Timestamp) {
        match diagnosis.reply {
            Reply::Error(id) => {
                let reply = call_error(self.version, &id, diagnosis.code, &diagnosis.why.en);
                self.reject(diagnosis.kind, bytes, diagnosis.why, Some(reply));
            }
            Reply::Silence => self.reject(diagnosis.kind, bytes, diagnosis.why, None),
            Reply::Answer(id) => match id.and_then(|id| self.answer_to(&id)) {
                Some(calling) => {
                    let outcome = outcome::unreadable(self.version, calling.operation, &diagnosis.why);
                    self.done(calling, outcome, Some(bytes), now);
                }
                None => self.reject(diagnosis.kind, bytes, diagnosis.why, None),
            },
        }
    }

    pub fn reject(&mut self, kind: &'static str, bytes: &[u8], why: Text, reply: Option<Vec<u8>>) {
        self.outputs.push_back(Output::Rejected { frame: Frame { kind, bytes: bytes.to_vec() }, why });
        if let Some(bytes) = reply {
            let frame = Some(Frame { kind, bytes: bytes.clone() });
            self.outputs.push_back(Output::Send { bytes, frame });
        }
    }

    fn answered_late(&mut self, bytes: &[u8]) {
        let why = Text::of(
            "该应答没有对应的请求，或请求已超时",
            "nothing was asked under this message id, or its time had run out",
        );
        self.reject("answer", bytes, why, None);
    }

    fn answer_to(&mut self, id: &str) -> Option<Calling> {
        self.calling.take_if(|calling| calling.id == id)
    }

    fn done(&mut self, calling: Calling, outcome: Outcome, answer: Option<&[u8]>, now: Timestamp) {
        let frame = answer.map(|bytes| Frame { kind: calling.operation.name, bytes: bytes.to_vec() });
        self.outputs.push_back(Output::Done { command: calling.command, outcome, frame });
        self.call_next(now);
    }

    /// Sends a command, or queues it until the pile may be asked.
    pub fn command(&mut self, id: CommandId, call: Result<Call, Outcome>, now: Timestamp) {
        let refused = match call {
            Ok(_) if self.closed => Outcome::LinkLost,
            Ok(_) if self.queue.len() >= QUEUE_MAX => Outcome::Refused(Refusal {
                code: "QueueFull".to_owned(),
                text: Text::of(
                    "该桩已有太多命令在等待应答，请稍后再试",
                    "Too many commands are waiting for this pile; try again later",
                ),
                detail: None,
            }),
            Ok(call) => {
                self.queue.push_back(Waiting {
                    command: id,
                    operation: call.operation,
                    payload: call.payload,
                    until: now.plus_ms(self.settings.call_timeout_ms),
                });
                return self.call_next(now);
            }
            Err(outcome) => outcome,
        };
        self.outputs.push_back(Output::Done { command: id, outcome: refused, frame: None });
    }

    fn call_next(&mut self, now: Timestamp) {
        if self.calling.is_some() || self.closed {
            return;
        }
        let Some(waiting) = self.queue.pop_front() else { return };
        self.calls += 1;
        let id = format!("{:x}-{}", self.begun.as_ms(), self.calls);
        let name = waiting.operation.name;
        super::outgoing::request(waiting.operation, &waiting.payload);
        let bytes = format!(r#"[2,"{id}","{name}",{}]"#, waiting.payload).into_bytes();
        let frame = Some(Frame { kind: name, bytes: bytes.clone() });
        self.outputs.push_back(Output::Send { bytes, frame });
        self.calling = Some(Calling {
            id,
            command: waiting.command,
            operation: waiting.operation,
            until: now.plus_ms(self.settings.call_timeout_ms),
        });
    }

    pub fn tick(&mut self, now: Timestamp) {
        while let Some(waiting) = self.queue.pop_front_if(|waiting| waiting.until <= now) {
            let outcome = Outcome::TimedOut;
            self.outputs.push_back(Output::Done { command: waiting.command, outcome, frame: None });
        }
        if let Some(calling) = self.calling.take_if(|calling| calling.until <= now) {
            self.done(calling, Outcome::TimedOut, None, now);
        }
        if self.silence().is_some_and(|until| until <= now) && !self.closed {
            self.lost();
            self.outputs.push_back(Output::Close(CloseReason::Silent));
        }
    }

    /// The link is gone: whatever still waited for an answer ends as [`Outcome::LinkLost`].
    pub fn lost(&mut self) {
        self.closed = true;
        let calling = self.calling.take().map(|calling| calling.command);
        for command in calling.into_iter().chain(self.queue.drain(..).map(|waiting| waiting.command)) {
            self.outputs.push_back(Output::Done { command, outcome: Outcome::LinkLost, frame: None });
        }
    }

    fn silence(&self) -> Option<Timestamp> {
        (self.settings.silence_ms > 0 && !self.closed).then(|| self.heard.plus_ms(self.settings.silence_ms))
    }

    pub fn next(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front();
        if output.is_none() && self.outputs.capacity() > 0 {
            // Most links are idle most of the time, and there are thousands of them.
            self.outputs = VecDeque::new();
        }
        output
    }

    pub fn deadline(&self) -> Option<Timestamp> {
        let calling = self.calling.as_ref().map(|calling| calling.until);
        let waiting = self.queue.front().map(|waiting| waiting.until);
        [calling, waiting, self.silence()].into_iter().flatten().min()
    }
}
