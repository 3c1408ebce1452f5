//! A limit on wrong attempts per source address, for piles and people alike. The right password of
//! another source is never locked out by it.

use model::time::Timestamp;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong attempts that a source may make at once, and how many it gets back per second.
const BURST: f64 = 200.0;
const PER_SECOND: f64 = 20.0;
/// Sources remembered; beyond it, those that have recovered are forgotten.
const SOURCES_MAX: usize = 20_000;

#[derive(Default)]
pub struct Knocks {
    sources: Mutex<HashMap<IpAddr, Source>>,
}

struct Source {
    left: f64,
    at: Timestamp,
}

impl Source {
    fn refilled(&self, now: Timestamp) -> f64 {
        (self.left + now.since(self.at).max(0) as f64 / 1_000.0 * PER_SECOND).min(BURST)
    }
}

impl Knocks {
    pub fn may_try(&self, from: IpAddr, now: Timestamp) -> bool {
        let sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources.get(&from).is_none_or(|source| source.refilled(now) >= 1.0)
    }

    pub fn failed(&self, from: IpAddr, now: Timestamp) {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if sources.len() >= SOURCES_MAX {
            sources.retain(|_, source| source.refilled(now) < BURST);
        }
        let source = sources.entry(from).or_insert(Source { left: BURST, at: now });
        source.left = source.refilled(now) - 1.0;
        source.at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_fails_too_often_must_wait_and_others_need_not() {
        let knocks = Knocks::default();
        let (thief, pile) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let now = Timestamp::from_ms(1_000_000);
        for _ in 0..200 {
            assert!(knocks.may_try(thief, now));
            knocks.failed(thief, now);
        }
        assert!(!knocks.may_try(thief, now));
        assert!(knocks.may_try(pile, now));
        assert!(knocks.may_try(thief, now.plus_ms(100)));
    }
}
