//! Forgets frames and samples that are older than they are kept.

use crate::app::App;
use model::Result;
use model::time::Timestamp;
use std::time::Duration;

/// Between two steps the writer belongs to the piles.
const PAUSE: Duration = Duration::from_millis(50);

/// Step by step until nothing is left to forget; how many rows went.
pub async fn prune(app: &App, now: Timestamp) -> Result<u64> {
    let mut gone = 0;
    loop {
        match app.engine.logs_prune(now).await? {
            0 => return Ok(gone),
            step => gone += step,
        }
        tokio::time::sleep(PAUSE).await;
    }
}
