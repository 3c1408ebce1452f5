//! 电池报告: what the battery has told along a session.

use crate::Tx;
use crate::db::{Conn, DbResult, Insert, Inserts};
use crate::pending::latest;
use model::Result;
use model::battery::{BatteryCourse, BatteryPoint, BatteryReport};
use model::id::{OrderId, PileId};
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The report of a session that runs or has run.
#[derive(Clone, Debug, PartialEq)]
pub struct BatteryRow {
    pub order: OrderId,
    pub pile: PileId,
    pub report: BatteryReport,
    pub course: BatteryCourse,
    /// When it was last put down.
    pub updated_at: Timestamp,
}

/// As the pages show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Battery)]
pub struct BatteryView {
    #[serde(flatten)]
    pub facts: BatteryReport,
    /// Guessed from what is allowed of one cell and of all.
    pub cells_in_series: Option<i64>,
    pub course: Vec<BatteryPoint>,
}

impl From<(BatteryReport, BatteryCourse)> for BatteryView {
    fn from((facts, course): (BatteryReport, BatteryCourse)) -> BatteryView {
        BatteryView { cells_in_series: facts.cells_in_series(), facts, course: course.points().to_vec() }
    }
}

/// A point without its names: there are many.
#[derive(Serialize, Deserialize)]
struct Bare(i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

impl From<&BatteryPoint> for Bare {
    fn from(p: &BatteryPoint) -> Bare {
        Bare(
            p.at_ms,
            p.demand_voltage_dv,
            p.demand_current_da,
            p.cell_voltage_mv,
            p.temperature_min_c,
            p.temperature_max_c,
            p.soc_percent,
            p.remaining_minutes,
        )
    }
}

impl From<Bare> for BatteryPoint {
    fn from(bare: Bare) -> BatteryPoint {
        let Bare(at_ms, demand_voltage_dv, demand_current_da, cell_voltage_mv, least, most, soc, remaining) =
            bare;
        BatteryPoint {
            at_ms,
            demand_voltage_dv,
            demand_current_da,
            cell_voltage_mv,
            temperature_min_c: least,
            temperature_max_c: most,
            soc_percent: soc,
            remaining_minutes: remaining,
            charge_allowed: None,
        }
    }
}

static BATTERY: Insert = Insert {
    table: "battery_report",
    columns: &["order_id", "pile_id", "facts", "course", "updated_at_ms", "unjudged"],
    on_conflict: "ON CONFLICT (order_id) DO UPDATE SET facts = excluded.facts, course = excluded.course, \
        updated_at_ms = excluded.updated_at_ms, unjudged = excluded.unjudged",
};

pub(crate) fn inserts(rows: &[BatteryRow]) -> Inserts<'_> {
    let mut values = Vec::new();
    for row in latest(rows, |row| row.order) {
        let points: Vec<Bare> = row.course.points().iter().map(Bare::from).collect();
        values.extend([
            row.order.0.into(),
            row.pile.0.into(),
            serde_json::to_string(&row.report).unwrap_or_default().into(),
            serde_json::to_string(&points).unwrap_or_default().into(),
            row.updated_at.as_ms().into(),
            true.into(),
        ]);
    }
    Inserts { insert: &BATTERY, values }
}

/// Of one order; the caller has found the order in the caller's scope.
pub fn find(conn: &mut Conn, order: OrderId) -> DbResult<Option<(BatteryReport, BatteryCourse)>> {
    let sql = "SELECT facts, course FROM battery_report WHERE order_id = $1";
    let Some((facts, course)) = conn.find(sql, &[order.0.into()], |row| Ok((row.text(0)?, row.text(1)?)))?
    else {
        return Ok(None);
    };
    let told = |why: &serde_json::Error| tracing::error!(%why, %order, "a battery report cannot be read");
    let facts = serde_json::from_str(&facts).inspect_err(told).unwrap_or_default();
    let points: Vec<Bare> = serde_json::from_str(&course).inspect_err(told).unwrap_or_default();
    Ok(Some((facts, BatteryCourse::of(points.into_iter().map(BatteryPoint::from).collect()))))
}

impl Tx<'_> {
    /// Takes the report of an order out of the hot state, to be given back with [`Tx::battery_keep`]. It is
    /// asked of the database once: after a start of the server, or where a pile's telling begins in the
    /// middle. `is_first`: the telling begins now.
    pub fn battery_take(&mut self, order: OrderId, pile: PileId, is_first: bool) -> Result<Box<BatteryRow>> {
        if let Some(known) = self.hot.batteries.remove(&order) {
            return Ok(known);
        }
        let known = if is_first { None } else { self.read(|conn| find(conn, order))? };
        let (report, course) = known.unwrap_or_default();
        Ok(Box::new(BatteryRow { order, pile, report, course, updated_at: Timestamp::from_ms(0) }))
    }

    pub fn battery_keep(&mut self, row: Box<BatteryRow>) {
        self.hot.batteries.insert(row.order, row);
    }

    /// Puts down what shall be written with the batch.
    pub fn battery_save(&mut self, row: &BatteryRow) {
        self.pending.batteries.push(row.clone());
    }

    /// The session is over: what was not written yet is. Once its order is written, nothing of it is kept
    /// in memory.
    pub fn battery_end(&mut self, order: OrderId) {
        if let Some(row) = self.hot.batteries.get(&order) {
            self.pending.batteries.push((**row).clone());
        }
    }

    /// What is known in memory of the battery of a session that runs.
    pub fn battery_known(&self, order: OrderId) -> Option<&BatteryReport> {
        self.hot.batteries.get(&order).map(|row| &row.report)
    }

    /// Of a session that runs and has told something since the start of the server.
    pub fn battery_running(&self, order: OrderId) -> Option<BatteryView> {
        let row = self.hot.batteries.get(&order)?;
        Some(BatteryView::from((row.report.clone(), row.course.clone())))
    }
}
