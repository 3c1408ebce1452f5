//! What a forecast of an order looks at: only orders that had ended when it began.

use super::{DAY_MIN, History, Order, Wanted};

pub const NAMES: [&str; 63] = [
    "customer_count",
    "customer_energy_last",
    "customer_energy_before",
    "customer_energy_third",
    "customer_energy_mean",
    "customer_energy_median",
    "customer_energy_all",
    "customer_energy_spread",
    "customer_energy_low",
    "customer_energy_high",
    "customer_energy_max",
    "customer_energy_min",
    "customer_duration_last",
    "customer_duration_before",
    "customer_duration_mean",
    "customer_duration_median",
    "customer_duration_spread",
    "customer_duration_low",
    "customer_duration_high",
    "customer_rate",
    "customer_left",
    "customer_left_last",
    "customer_pause",
    "customer_start",
    "customer_today",
    "customer_today_energy",
    "near_energy",
    "near_duration",
    "near_left",
    "near_weight",
    "weekday_energy",
    "weekday_duration",
    "weekday_left",
    "weekday_weight",
    "pause_energy",
    "pause_duration",
    "pile_count",
    "pile_energy_last",
    "pile_energy_mean",
    "pile_energy_median",
    "pile_duration_last",
    "pile_duration_mean",
    "pile_duration_median",
    "pile_rate",
    "site_count",
    "site_busy",
    "site_energy",
    "site_duration",
    "site_near_energy",
    "site_near_duration",
    "site_near_left",
    "start",
    "weekday",
    "soc_start",
    "usual",
    "year_day_sin",
    "year_day_cos",
    "customer_energy_first_weeks",
    "customer_days",
    "customer_per_week",
    "customer_same_pile",
    "customer_last_days",
    "customer_left_low",
];

/// So many of the last orders of a customer stand for how they charge now.
const LATELY: usize = 20;

/// What is usual in this case, and the row of features that the difference from it is learned from.
pub fn row(history: &History, order: &Order, wanted: Wanted) -> (f64, Vec<f32>) {
    let own = history.of_customer(order);
    let around = history.of_site(order);
    let ended: Vec<&Order> = around.iter().copied().filter(|past| past.end_min < order.start_min).collect();
    let near = Near::of(order, &own, |past| nearness(order, past, 60.0) * fresh(order, past, 60.0));
    let site_near = Near::of(order, &ended, |past| nearness(order, past, 45.0));
    let usual = usual(wanted, near, site_near);
    let mut row = Vec::with_capacity(NAMES.len());
    of_customer(order, &own, &mut row);
    row.extend([near.energy, near.duration, near.left, near.weight]);
    let weekday = Near::of(order, &own, |past| {
        let same = weekday(order) == weekday(past);
        nearness(order, past, 60.0) * fresh(order, past, 120.0) * if same { 1.0 } else { 0.1 }
    });
    row.extend([weekday.energy, weekday.duration, weekday.left, weekday.weight]);
    row.extend(after_such_a_pause(order, &own));
    let pile = history.of_pile(order);
    row.push(pile.len() as f64);
    row.extend([last(&pile, 0, energy), mean(&pile, energy), quantile(&pile, 0.5, energy)]);
    row.extend([last(&pile, 0, Order::duration_min), mean(&pile, Order::duration_min)]);
    row.extend([quantile(&pile, 0.5, Order::duration_min), quantile(&pile, 0.5, rate)]);
    row.push(ended.len() as f64);
    row.push((around.len() - ended.len()) as f64);
    row.extend([quantile(&ended, 0.5, energy), quantile(&ended, 0.5, Order::duration_min)]);
    row.extend([site_near.energy, site_near.duration, site_near.left]);
    row.extend([order.start_of_day(), weekday_of(order), order.soc_start.unwrap_or(f64::NAN), usual]);
    of_regularity(order, &own, &mut row);
    (usual, row.into_iter().map(|value| value as f32).collect())
}

/// What the customer did at about this time of the day lately; what the site's others do at it when the
/// customer is not known; nothing where nobody was there before.
fn usual(wanted: Wanted, near: Near, site: Near) -> f64 {
    let of = |near: Near| match wanted {
        Wanted::EnergyKwh => near.energy,
        Wanted::DurationMin => near.left,
    };
    let known = [of(near), of(site), 0.0].into_iter().find(|value| !value.is_nan());
    known.unwrap_or(0.0).max(0.0)
}

/// Weighted means over orders that are near in some sense.
#[derive(Clone, Copy)]
struct Near {
    energy: f64,
    duration: f64,
    /// From the start of the order in question to the time of day at which the others ended.
    left: f64,
    weight: f64,
}

impl Near {
    fn of(order: &Order, orders: &[&Order], weight: impl Fn(&Order) -> f64) -> Near {
        let weights: Vec<f64> = orders.iter().map(|past| weight(past) + 1e-12).collect();
        let sum: f64 = weights.iter().sum();
        let over = |value: &dyn Fn(&Order) -> f64| {
            orders.iter().zip(&weights).map(|(past, weight)| value(past) * weight).sum::<f64>() / sum
        };
        if orders.is_empty() {
            return Near { energy: f64::NAN, duration: f64::NAN, left: f64::NAN, weight: 0.0 };
        }
        Near {
            energy: over(&energy),
            duration: over(&Order::duration_min),
            left: over(&Order::end_of_day) - order.start_of_day(),
            weight: sum,
        }
    }
}

/// How near two starts are on the clock, falling with `minutes`.
fn nearness(order: &Order, past: &Order, minutes: f64) -> f64 {
    (-(order.start_of_day() - past.start_of_day()).abs() / minutes).exp()
}

