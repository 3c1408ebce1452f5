//! 备份 and 恢复演练: the record of what was backed up, and of the proofs that it can be restored.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::{Error, Result, Text};
use serde::Serialize;
use utoipa::ToSchema;

model::words! {
    BackupState {
        Done = "done",
        Failed = "failed",
        /// It was kept long enough.
        Gone = "gone",
    }

    /// What a drill rehearses.
    DrillKind {
        /// The last state was restored beside the running server, and looked at.
        Restore = "restore",
        /// The server's machine or its data were lost.
        Disaster = "disaster",
        /// Back to a moment before a mistake.
        Moment = "moment",
        /// From the standby back to the first machine.
        Fallback = "fallback",
    }
}

/// A full backup.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Backup)]
pub struct BackupRow {
    pub id: i64,
    /// The name of its file at the place.
    pub name: String,
    #[serde(skip)]
    pub line: String,
    #[serde(skip)]
    pub seq: i64,
    /// The moment whose state it is.
    pub at_ms: i64,
    pub state: BackupState,
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    /// Before compression.
    pub plain_bytes: i64,
    /// At the place.
    pub stored_bytes: i64,
    /// SHA-256 of the file.
    pub digest: String,
    /// When it was last restored and looked at.
    pub checked_at_ms: Option<i64>,
    pub check_passed: Option<bool>,
    /// Why it failed.
    pub message: Option<Text>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Drill {
    pub id: i64,
    pub kind: DrillKind,
    pub passed: bool,
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    /// The moment whose state was restored.
    pub restored_to_ms: Option<i64>,
    /// From that moment to the loss.
    pub rpo_ms: Option<i64>,
    /// Orders and rows of the audit log that would have been lost.
    pub rpo_event_count: Option<i64>,
    /// From the loss until it worked again.
    pub rto_ms: Option<i64>,
    pub order_count: Option<i64>,
    pub audit_count: Option<i64>,
    /// The hash of the last row of the restored audit log.
    pub audit_head: Option<String>,
    /// Who did it.
    pub staff_name: String,
    pub note: String,
    pub message: Option<Text>,
}

const BACKUP: &str = "id, name, line, seq, at_ms, state, started_at_ms, ended_at_ms, plain_bytes, stored_bytes, digest, \
                      checked_at_ms, check_passed, message";
const DRILL: &str = "id, kind, passed, started_at_ms, ended_at_ms, restored_to_ms, rpo_ms, rpo_event_count, rto_ms, order_count, \
                     audit_count, audit_head, staff_name, note, message";

fn json(text: Option<&Text>) -> Result<Option<String>> {
    text.map(|text| serde_json::to_string(text).map_err(|_| Error::internal())).transpose()
}

fn said(text: Option<String>) -> Option<Text> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

fn backup(row: &Row<'_>) -> DbResult<BackupRow> {
    Ok(BackupRow {
        id: row.int(0)?,
        name: row.text(1)?,
        line: row.text(2)?,
        seq: row.int(3)?,
        at_ms: row.int(4)?,
        state: row.word(5, BackupState::parse)?,
        started_at_ms: row.int(6)?,
        ended_at_ms: row.int(7)?,
        plain_bytes: row.int(8)?,
        stored_bytes: row.int(9)?,
        digest: row.text(10)?,
        checked_at_ms: row.int_opt(11)?,
        check_passed: row.bool_opt(12)?,
        message: said(row.text_opt(13)?),
    })
}

fn drill(row: &Row<'_>) -> DbResult<Drill> {
    Ok(Drill {
        id: row.int(0)?,
        kind: row.word(1, DrillKind::parse)?,
        passed: row.bool(2)?,
        started_at_ms: row.int(3)?,
        ended_at_ms: row.int(4)?,
        restored_to_ms: row.int_opt(5)?,
        rpo_ms: row.int_opt(6)?,
        rpo_event_count: row.int_opt(7)?,
        rto_ms: row.int_opt(8)?,
        order_count: row.int_opt(9)?,
        audit_count: row.int_opt(10)?,
        audit_head: row.text_opt(11)?,
        staff_name: row.text(12)?,
        note: row.text(13)?,
        message: said(row.text_opt(14)?),
    })
}

/// Writes a backup under an id of its own.
pub fn insert(tx: &mut Tx<'_>, new: &BackupRow) -> Result<i64> {
    let id = tx.next_id(Noun::Backup)?;
    tx.execute(
        &format!("INSERT INTO backup ({BACKUP}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"),
        &[
            id.into(),
            (&new.name).into(),
            (&new.line).into(),
            new.seq.into(),
            new.at_ms.into(),
            new.state.as_str().into(),
            new.started_at_ms.into(),
            new.ended_at_ms.into(),
            new.plain_bytes.into(),
            new.stored_bytes.into(),
            (&new.digest).into(),
            new.checked_at_ms.into(),
            new.check_passed.into(),
            json(new.message.as_ref())?.into(),
        ],
    )?;
    tx.changed(Change::Noun("backup"));
    Ok(id)
}

/// It was restored and looked at.
pub fn checked(tx: &mut Tx<'_>, name: &str, at_ms: i64, passed: bool) -> Result<()> {
    let sql = "UPDATE backup SET checked_at_ms = $1, check_passed = $2 WHERE name = $3";
    tx.execute(sql, &[at_ms.into(), passed.into(), name.into()])?;
    tx.changed(Change::Noun("backup"));
    Ok(())
}

/// The last one that was restored and looked at without a fault.
pub fn proven_last(conn: &mut Conn) -> DbResult<Option<String>> {
    let sql =
        "SELECT name FROM backup WHERE state = 'done' AND check_passed ORDER BY at_ms DESC, id DESC LIMIT 1";
    conn.find(sql, &[], |row| row.text(0))
}

/// Its file is no longer at the place.
pub fn gone(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    tx.execute("UPDATE backup SET state = 'gone' WHERE name = $1", &[name.into()])?;
    tx.changed(Change::Noun("backup"));
    Ok(())
}

#[derive(Clone, Debug, Default)]
pub struct BackupFilter {
    pub state: Option<BackupState>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn backup_list(conn: &mut Conn, wanted: &BackupFilter) -> DbResult<Page<BackupRow>> {
    let mut filter = Filter::new();
    filter.and_some("state = ?", wanted.state.map(BackupState::as_str));
    filter.and_some("started_at_ms >= ?", wanted.from_ms);
    filter.and_some("started_at_ms < ?", wanted.to_ms);
    let total = conn.one(&format!("SELECT COUNT(*) FROM backup {}", filter.sql()), &filter.values, count)?;
    filter.and_some("id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {BACKUP} FROM backup {} ORDER BY id DESC LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, backup)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

/// The last one that was made.
pub fn last(conn: &mut Conn) -> DbResult<Option<BackupRow>> {
    conn.find(
        &format!("SELECT {BACKUP} FROM backup WHERE state = 'done' ORDER BY id DESC LIMIT 1"),
        &[],
        backup,
    )
}

/// Writes a drill under an id of its own.
pub fn drill_insert(tx: &mut Tx<'_>, new: &Drill) -> Result<i64> {
    let id = tx.next_id(Noun::Drill)?;
    tx.execute(
        &format!(
            "INSERT INTO drill ({DRILL}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        &[
            id.into(),
            new.kind.as_str().into(),
            new.passed.into(),
            new.started_at_ms.into(),
            new.ended_at_ms.into(),
            new.restored_to_ms.into(),
            new.rpo_ms.into(),
            new.rpo_event_count.into(),
            new.rto_ms.into(),
            new.order_count.into(),
            new.audit_count.into(),
            new.audit_head.as_ref().into(),
            (&new.staff_name).into(),
            (&new.note).into(),
            json(new.message.as_ref())?.into(),
        ],
    )?;
    tx.changed(Change::Noun("drill"));
    Ok(id)
}

/// The last drill of this kind.
pub fn drill_last(conn: &mut Conn, kind: DrillKind) -> DbResult<Option<Drill>> {
    let sql = format!("SELECT {DRILL} FROM drill WHERE kind = $1 ORDER BY id DESC LIMIT 1");
    conn.find(&sql, &[kind.as_str().into()], drill)
}

#[derive(Clone, Debug, Default)]
pub struct DrillFilter {
    pub kind: Option<DrillKind>,
    pub passed: Option<bool>,
    pub staff_name: Option<String>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn drill_list(conn: &mut Conn, wanted: &DrillFilter) -> DbResult<Page<Drill>> {
    let mut filter = Filter::new();
    filter.and_some("kind = ?", wanted.kind.map(DrillKind::as_str));
    filter.and_some("passed = ?", wanted.passed);
    filter.and_contains("LOWER(staff_name) LIKE ?", wanted.staff_name.as_deref());
    let total = conn.one(&format!("SELECT COUNT(*) FROM drill {}", filter.sql()), &filter.values, count)?;
    filter.and_some("id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {DRILL} FROM drill {} ORDER BY id DESC LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, drill)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}
