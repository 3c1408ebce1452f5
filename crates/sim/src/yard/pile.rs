//! One thing that draws power, as it is: what it was told and still knows, its link, its car.

use crate::random::Random;
use model::load::{Limit, LoadControl, Part};

/// Why a car cannot draw what it wants from the last part of its need on.
const TAPER_PERCENT: i64 = 20;

#[derive(Clone, Copy, Debug)]
pub struct Visit {
    pub comes_s: i64,
    pub leaves_s: i64,
    pub most_w: i64,
    pub need_ws: i64,
}

/// The cars that come to one connector, whatever happens to them there.
#[derive(Debug)]
pub struct Trace {
    random: Random,
    pub next: Visit,
    mean_s: i64,
    rated_w: i64,
}

impl Trace {
    pub fn new(mut random: Random, rated_w: i64) -> Trace {
        let mean_s = random.between(15, 90) * 60;
        let next = Visit { comes_s: 0, leaves_s: 0, most_w: 0, need_ws: 0 };
        let mut trace = Trace { random, next, mean_s, rated_w };
        trace.step();
        trace
    }

    /// The next car comes after this one has left.
    pub fn step(&mut self) {
        let comes_s = self.next.leaves_s + 60 + self.random.wait_ms(self.mean_s * 1_000) / 1_000;
        let most_w = self.rated_w * self.random.between(30, 110) / 100;
        let minutes = self.random.between(20, 240);
        let need_ws = most_w * self.random.between(5, minutes) * 60;
        self.next = Visit { comes_s, leaves_s: comes_s + minutes * 60, most_w, need_ws };
    }
}

/// A car that is plugged in.
#[derive(Clone, Copy, Debug)]
pub struct Plugged {
    pub visit: Visit,
    pub taken_ws: i64,
    /// The session of the pile, once it has begun.
    pub session: Option<u64>,
}

impl Plugged {
    pub fn new(visit: Visit) -> Plugged {
        Plugged { visit, taken_ws: 0, session: None }
    }

    /// What it takes of what it may.
    pub fn draws(&self, limit_w: i64) -> i64 {
        let left = self.visit.need_ws - self.taken_ws;
        let taper = self.visit.need_ws * TAPER_PERCENT / 100;
        let most = if left < taper { self.visit.most_w * left / taper.max(1) } else { self.visit.most_w };
        most.min(limit_w).max(0)
    }
}

#[derive(Debug)]
pub struct Pile {
    pub control: LoadControl,
    /// Of the pile; with a neighbour it is shared.
    pub rated_w: i64,
    /// The second connector of the pile before it.
    pub second: bool,
    /// Whether it still has its standing limit after it was without power.
    pub keeps: bool,
    /// Whether cars begin to charge while it is off line.
    pub begins_alone: bool,
    pub up: bool,
    /// Its clock minus the platform's.
    pub skew_s: i64,
    pub car: Option<Plugged>,
    pub standing_w: Option<i64>,
    /// For this session, until then by its own clock.
    pub above: Option<(u64, i64, i64)>,
    pub sessions: u64,
}

impl Pile {
    pub fn new(control: LoadControl, rated_w: i64) -> Pile {
        Pile {
            control,
            rated_w,
            second: false,
            keeps: true,
            begins_alone: false,
            up: true,
            skew_s: 0,
            car: None,
            standing_w: None,
            above: None,
            sessions: 0,
        }
    }

    fn limit_w(&self, now_s: i64) -> i64 {
        let session = self.car.and_then(|car| car.session);
        let above =
            self.above.filter(|(of, _, until_s)| Some(*of) == session && now_s + self.skew_s < *until_s);
        above.map(|(_, power_w, _)| power_w).or(self.standing_w).unwrap_or(self.rated_w).min(self.rated_w)
    }

    /// What flows now.
    pub fn draws(&self, now_s: i64) -> i64 {
        let charging = self.car.filter(|car| car.session.is_some());
        charging.map_or(0, |car| car.draws(self.limit_w(now_s)))
    }

    /// A car that waits begins, where it may; whether it has just done so.
    pub fn begin(&mut self) -> bool {
        let locked = self.control == LoadControl::Percent && self.standing_w == Some(0);
        let may = (self.up || self.begins_alone) && !locked;
        match &mut self.car {
            Some(car) if car.session.is_none() && may => {
                self.sessions += 1;
                car.session = Some(self.sessions);
                true
            }
            _ => false,
        }
    }

    /// Whether it takes the limit.
    pub fn told(&mut self, part: Part, limit: Limit, session: u64) -> bool {
        match part {
            Part::Standing => self.standing_w = Some(limit.power_w),
            Part::Above if self.car.and_then(|car| car.session) == Some(session) => {
                let until_s = limit.until.map_or(i64::MAX, |until| until.as_ms() / 1_000);
                self.above = Some((session, limit.power_w, until_s));
            }
            Part::Above => return false,
        }
        true
    }

    /// Power is gone and comes back; the session may go on.
    pub fn boot(&mut self, goes_on: bool) {
        self.above = None;
        if !self.keeps {
            self.standing_w = None;
        }
        if !goes_on && let Some(car) = &mut self.car {
            car.session = None;
        }
    }
}
