//! 运营商: whose stations and piles these are.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::ids::Noun;
use model::Result;
use model::id::OperatorId;
use model::time::Timestamp;

/// Whether there is such an operator.
pub fn exists(conn: &mut Conn, id: OperatorId) -> DbResult<bool> {
    let found = conn.find("SELECT 1 FROM operator WHERE id = $1", &[id.0.into()], |_| Ok(()))?;
    Ok(found.is_some())
}

/// By its name, which is unique.
pub fn by_name(conn: &mut Conn, name: &str) -> DbResult<Option<OperatorId>> {
    conn.find("SELECT id FROM operator WHERE name = $1", &[name.into()], |row| Ok(OperatorId(row.int(0)?)))
}

/// Writes a new operator, enabled.
pub fn insert(tx: &mut Tx<'_>, name: &str, now: Timestamp) -> Result<OperatorId> {
    let id = tx.next_id(Noun::Operator)?;
    tx.execute(
        "INSERT INTO operator (id, name, status, created_at_ms) VALUES ($1, $2, 'enabled', $3)",
        &[id.into(), name.into(), now.as_ms().into()],
    )?;
    tx.changed(Change::Noun("operator"));
    Ok(OperatorId(id))
}
