//! The archive of the embedded database: complete images of it, and every change since, cut from its
//! write-ahead log in pieces that prove by their hashes that none is missing.
//!
//! The product owns the only connection that writes, so that it can decide when the log is folded into
//! the file (a checkpoint): only after all that stands in the log was cut. See docs/decisions/0011.

pub mod image;
pub mod pack;
pub mod restore;
pub mod tail;
pub mod wal;

use crate::db::{Conn, DbResult, Purpose, Source};
use model::{Error, Result};
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Beside the database: what was cut and not yet brought away, and where the next cut begins. As long as
/// this folder exists no connection folds the log by itself.
pub const FOLDER: &str = "archive";

/// The database's file in a data folder.
pub const DATABASE: &str = "pileops.db";

pub(crate) fn is_archived(database: &Path) -> bool {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.is_some_and(|folder| folder.join(FOLDER).is_dir())
}

pub(crate) fn log_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// What the disk says no to.
pub fn unusable(path: &Path, why: &dyn Display) -> Error {
    Error::refused(
        "archive.unusable",
        format!("{} 无法读写：{why}；请检查路径、权限与剩余空间", path.display()),
        format!(
            "{} cannot be read or written: {why}. Check the path, its permissions and the free space.",
            path.display()
        ),
    )
}

/// A piece that is not what was written.
pub fn damaged(name: &str, zh: &str, en: &str) -> Error {
    Error::refused(
        "archive.damaged",
        format!("备份文件 {name} 已损坏：{zh}；请改用更早的时间（--to），或从备份地的另一份拷贝恢复"),
        format!(
            "The backup file {name} is damaged: {en}. Choose an earlier time (--to), or take another copy of the backup."
        ),
    )
}

/// Folds the log into the file as far as readers let it: how much the log has, and how much of it is folded.
pub(crate) fn fold(conn: &mut Conn) -> DbResult<(i64, i64)> {
    conn.one("PRAGMA wal_checkpoint(PASSIVE)", &[], |row| Ok((row.int(1)?, row.int(2)?)))
}

/// What SQLite finds wrong with a file; nothing when it is whole.
pub fn integrity(database: &Path) -> Result<Vec<String>> {
    let mut conn = Conn::open(&Source::Sqlite(database.to_owned()), Purpose::Read)?;
    let mut found = conn.query("PRAGMA integrity_check", &[], |row| row.text(0))?;
    found.retain(|line| line != "ok");
    Ok(found)
}

/// Numbers that were given out after the moment that was restored are known to piles, receivers and people: none
/// of them is given out again.
pub fn numbers_skip(database: &Path) -> Result<()> {
    let mut conn = Conn::open(&Source::Sqlite(database.to_owned()), Purpose::Write)?;
    let sql = "UPDATE id_lease SET next_id = next_id + $1 WHERE noun IN ('order', 'command', 'delivery', 'invoice', 'mail')";
    conn.execute(sql, &[SKIPPED.into()])?;
    Ok(())
}

const SKIPPED: i64 = 1 << 20;

/// How much there is of what nobody may lose.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Counts {
    pub orders: i64,
    pub audit: i64,
    pub staff: i64,
    pub piles: i64,
    pub customers: i64,
}

pub fn counts(conn: &mut Conn) -> DbResult<Counts> {
    let sql = "SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM audit), (SELECT COUNT(*) FROM staff), \
               (SELECT COUNT(*) FROM pile), (SELECT COUNT(*) FROM customer)";
    conn.one(sql, &[], |row| {
        Ok(Counts {
            orders: row.int(0)?,
            audit: row.int(1)?,
            staff: row.int(2)?,
            piles: row.int(3)?,
            customers: row.int(4)?,
        })
    })
}

/// The same of a file that nobody has open.
pub fn counts_of(source: &Source) -> Result<Counts> {
    Ok(counts(&mut Conn::open(source, Purpose::Read)?)?)
}
