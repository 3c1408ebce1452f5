//! 诺诺开放平台: invoices of the tax bureau, asked for by its published interface.

use super::nuonuo_message::{
    Common, SUCCESS, billing, fast_red, red_confirm, red_result, result, sign, taken, text, wants_login,
};
use super::{InvoiceChannel, Login};
use crate::app::App;
use crate::outbound::Ask;
use engine::invoice::seller::NuonuoSecret;
use engine::invoice::{ChannelAnswer, RedAnswer};
use futures_util::future::BoxFuture;
use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderName};
use model::invoice::ChannelLogin;
use model::time::Timestamp;
use model::web_address::WebAddress;
use model::{Error, Result, Text};
use serde_json::{Value, json};
use std::time::Duration;
use store::invoice_work::InvoiceWork;
use store::sellers::{NuonuoConfig, Seller};

const ANSWER_MAX: usize = 1024 * 1024;
pub const CALLBACK: &str = "/api/v1/public/invoice-callbacks";

pub struct Nuonuo<'a> {
    app: &'a App,
    config: NuonuoConfig,
    secret: NuonuoSecret,
    tax_no: String,
    to: WebAddress,
    callback: Option<String>,
}

fn unset() -> Error {
    Error::refused(
        "seller.channel_unset",
        "该销售方的诺诺渠道尚未配置完整，请在销售方中填写地址、appKey 与密钥",
        "The 诺诺 channel of this seller is not set up: give its address, appKey and secrets.",
    )
}

