//! Where backups are brought to: a folder (of another disk, or of another machine) or an object store.

use super::s3::S3;
use model::{Error, Result};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A place for backups.
#[derive(Clone)]
pub enum Place {
    Folder(PathBuf),
    S3(S3),
}

/// A file at the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    pub bytes: u64,
}

/// Shows that a folder is the one that it was: a mount point without its disk is a folder, too.
const MARKER: &str = "pileops-backup.id";

/// The place cannot be reached or does not take it; nothing is lost, it is tried again.
pub fn unreachable(place: &str, why: &dyn std::fmt::Display) -> Error {
    let why = why.to_string();
    unreachable_as(place, &why, &why)
}

fn unreachable_as(place: &str, zh: &str, en: &str) -> Error {
    Error::refused(
        "backup.unreachable",
        format!("备份地 {place} 无法读写：{zh}；请检查网络、挂载、权限与剩余空间，恢复后会自动补传"),
        format!(
            "The backup place {place} cannot be read or written: {en}. Check the network, the mount, its permissions and \
             free space; what waits is brought there by itself afterwards."
        ),
    )
}

impl Place {
    /// As people see it, without secrets.
    pub fn shown(&self) -> String {
        match self {
            Place::Folder(folder) => folder.display().to_string(),
            Place::S3(s3) => s3.shown(),
        }
    }

    /// The place's own id. A folder is given `fresh` when it has none; `known`: what it had the last time.
    pub async fn ready(&self, known: Option<String>, fresh: String) -> Result<String> {
        let Place::Folder(folder) = self else { return Ok(known.unwrap_or(fresh)) };
        let (folder, shown) = (folder.clone(), self.shown());
        apart(move || {
            let failed = |why: io::Error| unreachable(&shown, &why);
            let marker = folder.join(MARKER);
            match (fs::read_to_string(&marker), known) {
                (Ok(found), Some(known)) if found.trim() != known => Err(unreachable_as(
                    &shown,
                    "这是另一套备份的目录（标识不符）",
                    "it is the folder of another backup (its id differs)",
                )),
                (Ok(found), _) => Ok(found.trim().to_owned()),
                (Err(_), Some(_)) => Err(unreachable_as(
                    &shown,
                    "目录为空或未挂载（缺少 pileops-backup.id）",
                    "it is empty or not mounted (pileops-backup.id is missing)",
                )),
                (Err(why), None) if why.kind() == io::ErrorKind::NotFound => {
                    fs::metadata(&folder).map_err(failed)?;
                    fs::write(&marker, &fresh).map_err(failed)?;
                    Ok(fresh)
                }
                (Err(why), None) => Err(failed(why)),
            }
        })
        .await
    }

    /// Brings a file there; under its name stands all of it or nothing.
    pub async fn put(&self, name: &str, from: &Path) -> Result<()> {
        let (folder, shown) = match self {
            Place::Folder(folder) => (folder, self.shown()),
            Place::S3(s3) => return s3.put(name, from).await,
        };
        let (path, from) = (folder.join(name), from.to_owned());
        apart(move || copy(&from, &path).map_err(|why| unreachable(&shown, &why))).await
    }

    /// All files whose names begin so, in the order of their names.
    pub async fn list(&self, prefix: &str) -> Result<Vec<Found>> {
        let (folder, shown) = match self {
            Place::Folder(folder) => (folder.clone(), self.shown()),
            Place::S3(s3) => return s3.list(prefix).await,
        };
        let prefix = prefix.to_owned();
        apart(move || {
            fs::metadata(&folder).map_err(|why| unreachable(&shown, &why))?;
            let mut all = Vec::new();
            walk(&folder, &prefix, &mut all).map_err(|why| unreachable(&shown, &why))?;
            all.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(all)
        })
        .await
    }

    /// A file to read; `scratch`: where it may be put for that.
    pub async fn fetch(&self, name: &str, scratch: &Path) -> Result<PathBuf> {
        match self {
            Place::Folder(folder) => Ok(folder.join(name)),
            Place::S3(s3) => s3.fetch(name, scratch).await,
        }
    }

    pub async fn remove(&self, name: &str) -> Result<()> {
        let (path, shown) = match self {
            Place::Folder(folder) => (folder.join(name), self.shown()),
            Place::S3(s3) => return s3.remove(name).await,
        };
        apart(move || match fs::remove_file(&path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => Err(unreachable(&shown, &why)),
            _ => Ok(()),
        })
        .await
    }
}

/// Work that waits for a disk.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|why| {
        tracing::error!(%why, "work beside the runtime broke down");
        Error::internal()
    })?
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent()
        && !folder.is_dir()
    {
        // One level only: the place itself is not made by us.
        let above = folder.parent().unwrap_or(folder);
        if !above.is_dir() {
            fs::create_dir(above)?;
        }
        fs::create_dir(folder)?;
    }
    let part = to.with_extension("part");
    let done = (|| {
        io::copy(&mut File::open(from)?, &mut File::create(&part)?)?;
        File::open(&part)?.sync_all()?;
        fs::rename(&part, to)
    })();
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done
}

fn walk(folder: &Path, prefix: &str, into: &mut Vec<Found>) -> io::Result<()> {
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((path, before)) = open.pop() {
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            let Some(own) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let name = format!("{before}{own}");
            let data = match entry.metadata() {
                Ok(data) => data,
                // Somebody has just taken it away.
                Err(why) if why.kind() == io::ErrorKind::NotFound => continue,
                Err(why) => return Err(why),
            };
            if data.is_dir() {
                let inside = format!("{name}/");
                if inside.starts_with(prefix) || prefix.starts_with(&inside) {
                    open.push((entry.path(), inside));
                }
            } else if name.starts_with(prefix) && !own.ends_with(".part") {
                into.push(Found { name, bytes: data.len() });
            }
        }
    }
    Ok(())
}
