//! 渠道

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use crate::app::App;
use crate::ftp;
use crate::mailer::{self, Mail};
use crate::webhook::{PING, Telling, tell};
use axum::extract::State;
use engine::channel::{ChannelChange, ChannelDraft, ChannelView, no_channel, send_record};
use engine::webhook::webhook_body;
use model::channel::{
    ChannelConfig, ChannelPurpose, SmtpConfig, WebhookConfig, WebhookEvent, WebhookState, delivery_key,
};
use model::ftp::FtpConfig;
use model::invoice::email_checked;
use serde::Deserialize;
use store::channels::{self, Channel, ChannelSend, ChannelSendFilter};
use store::deliveries::{self, Delivery, DeliveryFilter};
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
    reachable(&app, draft.webhook.as_ref())?;
    let id = app.engine.channel_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn channel_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<ChannelChange>,
) -> Answer<Done> {
    reachable(&app, change.webhook.as_ref())?;
    app.engine.channel_update(&who.actor(), id, change).await?;
    Ok(Done)
}

/// An address in numbers that leads where we do not go is told before it is saved.
fn reachable(app: &App, webhook: Option<&WebhookConfig>) -> model::Result<()> {
    match webhook {
        Some(webhook) => app.outbound.check("webhook.url", &webhook.address()?),
        None => Ok(()),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelTest {
    /// Where the test mail goes; a webhook has its own address.
    pub address: Option<String>,
}

/// Really sends. What came of it is the answer, also when it did not go: that is no fault of the request.
pub async fn channel_check(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(test): Input<ChannelTest>,
) -> Answer<Given<ChannelSend>> {
    who.actor().must_be_platform()?;
    let channel =
        app.engine.store.read(move |conn| channels::find(conn, id)).await?.ok_or_else(no_channel)?;
    let began = tokio::time::Instant::now();
    let mut record = match &channel.config {
        ChannelConfig::Smtp(smtp) => {
            let address = email_checked("address", test.address.as_deref().unwrap_or_default())?;
            mail_tested(&app, &channel, smtp, address, &who.session.caller.name).await
        }
        ChannelConfig::Webhook(webhook) => webhook_tested(&app, &channel, webhook).await,
        ChannelConfig::Ftp(config) => ftp_tested(&app, &channel, config).await,
    };
    record.took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    Ok(Given(app.engine.channel_tested(&who.actor(), record).await?))
}

async fn mail_tested(
    app: &App,
    channel: &Channel,
    smtp: &SmtpConfig,
    address: String,
    name: &str,
) -> ChannelSend {
    let mut record = send_record(channel.id, ChannelPurpose::Test, &address, app.now().as_ms());
    let fault = match app.engine.channel_password(channel) {
        Ok(password) => {
            let mail = Mail {
                to: address,
                subject: format!("PileOps 测试邮件（{}）", channel.name),
                text: format!(
                    "这是渠道「{}」的测试邮件，由 {name} 发出。收到它说明渠道工作正常。\n\nThis is a test of the channel.\n",
                    channel.name
                ),
                id: format!("test-{}-{}", channel.id, record.at_ms),
                files: Vec::new(),
            };
            mailer::send(smtp, password, mail).await.err().map(|fault| fault.text)
        }
        Err(why) => Some(why.text),
    };
    record.success = fault.is_none();
    record.message = fault;
    record
}

/// Logs in as a pile would. The piles may still be kept from it by a firewall of theirs.
async fn ftp_tested(app: &App, channel: &Channel, config: &FtpConfig) -> ChannelSend {
    let place = format!("{}:{}", config.host, config.port);
    let mut record = send_record(channel.id, ChannelPurpose::Test, &place, app.now().as_ms());
    let fault = match app.engine.channel_password(channel) {
        Ok(password) => ftp::log_in(config, &password.unwrap_or_default()).await.err(),
        Err(why) => Some(why.text),
    };
    record.success = fault.is_none();
    record.message = fault;
    record
}

/// What came back is told also when it was a yes.
async fn webhook_tested(app: &App, channel: &Channel, webhook: &WebhookConfig) -> ChannelSend {
    let now_ms = app.now().as_ms();
    let mut record = send_record(channel.id, ChannelPurpose::Test, &webhook.url, now_ms);
    let fault = match app.engine.channel_password(channel) {
        Ok(secret) => {
            let key = format!("{PING}-{}", delivery_key(channel.id, now_ms));
            let data = serde_json::json!({"channel": channel.name}).to_string();
            let body = webhook_body(&key, PING, now_ms, &data);
            let telling = Telling { key: &key, event: PING, body, now_s: now_ms / 1_000 };
            let told = tell(&app.outbound, webhook, &secret.unwrap_or_default(), telling).await;
            record.status = told.status.map(i64::from);
            record.message = told.words;
            told.fault.map(|fault| fault.text)
        }
        Err(why) => Some(why.text),
    };
    record.success = fault.is_none();
    record.message = fault.or(record.message);
    record
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelSendQuery {
    purpose: Option<ChannelPurpose>,
    success: Option<bool>,
    target: Option<String>,
    /// The tries of one delivery of a webhook.
    delivery_id: Option<i64>,
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
        delivery_id: query.delivery_id,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let read = move |conn: &mut store::Conn| match channels::find(conn, id)? {
        Some(_) => channels::channel_send_list(conn, id, &wanted).map(Some),
        None => Ok(None),
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_channel)?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    state: Option<WebhookState>,
    event: Option<WebhookEvent>,
    /// A part of what it is about.
    subject: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn delivery_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(query): Query<DeliveryQuery>,
) -> Answer<Given<Page<Delivery>>> {
    who.actor().must_be_platform()?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = DeliveryFilter {
        state: query.state,
        event: query.event,
        subject: query.subject,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let read = move |conn: &mut store::Conn| match channels::find(conn, id)? {
        Some(_) => deliveries::delivery_list(conn, id, &wanted).map(Some),
        None => Ok(None),
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_channel)?))
}

/// Sends one once more, with the next run of its job.
pub async fn delivery_start(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.delivery_resend(&who.actor(), id).await?;
    Ok(Done)
}
