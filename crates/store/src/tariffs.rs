//! 计费模型: published versions.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult};
use crate::hot::TariffVersion;
use crate::ids::Noun;
use model::Result;
use model::id::TariffId;
use model::time::Timestamp;

pub fn version(conn: &mut Conn, id: TariffId) -> DbResult<TariffVersion> {
    let found = conn.find(
        "SELECT name, version_no, model_no, body FROM tariff WHERE id = $1",
        &[id.0.into()],
        |row| {
            let body = row.text(3)?;
            let calendar = serde_json::from_str(&body)
                .map_err(|why| DbError::Fault(format!("tariff {id} cannot be read: {why}")))?;
            let model_no = u16::try_from(row.int(2)?).unwrap_or(0);
            Ok(TariffVersion { id, name: row.text(0)?, version_no: row.int(1)?, model_no, calendar })
        },
    )?;
    found.ok_or_else(|| DbError::Fault(format!("tariff {id} is referred to but not there")))
}

/// Whether there is such a version.
pub fn exists(conn: &mut Conn, id: TariffId) -> DbResult<bool> {
    let found = conn.find("SELECT 1 FROM tariff WHERE id = $1", &[id.0.into()], |_| Ok(()))?;
    Ok(found.is_some())
}

/// The newest version of the tariff of this name, and its number.
pub fn latest(conn: &mut Conn, name: &str) -> DbResult<Option<(TariffId, i64)>> {
    conn.find(
        "SELECT id, version_no FROM tariff WHERE name = $1 ORDER BY version_no DESC LIMIT 1",
        &[name.into()],
        |row| Ok((TariffId(row.int(0)?), row.int(1)?)),
    )
}

/// The number under which 云快充 piles keep what was published last, of whatever name.
pub fn model_no_latest(conn: &mut Conn) -> DbResult<Option<i64>> {
    let sql = "SELECT COALESCE(last_model_no, model_no) FROM tariff ORDER BY id DESC LIMIT 1";
    conn.find(sql, &[], |row| row.int(0))
}

/// A version that is being published.
pub struct NewTariff<'a> {
    pub name: &'a str,
    pub version_no: i64,
    pub model_no: i64,
    /// That of its last table, where kinds of days have some of their own.
    pub last_model_no: Option<i64>,
    /// The `model::tariff_calendar::TariffCalendar` as JSON.
    pub body: &'a str,
}

/// Writes a new version.
pub fn insert(tx: &mut Tx<'_>, tariff: &NewTariff<'_>, now: Timestamp) -> Result<TariffId> {
    let id = tx.next_id(Noun::Tariff)?;
    tx.execute(
        "INSERT INTO tariff (id, name, version_no, model_no, last_model_no, body, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            tariff.name.into(),
            tariff.version_no.into(),
            tariff.model_no.into(),
            tariff.last_model_no.into(),
            tariff.body.into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("tariff"));
    Ok(TariffId(id))
}
