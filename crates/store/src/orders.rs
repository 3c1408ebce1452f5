//! 充电订单: writing them, and reading them back for the device path. Lists for people are in
//! `order_list.rs`.

use crate::db::{Conn, DbResult, Insert, Inserts, Row, Value};
use crate::pending::latest;
use crate::samples;
pub use crate::samples::{SampleRow, energy_follow, soc_follow};
use model::card::{Token, TokenKind, TokenVerdict};
use model::curve::Curve;
use model::energy::Energy;
use model::id::{CardId, CustomerId, OperatorId, OrderId, PileId, SessionKey, StaffId, StationId, TariffId};
use model::money::{Amount, Fen};
use model::order::{Abnormalities, OpenOrder, Order, OrderState, StartMode, StopClass};
use model::time::Timestamp;
use std::collections::{HashMap, HashSet};

/// What explains an order, written when it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderDetail {
    pub order: OrderId,
    /// JSON of `model::tariff::Segment`s.
    pub segments: String,
    /// The pile's own bill as JSON, when it made one.
    pub pile_bill: Option<String>,
    pub billed_by: BilledBy,
    pub curve: Curve,
}

impl OrderDetail {
    /// Of an order that is held with what its curve says.
    pub fn unbilled(order: OrderId, curve: Curve) -> OrderDetail {
        let segments = String::from("[]");
        OrderDetail { order, segments, pile_bill: None, billed_by: BilledBy::Nothing, curve }
    }
}

/// From what the bill was made, and so from what it can be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BilledBy {
    /// The readings of the curve, cut at the half hours (OCPP).
    Curve,
    /// The pile's energies per period (云快充 0x3B).
    Record,
    /// Energies per period that a person entered (异常结算).
    Energies,
    /// Fees that a person decided (异常结算).
    Amounts,
    /// Nothing was billed.
    Nothing,
}

impl BilledBy {
    const ALL: [BilledBy; 5] =
        [BilledBy::Curve, BilledBy::Record, BilledBy::Energies, BilledBy::Amounts, BilledBy::Nothing];

    pub fn as_str(self) -> &'static str {
        match self {
            BilledBy::Curve => "curve",
            BilledBy::Record => "record",
            BilledBy::Energies => "energies",
            BilledBy::Amounts => "amounts",
            BilledBy::Nothing => "nothing",
        }
    }

    pub fn parse(text: &str) -> Option<BilledBy> {
        BilledBy::ALL.into_iter().find(|b| b.as_str() == text)
    }
}

pub(crate) const COLUMNS: &[&str] = &[
    "id",
    "pile_id",
    "station_id",
    "operator_id",
    "connector_no",
    "session_key",
    "start_mode",
    "token_kind",
    "token",
    "card_id",
    "customer_id",
    "staff_id",
    "tariff_id",
    "created_at_ms",
    "sample_from",
    "frame_from",
    "state",
    "abnormal",
    "deadline_ms",
    "started_at_ms",
    "ended_at_ms",
    "end_received_ms",
    "skew_ms",
    "meter_start_dwh",
    "meter_end_dwh",
    "energy_dwh",
    "electricity_fen",
    "service_fen",
    "total_fen",
    "pile_amount_e4",
    "soc_start",
    "soc_end",
    "vin",
    "stop_code",
    "stop_class",
    "start_verdict",
    "stop_verdict",
    "member_level_id",
    "service_off_permille",
    "discount_fen",
    "occupancy_fen",
];

/// What a session changes in its order's row without moving it in the indexes that it is found by.
macro_rules! course {
    () => {
        "token_kind = excluded.token_kind, \
        card_id = excluded.card_id, customer_id = excluded.customer_id, tariff_id = excluded.tariff_id, \
        state = excluded.state, abnormal = excluded.abnormal, deadline_ms = excluded.deadline_ms, \
        ended_at_ms = excluded.ended_at_ms, end_received_ms = excluded.end_received_ms, \
        connector_no = excluded.connector_no, skew_ms = excluded.skew_ms, \
        meter_start_dwh = excluded.meter_start_dwh, meter_end_dwh = excluded.meter_end_dwh, \
        energy_dwh = excluded.energy_dwh, electricity_fen = excluded.electricity_fen, \
        service_fen = excluded.service_fen, total_fen = excluded.total_fen, \
        pile_amount_e4 = excluded.pile_amount_e4, soc_start = excluded.soc_start, \
        soc_end = excluded.soc_end, vin = excluded.vin, stop_code = excluded.stop_code, \
        stop_class = excluded.stop_class, start_verdict = excluded.start_verdict, \
        stop_verdict = excluded.stop_verdict, member_level_id = excluded.member_level_id, \
        service_off_permille = excluded.service_off_permille, discount_fen = excluded.discount_fen, \
        occupancy_fen = excluded.occupancy_fen"
    };
}

