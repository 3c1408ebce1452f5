//! 屏显消息, 客户信息 and 厂商消息 of piles.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::piles::pile_seen;
use super::take::{Code, Id, Input, Query, Reader, Who};
use axum::extract::State;
use engine::display::{CustomerInquiryDraft, VendorWordDraft};
use model::Text;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::customer_inquiries::{self, CustomerInquiry};
use store::displays::{self, PileDisplays};
use store::filter::{Page, Paging};
use store::vendor_messages::{self, VendorMessageFilter, VendorMessageView, VendorWordView};
use utoipa::ToSchema;

/// What the pile shows, beside what it was given.
pub async fn pile_display_list(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
) -> Answer<Given<PileDisplays>> {
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let now = app.now();
    let read = move |conn: &mut store::Conn| displays::pile_display_list(conn, pile, now);
    Ok(Given(app.engine.store.read(read).await?))
}

/// Newest first, without what was told.
pub async fn customer_inquiry_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Code(code): Code,
) -> Answer<Given<Page<CustomerInquiry>>> {
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let read = move |conn: &mut store::Conn| customer_inquiries::customer_inquiry_list(conn, pile);
    let mut page = app.engine.store.read(read).await?;
    for one in &mut page.items {
        one.message = one.message.take().map(|message| match serde_json::from_str::<Text>(&message) {
            Ok(text) => reader.tell(&text),
            Err(_) => message,
        });
    }
    Ok(Given(page))
}

/// How long whoever asks waits for the pile's answer; what takes longer is seen in the list.
const PATIENCE: Duration = Duration::from_secs(10);

pub async fn customer_inquiry_create(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Input(draft): Input<CustomerInquiryDraft>,
) -> Answer<Done> {
    let command = app.engine.customer_inquiry_create(&who.actor(), &code, draft).await?;
    app.engine.command_wait(command, PATIENCE).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerInquiryPick {
    request_no: i64,
}

/// What the pile has told, all pieces together.
#[derive(Serialize, ToSchema)]
pub struct CustomerTold {
    content: String,
}

pub async fn customer_inquiry_reveal(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Input(pick): Input<CustomerInquiryPick>,
) -> Answer<Given<CustomerTold>> {
    let content = app.engine.customer_inquiry_reveal(&who.actor(), &code, pick.request_no).await?;
    Ok(Given(CustomerTold { content }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VendorMessageQuery {
    /// Whether the pile has said it.
    up: Option<bool>,
    /// The answer's word.
    status: Option<String>,
    /// In vendor, message or data.
    text: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn vendor_message_list(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Query(query): Query<VendorMessageQuery>,
) -> Answer<Given<Page<VendorMessageView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = VendorMessageFilter {
        up: query.up,
        status: query.status,
        text: query.text,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let read = move |conn: &mut store::Conn| vendor_messages::vendor_message_list(conn, pile, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

/// Whose words the platform takes.
pub async fn vendor_word_list(State(app): State<Shared>, _who: Who) -> Answer<Given<Page<VendorWordView>>> {
    Ok(Given(app.engine.store.read(vendor_messages::vendor_word_list).await?))
}

pub async fn vendor_word_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<VendorWordDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.vendor_word_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn vendor_word_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.vendor_word_delete(&who.actor(), id).await?;
    Ok(Done)
}
