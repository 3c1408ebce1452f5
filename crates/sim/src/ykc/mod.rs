//! A 云快充 1.5/1.6 pile, by the flows and timers of the protocol's section 6.
//!
//! Bills are kept until the platform has confirmed them: repeated after 30 s, three times, once more
//! after 5 min, and again after every login. The pile bills by the tariff that it was given; without
//! one it does not charge.

mod battery;
mod charging;
mod frames;
mod inbound;
mod slot;

use crate::pile::{Action, Output, PileConfig, View};
use crate::random::Random;
use model::site::Protocol;
use model::tariff::Tariff;
use model::time::Timestamp;
use protocol::ykc::field::{Ascii, Bcd, CardNo, Gun, PileNo};
use protocol::ykc::frame::{CrcOrder, Packet, Reader};
use protocol::ykc::message::bill::Bill;
use protocol::ykc::message::firmware::FirmwareUpdateReply;
use protocol::ykc::message::heartbeat::Heartbeat;
use protocol::ykc::message::login::Login;
use protocol::ykc::message::tariff::TariffRequest;
use protocol::ykc::message::tariff_check::TariffCheck;
use protocol::ykc::message::{Body, Message};
use slot::Slot;
use std::collections::VecDeque;

const NEVER: Timestamp = Timestamp::from_ms(i64::MAX);
const STEP_MS: i64 = 1_000;
const HEARTBEAT_MS: i64 = 10_000;
/// Login, tariff check and tariff request are repeated so often until they are answered.
const REPEAT_MS: i64 = 10_000;
const MISSED_MAX: u32 = 3;
/// The plug may come so long after a remote start.
const PLUG_GRACE_MS: i64 = 60_000;
const BILL_REPEAT_MS: i64 = 30_000;
const BILL_LAST_MS: i64 = 300_000;
/// Once, three repeats, and one more.
const BILL_SENDS_MAX: u8 = 5;

/// What the pile waits for before it is in service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Offline,
    LoggingIn,
    CheckingTariff,
    AskingTariff,
    InService,
}

#[derive(Debug)]
struct StoredBill {
    bill: Bill,
    sends: u8,
    next_at: Timestamp,
}

pub struct Pile {
    config: PileConfig,
    number: PileNo,
    random: Random,
    reader: Reader,
    slots: Vec<Slot>,
    out: VecDeque<Output>,
    stage: Stage,
    stage_again_at: Timestamp,
    sequence: u16,
    tariff: Option<Tariff>,
    model_no: Bcd<2>,
    heartbeat_at: Timestamp,
    /// Heartbeats of gun 1 since the last answer.
    missed: u32,
    bills: VecDeque<StoredBill>,
    trades: u32,
    reboot_when_idle: bool,
    firmware: String,
    /// The version that it was told to fetch, until it is idle.
    update: Option<String>,
    offline_cards: Vec<CardNo>,
    /// What it may give of its rated power, and whether it may at all.
    power_percent: u8,
    locked: bool,
}

impl Pile {
    /// A code that is not 14 digits is sent by what digits it has, and will be refused.
    pub fn new(config: PileConfig, _now: Timestamp) -> Pile {
        let mut random = Random::named(config.seed, &config.code);
        let digits: String = config.code.chars().filter(char::is_ascii_digit).collect();
        let number = PileNo::parse(&format!("{digits:0>14}")).unwrap_or(PileNo([0; 7]));
        let slots = (0..config.connectors.clamp(1, 99))
            .map(|place| {
                let register = random.between(1_000_000, 900_000_000);
                let mut slot = Slot::new(config.kind, config.power_of(place + 1), register);
                slot.bay.overheat = config.behaviours.overheat;
                slot
            })
            .collect();
        Pile {
            number,
            random,
            reader: Reader::default(),
            slots,
            out: VecDeque::new(),
            stage: Stage::Offline,
            stage_again_at: NEVER,
            sequence: 0,
            tariff: None,
            model_no: Bcd::ZERO,
            heartbeat_at: NEVER,
            missed: 0,
            offline_cards: Vec::new(),
            power_percent: 100,
            locked: false,
            bills: VecDeque::new(),
            trades: 0,
            reboot_when_idle: false,
            firmware: "V1.6.0".to_owned(),
            update: None,
            config,
        }
    }

