//! Which piles are connected, and where their commands go. In memory; what must outlive a restart is
//! in the database.

use crate::gateway::Order;
use crate::inbox::Inbox;
use model::curve::Point;
use model::device::{CloseReason, DeviceCommand};
use model::id::{CommandId, ConnectorNo, OrderId, PileCode, PileId, StationId};
use model::site::SecurityProfile;
use model::time::{MINUTE_MS, Timestamp};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Change;
use tokio::sync::oneshot;

/// How long an old link may take to show that it lives, when a second one of the same pile comes.
pub const PROBE_MS: u64 = 5_000;

/// A link that said something so recently was no dead one when another took its pile.
const LATELY_MS: i64 = MINUTE_MS / 2;

/// Within this time such replacements are counted together.
const RIVALS_MS: i64 = 10 * MINUTE_MS;

#[derive(Default)]
pub struct Devices {
    links: Mutex<HashMap<PileId, Arc<Link>>>,
    names: Mutex<HashMap<PileId, (PileCode, StationId)>>,
    live: Mutex<HashMap<(PileId, ConnectorNo), (OrderId, Point)>>,
    /// How often a living link lost its pile to another, and since when that is counted.
    rivals: Mutex<HashMap<PileId, (u32, Timestamp)>>,
    epochs: AtomicU64,
    stopping: AtomicBool,
}

/// One connected pile.
pub struct Link {
    pub epoch: u64,
    pub pile: PileId,
    pub connected_at: Timestamp,
    pub remote_address: String,
    /// By what the pile has shown who it is; 云快充 piles show nothing but their number.
    pub shown: Option<SecurityProfile>,
    last_seen_ms: AtomicI64,
    /// When it was last slowed down; 0: never.
    slowed_ms: AtomicI64,
    pub inbox: Inbox,
}

/// A link that came in.
pub struct Entered {
    pub link: Arc<Link>,
    /// How many links of this pile lost it in the last minutes while they lived: several devices
    /// may bear the same number.
    pub rivals: u32,
}

impl Link {
    pub fn seen(&self, at: Timestamp) {
        self.last_seen_ms.store(at.as_ms(), Relaxed);
    }

    pub fn last_seen(&self) -> Timestamp {
        Timestamp::from_ms(self.last_seen_ms.load(Relaxed))
    }

    pub fn slowed(&self, at: Timestamp) {
        self.slowed_ms.store(at.as_ms(), Relaxed);
    }
}

/// What pages show of a link.
#[derive(Clone, Debug)]
pub struct LinkInfo {
    pub connected_at: Timestamp,
    pub last_seen: Timestamp,
    pub remote_address: String,
    pub shown: Option<SecurityProfile>,
    pub slowed_at: Option<Timestamp>,
}

impl Devices {
    /// Enters a new link, unless one that answers is there already. `Err`: the pile is connected and
    /// alive on another link, which keeps it.
    pub async fn enter(
        &self,
        pile: PileId,
        remote_address: String,
        shown: Option<SecurityProfile>,
        now: Timestamp,
    ) -> Result<Entered, LinkInfo> {
        let mut dead = None;
        loop {
            let known = lock(&self.links).get(&pile).cloned();
            if let Some(known) = known {
                if self.is_alive(&known).await {
                    return Err(info(&known));
                }
                dead = Some(known.epoch);
            }
            let link = Arc::new(Link {
                epoch: self.epochs.fetch_add(1, Relaxed),
                pile,
                connected_at: now,
                remote_address: remote_address.clone(),
                shown,
                last_seen_ms: AtomicI64::new(now.as_ms()),
                slowed_ms: AtomicI64::new(0),
                inbox: Inbox::default(),
            });
            let mut links = lock(&self.links);
            // Two new links may have probed the same dead one; the first wins, the second looks again.
            if links.get(&pile).is_some_and(|other| Some(other.epoch) != dead) {
                continue;
            }
            let mut rivals = 0;
            if let Some(old) = links.insert(pile, Arc::clone(&link)) {
                old.inbox.end(CloseReason::Replaced);
                if now.since(old.last_seen()) < LATELY_MS {
                    rivals = self.rival(pile, now);
                }
            }
            if self.stopping.load(Relaxed) {
                link.inbox.end(CloseReason::Stopping);
            }
            return Ok(Entered { link, rivals });
        }
    }

    /// Counts that a living link lost its pile to another.
    fn rival(&self, pile: PileId, now: Timestamp) -> u32 {
        let mut rivals = lock(&self.rivals);
        let (count, since) = rivals.entry(pile).or_insert((0, now));
        if now.since(*since) > RIVALS_MS {
            (*count, *since) = (0, now);
        }
        *count += 1;
        *count
    }

    /// Asks the link to show that its socket still answers.
    async fn is_alive(&self, link: &Link) -> bool {
        let (reply, alive) = oneshot::channel();
        // One that is choked has not answered for a long time.
        if !link.inbox.put(Order::Probe(reply)) {
            return false;
        }
        let patience = std::time::Duration::from_millis(PROBE_MS);
        matches!(tokio::time::timeout(patience, alive).await, Ok(Ok(())))
    }

    /// Removes the link, if it is still the pile's own; whether it was.
    pub fn leave(&self, link: &Link) -> bool {
        let mut links = lock(&self.links);
        let own = links.get(&link.pile).is_some_and(|known| known.epoch == link.epoch);
        if own {
            links.remove(&link.pile);
        }
        own
    }

