//! What keeps people who guess passwords at bay, without letting them keep others out.
//!
//! Three limits. An account at one address: few wrong passwords, then a pause; whoever sits elsewhere
//! does not notice. An address: so that it cannot try many accounts. An account from everywhere: so
//! that many addresses guess no faster than one; places where its owner has signed in are exempt.

use crate::staff::password;
use model::time::{MINUTE_MS, Timestamp};
use model::{Error, Result};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Wrong passwords for an account at one address until they are paused there, and for how long.
pub const FAILURES_MAX: u32 = 5;
pub const LOCKED_MS: i64 = 15 * MINUTE_MS;

/// Wrong passwords that one address may try at once, and how long it takes to get one try back.
const ADDRESS_BURST: i64 = 30;
const ADDRESS_REFILL_MS: i64 = 10_000;

/// The same for an account, over all addresses that are new to it: some seven hundred guesses a day.
const ACCOUNT_BURST: i64 = 50;
const ACCOUNT_REFILL_MS: i64 = 2 * MINUTE_MS;

/// Names and addresses remembered; beyond that the memory of the oldest is worth less than its place.
const REMEMBERED_MAX: usize = 10_000;
/// Addresses remembered of one account's owner.
const HOMES_MAX: usize = 32;
/// Longer than the name of any account.
const NAME_MAX: usize = 64;

/// Password hashes computed at once: each takes 7 MiB and a core for some tens of milliseconds.
const HASHES_AT_ONCE: usize = 2;

/// Why nobody looks at a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// Too many wrong passwords for this account at this address.
    Locked,
    /// Too many wrong passwords at this address.
    Address,
    /// Too many wrong passwords for this account, and this address is new to it.
    Account,
}

#[derive(Debug)]
pub struct Doors {
    hashing: Semaphore,
    /// One try of an account at a time: tries at the same moment cannot all be before the lock.
    turns: Vec<tokio::sync::Mutex<()>>,
    memory: Mutex<Memory>,
}

/// By name, whether there is such an account or not, or the limits would tell which there are.
#[derive(Debug, Default)]
struct Memory {
    /// By address: when its bucket will be full again.
    addresses: HashMap<String, Timestamp>,
    accounts: HashMap<String, Account>,
    /// By account and address.
    pairs: HashMap<(String, String), Pair>,
}

#[derive(Debug, Default)]
struct Account {
    full_at: Option<Timestamp>,
    /// Until then an administrator has taken the limit of this account away.
    open_until: Option<Timestamp>,
    /// Where its owner has signed in, the latest last.
    homes: Vec<String>,
}

#[derive(Debug, Default)]
struct Pair {
    failures: u32,
    locked_until: Option<Timestamp>,
}

