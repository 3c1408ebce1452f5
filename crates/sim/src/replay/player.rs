//! The pile's side of a recording, said again. It waits for each answer before it goes on, so that the
//! platform hears everything in the order in which it heard it the first time.

use super::adapt::{Answered, CALL, Names, answered, json, message_id, message_type, request};
use super::link::Wire;
use super::recording::{Direction, RecordedFrame, Recording, bytes_of};
use crate::pile::PileConfig;
use model::site::{PileKind, Protocol};
use protocol::ykc::field::{Ascii, Bcd, Gun, PileNo};
use protocol::ykc::frame::{CrcOrder, Packet};
use protocol::ykc::message::heartbeat::Heartbeat;
use protocol::ykc::message::login::Login;
use protocol::ykc::message::{Body, Message};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::time::Instant;

/// How long an answer may take that the platform gave the first time.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);
/// A message that was refused without an answer may get one now.
const REFUSAL_PATIENCE: Duration = Duration::from_millis(300);
const CONNECT_ATTEMPTS: u32 = 20;

/// Where the pile connects.
pub struct Target {
    /// `ws://HOST:PORT/PATH` for OCPP (the code is appended), `HOST:PORT` for 云快充.
    pub address: String,
    pub password: String,
    /// How long the platform may take to ask what it asked the first time.
    pub patience: Duration,
}

/// What happens around the pile while the recording plays.
pub trait Stage: Send {
    /// Waits until it is so late.
    fn until(&mut self, at_ms: i64) -> impl Future<Output = ()> + Send;
    /// The platform asked this the first time; somebody had clicked, perhaps.
    fn provoke(&mut self, wish: &Wish) -> impl Future<Output = ()> + Send;
    /// The link has ended.
    fn cut(&mut self) -> impl Future<Output = ()> + Send;
}

/// What the platform asked of the pile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    Start { connector_no: Option<u16> },
    Stop { connector_no: Option<u16>, session: Option<String> },
    Other { kind: String },
}

/// What came of it.
pub struct Played {
    pub names: Names,
    /// Messages of the pile that were said.
    pub said: usize,
    /// Requests of the platform that were answered as the recording has it.
    pub answered: usize,
    /// What did not go as in the recording.
    pub notes: Vec<String>,
}

