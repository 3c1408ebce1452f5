//! 充电卡

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::card::{CardChange, CardDraft};
use model::Result;
use model::card::CardStatus;
use model::id::CardId;
use serde::Deserialize;
use store::card_list::{self, CardFilter, CardView, SORTS};
use store::filter::{Page, Paging};
use store::sort::Sort;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardQuery {
    tag: Option<String>,
    status: Option<CardStatus>,
    /// Whether it charges where a pile cannot ask.
    offline: Option<bool>,
    /// tag, created_at_ms, expires_at_ms; `-` before it for the
    /// greatest first. The newest first when it is left out.
    sort: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl CardQuery {
    pub fn filter(self) -> Result<CardFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        let sort = Sort::or_newest(self.sort.as_deref(), SORTS, &paging)?;
        Ok(CardFilter {
            tag: self.tag,
            status: self.status,
            offline: self.offline,
            sort,
            limit: paging.limit()?,
        })
    }
}

pub async fn card_list(
    State(app): State<Shared>,
    Query(query): Query<CardQuery>,
) -> Answer<Given<Page<CardView>>> {
    let wanted = query.filter()?;
    let read = move |conn: &mut store::Conn| card_list::card_list(conn, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn card_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<CardDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.card_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn card_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<CardChange>,
) -> Answer<Done> {
    app.engine.card_update(&who.actor(), CardId(id), change).await?;
    Ok(Done)
}
