//! 退款: money on its way back to where it was paid from.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::payments::seen as payment_seen;
use super::take::{Id, Input, Query, Who};
use crate::pay::flow;
use axum::extract::State;
use engine::pay::no_refund;
use engine::pay::refunds::{RefundCancel, RefundDecision, RefundDraft, RefundProof};
use model::Result;
use model::id::CustomerId;
use model::pay::{RefundKind, RefundRoute, RefundState};
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use store::filter::{Page, Paging};
use store::refund_list::{self, RefundDetail, RefundFilter, RefundTotals, RefundView};
use store::refunds::{self, Refund};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundQuery {
    /// A part of our number, the payment's or the channel's.
    no: Option<String>,
    /// A part of the customer's name or phone number.
    customer: Option<String>,
    customer_id: Option<i64>,
    kind: Option<RefundKind>,
    state: Option<RefundState>,
    route: Option<RefundRoute>,
    /// With the channel for longer than a day.
    stuck: Option<bool>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl RefundQuery {
    fn filter(self, now: Timestamp) -> RefundFilter {
        RefundFilter {
            no: self.no,
            customer: self.customer,
            customer_id: self.customer_id,
            kind: self.kind,
            state: self.state,
            route: self.route,
            stuck_at: (self.stuck == Some(true)).then_some(now),
            from_ms: self.from_ms,
            to_ms: self.to_ms,
        }
    }
}

pub async fn refund_list(
    State(app): State<Shared>,
    who: Who,
    Query(mut query): Query<RefundQuery>,
) -> Answer<Given<Page<RefundView>>> {
    let paging = Paging { cursor: query.cursor.take(), limit: query.limit };
    let page = (paging.key::<1>()?.map(|[id]| id), paging.limit()?);
    let (scope, wanted) = (who.scope(), query.filter(app.now()));
    let read = move |conn: &mut store::Conn| refund_list::refund_list(conn, &scope, &wanted, page);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn refund_totals_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<RefundQuery>,
) -> Answer<Given<RefundTotals>> {
    let (scope, wanted) = (who.scope(), query.filter(app.now()));
    let read = move |conn: &mut store::Conn| refund_list::refund_totals_get(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn refund_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<RefundDetail>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| refund_list::refund_get(conn, &scope, id);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_refund)?))
}

/// One that the caller may see.
async fn seen(app: &Shared, who: &Who, id: i64) -> Result<Refund> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| match refund_list::refund_get(conn, &scope, id)? {
        Some(_) => refunds::get(conn, id),
        None => Ok(None),
    };
    app.engine.store.read(read).await?.ok_or_else(no_refund)
}

/// Sends one that need not wait for anybody; what does not arrive is sent again by the job.
async fn sent(app: &Shared, id: i64) -> Result<()> {
    let found = app.engine.store.read(move |conn| refunds::get(conn, id)).await?;
    if let Some(refund) = found.filter(|one| one.next_at.is_some()) {
        flow::refund(app, &refund).await?;
    }
    Ok(())
}

pub async fn refund_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<RefundDraft>,
) -> Answer<Created<NewId>> {
    let payment = payment_seen(&app, &who, id).await?;
    let id = app.engine.refund_create(&who.actor(), &payment, draft).await?;
    sent(&app, id).await?;
    Ok(Created(NewId { id }))
}

/// The refunds that came of one wish.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundsMade {
    pub ids: Vec<i64>,
}

pub async fn customer_refund_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<RefundDraft>,
) -> Answer<Created<RefundsMade>> {
    let ids = app.engine.customer_refund_create(&who.actor(), CustomerId(id), draft).await?;
    for id in &ids {
        sent(&app, *id).await?;
    }
    Ok(Created(RefundsMade { ids }))
}

pub async fn refund_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(decision): Input<RefundDecision>,
) -> Answer<Done> {
    let refund = seen(&app, &who, id).await?;
    app.engine.refund_update(&who.actor(), &refund, decision).await?;
    sent(&app, id).await?;
    Ok(Done)
}

/// Once more, under the same number.
pub async fn refund_start(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    let refund = seen(&app, &who, id).await?;
    app.engine.refund_again(&who.actor(), &refund).await?;
    sent(&app, id).await?;
    Ok(Done)
}

pub async fn refund_check(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    let refund = seen(&app, &who, id).await?;
    flow::refund_check(&app, &who.actor(), &refund).await?;
    Ok(Done)
}

pub async fn refund_cancel(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(cancel): Input<RefundCancel>,
) -> Answer<Done> {
    let refund = seen(&app, &who, id).await?;
    app.engine.refund_cancel(&who.actor(), &refund, cancel).await?;
    Ok(Done)
}

pub async fn refund_confirm(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(proof): Input<RefundProof>,
) -> Answer<Done> {
    let refund = seen(&app, &who, id).await?;
    app.engine.refund_confirm(&who.actor(), &refund, proof).await?;
    Ok(Done)
}
