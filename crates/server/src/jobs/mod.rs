//! What runs beside the work by itself. A job may run twice or stop half-way without harm, and takes
//! the time as a parameter; what it does is a method of the engine. When, and by whose wish, is here.

mod alarm_mails;
mod backups;
pub mod batches;
pub mod counter_bills;
pub mod customers;
pub mod exports;
mod forecasts;
pub mod imports;
pub mod invoices;
mod mail;
mod parquet;
pub mod pay;
pub mod persons;
pub mod prune;
mod report_mails;
pub mod tariffs;
pub mod turnovers;
mod verify;
mod webhooks;

pub use forecasts::NAME as FORECAST_MAKE;

pub use parquet::bring;

use crate::app::App;
use engine::audit::Actor;
use engine::job::{Begun, JobChange, JobOutcome, no_job};
use model::job::{JOBS, Job, JobRunState};
use model::time::Timestamp;
use model::trace;
use model::{Error, Result, Text};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// The clock may be set while a job waits: it is looked at once in a while.
const NAP: Duration = Duration::from_secs(60);
/// After a failure of ours (the database is away) nobody hurries.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// What is known of a job without asking the database.
#[derive(Clone, Copy, Default)]
struct Known {
    paused: bool,
    began: Option<Timestamp>,
}

pub struct Jobs {
    known: Mutex<HashMap<&'static str, Known>>,
    changed: Notify,
    stopping: watch::Sender<bool>,
    /// Webhooks are told by one run at a time, also when somebody asks for another.
    telling: tokio::sync::Mutex<()>,
    /// Channels of invoices are asked by one run at a time: nothing is sent twice.
    invoicing: tokio::sync::Mutex<()>,
}

impl Default for Jobs {
    fn default() -> Jobs {
        Jobs {
            known: Mutex::default(),
            changed: Notify::new(),
            stopping: watch::channel(false).0,
            telling: tokio::sync::Mutex::default(),
            invoicing: tokio::sync::Mutex::default(),
        }
    }
}

impl Jobs {
    fn known(&self, job: &Job) -> Known {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(job.name).copied().unwrap_or_default()
    }

    fn know(&self, job: &'static Job, change: impl FnOnce(&mut Known)) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        change(known.entry(job.name).or_default());
    }

    /// Ends what runs; nothing begins any more.
    pub fn stop(&self) {
        let _ = self.stopping.send(true);
    }

