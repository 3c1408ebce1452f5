//! 充电站

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::site::{StationChange, StationDraft};
use model::Error;
use model::id::StationId;
use model::time::{DAY_MS, Zone};
use serde::Deserialize;
use store::filter::Page;
use store::station_detail::{self, StationDetail};
use store::station_list::{self, Station, StationFilter};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationQuery {
    name: Option<String>,
    operator_id: Option<i64>,
    city_code: Option<String>,
    operator_name: Option<String>,
    city_name: Option<String>,
    code: Option<String>,
    /// False: those whose place on the map is not known.
    located: Option<bool>,
}

impl StationQuery {
    pub fn filter(self) -> StationFilter {
        let StationQuery { name, operator_id, city_code, operator_name, city_name, code, located } = self;
        StationFilter { name, operator_id, city_code, operator_name, city_name, code, located, id: None }
    }
}

pub async fn station_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<StationQuery>,
) -> Answer<Given<Page<Station>>> {
    let (scope, wanted) = (who.scope(), query.filter());
    let read = move |conn: &mut store::Conn| station_list::station_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn station_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<StationDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.station_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn station_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<StationDetail>> {
    let (scope, now) = (who.scope(), app.now());
    let days = [now, now.plus_ms(-DAY_MS)].map(|at| Zone::shanghai().local(at).day);
    let read = move |conn: &mut store::Conn| station_detail::station_get(conn, &scope, id, days);
    let found = app.engine.store.read(read).await?;
    Ok(Given(found.ok_or_else(|| {
        Error::not_found("station.not_found", "没有这座充电站，请检查地址", "There is no such station.")
    })?))
}

pub async fn station_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<StationChange>,
) -> Answer<Done> {
    app.engine.station_update(&who.actor(), StationId(id), change).await?;
    Ok(Done)
}
