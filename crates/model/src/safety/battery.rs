//! 电池安全报告: what the report of one session says about how safe its battery is.

use super::SafetyLevel;
use crate::battery::BatteryReport;
use crate::error::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Cells of one pack that differ by more than this at the end (mV) are worth a look, and by more than that are to
/// be looked at. Our own choice: packs differ by some tens of millivolts when they are sound.
const SPREAD_WATCH_MV: i64 = 150;
const SPREAD_WARN_MV: i64 = 300;
/// Parts of one pack that differ by more than this (°C): it is cooled unevenly.
const UNEVEN_C: i64 = 15;
/// Where the battery has not told what it allows: the range in which chargers and cars keep lithium cells.
const HOT_C: i64 = 60;
const WARM_C: i64 = 55;
/// Charging below freezing plates lithium.
const COLD_C: i64 = 0;

/// Something that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatteryFinding {
    pub code: String,
    pub level: SafetyLevel,
    pub text: Text,
    /// The wire's bit that said so, where it was one.
    #[serde(default)]
    pub word: Option<String>,
}

fn finding(code: &str, level: SafetyLevel, zh: String, en: String) -> BatteryFinding {
    BatteryFinding { code: code.to_owned(), level, text: Text::new(zh, en), word: None }
}

/// The gravest first.
pub fn battery_findings(report: &BatteryReport) -> Vec<BatteryFinding> {
    let mut found: Vec<BatteryFinding> =
        [hot(report), cold(report), cell(report), spread(report), uneven(report)]
            .into_iter()
            .flatten()
            .collect();
    found.extend(words(report));
    found.sort_by_key(|one| one.level as i64);
    found
}

/// Of all that was found; `None`: nothing was.
pub fn battery_level(found: &[BatteryFinding]) -> Option<SafetyLevel> {
    found.iter().map(|one| one.level).min_by_key(|level| *level as i64)
}

fn hot(report: &BatteryReport) -> Option<BatteryFinding> {
    let most = report.temperature_max_c?;
    let allowed = report.temperature_allowed_c;
    let (limit, level) = match allowed {
        Some(allowed) if most > allowed => (allowed, SafetyLevel::Person),
        None if most >= HOT_C => (HOT_C, SafetyLevel::Person),
        _ if most >= WARM_C => (allowed.unwrap_or(HOT_C), SafetyLevel::Device),
        _ => return None,
    };
    Some(finding(
        "battery_hot",
        level,
        format!("电池最高温度 {most} ℃，允许 {limit} ℃；请车主尽快检查电池与冷却"),
        format!(
            "The battery was {most} °C at its hottest, {limit} °C being allowed: have it and its cooling checked."
        ),
    ))
}

fn cold(report: &BatteryReport) -> Option<BatteryFinding> {
    let least = report.temperature_min_c.filter(|least| *least < COLD_C)?;
    Some(finding(
        "battery_cold",
        SafetyLevel::Notice,
        format!("电池最低温度 {least} ℃，低温充电会损伤电池；建议先预热"),
        format!(
            "The battery was {least} °C at its coldest: charging below freezing harms it. Warm it up first."
        ),
    ))
}

fn cell(report: &BatteryReport) -> Option<BatteryFinding> {
    let (most, allowed) = (report.cell_voltage_max_mv?, report.cell_voltage_allowed_mv?);
    (most > allowed).then(|| {
        finding(
            "cell_over",
            SafetyLevel::Person,
            format!("单体最高电压 {most} mV，超过允许的 {allowed} mV；请车主停止使用快充并检修"),
            format!("One cell had {most} mV, {allowed} mV being allowed: stop charging it fast and have it repaired."),
        )
    })
}

fn spread(report: &BatteryReport) -> Option<BatteryFinding> {
    let apart = report.cell_voltage_max_mv? - report.cell_voltage_min_mv?;
    let level = match apart {
        SPREAD_WARN_MV.. => SafetyLevel::Device,
        SPREAD_WATCH_MV.. => SafetyLevel::Notice,
        _ => return None,
    };
    Some(finding(
        "cell_spread",
        level,
        format!("单体压差 {apart} mV，一致性偏差；建议做电池均衡或检测"),
        format!("Its cells differ by {apart} mV: have the pack balanced or checked."),
    ))
}

fn uneven(report: &BatteryReport) -> Option<BatteryFinding> {
    let now = &report.now;
    let apart = now.temperature_max_c? - now.temperature_min_c?;
    (apart >= UNEVEN_C).then(|| {
        finding(
            "battery_uneven",
            SafetyLevel::Notice,
            format!("电池内部温差 {apart} ℃；建议检查冷却系统"),
            format!("Parts of the battery differ by {apart} °C: have its cooling checked."),
        )
    })
}

/// What the BMS or the charger has said by a bit, where it is about safety.
fn words(report: &BatteryReport) -> Vec<BatteryFinding> {
    let grave = ["insulation", "pack_hot", "connector_hot", "cell_voltage_high", "relay", "over_current"];
    let all = report.causes.iter().chain(&report.alarms);
    let mut found: Vec<BatteryFinding> = Vec::new();
    for word in all.filter(|word| !word.code.ends_with('?')) {
        let last = word.code.rsplit(':').next().unwrap_or_default();
        if grave.contains(&last) && !found.iter().any(|one| one.code == last) {
            let level = if last == "insulation" { SafetyLevel::Person } else { SafetyLevel::Device };
            let (zh, en) =
                (format!("BMS 或充电机报告 {}", word.code), format!("Told by a bit: {}.", word.code));
            let word = Some(word.code.clone());
            found.push(BatteryFinding { word, ..finding(last, level, zh, en) });
        }
    }
    found
}
