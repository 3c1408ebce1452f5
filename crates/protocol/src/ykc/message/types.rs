//! Every frame type of V1.6 (ykc.md section 3): name, direction, length of the body, handled how.
//!
//! To give a `Noted` type its meaning: a field table in a file of its own, a line in `messages!`,
//! an arm in `session/inbound.rs` (or `session/outbound.rs` for a command), `Typed` here.

use Direction::{Down, Up};
use Handled::{Noted, Typed};
use Length::{Fixed, Repeated};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the pile.
    Up,
    /// From the platform.
    Down,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Bytes of the body in V1.6.
    Fixed(usize),
    /// A fixed part, then N pieces of this many bytes.
    Repeated(usize, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// The session gives it its meaning (or sends it).
    Typed,
    /// Known by name, its length is checked, it is kept in the frame log; its meaning is for later.
    Noted,
}

#[derive(Clone, Copy, Debug)]
pub struct FrameType {
    pub kind: u8,
    pub direction: Direction,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    pub length: Length,
    pub handled: Handled,
}

impl FrameType {
    /// Whether a body of this many bytes can be such a frame. Longer is fine: dialects append.
    pub fn fits(&self, body: usize) -> bool {
        let (Fixed(least) | Repeated(least, _)) = self.length;
        body >= least
    }
}

const fn row(
    kind: u8,
    direction: Direction,
    name_zh: &'static str,
    name_en: &'static str,
    length: Length,
    handled: Handled,
) -> FrameType {
    FrameType { kind, direction, name_zh, name_en, length, handled }
}

