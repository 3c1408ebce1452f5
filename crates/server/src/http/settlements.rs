//! 异常结算

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Who};
use axum::extract::State;
use engine::proposal::ProposalDecision;
use engine::settlement::{SettlementBill, SettlementDraft, SettlementPreview, no_order, no_settlement};
use model::Result;
use model::id::{OrderId, PileId, SettlementId};

/// The order and its pile, if the caller may see them.
pub(super) async fn place(app: &Shared, who: &Who, id: i64) -> Result<(OrderId, PileId)> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| store::order_place::order_place(conn, &scope, OrderId(id));
    let place = app.engine.store.read(read).await?.ok_or_else(no_order)?;
    Ok((OrderId(id), place.frames.pile))
}

pub async fn settlement_check(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(wanted): Input<SettlementBill>,
) -> Answer<Given<SettlementPreview>> {
    let place = place(&app, &who, id).await?;
    Ok(Given(app.engine.settlement_check(&who.actor(), place, wanted).await?))
}

pub async fn settlement_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<SettlementDraft>,
) -> Answer<Created<NewId>> {
    let place = place(&app, &who, id).await?;
    let made = app.engine.settlement_create(&who.actor(), place, draft).await?;
    Ok(Created(NewId { id: made.0 }))
}

pub async fn settlement_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(decision): Input<ProposalDecision>,
) -> Answer<Done> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| store::settlements::find(conn, &scope, SettlementId(id));
    let found = app.engine.store.read(read).await?;
    let (_, pile) = found.ok_or_else(no_settlement)?;
    app.engine.settlement_update(&who.actor(), (SettlementId(id), pile), decision).await?;
    Ok(Done)
}
