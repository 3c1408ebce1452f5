//! 固件: the files that piles can be brought to. The bytes lie in the data folder.

use crate::Tx;
use crate::change::Change;
use crate::contents::reach;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::{FirmwareId, OperatorId};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Firmware {
    pub id: i64,
    /// Null: the whole platform's.
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    pub name: String,
    /// Of the piles that it is for; empty: any.
    pub vendor: String,
    pub model: String,
    /// What a pile that has it says of itself.
    pub version: String,
    pub note: String,
    /// Null: the file has not come yet.
    pub file_name: Option<String>,
    pub size_bytes: Option<i64>,
    /// SHA-256 of the file.
    pub digest: Option<String>,
    /// Base64, for piles that check it.
    pub signature: Option<String>,
    /// The signing certificate, PEM.
    pub certificate: Option<String>,
    pub staff_name: Option<String>,
    pub created_at_ms: i64,
    /// Updates with it in all, and how they went.
    pub update_count: i64,
    pub done_count: i64,
    pub failed_count: i64,
}

/// What a new one is made of.
#[derive(Clone, Debug)]
pub struct NewFirmware {
    pub operator: Option<OperatorId>,
    pub name: String,
    pub vendor: String,
    pub model: String,
    pub version: String,
    pub note: String,
    pub signature: Option<String>,
    pub certificate: Option<String>,
    pub staff: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct FirmwareFilter {
    pub id: Option<i64>,
    pub name: Option<String>,
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub version: Option<String>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

fn firmware(row: &Row<'_>) -> DbResult<Firmware> {
    Ok(Firmware {
        id: row.int(0)?,
        operator_id: row.int_opt(1)?,
        operator_name: row.text_opt(2)?,
        name: row.text(3)?,
        vendor: row.text(4)?,
        model: row.text(5)?,
        version: row.text(6)?,
        note: row.text(7)?,
        file_name: row.text_opt(8)?,
        size_bytes: row.int_opt(9)?,
        digest: row.text_opt(10)?,
        signature: row.text_opt(11)?,
        certificate: row.text_opt(12)?,
        staff_name: row.text_opt(13)?,
        created_at_ms: row.int(14)?,
        update_count: 0,
        done_count: 0,
        failed_count: 0,
    })
}

/// Newest first. Updates are counted at the piles in the caller's sight.
pub fn firmware_list(conn: &mut Conn, scope: &Scope, wanted: &FirmwareFilter) -> DbResult<Page<Firmware>> {
    const FROM: &str =
        "FROM firmware w LEFT JOIN operator o ON o.id = w.operator_id LEFT JOIN staff f ON f.id = w.staff_id";
    let mut filter = Filter::new();
    reach(&mut filter, "w.operator_id", scope);
    filter.and_some("w.id = ?", wanted.id);
    filter.and_contains("LOWER(w.name) LIKE ?", wanted.name.as_deref());
    filter.and_contains("LOWER(w.vendor) LIKE ?", wanted.vendor.as_deref());
    filter.and_contains("LOWER(w.model) LIKE ?", wanted.model.as_deref());
    filter.and_contains("LOWER(w.version) LIKE ?", wanted.version.as_deref());
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("w.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT w.id, w.operator_id, o.name, w.name, w.vendor, w.model, w.version, w.note, w.file_name, w.size_bytes, \
         w.digest, w.signature, w.certificate, f.name, w.created_at_ms {FROM} {} ORDER BY w.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, firmware)?;
    let mut page = Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string());
    counted(conn, scope, &mut page.items)?;
    Ok(page)
}

fn counted(conn: &mut Conn, scope: &Scope, all: &mut [Firmware]) -> DbResult<()> {
    if all.is_empty() {
        return Ok(());
    }
    let mut filter = Filter::new();
    let ids = filter.bind_all(all.iter().map(|one| one.id));
    filter.and(&format!("t.firmware_id IN ({ids})"));
    filter.scope("p.operator_id", "p.station_id", scope);
    let sql = format!(
        "SELECT t.firmware_id, t.state, COUNT(*) FROM transfer t JOIN pile p ON p.id = t.pile_id {} \
         GROUP BY t.firmware_id, t.state",
        filter.sql()
    );
    for (id, state, count) in
        conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, row.text(1)?, row.int(2)?)))?
    {
        let Some(one) = all.iter_mut().find(|one| one.id == id) else { continue };
        one.update_count += count;
        match state.as_str() {
            "installed" | "confirmed" => one.done_count += count,
            "failed" => one.failed_count += count,
            _ => {}
        }
    }
    Ok(())
}

pub fn firmware_get(conn: &mut Conn, scope: &Scope, id: FirmwareId) -> DbResult<Option<Firmware>> {
    let wanted = FirmwareFilter { id: Some(id.0), limit: 1, ..FirmwareFilter::default() };
    Ok(firmware_list(conn, scope, &wanted)?.items.pop())
}

pub fn insert(tx: &mut Tx<'_>, one: &NewFirmware, now: Timestamp) -> Result<FirmwareId> {
    let id = tx.next_id(Noun::Firmware)?;
    tx.execute(
        "INSERT INTO firmware (id, operator_id, name, vendor, model, version, note, signature, certificate, staff_id, \
         created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            id.into(),
            one.operator.map(|operator| operator.0).into(),
            one.name.as_str().into(),
            one.vendor.as_str().into(),
            one.model.as_str().into(),
            one.version.as_str().into(),
            one.note.as_str().into(),
            one.signature.as_deref().into(),
            one.certificate.as_deref().into(),
            one.staff.into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("firmware"));
    Ok(FirmwareId(id))
}

pub fn file_set(tx: &mut Tx<'_>, id: FirmwareId, name: &str, size_bytes: i64, digest: &str) -> Result<()> {
    tx.execute(
        "UPDATE firmware SET file_name = $1, size_bytes = $2, digest = $3 WHERE id = $4",
        &[name.into(), size_bytes.into(), digest.into(), id.0.into()],
    )?;
    tx.changed(Change::Noun("firmware"));
    Ok(())
}

pub fn delete(tx: &mut Tx<'_>, id: FirmwareId) -> Result<()> {
    tx.execute("DELETE FROM firmware WHERE id = $1", &[id.0.into()])?;
    tx.changed(Change::Noun("firmware"));
    Ok(())
}

/// Updates with it that have not ended.
pub fn running(conn: &mut Conn, id: FirmwareId) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM transfer WHERE firmware_id = $1 AND ended_at_ms IS NULL";
    conn.one(sql, &[id.0.into()], count)
}
