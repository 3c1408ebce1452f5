//! 充电建议 for drivers: where and when to charge near a place, and why.

use super::Shared;
use super::error::Answer;
use super::free_connectors::of_station;
use super::give::{Done, Given};
use super::take::{Id, Input, Query, Reader, Who};
use crate::app::App;
use axum::extract::State;
use engine::advice::{CustomerAdviceChange, no_customer};
use model::geo::{Datum, Place};
use model::id::CustomerId;
use model::time::{HOUR_MS, Timestamp};
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use store::charging_advice::{self, OpenPlace};
use store::hot::TariffVersion;
use store::tariff_today::TariffToday;
use utoipa::ToSchema;

const WITHIN_M: i64 = 10_000;
const WITHIN_MAX_M: i64 = 50_000;
/// Cheaper hours are looked for so far ahead.
const HOURS_AHEAD: i64 = 12;
/// A later hour is named when a kWh costs so much less then: 0.05 yuan.
const CHEAPER_E5: i64 = 5_000;
/// So many are named.
const MOST: usize = 5;
/// So many of the nearest are looked at.
const LOOKED_AT: usize = 20;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargingAdviceQuery {
    longitude_e6: i64,
    latitude_e6: i64,
    /// Of the place: `wgs84` when it is left out, `gcj02` for Chinese maps.
    datum: Option<Datum>,
    /// 100 to 50000; 10000 when it is left out.
    within_m: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChargingAdvice {
    pub station_id: i64,
    pub station_name: String,
    pub address: String,
    pub distance_m: i64,
    /// Now, where its piles are heard of.
    pub free_count: i64,
    /// That one is free in half an hour; null where nothing can be said.
    pub free_permille: Option<i64>,
    /// Of a kWh, electricity and service, now.
    pub price_e5: i64,
    /// When it is cheaper, and what it costs then; null: not within twelve hours.
    pub cheaper_at_ms: Option<i64>,
    pub cheaper_price_e5: Option<i64>,
    /// In the reader's language.
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChargingAdviceList {
    /// The customer does not want advice: there is none.
    pub off: bool,
    /// The best first.
    pub items: Vec<ChargingAdvice>,
}

/// Without a sign-in, for whoever stands somewhere.
pub async fn public_charging_advice_list(
    State(app): State<Shared>,
    reader: Reader,
    Query(query): Query<ChargingAdviceQuery>,
) -> Answer<Given<ChargingAdviceList>> {
    app.engine.readers.enter(&reader.address, app.now())?;
    Ok(Given(ChargingAdviceList { off: false, items: advised(&app, &reader, query).await? }))
}

/// For the program behind an app, which knows the customer: who has switched it off is told nothing.
pub async fn customer_charging_advice_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
    Query(query): Query<ChargingAdviceQuery>,
) -> Answer<Given<ChargingAdviceList>> {
    who.actor().must_be_platform()?;
    let off = app.engine.store.read(move |conn| charging_advice::is_off(conn, id)).await?;
    if off.ok_or_else(no_customer)? {
        return Ok(Given(ChargingAdviceList { off: true, items: Vec::new() }));
    }
    Ok(Given(ChargingAdviceList { off: false, items: advised(&app, &reader, query).await? }))
}

pub async fn customer_advice_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<CustomerAdviceChange>,
) -> Answer<Done> {
    app.engine.customer_advice_set(&who.actor(), CustomerId(id), change).await?;
    Ok(Done)
}

fn checked(query: &ChargingAdviceQuery) -> Result<(Place, i64)> {
    let place = Place::of(query.longitude_e6, query.latitude_e6).ok_or_else(|| {
        Error::invalid(
            "longitude_e6",
            "经纬度超出范围；单位为百万分之一度",
            "There is no such place on earth; degrees × 10⁶.",
        )
    })?;
    let within = query.within_m.unwrap_or(WITHIN_M);
    if !(100..=WITHIN_MAX_M).contains(&within) {
        return Err(Error::invalid(
            "within_m",
            format!("应在 100 到 {WITHIN_MAX_M} 米之间"),
            format!("within_m is between 100 and {WITHIN_MAX_M}."),
        ));
    }
    Ok((place.kept(query.datum.unwrap_or_default()), within))
}

