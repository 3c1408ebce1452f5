//! 申请开票 from the mini-program, and what channels tell us by themselves. Whoever applies proves that the orders
//! are theirs by the code on each bill and the phone of their account.

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::{Answer, Failure};
use super::give::{Created, Given};
use super::take::{BODY_MAX, Input, Query, Reader, body_whole};
use crate::bill::{is_billed, proved};
use axum::extract::{FromRequest, Request, State};
use engine::audit::Actor;
use engine::invoice::{InvoiceDraft, InvoicePlan, InvoiceReceiptRow};
use model::access::Scope;
use model::channel::email_masked;
use model::id::CustomerId;
use model::invoice::{InvoiceKind, InvoiceState};
use model::order::Order;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::order_list;
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicInvoiceOrder {
    /// 18 digits.
    pub order_no: String,
    /// As it stands on the bill.
    pub code: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicInvoiceDraft {
    /// Made by the app when it opens the form: sent again, it is the same application.
    pub request_id: String,
    /// Of the account that has paid.
    pub account_phone: String,
    pub orders: Vec<PublicInvoiceOrder>,
    pub special: bool,
    pub company: bool,
    pub title: String,
    pub tax_no: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub bank_account: Option<String>,
    /// Where it is sent.
    pub email: String,
    pub remark: Option<String>,
}

/// What the person is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicInvoiceReceipt {
    pub invoices: Vec<InvoiceReceiptRow>,
}

fn no_bill() -> Error {
    Error::invalid(
        "orders",
        "订单号、账单验证码与手机号不一致，请在订单的账单上核对后重新填写",
        "Order number, code of the bill and phone do not belong together; compare them with the bill.",
    )
}

/// Whose orders these are, when everything fits; which of the three does not is not told.
async fn owned(app: &Shared, draft: &PublicInvoiceDraft) -> Result<(CustomerId, Vec<i64>)> {
    if !(1..=100).contains(&draft.orders.len()) {
        return Err(Error::invalid("orders", "请选择 1 到 100 个订单", "Choose 1 to 100 orders."));
    }
    let mut numbers = Vec::new();
    for order in &draft.orders {
        numbers.push(Order::id_of_number(order.order_no.trim()).ok_or_else(no_bill)?);
    }
    let phone: String = draft.account_phone.chars().filter(char::is_ascii_digit).collect();
    let asked = numbers.clone();
    let read = move |conn: &mut store::Conn| {
        let mut found = Vec::new();
        for id in asked {
            let order = store::orders::get(conn, id)?.and_then(|order| order.customer);
            found.extend(order_list::order_get(conn, &Scope::ALL, id)?.zip(order));
        }
        let owner = match found.first() {
            Some((_, customer)) => store::customers::get(conn, *customer)?,
            None => None,
        };
        Ok((found, owner))
    };
    let (found, owner) = app.engine.store.read(read).await?;
    let owner = owner.filter(|owner| owner.phone.as_deref() == Some(phone.as_str())).ok_or_else(no_bill)?;
    for ((order, customer), given) in found.iter().zip(&draft.orders) {
        let bare = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let ours = bare(&app.engine.secrets.bill_code(&proved(order)));
        let fits = order.order.order_no == given.order_no.trim()
            && *customer == owner.id
            && is_billed(order.order.state)
            && ours.eq_ignore_ascii_case(&bare(&given.code));
        if !fits {
            return Err(no_bill());
        }
    }
    if found.len() != numbers.len() {
        return Err(no_bill());
    }
    Ok((owner.id, numbers.into_iter().map(|id| id.0).collect()))
}

fn draft_of(customer: CustomerId, order_ids: Vec<i64>, draft: PublicInvoiceDraft) -> InvoiceDraft {
    InvoiceDraft {
        request_id: format!("app-{}", draft.request_id),
        customer_id: Some(customer.0),
        fleet_id: None,
        order_ids,
        special: draft.special,
        company: draft.company,
        title: draft.title,
        tax_no: draft.tax_no,
        address: draft.address,
        phone: draft.phone,
        bank_account: draft.bank_account,
        email: Some(draft.email),
        remark: draft.remark,
    }
}

/// The person themselves, who is no staff.
fn person(reader: &Reader) -> Actor {
    let mut actor = Actor::local();
    actor.caller.name = "mini_program".to_owned();
    actor.address.clone_from(&reader.address);
    actor
}

