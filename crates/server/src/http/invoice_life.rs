//! 电子发票: applied for, issued, taken back.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::invoice::{
    InvoiceBatchDraft, InvoiceBatchReport, InvoiceDecision, InvoiceDraft, InvoicePlan, InvoiceReceipt,
    InvoiceReversalDraft, InvoiceVersion,
};
use model::id::{CustomerId, FleetId, InvoiceId};
use model::ledger::Payer;
use model::{Error, Result};
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::invoice_orders::{self, InvoiceOrderChoice, InvoiceOrderFilter};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceOrderQuery {
    /// Whose orders: one of these.
    customer_id: Option<i64>,
    fleet_id: Option<i64>,
    /// Only those that may stand in a new invoice.
    invoiceable: Option<bool>,
    operator_id: Option<i64>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Whom a request is about: a customer or a fleet.
pub fn payer(customer: Option<i64>, fleet: Option<i64>) -> Result<Payer> {
    match (customer, fleet) {
        (Some(id), None) => Ok(Payer::Customer(CustomerId(id))),
        (None, Some(id)) => Ok(Payer::Fleet(FleetId(id))),
        _ => Err(Error::invalid(
            "customer_id",
            "请指定一位用户或一个车队，只能选一个",
            "Name one customer or one fleet, and only one of them.",
        )),
    }
}

pub async fn invoice_order_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<InvoiceOrderQuery>,
) -> Answer<Given<Page<InvoiceOrderChoice>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = InvoiceOrderFilter {
        payer: payer(query.customer_id, query.fleet_id)?,
        invoiceable: query.invoiceable.unwrap_or(false),
        operator: query.operator_id,
        from_ms: query.from_ms,
        to_ms: query.to_ms,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| invoice_orders::invoice_order_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn invoice_check(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<InvoiceDraft>,
) -> Answer<Given<InvoicePlan>> {
    Ok(Given(app.engine.invoice_check(&who.actor(), draft).await?))
}

pub async fn invoice_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<InvoiceDraft>,
) -> Answer<Created<InvoiceReceipt>> {
    let receipt = app.engine.invoice_create(&who.actor(), draft).await?;
    Ok(Created(receipt))
}

pub async fn invoice_confirm(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(decision): Input<InvoiceDecision>,
) -> Answer<Done> {
    app.engine.invoice_confirm(&who.actor(), InvoiceId(id), decision).await?;
    Ok(Done)
}

pub async fn invoice_start(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<InvoiceVersion>,
) -> Answer<Done> {
    app.engine.invoice_start(&who.actor(), InvoiceId(id), draft).await?;
    Ok(Done)
}

pub async fn invoice_batch_start(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<InvoiceBatchDraft>,
) -> Answer<Given<InvoiceBatchReport>> {
    Ok(Given(app.engine.invoice_batch_start(&who.actor(), draft).await?))
}

pub async fn invoice_reversal_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<InvoiceReversalDraft>,
) -> Answer<Done> {
    app.engine.invoice_reversal_create(&who.actor(), InvoiceId(id), draft).await?;
    Ok(Done)
}

pub async fn invoice_reversal_cancel(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<InvoiceVersion>,
) -> Answer<Done> {
    app.engine.invoice_reversal_cancel(&who.actor(), InvoiceId(id), draft).await?;
    Ok(Done)
}
