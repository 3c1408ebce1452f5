//! 微信支付 API v3: Native and JSAPI orders, refunds and the trade bill. How requests, answers and calls are proved is in
//! `wechat_seal.rs`.

use super::wechat_bill::bill_rows;
use super::wechat_seal::{Seal, call_message, nonce};
use super::{Adapter, Bill, Notice, PayFault, Told};
use crate::outbound::{Ask, Reply};
use axum::http::HeaderMap;
use engine::pay::{PayDoor, PaymentSaid, RefundSaid};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use hyper::{Method, StatusCode};
use model::Text;
use model::money::Fen;
use model::pay::{WechatCall, WechatConfig};
use model::time::Timestamp;
use model::web_address::WebAddress;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use store::payments::Payment;
use store::refunds::Refund;

const PATIENCE: Duration = Duration::from_secs(10);
const ANSWER_MAX: usize = 1024 * 1024;
const BILL_MAX: usize = 64 * 1024 * 1024;
/// A call that is older than this was recorded and is played again.
const FRESH_S: i64 = 300;

pub struct Wechat<'a> {
    pub adapter: &'a Adapter<'a>,
    pub config: &'a WechatConfig,
    pub api_v3_key: &'a str,
    pub private_key: &'a str,
}

/// What was answered, if it was WeChat Pay who answered.
struct Said {
    status: StatusCode,
    json: Value,
}

impl Said {
    fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// What is wrong with the request stays wrong; everything else may be another time.
    fn fault(&self) -> PayFault {
        let words = self.json["message"].as_str().unwrap_or_default();
        let (status, code) = (self.status.as_u16(), self.code());
        let text = Text::new(
            format!("微信支付拒绝（{status} {code}）：{words}"),
            format!("WeChat Pay refused ({status} {code}): {words}"),
        );
        let passing = ["FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED", "SYSTEM_ERROR", "BIZ_ERR_NEED_RETRY"];
        match status {
            400 | 403 | 404 if !passing.contains(&code) => PayFault::refused(text),
            _ => PayFault::unknown(text),
        }
    }
}

#[derive(Deserialize)]
struct Amount {
    #[serde(default)]
    total: i64,
    #[serde(default)]
    refund: i64,
}

/// A transaction, as an answer and as a call tell it.
#[derive(Deserialize)]
struct Transaction {
    mchid: String,
    out_trade_no: String,
    trade_state: String,
    #[serde(default)]
    transaction_id: String,
    #[serde(default)]
    success_time: String,
    amount: Option<Amount>,
}

impl Transaction {
    fn said(self) -> Told<PaymentSaid> {
        match self.trade_state.as_str() {
            // One that was refunded since was paid.
            "SUCCESS" | "REFUND" => Ok(PaymentSaid::Paid {
                at: moment(&self.success_time)?,
                amount: Fen(self.amount.ok_or_else(|| PayFault::strange("amount"))?.total),
                channel_no: self.transaction_id,
            }),
            "NOTPAY" | "USERPAYING" | "ACCEPT" | "PAYERROR" => Ok(PaymentSaid::Waiting),
            "CLOSED" | "REVOKED" => Ok(PaymentSaid::Closed),
            other => Err(PayFault::strange(other)),
        }
    }
}

/// A refund: an answer says `status`, a call `refund_status` and whose it is.
#[derive(Deserialize)]
struct Refunded {
    out_refund_no: String,
    #[serde(alias = "refund_status")]
    status: String,
    #[serde(default)]
    refund_id: String,
    #[serde(default)]
    success_time: Option<String>,
    amount: Option<Amount>,
    mchid: Option<String>,
}

