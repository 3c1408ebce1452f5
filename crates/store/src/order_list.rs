//! 充电订单 as staff see them.

use crate::battery_reports::{self, BatteryView};
use crate::command_list::Command;
use crate::db::{Conn, DbResult, Row, Value};
use crate::filter::{Filter, Page};
use crate::occupancies::OccupancyView;
use crate::order_discounts::{self, OrderDiscountView};
use crate::order_filter::{OrderFilter, OrderTime};
use crate::order_merges::{self, OrderMerge};
use crate::order_names::{Names, Read, filter};
use crate::order_notes::OrderNote;
use crate::order_payments::PAID_STATE;
use crate::order_totals::{self, OrderTotals};
use crate::pile_list::{LiveValues, masked};
use crate::settlements::Settlement;
use model::access::Scope;
use model::card::TokenVerdict;
use model::customer::{phone_masked, plate_masked, vin_masked};
use model::error::Text;
use model::id::{OrderId, TariffId};
use model::ledger::{PaidState, PayWay};
use model::order::{Abnormalities, Abnormality, Order, OrderState, StartMode, StopClass};
use model::tariff::Segment;
use model::time::{Timestamp, Zone};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use utoipa::ToSchema;

static SHANGHAI: LazyLock<Zone> = LazyLock::new(Zone::shanghai);

/// 订单号 of a row: its id and the day of its creation in the platform's zone.
pub fn order_no(id: i64, created_at_ms: i64) -> String {
    Order::number(OrderId(id), SHANGHAI.local(Timestamp::from_ms(created_at_ms)).day)
}