    /// Hands a command to the pile's link; false when there is none, or it is choked.
    pub fn send(&self, pile: PileId, id: CommandId, command: DeviceCommand) -> bool {
        let link = lock(&self.links).get(&pile).cloned();
        let trace = model::trace::current();
        link.is_some_and(|link| link.inbox.put(Order::Command(id, Box::new(command), trace)))
    }

    /// Tells every link to close, because the server stops; also those that are still coming in.
    pub fn stop_all(&self) {
        let links = lock(&self.links);
        self.stopping.store(true, Relaxed);
        for link in links.values() {
            link.inbox.end(CloseReason::Stopping);
        }
    }

    /// Ends the pile's link, if what it came in with is no longer enough.
    pub fn expel(&self, pile: PileId, too_little: impl Fn(SecurityProfile) -> bool) {
        let link = lock(&self.links).get(&pile).cloned();
        if let Some(link) = link.filter(|link| link.shown.is_some_and(too_little)) {
            link.inbox.end(CloseReason::NotRegistered);
        }
    }

    pub fn online_count(&self) -> usize {
        lock(&self.links).len()
    }

    pub fn online(&self, pile: PileId) -> Option<LinkInfo> {
        lock(&self.links).get(&pile).map(|link| info(link))
    }

    /// The other piles of the same station on this pile's link, in the order of their codes: a concentrator
    /// carries several 云快充 piles.
    pub fn beside(&self, pile: PileId) -> Vec<String> {
        let links = lock(&self.links);
        let Some(own) = links.get(&pile).filter(|link| link.shown.is_none()) else { return Vec::new() };
        let here = |link: &&Arc<Link>| link.shown.is_none() && link.remote_address == own.remote_address;
        let others: Vec<PileId> = links.values().filter(here).map(|link| link.pile).collect();
        drop(links);
        let names = lock(&self.names);
        let station = names.get(&pile).map(|(_, station)| *station);
        let mut codes: Vec<String> = others
            .into_iter()
            .filter(|other| *other != pile)
            .filter_map(|other| names.get(&other).filter(|(_, place)| Some(*place) == station))
            .map(|(code, _)| code.as_str().to_owned())
            .collect();
        codes.sort_unstable();
        codes
    }

    /// The dialects have changed, or what is said of a pile: every 云快充 link looks again.
    fn dialects_changed(&self) {
        for link in lock(&self.links).values().filter(|link| link.shown.is_none()) {
            // One that is choked reads it at its next log-in.
            link.inbox.put(Order::ReadAnew);
        }
    }

    /// The last values of this order, if it is the one that runs on the connector: those of a session
    /// that is over are history.
    pub fn live_of_order(&self, pile: PileId, connector: ConnectorNo, order: OrderId) -> Option<Point> {
        lock(&self.live).get(&(pile, connector)).filter(|(known, _)| *known == order).map(|(_, point)| *point)
    }

    pub fn name(&self, pile: PileId, code: PileCode, station: StationId) {
        lock(&self.names).insert(pile, (code, station));
    }

    pub fn code(&self, pile: PileId) -> Option<String> {
        lock(&self.names).get(&pile).map(|(code, _)| code.as_str().to_owned())
    }

    pub fn station(&self, pile: PileId) -> Option<StationId> {
        lock(&self.names).get(&pile).map(|(_, station)| *station)
    }

    /// Keeps the last values of running sessions. Called after every commit, so it must be quick.
    pub fn committed(&self, changes: &[Change]) {
        let mut live = None;
        for change in changes {
            if matches!(change, Change::Noun("dialect")) {
                self.dialects_changed();
            }
            if let Change::Sample { order, pile, connector, point, .. } = change {
                live.get_or_insert_with(|| lock(&self.live)).insert((*pile, *connector), (*order, *point));
            }
        }
    }
}

fn info(link: &Link) -> LinkInfo {
    LinkInfo {
        connected_at: link.connected_at,
        last_seen: link.last_seen(),
        remote_address: link.remote_address.clone(),
        shown: link.shown,
        slowed_at: Some(link.slowed_ms.load(Relaxed)).filter(|ms| *ms > 0).map(Timestamp::from_ms),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its queue is full and nobody reads it: the end arrives all the same.
    #[tokio::test(start_paused = true)]
    async fn a_choked_link_is_told_that_it_was_replaced() {
        let (devices, pile, now) = (Devices::default(), PileId(1), Timestamp::from_ms(1_000_000));
        let enter = async |at: Timestamp| devices.enter(pile, "10.0.0.1:1".to_owned(), None, at).await;
        let first = enter(now).await.ok().unwrap();
        while devices.send(pile, CommandId(1), DeviceCommand::CacheClear) {}
        let second = enter(now.plus_ms(1)).await.ok().unwrap();
        assert_eq!(first.link.inbox.ending(), Some(CloseReason::Replaced));
        assert_eq!((second.rivals, second.link.inbox.ending()), (1, None));
        while devices.send(pile, CommandId(1), DeviceCommand::CacheClear) {}
        devices.stop_all();
        assert_eq!(second.link.inbox.ending(), Some(CloseReason::Stopping));
        let third = enter(now.plus_ms(2)).await.ok().unwrap();
        assert_eq!((third.rivals, third.link.inbox.ending()), (2, Some(CloseReason::Stopping)));
        let later = enter(now.plus_ms(RIVALS_MS)).await.ok().unwrap();
        assert_eq!(later.rivals, 0, "the one before was long silent");
    }
}
