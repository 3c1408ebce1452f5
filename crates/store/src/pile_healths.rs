//! 设备健康 and 电量异常: what the nightly job reads of piles, and what it found.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult};
use crate::filter::{Filter, Page};
use model::Result;
use model::access::Scope;
use model::health::{HealthFacts, HealthReason, MeterOddityKind};
use model::time::Timestamp;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A pile in service that is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedPile {
    pub pile: i64,
    pub station: i64,
    pub operator: i64,
    /// Maker and model; empty: not known.
    pub model: String,
    pub facts: HealthFacts,
}

/// Everything but the sessions that were broken off, which are told one by one.
pub fn judged(conn: &mut Conn, from_day: i64, from_ms: i64) -> DbResult<Vec<JudgedPile>> {
    let sql = format!(
        "SELECT q.id, q.station_id, q.operator_id, {}, COALESCE(t.service_s, 0), COALESCE(t.online_s, 0), \
         COALESCE(t.fault_s, 0), COALESCE(t.offline_count, 0), COALESCE(a.n, 0), COALESCE(a.again, 0) FROM pile q \
         LEFT JOIN (SELECT pile_id, CAST(SUM(service_s) AS BIGINT) AS service_s, CAST(SUM(online_s) AS BIGINT) AS online_s, \
         CAST(SUM(fault_s) AS BIGINT) AS fault_s, CAST(SUM(offline_count) AS BIGINT) AS offline_count FROM pile_time \
         WHERE day >= $1 GROUP BY pile_id) t ON t.pile_id = q.id \
         LEFT JOIN (SELECT pile_id, COUNT(*) AS n, COUNT(repeat_of) AS again FROM alarm WHERE source = 'fault' AND pile_id IS NOT NULL \
         AND first_at_ms >= $2 GROUP BY pile_id) a ON a.pile_id = q.id \
         WHERE q.lifecycle = 'enabled' ORDER BY q.id",
        crate::report_read::MODEL
    );
    conn.query(&sql, &[from_day.into(), from_ms.into()], |row| {
        Ok(JudgedPile {
            pile: row.int(0)?,
            station: row.int(1)?,
            operator: row.int(2)?,
            model: row.text(3)?,
            facts: HealthFacts {
                service_s: row.int(4)?,
                online_s: row.int(5)?,
                fault_s: row.int(6)?,
                offline_count: row.int(7)?,
                faults: row.int(8)?,
                repeats: row.int(9)?,
                ..HealthFacts::default()
            },
        })
    })
}

/// A session of the time, as far as a pile is judged by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub order: i64,
    pub pile: i64,
    pub state: String,
    pub stop_class: Option<String>,
    pub stop_code: Option<String>,
    pub charge_ms: i64,
    pub energy_dwh: i64,
    /// By how much the register has gone on.
    pub register_dwh: Option<i64>,
}

/// Orders that began since; each is given to `each`, so that none has to be kept.
pub fn sessions(conn: &mut Conn, from_ms: i64, mut each: impl FnMut(Session)) -> DbResult<()> {
    conn.query(
        "SELECT id, pile_id, state, stop_class, stop_code, started_at_ms, ended_at_ms, energy_dwh, meter_start_dwh, \
         meter_end_dwh FROM orders WHERE started_at_ms >= $1 AND state IN ('completed', 'failed', 'abnormal')",
        &[from_ms.into()],
        |row| {
            let (start, end) = (row.int_opt(8)?, row.int_opt(9)?);
            each(Session {
                order: row.int(0)?,
                pile: row.int(1)?,
                state: row.text(2)?,
                stop_class: row.text_opt(3)?,
                stop_code: row.text_opt(4)?,
                charge_ms: row.int_opt(6)?.unwrap_or(0) - row.int(5)?,
                energy_dwh: row.int(7)?,
                register_dwh: start.zip(end).map(|(start, end)| end - start),
            });
            Ok(())
        },
    )
    .map(drop)
}

