//! 占位费: what a station asks for, and what staff waive of it.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::loads::seen;
use super::settlements::place;
use super::take::{Id, Input, Who};
use axum::extract::State;
use engine::occupancy::{OccupancyPlanChange, OccupancyPlanView, OccupancyWaiverDraft, no_waiver};
use engine::proposal::ProposalDecision;
use model::id::StationId;
use store::occupancies;

pub async fn occupancy_plan_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<OccupancyPlanView>> {
    let station = seen(&app, &who, id).await?;
    let read = move |conn: &mut store::Conn| occupancies::plan(conn, station);
    Ok(Given(OccupancyPlanView::of(app.engine.store.read(read).await?)))
}

pub async fn occupancy_plan_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<OccupancyPlanChange>,
) -> Answer<Done> {
    app.engine.occupancy_plan_set(&who.actor(), StationId(id), change).await?;
    Ok(Done)
}

pub async fn occupancy_waiver_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<OccupancyWaiverDraft>,
) -> Answer<Created<NewId>> {
    let place = place(&app, &who, id).await?;
    let id = app.engine.occupancy_waiver_create(&who.actor(), place, draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn occupancy_waiver_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(decision): Input<ProposalDecision>,
) -> Answer<Done> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| occupancies::waiver_find(conn, &scope, id);
    let (_, pile) = app.engine.store.read(read).await?.ok_or_else(no_waiver)?;
    app.engine.occupancy_waiver_update(&who.actor(), (id, pile), decision).await?;
    Ok(Done)
}
