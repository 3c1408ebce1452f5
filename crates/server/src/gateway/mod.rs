//! The door for piles: sockets in, [`engine::device::Inbound`] out. One loop serves every protocol;
//! what differs between a WebSocket and a TCP stream is in [`transport`].

mod limits;
mod ocpp;
mod pace;
mod profiles;
mod transport;
mod ykc;

pub use ykc::listen;

use crate::app::App;
use crate::devices::{Entered, Link};
use crate::sources::Place;
use engine::device::Inbound;
use limits::{may_enter, most, without_secrets};
use model::Text;
use model::desired::Learned;
use model::device::{Answer, CloseReason, DeviceCommand, DeviceEvent, Outcome};
use model::id::{CommandId, PileCode, PileId};
use model::site::{LinkEnd, Pile, Protocol, SecurityProfile};
use model::time::Timestamp;
use pace::{Pace, rested};
use protocol::{Asked, Frame, Output, Session};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use store::frames::{FrameRow, Verdict};
use store::links::LinkRow;
use tokio::sync::oneshot;
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
    /// Say goodbye: another link took over, or the server stops.
    End(CloseReason),
}

/// Where a link comes from, and the place that it holds among those of its source.
struct Source {
    ip: IpAddr,
    shown: String,
    place: Option<Place>,
}

impl Source {
    fn of(address: SocketAddr) -> Source {
        Source { ip: address.ip(), shown: address.to_string(), place: None }
    }
}

/// A socket that has been silent for this long is asked whether it lives.
const PING_AFTER: Duration = Duration::from_secs(60);

/// Until then what a pile says must be durable, or the link is closed: nothing else is heard on it
/// meanwhile, and the pile says it again. What is committed later is known by its business key.
const COMMIT_PATIENCE: Duration = Duration::from_secs(10);

/// From so many living links that lost the pile to one another on, people are told.
const RIVALS_TOLD: u32 = 3;

struct Gate {
    app: Arc<App>,
    session: Session,
    transport: Transport,
    from: Source,
    pile: Option<Known>,
    /// Who waits to hear whether this socket lives.
    probes: Vec<oneshot::Sender<()>>,
    closing: bool,
    ended: LinkEnd,
    pace: Pace,
    /// What is sent waits for so long: some piles miss an answer that comes at once.
    delay: Duration,
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
    from: Source,
    entered: Option<Entered>,
) {
    let pile = entered.map(|Entered { link, .. }| Known { id: link.pile, link });
    let pace = Pace::new(app.engine.rules().pile_frames_s, app.clock().now());
    let mut gate = Gate {
        app,
        session,
        transport,
        from,
        pile,
        probes: Vec::new(),
        closing: false,
        ended: LinkEnd::Closed,
        pace,
        delay: Duration::ZERO,
    };
    gate.run().await;
    gate.session.lost();
    gate.outputs().await;
    gate.transport.close().await;
    gate.leave().await;
}

