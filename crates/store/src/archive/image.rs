//! An image of the whole database while it is being written to: the file as it stands, and over it what
//! the log has up to the mark. Nobody folds the log meanwhile, so that the file does not change.

use super::pack::{Head, Kind, Packer};
use super::tail::Tail;
use super::wal::Wal;
use super::{log_of, unusable};
use model::Result;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

/// What an image is made of. As long as it lives, the log must not be folded.
pub struct Image {
    file: &'static File,
    wal: Option<Wal>,
    over: HashMap<u32, u64>,
    pub head: Head,
    database: PathBuf,
}

impl Image {
    /// Of the state at the mark, that is: just after a cut.
    pub fn of(tail: &Tail) -> Result<Image> {
        let mark = tail.mark();
        let log = log_of(&tail.database);
        let failed = |why: io::Error| unusable(&log, &why);
        let mut wal = Wal::open(&log).map_err(failed)?;
        let mut over = HashMap::new();
        let mut head = tail.head(Kind::Full, mark);
        if let Some(wal) = &mut wal
            && wal.start.salts == mark.position.salts
        {
            over = wal.scan(wal.start, Some(mark.position.frames)).map_err(failed)?.pages;
        }
        if head.pages == 0 {
            // Nothing was ever in the log: the file says it all.
            let failed = |why: io::Error| unusable(&tail.database, &why);
            let mut begin = [0; 100];
            read_at(tail.file, &mut begin, 0).map_err(failed)?;
            head.page_size = match u16::from_be_bytes([begin[16], begin[17]]) {
                1 => 65_536,
                size => u64::from(size),
            };
            let length = tail.file.metadata().map_err(failed)?.len();
            head.pages = length / head.page_size.max(1);
        }
        Ok(Image { file: tail.file, wal, over, head, database: tail.database.clone() })
    }

    pub fn bytes(&self) -> u64 {
        self.head.page_size * self.head.pages
    }

    /// Writes all pages in their order. `rest` is called from time to time, to leave the disk to others.
    pub fn write<W: Write>(&mut self, packer: &mut Packer<W>, mut rest: impl FnMut()) -> Result<()> {
        let mut page = vec![0; usize::try_from(self.head.page_size).unwrap_or(0)];
        for number in 1..=self.head.pages {
            let read = match (u32::try_from(number).ok().and_then(|n| self.over.get(&n)), &mut self.wal) {
                (Some(place), Some(wal)) => wal.page(*place, &mut page),
                _ => read_at(self.file, &mut page, (number - 1) * self.head.page_size),
            };
            read.and_then(|()| packer.write_all(&page)).map_err(|why| unusable(&self.database, &why))?;
            if number % 256 == 0 {
                rest();
            }
        }
        Ok(())
    }
}

/// What lies behind the end of the file was never written, and is nothing.
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    let mut got = 0;
    while got < into.len() {
        match piece_at(file, &mut into[got..], at + got as u64) {
            Ok(0) => break,
            Ok(count) => got += count,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    into[got..].fill(0);
    Ok(())
}

#[cfg(unix)]
fn piece_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn piece_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}
