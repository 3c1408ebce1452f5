//! 占位: cars that stay plugged in after their charge, what their stations ask for it, and who has waived what.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row, Value};
use crate::ids::Noun;
use crate::ledger_faults::LedgerFault;
use crate::occupancy_told::{self, OccupancyTold, told};
use model::Result;
use model::access::Scope;
use model::id::{ConnectorNo, OperatorId, OrderId, PileId, StationId};
use model::occupancy::{OccupancyEnd, OccupancyRule, OccupancyState};
use model::proposal::ProposalState;
use model::time::{Timestamp, Zone};
use serde::Serialize;
use utoipa::ToSchema;

/// What a station asks for, as it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OccupancyPlan {
    pub enabled: bool,
    #[serde(flatten)]
    pub rule: OccupancyRule,
    pub version: i64,
}

pub fn plan(conn: &mut Conn, station: StationId) -> DbResult<Option<OccupancyPlan>> {
    conn.find(
        "SELECT enabled, version, free_minutes, fen_per_minute, cap_fen, from_minute, to_minute FROM occupancy_plan \
         WHERE station_id = $1",
        &[station.0.into()],
        |row| Ok(OccupancyPlan { enabled: row.bool(0)?, version: row.int(1)?, rule: rule(row, 2)? }),
    )
}

fn rule(row: &Row<'_>, at: usize) -> DbResult<OccupancyRule> {
    Ok(OccupancyRule {
        free_minutes: row.int(at)?,
        fen_per_minute: row.int(at + 1)?,
        cap_fen: row.int(at + 2)?,
        from_minute: row.int(at + 3)?,
        to_minute: row.int(at + 4)?,
    })
}

/// Whether the form was not stale. `known`: the version that it was made from, 0 when there was none.
pub fn plan_set(tx: &mut Tx<'_>, station: StationId, plan: &OccupancyPlan, known: i64) -> Result<bool> {
    let rule = &plan.rule;
    let values = [
        plan.enabled.into(),
        rule.free_minutes.into(),
        rule.fen_per_minute.into(),
        rule.cap_fen.into(),
        rule.from_minute.into(),
        rule.to_minute.into(),
        plan.version.into(),
        station.0.into(),
        known.into(),
    ];
    let sql = match known {
        0 => {
            "INSERT INTO occupancy_plan (enabled, free_minutes, fen_per_minute, cap_fen, from_minute, to_minute, version, \
             station_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (station_id) DO NOTHING"
        }
        _ => {
            "UPDATE occupancy_plan SET enabled = $1, free_minutes = $2, fen_per_minute = $3, cap_fen = $4, \
             from_minute = $5, to_minute = $6, version = $7 WHERE station_id = $8 AND version = $9"
        }
    };
    let values = if known == 0 { &values[..8] } else { &values[..] };
    Ok(tx.execute(sql, values)? > 0)
}

/// A car that stays plugged in.
#[derive(Clone, Debug, PartialEq)]
pub struct Occupancy {
    pub order: OrderId,
    pub pile: PileId,
    pub station: StationId,
    pub operator: OperatorId,
    pub connector: ConnectorNo,
    pub state: OccupancyState,
    pub rule: OccupancyRule,
    pub began: Timestamp,
    /// Since when the plug is known to be in; `None` while the link is down, and once it is over.
    pub stretch: Option<Timestamp>,
    /// The last moment at which it was known to be in, of the stretches that are over.
    pub proven: Timestamp,
    /// What of those stretches costs something.
    pub counted_ms: i64,
    /// Time between them that nobody can prove.
    pub gap_ms: i64,
    pub ended_by: Option<OccupancyEnd>,
    pub ended_at: Option<Timestamp>,
    pub fee_fen: i64,
    pub warned_at: Option<Timestamp>,
    /// What its driver was told.
    pub told: OccupancyTold,
    pub waived_reason: Option<String>,
    pub changed_at: Timestamp,
}

const COLUMNS: &str = "order_id, pile_id, station_id, operator_id, connector_no, state, began_at_ms, stretch_from_ms, \
    proven_at_ms, counted_ms, gap_ms, ended_by, ended_at_ms, fee_fen, free_minutes, fen_per_minute, cap_fen, \
    from_minute, to_minute, warned_at_ms, waived_reason, changed_at_ms";

