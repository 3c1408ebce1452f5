//! 0x05 billing model check 计费模型验证请求, 0x06 its reply (section 4.1).

use super::frame_body;
use super::show::{choice, digits, plain};
use crate::ykc::field::{Bcd, PileNo};

frame_body! {
    /// 0x05, pile to platform: after login, until answered. 0000 when the pile has no model.
    TariffCheck = 0x05 {
        pile: PileNo = "桩编号", "pile number", plain;
        model_no: Bcd<2> = "计费模型编号", "billing model number", digits;
    }
}

frame_body! {
    /// 0x06, platform to pile. When they differ the pile must send 0x09.
    TariffCheckReply = 0x06 {
        pile: PileNo = "桩编号", "pile number", plain;
        model_no: Bcd<2> = "计费模型编号", "billing model number", digits;
        result: u8 = "验证结果", "result", |v| choice(
            *v, &[(0, "与平台一致", "same as the platform's"), (1, "与平台不一致", "differs from the platform's")]);
    }
}
