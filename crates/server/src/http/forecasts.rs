//! 预测 of a station

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::loads::seen;
use super::take::{Id, Who};
use axum::extract::State;
use forecast::hourly::HOURS_MIN;
use model::Error;
use model::time::{DAY_MS, Zone};
use store::forecasts::{self, StationForecast};

/// So many days are shown before today.
const PAST_DAYS: i64 = 7;

pub async fn station_forecast_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<StationForecast>> {
    let (station, now) = (seen(&app, &who, id).await?, app.now());
    let read = move |conn: &mut store::Conn| {
        let zone = store::stations::find(conn, station)?.map_or_else(Zone::shanghai, |facts| facts.zone);
        let back = |days: i64| zone.local(now.plus_ms(-days * DAY_MS)).day;
        let days: Vec<i64> = (0..=PAST_DAYS).rev().map(back).collect();
        let mut shown = forecasts::station_forecast_get(conn, station, &days, HOURS_MIN as i64)?;
        if let Some(shown) = &mut shown {
            // The hour that runs is not yet what it will be.
            shown.past.retain(|hour| hour.at_ms + model::time::HOUR_MS <= now.as_ms());
        }
        Ok(shown)
    };
    let missing =
        || Error::not_found("station.not_found", "没有这座充电站，请检查地址", "There is no such station.");
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(missing)?))
}
