//! Passwords of people as they are kept, and those from before.

use crate::Tx;
use crate::db::{Conn, DbResult};
use model::Result;
use model::id::StaffId;
use model::time::Timestamp;

/// `given`: somebody else knows it. The one from before is kept too, with the newest `past_max`.
pub fn password_set(
    tx: &mut Tx<'_>,
    id: StaffId,
    kept: &str,
    given: bool,
    past_max: i64,
    now: Timestamp,
) -> Result<()> {
    if past_max > 0 {
        tx.execute(
            "INSERT INTO password_past (staff_id, at_ms, kept) SELECT id, password_at_ms, password FROM staff \
             WHERE id = $1",
            &[id.0.into()],
        )?;
    }
    tx.execute(
        "DELETE FROM password_past WHERE staff_id = $1 AND kept NOT IN \
         (SELECT kept FROM password_past WHERE staff_id = $1 ORDER BY at_ms DESC LIMIT $2)",
        &[id.0.into(), past_max.into()],
    )?;
    tx.execute(
        "UPDATE staff SET password = $1, password_at_ms = $2, password_given = $3 WHERE id = $4",
        &[kept.into(), now.as_ms().into(), given.into(), id.0.into()],
    )?;
    Ok(())
}

/// The newest first.
pub fn past(conn: &mut Conn, id: StaffId, most: i64) -> DbResult<Vec<String>> {
    conn.query(
        "SELECT kept FROM password_past WHERE staff_id = $1 ORDER BY at_ms DESC LIMIT $2",
        &[id.0.into(), most.into()],
        |row| row.text(0),
    )
}
