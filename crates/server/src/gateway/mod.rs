//! The door for piles: sockets in, [`engine::device::Inbound`] out. One loop serves every protocol;
//! what differs between a WebSocket and a TCP stream is in [`transport`].

mod counts;
mod iso15118;
mod limits;
mod ocpp;
mod pace;
mod profiles;
mod seat;
mod transport;
mod ykc;

pub use ykc::listen;

use crate::app::App;
use crate::figures::Way;
use crate::sources::Place;
use engine::device::Inbound;
use limits::{may_enter, most, without_secrets};
use model::Text;
use model::desired::Learned;
use model::device::{Answer, CloseReason, DeviceCommand, DeviceEvent, Outcome};
use model::id::{CommandId, PileId};
use model::site::LinkEnd;
use model::time::Timestamp;
use model::trace::{self, TraceId};
use pace::{Pace, rested};
use protocol::{Asked, Frame, Output};
use seat::{Seat, next_order};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use store::frames::{FrameRow, Verdict};
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep};
use transport::{Heard, Transport};

/// The piles' door on the HTTP port.
pub fn router(app: Arc<App>) -> axum::Router {
    let traced = axum::middleware::from_fn_with_state(Arc::clone(&app), crate::http::traced);
    axum::Router::new().route("/ocpp/{pile}", axum::routing::get(ocpp::upgrade)).layer(traced).with_state(app)
}

/// What others want of a link.
pub enum Order {
    /// With the trace of whoever wants it.
    Command(CommandId, Box<DeviceCommand>, Option<TraceId>),
    /// Show that the socket still answers.
    Probe(oneshot::Sender<()>),
    /// The dialects have changed: read the pile by what holds now.
    ReadAnew,
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
    transport: Transport,
    /// Of a stream, in which the frames of several piles may come.
    line: Option<Box<ykc::Line>>,
    from: Source,
    seats: Vec<Seat>,
    /// Who waits to hear whether this socket lives.
    probes: Vec<oneshot::Sender<()>>,
    closing: bool,
    /// How the link ends for those that are on it then.
    ended: LinkEnd,
    pace: Pace,
    /// When the frame came that is being answered.
    heard_at: Instant,
}

/// Serves one link to its end.
async fn serve(
    app: Arc<App>,
    transport: Transport,
    from: Source,
    line: Option<Box<ykc::Line>>,
    seat: Option<Seat>,
) {
    let pace = Pace::new(app.engine.rules().pile_frames_s, app.clock().now());
    let mut gate = Gate {
        app,
        transport,
        line,
        from,
        seats: seat.into_iter().collect(),
        probes: Vec::new(),
        closing: false,
        ended: LinkEnd::Closed,
        pace,
        heard_at: Instant::now(),
    };
    // Every frame begins a trace of its own inside.
    let first = gate.app.traces.next();
    // In a box, or the task of each link would have room for it twice.
    trace::within(Some(first), Box::pin(gate.live())).await;
}

impl Gate {
    /// From the first word to the last.
    async fn live(&mut self) {
        self.run().await;
        for at in 0..self.seats.len() {
            self.lose(at).await;
        }
        self.transport.close().await;
        for at in 0..self.seats.len() {
            self.leave(at).await;
        }
    }

    async fn run(&mut self) {
        let mut timer = std::pin::pin!(tokio::time::sleep(PING_AFTER));
        let mut pinged = false;
        while !self.closing {
            let now = self.app.clock().now();
            let wait = match self.deadline() {
                Some(at) => Duration::from_millis(at.since(now).max(0).unsigned_abs()).min(PING_AFTER),
                None => PING_AFTER,
            };
            let due = Instant::now() + wait;
            let resting = self.pace.resting();
            // Hearing comes last: a pile that never stops talking must not keep us from the rest.
            tokio::select! {
                biased;
                (at, order) = next_order(&self.seats) => self.order(at, order).await,
                () = ring(timer.as_mut(), due) => {
                    trace::begin(self.app.traces.next());
                    self.tick().await;
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
                    Heard::Bytes(bytes) if self.line.is_some() => self.read(&bytes).await,
                    Heard::Bytes(bytes) => {
                        pinged = false;
                        self.hear();
                        self.count(0);
                        let now = self.seen();
                        if let Some(seat) = self.seats.first_mut() {
                            seat.session.receive(&bytes, now);
                        }
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
                        self.hear();
                        self.broken(why);
                        self.ended = end_of(reason);
                        self.transport.say_goodbye(reason).await;
                        return;
                    }
                    Heard::End => return,
                },
            }
            self.outputs().await;
            if !self.closing {
                self.sweep().await;
            }
        }
    }

    /// When something is to be done though nothing happens.
    fn deadline(&self) -> Option<Timestamp> {
        let sessions = self.seats.iter().filter_map(|seat| seat.session.deadline());
        let line = self.line.as_ref().and_then(|line| line.deadline(self.seats.is_empty()));
        sessions.chain(line).min()
    }

    async fn tick(&mut self) {
        let now = self.app.clock().now();
        for seat in &mut self.seats {
            seat.session.tick(now);
        }
        self.line_tick(now).await;
    }

    /// A frame has come: what is done from here on is done for it.
    fn hear(&mut self) {
        self.heard_at = Instant::now();
        trace::begin(self.app.traces.next());
    }

    /// The socket has shown that it lives: that of an OCPP pile, which is alone on it.
    fn seen(&self) -> Timestamp {
        let now = self.app.clock().now();
        if let Some(known) = self.known(0) {
            known.link.seen(now);
        }
        now
    }

