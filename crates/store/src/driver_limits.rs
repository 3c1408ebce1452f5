//! 司机用量上限 of fleets: what was set, and how much of it is used.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use model::Result;
use model::customer::phone_masked;
use model::driver_limit::{DriverLimits, DriverUse};
use model::fleet::FleetHours;
use model::id::{CustomerId, FleetId, StationId};
use serde::Serialize;
use utoipa::ToSchema;

/// Stands for every driver who has no limits of their own.
pub const EVERY_DRIVER: i64 = 0;

/// What was set of one driver, or of every driver.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DriverRule {
    pub limits: DriverLimits,
    /// Where they may charge, of what the fleet lets all of them; `None`: everywhere.
    pub stations: Option<Vec<StationId>>,
    /// When; empty: always.
    pub hours: Vec<FleetHours>,
    /// Counts the changes, against stale forms; 0: none was set yet.
    pub version: i64,
}

/// The limits in this column and the five after it.
pub(crate) fn limits(row: &Row<'_>, at: usize) -> DbResult<DriverLimits> {
    Ok(DriverLimits {
        order_fen: row.int_opt(at)?,
        day_fen: row.int_opt(at + 1)?,
        month_fen: row.int_opt(at + 2)?,
        order_dwh: row.int_opt(at + 3)?,
        day_dwh: row.int_opt(at + 4)?,
        month_dwh: row.int_opt(at + 5)?,
    })
}

const COLUMNS: &str = "m.order_fen, m.day_fen, m.month_fen, m.order_dwh, m.day_dwh, m.month_dwh, m.version, m.stations, \
    COALESCE(m.hours, '[]')";
const WIDTH: usize = 9;

fn rule(row: &Row<'_>) -> DbResult<DriverRule> {
    let (stations, hours) = crate::fleets::usable(row, 7)?;
    Ok(DriverRule { limits: limits(row, 0)?, stations, hours, version: row.int_opt(6)?.unwrap_or(0) })
}

/// What was set of one driver, or of every driver.
pub fn get(conn: &mut Conn, fleet: FleetId, driver: i64) -> DbResult<Option<DriverRule>> {
    let sql =
        format!("SELECT {COLUMNS} FROM fleet_driver_limit m WHERE m.fleet_id = $1 AND m.customer_id = $2");
    conn.find(&sql, &[fleet.0.into(), driver.into()], rule)
}

/// Whether the form was not stale.
pub fn set(tx: &mut Tx<'_>, (fleet, driver): (FleetId, i64), rule: &DriverRule, known: i64) -> Result<bool> {
    let json = |text: serde_json::Result<String>| text.map_err(|_| model::Error::internal());
    let stations = rule.stations.as_ref().map(|ids| json(serde_json::to_string(ids))).transpose()?;
    let limits = &rule.limits;
    let values = [
        limits.order_fen.into(),
        limits.day_fen.into(),
        limits.month_fen.into(),
        limits.order_dwh.into(),
        limits.day_dwh.into(),
        limits.month_dwh.into(),
        stations.into(),
        json(serde_json::to_string(&rule.hours))?.into(),
        known.saturating_add(1).into(),
        fleet.0.into(),
        driver.into(),
        known.into(),
    ];
    let (sql, values) = match known {
        0 => (
            "INSERT INTO fleet_driver_limit (order_fen, day_fen, month_fen, order_dwh, day_dwh, month_dwh, stations, \
             hours, version, fleet_id, customer_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (fleet_id, customer_id) DO NOTHING",
            &values[..11],
        ),
        _ => (
            "UPDATE fleet_driver_limit SET order_fen = $1, day_fen = $2, month_fen = $3, order_dwh = $4, day_dwh = $5, \
             month_dwh = $6, stations = $7, hours = $8, version = $9 WHERE fleet_id = $10 AND customer_id = $11 AND version = $12",
            &values[..],
        ),
    };
    Ok(tx.execute(sql, values)? > 0)
}

