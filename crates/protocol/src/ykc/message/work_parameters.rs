//! 0x52 working parameters 充电桩工作参数设置, 0x51 its reply (section 4.4). Dialects differ.

use super::frame_body;
use super::show::{choice, percent, plain, success};
use crate::ykc::field::PileNo;

frame_body! {
    /// 0x52, platform to pile: for the whole pile. The power is 30 to 100 %.
    WorkParameters = 0x52 {
        pile: PileNo = "桩编号", "pile number", plain;
        work_allowed: u8 = "是否允许工作", "operation", |v| choice(
            *v, &[(0, "允许正常工作", "normal"), (1, "停止使用，锁定充电桩", "stopped, locked")]);
        max_power_pct: u8 = "最大允许输出功率", "highest power allowed", percent;
    }
}

frame_body! {
    /// 0x51, pile to platform.
    WorkParametersReply = 0x51 {
        pile: PileNo = "桩编号", "pile number", plain;
        result: u8 = "设置结果", "result", success;
    }
}
