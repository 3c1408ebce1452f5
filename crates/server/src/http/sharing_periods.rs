//! 分账期, its statements, lines and orders

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Id, Input, Query, Reader, Who};
use crate::statement;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::proposal::ProposalDecision;
use engine::sharing::{
    SharingConfirmation, SharingPayoutDraft, SharingPeriodDraft, no_sharing_period, no_sharing_statement,
    orders_of,
};
use model::Result;
use model::access::Scope;
use model::sharing::{SharingCycle, SharingPeriodState, SharingStatementState};
use serde::{Deserialize, Serialize};
use store::filter::{Page, Paging};
use store::sharing_list::{
    self, SharingLineFilter, SharingLineView, SharingPeriodFilter, SharingPeriodView, SharingStatementFilter,
    SharingStatementView,
};
use store::sharing_orders::{SharingOrderFilter, SharingOrderView};
use store::sharing_proposals::{self, SharingProposal};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingPeriodQuery {
    operator_id: Option<i64>,
    operator_name: Option<String>,
    state: Option<SharingPeriodState>,
    cycle: Option<SharingCycle>,
    /// Periods that have days from this one on, 20261101.
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl SharingPeriodQuery {
    pub fn filter(self) -> Result<SharingPeriodFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(SharingPeriodFilter {
            id: None,
            operator: self.operator_id,
            operator_name: self.operator_name,
            state: self.state,
            cycle: self.cycle,
            from_day: self.from_day,
            to_day: self.to_day,
            before: paging.key::<2>()?,
            limit: paging.limit()?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingStatementQuery {
    period_id: Option<i64>,
    operator_id: Option<i64>,
    payee_id: Option<i64>,
    payee_name: Option<String>,
    state: Option<SharingStatementState>,
    /// Of periods that have days from this one on, 20261101.
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl SharingStatementQuery {
    pub fn filter(self) -> Result<SharingStatementFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(SharingStatementFilter {
            id: None,
            period: self.period_id,
            operator: self.operator_id,
            payee: self.payee_id,
            payee_name: self.payee_name,
            state: self.state,
            from_day: self.from_day,
            to_day: self.to_day,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingLineQuery {
    period_id: Option<i64>,
    payee_id: Option<i64>,
    station_id: Option<i64>,
    /// Only adjustments of closed periods, or only others.
    adjustment: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl SharingLineQuery {
    pub fn filter(self) -> Result<SharingLineFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(SharingLineFilter {
            period: self.period_id,
            payee: self.payee_id,
            station: self.station_id,
            adjustment: self.adjustment,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingOrderQuery {
    station_id: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// A period with what each payee gets of it, and what waits for a second person.
#[derive(Serialize, ToSchema)]
pub struct SharingPeriodDetail {
    pub period: SharingPeriodView,
    pub statements: Vec<SharingStatementView>,
    /// Newest first.
    pub proposals: Vec<SharingProposal>,
}

/// More payees than any operator has.
const STATEMENTS: i64 = 1_000;

fn detail(conn: &mut store::Conn, scope: &Scope, id: i64) -> store::DbResult<Option<SharingPeriodDetail>> {
    let wanted = SharingPeriodFilter { id: Some(id), limit: 1, ..Default::default() };
    let found = sharing_list::sharing_period_list(conn, scope, &wanted)?.items.pop();
    let Some(period) = found else { return Ok(None) };
    let wanted = SharingStatementFilter { period: Some(id), limit: STATEMENTS, ..Default::default() };
    let mut statements = sharing_list::sharing_statement_list(conn, scope, &wanted)?.items;
    statements.sort_by_key(|one| one.payee_id);
    let proposals = sharing_proposals::of_period(conn, id)?;
    Ok(Some(SharingPeriodDetail { period, statements, proposals }))
}

async fn one(app: &Shared, who: &Who, id: i64) -> Result<SharingPeriodDetail> {
    let scope = who.scope();
    app.engine.store.read(move |conn| detail(conn, &scope, id)).await?.ok_or_else(no_sharing_period)
}

/// The latest first.
pub async fn sharing_period_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<SharingPeriodQuery>,
) -> Answer<Given<Page<SharingPeriodView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| sharing_list::sharing_period_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn sharing_period_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<SharingPeriodDetail>> {
    Ok(Given(one(&app, &who, id).await?))
}

/// Tries a period, anew where it was tried before.
pub async fn sharing_period_start(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<SharingPeriodDraft>,
) -> Answer<Created<SharingPeriodDetail>> {
    let id = app.engine.sharing_period_start(&who.actor(), draft).await?;
    Ok(Created(one(&app, &who, id).await?))
}

/// Closes a period, or proposes to; the answer says which.
pub async fn sharing_period_confirm(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(confirmation): Input<SharingConfirmation>,
) -> Answer<Given<SharingPeriodDetail>> {
    app.engine.sharing_period_confirm(&who.actor(), id, confirmation).await?;
    Ok(Given(one(&app, &who, id).await?))
}

/// Newest first: as they were when it was closed, or as they are now.
pub async fn sharing_order_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(query): Query<SharingOrderQuery>,
) -> Answer<Given<Page<SharingOrderView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = SharingOrderFilter {
        period: id,
        station: query.station_id,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| orders_of(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_sharing_period)?))
}

/// In the order in which they were divided.
pub async fn sharing_line_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<SharingLineQuery>,
) -> Answer<Given<Page<SharingLineView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| sharing_list::sharing_line_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

/// Newest first.
pub async fn sharing_statement_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<SharingStatementQuery>,
) -> Answer<Given<Page<SharingStatementView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| sharing_list::sharing_statement_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

/// Notes that it was paid, or proposes to.
pub async fn sharing_payout_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<SharingPayoutDraft>,
) -> Answer<Done> {
    app.engine.sharing_payout_create(&who.actor(), id, draft).await?;
    Ok(Done)
}

pub async fn sharing_proposal_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(decision): Input<ProposalDecision>,
) -> Answer<Done> {
    app.engine.sharing_proposal_update(&who.actor(), id, decision).await?;
    Ok(Done)
}

/// A page to be printed.
pub struct StatementFile {
    name: String,
    bytes: Vec<u8>,
}

impl IntoResponse for StatementFile {
    fn into_response(self) -> Response {
        let headers = [
            (CONTENT_TYPE, "application/pdf".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
            (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)),
        ];
        (headers, self.bytes).into_response()
    }
}

impl Describe for StatementFile {
    fn describe(draft: &mut Draft) {
        draft.silence(200, "The statement as PDF");
    }
}

/// More lines than a person reads.
const LINES: i64 = 5_000;

pub async fn sharing_statement_fetch(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
) -> Answer<StatementFile> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| {
        let wanted = SharingStatementFilter { id: Some(id), limit: 1, ..Default::default() };
        let found = sharing_list::sharing_statement_list(conn, &scope, &wanted)?.items.pop();
        let Some(one) = found else { return Ok(None) };
        let (period, payee) = (Some(one.period_id), Some(one.payee_id));
        let wanted = SharingLineFilter { period, payee, limit: LINES, ..Default::default() };
        let lines = sharing_list::sharing_line_list(conn, &scope, &wanted)?.items;
        Ok(Some((one, lines)))
    };
    let (one, lines) = app.engine.store.read(read).await?.ok_or_else(no_sharing_statement)?;
    let bytes = statement::statement(&one, &lines, reader.english, now)?;
    Ok(StatementFile { name: format!("sharing-{}.pdf", statement::number(&one)), bytes })
}
