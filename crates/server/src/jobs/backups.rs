//! Full backups and their proof, when they are due or when somebody asks.

use crate::app::App;
use crate::backup::{check, full, retention};
use engine::job::JobOutcome;
use model::job::{JobRunState, JobTrigger};
use model::time::{DAY_MS, HOUR_MS};
use model::{Result, Text};
use std::sync::Arc;
use store::backups::DrillKind;

/// Who has asked for this run; none: it is the schedule's.
async fn asked_by(app: &App, name: &'static str) -> Result<Option<String>> {
    let run = app.engine.store.read(move |conn| store::jobs::running(conn, name)).await?;
    let run = run.filter(|run| run.started_by == JobTrigger::Person);
    Ok(run.map(|run| run.staff_name.unwrap_or_default()))
}

fn nothing(zh: &'static str, en: &'static str) -> JobOutcome {
    JobOutcome { state: JobRunState::Done, done: 0, message: Some(Text::of(zh, en)) }
}

fn off() -> JobOutcome {
    nothing("未设置备份地，不做备份", "no place for backups is set")
}

pub async fn run(app: &Arc<App>) -> Result<JobOutcome> {
    let asked = asked_by(app, "backup_run").await?;
    if app.backup.settings().is_none() {
        return Ok(off());
    }
    if asked.is_none() && !full::is_due(app) {
        return Ok(nothing("未到完整备份间隔", "the next full backup is not due yet"));
    }
    let row = full::full(app).await?;
    let gone = retention::prune(app).await?;
    let Text { zh, en } = full::told(&row);
    let message =
        Text::new(format!("{zh}；清理旧文件 {gone} 个"), format!("{en}; {gone} old files were deleted"));
    Ok(JobOutcome { state: JobRunState::Done, done: 1, message: Some(message) })
}

pub async fn check(app: &Arc<App>) -> Result<JobOutcome> {
    let asked = asked_by(app, "backup_check").await?;
    if app.backup.settings().is_none() {
        return Ok(off());
    }
    if asked.is_none() {
        let last = app.engine.store.read(|conn| store::backups::drill_last(conn, DrillKind::Restore)).await?;
        let since_ms = last.map_or(i64::MAX, |last| app.now().as_ms() - last.ended_at_ms);
        if since_ms < app.engine.rules().backup_check_days * DAY_MS - HOUR_MS {
            return Ok(nothing("未到备份验证间隔", "the next check is not due yet"));
        }
    }
    let drill = check::check(app, asked.as_deref().unwrap_or("system")).await?;
    let state = if drill.passed { JobRunState::Done } else { JobRunState::Failed };
    Ok(JobOutcome { state, done: drill.order_count.unwrap_or(0), message: drill.message })
}
