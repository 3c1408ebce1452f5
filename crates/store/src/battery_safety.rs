//! 电池安全报告: made of the battery report once its session has ended, and again when more of it is told.

use crate::Tx;
use crate::battery_reports;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::order_list::order_no;
use model::access::Scope;
use model::battery::{BatteryReport, BatteryWord};
use model::id::{OperatorId, OrderId, PileId, StationId};
use model::safety::{BatteryFinding, SafetyLevel};
use model::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatterySafety {
    pub order_id: i64,
    pub order_no: String,
    pub station_id: i64,
    pub station_name: String,
    pub operator_name: String,
    pub pile_code: String,
    pub connector_no: i64,
    /// Of the gravest finding; null where nothing was found.
    pub level: Option<SafetyLevel>,
    pub findings: Vec<BatteryFinding>,
    /// Why it ended, as the BMS or the charger has said.
    pub causes: Vec<BatteryWord>,
    pub cell_voltage_max_mv: Option<i64>,
    pub temperature_min_c: Option<i64>,
    pub temperature_max_c: Option<i64>,
    pub soc_start_percent: Option<i64>,
    pub soc_end_percent: Option<i64>,
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    pub duration_s: i64,
    /// When webhooks were told to warn the driver.
    pub warned_at_ms: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct BatterySafetyFilter {
    pub level: Option<SafetyLevel>,
    /// With any finding.
    pub found: Option<bool>,
    pub order_id: Option<i64>,
    pub station_name: Option<String>,
    pub pile: Option<String>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub to_ms: Option<i64>,
    pub before: Option<i64>,
    pub limit: i64,
}

fn broken(why: serde_json::Error) -> DbError {
    DbError::Fault(format!("a report on a battery: {why}"))
}

fn view(row: &Row<'_>) -> DbResult<BatterySafety> {
    let order_id = row.int(0)?;
    let (started, ended) = (row.int(14)?, row.int(15)?);
    Ok(BatterySafety {
        order_id,
        order_no: order_no(order_id, row.int(1)?),
        station_id: row.int(2)?,
        station_name: row.text(3)?,
        operator_name: row.text(4)?,
        pile_code: row.text(5)?,
        connector_no: row.int(6)?,
        level: row.word_opt(7, SafetyLevel::parse)?,
        findings: serde_json::from_str(&row.text(8)?).map_err(broken)?,
        causes: serde_json::from_str(&row.text(17)?).map_err(broken)?,
        cell_voltage_max_mv: row.int_opt(9)?,
        temperature_min_c: row.int_opt(10)?,
        temperature_max_c: row.int_opt(11)?,
        soc_start_percent: row.int_opt(12)?,
        soc_end_percent: row.int_opt(13)?,
        started_at_ms: started,
        ended_at_ms: ended,
        duration_s: (ended - started) / 1_000,
        warned_at_ms: row.int_opt(16)?,
    })
}

/// The order that was begun last first.
pub fn battery_safety_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &BatterySafetyFilter,
) -> DbResult<Page<BatterySafety>> {
    let from = "FROM battery_safety b JOIN orders o ON o.id = b.order_id JOIN station s ON s.id = b.station_id \
        JOIN operator op ON op.id = b.operator_id JOIN pile p ON p.id = b.pile_id";
    let mut filter = Filter::new();
    filter.scope("b.operator_id", "b.station_id", scope);
    filter.and_some("b.level = ?", wanted.level.map(SafetyLevel::as_str));
    match wanted.found {
        Some(true) => filter.and("b.level IS NOT NULL"),
        Some(false) => filter.and("b.level IS NULL"),
        None => {}
    }
    filter.and_some("b.order_id = ?", wanted.order_id);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_contains("LOWER(p.code || ' ' || p.name) LIKE ?", wanted.pile.as_deref());
    filter.and_some("b.ended_at_ms >= ?", wanted.from_ms);
    filter.and_some("b.ended_at_ms < ?", wanted.to_ms);
    let total = conn.one(&format!("SELECT COUNT(*) {from} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("b.order_id < ?", wanted.before);
    let most = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT b.order_id, o.created_at_ms, b.station_id, s.name, op.name, p.code, o.connector_no, b.level, \
         b.findings, b.cell_voltage_max_mv, b.temperature_min_c, b.temperature_max_c, b.soc_start_percent, \
         b.soc_end_percent, b.started_at_ms, b.ended_at_ms, b.warned_at_ms, b.causes {from} {} \
         ORDER BY b.order_id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, view)?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.order_id.to_string()))
}

