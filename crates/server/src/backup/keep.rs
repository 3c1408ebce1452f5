//! Brings away what has changed, all the time. What cannot be brought away waits on the disk, and the
//! server works on.

use super::place::{Place, apart};
use super::plan::{Stock, segment_name};
use super::{full, line_new};
use crate::app::App;
use model::time::Timestamp;
use model::{Error, Result};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::archive::tail::Tail;
use tokio::sync::watch;

/// After a failure the next try waits, longer each time.
const PATIENCE_MAX_MS: i64 = 30_000;
/// A new line needs its full backup; when that failed it is tried again after this long.
const FULL_AGAIN_MS: i64 = 60_000;

/// Until the server stops; then once more, so that nothing waits.
pub async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    if !app.backup.is_continuous() {
        return;
    }
    let mut turn = Turn::default();
    while !*stop.borrow() {
        turn.take(&app).await;
        let pause = Duration::from_millis(u64::try_from(app.engine.rules().backup_cut_ms).unwrap_or(3_000));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// When the writers have stopped: what was written last.
pub async fn last(app: &Arc<App>) {
    if app.backup.is_continuous() {
        Turn::default().take(app).await;
    }
}

#[derive(Default)]
struct Turn {
    failures: u32,
    next_ms: i64,
    full_next_ms: i64,
}

impl Turn {
    async fn take(&mut self, app: &Arc<App>) {
        let now = app.now();
        if let Err(why) = cut(app, now).await {
            note(app, now, Some(&why));
            return;
        }
        if now.as_ms() >= self.next_ms {
            let shipped = ship(app).await;
            note(app, now, shipped.as_ref().err());
            self.failures = if shipped.is_ok() { 0 } else { self.failures + 1 };
            let wait = (1_000_i64 << self.failures.min(5)).min(PATIENCE_MAX_MS);
            self.next_ms = if shipped.is_ok() { 0 } else { now.as_ms() + wait };
            if shipped.is_ok() && now.as_ms() >= self.full_next_ms && full::is_due_at_once(app) {
                self.full_next_ms = now.as_ms() + FULL_AGAIN_MS;
                let app = Arc::clone(app);
                tokio::spawn(async move { full::begin_by_itself(&app).await });
            }
        }
        if let Err(why) = limit(app, now).await {
            note(app, now, Some(&why));
        }
    }
}

/// Says it once, and again when it is over.
fn note(app: &App, now: Timestamp, why: Option<&Error>) {
    let mut state = app.backup.locked();
    match why {
        Some(why) => {
            if state.problem.as_ref() != Some(&why.text) {
                tracing::warn!(%why, "changes cannot be archived; they wait");
            }
            state.problem = Some(why.text.clone());
            state.problem_since_ms.get_or_insert(now.as_ms());
        }
        None => {
            if state.problem.take().is_some() {
                tracing::info!("changes are archived again");
            }
            state.problem_since_ms = None;
        }
    }
}

fn tail_of(app: &App) -> Result<Arc<std::sync::Mutex<Tail>>> {
    app.backup.tail.get().cloned().ok_or_else(Error::internal)
}

/// Runs `work` on the tail, beside the runtime.
pub(super) async fn with_tail<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&mut Tail) -> Result<T> + Send + 'static,
) -> Result<T> {
    let tail = tail_of(app)?;
    apart(move || work(&mut tail.lock().unwrap_or_else(PoisonError::into_inner))).await
}

/// Cuts what was committed, and folds the log where it has become long.
async fn cut(app: &App, now: Timestamp) -> Result<()> {
    let line = line_new(app)?;
    let next = line.clone();
    let (folds, broken) = with_tail(app, move |tail| {
        tail.cut(&next, now)?;
        Ok((tail.wants_fold(), tail.broken.take()))
    })
    .await?;
    if let Some(why) = broken {
        tracing::warn!(why, "the archive begins a new line: a full backup follows");
        app.backup.locked().broken = Some((now.as_ms(), why));
    }
    if !folds {
        return Ok(());
    }
    // A full backup reads the file; the log grows until it has done so.
    let Ok(_quiet) = app.backup.copying.try_lock() else { return Ok(()) };
    let tail = tail_of(app)?;
    let work = move |conn: &mut store::Conn| {
        tail.lock().unwrap_or_else(PoisonError::into_inner).fold(conn, &line, now)
    };
    app.engine.store.between(work).await?
}

