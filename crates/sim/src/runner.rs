//! Puts one pile on a real link: the only part of a pile that knows sockets and sleeps.

use crate::car::Car;
use crate::http;
use crate::load::wire::base64;
use crate::pile::{Action, Output, Pile, PileConfig, View};
use crate::tls::Wire;
use crate::trunk::Joined;
use futures_util::{SinkExt, StreamExt};
use model::time::{Clock, Timestamp};
use std::io::{Error, ErrorKind, Result};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

const BACK_OFF_FIRST_MS: i64 = 500;
const BACK_OFF_MAX_MS: i64 = 15_000;
/// Bounds on how long to sleep: the lower one so that no mistake in a deadline spins a core.
const SLEEP_MS: (i64, i64) = (20, 60_000);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A running pile. Dropping the handle leaves it running; [`PileHandle::stop`] ends it.
pub struct PileHandle {
    pub code: String,
    pub connectors: usize,
    actions: mpsc::UnboundedSender<Action>,
    seen: watch::Receiver<Seen>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// What a bystander sees of a pile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Connected and accepted by the platform (booted, or logged in with a tariff).
    pub in_service: bool,
    pub connectors: Vec<View>,
}

impl Seen {
    /// Connectors are numbered from 1.
    pub fn connector(&self, connector: usize) -> Option<&View> {
        self.connectors.get(connector.checked_sub(1)?)
    }
}

impl PileHandle {
    /// Starts the pile on the runtime that this is called on.
    pub fn start(config: PileConfig, clock: Clock) -> PileHandle {
        let (actions, inbox) = mpsc::unbounded_channel();
        let (stop, stopped) = watch::channel(false);
        let (show, seen) = watch::channel(Seen::default());
        let (code, connectors) = (config.code.clone(), config.connectors);
        let clock = OwnClock { clock, ahead_ms: config.behaviours.clock_skew_ms };
        let pile = Pile::new(config.clone(), clock.now());
        let runner = Runner { config, pile, clock, inbox, show, stopped, moved: Moving::new() };
        let task = tokio::spawn(runner.run());
        PileHandle { code, connectors, actions, seen, stop, task }
    }

    pub fn act(&self, action: Action) {
        // A pile that has been stopped does nothing.
        let _ = self.actions.send(action);
    }

    pub fn plug(&self, connector: usize, car: Car) {
        self.act(Action::Plug(connector, Box::new(car)));
    }

    pub fn unplug(&self, connector: usize) {
        self.act(Action::Unplug(connector));
    }

    pub fn swipe(&self, connector: usize, tag: &str) {
        self.act(Action::Swipe(connector, tag.to_owned()));
    }

    pub fn fault(&self, connector: usize) {
        self.act(Action::Fault(connector));
    }

    pub fn repair(&self, connector: usize) {
        self.act(Action::Repair(connector));
    }

    pub fn emergency_stop(&self, connector: usize) {
        self.act(Action::EmergencyStop(connector));
    }

    pub fn cut_link(&self, duration: Duration) {
        self.act(Action::CutLink(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)));
    }

    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    pub fn watch(&self) -> watch::Receiver<Seen> {
        self.seen.clone()
    }

    /// Another handle's way to act on this pile.
    pub fn actions(&self) -> mpsc::UnboundedSender<Action> {
        self.actions.clone()
    }

    /// Waits until what is seen is as wanted; `false` when that took too long or the pile ended.
    pub async fn wait_for(&self, within: Duration, wanted: impl FnMut(&Seen) -> bool) -> bool {
        let mut seen = self.seen.clone();
        matches!(tokio::time::timeout(within, seen.wait_for(wanted)).await, Ok(Ok(_)))
    }

    /// Hangs up and ends the task.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

pub(crate) enum Link {
    WebSocket(Box<WebSocketStream<Box<dyn Wire>>>),
    Tcp(TcpStream),
    Trunk(Joined),
}

