//! 车队: companies whose drivers and cars charge.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::ids::Noun;
use model::Result;
use model::id::FleetId;
use model::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    pub id: FleetId,
    pub name: String,
    pub contact_name: String,
    pub contact_phone: Option<String>,
    pub note: String,
    /// Counts the changes, against stale forms.
    pub version: i64,
}

const COLUMNS: &str = "id, name, contact_name, contact_phone, note, version";

fn fleet(row: &Row<'_>) -> DbResult<Fleet> {
    Ok(Fleet {
        id: FleetId(row.int(0)?),
        name: row.text(1)?,
        contact_name: row.text(2)?,
        contact_phone: row.text_opt(3)?,
        note: row.text(4)?,
        version: row.int(5)?,
    })
}

pub fn get(conn: &mut Conn, id: FleetId) -> DbResult<Option<Fleet>> {
    conn.find(&format!("SELECT {COLUMNS} FROM fleet WHERE id = $1"), &[id.0.into()], fleet)
}

pub fn by_name(conn: &mut Conn, name: &str) -> DbResult<Option<Fleet>> {
    conn.find(&format!("SELECT {COLUMNS} FROM fleet WHERE name = $1"), &[name.into()], fleet)
}

pub fn insert(tx: &mut Tx<'_>, fleet: &Fleet, now: Timestamp) -> Result<FleetId> {
    let id = tx.next_id(Noun::Fleet)?;
    tx.execute(
        "INSERT INTO fleet (id, name, contact_name, contact_phone, note, created_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            (&fleet.name).into(),
            (&fleet.contact_name).into(),
            fleet.contact_phone.as_ref().into(),
            (&fleet.note).into(),
            now.as_ms().into(),
            fleet.version.into(),
        ],
    )?;
    Ok(FleetId(id))
}

pub fn update(tx: &mut Tx<'_>, fleet: &Fleet) -> Result<()> {
    tx.execute(
        "UPDATE fleet SET name = $1, contact_name = $2, contact_phone = $3, note = $4, version = $5 WHERE id = $6",
        &[
            (&fleet.name).into(),
            (&fleet.contact_name).into(),
            fleet.contact_phone.as_ref().into(),
            (&fleet.note).into(),
            fleet.version.into(),
            fleet.id.0.into(),
        ],
    )
    .map(drop)
}
