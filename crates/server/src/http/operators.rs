//! 运营商

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::site::{OperatorChange, OperatorDraft, OperatorStatusChange};
use model::id::OperatorId;
use serde::Deserialize;
use store::filter::Page;
use store::operator_list::{self, Operator, OperatorFilter, OperatorStatus};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorQuery {
    name: Option<String>,
    credit_code: Option<String>,
    /// In the contact's name or telephone.
    contact: Option<String>,
    status: Option<OperatorStatus>,
}

impl OperatorQuery {
    pub fn filter(self) -> OperatorFilter {
        let OperatorQuery { name, credit_code, contact, status } = self;
        OperatorFilter { name, credit_code, contact, status }
    }
}

pub async fn operator_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<OperatorQuery>,
) -> Answer<Given<Page<Operator>>> {
    let (scope, wanted) = (who.scope(), query.filter());
    let read = move |conn: &mut store::Conn| operator_list::operator_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn operator_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<OperatorDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.operator_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn operator_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<OperatorChange>,
) -> Answer<Done> {
    app.engine.operator_update(&who.actor(), OperatorId(id), change).await?;
    Ok(Done)
}

pub async fn operator_status_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<OperatorStatusChange>,
) -> Answer<Done> {
    app.engine.operator_status_set(&who.actor(), OperatorId(id), change).await?;
    Ok(Done)
}
