//! 站日账单: a station's day, made of its orders and kept, and whether it is still what its orders add up to.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::StationId;
use model::tariff::Segment;
use model::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a day comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DaySums {
    pub order_count: i64,
    pub energy_dwh: i64,
    pub sharp_dwh: i64,
    pub peak_dwh: i64,
    pub flat_dwh: i64,
    pub valley_dwh: i64,
    /// Of orders that have no periods: a person has decided what they cost.
    pub other_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
    /// What payers were not asked for.
    pub discount_fen: i64,
    /// 占位费, beside the total.
    pub occupancy_fen: i64,
    /// From wallets.
    pub principal_fen: i64,
    /// From gifts: what the platform or the operator has given.
    pub gift_fen: i64,
    /// From accounts of fleets.
    pub fleet_fen: i64,
    /// Not paid when the order ended.
    pub owed_fen: i64,
    /// Of orders that nobody pays.
    pub unpaid_fen: i64,
    /// Given back on this day, whenever the order was.
    pub refund_count: i64,
    pub refunded_fen: i64,
}

const SUMS: [&str; 19] = [
    "order_count",
    "energy_dwh",
    "sharp_dwh",
    "peak_dwh",
    "flat_dwh",
    "valley_dwh",
    "other_dwh",
    "electricity_fen",
    "service_fen",
    "total_fen",
    "discount_fen",
    "occupancy_fen",
    "principal_fen",
    "gift_fen",
    "fleet_fen",
    "owed_fen",
    "unpaid_fen",
    "refund_count",
    "refunded_fen",
];

impl DaySums {
    fn values(&self) -> [i64; 19] {
        [
            self.order_count,
            self.energy_dwh,
            self.sharp_dwh,
            self.peak_dwh,
            self.flat_dwh,
            self.valley_dwh,
            self.other_dwh,
            self.electricity_fen,
            self.service_fen,
            self.total_fen,
            self.discount_fen,
            self.occupancy_fen,
            self.principal_fen,
            self.gift_fen,
            self.fleet_fen,
            self.owed_fen,
            self.unpaid_fen,
            self.refund_count,
            self.refunded_fen,
        ]
    }

    fn read(row: &Row<'_>, at: usize) -> DbResult<DaySums> {
        Ok(DaySums {
            order_count: row.int(at)?,
            energy_dwh: row.int(at + 1)?,
            sharp_dwh: row.int(at + 2)?,
            peak_dwh: row.int(at + 3)?,
            flat_dwh: row.int(at + 4)?,
            valley_dwh: row.int(at + 5)?,
            other_dwh: row.int(at + 6)?,
            electricity_fen: row.int(at + 7)?,
            service_fen: row.int(at + 8)?,
            total_fen: row.int(at + 9)?,
            discount_fen: row.int(at + 10)?,
            occupancy_fen: row.int(at + 11)?,
            principal_fen: row.int(at + 12)?,
            gift_fen: row.int(at + 13)?,
            fleet_fen: row.int(at + 14)?,
            owed_fen: row.int(at + 15)?,
            unpaid_fen: row.int(at + 16)?,
            refund_count: row.int(at + 17)?,
            refunded_fen: row.int(at + 18)?,
        })
    }

    /// What a day must be in itself.
    pub fn is_whole(&self) -> bool {
        let periods = self.sharp_dwh + self.peak_dwh + self.flat_dwh + self.valley_dwh + self.other_dwh;
        let received = self.discount_fen
            + self.principal_fen
            + self.gift_fen
            + self.fleet_fen
            + self.owed_fen
            + self.unpaid_fen;
        periods == self.energy_dwh
            && received == self.total_fen + self.occupancy_fen
            && self.electricity_fen + self.service_fen == self.total_fen
    }

    fn add_periods(&mut self, energy_dwh: i64, segments: &str) {
        let mut periods = [0; 4];
        for segment in serde_json::from_str::<Vec<Segment>>(segments).unwrap_or_default() {
            if let Some(place) = periods.get_mut(segment.period.number()) {
                *place += segment.energy.dwh();
            }
        }
        self.sharp_dwh += periods[0];
        self.peak_dwh += periods[1];
        self.flat_dwh += periods[2];
        self.valley_dwh += periods[3];
        self.other_dwh += energy_dwh - periods.iter().sum::<i64>();
    }
}

