//! 负荷管理 of a station.

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::take::{Id, Input, Query, Reader, Who};
use axum::extract::State;
use engine::load::{LoadChange, LoadView};
use model::Error;
use model::error::Text;
use model::id::StationId;
use model::time::HOUR_MS;
use serde::Deserialize;
use store::filter::Page;
use store::load_view::{self, LoadPoint};
use store::station_list::{self, StationFilter};
use utoipa::ToSchema;

/// As long as the minutes are kept.
const HOURS_MAX: i64 = 31 * 24;

pub(super) async fn seen(app: &Shared, who: &Who, id: i64) -> Answer<StationId> {
    let (scope, wanted) = (who.scope(), StationFilter { id: Some(id), ..StationFilter::default() });
    let read = move |conn: &mut store::Conn| station_list::is_seen(conn, &scope, &wanted);
    let missing =
        || Error::not_found("station.not_found", "没有这座充电站，请检查地址", "There is no such station.");
    if app.engine.store.read(read).await? { Ok(StationId(id)) } else { Err(missing().into()) }
}

pub async fn load_get(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
) -> Answer<Given<LoadView>> {
    let station = seen(&app, &who, id).await?;
    let mut view = app.engine.load_get(station).await?;
    for unit in &mut view.units {
        let told = unit.problem.take().and_then(|text| serde_json::from_str::<Text>(&text).ok());
        unit.problem = told.map(|text| reader.tell(&text));
    }
    Ok(Given(view))
}

pub async fn load_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<LoadChange>,
) -> Answer<Done> {
    app.engine.load_set(&who.actor(), StationId(id), change).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadPointQuery {
    /// The last so many hours, 1 to 744; a day when not given.
    hours: Option<i64>,
}

pub async fn load_point_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(query): Query<LoadPointQuery>,
) -> Answer<Given<Page<LoadPoint>>> {
    let hours = query.hours.unwrap_or(24);
    if !(1..=HOURS_MAX).contains(&hours) {
        let zh = format!("应为 1 到 {HOURS_MAX} 小时");
        let en = format!("hours is 1 to {HOURS_MAX}.");
        return Err(Error::invalid("hours", zh, en).into());
    }
    let (station, from) = (seen(&app, &who, id).await?, app.now().plus_ms(-hours * HOUR_MS));
    let read = move |conn: &mut store::Conn| load_view::load_point_list(conn, station, from);
    let items = app.engine.store.read(read).await?;
    let total = Some(items.len() as i64);
    Ok(Given(Page { items, next_cursor: None, total }))
}
