//! 任务: what staff decide of them, and the record of their runs. Who runs them is the server.

use crate::Engine;
use crate::audit::Actor;
use model::job::{JOBS, Job, JobRunState, JobTrigger, Schedule};
use model::time::{MINUTE_MS, Timestamp};
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::jobs::{self, JobRow, JobRun};
use utoipa::ToSchema;

/// Of a quiet job at least one run is kept in this time, so that one sees that it lives.
const QUIET_MS: i64 = 10 * MINUTE_MS;

/// A job as the pages show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    pub name: &'static str,
    pub title: Text,
    pub note: Text,
    /// It runs again this long after it began; null: once a day.
    pub every_s: Option<i64>,
    /// The minute of the day in China at which it runs; null: it runs all day.
    pub daily_minute: Option<i64>,
    /// It cannot be paused.
    pub always_on: bool,
    pub paused: bool,
    pub reason: Option<String>,
    pub version: i64,
    pub changed_at_ms: Option<i64>,
    pub changed_by: Option<String>,
    pub last: Option<JobRun>,
    /// Null: it is paused.
    pub next_at_ms: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobChange {
    /// The version that the page shows.
    pub version: i64,
    pub paused: bool,
    pub reason: String,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct JobOutcome {
    pub state: JobRunState,
    pub done: i64,
    pub message: Option<Text>,
}

impl JobOutcome {
    pub fn done(done: usize) -> JobOutcome {
        let done = i64::try_from(done).unwrap_or(i64::MAX);
        JobOutcome { state: JobRunState::Done, done, message: None }
    }

    pub fn failed(message: Text) -> JobOutcome {
        JobOutcome { state: JobRunState::Failed, done: 0, message: Some(message) }
    }
}

/// A run that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    New(i64),
    /// It runs already: whoever asks twice gets the same one.
    Running(i64),
}

pub fn no_job() -> Error {
    Error::not_found("job.not_found", "没有这个任务，请检查地址", "There is no such job; check the address.")
}

fn cut() -> Text {
    Text::of(
        "服务停止，运行中断；任务可重复执行，下次会从头完成",
        "The server was stopped in the middle of it. It may run again without harm, and will.",
    )
}

impl Engine {
    pub async fn job_list(&self) -> Result<Vec<JobView>> {
        let now = self.clock.now();
        self.store
            .read(move |conn| {
                let rows = jobs::all(conn)?;
                JOBS.iter().map(|job| Ok(view(job, &rows, jobs::last(conn, job.name)?, now))).collect()
            })
            .await
    }

