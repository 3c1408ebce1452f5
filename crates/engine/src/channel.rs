//! 渠道: what staff make of them, and the record of what was sent. Who sends is the server.

use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, taken};
use crate::webhook::mail_told;
use model::channel::{
    ChannelConfig, ChannelKind, ChannelPurpose, RETRY_MINUTES, SmtpConfig, WEBHOOK_SECRET, WebhookConfig,
};
use model::ftp::{FtpConfig, ftp_password_checked};
use model::id::OperatorId;
use model::invoice::MailState;
use model::time::{MINUTE_MS, Timestamp};
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::channels::{self, Channel, ChannelSend, WaitingMail};
use store::{Change, DbResult, Tx, deliveries, invoices};
use utoipa::ToSchema;

const NAME_MAX: usize = 32;
const PASSWORD_MAX: usize = 256;
const COUNT_MAX: usize = 20;
/// How long a mail waits for a channel that did not work.
const CHANNEL_MINUTES: i64 = 5;

/// A channel as the pages show it: never its password.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Channel)]
pub struct ChannelView {
    pub id: i64,
    pub kind: ChannelKind,
    pub name: String,
    pub enabled: bool,
    /// One of these, as the kind says.
    pub smtp: Option<SmtpConfig>,
    pub webhook: Option<WebhookConfig>,
    pub ftp: Option<FtpConfig>,
    /// A password, or the secret of a webhook, is kept.
    pub has_secret: bool,
    /// How many deliveries of a webhook wait.
    pub waiting_count: i64,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
    pub last: Option<ChannelSend>,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelDraft {
    pub name: String,
    pub enabled: bool,
    /// One of these; it says what kind of channel it is.
    pub smtp: Option<SmtpConfig>,
    pub webhook: Option<WebhookConfig>,
    pub ftp: Option<FtpConfig>,
    /// Of the account of a mail or firmware server.
    pub password: Option<String>,
    /// What a webhook's deliveries are signed with; nobody is shown it again.
    pub secret: Option<String>,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelChange {
    /// The version that the page shows.
    pub version: i64,
    pub name: String,
    pub enabled: bool,
    /// One of these, as the channel's kind is.
    pub smtp: Option<SmtpConfig>,
    pub webhook: Option<WebhookConfig>,
    pub ftp: Option<FtpConfig>,
    /// Null: the one that is kept; an empty one takes it away.
    pub password: Option<String>,
    /// Null: the one that is kept.
    pub secret: Option<String>,
}

/// Why a mail could not be sent, and whose trouble that is.
#[derive(Clone, Debug)]
pub struct SendFault {
    pub of: FaultOf,
    pub text: Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultOf {
    /// The channel does not work: no mail would go through it.
    Channel,
    /// This mail was refused for now.
    Moment,
    /// This mail was refused for good.
    Mail,
}

/// What follows from a try to send a mail: how it stands, how often it was tried, and when it is next. A channel that
/// does not work is no fault of the mail's: it waits until somebody mends it.
pub(crate) fn mail_fate(
    tries: i64,
    fault: Option<&SendFault>,
    now: Timestamp,
) -> (MailState, i64, Timestamp) {
    let Some(fault) = fault else { return (MailState::Sent, tries + 1, now) };
    let next = usize::try_from(tries).ok().and_then(|turn| RETRY_MINUTES.get(turn));
    match (fault.of, next) {
        (FaultOf::Channel, _) => (MailState::Waiting, tries, now.plus_ms(CHANNEL_MINUTES * MINUTE_MS)),
        (FaultOf::Moment, Some(minutes)) => (MailState::Waiting, tries + 1, now.plus_ms(minutes * MINUTE_MS)),
        _ => (MailState::Failed, tries + 1, now),
    }
}

pub fn no_channel() -> Error {
    Error::not_found(
        "channel.not_found",
        "没有这个渠道，请刷新列表",
        "There is no such channel; reload the list.",
    )
}

fn password_checked(password: &str) -> Result<()> {
    if password.chars().count() <= PASSWORD_MAX && !password.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Error::invalid(
        "password",
        format!("密码最多 {PASSWORD_MAX} 个字符，不含控制字符"),
        format!("A password has at most {PASSWORD_MAX} characters and no control characters."),
    ))
}

fn told(one: &Channel) -> serde_json::Value {
    let secret = if one.secret.is_some() { "***" } else { "" };
    match &one.config {
        ChannelConfig::Smtp(smtp) => {
            let SmtpConfig { host, port, security, account, from_name, from_address, timeout_s } = smtp;
            json!({"name": one.name, "enabled": one.enabled, "host": host, "port": port, "security": security,
                "account": account, "from_name": from_name, "from_address": from_address, "timeout_s": timeout_s,
                "password": secret})
        }
        ChannelConfig::Webhook(WebhookConfig { url, events, operator_id, timeout_s }) => {
            json!({"name": one.name, "enabled": one.enabled, "url": url, "events": events,
                "operator_id": operator_id, "timeout_s": timeout_s, "secret": secret})
        }
        ChannelConfig::Ftp(FtpConfig { host, port, account, folder, timeout_min }) => {
            json!({"name": one.name, "enabled": one.enabled, "host": host, "port": port, "account": account,
                "folder": folder, "timeout_min": timeout_min, "password": secret})
        }
    }
}

/// One of them is given.
fn config_of(
    smtp: Option<SmtpConfig>,
    webhook: Option<WebhookConfig>,
    ftp: Option<FtpConfig>,
) -> Result<ChannelConfig> {
    match (smtp, webhook, ftp) {
        (Some(smtp), None, None) => Ok(ChannelConfig::Smtp(smtp.checked()?)),
        (None, Some(webhook), None) => Ok(ChannelConfig::Webhook(webhook.checked()?)),
        (None, None, Some(ftp)) => Ok(ChannelConfig::Ftp(ftp.checked()?)),
        _ => Err(Error::invalid(
            "kind",
            "请填写 smtp（邮件）、webhook（回调）或 ftp（固件服务器）中的一个，渠道类型由此决定，之后不能修改",
            "Give one of smtp, webhook and ftp: it says what kind of channel it is, which does not change later.",
        )),
    }
}

fn secret_checked(secret: &str) -> Result<()> {
    if WEBHOOK_SECRET.contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Error::invalid(
        "secret",
        "签名密钥应为 16 到 128 个英文字母、数字或符号，不含空格；可点「生成」",
        "A secret has 16 to 128 printable ASCII characters without blanks.",
    ))
}

impl Engine {
    pub async fn channel_list(&self) -> Result<Vec<ChannelView>> {
        let read = self.store.read(|conn| {
            let (all, waiting) = (channels::all(conn)?, deliveries::counts(conn)?);
            let all = all.into_iter().map(|one| Ok((channels::send_last(conn, one.id)?, one)));
            Ok((all.collect::<DbResult<Vec<_>>>()?, waiting))
        });
        let (all, waiting) = read.await?;
        let view = |(last, one): (Option<ChannelSend>, Channel)| ChannelView {
            id: one.id,
            kind: one.config.kind(),
            name: one.name,
            enabled: one.enabled,
            smtp: one.config.smtp().cloned(),
            webhook: one.config.webhook().cloned(),
            ftp: one.config.ftp().cloned(),
            has_secret: one.secret.is_some(),
            waiting_count: waiting.iter().find(|(id, _)| *id == one.id).map_or(0, |(_, count)| *count),
            version: one.version,
            changed_at_ms: one.changed_at_ms,
            changed_by: one.changed_by,
            last,
        };
        Ok(all.into_iter().map(view).collect())
    }

