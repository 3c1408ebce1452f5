//! 桩账单对账, its differences, and 换表

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::reconciliation::{
    DifferenceChange, MeterChangeDraft, ReconciliationDraft, ReconciliationReopening, ReconciliationSign,
    no_reconciliation,
};
use model::Result;
use model::reconciliation::{DifferenceKind, DifferenceState, ReconciliationState};
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::meter_changes::{self, MeterChange};
use store::reconciliation_list::{
    self, DifferenceFilter, DifferenceView, ReconciliationFilter, ReconciliationView,
};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationQuery {
    station_id: Option<i64>,
    station_name: Option<String>,
    /// 20261123
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
    state: Option<ReconciliationState>,
    /// Only days in which something waits to be handled.
    open: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl ReconciliationQuery {
    pub fn filter(self) -> Result<ReconciliationFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(ReconciliationFilter {
            id: None,
            station: self.station_id,
            station_name: self.station_name,
            from_day: self.from_day,
            to_day: self.to_day,
            state: self.state,
            open: self.open.unwrap_or(false),
            before: paging.key::<2>()?,
            limit: paging.limit()?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceQuery {
    reconciliation_id: Option<i64>,
    station_id: Option<i64>,
    kind: Option<DifferenceKind>,
    state: Option<DifferenceState>,
    pile_code: Option<String>,
    /// 20261123
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl DifferenceQuery {
    pub fn filter(self) -> Result<DifferenceFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(DifferenceFilter {
            id: None,
            reconciliation: self.reconciliation_id,
            station: self.station_id,
            kind: self.kind,
            state: self.state,
            pile_code: self.pile_code,
            from_day: self.from_day,
            to_day: self.to_day,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeterChangeQuery {
    pile_code: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn one(app: &Shared, who: &Who, id: i64) -> Result<ReconciliationView> {
    let (scope, wanted) =
        (who.scope(), ReconciliationFilter { id: Some(id), limit: 1, ..Default::default() });
    let read = move |conn: &mut store::Conn| reconciliation_list::reconciliation_list(conn, &scope, &wanted);
    app.engine.store.read(read).await?.items.pop().ok_or_else(no_reconciliation)
}

/// The latest day first.
pub async fn reconciliation_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<ReconciliationQuery>,
) -> Answer<Given<Page<ReconciliationView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| reconciliation_list::reconciliation_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn reconciliation_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<ReconciliationView>> {
    Ok(Given(one(&app, &who, id).await?))
}

/// Compares a day now.
pub async fn reconciliation_start(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<ReconciliationDraft>,
) -> Answer<Created<ReconciliationView>> {
    let id = app.engine.reconciliation_start(&who.actor(), draft).await?;
    Ok(Created(one(&app, &who, id).await?))
}

pub async fn reconciliation_confirm(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(sign): Input<ReconciliationSign>,
) -> Answer<Done> {
    app.engine.reconciliation_confirm(&who.actor(), id, sign).await?;
    Ok(Done)
}

pub async fn reconciliation_undo(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(reopening): Input<ReconciliationReopening>,
) -> Answer<Done> {
    app.engine.reconciliation_undo(&who.actor(), id, reopening).await?;
    Ok(Done)
}

/// Newest first.
pub async fn difference_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<DifferenceQuery>,
) -> Answer<Given<Page<DifferenceView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| reconciliation_list::difference_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn difference_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<DifferenceChange>,
) -> Answer<Done> {
    app.engine.difference_update(&who.actor(), id, change).await?;
    Ok(Done)
}

/// Newest first.
pub async fn meter_change_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<MeterChangeQuery>,
) -> Answer<Given<Page<MeterChange>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (scope, code) = (who.scope(), query.pile_code);
    let page = (paging.key::<1>()?.map(|[id]| id), paging.limit()?);
    let read =
        move |conn: &mut store::Conn| meter_changes::meter_change_list(conn, &scope, code.as_deref(), page);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn meter_change_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<MeterChangeDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.meter_change_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn meter_change_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.meter_change_delete(&who.actor(), id).await?;
    Ok(Done)
}
