//! Pictures that belong to something: kept in the database, so that a backup has all of it.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::filter::count;
use crate::ids::Noun;
use model::Result;
use model::time::Timestamp;

/// A picture as it goes out.
pub struct Picture {
    /// `image/jpeg` and the like.
    pub kind: String,
    pub body: Vec<u8>,
}

pub struct NewPicture<'a> {
    /// What it belongs to.
    pub noun: &'static str,
    pub noun_id: i64,
    pub kind: &'static str,
    /// SHA-256 of the body.
    pub digest: &'a str,
    pub body: &'a [u8],
}

pub fn of(conn: &mut Conn, noun: &str, noun_id: i64) -> DbResult<Vec<i64>> {
    let sql = "SELECT id FROM attachment WHERE noun = $1 AND noun_id = $2 ORDER BY id";
    conn.query(sql, &[noun.into(), noun_id.into()], |row| row.int(0))
}

/// The picture, and what it belongs to.
pub fn get(conn: &mut Conn, noun: &str, id: i64) -> DbResult<Option<(i64, Picture)>> {
    let sql = "SELECT noun_id, kind, body FROM attachment WHERE id = $1 AND noun = $2";
    conn.find(sql, &[id.into(), noun.into()], |row| {
        Ok((row.int(0)?, Picture { kind: row.text(1)?, body: row.bytes(2)? }))
    })
}

pub fn has(conn: &mut Conn, noun: &str, noun_id: i64, digest: &str) -> DbResult<bool> {
    let sql = "SELECT COUNT(*) FROM attachment WHERE noun = $1 AND noun_id = $2 AND digest = $3";
    Ok(conn.one(sql, &[noun.into(), noun_id.into(), digest.into()], count)? > 0)
}

pub fn insert(tx: &mut Tx<'_>, picture: &NewPicture<'_>, now: Timestamp) -> Result<i64> {
    let id = tx.next_id(Noun::Attachment)?;
    tx.execute(
        "INSERT INTO attachment (id, noun, noun_id, kind, digest, body, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            picture.noun.into(),
            picture.noun_id.into(),
            picture.kind.into(),
            picture.digest.into(),
            picture.body.into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(id)
}

pub fn delete(tx: &mut Tx<'_>, noun: &'static str, id: i64) -> Result<()> {
    tx.execute("DELETE FROM attachment WHERE noun = $1 AND id = $2", &[noun.into(), id.into()]).map(drop)
}

/// All that something had.
pub fn delete_of(tx: &mut Tx<'_>, noun: &'static str, noun_id: i64) -> Result<()> {
    tx.execute("DELETE FROM attachment WHERE noun = $1 AND noun_id = $2", &[noun.into(), noun_id.into()])
        .map(drop)
}
