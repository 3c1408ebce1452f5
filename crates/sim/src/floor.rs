//! The floor of the benchmark: the least that a server must do which keeps its word.
//!
//! On the same runtime and the same WebSocket library as PileOps it parses the JSON array of each
//! call (typed envelope `[2, id, action, payload]`, the payload then as a `serde_json::Value`),
//! appends the message to a file, answers when the file is on the disk, and knows nothing else: no
//! database, no rules, no authentication. One thread writes for all that wait: one write and one
//! `fdatasync` for whatever queued up while the last one ran. What PileOps reaches is reported as a
//! ratio to this.

use futures_util::{SinkExt, StreamExt};
use model::time::Clock;
use serde_json::value::RawValue;
use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    #[arg(long, default_value = "127.0.0.1:9300")]
    pub listen: SocketAddr,
    /// Messages are appended here
    #[arg(long)]
    pub file: PathBuf,
    /// Threads of the server
    #[arg(long, default_value_t = 1)]
    pub threads: usize,
}

struct Floor {
    log: Log,
    clock: Clock,
    transactions: AtomicU64,
}

/// Serves until the process ends.
pub async fn run(options: Options, clock: Clock) -> Result<(), String> {
    let listener =
        TcpListener::bind(options.listen).await.map_err(|e| format!("--listen {}: {e}", options.listen))?;
    println!("floor listening on ws://{}", options.listen);
    serve(listener, &options.file, clock).await
}

/// Serves until the future is dropped.
pub async fn serve(listener: TcpListener, file: &Path, clock: Clock) -> Result<(), String> {
    let log = Log::open(file).map_err(|e| format!("--file {}: {e}", file.display()))?;
    let floor = Arc::new(Floor { log, clock, transactions: AtomicU64::new(0) });
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let floor = floor.clone();
                tokio::spawn(async move { floor.serve(stream).await });
            }
            // Out of file handles: those that are connected go on.
            Err(error) => {
                eprintln!("accept: {error}");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }
}

impl Floor {
    async fn serve(&self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let config = WebSocketConfig::default().read_buffer_size(4_096);
        let shaken =
            tokio_tungstenite::accept_hdr_async_with_config(stream, sub_protocol, Some(config)).await;
        let Ok(mut socket) = shaken else {
            return;
        };
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else {
                continue;
            };
            let Some(answer) = self.answer(text).await else {
                return;
            };
            if socket.send(Message::Text(answer.into())).await.is_err() {
                return;
            }
        }
    }

    /// `None` for what is no call, or when the disk failed.
    async fn answer(&self, text: Utf8Bytes) -> Option<String> {
        let answer = {
            let (kind, id, action, payload): (u8, &str, &str, &RawValue) =
                serde_json::from_str(&text).ok()?;
            let payload: serde_json::Value = serde_json::from_str(payload.get()).ok()?;
            if kind != 2 || !payload.is_object() {
                return None;
            }
            self.compose(id, action)
        };
        self.log.append(text).await.then_some(answer)
    }

    fn compose(&self, id: &str, action: &str) -> String {
        match action {
            "BootNotification" => format!(
                r#"[3,"{id}",{{"status":"Accepted","currentTime":"{}","interval":300}}]"#,
                self.clock.now().rfc3339()
            ),
            "Heartbeat" => format!(r#"[3,"{id}",{{"currentTime":"{}"}}]"#, self.clock.now().rfc3339()),
            "Authorize" | "StopTransaction" => {
                format!(r#"[3,"{id}",{{"idTagInfo":{{"status":"Accepted"}}}}]"#)
            }
            "StartTransaction" => {
                let transaction = self.transactions.fetch_add(1, Ordering::Relaxed) + 1;
                format!(r#"[3,"{id}",{{"transactionId":{transaction},"idTagInfo":{{"status":"Accepted"}}}}]"#)
            }
            _ => format!(r#"[3,"{id}",{{}}]"#),
        }
    }
}

#[expect(clippy::result_large_err, reason = "the library's signature")]
fn sub_protocol(_: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    response.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("ocpp1.6"));
    Ok(response)
}

/// The file and the thread that writes it.
struct Log {
    queue: Arc<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Vec<(Utf8Bytes, oneshot::Sender<()>)>>,
    filled: Condvar,
}

impl Log {
    fn open(path: &Path) -> std::io::Result<Log> {
        let file = File::options().create(true).append(true).open(path)?;
        let queue = Arc::new(Queue::default());
        let taken = queue.clone();
        std::thread::Builder::new().name("log".to_owned()).spawn(move || taken.drain(file))?;
        Ok(Log { queue })
    }

    /// Whether the message is on the disk.
    async fn append(&self, text: Utf8Bytes) -> bool {
        let (done, wait) = oneshot::channel();
        if let Ok(mut waiting) = self.queue.waiting.lock() {
            waiting.push((text, done));
            if waiting.len() == 1 {
                self.queue.filled.notify_one();
            }
        }
        wait.await.is_ok()
    }
}

impl Queue {
    fn drain(&self, mut file: File) {
        let mut batch = Vec::new();
        let mut bytes = Vec::new();
        loop {
            let Ok(mut waiting) = self.waiting.lock() else {
                return;
            };
            while waiting.is_empty() {
                waiting = match self.filled.wait(waiting) {
                    Ok(waiting) => waiting,
                    Err(_) => return,
                };
            }
            std::mem::swap(&mut *waiting, &mut batch);
            drop(waiting);
            bytes.clear();
            for (text, _) in &batch {
                bytes.extend_from_slice(text.as_bytes());
                bytes.push(b'\n');
            }
            if let Err(error) = file.write_all(&bytes).and_then(|()| file.sync_data()) {
                eprintln!("the floor cannot write: {error}");
                return;
            }
            for (_, done) in batch.drain(..) {
                let _ = done.send(());
            }
        }
    }
}
