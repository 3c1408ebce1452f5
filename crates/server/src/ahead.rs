//! What running orders will take and when they will end: learned from the orders that have ended, in memory only. It is
//! learned when somebody asks for the first time, and anew once a day; meanwhile what was learned before is used.

use crate::app::App;
use crate::jobs::turnovers::minute;
use forecast::order::{History, LEARNED_MIN, Order, OrderModel, Wanted};
use model::time::{DAY_MS, MINUTE_MS, Timestamp, Zone};
use model::{Error, Result};
use std::sync::{Arc, Mutex, PoisonError};
use store::turnovers::PastOrder;

/// The latest that are learned from: more teach little and take long.
const ORDERS_MAX: i64 = 6_000;
const DAYS: i64 = 180;
/// What was learned is good for so long.
const GOOD_MS: i64 = DAY_MS;
/// The edges of the band: four of five come to lie between them.
const BAND: [f32; 3] = [0.1, 0.5, 0.9];
const SEED: u64 = 20_261_123;

/// Energies in kWh and durations in minutes: low, expected, high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ahead {
    pub energy_kwh: [f64; 3],
    pub minutes: [f64; 3],
}

struct Learned {
    at: Timestamp,
    history: History,
    energy: Vec<OrderModel>,
    duration: Vec<OrderModel>,
}

/// What there is to say of a running order.
pub enum Said {
    /// It is being learned just now.
    Learning,
    /// There are so few orders.
    TooFew(usize),
    Known {
        ahead: Ahead,
        orders: usize,
        learned_at: Timestamp,
    },
}

#[derive(Default)]
struct State {
    learned: Option<Arc<Learned>>,
    /// Too few orders, as of this moment.
    few: Option<(Timestamp, usize)>,
    busy: bool,
}

#[derive(Default)]
pub struct OrdersAhead(Mutex<State>);

impl OrdersAhead {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An order as it was kept, as a forecast sees it.
fn seen(one: &PastOrder, zone: &Zone) -> Order {
    let start_min = minute(Timestamp::from_ms(one.started_at_ms), zone);
    let end = one.ended_at_ms.unwrap_or(one.started_at_ms);
    Order {
        customer: one.customer.clone(),
        pile: one.pile.to_string(),
        site: one.station.to_string(),
        start_min,
        end_min: start_min + (end - one.started_at_ms) as f64 / MINUTE_MS as f64,
        energy_kwh: one.energy_dwh as f64 / 10_000.0,
        idle_min: None,
        soc_start: one.soc_start.map(|soc| soc as f64),
    }
}

fn learn(orders: Vec<Order>, at: Timestamp) -> Learned {
    let history = History::of(orders);
    let fit = |wanted| {
        BAND.iter()
            .zip(0..)
            .map(|(share, n)| OrderModel::fit_quantile(&history, wanted, f64::MAX, *share, SEED + n))
            .collect()
    };
    let (energy, duration) = (fit(Wanted::EnergyKwh), fit(Wanted::DurationMin));
    Learned { at, energy, duration, history }
}

/// Whoever asks first begins it; nobody waits for it.
async fn begin(app: &Arc<App>, now: Timestamp) -> Result<()> {
    if app.ahead.with(|state| std::mem::replace(&mut state.busy, true)) {
        return Ok(());
    }
    let since = now.plus_ms(-DAYS * DAY_MS);
    let read = move |conn: &mut store::Conn| store::turnovers::past_orders(conn, since, ORDERS_MAX);
    let rows = match app.engine.store.read(read).await {
        Ok(rows) => rows,
        Err(why) => {
            app.ahead.with(|state| state.busy = false);
            return Err(why);
        }
    };
    if rows.len() < LEARNED_MIN {
        app.ahead.with(|state| (state.few, state.busy) = (Some((now, rows.len())), false));
        return Ok(());
    }
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let zone = Zone::shanghai();
        let orders = rows.iter().map(|one| seen(one, &zone)).collect();
        let learned = tokio::task::spawn_blocking(move || learn(orders, now)).await;
        app.ahead.with(|state| {
            state.busy = false;
            if let Ok(learned) = learned {
                (state.learned, state.few) = (Some(Arc::new(learned)), None);
            }
        });
    });
    Ok(())
}

/// What is to be expected of an order that runs since `one.started_at_ms`.
pub async fn said(app: &Arc<App>, one: &PastOrder, now: Timestamp) -> Result<Said> {
    let (learned, few) = app.ahead.with(|state| (state.learned.clone(), state.few));
    let fresh = |at: Timestamp| now.since(at) < GOOD_MS;
    if let Some((_, count)) = few.filter(|(at, _)| learned.is_none() && now.since(*at) < GOOD_MS / 24) {
        return Ok(Said::TooFew(count));
    }
    if !learned.as_ref().is_some_and(|learned| fresh(learned.at)) {
        begin(app, now).await?;
    }
    let Some(learned) = learned else {
        let few = app.ahead.with(|state| state.few);
        return Ok(few.map_or(Said::Learning, |(_, count)| Said::TooFew(count)));
    };
    let order = seen(one, &Zone::shanghai());
    let ahead = tokio::task::spawn_blocking(move || {
        let all = |models: &[OrderModel]| {
            let mut three: Vec<f64> =
                models.iter().map(|model| model.predict(&learned.history, &order)).collect();
            // Edges that were learned apart may cross.
            three.sort_by(f64::total_cmp);
            [0, 1, 2].map(|n| three.get(n).copied().unwrap_or(f64::NAN))
        };
        let ahead = Ahead { energy_kwh: all(&learned.energy), minutes: all(&learned.duration) };
        let orders = learned.energy.first().map_or(0, OrderModel::rows);
        (ahead, orders, learned.at)
    });
    let (ahead, orders, learned_at) = ahead.await.map_err(|_| Error::internal())?;
    Ok(Said::Known { ahead, orders, learned_at })
}
