//! What must be another in each run: numbers that the platform gives out. They are learned by laying
//! what it says now beside what it said then.

use model::site::Protocol;
use protocol::ykc::frame::Packet;
use serde_json::Value;
use std::collections::HashMap;

/// Names of the recording and what they are called in this run.
#[derive(Debug, Default)]
pub struct Names {
    transactions: HashMap<i64, i64>,
    remote_starts: HashMap<i64, i64>,
    /// One-time tags under which a start was commanded.
    tags: HashMap<String, String>,
    trades: HashMap<[u8; 16], [u8; 16]>,
}

/// OCPP messages by their first element.
pub const CALL: i64 = 2;

/// Answers of the platform's among the frames that it sends.
const YKC_ANSWERS: [u8; 7] = [0x02, 0x04, 0x06, 0x0A, 0x32, 0x40, 0xA2];

pub fn json(bytes: &[u8]) -> Option<Vec<Value>> {
    serde_json::from_slice(bytes).ok()
}

pub fn message_type(message: &[Value]) -> i64 {
    message.first().and_then(Value::as_i64).unwrap_or(0)
}

pub fn message_id(message: &[Value]) -> Option<&str> {
    message.get(1).and_then(Value::as_str)
}

/// The name of a request, under which answers to it are looked for; `None` for what is none.
pub fn request(protocol: Protocol, bytes: &[u8], from_pile: bool) -> Option<String> {
    if protocol.is_ykc() {
        let (packet, _) = Packet::parse(bytes)?;
        // What the pile says is odd, what the platform says even; an answer to us has the next number.
        let is_answer =
            if from_pile { is_ykc_reply(packet.kind) } else { YKC_ANSWERS.contains(&packet.kind) };
        return (!is_answer).then(|| protocol::ykc::message::types::code(packet.kind).to_owned());
    }
    let message = json(bytes)?;
    if message_type(&message) != CALL {
        return None;
    }
    message.get(2).and_then(Value::as_str).map(str::to_owned)
}

/// Frames of a pile that answer one of the platform's.
fn is_ykc_reply(kind: u8) -> bool {
    matches!(kind, 0x33 | 0x35 | 0x41 | 0x43 | 0x45 | 0x47 | 0x51 | 0x55 | 0x57 | 0x63 | 0x91 | 0x93 | 0xA3)
}

/// The request that this frame of the pile's answers.
pub fn answered(protocol: Protocol, bytes: &[u8]) -> Option<Answered> {
    if protocol.is_ykc() {
        let (packet, _) = Packet::parse(bytes)?;
        let asked = packet.kind.checked_add(1).filter(|_| is_ykc_reply(packet.kind))?;
        return Some(Answered::Kind(protocol::ykc::message::types::code(asked).to_owned()));
    }
    let message = json(bytes)?;
    let id = message_id(&message).filter(|_| message_type(&message) > CALL)?;
    Some(Answered::Id(id.to_owned()))
}

pub enum Answered {
    /// OCPP
    Id(String),
    /// 云快充
    Kind(String),
}

impl Names {
    /// What the platform answers now, beside what it answered then.
    pub fn learn_answer(&mut self, protocol: Protocol, then: &[u8], now: &[u8]) {
        if protocol.is_ykc() {
            return self.learn_trade(0x32, then, now);
        }
        let (Some(then), Some(now)) = (json(then), json(now)) else { return };
        let transaction = |message: &[Value]| message.get(2).and_then(|body| body["transactionId"].as_i64());
        if let (Some(then), Some(now)) = (transaction(&then), transaction(&now)) {
            self.transactions.insert(then, now);
        }
    }

    /// What the platform asks now, beside what it asked then.
    pub fn learn_request(&mut self, protocol: Protocol, then: &[u8], now: &[u8]) {
        if protocol.is_ykc() {
            self.learn_trade(0x34, then, now);
            return self.learn_trade(0xA4, then, now);
        }
        let (Some(then), Some(now)) = (json(then), json(now)) else { return };
        let (Some(then), Some(now)) = (then.get(3), now.get(3)) else { return };
        if let (Some(then), Some(now)) = (then["remoteStartId"].as_i64(), now["remoteStartId"].as_i64()) {
            self.remote_starts.insert(then, now);
        }
        for tag in ["/idTag", "/idToken/idToken"] {
            let text = |body: &Value| body.pointer(tag).and_then(Value::as_str).map(str::to_owned);
            if let (Some(then), Some(now)) = (text(then), text(now)) {
                self.tags.insert(then, now);
            }
        }
    }

    fn learn_trade(&mut self, kind: u8, then: &[u8], now: &[u8]) {
        if let (Some(then), Some(now)) = (trade(kind, then), trade(kind, now))
            && then != now
        {
            self.trades.insert(then, now);
        }
    }

    /// The session's name in this run.
    pub fn session(&self, then: &str) -> String {
        let number = then.parse().ok().and_then(|then: i64| self.transactions.get(&then));
        if let Some(now) = number {
            return now.to_string();
        }
        let trade = super::bytes_of(Protocol::Ykc16, then).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        match trade.and_then(|then| self.trades.get(&then)) {
            Some(now) => super::hex(now),
            None => then.to_owned(),
        }
    }

    /// A frame of the pile's as it is to be said now. What cannot be read is said as it was.
    pub fn adapt(&self, protocol: Protocol, bytes: &[u8]) -> Vec<u8> {
        if protocol.is_ykc() {
            return self.adapt_ykc(bytes).unwrap_or_else(|| bytes.to_vec());
        }
        let Some(message) = json(bytes) else { return bytes.to_vec() };
        let mut adapted = Value::Array(message);
        if !self.adapt_value(&mut adapted) {
            // Nothing of it changes: byte for byte, with its spaces and its order.
            return bytes.to_vec();
        }
        adapted.to_string().into_bytes()
    }

    fn adapt_value(&self, value: &mut Value) -> bool {
        match value {
            Value::Array(items) => items.iter_mut().fold(false, |any, item| self.adapt_value(item) | any),
            Value::Object(fields) => fields.iter_mut().fold(false, |any, (name, value)| {
                let now = match (name.as_str(), &*value) {
                    ("transactionId", Value::Number(then)) => {
                        then.as_i64().and_then(|then| self.transactions.get(&then)).map(|now| (*now).into())
                    }
                    ("remoteStartId", Value::Number(then)) => {
                        then.as_i64().and_then(|then| self.remote_starts.get(&then)).map(|now| (*now).into())
                    }
                    ("idTag" | "idToken", Value::String(then)) => {
                        self.tags.get(then).map(|now| now.clone().into())
                    }
                    _ => None,
                };
                match now {
                    Some(now) => {
                        *value = now;
                        true
                    }
                    None => self.adapt_value(value) | any,
                }
            }),
            _ => false,
        }
    }

    /// Every frame about a session begins with its trade number.
    fn adapt_ykc(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (mut packet, order) = Packet::parse(bytes)?;
        let place = packet.body.get_mut(..16)?;
        let now = self.trades.get(&<[u8; 16]>::try_from(&*place).ok()?)?;
        place.copy_from_slice(now);
        Some(packet.to_bytes(order.unwrap_or_default()))
    }
}

fn trade(kind: u8, frame: &[u8]) -> Option<[u8; 16]> {
    let (packet, _) = Packet::parse(frame)?;
    let trade = packet.body.get(..16).filter(|_| packet.kind == kind)?;
    <[u8; 16]>::try_from(trade).ok()
}
