//! The load of a station over time, and what was changed at its piles.

use crate::Tx;
use crate::db::{Conn, DbResult};
use model::Result;
use model::id::StationId;
use model::time::{DAY_MS, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// So long the minutes are kept.
pub const POINTS_KEPT_MS: i64 = 31 * DAY_MS;

/// One minute of a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LoadPoint {
    pub at_ms: i64,
    /// What the piles might draw together.
    pub cap_w: i64,
    /// What they could have drawn in the worst case.
    pub worst_w: i64,
    /// The limits that they had confirmed.
    pub limit_w: i64,
    /// What they drew.
    pub power_w: i64,
}

pub fn point_save(tx: &mut Tx<'_>, station: StationId, point: &LoadPoint) -> Result<()> {
    tx.execute(
        "INSERT INTO load_point (station_id, at_ms, cap_w, worst_w, limit_w, power_w) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (station_id, at_ms) DO NOTHING",
        &[
            station.0.into(),
            point.at_ms.into(),
            point.cap_w.into(),
            point.worst_w.into(),
            point.limit_w.into(),
            point.power_w.into(),
        ],
    )?;
    tx.execute(
        "DELETE FROM load_point WHERE station_id = $1 AND at_ms < $2",
        &[station.0.into(), (point.at_ms - POINTS_KEPT_MS).into()],
    )?;
    Ok(())
}

/// The minutes since then, oldest first. The caller has found the station in the caller's scope.
pub fn load_point_list(conn: &mut Conn, station: StationId, from: Timestamp) -> DbResult<Vec<LoadPoint>> {
    conn.query(
        "SELECT at_ms, cap_w, worst_w, limit_w, power_w FROM load_point WHERE station_id = $1 AND at_ms >= $2 \
         ORDER BY at_ms",
        &[station.0.into(), from.as_ms().into()],
        |row| {
            Ok(LoadPoint {
                at_ms: row.int(0)?,
                cap_w: row.int(1)?,
                worst_w: row.int(2)?,
                limit_w: row.int(3)?,
                power_w: row.int(4)?,
            })
        },
    )
}
