//! 文件传输: bringing a pile to a firmware, and asking it for a log. Each has an address of its own, which
//! nobody can guess, which ends, and which is this pile's alone.

use crate::Engine;
use crate::command::CommandRequest;
use crate::firmware::{CameFile, no_firmware};
use crate::picture::digest;
use model::access::Caller;
use model::device::DeviceCommand;
use model::ftp::FtpPlace;
use model::id::{CommandId, FirmwareId, PileId, TransferId};
use model::time::{HOUR_MS, Timestamp};
use model::transfer::{FirmwareOrder, LogOrder, TransferKind, TransferState};
use model::{Error, Result, Text};
use serde::Deserialize;
use store::Tx;
use store::commands::{CommandRow, CommandState};
use store::firmware::Firmware;
use store::ids::Noun;
use store::transfers::{self, Transfer};
use utoipa::ToSchema;

/// How long a pile may take from the moment on that it was told to begin at.
const PATIENCE_MS: i64 = 24 * HOUR_MS;
/// An update is not planned further ahead than this.
const AHEAD_MAX_MS: i64 = 30 * 24 * HOUR_MS;

/// What a person wants of a pile.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TransferDraft {
    Firmware {
        firmware_id: i64,
        /// Not before; at once when not given.
        at_ms: Option<i64>,
        retries: Option<u16>,
        retry_interval_s: Option<u32>,
        /// With its signature, which the pile checks (the security extension of OCPP 1.6).
        #[serde(default)]
        signed: bool,
    },
    /// A log of the pile.
    Log {
        log: TransferKind,
        from_ms: Option<i64>,
        until_ms: Option<i64>,
        retries: Option<u16>,
        retry_interval_s: Option<u32>,
    },
}

/// What the command begins, kept in its own transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Beginning {
    pub(crate) transfer: Transfer,
    pub(crate) command: DeviceCommand,
}

pub fn no_transfer() -> Error {
    Error::not_found(
        "transfer.not_found",
        "没有这条文件传输记录，或不在您的数据范围内",
        "There is no such transfer in your scope.",
    )
}

fn expired() -> Error {
    Error::not_found(
        "transfer.expired",
        "下载或上传地址无效、已用过或已过期，请在平台重新发起",
        "The address is not valid, was used, or has ended; begin again on the platform.",
    )
}

/// How piles come to our own HTTP is not known.
pub fn unreached() -> Error {
    Error::refused(
        "public_url.missing",
        "不知道充电桩应从哪个地址访问本平台：请在配置中设置 public_url（例如 https://平台域名），或从充电桩也能访问的地址打开控制台",
        "It is not known at which address piles reach this platform: set public_url (such as https://platform.example), or open the console at an address that the piles can reach, too.",
    )
}

impl Engine {
    /// Tells the pile. `reached_by`: how the pile comes to our own HTTP, as `https://host`.
    pub async fn transfer_create(
        &self,
        caller: &Caller,
        pile: PileId,
        draft: TransferDraft,
        reached_by: &str,
    ) -> Result<(TransferId, CommandId)> {
        let now = self.clock.now();
        let firmware = self.transfer_firmware(caller, pile, &draft, now).await?;
        let id = self.store.write(None, |tx| tx.next_id(Noun::Transfer)).await?;
        let secret = self.random.hex::<24>()?;
        let mut transfer = Transfer {
            id: TransferId(id),
            pile,
            kind: TransferKind::Firmware,
            firmware: firmware.as_ref().map(|one| FirmwareId(one.id)),
            version: firmware.as_ref().map(|one| one.version.clone()),
            state: TransferState::Asked,
            message: None,
            steps: Vec::new(),
            token: digest(secret.as_bytes()),
            expires_at: now.plus_ms(PATIENCE_MS),
            command: None,
            staff: Some(caller.staff.0).filter(|staff| *staff > 0),
            file_name: firmware.as_ref().and_then(|one| one.file_name.clone()),
            size_bytes: firmware.as_ref().and_then(|one| one.size_bytes),
            digest: firmware.as_ref().and_then(|one| one.digest.clone()),
            created_at: now,
            ended_at: None,
        };
        let url = format!("{}/files/{secret}", reached_by.trim_end_matches('/'));
        let ftp = self.transfer_ftp(pile, &draft, firmware.as_ref()).await?;
        let command = order(&mut transfer, draft, firmware, url, ftp, now)?;
        let (what, version) = (transfer.kind, transfer.version.clone());
        let begin = Some(Box::new(Beginning { transfer, command }));
        let request = CommandRequest::Transfer { what, version, transfer_id: id, begin };
        let command = self.command(caller, pile, request).await?;
        Ok((TransferId(id), command))
    }