/// The same for reading, and what the driver was told behind it.
fn select(more: &str, join: &str) -> String {
    let own = COLUMNS.split(", ").map(|name| format!("c.{name}")).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT {own}, {}{more} FROM occupancy c LEFT JOIN occupancy_told t ON t.order_id = c.order_id {join}",
        occupancy_told::COLUMNS
    )
}

fn occupancy(row: &Row<'_>) -> DbResult<Occupancy> {
    let moment = |at: usize| Ok(row.int_opt(at)?.map(Timestamp::from_ms));
    Ok(Occupancy {
        order: OrderId(row.int(0)?),
        pile: PileId(row.int(1)?),
        station: StationId(row.int(2)?),
        operator: OperatorId(row.int(3)?),
        connector: ConnectorNo::try_from(row.int(4)?).unwrap_or(0),
        state: row.word(5, OccupancyState::parse)?,
        began: Timestamp::from_ms(row.int(6)?),
        stretch: moment(7)?,
        proven: Timestamp::from_ms(row.int(8)?),
        counted_ms: row.int(9)?,
        gap_ms: row.int(10)?,
        ended_by: row.word_opt(11, OccupancyEnd::parse)?,
        ended_at: moment(12)?,
        fee_fen: row.int(13)?,
        rule: rule(row, 14)?,
        warned_at: moment(19)?,
        told: told(row, 22)?,
        waived_reason: row.text_opt(20)?,
        changed_at: Timestamp::from_ms(row.int(21)?),
    })
}

pub fn get(conn: &mut Conn, order: OrderId) -> DbResult<Option<Occupancy>> {
    let sql = format!("{} WHERE c.order_id = $1", select("", ""));
    conn.find(&sql, &[order.0.into()], occupancy)
}

/// Those that run at these piles. `places`: where the ids stand in the statement.
pub(crate) fn running_of(conn: &mut Conn, places: &str, ids: &[Value<'_>]) -> DbResult<Vec<Occupancy>> {
    let sql = format!(
        "{} WHERE c.state = 'running' AND c.pile_id IN ({places}) ORDER BY c.order_id",
        select("", "")
    );
    conn.query(&sql, ids, occupancy)
}

/// Those that run and the clocks of their stations, oldest first: few, and looked through every few seconds.
pub fn running(conn: &mut Conn) -> DbResult<Vec<(Occupancy, Zone)>> {
    let sql = format!(
        "{} WHERE c.state = 'running' ORDER BY c.order_id LIMIT 5000",
        select(", s.time_zone", "JOIN station s ON s.id = c.station_id")
    );
    conn.query(&sql, &[], |row| Ok((occupancy(row)?, row.word(26, Zone::parse)?)))
}

pub fn save(tx: &mut Tx<'_>, one: &Occupancy) -> Result<()> {
    tx.execute(
        &format!(
            "INSERT INTO occupancy ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
             $16, $17, $18, $19, $20, $21, $22) ON CONFLICT (order_id) DO UPDATE SET state = excluded.state, \
             began_at_ms = excluded.began_at_ms, stretch_from_ms = excluded.stretch_from_ms, \
             proven_at_ms = excluded.proven_at_ms, counted_ms = excluded.counted_ms, gap_ms = excluded.gap_ms, \
             ended_by = excluded.ended_by, ended_at_ms = excluded.ended_at_ms, fee_fen = excluded.fee_fen, \
             warned_at_ms = excluded.warned_at_ms, waived_reason = excluded.waived_reason, \
             changed_at_ms = excluded.changed_at_ms"
        ),
        &[
            one.order.0.into(),
            one.pile.0.into(),
            one.station.0.into(),
            one.operator.0.into(),
            i64::from(one.connector).into(),
            one.state.as_str().into(),
            one.began.as_ms().into(),
            one.stretch.map(Timestamp::as_ms).into(),
            one.proven.as_ms().into(),
            one.counted_ms.into(),
            one.gap_ms.into(),
            one.ended_by.map(OccupancyEnd::as_str).into(),
            one.ended_at.map(Timestamp::as_ms).into(),
            one.fee_fen.into(),
            one.rule.free_minutes.into(),
            one.rule.fen_per_minute.into(),
            one.rule.cap_fen.into(),
            one.rule.from_minute.into(),
            one.rule.to_minute.into(),
            one.warned_at.map(Timestamp::as_ms).into(),
            one.waived_reason.as_deref().into(),
            one.changed_at.as_ms().into(),
        ],
    )
    .map(drop)
}

