//! Talks with pay channels (支付渠道). Each kind is an adapter: it creates, asks, closes, refunds, fetches a day's bill,
//! and reads what the channel calls out to us. What follows from it is decided by the engine.

pub mod flow;
mod simulated;
mod wechat;
mod wechat_bill;
mod wechat_seal;

pub use simulated::bill_of as simulated_bill;

use crate::outbound::Outbound;
use axum::http::HeaderMap;
use engine::pay::channels::PayChannelSecret;
use engine::pay::{PayDoor, PaymentSaid, RefundSaid};
use model::Text;
use model::pay::PayChannelConfig;
use model::time::Timestamp;
use store::pay_channels::PayChannel;
use store::payments::Payment;
use store::refunds::Refund;

/// Why a channel gave no usable answer.
#[derive(Clone, Debug)]
pub struct PayFault {
    /// It said no to this, and would again; otherwise nobody knows, and it is asked later.
    pub refused: bool,
    pub text: Text,
}

impl PayFault {
    pub fn unknown(text: Text) -> PayFault {
        PayFault { refused: false, text }
    }

    pub fn refused(text: Text) -> PayFault {
        PayFault { refused: true, text }
    }

    /// An answer that cannot be what we asked for.
    pub fn strange(what: impl std::fmt::Display) -> PayFault {
        PayFault::unknown(Text::new(
            format!("渠道的应答无法识别：{what}"),
            format!("The channel's answer cannot be read: {what}"),
        ))
    }
}

/// What a channel calls out to us.
#[derive(Clone, Debug)]
pub enum Notice {
    Payment { no: String, said: PaymentSaid },
    Refund { no: String, said: RefundSaid },
}

/// A row of a day's bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillRow {
    /// Of a payment; of a refund: of the payment that it is of.
    pub payment_no: String,
    /// None: it is a payment.
    pub refund_no: Option<String>,
    pub channel_no: String,
    pub fen: i64,
    /// What the channel keeps of it; below zero where it gives that back. None: it does not say.
    pub fee_fen: Option<i64>,
    pub at: Timestamp,
    pub done: bool,
}

/// A day's bill, as it came and as it was read.
#[derive(Clone, Debug)]
pub struct Bill {
    pub file_name: String,
    pub body: Vec<u8>,
    pub rows: Vec<BillRow>,
}

/// Whether what was typed for WeChat Pay can be read at all: said when it is saved.
pub fn wechat_checked(
    config: &model::pay::WechatConfig,
    api_v3_key: &str,
    private_key: &str,
) -> model::Result<()> {
    let seal = wechat_seal::Seal::open(private_key, &config.platform_key, api_v3_key);
    seal.map(drop).map_err(|text| {
        let field = if text.en.contains("private") {
            "private_key"
        } else if text.en.contains("platform") {
            "wechat.platform_key"
        } else {
            "api_v3_key"
        };
        model::Error::invalid(field, text.zh, text.en)
    })
}

pub type Told<T> = Result<T, PayFault>;

/// One channel, with what it takes to talk with it.
pub struct Adapter<'a> {
    pub outbound: &'a Outbound,
    pub channel: &'a PayChannel,
    pub secret: PayChannelSecret,
    pub now: Timestamp,
}

/// The two kinds by name; with the secrets of another kind nothing is said.
enum Kind<'a> {
    Simulated(simulated::Simulated<'a>),
    Wechat(wechat::Wechat<'a>),
}

impl<'a> Adapter<'a> {
    fn kind(&'a self) -> Told<Kind<'a>> {
        match (&self.channel.config, &self.secret) {
            (PayChannelConfig::Simulated(config), PayChannelSecret::Simulated { secret }) => {
                Ok(Kind::Simulated(simulated::Simulated { adapter: self, config, secret }))
            }
            (PayChannelConfig::Wechat(config), PayChannelSecret::Wechat { api_v3_key, private_key }) => {
                Ok(Kind::Wechat(wechat::Wechat { adapter: self, config, api_v3_key, private_key }))
            }
            _ => Err(PayFault::unknown(Text::of(
                "支付渠道的密钥与类型不符，请重新填写密钥",
                "The pay channel's secrets are of another kind; give them anew.",
            ))),
        }
    }

    /// Under which address the channel calls us.
    fn notify_url(&self) -> String {
        format!("{}/pay/notices/{}", self.channel.notify_url, self.channel.id)
    }

    /// Makes the payment known; where the customer pays.
    pub async fn open(&self, payment: &Payment, subject: &str) -> Told<PayDoor> {
        match self.kind()? {
            Kind::Simulated(one) => one.open(payment, subject).await.map(PayDoor::Url),
            Kind::Wechat(one) => one.open(payment, subject).await,
        }
    }

    pub async fn ask(&self, payment: &Payment) -> Told<PaymentSaid> {
        match self.kind()? {
            Kind::Simulated(one) => one.ask(payment).await,
            Kind::Wechat(one) => one.ask(payment).await,
        }
    }

    /// Afterwards nobody can pay it any more, unless somebody has.
    pub async fn close(&self, payment: &Payment) -> Told<()> {
        match self.kind()? {
            Kind::Simulated(one) => one.close(payment).await,
            Kind::Wechat(one) => one.close(payment).await,
        }
    }

    /// Sends a refund; said again under the same number it is the same refund.
    pub async fn refund(&self, refund: &Refund, payment: &Payment) -> Told<RefundSaid> {
        match self.kind()? {
            Kind::Simulated(one) => one.refund(refund, payment).await,
            Kind::Wechat(one) => one.refund(refund, payment).await,
        }
    }

    pub async fn refund_ask(&self, refund: &Refund) -> Told<RefundSaid> {
        match self.kind()? {
            Kind::Simulated(one) => one.refund_ask(refund).await,
            Kind::Wechat(one) => one.refund_ask(refund).await,
        }
    }

    /// Whether the channel knows us; nothing is paid by it.
    pub async fn check(&self) -> Told<()> {
        match self.kind()? {
            Kind::Simulated(one) => one.check().await,
            Kind::Wechat(one) => one.check().await,
        }
    }

    /// What the channel has called out, if it was the channel: judged by the bytes as they came.
    pub fn notice(&self, headers: &HeaderMap, body: &[u8]) -> Told<Notice> {
        match self.kind()? {
            Kind::Simulated(one) => one.notice(headers, body),
            Kind::Wechat(one) => one.notice(headers, body),
        }
    }

    /// The payments and refunds of a day in China; none: the bill is not ready yet.
    pub async fn bill(&self, day: i64) -> Told<Option<Bill>> {
        match self.kind()? {
            Kind::Simulated(one) => one.bill(day).await,
            Kind::Wechat(one) => one.bill(day).await,
        }
    }
}
