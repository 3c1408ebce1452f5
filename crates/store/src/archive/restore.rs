//! Putting a database together again: a full image, and the segments behind it up to a moment.

use super::pack::{Head, Key, Kind, Unpacker};
use super::{damaged, unusable};
use model::Result;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A database that is being put together.
pub struct Restoring {
    path: PathBuf,
    file: File,
    /// The hash that the next segment must name as the one before it.
    digest: String,
    /// What was put in last.
    pub head: Head,
}

/// The entries behind the database in a full image.
pub type Entry = (String, Vec<u8>);

const NAME_MAX: usize = 4_096;
const ENTRY_MAX: u64 = 64 * 1024 * 1024;

impl Restoring {
    /// Writes the image to `path`, which must not exist; also what else was in it.
    pub fn full(
        from: impl Read,
        name: &str,
        key: Option<&Key>,
        path: &Path,
    ) -> Result<(Restoring, Vec<Entry>)> {
        let mut pack = Unpacker::open(BufReader::new(from), name, key)?;
        let head = pack.head.clone();
        if head.kind != Kind::Full {
            return Err(damaged(name, "不是完整备份", "it is no full backup"));
        }
        let failed = |why: std::io::Error| unusable(path, &why);
        let mut file = File::options().read(true).write(true).create_new(true).open(path).map_err(failed)?;
        let mut page = vec![0; usize::try_from(head.page_size).unwrap_or(0)];
        for _ in 0..head.pages {
            if !pack.fill(&mut page)? {
                return Err(damaged(name, "页数不足", "it has too few pages"));
            }
            file.write_all(&page).map_err(failed)?;
        }
        let entries = entries(&mut pack, name)?;
        pack.finish()?;
        let restoring = Restoring { path: path.to_owned(), file, digest: head.previous.clone(), head };
        Ok((restoring, entries))
    }

    /// Puts the next segment over it. One that does not follow is refused.
    pub fn segment(&mut self, from: impl Read, name: &str, key: Option<&Key>) -> Result<()> {
        let mut pack = Unpacker::open(BufReader::new(from), name, key)?;
        let head = pack.head.clone();
        let follows =
            head.kind == Kind::Segment && head.line == self.head.line && head.seq == self.head.seq + 1;
        if !follows || head.previous != self.digest {
            return Err(damaged(
                name,
                "与前一段衔接不上（校验链断开）",
                "it does not follow the piece before it: the chain of hashes is broken",
            ));
        }
        let size = usize::try_from(head.page_size).unwrap_or(0);
        let mut number = [0; 4];
        let mut page = vec![0; size];
        let mut pages = Vec::new();
        // Nothing is put in before the whole piece was seen to be right.
        while pack.fill(&mut number)? {
            if !pack.fill(&mut page)? {
                return Err(damaged(name, "内容提前结束", "its content ends too early"));
            }
            pages.push((u32::from_be_bytes(number), page.clone()));
        }
        self.digest = pack.finish()?;
        let failed = |why: std::io::Error| unusable(&self.path, &why);
        for (number, page) in pages {
            let at = u64::from(number.saturating_sub(1)) * head.page_size;
            self.file.seek(SeekFrom::Start(at)).map_err(failed)?;
            self.file.write_all(&page).map_err(failed)?;
        }
        self.file.set_len(head.pages * head.page_size).map_err(failed)?;
        self.head = head;
        Ok(())
    }

    /// All of it is on the disk.
    pub fn finish(self) -> Result<Head> {
        self.file.sync_all().map_err(|why| unusable(&self.path, &why))?;
        Ok(self.head)
    }
}

/// Writes an entry behind the database of a full image.
pub fn entry_write(out: &mut impl Write, name: &str, content: &[u8]) -> std::io::Result<()> {
    out.write_all(&u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes())?;
    out.write_all(name.as_bytes())?;
    out.write_all(&(content.len() as u64).to_be_bytes())?;
    out.write_all(content)
}

fn entries<R: Read>(pack: &mut Unpacker<R>, name: &str) -> Result<Vec<Entry>> {
    let strange = || damaged(name, "附件条目不合规", "one of its entries is not as it should be");
    let mut all = Vec::new();
    let mut four = [0; 4];
    while pack.fill(&mut four)? {
        let length = u32::from_be_bytes(four) as usize;
        if length > NAME_MAX {
            return Err(strange());
        }
        let (mut text, mut eight) = (vec![0; length], [0; 8]);
        if !pack.fill(&mut text)? || !pack.fill(&mut eight)? {
            return Err(strange());
        }
        let size = u64::from_be_bytes(eight);
        let mut content = vec![0; usize::try_from(size.min(ENTRY_MAX)).unwrap_or(0)];
        if size > ENTRY_MAX || (size > 0 && !pack.fill(&mut content)?) {
            return Err(strange());
        }
        let text = String::from_utf8(text).map_err(|_| strange())?;
        // A name is one file of the data folder, and no way out of it.
        if text.is_empty() || text.contains(['/', '\\', '\0']) || text.starts_with('.') {
            return Err(strange());
        }
        all.push((text, content));
    }
    Ok(all)
}
