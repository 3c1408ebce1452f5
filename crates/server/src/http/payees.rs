//! 分账方

use super::Shared;
use super::customers::Revealed;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::sharing::{PayeeChange, PayeeDraft, no_payee};
use model::Result;
use model::sharing::PayeeKind;
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::payees::{self, PayeeFilter, PayeeView};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayeeQuery {
    name: Option<String>,
    operator_id: Option<i64>,
    kind: Option<PayeeKind>,
    active: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl PayeeQuery {
    pub fn filter(self) -> Result<PayeeFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(PayeeFilter {
            id: None,
            name: self.name,
            operator: self.operator_id,
            kind: self.kind,
            active: self.active,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

/// Newest first.
pub async fn payee_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<PayeeQuery>,
) -> Answer<Given<Page<PayeeView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| payees::payee_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn payee_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<PayeeView>> {
    let (scope, wanted) = (who.scope(), PayeeFilter { id: Some(id), limit: 1, ..Default::default() });
    let read = move |conn: &mut store::Conn| payees::payee_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?.items.pop().ok_or_else(no_payee)?))
}

pub async fn payee_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<PayeeDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.payee_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn payee_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<PayeeChange>,
) -> Answer<Done> {
    app.engine.payee_update(&who.actor(), id, change).await?;
    Ok(Done)
}

/// The number of its account in full; the look is written down.
pub async fn payee_reveal(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<Revealed>> {
    let account = app.engine.payee_reveal(&who.actor(), id).await?;
    Ok(Given(Revealed { value: Some(account).filter(|account| !account.is_empty()) }))
}
