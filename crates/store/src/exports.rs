//! 导出: lists that are given out as files, and how far each is.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::error::Text;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// 排队中
    Queued,
    /// 导出中
    Running,
    /// 已完成: the file can be had.
    Done,
    /// 失败
    Failed,
    /// 已取消
    Cancelled,
    /// 已过期: the file is gone.
    Expired,
}

impl ExportState {
    pub const ALL: [ExportState; 6] = [
        ExportState::Queued,
        ExportState::Running,
        ExportState::Done,
        ExportState::Failed,
        ExportState::Cancelled,
        ExportState::Expired,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            ExportState::Queued => "queued",
            ExportState::Running => "running",
            ExportState::Done => "done",
            ExportState::Failed => "failed",
            ExportState::Cancelled => "cancelled",
            ExportState::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<ExportState> {
        ExportState::ALL.into_iter().find(|state| state.as_str() == text)
    }

    pub fn is_open(self) -> bool {
        matches!(self, ExportState::Queued | ExportState::Running)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    Xlsx,
    Csv,
    /// Several files in one: what is given to a person. No list is asked for in it.
    #[serde(skip_deserializing)]
    Zip,
}

impl ExportFormat {
    pub fn as_str(self) -> &'static str {
        match self {
            ExportFormat::Xlsx => "xlsx",
            ExportFormat::Csv => "csv",
            ExportFormat::Zip => "zip",
        }
    }

    pub fn parse(text: &str) -> Option<ExportFormat> {
        [ExportFormat::Xlsx, ExportFormat::Csv, ExportFormat::Zip]
            .into_iter()
            .find(|format| format.as_str() == text)
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Export {
    pub id: i64,
    #[serde(skip)]
    pub staff_id: i64,
    /// Of what list: `order`, `pile`.
    pub noun: String,
    /// The list's filters as they were asked for.
    pub query: BTreeMap<String, String>,
    /// The keys of the columns, in the file's order.
    pub columns: Vec<String>,
    /// `xlsx`, `csv`, or `zip`, which nobody asks for: several files in one, for a person.
    #[schema(value_type = String)]
    pub format: ExportFormat,
    pub file_name: String,
    pub state: ExportState,
    pub rows_done: i64,
    /// Null as long as nobody has counted, and where counting would be dear.
    pub rows_total: Option<i64>,
    pub size_bytes: Option<i64>,
    /// Why it failed, and the way out.
    pub message: Option<Text>,
    pub created_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    /// When the file goes.
    pub expires_at_ms: Option<i64>,
}

/// One that is asked for.
#[derive(Clone, Debug)]
pub struct NewExport {
    pub noun: &'static str,
    pub query: BTreeMap<String, String>,
    pub columns: Vec<String>,
    pub format: ExportFormat,
    pub file_name: String,
}

const COLUMNS: &str = "id, staff_id, noun, query, columns, format, file_name, state, rows_done, rows_total, \
    size_bytes, message, created_at_ms, ended_at_ms, expires_at_ms";

fn export(row: &Row<'_>) -> DbResult<Export> {
    Ok(Export {
        id: row.int(0)?,
        staff_id: row.int(1)?,
        noun: row.text(2)?,
        query: serde_json::from_str(&row.text(3)?).unwrap_or_default(),
        columns: serde_json::from_str(&row.text(4)?).unwrap_or_default(),
        format: row.word(5, ExportFormat::parse)?,
        file_name: row.text(6)?,
        state: row.word(7, ExportState::parse)?,
        rows_done: row.int(8)?,
        rows_total: row.int_opt(9)?,
        size_bytes: row.int_opt(10)?,
        message: row.text_opt(11)?.and_then(|text| serde_json::from_str(&text).ok()),
        created_at_ms: row.int(12)?,
        ended_at_ms: row.int_opt(13)?,
        expires_at_ms: row.int_opt(14)?,
    })
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| model::Error::internal())
}

pub fn insert(tx: &mut Tx<'_>, staff: i64, new: &NewExport, now: Timestamp) -> Result<i64> {
    let id = tx.next_id(Noun::Export)?;
    tx.execute(
        "INSERT INTO export (id, staff_id, noun, query, columns, format, file_name, state, rows_done, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)",
        &[
            id.into(),
            staff.into(),
            new.noun.into(),
            json(&new.query)?.into(),
            json(&new.columns)?.into(),
            new.format.as_str().into(),
            (&new.file_name).into(),
            ExportState::Queued.as_str().into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("export"));
    Ok(id)
}

/// How far one is that runs; false when it does not run any more.
pub fn progress(tx: &mut Tx<'_>, id: i64, done: i64, total: Option<i64>) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE export SET state = $1, rows_done = $2, rows_total = COALESCE($3, rows_total) \
         WHERE id = $4 AND state IN ('queued', 'running')",
        &[ExportState::Running.as_str().into(), done.into(), total.into(), id.into()],
    )?;
    tx.changed(Change::Noun("export"));
    Ok(changed > 0)
}

/// How one ended.
#[derive(Clone, Debug)]
pub struct Ending {
    pub state: ExportState,
    pub rows: Option<i64>,
    pub size_bytes: Option<i64>,
    pub message: Option<Text>,
    pub expires_at_ms: Option<i64>,
}

/// Ends one that is open; false when it had ended already.
pub fn end(tx: &mut Tx<'_>, id: i64, ending: &Ending, now: Timestamp) -> Result<bool> {
    let message = ending.message.as_ref().map(json).transpose()?;
    let changed = tx.execute(
        "UPDATE export SET state = $1, rows_done = COALESCE($2, rows_done), size_bytes = $3, message = $4, \
         ended_at_ms = $5, expires_at_ms = $6 WHERE id = $7 AND state IN ('queued', 'running')",
        &[
            ending.state.as_str().into(),
            ending.rows.into(),
            ending.size_bytes.into(),
            message.into(),
            now.as_ms().into(),
            ending.expires_at_ms.into(),
            id.into(),
        ],
    )?;
    tx.changed(Change::Noun("export"));
    Ok(changed > 0)
}

/// Those that the last run of the server left open end as `ending` says; how many.
pub fn end_open(tx: &mut Tx<'_>, ending: &Ending, now: Timestamp) -> Result<usize> {
    let open =
        tx.query("SELECT id FROM export WHERE state IN ('queued', 'running') ORDER BY id", &[], |row| {
            row.int(0)
        })?;
    for id in &open {
        end(tx, *id, ending, now)?;
    }
    Ok(open.len())
}

/// Those whose files have been kept long enough: the rows say so from now on, the files are the
/// caller's to remove.
pub fn expire(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<(i64, ExportFormat)>> {
    let due = tx.query(
        "SELECT id, format FROM export WHERE state = 'done' AND expires_at_ms <= $1 ORDER BY id LIMIT 500",
        &[now.as_ms().into()],
        |row| Ok((row.int(0)?, row.word(1, ExportFormat::parse)?)),
    )?;
    for (id, _) in &due {
        tx.execute("UPDATE export SET state = 'expired' WHERE id = $1", &[(*id).into()])?;
    }
    if !due.is_empty() {
        tx.changed(Change::Noun("export"));
    }
    Ok(due)
}

/// How many of a person's have not ended.
pub fn open_count(conn: &mut Conn, staff: i64) -> DbResult<i64> {
    conn.one(
        "SELECT COUNT(*) FROM export WHERE staff_id = $1 AND state IN ('queued', 'running')",
        &[staff.into()],
        count,
    )
}

/// One, if it is this person's: files are for whoever asked for them, with what that person may see.
pub fn get(conn: &mut Conn, staff: i64, id: i64) -> DbResult<Option<Export>> {
    let sql = format!("SELECT {COLUMNS} FROM export WHERE id = $1 AND staff_id = $2");
    conn.find(&sql, &[id.into(), staff.into()], export)
}

#[derive(Clone, Debug, Default)]
pub struct ExportFilter {
    pub noun: Option<String>,
    pub state: Option<ExportState>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

/// A person's own, newest first.
pub fn export_list(conn: &mut Conn, staff: i64, wanted: &ExportFilter) -> DbResult<Page<Export>> {
    let mut filter = Filter::new();
    filter.and_value("staff_id = ?", staff);
    filter.and_some("noun = ?", wanted.noun.clone());
    filter.and_some("state = ?", wanted.state.map(ExportState::as_str));
    let total = conn.one(&format!("SELECT COUNT(*) FROM export {}", filter.sql()), &filter.values, count)?;
    filter.and_some("id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {COLUMNS} FROM export {} ORDER BY id DESC LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, export)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |export| export.id.to_string()))
}
