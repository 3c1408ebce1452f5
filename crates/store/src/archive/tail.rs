//! Cutting the write-ahead log into segments, as it grows.

use super::pack::{Head, Key, Kind, Packer};
use super::wal::{Position, Wal};
use super::{FOLDER, fold, log_of, unusable};
use crate::db::{Conn, DbResult};
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

const MARK: &str = "mark.json";
const SPOOL: &str = "spool";

/// Pages in the log beyond which it is folded into the file: as many as SQLite was told to do it by itself.
pub const FOLD_FRAMES: u64 = 16_000;

/// How far the archive is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// An unbroken line of segments. A new one is begun where nobody can say any more that none is missing.
    pub line: String,
    /// The segment that was cut last.
    pub seq: u64,
    /// Its hash; of none, the line's name.
    pub digest: String,
    /// Everything that was committed up to this moment was cut.
    pub at_ms: i64,
    pub position: Position,
    /// All of the log was folded, so that it may begin anew.
    pub folded: bool,
    pub page_size: u64,
    pub pages: u64,
}

/// A segment that waits to be brought away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub path: PathBuf,
    pub line: String,
    pub seq: u64,
    pub at_ms: i64,
    pub bytes: u64,
}

pub struct Tail {
    pub database: PathBuf,
    folder: PathBuf,
    key: Option<Key>,
    mark: Mark,
    /// Why the line was begun anew, when it was.
    pub broken: Option<&'static str>,
    /// How much of the log was folded when it was last tried.
    tried: u64,
    /// The database's file. It stays open as long as the process: to close it would drop the locks that
    /// SQLite holds on it, which belong to the process and not to a handle.
    pub(super) file: &'static File,
}