/// What each pile has sold within these days, the last of them not in it.
pub fn sold(conn: &mut Conn, from_day: i64, to_day: i64) -> DbResult<HashMap<i64, i64>> {
    let sql = "SELECT pile_id, CAST(SUM(energy_dwh) AS BIGINT) FROM pile_day WHERE day >= $1 AND day < $2 GROUP BY pile_id";
    let rows = conn.query(sql, &[from_day.into(), to_day.into()], |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok(rows.into_iter().collect())
}

/// What was found of a pile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    pub pile: JudgedPile,
    pub score: i64,
    pub reasons: Vec<HealthReason>,
}

pub fn health_save(tx: &mut Tx<'_>, one: &Health, from_day: i64, now: Timestamp) -> Result<()> {
    let reasons = serde_json::to_string(&one.reasons).map_err(|_| model::Error::internal())?;
    tx.execute(
        "INSERT INTO pile_health (pile_id, station_id, operator_id, score, reasons, start_count, from_day, made_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (pile_id) DO UPDATE SET \
         station_id = excluded.station_id, operator_id = excluded.operator_id, score = excluded.score, \
         reasons = excluded.reasons, start_count = excluded.start_count, from_day = excluded.from_day, \
         made_at_ms = excluded.made_at_ms",
        &[
            one.pile.pile.into(),
            one.pile.station.into(),
            one.pile.operator.into(),
            one.score.into(),
            reasons.into(),
            one.pile.facts.starts.into(),
            from_day.into(),
            now.as_ms().into(),
        ],
    )
    .map(drop)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOddity {
    pub pile: i64,
    pub station: i64,
    pub operator: i64,
    pub kind: MeterOddityKind,
    pub found: i64,
    pub usual: i64,
    pub cases: i64,
    pub order: Option<i64>,
}

/// One that was there before keeps since when it is so.
pub fn oddity_save(tx: &mut Tx<'_>, one: &NewOddity, from_day: i64, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO meter_oddity (pile_id, kind, station_id, operator_id, found, usual, cases, order_id, from_day, \
         since_ms, made_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) \
         ON CONFLICT (pile_id, kind) DO UPDATE SET station_id = excluded.station_id, \
         operator_id = excluded.operator_id, found = excluded.found, usual = excluded.usual, cases = excluded.cases, \
         order_id = excluded.order_id, from_day = excluded.from_day, made_at_ms = excluded.made_at_ms",
        &[
            one.pile.into(),
            one.kind.as_str().into(),
            one.station.into(),
            one.operator.into(),
            one.found.into(),
            one.usual.into(),
            one.cases.into(),
            one.order.into(),
            from_day.into(),
            now.as_ms().into(),
        ],
    )
    .map(drop)
}

