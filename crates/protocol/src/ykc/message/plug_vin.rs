//! 0x71 VIN at the plug 插枪VIN上报 and 0x72 its reply, of 易联桩 (section 8.2): what the car says when it is
//! plugged in, up to four times until it is answered.

use super::frame_body;
use super::show::{gun, percent, plain, text};
use crate::ykc::field::{Ascii, Gun, PileNo};

frame_body! {
    /// 0x71, pile to platform. The VIN is in normal order here.
    PlugVin = 0x71 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        soc: u8 = "SOC", "SOC", percent;
        vin: Ascii<17> = "VIN码", "VIN", text;
    }
}

frame_body! {
    /// 0x72, platform to pile.
    PlugVinReply = 0x72 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
    }
}
