//! Reading a write-ahead log as SQLite writes it (file format, section 4): which pages were committed,
//! and where. Never more than is proved by the running checksum.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

const HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
const MAGIC: u32 = 0x377f_0682;

/// How far a log was read: behind this many frames, all of them of transactions that were committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// Which life of the log: changes when it begins anew.
    pub salts: [u32; 2],
    pub frames: u64,
    pub sums: [u32; 2],
}

/// An open log.
pub struct Wal {
    file: File,
    pub page_size: u64,
    big_endian: bool,
    /// Before its first frame.
    pub start: Position,
}

/// What stands between two positions.
pub struct Scan {
    pub end: Position,
    /// Each page's last version: its place in the log.
    pub pages: HashMap<u32, u64>,
    /// The size of the database in pages after the last commit; none without one.
    pub size: Option<u32>,
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// The checksum that runs through the whole log.
fn sum(big_endian: bool, [mut a, mut b]: [u32; 2], bytes: &[u8]) -> [u32; 2] {
    let read = if big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
    for eight in bytes.as_chunks::<8>().0 {
        let [p, q, r, s, t, u, v, w] = *eight;
        a = a.wrapping_add(read([p, q, r, s])).wrapping_add(b);
        b = b.wrapping_add(read([t, u, v, w])).wrapping_add(a);
    }
    [a, b]
}

impl Wal {
    /// None: there is no log, or nothing was ever written to it.
    pub fn open(path: &Path) -> io::Result<Option<Wal>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(why),
        };
        let mut header = [0; HEADER as usize];
        match file.read_exact(&mut header) {
            Ok(()) => {}
            Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(why) => return Err(why),
        }
        let magic = word(&header, 0);
        let big_endian = magic & 1 == 1;
        let sums = sum(big_endian, [0, 0], &header[..24]);
        if magic & !1 != MAGIC || sums != [word(&header, 24), word(&header, 28)] {
            // A log is begun by its header: one that is just being written is not yet one.
            return Ok(None);
        }
        let page_size = match word(&header, 8) {
            1 => 65_536,
            size => u64::from(size),
        };
        let start = Position { salts: [word(&header, 16), word(&header, 20)], frames: 0, sums };
        Ok(Some(Wal { file, page_size, big_endian, start }))
    }

    fn place(&self, frames: u64) -> u64 {
        HEADER + frames * (FRAME_HEADER + self.page_size)
    }

    /// Everything that was committed behind `from`, at most up to `until` frames. A frame that does not
    /// continue the checksum is not there yet, or is one of the log's last life.
    pub fn scan(&mut self, from: Position, until: Option<u64>) -> io::Result<Scan> {
        let mut scan = Scan { end: from, pages: HashMap::new(), size: None };
        let mut open: Vec<(u32, u64)> = Vec::new();
        let mut at = from;
        self.file.seek(SeekFrom::Start(self.place(from.frames)))?;
        let mut reader = BufReader::with_capacity(1 << 18, &self.file);
        let mut header = [0; FRAME_HEADER as usize];
        let mut page = vec![0; usize::try_from(self.page_size).unwrap_or(0)];
        while until.is_none_or(|until| at.frames < until) {
            if !filled(&mut reader, &mut header)? || !filled(&mut reader, &mut page)? {
                break;
            }
            if [word(&header, 8), word(&header, 12)] != from.salts {
                break;
            }
            let sums = sum(self.big_endian, sum(self.big_endian, at.sums, &header[..8]), &page);
            if sums != [word(&header, 16), word(&header, 20)] {
                break;
            }
            open.push((word(&header, 0), self.place(at.frames) + FRAME_HEADER));
            at = Position { frames: at.frames + 1, sums, ..at };
            let size = word(&header, 4);
            if size > 0 {
                scan.pages.extend(open.drain(..));
                (scan.end, scan.size) = (at, Some(size));
            }
        }
        Ok(scan)
    }

    /// The page that stands at this place of the log.
    pub fn page(&mut self, place: u64, into: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(place))?;
        self.file.read_exact(into)
    }
}

/// False at the end of the file, also in the middle of it: somebody is writing there.
fn filled(reader: &mut impl Read, into: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(into) {
        Ok(()) => Ok(true),
        Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(why) => Err(why),
    }
}
