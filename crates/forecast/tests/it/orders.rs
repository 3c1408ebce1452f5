//! energy and duration of an order.

use crate::made_up;
use forecast::order::{History, Wanted, judge};

#[test]
fn customers_with_habits_are_known() {
    let history = History::of(made_up::orders(8, 120, 1));
    for (wanted, most) in [(Wanted::EnergyKwh, 0.5), (Wanted::DurationMin, 8.0)] {
        let judged = judge(&history, wanted, 100.0 * 1440.0, 1);
        let (model, own, all) = (judged.model.unwrap(), judged.own.unwrap(), judged.all.unwrap());
        assert!(model.mae < most, "{wanted:?}: {}", model.mae);
        assert!(model.mae < all.mae / 4.0 && own.mae < all.mae);
        assert_eq!((judged.learned, model.count), (800, 160));
    }
}

#[test]
fn a_stranger_is_expected_to_be_like_the_others() {
    let history = History::of(made_up::orders(8, 100, 2));
    let model = forecast::order::OrderModel::fit(&history, Wanted::EnergyKwh, 99.0 * 1440.0, 1);
    for customer in [None, Some("nobody yet".to_owned())] {
        let mut stranger = history.orders().last().unwrap().clone();
        stranger.customer = customer;
        let said = model.predict(&history, &stranger);
        assert!((5.0..30.0).contains(&said), "{said}");
    }
}

#[test]
fn the_same_orders_give_the_same_forecast() {
    let mae = || {
        let history = History::of(made_up::orders(5, 80, 3));
        judge(&history, Wanted::DurationMin, 60.0 * 1440.0, 7).model.unwrap().mae.to_bits()
    };
    assert_eq!(mae(), mae());
}
