//! How many links a source address may hold, so that one that opens ever more leaves room for the others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Default)]
pub struct Sources {
    held: Arc<Mutex<HashMap<IpAddr, Held>>>,
    refused: AtomicU64,
    /// Links that were slowed down because they talked too fast.
    slowed: AtomicU64,
}

#[derive(Clone, Copy, Default)]
struct Held {
    links: u64,
    /// Those of which nobody knows yet whose they are (云快充 before its log-in).
    strangers: u64,
}

/// Most that one source may hold.
#[derive(Clone, Copy)]
pub struct Most {
    pub links: u64,
    pub strangers: u64,
}

/// A link's place, given back when it is dropped.
pub struct Place {
    held: Arc<Mutex<HashMap<IpAddr, Held>>>,
    from: IpAddr,
    is_stranger: bool,
}

impl Sources {
    /// `None`: this source holds as many as it may.
    pub fn enter(&self, from: IpAddr, is_stranger: bool, most: Most) -> Option<Place> {
        let mut all = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = all.get(&from).copied().unwrap_or_default();
        if held.links >= most.links || (is_stranger && held.strangers >= most.strangers) {
            self.refused.fetch_add(1, Relaxed);
            return None;
        }
        let strangers = held.strangers + u64::from(is_stranger);
        all.insert(from, Held { links: held.links + 1, strangers });
        Some(Place { held: Arc::clone(&self.held), from, is_stranger })
    }

    /// A link was refused for another reason of too much.
    pub fn refuse(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    pub fn slow(&self) {
        self.slowed.fetch_add(1, Relaxed);
    }

    pub fn refused_count(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    pub fn slowed_count(&self) -> u64 {
        self.slowed.load(Relaxed)
    }
}

impl Place {
    /// It has shown whose link this is.
    pub fn known(&mut self) {
        if std::mem::take(&mut self.is_stranger) {
            let mut all = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(held) = all.get_mut(&self.from) {
                held.strangers = held.strangers.saturating_sub(1);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.known();
        let mut all = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = all.get_mut(&self.from) {
            held.links = held.links.saturating_sub(1);
            if held.links == 0 {
                all.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_holds_no_more_than_it_may_and_gets_its_places_back() {
        let sources = Sources::default();
        let most = Most { links: 3, strangers: 2 };
        let (one, other): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let mut first = sources.enter(one, true, most).unwrap();
        let second = sources.enter(one, true, most).unwrap();
        assert!(sources.enter(one, true, most).is_none(), "two strangers");
        first.known();
        let third = sources.enter(one, true, most).unwrap();
        assert!(sources.enter(one, false, most).is_none(), "three links");
        assert!(sources.enter(other, false, most).is_some());
        drop(second);
        assert!(sources.enter(one, true, most).is_some());
        drop((first, third));
        assert!(sources.held.lock().unwrap().is_empty());
        assert_eq!(sources.refused_count(), 2);
    }
}
