//! Where charging happens: operators, cities, stations, piles.

use crate::Error;
use crate::connector::ConnectorStatus;
use crate::content::TargetGroup;
use crate::device::Fault;
use crate::driver_price::PriceHours;
use crate::id::{ConnectorNo, FleetId, OperatorId, PileCode, PileId, StationId, TariffId};
use crate::occupancy::OccupancyRule;
use crate::offer::Activity;
use crate::time::{Local, Timestamp, Zone};
use serde::{Deserialize, Serialize};

/// What the device path must know of a station.
#[derive(Clone, Debug)]
pub struct StationFacts {
    pub id: StationId,
    pub operator: OperatorId,
    /// Administrative code of its city.
    pub city: String,
    pub zone: Zone,
    /// What was put into effect last.
    pub tariff: Option<TariffId>,
    /// What was shown from which moment on, oldest first.
    pub tariffs: Vec<(Timestamp, Option<TariffId>)>,
    /// What will be shown from which moment on, oldest first. A moment that has come counts, whether or
    /// not the plan has been put into effect yet.
    pub planned: Vec<(Timestamp, TariffId)>,
    /// What a car costs that stays plugged in; none where nothing is asked for.
    pub occupancy: Option<OccupancyRule>,
    /// Lower prices that are published for it; whether their time has come is asked with each order.
    pub activities: Vec<StationActivity>,
    /// Why sessions may not begin here; what runs goes on to its end.
    pub closures: Vec<Closure>,
}

/// A lower price at a station: for whom, and when.
#[derive(Clone, Debug)]
pub struct StationActivity {
    pub activity: Activity,
    pub group: TargetGroup,
    pub fleet: Option<FleetId>,
    pub hours: PriceHours,
    /// Where several hold at once, the highest do.
    pub rank: i64,
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
}

impl StationActivity {
    /// Whether it holds for a session that began then.
    pub fn holds(&self, at: Timestamp, local: &Local) -> bool {
        self.from.is_none_or(|from| from <= at)
            && self.until.is_none_or(|until| at < until)
            && self.hours.holds(local)
    }
}

/// Somebody has decided that no session begins from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    pub of: Closed,
    /// The city's or the operator's name.
    pub name: String,
    pub from: Timestamp,
    /// When it is over by itself; `None`: when somebody ends it.
    pub until: Option<Timestamp>,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    City,
    Operator,
    Station,
    /// Its piles can no longer be held below its power cap.
    Load,
    /// It was stopped because of a danger.
    Emergency,
}

impl Closure {
    /// What the person is told who wants to start.
    pub fn refusal(&self) -> Error {
        let Closure { name, reason, .. } = self;
        match self.of {
            Closed::City => Error::refused(
                "city.paused",
                format!(
                    "{name}的充电服务已暂停（{reason}），暂不能启动新的充电；进行中的充电不受影响，恢复后即可启动"
                ),
                format!(
                    "Charging in {name} is paused ({reason}): nothing new can be started. What runs is not affected. Start again once the city is resumed."
                ),
            ),
            Closed::Operator => Error::refused(
                "operator.disabled",
                format!(
                    "运营商“{name}”已停用（{reason}），其充电站不能启动新的充电；请联系平台管理员启用该运营商"
                ),
                format!(
                    "The operator {name} is disabled ({reason}): nothing new can be started at its stations. Ask the platform's administrator to enable it."
                ),
            ),
            Closed::Load => Error::refused(
                "load.short",
                format!(
                    "充电站“{name}”的功率已到上限，暂不能启动新的充电；进行中的充电不受影响，有余量后即可启动"
                ),
                format!(
                    "The station {name} has no power left below its cap: nothing new can be started. What runs is not affected. Start again once there is some."
                ),
            ),
            Closed::Emergency => Error::refused(
                "station.emergency",
                format!(
                    "充电站“{name}”已紧急停机（{reason}），不能启动充电；请远离现场并听从工作人员安排，解除后即可启动"
                ),
                format!(
                    "The station {name} was stopped because of a danger ({reason}): nothing can be started. Stay away and follow its staff. Start again once it is over."
                ),
            ),
            Closed::Station => Error::refused(
                "station.closed",
                format!(
                    "充电站“{name}”暂停营业（{reason}），暂不能启动新的充电；进行中的充电不受影响，恢复营业后即可启动"
                ),
                format!(
                    "The station {name} is closed for the time being ({reason}): nothing new can be started. What runs is not affected. Start again once it is open."
                ),
            ),
        }
    }
}

