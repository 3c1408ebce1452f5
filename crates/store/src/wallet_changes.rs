//! 余额调整: what staff have put into purses or taken out of them, or propose to.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::ids::Noun;
use model::Result;
use model::id::{CustomerId, FleetId};
use model::ledger::Payer;
use model::proposal::ProposalState;
use model::wallet::WalletChangeKind;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WalletChange {
    pub id: i64,
    pub customer_id: Option<i64>,
    pub fleet_id: Option<i64>,
    pub kind: WalletChangeKind,
    pub amount_fen: i64,
    pub reason: String,
    pub request_id: String,
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

impl WalletChange {
    pub fn payer(&self) -> Option<Payer> {
        let customer = self.customer_id.map(|id| Payer::Customer(CustomerId(id)));
        customer.or(self.fleet_id.map(|id| Payer::Fleet(FleetId(id))))
    }
}

const COLUMNS: &str = "id, customer_id, fleet_id, kind, amount_fen, reason, request_id, state, staff_id, staff_name, \
    created_at_ms, decided_by, decided_by_name, decided_at_ms, decision_reason";

fn change(row: &Row<'_>) -> DbResult<WalletChange> {
    Ok(WalletChange {
        id: row.int(0)?,
        customer_id: row.int_opt(1)?,
        fleet_id: row.int_opt(2)?,
        kind: row.word(3, WalletChangeKind::parse)?,
        amount_fen: row.int(4)?,
        reason: row.text(5)?,
        request_id: row.text(6)?,
        state: row.word(7, ProposalState::parse)?,
        staff_id: row.int(8)?,
        staff_name: row.text(9)?,
        created_at_ms: row.int(10)?,
        decided_by: row.int_opt(11)?,
        decided_by_name: row.text_opt(12)?,
        decided_at_ms: row.int_opt(13)?,
        decision_reason: row.text_opt(14)?,
    })
}

pub fn get(conn: &mut Conn, id: i64) -> DbResult<Option<WalletChange>> {
    conn.find(&format!("SELECT {COLUMNS} FROM wallet_change WHERE id = $1"), &[id.into()], change)
}

pub fn by_request(conn: &mut Conn, request_id: &str) -> DbResult<Option<WalletChange>> {
    let sql = format!("SELECT {COLUMNS} FROM wallet_change WHERE request_id = $1");
    conn.find(&sql, &[request_id.into()], change)
}

/// The latest of one purse, newest first.
pub fn of_payer(conn: &mut Conn, payer: Payer, most: i64) -> DbResult<Vec<WalletChange>> {
    let (column, id) = match payer {
        Payer::Customer(id) => ("customer_id", id.0),
        Payer::Fleet(id) => ("fleet_id", id.0),
    };
    let sql = format!("SELECT {COLUMNS} FROM wallet_change WHERE {column} = $1 ORDER BY id DESC LIMIT $2");
    conn.query(&sql, &[id.into(), most.into()], change)
}

/// Writes one, under a number of its own.
pub fn insert(tx: &mut Tx<'_>, new: &WalletChange) -> Result<i64> {
    let id = tx.next_id(Noun::WalletChange)?;
    tx.execute(
        "INSERT INTO wallet_change (id, customer_id, fleet_id, kind, amount_fen, reason, request_id, state, staff_id, \
         staff_name, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            id.into(),
            new.customer_id.into(),
            new.fleet_id.into(),
            new.kind.as_str().into(),
            new.amount_fen.into(),
            (&new.reason).into(),
            (&new.request_id).into(),
            new.state.as_str().into(),
            new.staff_id.into(),
            (&new.staff_name).into(),
            new.created_at_ms.into(),
        ],
    )?;
    Ok(id)
}