/// The same where there may be no order.
pub(crate) fn order_no_opt(id: Option<i64>, created_at_ms: Option<i64>) -> Option<String> {
    Some(order_no(id?, created_at_ms?))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderView {
    pub id: i64,
    pub order_no: String,
    /// The pile's name of the session: OCPP transaction id, 云快充 trade number.
    pub session_key: Option<String>,
    pub pile_code: String,
    pub pile_name: String,
    #[serde(skip)]
    pub pile_id: i64,
    pub station_id: i64,
    pub station_name: String,
    pub operator_name: String,
    pub connector_no: i64,
    pub start_mode: StartMode,
    /// Masked to its last four characters.
    pub token: Option<String>,
    pub customer_name: Option<String>,
    pub state: OrderState,
    pub abnormalities: Vec<Abnormality>,
    pub created_at_ms: i64,
    /// Null while the pile has not begun.
    pub started_at_ms: Option<i64>,
    pub ended_at_ms: Option<i64>,
    pub duration_s: Option<i64>,
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
    /// 优惠: what of the total is not asked of whoever pays.
    pub discount_fen: i64,
    /// 占位费, asked for beside the total.
    pub occupancy_fen: i64,
    /// What the pile itself has computed.
    pub pile_amount_e4: Option<i64>,
    pub soc_start: Option<i64>,
    pub soc_end: Option<i64>,
    pub stop_code: Option<String>,
    pub stop_class: Option<StopClass>,
    /// The stop code as a sentence in the reader's language.
    pub stop_text: Option<String>,
    pub tariff_id: Option<i64>,
    /// The connector's register when the session began and ended.
    pub meter_start_dwh: Option<i64>,
    pub meter_end_dwh: Option<i64>,
    /// 138****1234
    pub customer_phone: Option<String>,
    pub fleet_name: Option<String>,
    /// The vehicle as the pile has told it; in a list its last six characters.
    pub vin: Option<String>,
    /// Masked; of the car that is known by this VIN.
    pub plate: Option<String>,
    /// Null where nobody pays.
    pub pay_way: Option<PayWay>,
    pub paid_state: Option<PaidState>,
    /// Where it is one connector's part of charging one car.
    pub merge: Option<OrderMerge>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderDetail {
    #[serde(flatten)]
    pub order: OrderView,
    /// The pile's clock minus ours when it reported the start.
    pub skew_ms: Option<i64>,
    pub tariff: Option<OrderTariff>,
    /// The station's, by whose clock the tariff was cut.
    pub time_zone: String,
    pub segments: Vec<Segment>,
    /// What is taken off the bill, a line for each reason.
    pub discounts: Vec<OrderDiscountView>,
    /// 占位 after its end; null where nothing is asked for it.
    pub occupancy: Option<OccupancyView>,
    /// What the pile itself has counted and priced per period.
    pub pile_segments: Option<Vec<PileSegment>>,
    pub curve: Vec<LiveValues>,
    /// What the car's battery has told; of DC sessions whose pile passes it on.
    pub battery: Option<BatteryView>,
    pub commands: Vec<Command>,
    /// Who clicked, for a start from the console.
    pub started_by: Option<String>,
    /// What people decided of it while it was held, the latest first.
    pub settlements: Vec<Settlement>,
    /// What staff have written down beside it, the latest first.
    pub notes: Vec<OrderNote>,
    /// The file that has brought it, when it had been lost.
    pub brought_by: Option<OrderOrigin>,
    /// What the pile was answered when it began.
    #[serde(skip)]
    pub start_verdict: Option<TokenVerdict>,
    /// Sentences that explain the bill and the state.
    pub explanation: Vec<Text>,
}

/// Where an imported order comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderOrigin {
    pub order_import_id: i64,
    /// What whoever filled the file in has said.
    pub note: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderTariff {
    pub id: i64,
    pub name: String,
    pub version_no: i64,
    /// The kind of days that the one on which it began is; none on all other days.
    pub day_name: Option<String>,
}

/// One period of the pile's own bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PileSegment {
    pub period: model::tariff::Period,
    /// Electricity and service fee together.
    pub price_e5: i64,
    pub energy_dwh: i64,
    pub amount_e4: i64,
}

/// What `order_detail.pile_bill` holds, as far as pages show it.
#[derive(Deserialize)]
struct PileBill {
    periods: Vec<PileSegment>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderList {
    pub items: Vec<OrderView>,
    pub next_cursor: Option<String>,
    pub total: Option<i64>,
    /// Sums over everything that the filters select, not only this page; null when they were not asked
    /// for.
    pub totals: Option<OrderTotals>,
}

static COLUMNS: LazyLock<String> = LazyLock::new(|| format!("{FACTS}, pay.way, {PAID_STATE}"));

const FACTS: &str = "o.id, o.session_key, p.code, p.name, o.station_id, s.name, op.name, o.connector_no, \
    o.start_mode, o.token, c.name, o.state, o.abnormal, o.created_at_ms, o.started_at_ms, o.ended_at_ms, \
    o.energy_dwh, o.electricity_fen, o.service_fen, o.total_fen, o.pile_amount_e4, o.soc_start, o.soc_end, \
    o.stop_code, o.stop_class, o.tariff_id, o.pile_id, o.meter_start_dwh, o.meter_end_dwh, c.phone, fl.name, \
    o.vin, a.plate, o.discount_fen, o.occupancy_fen";

/// Where the value stands by which a page is sorted: behind the columns.
const SORT_VALUE: usize = 37;

/// The names beside an order.
const NAMES: &str = "JOIN pile p ON p.id = o.pile_id JOIN station s ON s.id = o.station_id \
    JOIN operator op ON op.id = o.operator_id LEFT JOIN customer c ON c.id = o.customer_id \
    LEFT JOIN fleet fl ON fl.id = c.fleet_id LEFT JOIN car a ON a.vin = o.vin \
    LEFT JOIN order_payment pay ON pay.order_id = o.id";

fn view(row: &Row<'_>) -> DbResult<OrderView> {
    let (id, created_at_ms) = (row.int(0)?, row.int(13)?);
    let state = row.word(11, OrderState::parse)?;
    let (started, ended_at_ms) = (row.int(14)?, row.int_opt(15)?);
    // Before the pile has begun the column holds the creation, for the index's sake.
    let begun = !matches!(state, OrderState::Starting | OrderState::Failed);
    Ok(OrderView {
        id,
        order_no: order_no(id, created_at_ms),
        session_key: row.text_opt(1)?,
        pile_code: row.text(2)?,
        pile_name: row.text(3)?,
        station_id: row.int(4)?,
        station_name: row.text(5)?,
        operator_name: row.text(6)?,
        connector_no: row.int(7)?,
        start_mode: row.word(8, StartMode::parse)?,
        token: row.text_opt(9)?.map(|token| masked(&token)),
        customer_name: row.text_opt(10)?,
        state,
        abnormalities: Abnormalities::from_bits(row.int(12)?).iter().collect(),
        created_at_ms,
        started_at_ms: begun.then_some(started),
        ended_at_ms,
        duration_s: ended_at_ms.filter(|_| begun).map(|ended| ended.saturating_sub(started) / 1_000),
        energy_dwh: row.int(16)?,
        electricity_fen: row.int(17)?,
        service_fen: row.int(18)?,
        total_fen: row.int(19)?,
        discount_fen: row.int(33)?,
        occupancy_fen: row.int(34)?,
        pile_amount_e4: row.int_opt(20)?,
        soc_start: row.int_opt(21)?,
        soc_end: row.int_opt(22)?,
        stop_code: row.text_opt(23)?,
        stop_class: row.text_opt(24)?.and_then(|class| StopClass::parse(&class)),
        stop_text: None,
        tariff_id: row.int_opt(25)?,
        pile_id: row.int(26)?,
        meter_start_dwh: row.int_opt(27)?,
        meter_end_dwh: row.int_opt(28)?,
        customer_phone: row.text_opt(29)?.as_deref().map(phone_masked),
        fleet_name: row.text_opt(30)?,
        vin: row.text_opt(31)?.as_deref().map(vin_masked),
        plate: row.text_opt(32)?.as_deref().map(plate_masked),
        pay_way: row.text_opt(35)?.as_deref().and_then(PayWay::parse),
        paid_state: row.text_opt(36)?.as_deref().and_then(PaidState::parse),
        merge: None,
    })
}

/// Newest first by the chosen time; the sums of everything selected when they are asked for.
pub fn order_list(conn: &mut Conn, scope: &Scope, wanted: &OrderFilter) -> DbResult<OrderList> {
    let names = Names::find(conn, wanted)?;
    let totals = if wanted.totals {
        let (sql, values) = order_totals::statement(scope, wanted, &names);
        Some(conn.one(&sql, &values, order_totals::totals)?)
    } else {
        None
    };
    let count = totals.map(|totals| totals.order_count);
    let Page { items, next_cursor, total } = page(conn, scope, wanted, &names, count)?;
    Ok(OrderList { items, next_cursor, total, totals })
}

/// One page without the sums, which would be dear for every page of a long file.
pub fn order_page(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &OrderFilter,
    total: Option<i64>,
) -> DbResult<Page<OrderView>> {
    let names = Names::find(conn, wanted)?;
    page(conn, scope, wanted, &names, total)
}

fn page(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &OrderFilter,
    names: &Names,
    total: Option<i64>,
) -> DbResult<Page<OrderView>> {
    let (sql, values) = page_statement(scope, wanted, names);
    let rows = conn.query(&sql, &values, |row| {
        let order = view(row)?;
        let cursor = match (&wanted.sort, wanted.time) {
            (Some(sort), _) => sort.cursor(row, SORT_VALUE, order.id)?,
            (None, OrderTime::Started) => format!("{}.{}", row.int(14)?, order.id),
            (None, OrderTime::Ended) => format!("{}.{}", row.int(15)?, order.id),
        };
        Ok((cursor, order))
    })?;
    let Page { items, next_cursor, total } =
        Page::of(rows, wanted.limit, total, |(cursor, _)| cursor.clone());
    let mut items: Vec<OrderView> = items.into_iter().map(|(_, order)| order).collect();
    order_merges::tell(conn, &mut items)?;
    Ok(Page { items, next_cursor, total })
}

/// The rows of a page are found first, and only they get their names.
fn page_statement(scope: &Scope, wanted: &OrderFilter, names: &Names) -> (String, Vec<Value<'static>>) {
    let columns = &*COLUMNS;
    let read = if wanted.sort.is_some() { Read::Sums } else { Read::Page };
    let mut filter = filter(scope, wanted, names, read);
    if let Some(sort) = &wanted.sort {
        sort.page(&mut filter, "o.id");
        let (limit, value) = (filter.bind(wanted.limit + 1), sort.value("o.id"));
        // Only number and value go through the sorting of all that is selected.
        let sql = format!(
            "SELECT {columns}, k.sort_value FROM (SELECT o.id, {value} AS sort_value FROM orders o {} \
             ORDER BY {} LIMIT {limit}) AS k JOIN orders o ON o.id = k.id {NAMES} ORDER BY {}",
            filter.sql(),
            sort.order_by("sort_value", "o.id"),
            sort.order_by("k.sort_value", "k.id"),
        );
        return (sql, filter.values);
    }
    let time = wanted.time.column();
    if let Some([at_ms, id]) = wanted.after {
        let (at_ms, id) = (filter.bind(at_ms), filter.bind(id));
        filter.and(&format!("({time}, o.id) < ({at_ms}, {id})"));
    }
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {columns} FROM (SELECT * FROM orders o {} ORDER BY {time} DESC, o.id DESC LIMIT {limit}) AS o \
         {NAMES} ORDER BY {time} DESC, o.id DESC",
        filter.sql()
    );
    (sql, filter.values)
}

/// One order with all that explains it, if the caller may see it. `explanation`, the sentences in
/// the reader's language and what is known of a running session are added by the caller.
pub fn order_get(conn: &mut Conn, scope: &Scope, id: OrderId) -> DbResult<Option<OrderDetail>> {
    let mut filter = Filter::new();
    filter.and_value("o.id = ?", id.0);
    filter.scope("o.operator_id", "o.station_id", scope);
    let columns = &*COLUMNS;
    let sql = format!(
        "SELECT {columns}, o.skew_ms, t.name, t.version_no, f.name, d.segments, d.pile_bill, s.time_zone, b.import_id, \
         b.note, o.start_verdict \
         FROM orders o {NAMES} LEFT JOIN tariff t ON t.id = o.tariff_id LEFT JOIN staff f ON f.id = o.staff_id \
         LEFT JOIN order_detail d ON d.order_id = o.id \
         LEFT JOIN order_import_row b ON b.order_id = o.id {}",
        filter.sql()
    );
    let Some(mut found) = conn.find(&sql, &filter.values, detail)? else { return Ok(None) };
    if let Some(detail) = crate::orders::detail(conn, id)? {
        found.curve = detail.curve.points().iter().copied().map(LiveValues::from).collect();
    }
    if let Some(tariff) = &mut found.tariff {
        let version = crate::tariffs::version(conn, TariffId(tariff.id))?;
        let zone = Zone::parse(&found.time_zone).unwrap_or_else(Zone::shanghai);
        let shift = model::order::shift_ms(found.skew_ms);
        let began_at = found.order.started_at_ms.map(|ms| Timestamp::from_ms(ms + shift));
        let place = began_at.map_or(0, |at| version.calendar.place_at(&zone, at));
        tariff.day_name = version.table(place).name.map(str::to_owned);
    }
    found.discounts = order_discounts::of_order(conn, id)?;
    found.occupancy = crate::occupancies::of_order(conn, id)?;
    found.order.merge = order_merges::of_order(conn, id)?;
    found.battery = battery_reports::find(conn, id)?.map(BatteryView::from);
    found.commands = crate::command_list::of_order(conn, id)?;
    found.settlements = crate::settlements::of_order(conn, id)?;
    found.notes = crate::order_notes::of_order(conn, id)?;
    Ok(Some(found))
}

fn detail(row: &Row<'_>) -> DbResult<OrderDetail> {
    let mut order = view(row)?;
    order.vin = row.text_opt(31)?;
    let tariff = match (order.tariff_id, row.text_opt(38)?, row.int_opt(39)?) {
        (Some(id), Some(name), Some(version_no)) => {
            Some(OrderTariff { id, name, version_no, day_name: None })
        }
        _ => None,
    };
    let segments = row.text_opt(41)?.map_or_else(Vec::new, |text| {
        serde_json::from_str(&text).unwrap_or_else(|why| {
            tracing::error!(%why, order = order.id, "the segments of an order cannot be read");
            Vec::new()
        })
    });
    let pile_segments = row.text_opt(42)?.and_then(|text| {
        serde_json::from_str(&text)
            .map(|bill: PileBill| bill.periods)
            .inspect_err(|why| tracing::error!(%why, order = order.id, "a pile's bill cannot be read"))
            .ok()
    });
    Ok(OrderDetail {
        skew_ms: row.int_opt(37)?,
        tariff,
        time_zone: row.text(43)?,
        segments,
        discounts: Vec::new(),
        occupancy: None,
        pile_segments,
        curve: Vec::new(),
        battery: None,
        commands: Vec::new(),
        started_by: row.text_opt(40)?,
        settlements: Vec::new(),
        notes: Vec::new(),
        brought_by: row
            .int_opt(44)?
            .zip(row.text_opt(45)?)
            .map(|(order_import_id, note)| OrderOrigin { order_import_id, note }),
        start_verdict: row.text_opt(46)?.and_then(|verdict| TokenVerdict::parse(&verdict)),
        explanation: Vec::new(),
        order,
    })
}

#[cfg(test)]
mod tests;
