//! Whether a customer wants to be told where and when to charge.

use crate::Engine;
use crate::audit::Actor;
use model::id::CustomerId;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::charging_advice;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerAdviceChange {
    /// True: nothing is advised to this customer any more.
    pub off: bool,
}

pub fn no_customer() -> Error {
    Error::not_found(
        "customer.not_found",
        "没有这个用户，请从用户列表进入",
        "There is no such customer; choose one from the list.",
    )
}

impl Engine {
    pub async fn customer_advice_set(
        &self,
        actor: &Actor,
        id: CustomerId,
        change: CustomerAdviceChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let known = tx.read(|conn| charging_advice::is_off(conn, id.0))?.ok_or_else(no_customer)?;
                if known == change.off {
                    return Ok(());
                }
                charging_advice::off_set(tx, id.0, change.off)?;
                let detail = json!({"before": {"off": known}, "after": {"off": change.off}});
                actor.record(tx, now, "customer_advice_set", "customer", id.0, &detail)
            })
            .await
    }
}
