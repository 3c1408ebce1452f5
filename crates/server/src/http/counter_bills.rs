//! 渠道对账 and 互联互通对账: bills of pay channels and peers, and what does not agree with them

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Id, Input, Query, Who};
use crate::jobs::counter_bills;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::reconciliation::counter::{CounterBillDraft, no_counter_bill};
use engine::reconciliation::{DifferenceChange, ReconciliationReopening, ReconciliationSign};
use model::Result;
use model::reconciliation::{CounterDifferenceKind, CounterSource, DifferenceState, ReconciliationState};
use serde::Deserialize;
use store::counter_bill_list::{
    self, CounterBillFilter, CounterBillView, CounterDifferenceFilter, CounterDifferenceView,
};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CounterBillQuery {
    source: Option<CounterSource>,
    /// The pay channel, or the peer.
    source_id: Option<i64>,
    /// 20261123
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
    state: Option<ReconciliationState>,
    /// Only bills in which something waits to be handled, or that are not here.
    open: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CounterDifferenceQuery {
    counter_bill_id: Option<i64>,
    source: Option<CounterSource>,
    /// The pay channel, or the peer.
    source_id: Option<i64>,
    kind: Option<CounterDifferenceKind>,
    state: Option<DifferenceState>,
    /// 20261123
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

async fn page(app: &Shared, who: &Who, wanted: CounterBillFilter) -> Result<Page<CounterBillView>> {
    who.actor().must_be_platform()?;
    let scope = who.scope();
    app.engine.store.read(move |conn| counter_bill_list::counter_bill_list(conn, &scope, &wanted)).await
}

async fn one(app: &Shared, who: &Who, id: i64) -> Result<CounterBillView> {
    let wanted = CounterBillFilter { id: Some(id), limit: 1, ..CounterBillFilter::default() };
    page(app, who, wanted).await?.items.pop().ok_or_else(no_counter_bill)
}

/// The latest day first.
pub async fn counter_bill_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<CounterBillQuery>,
) -> Answer<Given<Page<CounterBillView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = CounterBillFilter {
        id: None,
        source: query.source,
        source_id: query.source_id,
        from_day: query.from_day,
        to_day: query.to_day,
        state: query.state,
        open: query.open.unwrap_or(false),
        before: paging.key::<2>()?,
        limit: paging.limit()?,
    };
    Ok(Given(page(&app, &who, wanted).await?))
}

pub async fn counter_bill_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<CounterBillView>> {
    Ok(Given(one(&app, &who, id).await?))
}

/// Asks the channel for the bill of a day now, and compares it. A bill that does not come is told in its row.
pub async fn counter_bill_start(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<CounterBillDraft>,
) -> Answer<Created<CounterBillView>> {
    let channel = app.engine.counter_bill_asked(&who.actor(), draft).await?;
    let fetched = counter_bills::fetch(&app, &channel, draft.day).await?;
    Ok(Created(one(&app, &who, fetched.id).await?))
}

/// A bill as the channel has given it.
pub struct CounterBillFile {
    name: String,
    body: Vec<u8>,
}

impl IntoResponse for CounterBillFile {
    fn into_response(self) -> Response {
        let name: String = form_urlencoded::byte_serialize(self.name.as_bytes()).collect();
        let headers = [
            (CONTENT_TYPE, "application/octet-stream".to_owned()),
            (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", name.replace('+', "%20"))),
        ];
        (headers, self.body).into_response()
    }
}

impl Describe for CounterBillFile {
    fn describe(draft: &mut Draft) {
        draft.silence(200, "The file");
    }
}

pub async fn counter_bill_fetch(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<CounterBillFile> {
    who.actor().must_be_platform()?;
    let read = move |conn: &mut store::Conn| store::counter_bills::file(conn, id);
    let (name, body) = app.engine.store.read(read).await?.ok_or_else(no_counter_bill)?;
    Ok(CounterBillFile { name, body })
}

pub async fn counter_bill_confirm(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(sign): Input<ReconciliationSign>,
) -> Answer<Done> {
    app.engine.counter_bill_confirm(&who.actor(), id, sign).await?;
    Ok(Done)
}

pub async fn counter_bill_undo(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(reopening): Input<ReconciliationReopening>,
) -> Answer<Done> {
    app.engine.counter_bill_undo(&who.actor(), id, reopening).await?;
    Ok(Done)
}

/// Newest first.
pub async fn counter_difference_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<CounterDifferenceQuery>,
) -> Answer<Given<Page<CounterDifferenceView>>> {
    who.actor().must_be_platform()?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = CounterDifferenceFilter {
        counter_bill: query.counter_bill_id,
        source: query.source,
        source_id: query.source_id,
        kind: query.kind,
        state: query.state,
        from_day: query.from_day,
        to_day: query.to_day,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read =
        move |conn: &mut store::Conn| counter_bill_list::counter_difference_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn counter_difference_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<DifferenceChange>,
) -> Answer<Done> {
    app.engine.counter_difference_update(&who.actor(), id, change).await?;
    Ok(Done)
}
