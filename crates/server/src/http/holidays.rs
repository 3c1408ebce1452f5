//! 节假日安排

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::holiday::HolidayYearDraft;
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::holidays::{self, HolidayChangeRecord, HolidayYearView};
use utoipa::ToSchema;

/// 法定节假日 as the State Council has announced them, or as staff have entered them since.
pub async fn holiday_list(State(app): State<Shared>) -> Answer<Given<Page<HolidayYearView>>> {
    Ok(Given(Page::whole(app.engine.store.read(holidays::holiday_list).await?)))
}

/// `id` is the year.
pub async fn holiday_set(
    State(app): State<Shared>,
    who: Who,
    Id(year): Id,
    Input(draft): Input<HolidayYearDraft>,
) -> Answer<Given<HolidayYearView>> {
    Ok(Given(app.engine.holiday_set(&who.actor(), year, draft).await?))
}

/// `id` is the year: it is as delivered again.
pub async fn holiday_delete(State(app): State<Shared>, who: Who, Id(year): Id) -> Answer<Done> {
    app.engine.holiday_delete(&who.actor(), year).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayChangeQuery {
    /// Of this year only.
    year: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn holiday_change_list(
    State(app): State<Shared>,
    Query(query): Query<HolidayChangeQuery>,
) -> Answer<Given<Page<HolidayChangeRecord>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, before) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let read = move |conn: &mut store::Conn| holidays::holiday_change_list(conn, query.year, before, limit);
    Ok(Given(app.engine.store.read(read).await?))
}
