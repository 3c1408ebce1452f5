//! 0x42 balance update 远程账户余额更新, 0x41 its reply 余额更新应答 (section 4.3).

use super::frame_body;
use super::show::{balance, card, choice, gun, plain};
use crate::ykc::field::{CardNo, Gun, PileNo};
use model::Text;
use model::device::Refusal;

frame_body! {
    /// 0x42, platform to pile: when the driver tops up during a session. With a card the pile checks
    /// that it is the charging one.
    BalanceUpdate = 0x42 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        physical_card: CardNo = "物理卡号", "physical card", card;
        balance: u32 = "修改后账户金额", "new balance", balance;
    }
}

frame_body! {
    /// 0x41, pile to platform. It names no gun.
    BalanceUpdateReply = 0x41 {
        pile: PileNo = "桩编号", "pile number", plain;
        physical_card: CardNo = "物理卡号", "physical card", card;
        result: u8 = "修改结果", "result", |v| choice(
            *v, &[(0, "修改成功", "ok"), (1, "设备编号错误", "wrong pile number"), (2, "卡号错误", "wrong card")]);
    }
}

impl BalanceUpdateReply {
    pub fn outcome(&self) -> Result<(), Refusal> {
        let (zh, en) = match self.result {
            0 => return Ok(()),
            1 => ("桩应答：设备编号错误", "the pile answered: wrong pile number"),
            2 => {
                ("桩应答：卡号与正在充电的卡不一致", "the pile answered: not the card of the running session")
            }
            _ => ("桩应答：余额更新失败", "the pile answered: the balance was not changed"),
        };
        Err(Refusal { code: format!("ykc:41:{:02X}", self.result), text: Text::of(zh, en), detail: None })
    }
}
