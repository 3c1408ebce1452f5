//! 优惠 of orders: the lines that make up `orders.discount_fen`.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::ledger_faults::LedgerFault;
use model::Result;
use model::discount::{DiscountBearer, DiscountKind};
use model::id::OrderId;
use model::offer::Line;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A line of a bill that is taken off.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OrderDiscount)]
pub struct OrderDiscountView {
    pub kind: DiscountKind,
    pub amount_fen: i64,
    pub bearer: DiscountBearer,
    /// What of it the platform bears; the operator bears the rest.
    pub platform_fen: i64,
    /// Of the service fee, where it is such a share.
    pub permille: Option<i64>,
    /// The level that gave it, if it is still there.
    pub level_name: Option<String>,
    /// What the activity or the coupon was called.
    pub name: Option<String>,
    /// The coupon.
    pub coupon_id: Option<i64>,
}

/// Writes a line; the same kind again takes its place.
pub fn save(tx: &mut Tx<'_>, order: OrderId, line: &Line, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO order_discount (order_id, kind, amount_fen, bearer, permille, source_id, created_at_ms, platform_fen, \
         voucher_id, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (order_id, kind) DO UPDATE SET \
         amount_fen = excluded.amount_fen, bearer = excluded.bearer, permille = excluded.permille, \
         source_id = excluded.source_id, platform_fen = excluded.platform_fen, voucher_id = excluded.voucher_id, \
         name = excluded.name",
        &[
            order.0.into(),
            line.kind.as_str().into(),
            line.amount.0.into(),
            line.bearer.as_str().into(),
            line.permille.into(),
            line.source.into(),
            now.as_ms().into(),
            line.platform.0.into(),
            line.voucher.into(),
            line.name.as_str().into(),
        ],
    )
    .map(drop)
}

pub fn of_order(conn: &mut Conn, order: OrderId) -> DbResult<Vec<OrderDiscountView>> {
    conn.query(
        "SELECT d.kind, d.amount_fen, d.bearer, d.permille, l.name, d.platform_fen, d.name, d.source_id \
         FROM order_discount d LEFT JOIN member_level l ON d.kind = 'member' AND l.id = d.source_id \
         WHERE d.order_id = $1 ORDER BY d.kind DESC",
        &[order.0.into()],
        |row| {
            let kind = row.word(0, DiscountKind::parse)?;
            let source = row.int_opt(7)?;
            Ok(OrderDiscountView {
                kind,
                amount_fen: row.int(1)?,
                bearer: row.word(2, DiscountBearer::parse)?,
                permille: row.int_opt(3)?,
                level_name: row.text_opt(4)?,
                platform_fen: row.int(5)?,
                name: row.text_opt(6)?.filter(|name| !name.is_empty()),
                coupon_id: source.filter(|_| kind == DiscountKind::Coupon),
            })
        },
    )
}

/// Each gives the orders that are wrong.
const FAULTS: [(&str, &str); 6] = [
    (
        "the discount is not the sum of its lines, or more than the bill",
        "SELECT d.order_id FROM (SELECT order_id, SUM(amount_fen) AS fen FROM order_discount GROUP BY order_id) d \
         LEFT JOIN orders o ON o.id = d.order_id WHERE o.id IS NULL OR o.discount_fen <> d.fen OR \
         o.discount_fen > o.total_fen OR (o.discount_fen <> 0 AND o.state <> 'completed') ORDER BY 1",
    ),
    (
        "what the level takes off is not its share of the service fee",
        "SELECT d.order_id FROM order_discount d JOIN orders o ON o.id = d.order_id WHERE d.kind = 'member' AND \
         (d.permille <> o.service_off_permille OR d.amount_fen <> (o.service_fen * d.permille * 2 + 1000) / 2000) \
         AND NOT EXISTS (SELECT 1 FROM settlement s WHERE s.order_id = o.id AND s.difference_fen IS NOT NULL \
         AND s.state = 'approved') ORDER BY 1",
    ),
    (
        "more of a discount is borne than it is, or by somebody else than its line says",
        "SELECT order_id FROM order_discount WHERE platform_fen < 0 OR platform_fen > amount_fen OR \
         (bearer = 'operator' AND platform_fen <> 0) ORDER BY 1",
    ),
    (
        "a coupon was used by an order from which it takes nothing off",
        "SELECT v.order_id FROM voucher v WHERE v.state = 'used' AND v.order_id IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM order_discount d WHERE d.order_id = v.order_id AND d.voucher_id = v.id) ORDER BY 1",
    ),
    (
        "a coupon takes something off, is not used up by it, and nothing was given back",
        "SELECT d.order_id FROM order_discount d LEFT JOIN voucher v ON v.id = d.voucher_id LEFT JOIN order_payment p \
         ON p.order_id = d.order_id WHERE d.voucher_id IS NOT NULL AND (v.id IS NULL OR v.state <> 'used' OR \
         v.order_id IS NULL OR v.order_id <> d.order_id) AND COALESCE(p.refunded_fen + p.returned_fen, 0) = 0 ORDER BY 1",
    ),
    (
        "a discount has no line",
        "SELECT o.id FROM orders o WHERE o.discount_fen <> 0 AND NOT EXISTS \
         (SELECT 1 FROM order_discount d WHERE d.order_id = o.id) ORDER BY 1",
    ),
];

/// The days whose sum of discounts is not that of their orders.
const DAYS: &str = "SELECT day, CAST(SUM(fen) AS BIGINT) FROM \
    (SELECT (started_at_ms + 28800000) / 86400000 AS day, discount_fen AS fen FROM orders \
     WHERE state = 'completed' AND discount_fen <> 0 \
     UNION ALL SELECT day, -discount_fen FROM order_day WHERE discount_fen <> 0) AS compared \
    GROUP BY day HAVING SUM(fen) <> 0 ORDER BY day";

pub(crate) fn faults(conn: &mut Conn) -> DbResult<Vec<LedgerFault>> {
    let mut found = Vec::new();
    for (what, sql) in FAULTS {
        let orders = conn.query(sql, &[], |row| row.int(0))?;
        found.extend(orders.into_iter().map(|id| LedgerFault { order: Some(id), what: what.to_owned() }));
    }
    let days = conn.query(DAYS, &[], |row| Ok((row.int(0)?, row.int(1)?)))?;
    found.extend(days.into_iter().map(|(day, fen)| LedgerFault {
        order: None,
        what: format!("the discounts of day {day} are {fen} fen less than those of its orders"),
    }));
    Ok(found)
}
