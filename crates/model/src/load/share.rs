//! What each should have, if all of them did as they are told.

use super::{LoadControl, LoadSite, LoadStrategy, PERCENT_LEAST, Unit, rated_w};
use crate::time::Timestamp;

/// Watts that differ by less are the same.
const GRAIN_W: i64 = 100;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target {
    pub standing_w: i64,
    /// For the running session; never below the standing one.
    pub limit_w: i64,
    /// There is not enough for its car, which waits.
    pub waits: bool,
    /// Not even the least that it can be set to is there: what charges must be stopped.
    pub stops: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    pub targets: Vec<Target>,
    /// The units in the order in which they are served.
    pub order: Vec<usize>,
}

/// Shares what is left beside those that nobody can change.
pub fn share(site: &LoadSite, now: Timestamp) -> Shares {
    let mut targets: Vec<Target> = site.units.iter().map(|unit| fixed(unit, now)).collect();
    let order = order(site);
    let obeying = |place: &&usize| site.units[**place].obeys();
    let given = site.together_w(|unit| if unit.obeys() { 0 } else { unit.worst_w(now) });
    let mut left = (site.cap_w - given).max(0);
    // What can only be set to so much gets that first; an idle one that does not fit is locked.
    for place in order.iter().filter(obeying) {
        let unit = &site.units[*place];
        if unit.control == LoadControl::Percent {
            let fits = unit.least_w <= left;
            let floor = if fits { unit.least_w } else { 0 };
            let stops = !fits && unit.session.is_some();
            targets[*place] = Target { standing_w: floor, limit_w: floor, waits: !fits, stops };
            left -= floor;
        }
    }
    left -= stand(site, &mut targets, left);
    let wants = wants(site, &targets, now);
    serve(site, &order, &mut targets, &mut left, &wants);
    for (place, unit) in site.units.iter().enumerate().filter(|(_, unit)| unit.obeys()) {
        settle(unit, &mut targets[place]);
    }
    Shares { targets, order }
}

fn fixed(unit: &Unit, now: Timestamp) -> Target {
    let worst = unit.worst_w(now);
    let standing = unit.standing.confirmed.map_or(worst, |limit| limit.power_w);
    Target { standing_w: standing, limit_w: worst, waits: false, stops: false }
}

/// Who is served first: those whose car the strategy prefers, then who came first, then by place.
fn order(site: &LoadSite) -> Vec<usize> {
    let mut order: Vec<usize> = (0..site.units.len()).collect();
    order.sort_by_key(|place| {
        let unit = &site.units[*place];
        let began = unit.session.map_or(i64::MAX, |session| session.began.as_ms());
        (unit.session.is_none(), group(site.strategy, unit), began, *place)
    });
    order
}

/// Those of one group share alike.
fn group(strategy: LoadStrategy, unit: &Unit) -> i64 {
    match (strategy, unit.session) {
        (LoadStrategy::Priority, Some(session)) if session.first => 0,
        (LoadStrategy::Priority, _) => unit.rank,
        (LoadStrategy::Departure, Some(session)) => {
            session.departs.map_or(i64::MAX, |departs| departs.as_ms())
        }
        _ => 0,
    }
}

/// The standing limits of those that keep one for each connector: the same for all, at any time of the
/// day, reachable or not; none where it would be too little to charge by. What they take together.
fn stand(site: &LoadSite, targets: &mut [Target], left: i64) -> i64 {
    let profile = |unit: &&Unit| unit.control == LoadControl::Profile;
    let percent: i64 = site.units.iter().filter(|unit| !profile(unit)).map(|unit| unit.least_w).sum();
    let all = site.units.iter().filter(profile).count() as i64;
    let here = site.units.iter().filter(profile).filter(|unit| unit.obeys()).count() as i64;
    if here == 0 {
        return 0;
    }
    let each = ((site.floor_w - percent).max(0) / all).min(left / here).min(site.safe_w).max(0);
    let mut taken = 0;
    let alone = site.piles().flat_map(|pile| std::iter::repeat_n(pile.len() as i64, pile.len()));
    for ((unit, target), sharers) in site.units.iter().zip(targets).zip(alone) {
        if unit.control == LoadControl::Profile && unit.obeys() {
            let each = each.min(unit.rated_w / sharers) / GRAIN_W * GRAIN_W;
            let standing = if each >= unit.least_w { each } else { 0 };
            *target = Target { standing_w: standing, limit_w: standing, waits: false, stops: false };
            taken += standing;
        }
    }
    taken
}

