//! 渠道: ways out for messages.

use crate::ftp::FtpConfig;
use crate::web_address::WebAddress;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::words! {
    ChannelKind {
        /// 邮件
        Smtp = "smtp",
        /// 回调: what happens is told to another system by HTTP.
        Webhook = "webhook",
        /// 固件服务器: from which 云快充 piles fetch their firmware.
        Ftp = "ftp",
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
        /// Something happened that a webhook wants to know.
        Event = "event",
        /// 告警通知
        Alarm = "alarm",
        /// 报表订阅
        Report = "report",
    }

    /// What a webhook can be told.
    WebhookEvent {
        /// 订单完成: billed, by itself or by a person.
        OrderCompleted = "order.completed",
        /// 订单异常: held for a person.
        OrderAbnormal = "order.abnormal",
        PileOnline = "pile.online",
        PileOffline = "pile.offline",
        /// 预约: accepted, refused, or over.
        ReservationChanged = "reservation.changed",
        /// 占位开始: a car stays plugged in after its charge, and its free time has begun.
        OccupancyBegan = "occupancy.began",
        /// 占位提醒: the free time of a car that stays plugged in ends soon.
        OccupancyWarned = "occupancy.warned",
        /// 占位计费: the free time is over, and it costs something from now on.
        OccupancyFeeBegan = "occupancy.fee_began",
        /// 占位封顶: it costs no more than by now.
        OccupancyCapped = "occupancy.capped",
        FeedbackCreated = "feedback.created",
        /// 告警产生: somebody is to look at it; a storm is told once.
        AlarmOpened = "alarm.opened",
        /// 告警关闭: it is over and stayed over, or a person has closed it.
        AlarmClosed = "alarm.closed",
        /// 工单超时: nobody has taken it, or it is not done, within its time.
        WorkOrderOverdue = "work_order.overdue",
        /// 安全处置: a safety rule has found its case, and what was done.
        SafetyActed = "safety.acted",
        /// 电池预警: what a session has shown of its battery, for its driver.
        BatteryWarned = "battery.warned",
        /// 紧急停机: a station was stopped, or is in service again.
        EmergencyChanged = "emergency.changed",
        /// 邮件发送失败: for good, nobody tries again by themselves.
        MailFailed = "mail.failed",
        /// 新地点登录: somebody of the staff has signed in from a network that is new to them.
        StaffNewPlace = "staff.new_place",
    }

    /// How far the telling of an event is.
    WebhookState {
        Waiting = "waiting",
        Sent = "sent",
        /// Given up; a person may send it again.
        Failed = "failed",
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

/// Whom a webhook tells, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    pub url: String,
    pub events: Vec<WebhookEvent>,
    /// Only what is this operator's; null: everybody's.
    pub operator_id: Option<i64>,
    /// How long one delivery may take, in seconds.
    pub timeout_s: i64,
}

pub const WEBHOOK_TIMEOUT_S: std::ops::RangeInclusive<i64> = 1..=30;
/// Fewer characters could be guessed.
pub const WEBHOOK_SECRET: std::ops::RangeInclusive<usize> = 16..=128;

impl WebhookConfig {
    pub fn address(&self) -> Result<WebAddress> {
        WebAddress::parse("webhook.url", &self.url)
    }

    /// Trimmed, and within the rules.
    pub fn checked(mut self) -> Result<WebhookConfig> {
        self.url = self.address()?.text();
        self.events = WebhookEvent::ALL.iter().copied().filter(|event| self.events.contains(event)).collect();
        if self.events.is_empty() {
            return Err(Error::invalid("webhook.events", "请至少选择一个事件", "Choose one event at least."));
        }
        if !WEBHOOK_TIMEOUT_S.contains(&self.timeout_s) {
            return Err(Error::invalid(
                "webhook.timeout_s",
                "超时应为 1 到 30 秒",
                "The timeout is 1 to 30 seconds.",
            ));
        }
        Ok(self)
    }
}

/// What a channel of a kind is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelConfig {
    Smtp(SmtpConfig),
    Webhook(WebhookConfig),
    Ftp(FtpConfig),
}

impl ChannelConfig {
    pub fn kind(&self) -> ChannelKind {
        match self {
            ChannelConfig::Smtp(_) => ChannelKind::Smtp,
            ChannelConfig::Webhook(_) => ChannelKind::Webhook,
            ChannelConfig::Ftp(_) => ChannelKind::Ftp,
        }
    }

    pub fn smtp(&self) -> Option<&SmtpConfig> {
        match self {
            ChannelConfig::Smtp(smtp) => Some(smtp),
            _ => None,
        }
    }

    pub fn webhook(&self) -> Option<&WebhookConfig> {
        match self {
            ChannelConfig::Webhook(webhook) => Some(webhook),
            _ => None,
        }
    }

    pub fn ftp(&self) -> Option<&FtpConfig> {
        match self {
            ChannelConfig::Ftp(ftp) => Some(ftp),
            _ => None,
        }
    }
}

/// When a delivery that did not arrive is tried again, in seconds after each try; then it has failed.
pub const WEBHOOK_RETRY_S: [i64; 8] = [10, 60, 300, 900, 3_600, 10_800, 21_600, 43_200];
/// What waited longer is given up untried: by then it is history.
pub const WEBHOOK_WAIT_MS: i64 = 3 * crate::time::DAY_MS;

/// The name under which a delivery is known to its receiver: the same whenever it is sent again, and
/// another one after a database was put back from a backup.
pub fn delivery_key(id: i64, created_at_ms: i64) -> String {
    format!("{id}-{created_at_ms}")
}

/// f***@example.com
pub fn email_masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, host)) => {
            format!("{}***@{host}", name.chars().next().map_or(String::new(), String::from))
        }
        None => "***".to_owned(),
    }
}

/// When a mail that could not be sent is tried again, in minutes after each try; then it has failed.
pub const RETRY_MINUTES: [i64; 5] = [1, 5, 15, 60, 240];