impl Refunded {
    fn said(self) -> Told<RefundSaid> {
        match self.status.as_str() {
            "SUCCESS" => Ok(RefundSaid::Done {
                at: moment(self.success_time.as_deref().unwrap_or_default())?,
                amount: Fen(self.amount.ok_or_else(|| PayFault::strange("amount"))?.refund),
                channel_no: self.refund_id,
            }),
            "PROCESSING" => Ok(RefundSaid::Processing { channel_no: Some(self.refund_id) }),
            "ABNORMAL" => Ok(RefundSaid::Failed(
                "退款异常：用户的银行卡已作废或冻结，请改为线下退款，或在商户平台处理".to_owned(),
            )),
            "CLOSED" => Ok(RefundSaid::Failed("微信支付已关闭这笔退款".to_owned())),
            other => Err(PayFault::strange(other)),
        }
    }
}

fn moment(text: &str) -> Told<Timestamp> {
    Timestamp::parse(text).ok_or_else(|| PayFault::strange(text))
}

fn read<T: serde::de::DeserializeOwned>(json: Value) -> Told<T> {
    serde_json::from_value(json).map_err(PayFault::strange)
}

#[derive(Deserialize)]
struct Call {
    event_type: String,
    resource: Resource,
}

#[derive(Deserialize)]
struct Resource {
    algorithm: String,
    ciphertext: String,
    nonce: String,
    #[serde(default)]
    associated_data: String,
}

