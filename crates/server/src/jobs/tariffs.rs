//! Puts planned changes of tariff into effect and brings piles to what their stations show.

use crate::app::App;
use model::Result;
use model::time::Timestamp;

/// How many plans took effect and how many piles were told.
pub async fn advance(app: &App, now: Timestamp) -> Result<(usize, usize)> {
    let applied = app.engine.tariff_plans_apply(now).await?;
    Ok((applied, app.engine.tariffs_deliver(now).await?))
}