    pub fn connected(&mut self, now: Timestamp) {
        self.reader = Reader::default();
        self.sequence = 0;
        self.missed = 0;
        self.stage = Stage::LoggingIn;
        self.stage_again_at = now.plus_ms(REPEAT_MS);
        self.login();
    }

    pub fn disconnected(&mut self, _now: Timestamp) {
        self.stage = Stage::Offline;
        self.stage_again_at = NEVER;
        self.heartbeat_at = NEVER;
        for slot in &mut self.slots {
            slot.asking = None;
        }
    }

    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {
        let mut frames = Vec::new();
        self.reader.receive(bytes, |frame| frames.push(frame.to_vec()));
        for frame in frames {
            let Some((packet, order)) = Packet::parse(&frame) else { continue };
            // Of another pile on the same wire.
            if packet.pile().is_some_and(|named| named != self.number) {
                continue;
            }
            // One that departs from the paper knows only its own way.
            if self.crc_order() == CrcOrder::HighFirst && order == Some(CrcOrder::LowFirst) {
                continue;
            }
            if let Ok(message) = Message::decode(packet.kind, &packet.body) {
                self.heard(message, packet.sequence, now);
            }
        }
        self.send_bills(now);
    }

    pub fn act(&mut self, action: Action, now: Timestamp) {
        match action {
            Action::Plug(connector, car) => self.plug(connector, *car, now),
            Action::Unplug(connector) => self.unplug(connector, now),
            Action::Swipe(connector, tag) => self.swipe(connector, &tag, now),
            Action::Stop(connector) => self.finish(connector, 0x45, now),
            Action::Fault(connector) => self.fault(connector, 0x71, 0x0002, now),
            Action::EmergencyStop(connector) => self.fault(connector, 0x72, 0x0001, now),
            Action::Repair(connector) => self.fault_over(connector, now),
            Action::CutLink(ms) => self.out.push_back(Output::HangUp { again_after_ms: ms }),
        }
        self.send_bills(now);
    }

    pub fn tick(&mut self, now: Timestamp) {
        for connector in 1..=self.slots.len() {
            self.step(connector, now);
        }
        if self.stage_again_at <= now {
            self.stage_again_at = now.plus_ms(REPEAT_MS);
            match self.stage {
                Stage::LoggingIn => self.login(),
                Stage::CheckingTariff => self.check_tariff(),
                Stage::AskingTariff => self.say(&TariffRequest { pile: self.number }),
                Stage::Offline | Stage::InService => self.stage_again_at = NEVER,
            }
        }
        if self.heartbeat_at <= now {
            self.beat(now);
        }
        self.locks_report(now);
        self.send_bills(now);
        self.update_when_idle();
        if self.reboot_when_idle && self.slots.iter().all(|slot| slot.session.is_none()) {
            self.reboot(now);
        }
    }

    pub fn deadline(&self) -> Timestamp {
        let slots = self.slots.iter().map(Slot::deadline).min().unwrap_or(NEVER);
        let bills = self.bills.iter().map(|b| b.next_at).min().filter(|_| self.logged_in()).unwrap_or(NEVER);
        slots.min(bills).min(self.stage_again_at).min(self.heartbeat_at)
    }

    pub fn next_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    pub fn is_in_service(&self) -> bool {
        self.stage == Stage::InService
    }

    pub fn view(&self, connector: usize) -> Option<View> {
        let slot = self.slots.get(connector.checked_sub(1)?)?;
        let measured = slot.bay.measure(NEVER);
        Some(View {
            plugged: slot.bay.car.is_some(),
            charging: slot.session.is_some(),
            faulted: slot.bay.faulted,
            register_dwh: slot.bay.register_dwh(),
            soc_percent: slot.bay.car.as_ref().map(crate::car::Car::soc_percent),
            power_w: measured.flow.power_w,
            transaction: slot.session.as_ref().map(|s| s.trade_no.to_string()),
        })
    }

    /// How many bills the platform has not confirmed.
    pub fn bills_waiting(&self) -> usize {
        self.bills.len()
    }

    fn slot(&mut self, connector: usize) -> Option<&mut Slot> {
        self.slots.get_mut(connector.checked_sub(1)?)
    }

    fn logged_in(&self) -> bool {
        !matches!(self.stage, Stage::Offline | Stage::LoggingIn)
    }

    fn gun(connector: usize) -> Gun {
        u16::try_from(connector).ok().and_then(Gun::of).unwrap_or(Gun(0))
    }

