//! Values of running sessions: append-only, each naming the one before it of the same order, so that
//! an order's curve is read from its latest sample backwards, without an index that every message
//! would have to write.

use crate::Tx;
use crate::db::{Conn, DbResult, Insert, Inserts, Row};
use crate::hot::{NO_SAMPLE, UNKNOWN_SAMPLE, curve_of};
use crate::orders::OPEN;
use model::Result;
use model::curve::{Curve, Point};
use model::energy::Energy;
use model::id::OrderId;
use model::order::{OpenOrder, Order};
use model::time::Timestamp;
use std::collections::HashMap;

#[derive(Clone, Debug)]
pub struct SampleRow {
    /// Given by [`crate::Tx::sample_append`].
    pub id: i64,
    pub order: OrderId,
    pub point: Point,
}

static SAMPLE: Insert = Insert {
    table: "sample",
    columns: &[
        "id",
        "previous_id",
        "order_id",
        "at_ms",
        "delivered_dwh",
        "power_w",
        "voltage_dv",
        "current_da",
        "soc_percent",
        "temperature_c",
    ],
    on_conflict: "",
};

pub(crate) fn inserts(rows: &[(SampleRow, Option<i64>)]) -> Inserts<'_> {
    let values = rows.iter().flat_map(|(SampleRow { id, order, point }, previous)| {
        [
            (*id).into(),
            (*previous).into(),
            order.0.into(),
            point.at.as_ms().into(),
            point.delivered.map(Energy::dwh).into(),
            point.power_w.into(),
            point.voltage_dv.into(),
            point.current_da.into(),
            point.soc_percent.into(),
            point.temperature_c.into(),
        ]
    });
    Inserts { insert: &SAMPLE, values: values.collect() }
}

/// What the order's row says of its energy is what its curve says at its latest moment, in whatever
/// order the values came.
pub fn energy_follow(order: &mut Order, curve: &Curve) {
    let latest = curve.points().iter().rev().find_map(|point| point.delivered);
    order.energy = latest.unwrap_or(order.energy);
}

/// The same of the state of charge.
pub fn soc_follow(order: &mut Order, curve: &Curve) {
    let mut told = curve.points().iter().filter_map(|point| point.soc_percent);
    let first = told.next();
    let last = told.next_back().or(first);
    (order.soc_start, order.soc_end) = (first.or(order.soc_start), last.or(order.soc_end));
}

/// Columns from the third on; the first two are what leads to the point.
fn point(row: &Row<'_>) -> DbResult<Point> {
    Ok(Point {
        at: Timestamp::from_ms(row.int(2)?),
        delivered: row.int_opt(3)?.map(Energy::from_dwh),
        power_w: row.int_opt(4)?,
        voltage_dv: row.int_opt(5)?,
        current_da: row.int_opt(6)?,
        soc_percent: row.int_opt(7)?,
        temperature_c: row.int_opt(8)?,
    })
}

/// From the latest sample of an order back to its first; `None` when the chain does not reach it.
fn chain(conn: &mut Conn, head: i64) -> DbResult<Option<Vec<Point>>> {
    if head == NO_SAMPLE {
        return Ok(Some(Vec::new()));
    }
    let (mut points, mut first) = (Vec::new(), Some(head));
    conn.query(
        "WITH RECURSIVE chain (id, previous_id) AS (SELECT id, previous_id FROM sample WHERE id = $1 \
         UNION ALL SELECT s.id, s.previous_id FROM chain c JOIN sample s ON s.id = c.previous_id) \
         SELECT s.id, s.previous_id, s.at_ms, s.delivered_dwh, s.power_w, s.voltage_dv, s.current_da, \
         s.soc_percent, s.temperature_c FROM chain c JOIN sample s ON s.id = c.id ORDER BY s.id DESC",
        &[head.into()],
        |row| {
            first = row.int_opt(1)?;
            points.push(point(row)?);
            Ok(())
        },
    )?;
    points.reverse();
    Ok(first.is_none().then_some(points))
}

/// Those whose latest sample is not known are found in one pass over all samples since the oldest of
/// them began, whatever their number: once, after the server has started.
fn pass(
    conn: &mut Conn,
    orders: &[&Order],
    heads: &mut HashMap<OrderId, i64>,
) -> DbResult<HashMap<OrderId, Vec<Point>>> {
    let mut points: HashMap<_, _> = orders.iter().map(|order| (order.id, Vec::new())).collect();
    let Some(from) = orders.iter().map(|order| order.sample_from).min() else { return Ok(points) };
    for order in orders {
        heads.insert(order.id, NO_SAMPLE);
    }
    conn.query(
        "SELECT id, order_id, at_ms, delivered_dwh, power_w, voltage_dv, current_da, soc_percent, temperature_c \
         FROM sample WHERE id >= $1 ORDER BY id",
        &[from.into()],
        |row| {
            let order = OrderId(row.int(1)?);
            if let Some(points) = points.get_mut(&order) {
                points.push(point(row)?);
                heads.insert(order, row.int(0)?);
            }
            Ok(())
        },
    )?;
    Ok(points)
}

/// Most ids that one step of forgetting goes through.
const PRUNE_STEP: i64 = 4_096;

/// One step of forgetting: the oldest samples, as long as they are older than the first order that
/// began after `before_ms`, and no open order needs them. What explains an order that has ended is in
/// its detail. How many went; a step that finds nothing to do is the last one.
pub fn prune(tx: &mut Tx<'_>, before_ms: i64) -> Result<u64> {
    let oldest = tx.query("SELECT MIN(id) FROM sample", &[], |row| row.int_opt(0))?.pop().flatten();
    let Some(oldest) = oldest else { return Ok(0) };
    // One statement: an order that begins meanwhile on another writer is seen or has no samples yet.
    tx.execute(
        &format!(
            "DELETE FROM sample WHERE id >= $1 AND id < $2 AND id < COALESCE((SELECT sample_from FROM orders \
             WHERE started_at_ms >= $3 ORDER BY started_at_ms, id LIMIT 1), $2) \
             AND id < COALESCE((SELECT MIN(sample_from) FROM orders WHERE {OPEN}), $2)"
        ),
        &[oldest.into(), (oldest + PRUNE_STEP).into(), before_ms.into()],
    )
}

/// Reads the curves of open orders.
pub(crate) fn with_curves(
    conn: &mut Conn,
    orders: Vec<Order>,
    heads: &mut HashMap<OrderId, i64>,
) -> DbResult<Vec<OpenOrder>> {
    let mut found = HashMap::with_capacity(orders.len());
    let mut unknown = Vec::new();
    for order in &orders {
        let known = heads.get(&order.id).copied().filter(|head| *head != UNKNOWN_SAMPLE);
        match known.map(|head| chain(conn, head)).transpose()?.flatten() {
            Some(points) => drop(found.insert(order.id, points)),
            None => unknown.push(order),
        }
    }
    found.extend(pass(conn, &unknown, heads)?);
    // Rows are not written for every sample, so the curve knows better.
    let open = |mut order: Order| {
        let curve = curve_of(found.remove(&order.id).unwrap_or_default());
        energy_follow(&mut order, &curve);
        soc_follow(&mut order, &curve);
        OpenOrder { order, curve }
    };
    Ok(orders.into_iter().map(open).collect())
}
