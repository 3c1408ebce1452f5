//! Which period a report that comes by itself is about, and when it is due.

use super::{ReportEvery, ReportRange, day_after};
use crate::time::{Local, MINUTE_MS, Timestamp, Zone};

/// A period that is over, and from when on its report is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportPeriod {
    pub range: ReportRange,
    pub due: Timestamp,
}

impl ReportEvery {
    /// The first day of the period that a day is in.
    fn begin(self, day: i64) -> i64 {
        match self {
            ReportEvery::Day => day,
            ReportEvery::Week => day_after(day, 1 - Local { day, hour: 0, minute: 0, second: 0 }.weekday()),
            ReportEvery::Month => day / 100 * 100 + 1,
        }
    }

    /// The latest one whose report is due by now: its day, week or month is over, and so many minutes of the next one.
    pub fn due(self, at_minute: i64, now: Timestamp) -> Option<ReportPeriod> {
        let zone = Zone::shanghai();
        let of = |day: i64| {
            let begin = self.begin(day);
            let to_day = day_after(begin, -1);
            let due = zone.day_start(begin)?.plus_ms(at_minute * MINUTE_MS);
            Some(ReportPeriod { range: ReportRange { from_day: self.begin(to_day), to_day }, due })
        };
        let latest = of(zone.local(now).day)?;
        if latest.due <= now {
            return Some(latest);
        }
        // The one before: any day of the period whose report is not due yet.
        of(latest.range.to_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_due_at_its_minute_of_the_next_one() {
        let at =
            |day: i64, minutes: i64| Zone::shanghai().day_start(day).unwrap().plus_ms(minutes * MINUTE_MS);
        use ReportEvery::*;
        // 23 November 2026 is a Monday; reports come at 8 o'clock.
        for (every, now, from_day, to_day) in [
            (Day, at(20_261_123, 480), 20_261_122, 20_261_122),
            (Day, at(20_261_123, 479), 20_261_121, 20_261_121),
            (Day, at(20_261_201, 600), 20_261_130, 20_261_130),
            (Week, at(20_261_123, 480), 20_261_116, 20_261_122),
            (Week, at(20_261_123, 479), 20_261_109, 20_261_115),
            (Week, at(20_261_129, 1_439), 20_261_116, 20_261_122),
            (Month, at(20_261_201, 480), 20_261_101, 20_261_130),
            (Month, at(20_261_201, 479), 20_261_001, 20_261_031),
            (Month, at(20_260_315, 0), 20_260_201, 20_260_228),
            (Month, at(20_270_101, 480), 20_261_201, 20_261_231),
        ] {
            let period = every.due(480, now).unwrap();
            assert_eq!(period.range, ReportRange { from_day, to_day }, "{every:?} {now:?}");
            assert!(period.due <= now);
        }
    }
}
