//! 备份与恢复

use super::Shared;
use super::error::Answer;
use super::give::{Created, Given, NewId};
use super::take::{Input, Query, Who};
use crate::app::App;
use crate::backup::plan::BackupRange;
use crate::backup::{State as BackupMemory, keep};
use crate::jobs;
use axum::extract::State;
use engine::backup::DrillDraft;
use model::time::{DAY_MS, HOUR_MS};
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use store::Source;
use store::backups::{self, BackupFilter, BackupRow, BackupState, Drill, DrillFilter, DrillKind};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

/// What lies at the place is looked at again after this long.
const STOCK_MS: i64 = 60_000;

/// How the backup is, now.
#[derive(Serialize, ToSchema)]
pub struct BackupStatus {
    pub now_ms: i64,
    /// The embedded database: backed up by this server itself. Otherwise PostgreSQL's own tools do it.
    pub embedded: bool,
    /// Where backups go; null: nowhere.
    pub place: Option<String>,
    pub sealed: bool,
    /// Everything up to here is at the place.
    pub safe_at_ms: Option<i64>,
    pub lag_ms: Option<i64>,
    pub lag_limit_ms: i64,
    /// What somebody has to look at, most urgent first.
    pub alarms: Vec<Text>,
    /// Why the place takes nothing, and since when.
    pub problem: Option<Text>,
    pub problem_since_ms: Option<i64>,
    pub waiting_count: i64,
    pub waiting_bytes: i64,
    /// When the line of changes had to be begun anew.
    pub broken_at_ms: Option<i64>,
    /// Any moment within these can be restored; the newest last.
    pub ranges: Vec<BackupRange>,
    /// Of everything at the place.
    pub stored_bytes: i64,
    pub last: Option<BackupRow>,
    pub last_check: Option<Drill>,
    pub cut_ms: i64,
    pub full_days: i64,
    pub check_days: i64,
    pub kept_days: i64,
    /// The newest full backups that stay, however old they are.
    pub kept_count: i64,
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub async fn backup_get(State(app): State<Shared>, who: Who) -> Answer<Given<BackupStatus>> {
    who.actor().must_be_platform()?;
    let now = app.now();
    let (last, last_check) = app
        .engine
        .store
        .read(|conn| Ok((backups::last(conn)?, backups::drill_last(conn, DrillKind::Restore)?)))
        .await?;
    let settings = app.backup.settings();
    let mut memory = app.backup.state();
    if let Some(settings) = settings
        && memory.stock_at_ms.is_none_or(|at| now.as_ms() - at > STOCK_MS)
    {
        // A place that does not answer is told by `problem`; the page says what is known.
        let _ = keep::stock_refresh(&app, &settings.place).await;
        memory = app.backup.state();
    }
    let stock = memory.stock.clone().unwrap_or_default();
    let mut ranges = stock.ranges();
    if let (Some(range), Some(safe)) = (ranges.last_mut(), memory.safe_ms) {
        range.to_ms = range.to_ms.max(safe);
    }
    let rules = app.engine.rules();
    let alarms = alarms(&app, &memory, last_check.as_ref());
    Ok(Given(BackupStatus {
        now_ms: now.as_ms(),
        embedded: matches!(app.engine.store.source, Source::Sqlite(_)),
        place: settings.map(|settings| settings.place.shown()),
        sealed: settings.is_some_and(|settings| settings.key.is_some()),
        safe_at_ms: memory.safe_ms,
        lag_ms: app.backup.lag_ms(now),
        lag_limit_ms: rules.backup_lag_ms,
        alarms,
        problem: memory.problem,
        problem_since_ms: memory.problem_since_ms,
        waiting_count: signed(memory.waiting_count),
        waiting_bytes: signed(memory.waiting_bytes),
        broken_at_ms: memory.broken.map(|(at, _)| at),
        ranges,
        stored_bytes: signed(stock.bytes()),
        last,
        last_check,
        cut_ms: rules.backup_cut_ms,
        full_days: rules.backup_full_days,
        check_days: rules.backup_check_days,
        kept_days: rules.backup_kept_ms / DAY_MS,
        kept_count: rules.backup_keep_count,
    }))
}

/// What somebody has to look at. Nothing where no backup is set up: that is said elsewhere.
pub fn alarms(app: &App, memory: &BackupMemory, last_check: Option<&Drill>) -> Vec<Text> {
    let (now, rules) = (app.now(), app.engine.rules());
    let mut all = Vec::new();
    if !app.backup.is_continuous() {
        return all;
    }
    let since = memory.problem_since_ms.map(|since| now.as_ms() - since);
    let lag = app.backup.lag_ms(now).or(since).unwrap_or(0);
    if lag > rules.backup_lag_ms {
        let seconds = lag / 1_000;
        all.push(Text::new(
            format!("最近 {seconds} 秒的变更尚未送到备份地，此时丢失本机会丢失这些变更"),
            format!("The changes of the last {seconds} s are not at the backup place: they would be lost with this machine."),
        ));
    }
    let age = memory.full_at_ms.map(|at| now.as_ms() - at);
    let limit = rules.backup_full_days * DAY_MS + 6 * HOUR_MS;
    if age.is_some_and(|age| age > limit) {
        let hours = age.unwrap_or(0) / HOUR_MS;
        all.push(Text::new(
            format!("最近一次完整备份已是 {hours} 小时前，超过设定的间隔"),
            format!("The last full backup is {hours} hours old, more than the interval that is set."),
        ));
    }
    if last_check.is_some_and(|check| !check.passed) {
        all.push(Text::of("最近一次备份验证未通过", "The last check of the backup has failed."));
    }
    all
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupQuery {
    state: Option<BackupState>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn backup_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<BackupQuery>,
) -> Answer<Given<Page<BackupRow>>> {
    who.actor().must_be_platform()?;
    if query.from_ms.zip(query.to_ms).is_some_and(|(from, to)| from >= to) {
        return Err(
            Error::invalid("to_ms", "结束时间应晚于开始时间", "The end lies after the beginning.").into()
        );
    }
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = BackupFilter {
        state: query.state,
        from_ms: query.from_ms,
        to_ms: query.to_ms,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    Ok(Given(app.engine.store.read(move |conn| backups::backup_list(conn, &wanted)).await?))
}

fn must_be_on(app: &App) -> Result<()> {
    if matches!(app.engine.store.source, Source::Postgres(_)) {
        return Err(Error::refused(
            "backup.postgres",
            "PostgreSQL 由 scripts/postgres-backup.sh 备份与恢复，见运维手册“备份与恢复”",
            "PostgreSQL is backed up and restored by scripts/postgres-backup.sh; see the chapter on backups.",
        ));
    }
    if app.backup.settings().is_none() {
        return Err(Error::refused(
            "backup.off",
            "尚未设置备份地；请在配置中设置 backup_place 并重启服务",
            "No place for backups is set. Set backup_place in the settings and start the server again.",
        ));
    }
    Ok(())
}

/// Makes a full backup now; the id of the job's run.
pub async fn backup_create(State(app): State<Shared>, who: Who) -> Answer<Created<NewId>> {
    who.actor().must_be_platform()?;
    must_be_on(&app)?;
    let id = jobs::start(&app, &who.actor(), "backup_run").await?;
    Ok(Created(NewId { id }))
}

/// Restores the last state into a temporary folder now and looks at it; the id of the job's run.
pub async fn backup_check(State(app): State<Shared>, who: Who) -> Answer<Created<NewId>> {
    who.actor().must_be_platform()?;
    must_be_on(&app)?;
    let id = jobs::start(&app, &who.actor(), "backup_check").await?;
    Ok(Created(NewId { id }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrillQuery {
    kind: Option<DrillKind>,
    passed: Option<bool>,
    staff_name: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn drill_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<DrillQuery>,
) -> Answer<Given<Page<Drill>>> {
    who.actor().must_be_platform()?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = DrillFilter {
        kind: query.kind,
        passed: query.passed,
        staff_name: query.staff_name,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    Ok(Given(app.engine.store.read(move |conn| backups::drill_list(conn, &wanted)).await?))
}

/// Keeps the record of a drill that was done by hand or by a script.
pub async fn drill_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<DrillDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.drill_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}
