//! One pile on a link, from the platform's side (ykc.md section 6; the contract is in lib.rs). The link is
//! a [`super::Line`], which finds the frames; that of a concentrator has several sessions.
//!
//! Before a log-in was answered with success nothing but 0x01 is accepted. Frames of another pile
//! than the one that logged in are refused. Heartbeats are answered here; everything that matters
//! becomes an event and is answered when the engine has made it durable.

mod asked;
mod battery;
mod dialect;
mod inbound;
mod merged;
mod observed;
mod outbound;

pub use asked::Asked;

use super::codes::FaultBase;
use super::field::{Cp56, Gun, PileNo};
use super::frame::{CrcOrder, Packet};
use super::message::realtime::RealtimeRequest;
use super::message::{Message, clock, types};
use crate::{Frame, Output};
use asked::Reply;
use model::Error;
use model::connector::ConnectorStatus;
use model::device::{Answer, CloseReason, DeviceCommand, DeviceEvent, Outcome};
use model::dialect::{CurrentCoding, DialectRules};
use model::id::CommandId;
use model::time::{DAY_MS, SECOND_MS, Timestamp, Zone};
use std::collections::VecDeque;

/// What differs between stations and vendors.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The station's zone, in which CP56Time2a is read and written; never the host's. When it is
    /// known only after the log-in: [`Session::set_zone`].
    pub zone: Zone,
    /// A link on which nothing was heard for so long is given up (heartbeats come every 10 s).
    pub silence_ms: i64,
    /// A command that was not answered for so long has timed out.
    pub command_timeout_ms: i64,
    /// How often the pile's clock is set (0x56), besides after every log-in.
    pub clock_every_ms: i64,
    /// Which mask "Bit1" of the hardware faults is (section 5.2).
    pub fault_base: FaultBase,
    /// The CRC order for sending; `None`: low byte first, which the platforms in the field send to piles
    /// of either kind (section 2.3).
    pub crc_order: Option<CrcOrder>,
    /// How currents in BMS frames are written (section 5.4); `None`: learned from the pile's own 0x13.
    pub current_coding: Option<CurrentCoding>,
    /// A gun that has said nothing of itself so long after the log-in is asked (0x12).
    pub silent_gun_ms: i64,
    /// What else is peculiar to this pile: [`Session::read_as`].
    pub dialect: DialectRules,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            zone: Zone::shanghai(),
            silence_ms: 90 * SECOND_MS,
            command_timeout_ms: 30 * SECOND_MS,
            clock_every_ms: DAY_MS,
            fault_base: FaultBase::default(),
            crc_order: None,
            current_coding: None,
            silent_gun_ms: 10 * SECOND_MS,
            dialect: DialectRules::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// Connected; nobody knows who.
    New,
    /// 0x01 came, the engine has not answered.
    LoggingIn(PileNo),
    LoggedIn(PileNo),
    Closed,
}

/// What a gun said last.
#[derive(Clone, Copy, Debug)]
struct GunState {
    gun: Gun,
    /// The flag of the heartbeat, once one came.
    fault: Option<bool>,
    /// From 0x13.
    status: Option<ConnectorStatus>,
    /// What flowed by the last 0x13, in 0.1 A.
    current_da: Option<i64>,
    /// The highest current of 0x17, until its coding is known.
    limit_raw: Option<u16>,
}

/// A pile has at most so many guns; what a broken one says beyond is handled, but not remembered.
const GUNS_MAX: usize = 32;

pub struct Session {
    settings: Settings,
    link: Link,
    /// The sequence of our own frames, counted little-endian.
    counter: u16,
    gun_count: u8,
    guns: Vec<GunState>,
    heard_at: Timestamp,
    clock_at: Option<Timestamp>,
    /// When guns that have not spoken are asked.
    ask_at: Option<Timestamp>,
    /// As it was learned.
    current_coding: Option<CurrentCoding>,
    pending: Vec<outbound::Pending>,
    waiting: Vec<outbound::Waiting>,
    outputs: VecDeque<Output>,
}

impl Session {
    pub fn new(now: Timestamp, settings: Settings) -> Session {
        Session {
            settings,
            link: Link::New,
            counter: 0,
            gun_count: 0,
            guns: Vec::new(),
            heard_at: now,
            clock_at: None,
            ask_at: None,
            current_coding: None,
            pending: Vec::new(),
            waiting: Vec::new(),
            outputs: VecDeque::new(),
        }
    }

    /// The zone of the station, once the pile is known.
    pub fn set_zone(&mut self, zone: Zone) {
        self.settings.zone = zone;
    }

    /// The socket is gone: every command without an answer is lost.
    pub fn lost(&mut self) {
        let lost: Vec<CommandId> = self.outstanding().collect();
        self.pending.clear();
        self.waiting.clear();
        for command in lost {
            self.done(command, Outcome::LinkLost, None);
        }
    }

    /// The commands that have no answer yet: should the link go, they are lost.
    pub fn outstanding(&self) -> impl Iterator<Item = CommandId> {
        self.pending.iter().map(|p| p.command).chain(self.waiting.iter().map(|w| w.command))
    }

    pub fn answered(&mut self, asked: &Asked, answer: &Result<Answer, Error>, _bytes: &[u8], now: Timestamp) {
        let (Reply::Login, Link::LoggingIn(pile) | Link::LoggedIn(pile)) = (&asked.reply, self.link) else {
            return;
        };
        match answer {
            Ok(Answer::Booted { accepted: true }) => {
                self.link = Link::LoggedIn(pile);
                self.heard_at = now;
                self.guns.clear();
                self.set_clock(pile, now);
                self.send_qr_prefix();
                self.ask_at = Some(now.plus_ms(self.settings.silent_gun_ms));
                self.issue_waiting(pile, now);
            }
            Ok(_) => self.close(CloseReason::NotRegistered),
            // The gateway closes the link; should it not, the pile may try again.
            Err(_) if self.link == Link::LoggingIn(pile) => self.link = Link::New,
            Err(_) => {}
        }
    }

