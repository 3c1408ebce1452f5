//! Tells webhooks what waits for them in the outbox: in its order within each, all of them at once.

use crate::app::App;
use crate::webhook::{Telling, tell};
use engine::channel::{FaultOf, SendFault, send_record};
use engine::job::JobOutcome;
use engine::webhook::webhook_body;
use futures_util::future::join_all;
use model::channel::{ChannelPurpose, WebhookConfig};
use model::job::JobRunState;
use model::{Result, Text};
use std::time::Duration;
use store::channels::{self, Channel};
use store::deliveries::{self, Delivery};

const AT_ONCE: i64 = 50;
/// A run ends some day, so that others see that the job lives.
const RUN: Duration = Duration::from_secs(60);

pub async fn send(app: &App) -> Result<JobOutcome> {
    let _alone = app.jobs.telling.lock().await;
    let expired = app.engine.deliveries_expire().await?;
    let all = app.engine.store.read(channels::all).await?;
    let webhooks = all.iter().filter(|one| one.enabled).filter_map(|one| Some((one, one.config.webhook()?)));
    let rounds = join_all(webhooks.map(|(channel, config)| round(app, channel, config))).await;
    let (mut done, mut trouble) = (i64::try_from(expired).unwrap_or(0), None);
    for one in rounds {
        let (sent, fault) = one?;
        done += sent;
        trouble = fault.or(trouble);
    }
    let state = if trouble.is_some() { JobRunState::Failed } else { JobRunState::Done };
    Ok(JobOutcome { state, done, message: trouble })
}

/// All that is due of one channel, until its receiver does not work.
async fn round(app: &App, channel: &Channel, config: &WebhookConfig) -> Result<(i64, Option<Text>)> {
    let (end, id) = (tokio::time::Instant::now() + RUN, channel.id);
    let (mut sent, mut trouble) = (0, None);
    loop {
        let now = app.now();
        let due = app.engine.store.read(move |conn| deliveries::due(conn, id, now, AT_ONCE)).await?;
        if due.is_empty() {
            return Ok((sent, trouble));
        }
        for delivery in due {
            if tokio::time::Instant::now() > end {
                return Ok((sent, trouble));
            }
            let Some(fault) = one(app, channel, config, delivery).await? else {
                sent += 1;
                continue;
            };
            trouble = Some(Text::new(
                format!("{}：{}", channel.name, fault.text.zh),
                format!("{}: {}", channel.name, fault.text.en),
            ));
            if fault.of == FaultOf::Channel {
                return Ok((sent, trouble));
            }
        }
    }
}

async fn one(
    app: &App,
    channel: &Channel,
    config: &WebhookConfig,
    delivery: Delivery,
) -> Result<Option<SendFault>> {
    let (began, now) = (tokio::time::Instant::now(), app.now());
    let mut record = send_record(channel.id, ChannelPurpose::Event, &delivery.subject, now.as_ms());
    record.delivery_id = Some(delivery.id);
    let fault = match app.engine.channel_password(channel) {
        Ok(secret) => {
            let event = delivery.event.as_str();
            let body = webhook_body(&delivery.key, event, delivery.created_at_ms, &delivery.body);
            let telling = Telling { key: &delivery.key, event, body, now_s: now.as_ms() / 1_000 };
            let told = tell(&app.outbound, config, &secret.unwrap_or_default(), telling).await;
            record.status = told.status.map(i64::from);
            record.message = told.words;
            told.fault
        }
        Err(why) => Some(SendFault { of: FaultOf::Channel, text: why.text }),
    };
    record.took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    record.success = fault.is_none();
    if let Some(fault) = &fault {
        record.message = Some(fault.text.clone());
    }
    app.engine.delivery_turn(delivery, record, fault.clone()).await?;
    Ok(fault)
}
