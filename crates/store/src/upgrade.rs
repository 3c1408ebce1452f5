//! Before a program changes the tables of an embedded database, it keeps a copy as it was, so that the
//! version before can go on from there. PostgreSQL has its own tools for that.

use crate::Source;
use crate::archive::{DATABASE, log_of, numbers_skip};
use crate::db::{Conn, DbResult, Purpose};
use crate::migrate;
use model::time::Timestamp;
use model::{Error, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// In the data folder, beside the database.
pub const FOLDER: &str = "upgrade";

/// What a copy is called before it is whole.
const PART: &str = "part";

/// A copy of a database, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    pub path: PathBuf,
    /// Its last migration.
    pub version: i64,
    pub bytes: u64,
}

/// What was put back, and where the newer database is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolledBack {
    pub copy: Copy,
    pub left: PathBuf,
    pub left_version: i64,
}

fn folder_of(database: &Path) -> PathBuf {
    database.parent().unwrap_or(Path::new("")).join(FOLDER)
}

/// 20261127T023000Z, in which order names are in the order of time.
fn stamp(now: Timestamp) -> String {
    let text = now.rfc3339();
    let whole = text.split(['.', '+', 'Z']).next().unwrap_or_default();
    format!("{}Z", whole.replace(['-', ':'], ""))
}

/// The last migration of a database that may have had none.
fn version(conn: &mut Conn) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'";
    if conn.one(sql, &[], |row| row.int(0))? == 0 {
        return Ok(0);
    }
    Ok(migrate::versions(conn)?.0)
}

/// Before anything is opened to be written: refuses a database that a newer program has changed, and keeps
/// a copy of one that is about to be changed, with `keep` of them at most; 0 keeps none. `None`: there is
/// nothing to keep.
pub fn upgrade_prepare(source: &Source, keep: usize, now: Timestamp) -> Result<Option<Copy>> {
    let Source::Sqlite(database) = source else { return Ok(None) };
    if !database.exists() {
        return Ok(None);
    }
    let mut conn = Conn::open(source, Purpose::Write)?;
    let (had, ours) = (version(&mut conn)?, migrate::ours());
    if had > ours {
        return Err(migrate::newer(had));
    }
    if had == 0 || had == ours {
        return Ok(None);
    }
    if keep == 0 {
        tracing::warn!(
            had,
            ours,
            "the database is brought to this version; no copy of it is kept (upgrade_copies = 0)"
        );
        return Ok(None);
    }
    let folder = folder_of(database);
    let name = format!("pileops-{}-{had:04}.db", stamp(now));
    let path = folder.join(&name);
    let bytes = copy(&mut conn, database, &path).map_err(|why| no_copy(&folder, &why))?;
    tracing::info!(copy = %path.display(), bytes, had, ours, "a copy was kept before the tables are changed");
    prune(&folder, keep, &name);
    Ok(Some(Copy { path, version: had, bytes }))
}

/// Under another name until it is whole and on the disk.
fn copy(conn: &mut Conn, database: &Path, path: &Path) -> std::result::Result<u64, String> {
    let told = |why: std::io::Error| why.to_string();
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).map_err(told)?;
    let part = path.with_extension(PART);
    let _ = fs::remove_file(&part);
    let name = part.to_str().ok_or("the name of the folder is no UTF-8")?;
    let written = conn.execute("VACUUM INTO $1", &[name.into()]).map_err(|why| why.to_string());
    let kept = written.and_then(|_| {
        // Nobody may read the copy who may not read the database.
        let rights = fs::metadata(database).map_err(told)?.permissions();
        fs::set_permissions(&part, rights).map_err(told)?;
        File::open(&part).and_then(|file| file.sync_all()).map_err(told)?;
        fs::rename(&part, path).map_err(told)?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(told).or_else(|why| {
            // Windows opens no folders.
            if cfg!(unix) { Err(why) } else { Ok(()) }
        })?;
        fs::metadata(path).map(|file| file.len()).map_err(told)
    });
    kept.inspect_err(|_| drop(fs::remove_file(&part)))
}

fn no_copy(folder: &Path, why: &str) -> Error {
    Error::refused(
        "upgrade.no_copy",
        format!(
            "升级前无法在 {} 保存数据库副本：{why}。数据库没有改动；请腾出与数据库同样大小的空间再启动，或先自行备份，再以 upgrade_copies = 0 启动",
            folder.display()
        ),
        format!(
            "Before the upgrade no copy of the database could be kept in {}: {why}. The database is unchanged. Make room for another one of its size and start again, or make a backup yourself and start with upgrade_copies = 0.",
            folder.display()
        ),
    )
}

/// The oldest go; the one that was made just now stays whatever the clock says.
fn prune(folder: &Path, keep: usize, newest: &str) {
    let mut names: Vec<String> = names(folder).into_iter().filter(|name| name != newest).collect();
    let surplus = (names.len() + 1).saturating_sub(keep.max(1));
    for name in names.drain(..surplus.min(names.len())) {
        if let Err(why) = fs::remove_file(folder.join(&name)) {
            tracing::warn!(%why, name, "an old copy could not be removed");
        }
    }
}

/// The copies, oldest first.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> =
        named.filter(|name| name.starts_with("pileops-") && name.ends_with(".db")).collect();
    names.sort();
    names
}