    /// A frame of the pile's own accord, with its own running number.
    fn say<B: Body>(&mut self, body: &B) {
        if self.stage != Stage::Offline {
            self.crackle();
            let sequence = self.sequence.to_le_bytes();
            self.sequence = self.sequence.wrapping_add(1);
            self.out.push_back(Output::Send(body.frame(sequence, self.crc_order())));
        }
    }

    /// A bad line: what comes before the frame may even begin like one.
    fn crackle(&mut self) {
        if self.config.behaviours.line_noise && self.random.chance(20) {
            let bits = self.random.bits().to_le_bytes();
            let noise = bits.get(..1 + usize::from(bits[7] % 6)).unwrap_or_default().to_vec();
            self.out.push_back(Output::Send(noise));
        }
    }

    /// An answer, which repeats the number of the question.
    fn reply<B: Body>(&mut self, body: &B, sequence: [u8; 2]) {
        if self.stage != Stage::Offline {
            self.out.push_back(Output::Send(body.frame(sequence, self.crc_order())));
        }
    }

    fn crc_order(&self) -> CrcOrder {
        if self.config.behaviours.dialect.crc_high_first { CrcOrder::HighFirst } else { CrcOrder::LowFirst }
    }

    fn login(&mut self) {
        let version = if self.config.protocol == Protocol::Ykc15 { 0x0F } else { 0x10 };
        let login = Login {
            pile: self.number,
            pile_type: u8::from(self.config.kind == model::site::PileKind::Ac),
            gun_count: u8::try_from(self.slots.len()).unwrap_or(u8::MAX),
            protocol_version: version,
            firmware: Ascii::of(&self.firmware),
            net_type: 1,
            sim_iccid: Bcd::ZERO,
            carrier: 4,
        };
        self.say(&login);
    }

    fn check_tariff(&mut self) {
        let check = TariffCheck { pile: self.number, model_no: self.model_no };
        self.say(&check);
    }

    fn beat(&mut self, now: Timestamp) {
        if self.missed >= MISSED_MAX {
            self.missed = 0;
            self.heartbeat_at = NEVER;
            self.out.push_back(Output::HangUp { again_after_ms: 1_000 });
            return;
        }
        self.missed += 1;
        self.heartbeat_at = now.plus_ms(HEARTBEAT_MS);
        for connector in 1..=self.slots.len() {
            let faulted = self.slot(connector).is_some_and(|slot| slot.bay.faulted);
            let beat =
                Heartbeat { pile: self.number, gun: Pile::gun(connector), gun_state: u8::from(faulted) };
            self.say(&beat);
        }
    }

    fn send_bills(&mut self, now: Timestamp) {
        if !self.logged_in() {
            return;
        }
        let mut due = Vec::new();
        for stored in self.bills.iter_mut().filter(|stored| stored.next_at <= now) {
            stored.sends += 1;
            stored.next_at = match stored.sends {
                1..=3 => now.plus_ms(BILL_REPEAT_MS),
                4 => now.plus_ms(BILL_LAST_MS),
                _ => NEVER,
            };
            if stored.sends <= BILL_SENDS_MAX {
                due.push(stored.bill.clone());
            }
        }
        due.iter().for_each(|bill| self.say(bill));
    }

    /// It has fetched what it was told to, says so, and starts anew with it. What the file's name says before
    /// its end is the version; an empty name could not be fetched.
    fn update_when_idle(&mut self) {
        if self.slots.iter().any(|slot| slot.session.is_some()) || !self.logged_in() {
            return;
        }
        let Some(version) = self.update.take() else { return };
        let status = if version.is_empty() { 3 } else { 0 };
        self.say(&FirmwareUpdateReply { pile: self.number, status });
        if status == 0 {
            self.firmware = version;
            self.reboot_when_idle = true;
        }
    }

    fn reboot(&mut self, now: Timestamp) {
        self.reboot_when_idle = false;
        (1..=self.slots.len()).for_each(|connector| self.finish(connector, 0x83, now));
        if self.config.behaviours.reset_mends {
            self.slots.iter_mut().for_each(slot::Slot::mend);
        }
        self.out.push_back(Output::HangUp { again_after_ms: 2_000 });
    }
}

/// The card at the reader as the wire has it; `None` for a tag that no M1 card can have.
fn card_number(tag: &str) -> Option<CardNo> {
    CardNo::parse(tag)
}
