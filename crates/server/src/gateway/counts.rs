//! What a link counts for whoever watches the server.

use super::Gate;
use crate::figures::{Family, Way};

impl Gate {
    /// One message more of this kind.
    pub(super) fn figure(&self, at: usize, kind: &'static str, way: Way) {
        let family = self.seats.get(at).map_or(Family::Ykc, |seat| Family::of(&seat.session));
        self.app.figures.message(family, kind, way);
    }

    /// The answer is on its way.
    pub(super) fn took(&self, at: usize) {
        if let Some(seat) = self.seats.get(at) {
            self.app.figures.answered(Family::of(&seat.session), self.heard_at.elapsed());
        }
    }
}
