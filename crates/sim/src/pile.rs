//! A pretend pile, whatever it speaks. No sockets and no clock: the time, bytes and what people do
//! at the pile go in, bytes come out. [`crate::runner`] puts one on a real link.

use crate::car::Car;
use crate::random::Random;
use crate::tls::Tls;
use crate::trunk::Trunk;
use crate::{ocpp2, ocpp16, ykc};
use model::dialect::DialectRules;
use model::site::{PileKind, Protocol};
use model::time::{HOUR_MS, Timestamp, Zone};
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct PileConfig {
    pub code: String,
    pub protocol: Protocol,
    pub password: String,
    pub connectors: usize,
    /// Of each connector.
    pub rated_power_w: i64,
    pub kind: PileKind,
    /// Of each connector, from the first on; those that are not named have the pile's.
    pub connector_powers_w: Vec<i64>,
    /// `ws://HOST:PORT/PATH` or `wss://…` for OCPP (the code is appended), `HOST:PORT` for 云快充.
    pub address: String,
    /// For `wss://`: whom the pile trusts, and the certificate that it shows.
    pub tls: Option<Tls>,
    /// The concentrator whose link it shares with other piles (云快充).
    pub trunk: Option<Arc<Trunk>>,
    pub seed: u64,
    /// How often a charging connector reports.
    pub meter_interval_ms: i64,
    /// How often an idle 云快充 connector reports.
    pub idle_interval_ms: i64,
    /// The clock on the wall beside the pile: 云快充 sends local times and bills by them.
    pub zone: Zone,
    pub behaviours: Behaviours,
}

impl PileConfig {
    pub fn new(code: &str, protocol: Protocol, address: &str) -> PileConfig {
        PileConfig {
            code: code.to_owned(),
            protocol,
            password: String::new(),
            connectors: 1,
            rated_power_w: 120_000,
            kind: PileKind::Dc,
            connector_powers_w: Vec::new(),
            address: address.to_owned(),
            tls: None,
            trunk: None,
            seed: 1,
            meter_interval_ms: 15_000,
            idle_interval_ms: 300_000,
            zone: Zone::shanghai(),
            behaviours: Behaviours::default(),
        }
    }

    /// What a connector can give, numbered from 1.
    pub fn power_of(&self, connector: usize) -> i64 {
        let own = connector.checked_sub(1).and_then(|place| self.connector_powers_w.get(place));
        own.copied().unwrap_or(self.rated_power_w)
    }
}

/// What becomes too hot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overheat {
    /// The car's battery, as its BMS tells.
    Battery,
    /// Plug and cable.
    Cable,
}

/// What this pile does that a well-behaved one on a good link would not, or need not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behaviours {
    /// Sends each final message (StopTransaction, 0x3B) once more after it was answered.
    pub repeat_final: bool,
    /// Starts without the platform when the link is down.
    pub offline_start: bool,
    /// Answers a remote start so much later (0x33).
    pub late_start_ms: i64,
    /// Tells a meter start of 0 although its register stands elsewhere.
    pub meter_from_zero: bool,
    /// Its clock is so much ahead, whatever the platform tells it.
    pub clock_skew_ms: i64,
    /// Now and then bytes that belong to no frame come before one (云快充).
    pub line_noise: bool,
    /// A remote start finds a driver: a car is plugged in a moment later.
    pub plug_on_remote_start: bool,
    /// The battery of such a car is so many times smaller, see [`Car::hurried`]. 0 and 1: as built.
    pub speed: i64,
    /// Its cars stay plugged in for so much longer when the session is over.
    pub stay_ms: i64,
    /// Passes on what the car's battery says (0x15 to 0x25).
    pub bms_frames: bool,
    /// Has a ground lock before each connector.
    pub ground_locks: bool,
    /// What becomes too hot while it charges.
    pub overheat: Option<Overheat>,
    /// Its faults are those of its own program (`InternalError`), not of its insulation (OCPP).
    pub internal_faults: bool,
    /// A reset mends its faults; without this they stay until somebody repairs them.
    pub reset_mends: bool,
    /// How it departs from the paper (云快充).
    pub dialect: DialectRules,
}

impl Behaviours {
    /// One of the misbehaviours, drawn.
    pub fn misbehave(&mut self, random: &mut Random) {
        match random.between(1, 6) {
            1 => self.repeat_final = true,
            2 => self.offline_start = true,
            3 => self.late_start_ms = random.between(5, 40) * 1_000,
            4 => self.meter_from_zero = true,
            // An hour of another zone, or a battery that ran out.
            5 => self.clock_skew_ms = random.between(-8, -1) * HOUR_MS,
            _ => self.line_noise = true,
        }
    }
}

