//! The learner by itself.

use forecast::boost::{Booster, Loss, Random, Settings, Table, quantile};

/// Two features of which the first decides, and chance that is often mild and sometimes wild.
fn lessons(wild: f32) -> (Table, Vec<f32>, Vec<f32>) {
    let mut random = Random::new(5);
    let mut table = Table::new(2, 4000);
    let mut wanted = Vec::new();
    for row in 0..4000_u32 {
        let (x, other) = (random.share() * 10.0, random.share());
        let x = if row % 50 == 0 { f32::NAN } else { x };
        table.push(&[x, other], row);
        let mild = random.share() * 0.4 - 0.2;
        wanted.push(truth(x) + mild + if row % 10 == 3 { wild } else { 0.0 });
    }
    let weights = vec![1.0; wanted.len()];
    (table, wanted, weights)
}

fn truth(x: f32) -> f32 {
    if x.is_nan() {
        -5.0
    } else if x < 3.0 {
        1.0
    } else if x < 7.0 {
        4.0
    } else {
        2.0
    }
}

#[test]
fn steps_and_what_is_unknown_are_learned() {
    let (table, wanted, weights) = lessons(0.0);
    for loss in [Loss::Square, Loss::ABSOLUTE] {
        let settings = Settings { loss, trees: 200, rows_min: 20, feature_share: 1.0, ..Settings::default() };
        let booster = Booster::fit(&table, &wanted, &weights, &settings);
        for x in [0.5, 2.5, 3.5, 6.5, 7.5, 9.5, f32::NAN] {
            let said = booster.predict(&[x, 0.5]);
            assert!((said - truth(x)).abs() < 0.3, "{loss:?} {x}: {said} for {}", truth(x));
        }
        assert_eq!(booster.asked()[0].0, 0, "the feature that decides is asked most");
    }
}

#[test]
fn the_absolute_error_does_not_follow_wild_rows() {
    let (table, wanted, weights) = lessons(1000.0);
    let settings = Settings { trees: 100, rows_min: 100, feature_share: 1.0, ..Settings::default() };
    let booster = Booster::fit(&table, &wanted, &weights, &settings);
    assert!((booster.predict(&[5.0, 0.5]) - 4.0).abs() < 0.5);
    let square = Settings { loss: Loss::Square, ..settings };
    let booster = Booster::fit(&table, &wanted, &weights, &square);
    assert!(booster.predict(&[5.0, 0.5]) > 50.0, "the mean does");
}

#[test]
fn the_same_seed_gives_the_same_trees_and_another_one_others() {
    let (table, wanted, weights) = lessons(3.0);
    let fit = |seed| {
        let settings = Settings { trees: 30, feature_share: 0.5, seed, ..Settings::default() };
        let booster = Booster::fit(&table, &wanted, &weights, &settings);
        (0..100).map(|at| booster.predict(&[at as f32 / 10.0, 0.3]).to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(fit(1), fit(1));
    assert_ne!(fit(1), fit(2));
}

#[test]
fn a_quantile_lies_where_it_says() {
    let mut random = Random::new(9);
    let mut table = Table::new(1, 5000);
    let wanted: Vec<f32> = (0..5000).map(|_| random.share()).collect();
    for row in 0..5000 {
        table.push(&[random.share()], row);
    }
    for share in [0.1, 0.5, 0.9] {
        let settings = Settings { loss: Loss::Quantile(share), trees: 20, ..Settings::default() };
        let booster = Booster::fit(&table, &wanted, &vec![1.0; 5000], &settings);
        let said = booster.predict(&[0.5]);
        assert!((said - share).abs() < 0.06, "{share}: {said}");
    }
}

#[test]
fn weights_count_and_nothing_to_learn_is_no_fault() {
    let mut pairs = [(1.0, 1.0), (2.0, 1.0), (9.0, 5.0)];
    assert_eq!(quantile(&mut pairs, 0.5), 9.0);
    assert_eq!(quantile(&mut [], 0.5), 0.0);
    let empty = Booster::fit(&Table::new(2, 0), &[], &[], &Settings::default());
    assert_eq!((empty.predict(&[1.0, 2.0]), empty.trees()), (0.0, 0));
    let mut same = Table::new(1, 3);
    for row in 0..3 {
        same.push(&[7.0], row);
    }
    let settings = Settings { rows_min: 1, ..Settings::default() };
    let booster = Booster::fit(&same, &[4.0; 3], &[1.0; 3], &settings);
    assert_eq!((booster.predict(&[7.0]), booster.trees()), (4.0, 0));
}
