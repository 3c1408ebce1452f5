//! 预约

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Code, Id, Input, Query, Reader, Who};
use axum::extract::State;
use engine::reservation::{ReservationDraft, no_reservation};
use model::Text;
use model::reservation::ReservationState;
use serde::Deserialize;
use std::time::Duration;
use store::filter::{Page, Paging};
use store::reservations::{self, ReservationFilter, ReservationView};
use utoipa::ToSchema;

/// How long whoever reserves waits for the pile's answer; what takes longer is seen in the list.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservationQuery {
    pile_code: Option<String>,
    station_name: Option<String>,
    /// The card, or a part of its number.
    tag: Option<String>,
    state: Option<ReservationState>,
    limit: Option<i64>,
    cursor: Option<String>,
}

fn tell(one: &mut ReservationView, reader: &Reader) {
    one.message = one.message.take().map(|message| match serde_json::from_str::<Text>(&message) {
        Ok(text) => reader.tell(&text),
        Err(_) => message,
    });
}

/// Newest first.
pub async fn reservation_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Query(query): Query<ReservationQuery>,
) -> Answer<Given<Page<ReservationView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = ReservationFilter {
        id: None,
        pile_code: query.pile_code,
        station_name: query.station_name,
        tag: query.tag,
        state: query.state,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| reservations::reservation_list(conn, &scope, &wanted);
    let mut page = app.engine.store.read(read).await?;
    page.items.iter_mut().for_each(|one| tell(one, &reader));
    Ok(Given(page))
}

/// With the pile's answer, as far as it has come.
pub async fn reservation_create(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Code(code): Code,
    Input(draft): Input<ReservationDraft>,
) -> Answer<Created<ReservationView>> {
    let (id, command) = app.engine.reservation_create(&who.actor(), &code, draft).await?;
    app.engine.command_wait(command, PATIENCE).await?;
    let (scope, wanted) = (who.scope(), ReservationFilter { id: Some(id), limit: 1, ..Default::default() });
    let read = move |conn: &mut store::Conn| reservations::reservation_list(conn, &scope, &wanted);
    let mut one = app.engine.store.read(read).await?.items.pop().ok_or_else(no_reservation)?;
    tell(&mut one, &reader);
    Ok(Created(one))
}

pub async fn reservation_cancel(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.reservation_cancel(&who.actor(), id).await?;
    Ok(Done)
}
