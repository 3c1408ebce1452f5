//! 0x36 remote stop 运营平台远程停机, 0x35 its reply 远程停机命令回复 (section 4.3).

use super::frame_body;
use super::show::{choice, gun, plain, success};
use crate::ykc::field::{Gun, PileNo};
use model::Text;
use model::device::Refusal;

frame_body! {
    /// 0x36, platform to pile. The order ends with the bill (0x3B), not with this.
    RemoteStop = 0x36 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
    }
}

frame_body! {
    /// 0x35, pile to platform.
    RemoteStopReply = 0x35 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        result: u8 = "停止结果", "result", success;
        fail_reason: u8 = "失败原因", "reason", |v| choice(*v, REASONS);
    }
}

const REASONS: &[(u8, &str, &str)] = &[
    (0, "无", "none"),
    (1, "设备编号不匹配", "pile number mismatch"),
    (2, "枪未处于充电状态", "gun not charging"),
    (3, "其他", "other"),
];

impl RemoteStopReply {
    pub fn outcome(&self) -> Result<(), Refusal> {
        if self.result == 1 {
            return Ok(());
        }
        let reason = choice(self.fail_reason, REASONS);
        let text = Text::new(
            format!("桩拒绝停止：{}", reason.zh),
            format!("the pile refused to stop: {}", reason.en),
        );
        Err(Refusal { code: format!("ykc:35:{:02X}", self.fail_reason), text, detail: None })
    }
}