/// What the orders that ended within these moments add up to, by operator.
pub fn day_sums(
    conn: &mut Conn,
    station: StationId,
    (from_ms, to_ms): (i64, i64),
) -> DbResult<BTreeMap<i64, DaySums>> {
    let within = [station.0.into(), from_ms.into(), to_ms.into()];
    let mut sums: BTreeMap<i64, DaySums> = BTreeMap::new();
    conn.query(
        "SELECT o.operator_id, o.energy_dwh, o.electricity_fen, o.service_fen, o.total_fen, \
         COALESCE(d.segments, '[]'), p.way, p.principal_fen, p.gift_fen, p.owed_fen, o.discount_fen, o.occupancy_fen FROM orders o \
         LEFT JOIN order_detail d ON d.order_id = o.id \
         LEFT JOIN order_payment p ON p.order_id = o.id AND p.state = 'posted' \
         WHERE o.station_id = $1 AND o.ended_at_ms >= $2 AND o.ended_at_ms < $3 AND o.state = 'completed'",
        &within,
        |row| {
            let sum = sums.entry(row.int(0)?).or_default();
            let (energy, total, way) = (row.int(1)?, row.int(4)?, row.text_opt(6)?);
            sum.order_count += 1;
            sum.energy_dwh += energy;
            sum.electricity_fen += row.int(2)?;
            sum.service_fen += row.int(3)?;
            sum.total_fen += total;
            sum.add_periods(energy, &row.text(5)?);
            let (discount, occupancy) = (row.int(10)?, row.int(11)?);
            sum.discount_fen += discount;
            sum.occupancy_fen += occupancy;
            let Some(way) = way else {
                sum.unpaid_fen += total - discount + occupancy;
                return Ok(());
            };
            let principal = row.int(7)?;
            if way == "fleet" {
                sum.fleet_fen += principal
            } else {
                sum.principal_fen += principal
            }
            sum.gift_fen += row.int(8)?;
            sum.owed_fen += row.int(9)?;
            Ok(())
        },
    )?;
    conn.query(
        "SELECT o.operator_id, COUNT(DISTINCT x.order_id), CAST(SUM(x.fen) AS BIGINT) FROM posting x \
         JOIN orders o ON o.id = x.order_id WHERE o.station_id = $1 AND x.at_ms >= $2 AND x.at_ms < $3 \
         AND x.code = 'refund' GROUP BY o.operator_id",
        &within,
        |row| {
            let sum = sums.entry(row.int(0)?).or_default();
            (sum.refund_count, sum.refunded_fen) = (row.int(1)?, row.int(2)?);
            Ok(())
        },
    )?;
    Ok(sums)
}

/// Stations and days whose bill was never made, or is not what the sums of days say any more.
pub fn days_due(conn: &mut Conn, before_day: i64, most: i64) -> DbResult<Vec<(StationId, i64)>> {
    conn.query(
        "SELECT DISTINCT t.station_id, t.day FROM station_day t LEFT JOIN day_bill b ON b.day = t.day \
         AND b.station_id = t.station_id AND b.operator_id = t.operator_id WHERE t.day < $1 \
         AND (b.id IS NULL OR b.order_count <> t.order_count OR b.energy_dwh <> t.energy_dwh \
         OR b.total_fen <> t.total_fen) ORDER BY t.day DESC, t.station_id LIMIT $2",
        &[before_day.into(), most.into()],
        |row| Ok((StationId(row.int(0)?), row.int(1)?)),
    )
}

