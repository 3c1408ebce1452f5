//! 模拟渠道: the program `pileops-sim pay`, or one that speaks as it does. Every call and every answer is signed with
//! HMAC-SHA256 over its time, its path and its bytes.

use super::{Adapter, Bill, BillRow, Notice, PayFault, Told};
use crate::outbound::Ask;
use axum::http::HeaderMap;
use engine::pay::{PaymentSaid, RefundSaid};
use engine::random::{hex, unhex};
use hmac::{Hmac, KeyInit, Mac};
use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderName};
use model::Text;
use model::money::Fen;
use model::pay::SimulatedConfig;
use model::time::Timestamp;
use model::web_address::WebAddress;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;
use store::payments::Payment;
use store::refunds::Refund;

const PATIENCE: Duration = Duration::from_secs(8);
const ANSWER_MAX: usize = 8 * 1024 * 1024;
/// A call that is older than this was recorded and is played again.
const FRESH_MS: i64 = 5 * 60 * 1_000;

pub struct Simulated<'a> {
    pub adapter: &'a Adapter<'a>,
    pub config: &'a SimulatedConfig,
    pub secret: &'a str,
}

fn mac(secret: &str, time: &str, path: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in [time.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
        mac.update(part);
    }
    Some(mac)
}

#[derive(Deserialize)]
struct SaidPayment {
    state: String,
    #[serde(default)]
    channel_no: String,
    #[serde(default)]
    amount_fen: i64,
    #[serde(default)]
    paid_at_ms: i64,
}

impl SaidPayment {
    fn said(self) -> Told<PaymentSaid> {
        match self.state.as_str() {
            "waiting" => Ok(PaymentSaid::Waiting),
            "closed" => Ok(PaymentSaid::Closed),
            "absent" => Ok(PaymentSaid::Absent),
            "paid" if !self.channel_no.is_empty() => Ok(PaymentSaid::Paid {
                channel_no: self.channel_no,
                amount: Fen(self.amount_fen),
                at: Timestamp::from_ms(self.paid_at_ms),
            }),
            other => Err(PayFault::strange(other)),
        }
    }
}

#[derive(Deserialize)]
struct SaidRefund {
    state: String,
    #[serde(default)]
    channel_no: String,
    #[serde(default)]
    amount_fen: i64,
    #[serde(default)]
    ended_at_ms: i64,
    #[serde(default)]
    message: String,
}

impl SaidRefund {
    fn said(self) -> Told<RefundSaid> {
        match self.state.as_str() {
            "processing" => {
                Ok(RefundSaid::Processing { channel_no: Some(self.channel_no).filter(|no| !no.is_empty()) })
            }
            "done" => Ok(RefundSaid::Done {
                channel_no: self.channel_no,
                amount: Fen(self.amount_fen),
                at: Timestamp::from_ms(self.ended_at_ms),
            }),
            "failed" => Ok(RefundSaid::Failed(self.message)),
            "absent" => Ok(RefundSaid::Absent),
            other => Err(PayFault::strange(other)),
        }
    }
}

#[derive(Deserialize)]
struct Called {
    merchant: String,
    kind: String,
    no: String,
    #[serde(flatten)]
    rest: Value,
}

#[derive(Deserialize)]
struct Row {
    kind: String,
    no: String,
    payment_no: String,
    channel_no: String,
    amount_fen: i64,
    #[serde(default)]
    fee_fen: Option<i64>,
    at_ms: i64,
    state: String,
}

