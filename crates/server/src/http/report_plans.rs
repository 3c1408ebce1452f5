//! 报表订阅: reports by mail, whom they may be sent to, and what was sent.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::reports::ReportQuery;
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::report::{ReportPlanDraft, no_report_plan, recipients};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::filter::{Page, Paging};
use store::report_plans::{self, ReportPlan, ReportSending};
use store::reports::ReportWanted;
use utoipa::ToSchema;

/// What the report's own page would read from these words.
pub fn report_of(app: &Shared, query: &BTreeMap<String, String>) -> Result<ReportWanted> {
    let text = serde_urlencoded::to_string(query).map_err(|_| Error::internal())?;
    super::take::query::<ReportQuery>(&text)?.wanted(app)
}

pub async fn report_plan_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<ReportPlan>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| report_plans::report_plan_list(conn, &scope);
    Ok(Given(Page::whole(app.engine.store.read(read).await?)))
}

pub async fn report_plan_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<ReportPlanDraft>,
) -> Answer<Created<ReportPlan>> {
    report_of(&app, &draft.query)?;
    Ok(Created(app.engine.report_plan_create(&who.actor(), draft).await?))
}

pub async fn report_plan_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<ReportPlanDraft>,
) -> Answer<Done> {
    report_of(&app, &draft.query)?;
    app.engine.report_plan_update(&who.actor(), id, draft).await?;
    Ok(Done)
}

pub async fn report_plan_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.report_plan_delete(&who.actor(), id).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportSendingQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

/// What was sent for each period, the latest first.
pub async fn report_sending_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(query): Query<ReportSendingQuery>,
) -> Answer<Given<Page<ReportSending>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (before, limit, scope) = (paging.key::<1>()?.map(|[id]| id), paging.limit()?, who.scope());
    let read = move |conn: &mut store::Conn| {
        let Some(plan) = report_plans::find(conn, &scope, id)? else { return Ok(None) };
        report_plans::report_sending_list(conn, plan.id, before, limit).map(Some)
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_report_plan)?))
}

/// Somebody who may be sent a report.
#[derive(Serialize, ToSchema)]
pub struct ReportRecipient {
    pub id: i64,
    pub name: String,
    /// Whether they have left an address, in their own settings.
    pub has_address: bool,
}

pub async fn report_recipient_list(
    State(app): State<Shared>,
    who: Who,
) -> Answer<Given<Page<ReportRecipient>>> {
    let scope = who.scope();
    let all = app.engine.store.read(move |conn| recipients(conn, &scope)).await?;
    let one = |(account, address): (store::staff::Account, Option<String>)| ReportRecipient {
        id: account.id.0,
        name: account.name,
        has_address: address.is_some(),
    };
    Ok(Given(Page::whole(all.into_iter().map(one).collect())))
}
