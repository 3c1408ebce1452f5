//! What webhooks are told: who wants to know what, and the outbox of what is still to be told.

use crate::Tx;
use crate::change::Change;
use crate::channels::{self, Channel};
use crate::db::{Conn, DbResult, Insert, Inserts, Row, Value};
use crate::filter::{Filter, Page, count, count_some};
use crate::ids::{Ids, Noun};
use model::channel::{WebhookEvent, WebhookState, delivery_key};
use model::id::OperatorId;
use model::time::Timestamp;
use model::{Error, Result, Text};
use serde::Serialize;
use utoipa::ToSchema;

/// A webhook that is on. Known to all writers, so that what nobody wants to know costs nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    pub channel: i64,
    pub operator: Option<i64>,
    pub events: Vec<WebhookEvent>,
}

pub(crate) fn subscriptions(conn: &mut Conn) -> DbResult<Vec<Subscription>> {
    let of = |one: Channel| {
        let webhook = one.config.webhook().filter(|_| one.enabled)?;
        Some(Subscription { channel: one.id, operator: webhook.operator_id, events: webhook.events.clone() })
    };
    Ok(channels::all(conn)?.into_iter().filter_map(of).collect())
}

impl Subscription {
    /// What belongs to nobody is told to those only who are told everything.
    pub fn wants(&self, event: WebhookEvent, operator: Option<OperatorId>) -> bool {
        let theirs = self.operator.is_none_or(|own| operator.is_some_and(|of| of.0 == own));
        theirs && self.events.contains(&event)
    }
}

/// Something to be told to a webhook.
#[derive(Clone, Debug)]
pub(crate) struct NewDelivery {
    pub channel: i64,
    pub event: WebhookEvent,
    pub subject: String,
    pub body: String,
    pub at: Timestamp,
}

static DELIVERY: Insert = Insert {
    table: "delivery",
    columns: &[
        "id",
        "channel_id",
        "event",
        "subject",
        "body",
        "state",
        "tries",
        "next_at_ms",
        "holds",
        "created_at_ms",
        "waits_from_ms",
    ],
    on_conflict: "",
};

/// At the end of the transaction in which it happens.
pub(crate) fn inserts(conn: &mut Conn, ids: &mut Ids, new: &[NewDelivery]) -> DbResult<Inserts<'static>> {
    let mut values: Vec<Value<'static>> = Vec::with_capacity(new.len() * DELIVERY.columns.len());
    for one in new {
        values.extend::<[Value<'static>; 11]>([
            ids.next(conn, Noun::Delivery)?.into(),
            one.channel.into(),
            one.event.as_str().into(),
            one.subject.clone().into(),
            one.body.clone().into(),
            WebhookState::Waiting.as_str().into(),
            0.into(),
            0.into(),
            false.into(),
            one.at.as_ms().into(),
            one.at.as_ms().into(),
        ]);
    }
    Ok(Inserts { insert: &DELIVERY, values })
}

impl Tx<'_> {
    /// Tells the webhooks that want to know of it; what it is about and what happened are made only for
    /// them. Written at the end, when an id may be leased.
    pub fn deliver(
        &mut self,
        event: WebhookEvent,
        operator: Option<OperatorId>,
        at: Timestamp,
        told: impl FnOnce(&mut Self) -> Result<(String, String)>,
    ) -> Result<()> {
        let all = self.hot.shared.subscriptions();
        let mut wanting = all.iter().filter(|one| one.wants(event, operator)).peekable();
        if wanting.peek().is_none() {
            return Ok(());
        }
        let (subject, body) = told(self)?;
        for one in wanting {
            let (subject, body) = (subject.clone(), body.clone());
            self.deliveries.push(NewDelivery { channel: one.channel, event, subject, body, at });
        }
        Ok(())
    }
}

/// Something that a webhook was told, or is to be.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Delivery {
    pub id: i64,
    pub channel_id: i64,
    /// As its receiver sees it.
    pub key: String,
    pub event: WebhookEvent,
    /// What it is about: the number of an order, a pile, feedback, an invoice.
    pub subject: String,
    /// JSON
    pub body: String,
    pub state: WebhookState,
    pub tries: i64,
    /// When it is tried again, if it waits and was tried.
    pub next_at_ms: i64,
    pub created_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    /// Of the last answer.
    pub status: Option<i64>,
    /// Why it did not arrive the last time.
    pub message: Option<Text>,
}

const COLUMNS: &str = "id, channel_id, event, subject, body, state, tries, next_at_ms, created_at_ms, ended_at_ms, status, message";