/// A whole order: a new one, or one of which more than its course has changed.
static ORDER: Insert = Insert {
    table: "orders",
    columns: COLUMNS,
    on_conflict: concat!(
        "ON CONFLICT (id) DO UPDATE SET session_key = excluded.session_key, token = excluded.token, \
        start_mode = excluded.start_mode, started_at_ms = excluded.started_at_ms, ",
        course!()
    ),
};

/// An order whose [`Identity`] the database knows already. SQLite writes every index anew of which a
/// column is named after SET, whether its value has changed or not: seven of eight are spared.
static COURSE: Insert = Insert {
    table: "orders",
    columns: COLUMNS,
    on_conflict: concat!("ON CONFLICT (id) DO UPDATE SET ", course!()),
};

static DETAIL: Insert = Insert {
    table: "order_detail",
    columns: &["order_id", "segments", "pile_bill", "billed_by", "curve"],
    on_conflict: "ON CONFLICT (order_id) DO UPDATE SET segments = excluded.segments, \
        pile_bill = excluded.pile_bill, billed_by = excluded.billed_by, curve = excluded.curve",
};

/// What an order is found by.
#[derive(Debug, PartialEq)]
pub(crate) struct Identity {
    session: Option<SessionKey>,
    token: Option<Token>,
    start_mode: StartMode,
    started_at: Timestamp,
}

impl Identity {
    pub fn of(order: &Order) -> Identity {
        Identity {
            session: order.session,
            token: order.token.clone(),
            start_mode: order.start_mode,
            started_at: order.started_at,
        }
    }

    pub fn is_of(&self, order: &Order) -> bool {
        self.session == order.session
            && self.started_at == order.started_at
            && self.start_mode == order.start_mode
            && self.token == order.token
    }
}

/// An order to be written, and whether the database knows its [`Identity`] from an earlier write.
pub(crate) struct OrderRow {
    pub order: Order,
    pub known: bool,
}

/// Whole orders, then those of which only the course is written.
pub(crate) fn inserts(rows: &[OrderRow]) -> [Inserts<'_>; 2] {
    let new: HashSet<OrderId> = rows.iter().filter(|row| !row.known).map(|row| row.order.id).collect();
    let mut both = [&ORDER, &COURSE].map(|insert| Inserts { insert, values: Vec::new() });
    for row in latest(rows, |row| row.order.id) {
        let place = usize::from(!new.contains(&row.order.id));
        both[place].values.extend(order_values(&row.order));
    }
    both
}

fn order_values(o: &Order) -> [Value<'_>; 41] {
    [
        o.id.0.into(),
        o.pile.0.into(),
        o.station.0.into(),
        o.operator.0.into(),
        i64::from(o.connector).into(),
        o.session.map(|key| key.to_string()).into(),
        o.start_mode.as_str().into(),
        o.token.as_ref().map(|t| t.kind.as_str()).into(),
        o.token.as_ref().map(|t| t.value.as_str()).into(),
        o.card.map(|id| id.0).into(),
        o.customer.map(|id| id.0).into(),
        o.staff.map(|id| id.0).into(),
        o.tariff.map(|id| id.0).into(),
        o.created_at.as_ms().into(),
        o.sample_from.into(),
        o.frame_from.into(),
        o.state.as_str().into(),
        o.abnormal.bits().into(),
        o.deadline.map(Timestamp::as_ms).into(),
        o.started_at.as_ms().into(),
        o.ended_at.map(Timestamp::as_ms).into(),
        o.end_received.map(Timestamp::as_ms).into(),
        o.skew_ms.into(),
        o.meter_start.map(Energy::dwh).into(),
        o.meter_end.map(Energy::dwh).into(),
        o.energy.dwh().into(),
        o.electricity.0.into(),
        o.service.0.into(),
        o.total.0.into(),
        o.pile_amount.map(|a| a.0).into(),
        o.soc_start.into(),
        o.soc_end.into(),
        o.vin.as_ref().into(),
        o.stop_code.as_ref().into(),
        o.stop_class.map(StopClass::as_str).into(),
        o.start_verdict.map(TokenVerdict::as_str).into(),
        o.stop_verdict.map(TokenVerdict::as_str).into(),
        o.member_level.into(),
        o.service_off_permille.into(),
        o.discount.0.into(),
        o.occupancy.0.into(),
    ]
}