impl Gate {
    async fn run(&mut self) {
        let mut timer = std::pin::pin!(tokio::time::sleep(PING_AFTER));
        let mut pinged = false;
        while !self.closing {
            let now = self.app.clock().now();
            let wait = match self.session.deadline() {
                Some(at) => Duration::from_millis(at.since(now).max(0).unsigned_abs()).min(PING_AFTER),
                None => PING_AFTER,
            };
            let due = Instant::now() + wait;
            let resting = self.pace.resting();
            // Hearing comes last: a pile that never stops talking must not keep us from the rest.
            tokio::select! {
                biased;
                order = next_order(self.pile.as_ref()) => self.order(order).await,
                () = ring(timer.as_mut(), due) => {
                    self.session.tick(self.app.clock().now());
                    if wait >= PING_AFTER {
                        // Twice without a sign of life: nobody is there.
                        if pinged && self.transport.pings() {
                            self.ended = LinkEnd::Silent;
                            return;
                        }
                        pinged = true;
                        self.transport.ping().await;
                    }
                }
                () = rested(resting) => {}
                heard = self.transport.hear(), if resting.is_none() => match heard {
                    Heard::Bytes(bytes) => {
                        pinged = false;
                        if self.transport.pings() {
                            self.count();
                        }
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
                    Heard::Broken(reason, why) => {
                        self.broken(why);
                        self.ended = end_of(reason);
                        self.transport.say_goodbye(reason).await;
                        return;
                    }
                    Heard::End => return,
                },
            }
            self.outputs().await;
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
            Order::End(reason) => self.goodbye(reason).await,
        }
    }

    /// What the socket itself could not take is in the pile's frames, too, or nobody would know why
    /// it does not stay.
    fn broken(&self, why: Text) {
        let pile = self.pile.as_ref().map(|known| known.id.0);
        tracing::warn!(pile, from = self.from.shown, why = %why.en, "a link broke");
        let frame = Frame { kind: "unreadable", bytes: Vec::new() };
        self.keep(frame, true, Verdict::Rejected, Some(why.en.into_owned()));
    }

    async fn goodbye(&mut self, reason: CloseReason) {
        self.ended = end_of(reason);
        self.transport.say_goodbye(reason).await;
        self.closing = true;
    }

    /// Does what the session wants, in order, until it wants nothing more.
    async fn outputs(&mut self) {
        while let Some(output) = self.session.next() {
            // One read of a stream may hold many frames.
            if !self.transport.pings()
                && matches!(output, Output::Event { .. } | Output::Rejected { .. } | Output::Alive)
            {
                self.count();
            }
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
                Output::Learned { command, learned } => self.learned(command, learned).await,
                Output::Done { command, outcome, frame } => self.done(command, outcome, frame).await,
                Output::Alive => {}
                Output::Identified(code) => Box::pin(self.identified(code)).await,
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
        let csr = match &event {
            DeviceEvent::CertificateAsked { csr } => Some(csr.clone()),
            _ => None,
        };
        let (asked, pile, frame) = (Arc::new(asked), known.id, without_secrets(frame));
        let rendering = Arc::clone(&asked);
        let told = self.app.engine.device(Inbound {
            pile,
            received_at: now,
            event,
            kind: frame.kind,
            bytes: frame.bytes,
            render: Box::new(move |answer, now| rendering.render(answer, now)),
        });
        let Ok(told) = tokio::time::timeout(COMMIT_PATIENCE, told).await else {
            tracing::warn!(%pile, kind = frame.kind, "what a pile said was not durable in time");
            self.goodbye(CloseReason::Unavailable).await;
            return;
        };
        if told.answer.is_err() && told.bytes.is_empty() {
            // Silence would cost the pile one of its attempts; a closed socket makes it keep the
            // record and come back.
            self.goodbye(CloseReason::Unavailable).await;
            return;
        }
        self.send(told.bytes.clone()).await;
        self.session.answered(&asked, &told.answer, &told.bytes, now);
        if let (Some(csr), Ok(Answer::CertificateAsked { accepted: true })) = (csr, told.answer) {
            certify(&self.app, pile, csr);
        }
    }

    async fn done(&mut self, command: CommandId, outcome: Outcome, frame: Option<Frame>) {
        if let Some(frame) = frame {
            self.keep(frame, true, Verdict::Applied, None);
        }
        let accepted = matches!(outcome, Outcome::Accepted { .. });
        let ended = self.app.engine.command_ended(command, outcome);
        match tokio::time::timeout(COMMIT_PATIENCE, ended).await {
            Ok(Ok(_)) if accepted => profiles::accepted(&self.app, command),
            Ok(Ok(_)) => {}
            Ok(Err(why)) => {
                tracing::warn!(%why, %command, "a command's end could not be kept; it will expire");
            }
            Err(_) => tracing::warn!(%command, "a command's end was not durable in time"),
        }
    }

    /// What a pile's answer tells of it is kept before the command's end, which builds on it.
    async fn learned(&mut self, command: CommandId, learned: Learned) {
        let kept = self.app.engine.pile_learned(command, learned);
        match tokio::time::timeout(COMMIT_PATIENCE, kept).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => tracing::warn!(%why, %command, "what a pile told could not be kept"),
            Err(_) => tracing::warn!(%command, "what a pile told was not durable in time"),
        }
    }

    /// A pile that says on the wire who it is.
    async fn identified(&mut self, code: PileCode) {
        self.leave().await;
        let Ok(found) = self.app.pile_for_link(&code, &self.from.shown, Some("ykc1.6")).await else {
            return;
        };
        let Some(pile) = found.filter(|pile| pile.protocol.is_ykc()) else {
            // The number is all that a 云快充 pile shows of itself: whoever tries many is slowed down.
            let (now, most) = (self.app.clock().now(), self.app.engine.rules().source_failures);
            self.app.knocks.failed(self.from.ip, now, most);
            return;
        };
        if !may_enter(&self.app, &pile, &self.from) {
            return;
        }
        if let Some(place) = &mut self.from.place {
            place.known();
        }
        self.read_as(&pile).await;
        let now = self.app.clock().now();
        let entered = enter(&self.app, &pile, &self.from.shown, None, now).await;
        self.pile = entered.map(|Entered { link, .. }| Known { id: pile.id, link });
    }

    fn keep(&self, frame: Frame, up: bool, verdict: Verdict, note: Option<String>) {
        let Some(known) = &self.pile else { return };
        let frame = without_secrets(frame);
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
        if !bytes.is_empty() && !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        if !bytes.is_empty() && !self.transport.say(bytes).await {
            self.closing = true;
        }
    }

    /// The pile is no longer here, unless another link has it.
    async fn leave(&mut self) {
        self.probes.clear();
        let Some(Known { id, link }) = self.pile.take() else { return };
        // A command that came while the link ended reached nobody, and from here on none is taken.
        for order in link.inbox.close() {
            if let Order::Command(id, _) = order {
                self.done(id, Outcome::LinkLost, None).await;
            }
        }
        let ended = LinkRow {
            pile: id,
            from: link.connected_at,
            to: self.app.clock().now(),
            remote_address: link.remote_address.clone(),
            shown: link.shown,
            ended: self.ended,
        };
        if !self.app.devices.leave(&link) {
            self.app.engine.link_keep(ended);
        } else if let Err(why) = self.app.engine.pile_gone(ended, link.last_seen()).await {
            tracing::warn!(%why, pile = %id, "the end of a link could not be kept");
        }
    }
}

fn end_of(reason: CloseReason) -> LinkEnd {
    match reason {
        CloseReason::ProtocolError | CloseReason::TooLarge | CloseReason::BadText => LinkEnd::Broken,
        CloseReason::Silent => LinkEnd::Silent,
        CloseReason::NotRegistered => LinkEnd::Expelled,
        CloseReason::Replaced => LinkEnd::Replaced,
        CloseReason::Unavailable => LinkEnd::Unavailable,
        CloseReason::Stopping => LinkEnd::Stopped,
    }
}

/// Signs in a task of its own: the certificate goes down this link, which must be free to take the answer.
fn certify(app: &Arc<App>, pile: PileId, csr: String) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        if let Err(why) = app.engine.certificate_send(pile, &csr).await {
            tracing::warn!(%why, %pile, "a pile's certificate could not be sent; the pile asks again");
        }
    });
}