impl Default for Doors {
    fn default() -> Doors {
        Doors {
            hashing: Semaphore::new(HASHES_AT_ONCE),
            turns: (0..64).map(|_| tokio::sync::Mutex::default()).collect(),
            memory: Mutex::default(),
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

    /// Whether a password for this account from this address is looked at.
    pub fn try_at(&self, account: &str, address: &str, now: Timestamp) -> Result<(), Shut> {
        let (account, memory) = (name(account), self.memory());
        let pair = memory.pairs.get(&(account.clone(), address.to_owned()));
        if pair.is_some_and(|pair| pair.locked_until.is_some_and(|until| until > now)) {
            return Err(Shut::Locked);
        }
        if is_empty(memory.addresses.get(address).copied(), ADDRESS_BURST, ADDRESS_REFILL_MS, now) {
            return Err(Shut::Address);
        }
        let Some(known) = memory.accounts.get(&account) else { return Ok(()) };
        let exempt = known.open_until.is_some_and(|until| until > now)
            || known.homes.iter().any(|home| home == address);
        if !exempt && is_empty(known.full_at, ACCOUNT_BURST, ACCOUNT_REFILL_MS, now) {
            return Err(Shut::Account);
        }
        Ok(())
    }

    pub fn failed(&self, account: &str, address: &str, now: Timestamp) {
        let (account, mut memory) = (name(account), self.memory());
        memory.make_room(now);
        let source = memory.addresses.entry(address.to_owned()).or_insert(now);
        *source = taken(Some(*source), ADDRESS_REFILL_MS, now);
        let known = memory.accounts.entry(account.clone()).or_default();
        if !known.homes.iter().any(|home| home == address) {
            known.full_at = Some(taken(known.full_at, ACCOUNT_REFILL_MS, now));
        }
        let pair = memory.pairs.entry((account, address.to_owned())).or_default();
        pair.failures += 1;
        if pair.failures >= FAILURES_MAX {
            *pair = Pair { failures: 0, locked_until: Some(now.plus_ms(LOCKED_MS)) };
        }
    }

    pub fn succeeded(&self, account: &str, address: &str, now: Timestamp) {
        let (account, mut memory) = (name(account), self.memory());
        memory.make_room(now);
        memory.pairs.remove(&(account.clone(), address.to_owned()));
        let homes = &mut memory.accounts.entry(account).or_default().homes;
        homes.retain(|home| home != address);
        if homes.len() >= HOMES_MAX {
            homes.remove(0);
        }
        homes.push(address.to_owned());
    }

    /// Whether somebody has locked the account, here or there.
    pub fn is_locked(&self, account: &str, now: Timestamp) -> bool {
        let (account, memory) = (name(account), self.memory());
        let paused = memory.pairs.iter().any(|((other, _), pair)| {
            *other == account && pair.locked_until.is_some_and(|until| until > now)
        });
        let full = memory.accounts.get(&account).and_then(|known| known.full_at);
        paused || is_empty(full, ACCOUNT_BURST, ACCOUNT_REFILL_MS, now)
    }

    /// Forgets the wrong passwords, and for a while lets nobody lock the account for all.
    pub fn unlock(&self, account: &str, now: Timestamp) {
        let (account, mut memory) = (name(account), self.memory());
        memory.pairs.retain(|(other, _), _| *other != account);
        let known = memory.accounts.entry(account).or_default();
        (known.full_at, known.open_until) = (None, Some(now.plus_ms(LOCKED_MS)));
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn make_room(&mut self, now: Timestamp) {
        let ahead = |at: Option<Timestamp>| at.is_some_and(|at| at > now);
        if self.addresses.len() >= REMEMBERED_MAX {
            self.addresses.retain(|_, full_at| *full_at > now);
        }
        if self.pairs.len() >= REMEMBERED_MAX {
            self.pairs.retain(|_, pair| ahead(pair.locked_until));
        }
        if self.accounts.len() >= REMEMBERED_MAX {
            self.accounts.retain(|_, known| ahead(known.full_at) || !known.homes.is_empty());
        }
        // Still too many: those of accounts that have owners are worth the most.
        if self.accounts.len() >= REMEMBERED_MAX {
            self.accounts.retain(|_, known| !known.homes.is_empty());
        }
        if self.pairs.len() >= REMEMBERED_MAX {
            self.pairs.clear();
        }
        if self.addresses.len() >= REMEMBERED_MAX {
            self.addresses.clear();
        }
    }
}

fn name(account: &str) -> String {
    account.chars().take(NAME_MAX).collect()
}

/// Whether a bucket that will be full at that time has no try left now.
fn is_empty(full_at: Option<Timestamp>, burst: i64, refill_ms: i64, now: Timestamp) -> bool {
    full_at.is_some_and(|full_at| full_at.since(now) > (burst - 1) * refill_ms)
}

fn taken(full_at: Option<Timestamp>, refill_ms: i64, now: Timestamp) -> Timestamp {
    full_at.unwrap_or(now).max(now).plus_ms(refill_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_000_000);

    #[test]
    fn an_address_that_fails_too_often_waits_and_others_do_not() {
        let doors = Doors::default();
        for n in 0..ADDRESS_BURST {
            doors.try_at(&format!("user{n}"), "10.0.0.1", NOW).unwrap();
            doors.failed(&format!("user{n}"), "10.0.0.1", NOW);
        }
        assert_eq!(doors.try_at("lilei", "10.0.0.1", NOW), Err(Shut::Address));
        assert_eq!(doors.try_at("lilei", "10.0.0.2", NOW), Ok(()));
        assert_eq!(doors.try_at("lilei", "10.0.0.1", NOW.plus_ms(ADDRESS_REFILL_MS)), Ok(()));
    }

    #[test]
    fn an_account_is_locked_where_it_was_guessed_and_not_elsewhere() {
        let doors = Doors::default();
        for _ in 0..FAILURES_MAX {
            doors.try_at("lilei", "10.0.0.1", NOW).unwrap();
            doors.failed("lilei", "10.0.0.1", NOW);
        }
        assert_eq!(doors.try_at("lilei", "10.0.0.1", NOW.plus_ms(LOCKED_MS - 1)), Err(Shut::Locked));
        assert_eq!(doors.try_at("lilei", "10.0.0.1", NOW.plus_ms(LOCKED_MS)), Ok(()));
        assert_eq!(doors.try_at("lilei", "10.0.0.2", NOW), Ok(()));
        assert_eq!(doors.try_at("hanmeimei", "10.0.0.1", NOW), Ok(()));
        doors.unlock("lilei", NOW);
        assert_eq!(doors.try_at("lilei", "10.0.0.1", NOW), Ok(()));
    }

    #[test]
    fn many_addresses_guess_no_faster_and_the_owner_gets_in_at_home() {
        let doors = Doors::default();
        doors.succeeded("lilei", "192.168.0.7", NOW);
        let mut guesses = 0;
        // A new address for each guess, all day long.
        for minute in 0..24 * 60 {
            let now = NOW.plus_ms(minute * MINUTE_MS);
            for n in 0..10 {
                let address = format!("10.{n}.{}.{}", minute / 250, minute % 250);
                if doors.try_at("lilei", &address, now).is_ok() {
                    doors.failed("lilei", &address, now);
                    guesses += 1;
                }
            }
            assert_eq!(doors.try_at("lilei", "192.168.0.7", now), Ok(()));
        }
        assert!((700..=800).contains(&guesses), "{guesses}");
        let now = NOW.plus_ms(24 * 60 * MINUTE_MS - 1);
        assert_eq!(doors.try_at("lilei", "10.9.9.9", now), Err(Shut::Account));
        doors.unlock("lilei", now);
        for n in 0..200 {
            doors.failed("lilei", &format!("10.1.1.{n}"), now);
        }
        assert_eq!(doors.try_at("lilei", "10.9.9.9", now), Ok(()), "not locked again at once");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_owners_are_remembered_longest() {
        let doors = Doors::default();
        doors.succeeded("lilei", "192.168.0.7", NOW);
        for n in 0..2 * REMEMBERED_MAX {
            doors.failed(&format!("{n}{}", "x".repeat(1_000)), &format!("a{n}"), NOW);
        }
        let memory = doors.memory();
        assert!(memory.accounts.len() <= REMEMBERED_MAX && memory.pairs.len() <= REMEMBERED_MAX);
        assert!(memory.addresses.len() <= REMEMBERED_MAX && memory.accounts.contains_key("lilei"));
        assert!(memory.accounts.keys().all(|name| name.len() <= NAME_MAX));
    }
}
