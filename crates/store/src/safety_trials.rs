//! 试算: a safety rule is tried on what is kept of past orders.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page};
use crate::ids::Noun;
use crate::order_list::order_no;
use crate::safety_act_list::SafetyPoint;
use crate::safety_acts::evidence;
use model::access::Scope;
use model::id::OrderId;
use model::safety::{SafetyAction, SafetyLevel, SafetyMeasure, SafetyScope};
use model::site::PileKind;
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a trial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SafetyTrialState {
    Running,
    Done,
    Cancelled,
}

impl SafetyTrialState {
    fn as_str(self) -> &'static str {
        match self {
            SafetyTrialState::Running => "running",
            SafetyTrialState::Done => "done",
            SafetyTrialState::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Option<SafetyTrialState> {
        use SafetyTrialState::{Cancelled, Done, Running};
        [Running, Done, Cancelled].into_iter().find(|one| one.as_str() == text)
    }
}

/// The rule that is tried; it need not be one that is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SafetyTrialRule {
    pub name: String,
    pub measure: SafetyMeasure,
    pub unit: String,
    pub threshold: i64,
    pub hold_s: i64,
    pub samples: i64,
    pub hysteresis: i64,
    pub scope: SafetyScope,
    pub level: SafetyLevel,
    pub action: SafetyAction,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SafetyTrial {
    pub id: i64,
    pub rule: SafetyTrialRule,
    pub from_ms: i64,
    /// Exclusive.
    pub to_ms: i64,
    pub state: SafetyTrialState,
    /// Orders that it looks at, and has looked at.
    pub total: i64,
    pub done: i64,
    /// Of how many nothing was kept that the rule looks at.
    pub bare: i64,
    /// Orders of which the rule would have found its case.
    pub hits: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub ended_at_ms: Option<i64>,
    /// The last order that was looked at.
    #[serde(skip)]
    pub after_id: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SafetyTrialHit {
    pub order_id: i64,
    pub order_no: String,
    pub pile_code: String,
    pub station_name: String,
    pub at_ms: i64,
    pub value: i64,
    /// How often in this order.
    pub times: i64,
    pub evidence: Vec<SafetyPoint>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SafetyTrialDetail {
    #[serde(flatten)]
    pub trial: SafetyTrial,
    /// The first two hundred.
    pub orders: Vec<SafetyTrialHit>,
}

const COLUMNS: &str = "t.id, t.rule, t.from_ms, t.to_ms, t.state, t.total, t.done, t.bare, t.hits, t.created_at_ms, \
    t.created_by, t.ended_at_ms, t.after_id";

fn trial(row: &Row<'_>) -> DbResult<SafetyTrial> {
    let rule = serde_json::from_str(&row.text(1)?);
    Ok(SafetyTrial {
        id: row.int(0)?,
        rule: rule.map_err(|why| DbError::Fault(format!("the rule of a trial: {why}")))?,
        from_ms: row.int(2)?,
        to_ms: row.int(3)?,
        state: row.word(4, SafetyTrialState::parse)?,
        total: row.int(5)?,
        done: row.int(6)?,
        bare: row.int(7)?,
        hits: row.int(8)?,
        created_at_ms: row.int(9)?,
        created_by: row.text(10)?,
        ended_at_ms: row.int_opt(11)?,
        after_id: row.int(12)?,
    })
}

/// The newest first; old ones are of no use to anybody.
pub fn safety_trial_list(conn: &mut Conn) -> DbResult<Page<SafetyTrial>> {
    let sql = format!("SELECT {COLUMNS} FROM safety_trial t ORDER BY t.id DESC LIMIT 50");
    Ok(Page::whole(conn.query(&sql, &[], trial)?))
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<SafetyTrial>> {
    conn.find(&format!("SELECT {COLUMNS} FROM safety_trial t WHERE t.id = $1"), &[id.into()], trial)
}

/// The one that is to go on; one at a time.
pub fn running(conn: &mut Conn) -> DbResult<Option<SafetyTrial>> {
    let sql = format!("SELECT {COLUMNS} FROM safety_trial t WHERE t.state = 'running' ORDER BY t.id LIMIT 1");
    conn.find(&sql, &[], trial)
}

pub fn safety_trial_get(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<SafetyTrialDetail>> {
    let Some(trial) = find(conn, id)? else { return Ok(None) };
    let mut filter = Filter::new();
    filter.and_value("h.trial_id = ?", id);
    filter.scope("o.operator_id", "o.station_id", scope);
    let sql = format!(
        "SELECT h.order_id, o.created_at_ms, p.code, s.name, h.at_ms, h.value, h.times, h.evidence \
         FROM safety_trial_hit h JOIN orders o ON o.id = h.order_id JOIN pile p ON p.id = o.pile_id \
         JOIN station s ON s.id = o.station_id {} ORDER BY h.order_id DESC LIMIT 200",
        filter.sql()
    );
    let orders = conn.query(&sql, &filter.values, |row| {
        let id = row.int(0)?;
        let points = evidence(&row.text(7)?)?;
        Ok(SafetyTrialHit {
            order_id: id,
            order_no: order_no(id, row.int(1)?),
            pile_code: row.text(2)?,
            station_name: row.text(3)?,
            at_ms: row.int(4)?,
            value: row.int(5)?,
            times: row.int(6)?,
            evidence: points.into_iter().map(|(at_ms, value)| SafetyPoint { at_ms, value }).collect(),
        })
    })?;
    Ok(Some(SafetyTrialDetail { trial, orders }))
}

fn of_rule(rule: &SafetyScope, from_ms: i64, to_ms: i64) -> Filter {
    let mut filter = Filter::new();
    filter.and_value("o.started_at_ms >= ?", from_ms);
    filter.and_value("o.started_at_ms < ?", to_ms);
    filter.and("o.ended_at_ms IS NOT NULL");
    filter.and_some("o.operator_id = ?", rule.operator_id);
    filter.and_some("o.station_id = ?", rule.station_id);
    filter.and_some("LOWER(p.vendor) = ?", rule.vendor.as_deref().map(str::to_ascii_lowercase));
    filter.and_some("LOWER(p.model) = ?", rule.model.as_deref().map(str::to_ascii_lowercase));
    filter.and_some("p.kind = ?", rule.kind.map(PileKind::as_str));
    filter
}

/// Begins one: how many orders it will look at is counted once.
pub fn insert(tx: &mut Tx<'_>, one: &SafetyTrial) -> Result<SafetyTrial> {
    let filter = of_rule(&one.rule.scope, one.from_ms, one.to_ms);
    let sql = format!(
        "SELECT COUNT(*), CAST(COALESCE(MIN(o.id), 1) AS BIGINT) FROM orders o JOIN pile p ON p.id = o.pile_id {}",
        filter.sql()
    );
    let counted = tx.find(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?)))?;
    let (total, first) = counted.unwrap_or((0, 1));
    let id = tx.next_id(Noun::SafetyTrial)?;
    let rule = serde_json::to_string(&one.rule).map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO safety_trial (id, rule, from_ms, to_ms, state, after_id, total, done, bare, hits, created_at_ms, \
         created_by) VALUES ($1, $2, $3, $4, 'running', $5, $6, 0, 0, 0, $7, $8)",
        &[
            id.into(),
            rule.into(),
            one.from_ms.into(),
            one.to_ms.into(),
            (first - 1).into(),
            total.into(),
            one.created_at_ms.into(),
            (&one.created_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("safety_trial"));
    Ok(SafetyTrial { id, total, after_id: first - 1, ..one.clone() })
}

/// An order that is to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct TrialOrder {
    pub order: OrderId,
    pub rated_w: i64,
}

/// The next ones of a trial.
pub fn next_orders(conn: &mut Conn, one: &SafetyTrial, most: i64) -> DbResult<Vec<TrialOrder>> {
    let mut filter = of_rule(&one.rule.scope, one.from_ms, one.to_ms);
    filter.and_value("o.id > ?", one.after_id);
    let most = filter.bind(most);
    let sql = format!(
        "SELECT o.id, p.rated_power_w FROM orders o JOIN pile p ON p.id = o.pile_id {} ORDER BY o.id LIMIT {most}",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        Ok(TrialOrder { order: OrderId(row.int(0)?), rated_w: row.int(1)? })
    })
}

/// What a trial has found in one order.
#[derive(Clone, Debug)]
pub struct NewHit {
    pub order: OrderId,
    pub at_ms: i64,
    pub value: i64,
    pub times: i64,
    pub evidence: Vec<(i64, i64)>,
}

/// Keeps how far it is. Doing it twice changes nothing: the row says after which order it goes on.
pub fn advance(
    tx: &mut Tx<'_>,
    one: &SafetyTrial,
    before: i64,
    hits: &[NewHit],
    now: Timestamp,
) -> Result<()> {
    let ended = (one.state != SafetyTrialState::Running).then_some(now.as_ms());
    let kept = tx.execute(
        "UPDATE safety_trial SET state = $1, after_id = $2, done = $3, bare = $4, hits = $5, ended_at_ms = $6 \
         WHERE id = $7 AND after_id = $8 AND state = 'running'",
        &[
            one.state.as_str().into(),
            one.after_id.into(),
            one.done.into(),
            one.bare.into(),
            one.hits.into(),
            ended.into(),
            one.id.into(),
            before.into(),
        ],
    )?;
    if kept == 0 {
        return Ok(());
    }
    for hit in hits {
        let evidence = serde_json::to_string(&hit.evidence).map_err(|_| Error::internal())?;
        tx.execute(
            "INSERT INTO safety_trial_hit (trial_id, order_id, at_ms, value, times, evidence) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (trial_id, order_id) DO NOTHING",
            &[
                one.id.into(),
                hit.order.0.into(),
                hit.at_ms.into(),
                hit.value.into(),
                hit.times.into(),
                evidence.into(),
            ],
        )?;
    }
    tx.changed(Change::Noun("safety_trial"));
    Ok(())
}
