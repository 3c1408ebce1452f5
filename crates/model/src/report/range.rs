//! Days of a report, in the numbers of the business: 20261123.

use super::ReportCompare;
use crate::time::Local;
use crate::{Error, Result};

/// Most days of one report.
pub const DAYS_MAX: i64 = 800;

/// What a bucket of time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    Hour,
    Day,
    Week,
    Month,
}

/// From a day to a day, both of them in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportRange {
    pub from_day: i64,
    pub to_day: i64,
}

/// Days since 1970-01-01 of a civil date, and back: proleptic Gregorian, no zone in it.
fn number(day: i64) -> i64 {
    let (year, month, of_month) = (day / 10_000, day / 100 % 100, day % 100);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + of_month - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(number: i64) -> i64 {
    let number = number + 719_468;
    let era = number.div_euclid(146_097);
    let of_era = number - era * 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    year * 10_000 + month * 100 + of_month
}

/// The day so many days after.
pub fn day_after(day: i64, days: i64) -> i64 {
    civil(number(day) + days)
}

pub fn days_between(from_day: i64, to_day: i64) -> i64 {
    number(to_day) - number(from_day)
}

fn weekday(day: i64) -> i64 {
    Local { day, hour: 0, minute: 0, second: 0 }.weekday()
}

impl Grain {
    /// The name of the bucket that an hour of a day is in: the number of its first day, of its month, or the hour with its day.
    pub fn bucket(self, day: i64, hour: i64) -> i64 {
        match self {
            Grain::Hour => day * 100 + hour,
            Grain::Day => day,
            Grain::Week => day_after(day, 1 - weekday(day)),
            Grain::Month => day / 100,
        }
    }
}

impl ReportRange {
    pub fn new(from_day: i64, to_day: i64) -> Result<ReportRange> {
        let real = |day: i64| (19_700_101..=99_991_231).contains(&day) && civil(number(day)) == day;
        for (field, day) in [("from_day", from_day), ("to_day", to_day)] {
            if !real(day) {
                return Err(Error::invalid(
                    field,
                    format!("{day} 不是一个日期，请按 20260131 的形式填写"),
                    format!("{day} is no date; write it like 20260131."),
                ));
            }
        }
        let range = ReportRange { from_day, to_day };
        match range.days() {
            1..=DAYS_MAX => Ok(range),
            ..=0 => Err(Error::invalid(
                "to_day",
                "结束日期早于开始日期，请调整日期范围",
                "The range ends before it begins; change its days.",
            )),
            _ => Err(Error::invalid(
                "to_day",
                format!("一份报表最多 {DAYS_MAX} 天，请缩短日期范围"),
                format!("A report has at most {DAYS_MAX} days; choose fewer."),
            )),
        }
    }

    pub fn days(&self) -> i64 {
        days_between(self.from_day, self.to_day) + 1
    }

    /// The days that it is compared with.
    pub fn before(&self, compare: ReportCompare) -> ReportRange {
        match compare {
            ReportCompare::Previous => ReportRange {
                from_day: day_after(self.from_day, -self.days()),
                to_day: day_after(self.from_day, -1),
            },
            ReportCompare::Year => {
                let earlier = |day: i64| {
                    let same = day - 10_000;
                    // The 29th of February has no other but the 28th.
                    if civil(number(same)) == same { same } else { same - 1 }
                };
                ReportRange { from_day: earlier(self.from_day), to_day: earlier(self.to_day) }
            }
        }
    }
}

/// All buckets of a range in their order, also those in which nothing was.
pub fn buckets(grain: Grain, range: &ReportRange) -> Vec<i64> {
    let mut all = Vec::new();
    for n in 0..range.days() {
        let day = day_after(range.from_day, n);
        for hour in 0..if grain == Grain::Hour { 24 } else { 1 } {
            let bucket = grain.bucket(day, hour);
            if all.last() != Some(&bucket) {
                all.push(bucket);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_months_years_and_leap_days() {
        for (day, days, expected) in [
            (20_261_231, 1, 20_270_101),
            (20_280_228, 1, 20_280_229),
            (20_270_228, 1, 20_270_301),
            (20_000_301, -1, 20_000_229),
            (21_000_301, -1, 21_000_228),
            (20_261_123, 0, 20_261_123),
            (20_261_123, -730, 20_241_123),
        ] {
            assert_eq!(day_after(day, days), expected);
            assert_eq!(days_between(day, expected), days);
        }
    }

    #[test]
    fn weeks_begin_on_monday() {
        // 23 November 2026 is a Monday.
        for (day, monday) in [(20_261_122, 20_261_116), (20_261_123, 20_261_123), (20_261_129, 20_261_123)] {
            assert_eq!(Grain::Week.bucket(day, 5), monday);
        }
        assert_eq!(Grain::Month.bucket(20_261_123, 5), 202_611);
        assert_eq!(Grain::Hour.bucket(20_261_123, 5), 2_026_112_305);
    }

    #[test]
    fn a_range_is_compared_with_as_many_days_before_or_a_year_before() {
        let range = ReportRange::new(20_280_227, 20_280_229).unwrap();
        let before = range.before(ReportCompare::Previous);
        assert_eq!((before.from_day, before.to_day), (20_280_224, 20_280_226));
        let year = range.before(ReportCompare::Year);
        assert_eq!((year.from_day, year.to_day), (20_270_227, 20_270_228));
    }

    #[test]
    fn days_that_are_none_and_ranges_without_end_are_refused() {
        for (from, to, field) in [
            (20_260_230, 20_260_301, "from_day"),
            (20_260_201, 20_261_301, "to_day"),
            (20_260_202, 20_260_201, "to_day"),
            (20_240_101, 20_261_123, "to_day"),
            (0, 20_260_201, "from_day"),
            (i64::MIN, i64::MAX, "from_day"),
        ] {
            let why = ReportRange::new(from, to).unwrap_err();
            assert_eq!(why.field.as_deref(), Some(field), "{from} {to}");
        }
        assert_eq!(ReportRange::new(20_261_123, 20_261_123).unwrap().days(), 1);
    }

    #[test]
    fn buckets_have_no_gaps() {
        let range = ReportRange::new(20_261_128, 20_261_201).unwrap();
        assert_eq!(buckets(Grain::Day, &range), [20_261_128, 20_261_129, 20_261_130, 20_261_201]);
        assert_eq!(buckets(Grain::Week, &range), [20_261_123, 20_261_130]);
        assert_eq!(buckets(Grain::Month, &range), [202_611, 202_612]);
        assert_eq!(buckets(Grain::Hour, &range).len(), 96);
    }
}
