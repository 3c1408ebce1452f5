//! 充电桩地图

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Query, Who};
use axum::extract::State;
use model::geo::Datum;
use model::site::PileKind;
use model::time::{DAY_MS, Zone};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::map::{self, Bounds, MapFilter, MapLevel, MapPiles, MapState, MapView};
use store::map_heat::{self, HeatMeasure, MapHeat};
use store::station_list::StationFilter;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MapQuery {
    /// `province` when not given.
    level: Option<MapLevel>,
    /// What is shown: west, south, east and north in degrees × 10⁶, with commas between them.
    bounds: Option<String>,
    operator_name: Option<String>,
    city_name: Option<String>,
    station_name: Option<String>,
    station_code: Option<String>,
    /// Only stations in this state, as those of their piles stand that count.
    state: Option<MapState>,
    /// Only piles of this kind count.
    kind: Option<PileKind>,
    /// Only piles with at least this rated power.
    power_from_w: Option<i64>,
    /// And at most this.
    power_to_w: Option<i64>,
}

fn piles(kind: Option<PileKind>, power_from_w: Option<i64>, power_to_w: Option<i64>) -> Result<MapPiles> {
    if power_from_w.zip(power_to_w).is_some_and(|(from, to)| from > to) {
        return Err(Error::invalid(
            "power_to_w",
            "最大功率不能小于最小功率，请重新填写",
            "The greatest power is below the least; give them again.",
        ));
    }
    Ok(MapPiles { kind, power_from_w, power_to_w })
}

/// The stations that the map is asked for.
fn stations(query: &MapQuery) -> StationFilter {
    StationFilter {
        operator_name: query.operator_name.clone(),
        city_name: query.city_name.clone(),
        name: query.station_name.clone(),
        code: query.station_code.clone(),
        ..StationFilter::default()
    }
}

fn bounds(text: &str) -> Result<Bounds> {
    let numbers: Option<Vec<i64>> = text.split(',').map(|part| part.parse().ok()).collect();
    numbers.and_then(|numbers| Bounds::try_from(numbers).ok()).ok_or_else(|| {
        Error::invalid(
            "bounds",
            "地图范围应为四个整数：西、南、东、北（百万分之一度），以逗号分隔",
            "bounds are four integers: west, south, east, north (a millionth of a degree), with commas between.",
        )
    })
}

pub async fn map_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<MapQuery>,
) -> Answer<Given<MapView>> {
    let bounds = query.bounds.as_deref().map(bounds).transpose()?;
    let wanted = MapFilter {
        stations: stations(&query),
        level: query.level.unwrap_or(MapLevel::Province),
        bounds,
        datum: app.settings.map.datum(),
        piles: piles(query.kind, query.power_from_w, query.power_to_w)?,
        state: query.state,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| map::map_get(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

/// What the map is drawn on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapGround {
    /// `https://…/{z}/{x}/{y}.png`; null: only the outlines that come with the product.
    tile_url: Option<String>,
    /// What it is drawn in, and so what a place that is pointed at is in.
    datum: Datum,
}

pub async fn map_ground_get(State(app): State<Shared>) -> Answer<Given<MapGround>> {
    let (tile_url, datum) = (app.settings.map.tile_url.clone(), app.settings.map.datum());
    Ok(Given(MapGround { tile_url, datum }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MapHeatQuery {
    /// `energy` when not given.
    measure: Option<HeatMeasure>,
    /// How many business days, today the last of them: 1 to 31; 7 when not given.
    days: Option<i64>,
    operator_name: Option<String>,
    city_name: Option<String>,
    station_name: Option<String>,
    station_code: Option<String>,
}

/// Most days of which the heat is summed up.
const HEAT_DAYS_MAX: i64 = 31;

pub async fn map_heat_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<MapHeatQuery>,
) -> Answer<Given<MapHeat>> {
    let days = query.days.unwrap_or(7);
    if !(1..=HEAT_DAYS_MAX).contains(&days) {
        return Err(Error::invalid(
            "days",
            format!("天数应为 1 到 {HEAT_DAYS_MAX}"),
            format!("days is between 1 and {HEAT_DAYS_MAX}."),
        )
        .into());
    }
    let zone = Zone::shanghai();
    let wanted = map_heat::HeatFilter {
        stations: StationFilter {
            operator_name: query.operator_name,
            city_name: query.city_name,
            name: query.station_name,
            code: query.station_code,
            located: Some(true),
            ..StationFilter::default()
        },
        measure: query.measure.unwrap_or(HeatMeasure::Energy),
        from_day: zone.local(app.now().plus_ms(-(days - 1) * DAY_MS)).day,
        to_day: zone.local(app.now()).day,
        datum: app.settings.map.datum(),
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| map_heat::map_heat_get(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}
