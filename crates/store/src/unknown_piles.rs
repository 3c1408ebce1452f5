//! Piles that knocked without being registered: listed for one-click registration, never created
//! by themselves.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::filter::Page;
use model::Result;
use serde::Serialize;
use utoipa::ToSchema;

/// Most piles remembered: whoever knocks under ever new names must not fill the disk.
pub const UNKNOWN_PILES_MAX: i64 = 10_000;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UnknownPile {
    pub code: String,
    pub protocol: String,
    pub remote_address: String,
    pub first_seen_ms: i64,
    pub last_seen_ms: i64,
    pub attempts: i64,
    pub vendor: Option<String>,
    pub model: Option<String>,
}

/// Those that knocked last first, at most 500: more is an attack, not a list to read.
pub fn unknown_pile_list(conn: &mut Conn) -> DbResult<Page<UnknownPile>> {
    let rows = conn.query(
        "SELECT code, protocol, remote_address, first_seen_ms, last_seen_ms, attempts, vendor, model \
         FROM unknown_pile ORDER BY last_seen_ms DESC, code LIMIT 500",
        &[],
        |row| {
            Ok(UnknownPile {
                code: row.text(0)?,
                protocol: row.text(1)?,
                remote_address: row.text(2)?,
                first_seen_ms: row.int(3)?,
                last_seen_ms: row.int(4)?,
                attempts: row.int(5)?,
                vendor: row.text_opt(6)?,
                model: row.text_opt(7)?,
            })
        },
    )?;
    let total = conn.one("SELECT COUNT(*) FROM unknown_pile", &[], crate::filter::count)?;
    Ok(Page { items: rows, next_cursor: None, total: Some(total) })
}

/// The one that knocked last.
pub fn unknown_pile_last(conn: &mut Conn) -> DbResult<Option<UnknownPile>> {
    Ok(unknown_pile_list(conn)?.items.into_iter().next())
}

/// Remembers that a pile knocked. When the table is full a new one is not taken in.
pub fn note(tx: &mut Tx<'_>, knock: &UnknownPile) -> Result<()> {
    let known = tx.execute(
        "UPDATE unknown_pile SET protocol = $1, remote_address = $2, vendor = COALESCE($3, vendor), \
         model = COALESCE($4, model), attempts = attempts + 1, last_seen_ms = $5 WHERE code = $6",
        &[
            (&knock.protocol).into(),
            (&knock.remote_address).into(),
            knock.vendor.as_ref().into(),
            knock.model.as_ref().into(),
            knock.last_seen_ms.into(),
            (&knock.code).into(),
        ],
    )?;
    if known == 0 {
        tx.execute(
            "INSERT INTO unknown_pile (code, protocol, remote_address, vendor, model, attempts, first_seen_ms, \
             last_seen_ms) SELECT $1, $2, $3, $4, $5, 1, CAST($6 AS BIGINT), CAST($7 AS BIGINT) \
             WHERE (SELECT COUNT(*) FROM unknown_pile) < $8 ON CONFLICT (code) DO NOTHING",
            &[
                (&knock.code).into(),
                (&knock.protocol).into(),
                (&knock.remote_address).into(),
                knock.vendor.as_ref().into(),
                knock.model.as_ref().into(),
                knock.last_seen_ms.into(),
                knock.last_seen_ms.into(),
                UNKNOWN_PILES_MAX.into(),
            ],
        )?;
    }
    tx.changed(Change::Noun("unknown_pile"));
    Ok(())
}

/// Whether it was there.
pub fn remove(tx: &mut Tx<'_>, code: &str) -> Result<bool> {
    let gone = tx.execute("DELETE FROM unknown_pile WHERE code = $1", &[code.into()])?;
    if gone > 0 {
        tx.changed(Change::Noun("unknown_pile"));
    }
    Ok(gone > 0)
}

/// Forgets those that have been registered since they knocked.
pub fn remove_registered(tx: &mut Tx<'_>) -> Result<u64> {
    tx.execute("DELETE FROM unknown_pile WHERE code IN (SELECT code FROM pile)", &[])
}
