//! What a pile can tell us and what we can ask of it, in the words of charging: the meeting point
//! of `protocol`, which knows the bytes, and `engine`, which knows the business.
//!
//! Times in events are the pile's own; the gateway adds the time of receipt.

mod bill;
mod close;
mod iso15118;

pub use bill::{PileBill, PileBillPeriod};
pub use close::CloseReason;
pub use iso15118::Iso15118Ask;

use crate::battery::BatteryNews;
use crate::card::{Token, TokenVerdict};
use crate::connector::ConnectorStatus;
use crate::desired::LocalList;
use crate::display::{CustomerPart, DisplayChange, VendorMessage, VendorVerdict};
use crate::energy::Energy;
use crate::error::Text;
use crate::ground_lock::GroundLockReport;
use crate::id::{ConnectorNo, SessionKey, TradeNo};
use crate::load::LimitOrder;
use crate::merge::{MergeNo, MergedAsk, MergedPart};
use crate::money::{Amount, Fen};
use crate::monitor::{EventReport, MonitorChange};
use crate::order::{StartMode, StopClass};
use crate::profile::ProfileChange;
use crate::reservation::{ReservationEnd, ReservationOrder};
use crate::site::PileKind;
use crate::tariff::Tariff;
use crate::time::Timestamp;
use crate::transfer::{FirmwareOrder, LogOrder, TransferReport};

