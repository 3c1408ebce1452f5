//! 渠道: ways out for messages.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::words! {
    ChannelKind {
        /// 邮件
        Smtp = "smtp",
    }

    /// How the connection to a mail server is guarded.
    SmtpSecurity {
        /// From the first byte, usually port 465.
        Tls = "tls",
        /// After a greeting in the clear, usually port 587; without it nothing is sent.
        Starttls = "starttls",
        /// Not at all, for a server within one's own walls.
        None = "none",
    }

    /// Why something was sent.
    ChannelPurpose {
        Test = "test",
        Invoice = "invoice",
    }
}

/// A mail server and whoever sends through it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    /// Null: the server asks nobody who they are.
    pub account: Option<String>,
    pub from_name: String,
    pub from_address: String,
    /// How long one mail may take, in seconds.
    pub timeout_s: i64,
}

pub const TIMEOUT_S: std::ops::RangeInclusive<i64> = 1..=120;

impl SmtpConfig {
    /// Trimmed, and within the rules.
    pub fn checked(mut self) -> Result<SmtpConfig> {
        self.host = self.host.trim().to_ascii_lowercase();
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
        if !(1..=253).contains(&self.host.len()) || !self.host.bytes().all(plain) {
            return Err(Error::invalid(
                "smtp.host",
                "服务器应为主机名或 IP 地址，例如 smtp.example.com，不含 http:// 与端口",
                "The server is a host name or an address such as smtp.example.com, without http:// and port.",
            ));
        }
        if self.port == 0 {
            return Err(Error::invalid(
                "smtp.port",
                "端口应为 1 到 65535，常用 465（TLS）或 587（STARTTLS）",
                "The port is 1 to 65535, usually 465 (TLS) or 587 (STARTTLS).",
            ));
        }
        self.account =
            self.account.map(|account| account.trim().to_owned()).filter(|account| !account.is_empty());
        if self
            .account
            .as_ref()
            .is_some_and(|account| account.len() > 254 || account.chars().any(char::is_control))
        {
            return Err(Error::invalid(
                "smtp.account",
                "账号最多 254 个字符，不含控制字符",
                "An account has at most 254 characters and no control characters.",
            ));
        }
        self.from_name = self.from_name.trim().to_owned();
        if self.from_name.chars().count() > 64 || self.from_name.chars().any(char::is_control) {
            return Err(Error::invalid(
                "smtp.from_name",
                "发件人名称最多 64 个字符，不含控制字符",
                "The sender's name has at most 64 characters and no control characters.",
            ));
        }
        self.from_address = crate::invoice::email_checked("smtp.from_address", &self.from_address)?;
        if !TIMEOUT_S.contains(&self.timeout_s) {
            return Err(Error::invalid(
                "smtp.timeout_s",
                "超时应为 1 到 120 秒",
                "The timeout is 1 to 120 seconds.",
            ));
        }
        Ok(self)
    }

    /// Whether a password that was given for the other one may go where this one leads.
    pub fn same_door(&self, other: &SmtpConfig) -> bool {
        (&self.host, self.port, self.security, &self.account)
            == (&other.host, other.port, other.security, &other.account)
    }
}

/// When a mail that could not be sent is tried again, in minutes after each try; then it has failed.
pub const RETRY_MINUTES: [i64; 5] = [1, 5, 15, 60, 240];
