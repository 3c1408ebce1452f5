//! 桩账单对账 as staff see it: days, and what does not agree in them.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::order_list::order_no;
use crate::reconciliations::evidence_read;
use model::access::Scope;
use model::reconciliation::{DifferenceKind, DifferenceState, Evidence, ReconciliationState};
use serde::Serialize;
use utoipa::ToSchema;

/// A day of a station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reconciliation)]
pub struct ReconciliationView {
    pub id: i64,
    pub station_id: i64,
    pub station_name: String,
    pub operator_name: String,
    /// 20261123
    pub day: i64,
    pub state: ReconciliationState,
    pub record_count: i64,
    pub order_count: i64,
    pub posted_count: i64,
    pub record_energy_dwh: i64,
    pub order_energy_dwh: i64,
    /// Of piles that make a bill themselves.
    pub record_amount_e4: i64,
    pub order_total_fen: i64,
    pub posted_fen: i64,
    pub difference_count: i64,
    pub open_count: i64,
    /// What the differences that were written off are worth.
    pub written_off_fen: i64,
    pub ran_at_ms: i64,
    pub signed_by: Option<i64>,
    pub signed_by_name: Option<String>,
    pub signed_at_ms: Option<i64>,
    /// Why it was opened again.
    pub reason: String,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct ReconciliationFilter {
    pub id: Option<i64>,
    pub station: Option<i64>,
    pub station_name: Option<String>,
    pub from_day: Option<i64>,
    pub to_day: Option<i64>,
    pub state: Option<ReconciliationState>,
    /// Only days in which something waits to be handled.
    pub open: bool,
    /// Day and station of the last row of the page before.
    pub before: Option<[i64; 2]>,
    pub limit: i64,
}

const FROM: &str =
    "reconciliation r JOIN station s ON s.id = r.station_id JOIN operator op ON op.id = r.operator_id";

fn view(row: &Row<'_>) -> DbResult<ReconciliationView> {
    Ok(ReconciliationView {
        id: row.int(0)?,
        station_id: row.int(1)?,
        station_name: row.text(2)?,
        operator_name: row.text(3)?,
        day: row.int(4)?,
        state: row.word(5, ReconciliationState::parse)?,
        record_count: row.int(6)?,
        order_count: row.int(7)?,
        posted_count: row.int(8)?,
        record_energy_dwh: row.int(9)?,
        order_energy_dwh: row.int(10)?,
        record_amount_e4: row.int(11)?,
        order_total_fen: row.int(12)?,
        posted_fen: row.int(13)?,
        difference_count: row.int(14)?,
        open_count: row.int(15)?,
        written_off_fen: row.int(16)?,
        ran_at_ms: row.int(17)?,
        signed_by: row.int_opt(18)?,
        signed_by_name: row.text_opt(19)?,
        signed_at_ms: row.int_opt(20)?,
        reason: row.text(21)?,
        version: row.int(22)?,
    })
}

/// The latest day first.
pub fn reconciliation_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &ReconciliationFilter,
) -> DbResult<Page<ReconciliationView>> {
    let mut filter = Filter::new();
    filter.scope("r.operator_id", "r.station_id", scope);
    filter.and_some("r.id = ?", wanted.id);
    filter.and_some("r.station_id = ?", wanted.station);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_some("r.day >= ?", wanted.from_day);
    filter.and_some("r.day <= ?", wanted.to_day);
    filter.and_some("r.state = ?", wanted.state.map(ReconciliationState::as_str));
    if wanted.open {
        filter.and("r.open_count > 0");
    }
    let total = conn.one(&format!("SELECT COUNT(*) FROM {FROM} {}", filter.sql()), &filter.values, count)?;
    if let Some([day, station]) = wanted.before {
        let (earlier, same) = (filter.bind(day), filter.bind(day));
        let after = filter.bind(station);
        filter.and(&format!("(r.day < {earlier} OR (r.day = {same} AND r.station_id > {after}))"));
    }
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT r.id, r.station_id, s.name, op.name, r.day, r.state, r.record_count, r.order_count, r.posted_count, \
         r.record_energy_dwh, r.order_energy_dwh, r.record_amount_e4, r.order_total_fen, r.posted_fen, \
         r.difference_count, r.open_count, r.written_off_fen, r.ran_at_ms, r.signed_by, r.signed_by_name, \
         r.signed_at_ms, r.reason, r.version FROM {FROM} {} ORDER BY r.day DESC, r.station_id LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, view)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| format!("{}.{}", one.day, one.station_id)))
}