/// The car charges again: it has not stayed for nothing.
pub fn delete(tx: &mut Tx<'_>, order: OrderId) -> Result<()> {
    tx.execute("DELETE FROM occupancy WHERE order_id = $1", &[order.0.into()]).map(drop)
}

/// 免除: what somebody wants to waive, or has waived.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OccupancyWaiver {
    pub id: i64,
    pub order_id: i64,
    pub amount_fen: i64,
    pub reason: String,
    pub state: ProposalState,
    pub staff_id: i64,
    pub staff_name: String,
    pub created_at_ms: i64,
    /// The second person; null where one was enough, or nobody has decided yet.
    pub decided_by: Option<i64>,
    pub decided_by_name: Option<String>,
    pub decided_at_ms: Option<i64>,
    pub decision_reason: Option<String>,
}

const WAIVER: &str = "w.id, w.order_id, w.amount_fen, w.reason, w.state, w.staff_id, w.staff_name, w.created_at_ms, \
    w.decided_by, w.decided_by_name, w.decided_at_ms, w.decision_reason";

fn waiver(row: &Row<'_>) -> DbResult<OccupancyWaiver> {
    Ok(OccupancyWaiver {
        id: row.int(0)?,
        order_id: row.int(1)?,
        amount_fen: row.int(2)?,
        reason: row.text(3)?,
        state: row.word(4, ProposalState::parse)?,
        staff_id: row.int(5)?,
        staff_name: row.text(6)?,
        created_at_ms: row.int(7)?,
        decided_by: row.int_opt(8)?,
        decided_by_name: row.text_opt(9)?,
        decided_at_ms: row.int_opt(10)?,
        decision_reason: row.text_opt(11)?,
    })
}

/// Of one order, the latest first.
pub fn waivers(conn: &mut Conn, order: OrderId) -> DbResult<Vec<OccupancyWaiver>> {
    let sql = format!("SELECT {WAIVER} FROM occupancy_waiver w WHERE w.order_id = $1 ORDER BY w.id DESC");
    conn.query(&sql, &[order.0.into()], waiver)
}

/// One whose order is in sight, with the pile of that order.
pub fn waiver_find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<(OccupancyWaiver, PileId)>> {
    let mut filter = crate::filter::Filter::new();
    filter.and_value("w.id = ?", id);
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT {WAIVER}, o.pile_id FROM occupancy_waiver w JOIN orders o ON o.id = w.order_id {}",
        filter.sql()
    );
    conn.find(&sql, &filter.values, |row| Ok((waiver(row)?, PileId(row.int(12)?))))
}

/// Writes one, under a number of its own.
pub fn waiver_insert(tx: &mut Tx<'_>, new: &OccupancyWaiver) -> Result<i64> {
    let id = tx.next_id(Noun::OccupancyWaiver)?;
    tx.execute(
        "INSERT INTO occupancy_waiver (id, order_id, amount_fen, reason, state, staff_id, staff_name, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            new.order_id.into(),
            new.amount_fen.into(),
            (&new.reason).into(),
            new.state.as_str().into(),
            new.staff_id.into(),
            (&new.staff_name).into(),
            new.created_at_ms.into(),
        ],
    )?;
    Ok(id)
}

/// 占位 of an order as people see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Occupancy)]
pub struct OccupancyView {
    pub state: OccupancyState,
    pub began_at_ms: i64,
    pub free_until_ms: i64,
    /// Null while the plug is in.
    pub ended_at_ms: Option<i64>,
    pub ended_by: Option<OccupancyEnd>,
    /// What costs something, as far as it was counted; of one that runs, up to its last gap.
    pub counted_ms: i64,
    /// Time that was not counted because nobody can prove that the plug was in.
    pub gap_ms: i64,
    pub fee_fen: i64,
    pub free_minutes: i64,
    pub fen_per_minute: i64,
    pub cap_fen: i64,
    pub from_minute: i64,
    pub to_minute: i64,
    /// What the driver was told: that the free time has begun,
    pub free_told_at_ms: Option<i64>,
    /// that it ends soon,
    pub warned_at_ms: Option<i64>,
    /// that it costs something from now on,
    pub fee_told_at_ms: Option<i64>,
    /// and that it costs no more than by then.
    pub cap_told_at_ms: Option<i64>,
    pub waived_reason: Option<String>,
    pub waivers: Vec<OccupancyWaiver>,
}

