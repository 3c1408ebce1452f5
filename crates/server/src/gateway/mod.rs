//! The door for piles: sockets in, [`engine::device::Inbound`] out. One loop serves every protocol;
//! what differs between a WebSocket and a TCP stream is in [`transport`].

mod ocpp;
mod transport;
mod ykc;

pub use ykc::listen;

use crate::app::App;
use crate::devices::Link;
use engine::device::Inbound;
use model::device::{Answer, CloseReason, DeviceCommand, DeviceEvent, Outcome};
use model::id::{CommandId, PileCode, PileId};
use model::site::Pile;
use model::time::Timestamp;
use protocol::{Asked, Frame, Output, Session};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use store::frames::{FrameRow, Verdict};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, Sleep};
use transport::{Heard, Transport};

/// The piles' door on the HTTP port.
pub fn router(app: Arc<App>) -> axum::Router {
    axum::Router::new().route("/ocpp/{pile}", axum::routing::get(ocpp::upgrade)).with_state(app)
}

/// What others want of a link.
pub enum Order {
    Command(CommandId, Box<DeviceCommand>),
    /// Show that the socket still answers.
    Probe(oneshot::Sender<()>),
    /// Another link of this pile took over.
    Replaced,
    /// The server stops.
    Stop,
}

/// A socket that has been silent for this long is asked whether it lives.
const PING_AFTER: Duration = Duration::from_secs(60);

struct Gate {
    app: Arc<App>,
    session: Session,
    transport: Transport,
    remote_address: String,
    pile: Option<Known>,
    /// Who waits to hear whether this socket lives.
    probes: Vec<oneshot::Sender<()>>,
    closing: bool,
}

/// The pile behind the link, once it is known.
struct Known {
    id: PileId,
    link: Arc<Link>,
}

/// Serves one link to its end.
async fn serve(
    app: Arc<App>,
    session: Session,
    transport: Transport,
    remote_address: String,
    entered: Option<(Arc<Link>, mpsc::Receiver<Order>)>,
) {
    let (known, mut orders) = match entered {
        Some((link, orders)) => (Some(Known { id: link.pile, link }), Some(orders)),
        None => (None, None),
    };
    let mut gate =
        Gate { app, session, transport, remote_address, pile: known, probes: Vec::new(), closing: false };
    gate.run(&mut orders).await;
    gate.session.lost();
    gate.outputs(&mut orders).await;
    gate.transport.close().await;
    gate.leave(&mut orders).await;
}

impl Gate {
    async fn run(&mut self, orders: &mut Option<mpsc::Receiver<Order>>) {
        let mut timer = std::pin::pin!(tokio::time::sleep(PING_AFTER));
        let mut pinged = false;
        while !self.closing {
            let now = self.app.clock().now();
            let wait = match self.session.deadline() {
                Some(at) => Duration::from_millis(at.since(now).max(0).unsigned_abs()).min(PING_AFTER),
                None => PING_AFTER,
            };
            let due = Instant::now() + wait;
            tokio::select! {
                biased;
                heard = self.transport.hear() => match heard {
                    Heard::Bytes(bytes) => {
                        pinged = false;
                        let now = self.seen();
                        self.session.receive(&bytes, now);
                    }
                    Heard::Pong => {
                        pinged = false;
                        self.seen();
                        for probe in self.probes.drain(..) {
                            let _ = probe.send(());
                        }
                    }
                    Heard::Nothing => {}
                    Heard::TooLarge => {
                        self.transport.say_goodbye(CloseReason::TooLarge).await;
                        return;
                    }
                    Heard::End => return,
                },
                order = next_order(orders) => self.order(order).await,
                () = ring(timer.as_mut(), due) => {
                    self.session.tick(self.app.clock().now());
                    if wait >= PING_AFTER {
                        // Twice without a sign of life: nobody is there.
                        if pinged && self.transport.pings() {
                            return;
                        }
                        pinged = true;
                        self.transport.ping().await;
                    }
                }
            }
            self.outputs(orders).await;
        }
    }

    fn seen(&self) -> Timestamp {
        let now = self.app.clock().now();
        if let Some(known) = &self.pile {
            known.link.seen(now);
        }
        now
    }

    async fn order(&mut self, order: Order) {
        match order {
            Order::Command(id, command) => self.session.command(id, &command, self.app.clock().now()),
            Order::Probe(reply) => {
                if self.transport.pings() {
                    self.probes.push(reply);
                    self.transport.ping().await;
                }
                // A TCP pile cannot be asked: its new log-in is believed (云快充 6.1).
            }
            Order::Replaced => self.goodbye(CloseReason::Replaced).await,
            Order::Stop => self.goodbye(CloseReason::Stopping).await,
        }
    }

    async fn goodbye(&mut self, reason: CloseReason) {
        self.transport.say_goodbye(reason).await;
        self.closing = true;
    }

    /// Does what the session wants, in order, until it wants nothing more.
    async fn outputs(&mut self, orders: &mut Option<mpsc::Receiver<Order>>) {
        while let Some(output) = self.session.next() {
            match output {
                Output::Event { asked, event, frame } => self.event(asked, event, frame).await,
                Output::Send { bytes, frame } => {
                    if let Some(frame) = frame {
                        self.keep(frame, false, Verdict::Sent, None);
                    }
                    self.send(bytes).await;
                }
                Output::Rejected { frame, why } => {
                    self.keep(frame, true, Verdict::Rejected, Some(why.en.into_owned()));
                }
                Output::Done { command, outcome, frame } => self.done(command, outcome, frame).await,
                Output::Alive => {}
                Output::Identified(code) => self.identified(code, orders).await,
                Output::Close(reason) => self.goodbye(reason).await,
            }
        }
        self.transport.flush().await;
    }

