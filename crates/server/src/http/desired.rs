//! 期望状态 of a pile, and the list of cards that it has for the time without a link.

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::take::{Code, Reader, Who, no_pile};
use axum::extract::State;
use model::Text;
use model::id::PileId;
use model::time::Zone;
use store::filter::Page;
use store::pile_drift::{self, LocalListView, PileDesired};

pub async fn pile_desired_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Code(code): Code,
) -> Answer<Given<Page<PileDesired>>> {
    let (scope, today) = (who.scope(), Zone::shanghai().local(app.now()).day);
    let tolerance_ms = app.engine.rules().skew_tolerance_ms;
    let read = move |conn: &mut store::Conn| {
        let Some(pile) = store::pile_list::pile_get(conn, &scope, &code, today)? else { return Ok(None) };
        pile_drift::pile_desired_list(conn, &pile.facts, pile.clock_skew_ms, tolerance_ms).map(Some)
    };
    let mut all = app.engine.store.read(read).await?.ok_or_else(no_pile)?;
    for one in &mut all {
        one.message = one.message.take().map(|message| match serde_json::from_str::<Text>(&message) {
            Ok(text) => reader.tell(&text),
            Err(_) => message,
        });
    }
    Ok(Given(Page::whole(all)))
}

/// Looks at it now, also at what the pile has refused before.
pub async fn pile_desired_check(State(app): State<Shared>, who: Who, Code(code): Code) -> Answer<Done> {
    app.engine.pile_desired_check(&who.actor(), &code).await?;
    Ok(Done)
}

pub async fn pile_local_list_get(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
) -> Answer<Given<LocalListView>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let Some((pile, _, _)) = store::pile_list::pile_find(conn, &scope, &code)? else { return Ok(None) };
        pile_drift::pile_local_list_get(conn, PileId(pile)).map(Some)
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_pile)?))
}
