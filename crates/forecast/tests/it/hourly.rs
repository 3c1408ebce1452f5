//! hourly forecasts, on series that follow a rule.

use crate::made_up;
use forecast::calendar::{Calendar, DayKind, day};
use forecast::features::Source;
use forecast::grid::Grid;
use forecast::hourly::{LEARNED_MIN, Lessons, Naive, Recipe, Span};
use forecast::month::month;
use forecast::protocol::{AHEAD, Cut, folds};
use forecast::score::Pairs;
use forecast::table;
use forecast::week::{Effort, weeks};

#[test]
fn the_model_beats_what_needs_no_learning() {
    let grid = made_up::grid(3, 10 * 168, 0.6, 1);
    let cut = Cut::at("cut", 8 * 168, grid.hours());
    let rows = table::rows(&grid, &Calendar::plain(), &cut, &Recipe::point(1), 2);
    assert_eq!(rows.iter().map(|row| row.ahead).collect::<Vec<_>>(), AHEAD);
    for row in rows {
        let model = row.model.unwrap();
        for (naive, score) in Naive::ALL.iter().zip(row.naive) {
            let score = score.unwrap();
            assert!(
                model.mae < 0.9 * score.mae,
                "{} h: {} against {naive:?} {}",
                row.ahead,
                model.mae,
                score.mae
            );
            assert_eq!(model.count, score.count);
        }
        assert_eq!(model.count, 3 * (2 * 168 + 1 - row.ahead), "each later hour of each site");
    }
}

