//! 配置模板

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::configuration_profile::{ConfigurationProfileChange, ConfigurationProfileDraft, no_profile};
use model::configuration::Edition;
use model::id::ConfigurationProfileId;
use serde::Deserialize;
use store::configuration_profiles::{self as profiles, ConfigurationProfile, ProfileFilter};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationProfileQuery {
    name: Option<String>,
    edition: Option<Edition>,
    station_name: Option<String>,
    active: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn configuration_profile_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<ConfigurationProfileQuery>,
) -> Answer<Given<Page<ConfigurationProfile>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = ProfileFilter {
        id: None,
        name: query.name,
        edition: query.edition,
        station_name: query.station_name,
        active: query.active,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| profiles::configuration_profile_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn configuration_profile_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<ConfigurationProfile>> {
    let (scope, id) = (who.scope(), ConfigurationProfileId(id));
    let read = move |conn: &mut store::Conn| profiles::configuration_profile_get(conn, &scope, id);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_profile)?))
}

pub async fn configuration_profile_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<ConfigurationProfileDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.configuration_profile_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn configuration_profile_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<ConfigurationProfileChange>,
) -> Answer<Done> {
    app.engine.configuration_profile_update(&who.actor(), ConfigurationProfileId(id), change).await?;
    Ok(Done)
}

pub async fn configuration_profile_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.configuration_profile_delete(&who.actor(), ConfigurationProfileId(id)).await?;
    Ok(Done)
}
