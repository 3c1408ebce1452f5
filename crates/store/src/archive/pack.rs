//! The file of a backup: what it is, its content compressed and, where a key is given, sealed, and a hash
//! over all of it.
//!
//! `PILEOPS1`, the length of the head, the head (JSON), pieces with their lengths, an empty piece, SHA-256.

use super::damaged;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use model::Result;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};

const MAGIC: &[u8; 8] = b"PILEOPS1";
const PIECE: usize = 256 * 1024;
/// A piece or a head that says it is longer is none of ours.
const LONGEST: usize = 2 * PIECE;

/// The key of sealed backups; its holder alone can read them.
pub type Key = [u8; 32];

/// Which kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// All of the database.
    Full,
    /// What was changed since the piece before.
    Segment,
    /// A file of the data folder.
    File,
}

/// What a file says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub kind: Kind,
    /// The unbroken line of segments that this belongs to.
    pub line: String,
    /// A segment's number; of a full one: the number of the segment that it contains as the last.
    pub seq: u64,
    /// Everything that was committed up to this moment is in it.
    pub at_ms: i64,
    /// The hash of the segment before; of a full one: of the last that it contains.
    pub previous: String,
    pub page_size: u64,
    /// Of the database behind it.
    pub pages: u64,
    /// The version of the product that wrote it.
    pub version: String,
    /// Of the sealed ones: what the key is mixed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seals and opens the pieces of one file: each has its number, and the last one says so.
struct Seal {
    cipher: ChaCha20Poly1305,
    head: Vec<u8>,
    count: u64,
}

impl Seal {
    fn new(key: &Key, salt: &str, head: &[u8]) -> Seal {
        let own = Sha256::new().chain_update(key).chain_update(salt.as_bytes()).finalize();
        let own: [u8; 32] = own.into();
        Seal { cipher: ChaCha20Poly1305::new(&own.into()), head: head.to_vec(), count: 0 }
    }

    fn nonce(&mut self, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.count.to_le_bytes());
        nonce[8] = u8::from(last);
        self.count += 1;
        nonce.into()
    }

    fn seal(&mut self, plain: &[u8], last: bool) -> io::Result<Vec<u8>> {
        let nonce = self.nonce(last);
        let payload = Payload { msg: plain, aad: &self.head };
        self.cipher.encrypt(&nonce, payload).map_err(|_| io::Error::other("the piece could not be sealed"))
    }

    fn open(&mut self, sealed: &[u8], last: bool) -> io::Result<Vec<u8>> {
        let nonce = self.nonce(last);
        let payload = Payload { msg: sealed, aad: &self.head };
        self.cipher.decrypt(&nonce, payload).map_err(|_| io::Error::other(WRONG_KEY))
    }
}

const WRONG_KEY: &str = "sealed with another key, or changed / 密钥不符或内容被改";

/// Cuts what is written into pieces.
struct Pieces<W: Write> {
    out: W,
    hash: Sha256,
    seal: Option<Seal>,
    held: Vec<u8>,
    written: u64,
}

impl<W: Write> Pieces<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.written += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    fn piece(&mut self, last: bool) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        let piece = match &mut self.seal {
            Some(seal) => seal.seal(&held, last)?,
            None => held,
        };
        if !piece.is_empty() {
            self.put(&u32::try_from(piece.len()).unwrap_or(u32::MAX).to_le_bytes())?;
            self.put(&piece)?;
        }
        if last { self.put(&0_u32.to_le_bytes()) } else { Ok(()) }
    }
}

impl<W: Write> Write for Pieces<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE {
            self.piece(false)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A file that is being written; what is written into it is its content.
pub struct Packer<W: Write> {
    deflate: DeflateEncoder<Pieces<W>>,
    plain: u64,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    pub digest: String,
    /// Of the content.
    pub plain_bytes: u64,
    /// Of the file.
    pub stored_bytes: u64,
}

impl<W: Write> Packer<W> {
    /// `salt`: something that no other file has.
    pub fn new(mut out: W, mut head: Head, key: Option<&Key>, salt: &str) -> io::Result<Packer<W>> {
        head.salt = key.map(|_| salt.to_owned());
        let text = serde_json::to_vec(&head).map_err(io::Error::other)?;
        let mut begin = MAGIC.to_vec();
        begin.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        begin.extend_from_slice(&text);
        out.write_all(&begin)?;
        let hash = Sha256::new().chain_update(&begin);
        let seal = key.map(|key| Seal::new(key, salt, &text));
        let written = begin.len() as u64;
        let pieces = Pieces { out, hash, seal, held: Vec::new(), written };
        Ok(Packer { deflate: DeflateEncoder::new(pieces, Compression::fast()), plain: 0 })
    }