/// The pile speaks.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceEvent {
    /// The pile is up and introduces itself. OCPP BootNotification, 云快充 0x01.
    Booted(Box<Introduction>),
    /// The state of a connector (0: of the whole pile). OCPP StatusNotification; 云快充 0x13 and
    /// 0x03 when the state they carry differs from the last one.
    Status(StatusReport),
    /// May this token charge? OCPP Authorize.
    Authorize { token: Token },
    /// The pile asks the platform to begin a session and to name it. 云快充 0x31.
    StartAsked { connector: ConnectorNo, token: Token, mode: StartMode, password: Option<String> },
    /// The same for one of the connectors that shall charge one car together. 云快充 0xA1.
    MergedStartAsked(Box<MergedAsk>),
    /// A session has begun at the pile. OCPP StartTransaction.
    Started { connector: ConnectorNo, token: Token, meter_start: Energy, at: Timestamp },
    /// The pile says whether the start that we commanded succeeded. 云快充 0x33 (also the second
    /// one, sent when the plug came within 60 s).
    StartConfirmed { session: SessionKey, connector: ConnectorNo, result: Result<(), Refusal> },
    /// Values of a running session, or of an idle connector. OCPP MeterValues, 云快充 0x13.
    Metered { session: Option<SessionKey>, connector: ConnectorNo, samples: Vec<Sample> },
    /// 云快充 0x13: what the pile believes is going on, with values, in one message.
    Observed(Box<Observation>),
    /// A session has ended at the pile. OCPP 1.6 StopTransaction.
    Stopped(Box<StopRecord>),
    /// Something has happened in a session: it began, went on or ended. OCPP 2 TransactionEvent.
    Session(Box<SessionReport>),
    /// What one of a connector's sockets says. OCPP 2 StatusNotification.
    Socket(SocketReport),
    /// The pile's own final bill. 云快充 0x3B.
    Billed(Box<PileBill>),
    /// Is this still the tariff? 云快充 0x05.
    TariffChecked { model_no: u16 },
    /// Give me the tariff. 云快充 0x09.
    TariffAsked,
    /// The pile's clock, e.g. 云快充 0x55.
    ClockReported { at: Timestamp },
    /// What the pile says of itself: settings, states, abilities. OCPP 2 NotifyReport.
    Variables(Vec<VariableReport>),
    /// What the pile has noticed of its variables. OCPP 2 NotifyEvent.
    Noticed { variables: Vec<VariableReport>, events: Vec<EventReport> },
    /// What the pile watches of itself. OCPP 2 NotifyMonitoringReport.
    Monitors(Vec<MonitorChange>),
    /// What the car wants, as the pile has it from the car. OCPP 2 NotifyEVChargingNeeds.
    NeedsAsked { connector: ConnectorNo, departs_at: Option<Timestamp>, energy_wh: Option<i64> },
    /// What the pile keeps of charging profiles, and who else limits it. OCPP 2 ReportChargingProfiles,
    /// NotifyChargingLimit, ClearedChargingLimit.
    Profiles(Vec<ProfileChange>),
    /// Something only the vendor understands. OCPP DataTransfer.
    Data(VendorMessage),
    /// What the pile shows to people. OCPP 2 NotifyDisplayMessages.
    Displays(Vec<DisplayChange>),
    /// What the pile knows of a customer, in pieces. OCPP 2 NotifyCustomerInformation.
    CustomerTold(CustomerPart),
    /// The pile asks the back office of ISO 15118, on behalf of a car. OCPP 2 Get15118EVCertificate,
    /// GetCertificateStatus.
    Iso15118Asked(Box<Iso15118Ask>),
    /// The pile wants a certificate of its own. `csr`: PKCS #10 as PEM. OCPP SignCertificate.
    CertificateAsked { csr: String },
    /// How far the pile is with firmware that it fetches or a log that it sends. OCPP
    /// FirmwareStatusNotification, DiagnosticsStatusNotification and their like.
    Transfer(TransferReport),
    /// What a car's battery tells through the pile. 云快充 0x15 to 0x25.
    Battery(Box<BatteryNews>),
    /// The state of a ground lock. 云快充 0x61.
    GroundLock(GroundLockReport),
    /// Something that concerns the pile's own security. OCPP SecurityEventNotification.
    Security { kind: String, at: Timestamp, info: Option<String> },
    /// A reservation is over by the pile's own word. OCPP 2 ReservationStatusUpdate.
    Reservation(ReservationEnd),
    /// A well-formed message that needs only to be kept (BMS frames, firmware and diagnostics
    /// status, …), under its wire name.
    Noted { what: &'static str },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Introduction {
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub firmware: Option<String>,
    pub iccid: Option<String>,
    pub imsi: Option<String>,
    pub meter_type: Option<String>,
    pub meter_serial: Option<String>,
    pub kind: Option<PileKind>,
    pub connectors: Option<u16>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct StatusReport {
    pub connector: ConnectorNo,
    pub status: ConnectorStatus,
    /// `None` when there is no error.
    pub error: Option<Fault>,
    /// The pile's own time, when the message carried one.
    pub at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The wire's word: `GroundFailure`, `ykc:hw_fault:0001`.
    pub code: String,
    pub vendor_code: Option<String>,
    pub info: Option<String>,
}

/// Values at one moment. Absent means not reported, never zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub at: Timestamp,
    pub energy: Option<SampledEnergy>,
    pub power_w: Option<i64>,
    /// 0.1 V
    pub voltage_dv: Option<i64>,
    /// 0.1 A
    pub current_da: Option<i64>,
    pub soc_percent: Option<i64>,
    /// The highest that was told.
    pub temperature_c: Option<i64>,
    /// Of plug or cable, and of the pile's body, where it was said which.
    pub plug_temperature_c: Option<i64>,
    pub body_temperature_c: Option<i64>,
}

