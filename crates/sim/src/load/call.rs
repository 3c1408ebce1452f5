//! One pile's calls: send, wait for the answer with the same id, and tell the server politely that
//! its own calls are not implemented here.

use super::wire::{Link, Target};
use std::io::Result;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// Who a pile is and where it connects to.
#[derive(Clone, Debug)]
pub struct Identity {
    pub target: Arc<Target>,
    pub source: Option<Ipv4Addr>,
    pub code: String,
    pub password: Arc<str>,
    pub tag: String,
}

pub struct Caller {
    link: Link,
    next_id: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Result,
    Error,
}

impl Caller {
    /// `first_id` goes on over reconnects, because an id must not come twice.
    pub async fn connect(who: &Identity, first_id: u64) -> Result<Caller> {
        let link = Link::open(&who.target, who.source, &who.code, &who.password).await?;
        Ok(Caller { link, next_id: first_id })
    }

    pub fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Calls with what comes after the id (`"Action",{…}]`); the answer is then in
    /// [`Caller::answer`].
    pub async fn call(&mut self, body: &[u8]) -> Result<Reply> {
        let id = self.next_id;
        self.next_id += 1;
        self.link
            .send(|out| {
                out.extend_from_slice(b"[2,\"");
                number(out, id);
                out.extend_from_slice(b"\",");
                out.extend_from_slice(body);
            })
            .await?;
        loop {
            self.link.receive().await?;
            let (kind, answered) = envelope(self.link.message());
            match kind {
                b'3' if answered == Some(id) => return Ok(Reply::Result),
                b'4' if answered == Some(id) => return Ok(Reply::Error),
                b'2' => self.decline().await?,
                // The answer to a call that was given up.
                _ => {}
            }
        }
    }

    pub fn answer(&self) -> &[u8] {
        self.link.message()
    }

    /// Only listens, for piles that are connected and quiet. Ends when the link does.
    pub async fn listen(&mut self) -> Result<()> {
        loop {
            self.link.receive().await?;
            if envelope(self.link.message()).0 == b'2' {
                self.decline().await?;
            }
        }
    }

    async fn decline(&mut self) -> Result<()> {
        let id = quoted(self.link.message()).to_vec();
        self.link
            .send(|out| {
                out.extend_from_slice(b"[4,\"");
                out.extend_from_slice(&id);
                out.extend_from_slice(b"\",\"NotImplemented\",\"\",{}]");
            })
            .await
    }
}

/// The message type and, when it is a number (as ours are), the id.
fn envelope(message: &[u8]) -> (u8, Option<u64>) {
    let kind = message.iter().copied().find(u8::is_ascii_digit).unwrap_or(0);
    let id = quoted(message);
    let value = id.iter().try_fold(0u64, |value, digit| {
        digit.is_ascii_digit().then(|| value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
    });
    (kind, if id.is_empty() { None } else { value })
}

/// What stands between the first two quotation marks.
fn quoted(message: &[u8]) -> &[u8] {
    message.split(|byte| *byte == b'"').nth(1).unwrap_or_default()
}

/// The integer after `"name":`, without a JSON parser.
pub fn integer_after(message: &[u8], name: &[u8]) -> Option<i64> {
    let at = message.windows(name.len()).position(|w| w == name)? + name.len();
    let rest = message.get(at..)?;
    let from = rest.iter().position(|b| b.is_ascii_digit() || *b == b'-')?;
    let digits = &rest[from..];
    let end = digits.iter().skip(1).position(|b| !b.is_ascii_digit()).map_or(digits.len(), |e| e + 1);
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

/// Decimal digits without the formatting machinery.
pub fn number(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0u8; 20];
    let mut place = digits.len();
    let mut rest = value;
    loop {
        place -= 1;
        digits[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[place..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_without_a_parser() {
        assert_eq!(envelope(br#"[3,"17",{}]"#), (b'3', Some(17)));
        assert_eq!(envelope(br#"[ 4 , "18" , "InternalError","",{}]"#), (b'4', Some(18)));
        assert_eq!(envelope(br#"[2,"a-b","Reset",{}]"#), (b'2', None));
        assert_eq!(envelope(b"nonsense"), (0, None));
        let start = br#"[3,"1",{"idTagInfo":{"status":"Accepted"},"transactionId": 4711}]"#;
        assert_eq!(integer_after(start, b"\"transactionId\""), Some(4_711));
        assert_eq!(integer_after(start, b"\"other\""), None);
        let mut out = Vec::new();
        [0, 9, 10, u64::MAX].into_iter().for_each(|n| number(&mut out, n));
        assert_eq!(out, b"091018446744073709551615");
    }
}
