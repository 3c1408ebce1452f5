//! 账号

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::{Answer, Failure};
use super::give::{Created, Done, Given};
use super::take::{Id, Input, Who};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use engine::staff::{StaffCreated, StaffDraft};
use model::id::StaffId;
use serde::{Deserialize, Serialize};
use store::filter::Page;
use store::staff::{self, StaffView};
use store::token_list::TokenView;
use utoipa::openapi::path::ParameterIn;
use utoipa::{PartialSchema, ToSchema};

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

pub async fn staff_lock_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.staff_lock_delete(&who.actor(), StaffId(id)).await?;
    Ok(Done)
}

/// Shown once: only a hash is kept.
#[derive(Serialize, ToSchema)]
pub struct NewPassword {
    password: String,
}

pub async fn staff_password_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<NewPassword>> {
    let password = app.engine.staff_password_set(&who.actor(), StaffId(id)).await?;
    Ok(Given(NewPassword { password }))
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

/// `{id}` of a token.
pub struct TokenId(String);

impl<S: Send + Sync> FromRequestParts<S> for TokenId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<TokenId, Failure> {
        // A text that names no token finds none.
        let id = Path::<String>::from_request_parts(parts, state).await;
        Ok(TokenId(id.map(|Path(id)| id).unwrap_or_default()))
    }
}

impl Describe for TokenId {
    fn describe(draft: &mut Draft) {
        draft.parameter("id", ParameterIn::Path, true, String::schema());
    }
}

/// One's own; of everybody for whoever may change accounts.
pub async fn token_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<TokenView>>> {
    Ok(Given(Page::whole(app.engine.token_list(&who.actor()).await?)))
}

pub async fn token_delete(State(app): State<Shared>, who: Who, TokenId(id): TokenId) -> Answer<Done> {
    app.engine.token_delete(&who.actor(), &id).await?;
    Ok(Done)
}
