//! 备份: where to, how far it is, and what stands in its way.
//!
//! `keep.rs` brings changes away all the time, `full.rs` makes complete backups, `plan.rs` knows what lies
//! at a place, `retention.rs` what of it may go, `restore.rs` makes a data folder of it, `check.rs` proves that it can.

pub mod check;
pub mod full;
pub mod keep;
pub mod place;
pub mod plan;
pub mod restore;
pub mod retention;
pub mod s3;

use crate::app::App;
use model::time::Timestamp;
use model::{Error, Result, Text};
use place::Place;
use plan::Stock;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use store::Source;
use store::archive::pack::Key;
use store::archive::tail::Tail;

/// Where backups go, and what is in them besides the database.
#[derive(Clone)]
pub struct BackupSettings {
    pub place: Place,
    pub key: Option<Key>,
    /// The data folder.
    pub data: PathBuf,
    /// The settings file that the server was started with.
    pub config: Option<PathBuf>,
}

#[derive(Default)]
pub struct Backup {
    settings: OnceLock<BackupSettings>,
    tail: OnceLock<Arc<Mutex<Tail>>>,
    state: Mutex<State>,
    /// A full backup runs: the log must not be folded meanwhile.
    copying: tokio::sync::Mutex<()>,
}

/// What is known of it without asking the place.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Everything up to here is at the place.
    pub safe_ms: Option<i64>,
    pub waiting_count: u64,
    pub waiting_bytes: u64,
    /// Why the last try did not succeed; none after one that did.
    pub problem: Option<Text>,
    pub problem_since_ms: Option<i64>,
    /// Why the line of changes was begun anew, and when.
    pub broken: Option<(i64, &'static str)>,
    pub shipped_count: u64,
    /// The id of the place, once it was seen.
    pub marker: Option<String>,
    /// Names of files that are at the place.
    pub files: Option<std::collections::BTreeSet<String>>,
    /// The line that has a full backup.
    pub full_line: Option<String>,
    pub full_at_ms: Option<i64>,
    pub stock: Option<Arc<Stock>>,
    pub stock_at_ms: Option<i64>,
}

impl Backup {
    pub fn settings(&self) -> Option<&BackupSettings> {
        self.settings.get()
    }

    pub fn state(&self) -> State {
        self.locked().clone()
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long ago everything was safe; none where nothing is archived.
    pub fn lag_ms(&self, now: Timestamp) -> Option<i64> {
        self.tail.get()?;
        self.locked().safe_ms.map(|safe| (now.as_ms() - safe).max(0))
    }

    /// Changes of the embedded database are archived all the time.
    pub fn is_continuous(&self) -> bool {
        self.tail.get().is_some()
    }

    fn wanted(&self) -> Result<&BackupSettings> {
        self.settings.get().ok_or_else(|| {
            Error::refused(
                "backup.off",
                "尚未设置备份地；请在配置中设置 backup_place 并重启服务",
                "No place for backups is set. Set backup_place in the settings and start the server again.",
            )
        })
    }
}

/// Before the store is opened: whether its log is kept for the archive.
pub fn prepare(data: &std::path::Path, source: &Source, settings: Option<&BackupSettings>) -> Result<()> {
    let folder = data.join(store::archive::FOLDER);
    let failed = |why: std::io::Error| store::archive::unusable(&folder, &why);
    if settings.is_some() && matches!(source, Source::Sqlite(_)) {
        return std::fs::create_dir_all(&folder).map_err(failed);
    }
    match std::fs::remove_dir_all(&folder) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(failed(why)),
        _ => Ok(()),
    }
}

/// After the store was opened: goes on with the archive.
pub async fn open(app: &App, settings: BackupSettings) -> Result<()> {
    if let Source::Sqlite(database) = &app.engine.store.source {
        let (database, key) = (database.clone(), settings.key);
        let (line, now) = (line_new(app)?, app.now());
        let tail = place::apart(move || Tail::open(&database, key, &line, now)).await?;
        if let Some(why) = tail.broken {
            tracing::warn!(why, "the archive begins a new line: a full backup follows");
            app.backup.locked().broken = Some((now.as_ms(), why));
        }
        let _ = app.backup.tail.set(Arc::new(Mutex::new(tail)));
    }
    let _ = app.backup.settings.set(settings);
    Ok(())
}

/// A name that no other line has.
fn line_new(app: &App) -> Result<String> {
    app.engine.random.hex::<8>()
}
