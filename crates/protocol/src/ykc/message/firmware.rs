//! 0x94 remote firmware update 远程更新, 0x93 its result 远程更新应答 (section 4.6).

use super::frame_body;
use super::show::{choice, plain, text};
use crate::ykc::field::{Ascii, PileNo};
use model::Text;
use model::ftp::FtpPlace;
use model::site::PileKind;
use model::transfer::{TransferReport, TransferState};

frame_body! {
    /// 0x94, platform to pile: by FTP. The unit of the power is not stated.
    FirmwareUpdate = 0x94 {
        pile: PileNo = "桩编号", "pile number", plain;
        model: u8 = "桩型号", "pile type", |v| choice(*v, &[(1, "直流", "DC"), (2, "交流", "AC")]);
        power: u16 = "桩功率", "pile power", plain;
        server: Ascii<16> = "升级服务器地址", "server", text;
        port: u16 = "升级服务器端口", "port", plain;
        user: Ascii<16> = "用户名", "user", text;
        password: Ascii<16> = "密码", "password", |_| Text::of("******", "******");
        path: Ascii<32> = "文件路径", "path", text;
        when: u8 = "执行控制", "when", |v| choice(*v, &[(1, "立即执行", "now"), (2, "空闲执行", "when idle")]);
        timeout_min: u8 = "下载超时时间（分钟）", "download limit (min)", plain;
    }
}

frame_body! {
    /// 0x93, pile to platform: after executing.
    FirmwareUpdateReply = 0x93 {
        pile: PileNo = "桩编号", "pile number", plain;
        status: u8 = "升级状态", "result", |v| choice(*v, &[
            (0, "成功", "ok"), (1, "编号错误", "wrong number"),
            (2, "程序与桩型号不符", "firmware does not fit the model"), (3, "下载更新文件超时", "download timeout")]);
    }
}

/// 02: when no gun charges.
const WHEN_IDLE: u8 = 2;

impl FirmwareUpdate {
    /// The document's sample has 15 as the power of an AC pile of 7 kW: nobody can say in which unit. Piles are
    /// not known to look at it; it is told in kW.
    pub fn of(pile: PileNo, place: &FtpPlace) -> FirmwareUpdate {
        FirmwareUpdate {
            pile,
            model: if place.kind == PileKind::Ac { 2 } else { 1 },
            power: u16::try_from(place.rated_power_w / 1_000).unwrap_or(u16::MAX),
            server: Ascii::of(&place.host),
            port: place.port,
            user: Ascii::of(&place.account),
            password: Ascii::of(&place.password),
            path: Ascii::of(&place.path),
            when: WHEN_IDLE,
            timeout_min: place.timeout_min,
        }
    }
}

impl FirmwareUpdateReply {
    pub fn report(&self) -> TransferReport {
        let state = if self.status == 0 { TransferState::Installed } else { TransferState::Failed };
        let word = format!("0x93:{:02X}", self.status);
        TransferReport { firmware: true, request: None, state: Some(state), word }
    }
}
