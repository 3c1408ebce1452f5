//! 充电订单: one charging session and its bill. States change only through [`OrderState::to`],
//! which may refuse.

use crate::card::{Token, TokenKind, TokenVerdict};
use crate::curve::Curve;
use crate::energy::Energy;
use crate::id::{
    CardId, ConnectorNo, CustomerId, OperatorId, OrderId, PileId, SessionKey, StaffId, StationId, TariffId,
};
use crate::money::{Amount, Fen};
use crate::time::MINUTE_MS;
use crate::time::{HOUR_MS, Timestamp};
use serde::{Deserialize, Serialize};

/// One charging session and what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub id: OrderId,
    pub pile: PileId,
    pub station: StationId,
    pub operator: OperatorId,
    pub connector: ConnectorNo,
    /// Unknown while an OCPP pile has not begun yet.
    pub session: Option<SessionKey>,
    pub start_mode: StartMode,
    pub token: Option<Token>,
    pub card: Option<CardId>,
    pub customer: Option<CustomerId>,
    /// Who clicked, for a start from the console.
    pub staff: Option<StaffId>,
    /// The version shown at the start is the one used.
    pub tariff: Option<TariffId>,
    pub created_at: Timestamp,
    /// Samples and frames of this order have ids from here on.
    pub sample_from: i64,
    pub frame_from: i64,
    pub state: OrderState,
    pub abnormal: Abnormalities,
    /// When the order is closed by rule if nothing happens before.
    pub deadline: Option<Timestamp>,
    /// By the pile's clock once it has begun; the creation before.
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// When the end reached us.
    pub end_received: Option<Timestamp>,
    /// The pile's clock minus ours, when it reported the start.
    pub skew_ms: Option<i64>,
    pub meter_start: Option<Energy>,
    pub meter_end: Option<Energy>,
    pub energy: Energy,
    pub electricity: Fen,
    pub service: Fen,
    pub total: Fen,
    /// What the pile itself has computed (云快充).
    pub pile_amount: Option<Amount>,
    pub soc_start: Option<i64>,
    pub soc_end: Option<i64>,
    pub vin: Option<String>,
    pub stop_code: Option<String>,
    pub stop_class: Option<StopClass>,
    /// What the pile was told of the token at the start and at the stop: a repeat is told the same.
    pub start_verdict: Option<TokenVerdict>,
    pub stop_verdict: Option<TokenVerdict>,
    /// 会员等级: which its customer had when it began, and what that takes off the service fee.
    pub member_level: Option<i64>,
    pub service_off_permille: i64,
    /// 优惠: what of the total is not asked of whoever pays.
    pub discount: Fen,
    /// 占位费, asked for beside the total.
    pub occupancy: Fen,
}

/// What is to be added to the times of a pile whose clock is known to be wrong by this much.
pub fn shift_ms(skew_ms: Option<i64>) -> i64 {
    skew_ms.filter(|skew| skew.abs() >= MINUTE_MS).map_or(0, |skew| -skew)
}

impl Order {
    /// What is asked for of the bill.
    pub fn due(&self) -> Fen {
        self.total - self.discount + self.occupancy
    }

    /// Electricity and service fee as they are asked for: what is taken off is taken off the service fee first.
    pub fn asked(&self) -> (Fen, Fen) {
        let of_service = self.discount.min(self.service);
        (self.electricity - (self.discount - of_service), self.service - of_service)
    }

    /// A car is plugged in and the pile calls that a session, but nobody has shown what pays for it yet
    /// (OCPP 2, where a transaction may begin with the plug).
    pub fn awaits_token(&self) -> bool {
        self.state == OrderState::Starting
            && self.token.is_none()
            && matches!(self.session, Some(SessionKey::Name(_)))
    }

    /// 订单号: the day of creation in the platform's zone and the row's number, `20261123-0000000042`
    /// without the dash. Sortable, and the number can be read back from it.
    pub fn number(id: OrderId, day: i64) -> String {
        format!("{day}{:010}", id.0)
    }

    /// When it began on our clock: the pile's counts unless it is known to be wrong. The local day of this
    /// moment says which table of its tariff it is billed by.
    pub fn began_at(&self) -> Timestamp {
        self.started_at.plus_ms(self.shift_ms())
    }

    /// What is to be added to the pile's times.
    pub fn shift_ms(&self) -> i64 {
        shift_ms(self.skew_ms)
    }

    pub fn id_of_number(number: &str) -> Option<OrderId> {
        let digits = number.trim();
        let tail = if digits.len() == 18 { digits.get(8..)? } else { digits };
        tail.parse().ok().filter(|id| *id > 0).map(OrderId)
    }

    /// Whether this token may end the session: the same card, seen without regard to case.
    pub fn began_with(&self, token: &Token) -> bool {
        self.token.as_ref().is_some_and(|own| own.kind == token.kind && own.key() == token.key())
    }
}

