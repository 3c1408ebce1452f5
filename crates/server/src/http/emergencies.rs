//! 紧急停机

use super::Shared;
use super::error::Answer;
use super::give::{Created, Given};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::safety::{EmergencyDraft, EmergencyEnd, evacuation_default, no_emergency, no_station};
use serde::Deserialize;
use store::emergencies::{self, Emergency, EmergencyDetail, EmergencyFilter, EmergencyPlan};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

/// What there is to stop at a station, and who is to be called.
pub async fn emergency_plan_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<EmergencyPlan>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| emergencies::emergency_plan_get(conn, &scope, id);
    let mut plan = app.engine.store.read(read).await?.ok_or_else(no_station)?;
    plan.evacuation = evacuation_default().to_owned();
    Ok(Given(plan))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyQuery {
    station_name: Option<String>,
    drill: Option<bool>,
    /// Not over.
    live: Option<bool>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn emergency_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<EmergencyQuery>,
) -> Answer<Given<Page<Emergency>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    super::feedback::ordered(query.from_ms, query.to_ms)?;
    let wanted = EmergencyFilter {
        station_name: query.station_name,
        drill: query.drill,
        live: query.live,
        from_ms: query.from_ms,
        to_ms: query.to_ms,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| emergencies::emergency_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn emergency_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<EmergencyDraft>,
) -> Answer<Created<EmergencyDetail>> {
    Ok(Created(app.engine.emergency_create(&who.actor(), draft).await?))
}

pub async fn emergency_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<EmergencyDetail>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| emergencies::emergency_get(conn, &scope, id);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_emergency)?))
}

/// Sends again what did not work.
pub async fn emergency_start(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<EmergencyDetail>> {
    Ok(Given(app.engine.emergency_start(&who.actor(), id).await?))
}

/// It is safe again.
pub async fn emergency_cancel(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<EmergencyEnd>,
) -> Answer<Given<EmergencyDetail>> {
    Ok(Given(app.engine.emergency_cancel(&who.actor(), id, change).await?))
}