impl Sample {
    pub fn at(at: Timestamp) -> Sample {
        Sample {
            at,
            energy: None,
            power_w: None,
            voltage_dv: None,
            current_da: None,
            soc_percent: None,
            temperature_c: None,
            plug_temperature_c: None,
            body_temperature_c: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampledEnergy {
    /// The meter's register over its whole life (OCPP Energy.Active.Import.Register).
    Register(Energy),
    /// Since the start of the session (云快充 0x13).
    Session(Energy),
}

/// 云快充 0x13.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// `None` when the trade number is all zero: no session runs.
    pub session: Option<SessionKey>,
    pub status: StatusReport,
    /// The pile says it is delivering energy.
    pub charging: bool,
    pub sample: Sample,
    /// What the pile thinks the session has cost so far.
    pub amount: Amount,
    pub remaining_minutes: Option<i64>,
}

/// The end of a session whose bill is ours to make. OCPP StopTransaction.
#[derive(Clone, Debug, PartialEq)]
pub struct StopRecord {
    pub session: SessionKey,
    pub meter_stop: Energy,
    pub at: Timestamp,
    pub reason: StopReason,
    pub token: Option<Token>,
    /// Values sent along (OCPP transactionData).
    pub samples: Vec<Sample>,
}

/// OCPP 2 TransactionEvent. What is absent was said in an earlier event, or will be in a later one.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionReport {
    pub session: SessionKey,
    pub phase: SessionPhase,
    /// Counts the events of a session without a gap.
    pub seq: i64,
    pub at: Timestamp,
    /// It waited in the pile.
    pub offline: bool,
    pub connector: Option<ConnectorNo>,
    pub token: Option<Token>,
    /// The pile asks nobody who pays (OCPP 2 NoAuthorization).
    pub unattended: bool,
    /// [`remote_start_no`] of the start that this session carries out.
    pub remote_start: Option<i32>,
    pub status: Option<ConnectorStatus>,
    /// With the end.
    pub reason: Option<StopReason>,
    pub samples: Vec<Sample>,
    /// When the session began and at which register, where the event says so itself.
    pub begin: Option<(Timestamp, Energy)>,
    /// The register at the end, likewise.
    pub meter_end: Option<Energy>,
}

/// A variable of the pile's device model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableReport {
    /// The name by which it can be asked for: `Component#evse(instance).Variable(instance)`.
    pub name: String,
    pub value: Option<String>,
    pub mutability: Option<String>,
    pub data_type: Option<String>,
    pub unit: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionPhase {
    Begun,
    Going,
    Ended,
}

/// The number under which OCPP 2 begins what was commanded with this one-time tag (remoteStartId); the
/// pile may name the start by it alone.
pub fn remote_start_no(token: &str) -> i32 {
    // FNV-1a, without the sign.
    let hash =
        token.bytes().fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash & 0x7fff_ffff) as i32
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketReport {
    pub connector: ConnectorNo,
    /// Which of the sockets that share the connector's power; one car at a time can use it.
    pub socket: u16,
    pub state: SocketState,
    pub at: Option<Timestamp>,
}

/// In order of how much the connector is taken by it: a connector is what its most taken socket is,
/// and one of which a socket still works can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SocketState {
    Faulted,
    Unavailable,
    Available,
    Reserved,
    Occupied,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopReason {
    pub class: StopClass,
    /// Wire name with its protocol in front: `ocpp:EVDisconnected`, `ykc:40`. The protocol crate
    /// turns it into a sentence.
    pub code: String,
}

/// What the platform says to an event, after it was made durable.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Heard and kept; nothing more to say.
    Noted,
    Booted {
        accepted: bool,
    },
    Token(TokenAnswer),
    /// To [`DeviceEvent::StartAsked`].
    StartAsked {
        session: TradeNo,
        verdict: TokenVerdict,
        balance: Fen,
        card: Option<String>,
    },
    /// To [`DeviceEvent::Started`]. The transaction id is valid whatever the verdict.
    Started {
        transaction: i32,
        token: TokenAnswer,
    },
    /// To [`DeviceEvent::Stopped`]. `None`: the message carried no token.
    Stopped {
        token: Option<TokenAnswer>,
    },
    /// To [`DeviceEvent::Session`]. `token`: `None` when the event carried none; `total`: what the
    /// session costs, once it is billed.
    Session {
        token: Option<TokenAnswer>,
        total: Option<Fen>,
    },
    /// To [`DeviceEvent::Billed`]. `accepted: false` only for a bill that can never be ours.
    Billed {
        accepted: bool,
    },
    TariffChecked {
        model_no: u16,
        same: bool,
    },
    /// `None`: the station has no tariff, the pile must not charge.
    Tariff(Option<TariffModel>),
    /// To [`DeviceEvent::CertificateAsked`]. When accepted, the certificate follows as a command.
    CertificateAsked {
        accepted: bool,
    },
    /// To [`DeviceEvent::Iso15118Asked`]. `None`: failed.
    Iso15118(Option<String>),
    /// To [`DeviceEvent::NeedsAsked`]: whether a limit is made of it, which then comes as a command.
    NeedsAsked {
        accepted: bool,
    },
    /// To [`DeviceEvent::Data`].
    Data(VendorVerdict),
}

