//! 0x61 ground lock report 地锁数据上送, 0x62 command 遥控地锁, 0x63 its reply (section 4.5). The
//! gun is a plain number in this chapter.

use super::frame_body;
use super::show::{choice, percent, plain};
use crate::ykc::field::{PileNo, Raw};
use model::Text;
use model::ground_lock::{GroundLockAlarm, GroundLockReport as Report, GroundLockState};

frame_body! {
    /// 0x61, pile to platform: on change, else every 5 min.
    GroundLockReport = 0x61 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: u8 = "枪号", "gun", plain;
        lock_state: u8 = "车位锁状态", "lock", |v| choice(
            *v, &[(0, "未到位", "not in place"), (0x55, "升锁到位", "raised"), (0xFF, "降锁到位", "lowered")]);
        park_state: u8 = "车位状态", "parking space", |v| choice(*v, &[(0, "无车", "no car"), (0xFF, "有车", "car present")]);
        battery_pct: u8 = "地锁电量", "battery", percent;
        alarm: u8 = "报警状态", "alarm", |v| choice(*v, &[
            (0, "无报警", "none"), (0xFF, "待机状态摇臂破坏", "arm damaged while idle"), (0x55, "摇臂升降异常", "arm abnormal")]);
        reserved: Raw<4> = "预留", "reserved", plain;
    }
}

/// The sentence for the alarm of a lock, `ykc:ground_lock:arm_damaged`.
pub fn alarm_text(code: &str) -> Option<Text> {
    let alarm = GroundLockAlarm::parse(code.strip_prefix("ykc:ground_lock:")?)?;
    let (zh, en) = match alarm {
        GroundLockAlarm::ArmDamaged => {
            ("地锁待机状态摇臂破坏", "the arm of the ground lock was damaged while idle")
        }
        GroundLockAlarm::ArmAbnormal => ("地锁摇臂升降异常", "the arm of the ground lock moves abnormally"),
        GroundLockAlarm::Other => ("地锁报警（未说明）", "alarm of the ground lock (not specified)"),
    };
    Some(Text::of(zh, en))
}

impl GroundLockReport {
    pub fn report(&self) -> Report {
        Report {
            connector: u16::from(self.gun),
            state: match self.lock_state {
                0 => GroundLockState::Moving,
                0x55 => GroundLockState::Raised,
                0xFF => GroundLockState::Lowered,
                _ => GroundLockState::Unknown,
            },
            occupied: match self.park_state {
                0 => Some(false),
                0xFF => Some(true),
                _ => None,
            },
            battery_percent: (self.battery_pct <= 100).then_some(i64::from(self.battery_pct)),
            alarm: match self.alarm {
                0 => None,
                0xFF => Some(GroundLockAlarm::ArmDamaged),
                0x55 => Some(GroundLockAlarm::ArmAbnormal),
                _ => Some(GroundLockAlarm::Other),
            },
        }
    }
}

frame_body! {
    /// 0x62, platform to pile.
    GroundLock = 0x62 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: u8 = "枪号", "gun", plain;
        action: u8 = "升/降地锁", "action", |v| choice(*v, &[(0x55, "升锁", "raise"), (0xFF, "降锁", "lower")]);
        reserved: Raw<4> = "预留", "reserved", plain;
    }
}

frame_body! {
    /// 0x63, pile to platform.
    GroundLockReply = 0x63 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: u8 = "枪号", "gun", plain;
        result: u8 = "返回标志", "result", |v| choice(*v, &[(0, "鉴权失败", "refused"), (1, "鉴权成功", "accepted")]);
        reserved: Raw<4> = "预留", "reserved", plain;
    }
}