/// Puts a copy in the place of the database, the newest when none is named; what is there now is kept beside
/// it under another name. Nobody may have the database open. Wherever it is cut off, there is a whole database in its
/// place: the one from after the upgrade, or the one from before.
pub fn upgrade_undo(source: &Source, wanted: Option<&Path>, now: Timestamp) -> Result<RolledBack> {
    let Source::Sqlite(database) = source else { return Err(not_here()) };
    let folder = folder_of(database);
    let path = match wanted {
        Some(path) => path.to_owned(),
        None => folder.join(names(&folder).pop().ok_or_else(|| none_kept(&folder))?),
    };
    let copy = looked_at(&path)?;
    let left_version = folded(source)?;
    if wanted.is_none() && (1..=copy.version).contains(&left_version) {
        return Err(not_newer(left_version, &copy));
    }
    let failed = |why: std::io::Error| crate::archive::unusable(&folder, &why);
    fs::create_dir_all(&folder).map_err(failed)?;
    let ready = folder.join(format!("{DATABASE}.{PART}"));
    remove(&ready);
    fs::copy(&path, &ready).map_err(failed)?;
    // Piles and people know the numbers that were given out since.
    numbers_skip(&ready)?;
    File::open(&ready).and_then(|file| file.sync_all()).map_err(failed)?;
    let left = folder.join(format!("left-{}-{left_version:04}.db", stamp(now)));
    // A second name for what is there, where the disk has such a thing: then its place is never empty.
    fs::hard_link(database, &left).or_else(|_| fs::rename(database, &left)).map_err(failed)?;
    fs::rename(&ready, database).map_err(failed)?;
    Ok(RolledBack { copy, left, left_version })
}

/// The last migration of a database, with its log folded into its file and taken away: a log that stands beside another
/// database than its own ruins both.
fn folded(source: &Source) -> Result<i64> {
    let Source::Sqlite(database) = source else { return Err(not_here()) };
    let mut conn = Conn::open(source, Purpose::Write)?;
    let found = version(&mut conn)?;
    let busy = conn.one("PRAGMA wal_checkpoint(TRUNCATE)", &[], |row| row.int(0))?;
    drop(conn);
    let log = log_of(database);
    let rest = fs::metadata(&log).map_or(0, |file| file.len());
    if busy != 0 || rest != 0 {
        return Err(in_use(database));
    }
    let _ = fs::remove_file(&log);
    let _ = fs::remove_file(database.with_extension("db-shm"));
    Ok(found)
}

/// With its log.
fn remove(database: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        let _ = fs::remove_file(name);
    }
}

/// It is a database of ours and whole, or nothing is put anywhere.
fn looked_at(path: &Path) -> Result<Copy> {
    let broken = |zh: String, en: String| Error::invalid("copy", zh, en);
    let Ok(found) = fs::metadata(path) else {
        return Err(broken(
            format!("没有文件 {}；请核对路径", path.display()),
            format!("There is no file {}; look at the path.", path.display()),
        ));
    };
    let faults = crate::archive::integrity(path).unwrap_or_else(|_| vec!["not a database".to_owned()]);
    let version = Conn::open(&Source::Sqlite(path.to_owned()), Purpose::Read)
        .and_then(|mut conn| version(&mut conn))
        .unwrap_or(0);
    if let Some(fault) = faults.first() {
        return Err(broken(
            format!("{} 已损坏（{fault}），没有改动任何内容；请换一个副本", path.display()),
            format!("{} is damaged ({fault}); nothing was touched. Take another copy.", path.display()),
        ));
    }
    if version == 0 {
        return Err(broken(
            format!("{} 不是本平台的数据库", path.display()),
            format!("{} is no database of this platform.", path.display()),
        ));
    }
    Ok(Copy { path: path.to_owned(), version, bytes: found.len() })
}

fn none_kept(folder: &Path) -> Error {
    Error::refused(
        "upgrade.none_kept",
        format!("{} 中没有升级前的副本；请用 --copy 指定，或从备份恢复（pileops restore）", folder.display()),
        format!(
            "There is no copy from before an upgrade in {}. Name one by --copy, or restore a backup (`pileops restore`).",
            folder.display()
        ),
    )
}

/// It was put back already, or nothing was upgraded since: the days since then would be put aside.
fn not_newer(had: i64, copy: &Copy) -> Error {
    let (was, path) = (copy.version, copy.path.display());
    Error::refused(
        "upgrade.not_newer",
        format!(
            "数据库的结构版本是 {had}，最近一份副本 {path} 的结构版本是 {was}：副本之后没有升级过，没有改动任何内容；仍要放回时请用 --copy 指定它，其后的数据会保留在旁边的文件里"
        ),
        format!(
            "The structure of the database is {had}, that of the newest copy {path} is {was}: nothing was upgraded since. Nothing was touched. To put it back all the same, name it by --copy; what was written since is kept beside it."
        ),
    )
}

fn in_use(database: &Path) -> Error {
    let path = database.display();
    Error::refused(
        "upgrade.in_use",
        format!("{path} 正被其他程序打开，没有改动任何内容；请关闭它们后重试"),
        format!("{path} is open in another program. Nothing was touched. Close that program and try again."),
    )
}

fn not_here() -> Error {
    Error::refused(
        "upgrade.postgres",
        "PostgreSQL 没有自动副本；请用升级前的 pg_dump 备份恢复到一个空数据库，再让旧程序使用它",
        "There are no copies of PostgreSQL. Restore the pg_dump from before the upgrade into an empty database, and let the older program use that.",
    )
}