#[rustfmt::skip]
pub static TYPES: &[FrameType] = &[
    row(0x01, Up, "充电桩登录认证", "login request", Fixed(30), Typed),
    row(0x02, Down, "登录认证应答", "login reply", Fixed(8), Typed),
    row(0x03, Up, "充电桩心跳包", "heartbeat", Fixed(9), Typed),
    row(0x04, Down, "心跳包应答", "heartbeat reply", Fixed(9), Typed),
    row(0x05, Up, "计费模型验证请求", "billing model check", Fixed(9), Typed),
    row(0x06, Down, "计费模型验证请求应答", "billing model check reply", Fixed(10), Typed),
    row(0x09, Up, "充电桩计费模型请求", "billing model request", Fixed(7), Typed),
    row(0x0A, Down, "计费模型请求应答", "billing model reply", Fixed(90), Typed),
    row(0x12, Down, "读取实时监测数据", "read real-time data", Fixed(8), Typed),
    row(0x13, Up, "上传实时监测数据", "real-time data", Fixed(60), Typed),
    row(0x15, Up, "充电握手", "BMS handshake", Fixed(73), Typed),
    row(0x17, Up, "参数配置", "BMS parameters", Fixed(45), Typed),
    row(0x19, Up, "充电结束", "BMS end of charge", Fixed(39), Typed),
    row(0x1B, Up, "错误报文", "BMS error", Fixed(32), Typed),
    row(0x1D, Up, "充电阶段BMS中止", "BMS stop", Fixed(28), Typed),
    row(0x21, Up, "充电阶段充电机中止", "charger stop", Fixed(28), Typed),
    row(0x23, Up, "充电过程BMS需求、充电机输出", "BMS demand and charger output", Fixed(44), Typed),
    row(0x25, Up, "充电过程BMS信息", "BMS status", Fixed(31), Typed),
    row(0x31, Up, "充电桩主动申请启动充电", "pile asks to start", Fixed(51), Typed),
    row(0x32, Down, "运营平台确认启动充电", "platform confirms start", Fixed(38), Typed),
    row(0x33, Up, "远程启动充电命令回复", "remote start reply", Fixed(26), Typed),
    row(0x34, Down, "运营平台远程控制启机", "remote start", Fixed(44), Typed),
    row(0x35, Up, "远程停机命令回复", "remote stop reply", Fixed(10), Typed),
    row(0x36, Down, "运营平台远程停机", "remote stop", Fixed(8), Typed),
    row(0x3B, Up, "交易记录", "transaction record (bill)", Fixed(158), Typed),
    row(0x40, Down, "交易记录确认", "transaction record confirm", Fixed(17), Typed),
    row(0x41, Up, "余额更新应答", "balance update reply", Fixed(16), Typed),
    row(0x42, Down, "远程账户余额更新", "balance update", Fixed(20), Typed),
    row(0x43, Up, "离线卡数据同步应答", "offline card sync reply", Fixed(9), Typed),
    row(0x44, Down, "离线卡数据同步", "offline card sync", Repeated(8, 16), Typed),
    row(0x45, Up, "离线卡数据清除应答", "offline card delete reply", Repeated(7, 10), Typed),
    row(0x46, Down, "离线卡数据清除", "offline card delete", Repeated(8, 8), Typed),
    row(0x47, Up, "离线卡数据查询应答", "offline card query reply", Repeated(7, 9), Typed),
    row(0x48, Down, "离线卡数据查询", "offline card query", Repeated(8, 8), Typed),
    row(0x51, Up, "充电桩工作参数设置应答", "working parameters reply", Fixed(8), Typed),
    row(0x52, Down, "充电桩工作参数设置", "working parameters", Fixed(9), Typed),
    row(0x55, Up, "对时设置应答", "time sync reply", Fixed(14), Typed),
    row(0x56, Down, "对时设置", "time sync", Fixed(14), Typed),
    row(0x57, Up, "计费模型应答", "billing model set reply", Fixed(8), Typed),
    row(0x58, Down, "计费模型设置", "billing model set", Fixed(90), Typed),
    row(0x61, Up, "地锁数据上送", "ground lock report", Fixed(16), Typed),
    row(0x62, Down, "遥控地锁升锁与降锁命令", "ground lock command", Fixed(13), Typed),
    row(0x63, Up, "充电桩返回数据", "ground lock command reply", Fixed(13), Typed),
    // 易联桩 (section 8.2). 放电 (E1 to E9) is kept with the frames: nothing is bought back here.
    row(0x71, Up, "插枪VIN上报", "VIN at the plug", Fixed(26), Typed),
    row(0x72, Down, "插枪VIN应答", "VIN reply", Fixed(8), Typed),
    row(0x73, Down, "召唤插枪VIN", "ask for the VIN", Fixed(8), Noted),
    row(0x91, Up, "远程重启应答", "remote reboot reply", Fixed(8), Typed),
    row(0x92, Down, "远程重启", "remote reboot", Fixed(8), Typed),
    row(0x93, Up, "远程更新应答", "firmware update result", Fixed(8), Typed),
    row(0x94, Down, "远程更新", "remote firmware update", Fixed(94), Typed),
    row(0x95, Up, "日志上传应答", "log upload result", Fixed(8), Noted),
    row(0x96, Down, "日志上传", "log upload", Fixed(94), Noted),
    row(0xA1, Up, "充电桩主动申请并充充电", "pile asks merged (dual-gun) start", Fixed(58), Typed),
    row(0xA2, Down, "运营平台确认并充启动充电", "platform confirms merged start", Fixed(44), Typed),
    row(0xA3, Up, "远程并充启机命令回复", "remote merged start reply", Fixed(33), Typed),
    row(0xA4, Down, "运营平台远程控制并充启机", "remote merged start", Fixed(50), Typed),
    row(0xE1, Up, "启动放电应答", "discharge start reply", Fixed(28), Noted),
    row(0xE2, Down, "启动放电", "discharge start", Fixed(65), Noted),
    row(0xE3, Up, "停止放电应答", "discharge stop reply", Fixed(9), Noted),
    row(0xE4, Down, "停止放电", "discharge stop", Fixed(8), Noted),
    row(0xE5, Up, "放电执行结果", "discharge carried out", Fixed(29), Noted),
    row(0xE6, Down, "读取放电数据", "ask for the discharge", Fixed(8), Noted),
    row(0xE7, Up, "放电实时数据", "discharge data", Fixed(208), Noted),
    row(0xE8, Down, "放电记录确认", "discharge record confirm", Fixed(17), Noted),
    row(0xE9, Up, "放电记录", "discharge record (bill)", Fixed(170), Noted),
    row(0xF0, Down, "二维码前缀下发", "QR prefix", Repeated(9, 1), Typed),
    row(0xF1, Up, "二维码前缀应答", "QR prefix reply", Fixed(8), Typed),
];

/// `None`: not assigned in V1.6.
pub fn find(kind: u8) -> Option<&'static FrameType> {
    TYPES.iter().find(|found| found.kind == kind)
}

/// The wire's name of a frame type, `0x3B`.
pub fn code(kind: u8) -> &'static str {
    CODES[usize::from(kind)]
}

