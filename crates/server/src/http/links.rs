//! 上下线记录

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::piles::pile_seen;
use super::take::{Code, Query, Who};
use axum::extract::State;
use model::time::{DAY_MS, HOUR_MS};
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::links::{self, LinkFigures, LinkView};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The links of a pile that have ended, the newest first.
pub async fn link_list(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Query(query): Query<LinkQuery>,
) -> Answer<Given<Page<LinkView>>> {
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (before, limit) = (paging.key::<1>()?.map(|[from]| from), paging.limit()?);
    let now_from = app.devices.online(pile).map(|link| link.connected_at.as_ms());
    let read = move |conn: &mut store::Conn| links::link_list(conn, pile, before, now_from, limit);
    Ok(Given(app.engine.store.read(read).await?))
}

/// How often its links ended in the last day and hour.
pub async fn link_figures_get(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
) -> Answer<Given<LinkFigures>> {
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let now = app.now();
    let (day, hour) = (now.plus_ms(-DAY_MS), now.plus_ms(-HOUR_MS));
    let read = move |conn: &mut store::Conn| links::link_figures(conn, pile, day, hour);
    let figures = app.engine.store.read(read).await?;
    let slowed_at_ms = app.devices.online(pile).and_then(|link| link.slowed_at).map(|at| at.as_ms());
    Ok(Given(LinkFigures { slowed_at_ms, ..figures }))
}
