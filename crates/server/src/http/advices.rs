//! 经营建议

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::advice::{AdviceChange, no_advice};
use model::advice::{AdviceKind, AdviceState};
use serde::Deserialize;
use store::advices::{self, AdviceFilter, AdviceView};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdviceQuery {
    state: Option<AdviceState>,
    kind: Option<AdviceKind>,
    station_id: Option<i64>,
    station_name: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn advice_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<AdviceQuery>,
) -> Answer<Given<Page<AdviceView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = AdviceFilter {
        state: query.state,
        kind: query.kind,
        station_id: query.station_id,
        station_name: query.station_name,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| advices::advice_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn advice_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<AdviceView>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| advices::advice_get(conn, &scope, id);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_advice)?))
}

pub async fn advice_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<AdviceChange>,
) -> Answer<Done> {
    app.engine.advice_update(&who.actor(), id, change).await?;
    Ok(Done)
}
