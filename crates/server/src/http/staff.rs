//! 账号

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Id, Input, Key, Query, Who};
use axum::extract::State;
use engine::staff::{
    AdministratorsDraft, AdministratorsMade, StaffChange, StaffCreated, StaffDraft, StaffHandedOver,
    StaffHandover, StaffHandoverDraft, TokenDraft,
};
use model::Result;
use model::id::StaffId;
use serde::{Deserialize, Serialize};
use store::filter::{Page, Paging};
use store::sort::Sort;
use store::staff_list::{self, SORTS, StaffFilter, StaffView};
use store::token_list::TokenView;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffQuery {
    account: Option<String>,
    name: Option<String>,
    role: Option<String>,
    operator_id: Option<i64>,
    disabled: Option<bool>,
    /// account, name, created_at_ms; `-` before it for the
    /// greatest first. The newest first when it is left out.
    sort: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl StaffQuery {
    pub fn filter(self) -> Result<StaffFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(StaffFilter {
            account: self.account,
            name: self.name,
            role: self.role,
            operator_id: self.operator_id,
            disabled: self.disabled,
            sort: Sort::or_newest(self.sort.as_deref(), SORTS, &paging)?,
            limit: paging.limit()?,
        })
    }
}

pub async fn staff_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<StaffQuery>,
) -> Answer<Given<Page<StaffView>>> {
    let (scope, now, wanted) = (who.scope(), app.now(), query.filter()?);
    let read = move |conn: &mut store::Conn| staff_list::staff_list(conn, &wanted, &scope);
    let mut page = app.engine.store.read(read).await?;
    for row in &mut page.items {
        row.locked = app.engine.doors.is_locked(&row.account, now);
    }
    Ok(Given(page))
}

pub async fn staff_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<StaffDraft>,
) -> Answer<Created<StaffCreated>> {
    Ok(Created(app.engine.staff_create(&who.actor(), draft).await?))
}

pub async fn staff_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<StaffChange>,
) -> Answer<Done> {
    app.engine.staff_update(&who.actor(), StaffId(id), change).await?;
    Ok(Done)
}

pub async fn staff_lock_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.staff_lock_delete(&who.actor(), StaffId(id)).await?;
    Ok(Done)
}

/// What somebody who leaves still has in hand.
pub async fn staff_handover_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<StaffHandover>> {
    Ok(Given(app.engine.staff_handover_get(&who.actor(), StaffId(id)).await?))
}

/// Gives it to another, and stops the account.
pub async fn staff_handover_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<StaffHandoverDraft>,
) -> Answer<Given<StaffHandedOver>> {
    Ok(Given(app.engine.staff_handover_create(&who.actor(), StaffId(id), draft).await?))
}

/// 三员分立: the administrator who may do everything becomes three.
pub async fn administrator_split_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<AdministratorsDraft>,
) -> Answer<Created<AdministratorsMade>> {
    Ok(Created(app.engine.administrator_split_create(&who.actor(), draft).await?))
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
pub struct SecondFactorReset {
    reason: String,
}

/// For somebody who has lost the authenticator and the recovery codes.
pub async fn second_factor_cancel(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<SecondFactorReset>,
) -> Answer<Done> {
    let local = who.session.is_local();
    app.engine.second_factor_cancel(&who.actor(), StaffId(id), &draft.reason, local).await?;
    Ok(Done)
}

/// Shown once: only a hash is kept.
#[derive(Serialize, ToSchema)]
pub struct Token {
    token: String,
}

/// A token for one's own scripts; it may do what its owner may do, or less.
pub async fn token_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<TokenDraft>,
) -> Answer<Created<Token>> {
    let token = app.engine.token_create(&who.actor(), &draft).await?;
    Ok(Created(Token { token }))
}

/// One's own; of everybody for whoever may change accounts.
pub async fn token_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<TokenView>>> {
    Ok(Given(Page::whole(app.engine.token_list(&who.actor()).await?)))
}

pub async fn token_delete(State(app): State<Shared>, who: Who, Key(id): Key) -> Answer<Done> {
    app.engine.token_delete(&who.actor(), &id).await?;
    Ok(Done)
}
