//! 并充: orders that charge one car together, each with its own connector and bill.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::order_list::order_no;
use model::Result;
use model::id::{OrderId, PileId};
use model::merge::{MergeNo, MergeRole};
use model::order::OrderState;
use model::time::{HOUR_MS, Timestamp};
use serde::Serialize;
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
        "SELECT o.id, o.created_at_ms, o.connector_no, m.role, o.state, o.energy_dwh, o.total_fen FROM order_merge m \
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
                total_fen: row.int(6)?,
            })
        },
    )?;
    Ok(Some(OrderMerge { merge_no, role, others }))
}
