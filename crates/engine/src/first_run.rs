//! 首次使用引导: whoever needs it no more puts it away, for the whole installation.

use crate::Engine;
use crate::audit::Actor;
use model::Result;
use serde_json::json;
use store::first_run;

impl Engine {
    /// Again is the same.
    pub async fn first_run_dismiss(&self, actor: &Actor) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                if first_run::first_run_dismiss(tx, now)? {
                    actor.record(tx, now, "first_run_dismiss", "first_run", "", &json!({}))?;
                }
                Ok(())
            })
            .await
    }
}