impl Tail {
    /// Goes on where the last run stopped, if the log proves that nothing is missing. `line`: the name of
    /// a new line otherwise.
    pub fn open(database: &Path, key: Option<Key>, line: &str, now: Timestamp) -> Result<Tail> {
        let folder = database.parent().unwrap_or(Path::new(".")).join(FOLDER);
        fs::create_dir_all(folder.join(SPOOL)).map_err(|why| unusable(&folder, &why))?;
        let file = File::open(database).map_err(|why| unusable(database, &why))?;
        let kept =
            fs::read(folder.join(MARK)).ok().and_then(|text| serde_json::from_slice::<Mark>(&text).ok());
        let fresh = kept.is_none();
        let mark = kept.unwrap_or_else(|| nothing(line, now));
        let (file, database) = (Box::leak(Box::new(file)), database.to_owned());
        let mut tail = Tail { database, folder, key, mark, broken: None, tried: 0, file };
        if fresh {
            tail.begin(line, now)?;
        } else if let Some(why) = tail.gap()? {
            tail.broken = Some(why);
            tail.begin(line, now)?;
        }
        Ok(tail)
    }

    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Why the log no longer continues what was cut; none when it does.
    fn gap(&self) -> Result<Option<&'static str>> {
        let mark = &self.mark;
        let log = log_of(&self.database);
        let failed = |why| unusable(&log, &why);
        let Some(mut wal) = Wal::open(&log).map_err(failed)? else {
            let gap = (mark.position.frames > 0).then_some("the log is gone: somebody else has folded it");
            return Ok(gap);
        };
        if wal.start.salts == mark.position.salts {
            // What was cut must still be there: a machine that lost its power may have lost the end of it.
            let there = wal.scan(wal.start, Some(mark.position.frames)).map_err(failed)?;
            let same = there.end == mark.position;
            return Ok((!same).then_some("the log ends before what was cut, or differs"));
        }
        let once = wal.start.salts[0] == mark.position.salts[0].wrapping_add(1);
        Ok((!(mark.folded && once)).then_some("the log was begun anew by somebody else"))
    }

    /// A new line, from the state as it is now. What waits of the old one still goes away.
    fn begin(&mut self, line: &str, now: Timestamp) -> Result<()> {
        let log = log_of(&self.database);
        let mut mark = nothing(line, now);
        if let Some(mut wal) = Wal::open(&log).map_err(|why| unusable(&log, &why))? {
            let scan = wal.scan(wal.start, None).map_err(|why| unusable(&log, &why))?;
            (mark.position, mark.page_size) = (scan.end, wal.page_size);
            mark.pages = scan.size.map_or(0, u64::from);
        }
        self.tried = 0;
        self.keep(mark)
    }

    /// The line cannot go on: what waits was more than may wait.
    pub fn give_up(&mut self, line: &str, now: Timestamp) -> Result<()> {
        for waiting in self.waiting()? {
            self.done(&waiting)?;
        }
        self.broken = Some("more waited than may wait");
        self.begin(line, now)
    }

    fn keep(&mut self, mark: Mark) -> Result<()> {
        let (path, part) = (self.folder.join(MARK), self.folder.join("mark.part"));
        let text = serde_json::to_vec(&mark).map_err(|_| Error::internal())?;
        let write = || {
            let mut file = File::create(&part)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&part, &path)
        };
        write().map_err(|why| unusable(&path, &why))?;
        self.mark = mark;
        Ok(())
    }

    /// Cuts what was committed since the last cut, if anything was. False: nothing was.
    pub fn cut(&mut self, line: &str, now: Timestamp) -> Result<bool> {
        let log = log_of(&self.database);
        let failed = |why: std::io::Error| unusable(&log, &why);
        let now_ms = now.as_ms().max(self.mark.at_ms);
        let Some(mut wal) = Wal::open(&log).map_err(failed)? else {
            self.mark.at_ms = now_ms;
            return Ok(false);
        };
        let same = wal.start.salts == self.mark.position.salts;
        if !same
            && self.mark.position.frames > 0
            && let Some(why) = self.gap()?
        {
            self.broken = Some(why);
            self.begin(line, now)?;
            return Ok(false);
        }
        let from = if same { self.mark.position } else { wal.start };
        let scan = wal.scan(from, None).map_err(failed)?;
        let Some(size) = scan.size else {
            self.mark.at_ms = now_ms;
            return Ok(false);
        };
        if !same {
            self.tried = 0;
        }
        let mut mark = self.mark.clone();
        mark.seq += 1;
        mark.at_ms = now_ms;
        mark.page_size = wal.page_size;
        mark.pages = u64::from(size);
        (mark.position, mark.folded) = (scan.end, false);
        let path = self.spooled(&mark.line, mark.seq, mark.at_ms);
        let digest = self.segment(&mut wal, &scan.pages, &mark, &path);
        mark.digest = digest.map_err(|why| unusable(&path, &why))?;
        self.keep(mark)?;
        Ok(true)
    }

    fn segment(
        &self,
        wal: &mut Wal,
        pages: &std::collections::HashMap<u32, u64>,
        mark: &Mark,
        path: &Path,
    ) -> std::io::Result<String> {
        let part = path.with_extension("part");
        let mut places: Vec<(u64, u32)> = pages.iter().map(|(page, place)| (*place, *page)).collect();
        places.sort_unstable();
        let salt = format!("{}/{}/{}", mark.line, mark.seq, mark.at_ms);
        let out = std::io::BufWriter::new(File::create(&part)?);
        let mut packer = Packer::new(out, self.head(Kind::Segment, mark), self.key.as_ref(), &salt)?;
        let mut bytes = vec![0; usize::try_from(wal.page_size).unwrap_or(0)];
        for (place, page) in places {
            wal.page(place, &mut bytes)?;
            packer.write_all(&page.to_be_bytes())?;
            packer.write_all(&bytes)?;
        }
        let (out, packed) = packer.finish()?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&part, path)?;
        Ok(packed.digest)
    }

    /// `mark`: the state behind it. A segment's head has the hash of the one before.
    pub(super) fn head(&self, kind: Kind, mark: &Mark) -> Head {
        Head {
            kind,
            line: mark.line.clone(),
            seq: mark.seq,
            at_ms: mark.at_ms,
            previous: self.mark.digest.clone(),
            page_size: mark.page_size,
            pages: mark.pages,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            salt: None,
        }
    }

    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    fn spooled(&self, line: &str, seq: u64, at_ms: i64) -> PathBuf {
        self.folder.join(SPOOL).join(format!("{line}_{seq:012}_{at_ms:013}.seg"))
    }

    /// What waits, in its order. What was begun and never finished is not of it.
    pub fn waiting(&self) -> Result<Vec<Waiting>> {
        let spool = self.folder.join(SPOOL);
        let mut all = Vec::new();
        for entry in fs::read_dir(&spool).map_err(|why| unusable(&spool, &why))?.flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let Some((line, seq, at_ms)) = name.to_str().and_then(named) else { continue };
            // Of the running line only what the mark knows: the next one may still be cut anew.
            if line == self.mark.line && seq > self.mark.seq {
                continue;
            }
            let bytes = entry.metadata().map_or(0, |data| data.len());
            all.push(Waiting { path, line, seq, at_ms, bytes });
        }
        all.sort_by_key(|one| (one.at_ms, one.seq));
        Ok(all)
    }

    /// It was brought away.
    pub fn done(&self, waiting: &Waiting) -> Result<()> {
        fs::remove_file(&waiting.path).map_err(|why| unusable(&waiting.path, &why))
    }

    /// Whether the log is long enough to be folded into the file.
    pub fn wants_fold(&self) -> bool {
        !self.mark.folded && self.mark.position.frames >= self.tried + FOLD_FRAMES
    }

    /// Cuts the last of it and folds the log. To be called by the thread that alone writes, between two
    /// transactions, so that nothing is written between the two.
    pub fn fold(&mut self, conn: &mut Conn, line: &str, now: Timestamp) -> DbResult<Result<()>> {
        if let Err(why) = self.cut(line, now) {
            return Ok(Err(why));
        }
        let (log, folded) = fold(conn)?;
        let frames = i64::try_from(self.mark.position.frames).unwrap_or(i64::MAX);
        self.tried = self.mark.position.frames;
        if log == frames && folded == frames {
            let mark = Mark { folded: true, ..self.mark.clone() };
            return Ok(self.keep(mark));
        }
        Ok(Ok(()))
    }
}

fn nothing(line: &str, now: Timestamp) -> Mark {
    Mark {
        line: line.to_owned(),
        seq: 0,
        digest: line.to_owned(),
        at_ms: now.as_ms(),
        position: Position::default(),
        folded: false,
        page_size: 0,
        pages: 0,
    }
}

/// The line, the number and the moment in the name of a segment.
pub fn named(name: &str) -> Option<(String, u64, i64)> {
    let mut parts = name.strip_suffix(".seg")?.split('_');
    let (line, seq, at_ms) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.next().is_none() && !line.is_empty()).then(|| (line.to_owned(), seq, at_ms))
}