pub(crate) fn detail_inserts(rows: &[OrderDetail]) -> Inserts<'_> {
    let mut values = Vec::new();
    for d in latest(rows, |d| d.order) {
        let curve = Value::Bytes(d.curve.encode().into());
        let billed_by = d.billed_by.as_str().into();
        values.extend([
            d.order.0.into(),
            (&d.segments).into(),
            d.pile_bill.as_ref().into(),
            billed_by,
            curve,
        ]);
    }
    Inserts { insert: &DETAIL, values }
}

/// Reads a row whose columns are [`COLUMNS`], in their order, from column `at` on.
pub(crate) fn order(row: &Row<'_>, at: usize) -> DbResult<Order> {
    let time = |column| Ok(row.int_opt(at + column)?.map(Timestamp::from_ms));
    let token = match row.text_opt(at + 8)? {
        Some(value) => Some(Token { kind: row.word(at + 7, TokenKind::parse)?, value }),
        None => None,
    };
    Ok(Order {
        id: OrderId(row.int(at)?),
        pile: PileId(row.int(at + 1)?),
        station: StationId(row.int(at + 2)?),
        operator: OperatorId(row.int(at + 3)?),
        connector: row.int(at + 4)? as u16,
        session: row.text_opt(at + 5)?.and_then(|key| SessionKey::parse(&key)),
        start_mode: row.word(at + 6, StartMode::parse)?,
        token,
        card: row.int_opt(at + 9)?.map(CardId),
        customer: row.int_opt(at + 10)?.map(CustomerId),
        staff: row.int_opt(at + 11)?.map(StaffId),
        tariff: row.int_opt(at + 12)?.map(TariffId),
        created_at: Timestamp::from_ms(row.int(at + 13)?),
        sample_from: row.int(at + 14)?,
        frame_from: row.int(at + 15)?,
        state: row.word(at + 16, OrderState::parse)?,
        abnormal: Abnormalities::from_bits(row.int(at + 17)?),
        deadline: time(18)?,
        started_at: Timestamp::from_ms(row.int(at + 19)?),
        ended_at: time(20)?,
        end_received: time(21)?,
        skew_ms: row.int_opt(at + 22)?,
        meter_start: row.int_opt(at + 23)?.map(Energy::from_dwh),
        meter_end: row.int_opt(at + 24)?.map(Energy::from_dwh),
        energy: Energy::from_dwh(row.int(at + 25)?),
        electricity: Fen(row.int(at + 26)?),
        service: Fen(row.int(at + 27)?),
        total: Fen(row.int(at + 28)?),
        pile_amount: row.int_opt(at + 29)?.map(Amount),
        soc_start: row.int_opt(at + 30)?,
        soc_end: row.int_opt(at + 31)?,
        vin: row.text_opt(at + 32)?,
        stop_code: row.text_opt(at + 33)?,
        stop_class: row.text_opt(at + 34)?.and_then(|c| StopClass::parse(&c)),
        start_verdict: row.text_opt(at + 35)?.and_then(|v| TokenVerdict::parse(&v)),
        stop_verdict: row.text_opt(at + 36)?.and_then(|v| TokenVerdict::parse(&v)),
        member_level: row.int_opt(at + 37)?,
        service_off_permille: row.int(at + 38)?,
        discount: Fen(row.int(at + 39)?),
        occupancy: Fen(row.int(at + 40)?),
    })
}

fn select(rest: &str) -> String {
    format!("SELECT {} FROM orders {rest}", COLUMNS.join(", "))
}

pub fn get(conn: &mut Conn, id: OrderId) -> DbResult<Option<Order>> {
    conn.find(&select("WHERE id = $1"), &[id.0.into()], |row| order(row, 0))
}

pub fn by_session(conn: &mut Conn, pile: PileId, session: SessionKey) -> DbResult<Option<Order>> {
    let key = session.to_string();
    conn.find(&select("WHERE pile_id = $1 AND session_key = $2"), &[pile.0.into(), key.into()], |row| {
        order(row, 0)
    })
}

/// The order that holds a connector, as far as it is written.
pub fn running_on(conn: &mut Conn, pile: PileId, connector: i64) -> DbResult<Option<OrderId>> {
    conn.find(
        &format!(
            "SELECT id FROM orders WHERE pile_id = $1 AND connector_no = $2 AND {OPEN} \
             AND state <> 'unsettled' ORDER BY id DESC LIMIT 1"
        ),
        &[pile.0.into(), connector.into()],
        |row| row.int(0).map(OrderId),
    )
}

