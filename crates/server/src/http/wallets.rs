//! 钱包 and 订单支付: purses, what staff put into them, and what is given back of an order.

use super::Shared;
use super::customers::no_customer;
use super::error::Answer;
use super::fleets::no_fleet;
use super::give::{Created, Done, Given, NewId};
use super::settlements::place;
use super::take::{Id, Input, Who};
use axum::extract::State;
use engine::proposal::ProposalDecision;
use engine::wallet::{FleetAccountChange, PayWayChange, RefundDraft, WalletChangeDraft, WriteOffDraft};
use model::id::{CustomerId, FleetId};
use model::ledger::Payer;
use store::ledger_list::{self, FleetAccountView, OrderPaymentView, WalletView};

/// Purses belong to the platform, as customers do.
pub async fn wallet_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<WalletView>> {
    who.actor().must_be_platform()?;
    let read = move |conn: &mut store::Conn| ledger_list::wallet_get(conn, CustomerId(id));
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_customer)?))
}

pub async fn fleet_account_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<FleetAccountView>> {
    who.actor().must_be_platform()?;
    let read = move |conn: &mut store::Conn| ledger_list::fleet_account_get(conn, FleetId(id));
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_fleet)?))
}

pub async fn wallet_change_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<WalletChangeDraft>,
) -> Answer<Created<NewId>> {
    let payer = Payer::Customer(CustomerId(id));
    let id = app.engine.wallet_change_create(&who.actor(), payer, draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn fleet_wallet_change_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<WalletChangeDraft>,
) -> Answer<Created<NewId>> {
    let payer = Payer::Fleet(FleetId(id));
    let id = app.engine.wallet_change_create(&who.actor(), payer, draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn wallet_change_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(decision): Input<ProposalDecision>,
) -> Answer<Done> {
    app.engine.wallet_change_update(&who.actor(), id, decision).await?;
    Ok(Done)
}

pub async fn customer_pay_way_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<PayWayChange>,
) -> Answer<Done> {
    app.engine.customer_pay_way_set(&who.actor(), CustomerId(id), change).await?;
    Ok(Done)
}

pub async fn fleet_account_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<FleetAccountChange>,
) -> Answer<Done> {
    app.engine.fleet_account_set(&who.actor(), FleetId(id), change).await?;
    Ok(Done)
}

pub async fn order_payment_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<OrderPaymentView>> {
    let (order, _) = place(&app, &who, id).await?;
    let read = move |conn: &mut store::Conn| ledger_list::order_payment_get(conn, order);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn order_refund_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<RefundDraft>,
) -> Answer<Done> {
    let place = place(&app, &who, id).await?;
    app.engine.order_refund_create(&who.actor(), place, draft).await?;
    Ok(Done)
}

pub async fn order_write_off_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<WriteOffDraft>,
) -> Answer<Done> {
    let place = place(&app, &who, id).await?;
    app.engine.order_write_off_create(&who.actor(), place, draft).await?;
    Ok(Done)
}
