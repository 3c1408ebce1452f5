//! What is too much: of one pile, of one source address, and of what a frame says.

use super::seat::link_note;
use super::{Gate, Source};
use crate::app::App;
use crate::sources::Most;
use model::site::Pile;
use protocol::Frame;

impl Gate {
    /// One message more of this pile; from the one on that is too many the link is read more slowly. The
    /// link of a concentrator may say as much as its piles together.
    pub(super) fn count(&mut self, at: usize) {
        if !self.pace.count() {
            return;
        }
        let piles = i64::try_from(self.piles_known()).unwrap_or(1).max(1);
        let (per_s, now) = (self.app.engine.rules().pile_frames_s * piles, self.app.clock().now());
        if !self.pace.rest(per_s, now) {
            return;
        }
        self.app.sources.slow();
        let Some(known) = self.known(at) else { return };
        known.link.slowed(now);
        tracing::warn!(pile = known.id.0, from = self.from.shown, per_s, "a pile says too much at once");
        let note = format!("more than {per_s} messages per second: it is read more slowly (pile_frames_s)");
        link_note(&self.app, known.id, now, note);
    }
}

/// Whether the pile may log in once more in this minute.
pub(super) fn may_enter(app: &App, pile: &Pile, from: &Source) -> bool {
    let (now, most) = (app.clock().now(), app.engine.rules().pile_logins_minute);
    if app.knocks.may_enter(pile.id, now, most) {
        return true;
    }
    app.sources.refuse();
    if app.knocks.may_note(now) {
        let note = format!(
            "a log-in from {} was refused: more than {most} in a minute (pile_logins_minute)",
            from.shown
        );
        link_note(app, pile.id, now, note);
    }
    false
}

/// Most links of one source.
pub(super) fn most(app: &App) -> Most {
    let rules = app.engine.rules();
    Most { links: rules.source_links, strangers: rules.source_strangers }
}

/// As it is kept: nobody who may read frames may take over a pile with what they say.
pub(super) fn without_secrets(frame: Frame) -> Frame {
    match protocol::secrets_hidden(frame.kind, &frame.bytes) {
        Some(bytes) => Frame { bytes, ..frame },
        None => frame,
    }
}
