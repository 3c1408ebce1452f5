//! 云快充 over TCP: the piles say on the wire who they are, and a concentrator carries several.

use super::seat::Seat;
use super::{Gate, Source, most, serve};
use crate::app::App;
use crate::figures::Way;
use crate::gateway::transport::Transport;
use model::Text;
use model::device::CloseReason;
use model::site::Pile;
use model::time::{SECOND_MS, Timestamp};
use protocol::Session;
use protocol::ykc::{self, Addressed, Heard};
use std::sync::Arc;
use std::time::Duration;
use store::frames::Verdict;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// More piles than these no concentrator carries.
const PILES_MAX: usize = 128;

/// A stream on which nobody logs in is closed after so long.
const PATIENCE_MS: i64 = 90 * SECOND_MS;

/// So long the link of a refused pile stays: a concentrator's next one may be known.
const LINGER_MS: i64 = 2 * SECOND_MS;

/// The stream of a 云快充 link.
pub(super) struct Line {
    pub(super) stream: ykc::Line,
    /// Until when it is kept without a pile.
    empty_until: Timestamp,
}

impl Line {
    pub(super) fn linger(&mut self, now: Timestamp) {
        self.empty_until = now.plus_ms(LINGER_MS);
    }

    pub(super) fn deadline(&self, is_empty: bool) -> Option<Timestamp> {
        self.stream.deadline().into_iter().chain(is_empty.then_some(self.empty_until)).min()
    }
}

/// Accepts piles until the server stops.
pub async fn listen(app: Arc<App>, listener: TcpListener, mut stopping: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = crate::serve::stopped(&mut stopping) => return,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(why) => {
                // Out of file descriptors, most likely: wait for some to come back.
                tracing::warn!(%why, "a 云快充 connection could not be accepted");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            }
        };
        if !app.knocks.may_try(from.ip(), app.clock().now(), app.engine.rules().source_failures) {
            continue;
        }
        // A socket that is closed at once tells a pile to come back later, and costs us nothing.
        let Some(place) = app.sources.enter(from.ip(), true, most(&app)) else { continue };
        let _ = stream.set_nodelay(true);
        let app = Arc::clone(&app);
        let source = Source { place: Some(place), ..Source::of(from) };
        tokio::spawn(async move {
            let empty_until = app.clock().now().plus_ms(PATIENCE_MS);
            let line = Line { stream: ykc::Line::default(), empty_until };
            serve(app, Transport::tcp(stream), source, Some(Box::new(line)), None).await;
        });
    }
}

impl Gate {
    /// What came in one read: each frame is its pile's, in turn.
    pub(super) async fn read(&mut self, bytes: &[u8]) {
        let now = self.app.clock().now();
        if let Some(line) = &mut self.line {
            line.stream.receive(bytes, now);
        }
        self.sort().await;
        let is_noise = self.line.as_ref().is_some_and(|line| line.stream.is_noise());
        if is_noise && !self.seats.iter().any(|seat| seat.session.is_logged_in()) {
            self.hang_up(CloseReason::ProtocolError).await;
        }
    }

    /// Time has passed for the stream.
    pub(super) async fn line_tick(&mut self, now: Timestamp) {
        let Some(line) = &mut self.line else { return };
        line.stream.tick(now);
        if self.seats.is_empty() && now >= line.empty_until {
            return self.hang_up(CloseReason::Silent).await;
        }
        self.sort().await;
    }

    async fn sort(&mut self) {
        while !self.closing
            && let Some(heard) = self.line.as_mut().and_then(|line| line.stream.next())
        {
            self.hear();
            match heard {
                Heard::Frame(frame) => self.addressed(&frame).await,
                Heard::Garbage { frame, why } => {
                    self.count(0);
                    self.figure(0, frame.kind, Way::Rejected);
                    self.keep(0, frame, true, Verdict::Rejected, Some(why.en.into_owned()));
                }
            }
        }
    }

    async fn addressed(&mut self, frame: &Addressed) {
        let now = self.app.clock().now();
        let at = match self.seat_of(frame) {
            Some(at) => at,
            None if frame.is_log_in => match self.seat_new(now) {
                Ok(at) => at,
                Err(why) => return self.refuse(frame, why),
            },
            // Of no pile here: the first one's frames tell of it.
            None => 0,
        };
        self.count(at);
        if let Some(seat) = self.seats.get_mut(at) {
            if let Some(known) = seat.pile.as_ref().filter(|_| is_of(&seat.session, frame)) {
                known.link.seen(now);
            }
            seat.session.receive(&frame.bytes, now);
            self.outputs_of(at).await;
            if !self.closing {
                self.sweep().await;
            }
        }
    }

    fn seat_of(&self, frame: &Addressed) -> Option<usize> {
        self.seats.iter().position(|seat| is_of(&seat.session, frame))
    }

    /// A pile more on this link.
    fn seat_new(&mut self, now: Timestamp) -> Result<usize, Text> {
        if self.seats.len() >= PILES_MAX {
            return Err(Text::new(
                format!("一条连接最多承载 {PILES_MAX} 台桩，已忽略这台桩的登录"),
                format!("a link carries at most {PILES_MAX} piles; this log-in was ignored"),
            ));
        }
        if !self.app.knocks.may_try(self.from.ip, now, self.app.engine.rules().source_failures) {
            self.app.sources.refuse();
            return Err(Text::of(
                "该来源的未知桩登录过多，已忽略这次登录",
                "too many log-ins of unknown piles from this source; this one was ignored",
            ));
        }
        let session = ykc::Session::new(now, ykc::Settings::default());
        self.seats.push(Seat::new(Session::Ykc(Box::new(session)), None));
        Ok(self.seats.len() - 1)
    }

    fn refuse(&mut self, frame: &Addressed, why: Text) {
        self.count(0);
        let frame = protocol::Frame { kind: "0x01", bytes: frame.bytes.clone() };
        self.keep(0, frame, true, Verdict::Rejected, Some(why.en.into_owned()));
    }

    /// A dialect was changed, or another one said of the pile.
    pub(super) async fn read_anew(&mut self, at: usize) {
        let Some(id) = self.known(at).map(|known| known.id) else { return };
        let found = self.app.engine.store.device_read(move |conn| store::piles::get(conn, id)).await;
        if let Ok(Some(pile)) = found {
            self.read_as(at, &pile).await;
        }
    }

    /// In which zone the pile's clock is, and by which dialect it speaks.
    pub(super) async fn read_as(&mut self, at: usize, pile: &Pile) {
        let known = pile.clone();
        let read = move |conn: &mut store::Conn| {
            let zone = store::stations::facts(conn, known.station)?.zone;
            Ok((zone, store::dialects::of_pile(conn, &known)?))
        };
        let Ok((zone, dialect)) = self.app.engine.store.device_read(read).await else { return };
        let Some(seat) = self.seats.get_mut(at) else { return };
        let Session::Ykc(session) = &mut seat.session else { return };
        session.set_zone(zone);
        let rules = dialect.map(|(dialect, _)| dialect.rules).unwrap_or_default();
        session.read_as(&rules);
        seat.delay = Duration::from_millis(rules.reply_delay_ms.clamp(0, 3_000).unsigned_abs());
    }
}

fn is_of(session: &Session, frame: &Addressed) -> bool {
    match (session, frame.pile) {
        (Session::Ykc(session), Some(number)) => session.is_of(number),
        _ => false,
    }
}
