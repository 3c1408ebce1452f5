//! What has changed, told to the open pages. After the commit, in the writer's thread: telling must
//! cost next to nothing there, and never wait for a page.

use model::id::StaffId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::Change;
use tokio::sync::broadcast;

/// Commits that a slow page may be behind before it is told to fetch everything again.
const BEHIND_MAX: usize = 1_024;

/// Pages of one person and of all: more is a script that runs away.
const STREAMS_OF_ONE: usize = 200;
const STREAMS_OF_ALL: usize = 5_000;

pub struct Live {
    changes: broadcast::Sender<Arc<[Change]>>,
    open: Mutex<HashMap<StaffId, usize>>,
}

impl Default for Live {
    fn default() -> Live {
        Live { changes: broadcast::channel(BEHIND_MAX).0, open: Mutex::default() }
    }
}

impl Live {
    pub fn publish(&self, changes: &[Change]) {
        if self.changes.receiver_count() > 0 {
            let _ = self.changes.send(changes.into());
        }
    }

    /// What changes from now on; `None` when this person has too many pages open.
    pub fn subscribe(self: &Arc<Live>, staff: StaffId) -> Option<Subscription> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = open.values().sum();
        let own = open.entry(staff).or_default();
        if *own >= STREAMS_OF_ONE || all >= STREAMS_OF_ALL {
            return None;
        }
        *own += 1;
        Some(Subscription { changes: self.changes.subscribe(), live: Arc::clone(self), staff })
    }

    pub fn open_count(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

/// One open page.
pub struct Subscription {
    changes: broadcast::Receiver<Arc<[Change]>>,
    live: Arc<Live>,
    staff: StaffId,
}

/// What a page hears.
pub enum Heard {
    Changes(Arc<[Change]>),
    /// It was too slow: anything may have changed.
    Anything,
    /// The server stops.
    End,
}

impl Subscription {
    pub async fn hear(&mut self) -> Heard {
        match self.changes.recv().await {
            Ok(changes) => Heard::Changes(changes),
            Err(broadcast::error::RecvError::Lagged(_)) => Heard::Anything,
            Err(broadcast::error::RecvError::Closed) => Heard::End,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut open = self.live.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.staff) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                open.remove(&self.staff);
            }
        }
    }
}
