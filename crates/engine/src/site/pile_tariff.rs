//! 自有计费模型: a pile is given a tariff that goes before its station's, or loses it.

use super::no_such;
use super::pile::changed;
use crate::Engine;
use crate::audit::Actor;
use model::id::TariffId;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::{Tx, pile_tariffs, tariffs};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileTariffDraft {
    /// As the pile was read; somebody else's change in between is a conflict.
    pub version: i64,
    /// Null for that of its station.
    pub tariff_id: Option<i64>,
}

/// How it is called, for the audit.
fn told(tx: &mut Tx<'_>, tariff: Option<TariffId>) -> Result<serde_json::Value> {
    let Some(id) = tariff else { return Ok(json!({"tariff_id": null})) };
    let version = tx.tariff(id)?;
    Ok(json!({"tariff_id": id, "tariff_name": version.name, "version_no": version.version_no}))
}

impl Engine {
    /// From now on; a session that runs keeps what it began with.
    pub async fn pile_tariff_set(&self, actor: &Actor, code: &str, draft: PileTariffDraft) -> Result<()> {
        let pile = self.pile_seen(actor, code).await?;
        let (actor, now, tariff) = (actor.clone(), self.clock.now(), draft.tariff_id.map(TariffId));
        self.store
            .write(Some(pile.id), move |tx| {
                if let Some(id) = tariff
                    && !tx.read(|conn| tariffs::exists(conn, id))?
                {
                    return Err(no_such("tariff_id", "计费模型", "tariff"));
                }
                if tariff == pile.tariff {
                    return Err(Error::conflict(
                        "pile.same_tariff",
                        format!("充电桩 {} 现在就是这样设置的，无需修改", pile.code),
                        format!("Pile {} is set like that already.", pile.code),
                    )
                    .on_field("tariff_id"));
                }
                if !pile_tariffs::set(tx, pile.id, tariff, draft.version, now)? {
                    return Err(changed());
                }
                tx.pile_changed(pile.id, pile.operator)?;
                let detail = json!({"before": told(tx, pile.tariff)?, "after": told(tx, tariff)?});
                actor.record(tx, now, "pile_tariff_set", "pile", &pile.code, &detail)
            })
            .await
    }
}
