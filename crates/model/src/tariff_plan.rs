//! 调价计划: which version some stations show from a moment on, and what became of it at each pile.

use crate::time::{DAY_MS, Timestamp};
use crate::{Error, Result};

crate::words! {
    TariffPlanState {
        /// 待生效
        Scheduled = "scheduled",
        /// 已生效
        Effective = "effective",
        /// 已撤回
        Withdrawn = "withdrawn",
    }

    /// Where a pile stands between the version that its station shows and the one that it bills by.
    DeliveryState {
        /// 无需下发: the platform bills (OCPP).
        NotNeeded = "not_needed",
        /// 未到时间
        Scheduled = "scheduled",
        /// 等待上线
        Offline = "offline",
        /// 等待空闲: a tariff is not changed while a car charges.
        Charging = "charging",
        /// 等待下发: the next try has its time.
        Waiting = "waiting",
        /// 已下发: the pile's answer is awaited.
        Sent = "sent",
        /// 已确认
        Confirmed = "confirmed",
        /// 被拒绝: the pile said no; it is asked again later.
        Refused = "refused",
        /// 自有计费模型: the pile has a tariff of its own, which no plan of its station touches.
        Own = "own",
        /// 已被取代: a later version came before this one was confirmed.
        Superseded = "superseded",
    }

    /// Whether the pile has the version that its station shows.
    TariffMatch {
        Same = "same",
        Different = "different",
        /// It has not said yet which one it has.
        Unknown = "unknown",
        /// The platform bills, or the station shows none.
        NotNeeded = "not_needed",
    }
}

/// How far ahead a change can be planned.
pub const AHEAD_MAX_MS: i64 = 366 * DAY_MS;

/// After the first, second, … failed attempt the next one comes so many minutes later; then always as
/// long as after the last of these.
const BACK_OFF_MINUTES: [i64; 6] = [1, 2, 5, 15, 60, 360];

/// When a pile is asked again after this many attempts have come to nothing.
pub fn next_try(now: Timestamp, attempts: i64) -> Timestamp {
    let place = usize::try_from(attempts - 1).unwrap_or(0).min(BACK_OFF_MINUTES.len() - 1);
    now.plus_ms(BACK_OFF_MINUTES[place] * crate::time::MINUTE_MS)
}

/// The moment of a plan: now where none is given, else one that is still to come.
pub fn effective_checked(effective_ms: Option<i64>, now: Timestamp) -> Result<Timestamp> {
    let Some(ms) = effective_ms else { return Ok(now) };
    let ahead = ms.saturating_sub(now.as_ms());
    if ahead <= 0 {
        return Err(Error::invalid(
            "effective_ms",
            "生效时间已经过去；请选择将来的时间，或选择“立即生效”",
            "This moment has passed. Choose one that is still to come, or let it take effect at once.",
        ));
    }
    if ahead > AHEAD_MAX_MS {
        return Err(Error::invalid(
            "effective_ms",
            "生效时间最多可提前 366 天安排，请选择更近的时间",
            "A change can be planned at most 366 days ahead; choose an earlier moment.",
        ));
    }
    Ok(Timestamp::from_ms(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_try_comes_later_each_time_up_to_six_hours() {
        let minutes = |attempts| next_try(Timestamp::from_ms(0), attempts).as_ms() / 60_000;
        assert_eq!([0, 1, 2, 3, 6, 7, 1_000].map(minutes), [1, 1, 2, 5, 360, 360, 360]);
    }

    #[test]
    fn a_plan_lies_ahead_by_a_year_at_most() {
        let now = Timestamp::from_ms(1_000_000);
        assert_eq!(effective_checked(None, now).unwrap(), now);
        for (ahead, fine) in
            [(-1, false), (0, false), (1, true), (AHEAD_MAX_MS, true), (AHEAD_MAX_MS + 1, false)]
        {
            assert_eq!(effective_checked(Some(now.as_ms() + ahead), now).is_ok(), fine, "{ahead}");
        }
        assert!(
            effective_checked(Some(i64::MIN), now).is_err()
                && effective_checked(Some(i64::MAX), now).is_err()
        );
    }
}
