//! 安全规则屏蔽: a rule that does nothing at a station, or at one of its piles, until a moment.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::{OperatorId, PileId, StationId};
use model::safety::{SafetyLevel, SafetyPause};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One that begins.
#[derive(Clone, Debug)]
pub struct NewSafetyPause {
    pub rule: i64,
    pub rule_name: String,
    pub operator: OperatorId,
    pub station: StationId,
    pub pile: Option<PileId>,
    pub reason: String,
    pub from: Timestamp,
    pub until: Timestamp,
    pub staff_name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = SafetyPause)]
pub struct SafetyPauseView {
    pub id: i64,
    pub rule_id: i64,
    pub rule_name: String,
    /// Of the rule as it is now; null: it was deleted.
    pub level: Option<SafetyLevel>,
    pub station_id: i64,
    pub station_name: String,
    /// Null: all piles of the station.
    pub pile_code: Option<String>,
    pub reason: String,
    pub from_ms: i64,
    pub until_ms: i64,
    /// It holds now.
    pub live: bool,
    pub created_by: String,
    /// Somebody has ended it before its time.
    pub ended_at_ms: Option<i64>,
    pub ended_by: Option<String>,
    /// How often the rule would have acted meanwhile, and when last.
    pub held_count: i64,
    pub held_at_ms: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct SafetyPauseFilter {
    pub rule: Option<i64>,
    pub station: Option<i64>,
    pub station_name: Option<String>,
    pub live: Option<bool>,
    pub before: Option<i64>,
    pub limit: i64,
}

pub fn insert(tx: &mut Tx<'_>, new: &NewSafetyPause) -> Result<i64> {
    let id = tx.next_id(Noun::SafetyPause)?;
    tx.execute(
        "INSERT INTO safety_pause (id, rule_id, rule_name, operator_id, station_id, pile_id, reason, from_ms, until_ms, \
         created_by, held_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
        &[
            id.into(),
            new.rule.into(),
            (&new.rule_name).into(),
            new.operator.0.into(),
            new.station.0.into(),
            new.pile.map(|pile| pile.0).into(),
            (&new.reason).into(),
            new.from.as_ms().into(),
            new.until.as_ms().into(),
            (&new.staff_name).into(),
        ],
    )?;
    tx.changed(Change::Noun("safety_pause"));
    Ok(id)
}

/// Ends one now; whether it still held.
pub fn end(tx: &mut Tx<'_>, id: i64, staff_name: &str, now: Timestamp) -> Result<bool> {
    let done = tx.execute(
        "UPDATE safety_pause SET ended_at_ms = $1, ended_by = $2 WHERE id = $3 AND ended_at_ms IS NULL AND until_ms > $1",
        &[now.as_ms().into(), staff_name.into(), id.into()],
    )?;
    tx.changed(Change::Noun("safety_pause"));
    Ok(done > 0)
}

/// The rule would have acted.
pub fn held(tx: &mut Tx<'_>, id: i64, at: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE safety_pause SET held_count = held_count + 1, held_at_ms = $1 WHERE id = $2",
        &[at.as_ms().into(), id.into()],
    )?;
    tx.changed(Change::Noun("safety_pause"));
    Ok(())
}

/// Those that hold or will end later than a moment, as judging needs them.
pub fn in_force(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<SafetyPause>> {
    let sql = "SELECT id, rule_id, station_id, pile_id, until_ms, reason FROM safety_pause \
               WHERE until_ms > $1 AND ended_at_ms IS NULL ORDER BY id";
    conn.query(sql, &[now.as_ms().into()], |row| {
        Ok(SafetyPause {
            id: row.int(0)?,
            rule: row.int(1)?,
            station: StationId(row.int(2)?),
            pile: row.int_opt(3)?.map(PileId),
            until: Timestamp::from_ms(row.int(4)?),
            reason: row.text(5)?,
        })
    })
}

fn view(row: &Row<'_>, now: Timestamp) -> DbResult<SafetyPauseView> {
    let (until_ms, ended_at_ms) = (row.int(9)?, row.int_opt(11)?);
    Ok(SafetyPauseView {
        id: row.int(0)?,
        rule_id: row.int(1)?,
        rule_name: row.text(2)?,
        level: row.word_opt(3, SafetyLevel::parse)?,
        station_id: row.int(4)?,
        station_name: row.text(5)?,
        pile_code: row.text_opt(6)?,
        reason: row.text(7)?,
        from_ms: row.int(8)?,
        until_ms,
        live: ended_at_ms.is_none() && until_ms > now.as_ms(),
        created_by: row.text(10)?,
        ended_at_ms,
        ended_by: row.text_opt(12)?,
        held_count: row.int(13)?,
        held_at_ms: row.int_opt(14)?,
    })
}

const FROM: &str = "FROM safety_pause x JOIN station s ON s.id = x.station_id LEFT JOIN pile p ON p.id = x.pile_id \
    LEFT JOIN safety_rule r ON r.id = x.rule_id";

/// Newest first.
pub fn safety_pause_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &SafetyPauseFilter,
    now: Timestamp,
) -> DbResult<Page<SafetyPauseView>> {
    let mut filter = Filter::new();
    filter.scope("x.operator_id", "x.station_id", scope);
    filter.and_some("x.rule_id = ?", wanted.rule);
    filter.and_some("x.station_id = ?", wanted.station);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    match wanted.live {
        Some(true) => filter.and_value("x.ended_at_ms IS NULL AND x.until_ms > ?", now.as_ms()),
        Some(false) => filter.and_value("(x.ended_at_ms IS NOT NULL OR x.until_ms <= ?)", now.as_ms()),
        None => {}
    }
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("x.id < ?", wanted.before);
    let most = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT x.id, x.rule_id, x.rule_name, r.level, x.station_id, s.name, p.code, x.reason, x.from_ms, x.until_ms, \
         x.created_by, x.ended_at_ms, x.ended_by, x.held_count, x.held_at_ms {FROM} {} ORDER BY x.id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| view(row, now))?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

/// What decides whether somebody may end it.
pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<(i64, String)>> {
    let mut filter = Filter::new();
    filter.and_value("x.id = ?", id);
    filter.scope("x.operator_id", "x.station_id", scope);
    let sql = format!("SELECT x.rule_id, x.rule_name FROM safety_pause x {}", filter.sql());
    conn.find(&sql, &filter.values, |row| Ok((row.int(0)?, row.text(1)?)))
}