impl Link {
    pub(crate) async fn open(config: &PileConfig) -> Result<Link> {
        if let Some(trunk) = &config.trunk {
            return Ok(Link::Trunk(trunk.join().await?));
        }
        if config.protocol.is_ykc() {
            let stream = TcpStream::connect(&config.address).await?;
            stream.set_nodelay(true)?;
            return Ok(Link::Tcp(stream));
        }
        let url = format!("{}/{}", config.address.trim_end_matches('/'), config.code);
        let mut request = url.into_client_request().map_err(Error::other)?;
        let uri = request.uri();
        let host =
            uri.host().ok_or_else(|| Error::new(ErrorKind::InvalidInput, "the address has no host"))?;
        let is_secure = uri.scheme_str() == Some("wss");
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        let stream: Box<dyn Wire> = match &config.tls {
            Some(tls) if is_secure => tls.connect(host, stream).await?,
            None if is_secure => {
                return Err(Error::new(ErrorKind::InvalidInput, "wss needs to know whom the pile trusts"));
            }
            _ => Box::new(stream),
        };
        let headers = request.headers_mut();
        headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(config.protocol.as_str()));
        // One that shows a certificate has no password (profile 3).
        if !config.password.is_empty() || config.tls.is_none() {
            let basic =
                format!("Basic {}", base64(format!("{}:{}", config.code, config.password).as_bytes()));
            headers.insert("Authorization", HeaderValue::from_str(&basic).map_err(Error::other)?);
        }
        let limits = WebSocketConfig::default().read_buffer_size(4_096);
        let (socket, _) = tokio_tungstenite::client_async_with_config(request, stream, Some(limits))
            .await
            .map_err(Error::other)?;
        Ok(Link::WebSocket(Box::new(socket)))
    }

    /// The next message or piece of the stream. Cancelling it loses nothing.
    pub(crate) async fn receive(&mut self, buffer: &mut [u8]) -> Result<Vec<u8>> {
        match self {
            Link::WebSocket(socket) => loop {
                match socket.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(text.as_bytes().to_vec()),
                    Some(Ok(Message::Close(_))) | None => return Err(ErrorKind::UnexpectedEof.into()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(Error::other(error)),
                }
            },
            Link::Tcp(stream) => match stream.read(buffer).await? {
                0 => Err(ErrorKind::UnexpectedEof.into()),
                read => Ok(buffer.get(..read).unwrap_or_default().to_vec()),
            },
            Link::Trunk(joined) => joined.receive().await,
        }
    }

    pub(crate) async fn send(&mut self, bytes: Vec<u8>) -> Result<()> {
        match self {
            Link::WebSocket(socket) => {
                let text = String::from_utf8(bytes).map_err(Error::other)?;
                socket.send(Message::Text(text.into())).await.map_err(Error::other)
            }
            Link::Tcp(stream) => stream.write_all(&bytes).await,
            Link::Trunk(joined) => joined.send(bytes),
        }
    }

    /// Nothing more is said; what the other side says meanwhile can still be heard.
    pub(crate) async fn goodbye(&mut self) {
        // A link that is gone already needs no goodbye.
        let _ = match self {
            Link::WebSocket(socket) => socket.as_mut().close(None).await.map_err(Error::other),
            Link::Tcp(stream) => stream.shutdown().await,
            // The others on the wire go on.
            Link::Trunk(_) => Ok(()),
        };
    }
}

/// What the pile takes for the time.
struct OwnClock {
    clock: Clock,
    ahead_ms: i64,
}

impl OwnClock {
    fn now(&self) -> Timestamp {
        self.clock.now().plus_ms(self.ahead_ms)
    }
}

struct Runner {
    config: PileConfig,
    pile: Pile,
    clock: OwnClock,
    inbox: mpsc::UnboundedReceiver<Action>,
    show: watch::Sender<Seen>,
    stopped: watch::Receiver<bool>,
    moved: Moving,
}

/// What came of a file.
enum Moved {
    Fetched(Option<Vec<u8>>),
    Uploaded(bool),
}

/// Files under way beside the link.
struct Moving {
    tell: mpsc::UnboundedSender<Moved>,
    done: mpsc::UnboundedReceiver<Moved>,
}

impl Moving {
    fn new() -> Moving {
        let (tell, done) = mpsc::unbounded_channel();
        Moving { tell, done }
    }

