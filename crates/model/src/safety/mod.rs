//! 安全规则: what is measured while a car charges, from where on it is too much, and what is done about it.
//!
//! Judging is pure: the engine gives what a message has shown, a trial gives what a past order has left, and both
//! get the same answer.

mod battery;
mod fact;
mod judge;
mod pause;
#[cfg(test)]
mod tests;

pub use battery::{BatteryFinding, battery_findings, battery_level};
pub use fact::{SafetyFact, SafetyLimits, SafetySituation, SafetyValues, battery_facts, sample_facts};
pub use judge::{SafetyFired, SafetyWatch};
pub use pause::SafetyPause;

use crate::alarm::AlarmLevel;
use crate::id::{OperatorId, StationId};
use crate::site::{Pile, PileKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::words! {
    /// 测量量: what a safety rule looks at. Each has one unit, see [`SafetyMeasure::unit`].
    SafetyMeasure {
        /// 电池最高温度
        BatteryTemperature = "battery_temperature",
        /// 电池最高温度超过其允许值: above what the battery itself says that it allows.
        BatteryTemperatureOver = "battery_temperature_over",
        /// 电池温升速度
        BatteryTemperatureRise = "battery_temperature_rise",
        /// 枪线温度
        PlugTemperature = "plug_temperature",
        PlugTemperatureRise = "plug_temperature_rise",
        /// 桩体温度
        PileTemperature = "pile_temperature",
        PileTemperatureRise = "pile_temperature_rise",
        /// 单体最高电压
        CellVoltage = "cell_voltage",
        /// 单体最高电压超过其允许值
        CellVoltageOver = "cell_voltage_over",
        /// 单体压差, told when a session ends.
        CellVoltageSpread = "cell_voltage_spread",
        /// 输出电压与 BMS 允许最高电压之比
        VoltageShare = "voltage_share",
        /// 输出电流与 BMS 允许最大电流之比
        CurrentShare = "current_share",
        /// 输出电流与 BMS 需求电流之比
        CurrentDemandShare = "current_demand_share",
        /// 输出功率与额定功率之比
        PowerShare = "power_share",
        /// SOC while current flows.
        Soc = "soc",
        /// 停止后仍有电流
        CurrentAfterStop = "current_after_stop",
        /// BMS 禁止充电后仍有电流
        CurrentForbidden = "current_forbidden",
        Voltage = "voltage",
        Current = "current",
        Power = "power",
    }

    /// 安全级别
    SafetyLevel {
        /// 人身安全
        Person = "person",
        /// 设备安全
        Device = "device",
        /// 提示
        Notice = "notice",
    }

    /// 处置: what is done; whatever it is, an alarm tells of it.
    SafetyAction {
        /// 提示
        Notice = "notice",
        /// 限功率
        Limit = "limit",
        /// 停止订单
        Stop = "stop",
        /// 停止并锁桩
        Lock = "lock",
        /// 电话通知: told at once with the phone of the site, and nothing is sent to the pile.
        Call = "call",
    }

    /// What was done in the course of an act.
    SafetyStep {
        Notice = "notice",
        Limit = "limit",
        /// It cannot be limited where the platform shares the power of the station.
        LimitSkipped = "limit_skipped",
        Stop = "stop",
        /// The stop was not obeyed in time.
        Repeat = "repeat",
        Lock = "lock",
        Call = "call",
        /// It ended.
        Obeyed = "obeyed",
        /// A limit of the whole pile was taken back, its session being over.
        Restore = "restore",
        /// A person has put the pile back into service.
        Release = "release",
        /// 已屏蔽: nothing was done, because somebody had paused the rule here.
        Paused = "paused",
    }

    SafetyActState {
        /// 处置中: whether it was obeyed is not known yet.
        Acting = "acting",
        /// 已处置
        Done = "done",
        /// 未执行: the pile did not obey, and people were called.
        Failed = "failed",
    }

    /// What a person found out about an act.
    SafetyVerdict {
        /// 属实
        Confirmed = "confirmed",
        /// 误报
        FalseAlarm = "false_alarm",
    }
}

impl SafetyMeasure {
    /// In which unit its values and thresholds are.
    pub fn unit(self) -> &'static str {
        use SafetyMeasure::*;
        match self {
            BatteryTemperature | BatteryTemperatureOver | PlugTemperature | PileTemperature => "℃",
            BatteryTemperatureRise | PlugTemperatureRise | PileTemperatureRise => "0.1℃/min",
            CellVoltage | CellVoltageOver | CellVoltageSpread => "mV",
            VoltageShare | CurrentShare | CurrentDemandShare | PowerShare => "‰",
            Soc => "%",
            CurrentAfterStop | CurrentForbidden | Current => "0.1A",
            Voltage => "0.1V",
            Power => "W",
        }
    }

    /// From where to where a threshold makes sense.
    pub fn thresholds(self) -> std::ops::RangeInclusive<i64> {
        use SafetyMeasure::*;
        match self {
            BatteryTemperature | PlugTemperature | PileTemperature => 30..=150,
            BatteryTemperatureOver => 0..=50,
            BatteryTemperatureRise | PlugTemperatureRise | PileTemperatureRise => 5..=500,
            CellVoltage => 2_000..=5_000,
            CellVoltageOver => 0..=1_000,
            CellVoltageSpread => 10..=3_000,
            VoltageShare | CurrentShare | CurrentDemandShare | PowerShare => 500..=3_000,
            Soc => 50..=100,
            CurrentAfterStop | CurrentForbidden => 5..=10_000,
            Voltage => 100..=20_000,
            Current => 10..=20_000,
            Power => 1_000..=2_000_000,
        }
    }

    /// The rise that is computed from this temperature.
    pub fn rise(self) -> Option<SafetyMeasure> {
        match self {
            SafetyMeasure::BatteryTemperature => Some(SafetyMeasure::BatteryTemperatureRise),
            SafetyMeasure::PlugTemperature => Some(SafetyMeasure::PlugTemperatureRise),
            SafetyMeasure::PileTemperature => Some(SafetyMeasure::PileTemperatureRise),
            _ => None,
        }
    }

    /// Whether what is kept of past orders says anything of it.
    pub fn is_kept(self) -> bool {
        use SafetyMeasure::*;
        !matches!(self, PileTemperature | PileTemperatureRise | CurrentAfterStop | CurrentForbidden)
    }

    /// The code of its alarms.
    pub fn alarm_code(self) -> String {
        format!("safety:{}", self.as_str())
    }
}

