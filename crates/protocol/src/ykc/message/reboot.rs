//! 0x92 remote reboot 远程重启, 0x91 its reply 远程重启应答 (section 4.6).

use super::frame_body;
use super::show::{choice, plain, success};
use crate::ykc::field::PileNo;

frame_body! {
    /// 0x92, platform to pile.
    Reboot = 0x92 {
        pile: PileNo = "桩编号", "pile number", plain;
        when: u8 = "执行控制", "when", |v| choice(*v, &[(1, "立即执行", "now"), (2, "空闲执行", "when idle")]);
    }
}

frame_body! {
    /// 0x91, pile to platform.
    RebootReply = 0x91 {
        pile: PileNo = "桩编号", "pile number", plain;
        result: u8 = "设置结果", "result", success;
    }
}