impl StationFacts {
    /// The version that was shown at that moment. Before the first one that is known it is the first
    /// one.
    pub fn tariff_at(&self, at: Timestamp) -> Option<TariffId> {
        let shown = self.tariffs.iter().rev().find(|(from, _)| *from <= at).or(self.tariffs.first());
        match (shown, self.planned_at(at)) {
            (Some((from, tariff)), Some((due, _))) if *from > due => *tariff,
            (_, Some((_, tariff))) => Some(tariff),
            (Some((_, tariff)), None) => *tariff,
            (None, None) => self.tariff,
        }
    }

    /// The version for what begins now.
    pub fn tariff_now(&self, now: Timestamp) -> Option<TariffId> {
        let last = self.tariffs.last().map(|(from, _)| *from);
        match self.planned_at(now) {
            Some((due, tariff)) if last.is_none_or(|last| last <= due) => Some(tariff),
            _ => self.tariff,
        }
    }

    /// Since when the version for what begins now is shown.
    pub fn tariff_since(&self, now: Timestamp) -> Option<Timestamp> {
        let last = self.tariffs.last().map(|(from, _)| *from);
        last.max(self.planned_at(now).map(|(due, _)| due))
    }

    fn planned_at(&self, at: Timestamp) -> Option<(Timestamp, TariffId)> {
        self.planned.iter().rev().find(|(due, _)| *due <= at).copied()
    }

    /// What keeps a session from beginning at that moment.
    pub fn closure_at(&self, at: Timestamp) -> Option<&Closure> {
        self.closures
            .iter()
            .find(|closure| closure.from <= at && closure.until.is_none_or(|until| at < until))
    }
}

crate::words! {
    /// 接入安全等级: the least that a pile must show when it connects (the security profiles of OCPP).
    SecurityProfile {
        /// 1: its password, over any link.
        Password = "password",
        /// 2: its password, over TLS.
        Tls = "tls",
        /// 3: a certificate of its own, over TLS.
        Certificate = "certificate",
    }
}

crate::words! {
    /// Why a link of a pile has ended.
    LinkEnd {
        /// The other side hung up, or the network did.
        Closed = "closed",
        /// Nothing was heard for too long.
        Silent = "silent",
        /// Another connection of the same pile took over.
        Replaced = "replaced",
        /// The pile broke the protocol.
        Broken = "broken",
        /// What it showed when it came was no longer enough.
        Expelled = "expelled",
        /// We could not make durable what it said.
        Unavailable = "unavailable",
        /// The server was stopped.
        Stopped = "stopped",
        /// The server ended without stopping.
        Cut = "cut",
    }
}

impl SecurityProfile {
    /// As OCPP numbers them.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// 充电桩
#[derive(Clone, Debug, PartialEq)]
pub struct Pile {
    pub id: PileId,
    pub code: PileCode,
    pub name: String,
    pub station: StationId,
    pub operator: OperatorId,
    pub kind: PileKind,
    pub protocol: Protocol,
    pub lifecycle: Lifecycle,
    pub rated_power_w: i64,
    /// Keyed hash of the connection password; `None`: none is wanted (云快充).
    pub secret: Option<String>,
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub firmware: Option<String>,
    pub iccid: Option<String>,
    pub meter_serial: Option<String>,
    pub online: bool,
    pub connected_at: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    pub remote_address: Option<String>,
    pub skew_ms: Option<i64>,
    pub created_at: Timestamp,
    pub version: i64,
    /// The number of the tariff that it last said it has (0: none), and when.
    pub tariff_model: Option<u16>,
    pub tariff_told_at: Option<Timestamp>,
    /// The least that it must show when it connects over OCPP.
    pub security: SecurityProfile,
    /// Its own, which goes before its station's, and when it was last given or taken away.
    pub tariff: Option<TariffId>,
    pub tariff_from: Option<Timestamp>,
    /// 启用时间: when it last came into service. It stays when the pile leaves service.
    pub enabled_at: Option<Timestamp>,
}

impl Pile {
    /// Changes the lifecycle, and remembers when the pile came into service.
    pub fn become_lifecycle(&mut self, lifecycle: Lifecycle, now: Timestamp) {
        if lifecycle == Lifecycle::Enabled && self.lifecycle != Lifecycle::Enabled {
            self.enabled_at = Some(now);
        }
        self.lifecycle = lifecycle;
    }
}

/// 枪: a connector and what the pile last said about it. Number 0 is the pile as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Connector {
    pub pile: PileId,
    pub no: ConnectorNo,
    pub status: ConnectorStatus,
    pub status_at: Timestamp,
    pub fault: Option<Fault>,
}

