//! 经营建议: keeping them, and reading them.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::access::Scope;
use model::advice::{AdviceEffect, AdviceExpected, AdviceFact, AdviceKind, AdviceState};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// 0 before it is kept.
    pub id: i64,
    /// What it is about: the same every night.
    pub subject: String,
    pub kind: AdviceKind,
    pub state: AdviceState,
    pub operator: Option<i64>,
    pub station: Option<i64>,
    pub pile: Option<i64>,
    pub facts: Vec<AdviceFact>,
    pub expected: Option<AdviceExpected>,
    pub effect: Option<AdviceEffect>,
    pub made_at: Timestamp,
    pub seen_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<String>,
    pub reason: Option<String>,
    pub version: i64,
}

/// As staff see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Advice)]
pub struct AdviceView {
    pub id: i64,
    pub kind: AdviceKind,
    pub state: AdviceState,
    pub station_id: Option<i64>,
    pub station_name: Option<String>,
    pub pile_code: Option<String>,
    pub pile_name: Option<String>,
    /// The figures that it rests on.
    pub facts: Vec<AdviceFact>,
    pub expected: Option<AdviceExpected>,
    /// Measured once enough days have passed since it was taken.
    pub effect: Option<AdviceEffect>,
    pub made_at_ms: i64,
    /// The last night in which it held.
    pub seen_at_ms: i64,
    pub decided_at_ms: Option<i64>,
    pub decided_by: Option<String>,
    pub reason: Option<String>,
    pub version: i64,
}

const COLUMNS: &str = "a.id, a.subject, a.kind, a.state, a.operator_id, a.station_id, a.pile_id, a.facts, a.expected, \
    a.effect, a.made_at_ms, a.seen_at_ms, a.decided_at_ms, a.decided_by, a.reason, a.version";

fn json<T: serde::de::DeserializeOwned>(text: &str) -> DbResult<T> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("an advice cannot be read: {why}")))
}

fn advice(row: &Row<'_>) -> DbResult<Advice> {
    Ok(Advice {
        id: row.int(0)?,
        subject: row.text(1)?,
        kind: row.word(2, AdviceKind::parse)?,
        state: row.word(3, AdviceState::parse)?,
        operator: row.int_opt(4)?,
        station: row.int_opt(5)?,
        pile: row.int_opt(6)?,
        facts: json(&row.text(7)?)?,
        expected: row.text_opt(8)?.map(|text| json(&text)).transpose()?,
        effect: row.text_opt(9)?.map(|text| json(&text)).transpose()?,
        made_at: Timestamp::from_ms(row.int(10)?),
        seen_at: Timestamp::from_ms(row.int(11)?),
        decided_at: row.int_opt(12)?.map(Timestamp::from_ms),
        decided_by: row.text_opt(13)?,
        reason: row.text_opt(14)?,
        version: row.int(15)?,
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<Advice>> {
    let mut filter = Filter::new();
    filter.and_value("a.id = ?", id);
    filter.scope("a.operator_id", "a.station_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM advice a {}", filter.sql()), &filter.values, advice)
}

/// The latest about something, whatever became of it.
pub fn latest(conn: &mut Conn, subject: &str) -> DbResult<Option<Advice>> {
    conn.find(
        &format!("SELECT {COLUMNS} FROM advice a WHERE a.subject = $1 ORDER BY a.id DESC LIMIT 1"),
        &[subject.into()],
        advice,
    )
}

/// All in a state, the oldest first.
pub fn in_state(conn: &mut Conn, state: AdviceState, most: i64) -> DbResult<Vec<Advice>> {
    conn.query(
        &format!("SELECT {COLUMNS} FROM advice a WHERE a.state = $1 ORDER BY a.id LIMIT $2"),
        &[state.as_str().into(), most.into()],
        advice,
    )
}

fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::internal())
}