/// Brings away what waits, in its order.
async fn ship(app: &Arc<App>) -> Result<()> {
    let settings = app.backup.wanted()?;
    let (waiting, mark) = with_tail(app, |tail| Ok((tail.waiting()?, tail.mark().clone()))).await?;
    // Also where the place is away: how much waits is what the limit goes by.
    tell_waiting(app, &waiting);
    place_ready(app, &settings.place).await?;
    for (index, one) in waiting.iter().enumerate() {
        settings.place.put(&segment_name(&one.line, one.seq, one.at_ms), &one.path).await?;
        let done = one.clone();
        with_tail(app, move |tail| tail.done(&done)).await?;
        tell_waiting(app, &waiting[index + 1..]);
        let mut state = app.backup.locked();
        state.shipped_count += 1;
        if state.full_line.as_ref() == Some(&one.line) {
            state.safe_ms = state.safe_ms.max(Some(one.at_ms));
        }
    }
    full::files_bring(app).await?;
    let mut state = app.backup.locked();
    // Changes without the full backup that they are put over are not safe yet.
    if state.full_line.as_ref() == Some(&mark.line) {
        state.safe_ms = Some(mark.at_ms);
    }
    Ok(())
}

fn tell_waiting(app: &App, waiting: &[store::archive::tail::Waiting]) {
    let mut state = app.backup.locked();
    state.waiting_count = waiting.len() as u64;
    state.waiting_bytes = waiting.iter().map(|one| one.bytes).sum();
}

/// The place is the one that it was. At the first time, what lies there is looked at.
pub(super) async fn place_ready(app: &App, place: &Place) -> Result<()> {
    let kept =
        app.backup.settings().map(|settings| settings.data.join(store::archive::FOLDER).join("place.id"));
    let known = app.backup.state().marker;
    let known = known.or_else(|| kept.as_ref().and_then(|path| std::fs::read_to_string(path).ok()));
    // The id belongs to the place that the settings name: another one is begun anew.
    let prefix = format!("{} ", place.shown());
    let known = known.and_then(|text| text.strip_prefix(&prefix).map(|id| id.trim().to_owned()));
    let id = place.ready(known, line_new(app)?).await?;
    let text = format!("{prefix}{id}");
    if app.backup.state().marker.as_ref() != Some(&text) {
        if let Some(path) = kept.filter(|path| path.parent().is_some_and(std::path::Path::is_dir)) {
            std::fs::write(&path, &text).map_err(|why| store::archive::unusable(&path, &why))?;
        }
        stock_load(app, place).await?;
        app.backup.locked().marker = Some(text);
    }
    Ok(())
}

/// The same, after the place was seen to be the one that it was.
pub async fn stock_refresh(app: &App, place: &Place) -> Result<()> {
    place_ready(app, place).await?;
    stock_load(app, place).await.map(drop)
}

/// Looks at what lies at the place.
pub(super) async fn stock_load(app: &App, place: &Place) -> Result<Arc<Stock>> {
    let stock = Arc::new(Stock::of(place.list("").await?));
    let mut state = app.backup.locked();
    if let Some(full) = stock.fulls.last() {
        state.full_line = Some(full.line.clone());
        state.full_at_ms = Some(full.at_ms);
    }
    state.files = Some(stock.files.iter().map(|file| file.name.clone()).collect());
    (state.stock, state.stock_at_ms) = (Some(Arc::clone(&stock)), Some(app.now().as_ms()));
    Ok(stock)
}

/// More than may wait is given up: the disk belongs to the business first. A full backup begins anew
/// when the place is there again.
async fn limit(app: &App, now: Timestamp) -> Result<()> {
    let most = u64::try_from(app.engine.rules().backup_wait_bytes).unwrap_or(u64::MAX);
    if app.backup.state().waiting_bytes <= most {
        return Ok(());
    }
    let line = line_new(app)?;
    with_tail(app, move |tail| tail.give_up(&line, now)).await?;
    tracing::error!(
        most,
        "more changes wait than may wait: they are given up, a full backup will begin anew"
    );
    let mut state = app.backup.locked();
    state.broken = Some((now.as_ms(), "more waited than may wait"));
    (state.waiting_count, state.waiting_bytes) = (0, 0);
    Ok(())
}
