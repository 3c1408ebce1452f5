//! As much of HTTP as a pile needs to fetch firmware and to send a log: one request, one connection.

use std::io::{Error, ErrorKind, Result};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(60);
/// A pretend pile has a small memory.
const BODY_MAX: u64 = 64 * 1024 * 1024;

pub async fn get(url: &str) -> Result<Vec<u8>> {
    tokio::time::timeout(PATIENCE, ask("GET", url, &[])).await?
}

pub async fn put(url: &str, body: &[u8]) -> Result<()> {
    tokio::time::timeout(PATIENCE, ask("PUT", url, body)).await?.map(drop)
}

async fn ask(method: &str, url: &str, body: &[u8]) -> Result<Vec<u8>> {
    let rest = url.strip_prefix("http://").ok_or_else(|| bad("the address must begin with http://"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host_port = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut stream = TcpStream::connect(&host_port).await?;
    let head = format!(
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    stream.take(BODY_MAX).read_to_end(&mut answer).await?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(|| bad("no HTTP answer"))?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    if !status.starts_with('2') {
        return Err(bad(&format!("answered with {status}")));
    }
    let body = answer.split_off(end + 4);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    match length.and_then(|length| length.trim().parse::<usize>().ok()) {
        Some(length) if length != body.len() => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(body),
    }
}

fn bad(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}
