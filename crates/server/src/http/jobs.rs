//! 任务

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Input, Key, Query, Who};
use crate::jobs;
use axum::extract::State;
use engine::job::{JobChange, JobView, no_job};
use model::job::{Job, JobRunState};
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::jobs::{JobRun, JobRunFilter};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobQuery {
    /// In the name or the title.
    name: Option<String>,
    paused: Option<bool>,
    /// How the last run ended.
    state: Option<JobRunState>,
}

pub async fn job_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<JobQuery>,
) -> Answer<Given<Page<JobView>>> {
    who.actor().must_be_platform()?;
    let mut all = app.engine.job_list().await?;
    let wanted = query.name.map(|text| text.trim().to_lowercase()).unwrap_or_default();
    all.retain(|job| {
        let named =
            [job.name, &job.title.zh, &job.title.en].iter().any(|text| text.to_lowercase().contains(&wanted));
        let state = job.last.as_ref().map(|run| run.state);
        named
            && query.paused.is_none_or(|paused| job.paused == paused)
            && query.state.is_none_or(|wanted| state == Some(wanted))
    });
    Ok(Given(Page::whole(all)))
}

pub async fn job_get(State(app): State<Shared>, who: Who, Key(name): Key) -> Answer<Given<JobView>> {
    who.actor().must_be_platform()?;
    let found = app.engine.job_list().await?.into_iter().find(|job| job.name == name);
    Ok(Given(found.ok_or_else(no_job)?))
}

pub async fn job_update(
    State(app): State<Shared>,
    who: Who,
    Key(name): Key,
    Input(change): Input<JobChange>,
) -> Answer<Done> {
    jobs::update(&app, &who.actor(), &name, change).await?;
    Ok(Done)
}

/// Runs it now, also when it is paused. While it runs already the same run is told again.
pub async fn job_start(State(app): State<Shared>, who: Who, Key(name): Key) -> Answer<Created<NewId>> {
    let id = jobs::start(&app, &who.actor(), &name).await?;
    Ok(Created(NewId { id }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobRunQuery {
    state: Option<JobRunState>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn job_run_list(
    State(app): State<Shared>,
    who: Who,
    Key(name): Key,
    Query(query): Query<JobRunQuery>,
) -> Answer<Given<Page<JobRun>>> {
    who.actor().must_be_platform()?;
    let job = Job::find(&name).ok_or_else(no_job)?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = JobRunFilter {
        state: query.state,
        from_ms: query.from_ms,
        to_ms: query.to_ms,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let read = move |conn: &mut store::Conn| store::jobs::job_run_list(conn, job.name, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}
