//! What may be sent now, so that the cap holds whatever becomes of it.

use super::{HOLD_MS, Limit, LoadControl, LoadSite, Part, Shares, Target, Unit};
use crate::time::Timestamp;

/// Differences below these are not worth a message.
const DEAD_W: i64 = 500;
const DEAD_PERCENT: i64 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place among the site's units.
    pub unit: usize,
    pub part: Part,
    pub limit: Limit,
}

/// Who takes less is told at once; who takes more gets what is free now, in the order of the shares.
pub fn steps(site: &LoadSite, shares: &Shares, now: Timestamp) -> Vec<Step> {
    let mut free = site.cap_w - site.worst_w(now);
    let wanted: i64 = site.units.iter().zip(&shares.targets).map(|(u, t)| more(u, t, now)).sum();
    // Small differences matter when somebody waits for them.
    let urgent = free < 0;
    let short = wanted > free.max(0);
    let mut steps = Vec::new();
    for place in &shares.order {
        let (unit, target) = (&site.units[*place], &shares.targets[*place]);
        if !unit.obeys() || !unit.is_free(now) {
            continue;
        }
        let wish = Wish { urgent, short, free: free.max(0), now };
        let Some((part, power_w)) = wish.above(unit, target).or_else(|| wish.standing(unit, target)) else {
            continue;
        };
        let until = (part == Part::Above).then(|| now.plus_ms(HOLD_MS));
        free -= (power_w - unit.worst_w(now)).max(0);
        steps.push(Step { unit: *place, part, limit: Limit { power_w, until } });
    }
    steps
}

/// What a unit would take beyond what it is counted with.
fn more(unit: &Unit, target: &Target, now: Timestamp) -> i64 {
    if unit.obeys() { (target.limit_w - unit.worst_w(now)).max(0) } else { 0 }
}

struct Wish {
    urgent: bool,
    short: bool,
    free: i64,
    now: Timestamp,
}

impl Wish {
    fn standing(&self, unit: &Unit, target: &Target) -> Option<(Part, i64)> {
        let wanted = if unit.control == LoadControl::Percent { target.limit_w } else { target.standing_w };
        let known = unit.standing.sure(self.now).map(|limit| limit.power_w);
        // A 云快充 pile that charges is not locked: its session is stopped first.
        if target.stops {
            return None;
        }
        self.change(unit, known, wanted, unit.is_calm(self.now)).map(|power_w| (Part::Standing, power_w))
    }

    fn above(&self, unit: &Unit, target: &Target) -> Option<(Part, i64)> {
        if unit.session.is_none() || unit.control == LoadControl::Percent {
            return None;
        }
        let standing = unit.standing.sure(self.now)?.power_w;
        let held = unit.above.sure(self.now);
        let doubted = unit.above.doubt.is_some_and(|doubt| doubt.may_hold(self.now));
        if target.limit_w <= standing && held.is_none() && !doubted {
            return None;
        }
        let known = match held {
            Some(limit) => Some(limit.power_w),
            None if doubted => None,
            None => Some(standing),
        };
        // A session that has just begun is not kept waiting.
        let calm = held.is_none() || unit.is_calm(self.now);
        let change = self.change(unit, known, target.limit_w, calm);
        // What still fits is renewed at half of its time; a limit that is none any more runs out.
        let renewed = held.filter(|limit| {
            limit.power_w > standing && limit.until.is_some_and(|until| until.since(self.now) < HOLD_MS / 2)
        });
        let change = change.or(renewed.map(|limit| limit.power_w.min(unit.worst_w(self.now))));
        change.map(|power_w| (Part::Above, power_w))
    }

    /// From what is known to what is wanted, as far as that may be done now.
    fn change(&self, unit: &Unit, known: Option<i64>, wanted: i64, calm: bool) -> Option<i64> {
        let worst = unit.worst_w(self.now);
        let Some(known) = known else {
            // Whatever it has: it is brought to something that is known.
            return Some(wanted.min(worst + self.free));
        };
        let dead = DEAD_W.max(known * DEAD_PERCENT / 100);
        if wanted < known {
            let worth = self.urgent || self.short || known - wanted >= dead;
            // Much that somebody waits for is not held back.
            let now = calm || self.urgent || (self.short && known - wanted >= known / 5);
            return (worth && now).then_some(wanted);
        }
        let mut power = wanted.min(worst + self.free);
        if unit.control == LoadControl::Percent {
            let percent = power * 100 / unit.rated_w.max(1);
            power = unit.rated_w * percent / 100;
            if percent < super::PERCENT_LEAST {
                return None;
            }
        }
        let enough = power - known >= dead.min(wanted - known) && power > known;
        (enough && calm).then_some(power)
    }
}
