use super::*;
use crate::time::{HOUR_MS, Zone};

const NOW: Timestamp = Timestamp::from_ms(1_784_100_000_000);

fn ac(charging: bool) -> Unit {
    let session = charging.then_some(UnitSession { began: NOW, departs: None, first: false, power_w: None });
    Unit { online: true, session, ..Unit::new(LoadControl::Profile, 22_000, 1_400) }
}

fn site(cap_w: i64, units: Vec<Unit>) -> LoadSite {
    LoadSite { cap_w, floor_w: cap_w, strategy: LoadStrategy::Equal, safe_w: 2_000, units }
}

fn confirm(unit: &mut Unit, part: Part, power_w: i64, until: Option<Timestamp>) {
    unit.send(part, Limit { power_w, until }, NOW);
    unit.answered(Answered::Accepted, NOW);
}

/// Sends and confirms whatever may be sent, until nothing more is.
fn run(site: &mut LoadSite) -> usize {
    let (mut now, mut sent) = (NOW, 0);
    for _ in 0..20 {
        now = now.plus_ms(CALM_MS);
        for step in steps(site, &share(site, now), now) {
            site.units[step.unit].send(step.part, step.limit, now);
            assert!(step.part == Part::Standing || site.worst_w(now) <= site.cap_w, "{step:?}");
            site.units[step.unit].answered(Answered::Accepted, now);
            sent += 1;
        }
    }
    sent
}

fn limits(site: &LoadSite) -> Vec<i64> {
    let now = NOW.plus_ms(20 * CALM_MS);
    site.units.iter().map(|unit| unit.limit_w(now).unwrap_or(unit.rated_w)).collect()
}

#[test]
fn what_is_not_confirmed_counts_in_full() {
    let mut unit = ac(true);
    assert_eq!(unit.worst_w(NOW), 22_000, "nothing is known of it");
    confirm(&mut unit, Part::Standing, 2_000, None);
    assert_eq!(unit.worst_w(NOW), 2_000);
    let until = Some(NOW.plus_ms(HOLD_MS));
    unit.send(Part::Above, Limit { power_w: 9_000, until }, NOW);
    assert_eq!(unit.worst_w(NOW), 9_000, "it may have heard it");
    unit.answered(Answered::Lost, NOW);
    assert_eq!((unit.worst_w(NOW), unit.limit_w(NOW)), (9_000, Some(2_000)));
    confirm(&mut unit, Part::Above, 9_000, until);
    unit.send(Part::Above, Limit { power_w: 4_000, until }, NOW);
    assert_eq!(unit.worst_w(NOW), 9_000, "it may not have heard that it takes less");
    unit.answered(Answered::Accepted, NOW);
    assert_eq!(unit.worst_w(NOW), 4_000);
    unit.online = false;
    let end = NOW.plus_ms(HOLD_MS + MARGIN_MS);
    assert_eq!(unit.worst_w(end.plus_ms(-1)), 4_000, "its clock may be slow");
    assert_eq!(unit.worst_w(end), 2_000, "then what stands is left");
    unit.keeps = false;
    assert_eq!(unit.worst_w(end), 22_000, "one that forgets is never trusted");
}

#[test]
fn a_boot_and_an_end_of_a_session() {
    let mut unit = ac(true);
    confirm(&mut unit, Part::Standing, 2_000, None);
    confirm(&mut unit, Part::Above, 9_000, Some(NOW.plus_ms(HOLD_MS)));
    unit.booted();
    assert_eq!((unit.worst_w(NOW), unit.limit_w(NOW)), (9_000, None), "told again, and counted as before");
    unit.session_ended();
    assert_eq!(unit.worst_w(NOW), 2_000);
    let mut refusing = ac(false);
    refusing.send(Part::Standing, Limit { power_w: 2_000, until: None }, NOW);
    refusing.answered(Answered::Refused, NOW);
    assert_eq!((refusing.worst_w(NOW), refusing.obeys()), (22_000, false));
    assert!(!refusing.is_free(NOW.plus_ms(REFUSED_MS - 1)) && refusing.is_free(NOW.plus_ms(REFUSED_MS)));
}

#[test]
fn equal_shares_and_what_one_leaves_goes_to_the_others() {
    let mut site = site(30_000, vec![ac(true), ac(true), ac(true), ac(false)]);
    run(&mut site);
    assert_eq!(limits(&site), [9_300, 9_300, 9_300, 2_000]);
    // The first is nearly full: it takes 3 kW of its 9.3.
    site.units[0].session.as_mut().unwrap().power_w = Some(3_000);
    run(&mut site);
    let after = limits(&site);
    assert_eq!((after[0], after[3]), (4_400, 2_000));
    assert!(after[1] >= 11_600 && after[2] >= 11_600, "{after:?}");
}

#[test]
fn nobody_is_given_more_before_another_has_confirmed_less() {
    let mut site = site(12_000, vec![ac(true), ac(false)]);
    run(&mut site);
    assert_eq!(limits(&site), [10_000, 2_000]);
    site.units[1].session = Some(UnitSession { began: NOW, departs: None, first: false, power_w: None });
    let now = NOW.plus_ms(10 * MINUTE_MS);
    let first = steps(&site, &share(&site, now), now);
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!((first[0].unit, first[0].limit.power_w), (0, 6_000));
    site.units[0].send(first[0].part, first[0].limit, now);
    assert_eq!(steps(&site, &share(&site, now), now), [], "no answer, no change");
    site.units[0].answered(Answered::Accepted, now);
    let then = steps(&site, &share(&site, now), now);
    assert_eq!((then[0].unit, then[0].limit.power_w), (1, 6_000));
}

