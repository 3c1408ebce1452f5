//! Forgets frames and samples that are older than they are kept.

use crate::app::App;
use crate::serve::stopped;
use model::Result;
use model::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(600);

/// Between two steps the writer belongs to the piles.
const PAUSE: Duration = Duration::from_millis(50);

/// Step by step until nothing is left to forget or the server stops; how many rows went.
pub async fn prune(app: &App, now: Timestamp, stop: &mut watch::Receiver<bool>) -> Result<u64> {
    let mut gone = 0;
    loop {
        match app.engine.logs_prune(now).await? {
            0 => return Ok(gone),
            step => gone += step,
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stopped(stop) => return Ok(gone),
        }
    }
}

pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopped(&mut stop) => return,
        }
        match prune(&app, app.now(), &mut stop).await {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "old frames and samples were forgotten"),
            Err(why) => {
                tracing::warn!(%why, "old frames and samples could not be forgotten; tried again later")
            }
        }
    }
}
