//! What keeps people who guess passwords at bay.

use crate::staff::password;
use model::time::Timestamp;
use model::{Error, Result};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Wrong passwords until an account is locked, and for how long.
pub const FAILURES_MAX: i64 = 5;
pub const LOCKED_MS: i64 = 15 * 60_000;

/// Wrong passwords that one address may try at once, and how long it takes to get one try back.
const BURST: i64 = 30;
const REFILL_MS: i64 = 10_000;

/// Names and addresses remembered; beyond that the memory of the oldest is worth less than its place.
const REMEMBERED_MAX: usize = 10_000;

/// Password hashes computed at once: each takes 19 MiB and a core for some tens of milliseconds.
const HASHES_AT_ONCE: usize = 2;

#[derive(Debug)]
pub struct Doors {
    hashing: Semaphore,
    /// One try of an account at a time: tries at the same moment cannot all be before the lock.
    turns: Vec<tokio::sync::Mutex<()>>,
    /// By address: when its bucket will be full again.
    sources: Mutex<HashMap<String, Timestamp>>,
    /// Accounts that do not exist are locked like those that do, or the lock would tell which are.
    strangers: Mutex<HashMap<String, (i64, Option<Timestamp>)>>,
}

impl Default for Doors {
    fn default() -> Doors {
        Doors {
            hashing: Semaphore::new(HASHES_AT_ONCE),
            turns: (0..64).map(|_| tokio::sync::Mutex::default()).collect(),
            sources: Mutex::default(),
            strangers: Mutex::default(),
        }
    }
}

impl Doors {
    pub async fn turn(&self, account: &str) -> tokio::sync::MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        account.hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % self.turns.len() as u64).unwrap_or(0);
        self.turns[place].lock().await
    }

    /// Runs something slow with a password away from the runtime's threads, few at a time.
    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _place = self.hashing.acquire().await.map_err(|_| Error::internal())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::internal())?
    }

    pub async fn matches(&self, password: &str, kept: &str) -> Result<bool> {
        let (password, kept) = (password.to_owned(), kept.to_owned());
        self.slowly(move || password::matches(&password, &kept)).await
    }

    pub async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String> {
        let password = password.to_owned();
        self.slowly(move || password::hash(&password, salt)).await
    }

    /// Whether this address has tries left.
    pub fn may_try(&self, address: &str, now: Timestamp) -> bool {
        let full_at = lock(&self.sources).get(address).copied();
        full_at.is_none_or(|full_at| full_at.since(now) <= (BURST - 1) * REFILL_MS)
    }

    pub fn failed(&self, address: &str, now: Timestamp) {
        let mut sources = lock(&self.sources);
        if sources.len() >= REMEMBERED_MAX {
            sources.retain(|_, full_at| *full_at > now);
        }
        let full_at = sources.entry(address.to_owned()).or_insert(now);
        *full_at = (*full_at).max(now).plus_ms(REFILL_MS);
    }

    pub fn stranger_is_locked(&self, account: &str, now: Timestamp) -> bool {
        let strangers = lock(&self.strangers);
        strangers.get(account).is_some_and(|(_, until)| until.is_some_and(|until| until > now))
    }

    pub fn stranger_failed(&self, account: &str, now: Timestamp) {
        let mut strangers = lock(&self.strangers);
        if strangers.len() >= REMEMBERED_MAX {
            strangers.retain(|_, (_, until)| until.is_some_and(|until| until > now));
            if strangers.len() >= REMEMBERED_MAX {
                strangers.clear();
            }
        }
        let (count, until) = strangers.entry(account.to_owned()).or_default();
        *count += 1;
        if *count >= FAILURES_MAX {
            (*count, *until) = (0, Some(now.plus_ms(LOCKED_MS)));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_fails_too_often_waits_and_others_do_not() {
        let doors = Doors::default();
        let now = Timestamp::from_ms(1_000_000);
        for _ in 0..BURST {
            assert!(doors.may_try("10.0.0.1", now));
            doors.failed("10.0.0.1", now);
        }
        assert!(!doors.may_try("10.0.0.1", now));
        assert!(doors.may_try("10.0.0.2", now));
        assert!(doors.may_try("10.0.0.1", now.plus_ms(REFILL_MS)));
    }
}
