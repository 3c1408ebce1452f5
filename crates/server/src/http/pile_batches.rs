//! 批量操作

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Reader, Who};
use super::transfers::Reached;
use crate::jobs::batches;
use axum::extract::State;
use engine::pile_batch::{PileBatchDraft, no_batch};
use model::access::Permission;
use model::error::Text;
use model::id::PileBatchId;
use model::pile_batch::{PileBatchDeed, PileBatchRowState, PileBatchState};
use model::{Error, Result};
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::pile_batches::{self, PileBatchFilter, PileBatchRow, PileBatchView};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileBatchQuery {
    deed: Option<PileBatchDeed>,
    state: Option<PileBatchState>,
    staff_name: Option<String>,
    pile_code: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn pile_batch_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<PileBatchQuery>,
) -> Answer<Given<Page<PileBatchView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = PileBatchFilter {
        id: None,
        deed: query.deed,
        state: query.state,
        staff_name: query.staff_name,
        pile_code: query.pile_code,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| pile_batches::pile_batch_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

async fn found(app: &Shared, who: &Who, id: i64) -> Result<PileBatchView> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| pile_batches::pile_batch_get(conn, &scope, PileBatchId(id));
    app.engine.store.read(read).await?.ok_or_else(no_batch)
}

pub async fn pile_batch_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<PileBatchView>> {
    Ok(Given(found(&app, &who, id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileBatchRowQuery {
    state: Option<PileBatchRowState>,
}

/// What became of a batch at each of its piles.
pub async fn pile_batch_row_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
    Query(query): Query<PileBatchRowQuery>,
) -> Answer<Given<Page<PileBatchRow>>> {
    found(&app, &who, id).await?;
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        pile_batches::pile_batch_row_list(conn, &scope, PileBatchId(id), query.state)
    };
    let mut page = app.engine.store.read(read).await?;
    for row in &mut page.items {
        let told = row.message.take().and_then(|message| serde_json::from_str::<Text>(&message).ok());
        row.message = told.map(|text| reader.tell(&text));
    }
    Ok(Given(page))
}

async fn create(app: &Shared, who: &Who, draft: PileBatchDraft) -> Answer<Created<NewId>> {
    let actor = who.actor();
    let id = app.engine.pile_batch_create(&actor, draft).await?;
    batches::begin(app, &actor, id);
    Ok(Created(NewId { id: id.0 }))
}

fn other_door(draft: &PileBatchDraft, permission: Permission) -> Result<()> {
    if draft.deed.permission() == permission {
        return Ok(());
    }
    Err(Error::invalid(
        "deed",
        "修改档案的批量操作（enable、disable、move、tariff_assign）与远程操作（reset_soft、clock_set、tariff_set、firmware_update）地址不同，请核对",
        "Changes of the record (enable, disable, move, tariff_assign) and commands (reset_soft, clock_set, tariff_set, firmware_update) have different addresses; check which this one is.",
    ))
}

/// Enables, disables or moves several piles, or gives them a tariff of their own.
pub async fn pile_batch_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<PileBatchDraft>,
) -> Answer<Created<NewId>> {
    other_door(&draft, Permission::PileWrite)?;
    create(&app, &who, draft).await
}

/// Gives the same command to several piles.
pub async fn pile_batch_command(
    State(app): State<Shared>,
    who: Who,
    Reached(reached_by): Reached,
    Input(mut draft): Input<PileBatchDraft>,
) -> Answer<Created<NewId>> {
    other_door(&draft, Permission::PileCommand)?;
    if draft.deed == PileBatchDeed::FirmwareUpdate {
        draft.reached_by = reached_by.ok();
    }
    create(&app, &who, draft).await
}

/// Does what went wrong or was cut again.
pub async fn pile_batch_start(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    let actor = who.actor();
    app.engine.pile_batch_start(&actor, PileBatchId(id)).await?;
    batches::begin(&app, &actor, PileBatchId(id));
    Ok(Done)
}

/// Stops what has not begun.
pub async fn pile_batch_stop(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.pile_batch_stop(&who.actor(), PileBatchId(id)).await?;
    Ok(Done)
}
