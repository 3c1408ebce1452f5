//! Tells a webhook something, and says in plain words what came back.

use crate::outbound::{Ask, Outbound, OutboundFaultKind};
use engine::channel::{FaultOf, SendFault};
use engine::webhook::webhook_signature;
use hyper::header::{CONTENT_TYPE, HeaderName};
use hyper::{Method, StatusCode};
use model::Text;
use model::channel::WebhookConfig;
use std::time::Duration;

/// Of the answer so much is read; one that is longer has no business being so.
const ANSWER_MAX: usize = 64 * 1024;
/// Of what it says so much is kept.
const WORDS_MAX: usize = 200;

/// The event of a test, which nobody subscribes to.
pub const PING: &str = "ping";

/// Something to be told.
pub struct Telling<'a> {
    /// The same whenever it is sent again.
    pub key: &'a str,
    pub event: &'a str,
    pub body: String,
    pub now_s: i64,
}

#[derive(Debug)]
pub struct Told {
    pub status: Option<u16>,
    /// What the other side said, if it was content.
    pub words: Option<Text>,
    pub fault: Option<SendFault>,
}

pub async fn tell(outbound: &Outbound, config: &WebhookConfig, secret: &str, telling: Telling<'_>) -> Told {
    let failed =
        |of: FaultOf, text: Text| Told { status: None, words: None, fault: Some(SendFault { of, text }) };
    let to = match config.address() {
        Ok(to) => to,
        Err(why) => return failed(FaultOf::Channel, why.text),
    };
    let signature = match webhook_signature(secret, telling.now_s, &telling.body) {
        Ok(signature) => signature,
        Err(why) => return failed(FaultOf::Channel, why.text),
    };
    let header = HeaderName::from_static;
    let headers = vec![
        (CONTENT_TYPE, "application/json".to_owned()),
        (header("pileops-event"), telling.event.to_owned()),
        (header("pileops-delivery"), telling.key.to_owned()),
        (header("pileops-timestamp"), telling.now_s.to_string()),
        (header("pileops-signature"), format!("v1={signature}")),
    ];
    let ask = Ask {
        method: Method::POST,
        to: &to,
        headers,
        body: telling.body.into(),
        patience: Duration::from_secs(u64::try_from(config.timeout_s).unwrap_or(10)),
        answer_max: ANSWER_MAX,
    };
    let reply = match outbound.ask(ask).await {
        Ok(reply) => reply,
        // It was taken and answered, in too many words.
        Err(fault) if fault.kind == OutboundFaultKind::TooLarge => {
            return failed(FaultOf::Moment, fault.text);
        }
        Err(fault) => return failed(FaultOf::Channel, fault.text),
    };
    let words = words(&reply.body);
    let status = Some(reply.status.as_u16());
    match judged(reply.status, &words) {
        None => {
            let said = |zh: &str, en: &str| Text::new(format!("{zh}{words}"), format!("{en}{words}"));
            let told = (!words.is_empty()).then(|| said("对方应答：", "It answered: "));
            Told { status, words: told, fault: None }
        }
        fault => Told { status, words: None, fault },
    }
}

/// 2xx is yes. A receiver that does not work, or that is another one than we think, holds everything;
/// a single delivery that it does not like holds only itself.
fn judged(status: StatusCode, words: &str) -> Option<SendFault> {
    let code = status.as_u16();
    let said = if words.is_empty() { code.to_string() } else { format!("{code} {words}") };
    let (of, zh, en) = match code {
        200..=299 => return None,
        300..=399 => (
            FaultOf::Channel,
            format!("对方要求跳转（{code}），出于安全不会跟随；请直接填写最终地址"),
            format!("It answered with a redirect ({code}), which is not followed. Give the final address."),
        ),
        401 | 403 | 404 | 405 | 407 | 410 => (
            FaultOf::Channel,
            format!("对方拒绝（{said}）；请核对回调地址与密钥"),
            format!("It refused ({said}). Check the address and the secret."),
        ),
        400..=499 if !matches!(code, 408 | 425 | 429) => (
            FaultOf::Moment,
            format!("对方不接受这条内容（{said}）"),
            format!("It does not take this one ({said})."),
        ),
        _ => (
            FaultOf::Channel,
            format!("对方暂时不可用（{said}）"),
            format!("It does not work at present ({said})."),
        ),
    };
    Some(SendFault { of, text: Text::new(zh, en) })
}

/// The beginning of what was answered, on one line.
fn words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * WORDS_MAX)]);
    let clean: String =
        text.chars().map(|c| if c.is_control() || c == '\u{fffd}' { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(WORDS_MAX).collect()
}
