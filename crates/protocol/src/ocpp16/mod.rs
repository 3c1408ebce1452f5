//! Placeholder until the protocol lands.
#![allow(unused)]
use model::Error;
use model::device::{Answer, DeviceCommand};
use model::id::CommandId;
use model::time::Timestamp;

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