/// What people and misfortune do to a pile. Connectors are numbered from 1.
#[derive(Clone, Debug)]
pub enum Action {
    Plug(usize, Box<Car>),
    Unplug(usize),
    /// A card at the reader: starts, or stops what the same card started.
    Swipe(usize, String),
    /// The stop button.
    Stop(usize),
    Fault(usize),
    Repair(usize),
    /// The red button: the session ends and the connector is faulted until repaired.
    EmergencyStop(usize),
    /// The link is gone for so many milliseconds.
    CutLink(i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// One WebSocket text message, or bytes of a TCP stream.
    Send(Vec<u8>),
    /// Hang up, and connect again after so long.
    HangUp { again_after_ms: i64 },
    /// Fetch this by HTTP, and say so with [`Pile::fetched`].
    Fetch { url: String },
    /// Bring this by HTTP, and say so with [`Pile::uploaded`].
    Upload { url: String, body: Vec<u8> },
}

/// What a bystander sees of a connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub plugged: bool,
    pub charging: bool,
    pub faulted: bool,
    pub register_dwh: i64,
    pub soc_percent: Option<i64>,
    pub power_w: i64,
    /// OCPP transaction id or 云快充 trade number of the session under way.
    pub transaction: Option<String>,
}

pub enum Pile {
    Ocpp16(Box<ocpp16::Pile>),
    Ocpp2(Box<ocpp2::Pile>),
    Ykc(Box<ykc::Pile>),
}

impl Pile {
    pub fn new(config: PileConfig, now: Timestamp) -> Pile {
        match config.protocol {
            Protocol::Ykc15 | Protocol::Ykc16 => Pile::Ykc(Box::new(ykc::Pile::new(config, now))),
            Protocol::Ocpp201 | Protocol::Ocpp21 => Pile::Ocpp2(Box::new(ocpp2::Pile::new(config, now))),
            Protocol::Ocpp16 => Pile::Ocpp16(Box::new(ocpp16::Pile::new(config, now))),
        }
    }

    /// The link is up.
    pub fn connected(&mut self, now: Timestamp) {
        match self {
            Pile::Ocpp16(pile) => pile.connected(now),
            Pile::Ocpp2(pile) => pile.connected(now),
            Pile::Ykc(pile) => pile.connected(now),
        }
    }

    /// The link is gone; what was not answered counts as not said.
    pub fn disconnected(&mut self, now: Timestamp) {
        match self {
            Pile::Ocpp16(pile) => pile.disconnected(now),
            Pile::Ocpp2(pile) => pile.disconnected(now),
            Pile::Ykc(pile) => pile.disconnected(now),
        }
    }

    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {
        match self {
            Pile::Ocpp16(pile) => pile.receive(bytes, now),
            Pile::Ocpp2(pile) => pile.receive(bytes, now),
            Pile::Ykc(pile) => pile.receive(bytes, now),
        }
    }

    pub fn act(&mut self, action: Action, now: Timestamp) {
        match self {
            Pile::Ocpp16(pile) => pile.act(action, now),
            Pile::Ocpp2(pile) => pile.act(action, now),
            Pile::Ykc(pile) => pile.act(action, now),
        }
    }

    pub fn tick(&mut self, now: Timestamp) {
        match self {
            Pile::Ocpp16(pile) => pile.tick(now),
            Pile::Ocpp2(pile) => pile.tick(now),
            Pile::Ykc(pile) => pile.tick(now),
        }
    }

    /// What came of [`Output::Fetch`].
    pub fn fetched(&mut self, bytes: Option<&[u8]>, now: Timestamp) {
        match self {
            Pile::Ocpp16(pile) => pile.fetched(bytes, now),
            Pile::Ocpp2(pile) => pile.fetched(bytes, now),
            Pile::Ykc(_) => {}
        }
    }

    /// What came of [`Output::Upload`].
    pub fn uploaded(&mut self, done: bool, now: Timestamp) {
        match self {
            Pile::Ocpp16(pile) => pile.uploaded(done, now),
            Pile::Ocpp2(pile) => pile.uploaded(done, now),
            Pile::Ykc(_) => {}
        }
    }

    /// When [`Pile::tick`] wants to be called next, if nothing happens before.
    pub fn deadline(&self) -> Timestamp {
        match self {
            Pile::Ocpp16(pile) => pile.deadline(),
            Pile::Ocpp2(pile) => pile.deadline(),
            Pile::Ykc(pile) => pile.deadline(),
        }
    }

    pub fn next_output(&mut self) -> Option<Output> {
        match self {
            Pile::Ocpp16(pile) => pile.next_output(),
            Pile::Ocpp2(pile) => pile.next_output(),
            Pile::Ykc(pile) => pile.next_output(),
        }
    }

    /// The platform has accepted the pile on this link, and cars may be charged.
    pub fn is_in_service(&self) -> bool {
        match self {
            Pile::Ocpp16(pile) => pile.is_in_service(),
            Pile::Ocpp2(pile) => pile.is_in_service(),
            Pile::Ykc(pile) => pile.is_in_service(),
        }
    }

    /// `None` for a connector that the pile does not have.
    pub fn view(&self, connector: usize) -> Option<View> {
        match self {
            Pile::Ocpp16(pile) => pile.view(connector),
            Pile::Ocpp2(pile) => pile.view(connector),
            Pile::Ykc(pile) => pile.view(connector),
        }
    }
}
