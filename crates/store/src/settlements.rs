//! 异常结算: writing what was decided of a held order, and reading it.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::{OrderId, PileId, SettlementId};
use model::proposal::ProposalState;
use model::settlement::SettlementBasis;
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
    pub state: ProposalState,
    pub staff_id: i64,
    pub staff_name: String,
    pub created_at_ms: i64,
    /// The second person; null where one was enough, or nobody has decided yet.
    pub decided_by: Option<i64>,
    pub decided_by_name: Option<String>,
    pub decided_at_ms: Option<i64>,
    pub decision_reason: Option<String>,
    /// The order to which the session belongs that is void here.
    pub linked_order_id: Option<i64>,
    /// Of a correction of what was settled before: how much more is paid by it, or less. Null, where a held
    /// order is settled.
    pub difference_fen: Option<i64>,
}

const COLUMNS: &str = "s.id, s.order_id, s.basis, s.energies, s.energy_dwh, s.electricity_fen, s.service_fen, \
    s.total_fen, s.reason, s.state, s.staff_id, s.staff_name, s.created_at_ms, s.decided_by, s.decided_by_name, \
    s.decided_at_ms, s.decision_reason, s.linked_order_id, s.difference_fen";

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
        state: row.word(9, ProposalState::parse)?,
        staff_id: row.int(10)?,
        staff_name: row.text(11)?,
        created_at_ms: row.int(12)?,
        decided_by: row.int_opt(13)?,
        decided_by_name: row.text_opt(14)?,
        decided_at_ms: row.int_opt(15)?,
        decision_reason: row.text_opt(16)?,
        linked_order_id: row.int_opt(17)?,
        difference_fen: row.int_opt(18)?,
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
    conn.find(&sql, &filter.values, |row| Ok((settlement(row)?, PileId(row.int(19)?))))
}

/// Writes one, under a number of its own.
pub fn insert(tx: &mut Tx<'_>, new: &Settlement) -> Result<SettlementId> {
    let id = tx.next_id(Noun::Settlement)?;
    let energies = new.energies.map(|all| format!("{all:?}"));
    tx.execute(
        "INSERT INTO settlement (id, order_id, basis, energies, energy_dwh, electricity_fen, service_fen, total_fen, \
         reason, state, staff_id, staff_name, created_at_ms, linked_order_id, difference_fen) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
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
            new.linked_order_id.into(),
            new.difference_fen.into(),
        ],
    )?;
    Ok(SettlementId(id))
}

/// The energy and the fees by which an order was ended. What a correction gives back leaves them as they are.
pub fn approved(conn: &mut Conn, order: OrderId) -> DbResult<Option<Settlement>> {
    let raises = |one: &Settlement| one.difference_fen.is_none_or(|more| more >= 0);
    let mut all = of_order(conn, order)?.into_iter();
    Ok(all.find(|one| one.state == ProposalState::Approved && raises(one)))
}
