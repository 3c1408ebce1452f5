//! Tables of bytes in, meaning out.

mod framing;
mod line;
mod properties;
mod session_battery;
mod session_charging;
mod session_commands;
mod session_dialect;
mod session_login;
mod session_merged;
mod vectors;

use super::frame::{CrcOrder, Packet};
use super::message::{Body, Message};
use super::{Asked, Heard, Line, Session, Settings};
use crate::Output;
use model::Error;
use model::desired::Learned;
use model::device::{Answer, CloseReason, DeviceEvent, Outcome};
use model::time::Timestamp;

pub const TRADE: &str = "32010600019236012607151030000001";
pub const PILE: &str = "32010600019236";

/// A captured or constructed frame, by its name in testdata/ykc/vectors.txt.
pub fn vector(id: &str) -> Vec<u8> {
    vectors().into_iter().find(|(known, _, _)| known == id).map(|(_, _, bytes)| bytes).unwrap()
}

pub fn vectors() -> Vec<(String, CrcOrder, Vec<u8>)> {
    let text = include_str!("../../../testdata/ykc/vectors.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let vectors: Vec<_> = lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let id = words.next().unwrap().to_owned();
            let order = match words.next().unwrap() {
                "high" => CrcOrder::HighFirst,
                _ => CrcOrder::LowFirst,
            };
            (id, order, unhex(words.next().unwrap()))
        })
        .collect();
    assert_eq!(vectors.len(), 57);
    vectors
}

pub fn unhex(text: &str) -> Vec<u8> {
    let digit = |b: u8| u8::try_from(char::from(b).to_digit(16).unwrap()).unwrap();
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}

pub fn decode(id: &str) -> Message {
    let (packet, _) = Packet::parse(&vector(id)).unwrap();
    Message::decode(packet.kind, &packet.body).unwrap()
}

pub fn low<B: Body>(body: &B, sequence: [u8; 2]) -> Vec<u8> {
    body.frame(sequence, CrcOrder::LowFirst)
}

pub fn start() -> Timestamp {
    Timestamp::parse("2026-07-15T10:29:58+08:00").unwrap()
}

/// What a session said, shortened for comparing.
#[derive(Debug, PartialEq)]
pub enum Said {
    Identified(String),
    Event(DeviceEvent),
    Send(Vec<u8>),
    /// With an entry in the frame log.
    Logged(&'static str, Vec<u8>),
    Rejected(&'static str),
    Learned(i64, Learned),
    Done(i64, Outcome),
    Alive,
    Close(CloseReason),
}

/// A line with one session, and the engine's answers to it.
pub struct Bench {
    pub line: Line,
    pub session: Session,
    pub now: Timestamp,
    asked: Vec<Asked>,
}

impl Bench {
    pub fn new() -> Bench {
        // Guns that say nothing are asked in a test of its own.
        Bench::by(Settings { silent_gun_ms: 30 * model::time::DAY_MS, ..Settings::default() })
    }

    pub fn by(settings: Settings) -> Bench {
        let session = Session::new(start(), settings);
        Bench { line: Line::default(), session, now: start(), asked: Vec::new() }
    }

    /// A link of pile 32010600019236 that is logged in, its outputs taken.
    pub fn logged_in() -> Bench {
        let mut bench = Bench::new();
        bench.receive(&vector("G1"));
        bench.answer(Ok(Answer::Booted { accepted: true }));
        bench.said();
        bench
    }

    pub fn receive(&mut self, bytes: &[u8]) -> Vec<Said> {
        self.line.receive(bytes, self.now);
        self.heard()
    }

    fn heard(&mut self) -> Vec<Said> {
        let mut said = Vec::new();
        while let Some(heard) = self.line.next() {
            match heard {
                Heard::Frame(frame) => self.session.receive(&frame.bytes, self.now),
                Heard::Garbage { frame, why } => {
                    assert!(!why.zh.is_empty() && !why.en.is_empty());
                    said.push(Said::Rejected(frame.kind));
                }
            }
            said.extend(self.said());
        }
        said
    }

    /// Answers the oldest event that has no answer yet.
    pub fn answer(&mut self, answer: Result<Answer, Error>) -> Vec<u8> {
        let asked = self.asked.remove(0);
        let bytes = asked.render(&answer, self.now);
        self.session.answered(&asked, &answer, &bytes, self.now);
        bytes
    }

    pub fn later(&mut self, ms: i64) -> Vec<Said> {
        self.now = self.now.plus_ms(ms);
        self.line.tick(self.now);
        let mut said = self.heard();
        self.session.tick(self.now);
        said.extend(self.said());
        said
    }

    pub fn said(&mut self) -> Vec<Said> {
        let mut all = Vec::new();
        while let Some(output) = self.session.next() {
            all.push(match output {
                Output::Identified(code) => Said::Identified(code.to_string()),
                Output::Event { asked: crate::Asked::Ykc(asked), event, .. } => {
                    self.asked.push(asked);
                    Said::Event(event)
                }
                Output::Event { .. } => panic!("an event of another protocol"),
                Output::Send { bytes, frame: None } => Said::Send(bytes),
                Output::Send { bytes, frame: Some(frame) } => {
                    assert_eq!(frame.bytes, bytes);
                    Said::Logged(frame.kind, bytes)
                }
                Output::Rejected { frame, why } => {
                    assert!(!why.zh.is_empty() && !why.en.is_empty());
                    Said::Rejected(frame.kind)
                }
                Output::Done { command, outcome, .. } => Said::Done(command.0, outcome),
                Output::Learned { command, learned } => Said::Learned(command.0, learned),
                Output::Alive => Said::Alive,
                Output::Close(reason) => Said::Close(reason),
            });
        }
        all
    }
}

/// The one event among what was said.
pub fn event(said: Vec<Said>) -> DeviceEvent {
    let mut events = said.into_iter().filter_map(|said| match said {
        Said::Event(event) => Some(event),
        _ => None,
    });
    let event = events.next().unwrap();
    assert_eq!(events.next(), None);
    event
}
