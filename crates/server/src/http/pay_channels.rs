//! 支付渠道, and the door at which they call us. The channels of messages are in `channels.rs`.

use super::Shared;
use super::error::{Answer, plain};
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Who, body_whole};
use crate::app::App;
use crate::pay;
use crate::pay::flow::{self, NoticeFault};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use engine::pay::channels::{PayChannelChange, PayChannelDraft, PayChannelView, no_pay_channel};
use model::pay::{SimulatedConfig, WechatConfig};
use model::web_address::WebAddress;
use model::{Result, Text};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::filter::Page;
use store::pay_channels;
use utoipa::ToSchema;

pub async fn pay_channel_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<PayChannelView>>> {
    who.actor().must_be_platform()?;
    Ok(Given(Page::whole(app.engine.pay_channel_list().await?)))
}

/// An address in numbers that leads where we do not go is told before it is saved.
fn reachable(app: &App, simulated: Option<&SimulatedConfig>, wechat: Option<&WechatConfig>) -> Result<()> {
    if let Some(config) = simulated {
        let field = "simulated.url";
        app.outbound.check(field, &WebAddress::parse(field, &config.url)?)?;
    }
    if let Some(config) = wechat {
        let field = "wechat.url";
        app.outbound.check(field, &WebAddress::parse(field, &config.url)?)?;
    }
    Ok(())
}

/// Keys that nobody can read are told before they are kept.
fn readable(
    wechat: Option<&WechatConfig>,
    api_v3_key: Option<&str>,
    private_key: Option<&str>,
) -> Result<()> {
    match (wechat, api_v3_key, private_key) {
        (Some(config), Some(key), Some(private)) => pay::wechat_checked(config, key, private),
        _ => Ok(()),
    }
}

pub async fn pay_channel_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<PayChannelDraft>,
) -> Answer<Created<NewId>> {
    who.actor().must_be_platform()?;
    reachable(&app, draft.simulated.as_ref(), draft.wechat.as_ref())?;
    readable(draft.wechat.as_ref(), draft.api_v3_key.as_deref(), draft.private_key.as_deref())?;
    let id = app.engine.pay_channel_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn pay_channel_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<PayChannelChange>,
) -> Answer<Done> {
    who.actor().must_be_platform()?;
    reachable(&app, change.simulated.as_ref(), change.wechat.as_ref())?;
    readable(change.wechat.as_ref(), change.api_v3_key.as_deref(), change.private_key.as_deref())?;
    app.engine.pay_channel_update(&who.actor(), id, change).await?;
    Ok(Done)
}

/// What came of a test: a channel that says no is no fault of the request.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayChannelCheck {
    pub success: bool,
    /// Why not.
    pub message: Option<Text>,
}

/// Really asks the channel, with our signature; nothing is paid by it.
pub async fn pay_channel_check(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<PayChannelCheck>> {
    who.actor().must_be_platform()?;
    let channel = app.engine.store.read(move |conn| pay_channels::get(conn, id)).await?;
    let channel = channel.ok_or_else(no_pay_channel)?;
    let message = match flow::adapter(&app, &channel) {
        Ok(adapter) => adapter.check().await.err().map(|fault| fault.text),
        Err(why) => Some(why.text),
    };
    app.engine.pay_channel_checked(&who.actor(), id, message.clone()).await?;
    Ok(Given(PayChannelCheck { success: message.is_none(), message }))
}

/// Most bytes of a channel's call, and how long it may take to say them.
const NOTICE_MAX: usize = 64 * 1024;
const NOTICE_PATIENCE: Duration = Duration::from_secs(10);

/// Outside the API: whoever calls shows no session, and proves by its signature that it is the channel.
pub fn router(app: &Shared) -> Router<Shared> {
    Router::new().route("/pay/notices/{id}", post(notice)).layer(from_fn_with_state(Arc::clone(app), plain))
}

async fn notice(State(app): State<Shared>, Path(id): Path<i64>, request: Request) -> Response {
    let headers = request.headers().clone();
    let Ok(body) = body_whole(request, NOTICE_MAX, NOTICE_PATIENCE).await else {
        return told(StatusCode::PAYLOAD_TOO_LARGE, "FAIL", "too large or too slow");
    };
    match flow::notice(&app, id, &headers, &body).await {
        Ok(()) => told(StatusCode::OK, "SUCCESS", ""),
        Err(NoticeFault::Refused(why)) => told(StatusCode::BAD_REQUEST, "FAIL", &why),
        Err(NoticeFault::Again) => told(StatusCode::INTERNAL_SERVER_ERROR, "FAIL", "try again"),
    }
}

fn told(status: StatusCode, code: &str, message: &str) -> Response {
    (status, axum::Json(json!({"code": code, "message": message}))).into_response()
}