/// Enters the pile into the registry and marks it on line, with what it has shown and speaks; `None` when
/// it may not come in.
async fn enter(
    app: &App,
    pile: &Pile,
    remote_address: &str,
    shown: Option<(SecurityProfile, Protocol)>,
    now: Timestamp,
) -> Option<Entered> {
    let (shown, protocol) = shown.unzip();
    match app.devices.enter(pile.id, remote_address.to_owned(), shown, now).await {
        Ok(entered) => match app.engine.pile_connected(pile.id, remote_address.to_owned(), protocol).await {
            Ok(pile) => {
                if entered.rivals >= RIVALS_TOLD {
                    tracing::warn!(pile = %pile.code, from = remote_address, "several devices bear one number");
                    let note = format!(
                        "{} times within minutes another living link of this pile was replaced, now by one from \
                         {remote_address}: do several devices bear this number?",
                        entered.rivals
                    );
                    link_note(app, pile.id, now, note);
                }
                app.devices.name(pile.id, pile.code, pile.station);
                Some(entered)
            }
            Err(why) => {
                tracing::warn!(%why, pile = %pile.code, "a pile could not be let in");
                app.devices.leave(&entered.link);
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
            let note = format!(
                "a second link from {remote_address} was refused: the pile is connected from {} and answers",
                other.remote_address
            );
            link_note(app, pile.id, now, note);
            None
        }
    }
}

/// For the people who look at the pile's frames: two devices that call themselves the same.
fn link_note(app: &App, pile: PileId, now: Timestamp, note: String) {
    app.engine.frame_keep(FrameRow {
        pile,
        at_ms: now.as_ms(),
        up: true,
        kind: "link",
        verdict: Verdict::Quarantined,
        note: Some(note),
        ..FrameRow::default()
    });
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

async fn next_order(pile: Option<&Known>) -> Order {
    match pile {
        Some(known) => known.link.inbox.next().await,
        None => std::future::pending().await,
    }
}
