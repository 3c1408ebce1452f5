//! 日类型: which table of a tariff holds on which day. A version has a table for every day and may have
//! others for seasons, days of the week and dates.
//!
//! One order of precedence: dates > days of the week within a season > season > days of the week > the
//! table of all other days. An order is billed by the table of the local day on which it began.

use crate::energy::Energy;
use crate::money::Amount;
use crate::tariff::{Period, Tariff};
use crate::time::{Timestamp, Zone};
use crate::{Error, Result};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A pile keeps one table at a time, and each has a number of its own: a dozen of them is plenty.
pub const KINDS_MAX: usize = 8;
/// Dates of all tables of one version, made-up working days included.
pub const DATES_MAX: usize = 400;
pub const KIND_NAME_MAX: usize = 16;
const DAYS: std::ops::RangeInclusive<i64> = 20_200_101..=20_991_231;
/// The 29th of February falls on each day of the week at least once in these days.
const SCAN_DAYS: usize = 15_000;

/// Days of the year from one to the other, both included, over the turn of the year when it ends before it
/// begins. Where there is no 29th of February, a season up to it ends on the 28th and one from it on
/// begins on the 1st of March.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Season {
    /// Month × 100 + day: 701 is the 1st of July.
    pub from_mmdd: i64,
    pub to_mmdd: i64,
}

impl Season {
    pub fn holds(self, day: i64) -> bool {
        let mmdd = day % 10_000;
        if self.from_mmdd <= self.to_mmdd {
            (self.from_mmdd..=self.to_mmdd).contains(&mmdd)
        } else {
            mmdd >= self.from_mmdd || mmdd <= self.to_mmdd
        }
    }
}

/// A named table and the days on which it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayKind {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Season>,
    /// 1 is Monday, 7 Sunday; within the season, if there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<i64>,
    /// 20260217, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<i64>,
    /// The number under which 云快充 piles keep this table.
    pub model_no: u16,
    #[serde(flatten)]
    pub table: Tariff,
}

/// By what a table holds on a day; the greatest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Weekday,
    Season,
    SeasonWeekday,
    Dated,
}

impl DayKind {
    fn recurs(&self) -> Option<Level> {
        match (self.season, self.weekdays.is_empty()) {
            (None, true) => None,
            (None, false) => Some(Level::Weekday),
            (Some(_), true) => Some(Level::Season),
            (Some(_), false) => Some(Level::SeasonWeekday),
        }
    }

    fn level(&self, day: i64, weekday: i64) -> Option<Level> {
        if self.dates.binary_search(&day).is_ok() {
            return Some(Level::Dated);
        }
        let in_season = self.season.is_none_or(|season| season.holds(day));
        let on_weekday = self.weekdays.is_empty() || self.weekdays.contains(&weekday);
        self.recurs().filter(|_| in_season && on_weekday)
    }

    /// The first day from `from` on that both claim on the same level.
    fn meets(&self, other: &DayKind, from: i64) -> Option<i64> {
        if let Some(day) = self.dates.iter().find(|day| other.dates.binary_search(day).is_ok()) {
            return Some(*day);
        }
        let level = self.recurs().filter(|level| other.recurs() == Some(*level))?;
        let season =
            |day: i64| [self, other].iter().all(|kind| kind.season.is_none_or(|season| season.holds(day)));
        let named = |kind: &DayKind, weekday| level == Level::Season || kind.weekdays.contains(&weekday);
        let shared = |weekday| named(self, weekday) && named(other, weekday);
        // A leap year has every day that a season can name.
        if !(1..=7).any(shared) || !days_from(20_240_101).take(366).any(season) {
            return None;
        }
        days_from(from).take(SCAN_DAYS).find(|day| season(*day) && shared(weekday(*day)))
    }
}

/// One published version: its tables and when each holds. `kinds` is empty where all days are alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TariffCalendar {
    #[serde(flatten)]
    pub base: Tariff,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<DayKind>,
    /// 调休上班日, ascending: days of a weekend that are worked and count as a Monday.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workdays: Vec<i64>,
}

impl From<Tariff> for TariffCalendar {
    fn from(base: Tariff) -> TariffCalendar {
        TariffCalendar { base, kinds: Vec::new(), workdays: Vec::new() }
    }
}

