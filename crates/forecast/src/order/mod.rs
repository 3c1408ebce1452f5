//! What a running order will take: its energy and how long it will stand, from what its customer, its
//! pile and its site did before.

mod features;
mod read;
mod score;

pub use features::NAMES;
pub use read::{day_of_min, midnight_min, orders};
pub use score::{Judged, LEARNED_MIN, judge};

use crate::boost::{Booster, Loss, Settings, Table};
use std::collections::HashMap;

/// An order as a forecast sees it. Minutes are local wall clock, from any beginning that is the same for all.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Whoever charges, where that is known.
    pub customer: Option<String>,
    pub pile: String,
    pub site: String,
    pub start_min: f64,
    /// When it ended, and what it had taken; both are of no account as long as it runs.
    pub end_min: f64,
    pub energy_kwh: f64,
    /// How long it stood without taking anything, where that is known.
    pub idle_min: Option<f64>,
    pub soc_start: Option<f64>,
}

impl Order {
    pub fn duration_min(&self) -> f64 {
        self.end_min - self.start_min
    }

    /// Minutes after the midnight before its start.
    fn start_of_day(&self) -> f64 {
        self.start_min.rem_euclid(DAY_MIN)
    }

    /// When it ended, in minutes after the midnight before its start.
    fn end_of_day(&self) -> f64 {
        self.end_min - self.start_min + self.start_of_day()
    }

    fn day(&self) -> i64 {
        (self.start_min / DAY_MIN).floor() as i64
    }
}

const DAY_MIN: f64 = 1440.0;

/// Orders that have been, found by who charged, at which pile and at which site.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In the order of their start.
    orders: Vec<Order>,
    of_customer: HashMap<String, Vec<usize>>,
    of_pile: HashMap<String, Vec<usize>>,
    of_site: HashMap<String, Vec<usize>>,
}

impl History {
    pub fn of(mut orders: Vec<Order>) -> History {
        orders.sort_by(|a, b| a.start_min.total_cmp(&b.start_min));
        let mut history = History::default();
        for (at, order) in orders.iter().enumerate() {
            if let Some(customer) = &order.customer {
                history.of_customer.entry(customer.clone()).or_default().push(at);
            }
            history.of_pile.entry(order.pile.clone()).or_default().push(at);
            history.of_site.entry(order.site.clone()).or_default().push(at);
        }
        history.orders = orders;
        history
    }

    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// The last `most` orders of a list that had begun before `start_min`, ended or not.
    fn before<'a>(
        &'a self,
        list: Option<&'a Vec<usize>>,
        start_min: f64,
        most: usize,
    ) -> impl DoubleEndedIterator<Item = &'a Order> {
        let list = list.map_or(&[][..], Vec::as_slice);
        let end = list.partition_point(|at| self.orders[*at].start_min < start_min);
        list[end.saturating_sub(most)..end].iter().map(|at| &self.orders[*at])
    }

    fn of_customer(&self, order: &Order) -> Vec<&Order> {
        let list = order.customer.as_ref().and_then(|customer| self.of_customer.get(customer));
        ended(self.before(list, order.start_min, 400), order)
    }

    fn of_pile(&self, order: &Order) -> Vec<&Order> {
        ended(self.before(self.of_pile.get(&order.pile), order.start_min, 40), order)
    }

    fn of_site(&self, order: &Order) -> Vec<&Order> {
        self.before(self.of_site.get(&order.site), order.start_min, 400).collect()
    }
}

/// Those that had ended when `order` began: of the others nobody knew yet what they would take.
fn ended<'a>(before: impl Iterator<Item = &'a Order>, order: &Order) -> Vec<&'a Order> {
    before.filter(|past| past.end_min < order.start_min).collect()
}

/// What of an order is forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    EnergyKwh,
    DurationMin,
}

impl Wanted {
    pub fn of(self, order: &Order) -> f64 {
        match self {
            Wanted::EnergyKwh => order.energy_kwh,
            Wanted::DurationMin => order.duration_min(),
        }
    }
}

/// Learned from the orders that had ended before a moment.
#[derive(Clone, Debug)]
pub struct OrderModel {
    wanted: Wanted,
    booster: Booster,
    rows: usize,
}

impl OrderModel {
    /// Learns from the orders of `history` that had ended by `until_min`.
    pub fn fit(history: &History, wanted: Wanted, until_min: f64, seed: u64) -> OrderModel {
        OrderModel::fit_quantile(history, wanted, until_min, 0.5, seed)
    }

    /// The same for another quantile than the middle: the edge of a band.
    pub fn fit_quantile(
        history: &History,
        wanted: Wanted,
        until_min: f64,
        share: f32,
        seed: u64,
    ) -> OrderModel {
        let mut table = Table::new(NAMES.len(), history.orders.len());
        let mut differences = Vec::new();
        for order in history.orders.iter().filter(|order| order.end_min < until_min) {
            let (usual, row) = features::row(history, order, wanted);
            table.push(&row, differences.len() as u32);
            differences.push((wanted.of(order) - usual) as f32);
        }
        let weights = vec![1.0; differences.len()];
        let settings = Settings {
            loss: Loss::Quantile(share),
            trees: 400,
            rate: 0.04,
            leaves: 15,
            rows_min: 30,
            feature_share: 0.4,
            group_share: 0.7,
            seed,
            ..Settings::default()
        };
        let booster = Booster::fit(&table, &differences, &weights, &settings);
        OrderModel { wanted, booster, rows: differences.len() }
    }

    /// How many orders it learned from.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What is to be expected of an order at its start.
    pub fn predict(&self, history: &History, order: &Order) -> f64 {
        let (usual, row) = features::row(history, order, self.wanted);
        (usual + f64::from(self.booster.predict(&row))).max(0.0)
    }
}
