//! 安全规则屏蔽

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::safety::{SafetyPauseDraft, SafetyPauseEnd};
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::safety_pauses::{self, SafetyPauseFilter, SafetyPauseView};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyPauseQuery {
    rule_id: Option<i64>,
    station_id: Option<i64>,
    /// A part of the name.
    station_name: Option<String>,
    /// Those that hold now, or those that are over.
    live: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn safety_pause_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<SafetyPauseQuery>,
) -> Answer<Given<Page<SafetyPauseView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = SafetyPauseFilter {
        rule: query.rule_id,
        station: query.station_id,
        station_name: query.station_name,
        live: query.live,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| safety_pauses::safety_pause_list(conn, &scope, &wanted, now);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn safety_pause_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<SafetyPauseDraft>,
) -> Answer<Created<NewId>> {
    Ok(Created(NewId { id: app.engine.safety_pause_create(&who.actor(), draft).await? }))
}

pub async fn safety_pause_cancel(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<SafetyPauseEnd>,
) -> Answer<Done> {
    app.engine.safety_pause_cancel(&who.actor(), id, change).await?;
    Ok(Done)
}