/// What was not found again, and piles that are not in service any more.
pub fn older_delete(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    for sql in
        ["DELETE FROM pile_health WHERE made_at_ms < $1", "DELETE FROM meter_oddity WHERE made_at_ms < $1"]
    {
        tx.execute(sql, &[now.as_ms().into()])?;
    }
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PileHealth {
    pub pile_id: i64,
    pub pile_code: String,
    pub pile_name: String,
    pub station_id: i64,
    pub station_name: String,
    /// 100: nothing was found.
    pub score: i64,
    pub reasons: Vec<HealthReason>,
    pub start_count: i64,
    /// Since this day.
    pub from_day: i64,
    pub made_at_ms: i64,
    /// Work orders of the pile that are open.
    pub work_order_count: i64,
}

#[derive(Clone, Debug, Default)]
pub struct HealthFilter {
    pub station: Option<i64>,
    pub station_name: Option<String>,
    pub pile: Option<String>,
    /// At most this score.
    pub most: Option<i64>,
    pub after: Option<[i64; 2]>,
    pub limit: i64,
}

/// The worst first.
pub fn pile_health_list(conn: &mut Conn, scope: &Scope, wanted: &HealthFilter) -> DbResult<Page<PileHealth>> {
    let mut filter = Filter::new();
    filter.scope("h.operator_id", "h.station_id", scope);
    filter.and_some("h.station_id = ?", wanted.station);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_contains("LOWER(q.code) LIKE ?", wanted.pile.as_deref());
    filter.and_some("h.score <= ?", wanted.most);
    let from = "pile_health h JOIN pile q ON q.id = h.pile_id JOIN station s ON s.id = h.station_id";
    let total = conn.one(
        &format!("SELECT COUNT(*) FROM {from} {}", filter.sql()),
        &filter.values,
        crate::filter::count,
    )?;
    if let Some([score, pile]) = wanted.after {
        let (more, same, after) = (filter.bind(score), filter.bind(score), filter.bind(pile));
        filter.and(&format!("(h.score > {more} OR (h.score = {same} AND h.pile_id > {after}))"));
    }
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT h.pile_id, q.code, q.name, h.station_id, s.name, h.score, h.reasons, h.start_count, h.from_day, \
         h.made_at_ms, (SELECT COUNT(*) FROM work_order w WHERE w.station_id = h.station_id AND w.pile_id = h.pile_id \
         AND w.state NOT IN ('closed', 'cancelled')) FROM {from} {} ORDER BY h.score, h.pile_id LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let reasons = row.text(6)?;
        Ok(PileHealth {
            pile_id: row.int(0)?,
            pile_code: row.text(1)?,
            pile_name: row.text(2)?,
            station_id: row.int(3)?,
            station_name: row.text(4)?,
            score: row.int(5)?,
            reasons: serde_json::from_str(&reasons)
                .map_err(|why| DbError::Fault(format!("the reasons of a pile's health: {why}")))?,
            start_count: row.int(7)?,
            from_day: row.int(8)?,
            made_at_ms: row.int(9)?,
            work_order_count: row.int(10)?,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| format!("{}.{}", one.score, one.pile_id)))
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeterOddity {
    pub pile_id: i64,
    pub pile_code: String,
    pub station_id: i64,
    pub station_name: String,
    pub kind: MeterOddityKind,
    /// In 0.1 Wh, of `power` in watts.
    pub found: i64,
    pub usual: i64,
    pub cases: i64,
    /// The clearest of the orders.
    pub order_id: Option<i64>,
    pub from_day: i64,
    pub since_ms: i64,
    pub made_at_ms: i64,
}

/// All of them: they are few by nature.
pub fn meter_oddity_list(
    conn: &mut Conn,
    scope: &Scope,
    kind: Option<MeterOddityKind>,
) -> DbResult<Vec<MeterOddity>> {
    let mut filter = Filter::new();
    filter.scope("m.operator_id", "m.station_id", scope);
    filter.and_some("m.kind = ?", kind.map(MeterOddityKind::as_str));
    let sql = format!(
        "SELECT m.pile_id, q.code, m.station_id, s.name, m.kind, m.found, m.usual, m.cases, m.order_id, m.from_day, \
         m.since_ms, m.made_at_ms FROM meter_oddity m JOIN pile q ON q.id = m.pile_id \
         JOIN station s ON s.id = m.station_id {} ORDER BY m.since_ms DESC, m.pile_id, m.kind LIMIT 1000",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        Ok(MeterOddity {
            pile_id: row.int(0)?,
            pile_code: row.text(1)?,
            station_id: row.int(2)?,
            station_name: row.text(3)?,
            kind: row.word(4, MeterOddityKind::parse)?,
            found: row.int(5)?,
            usual: row.int(6)?,
            cases: row.int(7)?,
            order_id: row.int_opt(8)?,
            from_day: row.int(9)?,
            since_ms: row.int(10)?,
            made_at_ms: row.int(11)?,
        })
    })
}