    pub async fn channel_create(&self, actor: &Actor, draft: ChannelDraft) -> Result<i64> {
        actor.must_be_platform()?;
        let now = self.clock.now();
        let name = named("name", &draft.name, NAME_MAX)?;
        let config = config_of(draft.smtp, draft.webhook, draft.ftp)?;
        if config.webhook().is_some() {
            secret_checked(draft.secret.as_deref().unwrap_or_default())?;
        }
        if config.ftp().is_some() {
            ftp_password_checked(draft.password.as_deref().unwrap_or_default())?;
        }
        let secret = self.sealed(&config, draft.password.as_deref(), draft.secret.as_deref())?;
        let one = Channel {
            id: 0,
            name,
            enabled: draft.enabled,
            config,
            secret,
            version: 1,
            changed_at_ms: now.as_ms(),
            changed_by: actor.caller.name.clone(),
        };
        let actor = actor.clone();
        let written = self.store.write(None, move |tx| {
            let all = tx.read(channels::all)?;
            if all.len() >= COUNT_MAX {
                return Err(Error::refused(
                    "channel.too_many",
                    "渠道最多 20 个，请修改已有的渠道",
                    "There are twenty channels, the most there can be; change one of them.",
                ));
            }
            free(&all, &one)?;
            operator_known(tx, &one.config)?;
            let id = channels::save(tx, &one)?;
            actor.record(tx, now, "channel_create", "channel", id, &json!({"after": told(&one)}))?;
            Ok(id)
        });
        let id = written.await?;
        self.store.subscriptions_load().await?;
        Ok(id)
    }

