//! The cap of a station holds in a world full of misfortune, and a platform without the rule breaks it.

use model::load::{Held, Limit, LoadControl, LoadSite, Part, Step, share, steps};
use model::time::Timestamp;
use sim::yard::{Decide, Manners, Report, Yard, decide};

fn played(manners: Manners, decide: Decide, seeds: std::ops::Range<u64>, hours: i64) -> Report {
    let mut all = Report::default();
    for seed in seeds {
        let mut yard = Yard::new(seed, manners, decide);
        yard.play(hours);
        all.add(&yard.report);
    }
    all
}

/// Plays until something is found.
fn found(manners: Manners, decide: Decide) -> Option<String> {
    (1..20).find_map(|seed| {
        let mut yard = Yard::new(seed, manners, decide);
        (0..24).find_map(|_| {
            yard.play(1);
            yard.report.first_broken.take()
        })
    })
}

#[test]
fn the_sum_never_exceeds_the_cap() {
    let all = played(Manners::default(), decide, 1..7, 12);
    assert_eq!(all.first_broken, None, "{all:?}");
    assert!(all.cuts > 100 && all.lost > 100 && all.boots > 20 && all.caps > 3 && all.cars > 100, "{all:?}");
    assert!(all.served_ws > all.plain_ws, "shared power serves more than fixed shares: {all:?}");
}

#[test]
fn without_piles_of_percents_nothing_needs_an_excuse() {
    let manners = Manners { percent_piles: false, ..Manners::default() };
    let all = played(manners, decide, 20..24, 12);
    assert_eq!((all.first_broken, all.told_s), (None, 0));
}

/// Sends what each should have, whatever the others have confirmed.
fn hasty(site: &LoadSite, now: Timestamp) -> Vec<Step> {
    let shares = share(site, now);
    let mut hurried = Vec::new();
    for (unit, (one, target)) in site.units.iter().zip(&shares.targets).enumerate() {
        let limit_w = one.limit_w(now);
        if one.online && one.sent.is_none() && limit_w != Some(target.limit_w) {
            let above = one.session.is_some() && one.control == LoadControl::Profile && limit_w.is_some();
            let part = if above { Part::Above } else { Part::Standing };
            let until = above.then(|| now.plus_ms(model::load::HOLD_MS));
            hurried.push(Step { unit, part, limit: Limit { power_w: target.limit_w, until } });
        }
    }
    hurried
}

/// Forgets those that cannot be reached.
fn careless(site: &LoadSite, now: Timestamp) -> Vec<Step> {
    let mut site = site.clone();
    let nothing = Held { confirmed: Some(Limit { power_w: 0, until: None }), doubt: None };
    for unit in site.units.iter_mut().filter(|unit| !unit.online) {
        (unit.keeps, unit.standing, unit.above) = (true, nothing, Held::default());
    }
    steps(&site, &share(&site, now), now)
}

#[test]
fn the_check_finds_a_platform_that_breaks_the_rule() {
    let plain = Manners { percent_piles: false, ..Manners::default() };
    assert!(found(plain, hasty).is_some(), "more is given before there is room");
    assert!(found(plain, careless).is_some(), "those that cannot be reached are forgotten");
    let lies = Manners { lies: true, ..Manners::default() };
    assert!(found(lies, decide).is_some(), "piles forget what they are believed to keep");
}
