//! Does batches while whoever asked for them does something else.

use crate::app::App;
use engine::audit::Actor;
use model::id::PileBatchId;
use std::sync::Arc;

/// A few piles at once: one that is silent for its minute does not hold up all the others.
const AT_ONCE: usize = 4;

/// Begins a batch and comes back at once.
pub fn begin(app: &Arc<App>, actor: &Actor, id: PileBatchId) {
    for _ in 0..AT_ONCE {
        let (app, actor) = (Arc::clone(app), actor.clone());
        tokio::spawn(async move {
            if let Err(why) = app.engine.pile_batch_run(&actor, id).await {
                tracing::warn!(%why, batch = %id, "a batch came to a stop");
            }
        });
    }
}
