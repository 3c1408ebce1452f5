//! 销售方 and 抬头

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::invoice_life::payer;
use super::take::{Id, Input, Query, Who};
use crate::invoicing::channel;
use axum::extract::State;
use engine::invoice::seller::{SellerDraft, SellerView, no_seller};
use engine::invoice::{InvoiceTitleChange, InvoiceTitleDraft};
use model::id::OperatorId;
use model::invoice::ChannelLogin;
use model::web_address::WebAddress;
use serde::{Deserialize, Serialize};
use store::filter::Page;
use store::invoice_titles::{self, InvoiceTitle};
use store::operators;
use store::sellers::{self, Seller};
use utoipa::ToSchema;

fn view(conn: &mut store::Conn, one: Seller) -> store::DbResult<SellerView> {
    let name = operators::fields(conn, one.operator)?.map(|fields| fields.name).unwrap_or_default();
    Ok(SellerView::of(one, name))
}

pub async fn seller_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<SellerView>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let all = sellers::seller_list(conn, &scope)?;
        all.into_iter().map(|one| view(conn, one)).collect::<store::DbResult<Vec<_>>>()
    };
    Ok(Given(Page::whole(app.engine.store.read(read).await?)))
}

pub async fn seller_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<SellerView>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| match sellers::get(conn, &scope, OperatorId(id))? {
        Some(one) => view(conn, one).map(Some),
        None => Ok(None),
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_seller)?))
}

pub async fn seller_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<SellerDraft>,
) -> Answer<Done> {
    if let Some(config) = &draft.nuonuo {
        app.outbound.check("nuonuo.url", &WebAddress::parse("nuonuo.url", config.url.trim())?)?;
    }
    app.engine.seller_set(&who.actor(), OperatorId(id), draft).await?;
    Ok(Done)
}

/// What a channel says of its sign-in at the tax bureau.
#[derive(Serialize, ToSchema)]
pub struct SellerLogin {
    /// Null: the channel could not say.
    pub login: Option<ChannelLogin>,
    pub message: Option<String>,
}

/// Asks the channel whether somebody is signed in at the tax bureau; what waited for that goes on then.
pub async fn seller_check(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<SellerLogin>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| sellers::get(conn, &scope, OperatorId(id));
    let seller = app.engine.store.read(read).await?.ok_or_else(no_seller)?;
    let login = channel(&app, seller.channel, &seller)?.login().await;
    let Some((login, message)) = login else { return Ok(Given(SellerLogin { login: None, message: None })) };
    app.engine.seller_login_turn(seller.operator, login, message.clone()).await?;
    Ok(Given(SellerLogin { login: Some(login), message }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceTitleQuery {
    /// Whose titles: one of these.
    customer_id: Option<i64>,
    fleet_id: Option<i64>,
}

pub async fn invoice_title_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<InvoiceTitleQuery>,
) -> Answer<Given<Page<InvoiceTitle>>> {
    who.actor().must_be_platform()?;
    let payer = payer(query.customer_id, query.fleet_id)?;
    let read = move |conn: &mut store::Conn| invoice_titles::invoice_title_list(conn, payer);
    Ok(Given(Page::whole(app.engine.store.read(read).await?)))
}

pub async fn invoice_title_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<InvoiceTitleDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.invoice_title_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn invoice_title_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<InvoiceTitleChange>,
) -> Answer<Done> {
    app.engine.invoice_title_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn invoice_title_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.invoice_title_delete(&who.actor(), id).await?;
    Ok(Done)
}
