//! 占位费: what a car costs that stays plugged in after its charge. Only time of which the pile has shown that the plug
//! is in counts, and only within the hours of the plan.

use crate::channel::WebhookEvent;
use crate::message::MessageEvent;
use crate::money::Fen;
use crate::time::{MINUTE_MS, Timestamp, Zone};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

crate::words! {
    OccupancyState {
        /// 占位中: the plug is in, as far as is known.
        Running = "running",
        /// 已结束: the plug is out, and the fee, if there is one, waits for the order's bill.
        Ended = "ended",
        /// 已入账: the fee is part of what the order asks for; it may be none.
        Charged = "charged",
        /// 已免除: a person has waived it, or it could not be asked for.
        Waived = "waived",
    }

    /// What the driver of a car that stays plugged in is told, each once for an order.
    OccupancyStage {
        /// 免费时长开始
        Free = "free",
        /// 免费时长将尽
        Soon = "soon",
        /// 开始计费
        Fee = "fee",
        /// 已封顶
        Cap = "cap",
    }

    /// Up to when it was counted.
    OccupancyEnd {
        /// The pile has shown that the plug is out.
        Unplugged = "unplugged",
        /// The link was lost: the last moment at which the plug was known to be in counts.
        LinkLost = "link_lost",
        /// The connector has a fault or is out of service, so that nothing is known of the plug.
        Unknown = "unknown",
        /// The next session began on the connector.
        NextSession = "next_session",
        /// Nothing counts any more after so long.
        TooLong = "too_long",
    }
}

impl OccupancyStage {
    /// As which event other systems are told.
    pub fn event(self) -> WebhookEvent {
        match self {
            OccupancyStage::Free => WebhookEvent::OccupancyBegan,
            OccupancyStage::Soon => WebhookEvent::OccupancyWarned,
            OccupancyStage::Fee => WebhookEvent::OccupancyFeeBegan,
            OccupancyStage::Cap => WebhookEvent::OccupancyCapped,
        }
    }

    /// Which message the driver gets.
    pub fn message(self) -> MessageEvent {
        match self {
            OccupancyStage::Free => MessageEvent::OccupationFree,
            OccupancyStage::Soon => MessageEvent::Occupation,
            OccupancyStage::Fee => MessageEvent::OccupationFee,
            OccupancyStage::Cap => MessageEvent::OccupationCap,
        }
    }
}

/// A car that was left for longer is a matter for people.
pub const OCCUPANCY_MAX_MS: i64 = 3 * 24 * 60 * MINUTE_MS;
/// A link that comes back within this finds the same car, even where the pile does not say so.
pub const SAME_CAR_MS: i64 = 2 * MINUTE_MS;
/// So long before the fee begins its driver is told.
pub const OCCUPANCY_WARN_MS: i64 = 5 * MINUTE_MS;

const FREE_MAX: i64 = 24 * 60;
const PER_MINUTE_MAX: i64 = 1_000;
const CAP_MAX: i64 = 100_000;
const DAY_MINUTES: i64 = 24 * 60;

/// What a station asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OccupancyRule {
    pub free_minutes: i64,
    pub fen_per_minute: i64,
    /// At most so much for one order.
    pub cap_fen: i64,
    /// Minutes of the station's day between which it counts; over midnight where the end is not after the
    /// beginning. 0 to 1440: all day.
    pub from_minute: i64,
    pub to_minute: i64,
}

fn within(field: &'static str, value: i64, (least, most): (i64, i64), zh: &str, en: &str) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(field, zh.to_owned(), en.to_owned()))
}

impl OccupancyRule {
    pub fn checked(self) -> Result<OccupancyRule> {
        within(
            "free_minutes",
            self.free_minutes,
            (0, FREE_MAX),
            "免费时长应为 0 到 1440 分钟的整数",
            "The free time is 0 to 1440 whole minutes.",
        )?;
        within(
            "fen_per_minute",
            self.fen_per_minute,
            (1, PER_MINUTE_MAX),
            "占位单价应在每分钟 0.01 到 10 元之间；不收费请停用",
            "A minute costs 0.01 to 10 yuan; switch the plan off to charge nothing.",
        )?;
        within(
            "cap_fen",
            self.cap_fen,
            (self.fen_per_minute, CAP_MAX),
            "封顶金额应不低于一分钟的单价，且不超过 1000 元",
            "The cap is at least the price of a minute and at most 1000 yuan.",
        )?;
        let clock =
            (0..DAY_MINUTES).contains(&self.from_minute) && (1..=DAY_MINUTES).contains(&self.to_minute);
        if !clock || self.from_minute == self.to_minute {
            return Err(Error::invalid(
                "from_minute",
                "计费时段应在 00:00 到 24:00 之间，开始与结束不能相同；全天请填 00:00 到 24:00",
                "The hours lie between 00:00 and 24:00 and do not begin when they end; 00:00 to 24:00 is all day.",
            ));
        }
        Ok(self)
    }

