//! 删除申请: who was to be erased, and who has decided it. The register: who is erased, and stays so after a restore.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::id::CustomerId;
use model::personal::ErasureState;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erasure {
    pub id: i64,
    pub customer_id: i64,
    pub customer_name: String,
    pub state: ErasureState,
    pub reason: String,
    pub staff_id: i64,
    pub staff_name: String,
    pub created_at_ms: i64,
    pub decided_by: Option<i64>,
    pub decided_by_name: Option<String>,
    pub decided_at_ms: Option<i64>,
    pub decision_reason: Option<String>,
    /// Rows that were blanked, replaced or deleted.
    pub row_count: i64,
}

const SELECT: &str = "SELECT e.id, e.customer_id, COALESCE(c.name, ''), e.state, e.reason, e.staff_id, e.staff_name, \
    e.created_at_ms, e.decided_by, e.decided_by_name, e.decided_at_ms, e.decision_reason, e.row_count \
    FROM erasure e LEFT JOIN customer c ON c.id = e.customer_id";

fn erasure(row: &Row<'_>) -> DbResult<Erasure> {
    Ok(Erasure {
        id: row.int(0)?,
        customer_id: row.int(1)?,
        customer_name: row.text(2)?,
        state: row.word(3, ErasureState::parse)?,
        reason: row.text(4)?,
        staff_id: row.int(5)?,
        staff_name: row.text(6)?,
        created_at_ms: row.int(7)?,
        decided_by: row.int_opt(8)?,
        decided_by_name: row.text_opt(9)?,
        decided_at_ms: row.int_opt(10)?,
        decision_reason: row.text_opt(11)?,
        row_count: row.int(12)?,
    })
}

#[derive(Clone, Debug, Default)]
pub struct ErasureFilter {
    pub customer: Option<i64>,
    pub state: Option<ErasureState>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn erasure_list(conn: &mut Conn, wanted: &ErasureFilter) -> DbResult<Page<Erasure>> {
    let mut filter = Filter::new();
    filter.and_some("e.customer_id = ?", wanted.customer);
    filter.and_some("e.state = ?", wanted.state.map(ErasureState::as_str));
    let total =
        conn.one(&format!("SELECT COUNT(*) FROM erasure e {}", filter.sql()), &filter.values, count)?;
    filter.and_some("e.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!("{SELECT} {} ORDER BY e.id DESC LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, erasure)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<Erasure>> {
    conn.find(&format!("{SELECT} WHERE e.id = $1"), &[id.into()], erasure)
}

/// The last one of a customer.
pub fn last_of(conn: &mut Conn, customer: CustomerId) -> DbResult<Option<Erasure>> {
    let sql = format!("{SELECT} WHERE e.customer_id = $1 ORDER BY e.id DESC LIMIT 1");
    conn.find(&sql, &[customer.0.into()], erasure)
}

pub fn insert(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    reason: &str,
    (staff, name): (i64, &str),
    now: Timestamp,
) -> Result<i64> {
    let id = tx.next_id(Noun::Erasure)?;
    tx.execute(
        "INSERT INTO erasure (id, customer_id, state, reason, staff_id, staff_name, created_at_ms, row_count) \
         VALUES ($1, $2, 'asked', $3, $4, $5, $6, 0)",
        &[id.into(), customer.0.into(), reason.into(), staff.into(), name.into(), now.as_ms().into()],
    )?;
    tx.changed(Change::Noun("erasure"));
    Ok(id)
}

pub fn decide(
    tx: &mut Tx<'_>,
    id: i64,
    (state, reason, rows): (ErasureState, Option<&str>, i64),
    (staff, name): (i64, &str),
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE erasure SET state = $1, decision_reason = $2, row_count = $3, decided_by = $4, decided_by_name = $5, \
         decided_at_ms = $6 WHERE id = $7",
        &[
            state.as_str().into(),
            reason.into(),
            rows.into(),
            staff.into(),
            name.into(),
            now.as_ms().into(),
            id.into(),
        ],
    )?;
    tx.changed(Change::Noun("erasure"));
    Ok(())
}

/// Customers who are erased, with when they were registered: an id that is given anew is another person.
pub fn register(conn: &mut Conn) -> DbResult<Vec<(CustomerId, i64, i64)>> {
    let sql =
        "SELECT id, created_at_ms, erased_at_ms FROM customer WHERE erased_at_ms IS NOT NULL ORDER BY id";
    conn.query(sql, &[], |row| Ok((CustomerId(row.int(0)?), row.int(1)?, row.int(2)?)))
}
