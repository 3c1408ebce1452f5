//! 账号

use super::Shared;
use super::error::Answer;
use super::give::{Created, Given};
use super::take::{Input, Who};
use axum::extract::State;
use engine::staff::{StaffCreated, StaffDraft};
use serde::{Deserialize, Serialize};
use store::filter::Page;
use store::staff::{self, StaffView};
use utoipa::ToSchema;

pub async fn staff_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<StaffView>>> {
    let scope = who.scope();
    Ok(Given(app.engine.store.read(move |conn| staff::staff_list(conn, &scope)).await?))
}

pub async fn staff_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<StaffDraft>,
) -> Answer<Created<StaffCreated>> {
    Ok(Created(app.engine.staff_create(&who.actor(), draft).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenDraft {
    /// What it is for, e.g. `nightly export`.
    name: String,
}

/// Shown once: only a hash is kept.
#[derive(Serialize, ToSchema)]
pub struct Token {
    token: String,
}

/// A token for one's own scripts; it may do what its owner may do.
pub async fn token_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<TokenDraft>,
) -> Answer<Created<Token>> {
    let token = app.engine.token_create(&who.actor(), &draft.name).await?;
    Ok(Created(Token { token }))
}
