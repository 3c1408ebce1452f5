//! 客户: who is behind a card.

use crate::Tx;
use crate::db::{Conn, DbResult};
use model::Result;
use model::id::CustomerId;
use model::time::Timestamp;

/// Writes a new customer under an id that the caller has chosen.
pub fn insert(
    tx: &mut Tx<'_>,
    id: CustomerId,
    name: &str,
    phone: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO customer (id, name, phone, created_at_ms) VALUES ($1, $2, $3, $4)",
        &[id.0.into(), name.into(), phone.into(), now.as_ms().into()],
    )?;
    Ok(())
}

/// The phone numbers of the first customers, for the demo.
pub fn phones(conn: &mut Conn, most: i64) -> DbResult<Vec<String>> {
    let sql = "SELECT phone FROM customer WHERE phone IS NOT NULL ORDER BY id LIMIT $1";
    conn.query(sql, &[most.into()], |row| row.text(0))
}
