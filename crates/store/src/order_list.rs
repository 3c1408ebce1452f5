//! 充电订单 as staff see them.

use crate::command_list::Command;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page};
use crate::frames::OrderFrames;
use crate::pile_list::{LiveValues, masked};
use model::access::Scope;
use model::error::Text;
use model::id::{OrderId, PileId};
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
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderDetail {
    #[serde(flatten)]
    pub order: OrderView,
    pub vin: Option<String>,
    /// The pile's clock minus ours when it reported the start.
    pub skew_ms: Option<i64>,
    pub tariff: Option<OrderTariff>,
    /// The station's, by whose clock the tariff was cut.
    pub time_zone: String,
    pub segments: Vec<Segment>,
    /// What the pile itself has counted and priced per period.
    pub pile_segments: Option<Vec<PileSegment>>,
    pub curve: Vec<LiveValues>,
    pub commands: Vec<Command>,
    /// Who clicked, for a start from the console.
    pub started_by: Option<String>,
    /// Sentences that explain the bill and the state.
    pub explanation: Vec<Text>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderTariff {
    pub id: i64,
    pub name: String,
    pub version_no: i64,
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
    /// Sums over everything that the filters select, not only this page.
    pub totals: OrderTotals,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderTotals {
    pub order_count: i64,
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
}

/// By which time orders are chosen and sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderTime {
    #[default]
    Started,
    Ended,
}

impl OrderTime {
    fn column(self) -> &'static str {
        match self {
            OrderTime::Started => "o.started_at_ms",
            OrderTime::Ended => "o.ended_at_ms",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    pub time: OrderTime,
    pub from_ms: i64,
    /// Exclusive.
    pub to_ms: i64,
    /// The order's id, read from its number.
    pub id: Option<OrderId>,
    pub session_key: Option<String>,
    pub station_name: Option<String>,
    pub station_id: Option<i64>,
    pub customer_id: Option<i64>,
    /// The whole code of one pile.
    pub pile: Option<String>,
    /// A part of a pile's code.
    pub pile_code: Option<String>,
    pub operator_name: Option<String>,
    pub state: Option<OrderState>,
    pub abnormality: Option<Abnormality>,
    /// The whole token: it is shown masked and never searched by pieces.
    pub token: Option<String>,
    pub start_mode: Option<StartMode>,
    /// Time and id of the last row of the page before.
    pub after: Option<[i64; 2]>,
    pub limit: i64,
}

fn filter(scope: &Scope, wanted: &OrderFilter) -> Filter {
    let mut filter = Filter::new();
    let time = wanted.time.column();
    filter.and_value(&format!("{time} >= ?"), wanted.from_ms);
    filter.and_value(&format!("{time} < ?"), wanted.to_ms);
    filter.scope("o.operator_id", "o.station_id", scope);
    filter.and_some("o.id = ?", wanted.id.map(|id| id.0));
    filter.and_some("o.session_key = ?", wanted.session_key.clone());
    filter.and_contains(
        "o.station_id IN (SELECT id FROM station WHERE LOWER(name) LIKE ?)",
        wanted.station_name.as_deref(),
    );
    filter.and_some("o.station_id = ?", wanted.station_id);
    filter.and_some("o.customer_id = ?", wanted.customer_id);
    filter.and_some("o.pile_id = (SELECT id FROM pile WHERE code = ?)", wanted.pile.clone());
    filter.and_contains(
        "o.pile_id IN (SELECT id FROM pile WHERE LOWER(code) LIKE ?)",
        wanted.pile_code.as_deref(),
    );
    filter.and_contains(
        "o.operator_id IN (SELECT id FROM operator WHERE LOWER(name) LIKE ?)",
        wanted.operator_name.as_deref(),
    );
    if let Some(state) = wanted.state {
        filter.and_value("o.state = ?", state.as_str());
        if !matches!(state, OrderState::Completed | OrderState::Failed) {
            // Says nothing new to us, but to the index of the few that are not finished.
            filter.and("o.state <> 'completed' AND o.state <> 'failed'");
        }
    }
    if let Some(abnormality) = wanted.abnormality {
        let mut bits = Abnormalities::default();
        bits.add(abnormality);
        filter.and_value("(o.abnormal & ?) <> 0", bits.bits());
    }
    if let Some(token) = wanted.token.as_deref().map(str::trim).filter(|token| !token.is_empty()) {
        let (own, upper) = (filter.bind(token.to_owned()), filter.bind(token.to_ascii_uppercase()));
        filter.and(&format!("o.token IN ({own}, {upper})"));
    }
    filter.and_some("o.start_mode = ?", wanted.start_mode.map(StartMode::as_str));
    filter
}

const COLUMNS: &str = "o.id, o.session_key, p.code, p.name, o.station_id, s.name, op.name, o.connector_no, \
    o.start_mode, o.token, c.name, o.state, o.abnormal, o.created_at_ms, o.started_at_ms, o.ended_at_ms, \
    o.energy_dwh, o.electricity_fen, o.service_fen, o.total_fen, o.pile_amount_e4, o.soc_start, o.soc_end, \
    o.stop_code, o.stop_class, o.tariff_id, o.pile_id, o.meter_start_dwh, o.meter_end_dwh";

const FROM: &str = "FROM orders o JOIN pile p ON p.id = o.pile_id JOIN station s ON s.id = o.station_id \
    JOIN operator op ON op.id = o.operator_id LEFT JOIN customer c ON c.id = o.customer_id";

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
    })
}