    fn counts_at(&self, minute: i64) -> bool {
        if self.from_minute < self.to_minute {
            return (self.from_minute..self.to_minute).contains(&minute);
        }
        minute >= self.from_minute || minute < self.to_minute
    }

    /// When it begins to cost something.
    pub fn free_until(&self, began: Timestamp) -> Timestamp {
        began.plus_ms(self.free_minutes * MINUTE_MS)
    }

    /// What of a stretch is neither free nor outside the hours.
    pub fn counted_ms(&self, zone: &Zone, began: Timestamp, (from, to): (Timestamp, Timestamp)) -> i64 {
        let from = from.max(self.free_until(began));
        let to = to.min(from.plus_ms(OCCUPANCY_MAX_MS));
        if self.from_minute == 0 && self.to_minute == DAY_MINUTES {
            return to.since(from).max(0);
        }
        let (mut at, mut counted) = (from, 0);
        while at < to {
            let local = zone.local(at);
            // The clock of a zone is a whole number of minutes off, so that minutes begin together everywhere.
            let next = at.plus_ms(MINUTE_MS - at.as_ms().rem_euclid(MINUTE_MS)).min(to);
            if self.counts_at(local.hour * 60 + local.minute) {
                counted += next.since(at);
            }
            at = next;
        }
        counted
    }

    /// Only whole minutes cost something.
    pub fn fee(&self, counted_ms: i64) -> Fen {
        let minutes = counted_ms.max(0) / MINUTE_MS;
        Fen(minutes.saturating_mul(self.fen_per_minute).min(self.cap_fen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(free_minutes: i64, fen_per_minute: i64, cap_fen: i64, from: i64, to: i64) -> OccupancyRule {
        OccupancyRule { free_minutes, fen_per_minute, cap_fen, from_minute: from, to_minute: to }
    }

    #[test]
    fn a_plan_is_refused_by_the_field_that_is_wrong() {
        for (one, field) in [
            (rule(0, 1, 1, 0, 1_440), None),
            (rule(1_440, 1_000, 100_000, 1_320, 360), None),
            (rule(-1, 1, 1, 0, 1_440), Some("free_minutes")),
            (rule(1_441, 1, 1, 0, 1_440), Some("free_minutes")),
            (rule(0, 0, 1, 0, 1_440), Some("fen_per_minute")),
            (rule(0, 1_001, 2_000, 0, 1_440), Some("fen_per_minute")),
            (rule(0, 5, 4, 0, 1_440), Some("cap_fen")),
            (rule(0, 5, 100_001, 0, 1_440), Some("cap_fen")),
            (rule(0, 5, 5, 60, 60), Some("from_minute")),
            (rule(0, 5, 5, -1, 60), Some("from_minute")),
            (rule(0, 5, 5, 0, 1_441), Some("from_minute")),
            (rule(0, 5, 5, 0, 0), Some("from_minute")),
        ] {
            assert_eq!(one.checked().err().and_then(|why| why.field).as_deref(), field, "{one:?}");
        }
    }

    /// The plan, the stretch in seconds from 12:00 of Shanghai → what counts, in seconds.
    #[test]
    fn what_is_free_and_what_lies_outside_the_hours_counts_not() {
        let noon = Timestamp::parse("2026-07-15T04:00:00Z").unwrap();
        let zone = Zone::shanghai();
        let all = rule(15, 50, 5_000, 0, 1_440);
        for (one, from, to, counted) in [
            (all, 0, 900, 0),
            (all, 0, 901, 1),
            (all, 0, 1_800, 900),
            (all, 1_000, 1_100, 100),
            (all, 1_100, 1_000, 0),
            (rule(0, 50, 5_000, 720, 735), 0, 3_600, 900),
            (rule(0, 50, 5_000, 721, 735), 30, 90, 30),
            // 22:00 to 06:00, over midnight.
            (rule(0, 50, 5_000, 1_320, 360), 9 * 3_600, 11 * 3_600, 3_600),
            (rule(0, 50, 5_000, 1_320, 360), 17 * 3_600, 19 * 3_600, 3_600),
            (rule(0, 50, 5_000, 1_320, 360), 0, 3_600, 0),
            (rule(0, 50, 5_000, 0, 1_440), 0, 100 * 3_600, 72 * 3_600),
        ] {
            let stretch = (noon.plus_ms(from * 1_000), noon.plus_ms(to * 1_000));
            assert_eq!(one.counted_ms(&zone, noon, stretch), counted * 1_000, "{one:?} {from} {to}");
        }
    }

    #[test]
    fn whole_minutes_cost_up_to_the_cap() {
        let one = rule(0, 50, 120, 0, 1_440);
        for (seconds, fen) in
            [(-5, 0), (0, 0), (59, 0), (60, 50), (119, 50), (120, 100), (180, 120), (9_000, 120)]
        {
            assert_eq!(one.fee(seconds * 1_000), Fen(fen), "{seconds}");
        }
        assert_eq!(rule(0, 1_000, 100_000, 0, 1_440).fee(i64::MAX), Fen(100_000));
    }
}
