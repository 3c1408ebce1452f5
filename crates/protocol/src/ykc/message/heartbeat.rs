//! 0x03 heartbeat 充电桩心跳包, 0x04 heartbeat reply 心跳包应答 (section 4.1).

use super::frame_body;
use super::show::{choice, gun, hex8, plain};
use crate::ykc::field::{Gun, PileNo};

frame_body! {
    /// 0x03, pile to platform: every 10 s for every gun.
    Heartbeat = 0x03 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        gun_state: u8 = "枪状态", "gun state", |v| choice(*v, &[(0, "正常", "normal"), (1, "故障", "fault")]);
    }
}

frame_body! {
    /// 0x04, platform to pile.
    HeartbeatReply = 0x04 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        ack: u8 = "心跳应答", "acknowledgement", hex8;
    }
}
