//! The generator's own WebSocket client: one masked text frame out, one unmasked text frame in.
//!
//! Written by hand because the generator shares two cores with the server that it measures: what it
//! does not spend on a general client is there for the load. Not for anything but a benchmark: no
//! fragments, no extensions, a fixed handshake key (whose right answer is then a constant).

use super::Speech;
use std::io::{Error, ErrorKind, Result};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Range;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Key and answer of the example in RFC 6455.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const READ_BUFFER: usize = 4_096;
/// A server that sends more in one frame is not one that this client can measure.
const FRAME_MAX: usize = 1 << 20;

/// Where the piles go: `ws://HOST:PORT/PATH`, the pile's code follows the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub address: SocketAddr,
    host: String,
    path: String,
    pub speech: Speech,
}

impl Target {
    pub async fn resolve(url: &str, speech: Speech) -> Result<Target> {
        let rest = url.strip_prefix("ws://").ok_or_else(|| invalid("the address must begin with ws://"))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host_port = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
        let address = tokio::net::lookup_host(&host_port)
            .await?
            .next()
            .ok_or_else(|| invalid("the host of the address has no IP address"))?;
        let path = path.trim_end_matches('/');
        let path = if path.is_empty() { String::new() } else { format!("/{path}") };
        Ok(Target { address, host: host.to_owned(), path, speech })
    }

    fn request(&self, code: &str, password: &str) -> String {
        let basic = base64(format!("{code}:{password}").as_bytes());
        format!(
            "GET {}/{code} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\
             Sec-WebSocket-Protocol: {}\r\nAuthorization: Basic {basic}\r\n\r\n",
            self.path,
            self.host,
            self.speech.subprotocol(),
        )
    }
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, what)
}

/// RFC 4648 with padding.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |w, b| (w << 8) | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place)) as usize & 63];
            out.push(if place > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

pub struct Link {
    stream: TcpStream,
    input: Vec<u8>,
    /// What is read but not yet taken.
    unread: Range<usize>,
    message: Range<usize>,
    output: Vec<u8>,
    mask: [u8; 4],
}

impl Link {
    /// Connects and shakes hands. `source` is the loopback address to come from, for more piles than
    /// one address has ports.
    pub async fn open(target: &Target, source: Option<Ipv4Addr>, code: &str, password: &str) -> Result<Link> {
        let stream = match source {
            Some(source) => {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::new(IpAddr::V4(source), 0))?;
                socket.connect(target.address).await?
            }
            None => TcpStream::connect(target.address).await?,
        };
        stream.set_nodelay(true)?;
        let seed = code.bytes().fold(0x9E37_79B9_u32, |h, b| h.rotate_left(5) ^ u32::from(b));
        let mut link = Link {
            stream,
            input: vec![0; READ_BUFFER],
            unread: 0..0,
            message: 0..0,
            output: Vec::with_capacity(1_024),
            mask: (seed | 1).to_ne_bytes(),
        };
        link.stream.write_all(target.request(code, password).as_bytes()).await?;
        link.shake_hands().await?;
        Ok(link)
    }

    async fn shake_hands(&mut self) -> Result<()> {
        let end = loop {
            let head = &self.input[self.unread.clone()];
            if let Some(at) = head.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            self.fill().await?;
        };
        let head =
            String::from_utf8_lossy(&self.input[self.unread.start..self.unread.start + end]).into_owned();
        let status = head.split(' ').nth(1).unwrap_or_default();
        if status != "101" {
            return Err(Error::new(
                ErrorKind::PermissionDenied,
                format!("the server answered HTTP {status}"),
            ));
        }
        if !head.contains(ACCEPT) {
            return Err(Error::new(
                ErrorKind::InvalidData,
                "the handshake has the wrong Sec-WebSocket-Accept",
            ));
        }
        self.unread.start += end;
        Ok(())
    }

    /// Sends the text that `write` appends, as one frame in one system call.
    pub async fn send(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        let start = self.frame(0x81, write);
        self.stream.write_all(&self.output[start..]).await
    }

    /// Room for the longest header is left in front; the real header is put right before the text.
    /// Tells where it begins.
    fn frame(&mut self, opcode: u8, write: impl FnOnce(&mut Vec<u8>)) -> usize {
        const HEAD: usize = 8;
        self.output.clear();
        self.output.resize(HEAD, 0);
        write(&mut self.output);
        let length = self.output.len() - HEAD;
        for (place, byte) in self.output[HEAD..].iter_mut().enumerate() {
            *byte ^= self.mask[place & 3];
        }
        self.output[4..8].copy_from_slice(&self.mask);
        if length < 126 {
            self.output[2] = opcode;
            self.output[3] = 0x80 | u8::try_from(length).unwrap_or(0);
            2
        } else {
            // Our longest message has 700 bytes.
            let [high, low] = u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
            self.output[..4].copy_from_slice(&[opcode, 0x80 | 126, high, low]);
            0
        }
    }

    /// Waits for the next text message, which [`Link::message`] then shows. Pings are answered.
    pub async fn receive(&mut self) -> Result<()> {
        loop {
            let Some((opcode, payload, end)) = self.parse()? else {
                self.fill().await?;
                continue;
            };
            self.unread.start = end;
            match opcode {
                0x81 | 0x82 => {
                    self.message = payload;
                    return Ok(());
                }
                0x89 => {
                    let ping = self.input[payload].to_vec();
                    let start = self.frame(0x8A, |out| out.extend_from_slice(&ping));
                    self.stream.write_all(&self.output[start..]).await?;
                }
                0x8A => {}
                0x88 => return Err(Error::new(ErrorKind::ConnectionAborted, "the server closed the link")),
                _ => {
                    return Err(Error::new(ErrorKind::InvalidData, "a frame that this client does not know"));
                }
            }
        }
    }

    pub fn message(&self) -> &[u8] {
        &self.input[self.message.clone()]
    }

    fn parse(&self) -> Result<Option<(u8, Range<usize>, usize)>> {
        let bytes = &self.input[self.unread.clone()];
        let [opcode, short, ..] = *bytes else {
            return Ok(None);
        };
        let (length, head) = match short {
            0..=125 => (usize::from(short), 2),
            126 => match bytes.get(2..4) {
                Some(size) => (size.iter().fold(0, |n, b| (n << 8) | usize::from(*b)), 4),
                None => return Ok(None),
            },
            127 => match bytes.get(2..10) {
                Some(size) => (size.iter().fold(0, |n: usize, b| (n << 8) | usize::from(*b)), 10),
                None => return Ok(None),
            },
            _ => return Err(Error::new(ErrorKind::InvalidData, "a masked frame from the server")),
        };
        if length > FRAME_MAX {
            return Err(Error::new(ErrorKind::InvalidData, "a frame of more than a megabyte"));
        }
        if bytes.len() < head + length {
            return Ok(None);
        }
        let start = self.unread.start + head;
        Ok(Some((opcode, start..start + length, start + length)))
    }

    async fn fill(&mut self) -> Result<()> {
        if self.unread.is_empty() {
            self.unread = 0..0;
        } else if self.unread.end == self.input.len() {
            if self.unread.start == 0 {
                self.input.resize(self.input.len() * 2, 0);
            } else {
                self.input.copy_within(self.unread.clone(), 0);
                self.unread = 0..self.unread.len();
            }
        }
        let read = self.stream.read(&mut self.input[self.unread.end..]).await?;
        if read == 0 {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the server hung up"));
        }
        self.unread.end += read;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_the_rfc() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
