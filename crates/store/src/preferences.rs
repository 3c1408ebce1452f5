//! 个人设置: how each person has arranged the console.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult, Row};
use model::Result;
use model::id::StaffId;
use model::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Preference)]
pub struct PreferenceView {
    pub key: String,
    /// Whatever the pages keep there.
    pub value: Value,
    pub updated_at_ms: i64,
}

fn view(row: &Row<'_>) -> DbResult<PreferenceView> {
    let value = serde_json::from_str(&row.text(1)?);
    Ok(PreferenceView {
        key: row.text(0)?,
        value: value.map_err(|why| DbError::Fault(format!("a preference: {why}")))?,
        updated_at_ms: row.int(2)?,
    })
}

/// All of one person, by key.
pub fn preference_list(conn: &mut Conn, staff: StaffId) -> DbResult<Vec<PreferenceView>> {
    let sql = "SELECT key, value, updated_at_ms FROM preference WHERE staff_id = $1 ORDER BY key";
    conn.query(sql, &[staff.0.into()], view)
}

pub fn preference_get(conn: &mut Conn, staff: StaffId, key: &str) -> DbResult<Option<PreferenceView>> {
    let sql = "SELECT key, value, updated_at_ms FROM preference WHERE staff_id = $1 AND key = $2";
    conn.find(sql, &[staff.0.into(), key.into()], view)
}

/// How many a person has beside this one.
pub fn others(conn: &mut Conn, staff: StaffId, key: &str) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM preference WHERE staff_id = $1 AND key <> $2";
    conn.one(sql, &[staff.0.into(), key.into()], |row| row.int(0))
}

pub fn preference_set(tx: &mut Tx<'_>, staff: StaffId, key: &str, value: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO preference (staff_id, key, value, updated_at_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (staff_id, key) DO UPDATE SET value = excluded.value, updated_at_ms = excluded.updated_at_ms",
        &[staff.0.into(), key.into(), value.into(), now.as_ms().into()],
    )?;
    Ok(())
}

pub fn preference_delete(tx: &mut Tx<'_>, staff: StaffId, key: &str) -> Result<()> {
    let sql = "DELETE FROM preference WHERE staff_id = $1 AND key = $2";
    tx.execute(sql, &[staff.0.into(), key.into()]).map(drop)
}
