//! 充电账单 as a file, and whether a bill that somebody shows is ours.

use super::describe::{Describe, Draft};
use super::error::Answer;
use super::give::Given;
use super::take::{Id, Query, Reader, Who};
use super::transfers::Reached;
use super::{Shared, wire};
use crate::bill::{self, Wanted};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use model::access::Scope;
use model::id::OrderId;
use model::order::Order;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::order_list::{self, OrderDetail};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBillQuery {
    /// `zh` or `en`; `zh` when not given.
    language: Option<String>,
}

/// A page to be printed.
pub struct BillFile {
    name: String,
    bytes: Vec<u8>,
}

impl IntoResponse for BillFile {
    fn into_response(self) -> Response {
        let headers = [
            (CONTENT_TYPE, "application/pdf".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
            (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)),
        ];
        (headers, self.bytes).into_response()
    }
}

impl Describe for BillFile {
    fn describe(draft: &mut Draft) {
        draft.silence(200, "The bill as PDF, with a QR code that verifies it");
    }
}

fn english(query: &OrderBillQuery) -> Result<bool> {
    match query.language.as_deref() {
        None | Some("zh") => Ok(false),
        Some("en") => Ok(true),
        Some(_) => Err(Error::invalid("language", "语言应为 zh 或 en", "language is zh or en.")),
    }
}

fn no_order() -> Error {
    Error::not_found(
        "order.not_found",
        "没有这个订单，或不在您的数据范围内",
        "There is no such order in your scope.",
    )
}

pub async fn order_bill_fetch(
    State(app): State<Shared>,
    who: Who,
    reached: Reached,
    Id(id): Id,
    Query(query): Query<OrderBillQuery>,
) -> Answer<BillFile> {
    let (scope, english) = (who.scope(), english(&query)?);
    let read = move |conn: &mut store::Conn| order_list::order_get(conn, &scope, OrderId(id));
    let order = app.engine.store.read(read).await?.ok_or_else(no_order)?;
    if !bill::is_billed(order.order.state) {
        return Err(Error::refused(
            "order.not_billed",
            "订单尚未结算完成，没有账单；完成后再导出",
            "This order is not settled yet, so that it has no bill; come back when it is completed.",
        )
        .into());
    }
    let code = app.engine.secrets.bill_code(&bill::proved(&order));
    let number = &order.order.order_no;
    let link = match reached.0 {
        Ok(url) => format!("{}/bill?no={number}&code={code}", url.trim_end_matches('/')),
        Err(_) => format!("{number} {code}"),
    };
    let stop = order.order.stop_code.as_deref().and_then(wire::stop_text);
    let stop = stop.map(|text| if english { text.en.into_owned() } else { text.zh.into_owned() });
    let wanted = Wanted { english, code: &code, link: &link, stop: stop.as_deref(), now: app.now() };
    let bytes = bill::bill(&order, &wanted)?;
    Ok(BillFile { name: format!("bill-{number}.pdf"), bytes })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BillQuery {
    /// 18 digits.
    order_no: String,
    /// As it stands on the bill.
    code: String,
}

/// What a bill of ours says, so that whoever was shown one can compare.
#[derive(Serialize, ToSchema)]
pub struct BillProof {
    pub order_no: String,
    pub operator_name: String,
    pub station_name: String,
    pub started_at_ms: Option<i64>,
    pub ended_at_ms: Option<i64>,
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
}

fn no_bill() -> Error {
    Error::not_found(
        "bill.not_found",
        "没有这张账单：请核对订单号与验证码；内容被改动过、或之后重新结算的账单不能通过核验",
        "There is no such bill. Check the order number and the code; a bill that was changed, or settled anew since, is not verified.",
    )
}

pub async fn public_bill_get(
    State(app): State<Shared>,
    reader: Reader,
    Query(query): Query<BillQuery>,
) -> Answer<Given<BillProof>> {
    app.engine.visitors.enter(&reader.address, app.now())?;
    let id = Order::id_of_number(query.order_no.trim()).ok_or_else(no_bill)?;
    let read = move |conn: &mut store::Conn| order_list::order_get(conn, &Scope::ALL, id);
    let order: OrderDetail = app.engine.store.read(read).await?.ok_or_else(no_bill)?;
    let typed: String = query.code.chars().filter(char::is_ascii_alphanumeric).collect();
    let ours: String =
        app.engine.secrets.bill_code(&bill::proved(&order)).chars().filter(|c| *c != '-').collect();
    let same_number = order.order.order_no == query.order_no.trim();
    if !same_number || !bill::is_billed(order.order.state) || !typed.eq_ignore_ascii_case(&ours) {
        return Err(no_bill().into());
    }
    let order = order.order;
    Ok(Given(BillProof {
        order_no: order.order_no,
        operator_name: order.operator_name,
        station_name: order.station_name,
        started_at_ms: order.started_at_ms,
        ended_at_ms: order.ended_at_ms,
        energy_dwh: order.energy_dwh,
        electricity_fen: order.electricity_fen,
        service_fen: order.service_fen,
        total_fen: order.total_fen,
    }))
}