impl SafetyLevel {
    pub fn alarm_level(self) -> AlarmLevel {
        match self {
            SafetyLevel::Person => AlarmLevel::Critical,
            SafetyLevel::Device => AlarmLevel::Major,
            SafetyLevel::Notice => AlarmLevel::Notice,
        }
    }

    /// The class by which the rules of alarms know it.
    pub fn alarm_class(self) -> &'static str {
        match self {
            SafetyLevel::Person => "class:person",
            SafetyLevel::Device => "class:device",
            SafetyLevel::Notice => "class:notice",
        }
    }
}

impl SafetyAction {
    /// Whether the session is to end.
    pub fn stops(self) -> bool {
        matches!(self, SafetyAction::Stop | SafetyAction::Lock)
    }
}

/// Where a rule holds; what is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyScope {
    pub operator_id: Option<i64>,
    pub station_id: Option<i64>,
    /// As the pile names its maker and itself; compared without regard to case.
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub kind: Option<PileKind>,
}

impl SafetyScope {
    pub fn holds(&self, place: &SafetyPlace<'_>) -> bool {
        let same = |wanted: &Option<String>, told: Option<&str>| {
            wanted
                .as_deref()
                .is_none_or(|wanted| told.is_some_and(|told| told.trim().eq_ignore_ascii_case(wanted)))
        };
        self.operator_id.is_none_or(|id| id == place.operator.0)
            && self.station_id.is_none_or(|id| id == place.station.0)
            && self.kind.is_none_or(|kind| kind == place.kind)
            && same(&self.vendor, place.vendor)
            && same(&self.model, place.model)
    }
}

/// What a scope is compared with.
#[derive(Clone, Copy, Debug)]
pub struct SafetyPlace<'a> {
    pub operator: OperatorId,
    pub station: StationId,
    pub vendor: Option<&'a str>,
    pub model: Option<&'a str>,
    pub kind: PileKind,
}

impl<'a> SafetyPlace<'a> {
    pub fn of(pile: &'a Pile) -> SafetyPlace<'a> {
        SafetyPlace {
            operator: pile.operator,
            station: pile.station,
            vendor: pile.vendor.as_deref(),
            model: pile.model.as_deref(),
            kind: pile.kind,
        }
    }
}

/// One rule, as judging needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetyRule {
    pub id: i64,
    pub name: String,
    pub measure: SafetyMeasure,
    /// It is too much from this value on.
    pub threshold: i64,
    /// For at least so long, and by so many values in a row.
    pub hold_s: i64,
    pub samples: i64,
    /// Over again only once it is below the threshold by more than this.
    pub hysteresis: i64,
    pub scope: SafetyScope,
    pub level: SafetyLevel,
    pub action: SafetyAction,
    /// Of the rated power, where it limits.
    pub limit_percent: i64,
    /// A stop that is not obeyed by then is repeated, then the pile is locked, then people are called.
    pub repeat_s: i64,
    /// 车辆原因: what shows is the car's, and the pile is not blamed for it.
    pub of_vehicle: bool,
}
