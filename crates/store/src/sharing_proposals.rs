//! What of sharing waits for a second person, and what came of it.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use crate::payees::sharing_scope;
use model::Result;
use model::access::Scope;
use model::proposal::ProposalState;
use model::sharing::SharingProposalKind;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SharingProposal {
    pub id: i64,
    pub operator_id: i64,
    pub kind: SharingProposalKind,
    pub period_id: i64,
    /// Of a payout.
    pub statement_id: Option<i64>,
    pub amount_fen: i64,
    /// Of a payout: the bank's own number.
    pub reference: Option<String>,
    pub state: ProposalState,
    pub staff_id: i64,
    pub staff_name: String,
    pub created_at_ms: i64,
    /// The second person; null as long as nobody has decided.
    pub decided_by: Option<i64>,
    pub decided_by_name: Option<String>,
    pub decided_at_ms: Option<i64>,
    pub decision_reason: Option<String>,
}

const COLUMNS: &str = "q.id, q.operator_id, q.kind, q.period_id, q.statement_id, q.amount_fen, q.reference, q.state, \
    q.staff_id, q.staff_name, q.created_at_ms, q.decided_by, q.decided_by_name, q.decided_at_ms, q.decision_reason";

fn proposal(row: &Row<'_>) -> DbResult<SharingProposal> {
    Ok(SharingProposal {
        id: row.int(0)?,
        operator_id: row.int(1)?,
        kind: row.word(2, SharingProposalKind::parse)?,
        period_id: row.int(3)?,
        statement_id: row.int_opt(4)?,
        amount_fen: row.int(5)?,
        reference: row.text_opt(6)?,
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

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<SharingProposal>> {
    let mut filter = Filter::new();
    filter.and_value("q.id = ?", id);
    sharing_scope(&mut filter, "q.operator_id", scope);
    let sql = format!("SELECT {COLUMNS} FROM sharing_proposal q {}", filter.sql());
    conn.find(&sql, &filter.values, proposal)
}

/// Of a period and its statements, newest first.
pub fn of_period(conn: &mut Conn, period: i64) -> DbResult<Vec<SharingProposal>> {
    let sql = format!("SELECT {COLUMNS} FROM sharing_proposal q WHERE q.period_id = $1 ORDER BY q.id DESC");
    conn.query(&sql, &[period.into()], proposal)
}

/// Writes one, under a number of its own.
pub fn insert(tx: &mut Tx<'_>, new: &SharingProposal) -> Result<i64> {
    let id = tx.next_id(Noun::SharingProposal)?;
    tx.execute(
        "INSERT INTO sharing_proposal (id, operator_id, kind, period_id, statement_id, amount_fen, reference, state, \
         staff_id, staff_name, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            id.into(),
            new.operator_id.into(),
            new.kind.as_str().into(),
            new.period_id.into(),
            new.statement_id.into(),
            new.amount_fen.into(),
            new.reference.as_ref().into(),
            new.state.as_str().into(),
            new.staff_id.into(),
            (&new.staff_name).into(),
            new.created_at_ms.into(),
        ],
    )?;
    tx.changed(Change::Noun("sharing_period"));
    Ok(id)
}
