//! 桩账单对账: reading what is to be compared, and keeping what was found.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::ids::Noun;
use model::Result;
use model::id::StationId;
use model::order::OrderState;
use model::reconciliation::{
    BillRecord, ComparedOrder, DifferenceKind, DifferenceState, Evidence, Found, MeterSession,
    ReconciliationState,
};
use model::time::Timestamp;
use std::collections::BTreeMap;

const RECORD: &str = "r.id, r.pile_id, r.connector_no, r.session_key, r.order_id, r.started_at_ms, r.ended_at_ms, \
    r.energy_dwh, r.amount_e4, r.meter_start_dwh, r.meter_end_dwh, r.explained, r.repeated, \
    (LENGTH(r.session_key) = 32 AND EXISTS (SELECT 1 FROM pile p WHERE p.code = SUBSTR(r.session_key, 1, 14) \
    AND p.id <> r.pile_id)), r.received_at_ms";

fn record(row: &Row<'_>) -> DbResult<BillRecord> {
    Ok(BillRecord {
        id: row.int(0)?,
        pile_id: row.int(1)?,
        connector_no: row.int(2)?,
        session_key: row.text_opt(3)?,
        order_id: row.int_opt(4)?,
        started_at_ms: row.int_opt(5)?,
        ended_at_ms: row.int(6)?,
        energy_dwh: row.int_opt(7)?,
        amount_e4: row.int_opt(8)?,
        meter_start_dwh: row.int_opt(9)?,
        meter_end_dwh: row.int_opt(10)?,
        explained: row.bool(11)?,
        repeated: row.bool(12)?,
        foreign: row.bool_opt(13)?.unwrap_or(false),
        received_at_ms: row.int(14)?,
    })
}

const ORDER: &str = "o.id, o.pile_id, o.connector_no, o.session_key, o.state, o.started_at_ms, o.ended_at_ms, \
    o.energy_dwh, o.total_fen, o.meter_start_dwh, o.meter_end_dwh, \
    (o.start_mode <> 'import' AND o.id > (SELECT MAX(after_order_id) FROM bill_record_begin)), \
    (o.start_mode <> 'import' AND o.customer_id IS NOT NULL AND o.id > (SELECT MAX(after_order_id) FROM ledger_begin)), \
    (SELECT CAST(SUM(x.fen) AS BIGINT) FROM posting x WHERE x.order_id = o.id AND x.code IN ('electricity', 'service', 'discount')), \
    (SELECT y.state FROM order_payment y WHERE y.order_id = o.id)";

fn order(row: &Row<'_>) -> DbResult<ComparedOrder> {
    let (posted, payment) = (row.int_opt(13)?, row.text_opt(14)?);
    // Of a bill of nothing there is no posting.
    let nothing = payment.filter(|state| state == "posted").map(|_| 0);
    Ok(ComparedOrder {
        id: row.int(0)?,
        pile_id: row.int(1)?,
        connector_no: row.int(2)?,
        session_key: row.text_opt(3)?,
        state: row.word(4, OrderState::parse)?,
        started_at_ms: row.int(5)?,
        ended_at_ms: row.int_opt(6)?,
        energy_dwh: row.int(7)?,
        total_fen: row.int(8)?,
        meter_start_dwh: row.int_opt(9)?,
        meter_end_dwh: row.int_opt(10)?,
        needs_record: row.bool(11)?,
        needs_payment: row.bool(12)?,
        posted_fen: posted.or(nothing),
    })
}

/// Both sides of one day.
#[derive(Clone, Debug, Default)]
pub struct DaySides {
    pub records: Vec<BillRecord>,
    pub orders: Vec<ComparedOrder>,
}

