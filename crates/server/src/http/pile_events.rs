//! 设备事件: what went wrong at a pile or in a car at it.

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::piles::pile_seen;
use super::take::{Code, Query, Reader, Who};
use axum::extract::State;
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::pile_events::{self, PileEvent};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileEventQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn pile_event_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Code(code): Code,
    Query(query): Query<PileEventQuery>,
) -> Answer<Given<Page<PileEvent>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, before) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let read = move |conn: &mut store::Conn| pile_events::pile_event_list(conn, pile, before, limit);
    let mut page = app.engine.store.read(read).await?;
    for event in &mut page.items {
        event.text = protocol::event_text(&event.code).map(|text| reader.tell(&text));
    }
    Ok(Given(page))
}
