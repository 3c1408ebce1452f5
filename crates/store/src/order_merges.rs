//! 并充: orders that charge one car together, each with its own connector and bill.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use crate::order_list::{OrderView, order_no};
use model::Result;
use model::id::{OrderId, PileId};
use model::merge::{MergeNo, MergeRole};
use model::order::OrderState;
use model::time::{HOUR_MS, Timestamp};
use serde::Serialize;
use std::collections::HashSet;
use utoipa::ToSchema;

/// A number is made of a time: what is older than this under the same one is another merge.
const SAME_MS: i64 = HOUR_MS;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OrderMerge {
    pub merge_no: String,
    pub role: MergeRole,
    /// The other parts.
    pub others: Vec<OrderMergePart>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OrderMergePart {
    pub order_id: i64,
    pub order_no: String,
    pub connector_no: i64,
    pub role: MergeRole,
    pub state: OrderState,
    pub energy_dwh: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
    pub total_fen: i64,
}

pub fn insert(
    tx: &mut Tx<'_>,
    (order, pile): (OrderId, PileId),
    merge: MergeNo,
    role: MergeRole,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO order_merge (order_id, pile_id, merge_no, role, created_at_ms) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (order_id) DO NOTHING",
        &[order.0.into(), pile.0.into(), merge.to_string().into(), role.as_str().into(), now.as_ms().into()],
    )?;
    Ok(())
}

/// The parts of a merge of a pile that were begun lately.
pub fn parts(conn: &mut Conn, pile: PileId, merge: MergeNo, now: Timestamp) -> DbResult<Vec<OrderId>> {
    conn.query(
        "SELECT order_id FROM order_merge WHERE pile_id = $1 AND merge_no = $2 AND created_at_ms > $3 ORDER BY order_id",
        &[pile.0.into(), merge.to_string().into(), (now.as_ms() - SAME_MS).into()],
        |row| row.int(0).map(OrderId),
    )
}

/// Whether an order is part of a merge, and of which. The caller has found it in the caller's scope.
pub fn of_order(conn: &mut Conn, order: OrderId) -> DbResult<Option<OrderMerge>> {
    let own = conn.find(
        "SELECT pile_id, merge_no, role, created_at_ms FROM order_merge WHERE order_id = $1",
        &[order.0.into()],
        |row| Ok((row.int(0)?, row.text(1)?, row.word(2, MergeRole::parse)?, row.int(3)?)),
    )?;
    let Some((pile, merge_no, role, at)) = own else { return Ok(None) };
    let others = conn.query(
        "SELECT o.id, o.created_at_ms, o.connector_no, m.role, o.state, o.energy_dwh, o.electricity_fen, \
         o.service_fen, o.total_fen FROM order_merge m \
         JOIN orders o ON o.id = m.order_id WHERE m.pile_id = $1 AND m.merge_no = $2 AND m.order_id <> $3 \
         AND m.created_at_ms > $4 AND m.created_at_ms < $5 ORDER BY o.id",
        &[pile.into(), (&merge_no).into(), order.0.into(), (at - SAME_MS).into(), (at + SAME_MS).into()],
        |row| {
            Ok(OrderMergePart {
                order_id: row.int(0)?,
                order_no: order_no(row.int(0)?, row.int(1)?),
                connector_no: row.int(2)?,
                role: row.word(3, MergeRole::parse)?,
                state: row.word(4, OrderState::parse)?,
                energy_dwh: row.int(5)?,
                electricity_fen: row.int(6)?,
                service_fen: row.int(7)?,
                total_fen: row.int(8)?,
            })
        },
    )?;
    Ok(Some(OrderMerge { merge_no, role, others }))
}

/// Says of each order of a page whether it is part of a merge, and of which: few are.
pub(crate) fn tell(conn: &mut Conn, orders: &mut [OrderView]) -> DbResult<()> {
    if orders.is_empty() {
        return Ok(());
    }
    let mut filter = Filter::new();
    let ids = filter.bind_all(orders.iter().map(|order| order.id));
    filter.and(&format!("order_id IN ({ids})"));
    let sql = format!("SELECT order_id FROM order_merge {}", filter.sql());
    let merged: HashSet<i64> = conn.query(&sql, &filter.values, |row| row.int(0))?.into_iter().collect();
    for order in orders.iter_mut().filter(|order| merged.contains(&order.id)) {
        order.merge = of_order(conn, OrderId(order.id))?;
    }
    Ok(())
}

/// All parts of the merge that an order is part of, as a condition on the orders `o`.
pub(crate) fn together(filter: &mut Filter, order: Option<i64>) {
    filter.and_some(
        "o.id IN (SELECT x.order_id FROM order_merge m JOIN order_merge x ON x.pile_id = m.pile_id \
         AND x.merge_no = m.merge_no AND x.created_at_ms > m.created_at_ms - 3600000 \
         AND x.created_at_ms < m.created_at_ms + 3600000 WHERE m.order_id = ?)",
        order,
    );
}