/// What ended within the day, and what belongs to it from other days.
pub fn day_read(conn: &mut Conn, station: StationId, (from_ms, to_ms): (i64, i64)) -> DbResult<DaySides> {
    let within = [station.0.into(), from_ms.into(), to_ms.into()];
    let day = |alias: &str| {
        format!("{alias}.station_id = $1 AND {alias}.ended_at_ms >= $2 AND {alias}.ended_at_ms < $3")
    };
    let mut records = BTreeMap::new();
    for rest in [
        format!("bill_record r WHERE {}", day("r")),
        format!("orders o JOIN bill_record r ON r.order_id = o.id WHERE {}", day("o")),
    ] {
        let sql = format!("SELECT {RECORD} FROM {rest}");
        records.extend(conn.query(&sql, &within, |row| Ok((row.int(0)?, record(row)?)))?);
    }
    let mut orders = BTreeMap::new();
    for rest in [
        format!("orders o WHERE {}", day("o")),
        format!("bill_record r JOIN orders o ON o.id = r.order_id WHERE {}", day("r")),
        format!(
            "bill_record r JOIN orders o ON o.pile_id = r.pile_id AND o.session_key = r.session_key WHERE {} \
             AND r.order_id IS NULL",
            day("r")
        ),
    ] {
        let sql = format!("SELECT {ORDER} FROM {rest}");
        orders.extend(conn.query(&sql, &within, |row| Ok((row.int(0)?, order(row)?)))?);
    }
    Ok(DaySides { records: records.into_values().collect(), orders: orders.into_values().collect() })
}

/// The session that ended last on a connector before a moment, as its record or, where there is none, its order
/// tells it.
pub fn meter_before(
    conn: &mut Conn,
    (pile, connector): (i64, i64),
    before_ms: i64,
) -> DbResult<Option<MeterSession>> {
    let params = [pile.into(), connector.into(), before_ms.into()];
    let sql = format!(
        "SELECT {RECORD} FROM bill_record r WHERE r.pile_id = $1 AND r.connector_no = $2 AND r.ended_at_ms < $3 \
         AND NOT r.repeated AND r.meter_start_dwh IS NOT NULL AND r.meter_end_dwh IS NOT NULL \
         ORDER BY r.ended_at_ms DESC, r.id DESC LIMIT 1"
    );
    let reported = conn.find(&sql, &params, record)?.filter(|one| !one.foreign);
    let sql = format!(
        "SELECT {ORDER} FROM orders o WHERE o.pile_id = $1 AND o.connector_no = $2 AND o.ended_at_ms < $3 \
         AND o.state IN ('completed', 'abnormal') AND o.meter_start_dwh IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM bill_record r WHERE r.order_id = o.id) ORDER BY o.started_at_ms DESC LIMIT 1"
    );
    let unreported = conn.find(&sql, &params, order)?.and_then(|one| unreported(&one));
    let reported = reported.and_then(|one| metered(&one));
    Ok(match (reported, unreported) {
        (Some(one), Some(other)) if other.record.ended_at_ms > one.record.ended_at_ms => Some(other),
        (one, other) => one.or(other),
    })
}

/// A record that tells both registers.
pub fn metered(record: &BillRecord) -> Option<MeterSession> {
    Some(MeterSession {
        begin_dwh: record.meter_start_dwh?,
        end_dwh: record.meter_end_dwh?,
        order_id: record.order_id,
        record: record.clone(),
    })
}

/// A session that no record is of: as far as its order knows it.
pub fn unreported(order: &ComparedOrder) -> Option<MeterSession> {
    let begin = order.meter_start_dwh?;
    let end = order.meter_end_dwh.unwrap_or(begin + order.energy_dwh.max(0));
    let record = BillRecord {
        pile_id: order.pile_id,
        connector_no: order.connector_no,
        session_key: order.session_key.clone(),
        order_id: Some(order.id),
        started_at_ms: Some(order.started_at_ms),
        ended_at_ms: order.ended_at_ms?,
        energy_dwh: Some(order.energy_dwh),
        meter_start_dwh: Some(begin),
        meter_end_dwh: Some(end),
        ..BillRecord::default()
    };
    Some(MeterSession { record, order_id: Some(order.id), begin_dwh: begin, end_dwh: end })
}

