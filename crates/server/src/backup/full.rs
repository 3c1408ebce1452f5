//! Full backups of a running server, the files of the data folder, and forgetting old ones.

use super::keep::{place_ready, with_tail};
use super::place::apart;
use super::plan::full_name;
use super::{BackupSettings, line_new};
use crate::app::App;
use model::time::{DAY_MS, HOUR_MS};
use model::{Error, Result, Text};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::archive::image::Image;
use store::archive::pack::{Head, Kind, Packed, Packer};
use store::archive::restore::entry_write;
use store::archive::unusable;
use store::backups::{BackupRow, BackupState};

/// Between two megabytes the disk belongs to the piles.
const REST: Duration = Duration::from_millis(2);

/// A new line of changes has no full backup that it could be put over.
pub fn is_due_at_once(app: &App) -> bool {
    let Some(tail) = app.backup.tail.get() else { return false };
    let line = tail.lock().unwrap_or_else(std::sync::PoisonError::into_inner).mark().line.clone();
    app.backup.state().full_line != Some(line)
}

/// Through the job, so that its page shows it.
pub async fn begin_by_itself(app: &Arc<App>) {
    if let Err(why) = crate::jobs::begin_now(app, "backup_run").await {
        tracing::warn!(%why, "the full backup of the new line could not begin; tried again");
    }
}

/// Whether the last one is old enough for the next.
pub fn is_due(app: &App) -> bool {
    let days = app.engine.rules().backup_full_days;
    let last = app.backup.state().full_at_ms.unwrap_or(0);
    is_due_at_once(app) || app.now().as_ms() - last >= days * DAY_MS - HOUR_MS
}

/// Makes a full backup now and brings it away.
pub async fn full(app: &Arc<App>) -> Result<BackupRow> {
    let settings = app.backup.wanted()?.clone();
    if !app.backup.is_continuous() {
        return Err(postgres());
    }
    let _alone = app.backup.copying.lock().await;
    let started = app.now();
    place_ready(app, &settings.place).await?;
    let (line, now) = (line_new(app)?, started);
    let image = with_tail(app, move |tail| {
        tail.cut(&line, now)?;
        Image::of(tail)
    })
    .await?;
    let head = image.head.clone();
    let part = settings.data.join(store::archive::FOLDER).join("full.part");
    let (own, path) = (settings.clone(), part.clone());
    let made = apart(move || write(image, &own, &path)).await;
    let name = full_name(head.at_ms, &head.line, head.seq);
    let done = match made {
        Ok(packed) => settings.place.put(&name, &part).await.map(|()| packed),
        Err(why) => Err(why),
    };
    let _ = std::fs::remove_file(&part);
    let mut row = BackupRow {
        id: 0,
        name,
        line: head.line.clone(),
        seq: i64::try_from(head.seq).unwrap_or(i64::MAX),
        at_ms: head.at_ms,
        state: BackupState::Done,
        started_at_ms: started.as_ms(),
        ended_at_ms: app.now().as_ms(),
        plain_bytes: 0,
        stored_bytes: 0,
        digest: String::new(),
        checked_at_ms: None,
        check_passed: None,
        message: None,
    };
    match done {
        Ok(packed) => {
            row.plain_bytes = i64::try_from(packed.plain_bytes).unwrap_or(i64::MAX);
            row.stored_bytes = i64::try_from(packed.stored_bytes).unwrap_or(i64::MAX);
            row.digest = packed.digest;
            {
                let mut state = app.backup.locked();
                state.full_line = Some(head.line);
                state.full_at_ms = Some(head.at_ms);
            }
            row.id = app.engine.backup_note(row.clone()).await?;
            files_bring(app).await?;
            Ok(row)
        }
        Err(why) => {
            (row.state, row.message) = (BackupState::Failed, Some(why.text.clone()));
            app.engine.backup_note(row).await?;
            Err(why)
        }
    }
}

fn postgres() -> Error {
    Error::refused(
        "backup.postgres",
        "PostgreSQL 的备份由 scripts/postgres-backup.sh（pg_basebackup 与 pg_receivewal）完成，见运维手册“备份”一节",
        "PostgreSQL is backed up by scripts/postgres-backup.sh (pg_basebackup and pg_receivewal); see the chapter on backups.",
    )
}

