//! Who changed what, and who tried to. Written in the transaction of the change itself.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count_some};
use model::Result;
use serde::Serialize;
use utoipa::ToSchema;

/// What is to be remembered.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at_ms: i64,
    pub staff_id: Option<i64>,
    pub staff_name: String,
    /// The operation, `pile_update`.
    pub action: &'static str,
    pub noun: &'static str,
    /// Which one: its id or code.
    pub key: String,
    pub success: bool,
    /// Short JSON, usually `{"before":…,"after":…}`. Never a password.
    pub detail: String,
    pub remote_address: String,
}

/// Written at the end of the transaction, see `audit_chain.rs`.
pub fn append(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    tx.audit_append(entry.clone());
    Ok(())
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditRecord {
    pub id: i64,
    pub at_ms: i64,
    pub staff_name: String,
    pub action: String,
    pub noun: String,
    pub key: String,
    pub success: bool,
    /// Short JSON.
    pub detail: String,
    pub address: String,
}

#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub staff_name: Option<String>,
    /// Part of the id or code of what was changed.
    pub key: Option<String>,
    pub address: Option<String>,
    pub action: Option<String>,
    pub noun: Option<String>,
    pub success: Option<bool>,
    pub from_ms: Option<i64>,
    pub to_ms: Option<i64>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

/// What was done to one thing, newest first; no more than a page shows.
pub fn audit_of(conn: &mut Conn, noun: &str, key: &str, limit: i64) -> DbResult<Page<AuditRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE noun = $1 AND key = $2 ORDER BY id DESC LIMIT $3");
    conn.query(&sql, &[noun.into(), key.into(), limit.into()], record).map(Page::whole)
}

const COLUMNS: &str = "id, at_ms, staff_name, action, noun, key, success, detail, remote_address";

fn record(row: &Row<'_>) -> DbResult<AuditRecord> {
    Ok(AuditRecord {
        id: row.int(0)?,
        at_ms: row.int(1)?,
        staff_name: row.text(2)?,
        action: row.text(3)?,
        noun: row.text(4)?,
        key: row.text(5)?,
        success: row.bool(6)?,
        detail: row.text(7)?,
        address: row.text(8)?,
    })
}

/// Newest first.
pub fn audit_list(conn: &mut Conn, wanted: &AuditFilter) -> DbResult<Page<AuditRecord>> {
    let mut filter = Filter::new();
    filter.and_contains("LOWER(staff_name) LIKE ?", wanted.staff_name.as_deref());
    filter.and_contains("LOWER(key) LIKE ?", wanted.key.as_deref());
    filter.and_contains("LOWER(remote_address) LIKE ?", wanted.address.as_deref());
    filter.and_some("action = ?", wanted.action.clone());
    filter.and_some("noun = ?", wanted.noun.clone());
    filter.and_some("success = ?", wanted.success);
    filter.and_some("at_ms >= ?", wanted.from_ms);
    filter.and_some("at_ms < ?", wanted.to_ms);
    let total = count_some(conn, "audit", &filter)?;
    filter.and_some("id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {COLUMNS} FROM audit {} ORDER BY id DESC LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, record)?;
    Ok(Page::of(rows, wanted.limit, total, |record| record.id.to_string()))
}
