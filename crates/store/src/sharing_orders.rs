//! What periods of sharing rest on: paid orders, after the operator's discounts, refunds and what was written off; as they are now,
//! and as they were when a period was closed.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::order_list::order_no;
use model::Result;
use model::id::OperatorId;
use model::sharing::{Earned, SharingAdjustment};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What an operator gets for the charging of order `o` by its posted payment `p`: what was asked for, and what the platform bears of
/// what was not. 占位费 is the operator's alone.
macro_rules! gross {
    () => {
        "(o.total_fen - o.discount_fen + p.platform_fen)"
    };
}
/// What of it was given back or written off, with the platform's part of that.
macro_rules! taken {
    () => {
        "(p.platform_back_fen + CASE WHEN p.refunded_fen + p.returned_fen + p.written_off_fen - p.occupancy_back_fen > \
         o.total_fen - o.discount_fen THEN o.total_fen - o.discount_fen ELSE \
         p.refunded_fen + p.returned_fen + p.written_off_fen - p.occupancy_back_fen END)"
    };
}
/// The electricity of it; an operator's discount takes from the service fee first.
macro_rules! asked_electricity {
    () => {
        concat!(
            "(CASE WHEN o.electricity_fen < ",
            gross!(),
            " THEN o.electricity_fen ELSE ",
            gross!(),
            " END)"
        )
    };
}
/// A refund takes from both fees as they stand to each other, rounded once, at the electricity; the service fee is what is
/// left.
macro_rules! electricity {
    () => {
        concat!(
            "(CASE WHEN ",
            gross!(),
            " > 0 THEN ",
            asked_electricity!(),
            " - (",
            taken!(),
            " * ",
            asked_electricity!(),
            " * 2 + ",
            gross!(),
            ") / (",
            gross!(),
            " * 2) ELSE 0 END)"
        )
    };
}
macro_rules! service {
    () => {
        concat!("(", gross!(), " - ", taken!(), " - ", electricity!(), ")")
    };
}

/// Orders of one operator that are paid, at stations of one zone, ended within two moments, and not in a closed period. The
/// four values are named from this number on.
fn open(first: usize) -> String {
    let (operator, from, to, zone) = (first, first + 1, first + 2, first + 3);
    format!(
        "FROM orders o JOIN order_payment p ON p.order_id = o.id AND p.state = 'posted' \
         JOIN station s ON s.id = o.station_id WHERE o.operator_id = ${operator} AND o.ended_at_ms >= ${from} \
         AND o.ended_at_ms < ${to} AND s.time_zone = ${zone} AND o.state = 'completed' \
         AND NOT EXISTS (SELECT 1 FROM sharing_order f WHERE f.order_id = o.id AND f.latest)"
    )
}

/// The days of stations, with what was earned on them.
pub type Days = BTreeMap<i64, BTreeMap<i64, Earned>>;

/// Where and when: the stations of one zone, and a local day of it.
#[derive(Clone, Debug)]
pub struct ZoneDay<'a> {
    pub operator: OperatorId,
    pub zone: &'a str,
    pub day: i64,
    pub from_ms: i64,
    pub to_ms: i64,
}

/// The zones of all stations.
pub fn zones(conn: &mut Conn) -> DbResult<Vec<String>> {
    conn.query("SELECT DISTINCT time_zone FROM station ORDER BY time_zone", &[], |row| row.text(0))
}

fn figures(row: &Row<'_>, at: usize) -> DbResult<Earned> {
    Ok(Earned {
        order_count: 1,
        energy_dwh: row.int(at)?,
        electricity_fen: row.int(at + 1)?,
        service_fen: row.int(at + 2)?,
    })
}

fn summed(row: &Row<'_>, at: usize) -> DbResult<Earned> {
    Ok(Earned {
        order_count: row.int(at)?,
        energy_dwh: row.int(at + 1)?,
        electricity_fen: row.int(at + 2)?,
        service_fen: row.int(at + 3)?,
    })
}

/// What was earned on a day, as the orders are now.
pub fn open_day(conn: &mut Conn, at: &ZoneDay<'_>, days: &mut Days) -> DbResult<()> {
    let sql = format!(
        "SELECT o.station_id, COUNT(*), CAST(SUM(o.energy_dwh) AS BIGINT), CAST(SUM({}) AS BIGINT), \
         CAST(SUM({}) AS BIGINT) {} GROUP BY o.station_id",
        electricity!(),
        service!(),
        open(1)
    );
    let wanted = [at.operator.0.into(), at.from_ms.into(), at.to_ms.into(), at.zone.into()];
    let rows = conn.query(&sql, &wanted, |row| Ok((row.int(0)?, summed(row, 1)?)))?;
    for (station, earned) in rows {
        days.entry(station).or_default().entry(at.day).or_default().add(&earned);
    }
    Ok(())
}

