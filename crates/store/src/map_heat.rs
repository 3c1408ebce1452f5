//! 热力图: where much is charged, or little of what was begun; from the sums of days.

use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use crate::station_list::{StationFilter, station_filter};
use model::access::Scope;
use model::geo::{Datum, Place};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeatMeasure {
    Energy,
    Orders,
    /// Orders that ended without having really charged.
    Failures,
}

impl HeatMeasure {
    /// What is summed up of `station_day h`.
    fn column(self) -> &'static str {
        match self {
            HeatMeasure::Energy => "h.energy_dwh",
            HeatMeasure::Orders => "h.order_count",
            HeatMeasure::Failures => "h.order_count - h.success_count",
        }
    }
}

#[derive(Clone, Debug)]
pub struct HeatFilter {
    pub stations: StationFilter,
    pub measure: HeatMeasure,
    /// Business days, both included.
    pub from_day: i64,
    pub to_day: i64,
    /// What the map is drawn in.
    pub datum: Datum,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapHeat {
    pub measure: HeatMeasure,
    pub from_day: i64,
    pub to_day: i64,
    pub points: Vec<HeatPoint>,
    /// The greatest of them; 0 without any.
    pub most: i64,
    pub sum: i64,
}

/// A station with something of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeatPoint {
    pub longitude_e6: i64,
    pub latitude_e6: i64,
    /// 0.0001 kWh, or a number of orders.
    pub value: i64,
}

pub fn map_heat_get(conn: &mut Conn, scope: &Scope, wanted: &HeatFilter) -> DbResult<MapHeat> {
    let mut days = Filter::new();
    days.and_value("h.day >= ?", wanted.from_day);
    days.and_value("h.day <= ?", wanted.to_day);
    let stations = station_filter(scope, &wanted.stations);
    let of_stations = days.renumbered(&stations);
    let sql = format!(
        "SELECT s.longitude_e6, s.latitude_e6, t.value FROM (\
           SELECT h.station_id AS station_id, CAST(SUM({}) AS BIGINT) AS value FROM station_day h {} \
           GROUP BY h.station_id) t JOIN station s ON s.id = t.station_id \
         JOIN operator op ON op.id = s.operator_id LEFT JOIN city c ON c.code = s.city_code \
         {of_stations} AND t.value > 0 ORDER BY t.value, s.id",
        wanted.measure.column(),
        days.sql(),
    );
    let points = conn.query(&sql, &days.values, |row| {
        let place = Place::of(row.int(0)?, row.int(1)?).map(|place| place.shown(wanted.datum));
        let value = row.int(2)?;
        Ok(place.map(|place| (place, value)))
    })?;
    let mut heat = MapHeat {
        measure: wanted.measure,
        from_day: wanted.from_day,
        to_day: wanted.to_day,
        points: Vec::with_capacity(points.len()),
        most: 0,
        sum: 0,
    };
    for (place, value) in points.into_iter().flatten() {
        heat.most = heat.most.max(value);
        heat.sum = heat.sum.saturating_add(value);
        heat.points.push(HeatPoint {
            longitude_e6: place.longitude_e6,
            latitude_e6: place.latitude_e6,
            value,
        });
    }
    Ok(heat)
}