/// An order whose session is running, with what the pile has reported so far.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenOrder {
    pub order: Order,
    pub curve: Curve,
}

impl OpenOrder {
    /// No values for an hour: worth a look whether the session still runs.
    pub fn is_quiet(&self, now: Timestamp) -> bool {
        let told_at = self.curve.last().map_or(self.order.created_at, |point| point.at);
        now.since(told_at.max(self.order.created_at)) >= HOUR_MS
    }
}

impl TokenKind {
    pub const ALL: [TokenKind; 3] = [TokenKind::Card, TokenKind::Account, TokenKind::Vin];

    pub fn as_str(self) -> &'static str {
        match self {
            TokenKind::Card => "card",
            TokenKind::Account => "account",
            TokenKind::Vin => "vin",
        }
    }

    pub fn parse(text: &str) -> Option<TokenKind> {
        TokenKind::ALL.into_iter().find(|k| k.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// 启动中: asked for, the pile has not confirmed.
    Starting,
    /// 充电中
    Charging,
    /// 停止中: asked to stop, the pile has not confirmed.
    Stopping,
    /// 待结算: the session ended, the pile's final record is awaited.
    Unsettled,
    /// 已完成: billed.
    Completed,
    /// 启动失败(已关闭)
    Failed,
    /// 异常(待处理): held for a person, never billed by itself.
    Abnormal,
}

impl OrderState {
    pub const ALL: [OrderState; 7] = [
        OrderState::Starting,
        OrderState::Charging,
        OrderState::Stopping,
        OrderState::Unsettled,
        OrderState::Completed,
        OrderState::Failed,
        OrderState::Abnormal,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            OrderState::Starting => "starting",
            OrderState::Charging => "charging",
            OrderState::Stopping => "stopping",
            OrderState::Unsettled => "unsettled",
            OrderState::Completed => "completed",
            OrderState::Failed => "failed",
            OrderState::Abnormal => "abnormal",
        }
    }

    pub fn parse(text: &str) -> Option<OrderState> {
        OrderState::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// The connector is taken by this order.
    pub fn is_open(self) -> bool {
        matches!(self, OrderState::Starting | OrderState::Charging | OrderState::Stopping)
    }

    /// A late record of the pile may still change the order.
    pub fn awaits_record(self) -> bool {
        self.is_open() || self == OrderState::Unsettled
    }

    /// The change, or `None` when an order in this state cannot make it.
    pub fn to(self, next: OrderState) -> Option<OrderState> {
        use OrderState::*;
        let allowed = match self {
            Starting => matches!(next, Charging | Stopping | Unsettled | Completed | Failed | Abnormal),
            Charging => matches!(next, Stopping | Unsettled | Completed | Abnormal),
            Stopping => matches!(next, Charging | Unsettled | Completed | Failed | Abnormal),
            Unsettled => matches!(next, Completed | Abnormal),
            // The pile's record may arrive days after the order was given up.
            Failed | Abnormal => matches!(next, Completed | Abnormal),
            Completed => false,
        };
        allowed.then_some(next)
    }
}

/// 启动方式
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StartMode {
    /// 后台: by staff from the console
    Console,
    /// 扫码 / APP
    App,
    /// 刷卡
    Card,
    /// 离线卡
    OfflineCard,
    /// 即插即充 by VIN
    Vin,
    /// By the pile itself, without a token we know.
    Pile,
    /// 导入: lost, and brought in from a file by staff.
    Import,
}

impl StartMode {
    pub const ALL: [StartMode; 7] = [
        StartMode::Console,
        StartMode::App,
        StartMode::Card,
        StartMode::OfflineCard,
        StartMode::Vin,
        StartMode::Pile,
        StartMode::Import,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            StartMode::Console => "console",
            StartMode::App => "app",
            StartMode::Card => "card",
            StartMode::OfflineCard => "offline_card",
            StartMode::Vin => "vin",
            StartMode::Pile => "pile",
            StartMode::Import => "import",
        }
    }

    pub fn parse(text: &str) -> Option<StartMode> {
        StartMode::ALL.into_iter().find(|m| m.as_str() == text)
    }
}

