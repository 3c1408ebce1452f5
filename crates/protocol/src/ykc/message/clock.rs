//! 0x56 time sync 对时设置, 0x55 its reply 对时设置应答 (section 4.4).

use super::frame_body;
use super::show::{plain, time};
use crate::ykc::field::{Cp56, PileNo};

frame_body! {
    /// 0x56, platform to pile: after login and daily. Local time of the station.
    ClockSet = 0x56 {
        pile: PileNo = "桩编号", "pile number", plain;
        now: Cp56 = "当前时间", "time", time;
    }
}

frame_body! {
    /// 0x55, pile to platform.
    ClockReply = 0x55 {
        pile: PileNo = "桩编号", "pile number", plain;
        now: Cp56 = "当前时间", "time", time;
    }
}
