//! 充电计划 that piles keep, as far as we know.

use crate::Engine;
use model::Result;
use model::id::PileId;
use model::monitor::MonitorChange;
use model::profile::ProfileChange;
use model::time::Timestamp;
use store::{pile_monitors, pile_profiles};

impl Engine {
    /// What the pile's answer to an operation has changed of its monitors. `at`: when that came; what the pile
    /// has told since counts.
    pub async fn monitors_keep(
        &self,
        pile: PileId,
        changes: Vec<MonitorChange>,
        at: Timestamp,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let write = self.store.write(Some(pile), move |tx| {
            tx.with_pile(pile, |tx, hot| pile_monitors::apply(tx, &hot.pile, &changes, at))
        });
        write.await
    }

    /// What an operation that the pile has accepted has changed there.
    pub async fn profiles_keep(&self, pile: PileId, changes: Vec<ProfileChange>) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        self.store
            .write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| pile_profiles::apply(tx, &hot.pile, &changes, now))
            })
            .await
    }
}