/// Stations and moments of what was given back since, and of the ends of orders that have got an occupation fee since.
pub fn refunded_since(conn: &mut Conn, since_ms: i64) -> DbResult<Vec<(StationId, i64)>> {
    let sql = "SELECT o.station_id, CASE WHEN x.code = 'occupancy' THEN COALESCE(o.ended_at_ms, x.at_ms) ELSE x.at_ms END \
               FROM posting x JOIN orders o ON o.id = x.order_id \
               WHERE x.code IN ('refund', 'occupancy') AND x.at_ms >= $1 ORDER BY 1, 2";
    conn.query(sql, &[since_ms.into()], |row| Ok((StationId(row.int(0)?), row.int(1)?)))
}

/// Writes the bill of a day; whether it says something new.
pub fn save(
    tx: &mut Tx<'_>,
    (day, station, operator): (i64, StationId, i64),
    sums: &DaySums,
    now: Timestamp,
) -> Result<bool> {
    let columns = SUMS.join(", ");
    let sql =
        format!("SELECT id, {columns} FROM day_bill WHERE day = $1 AND station_id = $2 AND operator_id = $3");
    let key = [day.into(), station.0.into(), operator.into()];
    let known = tx.find(&sql, &key, |row| Ok((row.int(0)?, DaySums::read(row, 1)?)))?;
    if known.is_some_and(|(_, known)| known == *sums) {
        return Ok(false);
    }
    let id = match known {
        Some((id, _)) => id,
        None => tx.next_id(Noun::DayBill)?,
    };
    let mut values = vec![id.into(), day.into(), station.0.into(), operator.into()];
    values.extend(sums.values().map(store_value));
    values.push(now.as_ms().into());
    let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    let again: Vec<String> = SUMS.iter().map(|name| format!("{name} = excluded.{name}")).collect();
    tx.execute(
        &format!(
            "INSERT INTO day_bill (id, day, station_id, operator_id, {columns}, made_at_ms, made_count) \
             VALUES ({}, 1) ON CONFLICT (id) DO UPDATE SET {}, made_at_ms = excluded.made_at_ms, \
             made_count = day_bill.made_count + 1",
            places.join(", "),
            again.join(", ")
        ),
        &values,
    )?;
    tx.changed(Change::Noun("day_bill"));
    Ok(true)
}

fn store_value(value: i64) -> crate::db::Value<'static> {
    value.into()
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DayBill)]
pub struct DayBillView {
    pub id: i64,
    /// 20261123
    pub day: i64,
    pub station_id: i64,
    pub station_name: String,
    pub operator_name: String,
    pub sums: DaySums,
    pub made_at_ms: i64,
    /// More than once: it was restated because orders or refunds came later.
    pub made_count: i64,
    /// Orders were completed since it was made: it is made anew tonight.
    pub stale: bool,
}

#[derive(Clone, Debug, Default)]
pub struct DayBillFilter {
    pub id: Option<i64>,
    pub station: Option<i64>,
    pub station_name: Option<String>,
    pub from_day: Option<i64>,
    pub to_day: Option<i64>,
    /// Only those that were made more than once.
    pub restated: bool,
    pub before: Option<[i64; 2]>,
    pub limit: i64,
}

impl DayBillFilter {
    fn filter(&self, scope: &Scope) -> Filter {
        let mut filter = Filter::new();
        filter.scope("b.operator_id", "b.station_id", scope);
        filter.and_some("b.id = ?", self.id);
        filter.and_some("b.station_id = ?", self.station);
        filter.and_contains("LOWER(s.name) LIKE ?", self.station_name.as_deref());
        filter.and_some("b.day >= ?", self.from_day);
        filter.and_some("b.day <= ?", self.to_day);
        if self.restated {
            filter.and("b.made_count > 1");
        }
        filter
    }
}

const FROM: &str = "day_bill b JOIN station s ON s.id = b.station_id JOIN operator op ON op.id = b.operator_id \
    LEFT JOIN station_day t ON t.day = b.day AND t.station_id = b.station_id AND t.operator_id = b.operator_id";
const STALE: &str =
    "(COALESCE(t.order_count, 0) <> b.order_count OR COALESCE(t.total_fen, 0) <> b.total_fen)";

