//! 异常订单: what waits on the desk, and the orders next to one on its connector.

use crate::db::{Conn, DbResult, Value};
use crate::filter::{Filter, count};
use crate::order_list::order_no;
use crate::order_payments::{OPENED_BEFORE_MS, OWED};
use model::access::Scope;
use model::id::{OrderId, PileId};
use model::order::{Abnormalities, Abnormality, OrderState};
use serde::Serialize;
use utoipa::ToSchema;

/// How many of one kind there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AbnormalityCount {
    pub abnormality: Abnormality,
    /// Held with it.
    pub held_count: i64,
    /// Settled, and marked with it, in the time that was asked for.
    pub marked_count: i64,
}

/// A session that delivered and that no order knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StraySession {
    pub id: i64,
    pub pile_code: String,
    pub pile_name: String,
    pub station_name: String,
    pub connector_no: Option<i64>,
    pub session_key: String,
    pub at_ms: i64,
    /// The order that the pile's record became later.
    pub order_id: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AbnormalSummary {
    pub held_count: i64,
    /// When the one that waits longest has ended.
    pub oldest_ended_at_ms: Option<i64>,
    /// What the piles have asked for them.
    pub pile_amount_e4: i64,
    /// Settlements that wait for a second person.
    pub waiting_count: i64,
    /// Completed orders of the time for which something is owed.
    pub owed_count: i64,
    pub owed_fen: i64,
    pub kinds: Vec<AbnormalityCount>,
    /// The latest first.
    pub strays: Vec<StraySession>,
}

const STRAYS_MAX: i64 = 20;
const STRAY_CODE: &str = "pileops:no_order:";

/// Held orders of all times; marks, debts and sessions without an order since `from_ms`.
pub fn abnormal_summary(conn: &mut Conn, scope: &Scope, from_ms: i64) -> DbResult<AbnormalSummary> {
    let held = by_kinds(conn, scope, None)?;
    let marked = by_kinds(conn, scope, Some(from_ms))?;
    let of = |all: &[(Abnormalities, i64)], kind| {
        all.iter().filter(|(kinds, _)| kinds.has(kind)).map(|(_, count)| count).sum()
    };
    let kinds = Abnormality::ALL.iter().map(|kind| AbnormalityCount {
        abnormality: *kind,
        held_count: of(&held, *kind),
        marked_count: of(&marked, *kind),
    });
    let kinds = kinds.filter(|one| one.held_count + one.marked_count > 0).collect();
    let mut filter = Filter::new();
    filter.and("o.state = 'abnormal'");
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT COUNT(*), MIN(o.ended_at_ms), CAST(COALESCE(SUM(o.pile_amount_e4), 0) AS BIGINT) FROM orders o {}",
        filter.sql()
    );
    let (held_count, oldest_ended_at_ms, pile_amount_e4) =
        conn.one(&sql, &filter.values, |row| Ok((row.int(0)?, row.int_opt(1)?, row.int(2)?)))?;
    let (owed_count, owed_fen) = owed(conn, scope, from_ms)?;
    Ok(AbnormalSummary {
        held_count,
        oldest_ended_at_ms,
        pile_amount_e4,
        waiting_count: waiting(conn, scope)?,
        owed_count,
        owed_fen,
        kinds,
        strays: strays(conn, scope, from_ms)?,
    })
}

/// Held ones, or since some time those that are settled and marked.
fn by_kinds(
    conn: &mut Conn,
    scope: &Scope,
    marked_from_ms: Option<i64>,
) -> DbResult<Vec<(Abnormalities, i64)>> {
    let mut filter = Filter::new();
    match marked_from_ms {
        None => filter.and("o.state = 'abnormal'"),
        Some(from_ms) => {
            filter.and("o.abnormal <> 0 AND o.state = 'completed'");
            filter.and_value("o.started_at_ms >= ?", from_ms);
        }
    }
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!("SELECT o.abnormal, COUNT(*) FROM orders o {} GROUP BY o.abnormal", filter.sql());
    conn.query(&sql, &filter.values, |row| Ok((Abnormalities::from_bits(row.int(0)?), row.int(1)?)))
}

fn waiting(conn: &mut Conn, scope: &Scope) -> DbResult<i64> {
    let mut filter = Filter::new();
    filter.and("s.state = 'proposed'");
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql =
        format!("SELECT COUNT(*) FROM settlement s JOIN orders o ON o.id = s.order_id {}", filter.sql());
    conn.one(&sql, &filter.values, count)
}

/// Of so many of the newest payments that are owed.
const OWED_MAX: i64 = 100_000;