fn delivery(row: &Row<'_>) -> DbResult<Delivery> {
    let (id, created_at_ms) = (row.int(0)?, row.int(8)?);
    Ok(Delivery {
        id,
        channel_id: row.int(1)?,
        key: delivery_key(id, created_at_ms),
        event: row.word(2, WebhookEvent::parse)?,
        subject: row.text(3)?,
        body: row.text(4)?,
        state: row.word(5, WebhookState::parse)?,
        tries: row.int(6)?,
        next_at_ms: row.int(7)?,
        created_at_ms,
        ended_at_ms: row.int_opt(9)?,
        status: row.int_opt(10)?,
        message: row.text_opt(11)?.and_then(|text| serde_json::from_str(&text).ok()),
    })
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<Delivery>> {
    conn.find(&format!("SELECT {COLUMNS} FROM delivery WHERE id = $1"), &[id.into()], delivery)
}

/// Whose turn it is, the oldest first. None while the channel's receiver does not work: what came later
/// shall not overtake.
pub fn due(conn: &mut Conn, channel: i64, now: Timestamp, most: i64) -> DbResult<Vec<Delivery>> {
    let held = "SELECT COUNT(*) FROM delivery WHERE channel_id = $1 AND state = 'waiting' AND holds AND next_at_ms > $2";
    if conn.one(held, &[channel.into(), now.as_ms().into()], count)? > 0 {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM delivery WHERE channel_id = $1 AND state = 'waiting' AND next_at_ms <= $2 \
         ORDER BY id LIMIT $3"
    );
    conn.query(&sql, &[channel.into(), now.as_ms().into(), most.into()], delivery)
}

/// What came of a try.
#[derive(Clone, Debug)]
pub struct Turn {
    pub state: WebhookState,
    pub tries: i64,
    pub next: Timestamp,
    pub holds: bool,
    pub status: Option<i64>,
    pub message: Option<Text>,
}

pub fn turn(tx: &mut Tx<'_>, id: i64, turn: &Turn, now: Timestamp) -> Result<()> {
    let message =
        turn.message.as_ref().map(serde_json::to_string).transpose().map_err(|_| Error::internal())?;
    let ended = (turn.state != WebhookState::Waiting).then(|| now.as_ms());
    tx.execute(
        "UPDATE delivery SET state = $1, tries = $2, next_at_ms = $3, holds = $4, status = $5, ended_at_ms = $6, \
         message = $7 WHERE id = $8 AND state = 'waiting'",
        &[
            turn.state.as_str().into(),
            turn.tries.into(),
            turn.next.as_ms().into(),
            turn.holds.into(),
            turn.status.into(),
            ended.into(),
            message.into(),
            id.into(),
        ],
    )?;
    tx.changed(Change::Noun("channel"));
    Ok(())
}

/// Gives up what waits since before then; how many.
pub fn expire(tx: &mut Tx<'_>, before: Timestamp, now: Timestamp) -> Result<u64> {
    let gone = tx.execute(
        "UPDATE delivery SET state = 'failed', holds = FALSE, ended_at_ms = $1 \
         WHERE state = 'waiting' AND waits_from_ms < $2",
        &[now.as_ms().into(), before.as_ms().into()],
    )?;
    if gone > 0 {
        tx.changed(Change::Noun("channel"));
    }
    Ok(gone)
}

/// Whether anything waits since before then, which costs less than writing.
pub fn any_older(conn: &mut Conn, before: Timestamp) -> DbResult<bool> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM delivery WHERE state = 'waiting' AND waits_from_ms < $1 LIMIT 1) AS old";
    Ok(conn.one(sql, &[before.as_ms().into()], count)? > 0)
}

/// To be sent once more, from the first try on.
pub fn again(tx: &mut Tx<'_>, id: i64, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE delivery SET state = 'waiting', tries = 0, next_at_ms = 0, holds = FALSE, ended_at_ms = NULL, \
         status = NULL, message = NULL, waits_from_ms = $1 WHERE id = $2 AND state <> 'waiting'",
        &[now.as_ms().into(), id.into()],
    )?;
    tx.changed(Change::Noun("channel"));
    Ok(())
}

/// Forgets what ended before then.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM delivery WHERE ended_at_ms < $1", &[before.as_ms().into()])
}

#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    pub state: Option<WebhookState>,
    pub event: Option<WebhookEvent>,
    pub subject: Option<String>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
pub fn delivery_list(conn: &mut Conn, channel: i64, wanted: &DeliveryFilter) -> DbResult<Page<Delivery>> {
    let mut filter = Filter::new();
    filter.and_value("channel_id = ?", channel);
    filter.and_some("state = ?", wanted.state.map(WebhookState::as_str));
    filter.and_some("event = ?", wanted.event.map(WebhookEvent::as_str));
    filter.and_contains("LOWER(subject) LIKE ?", wanted.subject.as_deref());
    let total = count_some(conn, "delivery", &filter)?;
    filter.and_some("id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!("SELECT {COLUMNS} FROM delivery {} ORDER BY id DESC LIMIT {limit}", filter.sql());
    let rows = conn.query(&sql, &filter.values, delivery)?;
    Ok(Page::of(rows, wanted.limit, total, |one| one.id.to_string()))
}

/// How many wait, by channel.
pub fn counts(conn: &mut Conn) -> DbResult<Vec<(i64, i64)>> {
    let sql = "SELECT channel_id, COUNT(*) FROM delivery WHERE state = 'waiting' GROUP BY channel_id";
    conn.query(sql, &[], |row| Ok((row.int(0)?, row.int(1)?)))
}
