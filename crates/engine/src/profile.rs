//! 充电计划 that piles keep, as far as we know.

use crate::Engine;
use model::Result;
use model::id::PileId;
use model::profile::ProfileChange;
use store::pile_profiles;

impl Engine {
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
