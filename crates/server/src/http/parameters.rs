//! 参数

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::take::{Input, Key, Query, Who};
use crate::config::SettingView;
use axum::extract::State;
use engine::parameter::{
    Parameter, ParameterChange, ParameterGroup, ParameterOrigin, ParameterView, no_parameter,
};
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::parameters::{self, ParameterChangeRecord};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterQuery {
    /// In the name or the title.
    name: Option<String>,
    group: Option<ParameterGroup>,
    origin: Option<ParameterOrigin>,
}

fn contains(texts: &[&str], wanted: Option<&str>) -> bool {
    let wanted = wanted.map(|text| text.trim().to_lowercase()).unwrap_or_default();
    texts.iter().any(|text| text.to_lowercase().contains(&wanted))
}

pub async fn parameter_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<ParameterQuery>,
) -> Answer<Given<Page<ParameterView>>> {
    who.actor().must_be_platform()?;
    let mut all = app.engine.parameter_list().await?;
    all.retain(|one| {
        contains(&[one.name, &one.title.zh, &one.title.en], query.name.as_deref())
            && query.group.is_none_or(|group| one.group == group)
            && query.origin.is_none_or(|origin| one.origin == origin)
    });
    Ok(Given(Page::whole(all)))
}

pub async fn parameter_get(
    State(app): State<Shared>,
    who: Who,
    Key(name): Key,
) -> Answer<Given<ParameterView>> {
    who.actor().must_be_platform()?;
    let found = app.engine.parameter_list().await?.into_iter().find(|one| one.name == name);
    Ok(Given(found.ok_or_else(no_parameter)?))
}

pub async fn parameter_update(
    State(app): State<Shared>,
    who: Who,
    Key(name): Key,
    Input(change): Input<ParameterChange>,
) -> Answer<Done> {
    app.engine.parameter_update(&who.actor(), &name, change).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterChangeQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn parameter_change_list(
    State(app): State<Shared>,
    who: Who,
    Key(name): Key,
    Query(query): Query<ParameterChangeQuery>,
) -> Answer<Given<Page<ParameterChangeRecord>>> {
    who.actor().must_be_platform()?;
    Parameter::find(&name).ok_or_else(no_parameter)?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, before) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let read = move |conn: &mut store::Conn| parameters::parameter_change_list(conn, &name, before, limit);
    Ok(Given(app.engine.store.read(read).await?))
}

/// What the server was started with.
pub async fn setting_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<SettingView>>> {
    who.actor().must_be_platform()?;
    Ok(Given(Page::whole(app.started_with.clone())))
}
