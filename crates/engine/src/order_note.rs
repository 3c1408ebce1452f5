//! 备注 beside an order.

use crate::Engine;
use crate::audit::Actor;
use crate::feedback::plain;
use crate::settlement::no_order;
use model::Result;
use model::id::OrderId;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

const TEXT_MAX: usize = 500;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderNoteDraft {
    pub text: String,
}

impl Engine {
    /// Written once: whoever errs writes another one.
    pub async fn order_note_create(&self, actor: &Actor, id: OrderId, draft: OrderNoteDraft) -> Result<i64> {
        let text = plain("text", &draft.text, TEXT_MAX)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let place = tx.read(|conn| store::order_place::order_place(conn, &actor.caller.scope, id))?;
                place.ok_or_else(no_order)?;
                let note = store::order_notes::insert(tx, id, actor.caller.staff, &text, now)?;
                let detail = json!({ "note_id": note, "text": text });
                actor.record(tx, now, "order_note_create", "order", id.0, &detail)?;
                Ok(note)
            })
            .await
    }
}
