//! 隐患月报: what was found in a month, and how far it is. One that counts as found in the month it was made.

use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use model::access::Scope;
use model::alarm::AlarmLevel;
use model::time::Timestamp;
use model::work_order::WorkOrderState;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DangerFigures {
    pub found: i64,
    /// Somebody is to take it.
    pub waiting: i64,
    /// Somebody works on it.
    pub fixing: i64,
    /// It is to be checked by another person.
    pub checking: i64,
    pub closed: i64,
    pub cancelled: i64,
    /// Not done within its time, whether it is done by now or not.
    pub overdue: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DangerStation {
    pub station_id: i64,
    pub station_name: String,
    #[serde(flatten)]
    pub figures: DangerFigures,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DangerLevel {
    pub level: AlarmLevel,
    #[serde(flatten)]
    pub figures: DangerFigures,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DangerReport {
    /// 202611
    pub month: i64,
    pub total: DangerFigures,
    /// Found before this month and still open.
    pub carried: i64,
    /// The gravest first.
    pub levels: Vec<DangerLevel>,
    /// The most first.
    pub stations: Vec<DangerStation>,
}

impl DangerFigures {
    fn add(&mut self, state: WorkOrderState, number: i64, late: i64) {
        self.found += number;
        self.overdue += late;
        let place = match state {
            WorkOrderState::Waiting => &mut self.waiting,
            WorkOrderState::Accepted | WorkOrderState::OnSite => &mut self.fixing,
            WorkOrderState::Done => &mut self.checking,
            WorkOrderState::Closed => &mut self.closed,
            WorkOrderState::Cancelled => &mut self.cancelled,
        };
        *place += number;
    }
}

pub fn danger_report_get(
    conn: &mut Conn,
    scope: &Scope,
    month: i64,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> DbResult<DangerReport> {
    let mut carried = Filter::new();
    carried.and("w.kind = 'danger'");
    carried.scope("w.operator_id", "w.station_id", scope);
    carried.and_value("w.created_at_ms < ?", from.as_ms());
    carried.and("w.state NOT IN ('closed', 'cancelled')");
    let sql = format!("SELECT COUNT(*) FROM work_order w {}", carried.sql());
    let carried = conn.one(&sql, &carried.values, |row| row.int(0))?;
    let mut filter = Filter::new();
    // Values are numbered as they occur in the text.
    let now = filter.bind(now.as_ms());
    filter.and("w.kind = 'danger'");
    filter.scope("w.operator_id", "w.station_id", scope);
    filter.and_value("w.created_at_ms >= ?", from.as_ms());
    filter.and_value("w.created_at_ms < ?", to.as_ms());
    let sql = format!(
        "SELECT w.station_id, s.name, w.level, w.state, COUNT(*), CAST(SUM(CASE WHEN w.state <> 'cancelled' \
         AND COALESCE(w.done_at_ms, {now}) > w.finish_due_ms THEN 1 ELSE 0 END) AS BIGINT) FROM work_order w \
         JOIN station s ON s.id = w.station_id {} GROUP BY w.station_id, s.name, w.level, w.state",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let of = (row.word(2, AlarmLevel::parse)?, row.word(3, WorkOrderState::parse)?);
        Ok((row.int(0)?, row.text(1)?, of, row.int(4)?, row.int(5)?))
    })?;
    let mut total = DangerFigures::default();
    let mut levels: BTreeMap<i64, DangerLevel> = BTreeMap::new();
    let mut stations: BTreeMap<i64, DangerStation> = BTreeMap::new();
    for (station_id, station_name, (level, state), number, late) in rows {
        total.add(state, number, late);
        let fresh = || DangerLevel { level, figures: DangerFigures::default() };
        levels.entry(level.rank()).or_insert_with(fresh).figures.add(state, number, late);
        let fresh = || DangerStation { station_id, station_name, figures: DangerFigures::default() };
        stations.entry(station_id).or_insert_with(fresh).figures.add(state, number, late);
    }
    let mut stations: Vec<DangerStation> = stations.into_values().collect();
    stations.sort_by_key(|one| (-one.figures.found, one.station_id));
    Ok(DangerReport { month, total, carried, levels: levels.into_values().collect(), stations })
}