    /// What is kept of a password or a secret that was given.
    fn sealed(
        &self,
        config: &ChannelConfig,
        password: Option<&str>,
        secret: Option<&str>,
    ) -> Result<Option<String>> {
        let smtp = match config {
            ChannelConfig::Smtp(smtp) => smtp,
            ChannelConfig::Webhook(_) => {
                return secret.map(|secret| self.secrets.seal(&self.random, secret)).transpose();
            }
            ChannelConfig::Ftp(_) => {
                let Some(password) = password else { return Ok(None) };
                ftp_password_checked(password)?;
                return self.secrets.seal(&self.random, password).map(Some);
            }
        };
        let Some(password) = password.filter(|password| !password.is_empty()) else { return Ok(None) };
        password_checked(password)?;
        if smtp.account.as_deref().is_none_or(|account| account.trim().is_empty()) {
            return Err(Error::invalid(
                "smtp.account",
                "填写了密码时，账号不能为空",
                "With a password there must be an account.",
            ));
        }
        self.secrets.seal(&self.random, password).map(Some)
    }

    pub async fn channel_update(&self, actor: &Actor, id: i64, change: ChannelChange) -> Result<()> {
        actor.must_be_platform()?;
        let name = named("name", &change.name, NAME_MAX)?;
        let config = config_of(change.smtp, change.webhook, change.ftp)?;
        let keep = match &config {
            ChannelConfig::Smtp(_) | ChannelConfig::Ftp(_) => change.password.is_none(),
            ChannelConfig::Webhook(_) => change.secret.is_none(),
        };
        if config.webhook().is_some()
            && let Some(secret) = &change.secret
        {
            secret_checked(secret)?;
        }
        let given = self.sealed(&config, change.password.as_deref(), change.secret.as_deref())?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let written = self.store.write(None, move |tx| {
            let all = tx.read(channels::all)?;
            let before = all.iter().find(|one| one.id == id).ok_or_else(no_channel)?;
            if before.version != change.version {
                return Err(Error::conflict(
                    "channel.version_differs",
                    "该渠道刚被他人修改，已读取最新内容，请核对后再保存",
                    "Somebody has just changed this channel. Look at it as it is now, then try again.",
                ));
            }
            may_become(before, &config, keep)?;
            let after = Channel {
                name: name.clone(),
                enabled: change.enabled,
                config: config.clone(),
                secret: if keep { before.secret.clone() } else { given.clone() },
                version: before.version + 1,
                changed_at_ms: now.as_ms(),
                changed_by: actor.caller.name.clone(),
                ..before.clone()
            };
            free(&all, &after)?;
            channels::save(tx, &after)?;
            let mut detail = json!({"before": told(before), "after": told(&after)});
            if !keep {
                let field = if config.webhook().is_some() { "secret" } else { "password" };
                detail["after"][field] = json!("*** (new)");
            }
            actor.record(tx, now, "channel_update", "channel", id, &detail)
        });
        written.await?;
        self.store.subscriptions_load().await
    }

    /// The channel's password in the clear, for whoever sends through it now.
    pub fn channel_password(&self, one: &Channel) -> Result<Option<String>> {
        let Some(secret) = &one.secret else { return Ok(None) };
        self.secrets.unseal(secret).map(Some).ok_or_else(|| {
            Error::refused(
                "channel.sealed",
                "渠道的密码无法解密（数据目录的密钥文件已更换）；请在渠道中重新填写密码",
                "The channel's password cannot be read: the key file of the data folder is another one. Give the password anew.",
            )
        })
    }

