//! 电子发票

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::picture::Picture;
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::invoice::{InvoiceChange, InvoiceMailDraft};
use model::id::InvoiceId;
use model::invoice::{InvoiceCustomerKind, InvoiceKind, InvoiceState, MailState};
use model::order::Order;
use model::{Error, Result};
use serde::Deserialize;
use store::filter::Paging;
use store::invoice_list::{self, FILES, InvoiceDetail, InvoiceFilter, InvoiceList, SORTS};
use store::sort::Sort;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceQuery {
    serial_no: Option<String>,
    kind: Option<InvoiceKind>,
    phone: Option<String>,
    customer_kind: Option<InvoiceCustomerKind>,
    state: Option<InvoiceState>,
    title: Option<String>,
    number: Option<String>,
    email: Option<String>,
    tax_no: Option<String>,
    seller_name: Option<String>,
    /// The whole number of an order: the invoices in which it stands or stood.
    order_no: Option<String>,
    red: Option<bool>,
    /// Of the last mail.
    mail_state: Option<MailState>,
    customer_id: Option<i64>,
    /// When it was applied for.
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    issued_from_ms: Option<i64>,
    /// Exclusive.
    issued_to_ms: Option<i64>,
    amount_from_fen: Option<i64>,
    amount_to_fen: Option<i64>,
    /// applied_at_ms, issued_at_ms, total_fen, tax_fen; `-` before it for the
    /// greatest first. The newest first when it is left out.
    sort: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl InvoiceQuery {
    pub fn filter(self) -> Result<InvoiceFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        for (field, from, to) in [
            ("to_ms", self.from_ms, self.to_ms),
            ("issued_to_ms", self.issued_from_ms, self.issued_to_ms),
            ("amount_to_fen", self.amount_from_fen, self.amount_to_fen),
        ] {
            if from.zip(to).is_some_and(|(from, to)| from > to) {
                return Err(Error::invalid(
                    field,
                    "范围的终点不能小于起点，请重新填写",
                    "The range ends before it begins; give it again.",
                ));
            }
        }
        let order = self.order_no.as_deref().map(|no| {
            Order::id_of_number(no).ok_or_else(|| {
                Error::invalid(
                    "order_no",
                    "请填写完整的 18 位订单号",
                    "Give the whole number of the order, 18 digits.",
                )
            })
        });
        Ok(InvoiceFilter {
            order: order.transpose()?,
            tax_no: self.tax_no,
            seller_name: self.seller_name,
            red: self.red,
            mail_state: self.mail_state,
            customer_id: self.customer_id,
            issued_from_ms: self.issued_from_ms,
            issued_to_ms: self.issued_to_ms,
            serial_no: self.serial_no,
            kind: self.kind,
            phone: self.phone,
            customer_kind: self.customer_kind,
            state: self.state,
            title: self.title,
            number: self.number,
            email: self.email,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            amount_from_fen: self.amount_from_fen,
            amount_to_fen: self.amount_to_fen,
            sort: Sort::or_newest(self.sort.as_deref(), SORTS, &paging)?,
            limit: paging.limit()?,
        })
    }
}

pub async fn invoice_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<InvoiceQuery>,
) -> Answer<Given<InvoiceList>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| invoice_list::invoice_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

fn no_invoice() -> Error {
    Error::not_found(
        "invoice.not_found",
        "没有这张发票，或不在您的数据范围内",
        "There is no such invoice in your scope.",
    )
}

pub async fn invoice_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<InvoiceDetail>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| invoice_list::invoice_get(conn, &scope, InvoiceId(id));
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_invoice)?))
}

pub async fn invoice_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<InvoiceChange>,
) -> Answer<Done> {
    app.engine.invoice_update(&who.actor(), InvoiceId(id), change).await?;
    Ok(Done)
}

pub async fn invoice_mail_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<InvoiceMailDraft>,
) -> Answer<Done> {
    app.engine.invoice_mail_create(&who.actor(), InvoiceId(id), draft).await?;
    Ok(Done)
}

/// A file of an invoice in the caller's scope.
pub async fn invoice_file_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Picture> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let Some((of, file)) = store::attachments::get(conn, FILES, id)? else { return Ok(None) };
        let seen = store::invoices::find(conn, &scope, InvoiceId(of))?.is_some();
        Ok(seen.then_some(file))
    };
    Ok(Picture(app.engine.store.read(read).await?.ok_or_else(no_invoice)?))
}