/// Writes down the orders of a day as they are now.
pub fn freeze_day(tx: &mut Tx<'_>, period: i64, at: &ZoneDay<'_>) -> Result<()> {
    let sql = format!(
        "INSERT INTO sharing_order (period_id, order_id, about_period_id, operator_id, station_id, day, adjustment, \
         energy_dwh, electricity_fen, service_fen, latest) SELECT CAST($1 AS BIGINT), o.id, CAST($1 AS BIGINT), \
         o.operator_id, o.station_id, CAST($2 AS BIGINT), CAST(NULL AS TEXT), o.energy_dwh, {}, {}, TRUE {}",
        electricity!(),
        service!(),
        open(3)
    );
    let operator = at.operator.0.into();
    let wanted = [period.into(), at.day.into(), operator, at.from_ms.into(), at.to_ms.into(), at.zone.into()];
    tx.execute(&sql, &wanted).map(drop)
}

/// What a closed period was divided of.
pub fn frozen(conn: &mut Conn, period: i64) -> DbResult<Days> {
    let sql = "SELECT station_id, day, COUNT(*), CAST(SUM(energy_dwh) AS BIGINT), CAST(SUM(electricity_fen) AS BIGINT), \
               CAST(SUM(service_fen) AS BIGINT) FROM sharing_order WHERE period_id = $1 AND adjustment IS NULL \
               GROUP BY station_id, day";
    let mut days = Days::new();
    for (station, day, earned) in
        conn.query(sql, &[period.into()], |row| Ok((row.int(0)?, row.int(1)?, summed(row, 2)?)))?
    {
        days.entry(station).or_default().insert(day, earned);
    }
    Ok(days)
}

/// What the orders of a closed period come to at a station, with all adjustments up to now.
pub fn adjusted(conn: &mut Conn, period: i64, station: i64) -> DbResult<BTreeMap<i64, Earned>> {
    let sql = "SELECT day, COUNT(*), CAST(SUM(energy_dwh) AS BIGINT), CAST(SUM(electricity_fen) AS BIGINT), \
               CAST(SUM(service_fen) AS BIGINT) FROM sharing_order WHERE about_period_id = $1 AND station_id = $2 \
               AND latest GROUP BY day";
    let rows = conn.query(sql, &[period.into(), station.into()], |row| Ok((row.int(0)?, summed(row, 1)?)))?;
    Ok(rows.into_iter().collect())
}

/// An order that is not what a closed period had of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub order: i64,
    pub about_period: i64,
    pub station: i64,
    pub day: i64,
    pub adjustment: SharingAdjustment,
    pub was: Earned,
    pub now: Earned,
}

/// Orders of closed periods that were given back, corrected or made void since.
pub fn changed(conn: &mut Conn, operator: OperatorId, since_day: i64) -> DbResult<Vec<Moved>> {
    let now = |of: &str| format!("(CASE WHEN p.order_id IS NULL THEN 0 ELSE {of} END)");
    let (energy, electricity, service) = (now("o.energy_dwh"), now(electricity!()), now(service!()));
    let sql = format!(
        "SELECT f.order_id, f.about_period_id, f.station_id, f.day, p.order_id, f.energy_dwh, f.electricity_fen, \
         f.service_fen, {energy}, {electricity}, {service} FROM sharing_order f \
         LEFT JOIN orders o ON o.id = f.order_id AND o.state = 'completed' \
         LEFT JOIN order_payment p ON p.order_id = o.id AND p.state = 'posted' \
         WHERE f.latest AND f.operator_id = $1 AND f.day >= $2 AND (f.energy_dwh <> {energy} OR \
         f.electricity_fen <> {electricity} OR f.service_fen <> {service}) ORDER BY f.order_id"
    );
    conn.query(&sql, &[operator.0.into(), since_day.into()], |row| {
        let there = row.int_opt(4)?.is_some();
        Ok(Moved {
            order: row.int(0)?,
            about_period: row.int(1)?,
            station: row.int(2)?,
            day: row.int(3)?,
            adjustment: if there { SharingAdjustment::Changed } else { SharingAdjustment::Gone },
            was: figures(row, 5)?,
            now: figures(row, 8)?,
        })
    })
}

/// Orders that no period has, ended within these moments: number, station, when, what it comes to.
pub fn late(conn: &mut Conn, at: &ZoneDay<'_>) -> DbResult<Vec<(i64, i64, i64, Earned)>> {
    let sql = format!(
        "SELECT o.id, o.station_id, o.ended_at_ms, o.energy_dwh, {}, {} {} ORDER BY o.id",
        electricity!(),
        service!(),
        open(1)
    );
    let wanted = [at.operator.0.into(), at.from_ms.into(), at.to_ms.into(), at.zone.into()];
    conn.query(&sql, &wanted, |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, figures(row, 3)?)))
}

