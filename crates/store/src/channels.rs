//! 渠道: what they are, what was sent through them, and the mails that wait.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count_some};
use crate::ids::Noun;
use model::channel::{ChannelConfig, ChannelKind, ChannelPurpose};
use model::id::InvoiceId;
use model::invoice::MailState;
use model::time::Timestamp;
use model::{Error, Result, Text};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug)]
pub struct Channel {
    pub id: i64,
    pub name: String,
    pub enabled: bool,
    pub config: ChannelConfig,
    /// Sealed.
    pub secret: Option<String>,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

const COLUMNS: &str = "id, kind, name, enabled, config, secret, version, changed_at_ms, changed_by";

fn channel(row: &Row<'_>) -> DbResult<Channel> {
    let id = row.int(0)?;
    let text = row.text(4)?;
    let config = match row.word(1, ChannelKind::parse)? {
        ChannelKind::Smtp => serde_json::from_str(&text).map(ChannelConfig::Smtp),
        ChannelKind::Webhook => serde_json::from_str(&text).map(ChannelConfig::Webhook),
        ChannelKind::Ftp => serde_json::from_str(&text).map(ChannelConfig::Ftp),
    };
    Ok(Channel {
        id,
        name: row.text(2)?,
        enabled: row.bool(3)?,
        config: config.map_err(|why| DbError::Fault(format!("the configuration of channel {id}: {why}")))?,
        secret: row.text_opt(5)?,
        version: row.int(6)?,
        changed_at_ms: row.int(7)?,
        changed_by: row.text(8)?,
    })
}

/// In the order in which they are tried.
pub fn all(conn: &mut Conn) -> DbResult<Vec<Channel>> {
    conn.query(&format!("SELECT {COLUMNS} FROM channel ORDER BY id"), &[], channel)
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<Channel>> {
    conn.find(&format!("SELECT {COLUMNS} FROM channel WHERE id = $1"), &[id.into()], channel)
}

/// Writes a new one, or the one that has its id.
pub fn save(tx: &mut Tx<'_>, one: &Channel) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::Channel)? } else { one.id };
    let config = match &one.config {
        ChannelConfig::Smtp(smtp) => serde_json::to_string(smtp),
        ChannelConfig::Webhook(webhook) => serde_json::to_string(webhook),
        ChannelConfig::Ftp(ftp) => serde_json::to_string(ftp),
    };
    let config = config.map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO channel (id, kind, name, enabled, config, secret, version, changed_at_ms, changed_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
         enabled = excluded.enabled, config = excluded.config, secret = excluded.secret, version = excluded.version, \
         changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        &[
            id.into(),
            one.config.kind().as_str().into(),
            (&one.name).into(),
            one.enabled.into(),
            config.into(),
            one.secret.as_ref().into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("channel"));
    Ok(id)
}

/// Something that was sent, or was tried to be.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChannelSend {
    pub id: i64,
    pub channel_id: i64,
    pub purpose: ChannelPurpose,
    /// The address.
    pub target: String,
    pub success: bool,
    /// Why not, in the other side's own words where it said some.
    pub message: Option<Text>,
    pub took_ms: i64,
    pub at_ms: i64,
    /// Of the answer, where it was one of HTTP.
    pub status: Option<i64>,
    /// What was tried, for a webhook.
    pub delivery_id: Option<i64>,
}

const SEND: &str = "id, channel_id, purpose, target, success, message, took_ms, at_ms, status, delivery_id";

fn send(row: &Row<'_>) -> DbResult<ChannelSend> {
    Ok(ChannelSend {
        id: row.int(0)?,
        channel_id: row.int(1)?,
        purpose: row.word(2, ChannelPurpose::parse)?,
        target: row.text(3)?,
        success: row.bool(4)?,
        message: row.text_opt(5)?.and_then(|text| serde_json::from_str(&text).ok()),
        took_ms: row.int(6)?,
        at_ms: row.int(7)?,
        status: row.int_opt(8)?,
        delivery_id: row.int_opt(9)?,
    })
}

/// Writes it under an id of its own, which it has then.
pub fn send_append(tx: &mut Tx<'_>, new: &ChannelSend) -> Result<ChannelSend> {
    let id = tx.next_id(Noun::ChannelSend)?;
    let message =
        new.message.as_ref().map(serde_json::to_string).transpose().map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO channel_send (id, channel_id, purpose, target, success, message, took_ms, at_ms, \
         status, delivery_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            id.into(),
            new.channel_id.into(),
            new.purpose.as_str().into(),
            (&new.target).into(),
            new.success.into(),
            message.into(),
            new.took_ms.into(),
            new.at_ms.into(),
            new.status.into(),
            new.delivery_id.into(),
        ],
    )?;
    tx.changed(Change::Noun("channel"));
    Ok(ChannelSend { id, ..new.clone() })
}

pub fn send_last(conn: &mut Conn, channel: i64) -> DbResult<Option<ChannelSend>> {
    let sql = format!("SELECT {SEND} FROM channel_send WHERE channel_id = $1 ORDER BY id DESC LIMIT 1");
    conn.find(&sql, &[channel.into()], send)
}

#[derive(Clone, Debug, Default)]
pub struct ChannelSendFilter {
    pub purpose: Option<ChannelPurpose>,
    pub success: Option<bool>,
    pub target: Option<String>,
    pub delivery_id: Option<i64>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn channel_send_list(
    conn: &mut Conn,
    channel: i64,
    wanted: &ChannelSendFilter,
) -> DbResult<Page<ChannelSend>> {
    let mut filter = Filter::new();
    filter.and_value("channel_id = ?", channel);
    filter.and_some("purpose = ?", wanted.purpose.map(ChannelPurpose::as_str));
    filter.and_some("success = ?", wanted.success);
    filter.and_contains("LOWER(target) LIKE ?", wanted.target.as_deref());
    filter.and_some("delivery_id = ?", wanted.delivery_id);
    let total = count_some(conn, "channel_send", &filter)?;
    filter.and_some("id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {SEND} FROM channel_send {} ORDER BY id DESC LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, send)?;
    Ok(Page::of(rows, wanted.limit, total, |one| one.id.to_string()))
}

pub fn sends_prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM channel_send WHERE at_ms < $1", &[before.as_ms().into()])
}

/// A mail whose turn it is.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingMail {
    pub id: i64,
    pub invoice: InvoiceId,
    pub address: String,
    pub tries: i64,
}

/// The oldest first.
pub fn mails_due(conn: &mut Conn, now: Timestamp, most: i64) -> DbResult<Vec<WaitingMail>> {
    let sql = "SELECT id, noun_id, address, tries FROM mail WHERE state = 'waiting' AND noun = 'invoice' \
               AND next_at_ms <= $1 ORDER BY id LIMIT $2";
    conn.query(sql, &[now.as_ms().into(), most.into()], |row| {
        Ok(WaitingMail {
            id: row.int(0)?,
            invoice: InvoiceId(row.int(1)?),
            address: row.text(2)?,
            tries: row.int(3)?,
        })
    })
}

/// What became of a mail that waits. `next`: it is tried again then, and waits on.
pub fn mail_turn(
    tx: &mut Tx<'_>,
    mail: &WaitingMail,
    state: MailState,
    next: Timestamp,
    message: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let ended = (state != MailState::Waiting).then(|| now.as_ms());
    tx.execute(
        "UPDATE mail SET state = $1, tries = $2, next_at_ms = $3, message = $4, ended_at_ms = $5 \
         WHERE id = $6 AND state = 'waiting'",
        &[
            state.as_str().into(),
            mail.tries.into(),
            next.as_ms().into(),
            message.into(),
            ended.into(),
            mail.id.into(),
        ],
    )?;
    tx.changed(Change::Noun("invoice"));
    Ok(())
}

/// An issued invoice was sent to somebody.
pub fn invoice_sent(tx: &mut Tx<'_>, invoice: InvoiceId) -> Result<()> {
    let sql = "UPDATE invoice SET state = 'sent', version = version + 1 WHERE id = $1 AND state = 'issued'";
    tx.execute(sql, &[invoice.0.into()]).map(drop)
}