/// Read from the few that are owed. The limit is never met; it tells PostgreSQL that they are few.
fn owed(conn: &mut Conn, scope: &Scope, from_ms: i64) -> DbResult<(i64, i64)> {
    let mut filter = Filter::new();
    let opened = filter.bind(from_ms - OPENED_BEFORE_MS);
    filter.and("o.state = 'completed'");
    filter.and_value("o.started_at_ms >= ?", from_ms);
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(w.fen), 0) AS BIGINT) FROM (SELECT pay.order_id, \
         pay.owed_fen - pay.written_off_fen - pay.settled_fen - pay.refunded_fen AS fen FROM order_payment pay \
         WHERE {OWED} AND pay.created_at_ms >= {opened} ORDER BY pay.created_at_ms DESC LIMIT {OWED_MAX}) w \
         JOIN orders o ON o.id = w.order_id {}",
        filter.sql()
    );
    conn.one(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?)))
}

fn strays(conn: &mut Conn, scope: &Scope, from_ms: i64) -> DbResult<Vec<StraySession>> {
    let mut filter = Filter::new();
    filter.and("e.kind = 'session'");
    filter.and_value("e.at_ms >= ?", from_ms);
    filter.scope("p.operator_id", "p.station_id", scope);
    let most = filter.bind(STRAYS_MAX);
    let sql = format!(
        "SELECT e.id, p.code, p.name, s.name, e.connector_no, e.code, e.at_ms, p.id FROM pile_event e \
         JOIN pile p ON p.id = e.pile_id JOIN station s ON s.id = p.station_id {} ORDER BY e.id DESC LIMIT {most}",
        filter.sql()
    );
    let found = conn.query(&sql, &filter.values, |row| {
        let code = row.text(5)?;
        let one = StraySession {
            id: row.int(0)?,
            pile_code: row.text(1)?,
            pile_name: row.text(2)?,
            station_name: row.text(3)?,
            connector_no: row.int_opt(4)?,
            session_key: code.strip_prefix(STRAY_CODE).unwrap_or(&code).to_owned(),
            at_ms: row.int(6)?,
            order_id: None,
        };
        Ok((one, row.int(7)?))
    })?;
    let mut strays = Vec::with_capacity(found.len());
    for (mut one, pile) in found {
        let sql = "SELECT id FROM orders WHERE pile_id = $1 AND session_key = $2";
        let key: Value<'_> = one.session_key.as_str().into();
        one.order_id = conn.find(sql, &[pile.into(), key], |row| row.int(0))?;
        strays.push(one);
    }
    Ok(strays)
}

/// An order before or after another on its connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderNeighbour {
    pub id: i64,
    pub order_no: String,
    pub state: OrderState,
    pub abnormalities: Vec<Abnormality>,
    pub connector_no: i64,
    pub started_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    pub meter_start_dwh: Option<i64>,
    pub meter_end_dwh: Option<i64>,
    pub energy_dwh: i64,
    pub total_fen: i64,
    /// Its time is a part of the other's.
    pub overlaps: bool,
}

/// On which connector, and when.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub order: OrderId,
    pub pile: PileId,
    /// 0: not known, and so of the whole pile.
    pub connector: i64,
    pub from_ms: i64,
    pub to_ms: i64,
}

/// How many of each side.
const NEIGHBOURS: i64 = 3;

/// In the order of time; the caller has found the order in the caller's scope.
pub fn neighbours(conn: &mut Conn, of: Stretch) -> DbResult<Vec<OrderNeighbour>> {
    let mut found = Vec::new();
    for (compare, direction) in [("<=", "DESC"), (">", "ASC")] {
        let sql = format!(
            "SELECT id, created_at_ms, state, abnormal, connector_no, started_at_ms, ended_at_ms, meter_start_dwh, \
             meter_end_dwh, energy_dwh, total_fen FROM orders WHERE pile_id = $1 AND id <> $2 AND state <> 'failed' \
             AND started_at_ms {compare} $3 AND (connector_no = $4 OR CAST($4 AS BIGINT) = 0 OR connector_no = 0) \
             ORDER BY started_at_ms {direction}, id {direction} LIMIT $5"
        );
        let values = [of.pile.0, of.order.0, of.from_ms, of.connector, NEIGHBOURS].map(Value::Int);
        found.extend(conn.query(&sql, &values, |row| {
            let (id, started_at_ms, ended_at_ms) = (row.int(0)?, row.int(5)?, row.int_opt(6)?);
            Ok(OrderNeighbour {
                id,
                order_no: order_no(id, row.int(1)?),
                state: row.word(2, OrderState::parse)?,
                abnormalities: Abnormalities::from_bits(row.int(3)?).iter().collect(),
                connector_no: row.int(4)?,
                started_at_ms,
                ended_at_ms,
                meter_start_dwh: row.int_opt(7)?,
                meter_end_dwh: row.int_opt(8)?,
                energy_dwh: row.int(9)?,
                total_fen: row.int(10)?,
                overlaps: started_at_ms < of.to_ms && ended_at_ms.unwrap_or(i64::MAX) > of.from_ms,
            })
        })?);
    }
    found.sort_by_key(|one| (one.started_at_ms, one.id));
    Ok(found)
}