impl TariffCalendar {
    /// Which table holds on a local day: 0 is that of all other days, then the kinds as they stand.
    pub fn place(&self, day: i64) -> usize {
        if self.kinds.is_empty() {
            return 0;
        }
        let worked = self.workdays.binary_search(&day).is_ok();
        let weekday = if worked { 1 } else { weekday(day) };
        let held = self.kinds.iter().enumerate();
        let held = held.filter_map(|(at, kind)| kind.level(day, weekday).map(|level| (level, at + 1)));
        held.max().map_or(0, |(_, place)| place)
    }

    /// Without asking the clock where all days are alike: this is on the way of every start.
    pub fn place_at(&self, zone: &Zone, at: Timestamp) -> usize {
        if self.kinds.is_empty() { 0 } else { self.place(zone.local(at).day) }
    }

    pub fn kind(&self, place: usize) -> Option<&DayKind> {
        place.checked_sub(1).and_then(|at| self.kinds.get(at))
    }

    pub fn table(&self, place: usize) -> &Tariff {
        self.kind(place).map_or(&self.base, |kind| &kind.table)
    }

    /// The table for an order that began at this moment.
    pub fn table_at(&self, zone: &Zone, at: Timestamp) -> &Tariff {
        self.table(self.place_at(zone, at))
    }

    /// The first day after this one on which another table holds, and that table.
    pub fn next_change(&self, day: i64) -> Option<(i64, usize)> {
        if self.kinds.is_empty() {
            return None;
        }
        let now = self.place(day);
        days_from(day).skip(1).take(800).map(|day| (day, self.place(day))).find(|(_, place)| *place != now)
    }

    /// The table of each day of a year.
    pub fn year(&self, year: i64) -> Vec<usize> {
        days_from(year * 10_000 + 101)
            .take_while(|day| day / 10_000 == year)
            .map(|day| self.place(day))
            .collect()
    }

    /// The least and the most that a pile can have asked for these energies, which had one of these
    /// tables at each moment.
    pub fn bounds(&self, places: &BTreeSet<usize>, energies: [Energy; 4]) -> (Amount, Amount) {
        let mut sums = (Amount(0), Amount(0));
        for (period, energy) in Period::ALL.into_iter().zip(energies) {
            let costs = places.iter().map(|place| {
                let rate = self.table(*place).rate(period);
                (rate.electricity + rate.service).of(energy)
            });
            let costs: Vec<Amount> = costs.collect();
            sums.0 = sums.0 + costs.iter().copied().min().unwrap_or(Amount(0));
            sums.1 = sums.1 + costs.iter().copied().max().unwrap_or(Amount(0));
        }
        sums
    }

    /// The tables of all local days between two moments.
    pub fn places_between(&self, zone: &Zone, from: Timestamp, to: Timestamp) -> BTreeSet<usize> {
        let (first, last) = (zone.local(from).day, zone.local(to).day);
        days_from(first).take(20).take_while(|day| *day <= last).map(|day| self.place(day)).collect()
    }

    /// Each day has exactly one table, and each table a rule; sorts what was given in any order.
    pub fn checked(mut self, today: i64) -> Result<TariffCalendar> {
        if self.kinds.len() > KINDS_MAX {
            return Err(Error::invalid(
                "kinds",
                format!("除基本日以外最多 {KINDS_MAX} 种日类型，请合并或删去几种"),
                format!(
                    "There are at most {KINDS_MAX} kinds of days beside the others; merge or remove some."
                ),
            ));
        }
        let mut count = self.workdays.len();
        for kind in &mut self.kinds {
            kind.season.map_or(Ok(()), |season| season_checked(&kind.name, season))?;
            listed(&mut kind.weekdays, |day| (1..=7).contains(&day), || wrong_weekday(&kind.name))?;
            listed(&mut kind.dates, is_day, || wrong_date("kinds.dates", &kind.name))?;
            count += kind.dates.len();
            if kind.recurs().is_none() && kind.dates.is_empty() {
                return Err(Error::invalid(
                    "kinds.rule",
                    format!("日类型“{}”没有适用规则，请设置季节、星期或日期中的至少一项", kind.name),
                    format!("{:?} holds on no day: give it a season, days of the week or dates.", kind.name),
                ));
            }
        }
        listed(&mut self.workdays, is_day, || wrong_date("workdays", WORKED.0))?;
        if count > DATES_MAX {
            return Err(Error::invalid(
                "kinds.dates",
                format!("一个版本最多列出 {DATES_MAX} 个日期，现为 {count} 个；过去的日期可以删去"),
                format!(
                    "A version names at most {DATES_MAX} dates; {count} were given. Past ones can be left out."
                ),
            ));
        }
        self.distinct(today)?;
        Ok(self)
    }