pub fn of_order(conn: &mut Conn, order: OrderId) -> DbResult<Option<OccupancyView>> {
    let Some(one) = get(conn, order)? else { return Ok(None) };
    Ok(Some(OccupancyView {
        state: one.state,
        began_at_ms: one.began.as_ms(),
        free_until_ms: one.rule.free_until(one.began).as_ms(),
        ended_at_ms: one.ended_at.map(Timestamp::as_ms),
        ended_by: one.ended_by,
        counted_ms: one.counted_ms,
        gap_ms: one.gap_ms,
        fee_fen: one.fee_fen,
        free_minutes: one.rule.free_minutes,
        fen_per_minute: one.rule.fen_per_minute,
        cap_fen: one.rule.cap_fen,
        from_minute: one.rule.from_minute,
        to_minute: one.rule.to_minute,
        free_told_at_ms: one.told.free.map(Timestamp::as_ms),
        warned_at_ms: one.warned_at.map(Timestamp::as_ms),
        fee_told_at_ms: one.told.fee.map(Timestamp::as_ms),
        cap_told_at_ms: one.told.cap.map(Timestamp::as_ms),
        waived_reason: one.waived_reason,
        waivers: waivers(conn, order)?,
    }))
}

/// Says that a person may look at the order again.
pub fn changed(tx: &mut Tx<'_>, one: &Occupancy) {
    tx.changed(Change::Order { order: one.order, pile: one.pile, operator: one.operator });
}

/// Each gives the orders that are wrong.
const FAULTS: [(&str, &str); 3] = [
    (
        "the occupation fee of the order is not that of its occupation",
        "SELECT o.id FROM orders o LEFT JOIN occupancy c ON c.order_id = o.id WHERE o.occupancy_fen <> 0 AND \
         (c.order_id IS NULL OR c.fee_fen <> o.occupancy_fen OR c.state NOT IN ('charged', 'waived')) ORDER BY 1",
    ),
    (
        "the occupation fee is not what its minutes cost",
        "SELECT order_id FROM occupancy WHERE state <> 'running' AND fee_fen <> CASE WHEN \
         (counted_ms / 60000) * fen_per_minute > cap_fen THEN cap_fen ELSE (counted_ms / 60000) * fen_per_minute END ORDER BY 1",
    ),
    (
        "an occupation was charged that the order does not ask for",
        "SELECT c.order_id FROM occupancy c LEFT JOIN orders o ON o.id = c.order_id WHERE c.state = 'charged' AND \
         (o.id IS NULL OR o.state <> 'completed' OR o.occupancy_fen <> c.fee_fen) ORDER BY 1",
    ),
];

/// The days whose sum of occupation fees is not that of their orders.
const DAYS: &str = "SELECT day, CAST(SUM(fen) AS BIGINT) FROM \
    (SELECT (started_at_ms + 28800000) / 86400000 AS day, occupancy_fen AS fen FROM orders \
     WHERE state = 'completed' AND occupancy_fen <> 0 \
     UNION ALL SELECT day, -occupancy_fen FROM order_day WHERE occupancy_fen <> 0) AS compared \
    GROUP BY day HAVING SUM(fen) <> 0 ORDER BY day";

pub(crate) fn faults(conn: &mut Conn) -> DbResult<Vec<LedgerFault>> {
    let mut found = Vec::new();
    for (what, sql) in FAULTS {
        let orders = conn.query(sql, &[], |row| row.int(0))?;
        found.extend(orders.into_iter().map(|id| LedgerFault { order: Some(id), what: what.to_owned() }));
    }
    let days = conn.query(DAYS, &[], |row| Ok((row.int(0)?, row.int(1)?)))?;
    found.extend(days.into_iter().map(|(day, fen)| LedgerFault {
        order: None,
        what: format!("the occupation fees of day {day} are {fen} fen less than those of its orders"),
    }));
    Ok(found)
}
