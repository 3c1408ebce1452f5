//! 客服反馈: writing it, and reading what decides.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::feedback::{FeedbackAction, FeedbackKind, FeedbackLimit, FeedbackSource, FeedbackState};
use model::id::{FeedbackId, OrderId, StaffId};
use model::time::Timestamp;

/// What decides what may be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Feedback {
    pub id: FeedbackId,
    pub no: String,
    pub request_id: String,
    pub upload_token: String,
    pub phone: Option<String>,
    pub state: FeedbackState,
    pub handler: Option<StaffId>,
    pub order: Option<OrderId>,
    pub created_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub merged_into: Option<FeedbackId>,
    pub version: i64,
    /// 1 to 5.
    pub score: Option<i64>,
    pub score_text: Option<String>,
    pub scored_at: Option<Timestamp>,
    pub escalated_at: Option<Timestamp>,
}

const COLUMNS: &str = "f.id, f.no, f.request_id, f.upload_token, f.phone, f.state, f.handler_id, f.order_id, \
    f.created_at_ms, f.answered_at_ms, f.closed_at_ms, f.merged_into, f.version, \
    f.score, f.score_text, f.scored_at_ms, f.escalated_at_ms";

fn feedback(row: &Row<'_>) -> DbResult<Feedback> {
    Ok(Feedback {
        id: FeedbackId(row.int(0)?),
        no: row.text(1)?,
        request_id: row.text(2)?,
        upload_token: row.text(3)?,
        phone: row.text_opt(4)?,
        state: row.word(5, FeedbackState::parse)?,
        handler: row.int_opt(6)?.map(StaffId),
        order: row.int_opt(7)?.map(OrderId),
        created_at: Timestamp::from_ms(row.int(8)?),
        answered_at: row.int_opt(9)?.map(Timestamp::from_ms),
        closed_at: row.int_opt(10)?.map(Timestamp::from_ms),
        merged_into: row.int_opt(11)?.map(FeedbackId),
        version: row.int(12)?,
        score: row.int_opt(13)?,
        score_text: row.text_opt(14)?,
        scored_at: row.int_opt(15)?.map(Timestamp::from_ms),
        escalated_at: row.int_opt(16)?.map(Timestamp::from_ms),
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: FeedbackId) -> DbResult<Option<Feedback>> {
    let mut filter = Filter::new();
    filter.and_value("f.id = ?", id.0);
    filter.scope("f.operator_id", "f.station_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM feedback f {}", filter.sql()), &filter.values, feedback)
}

pub fn by_no(conn: &mut Conn, no: &str) -> DbResult<Option<Feedback>> {
    conn.find(&format!("SELECT {COLUMNS} FROM feedback f WHERE f.no = $1"), &[no.into()], feedback)
}

pub fn by_request(conn: &mut Conn, request_id: &str) -> DbResult<Option<Feedback>> {
    let sql = format!("SELECT {COLUMNS} FROM feedback f WHERE f.request_id = $1");
    conn.find(&sql, &[request_id.into()], feedback)
}

/// Those that are open, not escalated, and later than promised by more than this, the oldest first.
pub fn long_overdue(conn: &mut Conn, before: Timestamp, most: i64) -> DbResult<Vec<Feedback>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM feedback f WHERE f.state <> 'closed' AND f.state <> 'merged' \
         AND f.escalated_at_ms IS NULL AND ((f.answered_at_ms IS NULL AND f.answer_due_ms < $1) OR f.close_due_ms < $1) \
         ORDER BY f.id LIMIT $2"
    );
    conn.query(&sql, &[before.as_ms().into(), most.into()], feedback)
}

/// How many came from this number since then.
pub fn of_phone_since(conn: &mut Conn, phone: &str, since: Timestamp) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM feedback WHERE phone = $1 AND created_at_ms > $2";
    conn.one(sql, &[phone.into(), since.as_ms().into()], count)
}

/// Where a pile stands: its id, its station and operator.
pub fn place_of_pile(conn: &mut Conn, code: &str) -> DbResult<Option<(i64, i64, i64)>> {
    let sql = "SELECT id, station_id, operator_id FROM pile WHERE code = $1";
    conn.find(sql, &[code.into()], |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))
}

/// Where it was, as far as it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedbackPlace {
    pub station: Option<i64>,
    pub pile: Option<i64>,
    pub connector_no: Option<i64>,
}

pub fn place_of(conn: &mut Conn, id: FeedbackId) -> DbResult<Option<FeedbackPlace>> {
    let sql = "SELECT station_id, pile_id, connector_no FROM feedback WHERE id = $1";
    conn.find(sql, &[id.0.into()], |row| {
        Ok(FeedbackPlace { station: row.int_opt(0)?, pile: row.int_opt(1)?, connector_no: row.int_opt(2)? })
    })
}

pub fn operator_of_station(conn: &mut Conn, station: i64) -> DbResult<Option<i64>> {
    conn.find("SELECT operator_id FROM station WHERE id = $1", &[station.into()], |row| row.int(0))
}

/// The customer with this phone number, the latest when there are several.
pub fn customer_of_phone(conn: &mut Conn, phone: &str) -> DbResult<Option<(i64, String)>> {
    let sql = "SELECT id, name FROM customer WHERE phone = $1 ORDER BY id DESC LIMIT 1";
    conn.find(sql, &[phone.into()], |row| Ok((row.int(0)?, row.text(1)?)))
}

