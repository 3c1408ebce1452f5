//! 备注 beside an order: who has written down what, and when. Nothing of it is ever changed.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::ids::Noun;
use model::Result;
use model::id::{OrderId, StaffId};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderNote {
    pub id: i64,
    pub text: String,
    pub staff_name: String,
    pub created_at_ms: i64,
}

/// The latest first.
pub fn of_order(conn: &mut Conn, order: OrderId) -> DbResult<Vec<OrderNote>> {
    let sql = "SELECT n.id, n.text, COALESCE(s.name, ''), n.created_at_ms FROM order_note n \
               LEFT JOIN staff s ON s.id = n.staff_id WHERE n.order_id = $1 ORDER BY n.id DESC";
    conn.query(sql, &[order.0.into()], |row| {
        Ok(OrderNote {
            id: row.int(0)?,
            text: row.text(1)?,
            staff_name: row.text(2)?,
            created_at_ms: row.int(3)?,
        })
    })
}

pub fn insert(tx: &mut Tx<'_>, order: OrderId, staff: StaffId, text: &str, now: Timestamp) -> Result<i64> {
    let id = tx.next_id(Noun::OrderNote)?;
    tx.execute(
        "INSERT INTO order_note (id, order_id, staff_id, text, created_at_ms) VALUES ($1, $2, $3, $4, $5)",
        &[id.into(), order.0.into(), staff.0.into(), text.into(), now.as_ms().into()],
    )?;
    Ok(id)
}