/// What the car at each can use, of what the pile has left for it beside its neighbours: those that want less than
/// their part leave the rest to the others.
fn wants(site: &LoadSite, targets: &[Target], now: Timestamp) -> Vec<i64> {
    let mut wants: Vec<i64> = site.units.iter().map(|unit| unit.want_w(now)).collect();
    let mut first = 0;
    for pile in site.piles() {
        let places = first..first + pile.len();
        first = places.end;
        if pile.len() == 1 {
            continue;
        }
        let charges = |place: &usize| site.units[*place].obeys() && site.units[*place].session.is_some();
        let idle = places.clone().filter(|place| site.units[*place].obeys() && !charges(place));
        let mut left = (rated_w(pile) - idle.map(|place| targets[place].limit_w).sum::<i64>()).max(0);
        let mut charging: Vec<usize> = places.filter(charges).collect();
        charging.sort_by_key(|place| wants[*place]);
        for (served, place) in charging.iter().enumerate() {
            let part = left / (charging.len() - served) as i64;
            wants[*place] = wants[*place].min(part);
            left -= wants[*place];
        }
    }
    wants
}

/// The least that a car can use for each in turn, then group by group what they want.
fn serve(site: &LoadSite, order: &[usize], targets: &mut [Target], left: &mut i64, wants: &[i64]) {
    let charging: Vec<usize> = order
        .iter()
        .copied()
        .filter(|place| site.units[*place].obeys() && site.units[*place].session.is_some())
        .collect();
    for place in &charging {
        let need = site.units[*place].least_w - targets[*place].limit_w;
        if need > *left {
            targets[*place].waits = true;
        } else if need > 0 {
            targets[*place].limit_w += need;
            *left -= need;
        }
    }
    let served: Vec<usize> = charging.into_iter().filter(|place| !targets[*place].waits).collect();
    for group in served.chunk_by(|one, other| {
        group(site.strategy, &site.units[*one]) == group(site.strategy, &site.units[*other])
    }) {
        fill(group, targets, left, wants);
    }
}

/// Alike, but nobody gets more than he wants.
fn fill(group: &[usize], targets: &mut [Target], left: &mut i64, wants: &[i64]) {
    let want = |place: usize| wants[place];
    let level = |level: i64, targets: &[Target]| -> i64 {
        group.iter().map(|place| (want(*place).min(level) - targets[*place].limit_w).max(0)).sum()
    };
    // The highest level to which all of them can be raised.
    let (mut low, mut high) = (0, group.iter().map(|place| want(*place)).max().unwrap_or(0));
    while low < high {
        let middle = low + (high - low + 1) / 2;
        if level(middle, targets) <= *left {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    for place in group {
        let more = (want(*place).min(low) - targets[*place].limit_w).max(0);
        targets[*place].limit_w += more;
        *left -= more;
    }
}

/// Into what the pile can be told.
fn settle(unit: &Unit, target: &mut Target) {
    match unit.control {
        LoadControl::Profile => {
            target.limit_w = (target.limit_w / GRAIN_W * GRAIN_W).max(target.standing_w);
        }
        LoadControl::Percent => {
            let percent = target.limit_w * 100 / unit.rated_w.max(1);
            let power = if percent < PERCENT_LEAST { 0 } else { unit.rated_w * percent.min(100) / 100 };
            (target.standing_w, target.limit_w) = (power, power);
        }
    }
}