    /// Pauses a job or lets it go on.
    pub async fn job_update(&self, actor: &Actor, name: &str, change: JobChange) -> Result<()> {
        actor.must_be_platform()?;
        let job = Job::find(name).ok_or_else(no_job)?;
        if job.always_on() && change.paused {
            return Err(Error::refused(
                "job.always_on",
                "该任务不能暂停：没有它，超时的订单不会关闭",
                "This job cannot be paused: without it, orders that are over would stay open.",
            ));
        }
        let reason = crate::site::named("reason", &change.reason, 200)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let row = tx.read(jobs::all)?.into_iter().find(|row| row.name == job.name);
                let (version, paused) = row.map_or((1, false), |row| (row.version, row.paused));
                if version != change.version {
                    return Err(Error::conflict(
                        "job.version_differs",
                        "该任务刚被他人修改，已读取最新内容，请核对后再操作",
                        "Somebody has just changed this job. Look at it as it is now, then try again.",
                    ));
                }
                if paused == change.paused {
                    return Ok(());
                }
                let row = JobRow {
                    name: job.name.to_owned(),
                    paused: change.paused,
                    reason: reason.clone(),
                    version: version.saturating_add(1),
                    changed_at_ms: now.as_ms(),
                    changed_by: actor.caller.name.clone(),
                };
                jobs::save(tx, &row)?;
                let detail = json!({"before": {"paused": paused}, "after": {"paused": change.paused, "reason": reason}});
                actor.record(tx, now, "job_update", "job", job.name, &detail)
            })
            .await
    }

    /// Writes down that a run begins, unless one does already. `actor`: whoever asked for it.
    pub async fn job_begin(&self, job: &'static Job, actor: Option<&Actor>) -> Result<Begun> {
        let (actor, now) = (actor.cloned(), self.clock.now());
        self.store
            .write(None, move |tx| {
                if let Some(running) = tx.read(|conn| jobs::running(conn, job.name))? {
                    return Ok(Begun::Running(running.id));
                }
                let new = JobRun {
                    id: 0,
                    name: job.name.to_owned(),
                    started_by: actor.as_ref().map_or(JobTrigger::Schedule, |_| JobTrigger::Person),
                    staff_name: actor.as_ref().map(|actor| actor.caller.name.clone()),
                    state: JobRunState::Running,
                    started_at_ms: now.as_ms(),
                    ended_at_ms: None,
                    done_count: 0,
                    message: None,
                };
                let id = jobs::run_insert(tx, &new)?;
                if let Some(actor) = &actor {
                    actor.record(tx, now, "job_start", "job", job.name, &json!({"id": id}))?;
                }
                Ok(Begun::New(id))
            })
            .await
    }

    pub async fn job_progress(&self, id: i64, done: i64) -> Result<()> {
        self.store.write(None, move |tx| jobs::run_progress(tx, id, done)).await
    }

    pub async fn job_end(&self, id: i64, outcome: JobOutcome) -> Result<()> {
        let now = self.clock.now();
        let JobOutcome { state, done, message } = outcome;
        self.store
            .write(None, move |tx| jobs::run_end(tx, id, state, Some(done), message.as_ref(), now))
            .await
    }

    /// The server stops while it runs.
    pub async fn job_cut(&self, id: i64) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| jobs::run_end(tx, id, JobRunState::Cut, None, Some(&cut()), now))
            .await
    }

    /// Runs that the last run of the server left open: nobody works on them.
    pub async fn jobs_interrupted(&self) -> Result<usize> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                let open = tx.read(jobs::open)?;
                for id in &open {
                    jobs::run_end(tx, *id, JobRunState::Cut, None, Some(&cut()), now)?;
                }
                Ok(open.len())
            })
            .await
    }

    /// Keeps a run of a quiet job that has ended, if it is worth keeping.
    pub async fn job_note(&self, job: &'static Job, began: Timestamp, outcome: JobOutcome) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                let last = tx.read(|conn| jobs::last(conn, job.name))?;
                let fresh = last.is_some_and(|last| now.as_ms() - last.started_at_ms < QUIET_MS);
                if fresh && outcome.done == 0 && outcome.state == JobRunState::Done {
                    return Ok(());
                }
                let new = JobRun {
                    id: 0,
                    name: job.name.to_owned(),
                    started_by: JobTrigger::Schedule,
                    staff_name: None,
                    state: outcome.state,
                    started_at_ms: began.as_ms(),
                    ended_at_ms: Some(now.as_ms()),
                    done_count: outcome.done,
                    message: outcome.message.clone(),
                };
                jobs::run_insert(tx, &new).map(drop)
            })
            .await
    }

    /// Forgets runs that were kept long enough.
    pub async fn job_runs_prune(&self) -> Result<u64> {
        let before = self.clock.now().plus_ms(-self.rules().job_runs_kept_ms);
        self.store.write(None, move |tx| jobs::prune(tx, before)).await
    }
}

fn view(job: &Job, rows: &[JobRow], last: Option<JobRun>, now: Timestamp) -> JobView {
    let row = rows.iter().find(|row| row.name == job.name);
    let paused = row.is_some_and(|row| row.paused);
    let began = last.as_ref().map(|run| Timestamp::from_ms(run.started_at_ms));
    // Of a quiet job not each run is kept: it is due as its schedule says.
    let next = job.schedule.next(began, now).max(now);
    let (every_s, daily_minute) = match job.schedule {
        Schedule::Every(seconds) => (Some(seconds), None),
        Schedule::Daily(minute) => (None, Some(minute)),
    };
    JobView {
        name: job.name,
        title: job.title.clone(),
        note: job.note.clone(),
        every_s,
        daily_minute,
        always_on: job.always_on(),
        paused,
        reason: row.map(|row| row.reason.clone()),
        version: row.map_or(1, |row| row.version),
        changed_at_ms: row.map(|row| row.changed_at_ms),
        changed_by: row.map(|row| row.changed_by.clone()),
        last,
        next_at_ms: (!paused).then(|| next.as_ms()),
    }
}
