//! 分账规则

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::sharing::{SharingRuleChange, SharingRuleDraft};
use model::Result;
use model::sharing::SharingBasis;
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::sharing_rules::{self, SharingRuleFilter, SharingRuleView};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingRuleQuery {
    operator_id: Option<i64>,
    station_id: Option<i64>,
    station_name: Option<String>,
    payee_id: Option<i64>,
    payee_name: Option<String>,
    basis: Option<SharingBasis>,
    /// Only those that hold on this day, 20261101.
    day: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl SharingRuleQuery {
    pub fn filter(self) -> Result<SharingRuleFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(SharingRuleFilter {
            operator: self.operator_id,
            station: self.station_id,
            station_name: self.station_name,
            payee: self.payee_id,
            payee_name: self.payee_name,
            basis: self.basis,
            day: self.day,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

/// Newest first.
pub async fn sharing_rule_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<SharingRuleQuery>,
) -> Answer<Given<Page<SharingRuleView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| sharing_rules::sharing_rule_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn sharing_rule_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<SharingRuleDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.sharing_rule_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn sharing_rule_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<SharingRuleChange>,
) -> Answer<Done> {
    app.engine.sharing_rule_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn sharing_rule_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.sharing_rule_delete(&who.actor(), id).await?;
    Ok(Done)
}
