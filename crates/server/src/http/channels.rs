//! 渠道

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use crate::mailer::{self, Mail};
use axum::extract::State;
use engine::channel::{ChannelChange, ChannelDraft, ChannelView, no_channel, send_record};
use model::channel::ChannelPurpose;
use model::invoice::email_checked;
use serde::Deserialize;
use store::channels::{self, ChannelSend, ChannelSendFilter};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

pub async fn channel_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<ChannelView>>> {
    who.actor().must_be_platform()?;
    Ok(Given(Page::whole(app.engine.channel_list().await?)))
}

pub async fn channel_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<ChannelView>> {
    who.actor().must_be_platform()?;
    let found = app.engine.channel_list().await?.into_iter().find(|one| one.id == id);
    Ok(Given(found.ok_or_else(no_channel)?))
}

pub async fn channel_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<ChannelDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.channel_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn channel_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<ChannelChange>,
) -> Answer<Done> {
    app.engine.channel_update(&who.actor(), id, change).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelTest {
    /// Where the test goes.
    pub address: String,
}

/// Really sends. What came of it is the answer, also when it did not go: that is no fault of the request.
pub async fn channel_check(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(test): Input<ChannelTest>,
) -> Answer<Given<ChannelSend>> {
    who.actor().must_be_platform()?;
    let address = email_checked("address", &test.address)?;
    let channel =
        app.engine.store.read(move |conn| channels::find(conn, id)).await?.ok_or_else(no_channel)?;
    let began = tokio::time::Instant::now();
    let fault = match app.engine.channel_password(&channel) {
        Ok(password) => {
            let mail = Mail {
                to: address.clone(),
                subject: format!("PileOps 测试邮件（{}）", channel.name),
                text: format!(
                    "这是渠道「{}」的测试邮件，由 {} 发出。收到它说明渠道工作正常。\n\nThis is a test of the channel.\n",
                    channel.name, who.session.caller.name
                ),
                id: format!("test-{}-{}", channel.id, app.now().as_ms()),
                files: Vec::new(),
            };
            mailer::send(&channel.smtp, password, mail).await.err().map(|fault| fault.text)
        }
        Err(why) => Some(why.text),
    };
    let mut record = send_record(channel.id, ChannelPurpose::Test, &address, app.now().as_ms());
    record.took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    record.success = fault.is_none();
    record.message = fault;
    Ok(Given(app.engine.channel_tested(&who.actor(), record).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelSendQuery {
    purpose: Option<ChannelPurpose>,
    success: Option<bool>,
    target: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn channel_send_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(query): Query<ChannelSendQuery>,
) -> Answer<Given<Page<ChannelSend>>> {
    who.actor().must_be_platform()?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = ChannelSendFilter {
        purpose: query.purpose,
        success: query.success,
        target: query.target,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let read = move |conn: &mut store::Conn| match channels::find(conn, id)? {
        Some(_) => channels::channel_send_list(conn, id, &wanted).map(Some),
        None => Ok(None),
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_channel)?))
}
