//! The write path: group commit.
//!
//! One thread owns the writing connection (one per shard of piles on PostgreSQL). It takes whatever
//! queued up while the last commit ran, runs each job against the hot state, gathers what they want
//! written, and commits all of it at once; then every waiter gets its own result. There is no fixed
//! window: a lone event is committed at once, a thousand share one fsync. Only after a commit that many
//! have shared it waits a moment for those who were just answered: else they and the rest would take
//! turns in two commits for ever, and each writes its pages and syncs anew.
//!
//! A job that fails undoes only itself: before it writes to the database by itself it sets a
//! savepoint. Should the database refuse the batch as a whole, it is rolled back and its jobs run
//! again one by one, so that the one at fault fails alone.

use crate::change::Change;
use crate::db::{Claim, Conn, DbError, DbResult, Purpose, Source};
use crate::figures::WriteFigures;
use crate::hot::Hot;
use crate::tx::Tx;
use model::id::PileId;
use model::trace::{self, TraceId};
use model::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Most jobs in one commit: enough for one fsync to be nothing, few enough for a short wait.
const BATCH_MAX: usize = 512;

/// After a commit with so many jobs their piles are waited for, so long at most, unless as many are there already.
const GATHER_FROM: usize = 16;
const GATHER_TO: usize = 256;
const GATHER: Duration = Duration::from_micros(300);

/// How often a batch is run when writers collide.
const ATTEMPTS_MAX: usize = 5;

/// Told of every change after its commit, never before.
pub type Watcher = Arc<dyn Fn(&[Change]) + Send + Sync>;

/// Something to be done inside a transaction. It may run more than once; only the last run counts.
pub(crate) trait Job: Send {
    /// What it is about, so that it can be read together with what the others are about.
    fn pile(&self) -> Option<PileId>;
    /// For whose sake it is done.
    fn trace(&self) -> Option<TraceId> {
        None
    }
    /// Runs it; whether it succeeded.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// It failed for a reason that is not its own.
    fn fail(&mut self, error: Error);
    /// The transaction is over: tell whoever waits.
    fn release(self: Box<Self>);
    /// Whether it wants the connection between two transactions, and no transaction.
    fn is_between(&self) -> bool {
        false
    }
    /// Does it then.
    fn between(&mut self, _: &mut Conn) {}
}

/// What is done between two transactions.
pub(crate) struct Between<F, T> {
    pub work: Option<F>,
    pub result: Option<Result<T>>,
    pub reply: Option<oneshot::Sender<Result<T>>>,
}

impl<F, T> Job for Between<F, T>
where
    F: FnOnce(&mut Conn) -> DbResult<T> + Send,
    T: Send,
{
    fn pile(&self) -> Option<PileId> {
        None
    }

    fn run(&mut self, _: &mut Tx<'_>) -> bool {
        true
    }

    fn fail(&mut self, error: Error) {
        self.result = Some(Err(error));
    }

    fn release(mut self: Box<Self>) {
        if let (Some(reply), Some(result)) = (self.reply.take(), self.result.take()) {
            let _ = reply.send(result);
        }
    }

    fn is_between(&self) -> bool {
        true
    }

    fn between(&mut self, conn: &mut Conn) {
        if let Some(work) = self.work.take() {
            self.result = Some(work(conn).map_err(Error::from));
        }
    }
}

pub(crate) struct Waiting<F, T> {
    pub pile: Option<PileId>,
    pub trace: Option<TraceId>,
    pub work: F,
    pub result: Option<Result<T>>,
    pub reply: Option<oneshot::Sender<Result<T>>>,
    /// Of a posted job: its place among those that wait, given back when it is gone.
    pub posted: Option<Posted>,
}

/// How many posted jobs wait, and how many were too many.
#[derive(Default)]
pub(crate) struct Posts {
    waiting: AtomicUsize,
    dropped: AtomicU64,
}

