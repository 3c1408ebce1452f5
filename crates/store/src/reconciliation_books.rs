//! What every case of reconciliation keeps in the same way: states, notes and signatures of days and of what was
//! found in them.

use crate::Tx;
use crate::change::Change;
use model::Result;
use model::reconciliation::{DifferenceState, ReconciliationState};
use model::time::Timestamp;

/// The tables of one case.
#[derive(Clone, Copy, Debug)]
pub struct Books {
    /// Also the noun by which pages learn of a change.
    pub day: &'static str,
    pub difference: &'static str,
    /// By what a difference names its day.
    pub of: &'static str,
}

/// 桩账单对账
pub const STATION: Books = Books { day: "reconciliation", difference: "difference", of: "reconciliation_id" };
/// 渠道对账
pub const COUNTER: Books =
    Books { day: "counter_bill", difference: "counter_difference", of: "counter_bill_id" };

/// A later run does not find it any more.
pub fn difference_gone(tx: &mut Tx<'_>, books: Books, id: i64) -> Result<()> {
    let sql = format!("UPDATE {} SET state = 'gone', version = version + 1 WHERE id = $1", books.difference);
    tx.execute(&sql, &[id.into()]).map(drop)
}

/// What a person has decided of a difference.
pub fn difference_handle(
    tx: &mut Tx<'_>,
    books: Books,
    id: i64,
    (state, note): (DifferenceState, &str),
    (staff, name, now): (i64, &str, Timestamp),
) -> Result<()> {
    let sql = format!(
        "UPDATE {} SET state = $1, note = $2, staff_id = $3, staff_name = $4, handled_at_ms = $5, \
         version = version + 1 WHERE id = $6",
        books.difference
    );
    tx.execute(
        &sql,
        &[state.as_str().into(), note.into(), staff.into(), name.into(), now.as_ms().into(), id.into()],
    )?;
    tx.changed(Change::Noun(books.day));
    Ok(())
}

/// Counts the differences of a day anew.
pub fn recount(tx: &mut Tx<'_>, books: Books, id: i64) -> Result<()> {
    let Books { day, difference, of } = books;
    let sql = format!(
        "UPDATE {day} SET \
         difference_count = (SELECT COUNT(*) FROM {difference} d WHERE d.{of} = $1 AND d.state <> 'gone'), \
         open_count = (SELECT COUNT(*) FROM {difference} d WHERE d.{of} = $1 AND d.state = 'open'), \
         written_off_fen = (SELECT CAST(COALESCE(SUM(ABS(d.amount_fen)), 0) AS BIGINT) FROM {difference} d \
         WHERE d.{of} = $1 AND d.state = 'written_off') WHERE id = $1"
    );
    tx.execute(&sql, &[id.into()]).map(drop)
}

/// Whether this person has written off anything of the day.
pub fn wrote_off(tx: &mut Tx<'_>, books: Books, id: i64, staff: i64) -> Result<bool> {
    let sql = format!(
        "SELECT id FROM {} WHERE {} = $1 AND state = 'written_off' AND staff_id = $2 LIMIT 1",
        books.difference, books.of
    );
    Ok(tx.find(&sql, &[id.into(), staff.into()], |row| row.int(0))?.is_some())
}

/// Signs a day off, or opens it again.
pub fn state_set(
    tx: &mut Tx<'_>,
    books: Books,
    id: i64,
    state: ReconciliationState,
    signed: Option<(i64, &str, Timestamp)>,
    reason: &str,
) -> Result<()> {
    let day = books.day;
    match signed {
        Some((staff, name, at)) => tx.execute(
            &format!(
                "UPDATE {day} SET state = $1, signed_by = $2, signed_by_name = $3, signed_at_ms = $4, \
                 reason = $5, version = version + 1 WHERE id = $6"
            ),
            &[state.as_str().into(), staff.into(), name.into(), at.as_ms().into(), reason.into(), id.into()],
        )?,
        None => tx.execute(
            &format!("UPDATE {day} SET state = $1, reason = $2, version = version + 1 WHERE id = $3"),
            &[state.as_str().into(), reason.into(), id.into()],
        )?,
    };
    tx.changed(Change::Noun(day));
    Ok(())
}