    fn begin(&self, output: Output) {
        let tell = self.tell.clone();
        tokio::spawn(async move {
            let moved = match output {
                Output::Fetch { url } => Moved::Fetched(http::get(&url).await.ok()),
                Output::Upload { url, body } => Moved::Uploaded(http::put(&url, &body).await.is_ok()),
                _ => return,
            };
            // A pile that has been stopped needs no file.
            let _ = tell.send(moved);
        });
    }
}

/// Why a link was left.
enum Left {
    Stopped,
    Lost,
    HungUp { again_after_ms: i64 },
}

impl Runner {
    async fn run(mut self) {
        let mut back_off_ms = BACK_OFF_FIRST_MS;
        loop {
            let opened = tokio::select! {
                opened = tokio::time::timeout(CONNECT_TIMEOUT, Link::open(&self.config)) => opened,
                _ = self.stopped.wait_for(|stop| *stop) => return,
            };
            let wait_ms = match opened {
                Ok(Ok(link)) => {
                    let linked_at = self.clock.now();
                    let left = self.talk(link).await;
                    self.pile.disconnected(self.clock.now());
                    self.publish(false);
                    match left {
                        Left::Stopped => return,
                        Left::HungUp { again_after_ms } => again_after_ms,
                        Left::Lost => {
                            if self.clock.now().since(linked_at) > BACK_OFF_MAX_MS {
                                back_off_ms = BACK_OFF_FIRST_MS;
                            }
                            back_off_ms
                        }
                    }
                }
                _ => back_off_ms,
            };
            back_off_ms = (back_off_ms * 2).min(BACK_OFF_MAX_MS);
            let until = self.clock.now().plus_ms(wait_ms);
            if self.alone(until).await {
                return;
            }
        }
    }

    async fn talk(&mut self, mut link: Link) -> Left {
        let mut buffer = vec![0; 2_048];
        self.pile.connected(self.clock.now());
        loop {
            while let Some(output) = self.pile.next_output() {
                match output {
                    Output::Send(bytes) => {
                        if link.send(bytes).await.is_err() {
                            return Left::Lost;
                        }
                    }
                    Output::HangUp { again_after_ms } => return Left::HungUp { again_after_ms },
                    Output::Fetch { .. } | Output::Upload { .. } => self.moved.begin(output),
                }
            }
            self.publish(true);
            let nap = nap(self.pile.deadline(), self.clock.now());
            tokio::select! {
                received = link.receive(&mut buffer) => match received {
                    Ok(bytes) => self.pile.receive(&bytes, self.clock.now()),
                    Err(_) => return Left::Lost,
                },
                Some(action) = self.inbox.recv() => self.pile.act(action, self.clock.now()),
                Some(moved) = self.moved.done.recv() => match moved {
                    Moved::Fetched(bytes) => self.pile.fetched(bytes.as_deref(), self.clock.now()),
                    Moved::Uploaded(done) => self.pile.uploaded(done, self.clock.now()),
                },
                () = tokio::time::sleep(nap) => self.pile.tick(self.clock.now()),
                _ = self.stopped.wait_for(|stop| *stop) => return Left::Stopped,
            }
        }
    }

    /// Life goes on without a link; `true` when the pile was stopped.
    async fn alone(&mut self, until: Timestamp) -> bool {
        loop {
            // Nobody hears it, and a cut of a link that is not there is none.
            while self.pile.next_output().is_some() {}
            self.publish(false);
            let now = self.clock.now();
            if now >= until {
                return false;
            }
            let nap = nap(self.pile.deadline().min(until), now);
            tokio::select! {
                Some(action) = self.inbox.recv() => self.pile.act(action, self.clock.now()),
                () = tokio::time::sleep(nap) => self.pile.tick(self.clock.now()),
                _ = self.stopped.wait_for(|stop| *stop) => return true,
            }
        }
    }

    fn publish(&self, linked: bool) {
        let views = (1..=self.config.connectors).filter_map(|connector| self.pile.view(connector)).collect();
        let seen = Seen { in_service: linked && self.pile.is_in_service(), connectors: views };
        self.show.send_if_modified(|shown| {
            let changed = *shown != seen;
            *shown = seen;
            changed
        });
    }
}

fn nap(until: Timestamp, now: Timestamp) -> Duration {
    let ms = until.since(now).clamp(SLEEP_MS.0, SLEEP_MS.1);
    Duration::from_millis(ms.unsigned_abs())
}
