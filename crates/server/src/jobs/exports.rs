//! Writes lists into files while people do something else.

use crate::app::App;
use crate::exchange::column::Cell;
use crate::exchange::listing::{Listing, Portion};
use crate::exchange::sheet::{Frame, Sheet, Unwritable};
use model::error::Text;
use model::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::exports::{Export, ExportFormat};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

/// Written at once: the database and the processor belong to the piles first.
const AT_ONCE: usize = 2;

/// How often the page is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(700);

/// Portions that wait for the file.
const AHEAD: usize = 2;

/// The files, and the places for those who write them.
pub struct Exports {
    pub(super) folder: PathBuf,
    pub(super) places: Semaphore,
}

impl Exports {
    pub fn new(files: &Path) -> Exports {
        Exports { folder: files.join("exports"), places: Semaphore::new(AT_ONCE) }
    }

    pub fn file(&self, id: i64, format: ExportFormat) -> PathBuf {
        self.folder.join(format!("{id}.{}", format.as_str()))
    }

    /// What is being written, until it is whole.
    pub(super) fn part(&self, id: i64) -> PathBuf {
        self.folder.join(format!("{id}.part"))
    }
}

enum Said {
    Rows(Vec<Vec<Cell>>),
    End,
}

enum Outcome {
    Done { rows: i64, size: i64 },
    Cancelled,
}

/// Begins; the caller does not wait.
pub fn start(app: &Arc<App>, export: Export, listing: Listing, frame: Frame) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let (id, format) = (export.id, export.format);
        let part = app.exports.part(id);
        let outcome = write(&app, &export, listing, frame, &part).await;
        let ended = match outcome {
            Ok(Outcome::Done { rows, size }) => {
                match tokio::fs::rename(&part, app.exports.file(id, format)).await {
                    Ok(()) => app.engine.export_finish(id, rows, size).await.map(drop),
                    Err(why) => fail(&app, id, &Unwritable::from(why)).await,
                }
            }
            Ok(Outcome::Cancelled) => Ok(()),
            Err(why) => fail(&app, id, &why).await,
        };
        let _ = tokio::fs::remove_file(&part).await;
        if let Err(why) = ended {
            tracing::error!(%why, id, "the end of an export could not be noted");
        }
    });
}

pub(super) async fn fail(app: &App, id: i64, why: &Unwritable) -> Result<()> {
    tracing::error!(why = why.0, id, "an export failed");
    let text = Text::of(
        "文件未能写完（可能是磁盘空间不足或数据库暂时不可用），并非您的操作有误；请点“重新导出”，若仍失败请联系系统管理员",
        "The file could not be written (the disk may be full or the database away for a moment), which is no mistake of \
         yours. Export once more; if that fails too, ask the administrator.",
    );
    app.engine.export_fail(id, text).await
}

async fn write(
    app: &Arc<App>,
    export: &Export,
    listing: Listing,
    frame: Frame,
    part: &Path,
) -> Result<Outcome, Unwritable> {
    let told = |why: Error| Unwritable(why.to_string());
    let Ok(_place) = app.exports.places.acquire().await else { return Ok(Outcome::Cancelled) };
    if !app.engine.export_progress(export.id, 0, None).await.map_err(told)? {
        return Ok(Outcome::Cancelled);
    }
    tokio::fs::create_dir_all(&app.exports.folder).await?;
    let (send, rows) = mpsc::channel(AHEAD);
    let (path, format) = (part.to_owned(), export.format);
    let writing = tokio::task::spawn_blocking(move || fill(&path, format, frame, rows));
    let (mut cursor, mut done, mut total) = (None, 0, None);
    let mut told_at = Instant::now();
    loop {
        let read = Arc::clone(&listing.read);
        let portion = app.engine.store.read(move |conn| read(conn, cursor)).await.map_err(told)?;
        let Portion { rows, next, total: counted } = portion;
        done += i64::try_from(rows.len()).unwrap_or(0);
        let first = total.is_none() && counted.is_some();
        total = total.or(counted);
        // Whoever writes has ended only with an error, which is told below.
        if send.send(Said::Rows(rows)).await.is_err() {
            break;
        }
        if first || told_at.elapsed() >= TELL_EVERY {
            told_at = Instant::now();
            if !app.engine.export_progress(export.id, done, total).await.map_err(told)? {
                return Ok(Outcome::Cancelled);
            }
        }
        cursor = next;
        if cursor.is_none() {
            let _ = send.send(Said::End).await;
            break;
        }
    }
    drop(send);
    let size = writing.await.map_err(|why| Unwritable(why.to_string()))??;
    Ok(Outcome::Done { rows: done, size: i64::try_from(size).unwrap_or(i64::MAX) })
}

/// On a thread of its own: a file blocks.
fn fill(
    path: &Path,
    format: ExportFormat,
    frame: Frame,
    mut rows: mpsc::Receiver<Said>,
) -> Result<u64, Unwritable> {
    let mut sheet = Sheet::create(path, format, frame)?;
    while let Some(said) = rows.blocking_recv() {
        match said {
            Said::Rows(rows) => rows.iter().try_for_each(|row| sheet.row(row))?,
            Said::End => return sheet.finish(),
        }
    }
    Err(Unwritable("nobody wants it any more".to_owned()))
}

/// Removes files that have been kept long enough; how many.
pub async fn expire(app: &App) -> Result<usize> {
    let due = app.engine.exports_expire().await?;
    for (id, format) in &due {
        let _ = tokio::fs::remove_file(app.exports.file(*id, *format)).await;
    }
    Ok(due.len())
}

/// What the last run left half written is of no use to anybody.
pub async fn tidy(app: &App) {
    let Ok(mut entries) = tokio::fs::read_dir(&app.exports.folder).await else { return };
    while let Ok(Some(entry)) = entries.next_entry().await {
        let whole = entry.path().extension().is_some_and(|end| end == "xlsx" || end == "csv" || end == "zip");
        if !whole {
            let _ = tokio::fs::remove_file(entry.path()).await;
        }
    }
}
