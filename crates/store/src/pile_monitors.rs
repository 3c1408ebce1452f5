//! 监视器 of piles of OCPP 2, as far as they have told of them.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use model::Result;
use model::id::PileId;
use model::monitor::{MonitorChange, MonitorReport};
use model::site::Pile;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Most of one pile: a hostile one must not fill the disk.
const MONITORS_MAX: i64 = 2_000;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileMonitor {
    /// The pile's number for it.
    pub no: i64,
    /// `Component.Variable`
    pub name: String,
    /// `UpperThreshold`, `LowerThreshold`, `Delta`, `Periodic`, `PeriodicClockAligned`, …
    pub kind: String,
    pub value: Option<String>,
    /// 0 (danger) to 9 (debug).
    pub severity: i64,
    /// Only while a session runs.
    pub in_session: Option<bool>,
    /// `HardWiredMonitor`, `PreconfiguredMonitor`, `CustomMonitor`; OCPP 2.1 only.
    pub origin: Option<String>,
    pub told_at_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileMonitors {
    pub items: Vec<PileMonitor>,
    /// Which are in force, as it was last set from here: `All`, `FactoryDefault`, `HardWiredOnly`.
    #[schema(rename = "base")]
    pub base: Option<String>,
    /// What is less urgent is not reported, as it was last set from here.
    pub severity: Option<i64>,
}

/// By variable. The caller has found the pile in the caller's scope.
pub fn pile_monitor_list(conn: &mut Conn, pile: PileId) -> DbResult<PileMonitors> {
    let sql = "SELECT monitor_no, name, kind, value, severity, in_session, origin, told_at_ms FROM pile_monitor \
               WHERE pile_id = $1 ORDER BY name, monitor_no";
    let items = conn.query(sql, &[pile.0.into()], |row| {
        Ok(PileMonitor {
            no: row.int(0)?,
            name: row.text(1)?,
            kind: row.text(2)?,
            value: row.text_opt(3)?,
            severity: row.int(4)?,
            in_session: row.bool_opt(5)?,
            origin: row.text_opt(6)?,
            told_at_ms: row.int(7)?,
        })
    })?;
    let sql = "SELECT base, severity FROM pile_monitoring WHERE pile_id = $1";
    let set = conn.find(sql, &[pile.0.into()], |row| Ok((row.text_opt(0)?, row.int_opt(1)?)))?;
    let (base, severity) = set.unwrap_or_default();
    Ok(PileMonitors { items, base, severity })
}

/// How urgent what this monitor notices is.
pub fn severity_of(conn: &mut Conn, pile: PileId, no: i64) -> DbResult<Option<i64>> {
    let sql = "SELECT severity FROM pile_monitor WHERE pile_id = $1 AND monitor_no = $2";
    conn.find(sql, &[pile.0.into(), no.into()], |row| row.int(0))
}

/// What a pile has accepted or told, in this order.
pub fn apply(tx: &mut Tx<'_>, pile: &Pile, changes: &[MonitorChange], now: Timestamp) -> Result<()> {
    let id = pile.id.0;
    for change in changes {
        match change {
            MonitorChange::Set(report) => set(tx, pile.id, report, now)?,
            MonitorChange::Gone { no } => {
                let sql = "DELETE FROM pile_monitor WHERE pile_id = $1 AND monitor_no = $2";
                tx.execute(sql, &[id.into(), (*no).into()])?;
            }
            MonitorChange::Anew => {
                // The report may be here before the answer that announces it is kept.
                let sql = "DELETE FROM pile_monitor WHERE pile_id = $1 AND told_at_ms < $2";
                tx.execute(sql, &[id.into(), now.as_ms().into()])?;
            }
            MonitorChange::Level { severity } => {
                tx.execute(
                    "INSERT INTO pile_monitoring (pile_id, severity, told_at_ms) VALUES ($1, $2, $3) \
                     ON CONFLICT (pile_id) DO UPDATE SET severity = excluded.severity, told_at_ms = excluded.told_at_ms",
                    &[id.into(), (*severity).into(), now.as_ms().into()],
                )?;
            }
            MonitorChange::Base { word } => {
                tx.execute(
                    "INSERT INTO pile_monitoring (pile_id, base, told_at_ms) VALUES ($1, $2, $3) \
                     ON CONFLICT (pile_id) DO UPDATE SET base = excluded.base, told_at_ms = excluded.told_at_ms",
                    &[id.into(), word.as_str().into(), now.as_ms().into()],
                )?;
            }
        }
    }
    tx.changed(Change::Pile { pile: pile.id, operator: pile.operator });
    Ok(())
}

/// An answer that names only some of it leaves the rest as it is known.
fn set(tx: &mut Tx<'_>, pile: PileId, report: &MonitorReport, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO pile_monitor (pile_id, monitor_no, name, kind, value, severity, in_session, origin, told_at_ms) \
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), $3, $4, $5, CAST($6 AS BIGINT), CAST($7 AS BOOLEAN), $8, \
         CAST($9 AS BIGINT) WHERE (SELECT COUNT(*) FROM pile_monitor WHERE pile_id = $10) < $11 \
         ON CONFLICT (pile_id, monitor_no) DO UPDATE SET name = excluded.name, kind = excluded.kind, \
         value = COALESCE(excluded.value, pile_monitor.value), severity = excluded.severity, \
         in_session = COALESCE(excluded.in_session, pile_monitor.in_session), \
         origin = COALESCE(excluded.origin, pile_monitor.origin), told_at_ms = excluded.told_at_ms",
        &[
            pile.0.into(),
            report.no.into(),
            (&report.name).into(),
            (&report.kind).into(),
            report.value.as_ref().into(),
            report.severity.into(),
            report.in_session.into(),
            report.origin.as_ref().into(),
            now.as_ms().into(),
            pile.0.into(),
            MONITORS_MAX.into(),
        ],
    )?;
    Ok(())
}
