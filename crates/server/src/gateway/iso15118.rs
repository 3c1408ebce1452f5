//! What cars ask for by ISO 15118 is passed on to the certificate service of the settings, and its answer is
//! the pile's. Without a service, or when it does not answer well, the pile is told that it failed.

use crate::app::App;
use crate::outbound::Ask;
use hyper::Method;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use model::device::{DeviceEvent, Iso15118Ask};
use model::id::PileId;
use model::web_address::WebAddress;
use model::{Error, Text};
use serde_json::{Value, json};
use std::time::Duration;

/// A car that waits for its certificate gives up after some twenty seconds.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer of the standard has 18 000 characters.
const ANSWER_MAX: usize = 64 * 1024;

/// Puts the service's answer into the event. The pile waits for it and says nothing else meanwhile.
pub async fn ask(app: &App, pile: PileId, event: &mut DeviceEvent) {
    let DeviceEvent::Iso15118Asked(asked) = event else { return };
    let Some(url) = &app.settings.iso15118.url else { return };
    // Rare: every link's task would have to have room for it otherwise.
    asked.answer = match Box::pin(answer(app, pile, url, asked)).await {
        Ok(answer) => Ok(answer),
        Err(why) => {
            tracing::warn!(%pile, action = asked.action, why = %why.en, "the service of ISO 15118 gave no answer");
            Err(why)
        }
    };
}

async fn answer(app: &App, pile: PileId, url: &str, asked: &Iso15118Ask) -> Result<String, Text> {
    let known = app.engine.store.read(move |conn| store::piles::get(conn, pile)).await;
    let pile = known.map_err(|why| why.text)?.ok_or_else(|| Error::internal().text)?;
    let to = WebAddress::parse("iso15118_url", url).map_err(|why| why.text)?;
    let request: Value = serde_json::from_str(&asked.payload).unwrap_or_default();
    let body = json!({ "message": asked.action, "pile_code": pile.code.as_str(),
        "protocol": pile.protocol.as_str(), "request": request });
    let mut headers = vec![(CONTENT_TYPE, "application/json".to_owned())];
    if let Some(token) = &app.settings.iso15118.token {
        headers.push((AUTHORIZATION, format!("Bearer {token}")));
    }
    let asking = Ask {
        method: Method::POST,
        to: &to,
        headers,
        body: body.to_string().into(),
        patience: PATIENCE,
        answer_max: ANSWER_MAX,
    };
    let reply = app.outbound.ask(asking).await.map_err(|fault| fault.text)?;
    if !reply.status.is_success() {
        let code = reply.status.as_u16();
        return Err(Text::new(
            format!("证书服务应答 {code}"),
            format!("the certificate service answered with {code}"),
        ));
    }
    let text = String::from_utf8_lossy(&reply.body).trim().to_owned();
    match protocol::answer_check(pile.protocol, asked.action, &text) {
        Some(Ok(())) => Ok(text),
        Some(Err(fault)) => Err(Text::new(
            format!("证书服务的应答不符合标准：{}", fault.text.zh),
            format!("the certificate service's answer breaks the standard: {}", fault.text.en),
        )),
        None => Err(Text::of("该协议没有这条消息", "the protocol has no such message")),
    }
}
