//! How well orders are forecast: learned before a moment, scored after it.

use super::{History, Order, OrderModel, Wanted};
use crate::score::{Pairs, Score};

/// With fewer ended orders than this nothing is learned.
pub const LEARNED_MIN: usize = 500;

/// Errors of one wanted value, beside those of forecasts that need no learning.
#[derive(Clone, Debug)]
pub struct Judged {
    pub wanted: Wanted,
    /// Orders that were learned from.
    pub learned: usize,
    pub model: Option<Score>,
    /// The median of the customer's orders before, of all orders before where there are none.
    pub own: Option<Score>,
    /// The median of all orders that were learned from.
    pub all: Option<Score>,
}

/// Learns from the orders that had ended by `cut_min` and scores those that began then or later, each
/// from what had ended before it began.
pub fn judge(history: &History, wanted: Wanted, cut_min: f64, seed: u64) -> Judged {
    let model = OrderModel::fit(history, wanted, cut_min, seed);
    let mut before: Vec<f64> = history
        .orders()
        .iter()
        .filter(|order| order.end_min < cut_min)
        .map(|order| wanted.of(order))
        .collect();
    let usual = median(&mut before);
    let (mut said, mut own, mut all) = (Pairs::default(), Pairs::default(), Pairs::default());
    for order in history.orders().iter().filter(|order| order.start_min >= cut_min) {
        let came = wanted.of(order);
        said.push(model.predict(history, order), came);
        own.push(own_median(history, order, wanted).unwrap_or(usual), came);
        all.push(usual, came);
    }
    Judged { wanted, learned: model.rows(), model: said.score(), own: own.score(), all: all.score() }
}

fn own_median(history: &History, order: &Order, wanted: Wanted) -> Option<f64> {
    let mut values: Vec<f64> = history.of_customer(order).into_iter().map(|past| wanted.of(past)).collect();
    if values.is_empty() { None } else { Some(median(&mut values)) }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