/// 配套设施 of a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Facility {
    Restroom,
    Shop,
    Restaurant,
    Lounge,
    Canopy,
    Barrier,
    GroundLock,
    Guard,
    /// 小票机
    Printer,
    /// 公共停车场
    PublicParking,
}

/// What a pile speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Protocol {
    #[serde(rename = "ocpp1.6")]
    Ocpp16,
    #[serde(rename = "ocpp2.0.1")]
    Ocpp201,
    #[serde(rename = "ocpp2.1")]
    Ocpp21,
    #[serde(rename = "ykc1.5")]
    Ykc15,
    #[serde(rename = "ykc1.6")]
    Ykc16,
}

impl Protocol {
    pub const ALL: [Protocol; 5] =
        [Protocol::Ocpp16, Protocol::Ocpp201, Protocol::Ocpp21, Protocol::Ykc15, Protocol::Ykc16];

    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Ocpp16 => "ocpp1.6",
            Protocol::Ocpp201 => "ocpp2.0.1",
            Protocol::Ocpp21 => "ocpp2.1",
            Protocol::Ykc15 => "ykc1.5",
            Protocol::Ykc16 => "ykc1.6",
        }
    }

    pub fn parse(text: &str) -> Option<Protocol> {
        Protocol::ALL.into_iter().find(|p| p.as_str() == text)
    }

    pub fn is_ykc(self) -> bool {
        matches!(self, Protocol::Ykc15 | Protocol::Ykc16)
    }

    /// Whether its piles keep a tariff and can be given one; the others only count energy.
    pub fn takes_tariff(self) -> bool {
        self.is_ykc() || self == Protocol::Ocpp21
    }
}

/// 充电类型
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PileKind {
    /// 直流
    Dc,
    /// 交流
    Ac,
    /// 交直流
    AcDc,
}

impl PileKind {
    pub const ALL: [PileKind; 3] = [PileKind::Dc, PileKind::Ac, PileKind::AcDc];

    pub fn as_str(self) -> &'static str {
        match self {
            PileKind::Dc => "dc",
            PileKind::Ac => "ac",
            PileKind::AcDc => "ac_dc",
        }
    }

    pub fn parse(text: &str) -> Option<PileKind> {
        PileKind::ALL.into_iter().find(|k| k.as_str() == text)
    }
}

/// 启停状态 of a pile: what the operator wants, whatever the pile is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// 未激活: registered, never seen.
    Inactive,
    /// 启用
    Enabled,
    /// 停用
    Disabled,
    /// 报废
    Retired,
}

impl Lifecycle {
    pub const ALL: [Lifecycle; 4] =
        [Lifecycle::Inactive, Lifecycle::Enabled, Lifecycle::Disabled, Lifecycle::Retired];

    pub fn as_str(self) -> &'static str {
        match self {
            Lifecycle::Inactive => "inactive",
            Lifecycle::Enabled => "enabled",
            Lifecycle::Disabled => "disabled",
            Lifecycle::Retired => "retired",
        }
    }

    pub fn parse(text: &str) -> Option<Lifecycle> {
        Lifecycle::ALL.into_iter().find(|l| l.as_str() == text)
    }

    /// May sessions be started on such a pile?
    pub fn in_service(self) -> bool {
        matches!(self, Lifecycle::Inactive | Lifecycle::Enabled)
    }
}