    pub fn finish(self) -> io::Result<(W, Packed)> {
        let mut pieces = self.deflate.finish()?;
        pieces.piece(true)?;
        let digest = pieces.hash.finalize();
        pieces.out.write_all(&digest)?;
        pieces.out.flush()?;
        let stored_bytes = pieces.written + digest.len() as u64;
        Ok((pieces.out, Packed { digest: hex(&digest), plain_bytes: self.plain, stored_bytes }))
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.deflate.write(bytes)?;
        self.plain += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts the pieces together again.
struct Joined<R: Read> {
    from: R,
    hash: Sha256,
    seal: Option<Seal>,
    piece: Vec<u8>,
    at: usize,
    /// The length of the piece behind this one: a sealed piece must know whether it is the last.
    next: Option<usize>,
}

impl<R: Read> Joined<R> {
    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.from.read_exact(&mut bytes)?;
        self.hash.update(&bytes);
        Ok(bytes)
    }

    fn length(&mut self) -> io::Result<usize> {
        let four = self.take(4)?;
        let length = four.try_into().map_or(u32::MAX, u32::from_le_bytes) as usize;
        if length > LONGEST {
            Err(io::Error::other("a piece of impossible length / 长度不可能"))
        } else {
            Ok(length)
        }
    }

    /// Reads the next piece; false behind the last one.
    fn advance(&mut self) -> io::Result<bool> {
        let length = match self.next {
            Some(length) => length,
            None => self.length()?,
        };
        self.next = Some(0);
        if length == 0 {
            return Ok(false);
        }
        let piece = self.take(length)?;
        let next = self.length()?;
        self.next = Some(next);
        self.piece = match &mut self.seal {
            Some(seal) => seal.open(&piece, next == 0)?,
            None => piece,
        };
        self.at = 0;
        Ok(true)
    }
}

impl<R: Read> Read for Joined<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() {
            if !self.advance()? {
                return Ok(0);
            }
        }
        let count = into.len().min(self.piece.len() - self.at);
        into[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// A file that is being read. Its content is to be believed after [`Unpacker::finish`] only.
pub struct Unpacker<R: Read> {
    pub head: Head,
    name: String,
    inflate: DeflateDecoder<Joined<R>>,
}

impl<R: Read> Unpacker<R> {
    /// `name`: for whoever is told that something is wrong with it.
    pub fn open(mut from: R, name: &str, key: Option<&Key>) -> Result<Unpacker<R>> {
        let broken = |_: io::Error| damaged(name, "文件不完整", "it is not complete");
        let foreign = || damaged(name, "不是本平台的备份文件", "it is no backup of this product");
        let mut begin = [0; 12];
        from.read_exact(&mut begin).map_err(broken)?;
        let length = u32::from_le_bytes([begin[8], begin[9], begin[10], begin[11]]) as usize;
        if &begin[..8] != MAGIC || length > LONGEST {
            return Err(foreign());
        }
        let mut text = vec![0; length];
        from.read_exact(&mut text).map_err(broken)?;
        let head: Head = serde_json::from_slice(&text).map_err(|_| foreign())?;
        let seal = match (&head.salt, key) {
            (Some(salt), Some(key)) => Some(Seal::new(key, salt, &text)),
            (None, _) => None,
            (Some(_), None) => {
                return Err(model::Error::invalid(
                    "backup_key_file",
                    format!("备份文件 {name} 已加密；请用配置项 backup_key_file 指定加密密钥文件"),
                    format!(
                        "The backup file {name} is sealed. Name the file with its key by the setting backup_key_file."
                    ),
                ));
            }
        };
        let hash = Sha256::new().chain_update(begin).chain_update(&text);
        let joined = Joined { from, hash, seal, piece: Vec::new(), at: 0, next: None };
        Ok(Unpacker { head, name: name.to_owned(), inflate: DeflateDecoder::new(joined) })
    }

    /// Fills `into`; false at the end of the content.
    pub fn fill(&mut self, into: &mut [u8]) -> Result<bool> {
        let mut got = 0;
        while got < into.len() {
            match self.inflate.read(&mut into[got..]) {
                Ok(0) if got == 0 => return Ok(false),
                Ok(0) => return Err(damaged(&self.name, "内容提前结束", "its content ends too early")),
                Ok(count) => got += count,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                Err(why) => return Err(damaged(&self.name, &why.to_string(), &why.to_string())),
            }
        }
        Ok(true)
    }

    /// Some of the content; nothing at its end.
    pub fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        self.inflate.read(into).map_err(|why| damaged(&self.name, &why.to_string(), &why.to_string()))
    }

    /// Reads to the end and compares the hash, which it gives back.
    pub fn finish(mut self) -> Result<String> {
        let name = self.name;
        let told = |why: io::Error| damaged(&name, &why.to_string(), &why.to_string());
        io::copy(&mut self.inflate, &mut io::sink()).map_err(told)?;
        let mut joined = self.inflate.into_inner();
        while joined.advance().map_err(told)? {}
        let mut shown = [0; 32];
        joined.from.read_exact(&mut shown).map_err(told)?;
        let counted: [u8; 32] = joined.hash.finalize().into();
        if counted == shown {
            Ok(hex(&counted))
        } else {
            Err(damaged(&name, "校验和不符", "its checksum differs"))
        }
    }
}
