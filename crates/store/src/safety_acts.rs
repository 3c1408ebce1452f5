//! 安全事件: writing them, and reading what is still awaited.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::access::Scope;
use model::id::{ConnectorNo, OperatorId, OrderId, PileId, StationId};
use model::safety::{SafetyActState, SafetyAction, SafetyLevel, SafetyMeasure, SafetyStep, SafetyVerdict};
use model::time::Timestamp;
use model::{Error, Result};

/// What was done to a pile and is to be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// The whole pile gives less until its session is over.
    Limit,
    /// It is out of service until a person puts it back.
    Lock,
}

impl Held {
    fn as_str(self) -> &'static str {
        match self {
            Held::Limit => "limit",
            Held::Lock => "lock",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Held> {
        [Held::Limit, Held::Lock].into_iter().find(|one| one.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct SafetyAct {
    pub id: i64,
    /// The same rule and session are one act.
    pub key: String,
    pub rule: i64,
    pub rule_name: String,
    pub measure: SafetyMeasure,
    pub threshold: i64,
    pub value: i64,
    pub level: SafetyLevel,
    pub action: SafetyAction,
    pub of_vehicle: bool,
    pub state: SafetyActState,
    /// What was done last.
    pub step: SafetyStep,
    pub repeat_s: i64,
    pub operator: OperatorId,
    pub station: StationId,
    pub pile: PileId,
    pub connector: ConnectorNo,
    pub order: Option<OrderId>,
    pub frame: Option<i64>,
    /// Milliseconds and values.
    pub evidence: Vec<(i64, i64)>,
    pub since: Timestamp,
    pub at: Timestamp,
    pub last_at: Timestamp,
    pub times: i64,
    /// When it is looked at whether the pile has obeyed.
    pub next: Option<Timestamp>,
    pub held: Option<Held>,
    pub verdict: Option<SafetyVerdict>,
    pub verdict_text: Option<String>,
    pub verdict_by: Option<String>,
    pub verdict_at: Option<Timestamp>,
    pub version: i64,
}

const COLUMNS: &str = "a.id, a.act_key, a.rule_id, a.rule_name, a.measure, a.threshold, a.value, a.level, a.action, \
    a.of_vehicle, a.state, a.step, a.repeat_s, a.operator_id, a.station_id, a.pile_id, a.connector_no, a.order_id, \
    a.frame_id, a.evidence, a.since_ms, a.at_ms, a.last_at_ms, a.times, a.next_at_ms, a.held, a.verdict, \
    a.verdict_text, a.verdict_by, a.verdict_at_ms, a.version";

pub(crate) fn evidence(text: &str) -> DbResult<Vec<(i64, i64)>> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("the evidence of an act: {why}")))
}

fn act(row: &Row<'_>) -> DbResult<SafetyAct> {
    let at = |ms: Option<i64>| ms.map(Timestamp::from_ms);
    Ok(SafetyAct {
        id: row.int(0)?,
        key: row.text(1)?,
        rule: row.int(2)?,
        rule_name: row.text(3)?,
        measure: row.word(4, SafetyMeasure::parse)?,
        threshold: row.int(5)?,
        value: row.int(6)?,
        level: row.word(7, SafetyLevel::parse)?,
        action: row.word(8, SafetyAction::parse)?,
        of_vehicle: row.bool(9)?,
        state: row.word(10, SafetyActState::parse)?,
        step: row.word(11, SafetyStep::parse)?,
        repeat_s: row.int(12)?,
        operator: OperatorId(row.int(13)?),
        station: StationId(row.int(14)?),
        pile: PileId(row.int(15)?),
        connector: ConnectorNo::try_from(row.int(16)?).unwrap_or(0),
        order: row.int_opt(17)?.map(OrderId),
        frame: row.int_opt(18)?,
        evidence: evidence(&row.text(19)?)?,
        since: Timestamp::from_ms(row.int(20)?),
        at: Timestamp::from_ms(row.int(21)?),
        last_at: Timestamp::from_ms(row.int(22)?),
        times: row.int(23)?,
        next: at(row.int_opt(24)?),
        held: row.word_opt(25, Held::parse)?,
        verdict: row.word_opt(26, SafetyVerdict::parse)?,
        verdict_text: row.text_opt(27)?,
        verdict_by: row.text_opt(28)?,
        verdict_at: at(row.int_opt(29)?),
        version: row.int(30)?,
    })
}

pub fn by_key(conn: &mut Conn, key: &str) -> DbResult<Option<SafetyAct>> {
    conn.find(&format!("SELECT {COLUMNS} FROM safety_act a WHERE a.act_key = $1"), &[key.into()], act)
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<SafetyAct>> {
    let mut filter = Filter::new();
    filter.and_value("a.id = ?", id);
    filter.scope("a.operator_id", "a.station_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM safety_act a {}", filter.sql()), &filter.values, act)
}

/// Those of which it is time to see whether they were obeyed; the oldest first.
pub fn due(conn: &mut Conn, now: Timestamp, most: i64) -> DbResult<Vec<SafetyAct>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM safety_act a WHERE a.next_at_ms <= $1 ORDER BY a.next_at_ms, a.id LIMIT $2"
    );
    conn.query(&sql, &[now.as_ms().into(), most.into()], act)
}

