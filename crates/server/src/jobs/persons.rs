//! Writes everything of one person into an archive while people do something else, and keeps the register of those who
//! are erased: a file of the data folder, which backups bring away and a restore gives back as it was last.

use super::exports::fail;
use crate::app::App;
use crate::exchange::person::{Given, write};
use crate::exchange::sheet::Unwritable;
use engine::personal::Registered;
use model::id::CustomerId;
use model::{Error, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::exports::Export;
use store::personal;

/// Begins; the caller does not wait.
pub fn start(app: &Arc<App>, export: Export, customer: CustomerId, mark: String) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let id = export.id;
        let part = app.exports.part(id);
        let ended = match made(&app, &export, customer, mark, &part).await {
            Ok(Some((rows, size))) => {
                match tokio::fs::rename(&part, app.exports.file(id, export.format)).await {
                    Ok(()) => app.engine.export_finish(id, rows, size).await.map(drop),
                    Err(why) => fail(&app, id, &Unwritable::from(why)).await,
                }
            }
            Ok(None) => Ok(()),
            Err(why) => fail(&app, id, &why).await,
        };
        let _ = tokio::fs::remove_file(&part).await;
        if let Err(why) = ended {
            tracing::error!(%why, id, "the end of an export could not be noted");
        }
    });
}

/// Rows and bytes; none: somebody has cancelled it.
async fn made(
    app: &Arc<App>,
    export: &Export,
    customer: CustomerId,
    mark: String,
    part: &Path,
) -> std::result::Result<Option<(i64, i64)>, Unwritable> {
    let told = |why: Error| Unwritable(why.to_string());
    let Ok(_place) = app.exports.places.acquire().await else { return Ok(None) };
    if !app.engine.export_progress(export.id, 0, None).await.map_err(told)? {
        return Ok(None);
    }
    let read = move |conn: &mut store::Conn| {
        Ok((personal::read(conn, customer)?, personal::photos(conn, customer)?))
    };
    let (rows, photos) = app.engine.store.read(read).await.map_err(told)?;
    let count = rows.iter().map(|of| of.rows.len()).sum::<usize>() + photos.len();
    tokio::fs::create_dir_all(&app.exports.folder).await?;
    let (path, given) = (part.to_owned(), Given { rows, photos, mark });
    let writing = tokio::task::spawn_blocking(move || write(&path, &given));
    let size = writing.await.map_err(|why| Unwritable(why.to_string()))??;
    Ok(Some((i64::try_from(count).unwrap_or(i64::MAX), i64::try_from(size).unwrap_or(i64::MAX))))
}

fn cannot(path: &Path, why: impl std::fmt::Display) -> Error {
    tracing::error!(%why, path = %path.display(), "the register of erasures cannot be read or written");
    Error::unavailable("个人信息删除登记", "register of erasures")
}

/// One line each; a line that is no line stops: what it said would be forgotten.
fn read(path: &Path) -> Result<Vec<Registered>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(cannot(path, why)),
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).map_err(|why| cannot(path, why))).collect()
}

/// Brings the register up to what the database knows. Its lines only become more.
pub async fn register(app: &App) -> Result<()> {
    let path = app.files.erasures();
    let known = app.engine.erasure_register().await?;
    let writing = tokio::task::spawn_blocking(move || {
        let before = read(&path)?;
        let key = |one: &Registered| (one.customer_id, one.created_at_ms);
        let mut all: BTreeMap<(i64, i64), Registered> = before.iter().map(|one| (key(one), *one)).collect();
        for one in known {
            all.entry(key(&one)).or_insert(one);
        }
        if all.len() == before.len() {
            return Ok(());
        }
        let lines: Vec<String> = all.values().filter_map(|one| serde_json::to_string(one).ok()).collect();
        let part = path.with_extension("part");
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&part, lines.join("\n") + "\n"))
            .and_then(|()| std::fs::File::open(&part)?.sync_all())
            .and_then(|()| std::fs::rename(&part, &path));
        written.map_err(|why| cannot(&path, why))
    });
    writing.await.map_err(|_| Error::internal())?
}

/// Whoever is in the register and not erased has come back with a restore.
pub async fn reapply(app: &App) -> Result<()> {
    let lines = read(&app.files.erasures())?;
    let count = app.engine.erasures_reapply(lines).await?;
    if count > 0 {
        tracing::warn!(count, "people who had been erased came back with a restore, and were erased again");
    }
    register(app).await
}