/// An order that has ended and whose report is new, or says more than before.
#[derive(Clone, Debug)]
pub struct UnjudgedBattery {
    pub order: OrderId,
    pub pile: PileId,
    pub station: StationId,
    pub operator: OperatorId,
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    pub created_at_ms: i64,
    pub soc: (Option<i64>, Option<i64>),
    pub report: BatteryReport,
    pub report_at_ms: i64,
    pub warned_at_ms: Option<i64>,
}

pub(crate) const UNJUDGED: &str = "SELECT o.id, o.pile_id, o.station_id, o.operator_id, o.started_at_ms, o.ended_at_ms, \
    o.created_at_ms, o.soc_start, o.soc_end, r.updated_at_ms, b.warned_at_ms FROM battery_report r \
    JOIN orders o ON o.id = r.order_id LEFT JOIN battery_safety b ON b.order_id = r.order_id \
    WHERE r.unjudged AND o.ended_at_ms IS NOT NULL ORDER BY r.updated_at_ms LIMIT $1";

/// The oldest first. Those of sessions that run are marked as well, and wait for their end.
pub fn unjudged(conn: &mut Conn, most: i64) -> DbResult<Vec<UnjudgedBattery>> {
    let mut found = conn.query(UNJUDGED, &[most.into()], |row| {
        Ok(UnjudgedBattery {
            order: OrderId(row.int(0)?),
            pile: PileId(row.int(1)?),
            station: StationId(row.int(2)?),
            operator: OperatorId(row.int(3)?),
            started_at_ms: row.int(4)?,
            ended_at_ms: row.int(5)?,
            created_at_ms: row.int(6)?,
            soc: (row.int_opt(7)?, row.int_opt(8)?),
            report: BatteryReport::default(),
            report_at_ms: row.int(9)?,
            warned_at_ms: row.int_opt(10)?,
        })
    })?;
    for one in &mut found {
        if let Some((report, _)) = battery_reports::find(conn, one.order)? {
            one.report = report;
        }
    }
    Ok(found)
}

pub fn save(
    tx: &mut Tx<'_>,
    one: &UnjudgedBattery,
    findings: &[BatteryFinding],
    level: Option<SafetyLevel>,
) -> Result<()> {
    let text = serde_json::to_string(findings).map_err(|_| Error::internal())?;
    let causes = serde_json::to_string(&one.report.causes).map_err(|_| Error::internal())?;
    let report = &one.report;
    tx.execute(
        "INSERT INTO battery_safety (order_id, pile_id, station_id, operator_id, level, findings, causes, \
         cell_voltage_max_mv, temperature_min_c, temperature_max_c, soc_start_percent, soc_end_percent, \
         started_at_ms, ended_at_ms, report_at_ms, warned_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
         $11, $12, $13, $14, $15, $16) ON CONFLICT (order_id) DO UPDATE SET level = excluded.level, \
         findings = excluded.findings, causes = excluded.causes, \
         cell_voltage_max_mv = excluded.cell_voltage_max_mv, temperature_min_c = excluded.temperature_min_c, \
         temperature_max_c = excluded.temperature_max_c, soc_start_percent = excluded.soc_start_percent, \
         soc_end_percent = excluded.soc_end_percent, started_at_ms = excluded.started_at_ms, \
         ended_at_ms = excluded.ended_at_ms, report_at_ms = excluded.report_at_ms, \
         warned_at_ms = excluded.warned_at_ms",
        &[
            one.order.0.into(),
            one.pile.0.into(),
            one.station.0.into(),
            one.operator.0.into(),
            level.map(SafetyLevel::as_str).into(),
            text.into(),
            causes.into(),
            report.cell_voltage_max_mv.into(),
            report.temperature_min_c.into(),
            report.temperature_max_c.into(),
            report.soc_start_percent.or(one.soc.0).into(),
            report.soc_end_percent.or(one.soc.1).into(),
            one.started_at_ms.into(),
            one.ended_at_ms.into(),
            one.report_at_ms.into(),
            one.warned_at_ms.into(),
        ],
    )?;
    // What was told meanwhile is judged next time.
    tx.execute(
        "UPDATE battery_report SET unjudged = FALSE WHERE order_id = $1 AND updated_at_ms = $2",
        &[one.order.0.into(), one.report_at_ms.into()],
    )?;
    tx.changed(Change::Noun("battery_safety"));
    Ok(())
}
