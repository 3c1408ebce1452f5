//! The only code that knows wire bytes. No sockets, no clock, no database: bytes and the time go
//! in, meanings and bytes come out, so that every rule of a protocol is a table in a test.
//!
//! The gateway drives every protocol with the same loop: [`Session::receive`] what came from the
//! socket, then take [`Session::next`] until it is empty. An [`Output::Event`] is made durable by
//! the engine, its answer rendered by [`Asked::render`] *before* the commit (so that the frame log
//! holds what was really said), sent after it, and reported back with [`Session::answered`].

mod ocpp;
pub mod ocpp16;
pub mod ocpp2;
mod operation;
mod secret;
pub mod ykc;

pub use ocpp::limit::kept as limit_kept;
pub use ocpp::profile::changes as profile_changes;
pub use ocpp::vendor::answered as vendor_answered;
pub use ocpp2::{cost_shown, displays_changed, monitors_accepted, monitors_answered};
pub use operation::{CallFault, Operation, answer_check, call_check, operation_label, operations};
pub use secret::{HIDDEN, may_hold_secret, secrets_hidden};

use model::desired::Learned;
use model::device::{Answer, CloseReason, DeviceCommand, DeviceEvent, Outcome};
use model::id::{CommandId, PileCode};
use model::site::Protocol;
use model::time::Timestamp;
use model::{Error, Text};

/// One pile on a link, from the platform's side.
pub enum Session {
    Ocpp16(Box<ocpp16::Session>),
    Ocpp2(Box<ocpp2::Session>),
    Ykc(Box<ykc::Session>),
}

/// What a session wants done. Taken one at a time, in order.
#[derive(Debug)]
pub enum Output {
    /// The pile has said who it is (云快充 0x01); OCPP piles are known from the URL and never say
    /// this. The event that follows, [`DeviceEvent::Booted`], carries the rest.
    Identified(PileCode),
    /// The pile says something that the engine must know. The answer goes to `asked`.
    Event {
        asked: Asked,
        event: DeviceEvent,
        frame: Frame,
    },
    /// Put these bytes on the wire. `frame` is their entry in the frame log; `None` for what is not
    /// worth one (heartbeat answers, repeated answers).
    Send {
        bytes: Vec<u8>,
        frame: Option<Frame>,
    },
    /// A message that broke a rule and never reaches the engine: it goes into the frame log with
    /// the reason, and any reply follows as [`Output::Send`].
    Rejected {
        frame: Frame,
        why: Text,
    },
    /// What the pile's answer to this command tells of the pile; the command's end follows.
    Learned {
        command: CommandId,
        learned: Learned,
    },
    /// A command came to its end. `frame`: what the pile answered, if it did.
    Done {
        command: CommandId,
        outcome: Outcome,
        frame: Option<Frame>,
    },
    /// The pile is alive and asked for nothing else (heartbeat): already answered.
    Alive,
    Close(CloseReason),
}

/// An entry of the frame log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The wire's name of the message: `StartTransaction`, `0x3B`. For an answer to a call, the
    /// name of the call.
    pub kind: &'static str,
    /// As it was on the wire (JSON text or the whole binary frame).
    pub bytes: Vec<u8>,
}

/// To whom an answer goes: what must be echoed. Opaque to everyone but its protocol.
#[derive(Debug)]
pub enum Asked {
    Ocpp16(ocpp16::Asked),
    Ocpp2(ocpp2::Asked),
    Ykc(ykc::Asked),
}

impl Asked {
    /// The bytes of the answer, which may be empty where the protocol answers nothing. Pure: called
    /// inside the transaction, before it is known whether the commit succeeds. An error means that
    /// a fault of ours kept us from deciding; where the protocol has no word for it, it is empty and
    /// the gateway closes the link.
    pub fn render(&self, answer: &Result<Answer, Error>, now: Timestamp) -> Vec<u8> {
        match self {
            Asked::Ocpp16(asked) => asked.render(answer, now),
            Asked::Ocpp2(asked) => asked.render(answer, now),
            Asked::Ykc(asked) => asked.render(answer, now),
        }
    }
}

impl Session {
    /// Takes one whole message: a WebSocket text, or a frame that [`ykc::Line`] found in a TCP stream.
    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {
        match self {
            Session::Ocpp16(session) => session.receive(bytes, now),
            Session::Ocpp2(session) => session.receive(bytes, now),
            Session::Ykc(session) => session.receive(bytes, now),
        }
    }

    /// Sends a command to the pile, or queues it until the pile may be asked. It ends in exactly one
    /// [`Output::Done`].
    pub fn command(&mut self, id: CommandId, command: &DeviceCommand, now: Timestamp) {
        match self {
            Session::Ocpp16(session) => session.command(id, command, now),
            Session::Ocpp2(session) => session.command(id, command, now),
            Session::Ykc(session) => session.command(id, command, now),
        }
    }

