//! 登录会话 as their owner sees them, and the networks that they come from.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::filter::count;
use model::Result;
use model::id::StaffId;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SessionRow)]
pub struct SessionRow {
    /// Names it, and opens nothing.
    pub id: String,
    /// The browser and its system, as it says of itself.
    pub device: String,
    pub remote_address: String,
    pub created_at_ms: i64,
    /// When it was last used, to the minute.
    pub seen_at_ms: i64,
    pub expires_at_ms: Option<i64>,
    /// The one that is asking.
    pub own: bool,
}

/// Those of one person that are still good, the last used first.
pub fn session_list(
    conn: &mut Conn,
    staff: StaffId,
    own: &str,
    idle_before: Timestamp,
    now: Timestamp,
) -> DbResult<Vec<SessionRow>> {
    conn.query(
        "SELECT hash, device, remote_address, created_at_ms, seen_at_ms, expires_at_ms FROM credential \
         WHERE staff_id = $1 AND kind = 'session' AND seen_at_ms > $2 AND expires_at_ms > $3 \
         ORDER BY seen_at_ms DESC, created_at_ms DESC, hash",
        &[staff.0.into(), idle_before.as_ms().into(), now.as_ms().into()],
        |row| {
            let hash = row.text(0)?;
            Ok(SessionRow {
                own: hash == own,
                id: hash.chars().take(16).collect(),
                device: row.text(1)?,
                remote_address: row.text(2)?,
                created_at_ms: row.int(3)?,
                seen_at_ms: row.int(4)?,
                expires_at_ms: row.int_opt(5)?,
            })
        },
    )
}

/// Ends one; false when there is none of this name.
pub fn session_end(tx: &mut Tx<'_>, staff: StaffId, id: &str) -> Result<bool> {
    let ended = tx.execute(
        "DELETE FROM credential WHERE kind = 'session' AND staff_id = $1 AND SUBSTR(hash, 1, 16) = $2",
        &[staff.0.into(), id.into()],
    )?;
    Ok(ended > 0)
}

/// Ends all of a person but one.
pub fn sessions_end(tx: &mut Tx<'_>, staff: StaffId, except: &str) -> Result<u64> {
    tx.execute(
        "DELETE FROM credential WHERE kind = 'session' AND staff_id = $1 AND hash <> $2",
        &[staff.0.into(), except.into()],
    )
}

/// Ends those that were used longest ago, so that no more than this stay.
pub fn sessions_trim(tx: &mut Tx<'_>, staff: StaffId, most: i64) -> Result<u64> {
    tx.execute(
        "DELETE FROM credential WHERE kind = 'session' AND staff_id = $1 AND hash NOT IN \
         (SELECT hash FROM credential WHERE kind = 'session' AND staff_id = $1 \
          ORDER BY seen_at_ms DESC, created_at_ms DESC, hash LIMIT $2)",
        &[staff.0.into(), most.into()],
    )
}

/// Remembers the network. True: it is new, and not the first that this person comes from.
pub fn place_seen(tx: &mut Tx<'_>, staff: StaffId, network: &str, now: Timestamp) -> Result<bool> {
    let known = tx.execute(
        "UPDATE sign_in_place SET last_at_ms = $1 WHERE staff_id = $2 AND network = $3",
        &[now.as_ms().into(), staff.0.into(), network.into()],
    )?;
    if known > 0 {
        return Ok(false);
    }
    let others = tx.read(|conn| {
        conn.one("SELECT COUNT(*) FROM sign_in_place WHERE staff_id = $1", &[staff.0.into()], count)
    })?;
    tx.execute(
        "INSERT INTO sign_in_place (staff_id, network, first_at_ms, last_at_ms) VALUES ($1, $2, $3, $3)",
        &[staff.0.into(), network.into(), now.as_ms().into()],
    )?;
    Ok(others > 0)
}