fn fresh(order: &Order, past: &Order, days: f64) -> f64 {
    (-(order.start_min - past.start_min) / DAY_MIN / days).exp()
}

fn of_customer(order: &Order, own: &[&Order], row: &mut Vec<f64>) {
    let lately = &own[own.len().saturating_sub(LATELY)..];
    let longer = &own[own.len().saturating_sub(2 * LATELY)..];
    row.push(own.len() as f64);
    row.extend([0, 1, 2].map(|back| last(own, back, energy)));
    row.extend([mean(lately, energy), quantile(lately, 0.5, energy), quantile(own, 0.5, energy)]);
    row.extend([spread(lately, energy), quantile(longer, 0.25, energy), quantile(longer, 0.75, energy)]);
    row.extend([quantile(longer, 1.0, energy), quantile(longer, 0.0, energy)]);
    row.extend([0, 1].map(|back| last(own, back, Order::duration_min)));
    row.extend([mean(lately, Order::duration_min), quantile(lately, 0.5, Order::duration_min)]);
    row.push(spread(lately, Order::duration_min));
    row.extend([0.25, 0.75].map(|share| quantile(longer, share, Order::duration_min)));
    row.push(quantile(lately, 0.5, rate));
    row.push(quantile(lately, 0.5, Order::end_of_day) - order.start_of_day());
    row.push(last(own, 0, Order::end_of_day) - order.start_of_day());
    row.push(pause(order, own));
    row.push(order.start_of_day() - quantile(lately, 0.5, Order::start_of_day));
    let today = own.iter().filter(|past| past.day() == order.day());
    row.push(today.clone().count() as f64);
    row.push(today.map(|past| past.energy_kwh).sum());
}

/// Since the customer's last order ended.
fn pause(order: &Order, own: &[&Order]) -> f64 {
    own.last().map_or(f64::NAN, |past| order.start_min - past.end_min)
}

/// What the customer took after pauses as long as this one: who drives every day needs the same again,
/// who was away for a week needs more.
fn after_such_a_pause(order: &Order, own: &[&Order]) -> [f64; 2] {
    let now = pause(order, own);
    if own.len() < 4 {
        return [f64::NAN; 2];
    }
    let (mut energy, mut duration, mut all) = (0.0, 0.0, 0.0);
    for pair in own.windows(2) {
        let then = pair[1].start_min - pair[0].end_min;
        let apart = ((then.max(0.0) + 30.0) / (now.max(0.0) + 30.0)).ln().abs();
        let weight = (-apart / 0.3).exp() + 1e-9;
        energy += weight * pair[1].energy_kwh;
        duration += weight * pair[1].duration_min();
        all += weight;
    }
    [energy / all, duration / all]
}

/// How regularly the customer comes, and the season.
fn of_regularity(order: &Order, own: &[&Order], row: &mut Vec<f64>) {
    let turn = (order.start_min / DAY_MIN / 365.25).fract() * std::f64::consts::TAU;
    row.extend([turn.sin(), turn.cos()]);
    let first = own.first().map_or(f64::NAN, |past| past.start_min);
    let days = (order.start_min - first) / DAY_MIN;
    let early: Vec<&Order> =
        own.iter().copied().filter(|past| past.start_min < first + 14.0 * DAY_MIN).collect();
    row.push(mean(&early, energy));
    row.push(days);
    row.push(own.len() as f64 / (days / 7.0).max(1.0));
    let lately = &own[own.len().saturating_sub(LATELY)..];
    row.push(mean(lately, |past| f64::from(u8::from(past.pile == order.pile))));
    row.push(own.last().map_or(f64::NAN, |past| (order.day() - past.day()) as f64));
    row.push(quantile(lately, 0.25, Order::end_of_day) - order.start_of_day());
}

fn energy(order: &Order) -> f64 {
    order.energy_kwh
}

/// Kilowatts while it took something.
fn rate(order: &Order) -> f64 {
    order.energy_kwh / (order.duration_min() - order.idle_min.unwrap_or(0.0)).max(5.0) * 60.0
}

/// 0 on Mondays when the minutes count from 1970, a Thursday.
fn weekday(order: &Order) -> i64 {
    (order.day() + 3).rem_euclid(7)
}

fn weekday_of(order: &Order) -> f64 {
    weekday(order) as f64
}

fn last(orders: &[&Order], back: usize, value: impl Fn(&Order) -> f64) -> f64 {
    let at = orders.len().checked_sub(back + 1);
    at.and_then(|at| orders.get(at)).map_or(f64::NAN, |order| value(order))
}

fn mean(orders: &[&Order], value: impl Fn(&Order) -> f64) -> f64 {
    if orders.is_empty() {
        return f64::NAN;
    }
    orders.iter().map(|order| value(order)).sum::<f64>() / orders.len() as f64
}

fn spread(orders: &[&Order], value: impl Fn(&Order) -> f64) -> f64 {
    let middle = mean(orders, &value);
    mean(orders, |order| (value(order) - middle).powi(2)).sqrt()
}

/// Between the two values around it, as far as it lies between them.
fn quantile(orders: &[&Order], share: f64, value: impl Fn(&Order) -> f64) -> f64 {
    let mut values: Vec<f64> = orders.iter().map(|order| value(order)).collect();
    values.sort_unstable_by(f64::total_cmp);
    let place = share * values.len().saturating_sub(1) as f64;
    match (values.get(place.floor() as usize), values.get(place.ceil() as usize)) {
        (Some(below), Some(above)) => below + (above - below) * place.fract(),
        _ => f64::NAN,
    }
}
