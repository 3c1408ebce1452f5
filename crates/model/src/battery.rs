//! 电池: what a car's battery management (BMS) tells through a DC pile, and the report that is kept of it.
//! Absent means not told, never zero.

use crate::id::{ConnectorNo, SessionKey};
use crate::time::{MINUTE_MS, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::words! {
    /// As GB/T 27930 numbers them.
    BatteryType {
        /// 铅酸
        LeadAcid = "lead_acid",
        /// 镍氢
        NiMh = "nimh",
        /// 磷酸铁锂
        Lfp = "lfp",
        /// 锰酸锂
        Lmo = "lmo",
        /// 钴酸锂
        Lco = "lco",
        /// 三元
        Ncm = "ncm",
        /// 聚合物锂离子
        LiPolymer = "li_polymer",
        /// 钛酸锂
        Lto = "lto",
        Other = "other",
    }
}

/// What a pile has passed on at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct BatteryNews {
    pub session: SessionKey,
    pub connector: ConnectorNo,
    /// Only what was said now.
    pub told: BatteryReport,
    /// Said once or seldom, and so kept at once; what comes every few seconds is kept now and then.
    pub is_rare: bool,
    /// With it the session's telling begins.
    pub is_first: bool,
}

/// 电池报告 of one session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BatteryReport {
    pub battery_type: Option<BatteryType>,
    /// 0.1 Ah
    pub capacity_dah: Option<i64>,
    pub rated_voltage_dv: Option<i64>,
    /// Nominal.
    pub energy_wh: Option<i64>,
    pub maker: Option<String>,
    /// 20190312
    pub made_day: Option<i64>,
    pub cycle_count: Option<i64>,
    pub vin: Option<String>,
    /// Of the BMS, `1.1`.
    pub bms_protocol: Option<String>,
    /// What the battery allows at most.
    pub cell_voltage_allowed_mv: Option<i64>,
    pub voltage_allowed_dv: Option<i64>,
    pub current_allowed_da: Option<i64>,
    pub temperature_allowed_c: Option<i64>,
    /// Of the battery before charging.
    pub voltage_start_dv: Option<i64>,
    /// What the pile can put out.
    pub pile_voltage_min_dv: Option<i64>,
    pub pile_voltage_max_dv: Option<i64>,
    pub soc_start_percent: Option<i64>,
    pub soc_end_percent: Option<i64>,
    /// The extremes while it charged.
    pub cell_voltage_min_mv: Option<i64>,
    pub cell_voltage_max_mv: Option<i64>,
    pub temperature_min_c: Option<i64>,
    pub temperature_max_c: Option<i64>,
    /// What it said last.
    pub now: BatteryNow,
    /// Why it ended, as the BMS or the charger has said.
    pub causes: Vec<BatteryWord>,
    /// What was wrong meanwhile.
    pub alarms: Vec<BatteryWord>,
}

/// What the BMS asks for and sees at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BatteryNow {
    pub at_ms: i64,
    pub demand_voltage_dv: Option<i64>,
    pub demand_current_da: Option<i64>,
    /// Of the highest cell.
    pub cell_voltage_mv: Option<i64>,
    pub temperature_min_c: Option<i64>,
    pub temperature_max_c: Option<i64>,
    pub soc_percent: Option<i64>,
    pub remaining_minutes: Option<i64>,
    /// Whether the BMS lets it charge at this moment.
    pub charge_allowed: Option<bool>,
}

/// Something that the BMS or the charger said by a bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatteryWord {
    /// The wire's bit with its protocol in front: `ykc:bst:soc_reached`; with `?` at the end where it was
    /// said to be not credible.
    pub code: String,
    pub at_ms: i64,
    /// In the reader's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Most words of one kind that are kept of a session: a hostile pile must not fill the memory.
const WORDS_MAX: usize = 40;

/// Most points of a course. Beyond, every second one goes.
const COURSE_MAX: usize = 120;

impl BatteryReport {
    /// Takes in what was said now; the codes of alarms that were not known before.
    pub fn learn(&mut self, told: &BatteryReport, at: Timestamp) -> Vec<String> {
        macro_rules! last {
            ($($field:ident),*) => { $(if told.$field.is_some() { self.$field.clone_from(&told.$field); })* };
        }
        last!(battery_type, capacity_dah, rated_voltage_dv, energy_wh, maker, made_day, cycle_count, vin);
        last!(bms_protocol, cell_voltage_allowed_mv, voltage_allowed_dv, current_allowed_da);
        last!(temperature_allowed_c, voltage_start_dv, pile_voltage_min_dv, pile_voltage_max_dv);
        last!(soc_start_percent, soc_end_percent);
        self.cell_voltage_min_mv = least(self.cell_voltage_min_mv, told.cell_voltage_min_mv);
        self.cell_voltage_max_mv = self.cell_voltage_max_mv.max(told.cell_voltage_max_mv);
        self.temperature_min_c = least(self.temperature_min_c, told.temperature_min_c);
        self.temperature_max_c = self.temperature_max_c.max(told.temperature_max_c);
        self.now.learn(&told.now, at);
        add(&mut self.causes, &told.causes, at);
        add(&mut self.alarms, &told.alarms, at)
    }

