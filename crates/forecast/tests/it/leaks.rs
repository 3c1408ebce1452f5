//! What comes after the origin must not be known before it: not to a feature, not to a naive forecast,
//! not to what is learned.

use crate::made_up;
use forecast::boost::Settings;
use forecast::calendar::Calendar;
use forecast::features::{NAMES, Source};
use forecast::grid::Grid;
use forecast::hourly::{Lessons, Naive, Recipe, Span};
use forecast::order::{History, OrderModel, Wanted};

/// The same grid until the end of the hour `last`, and nonsense after it.
fn changed_after(grid: &Grid, last: usize) -> Grid {
    let mut changed = grid.clone();
    for site in 0..grid.sites() {
        for hour in last + 1..grid.hours() {
            changed.set(site, hour, if hour % 3 == 0 { f64::NAN } else { 1e6 });
        }
    }
    changed
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn the_future_changes_no_feature() {
    let grid = made_up::grid(3, 900, 0.4, 1);
    let source = Source::of(&grid, &Calendar::china(), 200);
    for origin in [336, 500, 700] {
        let changed = changed_after(&grid, origin);
        let other = Source::of(&changed, &Calendar::china(), 200);
        for ahead in [1, 3, 12, 24, 25, 48, 100, 168] {
            for site in 0..3 {
                let (frame, row) = source.row(site, origin, origin + ahead);
                let (frame2, row2) = other.row(site, origin, origin + ahead);
                assert_eq!(row.len(), NAMES.len());
                for (at, name) in NAMES.iter().enumerate() {
                    assert_eq!(row[at].to_bits(), row2[at].to_bits(), "{name} at {origin}+{ahead}");
                }
                assert_eq!((frame.from, frame.scale), (frame2.from, frame2.scale));
                for naive in Naive::ALL {
                    let said = naive.predict(&source, site, origin, origin + ahead);
                    assert_eq!(said, naive.predict(&other, site, origin, origin + ahead), "{naive:?}");
                }
            }
        }
    }
}

#[test]
fn the_future_changes_nothing_that_is_learned() {
    let grid = made_up::grid(3, 1000, 0.4, 2);
    let changed = changed_after(&grid, 799);
    let recipe = Recipe { parts: vec![Settings { trees: 20, ..Settings::default() }], careful: true };
    let said = |grid: &Grid| {
        let source = Source::of(grid, &Calendar::plain(), 24);
        let span = Span { from: 1, to: 12 };
        let model = Lessons::before(&source, span, 800, 3).learn(span, &recipe);
        (0..3).map(|site| model.predict(&source, site, 799, 805) as f32).collect::<Vec<_>>()
    };
    assert_eq!(bits(&said(&grid)), bits(&said(&changed)));
}

#[test]
fn the_future_changes_no_order() {
    let orders = made_up::orders(6, 60, 4);
    let cut = 40.0 * 1440.0;
    let mut changed = orders.clone();
    let asked = orders.iter().find(|order| order.start_min > cut).unwrap().clone();
    for order in changed.iter_mut().filter(|order| order.end_min >= asked.start_min) {
        order.energy_kwh = 190.0;
        order.end_min += 5000.0;
    }
    let said = |orders: Vec<forecast::order::Order>| {
        let history = History::of(orders);
        [Wanted::EnergyKwh, Wanted::DurationMin]
            .map(|wanted| OrderModel::fit(&history, wanted, cut, 1).predict(&history, &asked).to_bits())
    };
    assert_eq!(said(orders), said(changed));
}
