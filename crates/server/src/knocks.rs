//! A limit on wrong attempts per source address, for piles and people alike. The right password of
//! another source is never locked out by it.

use model::id::PileId;
use model::time::Timestamp;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong attempts that a source may make at once are a parameter; it gets back a tenth of them per second.
const BACK_PER_SECOND: f64 = 0.1;
/// Log-ins that a pile may make in a minute are another; it gets them back over that minute.
const MINUTE_S: f64 = 60.0;
/// Knocks of strangers that are written down at once, and per second, whoever they come from: each is
/// a write, and who makes up a new number for each knock must not keep the database busy.
const NOTES_BURST: f64 = 100.0;
const NOTES_PER_SECOND: f64 = 10.0;
/// Sources remembered; beyond it, those that have recovered are forgotten.
const SOURCES_MAX: usize = 20_000;

#[derive(Default)]
pub struct Knocks {
    sources: Mutex<HashMap<IpAddr, Bucket>>,
    piles: Mutex<HashMap<PileId, Bucket>>,
    notes: Mutex<Option<Bucket>>,
}

/// What is left of a burst, and when that was so.
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Bucket {
    fn refilled(&self, now: Timestamp, per_second: f64, burst: f64) -> f64 {
        (self.left + now.since(self.at).max(0) as f64 / 1_000.0 * per_second).min(burst)
    }

    fn of_source(&self, now: Timestamp, burst: f64) -> f64 {
        self.refilled(now, burst * BACK_PER_SECOND, burst)
    }
}

impl Knocks {
    pub fn may_try(&self, from: IpAddr, now: Timestamp, burst: u32) -> bool {
        let sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources.get(&from).is_none_or(|source| source.of_source(now, f64::from(burst)) >= 1.0)
    }

    pub fn failed(&self, from: IpAddr, now: Timestamp, burst: u32) {
        let burst = f64::from(burst);
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if sources.len() >= SOURCES_MAX {
            sources.retain(|_, source| source.of_source(now, burst) < burst);
        }
        let source = sources.entry(from).or_insert(Bucket { left: burst, at: now });
        source.left = source.of_source(now, burst) - 1.0;
        source.at = now;
    }

    /// Whether a pile, known and with the right password, may log in once more: each log-in is a write.
    pub fn may_enter(&self, pile: PileId, now: Timestamp, per_minute: u32) -> bool {
        let burst = f64::from(per_minute);
        let mut piles = self.piles.lock().unwrap_or_else(PoisonError::into_inner);
        let known = piles.entry(pile).or_insert(Bucket { left: burst, at: now });
        let left = known.refilled(now, burst / MINUTE_S, burst);
        let may = left >= 1.0;
        *known = Bucket { left: if may { left - 1.0 } else { left }, at: now };
        may
    }

    /// Whether one more knock of a stranger may be written down.
    pub fn may_note(&self, now: Timestamp) -> bool {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let notes = notes.get_or_insert(Bucket { left: NOTES_BURST, at: now });
        let left = notes.refilled(now, NOTES_PER_SECOND, NOTES_BURST);
        let may = left >= 1.0;
        *notes = Bucket { left: if may { left - 1.0 } else { left }, at: now };
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_written_down_at_a_bounded_pace() {
        let knocks = Knocks::default();
        let now = Timestamp::from_ms(1_000_000);
        let noted = |at: Timestamp| (0..1_000).filter(|_| knocks.may_note(at)).count();
        assert_eq!((noted(now), noted(now.plus_ms(1_000)), noted(now.plus_ms(60_000))), (100, 10, 100));
    }

    #[test]
    fn a_source_that_fails_too_often_must_wait_and_others_need_not() {
        let knocks = Knocks::default();
        let (thief, pile) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let now = Timestamp::from_ms(1_000_000);
        for _ in 0..200 {
            assert!(knocks.may_try(thief, now, 200));
            knocks.failed(thief, now, 200);
        }
        assert!(!knocks.may_try(thief, now, 200));
        assert!(knocks.may_try(pile, now, 200));
        assert!(knocks.may_try(thief, now.plus_ms(100), 200));
    }

    #[test]
    fn a_pile_that_logs_in_again_and_again_waits_and_others_need_not() {
        let (knocks, now) = (Knocks::default(), Timestamp::from_ms(1_000_000));
        let entered = |pile, at| (0..100).filter(|_| knocks.may_enter(PileId(pile), at, 30)).count();
        assert_eq!((entered(1, now), entered(1, now), entered(2, now)), (30, 0, 30));
        assert_eq!((entered(1, now.plus_ms(20_000)), entered(1, now.plus_ms(90_000))), (10, 30));
    }
}