#[test]
fn threads_change_nothing() {
    let grid = made_up::grid(2, 5 * 168, 0.5, 2);
    let cut = Cut::at("cut", 4 * 168, grid.hours());
    let mae = |threads| {
        let rows = table::rows(&grid, &Calendar::plain(), &cut, &Recipe::point(1), threads);
        rows.iter().map(|row| row.model.unwrap().mae.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(mae(1), mae(3));
}

#[test]
fn missing_hours_and_a_dead_site_are_borne() {
    let mut grid = made_up::grid(3, 6 * 168, 0.3, 3);
    for hour in 0..grid.hours() {
        if hour % 5 == 0 || (500..560).contains(&hour) {
            grid.set(0, hour, f64::NAN);
        }
        grid.set(1, hour, 0.0);
        grid.set(2, hour, f64::NAN);
    }
    let source = Source::of(&grid, &Calendar::china(), 0);
    let span = Span::one(3);
    let lessons = Lessons::before(&source, span, 5 * 168, 1);
    assert!(lessons.rows() > 0);
    let model = lessons.learn(span, &Recipe::point(1));
    for target in 5 * 168 + 3..grid.hours() {
        let said = model.predict(&source, 0, target - 3, target);
        assert!(said.is_finite() && said >= 0.0, "{said} at {target}");
        assert!(model.predict(&source, 1, target - 3, target) < 1.0, "a dead site stays dead");
        assert!(model.predict(&source, 2, target - 3, target).is_nan(), "nothing known, nothing said");
    }
}

#[test]
fn too_little_gives_no_lesson() {
    let grid = made_up::grid(2, LEARNED_MIN, 0.3, 4);
    let source = Source::of(&grid, &Calendar::plain(), 0);
    assert_eq!(Lessons::before(&source, Span::one(3), 14 * 24, 1).rows(), 0);
    assert!(folds(&grid).is_empty(), "no month is whole");
}

#[test]
fn folds_are_those_of_the_protocol() {
    // September to November: 720, 744 and 720 hours.
    let grid = made_up::grid(1, 720 + 744 + 720 + 100, 0.3, 5);
    let folds = folds(&grid);
    assert_eq!(folds.iter().map(|fold| fold.learned).collect::<Vec<_>>(), [648, 1317, 1965]);
    assert_eq!(folds[0].targets(3), 648 + 14..719);
    assert_eq!(folds[1].targets(12), 1317 + 23..1463);
    let cut = Cut::at("cut", 1000, 1200);
    assert_eq!((cut.targets(1), cut.targets(12)), (1000..1200, 1011..1200));
}

#[test]
fn naive_forecasts_look_back_as_far_as_they_must() {
    let names = vec!["a".to_owned()];
    let grid =
        Grid::new(day("2023-01-01").unwrap().at(0, 0, 0, 0), names, vec![(0..400).map(f64::from).collect()]);
    let source = Source::of(&grid, &Calendar::plain(), 200);
    let said = |naive: Naive, ahead: usize| naive.predict(&source, 0, 300, 300 + ahead);
    assert_eq!((said(Naive::Last, 5), said(Naive::Day, 5), said(Naive::Week, 5)), (300.0, 281.0, 137.0));
    assert_eq!((said(Naive::Day, 24), said(Naive::Day, 25), said(Naive::Week, 168)), (300.0, 277.0, 300.0));
}

#[test]
fn scores_are_what_they_are_called() {
    let mut pairs = Pairs::default();
    assert!(pairs.score().is_none());
    for (said, came) in [(1.0, 2.0), (-5.0, 1.0), (6.0, 3.0), (f64::NAN, 3.0), (3.0, f64::NAN)] {
        pairs.push(said, came);
    }
    let score = pairs.score().unwrap();
    // Off by 1, 1 (less than nothing is not said) and 3; the mean of what came is 2.
    assert_eq!((score.count, score.mae), (3, 5.0 / 3.0));
    assert!((score.rmse - (11.0_f64 / 3.0).sqrt()).abs() < 1e-9);
    assert!((score.wape - 5.0 / 6.0).abs() < 1e-9 && (score.rae - 5.0 / 2.0).abs() < 1e-9);
}

#[test]
fn holidays_of_china_are_data() {
    let china = Calendar::china();
    let kind = |text: &str| china.kind(day(text).unwrap());
    assert_eq!(kind("2023-01-21"), DayKind::Holiday);
    assert_eq!(kind("2023-01-27"), DayKind::Holiday);
    assert_eq!(kind("2023-01-28"), DayKind::Working, "a Saturday that makes up");
    assert_eq!(kind("2023-02-04"), DayKind::Weekend);
    assert_eq!(kind("2026-02-23"), DayKind::Holiday);
    assert_eq!(Calendar::plain().kind(day("2023-01-23").unwrap()), DayKind::Working);
}

#[test]
fn the_next_week_has_a_band_and_a_back_test() {
    let mut grid = made_up::grid(3, 8 * 168, 0.4, 6);
    for hour in 0..grid.hours() - 20 * 24 {
        grid.set(2, hour, f64::NAN);
    }
    let weeks = weeks(&grid, &Calendar::plain(), Effort { lessons: 4000, seed: 1 });
    assert_eq!((weeks[2].known, weeks[2].hours.len()), (480, 0), "twenty days are too little");
    assert!(weeks[2].day.is_none() && weeks[2].week.is_none());
    for (site, week) in weeks[..2].iter().enumerate() {
        assert_eq!(week.hours.len(), 168);
        assert!(week.hours.iter().all(|hour| hour.low <= hour.said && hour.said <= hour.high));
        assert!(week.hours.iter().all(|hour| !hour.naive.is_nan()));
        for (what, tested) in [("day", week.day.unwrap()), ("week", week.week.unwrap())] {
            assert!(tested.model.mae < tested.naive.mae, "{site} {what}: {tested:?}");
            assert!((0.6..=0.98).contains(&tested.inside), "{site} {what}: {tested:?}");
            assert_eq!(tested.model.count, tested.naive.count);
        }
    }
}

#[test]
fn under_four_weeks_nothing_is_said() {
    for (hours, said) in [(4 * 168 - 1, 0), (4 * 168, 168)] {
        let grid = made_up::grid(2, hours, 0.3, 7);
        let weeks = weeks(&grid, &Calendar::plain(), Effort { lessons: 2000, seed: 1 });
        assert!(weeks.iter().all(|week| week.known == hours && week.hours.len() == said), "{hours}");
    }
    assert!(
        weeks(
            &Grid::new(day("2023-01-01").unwrap().at(0, 0, 0, 0), Vec::new(), Vec::new()),
            &Calendar::plain(),
            Effort::default()
        )
        .is_empty()
    );
}

#[test]
fn a_month_goes_on_as_its_weekdays_do() {
    // A Saturday and Sunday bring 10, other days 40; known up to the eve of Thursday 2026-06-18.
    let calendar = Calendar::with([(day("2026-06-24").unwrap(), DayKind::Holiday)]);
    let today = day("2026-06-18").unwrap();
    let values: Vec<f64> = (0..168)
        .map(|back: i64| if matches!((back - 168 + 3).rem_euclid(7), 5 | 6) { 10.0 } else { 40.0 })
        .collect();
    let month = month(&values, today, &calendar).unwrap();
    // 1 to 17 June: 13 working days. To come: 8 working days, 4 of a weekend, and a holiday like those.
    assert_eq!(month.so_far, 13.0 * 40.0 + 4.0 * 10.0);
    assert_eq!(month.said, month.so_far + 8.0 * 40.0 + 5.0 * 10.0);
    assert!((month.naive - month.so_far / 17.0 * 30.0).abs() < 1e-9);
    assert_eq!(month.tested.len(), 4, "as many months as have four weeks before the same day");
    assert!(month.tested.iter().all(|(off, naive)| *off < 1e-9 && *naive > 0.0));
    assert!(forecast::month::month(&values[..27], today, &calendar).is_none());
    let first = forecast::month::month(&values, day("2026-06-01").unwrap(), &Calendar::plain()).unwrap();
    assert_eq!(first.so_far, 0.0);
}