/// Newest first by the chosen time, with the sums of everything selected.
pub fn order_list(conn: &mut Conn, scope: &Scope, wanted: &OrderFilter) -> DbResult<OrderList> {
    let mut filter = filter(scope, wanted);
    let totals = conn.one(
        &format!(
            "SELECT COUNT(*), CAST(COALESCE(SUM(o.energy_dwh), 0) AS BIGINT), \
             CAST(COALESCE(SUM(o.electricity_fen), 0) AS BIGINT), \
             CAST(COALESCE(SUM(o.service_fen), 0) AS BIGINT), \
             CAST(COALESCE(SUM(o.total_fen), 0) AS BIGINT) FROM orders o {}",
            filter.sql()
        ),
        &filter.values,
        |row| {
            Ok(OrderTotals {
                order_count: row.int(0)?,
                energy_dwh: row.int(1)?,
                electricity_fen: row.int(2)?,
                service_fen: row.int(3)?,
                total_fen: row.int(4)?,
            })
        },
    )?;
    let time = wanted.time.column();
    if let Some([at_ms, id]) = wanted.after {
        let (at_ms, id) = (filter.bind(at_ms), filter.bind(id));
        filter.and(&format!("({time}, o.id) < ({at_ms}, {id})"));
    }
    let limit = filter.bind(wanted.limit + 1);
    let sql =
        format!("SELECT {COLUMNS} {FROM} {} ORDER BY {time} DESC, o.id DESC LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, |row| {
        let at_ms = if wanted.time == OrderTime::Started { row.int(14)? } else { row.int(15)? };
        Ok((at_ms, view(row)?))
    })?;
    let page = Page::of(rows, wanted.limit, Some(totals.order_count), |(at_ms, order)| {
        format!("{at_ms}.{}", order.id)
    });
    Ok(OrderList {
        items: page.items.into_iter().map(|(_, order)| order).collect(),
        next_cursor: page.next_cursor,
        total: page.total,
        totals,
    })
}

/// One order with all that explains it, if the caller may see it. `explanation`, the sentences in
/// the reader's language and what is known of a running session are added by the caller.
pub fn order_get(conn: &mut Conn, scope: &Scope, id: OrderId) -> DbResult<Option<OrderDetail>> {
    let mut filter = Filter::new();
    filter.and_value("o.id = ?", id.0);
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT {COLUMNS}, o.vin, o.skew_ms, t.name, t.version_no, f.name, \
         d.segments, d.pile_bill, s.time_zone {FROM} LEFT JOIN tariff t ON t.id = o.tariff_id \
         LEFT JOIN staff f ON f.id = o.staff_id LEFT JOIN order_detail d ON d.order_id = o.id {}",
        filter.sql()
    );
    let Some(mut found) = conn.find(&sql, &filter.values, detail)? else { return Ok(None) };
    if let Some(detail) = crate::orders::detail(conn, id)? {
        found.curve = detail.curve.points().iter().copied().map(LiveValues::from).collect();
    }
    found.commands = crate::command_list::of_order(conn, id)?;
    Ok(Some(found))
}

