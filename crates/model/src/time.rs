//! Time: UTC milliseconds everywhere, a station's time zone only where a tariff is cut or a
//! business day is named. This file is the only one that may ask the system what time it is.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Milliseconds since 1970-01-01 UTC.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

pub const SECOND_MS: i64 = 1_000;
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

impl Timestamp {
    pub const fn from_ms(ms: i64) -> Timestamp {
        Timestamp(ms)
    }

    pub const fn as_ms(self) -> i64 {
        self.0
    }

    pub fn plus(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    pub const fn plus_ms(self, ms: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is the later one.
    pub const fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 with any offset. A time without an offset is taken as UTC, because OCPP 1.6
    /// piles are seen that leave the Z away. `None` for anything that is not a time.
    pub fn parse(text: &str) -> Option<Timestamp> {
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Some(Timestamp(at.as_millisecond()));
        }
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        let zoned = TimeZone::UTC.to_zoned(civil).ok()?;
        Some(Timestamp(zoned.timestamp().as_millisecond()))
    }

    /// RFC 3339 in UTC with milliseconds, e.g. `2026-07-15T02:30:05.000Z`.
    pub fn rfc3339(self) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(at) => format!("{at:.3}"),
            Err(_) => "9999-12-30T22:00:00.000Z".to_owned(),
        }
    }
}

/// Where the time comes from: the system's clock in service, a clock set by hand in tests.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: Timestamp) -> Clock {
        Clock::Manual(Arc::new(AtomicI64::new(start.as_ms())))
    }

    #[expect(clippy::disallowed_methods, reason = "the one door to the system's clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => {
                let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                Timestamp(since_epoch.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
            }
            Clock::Manual(ms) => Timestamp(ms.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; the system's clock does not listen.
    pub fn advance(&self, by: Duration) {
        if let Clock::Manual(ms) = self {
            ms.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

/// A station's time zone. Never the host's: a container in UTC must bill like a machine in Wuhan.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// What the clock on the station's wall shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// Business day as a number, 20260715.
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

impl Local {
    /// 1 is Monday, 7 Sunday.
    pub fn weekday(&self) -> i64 {
        let part = |value: i64| i8::try_from(value).unwrap_or(1);
        let year = i16::try_from(self.day / 10_000).unwrap_or(1970);
        let date = jiff::civil::Date::new(year, part(self.day / 100 % 100), part(self.day % 100));
        date.map_or(1, |date| i64::from(date.weekday().to_monday_one_offset()))
    }
}

impl Zone {
    pub const DEFAULT: &str = "Asia/Shanghai";

    pub fn parse(name: &str) -> Option<Zone> {
        let zone = TimeZone::get(name).ok()?;
        Some(Zone { name: name.to_owned(), zone })
    }

    /// Asia/Shanghai; a fixed +08:00 should the bundled zone table ever lack it.
    pub fn shanghai() -> Zone {
        Zone::parse(Zone::DEFAULT).unwrap_or_else(|| Zone {
            name: Zone::DEFAULT.to_owned(),
            zone: TimeZone::fixed(jiff::tz::offset(8)),
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn local(&self, at: Timestamp) -> Local {
        let civil = self.civil(at);
        Local {
            day: i64::from(civil.year()) * 10_000 + i64::from(civil.month()) * 100 + i64::from(civil.day()),
            hour: i64::from(civil.hour()),
            minute: i64::from(civil.minute()),
            second: i64::from(civil.second()),
        }
    }

    /// 0..48: which half hour of the local day this is.
    pub fn half_hour(&self, at: Timestamp) -> usize {
        let civil = self.civil(at);
        usize::from(civil.hour().unsigned_abs()) * 2 + usize::from(civil.minute() >= 30)
    }

    /// The next moment at which the local clock shows a full or half hour.
    pub fn next_half_hour(&self, at: Timestamp) -> Timestamp {
        let civil = self.civil(at);
        let into = (i64::from(civil.minute()) % 30) * MINUTE_MS
            + i64::from(civil.second()) * SECOND_MS
            + at.as_ms().rem_euclid(SECOND_MS);
        at.plus_ms(30 * MINUTE_MS - into)
    }

    /// The first moment of a local day given as 20260715; `None` for a day that does not exist.
    pub fn day_start(&self, day: i64) -> Option<Timestamp> {
        let date = jiff::civil::Date::new(
            i16::try_from(day / 10_000).ok()?,
            i8::try_from(day / 100 % 100).ok()?,
            i8::try_from(day % 100).ok()?,
        )
        .ok()?;
        let zoned = self.zone.to_zoned(date.at(0, 0, 0, 0)).ok()?;
        Some(Timestamp(zoned.timestamp().as_millisecond()))
    }

    /// The moment at which this zone's clock shows the given civil time.
    pub fn moment(&self, year: i16, month: i8, day: i8, ms_of_day: i64) -> Option<Timestamp> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        let midnight = self.zone.to_zoned(date.at(0, 0, 0, 0)).ok()?;
        (0..DAY_MS).contains(&ms_of_day).then(|| Timestamp(midnight.timestamp().as_millisecond() + ms_of_day))
    }

    fn civil(&self, at: Timestamp) -> jiff::civil::DateTime {
        let at = jiff::Timestamp::from_millisecond(at.as_ms()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        self.zone.to_datetime(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn the_station_clock_decides_the_day_and_the_half_hour() {
        let zone = Zone::shanghai();
        let late = at("2026-07-15T15:59:59.999Z");
        assert_eq!(zone.local(late), Local { day: 20_260_715, hour: 23, minute: 59, second: 59 });
        assert_eq!(zone.half_hour(late), 47);
        assert_eq!(zone.next_half_hour(late), at("2026-07-15T16:00:00Z"));
        assert_eq!(zone.half_hour(at("2026-07-15T16:00:00Z")), 0);
        assert_eq!(zone.next_half_hour(at("2026-07-15T16:00:00Z")), at("2026-07-15T16:30:00Z"));
        assert_eq!(zone.day_start(20_260_716), Some(at("2026-07-15T16:00:00Z")));
        assert_eq!(zone.day_start(20_260_231), None);
    }

    #[test]
    fn half_hours_also_work_where_the_offset_is_not_whole() {
        let kathmandu = Zone::parse("Asia/Kathmandu").unwrap();
        assert_eq!(kathmandu.next_half_hour(at("2026-07-15T00:00:00Z")), at("2026-07-15T00:15:00Z"));
    }

    #[test]
    fn times_are_read_with_and_without_an_offset() {
        assert_eq!(at("2026-07-15T10:30:00+08:00"), at("2026-07-15T02:30:00Z"));
        assert_eq!(at("2026-07-15T02:30:00"), at("2026-07-15T02:30:00Z"));
        assert_eq!(at("2026-07-15T02:30:05.123Z").rfc3339(), "2026-07-15T02:30:05.123Z");
        for bad in ["", "2026-13-01T00:00:00Z", "222222017-01-01T00:00:00Z", "yesterday"] {
            assert_eq!(Timestamp::parse(bad), None, "{bad}");
        }
    }
}
