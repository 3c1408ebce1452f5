//! 用户来源: where customers come from besides our own, and asking the one that is asked.

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given, NewId};
use super::take::{Input, Who};
use crate::jobs::{self, customers};
use axum::extract::State;
use engine::customer::{CustomerPullChange, CustomerPullStart, CustomerPullView};
use model::Text;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Until when what we have of platforms' customers is true.
#[derive(Serialize, ToSchema)]
pub struct CustomerSourceState {
    /// A token is set by which a platform may push.
    scim: bool,
    synced_at_ms: Option<i64>,
    /// A platform is asked by us.
    pull: bool,
    pulled_at_ms: Option<i64>,
    /// It could not be asked the last time.
    pull_failed: bool,
}

pub async fn customer_source_get(State(app): State<Shared>) -> Answer<Given<CustomerSourceState>> {
    let synced = app.engine.store.read(store::source_users::synced).await?;
    let pull = app.engine.store.read(store::customer_pulls::find).await?;
    Ok(Given(CustomerSourceState {
        scim: app.settings.scim_token.is_some(),
        synced_at_ms: synced.map(Timestamp::as_ms),
        pull: pull.as_ref().is_some_and(|one| one.enabled),
        pulled_at_ms: pull.as_ref().and_then(|one| one.last.synced_at_ms),
        pull_failed: pull.is_some_and(|one| one.last.error.is_some()),
    }))
}

/// The source that is asked; null: there is none.
#[derive(Serialize, ToSchema)]
pub struct CustomerPullState {
    pull: Option<CustomerPullView>,
    /// It is asked just now.
    running: bool,
}

pub async fn customer_pull_get(State(app): State<Shared>, who: Who) -> Answer<Given<CustomerPullState>> {
    who.actor().must_be_platform()?;
    let running = app.engine.store.read(|conn| store::jobs::running(conn, customers::NAME)).await?;
    Ok(Given(CustomerPullState { pull: app.engine.customer_pull_get().await?, running: running.is_some() }))
}

pub async fn customer_pull_update(
    State(app): State<Shared>,
    who: Who,
    Input(change): Input<CustomerPullChange>,
) -> Answer<Done> {
    let to = model::web_address::WebAddress::parse("url", &change.url)?;
    app.outbound.check("url", &to)?;
    app.engine.customer_pull_update(&who.actor(), change).await?;
    Ok(Done)
}

/// What the source said when it was asked for one of its people.
#[derive(Serialize, ToSchema)]
pub struct CustomerPullCheck {
    success: bool,
    /// How many it has.
    total_count: Option<i64>,
    message: Option<Text>,
    took_ms: i64,
}

pub async fn customer_pull_check(State(app): State<Shared>, who: Who) -> Answer<Given<CustomerPullCheck>> {
    who.actor().must_be_platform()?;
    let began = tokio::time::Instant::now();
    let (total_count, message) = customers::check(&app).await?;
    let took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    Ok(Given(CustomerPullCheck { success: total_count.is_some(), total_count, message, took_ms }))
}

/// Asks at once; the id of the job's run.
pub async fn customer_pull_start(
    State(app): State<Shared>,
    who: Who,
    Input(wish): Input<CustomerPullStart>,
) -> Answer<Given<NewId>> {
    app.engine.customer_pull_wish(&who.actor(), wish).await?;
    let id = jobs::start(&app, &who.actor(), customers::NAME).await?;
    Ok(Given(NewId { id }))
}
