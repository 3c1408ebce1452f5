//! 充电订单

use super::commands::{self, WaitQuery};
use super::error::Answer;
use super::give::{Commanded, Created, Given, NewId};
use super::span::time_span;
use super::take::{Id, Input, Query, Reader, Who};
use super::{Shared, explain, wire};
use axum::extract::State;
use engine::command::CommandRequest;
use engine::device::Running;
use engine::order_note::OrderNoteDraft;
use engine::settlement::no_order;
use model::customer::plate_parse;
use model::id::{OrderId, PileId};
use model::ledger::{PaidState, PayWay};
use model::order::{Abnormality, Order, OrderState, StartMode, StopClass};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use store::filter::Paging;
use store::order_filter::{OrderFilter, OrderTime, SORTS, Span};
use store::order_list::{self, OrderDetail, OrderList, OrderView};
use store::order_totals::OrderTotals;
use store::pile_list::LiveValues;
use store::sort::Sort;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderQuery {
    time: Option<OrderTime>,
    /// This month of Asia/Shanghai when neither is given.
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    order_no: Option<String>,
    session_key: Option<String>,
    station_name: Option<String>,
    station_id: Option<i64>,
    /// A part of the city's name.
    city_name: Option<String>,
    customer_id: Option<i64>,
    /// The last digits of the customer's phone number, four or more.
    phone: Option<String>,
    /// A part of the name of the customer's fleet.
    fleet_name: Option<String>,
    /// The whole code of one pile.
    pile: Option<String>,
    /// A part of a pile's code.
    pile_code: Option<String>,
    connector_no: Option<i64>,
    operator_name: Option<String>,
    state: Option<OrderState>,
    abnormality: Option<Abnormality>,
    token: Option<String>,
    /// The whole vehicle identification number.
    vin: Option<String>,
    /// The whole plate of a car that is known here.
    plate: Option<String>,
    /// The id of an order: it and those that charged the same car by other connectors.
    merge_of: Option<i64>,
    start_mode: Option<StartMode>,
    stop_class: Option<StopClass>,
    pay_way: Option<PayWay>,
    paid_state: Option<PaidState>,
    energy_from_dwh: Option<i64>,
    /// Inclusive, as all ends of quantities.
    energy_to_dwh: Option<i64>,
    total_from_fen: Option<i64>,
    total_to_fen: Option<i64>,
    /// True: only those whose settlement by hand waits for a second person.
    settlement_waiting: Option<bool>,
    /// started_at_ms, duration_s, energy_dwh, electricity_fen, service_fen or total_fen; `-` before it for
    /// the greatest first. The latest first when it is left out.
    sort: Option<String>,
    /// False leaves out the sums, which `order_totals_get` gives by themselves: the page comes first.
    totals: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl OrderQuery {
    pub fn filter(self, now: Timestamp) -> Result<OrderFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        let id =
            self.order_no.as_deref().map(str::trim).map(|no| Order::id_of_number(no).ok_or_else(bad_number));
        let id = id.transpose()?;
        // A number names one order, whenever it was.
        let named = id.is_some() || self.session_key.is_some() || self.merge_of.is_some();
        let (from_ms, to_ms) = time_span(self.from_ms, self.to_ms, named, now)?;
        let sort = Sort::of(self.sort.as_deref(), SORTS, &paging)?;
        Ok(OrderFilter {
            time: self.time.unwrap_or_default(),
            from_ms,
            to_ms,
            id,
            session_key: self.session_key.map(|key| key.trim().to_owned()),
            station_name: self.station_name,
            station_id: self.station_id,
            city_name: self.city_name,
            customer_id: self.customer_id,
            phone: self.phone.map(digits).transpose()?,
            fleet_name: self.fleet_name,
            pile: self.pile.map(|code| code.trim().to_owned()),
            pile_code: self.pile_code,
            connector_no: self.connector_no,
            operator_name: self.operator_name,
            state: self.state,
            abnormality: self.abnormality,
            token: self.token,
            vin: self.vin.map(|vin| vin.trim().to_ascii_uppercase()),
            plate: self.plate.as_deref().map(plate_parse).transpose()?,
            merge_of: self.merge_of,
            start_mode: self.start_mode,
            stop_class: self.stop_class,
            pay_way: self.pay_way,
            paid_state: self.paid_state,
            energy_dwh: span("energy_to_dwh", self.energy_from_dwh, self.energy_to_dwh)?,
            total_fen: span("total_to_fen", self.total_from_fen, self.total_to_fen)?,
            settlement_waiting: self.settlement_waiting.unwrap_or(false),
            totals: self.totals.unwrap_or(true),
            after: if sort.is_some() { None } else { paging.key::<2>()? },
            sort,
            limit: paging.limit()?,
        })
    }
}

fn span(end: &'static str, from: Option<i64>, to: Option<i64>) -> Result<Span> {
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Error::invalid(
            end,
            "上限小于下限，请重新填写范围",
            "The upper end of the range is below its lower end.",
        ));
    }
    Ok(Span { from, to })
}

