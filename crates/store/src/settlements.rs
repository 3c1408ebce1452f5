//! 异常结算: writing what was decided of a held order, and reading it.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::{OrderId, PileId, SettlementId, StaffId};
use model::settlement::{SettlementBasis, SettlementState};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Settlement {
    pub id: i64,
    pub order_id: i64,
    pub basis: SettlementBasis,
    /// Sharp, peak, flat, valley, where a person entered them.
    pub energies: Option<[i64; 4]>,
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
    pub reason: String,
    pub state: SettlementState,
    pub staff_id: i64,
    pub staff_name: String,
    pub created_at_ms: i64,
    /// The second person; null where one was enough, or nobody has decided yet.
    pub decided_by: Option<i64>,
    pub decided_by_name: Option<String>,
    pub decided_at_ms: Option<i64>,
    pub decision_reason: Option<String>,
}

const COLUMNS: &str = "s.id, s.order_id, s.basis, s.energies, s.energy_dwh, s.electricity_fen, s.service_fen, \
    s.total_fen, s.reason, s.state, s.staff_id, s.staff_name, s.created_at_ms, s.decided_by, s.decided_by_name, \
    s.decided_at_ms, s.decision_reason";

fn settlement(row: &Row<'_>) -> DbResult<Settlement> {
    let energies = row.text_opt(3)?.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Settlement {
        id: row.int(0)?,
        order_id: row.int(1)?,
        basis: row.word(2, SettlementBasis::parse)?,
        energies: energies.map_err(|why| DbError::Fault(format!("the energies of a settlement: {why}")))?,
        energy_dwh: row.int(4)?,
        electricity_fen: row.int(5)?,
        service_fen: row.int(6)?,
        total_fen: row.int(7)?,
        reason: row.text(8)?,
        state: row.word(9, SettlementState::parse)?,
        staff_id: row.int(10)?,
        staff_name: row.text(11)?,
        created_at_ms: row.int(12)?,
        decided_by: row.int_opt(13)?,
        decided_by_name: row.text_opt(14)?,
        decided_at_ms: row.int_opt(15)?,
        decision_reason: row.text_opt(16)?,
    })
}

/// Of one order, the latest first.
pub fn of_order(conn: &mut Conn, order: OrderId) -> DbResult<Vec<Settlement>> {
    let sql = format!("SELECT {COLUMNS} FROM settlement s WHERE s.order_id = $1 ORDER BY s.id DESC");
    conn.query(&sql, &[order.0.into()], settlement)
}

/// One whose order is in sight, with the pile of that order.
pub fn find(conn: &mut Conn, scope: &Scope, id: SettlementId) -> DbResult<Option<(Settlement, PileId)>> {
    let mut filter = Filter::new();
    filter.and_value("s.id = ?", id.0);
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT {COLUMNS}, o.pile_id FROM settlement s JOIN orders o ON o.id = s.order_id {}",
        filter.sql()
    );
    conn.find(&sql, &filter.values, |row| Ok((settlement(row)?, PileId(row.int(17)?))))
}

/// Writes one, under a number of its own.
pub fn insert(tx: &mut Tx<'_>, new: &Settlement) -> Result<SettlementId> {
    let id = tx.next_id(Noun::Settlement)?;
    let energies = new.energies.map(|all| format!("{all:?}"));
    tx.execute(
        "INSERT INTO settlement (id, order_id, basis, energies, energy_dwh, electricity_fen, service_fen, total_fen, \
         reason, state, staff_id, staff_name, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            id.into(),
            new.order_id.into(),
            new.basis.as_str().into(),
            energies.into(),
            new.energy_dwh.into(),
            new.electricity_fen.into(),
            new.service_fen.into(),
            new.total_fen.into(),
            (&new.reason).into(),
            new.state.as_str().into(),
            new.staff_id.into(),
            (&new.staff_name).into(),
            new.created_at_ms.into(),
        ],
    )?;
    Ok(SettlementId(id))
}

/// What the second person decided.
pub struct Decision<'a> {
    pub state: SettlementState,
    pub staff: StaffId,
    pub staff_name: &'a str,
    pub at: Timestamp,
    pub reason: Option<&'a str>,
}

/// Whether it still waited.
pub fn decide(tx: &mut Tx<'_>, id: SettlementId, decision: &Decision<'_>) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE settlement SET state = $1, decided_by = $2, decided_by_name = $3, decided_at_ms = $4, \
         decision_reason = $5 WHERE id = $6 AND state = 'proposed'",
        &[
            decision.state.as_str().into(),
            decision.staff.0.into(),
            decision.staff_name.into(),
            decision.at.as_ms().into(),
            decision.reason.into(),
            id.0.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// The energy and the fees by which an order was ended.
pub fn approved(conn: &mut Conn, order: OrderId) -> DbResult<Option<Settlement>> {
    Ok(of_order(conn, order)?.into_iter().find(|one| one.state == SettlementState::Approved))
}