impl Simulated<'_> {
    async fn call(&self, path: &str, body: Value) -> Told<Value> {
        let base = WebAddress::parse("simulated.url", &self.config.url);
        let to = base.map_err(|why| PayFault::unknown(why.text))?.below(path);
        let body = body.to_string();
        let time = self.adapter.now.as_ms().to_string();
        let signed = mac(self.secret, &time, path, body.as_bytes());
        let signature =
            signed.map(|mac| hex(&mac.finalize().into_bytes())).ok_or_else(|| PayFault::strange("key"))?;
        let header = HeaderName::from_static;
        let headers = vec![
            (CONTENT_TYPE, "application/json".to_owned()),
            (header("paysim-merchant"), self.config.merchant.clone()),
            (header("paysim-time"), time),
            (header("paysim-signature"), signature),
        ];
        let (method, patience) = (Method::POST, PATIENCE);
        let ask = Ask { method, to: &to, headers, body: body.into(), patience, answer_max: ANSWER_MAX };
        let reply = self.adapter.outbound.ask(ask).await.map_err(|fault| PayFault::unknown(fault.text))?;
        // Who answers in its place, a proxy perhaps, says nothing of what became of it.
        self.signed(&reply.headers, path, &reply.body).map_err(|fault| PayFault::unknown(fault.text))?;
        let said: Value = serde_json::from_slice(&reply.body).map_err(PayFault::strange)?;
        if reply.status.is_success() {
            return Ok(said);
        }
        let words = said["message"].as_str().unwrap_or_default().to_owned();
        let text = Text::new(format!("渠道拒绝：{words}"), format!("The channel refused: {words}"));
        // What is wrong with the request stays wrong; everything else may be another time.
        match reply.status.as_u16() {
            400 | 404 | 409 | 422 => Err(PayFault::refused(text)),
            _ => Err(PayFault::unknown(text)),
        }
    }

    /// In constant time, over the bytes as they came.
    fn signed(&self, headers: &HeaderMap, path: &str, body: &[u8]) -> Told<()> {
        let get = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let wrong = |zh, en| Err(PayFault::refused(Text::of(zh, en)));
        let time = get("paysim-time");
        let sent = time.parse::<i64>().unwrap_or(0);
        if (sent - self.adapter.now.as_ms()).abs() > FRESH_MS {
            return wrong("时间戳超出 5 分钟，已拒绝", "The time stamp is more than five minutes off.");
        }
        let given = unhex(get("paysim-signature"));
        let fits = mac(self.secret, time, path, body)
            .zip(given)
            .is_some_and(|(mac, given)| mac.verify_slice(&given).is_ok());
        if fits {
            return Ok(());
        }
        wrong("签名不正确：密钥不同，或内容被改动", "The signature is wrong: another secret, or other bytes.")
    }

    pub async fn open(&self, payment: &Payment, subject: &str) -> Told<String> {
        let body = json!({
            "no": payment.no, "amount_fen": payment.amount.0, "subject": subject,
            "expires_at_ms": payment.expires_at.as_ms(), "notify_url": self.adapter.notify_url(),
        });
        let said = self.call("/v1/payments", body).await?;
        let url = said["pay_url"].as_str().filter(|url| !url.is_empty());
        url.map(str::to_owned).ok_or_else(|| PayFault::strange("pay_url"))
    }

    pub async fn ask(&self, payment: &Payment) -> Told<PaymentSaid> {
        let said = self.call("/v1/payments/query", json!({"no": payment.no})).await?;
        serde_json::from_value::<SaidPayment>(said).map_err(PayFault::strange)?.said()
    }

    pub async fn close(&self, payment: &Payment) -> Told<()> {
        self.call("/v1/payments/close", json!({"no": payment.no})).await.map(drop)
    }

    pub async fn refund(&self, refund: &Refund, payment: &Payment) -> Told<RefundSaid> {
        let body = json!({
            "no": refund.no, "payment_no": payment.no, "channel_no": payment.channel_no,
            "amount_fen": refund.amount.0, "reason": refund.reason, "notify_url": self.adapter.notify_url(),
        });
        let said = self.call("/v1/refunds", body).await?;
        serde_json::from_value::<SaidRefund>(said).map_err(PayFault::strange)?.said()
    }

    pub async fn refund_ask(&self, refund: &Refund) -> Told<RefundSaid> {
        let said = self.call("/v1/refunds/query", json!({"no": refund.no})).await?;
        serde_json::from_value::<SaidRefund>(said).map_err(PayFault::strange)?.said()
    }

    pub async fn check(&self) -> Told<()> {
        self.call("/v1/payments/query", json!({"no": "CHECK"})).await.map(drop)
    }

    pub fn notice(&self, headers: &HeaderMap, body: &[u8]) -> Told<Notice> {
        let door = WebAddress::parse("notify_url", &self.adapter.notify_url());
        self.signed(headers, &door.map_err(|why| PayFault::unknown(why.text))?.path, body)?;
        let called: Called = serde_json::from_slice(body).map_err(PayFault::strange)?;
        if called.merchant != self.config.merchant {
            return Err(PayFault::refused(Text::of(
                "商户号不是本渠道的，已拒绝",
                "This is another merchant's, and was refused.",
            )));
        }
        match called.kind.as_str() {
            "payment" => {
                let said = serde_json::from_value::<SaidPayment>(called.rest).map_err(PayFault::strange)?;
                Ok(Notice::Payment { no: called.no, said: said.said()? })
            }
            "refund" => {
                let said = serde_json::from_value::<SaidRefund>(called.rest).map_err(PayFault::strange)?;
                Ok(Notice::Refund { no: called.no, said: said.said()? })
            }
            other => Err(PayFault::strange(other)),
        }
    }

    pub async fn bill(&self, day: i64) -> Told<Option<Bill>> {
        let said = self.call("/v1/bills", json!({"day": day})).await?;
        if said["ready"] == false {
            return Ok(None);
        }
        bill_of(&self.config.merchant, day, &said["rows"]).map(Some)
    }
}

/// The rows as the channel tells them.
pub fn bill_of(merchant: &str, day: i64, said: &Value) -> Told<Bill> {
    let rows: Vec<Row> = serde_json::from_value(said.clone()).map_err(PayFault::strange)?;
    let row = |row: Row| BillRow {
        refund_no: (row.kind == "refund").then(|| row.no.clone()),
        payment_no: row.payment_no,
        channel_no: row.channel_no,
        fen: row.amount_fen,
        fee_fen: row.fee_fen,
        at: Timestamp::from_ms(row.at_ms),
        done: row.state == "done" || row.state == "paid",
    };
    let body = serde_json::to_vec_pretty(said).map_err(PayFault::strange)?;
    let file_name = format!("{merchant}-{day}.json");
    Ok(Bill { file_name, body, rows: rows.into_iter().map(row).collect() })
}