/// What a driver has charged on a fleet's account since these moments: bills as they are asked for, and what is held for
/// sessions that run.
pub fn used(
    conn: &mut Conn,
    (fleet, driver): (FleetId, CustomerId),
    (day_ms, month_ms): (i64, i64),
) -> DbResult<DriverUse> {
    conn.one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN day THEN fen ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(fen), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN day THEN dwh ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(dwh), 0) AS BIGINT) FROM ( \
         SELECT o.ended_at_ms >= $1 AS day, o.total_fen - o.discount_fen + o.occupancy_fen AS fen, o.energy_dwh AS dwh \
         FROM orders o JOIN order_payment p ON p.order_id = o.id WHERE o.customer_id = $2 AND o.state = 'completed' \
         AND o.ended_at_ms >= $3 AND p.way = 'fleet' AND p.fleet_id = $4 \
         UNION ALL SELECT 1 = 1 AS day, p.held_fen AS fen, o.energy_dwh AS dwh FROM order_payment p \
         JOIN orders o ON o.id = p.order_id WHERE p.customer_id = $5 AND p.state = 'open' AND p.way = 'fleet' \
         AND p.fleet_id = $6) AS used",
        &[
            day_ms.into(),
            driver.0.into(),
            month_ms.into(),
            fleet.0.into(),
            driver.0.into(),
            fleet.0.into(),
        ],
        |row| {
            Ok(DriverUse {
                day_fen: row.int(0)?,
                month_fen: row.int(1)?,
                day_dwh: row.int(2)?,
                month_dwh: row.int(3)?,
            })
        },
    )
}

/// A driver with what holds for them and what of it is used.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DriverLimit {
    pub customer_id: i64,
    pub customer_name: String,
    /// Masked.
    pub phone: Option<String>,
    /// Their own; else those of every driver hold.
    pub own: bool,
    pub limits: DriverLimits,
    /// Where and when they may charge, of what the fleet lets all; null: everywhere, empty: always.
    pub stations: Option<Vec<StationId>>,
    pub hours: Vec<FleetHours>,
    /// Where and when are said of this driver alone.
    pub own_places: bool,
    /// Of their own limits; 0 where there are none.
    pub version: i64,
    pub used: DriverUse,
}

/// What a fleet lets its drivers charge.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FleetDriverLimits {
    /// Of every driver who has none of their own.
    pub every: DriverLimits,
    pub stations: Option<Vec<StationId>>,
    pub hours: Vec<FleetHours>,
    /// 0: none was set yet.
    pub version: i64,
    pub items: Vec<DriverLimit>,
}

/// The first drivers of a fleet, those with limits of their own before the others.
pub fn driver_limit_list(
    conn: &mut Conn,
    fleet: FleetId,
    since: (i64, i64),
    most: i64,
) -> DbResult<FleetDriverLimits> {
    let every = get(conn, fleet, EVERY_DRIVER)?.unwrap_or_default();
    let sql = format!(
        "SELECT {COLUMNS}, c.id, c.name, c.phone FROM customer c LEFT JOIN fleet_driver_limit m \
         ON m.fleet_id = c.fleet_id AND m.customer_id = c.id WHERE c.fleet_id = $1 \
         ORDER BY CASE WHEN m.version IS NULL THEN 1 ELSE 0 END, c.id LIMIT $2"
    );
    let mut items = conn.query(&sql, &[fleet.0.into(), most.into()], |row| {
        let own = rule(row)?;
        let (is_own, own_places) = (!own.limits.is_none(), own.stations.is_some() || !own.hours.is_empty());
        let places = if own_places { &own } else { &every };
        Ok(DriverLimit {
            customer_id: row.int(WIDTH)?,
            customer_name: row.text(WIDTH + 1)?,
            phone: row.text_opt(WIDTH + 2)?.as_deref().map(phone_masked),
            own: is_own,
            limits: if is_own { own.limits } else { every.limits },
            stations: places.stations.clone(),
            hours: places.hours.clone(),
            own_places,
            version: own.version,
            used: DriverUse::default(),
        })
    })?;
    for one in &mut items {
        one.used = used(conn, (fleet, CustomerId(one.customer_id)), since)?;
    }
    let DriverRule { limits, stations, hours, version } = every;
    Ok(FleetDriverLimits { every: limits, stations, hours, version, items })
}