/// Stations and moments of what has come since: which days have to be looked at again.
pub fn touched_since(conn: &mut Conn, since_ms: i64) -> DbResult<Vec<(StationId, i64)>> {
    let sql = "SELECT station_id, ended_at_ms FROM bill_record WHERE received_at_ms >= $1 \
               UNION SELECT station_id, ended_at_ms FROM orders WHERE ended_at_ms >= $1 ORDER BY 1, 2";
    conn.query(sql, &[since_ms.into()], |row| Ok((StationId(row.int(0)?), row.int(1)?)))
}

/// Days that nobody has signed off yet.
pub fn unsigned_since(conn: &mut Conn, day: i64) -> DbResult<Vec<(StationId, i64)>> {
    let sql =
        "SELECT station_id, day FROM reconciliation WHERE day >= $1 AND state <> 'signed' ORDER BY 1, 2";
    conn.query(sql, &[day.into()], |row| Ok((StationId(row.int(0)?), row.int(1)?)))
}

/// What is kept of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconciliationRow {
    pub id: i64,
    pub station: StationId,
    pub operator: i64,
    pub day: i64,
    pub state: ReconciliationState,
    pub signed_at_ms: Option<i64>,
    pub open_count: i64,
    pub written_off_fen: i64,
    pub version: i64,
}

const ROW: &str =
    "id, station_id, operator_id, day, state, signed_at_ms, open_count, written_off_fen, version";

fn row_of(row: &Row<'_>) -> DbResult<ReconciliationRow> {
    Ok(ReconciliationRow {
        id: row.int(0)?,
        station: StationId(row.int(1)?),
        operator: row.int(2)?,
        day: row.int(3)?,
        state: row.word(4, ReconciliationState::parse)?,
        signed_at_ms: row.int_opt(5)?,
        open_count: row.int(6)?,
        written_off_fen: row.int(7)?,
        version: row.int(8)?,
    })
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<ReconciliationRow>> {
    conn.find(&format!("SELECT {ROW} FROM reconciliation WHERE id = $1"), &[id.into()], row_of)
}

pub fn of_day(conn: &mut Conn, station: StationId, day: i64) -> DbResult<Option<ReconciliationRow>> {
    let sql = format!("SELECT {ROW} FROM reconciliation WHERE day = $1 AND station_id = $2");
    conn.find(&sql, &[day.into(), station.0.into()], row_of)
}

/// What both sides come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SideSums {
    pub record_count: i64,
    pub order_count: i64,
    pub posted_count: i64,
    pub record_energy_dwh: i64,
    pub order_energy_dwh: i64,
    pub record_amount_e4: i64,
    pub order_total_fen: i64,
    pub posted_fen: i64,
}

/// Writes the sums of a day; its id.
pub fn save(
    tx: &mut Tx<'_>,
    known: Option<&ReconciliationRow>,
    (station, operator, day): (StationId, i64, i64),
    sums: &SideSums,
    now: Timestamp,
) -> Result<i64> {
    let id = match known {
        Some(known) => known.id,
        None => tx.next_id(Noun::Reconciliation)?,
    };
    tx.execute(
        "INSERT INTO reconciliation (id, station_id, operator_id, day, state, record_count, order_count, posted_count, \
         record_energy_dwh, order_energy_dwh, record_amount_e4, order_total_fen, posted_fen, difference_count, \
         open_count, written_off_fen, ran_at_ms, reason, version) \
         VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, $13, '', 1) \
         ON CONFLICT (id) DO UPDATE SET record_count = excluded.record_count, order_count = excluded.order_count, \
         posted_count = excluded.posted_count, record_energy_dwh = excluded.record_energy_dwh, \
         order_energy_dwh = excluded.order_energy_dwh, record_amount_e4 = excluded.record_amount_e4, \
         order_total_fen = excluded.order_total_fen, posted_fen = excluded.posted_fen, \
         ran_at_ms = excluded.ran_at_ms, version = reconciliation.version + 1",
        &[
            id.into(),
            station.0.into(),
            operator.into(),
            day.into(),
            sums.record_count.into(),
            sums.order_count.into(),
            sums.posted_count.into(),
            sums.record_energy_dwh.into(),
            sums.order_energy_dwh.into(),
            sums.record_amount_e4.into(),
            sums.order_total_fen.into(),
            sums.posted_fen.into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("reconciliation"));
    Ok(id)
}

/// A difference as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceRow {
    pub id: i64,
    pub reconciliation: i64,
    pub key: String,
    pub kind: DifferenceKind,
    pub order_id: Option<i64>,
    pub energy_dwh: i64,
    pub amount_fen: i64,
    pub state: DifferenceState,
    pub note: String,
    pub staff_id: Option<i64>,
    pub version: i64,
}

