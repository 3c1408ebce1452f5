//! What one message has shown of the measures, besides what is known of the battery.

use super::SafetyMeasure;
use crate::battery::BatteryReport;
use crate::time::{MINUTE_MS, Timestamp};

/// Below this no ratio of currents says anything (10 A).
const DEMAND_LEAST_DA: i64 = 100;
/// What the BMS wanted longer ago says nothing of now.
const FRESH_MS: i64 = MINUTE_MS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SafetyFact {
    pub measure: SafetyMeasure,
    pub value: i64,
    pub at: Timestamp,
}

/// What a pile has measured at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SafetyValues {
    pub power_w: Option<i64>,
    pub voltage_dv: Option<i64>,
    pub current_da: Option<i64>,
    pub soc_percent: Option<i64>,
    pub plug_temperature_c: Option<i64>,
    pub pile_temperature_c: Option<i64>,
}

/// What the battery allows and wants, as far as it has told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SafetyLimits {
    pub voltage_allowed_dv: Option<i64>,
    pub current_allowed_da: Option<i64>,
    pub temperature_allowed_c: Option<i64>,
    pub cell_voltage_allowed_mv: Option<i64>,
    pub demand_current_da: Option<i64>,
    pub charge_allowed: Option<bool>,
    /// When it said last what it wants.
    pub told_at_ms: i64,
}

impl From<&BatteryReport> for SafetyLimits {
    fn from(report: &BatteryReport) -> SafetyLimits {
        SafetyLimits {
            voltage_allowed_dv: report.voltage_allowed_dv,
            current_allowed_da: report.current_allowed_da,
            temperature_allowed_c: report.temperature_allowed_c,
            cell_voltage_allowed_mv: report.cell_voltage_allowed_mv,
            demand_current_da: report.now.demand_current_da,
            charge_allowed: report.now.charge_allowed,
            told_at_ms: report.now.at_ms,
        }
    }
}

/// What the platform believes of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SafetySituation {
    Charging,
    /// It was told to stop, or has ended.
    Stopped,
}

/// Of so many parts in a thousand.
fn share(value: i64, of: i64) -> Option<i64> {
    (of > 0).then(|| value.saturating_mul(1_000) / of)
}

/// `rated_w`: of the connector, where it is known.
pub fn sample_facts(
    at: Timestamp,
    values: &SafetyValues,
    limits: &SafetyLimits,
    rated_w: Option<i64>,
    situation: SafetySituation,
) -> Vec<SafetyFact> {
    use SafetyMeasure::*;
    let mut facts = Vec::with_capacity(10);
    let mut add = |measure, value: Option<i64>| {
        facts.extend(value.map(|value| SafetyFact { measure, value, at }));
    };
    add(PlugTemperature, values.plug_temperature_c);
    add(PileTemperature, values.pile_temperature_c);
    if situation == SafetySituation::Stopped {
        add(CurrentAfterStop, values.current_da);
        return facts;
    }
    let fresh = at.as_ms().saturating_sub(limits.told_at_ms) <= FRESH_MS;
    let flows = values.current_da.is_some_and(|current| current > 0);
    add(Voltage, values.voltage_dv);
    add(Current, values.current_da);
    add(Power, values.power_w);
    add(Soc, values.soc_percent.filter(|_| flows));
    add(VoltageShare, values.voltage_dv.zip(limits.voltage_allowed_dv).and_then(|(v, of)| share(v, of)));
    add(CurrentShare, values.current_da.zip(limits.current_allowed_da).and_then(|(c, of)| share(c, of)));
    let demand = limits.demand_current_da.filter(|demand| fresh && *demand >= DEMAND_LEAST_DA);
    add(CurrentDemandShare, values.current_da.zip(demand).and_then(|(current, of)| share(current, of)));
    add(PowerShare, values.power_w.zip(rated_w).and_then(|(power, of)| share(power, of)));
    add(CurrentForbidden, values.current_da.filter(|_| fresh && limits.charge_allowed == Some(false)));
    facts
}

/// `told`: what one frame of the BMS has said.
pub fn battery_facts(at: Timestamp, told: &BatteryReport, limits: &SafetyLimits) -> Vec<SafetyFact> {
    use SafetyMeasure::*;
    let mut facts = Vec::new();
    let mut add = |measure, value: Option<i64>| {
        facts.extend(value.map(|value| SafetyFact { measure, value, at }));
    };
    let over = |value: Option<i64>, allowed: Option<i64>| value.zip(allowed).map(|(value, of)| value - of);
    add(BatteryTemperature, told.temperature_max_c);
    add(BatteryTemperatureOver, over(told.temperature_max_c, limits.temperature_allowed_c));
    add(CellVoltage, told.cell_voltage_max_mv);
    add(CellVoltageOver, over(told.cell_voltage_max_mv, limits.cell_voltage_allowed_mv));
    add(CellVoltageSpread, over(told.cell_voltage_max_mv, told.cell_voltage_min_mv));
    facts
}
