//! 支付: money that customers pay at a pay channel (支付渠道), and that goes back to where it came from.
//! 订单支付, from what an order was paid, is in `ledger.rs`; the channels of messages are in `channel.rs`.

use crate::time::{DAY_MS, Timestamp, Zone};
use crate::web_address::WebAddress;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::words! {
    PayChannelKind {
        /// 模拟渠道: a program beside us that behaves as a channel does, for demos and tests.
        Simulated = "simulated",
        /// 微信支付, API v3.
        Wechat = "wechat",
    }

    /// What a customer pays for.
    PaymentPurpose {
        /// 充值: into the principal of the wallet.
        TopUp = "top_up",
        /// 待支付订单: what is owed for an order.
        Order = "order",
    }

    /// 支付场景: where the customer pays.
    PayScene {
        /// 扫码或收银台: a code or an address that is opened.
        Scan = "scan",
        /// 微信内: the mini-program or the official account calls WeChat itself (JSAPI).
        Wechat = "wechat",
    }

    /// 支付状态 of a payment at a channel.
    PayState {
        /// 已创建: written down; the channel may know of it, or not yet.
        Created = "created",
        /// 支付中: the customer can pay.
        Paying = "paying",
        Paid = "paid",
        /// 已关闭: nobody paid in time, or it was closed by a person.
        Closed = "closed",
        /// 失败: the channel would not have it.
        Failed = "failed",
    }

    /// What a refund gives back.
    RefundKind {
        /// 充值退款: principal of the wallet, to where it was paid from.
        TopUp = "top_up",
        /// 订单退款: of what was paid at a channel for an order.
        Order = "order",
        /// 重复支付: money that nobody owed.
        Excess = "excess",
    }

    /// 退款去向
    RefundRoute {
        /// 原路退回
        Source = "source",
        /// 线下退款: the channel takes nothing back any more; a person transfers it, with a proof.
        Hand = "hand",
    }

    /// 退款状态
    RefundState {
        /// 待审核: a second person decides.
        Applied = "applied",
        /// 待提交: goes to the channel next, or awaits the transfer by hand.
        Approved = "approved",
        /// 已提交: sent; what became of it is not known yet.
        Submitted = "submitted",
        /// 退款中: the channel has it.
        Processing = "processing",
        Done = "done",
        /// 失败: the channel said no; it can be sent again under the same number.
        Failed = "failed",
        Rejected = "rejected",
        /// 已撤销: given up; the money is back where it was.
        Cancelled = "cancelled",
    }
}

impl PayState {
    /// The channel may still tell something of it.
    pub fn is_open(self) -> bool {
        matches!(self, PayState::Created | PayState::Paying)
    }
}

impl RefundState {
    /// The money is reserved, or has gone.
    pub fn counts(self) -> bool {
        !matches!(self, RefundState::Rejected | RefundState::Cancelled)
    }

    /// The channel may have it: only its own word ends it.
    pub fn is_under_way(self) -> bool {
        matches!(self, RefundState::Submitted | RefundState::Processing)
    }
}

/// The most and the least that can be paid at once: 5 000 yuan, and one.
pub const TOP_UP_FEN: std::ops::RangeInclusive<i64> = 100..=500_000;
/// How long a customer may take to pay.
pub const PAY_WITHIN_MS: i64 = 30 * 60 * 1_000;
/// A channel takes back what was paid within a year.
pub const REFUND_WITHIN_MS: i64 = 365 * DAY_MS;

pub fn top_up_checked(fen: i64) -> Result<i64> {
    if TOP_UP_FEN.contains(&fen) {
        return Ok(fen);
    }
    Err(Error::invalid(
        "amount_fen",
        "充值金额应为 1 到 5000 元，请修改金额（单位为分）",
        "A top-up lies between 1 and 5 000 yuan; change the amount (in fen).",
    ))
}

/// What `wx.requestPayment` of a mini-program is called with; in an official account `WeixinJSBridge` takes the same
/// together with `appId`. The names are those of WeChat, so that an app hands it on as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WechatCall {
    pub app_id: String,
    /// Seconds since 1970.
    pub time_stamp: String,
    pub nonce_str: String,
    pub package: String,
    pub sign_type: String,
    pub pay_sign: String,
}

const OPENID: std::ops::RangeInclusive<usize> = 1..=128;

/// Who pays inside of WeChat, as the app was told by it.
pub fn openid_checked(text: &str) -> Result<String> {
    let text = text.trim();
    let sound = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if OPENID.contains(&text.len()) && text.chars().all(sound) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        "payer_openid",
        "openid 应为 1 到 128 个字母、数字、横线或下划线，由小程序或公众号登录后取得；扫码支付请不填",
        "An openid has 1 to 128 letters, digits, - or _: WeChat tells it to the app. Leave it out to pay by a code.",
    ))
}

/// The number under which a channel knows a payment or a refund. The random end makes it another one than
/// any number that a database before a restore may have used.
pub fn pay_no(begin: &str, id: i64, now: Timestamp, end: &str) -> String {
    let day = Zone::shanghai().local(now).day;
    format!("{begin}{day}{id:08}{end}")
}