impl Posts {
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

pub(crate) struct Posted(Arc<Posts>);

impl Posted {
    /// A place for one more, if fewer than `most` are taken.
    pub fn take(posts: &Arc<Posts>, most: usize) -> Option<Posted> {
        let posted = Posted(Arc::clone(posts));
        if posts.waiting.fetch_add(1, Ordering::Relaxed) < most {
            return Some(posted);
        }
        let dropped = posts.dropped.fetch_add(1, Ordering::Relaxed) + 1;
        // Said ever more rarely: a flood must not fill the log as well.
        if dropped.is_power_of_two() {
            tracing::warn!(dropped, "the writers are behind: frames that nobody waits for are not kept");
        }
        None
    }
}

impl Drop for Posted {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How a writer gets to its database.
pub(crate) struct Door {
    pub source: Source,
    pub claim: Option<Claim>,
}

impl Door {
    fn open(&self) -> DbResult<Conn> {
        let mut conn = Conn::open(&self.source, Purpose::Write)?;
        if let Some(claim) = &self.claim {
            conn.claim_join(claim)?;
        }
        Ok(conn)
    }
}

impl<F, T> Job for Waiting<F, T>
where
    F: FnMut(&mut Tx<'_>) -> Result<T> + Send,
    T: Send,
{
    fn pile(&self) -> Option<PileId> {
        self.pile
    }

    fn trace(&self) -> Option<TraceId> {
        self.trace
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let result = (self.work)(tx);
        let ok = result.is_ok();
        self.result = Some(result);
        ok
    }

    fn fail(&mut self, error: Error) {
        self.result = Some(Err(error));
    }

    fn release(mut self: Box<Self>) {
        drop(self.posted.take());
        if let (Some(reply), Some(result)) = (self.reply.take(), self.result.take()) {
            // Whoever asked may have gone; what was asked for is done all the same.
            let _ = reply.send(result);
        }
    }
}

/// Who hears of what a writer does.
pub(crate) struct Ears {
    pub watcher: Watcher,
    pub figures: Arc<WriteFigures>,
}

pub(crate) struct Writer {
    pub jobs: Sender<Box<dyn Job>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Writer {
    pub fn start(shard: usize, door: Door, conn: Option<Conn>, hot: Hot, ears: Ears) -> Result<Writer> {
        let (jobs, queue) = channel::<Box<dyn Job>>();
        let thread = std::thread::Builder::new()
            .name(format!("writer-{shard}"))
            .spawn(move || Loop { door, conn, hot, ears }.run(&queue))
            .map_err(|why| {
                tracing::error!(%why, "no thread for the writer");
                Error::internal()
            })?;
        Ok(Writer { jobs, thread: Some(thread) })
    }

    /// Ends the thread after it has done what is queued.
    pub fn stop(&mut self) {
        let (closed, _) = channel();
        self.jobs = closed;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Loop {
    door: Door,
    conn: Option<Conn>,
    hot: Hot,
    ears: Ears,
}

impl Loop {
    fn run(mut self, queue: &Receiver<Box<dyn Job>>) {
        let mut batch: Vec<Box<dyn Job>> = Vec::new();
        let mut shared_by = 0;
        while let Ok(first) = queue.recv() {
            batch.push(first);
            batch.extend(queue.try_iter().take(BATCH_MAX - 1));
            if shared_by >= GATHER_FROM && batch.len() < GATHER_TO {
                std::thread::sleep(GATHER);
                batch.extend(queue.try_iter().take(BATCH_MAX - batch.len()));
            }
            shared_by = batch.len();
            let mut alone = Vec::new();
            if batch.iter().any(|job| job.is_between()) {
                (alone, batch) = batch.drain(..).partition(|job| job.is_between());
            }
            let done = catch_unwind(AssertUnwindSafe(|| {
                if !batch.is_empty() {
                    self.batch(&mut batch);
                }
            }));
            if done.is_err() {
                tracing::error!("the writer panicked; it goes on with what the database says");
                (self.conn, self.hot) = (None, self.hot.anew());
                batch.iter_mut().for_each(|job| job.fail(Error::internal()));
            }
            self.ears.figures.release(batch.len() + alone.len());
            batch.drain(..).for_each(Job::release);
            for mut job in alone {
                if catch_unwind(AssertUnwindSafe(|| self.between(job.as_mut()))).is_err() {
                    tracing::error!("what was done between two transactions panicked");
                    (self.conn, self.hot) = (None, self.hot.anew());
                    job.fail(Error::internal());
                }
                job.release();
            }
        }
    }

    fn between(&mut self, job: &mut dyn Job) {
        let conn = match self.conn.take() {
            Some(conn) if conn.is_alive() => Ok(conn),
            _ => self.door.open(),
        };
        match conn {
            Ok(mut conn) => {
                job.between(&mut conn);
                self.conn = Some(conn);
            }
            Err(why) => job.fail(why.into()),
        }
    }

    fn batch(&mut self, batch: &mut [Box<dyn Job>]) {
        match self.attempt_again(batch) {
            Ok(()) => {}
            Err(DbError::Unique(_) | DbError::Fault(_)) if batch.len() > 1 => {
                for job in batch.chunks_mut(1) {
                    if let Err(error) = self.attempt_again(job) {
                        job[0].fail(error.into());
                    }
                }
            }
            Err(error) => {
                let error = Error::from(error);
                batch.iter_mut().for_each(|job| job.fail(error.clone()));
            }
        }
    }

    /// Once more when another writer was in the way: one of the two is sent back, and that it is us
    /// says nothing about our jobs.
    fn attempt_again(&mut self, batch: &mut [Box<dyn Job>]) -> DbResult<()> {
        for _ in 1..ATTEMPTS_MAX {
            match self.attempt(batch) {
                Err(DbError::Collision(why)) => tracing::warn!(%why, "writers collided; once more"),
                ended => return ended,
            }
        }
        self.attempt(batch)
    }

    /// Runs the jobs in one transaction. After an error nothing of it is left, here or in the
    /// database, unless the connection broke during the commit: then the hot state is read anew and
    /// shows what really happened.
    fn attempt(&mut self, batch: &mut [Box<dyn Job>]) -> DbResult<()> {
        let mut conn = match self.conn.take() {
            Some(conn) if conn.is_alive() => conn,
            _ => self.door.open()?,
        };
        let began = Instant::now();
        let ended = self.transact(&mut conn, batch);
        self.ears.figures.transact(batch.len(), began.elapsed(), ended.is_ok());
        match ended {
            Ok(changes) => {
                self.conn = Some(conn);
                self.tell(&changes);
                Ok(())
            }
            Err(error) => {
                self.hot.forget(!matches!(error, DbError::Unavailable(_)));
                if conn.is_alive() && conn.script("ROLLBACK").is_ok() {
                    self.conn = Some(conn);
                } else if matches!(self.door.source, Source::Sqlite(_)) {
                    // Nothing was begun, or the rollback happened by itself.
                    self.conn = Some(conn);
                }
                Err(error)
            }
        }
    }

    /// What was written stays written, whatever becomes of those who listen.
    fn tell(&self, changes: &[Change]) {
        if !changes.is_empty() && catch_unwind(AssertUnwindSafe(|| (self.ears.watcher)(changes))).is_err() {
            tracing::error!("whoever listens to changes panicked");
        }
    }

    fn transact(&mut self, conn: &mut Conn, batch: &mut [Box<dyn Job>]) -> DbResult<Vec<Change>> {
        // What is done for all of them is done for nobody by name.
        let _entered = trace::enter(if let [only] = &*batch { only.trace() } else { None });
        self.hot.ensure_loaded(conn)?;
        self.hot.fetch(conn, batch.iter().filter_map(|job| job.pile()))?;
        let mut tx = Tx::new(conn, &mut self.hot);
        for job in batch.iter_mut() {
            run(job.as_mut(), &mut tx)?;
        }
        tx.commit()
    }
}

/// Runs one job; its own failure undoes only itself. An error here concerns the whole batch.
fn run(job: &mut dyn Job, tx: &mut Tx<'_>) -> DbResult<()> {
    tx.begin_job();
    let _entered = trace::enter(job.trace());
    let ended = catch_unwind(AssertUnwindSafe(|| job.run(tx)));
    match (tx.take_error(), ended) {
        (Some((error, true)), _) => job.fail(error.into()),
        (Some((error, false)), _) => return Err(error),
        (None, Ok(true)) => return Ok(()),
        (None, Ok(false)) => {}
        (None, Err(_)) => {
            // A panic is a fault of ours in one job: the writer, and everyone else, goes on.
            tracing::error!("a job panicked inside the writer");
            job.fail(Error::internal());
        }
    }
    tx.undo_job()
}
