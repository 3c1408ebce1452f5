//! Calls out to the merchant, until it says yes: after a second, and then ever more seldom.

use super::{Channel, signature};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(5);
const AGAIN_S: [u64; 6] = [1, 3, 10, 30, 120, 600];

impl Channel {
    /// In the background; `key` draws the moods.
    pub(super) fn notify(self: &Arc<Self>, key: &str, url: &str, body: &Value) {
        let moods = &self.options.moods;
        if moods.drawn("lost", key, moods.lost_percent) {
            return;
        }
        let times = if moods.drawn("repeated", key, moods.repeated_percent) { 3 } else { 1 };
        let (own, url, body) = (Arc::clone(self), url.to_owned(), body.to_string());
        tokio::spawn(async move {
            for _ in 0..times {
                own.tell(&url, &body).await;
            }
        });
    }

    async fn tell(&self, url: &str, body: &str) {
        for wait in AGAIN_S {
            let said = tokio::time::timeout(PATIENCE, self.post(url, body)).await;
            if matches!(said, Ok(Some(200..=299))) {
                return;
            }
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
    }

    /// The status of the answer.
    async fn post(&self, url: &str, body: &str) -> Option<u16> {
        let rest = url.strip_prefix("http://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host_port = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
        let (path, now) = (format!("/{path}"), self.now().as_ms().to_string());
        let signed = signature(&self.options.secret, &now, &path, body.as_bytes());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\npaysim-time: {now}\r\npaysim-signature: {signed}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(&host_port).await.ok()?;
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(body.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        stream.take(64 * 1024).read_to_end(&mut answer).await.ok()?;
        String::from_utf8_lossy(&answer).split_whitespace().nth(1)?.parse().ok()
    }
}
