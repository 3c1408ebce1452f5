//! 充电计划 of a pile

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::piles::pile_seen;
use super::take::{Code, Who};
use axum::extract::State;
use store::pile_profiles::{self, PileProfiles};

/// The profiles that the pile keeps as far as is known, which of them apply now, and what others limit.
pub async fn pile_profile_list(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
) -> Answer<Given<PileProfiles>> {
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let now = app.now();
    let read = move |conn: &mut store::Conn| pile_profiles::pile_profile_list(conn, pile, now);
    Ok(Given(app.engine.store.read(read).await?))
}
