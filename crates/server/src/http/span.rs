//! Over which time a list goes when nothing is said of it.

use model::time::{Timestamp, Zone};
use model::{Error, Result};

/// From and to, exclusive. Neither given: this month, or all times where one thing is named, whenever it was.
pub fn time_span(
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    named: bool,
    now: Timestamp,
) -> Result<(i64, i64)> {
    let (from, to) = if named { (0, i64::MAX) } else { month(now) };
    let (from, to) = match (from_ms, to_ms) {
        (None, None) => (from, to),
        (from, to) => (from.unwrap_or(0), to.unwrap_or(i64::MAX)),
    };
    if from <= to {
        return Ok((from, to));
    }
    Err(Error::invalid(
        "to_ms",
        "结束时间早于开始时间，请重新选择时间范围",
        "The end of the time range is before its start.",
    ))
}

/// The month in which `now` lies, by the platform's clock.
fn month(now: Timestamp) -> (i64, i64) {
    let zone = Zone::shanghai();
    let day = zone.local(now).day;
    let first = day - day % 100 + 1;
    let next = if first / 100 % 100 == 12 { first + 8_900 } else { first + 100 };
    let start = |day| zone.day_start(day).map(Timestamp::as_ms);
    (start(first).unwrap_or(0), start(next).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn the_default_is_this_month_of_the_platform() {
        let (from, to) = time_span(None, None, false, at("2026-12-31T16:30:00Z")).unwrap();
        assert_eq!(from, at("2026-12-31T16:00:00Z").as_ms());
        assert_eq!(to, at("2027-01-31T16:00:00Z").as_ms());
        let (from, to) = time_span(None, None, false, at("2026-12-31T15:59:59Z")).unwrap();
        assert_eq!(from, at("2026-11-30T16:00:00Z").as_ms());
        assert_eq!(to, at("2026-12-31T16:00:00Z").as_ms());
    }

    #[test]
    fn what_is_named_is_found_whenever_it_was_and_what_was_said_counts() {
        let now = at("2026-12-31T16:30:00Z");
        assert_eq!(time_span(None, None, true, now).unwrap(), (0, i64::MAX));
        assert_eq!(time_span(Some(5), None, false, now).unwrap(), (5, i64::MAX));
        assert_eq!(time_span(None, Some(5), true, now).unwrap(), (0, 5));
        assert_eq!(time_span(Some(6), Some(5), false, now).unwrap_err().field.as_deref(), Some("to_ms"));
    }
}