/// Of fewer digits half of all customers would be found.
fn digits(phone: String) -> Result<String> {
    let phone = phone.trim().to_owned();
    let count = phone.chars().filter(char::is_ascii_digit).count();
    if count < 4 && !phone.is_empty() {
        return Err(Error::invalid(
            "phone",
            "请输入手机号后 4 位或完整号码",
            "Give the last four digits of the phone number, or all of it.",
        ));
    }
    Ok(phone)
}

fn bad_number() -> Error {
    Error::invalid(
        "order_no",
        "订单号应为 18 位数字（日期 8 位 + 序号 10 位），请检查后重试",
        "An order number has 18 digits (8 of the date, 10 of the serial number).",
    )
}

pub fn tell(order: &mut OrderView, reader: &Reader) {
    order.stop_text = order.stop_code.as_deref().and_then(wire::stop_text).map(|text| reader.tell(&text));
}

pub async fn order_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Query(query): Query<OrderQuery>,
) -> Answer<Given<OrderList>> {
    let (scope, wanted) = (who.scope(), query.filter(app.now())?);
    let read = move |conn: &mut store::Conn| order_list::order_list(conn, &scope, &wanted);
    let mut list = app.engine.store.read(read).await?;
    let open = list.items.iter_mut().filter(|order| order.state.is_open());
    for found in futures_util::future::join_all(open.map(|order| running_brief(&app, order))).await {
        found?;
    }
    list.items.iter_mut().for_each(|order| tell(order, &reader));
    Ok(Given(list))
}

/// What all orders add up to that the filters of the list select.
pub async fn order_totals_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<OrderQuery>,
) -> Answer<Given<OrderTotals>> {
    let (scope, wanted) = (who.scope(), query.filter(app.now())?);
    let read = move |conn: &mut store::Conn| store::order_totals::order_totals_get(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn order_get(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
) -> Answer<Given<OrderDetail>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| order_list::order_get(conn, &scope, OrderId(id));
    let mut order = app.engine.store.read(read).await?.ok_or_else(no_order)?;
    running(&app, &mut order).await?;
    if let Some(battery) = &mut order.battery {
        wire::battery_tell(&mut battery.facts, &reader);
    }
    let stop = order.order.stop_code.as_deref().and_then(wire::stop_text);
    order.explanation = explain::order(&order, stop.as_ref());
    tell(&mut order.order, &reader);
    order.commands.iter_mut().for_each(|command| commands::tell(command, &reader));
    Ok(Given(order))
}

/// A session that still runs is shown as it is now: its curve and what it has cost so far are in
/// memory until it ends.
async fn running(app: &Shared, detail: &mut OrderDetail) -> Result<()> {
    let order = &mut detail.order;
    if order.state == OrderState::Completed
        || order.state == OrderState::Failed
        || !detail.segments.is_empty()
    {
        return Ok(());
    }
    if let Some(running) = running_brief(app, order).await? {
        detail.battery = running.battery.or(detail.battery.take());
        detail.curve = running.open.curve.points().iter().copied().map(LiveValues::from).collect();
        detail.segments = running.bill.segments;
    }
    Ok(())
}

/// What a running session has delivered and cost so far; `None` when it does not run.
async fn running_brief(app: &Shared, order: &mut OrderView) -> Result<Option<Running>> {
    let running = app.engine.order_running(PileId(order.pile_id), OrderId(order.id)).await?;
    if let Some(Running { open, bill, .. }) = &running {
        order.energy_dwh = bill.energy.dwh().max(open.order.energy.dwh());
        (order.electricity_fen, order.service_fen, order.total_fen) =
            (bill.electricity.0, bill.service.0, bill.total.0);
    }
    Ok(running)
}

pub async fn order_stop(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
    Query(wait): Query<WaitQuery>,
) -> Answer<Commanded> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| store::order_place::order_place(conn, &scope, OrderId(id));
    let place = app.engine.store.read(read).await?.ok_or_else(no_order)?;
    // One car: what charges it by other connectors ends with it.
    let read = move |conn: &mut store::Conn| store::order_merges::of_order(conn, OrderId(id));
    let parts = app.engine.store.read(read).await?.map(|merge| merge.others).unwrap_or_default();
    for part in parts.iter().filter(|part| part.state.is_open()) {
        let request = CommandRequest::Stop { order: OrderId(part.order_id) };
        if let Err(why) = app.engine.command(&who.session.caller, place.frames.pile, request).await {
            tracing::debug!(%why, order = part.order_id, "the other part of a merge was not stopped");
        }
    }
    let request = CommandRequest::Stop { order: OrderId(id) };
    commands::ask(&app, &who, &reader, place.frames.pile, request, wait).await
}

pub async fn order_note_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<OrderNoteDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.order_note_create(&who.actor(), OrderId(id), draft).await?;
    Ok(Created(NewId { id }))
}