enum Step<'a> {
    Say(&'a RecordedFrame),
    /// The platform asks something.
    Ask(&'a RecordedFrame, String),
    /// The pile answers it.
    Reply(&'a RecordedFrame, Answered),
    Cut,
}

enum Wanted<'a> {
    /// OCPP: to the message of this id.
    Answer(&'a str),
    /// 云快充: of this type.
    Frame(u8),
    Request(&'a str),
}

pub struct Player<'a> {
    recording: &'a Recording,
    protocol: Protocol,
    config: PileConfig,
    patience: Duration,
    wire: Option<Wire>,
    /// Requests of the platform that still come in the recording, by kind.
    expected: HashMap<String, usize>,
    /// Requests that came before their step.
    early: Vec<(String, Vec<u8>)>,
    /// Requests of this run: by the message id of the recording (OCPP) or by kind (云快充).
    requests: HashMap<String, Vec<u8>>,
    own: u64,
    faulted: bool,
    played: Played,
}

impl<'a> Player<'a> {
    pub fn new(recording: &'a Recording, target: Target) -> Player<'a> {
        let (header, protocol) = (&recording.header, recording.header.protocol);
        let mut config = PileConfig::new(&header.pile.code, protocol, &target.address);
        config.password = target.password;
        let played = Played { names: Names::default(), said: 0, answered: 0, notes: Vec::new() };
        Player {
            recording,
            protocol,
            config,
            patience: target.patience,
            wire: None,
            expected: HashMap::new(),
            early: Vec::new(),
            requests: HashMap::new(),
            own: 0,
            faulted: false,
            played,
        }
    }

    /// Plays everything. An error is one of the network: what the platform says is in the notes.
    pub async fn play(mut self, stage: &mut impl Stage) -> io::Result<Played> {
        let steps = self.steps();
        for (_, step) in &steps {
            if let Step::Ask(_, kind) = step {
                *self.expected.entry(kind.clone()).or_default() += 1;
            }
        }
        for (at_ms, step) in &steps {
            stage.until(*at_ms).await;
            match step {
                Step::Cut => self.cut(stage).await,
                Step::Say(frame) => self.say(frame).await?,
                Step::Ask(frame, kind) => self.asked(frame, kind, stage).await?,
                Step::Reply(frame, to) => self.reply(frame, to).await?,
            }
        }
        self.cut(stage).await;
        Ok(self.played)
    }

    fn steps(&self) -> Vec<(i64, Step<'a>)> {
        let mut steps = Vec::new();
        for frame in &self.recording.frames {
            let Some(bytes) = bytes_of(self.protocol, &frame.raw).filter(|bytes| !bytes.is_empty()) else {
                continue;
            };
            let step = match frame.direction {
                Direction::Down => request(self.protocol, &bytes, false).map(|kind| Step::Ask(frame, kind)),
                Direction::Up => Some(match answered(self.protocol, &bytes) {
                    Some(to) => Step::Reply(frame, to),
                    None => Step::Say(frame),
                }),
            };
            steps.extend(step.map(|step| (frame.at_ms, step)));
        }
        let (first, last) = (steps.first().map(|(at, _)| *at), steps.last().map(|(at, _)| *at));
        for link in &self.recording.header.links {
            if let (Some(to_ms), Some(first), Some(last)) = (link.to_ms, first, last)
                && (first..last).contains(&to_ms)
            {
                steps.push((to_ms, Step::Cut));
            }
        }
        steps.sort_by_key(|(at, step)| (*at, matches!(step, Step::Cut)));
        steps
    }

    async fn cut(&mut self, stage: &mut impl Stage) {
        if let Some(wire) = self.wire.take() {
            wire.close().await;
            stage.cut().await;
        }
    }

    /// Connects, and introduces the pile where the recording does not do so itself.
    async fn connected(&mut self, next: &RecordedFrame) -> io::Result<()> {
        if self.wire.is_some() {
            return Ok(());
        }
        let mut tries = 0;
        self.wire = Some(loop {
            match Wire::open(&self.config).await {
                Ok(wire) => break wire,
                Err(why) if tries >= CONNECT_ATTEMPTS => return Err(why),
                Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        });
        let introduces =
            next.direction == Direction::Up && matches!(next.kind.as_str(), "BootNotification" | "0x01");
        if introduces {
            return Ok(());
        }
        let heard = match self.introduction() {
            (bytes, Some(id)) => {
                self.send(bytes).await?;
                self.wait(&Wanted::Answer(&id), ANSWER_PATIENCE).await?
            }
            (bytes, None) => {
                self.send(bytes).await?;
                self.wait(&Wanted::Frame(0x02), ANSWER_PATIENCE).await?
            }
        };
        if heard.is_none() {
            self.note("the platform did not answer the pile's introduction".to_owned());
        }
        Ok(())
    }

    /// BootNotification or 0x01, and the message id.
    fn introduction(&mut self) -> (Vec<u8>, Option<String>) {
        let pile = &self.recording.header.pile;
        if self.protocol.is_ykc() {
            let login = Login {
                pile: self.number(),
                pile_type: u8::from(pile.kind == PileKind::Ac),
                gun_count: u8::try_from(pile.connector_count).unwrap_or(1),
                protocol_version: 0x10,
                firmware: Ascii::of("REPLAY"),
                net_type: 1,
                sim_iccid: Bcd([0; 10]),
                carrier: 4,
            };
            return (login.frame([0, 0], CrcOrder::LowFirst), None);
        }
        let id = self.own_id();
        let body = match self.protocol {
            Protocol::Ocpp16 => json!({"chargePointVendor": "Replay", "chargePointModel": "Replay"}),
            _ => json!({"reason": "PowerUp", "chargingStation": {"vendorName": "Replay", "model": "Replay"}}),
        };
        (json!([CALL, id, "BootNotification", body]).to_string().into_bytes(), Some(id))
    }

    async fn say(&mut self, frame: &RecordedFrame) -> io::Result<()> {
        self.connected(frame).await?;
        let Some(then) = bytes_of(self.protocol, &frame.raw) else { return Ok(()) };
        let answer = frame.answer.as_deref().and_then(|answer| bytes_of(self.protocol, answer));
        let now = self.played.names.adapt(self.protocol, &then);
        let id = json(&now).filter(|message| message_type(message) == CALL);
        let id = id.and_then(|message| message_id(&message).map(str::to_owned));
        self.remember_fault(&now);
        self.send(now).await?;
        self.played.said += 1;
        let heard = match (&answer, id) {
            (answer, Some(id)) => {
                let patience = if answer.is_some() { ANSWER_PATIENCE } else { REFUSAL_PATIENCE };
                self.wait(&Wanted::Answer(&id), patience).await?
            }
            (Some(answer), None) => match Packet::parse(answer) {
                Some((packet, _)) => self.wait(&Wanted::Frame(packet.kind), ANSWER_PATIENCE).await?,
                None => None,
            },
            (None, None) => return self.settle().await,
        };
        match (answer, heard) {
            (Some(answer), Some(heard)) => self.played.names.learn_answer(self.protocol, &answer, &heard),
            (Some(_), None) => {
                self.note(format!("{}: answered in the recording, not answered now", frame.kind))
            }
            _ => {}
        }
        Ok(())
    }

    async fn asked(&mut self, frame: &RecordedFrame, kind: &str, stage: &mut impl Stage) -> io::Result<()> {
        self.connected(frame).await?;
        let Some(then) = bytes_of(self.protocol, &frame.raw) else { return Ok(()) };
        let place = self.early.iter().position(|(known, _)| known == kind);
        let now = match place {
            Some(place) => Some(self.early.remove(place).1),
            None => {
                let wish = self.wish(kind, &then);
                stage.provoke(&wish).await;
                self.wait(&Wanted::Request(kind), self.patience).await?
            }
        };
        let Some(now) = now else {
            if let Some(left) = self.expected.get_mut(kind) {
                *left = left.saturating_sub(1);
            }
            self.note(format!("{kind}: the platform asked this in the recording, and does not now"));
            return Ok(());
        };
        self.played.names.learn_request(self.protocol, &then, &now);
        let key = match json(&then).as_deref().and_then(message_id) {
            Some(id) => id.to_owned(),
            None => kind.to_owned(),
        };
        self.requests.insert(key, now);
        Ok(())
    }

    fn wish(&self, kind: &str, then: &[u8]) -> Wish {
        if let Some((packet, _)) = Packet::parse(then) {
            let gun = |at: usize| packet.body.get(at).map(|gun| Gun(*gun).no());
            return match packet.kind {
                0x34 | 0xA4 => Wish::Start { connector_no: gun(23) },
                0x36 => Wish::Stop { connector_no: gun(7), session: None },
                _ => Wish::Other { kind: kind.to_owned() },
            };
        }
        let body = json(then).and_then(|message| message.get(3).cloned()).unwrap_or_default();
        let number = |name: &str| body[name].as_u64().and_then(|no| u16::try_from(no).ok());
        let session = match &body["transactionId"] {
            Value::String(name) => Some(name.clone()),
            Value::Number(number) => Some(self.played.names.session(&number.to_string())),
            _ => None,
        };
        match kind {
            "RemoteStartTransaction" => Wish::Start { connector_no: number("connectorId") },
            "RequestStartTransaction" => Wish::Start { connector_no: number("evseId") },
            "RemoteStopTransaction" | "RequestStopTransaction" => Wish::Stop { connector_no: None, session },
            _ => Wish::Other { kind: kind.to_owned() },
        }
    }

    /// Answers what the platform asked, as the recording has it.
    async fn reply(&mut self, frame: &RecordedFrame, to: &Answered) -> io::Result<()> {
        let Some(then) = bytes_of(self.protocol, &frame.raw) else { return Ok(()) };
        let asked = match to {
            Answered::Id(id) => self.requests.remove(id),
            Answered::Kind(kind) => self.requests.remove(kind),
        };
        let now = self.played.names.adapt(self.protocol, &then);
        let bytes = match (to, asked) {
            // Nobody has asked: an answer that came late, or one of which the request is not recorded.
            (Answered::Id(_), None) => return Ok(()),
            (Answered::Kind(_), None) => now,
            (Answered::Id(_), Some(asked)) => with_id(&now, &asked).unwrap_or(now),
            (Answered::Kind(_), Some(asked)) => with_sequence(&now, &asked).unwrap_or(now),
        };
        self.connected(frame).await?;
        self.send(bytes).await?;
        self.played.answered += 1;
        self.settle().await
    }

    async fn send(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        match &mut self.wire {
            Some(wire) => wire.say(bytes).await,
            None => Ok(()),
        }
    }

    /// Waits until everything that was said is done with: a heartbeat is answered after it.
    async fn settle(&mut self) -> io::Result<()> {
        if self.protocol.is_ykc() {
            let (pile, gun) = (self.number(), Gun(1));
            let beat = Heartbeat { pile, gun, gun_state: u8::from(self.faulted) };
            self.own += 1;
            let sequence = u16::try_from(self.own % 0xFFFF).unwrap_or(0).to_le_bytes();
            self.send(beat.frame(sequence, CrcOrder::LowFirst)).await?;
            self.wait(&Wanted::Frame(0x04), REFUSAL_PATIENCE * 10).await?;
            return Ok(());
        }
        let id = self.own_id();
        self.send(json!([CALL, id, "Heartbeat", {}]).to_string().into_bytes()).await?;
        self.wait(&Wanted::Answer(&id), ANSWER_PATIENCE).await.map(drop)
    }

    /// The heartbeats that are added must say of the gun what it says itself.
    fn remember_fault(&mut self, frame: &[u8]) {
        let Some((packet, _)) = Packet::parse(frame).filter(|_| self.protocol.is_ykc()) else { return };
        match Message::decode(packet.kind, &packet.body) {
            Ok(Message::Heartbeat(beat)) if beat.gun == Gun(1) => self.faulted = beat.gun_state != 0,
            Ok(Message::Realtime(data)) if data.gun == Gun(1) => self.faulted = data.state == 1,
            _ => {}
        }
    }

    /// What the platform says next that is wanted; its requests are kept or answered meanwhile.
    async fn wait(&mut self, wanted: &Wanted<'_>, patience: Duration) -> io::Result<Option<Vec<u8>>> {
        let until = Instant::now() + patience;
        loop {
            let Some(wire) = &mut self.wire else { return Ok(None) };
            let heard = match wire.hear(until).await {
                Ok(Some(heard)) => heard,
                Ok(None) => return Ok(None),
                Err(_) => {
                    self.wire = None;
                    self.note("the platform has closed the link".to_owned());
                    return Ok(None);
                }
            };
            if let Some(kind) = request(self.protocol, &heard, false) {
                if let Some(left) = self.expected.get_mut(&kind).filter(|left| **left > 0) {
                    *left -= 1;
                    if matches!(wanted, Wanted::Request(wanted) if *wanted == kind) {
                        return Ok(Some(heard));
                    }
                    self.early.push((kind, heard));
                } else if let Some(answer) = courtesy(self.protocol, &heard) {
                    self.send(answer).await?;
                }
                continue;
            }
            let is_it = match wanted {
                Wanted::Answer(id) => json(&heard).as_deref().and_then(message_id) == Some(*id),
                Wanted::Frame(kind) => Packet::parse(&heard).is_some_and(|(packet, _)| packet.kind == *kind),
                Wanted::Request(_) => false,
            };
            if is_it {
                return Ok(Some(heard));
            }
        }
    }

    fn number(&self) -> PileNo {
        PileNo::parse(&self.recording.header.pile.code).unwrap_or(PileNo([0; 7]))
    }

    fn own_id(&mut self) -> String {
        self.own += 1;
        format!("replay-{}", self.own)
    }

    fn note(&mut self, note: String) {
        self.played.notes.push(note);
    }
}

/// To what the recording does not know: not here, or as a matter of course.
fn courtesy(protocol: Protocol, asked: &[u8]) -> Option<Vec<u8>> {
    if !protocol.is_ykc() {
        let message = json(asked)?;
        let answer = json!([4, message_id(&message)?, "NotImplemented", "not in the recording", {}]);
        return Some(answer.to_string().into_bytes());
    }
    let (mut packet, order) = Packet::parse(asked)?;
    match packet.kind {
        // The clock is as the platform says.
        0x56 => packet.kind = 0x55,
        0x58 => {
            packet.kind = 0x57;
            packet.body.truncate(7);
            packet.body.push(1);
        }
        _ => return None,
    }
    Some(packet.to_bytes(order.unwrap_or_default()))
}

/// The answer under the message id of this run.
fn with_id(answer: &[u8], asked: &[u8]) -> Option<Vec<u8>> {
    let (mut answer, asked) = (json(answer)?, json(asked)?);
    *answer.get_mut(1)? = asked.get(1)?.clone();
    Some(Value::Array(answer).to_string().into_bytes())
}

fn with_sequence(answer: &[u8], asked: &[u8]) -> Option<Vec<u8>> {
    let ((mut answer, order), (asked, _)) = (Packet::parse(answer)?, Packet::parse(asked)?);
    answer.sequence = asked.sequence;
    Some(answer.to_bytes(order.unwrap_or_default()))
}
