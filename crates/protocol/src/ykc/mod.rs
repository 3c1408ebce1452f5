//! 云快充 (YKC) 1.5/1.6 over TCP. Layouts, traps and flows: docs/protocols/ykc.md.
//!
//! The codec serves both sides: the platform's [`Session`] here, and a pile of the simulator with
//! [`frame::Reader`], [`frame::Packet`] and [`message`].

pub mod codes;
pub mod field;
pub mod frame;
pub mod message;

pub use codes::{FaultBase, fault_text, stop_class, stop_text};
pub use message::{Explained, ExplainedField, explain};

use model::Error;
use model::device::{Answer, DeviceCommand};
use model::id::CommandId;
use model::time::Timestamp;

#[allow(unused)]
pub struct Session;
#[derive(Debug)]
pub struct Asked;

impl Asked {
    pub fn render(&self, answer: &Result<Answer, Error>, now: Timestamp) -> Vec<u8> {
        Vec::new()
    }
}

impl Session {
    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {}
    pub fn command(&mut self, id: CommandId, command: &DeviceCommand, now: Timestamp) {}
    pub fn answered(&mut self, asked: Asked, answer: &Result<Answer, Error>, bytes: &[u8], now: Timestamp) {}
    pub fn tick(&mut self, now: Timestamp) {}
    pub fn next(&mut self) -> Option<crate::Output> {
        None
    }
    pub fn deadline(&self) -> Option<Timestamp> {
        None
    }
}
