//! The piles of one link. An OCPP link is one pile's; on a 云快充 link each log-in takes a seat of its own,
//! so that a concentrator carries several piles and none of them decides over the others.

use super::limits::may_enter;
use super::{Gate, Order, RIVALS_TOLD, end_of};
use crate::app::App;
use crate::devices::{Entered, Link};
use futures_util::future::select_all;
use model::device::{CloseReason, Outcome};
use model::id::{PileCode, PileId};
use model::site::{LinkEnd, Pile, Protocol, SecurityProfile};
use model::time::Timestamp;
use protocol::Session;
use std::sync::Arc;
use std::time::Duration;
use store::frames::{FrameRow, Verdict};
use store::links::LinkRow;

/// One pile on the link.
pub(super) struct Seat {
    pub(super) session: Session,
    pub(super) pile: Option<Known>,
    /// What is sent waits for so long: some piles miss an answer that comes at once.
    pub(super) delay: Duration,
    /// Why it is over, once it is.
    pub(super) ended: Option<LinkEnd>,
}

/// The pile behind a seat, once it is known.
pub(super) struct Known {
    pub(super) id: PileId,
    pub(super) link: Arc<Link>,
}

impl Known {
    pub(super) fn of(entered: Entered) -> Known {
        Known { id: entered.link.pile, link: entered.link }
    }
}

impl Seat {
    pub(super) fn new(session: Session, pile: Option<Known>) -> Seat {
        Seat { session, pile, delay: Duration::ZERO, ended: None }
    }
}

impl Gate {
    pub(super) fn known(&self, at: usize) -> Option<&Known> {
        self.seats.get(at)?.pile.as_ref()
    }

    /// How many piles are here that may be.
    pub(super) fn piles_known(&self) -> usize {
        self.seats.iter().filter(|seat| seat.pile.is_some()).count()
    }

    /// A pile that says on the wire who it is.
    pub(super) async fn identified(&mut self, at: usize, code: PileCode) {
        self.leave(at).await;
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
        self.read_as(at, &pile).await;
        let now = self.app.clock().now();
        let entered = enter(&self.app, &pile, &self.from.shown, None, now).await;
        if entered.is_some() && self.piles_known() > 0 {
            self.pace.widen(self.app.engine.rules().pile_frames_s);
        }
        if let Some(seat) = self.seats.get_mut(at) {
            seat.pile = entered.map(Known::of);
        }
    }

    /// This pile goes. The others of a concentrator stay; the last one ends the link, unless it was a
    /// stranger: the next pile on a concentrator's link may be one that is known.
    pub(super) async fn goodbye(&mut self, at: usize, reason: CloseReason) {
        if let Some(seat) = self.seats.get_mut(at) {
            seat.ended = Some(end_of(reason));
        }
        if self.seats.iter().any(|seat| seat.ended.is_none()) {
            return;
        }
        match (&mut self.line, reason) {
            (Some(line), CloseReason::NotRegistered) => line.linger(self.app.clock().now()),
            _ => self.hang_up(reason).await,
        }
    }

    /// Clears the seats whose piles have gone.
    pub(super) async fn sweep(&mut self) {
        while let Some(at) = self.seats.iter().position(|seat| seat.ended.is_some()) {
            self.lose(at).await;
            self.leave(at).await;
            self.seats.remove(at);
        }
    }

    /// Every command that this pile has not answered is lost.
    pub(super) async fn lose(&mut self, at: usize) {
        if let Some(seat) = self.seats.get_mut(at) {
            seat.session.lost();
            self.outputs_of(at).await;
        }
    }

    /// The pile is no longer here, unless another link has it.
    pub(super) async fn leave(&mut self, at: usize) {
        self.probes.clear();
        let Some(seat) = self.seats.get_mut(at) else { return };
        let Some(Known { id, link }) = seat.pile.take() else { return };
        let ended = seat.ended.unwrap_or(self.ended);
        // A command that came while the link ended reached nobody, and from here on none is taken.
        for order in link.inbox.close() {
            if let Order::Command(id, ..) = order {
                self.done(at, id, Outcome::LinkLost, None).await;
            }
        }
        let ended = LinkRow {
            pile: id,
            from: link.connected_at,
            to: self.app.clock().now(),
            remote_address: link.remote_address.clone(),
            shown: link.shown,
            ended,
        };
        if !self.app.devices.leave(&link) {
            self.app.engine.link_keep(ended);
        } else if let Err(why) = self.app.engine.pile_gone(ended, link.last_seen()).await {
            tracing::warn!(%why, pile = %id, "the end of a link could not be kept");
        }
    }
}

/// Enters the pile into the registry and marks it on line, with what it has shown and speaks; `None` when
/// it may not come in.
pub(super) async fn enter(
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
pub(super) fn link_note(app: &App, pile: PileId, now: Timestamp, note: String) {
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

/// What others want of any pile here, and of which.
pub(super) async fn next_order(seats: &[Seat]) -> (usize, Order) {
    let known = || seats.iter().enumerate().filter_map(|(at, seat)| Some((at, seat.pile.as_ref()?)));
    match (known().next(), known().nth(1)) {
        (None, _) => std::future::pending().await,
        (Some((at, known)), None) => (at, known.link.inbox.next().await),
        _ => {
            let waiting =
                known().map(|(at, known)| Box::pin(async move { (at, known.link.inbox.next().await) }));
            select_all(waiting).await.0
        }
    }
}
