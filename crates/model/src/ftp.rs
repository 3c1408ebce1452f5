//! 固件服务器: an FTP server of the operator's, from which 云快充 piles fetch firmware. The limits are those of
//! the frame that tells a pile where to look (0x94).

use crate::site::PileKind;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Characters of the server's address, of the account and of its password.
pub const FTP_WORD_MAX: usize = 16;
/// Characters of the folder and the file's name together.
pub const FTP_PATH_MAX: usize = 32;
/// Minutes that a pile may take to fetch the file.
pub const FTP_TIMEOUT_MIN: std::ops::RangeInclusive<i64> = 1..=255;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FtpConfig {
    pub host: String,
    pub port: u16,
    pub account: String,
    /// Where the files lie; empty: where the account begins.
    pub folder: String,
    /// How long a pile may take to fetch the file, in minutes.
    pub timeout_min: i64,
}

/// From where a pile shall fetch a file, and what the frame says of the pile itself.
#[derive(Clone, PartialEq, Eq)]
pub struct FtpPlace {
    pub host: String,
    pub port: u16,
    pub account: String,
    pub password: String,
    pub path: String,
    pub timeout_min: u8,
    pub kind: PileKind,
    pub rated_power_w: i64,
}

impl fmt::Debug for FtpPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ftp://{}:{}/{}", self.host, self.port, self.path)
    }
}

fn graphic(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl FtpConfig {
    /// Trimmed, and within the rules.
    pub fn checked(mut self) -> Result<FtpConfig> {
        self.host = self.host.trim().to_ascii_lowercase();
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
        if !(1..=FTP_WORD_MAX).contains(&self.host.len()) || !self.host.bytes().all(plain) {
            return Err(Error::invalid(
                "ftp.host",
                "服务器应为 IP 地址或不超过 16 个字符的域名（云快充升级帧只能容纳 16 个字符），不含 ftp:// 与端口",
                "The server is an IP address or a name of at most 16 characters (the frame has room for no more), without ftp:// and port.",
            ));
        }
        if self.port == 0 {
            return Err(Error::invalid(
                "ftp.port",
                "端口应为 1 到 65535，常用 21",
                "The port is 1 to 65535, usually 21.",
            ));
        }
        self.account = self.account.trim().to_owned();
        if !(1..=FTP_WORD_MAX).contains(&self.account.len()) || !graphic(&self.account) {
            return Err(Error::invalid(
                "ftp.account",
                "账号应为 1 到 16 个英文字母、数字或符号，不含空格（云快充升级帧只能容纳 16 个字符）",
                "The account is 1 to 16 printable ASCII characters without blanks: the frame has room for no more.",
            ));
        }
        self.folder = self.folder.trim().trim_end_matches('/').to_owned();
        // One sign at least for a slash and one for a name.
        if self.folder.len() > FTP_PATH_MAX - 2 || !graphic(&self.folder) {
            return Err(Error::invalid(
                "ftp.folder",
                "目录最多 30 个英文字母、数字或符号，不含空格；目录与文件名合计最多 32 个字符",
                "The folder is at most 30 printable ASCII characters without blanks; with the file's name at most 32.",
            ));
        }
        if !FTP_TIMEOUT_MIN.contains(&self.timeout_min) {
            return Err(Error::invalid(
                "ftp.timeout_min",
                "下载超时应为 1 到 255 分钟",
                "The time for the download is 1 to 255 minutes.",
            ));
        }
        Ok(self)
    }

    /// Whether a password that was given for the other one may go where this one leads.
    pub fn same_door(&self, other: &FtpConfig) -> bool {
        (&self.host, self.port, &self.account) == (&other.host, other.port, &other.account)
    }

    /// The file's path as the frame says it.
    pub fn path(&self, file_name: &str) -> Result<String> {
        let path = if self.folder.is_empty() {
            file_name.to_owned()
        } else {
            format!("{}/{file_name}", self.folder)
        };
        if path.len() > FTP_PATH_MAX || !graphic(&path) || file_name.is_empty() {
            return Err(Error::invalid(
                "firmware_id",
                format!(
                    "云快充桩经 FTP 下载固件，路径「{path}」不可用：目录与文件名合计最多 {FTP_PATH_MAX} 个英文字母、数字或符号，不含空格；请换一个短的文件名重新上传，或缩短固件服务器的目录"
                ),
                format!(
                    "A 云快充 pile fetches firmware by FTP, and the path {path} will not do: folder and file name are at most {FTP_PATH_MAX} printable ASCII characters without blanks. Upload it under a shorter name, or shorten the folder of the firmware server."
                ),
            ));
        }
        Ok(path)
    }
}

/// What fits into the frame.
pub fn ftp_password_checked(password: &str) -> Result<()> {
    if (1..=FTP_WORD_MAX).contains(&password.len()) && graphic(password) {
        return Ok(());
    }
    Err(Error::invalid(
        "password",
        "密码应为 1 到 16 个英文字母、数字或符号，不含空格（云快充升级帧只能容纳 16 个字符）",
        "The password is 1 to 16 printable ASCII characters without blanks: the frame has room for no more.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> FtpConfig {
        let (host, account) = ("114.55.114.174".to_owned(), "sr".to_owned());
        FtpConfig { host, port: 21, account, folder: "AC-7KW".to_owned(), timeout_min: 60 }
    }

    #[test]
    fn what_the_frame_has_no_room_for_is_refused_at_its_field() {
        assert!(config().checked().is_ok());
        let cases = [
            ("ftp.host", FtpConfig { host: "ftp.firmware.example".to_owned(), ..config() }),
            ("ftp.host", FtpConfig { host: "ftp://1.2.3.4".to_owned(), ..config() }),
            ("ftp.port", FtpConfig { port: 0, ..config() }),
            ("ftp.account", FtpConfig { account: "seventeen-letters".to_owned(), ..config() }),
            ("ftp.account", FtpConfig { account: String::new(), ..config() }),
            ("ftp.folder", FtpConfig { folder: "x".repeat(31), ..config() }),
            ("ftp.folder", FtpConfig { folder: "固件".to_owned(), ..config() }),
            ("ftp.timeout_min", FtpConfig { timeout_min: 256, ..config() }),
            ("ftp.timeout_min", FtpConfig { timeout_min: 0, ..config() }),
        ];
        for (field, config) in cases {
            assert_eq!(config.checked().unwrap_err().field.as_deref(), Some(field));
        }
        assert!(
            FtpConfig { account: "sixteen-letters!".to_owned(), timeout_min: 255, ..config() }
                .checked()
                .is_ok()
        );
        for (password, fits) in [("", false), ("x", true), (&"x".repeat(16), true), (&"x".repeat(17), false)]
        {
            assert_eq!(ftp_password_checked(password).is_ok(), fits, "{password}");
        }
    }

    #[test]
    fn a_path_has_32_characters_at_most() {
        assert_eq!(config().path("20180131").unwrap(), "AC-7KW/20180131");
        assert_eq!(FtpConfig { folder: String::new(), ..config() }.path("a.bin").unwrap(), "a.bin");
        assert!(config().path(&"x".repeat(25)).is_ok());
        for name in ["x".repeat(26), "a b".to_owned(), "新版.bin".to_owned(), String::new()] {
            assert_eq!(config().path(&name).unwrap_err().field.as_deref(), Some("firmware_id"), "{name}");
        }
    }
}
