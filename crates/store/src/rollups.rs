//! Completed orders summed up per hour and day, written in the same transaction as the order, so that
//! a page that shows sums never adds up orders. A completed order never changes: what was added is taken
//! away only with an import that is undone.

use crate::db::{Conn, DbResult, Insert, Inserts, Value};
use model::energy::Energy;
use model::id::{CustomerId, OperatorId, PileId, StationId};
use model::money::Fen;
use model::time::{DAY_MS, HOUR_MS, Timestamp};
use std::collections::BTreeMap;

/// One order that was just completed, with the local day and hour of its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub pile: PileId,
    pub station: StationId,
    pub operator: OperatorId,
    pub customer: Option<CustomerId>,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    /// 20261123
    pub day: i64,
    pub hour: i64,
    /// 一次充电成功, as the parameters say it: see [`crate::report_sums::SuccessRule`].
    pub success: bool,
    pub energy: Energy,
    pub electricity: Fen,
    pub service: Fen,
    pub total: Fen,
    /// 优惠: what of the total is not asked for.
    pub discount: Fen,
    pub occupancy: Fen,
}

/// What the platform's clock, that of Shanghai, is ahead of UTC. Its rule has been the same since 1991.
const AHEAD_MS: i64 = 8 * HOUR_MS;

/// The day of [`Timestamp`] in `order_day`: days since 1970 by the platform's clock.
pub(crate) fn start_day(started_at_ms: i64) -> i64 {
    started_at_ms.saturating_add(AHEAD_MS).div_euclid(DAY_MS)
}

/// When that day begins.
pub(crate) fn start_day_ms(day: i64) -> i64 {
    day.saturating_mul(DAY_MS).saturating_sub(AHEAD_MS)
}

macro_rules! sums {
    ($table:literal, $key:literal, [$($column:literal),*], [$first:literal $(, $sum:literal)*]) => {
        Insert {
            table: $table,
            columns: &[$($column,)* $first $(, $sum)*],
            on_conflict: concat!(
                "ON CONFLICT (", $key, ") DO UPDATE SET ", $first, " = ", $table, ".", $first, " + excluded.", $first
                $(, ", ", $sum, " = ", $table, ".", $sum, " + excluded.", $sum)*
            ),
        }
    };
}

static HOUR: Insert = sums!(
    "station_hour",
    "day, hour, station_id",
    ["day", "hour", "station_id", "operator_id"],
    ["order_count", "success_count", "energy_dwh", "electricity_fen", "service_fen", "total_fen"]
);
/// The mark that the report's sums of the day are to be made anew costs nothing here: the row is written anyway.
static STATION_DAY: Insert = Insert {
    table: "station_day",
    columns: &[
        "day",
        "station_id",
        "operator_id",
        "order_count",
        "success_count",
        "energy_dwh",
        "electricity_fen",
        "service_fen",
        "total_fen",
        "changes",
    ],
    on_conflict: "ON CONFLICT (day, station_id, operator_id) DO UPDATE SET \
        order_count = station_day.order_count + excluded.order_count, \
        success_count = station_day.success_count + excluded.success_count, \
        energy_dwh = station_day.energy_dwh + excluded.energy_dwh, \
        electricity_fen = station_day.electricity_fen + excluded.electricity_fen, \
        service_fen = station_day.service_fen + excluded.service_fen, \
        total_fen = station_day.total_fen + excluded.total_fen, \
        changes = station_day.changes + excluded.changes, stale = TRUE",
};
static PILE_DAY: Insert =
    sums!("pile_day", "pile_id, day", ["pile_id", "day"], ["order_count", "energy_dwh", "total_fen"]);
static ORDER_DAY: Insert = sums!(
    "order_day",
    "day, station_id, operator_id",
    ["day", "station_id", "operator_id"],
    [
        "order_count",
        "energy_dwh",
        "electricity_fen",
        "service_fen",
        "total_fen",
        "discount_fen",
        "occupancy_fen"
    ]
);

static CUSTOMER: Insert = Insert {
    table: "customer_station",
    columns: &[
        "customer_id",
        "station_id",
        "operator_id",
        "order_count",
        "energy_dwh",
        "total_fen",
        "last_ended_ms",
    ],
    on_conflict: "ON CONFLICT (customer_id, station_id) DO UPDATE SET \
        order_count = customer_station.order_count + excluded.order_count, \
        energy_dwh = customer_station.energy_dwh + excluded.energy_dwh, \
        total_fen = customer_station.total_fen + excluded.total_fen, \
        last_ended_ms = CASE WHEN customer_station.last_ended_ms > excluded.last_ended_ms \
        THEN customer_station.last_ended_ms ELSE excluded.last_ended_ms END",
};

