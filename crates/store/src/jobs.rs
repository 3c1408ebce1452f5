//! 任务: what staff have decided of them, and what came of their runs.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::job::{JobRunState, JobTrigger};
use model::time::Timestamp;
use model::{Error, Result, Text};
use serde::Serialize;
use utoipa::ToSchema;

/// What somebody has decided of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRow {
    pub name: String,
    pub paused: bool,
    pub reason: String,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JobRun {
    pub id: i64,
    pub name: String,
    pub started_by: JobTrigger,
    /// Whoever asked for it.
    pub staff_name: Option<String>,
    pub state: JobRunState,
    pub started_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    /// How many things were done, so far.
    pub done_count: i64,
    /// What came of it.
    pub message: Option<Text>,
}

pub fn all(conn: &mut Conn) -> DbResult<Vec<JobRow>> {
    conn.query("SELECT name, paused, reason, version, changed_at_ms, changed_by FROM job", &[], |row| {
        Ok(JobRow {
            name: row.text(0)?,
            paused: row.bool(1)?,
            reason: row.text(2)?,
            version: row.int(3)?,
            changed_at_ms: row.int(4)?,
            changed_by: row.text(5)?,
        })
    })
}

pub fn save(tx: &mut Tx<'_>, job: &JobRow) -> Result<()> {
    tx.execute(
        "INSERT INTO job (name, paused, reason, version, changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (name) DO UPDATE SET paused = excluded.paused, reason = excluded.reason, \
         version = excluded.version, changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        &[
            (&job.name).into(),
            job.paused.into(),
            (&job.reason).into(),
            job.version.into(),
            job.changed_at_ms.into(),
            (&job.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("job"));
    Ok(())
}

const RUN: &str = "id, name, started_by, staff_name, state, started_at_ms, ended_at_ms, done_count, message";

fn run(row: &Row<'_>) -> DbResult<JobRun> {
    Ok(JobRun {
        id: row.int(0)?,
        name: row.text(1)?,
        started_by: row.word(2, JobTrigger::parse)?,
        staff_name: row.text_opt(3)?,
        state: row.word(4, JobRunState::parse)?,
        started_at_ms: row.int(5)?,
        ended_at_ms: row.int_opt(6)?,
        done_count: row.int(7)?,
        message: row.text_opt(8)?.and_then(|text| serde_json::from_str(&text).ok()),
    })
}

/// The run of this job that has not ended.
pub fn running(conn: &mut Conn, name: &str) -> DbResult<Option<JobRun>> {
    let sql = format!("SELECT {RUN} FROM job_run WHERE name = $1 AND state = 'running'");
    conn.find(&sql, &[name.into()], run)
}

/// The last run of this job.
pub fn last(conn: &mut Conn, name: &str) -> DbResult<Option<JobRun>> {
    let sql = format!("SELECT {RUN} FROM job_run WHERE name = $1 ORDER BY id DESC LIMIT 1");
    conn.find(&sql, &[name.into()], run)
}

/// Writes a run under an id of its own.
pub fn run_insert(tx: &mut Tx<'_>, new: &JobRun) -> Result<i64> {
    let id = tx.next_id(Noun::JobRun)?;
    tx.execute(
        "INSERT INTO job_run (id, name, started_by, staff_name, state, started_at_ms, ended_at_ms, done_count, message) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            (&new.name).into(),
            new.started_by.as_str().into(),
            new.staff_name.as_ref().into(),
            new.state.as_str().into(),
            new.started_at_ms.into(),
            new.ended_at_ms.into(),
            new.done_count.into(),
            new.message.as_ref().map(json).transpose()?.into(),
        ],
    )?;
    tx.changed(Change::Noun("job"));
    Ok(id)
}

fn json(text: &Text) -> Result<String> {
    serde_json::to_string(text).map_err(|_| Error::internal())
}

pub fn run_progress(tx: &mut Tx<'_>, id: i64, done: i64) -> Result<()> {
    let sql = "UPDATE job_run SET done_count = $1 WHERE id = $2 AND state = 'running'";
    tx.execute(sql, &[done.into(), id.into()])?;
    tx.changed(Change::Noun("job"));
    Ok(())
}

/// How a run ended. `done`: none leaves what was counted so far.
pub fn run_end(
    tx: &mut Tx<'_>,
    id: i64,
    state: JobRunState,
    done: Option<i64>,
    message: Option<&Text>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE job_run SET state = $1, done_count = COALESCE($2, done_count), message = $3, ended_at_ms = $4 \
         WHERE id = $5 AND state = 'running'",
        &[
            state.as_str().into(),
            done.into(),
            message.map(json).transpose()?.into(),
            now.as_ms().into(),
            id.into(),
        ],
    )?;
    tx.changed(Change::Noun("job"));
    Ok(())
}

/// Runs that the last run of the server left open.
pub fn open(conn: &mut Conn) -> DbResult<Vec<i64>> {
    conn.query("SELECT id FROM job_run WHERE state = 'running' ORDER BY id", &[], |row| row.int(0))
}

/// Forgets old runs, except the last of each job; how many.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM job_run WHERE started_at_ms < $1 AND state <> 'running' \
               AND id NOT IN (SELECT MAX(id) FROM job_run GROUP BY name)";
    tx.execute(sql, &[before.as_ms().into()])
}

#[derive(Clone, Debug, Default)]
pub struct JobRunFilter {
    pub state: Option<JobRunState>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn job_run_list(conn: &mut Conn, name: &str, wanted: &JobRunFilter) -> DbResult<Page<JobRun>> {
    let mut filter = Filter::new();
    filter.and_value("name = ?", name.to_owned());
    filter.and_some("state = ?", wanted.state.map(JobRunState::as_str));
    filter.and_some("started_at_ms >= ?", wanted.from_ms);
    filter.and_some("started_at_ms < ?", wanted.to_ms);
    let total = conn.one(&format!("SELECT COUNT(*) FROM job_run {}", filter.sql()), &filter.values, count)?;
    filter.and_some("id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {RUN} FROM job_run {} ORDER BY id DESC LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, run)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}
