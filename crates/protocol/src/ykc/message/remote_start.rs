//! 0x34 remote start 运营平台远程控制启机, 0x33 its reply 远程启动充电命令回复 (section 4.3).

use super::frame_body;
use super::show::{balance, card, choice, digits, gun, plain, success};
use crate::ykc::field::{Bcd, CardNo, Gun, PileNo};
use model::Text;
use model::device::Refusal;
use model::id::TradeNo;

frame_body! {
    /// 0x34, platform to pile. The physical card lets the driver stop with it; the pile stops when
    /// the running cost reaches the balance.
    RemoteStart = 0x34 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        logic_card: Bcd<8> = "逻辑卡号", "logical card", digits;
        physical_card: CardNo = "物理卡号", "physical card", card;
        balance: u32 = "账户余额", "balance", balance;
    }
}

frame_body! {
    /// 0x33, pile to platform. Without a plug the pile answers 05 at once; when the plug comes
    /// within 60 s of the 0x34 it sends a second 0x33 with success.
    RemoteStartReply = 0x33 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        result: u8 = "启动结果", "result", success;
        fail_reason: u8 = "失败原因", "reason", |v| choice(*v, REASONS);
    }
}

pub(super) const REASONS: &[(u8, &str, &str)] = &[
    (0, "无", "none"),
    (1, "设备编号不匹配", "pile number mismatch"),
    (2, "枪已在充电", "gun already charging"),
    (3, "设备故障", "device fault"),
    (4, "设备离线", "device offline"),
    (5, "未插枪", "gun not plugged"),
];

impl RemoteStartReply {
    pub fn outcome(&self) -> Result<(), Refusal> {
        if self.result == 1 {
            return Ok(());
        }
        let reason = choice(self.fail_reason, REASONS);
        let text = Text::new(
            format!("桩拒绝启动：{}", reason.zh),
            format!("the pile refused to start: {}", reason.en),
        );
        Err(Refusal { code: format!("ykc:33:{:02X}", self.fail_reason), text, detail: None })
    }
}