    async fn order(&mut self, at: usize, order: Order) {
        match order {
            Order::Command(id, command, trace) => {
                trace::begin(trace.unwrap_or_else(|| self.app.traces.next()));
                let now = self.app.clock().now();
                if let Some(seat) = self.seats.get_mut(at) {
                    seat.session.command(id, &command, now);
                }
            }
            Order::Probe(reply) => {
                if self.transport.pings() {
                    self.probes.push(reply);
                    self.transport.ping().await;
                }
                // A TCP pile cannot be asked: its new log-in is believed (云快充 6.1).
            }
            Order::ReadAnew => self.read_anew(at).await,
            Order::End(reason) => self.goodbye(at, reason).await,
        }
    }

    /// What the socket itself could not take is in the pile's frames, too, or nobody would know why
    /// it does not stay.
    fn broken(&self, why: Text) {
        let pile = self.known(0).map(|known| known.id.0);
        tracing::warn!(pile, from = self.from.shown, why = %why.en, "a link broke");
        let frame = Frame { kind: "unreadable", bytes: Vec::new() };
        self.keep(0, frame, true, Verdict::Rejected, Some(why.en.into_owned()));
    }

    /// The whole link ends.
    async fn hang_up(&mut self, reason: CloseReason) {
        self.ended = end_of(reason);
        self.transport.say_goodbye(reason).await;
        self.closing = true;
    }

    /// Does what the sessions want, in order, until they want nothing more.
    async fn outputs(&mut self) {
        for at in 0..self.seats.len() {
            self.outputs_of(at).await;
        }
        self.transport.flush().await;
    }

    async fn outputs_of(&mut self, at: usize) {
        while let Some(output) = self.seats.get_mut(at).and_then(|seat| seat.session.next()) {
            match output {
                Output::Event { asked, event, frame } => self.event(at, asked, event, frame).await,
                Output::Send { bytes, frame } => {
                    self.figure(at, frame.as_ref().map_or("answer", |frame| frame.kind), Way::Down);
                    if let Some(frame) = frame {
                        self.keep(at, frame, false, Verdict::Sent, None);
                    }
                    self.send(at, bytes).await;
                }
                Output::Rejected { frame, why } => {
                    self.figure(at, frame.kind, Way::Rejected);
                    self.keep(at, frame, true, Verdict::Rejected, Some(why.en.into_owned()));
                }
                Output::Learned { command, learned } => self.learned(command, learned).await,
                Output::Done { command, outcome, frame } => self.done(at, command, outcome, frame).await,
                Output::Alive => self.figure(at, "heartbeat", Way::Up),
                Output::Identified(code) => Box::pin(self.identified(at, code)).await,
                Output::Close(reason) => self.goodbye(at, reason).await,
            }
        }
    }

    async fn event(&mut self, at: usize, asked: Asked, mut event: DeviceEvent, frame: Frame) {
        let now = self.app.clock().now();
        let Some(pile) = self.known(at).map(|known| known.id) else {
            // Not registered, or held by another link: refused, and nothing of it is kept.
            let answer = Ok(Answer::Booted { accepted: false });
            let bytes = asked.render(&answer, now);
            self.send(at, bytes.clone()).await;
            return self.answered(at, &asked, &answer, &bytes, now);
        };
        iso15118::ask(&self.app, pile, &mut event).await;
        let csr = match &event {
            DeviceEvent::CertificateAsked { csr } => Some(csr.clone()),
            _ => None,
        };
        self.figure(at, frame.kind, Way::Up);
        let (asked, frame) = (Arc::new(asked), without_secrets(frame));
        let kind = frame.kind;
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
            tracing::warn!(%pile, kind, "what a pile said was not durable in time");
            self.hang_up(CloseReason::Unavailable).await;
            return;
        };
        if told.answer.is_err() && told.bytes.is_empty() {
            // Silence would cost the pile one of its attempts; a closed socket makes it keep the
            // record and come back.
            self.hang_up(CloseReason::Unavailable).await;
            return;
        }
        self.send(at, told.bytes.clone()).await;
        self.took(at);
        tracing::debug!(%pile, kind, refused = told.answer.is_err(), "what a pile said is done");
        self.answered(at, &asked, &told.answer, &told.bytes, now);
        if let (Some(csr), Ok(Answer::CertificateAsked { accepted: true })) = (csr, told.answer) {
            certify(&self.app, pile, csr);
        }
    }

    fn answered(
        &mut self,
        at: usize,
        asked: &Asked,
        answer: &model::Result<Answer>,
        bytes: &[u8],
        now: Timestamp,
    ) {
        if let Some(seat) = self.seats.get_mut(at) {
            seat.session.answered(asked, answer, bytes, now);
        }
    }

    async fn done(&mut self, at: usize, command: CommandId, outcome: Outcome, frame: Option<Frame>) {
        if let Some(frame) = frame {
            self.figure(at, frame.kind, Way::Up);
            self.keep(at, frame, true, Verdict::Applied, None);
        }
        let answered = matches!(outcome, Outcome::Accepted { .. } | Outcome::Refused(_));
        let ended = self.app.engine.command_ended(command, outcome);
        match tokio::time::timeout(COMMIT_PATIENCE, ended).await {
            Ok(Ok(_)) if answered => profiles::answered(&self.app, command),
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

    fn keep(&self, at: usize, frame: Frame, up: bool, verdict: Verdict, note: Option<String>) {
        let Some(known) = self.known(at) else { return };
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

    async fn send(&mut self, at: usize, bytes: Vec<u8>) {
        let delay = self.seats.get(at).map_or(Duration::ZERO, |seat| seat.delay);
        if !bytes.is_empty() && !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if !bytes.is_empty() && !self.transport.say(bytes).await {
            self.closing = true;
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
