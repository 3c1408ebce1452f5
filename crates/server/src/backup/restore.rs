//! Making a data folder out of what lies at a place.

use super::place::{Place, apart};
use super::plan::{Plan, Stock, moment};
use crate::install::write_private;
use model::time::Timestamp;
use model::{Error, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use store::archive::pack::{Head, Key, Unpacker};
use store::archive::restore::{Entry, Restoring};
use store::archive::{DATABASE, damaged, numbers_skip, unusable};

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    pub plan: Plan,
    pub head: Head,
    pub file_count: usize,
    pub bytes: u64,
}

/// A folder that does not exist yet or has nothing in it.
pub fn folder_check(data: &Path) -> Result<()> {
    let empty = match std::fs::read_dir(data) {
        Ok(mut entries) => entries.next().is_none(),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => true,
        Err(why) => return Err(unusable(data, &why)),
    };
    if empty {
        return Ok(());
    }
    Err(Error::invalid(
        "data",
        format!("目录 {} 不是空的；恢复只写入空目录，请换一个目录或先移走其中的文件", data.display()),
        format!(
            "The folder {} is not empty. A restore writes into an empty one only: choose another, or move away what is there.",
            data.display()
        ),
    ))
}

/// Puts the state of `to` (or the last that there is) into `data`. Until all of it was seen to be right no
/// database stands there under its name.
pub async fn restore(
    place: &Place,
    key: Option<Key>,
    to: Option<Timestamp>,
    data: &Path,
) -> Result<Restored> {
    folder_check(data)?;
    let stock = Stock::of(place.list("").await?);
    let plan = stock.plan(to)?;
    std::fs::create_dir_all(data).map_err(|why| unusable(data, &why))?;
    let done = fill(place, key, &stock, &plan, data).await;
    if done.is_err() {
        // What is half there would only be taken for whole.
        clear(data);
    }
    done
}

fn clear(data: &Path) {
    for entry in std::fs::read_dir(data).into_iter().flatten().flatten() {
        let path = entry.path();
        let _ = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
    }
}

async fn fill(place: &Place, key: Option<Key>, stock: &Stock, plan: &Plan, data: &Path) -> Result<Restored> {
    let scratch = data.join("restore.scratch");
    let part = data.join("pileops.db.part");
    let full = place.fetch(&plan.full.name, &scratch).await?;
    let (name, path) = (plan.full.name.clone(), part.clone());
    let (mut restoring, entries) = apart(move || {
        let from = File::open(&full).map_err(|why| unusable(&full, &why))?;
        Restoring::full(from, &name, key.as_ref(), &path)
    })
    .await?;
    if restoring.head.line != plan.full.line || restoring.head.seq != plan.full.seq {
        return Err(damaged(&plan.full.name, "内容与文件名不符", "its content is not what its name says"));
    }
    let mut bytes = plan.full.bytes;
    for segment in &plan.segments {
        let path = place.fetch(&segment.name, &scratch).await?;
        let name = segment.name.clone();
        restoring = apart(move || {
            let from = File::open(&path).map_err(|why| unusable(&path, &why))?;
            restoring.segment(from, &name, key.as_ref())?;
            Ok(restoring)
        })
        .await?;
        bytes += segment.bytes;
    }
    let head = apart(move || restoring.finish()).await?;
    beside_write(data, entries)?;
    let file_count = files_fill(place, key, stock, data, &scratch).await?;
    let _ = std::fs::remove_file(&scratch);
    let database = data.join(DATABASE);
    std::fs::rename(&part, &database).map_err(|why| unusable(&database, &why))?;
    apart(move || numbers_skip(&database)).await?;
    Ok(Restored { plan: plan.clone(), head, file_count, bytes })
}

fn beside_write(data: &Path, entries: Vec<Entry>) -> Result<()> {
    for (name, content) in entries {
        let path = data.join(&name);
        let text = String::from_utf8(content).map_err(|_| damaged(&name, "不是文本", "it is no text"))?;
        write_private(&path, &text).map_err(|why| unusable(&path, &why))?;
    }
    Ok(())
}

/// Of each file of the data folder the last that was brought away.
async fn files_fill(
    place: &Place,
    key: Option<Key>,
    stock: &Stock,
    data: &Path,
    scratch: &Path,
) -> Result<usize> {
    let mut last = std::collections::BTreeMap::new();
    for file in &stock.files {
        let Some((own, changed_ms)) = file_named(&file.name) else { continue };
        let known = last.entry(own).or_insert((changed_ms, &file.name));
        if changed_ms >= known.0 {
            *known = (changed_ms, &file.name);
        }
    }
    let folder = data.join("files");
    if !last.is_empty() {
        std::fs::create_dir_all(&folder).map_err(|why| unusable(&folder, &why))?;
    }
    for (own, (_, name)) in &last {
        let path = place.fetch(name, scratch).await?;
        let (to, name) = (folder.join(own), (*name).clone());
        apart(move || unpack(&path, &to, &name, key.as_ref())).await?;
    }
    Ok(last.len())
}

/// `files/firmware-12_1795406400000_4096.file`
fn file_named(name: &str) -> Option<(&str, i64)> {
    let mut parts = name.strip_prefix("files/")?.strip_suffix(".file")?.rsplitn(3, '_');
    let (_, changed_ms, own) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    (!own.is_empty() && !own.contains(['/', '\\']) && !own.starts_with('.')).then_some((own, changed_ms))
}

fn unpack(from: &Path, to: &Path, name: &str, key: Option<&Key>) -> Result<()> {
    use std::io::Write;
    let file = File::open(from).map_err(|why| unusable(from, &why))?;
    let mut pack = Unpacker::open(std::io::BufReader::new(file), name, key)?;
    let failed = |why: std::io::Error| unusable(to, &why);
    let mut out = std::io::BufWriter::new(File::create(to).map_err(failed)?);
    let mut piece = vec![0; 1 << 16];
    loop {
        let count = pack.read(&mut piece)?;
        if count == 0 {
            break;
        }
        out.write_all(&piece[..count]).map_err(failed)?;
    }
    out.flush().map_err(failed)?;
    pack.finish().map(drop)
}

/// What was restored, for people.
pub fn told(restored: &Restored, data: &Path) -> String {
    let (at, segments) = (moment(restored.plan.at_ms), restored.plan.segments.len());
    let (data, files) = (data.display(), restored.file_count);
    format!(
        "已恢复到 / restored to {at}：{data}\n完整备份 / full: {}；变更 / segments: {segments}；文件 / files: {files}",
        restored.plan.full.name
    )
}

/// A folder for a restore that is taken away again.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(within: &Path, name: &str) -> Result<Scratch> {
        let path = within.join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).map_err(|why| unusable(&path, &why))?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
