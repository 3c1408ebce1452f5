//! Free connectors: what is said of coins, of sessions whose length is known, and that nothing of later leaks in.

use forecast::free::{Busy, FreeTest, SESSIONS_MIN, Session, Turnover, full_share, judge};

/// Each connector is taken for an hour at every even hour, day and night.
fn even_hours(connectors: usize, days: usize) -> Vec<Session> {
    let mut all = Vec::new();
    for slot in 0..days * 12 {
        for connector in 0..connectors {
            let start_min = slot as f64 * 120.0;
            all.push(Session { connector, start_min, end_min: start_min + 60.0, energy_kwh: 20.0 });
        }
    }
    all
}

#[test]
fn r4_2_3_class_a_session_of_a_known_length_ends_when_it_is_due() {
    let sessions = even_hours(4, 20);
    let turnover = Turnover::learn(&sessions, 4, 0.0, 20.0 * 1_440.0);
    let noon = 30.0 * 1_440.0 + 12.0 * 60.0;
    let busy = [Busy { minutes: 50.0, energy_kwh: None }];
    let soon = turnover.expect(noon + 50.0, 0, &busy, 15.0);
    let later = turnover.expect(noon + 10.0, 0, &[Busy { minutes: 10.0, energy_kwh: None }], 15.0);
    assert!(soon.mean > 0.3 && later.mean < 0.05, "{soon:?} {later:?}");
    // Nobody comes at odd hours: what is free stays free.
    let idle = turnover.expect(noon + 60.0, 3, &[], 60.0);
    assert!(idle.mean > 2.9 && idle.low == 3 && idle.any > 0.999, "{idle:?}");
}

#[test]
fn r4_2_3_boundary_none_all_and_what_lasts_longer_than_any() {
    let turnover = Turnover::learn(&even_hours(2, 20), 2, 0.0, 20.0 * 1_440.0);
    let none = turnover.expect(0.0, 0, &[], 60.0);
    assert_eq!((none.mean, none.low, none.high, none.any), (0.0, 0, 0, 0.0));
    let long = turnover.expect(0.0, 0, &[Busy { minutes: 900.0, energy_kwh: Some(90.0) }], 60.0);
    assert!(long.mean > 0.1 && long.mean < 0.5, "{long:?}");
    // What it has taken already tells sessions apart.
    let mut mixed = even_hours(1, 40);
    for (n, one) in mixed.iter_mut().enumerate() {
        if n % 2 == 0 {
            (one.end_min, one.energy_kwh) = (one.start_min + 110.0, 60.0);
        }
    }
    let mixed = Turnover::learn(&mixed, 1, 0.0, 40.0 * 1_440.0);
    let at = |energy_kwh| mixed.expect(55.0, 0, &[Busy { minutes: 55.0, energy_kwh }], 15.0).mean;
    assert!(at(Some(40.0)) < at(Some(5.0)) / 2.0, "{} {}", at(Some(40.0)), at(Some(5.0)));
}

#[test]
fn r4_2_3_class_it_is_scored_beside_as_now_and_nothing_of_later_is_known() {
    let sessions = even_hours(4, 28);
    let end = 28.0 * 1_440.0;
    let tests = judge(&sessions, 4, (0.0, 14.0 * 1_440.0, end));
    assert_eq!(tests.iter().map(|(ahead, _)| *ahead).collect::<Vec<_>>(), [15, 30, 60]);
    let hour: FreeTest = tests[2].1;
    assert!(hour.count > 300 && hour.error < hour.naive_error && hour.brier < hour.naive_brier, "{hour:?}");
    // What happens after the cut changes nothing that is learned.
    let mut changed = sessions.clone();
    changed.iter_mut().filter(|one| one.start_min > 14.0 * 1_440.0).for_each(|one| one.energy_kwh = 99.0);
    let cut = 14.0 * 1_440.0;
    assert_eq!(Turnover::learn(&sessions, 4, 0.0, cut), Turnover::learn(&changed, 4, 0.0, cut));
    // With too few sessions nothing is said.
    let few: Vec<Session> = sessions.into_iter().take(SESSIONS_MIN - 1).collect();
    assert!(judge(&few, 4, (0.0, cut, end)).is_empty());
}

#[test]
fn r4_2_3_class_hours_in_which_all_are_taken_are_counted() {
    let sessions = even_hours(2, 10);
    let share = full_share(&sessions, 2, 0.0, 10.0 * 1_440.0).unwrap();
    assert!((share - 7.0 / 15.0).abs() < 1e-9, "{share}");
    assert_eq!(full_share(&sessions, 0, 0.0, 1_440.0), None);
    assert_eq!(full_share(&sessions, 3, 0.0, 1_440.0), Some(0.0));
}