/// What does not agree, with its evidence.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Difference)]
pub struct DifferenceView {
    pub id: i64,
    pub reconciliation_id: i64,
    pub station_id: i64,
    pub station_name: String,
    pub day: i64,
    pub kind: DifferenceKind,
    pub pile_code: String,
    pub connector_no: i64,
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    /// Theirs minus ours.
    pub energy_dwh: i64,
    /// Theirs minus ours.
    pub amount_fen: i64,
    pub evidence: Evidence,
    pub state: DifferenceState,
    pub note: String,
    pub staff_name: Option<String>,
    pub handled_at_ms: Option<i64>,
    pub found_at_ms: i64,
    /// Of the day that it is of: a signed one is opened again before anything of it is handled.
    pub day_state: ReconciliationState,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct DifferenceFilter {
    pub id: Option<i64>,
    pub reconciliation: Option<i64>,
    pub station: Option<i64>,
    pub kind: Option<DifferenceKind>,
    pub state: Option<DifferenceState>,
    pub pile_code: Option<String>,
    pub from_day: Option<i64>,
    pub to_day: Option<i64>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn difference_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &DifferenceFilter,
) -> DbResult<Page<DifferenceView>> {
    const FROM: &str = "difference d JOIN reconciliation r ON r.id = d.reconciliation_id \
        JOIN station s ON s.id = d.station_id LEFT JOIN pile p ON p.id = d.pile_id LEFT JOIN orders o ON o.id = d.order_id";
    let mut filter = Filter::new();
    filter.scope("d.operator_id", "d.station_id", scope);
    filter.and_some("d.id = ?", wanted.id);
    filter.and_some("d.reconciliation_id = ?", wanted.reconciliation);
    filter.and_some("d.station_id = ?", wanted.station);
    filter.and_some("d.kind = ?", wanted.kind.map(DifferenceKind::as_str));
    filter.and_some("d.state = ?", wanted.state.map(DifferenceState::as_str));
    filter.and_contains("LOWER(p.code) LIKE ?", wanted.pile_code.as_deref());
    filter.and_some("d.day >= ?", wanted.from_day);
    filter.and_some("d.day <= ?", wanted.to_day);
    let total = conn.one(&format!("SELECT COUNT(*) FROM {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("d.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT d.id, d.reconciliation_id, d.station_id, s.name, d.day, d.kind, COALESCE(p.code, ''), d.connector_no, \
         d.order_id, o.created_at_ms, d.energy_dwh, d.amount_fen, d.evidence, d.state, d.note, d.staff_name, \
         d.handled_at_ms, d.found_at_ms, r.state, d.version FROM {FROM} {} ORDER BY d.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let order_id = row.int_opt(8)?;
        Ok(DifferenceView {
            id: row.int(0)?,
            reconciliation_id: row.int(1)?,
            station_id: row.int(2)?,
            station_name: row.text(3)?,
            day: row.int(4)?,
            kind: row.word(5, DifferenceKind::parse)?,
            pile_code: row.text(6)?,
            connector_no: row.int(7)?,
            order_id,
            order_no: order_id.zip(row.int_opt(9)?).map(|(id, at)| order_no(id, at)),
            energy_dwh: row.int(10)?,
            amount_fen: row.int(11)?,
            evidence: evidence_read(&row.text(12)?)?,
            state: row.word(13, DifferenceState::parse)?,
            note: row.text(14)?,
            staff_name: row.text_opt(15)?,
            handled_at_ms: row.int_opt(16)?,
            found_at_ms: row.int(17)?,
            day_state: row.word(18, ReconciliationState::parse)?,
            version: row.int(19)?,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}