crate::words! {
    /// Why an order is held for a person (异常类型). An order may have several.
    Abnormality {
        /// 缺失账单: the pile vanished, no final record came in time.
        NoRecord = "no_record",
        /// 金额不符: the pile's own amount differs from ours by more than the tolerance.
        AmountDiffers = "amount_differs",
        /// 起始读数为零: the first meter reading was a placeholder.
        ZeroBaseline = "zero_baseline",
        /// 表数倒退: the meter went backwards.
        MeterBackwards = "meter_backwards",
        /// 超额定功率: more energy than rated power × time allows.
        PowerExceeded = "power_exceeded",
        /// 时间异常: an end before the start, a session of weeks, a year 1970 or 9999.
        TimeImplausible = "time_implausible",
        /// 电表不符: meter end − start is not the energy of the record.
        MeterMismatch = "meter_mismatch",
        /// 补录: a record for a session that no order knows.
        Unannounced = "unannounced",
        /// 未授权卡: the session ran on a token that may not charge.
        TokenRefused = "token_refused",
        /// 无计费模型: no tariff was known when the session began.
        NoTariff = "no_tariff",
        /// 枪被占用: a session began on a connector that another order held.
        ConnectorTaken = "connector_taken",
        /// 时段电量不符: Σ periods is not the total of the record.
        PeriodMismatch = "period_mismatch",
        /// 枪号不明: no connector was named, or one that no pile has.
        ConnectorUnknown = "connector_unknown",
        /// 缺起止读数: the register of the beginning or of the end was never told.
        ReadingMissing = "reading_missing",
        /// 重复流水: a second record under the same number says something else; the first one counts.
        RecordRepeated = "record_repeated",
        /// 时段不符计费模型: energy in a period that the tariff did not have while the session ran.
        PeriodForeign = "period_foreign",
        /// 启动未充电: the start succeeded and nothing was delivered.
        NoEnergy = "no_energy",
        /// 失败后有账单: the start had failed, what was held was let go, and then a record came.
        AfterFailure = "after_failure",
    }
}

impl Abnormality {
    fn bit(self) -> i64 {
        1 << (self as i64)
    }
}

/// The set of an order's abnormalities; kept as one integer in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abnormalities(i64);

impl Abnormalities {
    pub fn from_bits(bits: i64) -> Abnormalities {
        Abnormalities(bits)
    }

    pub fn bits(self) -> i64 {
        self.0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn add(&mut self, which: Abnormality) {
        self.0 |= which.bit();
    }

    pub fn remove(&mut self, which: Abnormality) {
        self.0 &= !which.bit();
    }

    pub fn has(self, which: Abnormality) -> bool {
        self.0 & which.bit() != 0
    }

    /// What has to be decided by a person before anything is billed. The others are marks: the bill is sound.
    pub fn doubts(self) -> Abnormalities {
        let marks = [
            Abnormality::Unannounced,
            Abnormality::NoEnergy,
            Abnormality::AfterFailure,
            Abnormality::RecordRepeated,
        ];
        marks.into_iter().fold(self, |mut left, mark| {
            left.remove(mark);
            left
        })
    }

    pub fn iter(self) -> impl Iterator<Item = Abnormality> {
        Abnormality::ALL.iter().copied().filter(move |a| self.has(*a))
    }
}

/// What kind of end a session had; the exact reason is kept as the pile's own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StopClass {
    /// 充电完成
    Normal,
    /// 启动失败
    StartFailed,
    /// 余额
    Balance,
    /// 异常中止
    Fault,
    /// 急停
    Emergency,
    /// 安全: insulation, temperature, polarity
    Safety,
    /// 未知
    Unknown,
}

impl StopClass {
    pub const ALL: [StopClass; 7] = [
        StopClass::Normal,
        StopClass::StartFailed,
        StopClass::Balance,
        StopClass::Fault,
        StopClass::Emergency,
        StopClass::Safety,
        StopClass::Unknown,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            StopClass::Normal => "normal",
            StopClass::StartFailed => "start_failed",
            StopClass::Balance => "balance",
            StopClass::Fault => "fault",
            StopClass::Emergency => "emergency",
            StopClass::Safety => "safety",
            StopClass::Unknown => "unknown",
        }
    }

    pub fn parse(text: &str) -> Option<StopClass> {
        StopClass::ALL.into_iter().find(|c| c.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completed_order_never_changes_and_only_open_ones_hold_the_connector() {
        for next in OrderState::ALL {
            assert_eq!(OrderState::Completed.to(next), None);
        }
        assert_eq!(OrderState::Charging.to(OrderState::Failed), None, "energy may have flowed");
        assert_eq!(OrderState::Abnormal.to(OrderState::Completed), Some(OrderState::Completed));
        assert!(OrderState::Stopping.is_open() && !OrderState::Unsettled.is_open());
    }

    #[test]
    fn abnormalities_are_a_set() {
        let mut set = Abnormalities::default();
        set.add(Abnormality::ZeroBaseline);
        set.add(Abnormality::ZeroBaseline);
        set.add(Abnormality::PeriodMismatch);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Abnormality::ZeroBaseline, Abnormality::PeriodMismatch]);
        set.remove(Abnormality::ZeroBaseline);
        assert_eq!(Abnormalities::from_bits(set.bits()), set);
    }
}
