//! 支付流水: what customers pay at pay channels.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::span::time_span;
use super::take::{Id, Input, Query, Reader, Who};
use crate::pay::flow;
use axum::extract::State;
use engine::pay::no_payment;
use engine::pay::payments::{PaymentDraft, PaymentTicket, PublicPaymentDraft};
use model::Result;
use model::pay::{PayState, PaymentPurpose};
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use store::filter::{Page, Paging};
use store::payment_list::{self, PaymentDetail, PaymentFilter, PaymentTotals, PaymentView};
use store::payments::{self, Payment};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentQuery {
    /// The whole of our number or of the channel's.
    no: Option<String>,
    /// A part of the customer's name or phone number.
    customer: Option<String>,
    customer_id: Option<i64>,
    pay_channel_id: Option<i64>,
    purpose: Option<PaymentPurpose>,
    state: Option<PayState>,
    /// Paid late or twice.
    odd: Option<bool>,
    /// This month of Asia/Shanghai when neither is given and neither a number, a customer's id nor what is odd is asked for.
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl PaymentQuery {
    fn filter(self, now: Timestamp) -> Result<PaymentFilter> {
        let named = self.no.is_some() || self.customer_id.is_some() || self.odd == Some(true);
        let (from_ms, to_ms) = time_span(self.from_ms, self.to_ms, named, now)?;
        Ok(PaymentFilter {
            no: self.no,
            customer: self.customer,
            customer_id: self.customer_id,
            pay_channel_id: self.pay_channel_id,
            purpose: self.purpose,
            state: self.state,
            odd: self.odd,
            from_ms,
            to_ms,
        })
    }
}

pub async fn payment_list(
    State(app): State<Shared>,
    who: Who,
    Query(mut query): Query<PaymentQuery>,
) -> Answer<Given<Page<PaymentView>>> {
    let paging = Paging { cursor: query.cursor.take(), limit: query.limit };
    let page = (paging.key::<2>()?, paging.limit()?);
    let (scope, wanted) = (who.scope(), query.filter(app.now())?);
    let read = move |conn: &mut store::Conn| payment_list::payment_list(conn, &scope, &wanted, page);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn payment_totals_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<PaymentQuery>,
) -> Answer<Given<PaymentTotals>> {
    let (scope, wanted) = (who.scope(), query.filter(app.now())?);
    let read = move |conn: &mut store::Conn| payment_list::payment_totals_get(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn payment_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<PaymentDetail>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| payment_list::payment_get(conn, &scope, id);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_payment)?))
}

/// One that the caller may see.
pub(super) async fn seen(app: &Shared, who: &Who, id: i64) -> Result<Payment> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| match payment_list::payment_get(conn, &scope, id)? {
        Some(_) => payments::get(conn, id),
        None => Ok(None),
    };
    app.engine.store.read(read).await?.ok_or_else(no_payment)
}

/// A payment that was just made, and where it is paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentMade {
    pub id: i64,
    #[serde(flatten)]
    pub ticket: PaymentTicket,
}

pub async fn payment_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<PaymentDraft>,
) -> Answer<Created<PaymentMade>> {
    let made = app.engine.payment_create(&who.actor(), draft).await?;
    let payment = flow::open(&app, made).await?;
    Ok(Created(PaymentMade { id: payment.id, ticket: PaymentTicket::of(&payment) }))
}

pub async fn payment_check(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    let payment = seen(&app, &who, id).await?;
    flow::check(&app, &who.actor(), &payment).await?;
    Ok(Done)
}

pub async fn payment_cancel(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    let payment = seen(&app, &who, id).await?;
    flow::close(&app, &who.actor(), &payment).await?;
    Ok(Done)
}

/// From the mini-program: a top-up, or what is owed for an order.
pub async fn public_payment_create(
    State(app): State<Shared>,
    reader: Reader,
    Input(draft): Input<PublicPaymentDraft>,
) -> Answer<Created<PaymentTicket>> {
    let made = app.engine.payment_submit(&reader.address, draft).await?;
    Ok(Created(PaymentTicket::of(&flow::open(&app, made).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentTicketQuery {
    no: String,
    token: String,
}

/// How far it is; the number and the token together open it.
pub async fn public_payment_get(
    State(app): State<Shared>,
    reader: Reader,
    Query(query): Query<PaymentTicketQuery>,
) -> Answer<Given<PaymentTicket>> {
    Ok(Given(app.engine.payment_ticket(&reader.address, &query.no, &query.token).await?))
}
