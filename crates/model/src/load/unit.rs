//! What can be limited by itself: a connector of an OCPP pile, or a whole 云快充 pile; with all that is
//! known of its limits.

use super::{CALM_MS, LoadControl, MARGIN_MS, PERCENT_LEAST, REFUSED_MS, RETRY_MS};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A limit, and until when it holds; `None`: until another one comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub power_w: i64,
    pub until: Option<Timestamp>,
}

impl Limit {
    /// Whether it may still hold by the pile's own clock.
    pub fn may_hold(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until.plus_ms(MARGIN_MS))
    }

    fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    fn longer(self, other: Limit) -> Limit {
        let until = self.until.zip(other.until).map(|(one, other)| one.max(other));
        Limit { power_w: self.power_w.max(other.power_w), until }
    }
}

/// What a pile has been told of one of its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// It has said yes to this one.
    pub confirmed: Option<Limit>,
    /// It may have this one as well: no answer came (yet).
    pub doubt: Option<Limit>,
}

impl Held {
    /// The most of what may hold; `None`: nothing holds.
    fn most(&self, now: Timestamp) -> Option<i64> {
        let may = [self.confirmed, self.doubt].into_iter().flatten().filter(|limit| limit.may_hold(now));
        may.map(|limit| limit.power_w).max()
    }

    /// What holds for certain.
    pub fn sure(&self, now: Timestamp) -> Option<Limit> {
        let doubted = self.doubt.is_some_and(|doubt| doubt.may_hold(now));
        self.confirmed.filter(|limit| !doubted && limit.holds(now))
    }
}

/// Which limit of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// What holds for whoever charges, with or without us.
    Standing,
    /// What the running session may take instead, for a time.
    Above,
}

/// A command on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub part: Part,
    pub limit: Limit,
    pub at: Timestamp,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Accepted,
    Refused,
    /// Nobody knows whether it arrived.
    Lost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitSession {
    pub began: Timestamp,
    /// When the driver wants to leave, where that is known.
    pub departs: Option<Timestamp>,
    /// Goes before its rank: a driver of a fleet, where the station prefers those.
    pub first: bool,
    /// As last measured.
    pub power_w: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    pub control: LoadControl,
    /// The pile whose rated power it shares with its neighbours among the site's units; `None`: it is alone.
    pub pile: Option<i64>,
    /// What it draws without a limit: alone it can have all that its pile gives.
    pub rated_w: i64,
    /// With less than this a car does not charge.
    pub least_w: i64,
    /// 1 is first.
    pub rank: i64,
    pub online: bool,
    /// Whether it still has its standing limit after it was without power. One that has not counts with its
    /// rated power, always.
    pub keeps: bool,
    pub session: Option<UnitSession>,
    pub standing: Held,
    pub above: Held,
    pub sent: Option<Sent>,
    /// When a limit of it was changed last.
    pub changed_at: Option<Timestamp>,
    /// Nothing is sent before.
    pub rests_until: Option<Timestamp>,
    /// Its last answer was no.
    pub refuses: bool,
}

impl Unit {
    /// Of which nothing is known yet.
    pub fn new(control: LoadControl, rated_w: i64, least_w: i64) -> Unit {
        Unit {
            control,
            pile: None,
            rated_w,
            least_w: if control == LoadControl::Percent { rated_w * PERCENT_LEAST / 100 } else { least_w },
            rank: 1,
            online: false,
            keeps: true,
            session: None,
            standing: Held::default(),
            above: Held::default(),
            sent: None,
            changed_at: None,
            rests_until: None,
            refuses: false,
        }
    }

    /// The most that it may draw now, whatever has become of what it was told.
    pub fn worst_w(&self, now: Timestamp) -> i64 {
        if !self.keeps || self.standing.confirmed.is_none() {
            return self.rated_w;
        }
        let standing = self.standing.most(now).unwrap_or(self.rated_w);
        standing.max(self.above.most(now).unwrap_or(0)).min(self.rated_w)
    }

    /// What it is held to now, as far as that is certain.
    pub fn limit_w(&self, now: Timestamp) -> Option<i64> {
        let above = self.session.and_then(|_| self.above.sure(now));
        above.or(self.standing.sure(now)).map(|limit| limit.power_w)
    }

    /// Whether what it has can be changed at all.
    pub fn obeys(&self) -> bool {
        self.online && self.keeps && !(self.refuses && self.standing.confirmed.is_none())
    }

    /// The most that its car can use: what it took when it was not held back, and a little more.
    pub fn want_w(&self, now: Timestamp) -> i64 {
        let Some(power) = self.session.and_then(|session| session.power_w) else { return self.rated_w };
        match self.limit_w(now) {
            Some(limit) if power * 10 < limit * 9 => {
                (power * 115 / 100 + 1_000).clamp(self.least_w.min(self.rated_w), self.rated_w)
            }
            _ => self.rated_w,
        }
    }

    /// To be kept before the command leaves.
    pub fn send(&mut self, part: Part, limit: Limit, now: Timestamp) {
        let held = self.held(part);
        held.doubt = Some(held.doubt.filter(|doubt| doubt.may_hold(now)).map_or(limit, |d| d.longer(limit)));
        self.sent = Some(Sent { part, limit, at: now });
    }

    pub fn answered(&mut self, answer: Answered, now: Timestamp) {
        let Some(Sent { part, limit, .. }) = self.sent.take() else { return };
        match answer {
            Answered::Accepted => {
                *self.held(part) = Held { confirmed: Some(limit), doubt: None };
                (self.changed_at, self.rests_until, self.refuses) = (Some(now), None, false);
            }
            Answered::Refused => {
                // It has not taken this one; whether an earlier one is there is not known.
                let held = self.held(part);
                if held.doubt == Some(limit) {
                    held.doubt = None;
                }
                self.refuses = part == Part::Standing;
                self.rests_until = Some(now.plus_ms(REFUSED_MS));
            }
            Answered::Lost => self.rests_until = Some(now.plus_ms(RETRY_MS)),
        }
    }

    /// The pile says that the session is over: what was meant for it is over, too.
    pub fn session_ended(&mut self) {
        self.session = None;
        self.above = Held::default();
        if self.sent.is_some_and(|sent| sent.part == Part::Above) {
            self.sent = None;
        }
    }

    /// The pile was without power. What it has now it is told again; until then nothing counts less.
    pub fn booted(&mut self) {
        for held in [&mut self.standing, &mut self.above] {
            let both = held.confirmed.zip(held.doubt).map(|(one, other)| one.longer(other));
            held.doubt = both.or(held.doubt).or(held.confirmed);
        }
        (self.sent, self.rests_until, self.refuses) = (None, None, false);
    }

    pub(super) fn is_calm(&self, now: Timestamp) -> bool {
        self.changed_at.is_none_or(|at| now.since(at) >= CALM_MS)
    }

    /// Something can be sent to it now.
    pub(super) fn is_free(&self, now: Timestamp) -> bool {
        self.online && self.sent.is_none() && self.rests_until.is_none_or(|until| until <= now)
    }

    fn held(&mut self, part: Part) -> &mut Held {
        match part {
            Part::Standing => &mut self.standing,
            Part::Above => &mut self.above,
        }
    }
}
