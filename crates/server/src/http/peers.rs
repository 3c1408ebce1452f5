//! 互联方, and the lists of orders that they give of a day

use super::Shared;
use super::error::Answer;
use super::give::{Attachment, Created, Done, Given, NewId};
use super::imports::rows_read;
use super::take::{Id, Input, Query, Who};
use super::upload::{TemplateQuery, Upload, template_give};
use axum::extract::State;
use engine::reconciliation::peer::{
    PEER_COLUMNS, PEER_ROWS_MAX, PeerBillReport, PeerChange, PeerDraft, PeerFile,
};
use engine::sheet::template;
use serde::Deserialize;
use store::filter::Page;
use store::peers::{self, Peer};
use utoipa::ToSchema;

pub async fn peer_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<Peer>>> {
    who.actor().must_be_platform()?;
    Ok(Given(Page::whole(app.engine.store.read(peers::peer_list).await?)))
}

pub async fn peer_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<PeerDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.peer_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn peer_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<PeerChange>,
) -> Answer<Done> {
    app.engine.peer_update(&who.actor(), id, change).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeerBillQuery {
    /// What the file is called; the end of it says what it is.
    name: String,
    /// The day that the list is of, 20261123.
    day: i64,
    /// Only say what would be taken.
    check: Option<bool>,
}

/// Takes a peer's list of a day, all of it or nothing.
pub async fn peer_bill_import(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(asked): Query<PeerBillQuery>,
    Upload(bytes): Upload,
) -> Answer<Given<PeerBillReport>> {
    who.actor().must_be_platform()?;
    let rows = rows_read(Some(&asked.name), bytes.clone(), &PEER_COLUMNS, PEER_ROWS_MAX).await?;
    let name = asked.name.chars().take(120).collect();
    let file = PeerFile { name, body: bytes.to_vec(), rows };
    let check = asked.check.unwrap_or(false);
    Ok(Given(app.engine.peer_bill_import(&who.actor(), (id, asked.day), file, check).await?))
}

/// An empty list with the names of the columns and an example.
pub async fn peer_bill_template_fetch(
    State(app): State<Shared>,
    Query(asked): Query<TemplateQuery>,
) -> Answer<Attachment> {
    template_give(&app, "peer-bills", "互联方订单清单模板", asked.format, template(&PEER_COLUMNS)).await
}