/// Keeps a new one, or what has changed of one.
pub fn save(tx: &mut Tx<'_>, one: &Advice) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::Advice)? } else { one.id };
    let live = (one.state == AdviceState::New).then(|| one.subject.clone());
    tx.execute(
        "INSERT INTO advice (id, subject, live_key, kind, state, operator_id, station_id, pile_id, facts, expected, \
         effect, made_at_ms, seen_at_ms, decided_at_ms, decided_by, reason, version) VALUES ($1, $2, $3, $4, $5, $6, \
         $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO UPDATE SET \
         live_key = excluded.live_key, state = excluded.state, facts = excluded.facts, expected = excluded.expected, \
         effect = excluded.effect, seen_at_ms = excluded.seen_at_ms, decided_at_ms = excluded.decided_at_ms, \
         decided_by = excluded.decided_by, reason = excluded.reason, version = excluded.version",
        &[
            id.into(),
            (&one.subject).into(),
            live.into(),
            one.kind.as_str().into(),
            one.state.as_str().into(),
            one.operator.into(),
            one.station.into(),
            one.pile.into(),
            text(&one.facts)?.into(),
            one.expected.as_ref().map(text).transpose()?.into(),
            one.effect.as_ref().map(text).transpose()?.into(),
            one.made_at.as_ms().into(),
            one.seen_at.as_ms().into(),
            one.decided_at.map(Timestamp::as_ms).into(),
            one.decided_by.as_ref().into(),
            one.reason.as_ref().into(),
            one.version.into(),
        ],
    )?;
    tx.changed(Change::Noun("advice"));
    Ok(id)
}

#[derive(Clone, Debug, Default)]
pub struct AdviceFilter {
    pub state: Option<AdviceState>,
    pub kind: Option<AdviceKind>,
    pub station_id: Option<i64>,
    pub station_name: Option<String>,
    /// Ids below this one.
    pub before: Option<i64>,
    pub limit: i64,
}

const FROM: &str =
    "FROM advice a LEFT JOIN station s ON s.id = a.station_id LEFT JOIN pile p ON p.id = a.pile_id";

fn view(row: &Row<'_>) -> DbResult<AdviceView> {
    let one = advice(row)?;
    Ok(AdviceView {
        id: one.id,
        kind: one.kind,
        state: one.state,
        station_id: one.station,
        station_name: row.text_opt(16)?,
        pile_code: row.text_opt(17)?,
        pile_name: row.text_opt(18)?,
        facts: one.facts,
        expected: one.expected,
        effect: one.effect,
        made_at_ms: one.made_at.as_ms(),
        seen_at_ms: one.seen_at.as_ms(),
        decided_at_ms: one.decided_at.map(Timestamp::as_ms),
        decided_by: one.decided_by,
        reason: one.reason,
        version: one.version,
    })
}

/// Newest first.
pub fn advice_list(conn: &mut Conn, scope: &Scope, wanted: &AdviceFilter) -> DbResult<Page<AdviceView>> {
    let mut filter = Filter::new();
    filter.scope("a.operator_id", "a.station_id", scope);
    filter.and_some("a.state = ?", wanted.state.map(AdviceState::as_str));
    filter.and_some("a.kind = ?", wanted.kind.map(AdviceKind::as_str));
    filter.and_some("a.station_id = ?", wanted.station_id);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("a.id < ?", wanted.before);
    let most = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {COLUMNS}, s.name, p.code, p.name {FROM} {} ORDER BY a.id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, view)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

pub fn advice_get(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<AdviceView>> {
    let mut filter = Filter::new();
    filter.and_value("a.id = ?", id);
    filter.scope("a.operator_id", "a.station_id", scope);
    let sql = format!("SELECT {COLUMNS}, s.name, p.code, p.name {FROM} {}", filter.sql());
    conn.find(&sql, &filter.values, view)
}

/// Those that nobody has decided on.
pub fn new_count(conn: &mut Conn, scope: &Scope) -> DbResult<i64> {
    let mut filter = Filter::new();
    filter.and("a.live_key IS NOT NULL");
    filter.scope("a.operator_id", "a.station_id", scope);
    conn.one(&format!("SELECT COUNT(*) FROM advice a {}", filter.sql()), &filter.values, count)
}
