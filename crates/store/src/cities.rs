//! 开通城市: where stations may be.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use model::Result;
use model::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityNames {
    pub code: String,
    pub province: String,
    pub name: String,
}

/// By its code.
pub fn find(conn: &mut Conn, code: &str) -> DbResult<Option<CityNames>> {
    conn.find("SELECT code, province, name FROM city WHERE code = $1", &[code.into()], |row| {
        Ok(CityNames { code: row.text(0)?, province: row.text(1)?, name: row.text(2)? })
    })
}

/// Opens a city, or gives an open one its present name.
pub fn save(tx: &mut Tx<'_>, city: &CityNames, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO city (code, province, name, status, opened_at_ms) VALUES ($1, $2, $3, 'open', $4) \
         ON CONFLICT (code) DO UPDATE SET province = excluded.province, name = excluded.name",
        &[(&city.code).into(), (&city.province).into(), (&city.name).into(), now.as_ms().into()],
    )?;
    tx.changed(Change::Noun("city"));
    Ok(())
}

/// What keeps sessions from beginning in a city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause<'a> {
    pub from: Timestamp,
    pub reason: &'a str,
}

/// Pauses or resumes a city; whether it was written: not when somebody has changed it since it was
/// read as `version`.
pub fn pause_set(tx: &mut Tx<'_>, code: &str, pause: Option<&Pause<'_>>, version: i64) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE city SET paused_from_ms = $1, pause_reason = $2, version = version + 1 \
         WHERE code = $3 AND version = $4",
        &[
            pause.map(|pause| pause.from.as_ms()).into(),
            pause.map(|pause| pause.reason).into(),
            code.into(),
            version.into(),
        ],
    )?;
    tx.changed(Change::Noun("city"));
    Ok(changed > 0)
}

/// Whether it was written, as above.
pub fn hotline_set(tx: &mut Tx<'_>, code: &str, hotline: Option<&str>, version: i64) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE city SET hotline = $1, version = version + 1 WHERE code = $2 AND version = $3",
        &[hotline.into(), code.into(), version.into()],
    )?;
    tx.changed(Change::Noun("city"));
    Ok(changed > 0)
}
