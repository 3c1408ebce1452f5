//! 车队

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::customer::CarDraft;
use engine::fleet::{DriverLimitChange, FleetChange, FleetDraft, FleetLimitsChange};
use model::id::FleetId;
use model::{Error, Result};
use serde::Deserialize;
use store::car_list::CarView;
use store::driver_limits::FleetDriverLimits;
use store::filter::{Page, Paging};
use store::fleet_list::{self, FleetFilter, FleetView, SORTS};
use store::sort::Sort;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetQuery {
    /// A part of the name.
    name: Option<String>,
    /// name, created_at_ms, driver_count, car_count; `-` before it for the
    /// greatest first. The newest first when it is left out.
    sort: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl FleetQuery {
    pub fn filter(self) -> Result<FleetFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        let sort = Sort::or_newest(self.sort.as_deref(), SORTS, &paging)?;
        Ok(FleetFilter { id: None, name: self.name, sort, limit: paging.limit()? })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetCarQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

pub(super) fn no_fleet() -> Error {
    Error::not_found(
        "fleet.not_found",
        "没有这个车队，请检查地址",
        "There is no such fleet; check the address.",
    )
}

pub async fn fleet_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<FleetQuery>,
) -> Answer<Given<Page<FleetView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| fleet_list::fleet_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn fleet_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<FleetView>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| fleet_list::fleet_get(conn, &scope, FleetId(id));
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_fleet)?))
}

pub async fn fleet_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<FleetDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.fleet_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn fleet_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<FleetChange>,
) -> Answer<Done> {
    app.engine.fleet_update(&who.actor(), FleetId(id), change).await?;
    Ok(Done)
}

/// Where and when its drivers may charge.
pub async fn fleet_limit_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<FleetLimitsChange>,
) -> Answer<Done> {
    app.engine.fleet_limit_set(&who.actor(), FleetId(id), change).await?;
    Ok(Done)
}

pub async fn fleet_car_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(query): Query<FleetCarQuery>,
) -> Answer<Given<Page<CarView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (before, limit, scope) = (paging.key::<1>()?.map(|[id]| id), paging.limit()?, who.scope());
    let read = move |conn: &mut store::Conn| match fleet_list::fleet_get(conn, &scope, FleetId(id))? {
        Some(_) => fleet_list::fleet_car_list(conn, FleetId(id), before, limit).map(Some),
        None => Ok(None),
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_fleet)?))
}

pub async fn fleet_car_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<CarDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.fleet_car_create(&who.actor(), FleetId(id), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn fleet_driver_limit_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<FleetDriverLimits>> {
    Ok(Given(app.engine.fleet_driver_limit_list(&who.actor(), FleetId(id)).await?))
}

pub async fn fleet_driver_limit_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<DriverLimitChange>,
) -> Answer<Done> {
    app.engine.fleet_driver_limit_set(&who.actor(), FleetId(id), change).await?;
    Ok(Done)
}
