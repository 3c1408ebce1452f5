//! What a running order will take, and when it will end.

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Id, Who};
use crate::ahead::{Ahead, Said, said};
use axum::extract::State;
use engine::settlement::no_order;
use forecast::order::LEARNED_MIN;
use model::id::OrderId;
use model::time::{MINUTE_MS, Timestamp};
use serde::Serialize;
use store::turnovers::PastOrder;
use store::{order_list, turnovers};
use utoipa::ToSchema;

model::words! {
    /// Why nothing is said.
    OrderForecastSilence {
        /// It does not run.
        NotRunning = "not_running",
        /// It is being learned just now: ask again in a minute.
        Learning = "learning",
        /// Too few orders have ended.
        TooFew = "too_few",
    }
}

/// What is expected, and between what it comes to lie four times of five.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderForecastBand {
    pub low: i64,
    pub expected: i64,
    pub high: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderForecast {
    pub order_id: i64,
    pub silence: Option<OrderForecastSilence>,
    /// Orders that it was learned from, or that there are where these are too few.
    pub order_count: i64,
    pub needed_count: i64,
    pub learned_at_ms: Option<i64>,
    /// In the end, in 0.1 Wh.
    pub energy_dwh: Option<OrderForecastBand>,
    pub end_at_ms: Option<OrderForecastBand>,
}

pub async fn order_forecast_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<OrderForecast>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| {
        let seen = order_list::order_get(conn, &scope, OrderId(id))?.is_some();
        Ok((seen, turnovers::running_order(conn, id)?))
    };
    let (is_seen, order) = app.engine.store.read(read).await?;
    if !is_seen {
        return Err(no_order().into());
    }
    let mut told = OrderForecast {
        order_id: id,
        silence: None,
        order_count: 0,
        needed_count: i64::try_from(LEARNED_MIN).unwrap_or(i64::MAX),
        learned_at_ms: None,
        energy_dwh: None,
        end_at_ms: None,
    };
    let Some(order) = order else {
        told.silence = Some(OrderForecastSilence::NotRunning);
        return Ok(Given(told));
    };
    match said(&app, &order, now).await? {
        Said::Learning => told.silence = Some(OrderForecastSilence::Learning),
        Said::TooFew(count) => {
            told.silence = Some(OrderForecastSilence::TooFew);
            told.order_count = i64::try_from(count).unwrap_or(i64::MAX);
        }
        Said::Known { ahead, orders, learned_at } => {
            told.order_count = i64::try_from(orders).unwrap_or(i64::MAX);
            told.learned_at_ms = Some(learned_at.as_ms());
            let so_far = app.engine.order_running(model::id::PileId(order.pile), OrderId(id)).await?;
            let taken = so_far.map_or(order.energy_dwh, |running| running.bill.energy.dwh());
            fill(&mut told, &order, &ahead, (taken, now));
        }
    }
    Ok(Given(told))
}

/// What has been taken already is the least, and it does not end before now.
fn fill(told: &mut OrderForecast, order: &PastOrder, ahead: &Ahead, (taken, now): (i64, Timestamp)) {
    let energy = ahead.energy_kwh.map(|kwh| ((kwh * 10_000.0).round() as i64).max(taken));
    let end = ahead
        .minutes
        .map(|minutes| (order.started_at_ms + (minutes * MINUTE_MS as f64).round() as i64).max(now.as_ms()));
    let band = |[low, expected, high]: [i64; 3]| OrderForecastBand { low, expected, high };
    (told.energy_dwh, told.end_at_ms) = (Some(band(energy)), Some(band(end)));
}
