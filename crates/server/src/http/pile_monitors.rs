//! 监视器 of a pile

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::piles::pile_seen;
use super::take::{Code, Who};
use axum::extract::State;
use store::pile_monitors::{self, PileMonitors};

/// What the pile watches of itself, as far as it has told. It is read, set and cleared by commands.
pub async fn pile_monitor_list(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
) -> Answer<Given<PileMonitors>> {
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let read = move |conn: &mut store::Conn| pile_monitors::pile_monitor_list(conn, pile);
    Ok(Given(app.engine.store.read(read).await?))
}