impl Wechat<'_> {
    fn seal(&self) -> Told<Seal> {
        Seal::open(self.private_key, &self.config.platform_key, self.api_v3_key).map_err(PayFault::unknown)
    }

    async fn sent(&self, method: Method, to: &WebAddress, body: String, most: usize) -> Told<Reply> {
        let (time, nonce) =
            ((self.adapter.now.as_ms() / 1_000).to_string(), nonce().map_err(PayFault::unknown)?);
        let seal = self.seal()?;
        let message = format!("{method}\n{}\n{time}\n{nonce}\n{body}\n", to.path);
        let signature = seal.sign(message.as_bytes()).map_err(PayFault::unknown)?;
        let WechatConfig { mchid, serial_no, .. } = self.config;
        let authorization = format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"{mchid}\",nonce_str=\"{nonce}\",signature=\"{signature}\",\
             timestamp=\"{time}\",serial_no=\"{serial_no}\""
        );
        let headers = vec![
            (AUTHORIZATION, authorization),
            (ACCEPT, "application/json".to_owned()),
            (CONTENT_TYPE, "application/json".to_owned()),
        ];
        let ask = Ask { method, to, headers, body: body.into(), patience: PATIENCE, answer_max: most };
        self.adapter.outbound.ask(ask).await.map_err(|fault| PayFault::unknown(fault.text))
    }

    fn door(&self, path: &str) -> Told<WebAddress> {
        let base = WebAddress::parse("wechat.url", &self.config.url);
        Ok(base.map_err(|why| PayFault::unknown(why.text))?.below(path))
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Told<Said> {
        let to = self.door(path)?;
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let reply = self.sent(method, &to, body, ANSWER_MAX).await?;
        // Who answers in its place, a proxy perhaps, says nothing of what became of it.
        self.proved(&reply.headers, &reply.body).map_err(|fault| PayFault::unknown(fault.text))?;
        let json = if reply.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&reply.body).map_err(PayFault::strange)?
        };
        Ok(Said { status: reply.status, json })
    }

    /// Whether these bytes come from WeChat Pay, and came just now.
    fn proved(&self, headers: &HeaderMap, body: &[u8]) -> Told<()> {
        let get = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let wrong = |zh, en| Err(PayFault::refused(Text::of(zh, en)));
        let (time, nonce) = (get("wechatpay-timestamp"), get("wechatpay-nonce"));
        let sent = time.parse::<i64>().unwrap_or(0);
        if (sent - self.adapter.now.as_ms() / 1_000).abs() > FRESH_S {
            return wrong(
                "没有签名或时间戳超出 5 分钟，已拒绝；请检查本机时钟",
                "There is no signature, or its time is more than five minutes off; check our clock.",
            );
        }
        if get("wechatpay-serial") != self.config.platform_serial {
            return wrong(
                "签名所用的平台公钥或证书不是配置的那一个；如已更换，请更新支付渠道的配置",
                "It is signed with another platform key than is set up; if it was replaced, set up the new one.",
            );
        }
        let mut message = format!("{time}\n{nonce}\n").into_bytes();
        message.extend_from_slice(body);
        message.push(b'\n');
        if self.seal()?.verify(&message, get("wechatpay-signature")) {
            return Ok(());
        }
        wrong(
            "微信支付的签名不正确：内容被改动，或不是微信支付发来的",
            "The signature of WeChat Pay is wrong.",
        )
    }

    fn trade(&self, no: &str, end: &str) -> String {
        format!("/v3/pay/transactions/out-trade-no/{no}{end}")
    }

    /// With an openid the order is of JSAPI, and its app calls WeChat; without one of Native, and a code is scanned.
    pub async fn open(&self, payment: &Payment, subject: &str) -> Told<PayDoor> {
        let mut body = json!({
            "appid": self.config.appid, "mchid": self.config.mchid, "description": subject,
            "out_trade_no": payment.no, "time_expire": payment.expires_at.rfc3339(),
            "notify_url": self.adapter.notify_url(), "amount": {"total": payment.amount.0, "currency": "CNY"},
        });
        let (path, name) = match &payment.payer_openid {
            Some(openid) => {
                body["payer"] = json!({"openid": openid});
                ("/v3/pay/transactions/jsapi", "prepay_id")
            }
            None => ("/v3/pay/transactions/native", "code_url"),
        };
        let said = self.call(Method::POST, path, Some(body)).await?;
        let Some(word) = said.json[name].as_str().filter(|_| said.status.is_success()) else {
            return Err(said.fault());
        };
        match payment.payer_openid {
            Some(_) => self.call_of(word).map(PayDoor::Wechat),
            None => Ok(PayDoor::Url(word.to_owned())),
        }
    }

    /// What the app hands to WeChat: it proves that the merchant wants this order paid by it.
    fn call_of(&self, prepay_id: &str) -> Told<WechatCall> {
        let time_stamp = (self.adapter.now.as_ms() / 1_000).to_string();
        let nonce_str = nonce().map_err(PayFault::unknown)?;
        let package = format!("prepay_id={prepay_id}");
        let message = call_message(&self.config.appid, &time_stamp, &nonce_str, &package);
        let pay_sign = self.seal()?.sign(message.as_bytes()).map_err(PayFault::unknown)?;
        let (app_id, sign_type) = (self.config.appid.clone(), "RSA".to_owned());
        Ok(WechatCall { app_id, time_stamp, nonce_str, package, sign_type, pay_sign })
    }

    pub async fn ask(&self, payment: &Payment) -> Told<PaymentSaid> {
        self.asked(&payment.no).await
    }

    async fn asked(&self, no: &str) -> Told<PaymentSaid> {
        let path = self.trade(no, &format!("?mchid={}", self.config.mchid));
        let said = self.call(Method::GET, &path, None).await?;
        if said.status == StatusCode::NOT_FOUND && matches!(said.code(), "ORDER_NOT_EXIST" | "ORDERNOTEXIST")
        {
            return Ok(PaymentSaid::Absent);
        }
        if !said.status.is_success() {
            return Err(said.fault());
        }
        read::<Transaction>(said.json)?.said()
    }

    pub async fn close(&self, payment: &Payment) -> Told<()> {
        let body = json!({"mchid": self.config.mchid});
        let said = self.call(Method::POST, &self.trade(&payment.no, "/close"), Some(body)).await?;
        if said.status.is_success() { Ok(()) } else { Err(said.fault()) }
    }

    pub async fn refund(&self, refund: &Refund, payment: &Payment) -> Told<RefundSaid> {
        let channel_no = payment.channel_no.as_deref().unwrap_or_default();
        // WeChat Pay takes 80 bytes of a reason.
        let reason: String = refund.reason.chars().take(26).collect();
        let body = json!({
            "transaction_id": channel_no, "out_refund_no": refund.no, "reason": reason,
            "notify_url": self.adapter.notify_url(),
            "amount": {"refund": refund.amount.0, "total": payment.amount.0, "currency": "CNY"},
        });
        let said = self.call(Method::POST, "/v3/refund/domestic/refunds", Some(body)).await?;
        if !said.status.is_success() {
            return Err(said.fault());
        }
        read::<Refunded>(said.json)?.said()
    }

    pub async fn refund_ask(&self, refund: &Refund) -> Told<RefundSaid> {
        let path = format!("/v3/refund/domestic/refunds/{}", refund.no);
        let said = self.call(Method::GET, &path, None).await?;
        if said.status == StatusCode::NOT_FOUND && said.code() == "RESOURCE_NOT_EXISTS" {
            return Ok(RefundSaid::Absent);
        }
        if !said.status.is_success() {
            return Err(said.fault());
        }
        read::<Refunded>(said.json)?.said()
    }

    /// Asks for an order that there cannot be: a well-signed no is what is hoped for.
    pub async fn check(&self) -> Told<()> {
        self.asked("PILEOPS0CHECK").await.map(drop)
    }

    pub fn notice(&self, headers: &HeaderMap, body: &[u8]) -> Told<Notice> {
        self.proved(headers, body)?;
        let call: Call = serde_json::from_slice(body).map_err(PayFault::strange)?;
        if call.resource.algorithm != "AEAD_AES_256_GCM" {
            return Err(PayFault::strange(call.resource.algorithm));
        }
        let Resource { ciphertext, nonce, associated_data, .. } = &call.resource;
        let plain = self.seal()?.open_resource(ciphertext, nonce, associated_data);
        let plain = plain.ok_or_else(|| {
            PayFault::refused(Text::of(
                "回调内容无法解密，请核对 APIv3 密钥",
                "What was called cannot be decrypted; check the APIv3 key.",
            ))
        })?;
        let json: Value = serde_json::from_slice(&plain).map_err(PayFault::strange)?;
        let (mchid, notice) = if call.event_type.starts_with("REFUND.") {
            let refunded: Refunded = read(json)?;
            let (mchid, no) = (refunded.mchid.clone().unwrap_or_default(), refunded.out_refund_no.clone());
            (mchid, Notice::Refund { no, said: refunded.said()? })
        } else {
            let transaction: Transaction = read(json)?;
            let (mchid, no) = (transaction.mchid.clone(), transaction.out_trade_no.clone());
            (mchid, Notice::Payment { no, said: transaction.said()? })
        };
        if mchid == self.config.mchid {
            return Ok(notice);
        }
        Err(PayFault::refused(Text::of(
            "商户号不是本渠道的，已拒绝",
            "This is another merchant's, and was refused.",
        )))
    }

    /// The bill is ready from about ten in the morning of the next day.
    pub async fn bill(&self, day: i64) -> Told<Option<Bill>> {
        let date = format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100);
        let file_name = format!("{}-{date}.csv", self.config.mchid);
        let path = format!("/v3/bill/tradebill?bill_date={date}&bill_type=ALL");
        let said = self.call(Method::GET, &path, None).await?;
        match said.code() {
            "NO_STATEMENT_EXIST" => {
                return Ok(Some(Bill { file_name, body: Vec::new(), rows: Vec::new() }));
            }
            "STATEMENT_CREATING" => return Ok(None),
            _ if !said.status.is_success() => return Err(said.fault()),
            _ => {}
        }
        let url = said.json["download_url"].as_str().unwrap_or_default();
        let hash = said.json["hash_value"].as_str().unwrap_or_default();
        let to = WebAddress::parse("download_url", url).map_err(|why| PayFault::unknown(why.text))?;
        let reply = self.sent(Method::GET, &to, String::new(), BILL_MAX).await?;
        // The file itself is not signed; what it must be was said by the signed answer.
        if !reply.status.is_success() || !super::wechat_seal::is_sha1(&reply.body, hash) {
            return Err(PayFault::strange("the bill's digest"));
        }
        let rows = bill_rows(&reply.body)?;
        Ok(Some(Bill { file_name, body: reply.body.to_vec(), rows }))
    }
}