    /// How many cells are in a row, as far as what is allowed of one and of all lets it be guessed.
    pub fn cells_in_series(&self) -> Option<i64> {
        let (all, one) = (self.voltage_allowed_dv? * 100, self.cell_voltage_allowed_mv?);
        let cells = (one > 0).then(|| (all + one / 2) / one)?;
        (2..=2_000).contains(&cells).then_some(cells)
    }
}

impl BatteryNow {
    fn learn(&mut self, told: &BatteryNow, at: Timestamp) {
        *self = BatteryNow {
            at_ms: at.as_ms(),
            demand_voltage_dv: told.demand_voltage_dv.or(self.demand_voltage_dv),
            demand_current_da: told.demand_current_da.or(self.demand_current_da),
            cell_voltage_mv: told.cell_voltage_mv.or(self.cell_voltage_mv),
            temperature_min_c: told.temperature_min_c.or(self.temperature_min_c),
            temperature_max_c: told.temperature_max_c.or(self.temperature_max_c),
            soc_percent: told.soc_percent.or(self.soc_percent),
            remaining_minutes: told.remaining_minutes.or(self.remaining_minutes),
            charge_allowed: told.charge_allowed.or(self.charge_allowed),
        };
    }
}

fn least(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The codes that were not known before.
fn add(known: &mut Vec<BatteryWord>, told: &[BatteryWord], at: Timestamp) -> Vec<String> {
    let mut new = Vec::new();
    for word in told {
        if known.len() < WORDS_MAX && !known.iter().any(|one| one.code == word.code) {
            known.push(BatteryWord { code: word.code.clone(), at_ms: at.as_ms(), text: None });
            new.push(word.code.clone());
        }
    }
    new
}

/// One moment of what the battery asked for and how it was.
pub type BatteryPoint = BatteryNow;

/// What the battery asked for along a session: one point a minute, later fewer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatteryCourse {
    points: Vec<BatteryPoint>,
    /// Minutes between points, as a power of two.
    thinned: u32,
}

impl BatteryCourse {
    pub fn of(points: Vec<BatteryPoint>) -> BatteryCourse {
        let mut course = BatteryCourse::default();
        points.into_iter().for_each(|point| course.push(point));
        course
    }

    pub fn points(&self) -> &[BatteryPoint] {
        &self.points
    }

    pub fn push(&mut self, point: BatteryPoint) {
        let apart_ms = MINUTE_MS << self.thinned.min(16);
        if self.points.last().is_some_and(|last| point.at_ms.saturating_sub(last.at_ms) < apart_ms) {
            return;
        }
        self.points.push(point);
        if self.points.len() > COURSE_MAX {
            let mut keep = false;
            self.points.retain(|_| {
                keep = !keep;
                keep
            });
            self.thinned += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(code: &str) -> BatteryWord {
        BatteryWord { code: code.to_owned(), at_ms: 0, text: None }
    }

    #[test]
    fn extremes_widen_and_words_are_kept_once() {
        let mut report = BatteryReport::default();
        let at = Timestamp::from_ms(1_000);
        let told = |min, max, alarm: &str| BatteryReport {
            temperature_min_c: Some(min),
            temperature_max_c: Some(max),
            alarms: vec![word(alarm)],
            ..BatteryReport::default()
        };
        assert_eq!(report.learn(&told(20, 30, "a"), at), ["a"]);
        assert_eq!(report.learn(&told(22, 35, "a"), at), Vec::<String>::new());
        assert_eq!(report.learn(&told(-5, 10, "b"), at), ["b"]);
        assert_eq!((report.temperature_min_c, report.temperature_max_c), (Some(-5), Some(35)));
        assert_eq!(report.alarms.len(), 2);
        // What is said later of one thing leaves the others as they are known.
        report.learn(&BatteryReport { vin: Some("V".to_owned()), ..BatteryReport::default() }, at);
        assert_eq!(report.temperature_max_c, Some(35));
        for n in 0..100 {
            report.learn(&told(0, 0, &n.to_string()), at);
        }
        assert_eq!(report.alarms.len(), WORDS_MAX);
    }

    #[test]
    fn cells_in_series_are_guessed_from_what_is_allowed() {
        let cells = |all, one| {
            let limits = BatteryReport {
                voltage_allowed_dv: Some(all),
                cell_voltage_allowed_mv: Some(one),
                ..BatteryReport::default()
            };
            limits.cells_in_series()
        };
        assert_eq!(cells(4_200, 4_250), Some(99));
        assert_eq!(cells(7_500, 3_750), Some(200));
        assert_eq!((cells(4_200, 0), cells(10, 4_000), cells(65_535, 10)), (None, None, None));
    }

    #[test]
    fn a_course_has_a_point_a_minute_and_never_many() {
        let mut course = BatteryCourse::default();
        for n in 0..(24 * 60 * 4) {
            course.push(BatteryPoint { at_ms: n * 15_000, ..BatteryPoint::default() });
            assert!(course.points().len() <= COURSE_MAX);
        }
        let points = course.points();
        assert!(points.len() > COURSE_MAX / 3, "{}", points.len());
        assert!(points.windows(2).all(|pair| pair[0].at_ms < pair[1].at_ms));
        assert_eq!(points[0].at_ms, 0);
        assert_eq!(BatteryCourse::of(points[..5].to_vec()).points(), &points[..5]);
    }
}
