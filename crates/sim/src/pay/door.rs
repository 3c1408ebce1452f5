//! As much of HTTP as a channel needs: one request, one answer, one connection.

use serde_json::Value;
use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEAD_MAX: usize = 16 * 1024;
const BODY_MAX: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(15);

pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

pub struct Answer {
    status: u16,
    content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Answer {
        let (content_type, body) = ("application/json", body.to_string().into_bytes());
        Answer { status, content_type, headers: Vec::new(), body }
    }

    pub fn page(status: u16, body: String) -> Answer {
        let content_type = "text/html; charset=utf-8";
        Answer { status, content_type, headers: Vec::new(), body: body.into_bytes() }
    }
}

/// Reads one request, answers it and is gone.
pub async fn talk<F: Future<Output = Answer>>(mut stream: TcpStream, answer: impl FnOnce(Request) -> F) {
    let read = tokio::time::timeout(PATIENCE, read(&mut stream)).await;
    let Ok(Some(request)) = read else { return };
    let answer = answer(request).await;
    let mut head = format!(
        "HTTP/1.1 {} -\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\n",
        answer.status,
        answer.content_type,
        answer.body.len()
    );
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&answer.body);
    if stream.write_all(&bytes).await.is_ok() {
        let _ = stream.shutdown().await;
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if bytes.len() > HEAD_MAX || stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut body = bytes.split_off(end + 4);
    let mut lines = head.lines();
    let mut first = lines.next()?.split_whitespace();
    let (method, path) = (first.next()?.to_owned(), first.next()?);
    let path = path.split('?').next().unwrap_or(path).to_owned();
    let pairs = lines.filter_map(|line| line.split_once(':'));
    let headers: HashMap<String, String> =
        pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect();
    let length: usize = headers.get("content-length").map_or(Some(0), |length| length.parse().ok())?;
    if length > BODY_MAX {
        return None;
    }
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    body.truncate(length);
    Some(Request { method, path, headers, body })
}
