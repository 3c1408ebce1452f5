//! 支持包: that somebody has taken one along is written down.

use crate::Engine;
use crate::audit::Actor;
use model::Result;
use serde_json::json;

impl Engine {
    pub async fn support_fetched(&self, actor: &Actor, bytes: usize) -> Result<()> {
        let (actor, now, detail) = (actor.clone(), self.clock.now(), json!({"bytes": bytes}));
        self.store.write(None, move |tx| actor.record(tx, now, "support_fetch", "support", "", &detail)).await
    }
}