    fn distinct(&self, today: i64) -> Result<()> {
        for (at, kind) in self.kinds.iter().enumerate() {
            for other in &self.kinds[..at] {
                if other.name == kind.name {
                    return Err(Error::invalid(
                        "kinds.name",
                        format!("有两种日类型都叫“{}”，请改名", kind.name),
                        format!("Two kinds of days are called {:?}; rename one.", kind.name),
                    ));
                }
                if let Some(day) = other.meets(kind, today) {
                    return Err(overlap((&other.name, &other.name), (&kind.name, &kind.name), day));
                }
            }
            if let Some(day) = kind.dates.iter().find(|day| self.workdays.binary_search(day).is_ok()) {
                return Err(overlap((&kind.name, &kind.name), WORKED, *day));
            }
        }
        Ok(())
    }
}

const WORKED: (&str, &str) = ("调休上班日", "made-up working days");

fn overlap(one: (&str, &str), other: (&str, &str), day: i64) -> Error {
    let shown = format!("{}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100);
    Error::invalid(
        "kinds.rule",
        format!(
            "“{}”与“{}”规则重叠，最早在 {shown} 同时适用；请改小其中一个的范围，或用更高一级的规则（日期 > 季节内的星期 > 季节 > 星期）",
            one.0, other.0
        ),
        format!(
            "{:?} and {:?} overlap on the same level, first on {shown}. Narrow one of them, or use a rule of a higher level (dates > weekdays within a season > season > weekdays).",
            one.1, other.1
        ),
    )
}

fn season_checked(name: &str, season: Season) -> Result<()> {
    if is_day(20_240_000 + season.from_mmdd) && is_day(20_240_000 + season.to_mmdd) {
        return Ok(());
    }
    Err(Error::invalid(
        "kinds.season",
        format!("日类型“{name}”的季节应为存在的月日，例如 06-01 到 08-31；结束早于开始表示跨年"),
        format!(
            "The season of {name:?} is from one day of the year to another, as 06-01 to 08-31; an end before the beginning means over the turn of the year."
        ),
    ))
}

fn wrong_weekday(name: &str) -> Error {
    Error::invalid(
        "kinds.weekdays",
        format!("日类型“{name}”的星期应为 1（周一）到 7（周日）"),
        format!("The days of the week of {name:?} are 1 (Monday) to 7 (Sunday)."),
    )
}

fn wrong_date(field: &'static str, name: &str) -> Error {
    Error::invalid(
        field,
        format!("“{name}”中有不存在的日期；日期应为 2020 到 2099 年之间，写作 20260217"),
        format!(
            "{name:?} names a date that does not exist; dates are between 2020 and 2099, written as 20260217."
        ),
    )
}

fn listed(days: &mut Vec<i64>, fine: fn(i64) -> bool, wrong: impl Fn() -> Error) -> Result<()> {
    days.sort_unstable();
    days.dedup();
    if days.iter().all(|day| fine(*day)) { Ok(()) } else { Err(wrong()) }
}

fn is_day(day: i64) -> bool {
    DAYS.contains(&day) && date(day).is_some()
}

fn date(day: i64) -> Option<Date> {
    let part = |value: i64| i8::try_from(value).ok();
    Date::new(i16::try_from(day / 10_000).ok()?, part(day / 100 % 100)?, part(day % 100)?).ok()
}

/// 1 is Monday.
fn weekday(day: i64) -> i64 {
    date(day).map_or(1, |date| i64::from(date.weekday().to_monday_one_offset()))
}

/// This day and all that follow.
pub fn days_from(day: i64) -> impl Iterator<Item = i64> {
    std::iter::successors(date(day), |date| date.tomorrow().ok())
        .map(|date| i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day()))
}

#[cfg(test)]
mod tests;
