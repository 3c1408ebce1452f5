//! What people decide: of a difference, and of a day.

use super::no_reconciliation;
use super::rules::{Standing, handle_allowed, reopen_allowed, sign_allowed};
use crate::Engine;
use crate::audit::Actor;
use model::reconciliation::{DifferenceState, ReconciliationState, handling_checked, note_checked};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::reconciliation_books::{self, STATION};
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

fn standing(row: &ReconciliationRow) -> Standing {
    let (state, version) = (row.state, row.version);
    Standing { state, version, open_count: row.open_count, written_off_fen: row.written_off_fen }
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
                handle_allowed(day.state, (before.state, before.version), change.version)?;
                let staff = (actor.caller.staff.0, actor.caller.name.as_str(), now);
                reconciliation_books::difference_handle(tx, STATION, id, (change.state, &note), staff)?;
                reconciliation_books::recount(tx, STATION, day.id)?;
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
                let day = (standing(&row), sign.version);
                sign_allowed(tx, (STATION, id), day, (&actor, &*rules))?;
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
                reopen_allowed(standing(&row), reopening.version)?;
                reconciliation_books::state_set(tx, STATION, id, ReconciliationState::Reopened, None, &reason)?;
                let detail = json!({"before": told(&row), "after": {"state": ReconciliationState::Reopened, "reason": reason}});
                actor.record(tx, now, "reconciliation_undo", "reconciliation", id, &detail)
            })
            .await
    }
}

fn sign_off(tx: &mut Tx<'_>, actor: &Actor, row: &ReconciliationRow, now: Timestamp) -> Result<()> {
    let staff = (actor.caller.staff.0, actor.caller.name.as_str(), now);
    reconciliation_books::state_set(tx, STATION, row.id, ReconciliationState::Signed, Some(staff), "")?;
    let detail = json!({"before": told(row), "after": {"state": ReconciliationState::Signed}});
    actor.record(tx, now, "reconciliation_confirm", "reconciliation", row.id, &detail)
}