/// The simulated channel's door, and who we are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulatedConfig {
    pub url: String,
    pub merchant: String,
}

/// A merchant of WeChat Pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WechatConfig {
    /// Another one only for tests: https://api.mch.weixin.qq.com
    pub url: String,
    pub mchid: String,
    pub appid: String,
    /// 商户 API 证书序列号
    pub serial_no: String,
    /// 微信支付公钥 ID, or the serial number of the platform certificate.
    pub platform_serial: String,
    /// 微信支付公钥 or platform certificate, PEM. It is public.
    pub platform_key: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayChannelConfig {
    Simulated(SimulatedConfig),
    Wechat(WechatConfig),
}

impl PayChannelConfig {
    pub fn kind(&self) -> PayChannelKind {
        match self {
            PayChannelConfig::Simulated(_) => PayChannelKind::Simulated,
            PayChannelConfig::Wechat(_) => PayChannelKind::Wechat,
        }
    }

    /// Where secrets are sent to, or who we say we are: with another one they are given anew.
    pub fn same_door(&self, other: &PayChannelConfig) -> bool {
        match (self, other) {
            (PayChannelConfig::Simulated(a), PayChannelConfig::Simulated(b)) => a == b,
            (PayChannelConfig::Wechat(a), PayChannelConfig::Wechat(b)) => {
                a.url == b.url && a.mchid == b.mchid
            }
            _ => false,
        }
    }
}

fn word(field: &'static str, text: &str, longest: usize) -> Result<String> {
    let text = text.trim();
    let sound = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if (1..=longest).contains(&text.len()) && text.chars().all(sound) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        field,
        format!("此项应为 1 到 {longest} 个字母、数字、横线或下划线，请从支付渠道的商户平台复制"),
        format!(
            "This has 1 to {longest} letters, digits, - or _. Copy it from the merchant platform of the channel."
        ),
    ))
}

impl SimulatedConfig {
    pub fn checked(mut self) -> Result<SimulatedConfig> {
        let address = WebAddress::parse("simulated.url", &self.url)?;
        self.url = address.text().trim_end_matches('/').to_owned();
        self.merchant = word("simulated.merchant", &self.merchant, 32)?;
        Ok(self)
    }
}

impl WechatConfig {
    pub fn checked(mut self) -> Result<WechatConfig> {
        let address = WebAddress::parse("wechat.url", &self.url)?;
        self.url = address.text().trim_end_matches('/').to_owned();
        self.mchid = word("wechat.mchid", &self.mchid, 32)?;
        self.appid = word("wechat.appid", &self.appid, 32)?;
        self.serial_no = word("wechat.serial_no", &self.serial_no, 64)?;
        self.platform_serial = word("wechat.platform_serial", &self.platform_serial, 64)?;
        self.platform_key = self.platform_key.trim().to_owned();
        let key = &self.platform_key;
        let known = ["-----BEGIN PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----"];
        if key.len() > 8_192 || !known.iter().any(|begin| key.starts_with(begin)) {
            return Err(Error::invalid(
                "wechat.platform_key",
                "请粘贴微信支付公钥（pub_key.pem）或平台证书的全文，以 -----BEGIN 开头",
                "Paste the whole of pub_key.pem or of the platform certificate, which begins with -----BEGIN.",
            ));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_fits_every_channel() {
        let no = pay_no("ZF", 12, Timestamp::from_ms(1_795_406_400_000), "a1b2c3");
        assert_eq!(no, "ZF2026112300000012a1b2c3");
        assert!(no.len() <= 32, "WeChat Pay takes 32");
    }

    #[test]
    fn an_openid_is_one_word() {
        for (text, fine) in [
            ("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", true),
            (" o-1 ", true),
            ("", false),
            (" ", false),
            ("o 1", false),
            ("微信", false),
        ] {
            assert_eq!(openid_checked(text).is_ok(), fine, "{text}");
        }
        assert!(openid_checked(&"o".repeat(128)).is_ok() && openid_checked(&"o".repeat(129)).is_err());
    }

    #[test]
    fn what_an_app_hands_on_has_the_names_of_wechat() {
        let call = WechatCall {
            app_id: "wx1".to_owned(),
            time_stamp: "1".to_owned(),
            nonce_str: "n".to_owned(),
            package: "prepay_id=1".to_owned(),
            sign_type: "RSA".to_owned(),
            pay_sign: "s".to_owned(),
        };
        let text = serde_json::to_string(&call).unwrap();
        let names = ["appId", "timeStamp", "nonceStr", "package", "signType", "paySign"];
        assert!(names.iter().all(|name| text.contains(&format!("\"{name}\":"))), "{text}");
    }

    #[test]
    fn a_top_up_has_bounds() {
        for (fen, fine) in [(99, false), (100, true), (500_000, true), (500_001, false), (-1, false)] {
            assert_eq!(top_up_checked(fen).is_ok(), fine, "{fen}");
        }
    }

    #[test]
    fn what_was_given_up_reserves_nothing() {
        for state in RefundState::ALL {
            let gone = matches!(state, RefundState::Rejected | RefundState::Cancelled);
            assert_eq!(state.counts(), !gone, "{state:?}");
        }
    }
}
