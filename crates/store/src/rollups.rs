//! Completed orders summed up per station and hour and per pile and day, written in the same
//! transaction as the order, so that a page that shows sums never adds up orders.

use crate::db::{Insert, Inserts, Value};
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
pub(crate) fn inserts(rows: &[Ended]) -> impl Iterator<Item = Inserts<'static>> {
    [hour_inserts(rows), day_inserts(rows)].into_iter().filter(|inserts| !inserts.values.is_empty())
}

fn hour_inserts(rows: &[Ended]) -> Inserts<'static> {
    let mut sums: BTreeMap<(i64, i64, i64, i64), [i64; 6]> = BTreeMap::new();
    for e in rows {
        let sum = sums.entry((e.day, e.hour, e.station.0, e.operator.0)).or_default();
        let one = [1, i64::from(e.success), e.energy.dwh(), e.electricity.0, e.service.0, e.total.0];
        sum.iter_mut().zip(one).for_each(|(sum, one)| *sum += one);
    }
    let values = sums
        .into_iter()
        .flat_map(|((day, hour, station, operator), sum)| {
            [day, hour, station, operator].into_iter().chain(sum)
        })
        .map(Value::Int);
    Inserts { insert: &HOUR, values: values.collect() }
}

fn day_inserts(rows: &[Ended]) -> Inserts<'static> {
    let mut sums: BTreeMap<(i64, i64), [i64; 3]> = BTreeMap::new();
    for e in rows {
        let sum = sums.entry((e.pile.0, e.day)).or_default();
        sum.iter_mut().zip([1, e.energy.dwh(), e.total.0]).for_each(|(sum, one)| *sum += one);
    }
    let values =
        sums.into_iter().flat_map(|((pile, day), sum)| [pile, day].into_iter().chain(sum)).map(Value::Int);
    Inserts { insert: &DAY, values: values.collect() }
}
