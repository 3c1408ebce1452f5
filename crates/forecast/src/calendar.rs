//! Days as people live them: working days, weekends, public holidays and the weekends that are worked for
//! them.

pub use jiff::civil::Date;

use jiff::civil::Weekday;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayKind {
    Working,
    Weekend,
    Holiday,
}

/// Days that are not what their weekday says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar(BTreeMap<Date, DayKind>);

impl Calendar {
    /// The days off that the State Council has announced; a year that it has not yet announced has
    /// weekends only.
    pub fn china() -> Calendar {
        Calendar::of(model::holiday::years())
    }

    /// The same of years that somebody has entered.
    pub fn of(years: &[model::holiday::HolidayYear]) -> Calendar {
        let mut days = BTreeMap::new();
        for year in years {
            let off = year.holidays.iter().flat_map(|holiday| &holiday.days);
            days.extend(off.filter_map(|day| Some((date_of(*day)?, DayKind::Holiday))));
            days.extend(year.workdays.iter().filter_map(|day| Some((date_of(*day)?, DayKind::Working))));
        }
        Calendar(days)
    }

    /// Weekdays only: for places whose holidays are not known.
    pub fn plain() -> Calendar {
        Calendar::default()
    }

    pub fn with(days: impl IntoIterator<Item = (Date, DayKind)>) -> Calendar {
        Calendar(days.into_iter().collect())
    }

    pub fn kind(&self, date: Date) -> DayKind {
        self.0.get(&date).copied().unwrap_or(match date.weekday() {
            Weekday::Saturday | Weekday::Sunday => DayKind::Weekend,
            _ => DayKind::Working,
        })
    }
}

/// Reads `2022-12-25`, and nothing that is longer or shorter.
pub fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == 10)
}

/// The day of a number like 20221225.
pub fn date_of(day: i64) -> Option<Date> {
    let part = |number: i64| i8::try_from(number).ok();
    Date::new(i16::try_from(day / 10_000).ok()?, part(day / 100 % 100)?, part(day % 100)?).ok()
}
