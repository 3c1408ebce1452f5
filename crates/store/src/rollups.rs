//! Completed orders summed up per station and hour and per pile and day, written in the same
//! transaction as the order, so that a page that shows sums never adds up orders.

use crate::db::{Conn, DbResult, Insert, Inserts, Value};
use model::energy::Energy;
use model::id::{OperatorId, PileId, StationId};
use model::money::Fen;
use std::collections::BTreeMap;

/// One order that was just completed, with the local day and hour of its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub pile: PileId,
    pub station: StationId,
    pub operator: OperatorId,
    /// 20261123
    pub day: i64,
    pub hour: i64,
    /// 一次充电成功: more than 0.2 kWh or two minutes.
    pub success: bool,
    pub energy: Energy,
    pub electricity: Fen,
    pub service: Fen,
    pub total: Fen,
}

static HOUR: Insert = Insert {
    table: "station_hour",
    columns: &[
        "day",
        "hour",
        "station_id",
        "operator_id",
        "order_count",
        "success_count",
        "energy_dwh",
        "electricity_fen",
        "service_fen",
        "total_fen",
    ],
    on_conflict: "ON CONFLICT (day, hour, station_id) DO UPDATE SET \
        order_count = station_hour.order_count + excluded.order_count, \
        success_count = station_hour.success_count + excluded.success_count, \
        energy_dwh = station_hour.energy_dwh + excluded.energy_dwh, \
        electricity_fen = station_hour.electricity_fen + excluded.electricity_fen, \
        service_fen = station_hour.service_fen + excluded.service_fen, \
        total_fen = station_hour.total_fen + excluded.total_fen",
};

static DAY: Insert = Insert {
    table: "pile_day",
    columns: &["pile_id", "day", "order_count", "energy_dwh", "total_fen"],
    on_conflict: "ON CONFLICT (pile_id, day) DO UPDATE SET \
        order_count = pile_day.order_count + excluded.order_count, \
        energy_dwh = pile_day.energy_dwh + excluded.energy_dwh, \
        total_fen = pile_day.total_fen + excluded.total_fen",
};

/// Sorted by key: writers that add to the same rows take them in the same order.
/// Each with 1, or with -1 for one that is taken back.
pub(crate) fn inserts(rows: &[(Ended, i64)]) -> impl Iterator<Item = Inserts<'static>> {
    [hour_inserts(rows), day_inserts(rows)].into_iter().filter(|inserts| !inserts.values.is_empty())
}

fn hour_inserts(rows: &[(Ended, i64)]) -> Inserts<'static> {
    let mut sums: BTreeMap<(i64, i64, i64, i64), [i64; 6]> = BTreeMap::new();
    for (e, sign) in rows {
        let sum = sums.entry((e.day, e.hour, e.station.0, e.operator.0)).or_default();
        let one = [1, i64::from(e.success), e.energy.dwh(), e.electricity.0, e.service.0, e.total.0];
        sum.iter_mut().zip(one).for_each(|(sum, one)| *sum += sign * one);
    }
    let values = sums
        .into_iter()
        .flat_map(|((day, hour, station, operator), sum)| {
            [day, hour, station, operator].into_iter().chain(sum)
        })
        .map(Value::Int);
    Inserts { insert: &HOUR, values: values.collect() }
}

fn day_inserts(rows: &[(Ended, i64)]) -> Inserts<'static> {
    let mut sums: BTreeMap<(i64, i64), [i64; 3]> = BTreeMap::new();
    for (e, sign) in rows {
        let sum = sums.entry((e.pile.0, e.day)).or_default();
        let one = [1, e.energy.dwh(), e.total.0];
        sum.iter_mut().zip(one).for_each(|(sum, one)| *sum += sign * one);
    }
    let values =
        sums.into_iter().flat_map(|((pile, day), sum)| [pile, day].into_iter().chain(sum)).map(Value::Int);
    Inserts { insert: &DAY, values: values.collect() }
}

/// Sums that are not those of their orders: by how much they are too small.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// `station` or `pile`
    pub noun: &'static str,
    pub id: i64,
    pub orders: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

/// Each comparison is one statement, and so of one moment, whatever is written meanwhile.
pub fn differences(conn: &mut Conn) -> DbResult<Vec<Difference>> {
    let mut found = Vec::new();
    for (noun, table) in [("station", "station_hour"), ("pile", "pile_day")] {
        let sql = format!(
            "SELECT id, CAST(SUM(n) AS BIGINT), CAST(SUM(energy_dwh) AS BIGINT), CAST(SUM(total_fen) AS BIGINT) \
             FROM (SELECT {noun}_id AS id, 1 AS n, energy_dwh, total_fen FROM orders WHERE state = 'completed' \
             UNION ALL SELECT {noun}_id, -order_count, -energy_dwh, -total_fen FROM {table}) AS compared \
             GROUP BY id HAVING SUM(n) <> 0 OR SUM(energy_dwh) <> 0 OR SUM(total_fen) <> 0 ORDER BY id"
        );
        found.extend(conn.query(&sql, &[], |row| {
            Ok(Difference {
                noun,
                id: row.int(0)?,
                orders: row.int(1)?,
                energy_dwh: row.int(2)?,
                total_fen: row.int(3)?,
            })
        })?);
    }
    Ok(found)
}
