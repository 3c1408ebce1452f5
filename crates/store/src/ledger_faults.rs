//! What may never be so in the books: asked of the database by `pileops verify`.

use crate::db::{Conn, DbResult};
use crate::occupancies;
use crate::order_discounts;
use crate::postings;
use model::ledger::{AccountId, AccountKind};

/// Something that is wrong, and the order that it is wrong with, if it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerFault {
    pub order: Option<i64>,
    pub what: String,
}

/// Each gives the orders that are wrong. One statement each, and so of one moment.
const OF_ORDERS: [(&str, &str); 7] = [
    (
        "what was posted is not the bill",
        "SELECT p.order_id FROM order_payment p JOIN orders o ON o.id = p.order_id WHERE p.state = 'posted' AND \
         (o.state <> 'completed' OR p.principal_fen + p.gift_fen + p.owed_fen <> o.total_fen - o.discount_fen + o.occupancy_fen OR o.electricity_fen - CASE WHEN o.discount_fen > o.service_fen THEN o.discount_fen - o.service_fen ELSE 0 END <> \
         (SELECT COALESCE(SUM(x.fen), 0) FROM posting x WHERE x.order_id = o.id AND x.code = 'electricity') OR \
         CASE WHEN o.discount_fen > o.service_fen THEN 0 ELSE o.service_fen - o.discount_fen END <> (SELECT COALESCE(SUM(x.fen), 0) FROM posting x WHERE x.order_id = o.id AND \
         x.code = 'service') OR o.discount_fen <> (SELECT COALESCE(SUM(x.fen), 0) FROM posting x \
         WHERE x.order_id = o.id AND x.code = 'discount') OR o.occupancy_fen <> (SELECT COALESCE(SUM(x.fen), 0) FROM posting x \
         WHERE x.order_id = o.id AND x.code = 'occupancy')) ORDER BY 1",
    ),
    (
        "the order is over and its payment is open",
        "SELECT p.order_id FROM order_payment p JOIN orders o ON o.id = p.order_id \
         WHERE p.state = 'open' AND o.state IN ('completed', 'failed') ORDER BY 1",
    ),
    (
        "something is held for a payment that is not open, or less than nothing",
        "SELECT order_id FROM order_payment WHERE held_fen < 0 OR (held_fen > 0 AND state <> 'open') ORDER BY 1",
    ),
    (
        "money has moved for an order that nobody pays",
        "SELECT DISTINCT x.order_id FROM posting x WHERE x.order_id IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM order_payment p WHERE p.order_id = x.order_id AND p.state = 'posted') ORDER BY 1",
    ),
    (
        "more was given back than was paid, or not what was posted",
        "SELECT p.order_id FROM order_payment p WHERE p.refunded_fen + p.written_off_fen + \
         p.returned_fen > p.principal_fen + p.gift_fen + p.owed_fen OR p.written_off_fen + p.settled_fen > p.owed_fen OR \
         p.returned_fen > p.settled_fen OR \
         p.refunded_fen <> (SELECT COALESCE(SUM(x.fen), 0) FROM posting x WHERE x.order_id = p.order_id AND \
         x.code = 'refund') ORDER BY 1",
    ),
    (
        "a customer has charged and nothing was posted",
        "SELECT o.id FROM orders o WHERE o.state = 'completed' AND o.customer_id IS NOT NULL AND o.total_fen > 0 \
         AND o.start_mode <> 'import' AND o.id > (SELECT MAX(after_order_id) FROM ledger_begin) \
         AND NOT EXISTS (SELECT 1 FROM order_payment p WHERE p.order_id = o.id) ORDER BY 1",
    ),
    (
        "the payment belongs to no order",
        "SELECT p.order_id FROM order_payment p WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = p.order_id) \
         ORDER BY 1",
    ),
];

/// Everything that is wrong. Empty, when the books are whole.
pub fn all(conn: &mut Conn) -> DbResult<Vec<LedgerFault>> {
    let mut found = Vec::new();
    let fault = |what: String| LedgerFault { order: None, what };
    for (what, sql) in OF_ORDERS {
        let orders = conn.query(sql, &[], |row| row.int(0))?;
        found.extend(orders.into_iter().map(|id| LedgerFault { order: Some(id), what: what.to_owned() }));
    }
    found.extend(order_discounts::faults(conn)?);
    found.extend(crate::platform_discounts::faults(conn)?);
    found.extend(occupancies::faults(conn)?);
    for id in postings::unsound(conn)? {
        found.push(fault(format!("posting {id} moves nothing, or from an account to itself")));
    }
    for (id, debit, credit) in postings::differences(conn)? {
        found.push(fault(format!(
            "account {} differs from its postings: by {debit} fen of debits and {credit} fen of credits",
            named(id)
        )));
    }
    for (id, balance) in postings::below_zero(conn)? {
        found.push(fault(format!("account {} is below zero: {} fen", named(id.number()), balance.0)));
    }
    let (debit, credit) = conn.one(
        "SELECT CAST(COALESCE(SUM(debit_fen), 0) AS BIGINT), CAST(COALESCE(SUM(credit_fen), 0) AS BIGINT) FROM account",
        &[],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    if debit != credit {
        found.push(fault(format!("all debits are {debit} fen, and all credits {credit} fen")));
    }
    found.extend(crate::pay_faults::all(conn)?);
    found.extend(crate::sharing_faults::all(conn)?);
    found.extend(overheld(conn)?.into_iter().map(|customer| {
        fault(format!("more is held of the wallet of customer {customer} than there is in it"))
    }));
    Ok(found)
}

fn named(id: i64) -> String {
    match AccountId::parse(id) {
        Some(account) => format!("{} {}", account.kind().as_str(), account.owner()),
        None => format!("number {id}"),
    }
}

/// Customers of whose wallets more is held than there is.
fn overheld(conn: &mut Conn) -> DbResult<Vec<i64>> {
    let number = |kind: AccountKind| AccountId::of(kind, 0).number();
    conn.query(
        "SELECT h.customer_id FROM (SELECT customer_id, SUM(held_fen) AS held FROM order_payment \
         WHERE state = 'open' AND way = 'wallet' GROUP BY customer_id) h \
         LEFT JOIN account a ON a.id = h.customer_id * 32 + $1 LEFT JOIN account g ON g.id = h.customer_id * 32 + $2 \
         WHERE h.held > COALESCE(a.credit_fen - a.debit_fen, 0) + COALESCE(g.credit_fen - g.debit_fen, 0) ORDER BY 1",
        &[number(AccountKind::Principal).into(), number(AccountKind::Gift).into()],
        |row| row.int(0),
    )
}
