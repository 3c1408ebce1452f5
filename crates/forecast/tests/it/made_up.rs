//! Series and orders that follow a rule, with some chance on top.

use forecast::boost::Random;
use forecast::calendar::day;
use forecast::grid::Grid;
use forecast::order::Order;

/// From a Thursday on: a course of the day, weekends at half, and sites of very different size.
pub fn grid(sites: usize, hours: usize, chance: f64, seed: u64) -> Grid {
    let start = day("2022-09-01").unwrap().at(0, 0, 0, 0);
    let mut random = Random::new(seed);
    let values = (0..sites)
        .map(|site| {
            let size = 10.0 * 4.0_f64.powi(site as i32);
            (0..hours)
                .map(|hour| {
                    let turn = std::f64::consts::TAU * (hour % 24) as f64 / 24.0;
                    let weekend = matches!((hour / 24 + 3) % 7, 5 | 6);
                    let usual = size * (1.5 + turn.sin()) * if weekend { 0.5 } else { 1.0 };
                    (usual * (1.0 + chance * (f64::from(random.share()) - 0.5))).max(0.0)
                })
                .collect()
        })
        .collect();
    Grid::new(start, (0..sites).map(|site| format!("site {site}")).collect(), values)
}

/// Customers with a need and a time to leave of their own, one order each working day.
pub fn orders(customers: usize, days: usize, seed: u64) -> Vec<Order> {
    let mut random = Random::new(seed);
    let mut orders = Vec::new();
    for day in 0..days {
        for customer in 0..customers {
            let start = day as f64 * 1440.0 + 420.0 + 60.0 * f64::from(random.share());
            let leaves = day as f64 * 1440.0 + 600.0 + 40.0 * customer as f64;
            orders.push(Order {
                customer: Some(format!("customer {customer}")),
                pile: format!("pile {}", customer % 3),
                site: "site".to_owned(),
                start_min: start,
                end_min: leaves + 20.0 * f64::from(random.share()),
                energy_kwh: 5.0 + 3.0 * customer as f64 + f64::from(random.share()),
                idle_min: None,
                soc_start: None,
            });
        }
    }
    orders
}
