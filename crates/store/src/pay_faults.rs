//! What may never be so between the books and what was paid at channels. Each is one statement, and so of one
//! moment.

use crate::db::{Conn, DbResult};
use crate::ledger_faults::LedgerFault;

const FAULTS: [(&str, &str); 8] = [
    (
        "the account of pay channel {} has not taken in what was paid there",
        "SELECT c.id FROM pay_channel c WHERE COALESCE((SELECT a.debit_fen FROM account a WHERE a.id = c.id * 32 + 6), 0) \
         <> (SELECT CAST(COALESCE(SUM(p.amount_fen), 0) AS BIGINT) FROM payment p WHERE p.pay_channel_id = c.id AND \
         p.state = 'paid') ORDER BY 1",
    ),
    (
        "the account of pay channel {} has not paid back what was refunded there",
        "SELECT c.id FROM pay_channel c WHERE COALESCE((SELECT a.credit_fen FROM account a WHERE a.id = c.id * 32 + 6), 0) \
         <> (SELECT CAST(COALESCE(SUM(f.amount_fen), 0) AS BIGINT) FROM refund f WHERE f.pay_channel_id = c.id AND \
         f.state = 'done' AND f.route = 'source') ORDER BY 1",
    ),
    (
        "what pay channel {} keeps is not what the fees of its bills are",
        "SELECT c.id FROM pay_channel c WHERE COALESCE((SELECT a.credit_fen - a.debit_fen FROM account a \
         WHERE a.id = c.id * 32 + 25), 0) <> (SELECT CAST(COALESCE(SUM(b.fee_posted_fen), 0) AS BIGINT) FROM counter_bill b \
         WHERE b.source = 'pay_channel' AND b.source_id = c.id) OR COALESCE((SELECT a.debit_fen - a.credit_fen FROM account a \
         WHERE a.id = c.id * 32 + 24), 0) <> (SELECT CAST(COALESCE(SUM(b.fee_posted_fen), 0) AS BIGINT) FROM counter_bill b \
         WHERE b.source = 'pay_channel' AND b.source_id = c.id) ORDER BY 1",
    ),
    (
        "what is reserved for refunds of customer {} is not what their refunds are",
        "SELECT x.owner FROM (SELECT a.id / 32 AS owner, a.credit_fen - a.debit_fen AS fen FROM account a \
         WHERE a.id % 32 = 9 UNION ALL SELECT f.customer_id, -f.amount_fen FROM refund f \
         WHERE f.state NOT IN ('done', 'rejected', 'cancelled')) x GROUP BY x.owner HAVING SUM(x.fen) <> 0 ORDER BY 1",
    ),
    (
        "payment {} has other refunds than it says, or more than was paid",
        "SELECT p.id FROM payment p WHERE p.refunded_fen < 0 OR p.refunded_fen > p.amount_fen OR (p.refunded_fen > 0 AND \
         p.state <> 'paid') OR p.refunded_fen <> (SELECT CAST(COALESCE(SUM(f.amount_fen), 0) AS BIGINT) FROM refund f \
         WHERE f.payment_id = p.id AND f.state NOT IN ('rejected', 'cancelled')) ORDER BY 1",
    ),
    (
        "payment {} is paid and was not posted, or posted and is not paid",
        "SELECT p.id FROM payment p LEFT JOIN posting x ON x.posting_key = 'payment/' || p.no \
         WHERE (p.state = 'paid') <> (x.id IS NOT NULL) OR x.fen <> p.amount_fen ORDER BY 1",
    ),
    (
        "order {} says that another amount was paid for it at channels than was posted",
        "SELECT p.order_id FROM order_payment p WHERE p.settled_fen <> (SELECT CAST(COALESCE(SUM(x.fen), 0) AS BIGINT) \
         FROM posting x WHERE x.order_id = p.order_id AND x.code = 'order_pay') ORDER BY 1",
    ),
    (
        "order {} says that another amount went back to its source than its refunds do",
        "SELECT p.order_id FROM order_payment p WHERE p.returned_fen <> (SELECT CAST(COALESCE(SUM(f.amount_fen), 0) \
         AS BIGINT) FROM refund f WHERE f.order_id = p.order_id AND f.kind = 'order' AND \
         f.state NOT IN ('rejected', 'cancelled')) ORDER BY 1",
    ),
];

pub(crate) fn all(conn: &mut Conn) -> DbResult<Vec<LedgerFault>> {
    let mut found = Vec::new();
    for (what, sql) in FAULTS {
        let wrong = conn.query(sql, &[], |row| row.int(0))?;
        found.extend(
            wrong
                .into_iter()
                .map(|id| LedgerFault { order: None, what: what.replace("{}", &id.to_string()) }),
        );
    }
    Ok(found)
}