    async fn event(&mut self, asked: Asked, event: DeviceEvent, frame: Frame) {
        let now = self.app.clock().now();
        let Some(known) = &self.pile else {
            // Not registered, or held by another link: refused, and nothing of it is kept.
            let answer = Ok(Answer::Booted { accepted: false });
            let bytes = asked.render(&answer, now);
            self.send(bytes.clone()).await;
            self.session.answered(&asked, &answer, &bytes, now);
            return;
        };
        let asked = Arc::new(asked);
        let rendering = Arc::clone(&asked);
        let told = self
            .app
            .engine
            .device(Inbound {
                pile: known.id,
                received_at: now,
                event,
                kind: frame.kind,
                bytes: frame.bytes,
                render: Box::new(move |answer, now| rendering.render(answer, now)),
            })
            .await;
        if told.answer.is_err() && told.bytes.is_empty() {
            // Silence would cost the pile one of its attempts; a closed socket makes it keep the
            // record and come back.
            self.goodbye(CloseReason::Unavailable).await;
            return;
        }
        self.send(told.bytes.clone()).await;
        self.session.answered(&asked, &told.answer, &told.bytes, now);
    }

    async fn done(&mut self, command: CommandId, outcome: Outcome, frame: Option<Frame>) {
        if let Some(frame) = frame {
            self.keep(frame, true, Verdict::Applied, None);
        }
        if let Err(why) = self.app.engine.command_ended(command, outcome).await {
            tracing::warn!(%why, %command, "a command's end could not be kept; it will expire");
        }
    }

    /// A pile that says on the wire who it is.
    async fn identified(&mut self, code: PileCode, orders: &mut Option<mpsc::Receiver<Order>>) {
        self.leave(orders).await;
        let Some(pile) = self.app.pile_for_link(&code, &self.remote_address, Some("ykc1.6")).await else {
            return;
        };
        if !pile.protocol.is_ykc() {
            return;
        }
        if let Session::Ykc(session) = &mut self.session
            && let Ok(zone) = self.app.zone_of(&pile).await
        {
            session.set_zone(zone);
        }
        let now = self.app.clock().now();
        match enter(&self.app, &pile, &self.remote_address, now).await {
            Some((link, received)) => {
                self.pile = Some(Known { id: pile.id, link });
                *orders = Some(received);
            }
            None => self.pile = None,
        }
    }

    fn keep(&self, frame: Frame, up: bool, verdict: Verdict, note: Option<String>) {
        let Some(known) = &self.pile else { return };
        self.app.engine.frame_keep(FrameRow {
            pile: known.id,
            at_ms: self.app.clock().now().as_ms(),
            up,
            kind: frame.kind,
            verdict,
            note,
            body: frame.bytes,
            ..FrameRow::default()
        });
    }

    async fn send(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() && !self.transport.say(bytes).await {
            self.closing = true;
        }
    }

    /// The pile is no longer here, unless another link has it.
    async fn leave(&mut self, orders: &mut Option<mpsc::Receiver<Order>>) {
        self.probes.clear();
        // A command that came while the link ended reached nobody, and from here on none is taken.
        if let Some(mut orders) = orders.take() {
            orders.close();
            while let Some(order) = orders.recv().await {
                if let Order::Command(id, _) = order {
                    self.done(id, Outcome::LinkLost, None).await;
                }
            }
        }
        let Some(Known { id, link }) = self.pile.take() else { return };
        if self.app.devices.leave(&link)
            && let Err(why) = self.app.engine.pile_gone(id, &link.remote_address, link.last_seen()).await
        {
            tracing::warn!(%why, pile = %id, "the end of a link could not be kept");
        }
    }
}

/// Enters the pile into the registry and marks it on line; `None` when it may not come in.
async fn enter(
    app: &App,
    pile: &Pile,
    remote_address: &str,
    now: Timestamp,
) -> Option<(Arc<Link>, mpsc::Receiver<Order>)> {
    match app.devices.enter(pile.id, remote_address.to_owned(), now).await {
        Ok(entered) => match app.engine.pile_connected(pile.id, remote_address.to_owned()).await {
            Ok(pile) => {
                app.devices.name(pile.id, pile.code, pile.station);
                Some(entered)
            }
            Err(why) => {
                tracing::warn!(%why, pile = %pile.code, "a pile could not be let in");
                app.devices.leave(&entered.0);
                None
            }
        },
        Err(other) => {
            tracing::warn!(
                pile = %pile.code,
                from = remote_address,
                connected_from = %other.remote_address,
                "a second link of a pile that is connected and alive was refused"
            );
            None
        }
    }
}

/// Waits until `due`. The timer is moved only when it would ring too late, so that a busy link, whose
/// deadline moves with every message, does not set it each time; one that rings too early is set anew.
async fn ring(mut timer: Pin<&mut Sleep>, due: Instant) {
    if due < timer.deadline() {
        timer.as_mut().reset(due);
    }
    loop {
        timer.as_mut().await;
        if Instant::now() >= due {
            return;
        }
        timer.as_mut().reset(due);
    }
}

async fn next_order(orders: &mut Option<mpsc::Receiver<Order>>) -> Order {
    match orders {
        Some(orders) => match orders.recv().await {
            Some(order) => order,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}