/// Limits of whole piles whose sessions are over.
pub fn limits_over(conn: &mut Conn, most: i64) -> DbResult<Vec<SafetyAct>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM safety_act a LEFT JOIN orders o ON o.id = a.order_id WHERE a.held = 'limit' \
         AND (o.id IS NULL OR o.state NOT IN ('starting', 'charging', 'stopping')) ORDER BY a.id LIMIT $1"
    );
    conn.query(&sql, &[most.into()], act)
}

/// Keeps a new one; its id.
pub fn insert(tx: &mut Tx<'_>, one: &SafetyAct) -> Result<i64> {
    let id = tx.next_id(Noun::SafetyAct)?;
    let evidence = serde_json::to_string(&one.evidence).map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO safety_act (id, act_key, rule_id, rule_name, measure, threshold, value, level, action, \
         of_vehicle, state, step, repeat_s, operator_id, station_id, pile_id, connector_no, order_id, frame_id, \
         evidence, since_ms, at_ms, last_at_ms, times, next_at_ms, held, version) VALUES ($1, $2, $3, $4, $5, $6, \
         $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, 1)",
        &[
            id.into(),
            (&one.key).into(),
            one.rule.into(),
            (&one.rule_name).into(),
            one.measure.as_str().into(),
            one.threshold.into(),
            one.value.into(),
            one.level.as_str().into(),
            one.action.as_str().into(),
            one.of_vehicle.into(),
            one.state.as_str().into(),
            one.step.as_str().into(),
            one.repeat_s.into(),
            one.operator.0.into(),
            one.station.0.into(),
            one.pile.0.into(),
            i64::from(one.connector).into(),
            one.order.map(|order| order.0).into(),
            one.frame.into(),
            evidence.into(),
            one.since.as_ms().into(),
            one.at.as_ms().into(),
            one.last_at.as_ms().into(),
            one.times.into(),
            one.next.map(Timestamp::as_ms).into(),
            one.held.map(Held::as_str).into(),
        ],
    )?;
    tx.changed(Change::Noun("safety_act"));
    Ok(id)
}

/// What may have changed of it; false when somebody else was faster.
pub fn save(tx: &mut Tx<'_>, one: &SafetyAct) -> Result<bool> {
    let evidence = serde_json::to_string(&one.evidence).map_err(|_| Error::internal())?;
    let saved = tx.execute(
        "UPDATE safety_act SET value = $1, state = $2, step = $3, evidence = $4, last_at_ms = $5, times = $6, \
         next_at_ms = $7, held = $8, verdict = $9, verdict_text = $10, verdict_by = $11, verdict_at_ms = $12, \
         version = version + 1 WHERE id = $13 AND version = $14",
        &[
            one.value.into(),
            one.state.as_str().into(),
            one.step.as_str().into(),
            evidence.into(),
            one.last_at.as_ms().into(),
            one.times.into(),
            one.next.map(Timestamp::as_ms).into(),
            one.held.map(Held::as_str).into(),
            one.verdict.map(SafetyVerdict::as_str).into(),
            one.verdict_text.as_ref().into(),
            one.verdict_by.as_ref().into(),
            one.verdict_at.map(Timestamp::as_ms).into(),
            one.id.into(),
            one.version.into(),
        ],
    )?;
    tx.changed(Change::Noun("safety_act"));
    Ok(saved > 0)
}

/// A line of its story.
pub struct NewStep<'a> {
    pub act: i64,
    pub step: SafetyStep,
    pub command: Option<i64>,
    pub staff_name: Option<&'a str>,
    pub text: &'a str,
}

pub fn step_append(tx: &mut Tx<'_>, new: &NewStep<'_>, now: Timestamp) -> Result<()> {
    let id = tx.next_id(Noun::SafetyStep)?;
    tx.execute(
        "INSERT INTO safety_step (id, act_id, at_ms, step, command_id, staff_name, text) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            new.act.into(),
            now.as_ms().into(),
            new.step.as_str().into(),
            new.command.into(),
            new.staff_name.into(),
            new.text.into(),
        ],
    )?;
    Ok(())
}