#[test]
fn the_connectors_of_one_pile_count_once_and_share_what_it_gives() {
    let two =
        |one: bool, other: bool| [one, other].map(|charging| Unit { pile: Some(7), ..ac(charging) }).to_vec();
    let mut both = site(60_000, two(true, true));
    assert_eq!(both.worst_w(NOW), 22_000, "nothing is known of them, but the pile gives no more");
    assert_eq!(site(60_000, vec![ac(true), ac(true)]).worst_w(NOW), 44_000, "two piles do");
    run(&mut both);
    assert_eq!(limits(&both), [11_000, 11_000]);
    // The first car is nearly full: its neighbour has the rest of the pile.
    both.units[0].session.as_mut().unwrap().power_w = Some(3_000);
    run(&mut both);
    let after = limits(&both);
    assert_eq!((after[0], after[1]), (4_400, 17_500), "3 kW, 15 % and 1 kW more; the rest of 22 kW");
    // One alone has all but what stands at the other.
    let mut one = site(60_000, two(true, false));
    run(&mut one);
    assert_eq!(limits(&one), [20_000, 2_000]);
    // A neighbour that refuses does not make the pile larger.
    one.units[1].keeps = false;
    let later = NOW.plus_ms(30 * CALM_MS);
    assert_eq!(one.worst_w(later), 22_000);
    // A standing limit is at most its part of the pile.
    let mut safe = site(90_000, two(false, false));
    safe.safe_w = 40_000;
    run(&mut safe);
    assert_eq!(limits(&safe), [11_000, 11_000]);
}

#[test]
fn ranks_and_departures() {
    let mut units = vec![ac(true), ac(true), ac(true)];
    (units[0].rank, units[1].rank, units[2].rank) = (3, 1, 2);
    let mut first = LoadSite { strategy: LoadStrategy::Priority, ..site(30_000, units) };
    run(&mut first);
    assert_eq!(limits(&first), [2_000, 22_000, 6_000]);
    let session = first.units[0].session.as_mut().unwrap();
    session.first = true;
    run(&mut first);
    assert_eq!(limits(&first), [22_000, 6_000, 2_000], "a fleet's driver goes before all ranks");

    let mut units = vec![ac(true), ac(true), ac(true)];
    units[1].session.as_mut().unwrap().departs = Some(NOW.plus_ms(2 * HOUR_MS));
    units[2].session.as_mut().unwrap().departs = Some(NOW.plus_ms(HOUR_MS));
    let mut first = LoadSite { strategy: LoadStrategy::Departure, ..site(30_000, units) };
    run(&mut first);
    assert_eq!(limits(&first), [2_000, 6_000, 22_000]);
}

#[test]
fn too_little_for_all_lets_the_last_wait() {
    let mut site = site(4_000, vec![ac(true), ac(true), ac(true)]);
    site.safe_w = 0;
    run(&mut site);
    let shares = share(&site, NOW);
    assert_eq!(shares.targets.iter().map(|target| target.waits).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(limits(&site), [2_000, 2_000, 0]);
}

#[test]
fn a_pile_of_percents_is_locked_or_its_session_stopped_when_not_even_the_least_is_there() {
    let dc = |charging: bool| Unit {
        control: LoadControl::Percent,
        least_w: 18_000,
        rated_w: 60_000,
        ..ac(charging)
    };
    let mut both = site(50_000, vec![dc(true), dc(false)]);
    run(&mut both);
    assert_eq!(limits(&both), [31_800, 18_000], "whole percents");
    both.cap_w = 20_000;
    run(&mut both);
    assert_eq!(limits(&both), [19_800, 0], "the idle one is locked");
    both.cap_w = 10_000;
    let shares = share(&both, NOW);
    assert!(shares.targets[0].stops && !shares.targets[1].stops);
    assert_eq!(both.over_w(NOW.plus_ms(20 * CALM_MS)), 9_800, "told until it is over");
}

#[test]
fn one_that_cannot_be_reached_is_left_what_it_has() {
    let mut site = site(20_000, vec![ac(true), ac(true)]);
    run(&mut site);
    assert_eq!(limits(&site), [10_000, 10_000]);
    site.units[1].online = false;
    assert_eq!(run(&mut site), 0, "the other gets nothing of it yet");
    let later = NOW.plus_ms(AHEAD_MS + 20 * CALM_MS);
    let step = steps(&site, &share(&site, later), later);
    assert_eq!(
        (step[0].unit, step[0].limit.power_w),
        (0, 18_000),
        "when its limit has ended, all but what stands"
    );
}

#[test]
fn a_cap_by_the_hour() {
    let period = CapPeriod { from_minute: 22 * 60, to_minute: 6 * 60, cap_w: 50_000 };
    let cap = Cap { cap_w: 100_000, reserve_w: 5_000, periods: vec![period] };
    let zone = Zone::shanghai();
    let at = |hour: i64, minute: i64| zone.moment(2026, 7, 15, (hour * 60 + minute) * MINUTE_MS).unwrap();
    assert_eq!(
        [at(21, 59), at(22, 0), at(5, 59), at(6, 0)].map(|at| cap.at(&zone, at)),
        [95_000, 45_000, 45_000, 95_000]
    );
    assert_eq!(cap.least(&zone, at(21, 40), at(21, 40).plus_ms(AHEAD_MS)), 95_000);
    assert_eq!(cap.least(&zone, at(21, 50), at(21, 50).plus_ms(AHEAD_MS)), 45_000, "seen before it comes");
    assert_eq!(cap.floor(), 45_000);
}
