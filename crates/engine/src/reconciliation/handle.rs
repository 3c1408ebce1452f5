//! What people decide: of a difference, and of a day.

use super::{is_above, no_reconciliation};
use crate::Engine;
use crate::audit::Actor;
use model::reconciliation::{DifferenceState, ReconciliationState, handling_checked, note_checked};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::reconciliations::{self, ReconciliationRow};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceChange {
    /// The version that the page shows.
    pub version: i64,
    /// Accepted, corrected, written off or passed on.
    pub state: DifferenceState,
    pub note: String,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationSign {
    /// The version that the page shows.
    pub version: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationReopening {
    /// The version that the page shows.
    pub version: i64,
    pub reason: String,
}

pub fn no_difference() -> Error {
    Error::not_found(
        "difference.not_found",
        "没有这条差异，或不在您的数据范围内，请刷新列表",
        "There is no such difference in your scope; load the list again.",
    )
}

fn stale() -> Error {
    Error::conflict(
        "reconciliation.version_differs",
        "这条记录刚被他人处理或重新核对过，已读取最新内容，请确认后再操作",
        "Somebody has just handled this, or the day was compared again. Look at it as it is now, then try again.",
    )
}

/// A day in the caller's sight.
fn seen(tx: &mut Tx<'_>, actor: &Actor, id: i64, none: fn() -> Error) -> Result<ReconciliationRow> {
    let row = tx.read(|conn| reconciliations::find(conn, id))?.ok_or_else(none)?;
    if actor.sees_station(&*tx.station(row.station)?) { Ok(row) } else { Err(none()) }
}

fn told(row: &ReconciliationRow) -> serde_json::Value {
    json!({"station_id": row.station.0, "day": row.day, "state": row.state,
        "open_count": row.open_count, "written_off_fen": row.written_off_fen})
}

impl Engine {
    /// Handles a difference of a day that is not signed off.
    pub async fn difference_update(&self, actor: &Actor, id: i64, change: DifferenceChange) -> Result<()> {
        let note = note_checked("note", &change.note)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before =
                    tx.read(|conn| reconciliations::difference_find(conn, id))?.ok_or_else(no_difference)?;
                let day = seen(tx, &actor, before.reconciliation, no_difference)?;
                handling_checked(change.state, before.order_id)?;
                if day.state == ReconciliationState::Signed {
                    return Err(Error::refused(
                        "reconciliation.signed",
                        "这一天已签核，差异不能再处理；请先写明原因重开对账",
                        "The day is signed off. Open it again, with a reason, before anything of it is handled.",
                    ));
                }
                if before.version != change.version || before.state == DifferenceState::Gone {
                    return Err(stale());
                }
                let staff = (actor.caller.staff.0, actor.caller.name.as_str());
                reconciliations::difference_handle(tx, id, (change.state, &note), staff, now)?;
                reconciliations::recount(tx, day.id)?;
                let detail = json!({"kind": before.kind, "order_id": before.order_id, "amount_fen": before.amount_fen,
                    "before": {"state": before.state, "note": before.note},
                    "after": {"state": change.state, "note": note}});
                actor.record(tx, now, "difference_update", "difference", id, &detail)
            })
            .await
    }

    /// Signs a day off, in which nothing waits to be handled.
    pub async fn reconciliation_confirm(
        &self,
        actor: &Actor,
        id: i64,
        sign: ReconciliationSign,
    ) -> Result<()> {
        let (actor, now, rules) = (actor.clone(), self.clock.now(), self.rules());
        self.store
            .write(None, move |tx| {
                let row = seen(tx, &actor, id, no_reconciliation)?;
                if row.version != sign.version || row.state == ReconciliationState::Signed {
                    return Err(stale());
                }
                if row.open_count > 0 {
                    return Err(Error::refused(
                        "reconciliation.open",
                        format!("还有 {} 条差异未处理，全部处理后才能签核", row.open_count),
                        format!("{} differences are not handled yet; handle them first.", row.open_count),
                    ));
                }
                if is_above(&row, &rules) && wrote_off(tx, &actor, id)? {
                    return Err(Error::refused(
                        "reconciliation.own",
                        "核销金额超过单人核销限额，须由没有经手核销的另一人签核",
                        "More was written off than one person may. Somebody who wrote nothing of it off has to sign.",
                    ));
                }
                sign_off(tx, &actor, &row, now)
            })
            .await
    }

    /// Opens a day again that was signed off.
    pub async fn reconciliation_undo(
        &self,
        actor: &Actor,
        id: i64,
        reopening: ReconciliationReopening,
    ) -> Result<()> {
        let reason = note_checked("reason", &reopening.reason)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let row = seen(tx, &actor, id, no_reconciliation)?;
                if row.version != reopening.version || row.state != ReconciliationState::Signed {
                    return Err(stale());
                }
                reconciliations::state_set(tx, id, ReconciliationState::Reopened, None, &reason)?;
                let detail = json!({"before": told(&row), "after": {"state": ReconciliationState::Reopened, "reason": reason}});
                actor.record(tx, now, "reconciliation_undo", "reconciliation", id, &detail)
            })
            .await
    }
}

/// Whether this person has written off anything of the day.
fn wrote_off(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<bool> {
    let rows = tx.read(|conn| reconciliations::differences_of(conn, id))?;
    let own = Some(actor.caller.staff.0);
    Ok(rows.iter().any(|one| one.state == DifferenceState::WrittenOff && one.staff_id == own))
}

fn sign_off(tx: &mut Tx<'_>, actor: &Actor, row: &ReconciliationRow, now: Timestamp) -> Result<()> {
    let staff = (actor.caller.staff.0, actor.caller.name.as_str(), now);
    reconciliations::state_set(tx, row.id, ReconciliationState::Signed, Some(staff), "")?;
    let detail = json!({"before": told(row), "after": {"state": ReconciliationState::Signed}});
    actor.record(tx, now, "reconciliation_confirm", "reconciliation", row.id, &detail)
}
