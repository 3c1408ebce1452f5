//! How often strangers may knock at the public doors, by their address.

use model::error::{Kind, Text};
use model::time::Timestamp;
use model::{Error, Result};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Requests at once, and how long it takes to get one back.
const BURST: i64 = 30;
const REFILL_MS: i64 = 10_000;
/// Addresses remembered; beyond that those that may ask freely again are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// By address: when its bucket is full again.
#[derive(Debug, Default)]
pub struct Visitors(Mutex<HashMap<String, Timestamp>>);

impl Visitors {
    /// Takes one of the requests that an address may make.
    pub fn enter(&self, address: &str, now: Timestamp) -> Result<()> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED_MAX {
            all.retain(|_, full_at| *full_at > now);
        }
        if all.len() >= REMEMBERED_MAX && !all.contains_key(address) {
            return Err(limited());
        }
        let full_at = all.get(address).copied().filter(|at| *at > now).unwrap_or(now).plus_ms(REFILL_MS);
        if full_at.as_ms() - now.as_ms() > BURST * REFILL_MS {
            return Err(limited());
        }
        all.insert(address.to_owned(), full_at);
        Ok(())
    }
}

fn limited() -> Error {
    Error::new(
        Kind::Limited,
        "feedback.limited",
        Text::of(
            "提交过于频繁，请一分钟后再试；已提交的反馈不会丢失",
            "Too many requests from your address; try again in a minute. What was sent is kept.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_ask_thirty_times_and_then_every_ten_seconds() {
        let (visitors, start) = (Visitors::default(), Timestamp::from_ms(1_000_000));
        for _ in 0..30 {
            visitors.enter("a", start).unwrap();
        }
        assert_eq!(visitors.enter("a", start).unwrap_err().kind, Kind::Limited);
        visitors.enter("b", start).unwrap();
        visitors.enter("a", start.plus_ms(10_000)).unwrap();
        assert!(visitors.enter("a", start.plus_ms(10_000)).is_err());
    }
}