    /// The firmware that is wanted, if it is one that this pile can have.
    async fn transfer_firmware(
        &self,
        caller: &Caller,
        pile: PileId,
        draft: &TransferDraft,
        now: Timestamp,
    ) -> Result<Option<Firmware>> {
        let TransferDraft::Firmware { firmware_id, at_ms, signed, .. } = draft else { return Ok(None) };
        if at_ms.is_some_and(|at| at > now.as_ms() + AHEAD_MAX_MS) {
            return Err(Error::invalid(
                "at_ms",
                "升级时间不能晚于 30 天后，请改早",
                "An update is planned at most 30 days ahead; choose an earlier time.",
            ));
        }
        let (scope, id) = (caller.scope.clone(), FirmwareId(*firmware_id));
        let found = self.store.read(move |conn| {
            Ok((store::firmware::firmware_get(conn, &scope, id)?, store::piles::get(conn, pile)?))
        });
        let (firmware, pile) = found.await?;
        let firmware = firmware.ok_or_else(|| no_firmware().on_field("firmware_id"))?;
        if firmware.digest.is_none() {
            return Err(Error::invalid(
                "firmware_id",
                "这个固件还没有上传文件，请先在“固件”页面上传",
                "The file of this firmware has not been uploaded; upload it on the page of firmware first.",
            ));
        }
        if *signed && firmware.signature.is_none() {
            return Err(Error::invalid(
                "signed",
                "这个固件没有签名与签名证书，不能按签名固件升级",
                "This firmware has no signature and certificate, so it cannot be sent as signed.",
            ));
        }
        let others = |wanted: &str, known: Option<&str>| {
            !wanted.is_empty() && known.is_some_and(|known| !known.eq_ignore_ascii_case(wanted))
        };
        if let Some(pile) = pile
            && (others(&firmware.vendor, pile.vendor.as_deref())
                || others(&firmware.model, pile.model.as_deref()))
        {
            let own = [pile.vendor, pile.model].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let wanted = format!("{} {}", firmware.vendor, firmware.model);
            let wanted = wanted.trim();
            return Err(Error::invalid(
                "firmware_id",
                format!("固件适用于 {wanted}，这台桩是 {own}，不能升级；请选择适用的固件"),
                format!("The firmware is for {wanted} and this pile is {own}; choose one that fits."),
            ));
        }
        Ok(Some(firmware))
    }

    /// What may be fetched or brought under this secret, as long as it has not ended.
    pub async fn transfer_find(&self, secret: &str) -> Result<Transfer> {
        let (token, now) = (digest(secret.as_bytes()), self.clock.now());
        let found = self.store.read(move |conn| transfers::by_token(conn, &token)).await?;
        found.filter(|one| one.expires_at > now && !one.state.is_over()).ok_or_else(expired)
    }

    /// The pile's file is here.
    pub async fn transfer_came(&self, id: TransferId, pile: PileId, file: CameFile) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(Some(pile), move |tx| {
                let open = tx.read(|conn| transfers::open_of(conn, pile))?;
                let mut one = open.into_iter().find(|one| one.id == id).ok_or_else(expired)?;
                one.state = TransferState::Uploaded;
                one.ended_at = Some(now);
                one.step(now, "received");
                one.file_name = Some(file.name.clone());
                one.size_bytes = Some(file.size_bytes);
                one.digest = Some(file.digest.clone());
                transfers::save(tx, &one)
            })
            .await
    }

    /// Whoever has not ended in time has failed. Run now and then; doing it twice changes nothing.
    pub async fn transfers_expire(&self) -> Result<usize> {
        let now = self.clock.now();
        let overdue = self.store.read(move |conn| transfers::overdue(conn, now)).await?;
        let count = overdue.len();
        for one in overdue {
            let pile = one.pile;
            let save = self.store.write(Some(pile), move |tx| {
                let known = tx.read(|conn| transfers::open_of(conn, pile))?;
                let Some(mut one) = known.into_iter().find(|known| known.id == one.id) else { return Ok(()) };
                fail(
                    &mut one,
                    now,
                    &Text::of(
                        "桩在规定时间内没有完成，也没有报告失败；请检查桩能否访问平台的地址后重试",
                        "The pile has neither finished nor failed in time. Check that it can reach the platform's address, then try again.",
                    ),
                );
                transfers::save(tx, &one)
            });
            save.await?;
        }
        Ok(count)
    }
}