/// Writes down that an order of a closed period stands in another, and that what was known before is so no longer.
pub fn adjust(tx: &mut Tx<'_>, period: i64, operator: OperatorId, one: &Moved) -> Result<()> {
    let old = "UPDATE sharing_order SET latest = FALSE WHERE order_id = $1 AND latest";
    tx.execute(old, &[one.order.into()])?;
    tx.execute(
        "INSERT INTO sharing_order (period_id, order_id, about_period_id, operator_id, station_id, day, adjustment, \
         energy_dwh, electricity_fen, service_fen, latest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, TRUE)",
        &[
            period.into(),
            one.order.into(),
            one.about_period.into(),
            operator.0.into(),
            one.station.into(),
            one.day.into(),
            one.adjustment.as_str().into(),
            one.now.energy_dwh.into(),
            one.now.electricity_fen.into(),
            one.now.service_fen.into(),
        ],
    )
    .map(drop)
}

/// An order on which a period rests.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SharingOrder)]
pub struct SharingOrderView {
    pub order_id: i64,
    pub order_no: String,
    pub station_id: i64,
    pub station_name: String,
    pub ended_at_ms: Option<i64>,
    pub energy_dwh: i64,
    /// After refunds.
    pub electricity_fen: i64,
    /// After discounts and refunds.
    pub service_fen: i64,
    /// Null: an order of the period itself.
    pub adjustment: Option<SharingAdjustment>,
    /// Of an adjustment: the closed period to which it belongs.
    pub about_period_id: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct SharingOrderFilter {
    pub period: i64,
    pub station: Option<i64>,
    pub before: Option<i64>,
    pub limit: i64,
}

/// What an open period would rest on: the moments of each zone, as the orders are now.
pub type Spans = Vec<(String, i64, i64)>;

fn view(row: &Row<'_>, period: Option<i64>) -> DbResult<SharingOrderView> {
    let order_id = row.int(0)?;
    let about = row.int_opt(9)?;
    Ok(SharingOrderView {
        order_id,
        order_no: order_no(order_id, row.int_opt(1)?.unwrap_or(0)),
        station_id: row.int(2)?,
        station_name: row.text(3)?,
        ended_at_ms: row.int_opt(4)?,
        energy_dwh: row.int(5)?,
        electricity_fen: row.int(6)?,
        service_fen: row.int(7)?,
        adjustment: row.text_opt(8)?.as_deref().and_then(SharingAdjustment::parse),
        about_period_id: about.filter(|about| Some(*about) != period),
    })
}

/// Orders of a closed period, newest first, adjustments among them.
pub fn closed_list(conn: &mut Conn, wanted: &SharingOrderFilter) -> DbResult<Page<SharingOrderView>> {
    let mut filter = Filter::new();
    filter.and_value("f.period_id = ?", wanted.period);
    filter.and_some("f.station_id = ?", wanted.station);
    let total =
        conn.one(&format!("SELECT COUNT(*) FROM sharing_order f {}", filter.sql()), &filter.values, count)?;
    filter.and_some("f.order_id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT f.order_id, o.created_at_ms, f.station_id, s.name, o.ended_at_ms, f.energy_dwh, f.electricity_fen, \
         f.service_fen, f.adjustment, f.about_period_id FROM sharing_order f JOIN station s ON s.id = f.station_id \
         LEFT JOIN orders o ON o.id = f.order_id {} ORDER BY f.order_id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| view(row, Some(wanted.period)))?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.order_id.to_string()))
}

/// Orders of a period that is not closed, as they are now, newest first.
pub fn open_list(
    conn: &mut Conn,
    operator: OperatorId,
    spans: &Spans,
    wanted: &SharingOrderFilter,
) -> DbResult<Page<SharingOrderView>> {
    let mut filter = Filter::new();
    filter.and_value("o.operator_id = ?", operator.0);
    filter.and("o.state = 'completed'");
    filter.and("NOT EXISTS (SELECT 1 FROM sharing_order f WHERE f.order_id = o.id AND f.latest)");
    filter.and_some("o.station_id = ?", wanted.station);
    let mut within = Vec::new();
    for (zone, from_ms, to_ms) in spans {
        let (zone, from) = (filter.bind(zone.clone()), filter.bind(*from_ms));
        let to = filter.bind(*to_ms);
        within.push(format!("(s.time_zone = {zone} AND o.ended_at_ms >= {from} AND o.ended_at_ms < {to})"));
    }
    filter.and(&format!("({})", if within.is_empty() { "1 = 0".to_owned() } else { within.join(" OR ") }));
    let from = "FROM orders o JOIN order_payment p ON p.order_id = o.id AND p.state = 'posted' \
                JOIN station s ON s.id = o.station_id";
    let total = conn.one(&format!("SELECT COUNT(*) {from} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("o.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT o.id, o.created_at_ms, o.station_id, s.name, o.ended_at_ms, o.energy_dwh, {}, {}, \
         CAST(NULL AS TEXT), CAST(NULL AS BIGINT) {from} {} ORDER BY o.id DESC LIMIT {limit}",
        electricity!(),
        service!(),
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| view(row, None))?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.order_id.to_string()))
}
