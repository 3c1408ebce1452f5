//! 文件传输: firmware that a pile fetches, logs that it sends.

use crate::ftp::FtpPlace;
use crate::time::Timestamp;

crate::words! {
    TransferKind {
        /// 固件
        Firmware = "firmware",
        /// The same, with its signature, which the pile checks.
        SignedFirmware = "signed_firmware",
        /// 诊断文件, as plain OCPP 1.6 has it.
        Diagnostics = "diagnostics",
        /// 诊断日志
        DiagnosticsLog = "diagnostics_log",
        /// 安全日志
        SecurityLog = "security_log",
    }

    TransferState {
        /// The pile has not answered yet.
        Asked = "asked",
        /// It will do so at its time.
        Accepted = "accepted",
        Downloading = "downloading",
        Downloaded = "downloaded",
        Installing = "installing",
        /// The pile says so; its next introduction has to show it.
        Installed = "installed",
        /// The pile has introduced itself with this version.
        Confirmed = "confirmed",
        Uploading = "uploading",
        /// The file is here.
        Uploaded = "uploaded",
        Failed = "failed",
        /// Another one was begun instead.
        Replaced = "replaced",
    }
}

impl TransferKind {
    pub fn is_firmware(self) -> bool {
        matches!(self, TransferKind::Firmware | TransferKind::SignedFirmware)
    }
}

impl TransferState {
    /// Nothing more is expected of the pile, except that it shows what it has installed.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            TransferState::Installed
                | TransferState::Confirmed
                | TransferState::Uploaded
                | TransferState::Failed
                | TransferState::Replaced
        )
    }
}

/// What the pile says of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferReport {
    /// Firmware, or a log.
    pub firmware: bool,
    /// The number under which we asked, where the message carries one.
    pub request: Option<i64>,
    /// How far it is; `None`: nothing is under way.
    pub state: Option<TransferState>,
    /// The wire's own word.
    pub word: String,
}

/// Fetch this firmware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirmwareOrder {
    /// The number of this order, which the pile's reports repeat where the protocol has a place for it.
    pub request: i64,
    pub url: String,
    pub at: Timestamp,
    pub retries: Option<u16>,
    pub retry_interval_s: Option<u32>,
    /// The signing certificate (PEM) and the signature (base64).
    pub signed: Option<(String, String)>,
    /// For a 云快充 pile, instead of the address.
    pub ftp: Option<FtpPlace>,
}

/// Bring this log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogOrder {
    pub request: i64,
    pub kind: TransferKind,
    pub url: String,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub retries: Option<u16>,
    pub retry_interval_s: Option<u32>,
}
