//! 预测: keeps what was made. What is to be expected is calculated elsewhere, from what `store` gives out.

use crate::Engine;
use model::Result;
use model::time::Timestamp;
use store::forecasts::{self, Forecast};
use store::turnovers::{self, Turnover};

/// So many stations are written with one commit.
const AT_ONCE: usize = 100;

impl Engine {
    /// What was learned of each station's sessions takes the place of what was there.
    pub async fn turnovers_save(&self, made: Vec<Turnover>, now: Timestamp) -> Result<()> {
        let mut left = made.into_iter().peekable();
        while left.peek().is_some() {
            let some: Vec<Turnover> = left.by_ref().take(AT_ONCE).collect();
            let write =
                move |tx: &mut store::Tx<'_>| some.iter().try_for_each(|one| turnovers::save(tx, one, now));
            self.store.write(None, write).await?;
        }
        Ok(())
    }

    /// Each station's forecast takes the place of the one before it; how many were kept.
    pub async fn forecasts_save(&self, made: Vec<Forecast>, now: Timestamp) -> Result<usize> {
        let count = made.len();
        let mut left = made.into_iter().peekable();
        while left.peek().is_some() {
            let some: Vec<Forecast> = left.by_ref().take(AT_ONCE).collect();
            let write =
                move |tx: &mut store::Tx<'_>| some.iter().try_for_each(|one| forecasts::save(tx, one, now));
            self.store.write(None, write).await?;
        }
        Ok(count)
    }
}
