//! Merged (dual-gun) charging 并充, V1.6 only: 0xA1/0xA2 by the pile, 0xA4/0xA3 by the platform,
//! once for every gun (section 4.7). Each gun keeps its own trade number, data and bill.

use super::card_start::{REASONS, START_MODES, hidden};
use super::frame_body;
use super::remote_start;
use super::show::{balance, card, choice, digits, gun, plain, success, text_reversed};
use crate::ykc::field::{Ascii, Bcd, CardNo, Gun, PileNo};
use model::Text;
use model::id::TradeNo;

frame_body! {
    /// 0xA1, pile to platform. The merge number is made by the pile, the same for all guns.
    MergedCardStart = 0xA1 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        start_mode: u8 = "启动方式", "start mode", |v| choice(*v, START_MODES);
        need_password: u8 = "是否需要密码", "password", |v| choice(*v, &[(0, "不需要", "no"), (1, "需要", "yes")]);
        card_or_account: CardNo = "账号或者物理卡号", "account or physical card", card;
        password_md5: Ascii<16> = "输入密码", "password (MD5)", hidden;
        vin: Ascii<17> = "VIN码", "VIN", text_reversed;
        role: u8 = "主辅枪标记", "role", role;
        merge_no: Bcd<6> = "并充序号", "merge number", digits;
    }
}

frame_body! {
    /// 0xA2, platform to pile. All guns must be allowed, or none starts.
    MergedCardStartReply = 0xA2 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        logic_card: Bcd<8> = "逻辑卡号", "logical card", digits;
        balance: u32 = "账户余额", "balance", balance;
        auth_ok: u8 = "鉴权成功标志", "allowed", |v| choice(*v, &[(0, "失败", "refused"), (1, "成功", "allowed")]);
        fail_reason: u8 = "失败原因", "reason", |v| choice(*v, REASONS);
        merge_no: Bcd<6> = "并充序号", "merge number", digits;
    }
}

frame_body! {
    /// 0xA3, pile to platform.
    MergedStartReply = 0xA3 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        result: u8 = "启动结果", "result", success;
        fail_reason: u8 = "失败原因", "reason", |v| choice(*v, remote_start::REASONS);
        role: u8 = "主辅枪标记", "role", role;
        merge_no: Bcd<6> = "并充序号", "merge number", digits;
    }
}

frame_body! {
    /// 0xA4, platform to pile. The merge number is made by the platform, the same for all guns.
    MergedStart = 0xA4 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        logic_card: Bcd<8> = "逻辑卡号", "logical card", digits;
        physical_card: CardNo = "物理卡号", "physical card", card;
        balance: u32 = "账户余额", "balance", balance;
        merge_no: Bcd<6> = "并充序号", "merge number", digits;
    }
}

fn role(role: &u8) -> Text {
    choice(*role, &[(0, "主枪", "main gun"), (1, "辅枪", "auxiliary gun")])
}
