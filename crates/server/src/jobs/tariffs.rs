//! Puts planned changes of tariff into effect and brings piles to what their stations show.

use crate::app::App;
use crate::serve::stopped;
use model::Result;
use model::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(5);

/// How many plans took effect and how many piles were told.
pub async fn advance(app: &App, now: Timestamp) -> Result<(usize, usize)> {
    let applied = app.engine.tariff_plans_apply(now).await?;
    Ok((applied, app.engine.tariffs_deliver(now).await?))
}

pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopped(&mut stop) => return,
        }
        match advance(&app, app.now()).await {
            Ok((0, 0)) => {}
            Ok((plans, piles)) => tracing::info!(plans, piles, "tariffs took effect and were sent to piles"),
            Err(why) => tracing::warn!(%why, "tariffs could not be sent to piles; tried again shortly"),
        }
    }
}