#[rustfmt::skip]
static CODES: [&str; 256] = [
    "0x00", "0x01", "0x02", "0x03", "0x04", "0x05", "0x06", "0x07",
    "0x08", "0x09", "0x0A", "0x0B", "0x0C", "0x0D", "0x0E", "0x0F",
    "0x10", "0x11", "0x12", "0x13", "0x14", "0x15", "0x16", "0x17",
    "0x18", "0x19", "0x1A", "0x1B", "0x1C", "0x1D", "0x1E", "0x1F",
    "0x20", "0x21", "0x22", "0x23", "0x24", "0x25", "0x26", "0x27",
    "0x28", "0x29", "0x2A", "0x2B", "0x2C", "0x2D", "0x2E", "0x2F",
    "0x30", "0x31", "0x32", "0x33", "0x34", "0x35", "0x36", "0x37",
    "0x38", "0x39", "0x3A", "0x3B", "0x3C", "0x3D", "0x3E", "0x3F",
    "0x40", "0x41", "0x42", "0x43", "0x44", "0x45", "0x46", "0x47",
    "0x48", "0x49", "0x4A", "0x4B", "0x4C", "0x4D", "0x4E", "0x4F",
    "0x50", "0x51", "0x52", "0x53", "0x54", "0x55", "0x56", "0x57",
    "0x58", "0x59", "0x5A", "0x5B", "0x5C", "0x5D", "0x5E", "0x5F",
    "0x60", "0x61", "0x62", "0x63", "0x64", "0x65", "0x66", "0x67",
    "0x68", "0x69", "0x6A", "0x6B", "0x6C", "0x6D", "0x6E", "0x6F",
    "0x70", "0x71", "0x72", "0x73", "0x74", "0x75", "0x76", "0x77",
    "0x78", "0x79", "0x7A", "0x7B", "0x7C", "0x7D", "0x7E", "0x7F",
    "0x80", "0x81", "0x82", "0x83", "0x84", "0x85", "0x86", "0x87",
    "0x88", "0x89", "0x8A", "0x8B", "0x8C", "0x8D", "0x8E", "0x8F",
    "0x90", "0x91", "0x92", "0x93", "0x94", "0x95", "0x96", "0x97",
    "0x98", "0x99", "0x9A", "0x9B", "0x9C", "0x9D", "0x9E", "0x9F",
    "0xA0", "0xA1", "0xA2", "0xA3", "0xA4", "0xA5", "0xA6", "0xA7",
    "0xA8", "0xA9", "0xAA", "0xAB", "0xAC", "0xAD", "0xAE", "0xAF",
    "0xB0", "0xB1", "0xB2", "0xB3", "0xB4", "0xB5", "0xB6", "0xB7",
    "0xB8", "0xB9", "0xBA", "0xBB", "0xBC", "0xBD", "0xBE", "0xBF",
    "0xC0", "0xC1", "0xC2", "0xC3", "0xC4", "0xC5", "0xC6", "0xC7",
    "0xC8", "0xC9", "0xCA", "0xCB", "0xCC", "0xCD", "0xCE", "0xCF",
    "0xD0", "0xD1", "0xD2", "0xD3", "0xD4", "0xD5", "0xD6", "0xD7",
    "0xD8", "0xD9", "0xDA", "0xDB", "0xDC", "0xDD", "0xDE", "0xDF",
    "0xE0", "0xE1", "0xE2", "0xE3", "0xE4", "0xE5", "0xE6", "0xE7",
    "0xE8", "0xE9", "0xEA", "0xEB", "0xEC", "0xED", "0xEE", "0xEF",
    "0xF0", "0xF1", "0xF2", "0xF3", "0xF4", "0xF5", "0xF6", "0xF7",
    "0xF8", "0xF9", "0xFA", "0xFB", "0xFC", "0xFD", "0xFE", "0xFF",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ykc::message::Message;

    #[test]
    fn the_table_and_the_field_tables_agree() {
        for (kind, length) in Message::TYPED {
            assert_eq!(find(*kind).map(|found| found.length), Some(*length), "{}", code(*kind));
        }
        for found in TYPES.iter().filter(|found| found.handled == Typed) {
            assert!(Message::TYPED.iter().any(|(kind, _)| *kind == found.kind), "{}", code(found.kind));
        }
        for found in TYPES {
            // 易联桩 asks with an odd one.
            let odd_up = found.kind % 2 == 1 && found.kind != 0x73;
            assert_eq!(found.direction == Up, odd_up, "{}", code(found.kind));
        }
    }
}