/// What an application would make, for the app to show before it is sent.
pub async fn public_invoice_check(
    State(app): State<Shared>,
    reader: Reader,
    Input(draft): Input<PublicInvoiceDraft>,
) -> Answer<Given<InvoicePlan>> {
    app.engine.visitors.enter(&reader.address, app.now())?;
    let (customer, orders) = owned(&app, &draft).await?;
    Ok(Given(app.engine.invoice_check(&person(&reader), draft_of(customer, orders, draft)).await?))
}

pub async fn public_invoice_create(
    State(app): State<Shared>,
    reader: Reader,
    Input(draft): Input<PublicInvoiceDraft>,
) -> Answer<Created<PublicInvoiceReceipt>> {
    app.engine.visitors.enter(&reader.address, app.now())?;
    let (customer, orders) = owned(&app, &draft).await?;
    let receipt = app.engine.invoice_create(&person(&reader), draft_of(customer, orders, draft)).await?;
    Ok(Created(PublicInvoiceReceipt { invoices: receipt.invoices }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicInvoiceQuery {
    serial_no: String,
    /// Of the account that has paid.
    phone: String,
}

/// How far an invoice is, for the person who applied.
#[derive(Serialize, ToSchema)]
pub struct InvoiceProgress {
    pub serial_no: String,
    pub kind: InvoiceKind,
    pub state: InvoiceState,
    pub total_fen: i64,
    pub number: Option<String>,
    /// Masked.
    pub email: Option<String>,
    pub issued_at_ms: Option<i64>,
}

pub async fn public_invoice_get(
    State(app): State<Shared>,
    reader: Reader,
    Query(query): Query<PublicInvoiceQuery>,
) -> Answer<Given<InvoiceProgress>> {
    app.engine.visitors.enter(&reader.address, app.now())?;
    let phone: String = query.phone.chars().filter(char::is_ascii_digit).collect();
    let read = move |conn: &mut store::Conn| match store::invoice_work::of_phone(
        conn,
        query.serial_no.trim(),
        &phone,
    )? {
        Some(id) => store::invoice_work::get(conn, id),
        None => Ok(None),
    };
    let found = app.engine.store.read(read).await?.ok_or_else(|| {
        Error::not_found(
            "invoice.not_found",
            "没有这张发票，请核对开票序号与手机号",
            "There is no such invoice. Check its number and the phone.",
        )
    })?;
    Ok(Given(InvoiceProgress {
        serial_no: found.serial_no,
        kind: found.kind,
        state: found.state,
        total_fen: found.total_fen,
        number: found.number,
        email: found.email.as_deref().map(email_masked),
        issued_at_ms: found.issued_at_ms,
    }))
}

/// What a channel tells us: the number that it has news of, wherever it says it.
pub struct ChannelCall(Option<String>);

/// How long it may take to say it.
const PATIENCE: Duration = Duration::from_secs(10);

impl FromRequest<Shared> for ChannelCall {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Shared) -> Result<ChannelCall, Failure> {
        let body = body_whole(request, BODY_MAX, PATIENCE).await?;
        let named = |value: &serde_json::Value| {
            let names = ["orderno", "orderNo", "c_orderno", "billId"];
            names.iter().find_map(|name| value[*name].as_str().map(str::to_owned))
        };
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(&body) {
            return Ok(ChannelCall(named(&value)));
        }
        let mut number = None;
        for (name, value) in form_urlencoded::parse(&body) {
            match name.as_ref() {
                "orderno" | "orderNo" | "billId" => number = Some(value.into_owned()),
                "content" if number.is_none() => {
                    number = serde_json::from_str(&value).ok().and_then(|value| named(&value));
                }
                _ => {}
            }
        }
        Ok(ChannelCall(number))
    }
}

impl Describe for ChannelCall {
    fn describe(draft: &mut Draft) {
        draft.text_body("application/x-www-form-urlencoded");
    }
}

/// As 诺诺 wants to be answered: it calls again otherwise.
#[derive(Serialize, ToSchema)]
pub struct InvoiceCallbackReceipt {
    pub status: String,
    pub message: String,
}

/// A channel has news of an invoice. Nothing that it says is believed: the channel is asked, a little earlier than it
/// would have been. Whoever pretends to be one gains nothing, and a repeat does nothing.
pub async fn public_invoice_callback_create(
    State(app): State<Shared>,
    reader: Reader,
    ChannelCall(number): ChannelCall,
) -> Answer<Given<InvoiceCallbackReceipt>> {
    app.engine.readers.enter(&reader.address, app.now())?;
    if let Some(number) = number {
        app.engine.invoice_nudge(number.trim()).await?;
    }
    Ok(Given(InvoiceCallbackReceipt { status: "0000".to_owned(), message: "同步成功".to_owned() }))
}
