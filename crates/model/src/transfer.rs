//! 文件传输: firmware that a pile fetches, logs that it sends.

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
