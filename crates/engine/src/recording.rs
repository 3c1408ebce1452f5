//! 报文录制: that somebody has taken a pile's words along is written down.

use crate::Engine;
use crate::audit::Actor;
use model::Result;
use serde_json::json;

impl Engine {
    /// `of`: the noun and its key. `plain`: with cards and vehicles by their own names.
    pub async fn recording_kept(
        &self,
        actor: &Actor,
        of: (&'static str, String),
        plain: bool,
        frames: usize,
    ) -> Result<()> {
        let (actor, now, (noun, key)) = (actor.clone(), self.clock.now(), of);
        let detail = json!({"plain": plain, "frames": frames});
        let action = if noun == "order" { "order_recording_fetch" } else { "pile_recording_fetch" };
        self.store.write(None, move |tx| actor.record(tx, now, action, noun, &key, &detail)).await
    }
}
