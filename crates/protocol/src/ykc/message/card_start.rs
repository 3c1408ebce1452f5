//! 0x31 the pile asks to start by card or VIN 充电桩主动申请启动充电, 0x32 the platform's reply
//! 运营平台确认启动充电 (section 4.3).

use super::frame_body;
use super::show::{balance, card, choice, digits, gun, plain, text, text_reversed};
use crate::ykc::field::{Ascii, Bcd, CardNo, Gun, PileNo};
use model::Text;
use model::card::TokenVerdict;
use model::id::TradeNo;

frame_body! {
    /// 0x31, pile to platform. The VIN is sent in reversed order of characters, only for mode 03.
    CardStart = 0x31 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        start_mode: u8 = "启动方式", "start mode", |v| choice(*v, START_MODES);
        need_password: u8 = "是否需要密码", "password", |v| choice(*v, &[(0, "不需要", "no"), (1, "需要", "yes")]);
        card_or_account: CardNo = "账号或者物理卡号", "account or physical card", card;
        password_md5: Ascii<16> = "输入密码", "password (MD5)", hidden;
        vin: Ascii<17> = "VIN码", "VIN", text_reversed;
    }
}

frame_body! {
    /// 0x32, platform to pile. The trade number is made by the platform. The failure reason is
    /// typed BCD in the document, but 0A and 0B are used: a plain number.
    CardStartReply = 0x32 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        logic_card: Bcd<8> = "逻辑卡号", "logical card", digits;
        balance: u32 = "账户余额", "balance", balance;
        auth_ok: u8 = "鉴权成功标志", "allowed", |v| choice(*v, &[(0, "失败", "refused"), (1, "成功", "allowed")]);
        fail_reason: u8 = "失败原因", "reason", |v| choice(*v, REASONS);
    }
}

pub(super) const START_MODES: &[(u8, &str, &str)] =
    &[(1, "刷卡", "card"), (2, "账号", "account"), (3, "VIN码", "VIN")];

pub(super) const REASONS: &[(u8, &str, &str)] = &[
    (0x00, "无", "none"),
    (0x01, "账户不存在", "account does not exist"),
    (0x02, "账户冻结", "account frozen"),
    (0x03, "账户余额不足", "balance too low"),
    (0x04, "该卡存在未结账记录", "card has an unsettled record"),
    (0x05, "桩停用", "pile out of service"),
    (0x06, "该账户不能在此桩上充电", "account not allowed on this pile"),
    (0x07, "密码错误", "wrong password"),
    (0x08, "电站电容不足", "station capacity insufficient"),
    (0x09, "系统中vin码不存在", "VIN unknown"),
    (0x0A, "该桩存在未结账记录", "pile has an unsettled record"),
    (0x0B, "该桩不支持刷卡", "pile does not accept cards"),
];

/// The wire's word for a verdict: `None` allows. 04 (the card has an open record) is the nearest
/// word for a card that charges elsewhere, 0A (the pile has an open record) for a taken connector,
/// 05 (out of service) for a station that has no prices, 06 (this account may not charge at this pile) for
/// where or when a fleet does not.
pub fn fail_reason(verdict: TokenVerdict, by_vin: bool) -> Option<u8> {
    match verdict {
        TokenVerdict::Accepted => None,
        TokenVerdict::Unknown if by_vin => Some(0x09),
        TokenVerdict::Unknown => Some(0x01),
        TokenVerdict::Blocked | TokenVerdict::Expired | TokenVerdict::CustomerFrozen => Some(0x02),
        TokenVerdict::NoBalance | TokenVerdict::FleetLimit => Some(0x03),
        TokenVerdict::Concurrent => Some(0x04),
        TokenVerdict::OutOfService | TokenVerdict::NoTariff => Some(0x05),
        TokenVerdict::FleetStation | TokenVerdict::FleetHours => Some(0x06),
        TokenVerdict::WrongPassword => Some(0x07),
        TokenVerdict::ConnectorBusy => Some(0x0A),
    }
}

/// A password, even a hashed one, is not shown.
pub(super) fn hidden(password: &Ascii<16>) -> Text {
    if password.text().is_some() { Text::of("******", "******") } else { text(password) }
}
