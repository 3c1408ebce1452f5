//! 设备事件: what went wrong at a pile or in a car at it.

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::piles::pile_seen;
use super::take::{Code, Query, Reader, Who};
use axum::extract::State;
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::pile_events::{self, PileEvent, PileEventFilter, PileEventKind};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileEventQuery {
    kind: Option<PileEventKind>,
    /// 0 (danger) to 9 (debug).
    severity: Option<i64>,
    /// Whether it is over.
    cleared: Option<bool>,
    /// In the variable, its value or the code.
    text: Option<String>,
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
    let wanted = PileEventFilter {
        kind: query.kind,
        severity: query.severity,
        cleared: query.cleared,
        text: query.text,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let read = move |conn: &mut store::Conn| pile_events::pile_event_list(conn, pile, &wanted);
    let mut page = app.engine.store.read(read).await?;
    for event in &mut page.items {
        event.text = protocol::event_text(&event.code).map(|text| reader.tell(&text));
    }
    Ok(Given(page))
}