    pub fn tick(&mut self, now: Timestamp) {
        if self.link == Link::Closed {
            return;
        }
        self.expire_commands(now);
        if now >= self.heard_at.plus_ms(self.settings.silence_ms) {
            return self.close(CloseReason::Silent);
        }
        if let (Link::LoggedIn(pile), Some(at)) = (self.link, self.clock_at)
            && now >= at
        {
            self.set_clock(pile, now);
        }
        if let (Link::LoggedIn(pile), Some(_)) = (self.link, self.ask_at.take_if(|at| *at <= now)) {
            self.ask_silent_guns(pile);
        }
    }

    #[expect(clippy::should_implement_trait, reason = "the word of the contract in lib.rs; not an iterator")]
    pub fn next(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front();
        if self.outputs.is_empty() {
            // An idle link keeps no queue.
            self.outputs = VecDeque::new();
        }
        output
    }

    pub fn deadline(&self) -> Option<Timestamp> {
        if self.link == Link::Closed {
            return None;
        }
        let commands = self.pending.iter().map(|p| p.expires_at);
        let waiting = self.waiting.iter().map(|w| w.expires_at);
        let silence = self.heard_at.plus_ms(self.settings.silence_ms);
        commands.chain(waiting).chain(self.clock_at).chain(self.ask_at).chain([silence]).min()
    }

    /// Bytes held by this session, without what the allocator adds.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of::<Session>()
            + self.guns.capacity() * size_of::<GunState>()
            + self.pending.capacity() * size_of::<outbound::Pending>()
            + self.waiting.capacity() * size_of::<outbound::Waiting>()
            + self.outputs.capacity() * size_of::<Output>()
    }

    /// 0x56, after every log-in and daily.
    fn set_clock(&mut self, pile: PileNo, now: Timestamp) {
        let time = Cp56::of(now, &self.settings.zone);
        self.send(&clock::ClockSet { pile, now: time }.into());
        self.clock_at = Some(now.plus_ms(self.settings.clock_every_ms));
    }

    /// 0x12: not every pile says by itself how its guns are.
    fn ask_silent_guns(&mut self, pile: PileNo) {
        for no in 1..=u16::from(self.gun_count).min(32) {
            let silent = !self.guns.iter().any(|known| known.gun.no() == no && known.status.is_some());
            if let Some(gun) = Gun::of(no).filter(|_| silent) {
                self.send(&RealtimeRequest { pile, gun }.into());
            }
        }
    }

    /// Sends a frame of our own and gives its sequence.
    fn send(&mut self, message: &Message) -> [u8; 2] {
        let sequence = self.counter.to_le_bytes();
        self.counter = self.counter.wrapping_add(1);
        let mut body = message.encode();
        if let (Message::RemoteStart(_), Some(byte)) = (message, self.settings.dialect.start_tail) {
            body.push(u8::try_from(byte).unwrap_or(0));
        }
        let packet = Packet { sequence, encryption: 0, kind: message.kind(), body };
        let bytes = packet.to_bytes(self.crc_order());
        let frame = Frame { kind: types::code(message.kind()), bytes: bytes.clone() };
        self.outputs.push_back(Output::Send { bytes, frame: Some(frame) });
        sequence
    }

    fn crc_order(&self) -> CrcOrder {
        self.settings.crc_order.unwrap_or_default()
    }

    fn event(&mut self, reply: Reply, packet: &Packet, bytes: &[u8], event: DeviceEvent) {
        let asked = Asked { reply, sequence: packet.sequence, order: self.crc_order(), pile: self.pile() };
        let frame = Frame { kind: types::code(packet.kind), bytes: bytes.to_vec() };
        self.outputs.push_back(Output::Event { asked: crate::Asked::Ykc(asked), event, frame });
    }

    fn done(&mut self, command: CommandId, outcome: Outcome, frame: Option<Frame>) {
        self.outputs.push_back(Output::Done { command, outcome, frame });
    }

    /// Whether this is the session of the pile with this number.
    pub fn is_of(&self, number: PileNo) -> bool {
        matches!(self.link, Link::LoggingIn(pile) | Link::LoggedIn(pile) if pile == number)
    }

    pub fn is_logged_in(&self) -> bool {
        matches!(self.link, Link::LoggedIn(_))
    }

    /// The pile that is logging in or logged in.
    fn pile(&self) -> PileNo {
        match self.link {
            Link::LoggingIn(pile) | Link::LoggedIn(pile) => pile,
            Link::New | Link::Closed => PileNo([0; 7]),
        }
    }

    /// No more of this link; commands without an answer are lost.
    fn close(&mut self, reason: CloseReason) {
        self.lost();
        self.link = Link::Closed;
        self.outputs.push_back(Output::Close(reason));
    }

    pub fn command(&mut self, id: CommandId, command: &DeviceCommand, now: Timestamp) {
        let expires_at = now.plus_ms(self.settings.command_timeout_ms);
        match self.link {
            Link::Closed => self.done(id, Outcome::LinkLost, None),
            Link::LoggedIn(pile) => self.issue(pile, id, command, expires_at),
            Link::New | Link::LoggingIn(_) => self.wait(id, command, expires_at),
        }
    }
}