/// Whether an order exists and is in the scope of whoever links it.
pub fn order_seen(conn: &mut Conn, scope: &Scope, order: OrderId) -> DbResult<bool> {
    let mut filter = Filter::new();
    filter.and_value("o.id = ?", order.0);
    filter.scope("o.operator_id", "o.station_id", scope);
    Ok(conn.one(&format!("SELECT COUNT(*) FROM orders o {}", filter.sql()), &filter.values, count)? > 0)
}

pub fn limit_of(conn: &mut Conn, kind: FeedbackKind) -> DbResult<FeedbackLimit> {
    let sql = "SELECT answer_minutes, close_minutes FROM feedback_limit WHERE kind = $1";
    let set = conn.find(sql, &[kind.as_str().into()], |row| {
        Ok(FeedbackLimit { answer_minutes: row.int(0)?, close_minutes: row.int(1)? })
    })?;
    Ok(set.unwrap_or_else(|| kind.limits_default()))
}

pub fn limit_save(tx: &mut Tx<'_>, kind: FeedbackKind, limit: FeedbackLimit) -> Result<()> {
    let sql = "INSERT INTO feedback_limit (kind, answer_minutes, close_minutes) VALUES ($1, $2, $3) \
               ON CONFLICT (kind) DO UPDATE SET answer_minutes = excluded.answer_minutes, \
               close_minutes = excluded.close_minutes";
    let values = [kind.as_str().into(), limit.answer_minutes.into(), limit.close_minutes.into()];
    tx.execute(sql, &values).map(drop)
}

/// One that comes in.
#[derive(Clone, Debug)]
pub struct NewFeedback {
    pub request_id: String,
    pub upload_token: String,
    pub source: FeedbackSource,
    pub kind: FeedbackKind,
    pub category: String,
    pub content: String,
    pub phone: Option<String>,
    pub name: Option<String>,
    pub customer: Option<i64>,
    pub operator: Option<i64>,
    pub station: Option<i64>,
    pub pile: Option<i64>,
    pub connector_no: Option<i64>,
    pub order: Option<OrderId>,
    pub limit: FeedbackLimit,
}

/// Writes it under the number that `number` makes of its id.
pub fn insert(
    tx: &mut Tx<'_>,
    new: &NewFeedback,
    now: Timestamp,
    number: impl Fn(i64) -> String,
) -> Result<(FeedbackId, String)> {
    let id = tx.next_id(Noun::Feedback)?;
    let no = number(id);
    let due = |minutes: i64| now.as_ms() + minutes * model::time::MINUTE_MS;
    tx.execute(
        "INSERT INTO feedback (id, no, request_id, upload_token, source, kind, category, content, phone, name, \
         customer_id, operator_id, station_id, pile_id, connector_no, order_id, state, answer_due_ms, close_due_ms, \
         created_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        &[
            id.into(),
            (&no).into(),
            (&new.request_id).into(),
            (&new.upload_token).into(),
            new.source.as_str().into(),
            new.kind.as_str().into(),
            (&new.category).into(),
            (&new.content).into(),
            new.phone.as_ref().into(),
            new.name.as_ref().into(),
            new.customer.into(),
            new.operator.into(),
            new.station.into(),
            new.pile.into(),
            new.connector_no.into(),
            new.order.map(|order| order.0).into(),
            FeedbackState::Waiting.as_str().into(),
            due(new.limit.answer_minutes).into(),
            due(new.limit.close_minutes).into(),
            now.as_ms().into(),
            1.into(),
        ],
    )?;
    Ok((FeedbackId(id), no))
}

/// What may have changed of it; its version goes up by one.
pub fn save(tx: &mut Tx<'_>, one: &Feedback) -> Result<()> {
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
    tx.execute(
        "UPDATE feedback SET state = $1, handler_id = $2, order_id = $3, answered_at_ms = $4, closed_at_ms = $5, \
         merged_into = $6, score = $7, score_text = $8, scored_at_ms = $9, escalated_at_ms = $10, \
         version = version + 1 WHERE id = $11",
        &[
            one.state.as_str().into(),
            one.handler.map(|staff| staff.0).into(),
            one.order.map(|order| order.0).into(),
            ms(one.answered_at).into(),
            ms(one.closed_at).into(),
            one.merged_into.map(|id| id.0).into(),
            one.score.into(),
            one.score_text.as_ref().into(),
            ms(one.scored_at).into(),
            ms(one.escalated_at).into(),
            one.id.0.into(),
        ],
    )?;
    Ok(())
}

/// A line of its story.
pub struct NewEvent<'a> {
    pub action: FeedbackAction,
    /// Nobody when the person wrote.
    pub staff_name: Option<&'a str>,
    pub text: &'a str,
    pub told: bool,
}

pub fn event_append(tx: &mut Tx<'_>, id: FeedbackId, event: &NewEvent<'_>, now: Timestamp) -> Result<()> {
    let event_id = tx.next_id(Noun::FeedbackEvent)?;
    tx.execute(
        "INSERT INTO feedback_event (id, feedback_id, at_ms, action, staff_name, text, told) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            event_id.into(),
            id.0.into(),
            now.as_ms().into(),
            event.action.as_str().into(),
            event.staff_name.into(),
            event.text.into(),
            event.told.into(),
        ],
    )?;
    Ok(())
}
