//! 互联方: platforms whose customers charge here.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::ids::Noun;
use model::Result;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Peer {
    pub id: i64,
    pub name: String,
    /// Its OperatorID of T/CEC 102.
    pub code: String,
    /// The fleet under which its orders are kept here; null: they are known by its own lists alone.
    pub fleet_id: Option<i64>,
    pub fleet_name: Option<String>,
    pub note: String,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

const SELECT: &str = "SELECT q.id, q.name, q.code, q.fleet_id, f.name, q.note, q.version, q.changed_at_ms, q.changed_by \
    FROM peer q LEFT JOIN fleet f ON f.id = q.fleet_id";

fn peer(row: &Row<'_>) -> DbResult<Peer> {
    Ok(Peer {
        id: row.int(0)?,
        name: row.text(1)?,
        code: row.text(2)?,
        fleet_id: row.int_opt(3)?,
        fleet_name: row.text_opt(4)?,
        note: row.text(5)?,
        version: row.int(6)?,
        changed_at_ms: row.int(7)?,
        changed_by: row.text(8)?,
    })
}

/// By name.
pub fn peer_list(conn: &mut Conn) -> DbResult<Vec<Peer>> {
    conn.query(&format!("{SELECT} ORDER BY q.name, q.id"), &[], peer)
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<Peer>> {
    conn.find(&format!("{SELECT} WHERE q.id = $1"), &[id.into()], peer)
}

/// Writes a new one, or the one that has its id.
pub fn save(tx: &mut Tx<'_>, one: &Peer) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::Peer)? } else { one.id };
    tx.execute(
        "INSERT INTO peer (id, name, code, fleet_id, note, version, changed_at_ms, changed_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
         code = excluded.code, fleet_id = excluded.fleet_id, note = excluded.note, version = excluded.version, \
         changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        &[
            id.into(),
            (&one.name).into(),
            (&one.code).into(),
            one.fleet_id.into(),
            (&one.note).into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("peer"));
    Ok(id)
}
