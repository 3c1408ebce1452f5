//! 车队 as staff see them.

use crate::car_list::{self, CarView};
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::fleets;
use crate::sort::{Sort, SortColumn};
use model::access::{Area, Scope};
use model::customer::phone_masked;
use model::fleet::FleetHours;
use model::id::{FleetId, StationId};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Fleet)]
pub struct FleetView {
    pub id: i64,
    pub name: String,
    pub contact_name: String,
    /// 138****1234
    pub contact_phone: Option<String>,
    pub note: String,
    pub driver_count: i64,
    pub car_count: i64,
    /// Completed orders of its drivers at the stations that the reader may see.
    pub order_count: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
    /// Where its drivers may charge on its account; null: everywhere.
    pub stations: Option<Vec<StationId>>,
    /// When, on the station's clock; empty: always.
    pub hours: Vec<FleetHours>,
    pub created_at_ms: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct FleetFilter {
    pub id: Option<FleetId>,
    pub name: Option<String>,
    pub sort: Sort,
    pub limit: i64,
}

/// Fleets belong to the platform; staff of a part of it see those whose drivers have charged there.
fn visible(filter: &mut Filter, scope: &Scope) {
    if scope.operator.is_none() && scope.area == Area::Everywhere {
        return;
    }
    let mut visits = Filter::new();
    visits.scope("v.operator_id", "v.station_id", scope);
    let frame = "EXISTS (SELECT 1 FROM customer c JOIN customer_station v ON v.customer_id = c.id \
                 WHERE c.fleet_id = f.id AND ?)";
    filter.and_within(frame, &visits);
}

fn view(row: &Row<'_>) -> DbResult<FleetView> {
    let (stations, hours) = fleets::usable(row, 9)?;
    Ok(FleetView {
        stations,
        hours,
        id: row.int(0)?,
        name: row.text(1)?,
        contact_name: row.text(2)?,
        contact_phone: row.text_opt(3)?.as_deref().map(phone_masked),
        note: row.text(4)?,
        created_at_ms: row.int(5)?,
        version: row.int(6)?,
        driver_count: row.int(7)?,
        car_count: row.int(8)?,
        order_count: 0,
        energy_dwh: 0,
        total_fen: 0,
    })
}

pub const SORTS: &[SortColumn] = &[
    SortColumn::text("name", "f.name"),
    SortColumn::number("created_at_ms", "f.created_at_ms"),
    SortColumn::number(
        "driver_count",
        "(SELECT COUNT(*) FROM customer c WHERE c.fleet_id = f.id AND c.status <> 'cancelled')",
    ),
    SortColumn::number("car_count", "(SELECT COUNT(*) FROM car a WHERE a.fleet_id = f.id)"),
];

pub fn fleet_list(conn: &mut Conn, scope: &Scope, wanted: &FleetFilter) -> DbResult<Page<FleetView>> {
    let mut filter = Filter::new();
    filter.and_contains("LOWER(f.name) LIKE ?", wanted.name.as_deref());
    filter.and_some("f.id = ?", wanted.id.map(|id| id.0));
    visible(&mut filter, scope);
    let sql = format!("SELECT COUNT(*) FROM fleet f {}", filter.sql());
    let total = conn.one(&sql, &filter.values, count)?;
    wanted.sort.page(&mut filter, "f.id");
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT f.id, f.name, f.contact_name, f.contact_phone, f.note, f.created_at_ms, f.version, \
         (SELECT COUNT(*) FROM customer c WHERE c.fleet_id = f.id AND c.status <> 'cancelled'), \
         (SELECT COUNT(*) FROM car a WHERE a.fleet_id = f.id), f.stations, f.hours, {} \
         FROM fleet f {} ORDER BY {} LIMIT {limit}",
        wanted.sort.value("f.id"),
        filter.sql(),
        wanted.sort.order("f.id"),
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let fleet = view(row)?;
        Ok((wanted.sort.cursor(row, 11, fleet.id)?, fleet))
    })?;
    let mut page = Page::of_sorted(rows, wanted.limit, Some(total));
    fill(conn, scope, &mut page.items)?;
    Ok(page)
}

/// What the drivers of the fleets of one page have charged.
fn fill(conn: &mut Conn, scope: &Scope, rows: &mut [FleetView]) -> DbResult<()> {
    let mut filter = Filter::new();
    let ids = filter.bind_all(rows.iter().map(|row| row.id));
    filter.and(&format!("c.fleet_id IN ({ids})"));
    filter.scope("v.operator_id", "v.station_id", scope);
    let sql = format!(
        "SELECT c.fleet_id, CAST(SUM(v.order_count) AS BIGINT), CAST(SUM(v.energy_dwh) AS BIGINT), \
         CAST(SUM(v.total_fen) AS BIGINT) FROM customer c JOIN customer_station v ON v.customer_id = c.id {} \
         GROUP BY c.fleet_id",
        filter.sql()
    );
    let sums =
        conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, [row.int(1)?, row.int(2)?, row.int(3)?])))?;
    let sums: HashMap<i64, [i64; 3]> = sums.into_iter().collect();
    for row in rows {
        if let Some(sum) = sums.get(&row.id) {
            [row.order_count, row.energy_dwh, row.total_fen] = *sum;
        }
    }
    Ok(())
}

/// One fleet, if this person may see it.
pub fn fleet_get(conn: &mut Conn, scope: &Scope, id: FleetId) -> DbResult<Option<FleetView>> {
    let wanted = FleetFilter { id: Some(id), limit: 1, ..FleetFilter::default() };
    Ok(fleet_list(conn, scope, &wanted)?.items.into_iter().next())
}

/// Its cars, newest first.
pub fn fleet_car_list(
    conn: &mut Conn,
    id: FleetId,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<CarView>> {
    let sql = "SELECT COUNT(*) FROM car WHERE fleet_id = $1";
    let total = conn.one(sql, &[id.0.into()], count)?;
    let rows = car_list::of_fleet(conn, id, before.unwrap_or(i64::MAX), limit + 1)?;
    Ok(Page::of(rows, limit, Some(total), |car| car.id.to_string()))
}