/// Orders of this pile whose session began at exactly this moment: a repeated start is among them.
pub fn by_start(conn: &mut Conn, pile: PileId, started_at: Timestamp) -> DbResult<Vec<Order>> {
    conn.query(
        &select("WHERE pile_id = $1 AND started_at_ms = $2 ORDER BY id"),
        &[pile.0.into(), started_at.as_ms().into()],
        |row| order(row, 0),
    )
}

/// The orders of a pile that end no earlier than `since`, newest first: is this connector being
/// billed twice for one time?
pub fn latest_of_pile(conn: &mut Conn, pile: PileId, limit: i64) -> DbResult<Vec<Order>> {
    conn.query(
        &select("WHERE pile_id = $1 ORDER BY started_at_ms DESC, id DESC LIMIT $2"),
        &[pile.0.into(), limit.into()],
        |row| order(row, 0),
    )
}

/// Which orders hold a place on which card.
pub(crate) fn card_places(conn: &mut Conn) -> DbResult<Vec<(PileId, CardId, OrderId)>> {
    conn.query(
        "SELECT pile_id, card_id, id FROM orders WHERE state <> 'completed' AND state <> 'failed' \
         AND state IN ('starting', 'charging', 'stopping') AND card_id IS NOT NULL",
        &[],
        |row| Ok((PileId(row.int(0)?), CardId(row.int(1)?), OrderId(row.int(2)?))),
    )
}

/// Orders whose session runs, in the whole system.
pub fn running_count(conn: &mut Conn) -> DbResult<i64> {
    conn.one(
        &format!("SELECT COUNT(*) FROM orders WHERE {}", crate::pile_list::OPEN),
        &[],
        crate::filter::count,
    )
}

pub(crate) const OPEN: &str = "state <> 'completed' AND state <> 'failed' AND state IN ('starting', 'charging', 'stopping', 'unsettled')";

/// The open orders of a pile, with their curves.
pub fn open_of_pile(conn: &mut Conn, pile: PileId) -> DbResult<Vec<OpenOrder>> {
    open_along(conn, pile, &mut HashMap::new())
}

/// The same where `heads` says at which sample the curve of an order ends.
pub(crate) fn open_along(
    conn: &mut Conn,
    pile: PileId,
    heads: &mut HashMap<OrderId, i64>,
) -> DbResult<Vec<OpenOrder>> {
    let orders = conn.query(
        &select(&format!("WHERE pile_id = $1 AND {OPEN} ORDER BY id")),
        &[pile.0.into()],
        |row| order(row, 0),
    )?;
    samples::with_curves(conn, orders, heads)
}

pub fn open_all(conn: &mut Conn) -> DbResult<Vec<OpenOrder>> {
    open_where(conn, &mut HashMap::new(), |_| true)
}

/// The open orders of some piles, with their curves; of each, `heads` says afterwards where its
/// samples end.
pub(crate) fn open_where(
    conn: &mut Conn,
    heads: &mut HashMap<OrderId, i64>,
    wanted: impl Fn(PileId) -> bool,
) -> DbResult<Vec<OpenOrder>> {
    let mut orders = conn.query(&select(&format!("WHERE {OPEN} ORDER BY id")), &[], |row| order(row, 0))?;
    orders.retain(|order| wanted(order.pile));
    samples::with_curves(conn, orders, heads)
}

pub fn detail(conn: &mut Conn, id: OrderId) -> DbResult<Option<OrderDetail>> {
    conn.find(
        "SELECT segments, pile_bill, billed_by, curve FROM order_detail WHERE order_id = $1",
        &[id.0.into()],
        |row| {
            Ok(OrderDetail {
                order: id,
                segments: row.text(0)?,
                pile_bill: row.text_opt(1)?,
                billed_by: row.word(2, BilledBy::parse)?,
                curve: Curve::decode(&row.bytes(3)?).unwrap_or_default(),
            })
        },
    )
}

/// Billed orders after `after`, for recomputing them.
pub fn billed_after(conn: &mut Conn, after: OrderId, limit: i64) -> DbResult<Vec<Order>> {
    conn.query(
        &select("WHERE id > $1 AND state IN ('completed', 'abnormal') ORDER BY id LIMIT $2"),
        &[after.0.into(), limit.into()],
        |row| order(row, 0),
    )
}