    /// The answer to an event was committed; `bytes` are what [`Asked::render`] gave, and the
    /// gateway sends them. The session remembers what it must (log-in accepted, answer to repeat).
    pub fn answered(&mut self, asked: &Asked, answer: &Result<Answer, Error>, bytes: &[u8], now: Timestamp) {
        match (self, asked) {
            (Session::Ocpp16(session), Asked::Ocpp16(asked)) => session.answered(asked, answer, bytes, now),
            (Session::Ocpp2(session), Asked::Ocpp2(asked)) => session.answered(asked, answer, bytes, now),
            (Session::Ykc(session), Asked::Ykc(asked)) => session.answered(asked, answer, bytes, now),
            _ => {}
        }
    }

    /// Time has passed: commands expire, a silent link is given up.
    pub fn tick(&mut self, now: Timestamp) {
        match self {
            Session::Ocpp16(session) => session.tick(now),
            Session::Ocpp2(session) => session.tick(now),
            Session::Ykc(session) => session.tick(now),
        }
    }

    /// The socket is gone: every command that waits ends as [`Outcome::LinkLost`], in
    /// [`Session::next`].
    pub fn lost(&mut self) {
        match self {
            Session::Ocpp16(session) => session.lost(),
            Session::Ocpp2(session) => session.lost(),
            Session::Ykc(session) => session.lost(),
        }
    }

    #[expect(clippy::should_implement_trait, reason = "a session is no iterator: more may come after None")]
    pub fn next(&mut self) -> Option<Output> {
        match self {
            Session::Ocpp16(session) => session.next(),
            Session::Ocpp2(session) => session.next(),
            Session::Ykc(session) => session.next(),
        }
    }

    /// Whether the pile was let in (云快充); who has to show its name before it speaks always was.
    pub fn is_logged_in(&self) -> bool {
        match self {
            Session::Ocpp16(_) | Session::Ocpp2(_) => true,
            Session::Ykc(session) => session.is_logged_in(),
        }
    }

    /// When [`Session::tick`] wants to be called next, if nothing happens before.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self {
            Session::Ocpp16(session) => session.deadline(),
            Session::Ocpp2(session) => session.deadline(),
            Session::Ykc(session) => session.deadline(),
        }
    }
}

/// A field of a decoded frame, for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub label: Text,
    pub value: Text,
}

/// What a binary frame says, field by field. JSON frames explain themselves: empty.
pub fn explain(protocol: Protocol, bytes: &[u8]) -> Vec<Field> {
    if !protocol.is_ykc() {
        return Vec::new();
    }
    let Some(explained) = ykc::explain(bytes) else { return Vec::new() };
    explained
        .fields
        .into_iter()
        .map(|field| Field { name: field.name.to_string(), label: field.label, value: field.value })
        .collect()
}

/// The same, as the dialect of the pile has it.
pub fn explain_as(protocol: Protocol, bytes: &[u8], rules: &model::dialect::DialectRules) -> Vec<Field> {
    let explained = if protocol.is_ykc() { ykc::explain_as(bytes, rules) } else { None };
    let fields = explained.into_iter().flat_map(|explained| explained.fields);
    fields
        .map(|field| Field { name: field.name.to_string(), label: field.label, value: field.value })
        .collect()
}

/// The sentence for a stop reason, `ocpp:EVDisconnected` or `ykc:40`.
pub fn stop_text(code: &str) -> Option<Text> {
    ocpp16::stop_text(code).or_else(|| ocpp2::stop_text(code)).or_else(|| ykc::stop_text(code))
}

/// The sentence for a connector's fault code.
pub fn fault_text(code: &str) -> Option<Text> {
    ocpp16::fault_text(code).or_else(|| ykc::fault_text(code, ykc::FaultBase::One))
}

/// The sentence for what a battery or its charger has said by a bit, `ykc:bst:soc_reached`.
pub fn battery_text(code: &str) -> Option<Text> {
    ykc::battery_text(code)
}

/// The sentence for what went wrong at a pile or in a car at it: a battery's word, a lock's alarm.
pub fn event_text(code: &str) -> Option<Text> {
    ykc::battery_text(code).or_else(|| ykc::ground_lock_text(code))
}

/// Whether a stop code, as an order keeps it (`ykc:6B`, `ocpp:EVDisconnected`), says that the car or its driver has ended the session.
pub fn stop_by_vehicle(code: &str) -> bool {
    match code.split_once(':') {
        Some(("ykc", digits)) if digits.len() == 2 => {
            u8::from_str_radix(digits, 16).is_ok_and(ykc::stop_by_vehicle)
        }
        Some(("ocpp", reason)) => matches!(reason, "EVDisconnected" | "ReqEnergyTransferRejected"),
        _ => false,
    }
}
