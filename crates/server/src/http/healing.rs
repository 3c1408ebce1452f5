//! 故障自愈

use super::Shared;
use super::alarms::code_text;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Id, Input, Query, Reader, Who};
use axum::extract::State;
use engine::healing::{HealingPlaybookChange, HealingPlaybookDraft, no_healing_run};
use model::healing::HealingState;
use model::time::DAY_MS;
use serde::{Deserialize, Serialize};
use store::filter::{Page, Paging};
use store::healing_playbooks::{
    self, HealingPlaybook, HealingPlaybookChangeRecord, HealingTally, healing_playbook_list as all,
};
use store::healing_runs::{self, HealingRunDetail, HealingRunFilter, HealingRunView};
use utoipa::ToSchema;

/// Over so many days the runs of a playbook are counted.
const TALLIED_DAYS: i64 = 90;

/// A playbook with what came of it.
#[derive(Serialize, ToSchema)]
pub struct HealingPlaybookView {
    #[serde(flatten)]
    playbook: HealingPlaybook,
    /// Of the runs of the last 90 days that the reader may see.
    tally: HealingTally,
}

#[derive(Serialize, ToSchema)]
pub struct HealingPlaybookPage {
    items: Vec<HealingPlaybookView>,
    /// The switch of the whole platform.
    on: bool,
    tallied_days: i64,
}

pub async fn healing_playbook_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
) -> Answer<Given<HealingPlaybookPage>> {
    let (scope, since) = (who.scope(), app.now().plus_ms(-TALLIED_DAYS * DAY_MS));
    let read =
        move |conn: &mut store::Conn| Ok((all(conn)?, healing_playbooks::tallies(conn, &scope, since)?));
    let (playbooks, tallies) = app.engine.store.read(read).await?;
    let view = |mut playbook: HealingPlaybook| {
        playbook.text = code_text(playbook.source, &playbook.code).map(|text| reader.tell(&text));
        HealingPlaybookView { tally: tallies.get(&playbook.id).copied().unwrap_or_default(), playbook }
    };
    let items = playbooks.into_iter().map(view).collect();
    let on = app.engine.rules().healing;
    Ok(Given(HealingPlaybookPage { items, on, tallied_days: TALLIED_DAYS }))
}

pub async fn healing_playbook_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<HealingPlaybookDraft>,
) -> Answer<Created<HealingPlaybook>> {
    Ok(Created(app.engine.healing_playbook_create(&who.actor(), draft).await?))
}

pub async fn healing_playbook_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<HealingPlaybookChange>,
) -> Answer<Done> {
    app.engine.healing_playbook_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn healing_playbook_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.healing_playbook_delete(&who.actor(), id).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HealingPlaybookChangeQuery {
    /// Of this playbook only.
    playbook_id: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn healing_playbook_change_list(
    State(app): State<Shared>,
    Query(query): Query<HealingPlaybookChangeQuery>,
) -> Answer<Given<Page<HealingPlaybookChangeRecord>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, before) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let read = move |conn: &mut store::Conn| {
        healing_playbooks::healing_playbook_change_list(conn, query.playbook_id, before, limit)
    };
    Ok(Given(app.engine.store.read(read).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HealingRunQuery {
    state: Option<HealingState>,
    playbook_id: Option<i64>,
    alarm_id: Option<i64>,
    /// In the code or the name of the pile.
    pile: Option<String>,
    station_name: Option<String>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn healing_run_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<HealingRunQuery>,
) -> Answer<Given<Page<HealingRunView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    super::feedback::ordered(query.from_ms, query.to_ms)?;
    let wanted = HealingRunFilter {
        state: query.state,
        playbook_id: query.playbook_id,
        alarm_id: query.alarm_id,
        pile: query.pile,
        station_name: query.station_name,
        from_ms: query.from_ms,
        to_ms: query.to_ms,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| healing_runs::healing_run_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn healing_run_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<HealingRunDetail>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| healing_runs::healing_run_get(conn, &scope, id);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_healing_run)?))
}

pub async fn healing_run_stop(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.healing_run_stop(&who.actor(), id).await?;
    Ok(Done)
}