fn write(mut image: Image, settings: &BackupSettings, path: &Path) -> Result<Packed> {
    let failed = |why: std::io::Error| unusable(path, &why);
    let out = BufWriter::with_capacity(1 << 20, File::create(path).map_err(failed)?);
    let salt = format!("full/{}/{}/{}", image.head.line, image.head.seq, image.head.at_ms);
    let mut packer = Packer::new(out, image.head.clone(), settings.key.as_ref(), &salt).map_err(failed)?;
    image.write(&mut packer, || std::thread::sleep(REST))?;
    for (name, from) in beside(settings) {
        let content = std::fs::read(&from).map_err(|why| unusable(&from, &why))?;
        entry_write(&mut packer, name, &content).map_err(failed)?;
    }
    let (out, packed) = packer.finish().map_err(failed)?;
    out.into_inner().map_err(|why| failed(why.into_error()))?.sync_all().map_err(failed)?;
    Ok(packed)
}

/// What an installation is besides its database and its files.
fn beside(settings: &BackupSettings) -> Vec<(&'static str, PathBuf)> {
    let mut all = vec![("secret.key", settings.data.join("secret.key"))];
    if let Some(config) = &settings.config {
        all.push(("pileops.toml", config.clone()));
    }
    all.retain(|(_, path)| path.is_file());
    all
}

/// Brings the files of the data folder there that are not there yet. A file never changes: another one has
/// another time or size, and so another name.
pub async fn files_bring(app: &Arc<App>) -> Result<()> {
    let settings = app.backup.wanted()?.clone();
    let known = app.backup.state().files.unwrap_or_default();
    let folder = settings.data.join("files");
    let new = apart(move || Ok(files_new(&folder, &known))).await?;
    for (name, path) in new {
        let (part, own, salt) =
            (settings.data.join(store::archive::FOLDER).join("file.part"), settings.clone(), name.clone());
        let (to, from) = (part.clone(), path.clone());
        let packed = apart(move || file_pack(&from, &to, &own, &salt)).await;
        match packed {
            Ok(()) => settings.place.put(&name, &part).await?,
            // Taken away meanwhile.
            Err(_) if !path.exists() => continue,
            Err(why) => return Err(why),
        }
        let _ = std::fs::remove_file(&part);
        app.backup.locked().files.get_or_insert_default().insert(name);
    }
    Ok(())
}

fn files_new(folder: &Path, known: &std::collections::BTreeSet<String>) -> Vec<(String, PathBuf)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (Ok(data), Some(own)) = (entry.metadata(), entry.file_name().to_str().map(str::to_owned)) else {
            continue;
        };
        if !data.is_file() || own.ends_with(".part") {
            continue;
        }
        let changed = data.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let changed_ms = changed.map_or(0, |since| since.as_millis());
        let name = format!("files/{own}_{changed_ms:013}_{}.file", data.len());
        if !known.contains(&name) {
            all.push((name, entry.path()));
        }
    }
    all.sort();
    all
}

fn file_pack(from: &Path, to: &Path, settings: &BackupSettings, salt: &str) -> Result<()> {
    let mut content = File::open(from).map_err(|why| unusable(from, &why))?;
    let failed = |why: std::io::Error| unusable(to, &why);
    let head = Head {
        kind: Kind::File,
        line: String::new(),
        seq: 0,
        at_ms: 0,
        previous: String::new(),
        page_size: 0,
        pages: 0,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        salt: None,
    };
    let out = BufWriter::new(File::create(to).map_err(failed)?);
    let mut packer = Packer::new(out, head, settings.key.as_ref(), salt).map_err(failed)?;
    std::io::copy(&mut content, &mut packer).map_err(failed)?;
    let (mut out, _) = packer.finish().map_err(failed)?;
    out.flush().map_err(failed)
}

/// What a full backup came to, for people.
pub fn told(row: &BackupRow) -> Text {
    let (plain, stored) = (row.plain_bytes / 1_048_576, row.stored_bytes / 1_048_576);
    let ms = row.ended_at_ms - row.started_at_ms;
    Text::new(
        format!("完整备份 {plain} MiB，压缩后 {stored} MiB，用时 {ms} 毫秒"),
        format!("a full backup of {plain} MiB, {stored} MiB compressed, in {ms} ms"),
    )
}