/// Sorted by key: writers that add to the same rows take them in the same order. Each order with 1, or
/// with -1 for one that is taken back.
pub(crate) fn inserts(rows: &[(Ended, i64)]) -> impl Iterator<Item = Inserts<'static>> {
    let all = [
        summed(&HOUR, rows, |e| ([e.day, e.hour, e.station.0, e.operator.0], six(e))),
        station_day_inserts(rows),
        summed(&PILE_DAY, rows, |e| ([e.pile.0, e.day], [1, e.energy.dwh(), e.total.0])),
        summed(&ORDER_DAY, rows, |e| {
            let day = start_day(e.started_at.as_ms());
            let fees = [e.electricity.0, e.service.0, e.total.0, e.discount.0, e.occupancy.0];
            let [electricity, service, total, discount, occupancy] = fees;
            let sums = [1, e.energy.dwh(), electricity, service, total, discount, occupancy];
            ([day, e.station.0, e.operator.0], sums)
        }),
        customer_inserts(rows),
    ];
    all.into_iter().filter(|inserts| !inserts.values.is_empty())
}

/// A change is one more, whether an order was counted or taken back.
fn station_day_inserts(rows: &[(Ended, i64)]) -> Inserts<'static> {
    let mut sums: BTreeMap<[i64; 3], [i64; 7]> = BTreeMap::new();
    for (e, sign) in rows {
        let sum = sums.entry([e.day, e.station.0, e.operator.0]).or_default();
        sum.iter_mut().zip(six(e)).for_each(|(sum, value)| *sum += sign * value);
        sum[6] += 1;
    }
    let values = sums.into_iter().flat_map(|(key, sum)| key.into_iter().chain(sum)).map(Value::Int);
    Inserts { insert: &STATION_DAY, values: values.collect() }
}

fn six(e: &Ended) -> [i64; 6] {
    [1, i64::from(e.success), e.energy.dwh(), e.electricity.0, e.service.0, e.total.0]
}

fn summed<const K: usize, const N: usize>(
    insert: &'static Insert,
    rows: &[(Ended, i64)],
    one: impl Fn(&Ended) -> ([i64; K], [i64; N]),
) -> Inserts<'static> {
    let mut sums: BTreeMap<[i64; K], [i64; N]> = BTreeMap::new();
    for (row, sign) in rows {
        let (key, values) = one(row);
        let sum = sums.entry(key).or_insert([0; N]);
        sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += sign * value);
    }
    let values = sums.into_iter().flat_map(|(key, sum)| key.into_iter().chain(sum)).map(Value::Int);
    Inserts { insert, values: values.collect() }
}

/// When a customer charged last stays as it is when an order is taken back: nobody has seen another time.
fn customer_inserts(rows: &[(Ended, i64)]) -> Inserts<'static> {
    let mut sums: BTreeMap<(i64, i64, i64), [i64; 4]> = BTreeMap::new();
    for (e, sign) in rows {
        let Some(customer) = e.customer else { continue };
        let sum = sums.entry((customer.0, e.station.0, e.operator.0)).or_default();
        sum.iter_mut().zip([1, e.energy.dwh(), e.total.0]).for_each(|(sum, one)| *sum += sign * one);
        if *sign > 0 {
            sum[3] = sum[3].max(e.ended_at.as_ms());
        }
    }
    let values = sums
        .into_iter()
        .flat_map(|((customer, station, operator), sum)| [customer, station, operator].into_iter().chain(sum))
        .map(Value::Int);
    Inserts { insert: &CUSTOMER, values: values.collect() }
}

/// Sums that are not those of their orders: by how much they are too small.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub table: &'static str,
    /// `station`, `pile`, `day` or `customer`
    pub noun: &'static str,
    pub id: i64,
    pub orders: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

/// Table, noun, its column there, and what it is of an order.
const COMPARED: [[&str; 4]; 6] = [
    ["station_hour", "station", "station_id", "station_id"],
    ["station_day", "station", "station_id", "station_id"],
    ["order_day", "station", "station_id", "station_id"],
    ["order_day", "day", "day", "(started_at_ms + 28800000) / 86400000"],
    ["pile_day", "pile", "pile_id", "pile_id"],
    ["customer_station", "customer", "customer_id", "customer_id"],
];

/// Each comparison is one statement, and so of one moment, whatever is written meanwhile.
pub fn differences(conn: &mut Conn) -> DbResult<Vec<Difference>> {
    let mut found = Vec::new();
    for [table, noun, column, of_order] in COMPARED {
        let sql = format!(
            "SELECT id, CAST(SUM(n) AS BIGINT), CAST(SUM(energy_dwh) AS BIGINT), CAST(SUM(total_fen) AS BIGINT) \
             FROM (SELECT {of_order} AS id, 1 AS n, energy_dwh, total_fen FROM orders WHERE state = 'completed' \
             AND {of_order} IS NOT NULL \
             UNION ALL SELECT {column}, -order_count, -energy_dwh, -total_fen FROM {table}) AS compared \
             GROUP BY id HAVING SUM(n) <> 0 OR SUM(energy_dwh) <> 0 OR SUM(total_fen) <> 0 ORDER BY id"
        );
        found.extend(conn.query(&sql, &[], |row| {
            Ok(Difference {
                table,
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
