//! 充电桩地图

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Query, Who};
use axum::extract::State;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::map::{self, Bounds, MapFilter, MapLevel, MapView};
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
    let stations = StationFilter {
        operator_name: query.operator_name,
        city_name: query.city_name,
        name: query.station_name,
        code: query.station_code,
        ..StationFilter::default()
    };
    let level = query.level.unwrap_or(MapLevel::Province);
    let wanted = MapFilter { stations, level, bounds, datum: app.settings.map.datum() };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| map::map_get(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

/// What the map is drawn on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapGround {
    /// `https://…/{z}/{x}/{y}.png`; null: only the outlines that come with the product.
    tile_url: Option<String>,
}

pub async fn map_ground_get(State(app): State<Shared>) -> Answer<Given<MapGround>> {
    Ok(Given(MapGround { tile_url: app.settings.map.tile_url.clone() }))
}