impl<'a> Nuonuo<'a> {
    pub fn of(app: &'a App, seller: &Seller) -> Result<Nuonuo<'a>> {
        let config = seller.nuonuo.clone().ok_or_else(unset)?;
        let secret = app.engine.seller_secret(seller)?.ok_or_else(unset)?;
        let to = WebAddress::parse("nuonuo.url", &config.url)?;
        let tax_no = seller.party.tax_no.clone().unwrap_or_default();
        let callback =
            app.settings.public_url.as_ref().map(|url| format!("{}{CALLBACK}", url.trim_end_matches('/')));
        Ok(Nuonuo { app, config, secret, tax_no, to, callback })
    }

    fn now(&self) -> Timestamp {
        self.app.now()
    }

    /// One signed request; the whole answer, whatever it says.
    async fn call(&self, method: &str, body: &Value) -> std::result::Result<Value, Text> {
        let fault = |why: Error| why.text;
        let body = body.to_string();
        let random = &self.app.engine.random;
        let senid = random.hex::<16>().map_err(fault)?;
        let bytes = random.bytes::<4>().map_err(fault)?;
        let nonce = (10_000_000 + u32::from_be_bytes(bytes) % 90_000_000).to_string();
        let timestamp = (self.now().as_ms() / 1_000).to_string();
        let common =
            Common { app_key: &self.config.app_key, senid: &senid, nonce: &nonce, timestamp: &timestamp };
        let signature =
            sign(&self.secret.app_secret, &self.to.path, &common, &body).ok_or_else(|| unset().text)?;
        let query: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("senid", &senid)
            .append_pair("nonce", &nonce)
            .append_pair("timestamp", &timestamp)
            .append_pair("appkey", &self.config.app_key)
            .finish();
        let to = WebAddress { path: format!("{}?{query}", self.to.path), ..self.to.clone() };
        let header = HeaderName::from_static;
        let headers = vec![
            (CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
            (header("x-nuonuo-sign"), signature),
            (header("accesstoken"), self.secret.access_token.clone()),
            (header("usertax"), self.tax_no.clone()),
            (header("method"), format!("nuonuo.OpeMplatform.{method}")),
        ];
        let ask = Ask {
            method: Method::POST,
            to: &to,
            headers,
            body: body.into(),
            patience: Duration::from_secs(u64::try_from(self.config.timeout_s).unwrap_or(30)),
            answer_max: ANSWER_MAX,
        };
        let reply = self.app.outbound.ask(ask).await.map_err(|fault| fault.text)?;
        let status = reply.status.as_u16();
        match serde_json::from_slice::<Value>(&reply.body) {
            Ok(answer) if reply.status.is_success() => Ok(answer),
            _ => Err(Text::new(
                format!("诺诺应答异常（HTTP {status}）；将按同一单号再查询"),
                format!(
                    "诺诺 gave a strange answer (HTTP {status}). It is asked again about the same number."
                ),
            )),
        }
    }

    async fn asked(&self, number: &str) -> ChannelAnswer {
        let body = json!({"orderNos": [number], "isOfferInvoiceDetail": "0"});
        match self.call("queryInvoiceResult", &body).await {
            Err(why) => ChannelAnswer::Unreachable(why),
            Ok(answer) => match result(&answer, self.now()) {
                Some(answer) => answer,
                // 签章失败: it is made, and only to be signed again.
                None => match self.call("reInvoice", &json!({ "orderNo": number })).await {
                    Ok(_) => ChannelAnswer::Pending(None),
                    Err(why) => ChannelAnswer::Unreachable(why),
                },
            },
        }
    }

    /// After a no nobody knows whether the number is taken: only when it is not, the no is the last word.
    async fn settled(&self, number: &str, said: std::result::Result<ChannelAnswer, String>) -> ChannelAnswer {
        match said {
            Ok(answer) => answer,
            Err(why) => match self.asked(number).await {
                ChannelAnswer::Unknown => ChannelAnswer::Refused(why),
                known => known,
            },
        }
    }

    async fn told(&self, method: &str, body: &Value, number: &str) -> ChannelAnswer {
        match self.call(method, body).await {
            Err(why) => ChannelAnswer::Unreachable(why),
            Ok(answer) => self.settled(number, taken(&answer)).await,
        }
    }

    async fn confirmation(&self, work: &InvoiceWork) -> (RedAnswer, Option<String>) {
        let body = json!({"identity": "0", "billId": work.red_no(), "pageNo": "1", "pageSize": "10"});
        match self.call("queryInvoiceRedConfirm", &body).await {
            Err(why) => (RedAnswer::Unreachable(why), None),
            Ok(answer) => red_result(&answer),
        }
    }

    /// What became of the red invoice, once its confirmation is complete.
    async fn red_made(&self, work: &InvoiceWork) -> RedAnswer {
        match self.asked(&work.red_no()).await {
            ChannelAnswer::Issued(red) => RedAnswer::Done(red),
            ChannelAnswer::LoginLost(why) => RedAnswer::LoginLost(why),
            ChannelAnswer::Unreachable(why) => RedAnswer::Unreachable(why),
            // A red invoice that could not be made is made again; its confirmation stands.
            _ => RedAnswer::Confirmed,
        }
    }

    async fn simple(&self, method: &str, body: &Value) -> std::result::Result<(), Text> {
        let answer = self.call(method, body).await?;
        if text(&answer, "code").as_deref() == Some(SUCCESS) {
            return Ok(());
        }
        let words = text(&answer, "describe").unwrap_or_else(|| answer.to_string());
        Err(Text::new(format!("诺诺：{words}"), format!("诺诺: {words}")))
    }
}

impl InvoiceChannel for Nuonuo<'_> {
    fn issue<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, ChannelAnswer> {
        Box::pin(async move {
            let body = billing(work, &self.config, self.callback.as_deref(), self.now());
            self.told("requestBillingNew", &body, &work.serial_no).await
        })
    }

    fn reissue<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, ChannelAnswer> {
        Box::pin(async move {
            let mut body = json!({ "orderNo": work.serial_no });
            if let Some(serial) = &work.channel_no {
                body["fpqqlsh"] = json!(serial);
            }
            match self.call("reInvoice", &body).await {
                Err(why) => ChannelAnswer::Unreachable(why),
                Ok(answer) => match taken(&answer) {
                    Ok(answer) => answer,
                    Err(why) => ChannelAnswer::Refused(why),
                },
            }
        })
    }

    fn query<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, ChannelAnswer> {
        Box::pin(self.asked(&work.serial_no))
    }

    fn redeliver<'a>(
        &'a self,
        work: &'a InvoiceWork,
        email: &'a str,
    ) -> BoxFuture<'a, std::result::Result<(), Text>> {
        Box::pin(async move {
            let body = json!({"taxnum": self.tax_no, "invoiceCode": "", "invoiceNum": work.number, "phone": "",
                "mail": email});
            self.simple("deliveryInvoice", &body).await
        })
    }

    fn red_apply<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer> {
        Box::pin(async move {
            let body = red_confirm(work, &self.config, self.callback.as_deref());
            match self.simple("saveInvoiceRedConfirm", &body).await {
                Ok(()) => RedAnswer::Pending,
                // Whether it was taken all the same is asked before anybody says no.
                Err(why) => match self.confirmation(work).await.0 {
                    RedAnswer::Unknown if wants_login(&why.zh) => RedAnswer::LoginLost(why.zh.into_owned()),
                    RedAnswer::Unknown => RedAnswer::Over(why.zh.into_owned()),
                    known => known,
                },
            }
        })
    }

    fn red_query<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer> {
        Box::pin(async move {
            match self.confirmation(work).await.0 {
                RedAnswer::Confirmed => self.red_made(work).await,
                known => known,
            }
        })
    }

    fn red_issue<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer> {
        Box::pin(async move {
            let (_, confirm_no) = self.confirmation(work).await;
            let body = fast_red(work, confirm_no.as_deref(), self.callback.as_deref());
            match self.call("fastInvoiceRed", &body).await {
                Err(why) => RedAnswer::Unreachable(why),
                Ok(_) => self.red_made(work).await,
            }
        })
    }

    fn red_cancel<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer> {
        Box::pin(async move {
            let body = json!({"identity": "0", "billId": work.red_no()});
            match self.simple("confirmInfoCancel", &body).await {
                Ok(()) => self.confirmation(work).await.0,
                Err(why) => match self.confirmation(work).await.0 {
                    RedAnswer::Unknown => RedAnswer::Unreachable(why),
                    known => known,
                },
            }
        })
    }

    fn login(&self) -> BoxFuture<'_, Login> {
        Box::pin(async move {
            let asked = |kind: &'static str| {
                json!({"queryType": kind, "eleAccount": self.config.account.clone().unwrap_or_default(),
                    "extensionNumber": self.config.extension_no.clone().unwrap_or_default()})
            };
            for (kind, bad, words) in [("2", "0", "未登录电子税务局"), ("1", "2", "需要人脸（实人）认证")]
            {
                let answer = self.call("getCertificationStatus", &asked(kind)).await.ok()?;
                if text(&answer, "code").as_deref() != Some(SUCCESS) {
                    return None;
                }
                if text(&answer["result"], "certificationStatus").as_deref() == Some(bad) {
                    return Some((ChannelLogin::Lost, Some(words.to_owned())));
                }
            }
            Some((ChannelLogin::Working, None))
        })
    }
}