/// A tariff version and the number under which a 云快充 pile keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct TariffModel {
    pub model_no: u16,
    pub tariff: Tariff,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TokenAnswer {
    pub verdict: TokenVerdict,
    pub group: Option<String>,
    pub expires_at: Option<Timestamp>,
}

impl TokenAnswer {
    pub fn of(verdict: TokenVerdict) -> TokenAnswer {
        TokenAnswer { verdict, group: None, expires_at: None }
    }
}

/// We ask the pile for something.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceCommand {
    Start {
        connector: ConnectorNo,
        /// The card or the one-time tag under which the pile shall begin (OCPP idTag, at most 20
        /// characters); for 云快充 the physical card, if any.
        token: String,
        /// 云快充 only; OCPP piles are given their transaction id when they begin.
        session: Option<TradeNo>,
        balance: Fen,
    },
    Stop {
        session: SessionKey,
        connector: ConnectorNo,
    },
    Reset {
        hard: bool,
    },
    Unlock {
        connector: ConnectorNo,
    },
    Availability {
        connector: ConnectorNo,
        operative: bool,
    },
    ConfigurationGet {
        keys: Vec<String>,
    },
    ConfigurationSet {
        key: String,
        value: String,
    },
    CacheClear,
    /// Ask for a message: OCPP TriggerMessage (`StatusNotification`, `MeterValues`, …); 云快充 0x12
    /// whatever the message.
    Trigger {
        message: String,
        connector: Option<ConnectorNo>,
    },
    TariffSet(TariffModel),
    /// Which tariff it has. OCPP 2.1 GetTariffs; 云快充 piles say it by themselves.
    TariffGet,
    ClockSet {
        at: Timestamp,
    },
    /// 工作参数: whether the whole pile may work, and the highest share of its rated power.
    WorkParameters {
        operative: bool,
        power_percent: u8,
    },
    /// 地锁
    GroundLock {
        connector: ConnectorNo,
        raise: bool,
    },
    /// 并充: all of these connectors for one car, or none of them.
    MergedStart {
        merge: MergeNo,
        parts: Vec<MergedPart>,
        balance: Fen,
    },
    /// 余额更新: what the running session of a connector may cost from now on.
    BalanceUpdate {
        connector: ConnectorNo,
        balance: Fen,
    },
    /// 离线卡: the cards that the pile takes while it is off line. All are card numbers.
    OfflineCardsAdd {
        cards: Vec<String>,
    },
    OfflineCardsRemove {
        cards: Vec<String>,
    },
    /// Which of these the pile has.
    OfflineCardsFind {
        cards: Vec<String>,
    },
    /// Hold a connector to this much. OCPP SetChargingProfile.
    LimitSet(LimitOrder),
    /// 预约: keep a connector for a card. OCPP ReserveNow, CancelReservation.
    Reserve(Box<ReservationOrder>),
    ReservationCancel {
        id: i64,
    },
    /// 离线名单: OCPP SendLocalList.
    LocalListSet(Box<LocalList>),
    /// Of which version the pile's list is.
    LocalListGet,
    /// The certificate that the pile asked for, with those up to the root, as PEM.
    CertificateSet {
        chain: String,
    },
    /// Fetch firmware from `url`, not before `at`, and install it.
    FirmwareUpdate(Box<FirmwareOrder>),
    /// Send a log to `url`.
    LogFetch(Box<LogOrder>),
    /// Any operation by its wire name, with its payload as JSON.
    Call {
        action: String,
        payload: String,
    },
}

/// How a command ended. Exactly one of these, always.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The pile agreed. `detail`: its answer as JSON, when it carries more than the agreement.
    Accepted {
        detail: Option<String>,
    },
    Refused(Refusal),
    /// The pile does not know this operation, or this protocol has no such message.
    Unsupported(Text),
    /// No answer by the deadline.
    TimedOut,
    /// The link went before an answer came.
    LinkLost,
}

/// The pile said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The wire's word: `Rejected`, `ykc:33:05`.
    pub code: String,
    pub text: Text,
    /// The pile's whole answer as JSON where the protocol speaks JSON.
    pub detail: Option<String>,
}