/// The latest day first.
pub fn day_bill_list(conn: &mut Conn, scope: &Scope, wanted: &DayBillFilter) -> DbResult<Page<DayBillView>> {
    let mut filter = wanted.filter(scope);
    let total = conn.one(&format!("SELECT COUNT(*) FROM {FROM} {}", filter.sql()), &filter.values, count)?;
    if let Some([day, id]) = wanted.before {
        let (earlier, same, after) = (filter.bind(day), filter.bind(day), filter.bind(id));
        filter.and(&format!("(b.day < {earlier} OR (b.day = {same} AND b.id > {after}))"));
    }
    let limit = filter.bind(wanted.limit + 1);
    let sums = SUMS.map(|name| format!("b.{name}")).join(", ");
    let sql = format!(
        "SELECT b.id, b.day, b.station_id, s.name, op.name, {sums}, b.made_at_ms, b.made_count, {STALE} FROM {FROM} {} \
         ORDER BY b.day DESC, b.id LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(DayBillView {
            id: row.int(0)?,
            day: row.int(1)?,
            station_id: row.int(2)?,
            station_name: row.text(3)?,
            operator_name: row.text(4)?,
            sums: DaySums::read(row, 5)?,
            made_at_ms: row.int(5 + SUMS.len())?,
            made_count: row.int(6 + SUMS.len())?,
            stale: row.bool(7 + SUMS.len())?,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| format!("{}.{}", one.day, one.id)))
}

/// A station's month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MonthBill {
    /// 202611
    pub month: i64,
    pub station_id: i64,
    pub station_name: String,
    pub operator_name: String,
    /// Days of which there is a bill.
    pub day_count: i64,
    pub sums: DaySums,
}

/// Days summed up by month, the latest first. `before`: month and station of the last row of the page before.
pub fn month_bill_list(conn: &mut Conn, scope: &Scope, wanted: &DayBillFilter) -> DbResult<Page<MonthBill>> {
    let mut filter = wanted.filter(scope);
    if let Some([month, station]) = wanted.before {
        let (earlier, same, after) = (filter.bind(month), filter.bind(month), filter.bind(station));
        filter
            .and(&format!("(b.day / 100 < {earlier} OR (b.day / 100 = {same} AND b.station_id > {after}))"));
    }
    let limit = filter.bind(wanted.limit + 1);
    let sums = SUMS.map(|name| format!("CAST(SUM(b.{name}) AS BIGINT)")).join(", ");
    let sql = format!(
        "SELECT b.day / 100, b.station_id, s.name, op.name, COUNT(DISTINCT b.day), {sums} FROM {FROM} {} \
         GROUP BY b.day / 100, b.station_id, s.name, op.name ORDER BY b.day / 100 DESC, b.station_id LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(MonthBill {
            month: row.int(0)?,
            station_id: row.int(1)?,
            station_name: row.text(2)?,
            operator_name: row.text(3)?,
            day_count: row.int(4)?,
            sums: DaySums::read(row, 5)?,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, None, |one| format!("{}.{}", one.month, one.station_id)))
}

/// A bill to be proved: of which station and operator, of which day, what it says.
#[derive(Clone, Debug)]
pub struct KeptBill {
    pub id: i64,
    pub day: i64,
    pub station: StationId,
    pub operator: i64,
    pub sums: DaySums,
    pub stale: bool,
}

/// Bills after this id, for recomputing them.
pub fn kept_after(conn: &mut Conn, after: i64, limit: i64) -> DbResult<Vec<KeptBill>> {
    let sums = SUMS.map(|name| format!("b.{name}")).join(", ");
    let sql = format!(
        "SELECT b.id, b.day, b.station_id, b.operator_id, {sums}, {STALE} FROM {FROM} WHERE b.id > $1 \
         ORDER BY b.id LIMIT $2"
    );
    conn.query(&sql, &[after.into(), limit.into()], |row| {
        Ok(KeptBill {
            id: row.int(0)?,
            day: row.int(1)?,
            station: StationId(row.int(2)?),
            operator: row.int(3)?,
            sums: DaySums::read(row, 4)?,
            stale: row.bool(4 + SUMS.len())?,
        })
    })
}
