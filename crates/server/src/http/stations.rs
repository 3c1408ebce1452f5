//! 充电站, 运营商, 开通城市

use super::Shared;
use super::error::Answer;
use super::give::{Created, Given, NewId};
use super::take::{Input, Query, Who};
use axum::extract::State;
use engine::site::StationDraft;
use serde::Deserialize;
use store::filter::Page;
use store::station_list::{self, City, Operator, Station, StationFilter};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameQuery {
    name: Option<String>,
}

pub async fn operator_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<NameQuery>,
) -> Answer<Given<Page<Operator>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| station_list::operator_list(conn, &scope, query.name.as_deref());
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn city_list(
    State(app): State<Shared>,
    Query(query): Query<NameQuery>,
) -> Answer<Given<Page<City>>> {
    let read = move |conn: &mut store::Conn| station_list::city_list(conn, query.name.as_deref());
    Ok(Given(app.engine.store.read(read).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationQuery {
    name: Option<String>,
    operator_id: Option<i64>,
    city_code: Option<String>,
}

impl StationQuery {
    pub fn filter(self) -> StationFilter {
        let StationQuery { name, operator_id, city_code } = self;
        StationFilter { name, operator_id, city_code }
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