    fn stop_seen(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Before anything runs: what the last run of the server has left.
pub async fn begin(app: &App) -> Result<()> {
    app.engine.jobs_interrupted().await?;
    for view in app.engine.job_list().await? {
        let Some(job) = Job::find(view.name) else { continue };
        let began = view.last.map(|run| Timestamp::from_ms(run.started_at_ms));
        app.jobs.know(job, |known| *known = Known { paused: view.paused, began });
    }
    exports::tidy(app).await;
    persons::reapply(app).await
}

/// Every job by its schedule, until the server stops.
pub fn spawn(app: &Arc<App>) -> Vec<JoinHandle<()>> {
    JOBS.iter().map(|job| tokio::spawn(keep(Arc::clone(app), job))).collect()
}

async fn keep(app: Arc<App>, job: &'static Job) {
    let mut stop = app.jobs.stop_seen();
    while !*stop.borrow() {
        let known = app.jobs.known(job);
        let now = app.now();
        let wait = job.schedule.next(known.began, now).as_ms() - now.as_ms();
        if !known.paused && wait <= 0 {
            if let Err(why) = run(&app, job).await {
                tracing::warn!(%why, job = job.name, "a job could not begin; tried again shortly");
                app.jobs.know(job, |known| known.began = Some(now));
                tokio::select! { () = tokio::time::sleep(AFTER_FAILURE) => {} () = stopped(&mut stop) => {} }
            }
            continue;
        }
        let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
        let nap = if known.paused { NAP } else { wait.min(NAP) };
        tokio::select! {
            () = tokio::time::sleep(nap) => {}
            () = app.jobs.changed.notified() => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// By its schedule.
async fn run(app: &Arc<App>, job: &'static Job) -> Result<()> {
    let began = app.now();
    if job.quiet() {
        app.jobs.know(job, |known| known.began = Some(began));
        let outcome = outcome(app, job, None).await;
        return app.engine.job_note(job, began, outcome.unwrap_or_else(|| JobOutcome::done(0))).await;
    }
    let begun = app.engine.job_begin(job, None).await?;
    app.jobs.know(job, |known| known.began = Some(began));
    if let Begun::New(id) = begun {
        finish(app, job, id).await?;
    }
    Ok(())
}

/// Because the server wants it now, whatever its schedule says.
pub async fn begin_now(app: &Arc<App>, name: &str) -> Result<()> {
    let job = Job::find(name).ok_or_else(no_job)?;
    run(app, job).await
}

/// Because somebody wants it now; the id of the run, also when it runs already.
pub async fn start(app: &Arc<App>, actor: &Actor, name: &str) -> Result<i64> {
    actor.must_be_platform()?;
    let job = Job::find(name).ok_or_else(no_job)?;
    match app.engine.job_begin(job, Some(actor)).await? {
        Begun::Running(id) => Ok(id),
        Begun::New(id) => {
            let now = app.now();
            app.jobs.know(job, |known| known.began = Some(now));
            let app = Arc::clone(app);
            tokio::spawn(async move {
                if let Err(why) = finish(&app, job, id).await {
                    tracing::error!(%why, job = job.name, "the end of a job could not be noted");
                }
            });
            Ok(id)
        }
    }
}

pub async fn update(app: &App, actor: &Actor, name: &str, change: JobChange) -> Result<()> {
    let paused = change.paused;
    app.engine.job_update(actor, name, change).await?;
    if let Some(job) = Job::find(name) {
        app.jobs.know(job, |known| known.paused = paused);
        app.jobs.changed.notify_waiters();
    }
    Ok(())
}

async fn finish(app: &Arc<App>, job: &'static Job, id: i64) -> Result<()> {
    match outcome(app, job, Some(id)).await {
        Some(outcome) => {
            if outcome.done > 0 || outcome.state == JobRunState::Failed {
                tracing::info!(
                    job = job.name,
                    state = outcome.state.as_str(),
                    done = outcome.done,
                    "a job has ended"
                );
            }
            app.engine.job_end(id, outcome).await
        }
        None => app.engine.job_cut(id).await,
    }
}

/// Does it, on a task of its own: whatever happens there, the run has an end. None: the server stops.
async fn outcome(app: &Arc<App>, job: &'static Job, id: Option<i64>) -> Option<JobOutcome> {
    let mut stop = app.jobs.stop_seen();
    let own = Arc::clone(app);
    let (began, trace) = (Instant::now(), app.traces.next());
    let work = async move { work(&own, job, id).await };
    let mut task = tokio::spawn(trace::within(Some(trace), work));
    let ended = tokio::select! {
        done = &mut task => {
            let _entered = trace::enter(Some(trace));
            Some(match done {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(why)) => {
                    tracing::warn!(%why, job = job.name, "a job failed");
                    JobOutcome::failed(why.text)
                }
                Err(why) => {
                    tracing::error!(%why, job = job.name, "a job broke down");
                    JobOutcome::failed(Text::of(
                        "任务因程序故障中断，故障已记录；下次会重新执行",
                        "The job broke down by a fault of ours, which was recorded. It will be tried again.",
                    ))
                }
            })
        }
        () = stopped(&mut stop) => {
            task.abort();
            None
        }
    };
    if let Some(ended) = &ended {
        let is_good = ended.state != JobRunState::Failed;
        app.figures.job(job.name, is_good, began.elapsed(), app.now().as_ms());
    }
    ended
}

async fn work(app: &Arc<App>, job: &Job, id: Option<i64>) -> Result<JobOutcome> {
    let counted = |count: u64| JobOutcome::done(usize::try_from(count).unwrap_or(usize::MAX));
    match job.name {
        "order_sweep" => app.engine.sweep().await.map(JobOutcome::done),
        "alarm_watch" => app.engine.alarms_watch(app.now()).await.map(JobOutcome::done),
        "safety_watch" => app.engine.safety_watch(app.now()).await.map(JobOutcome::done),
        "battery_judge" => app.engine.batteries_judge(app.now()).await.map(JobOutcome::done),
        "safety_trial" => app.engine.safety_trials_advance(app.now()).await.map(JobOutcome::done),
        "healing_watch" => app.engine.healing_watch(app.now()).await.map(JobOutcome::done),
        "work_order_watch" => app.engine.work_orders_watch(app.now()).await.map(JobOutcome::done),
        "log_prune" => prune::prune(app, app.now()).await.map(counted),
        "export_expire" => exports::expire(app).await.map(JobOutcome::done),
        "tariff_deliver" => {
            tariffs::advance(app, app.now()).await.map(|(plans, piles)| JobOutcome::done(plans + piles))
        }
        "load_balance" => app.engine.loads_advance().await.map(JobOutcome::done),
        "desired_reconcile" => app.engine.desired_reconcile(app.now()).await.map(JobOutcome::done),
        "feedback_escalate" => app.engine.feedback_escalate(app.now()).await.map(JobOutcome::done),
        "customer_mark" => app.engine.customers_mark(app.now()).await.map(JobOutcome::done),
        "reconciliation_run" => app.engine.reconciliations_run(app.now()).await.map(JobOutcome::done),
        "day_bill_make" => app.engine.day_bills_make(app.now()).await.map(JobOutcome::done),
        "report_make" => app.engine.reports_make(app.now()).await.map(JobOutcome::done),
        "pile_health_make" => {
            app.engine.pile_healths_make(app.now(), protocol::stop_by_vehicle).await.map(JobOutcome::done)
        }
        "parquet_write" => parquet::write(app).await,
        "report_send" => app.engine.report_plans_run(app.now()).await.map(JobOutcome::done),
        "pile_time_make" => app.engine.pile_times_make(app.now()).await.map(JobOutcome::done),
        "sharing_try" => app.engine.sharing_periods_make(app.now()).await.map(JobOutcome::done),
        "mail_send" => mail::send(app).await,
        invoices::NAME => invoices::issue(app).await,
        "pay_poll" => pay::poll(app).await,
        "counter_bill_fetch" => counter_bills::run(app).await,
        "webhook_send" => webhooks::send(app).await,
        "job_prune" => {
            let sends = app.engine.channel_sends_prune().await?;
            let alarms = app.engine.alarms_prune().await? + app.engine.healing_prune().await?;
            app.engine.job_runs_prune().await.map(|runs| counted(runs + sends + alarms))
        }
        customers::NAME => customers::sync(app, id).await,
        "advice_make" => app.engine.advice_make(app.now()).await.map(JobOutcome::done),
        turnovers::NAME => turnovers::learn(app).await,
        forecasts::NAME => forecasts::make(app).await,
        "verify" => verify::verify(app, id).await,
        "backup_run" => backups::run(app).await,
        "backup_check" => backups::check(app).await,
        other => {
            tracing::error!(job = other, "a job without work");
            Err(Error::internal())
        }
    }
}
