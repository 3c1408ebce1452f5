//! 固件服务器: how a 云快充 pile comes to a file. It fetches by FTP from a server of the operator's, where
//! staff have put the file under its name; the platform serves none itself.

use crate::Engine;
use crate::transfer::TransferDraft;
use model::ftp::FtpPlace;
use model::id::PileId;
use model::{Error, Result};
use store::channels::{self, Channel};
use store::firmware::Firmware;

impl Engine {
    /// Where the pile shall fetch it; `None`: the pile speaks OCPP and comes to our own HTTP.
    pub(crate) async fn transfer_ftp(
        &self,
        pile: PileId,
        draft: &TransferDraft,
        firmware: Option<&Firmware>,
    ) -> Result<Option<FtpPlace>> {
        let (TransferDraft::Firmware { at_ms, signed, .. }, Some(firmware)) = (draft, firmware) else {
            return Ok(None);
        };
        let read = self.store.read(move |conn| Ok((store::piles::get(conn, pile)?, channels::all(conn)?)));
        let (pile, all) = read.await?;
        let Some(pile) = pile.filter(|pile| pile.protocol.is_ykc()) else { return Ok(None) };
        if *signed {
            return Err(Error::invalid(
                "signed",
                "云快充桩不检查固件签名，请按普通固件升级",
                "A 云快充 pile does not check signatures; send it as plain firmware.",
            ));
        }
        if at_ms.is_some_and(|at| at > self.clock.now().as_ms()) {
            return Err(Error::invalid(
                "at_ms",
                "云快充桩不支持定时升级：收到后在空闲时执行；请清空时间，到时再发起",
                "A 云快充 pile takes no time for an update: it does it when it is idle. Leave the time empty, or begin it then.",
            ));
        }
        let one = all.into_iter().find(|one| one.enabled && one.config.ftp().is_some());
        let one: Channel = one.ok_or_else(|| {
            Error::refused(
                "firmware_server.missing",
                "云快充桩经 FTP 下载固件，还没有启用的固件服务器；请系统管理员在「系统管理 → 渠道」新建类型为固件服务器（FTP）的渠道",
                "A 云快充 pile fetches firmware by FTP, and no firmware server is switched on. The administrator makes a channel of the kind firmware server (FTP).",
            )
        })?;
        let password = self.channel_password(&one)?.unwrap_or_default();
        let Some(ftp) = one.config.ftp() else { return Ok(None) };
        Ok(Some(FtpPlace {
            host: ftp.host.clone(),
            port: ftp.port,
            account: ftp.account.clone(),
            password,
            path: ftp.path(firmware.file_name.as_deref().unwrap_or_default())?,
            timeout_min: u8::try_from(ftp.timeout_min).unwrap_or(u8::MAX),
            kind: pile.kind,
            rated_power_w: pile.rated_power_w,
        }))
    }
}