pub(crate) fn fail(one: &mut Transfer, now: Timestamp, why: &Text) {
    one.state = TransferState::Failed;
    one.message = serde_json::to_string(why).ok();
    one.ended_at = Some(now);
}

fn order(
    transfer: &mut Transfer,
    draft: TransferDraft,
    firmware: Option<Firmware>,
    url: String,
    ftp: Option<FtpPlace>,
    now: Timestamp,
) -> Result<DeviceCommand> {
    let request = transfer.id.0;
    match (draft, firmware) {
        (TransferDraft::Firmware { at_ms, retries, retry_interval_s, signed, .. }, Some(firmware)) => {
            let at = at_ms.map_or(now, Timestamp::from_ms);
            transfer.kind = if signed { TransferKind::SignedFirmware } else { TransferKind::Firmware };
            transfer.expires_at = if at > now { at } else { now }.plus_ms(PATIENCE_MS);
            // Many piles know what to do with a file by the end of its address.
            let name: String =
                firmware.file_name.unwrap_or_default().chars().filter(char::is_ascii_graphic).collect();
            let url = if name.is_empty() {
                url
            } else {
                format!("{url}/{}", name.replace(['/', '?', '#', '%'], "_"))
            };
            let signed = if signed { firmware.certificate.zip(firmware.signature) } else { None };
            let order = FirmwareOrder { request, url, at, retries, retry_interval_s, signed, ftp };
            Ok(DeviceCommand::FirmwareUpdate(Box::new(order)))
        }
        (TransferDraft::Log { log, from_ms, until_ms, retries, retry_interval_s }, _) => {
            if log.is_firmware() {
                return Err(Error::invalid(
                    "log",
                    "请选择诊断文件、诊断日志或安全日志",
                    "Choose diagnostics, the diagnostics log or the security log.",
                ));
            }
            if from_ms.zip(until_ms).is_some_and(|(from, until)| from >= until) {
                return Err(Error::invalid(
                    "until_ms",
                    "结束时间必须晚于开始时间",
                    "The end must be later than the beginning.",
                ));
            }
            transfer.kind = log;
            let (from, until) = (from_ms.map(Timestamp::from_ms), until_ms.map(Timestamp::from_ms));
            let order = LogOrder { request, kind: log, url, from, until, retries, retry_interval_s };
            Ok(DeviceCommand::LogFetch(Box::new(order)))
        }
        (TransferDraft::Firmware { .. }, None) => Err(no_firmware().on_field("firmware_id")),
    }
}

/// Kept with its command: what ran before is replaced by it.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    beginning: &Beginning,
    command: CommandId,
    now: Timestamp,
) -> Result<DeviceCommand> {
    let mut one = beginning.transfer.clone();
    one.command = Some(command);
    for mut before in tx.read(|conn| transfers::open_of(conn, one.pile))? {
        if before.kind.is_firmware() == one.kind.is_firmware() {
            before.state = TransferState::Replaced;
            before.ended_at = Some(now);
            transfers::save(tx, &before)?;
        }
    }
    transfers::save(tx, &one)?;
    Ok(beginning.command.clone())
}

/// The pile has answered, or has not.
pub(crate) fn commanded(now: Timestamp, tx: &mut Tx<'_>, command: &CommandRow) -> Result<()> {
    let known = tx.read(|conn| transfers::of_command(conn, CommandId(command.id)))?;
    let Some(mut one) = known.filter(|one| !one.state.is_over()) else { return Ok(()) };
    match command.state {
        // A pile may begin before its answer is read.
        CommandState::Accepted if one.state == TransferState::Asked => one.state = TransferState::Accepted,
        CommandState::Accepted => {}
        _ => {
            one.state = TransferState::Failed;
            one.message.clone_from(&command.message);
            one.ended_at = Some(now);
        }
    }
    one.step(now, command.state.as_str());
    transfers::save(tx, &one)
}