async fn advised(app: &App, reader: &Reader, query: ChargingAdviceQuery) -> Result<Vec<ChargingAdvice>> {
    let ((here, within), now) = (checked(&query)?, app.now());
    let read = move |conn: &mut store::Conn| {
        let mut near: Vec<(i64, OpenPlace)> = charging_advice::open_places(conn, here.square(within), now)?
            .into_iter()
            .map(|one| (here.distance_m(one.place), one))
            .filter(|(distance, _)| *distance <= within)
            .collect();
        near.sort_by_key(|(distance, one)| (*distance, one.station.0));
        near.truncate(LOOKED_AT);
        near.into_iter()
            .map(|(distance, one)| Ok((distance, store::tariffs::version(conn, one.tariff)?, one)))
            .collect::<store::DbResult<Vec<(i64, TariffVersion, OpenPlace)>>>()
    };
    let mut all = Vec::new();
    for (distance, version, one) in app.engine.store.read(read).await? {
        all.push(about(app, reader, (distance, &version, &one), now).await?);
    }
    // Whether one can charge there comes first, then what it costs, then how far it is.
    all.sort_by_key(|one: &ChargingAdvice| {
        let free = one.free_permille.unwrap_or(if one.free_count > 0 { 500 } else { 0 });
        (-(free / 250), one.price_e5, one.distance_m)
    });
    all.truncate(MOST);
    Ok(all)
}

async fn about(
    app: &App,
    reader: &Reader,
    (distance_m, version, one): (i64, &TariffVersion, &OpenPlace),
    now: Timestamp,
) -> Result<ChargingAdvice> {
    let free = of_station(app, one.station).await?;
    let price = |at: Timestamp| TariffToday::of(version, &one.zone, at).price_e5;
    let price_e5 = price(now);
    // Full hours: prices change at half hours at the earliest, and nobody plans by minutes.
    let first = now.as_ms() - now.as_ms().rem_euclid(HOUR_MS);
    let later = (1..=HOURS_AHEAD).map(|hours| Timestamp::from_ms(first + hours * HOUR_MS));
    let cheapest = later.map(|at| (price(at), at)).min_by_key(|(price, at)| (*price, at.as_ms()));
    let cheaper = cheapest.filter(|(later, _)| price_e5 - later >= CHEAPER_E5);
    let free_permille = free.forecasts.iter().find(|one| one.minutes == 30).map(|one| one.any_permille);
    let mut told = ChargingAdvice {
        station_id: one.station.0,
        station_name: one.name.clone(),
        address: one.address.clone(),
        distance_m,
        free_count: free.free_count,
        free_permille,
        price_e5,
        cheaper_at_ms: cheaper.map(|(_, at)| at.as_ms()),
        cheaper_price_e5: cheaper.map(|(price, _)| price),
        reason: String::new(),
    };
    let hour = cheaper.map(|(_, at)| one.zone.local(at).hour);
    told.reason = reader.tell(&reason(&told, hour));
    Ok(told)
}

fn yuan(e5: i64) -> String {
    format!("{}.{:02}", e5 / 100_000, e5.rem_euclid(100_000) / 1_000)
}

/// In a sentence: whether there is room, what it costs, and when it costs less.
fn reason(one: &ChargingAdvice, cheaper_hour: Option<i64>) -> Text {
    let (room_zh, room_en) = match (one.free_count, one.free_permille) {
        (0, Some(share)) => (
            format!("现在没有空枪，半小时后有空枪的可能约 {}%", share / 10),
            format!("nothing is free now; in half an hour with {} %", share / 10),
        ),
        (0, None) => ("现在没有空枪".to_owned(), "nothing is free now".to_owned()),
        (free, Some(share)) => (
            format!("现在空闲 {free} 把，半小时后仍有空枪的可能约 {}%", share / 10),
            format!("{free} free now; one still is in half an hour with {} %", share / 10),
        ),
        (free, None) => (format!("现在空闲 {free} 把"), format!("{free} free now")),
    };
    let price = yuan(one.price_e5);
    let (later_zh, later_en) = match (cheaper_hour, one.cheaper_price_e5) {
        (Some(hour), Some(later)) => (
            format!("；{hour:02}:00 起降到 {} 元，不急可晚些充", yuan(later)),
            format!("; from {hour:02}:00 on {}: later is cheaper", yuan(later)),
        ),
        _ => (String::new(), String::new()),
    };
    Text::new(
        format!("{room_zh}；每度 {price} 元{later_zh}"),
        format!("{room_en}; {price} yuan a kWh{later_en}"),
    )
}
