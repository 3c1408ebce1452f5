//! 余额调整: what staff put into a purse or take out of it.

use crate::ledger::PostingCode;
use crate::money::Fen;
use crate::{Error, Result};

crate::words! {
    WalletChangeKind {
        /// 充值: paid in to staff.
        TopUp = "top_up",
        /// 赠送
        GiftGrant = "gift_grant",
        /// 扣本金: paid out, or taken back.
        PrincipalDeduction = "principal_deduction",
        /// 扣赠送金
        GiftDeduction = "gift_deduction",
    }
}

/// 100 000 yuan at once.
const AMOUNT_MAX_FEN: i64 = 10_000_000;
const REQUEST_ID_MAX: usize = 64;

impl WalletChangeKind {
    pub fn code(self) -> PostingCode {
        match self {
            WalletChangeKind::TopUp => PostingCode::TopUp,
            WalletChangeKind::GiftGrant => PostingCode::GiftGrant,
            WalletChangeKind::PrincipalDeduction | WalletChangeKind::GiftDeduction => PostingCode::Deduction,
        }
    }

    /// The gift is meant, not the principal.
    pub fn is_gift(self) -> bool {
        matches!(self, WalletChangeKind::GiftGrant | WalletChangeKind::GiftDeduction)
    }
}

pub fn amount_checked(fen: i64) -> Result<Fen> {
    if (1..=AMOUNT_MAX_FEN).contains(&fen) {
        return Ok(Fen(fen));
    }
    Err(Error::invalid(
        "amount_fen",
        "金额应大于 0 元且不超过 100000 元，请核对单位",
        "The amount is more than 0 and at most 100 000 yuan; check the unit.",
    ))
}

/// The number under which a person's wish is known: the same number is the same wish.
pub fn request_id_checked(text: &str) -> Result<String> {
    let sound = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if (8..=REQUEST_ID_MAX).contains(&text.len()) && text.chars().all(sound) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        "request_id",
        "请求编号应为 8 到 64 个字母、数字、横线或下划线；请刷新页面后重试",
        "A request id has 8 to 64 letters, digits, - or _. Load the page again and try once more.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_numbers_have_bounds() {
        for (fen, fine) in [(0, false), (1, true), (10_000_000, true), (10_000_001, false), (-1, false)] {
            assert_eq!(amount_checked(fen).is_ok(), fine, "{fen}");
        }
        for (text, fine) in [
            ("1234567", false),
            ("12345678", true),
            ("a-b_c-1234", true),
            ("12345678 ", false),
            ("中文中文中文中文", false),
        ] {
            assert_eq!(request_id_checked(text).is_ok(), fine, "{text}");
        }
        assert!(request_id_checked(&"a".repeat(64)).is_ok() && request_id_checked(&"a".repeat(65)).is_err());
    }
}