    /// Keeps what came of a test.
    pub async fn channel_tested(&self, actor: &Actor, send: ChannelSend) -> Result<ChannelSend> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let kept = channels::send_append(tx, &send)?;
                let detail = json!({"address": send.target, "success": send.success});
                actor.record(tx, now, "channel_check", "channel", send.channel_id, &detail)?;
                Ok(kept)
            })
            .await
    }

    /// Keeps what came of a mail with an invoice.
    pub async fn mail_turn(
        &self,
        mail: WaitingMail,
        send: ChannelSend,
        fault: Option<SendFault>,
    ) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                channels::send_append(tx, &send)?;
                let (state, tries, next) = mail_fate(mail.tries, fault.as_ref(), now);
                let mail = WaitingMail { tries, ..mail.clone() };
                let Some(fault) = &fault else { return arrived(tx, &mail, now) };
                if state == MailState::Failed {
                    mail_told(tx, mail.invoice, &mail.address, mail.tries, now)?;
                    let told = format!("{}：{}", mail.address, fault.text.zh);
                    invoices::event_append(tx, mail.invoice, "mail_failed", "", &told, now)?;
                }
                channels::mail_turn(tx, &mail, state, next, Some(&fault.text.zh), now)
            })
            .await
    }

    /// Keeps what came of a mail that the invoice's own channel was to send.
    pub async fn mail_redelivered(&self, mail: WaitingMail, fault: Option<Text>) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| match &fault {
                None => {
                    invoices::event_append(tx, mail.invoice, "redeliver", "", &mail.address, now)?;
                    arrived(tx, &mail, now)
                }
                Some(text) => {
                    let next = now.plus_ms(CHANNEL_MINUTES * MINUTE_MS);
                    channels::mail_turn(tx, &mail, MailState::Waiting, next, Some(&text.zh), now)
                }
            })
            .await
    }

    /// Forgets the log of what was sent.
    pub async fn channel_sends_prune(&self) -> Result<u64> {
        let before = self.clock.now().plus_ms(-self.rules().job_runs_kept_ms);
        let sends = self.store.write(None, move |tx| channels::sends_prune(tx, before)).await?;
        Ok(sends + self.deliveries_prune().await?)
    }
}

fn arrived(tx: &mut Tx<'_>, mail: &WaitingMail, now: Timestamp) -> Result<()> {
    channels::mail_turn(tx, mail, MailState::Sent, now, None, now)?;
    channels::invoice_sent(tx, mail.invoice)?;
    tx.changed(Change::Noun("invoice"));
    invoices::event_append(tx, mail.invoice, "sent", "", &mail.address, now)
}

fn operator_known(tx: &mut Tx<'_>, config: &ChannelConfig) -> Result<()> {
    let Some(id) = config.webhook().and_then(|webhook| webhook.operator_id) else { return Ok(()) };
    if tx.read(|conn| store::operators::exists(conn, OperatorId(id)))? {
        return Ok(());
    }
    Err(Error::invalid(
        "webhook.operator_id",
        "没有这个运营商，请从列表中重新选择",
        "There is no such operator; choose one from the list.",
    ))
}

/// Whether a channel may be changed into this one.
fn may_become(before: &Channel, after: &ChannelConfig, keep: bool) -> Result<()> {
    match (&before.config, after) {
        // Or whoever may change the server could have the password sent to one of their own.
        (ChannelConfig::Smtp(old), ChannelConfig::Smtp(new)) => {
            if !keep || before.secret.is_none() || new.same_door(old) {
                return Ok(());
            }
            Err(password_anew())
        }
        (ChannelConfig::Ftp(old), ChannelConfig::Ftp(new)) => {
            if !keep || new.same_door(old) {
                Ok(())
            } else {
                Err(password_anew())
            }
        }
        // What waits for one operator's receiver must never reach another's.
        (ChannelConfig::Webhook(old), ChannelConfig::Webhook(new)) => {
            if old.operator_id == new.operator_id {
                return Ok(());
            }
            Err(Error::invalid(
                "webhook.operator_id",
                "回调的运营商范围不能修改；请停用此渠道，另建一个",
                "Whose things a webhook tells does not change. Switch this channel off and make another one.",
            ))
        }
        _ => Err(Error::invalid(
            "kind",
            "渠道类型不能修改；请另建一个渠道",
            "A channel's kind does not change; make another channel.",
        )),
    }
}

fn password_anew() -> Error {
    Error::invalid(
        "password",
        "修改服务器、端口、加密方式或账号时，请重新填写密码，以免原密码被发到新的服务器",
        "Give the password anew when the server, port, security or account changes, so that the old one is not sent to another server.",
    )
}

fn free(all: &[Channel], one: &Channel) -> Result<()> {
    if all.iter().any(|other| other.id != one.id && other.name == one.name) {
        return Err(taken("name", "channel.exists", "渠道名称", "channel's name"));
    }
    Ok(())
}

/// What a send is called in the log.
pub fn send_record(channel: i64, purpose: ChannelPurpose, target: &str, at_ms: i64) -> ChannelSend {
    ChannelSend {
        id: 0,
        channel_id: channel,
        purpose,
        target: target.to_owned(),
        success: true,
        message: None,
        took_ms: 0,
        at_ms,
        status: None,
        delivery_id: None,
    }
}