const DIFFERENCE: &str = "id, reconciliation_id, difference_key, kind, order_id, energy_dwh, amount_fen, state, note, \
    staff_id, version";

fn difference(row: &Row<'_>) -> DbResult<DifferenceRow> {
    Ok(DifferenceRow {
        id: row.int(0)?,
        reconciliation: row.int(1)?,
        key: row.text(2)?,
        kind: row.word(3, DifferenceKind::parse)?,
        order_id: row.int_opt(4)?,
        energy_dwh: row.int(5)?,
        amount_fen: row.int(6)?,
        state: row.word(7, DifferenceState::parse)?,
        note: row.text(8)?,
        staff_id: row.int_opt(9)?,
        version: row.int(10)?,
    })
}

pub fn difference_find(conn: &mut Conn, id: i64) -> DbResult<Option<DifferenceRow>> {
    conn.find(&format!("SELECT {DIFFERENCE} FROM difference WHERE id = $1"), &[id.into()], difference)
}

pub fn differences_of(conn: &mut Conn, reconciliation: i64) -> DbResult<Vec<DifferenceRow>> {
    let sql = format!("SELECT {DIFFERENCE} FROM difference WHERE reconciliation_id = $1 ORDER BY id");
    conn.query(&sql, &[reconciliation.into()], difference)
}

pub fn difference_insert(
    tx: &mut Tx<'_>,
    of: &ReconciliationRow,
    new: &Found,
    (state, note): (DifferenceState, &str),
    now: Timestamp,
) -> Result<i64> {
    let id = tx.next_id(Noun::Difference)?;
    tx.execute(
        "INSERT INTO difference (id, reconciliation_id, station_id, operator_id, day, kind, difference_key, pile_id, \
         connector_no, record_id, order_id, energy_dwh, amount_fen, evidence, state, note, found_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1)",
        &[
            id.into(),
            of.id.into(),
            of.station.0.into(),
            of.operator.into(),
            of.day.into(),
            new.kind.as_str().into(),
            (&new.key).into(),
            new.pile_id.into(),
            new.connector_no.into(),
            new.record_id.into(),
            new.order_id.into(),
            new.energy_dwh.into(),
            new.amount_fen.into(),
            written(&new.evidence)?.into(),
            state.as_str().into(),
            note.into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(id)
}

/// The same difference as a later run sees it.
pub fn difference_refresh(tx: &mut Tx<'_>, id: i64, new: &Found, state: DifferenceState) -> Result<()> {
    tx.execute(
        "UPDATE difference SET energy_dwh = $1, amount_fen = $2, evidence = $3, state = $4, version = version + 1 \
         WHERE id = $5",
        &[
            new.energy_dwh.into(),
            new.amount_fen.into(),
            written(&new.evidence)?.into(),
            state.as_str().into(),
            id.into(),
        ],
    )
    .map(drop)
}

fn written(evidence: &Evidence) -> Result<String> {
    serde_json::to_string(evidence).map_err(|_| model::Error::internal())
}

pub(crate) fn evidence_read(text: &str) -> DbResult<Evidence> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("the evidence of a difference: {why}")))
}