fn detail(row: &Row<'_>) -> DbResult<OrderDetail> {
    let order = view(row)?;
    let tariff = match (order.tariff_id, row.text_opt(31)?, row.int_opt(32)?) {
        (Some(id), Some(name), Some(version_no)) => Some(OrderTariff { id, name, version_no }),
        _ => None,
    };
    let segments = row.text_opt(34)?.map_or_else(Vec::new, |text| {
        serde_json::from_str(&text).unwrap_or_else(|why| {
            tracing::error!(%why, order = order.id, "the segments of an order cannot be read");
            Vec::new()
        })
    });
    let pile_segments = row.text_opt(35)?.and_then(|text| {
        serde_json::from_str(&text)
            .map(|bill: PileBill| bill.periods)
            .inspect_err(|why| tracing::error!(%why, order = order.id, "a pile's bill cannot be read"))
            .ok()
    });
    Ok(OrderDetail {
        vin: row.text_opt(29)?,
        skew_ms: row.int_opt(30)?,
        tariff,
        time_zone: row.text(36)?,
        segments,
        pile_segments,
        curve: Vec::new(),
        commands: Vec::new(),
        started_by: row.text_opt(33)?,
        explanation: Vec::new(),
        order,
    })
}

/// What the frames and a stop of an order need.
#[derive(Clone, Debug)]
pub struct OrderPlace {
    pub frames: OrderFrames,
    pub protocol: model::site::Protocol,
}

/// How long after the end a pile may still speak of an order (a repeated end, a late bill); one whose
/// end was never told is closed long after it.
const TALK_AFTER_MS: i64 = 3_600_000;
const TALK_AFTER_SILENCE_MS: i64 = 86_400_000;

pub fn order_place(conn: &mut Conn, scope: &Scope, id: OrderId) -> DbResult<Option<OrderPlace>> {
    let mut filter = Filter::new();
    filter.and_value("o.id = ?", id.0);
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT o.pile_id, o.frame_from, p.protocol, o.state, o.end_received_ms, \
         o.ended_at_ms - COALESCE(o.skew_ms, 0), o.created_at_ms FROM orders o \
         JOIN pile p ON p.id = o.pile_id {}",
        filter.sql()
    );
    conn.find(&sql, &filter.values, |row| {
        let state = row.word(3, OrderState::parse)?;
        let (told, ended, created) = (row.int_opt(4)?, row.int_opt(5)?, row.int(6)?);
        let until = told.map(|at| at + TALK_AFTER_MS);
        let until_ms = until.or(ended.map(|at| at.max(created) + TALK_AFTER_SILENCE_MS));
        Ok(OrderPlace {
            frames: OrderFrames {
                pile: PileId(row.int(0)?),
                order: id.0,
                from: row.int(1)?,
                until_ms: until_ms.filter(|_| !state.awaits_record()),
            },
            protocol: row.word(2, model::site::Protocol::parse)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Purpose, Source};

    /// Every question that can be narrowed is answered from an index that narrows it.
    #[test]
    fn lists_are_read_by_index() {
        let source = Source::Sqlite(":memory:".into());
        let mut conn = Conn::open(&source, Purpose::Write).unwrap();
        crate::migrate::migrate(&mut conn, Timestamp::from_ms(0)).unwrap();
        let mut plan = |sql: String, values: &[crate::Value<'_>]| {
            conn.query(&format!("EXPLAIN QUERY PLAN {sql}"), values, |row| row.text(3)).unwrap().join("; ")
        };
        let of = |change: fn(&mut OrderFilter)| {
            let mut wanted = OrderFilter { to_ms: i64::MAX, ..OrderFilter::default() };
            change(&mut wanted);
            filter(&Scope::ALL, &wanted)
        };
        let lists: &[(&str, Filter)] = &[
            ("orders_started", of(|_| ())),
            ("orders_ended", of(|wanted| wanted.time = OrderTime::Ended)),
            ("orders_unfinished", of(|wanted| wanted.state = Some(OrderState::Abnormal))),
            ("(session_key=?", of(|wanted| wanted.session_key = Some("1".to_owned()))),
            ("orders_station", of(|wanted| wanted.station_id = Some(1))),
            ("orders_token", of(|wanted| wanted.token = Some("C".to_owned()))),
            ("PRIMARY KEY (rowid=?)", of(|wanted| wanted.id = Some(OrderId(1)))),
        ];
        for (index, filter) in lists {
            for what in ["COUNT(*) FROM orders o", &format!("{COLUMNS} {FROM}")] {
                let plan = plan(format!("SELECT {what} {}", filter.sql()), &filter.values);
                let orders = plan.split("; ").find(|step| step.contains(" o USING")).unwrap_or(&plan);
                assert!(orders.contains(index), "{index}: {plan}");
            }
        }
    }
}
