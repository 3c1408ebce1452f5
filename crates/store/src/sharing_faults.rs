//! What may never be so in the books of sharing: asked of the database by `pileops verify`.

use crate::db::{Conn, DbResult};
use crate::ledger_faults::LedgerFault;
use model::ledger::{AccountId, AccountKind};

/// Each gives the numbers of what is wrong. One statement each, and so of one moment.
const FAULTS: [(&str, &str); 9] = [
    (
        "the parts of sharing period {} and what the operator keeps are not what was earned",
        "SELECT t.id FROM sharing_period t WHERE t.shared_fen + t.rest_fen <> t.electricity_fen + t.service_fen OR \
         t.shared_fen <> (SELECT COALESCE(SUM(l.share_fen), 0) FROM sharing_line l WHERE l.period_id = t.id AND \
         l.about_period_id = t.id) OR t.adjusted_fen <> (SELECT COALESCE(SUM(l.share_fen), 0) FROM sharing_line l \
         WHERE l.period_id = t.id AND l.about_period_id <> t.id) ORDER BY 1",
    ),
    (
        "statement {} is not the sum of its lines",
        "SELECT b.id FROM sharing_statement b WHERE b.payable_fen <> b.shared_fen + b.adjusted_fen + b.carried_fen OR \
         b.shared_fen <> (SELECT COALESCE(SUM(l.share_fen), 0) FROM sharing_line l WHERE l.period_id = b.period_id AND \
         l.payee_id = b.payee_id AND l.about_period_id = l.period_id) OR b.adjusted_fen <> (SELECT \
         COALESCE(SUM(l.share_fen), 0) FROM sharing_line l WHERE l.period_id = b.period_id AND \
         l.payee_id = b.payee_id AND l.about_period_id <> l.period_id) ORDER BY 1",
    ),
    (
        "a line of sharing period {} belongs to no statement",
        "SELECT DISTINCT l.period_id FROM sharing_line l WHERE NOT EXISTS (SELECT 1 FROM sharing_statement b \
         WHERE b.period_id = l.period_id AND b.payee_id = l.payee_id) ORDER BY 1",
    ),
    (
        "closed sharing period {} is not the sum of the orders that it rests on",
        "SELECT t.id FROM sharing_period t LEFT JOIN (SELECT period_id, COUNT(*) AS n, SUM(energy_dwh) AS e, \
         SUM(electricity_fen) AS f, SUM(service_fen) AS s FROM sharing_order WHERE adjustment IS NULL GROUP BY period_id) \
         o ON o.period_id = t.id WHERE t.state = 'closed' AND (t.order_count <> COALESCE(o.n, 0) OR \
         t.energy_dwh <> COALESCE(o.e, 0) OR t.electricity_fen <> COALESCE(o.f, 0) OR \
         t.service_fen <> COALESCE(o.s, 0)) ORDER BY 1",
    ),
    (
        "what was posted for statement {} is not what it says",
        "SELECT b.id FROM sharing_statement b JOIN sharing_period t ON t.id = b.period_id WHERE \
         (SELECT COALESCE(SUM(CASE WHEN x.code = 'share' THEN x.fen ELSE -x.fen END), 0) FROM posting x \
         WHERE x.posting_key = 'sharing/' || CAST(b.period_id AS TEXT) || '/' || CAST(b.payee_id AS TEXT)) <> \
         (CASE WHEN t.state = 'closed' THEN b.shared_fen + b.adjusted_fen ELSE 0 END) ORDER BY 1",
    ),
    (
        "what was paid for statement {} is not what it says",
        "SELECT b.id FROM sharing_statement b WHERE (SELECT COALESCE(SUM(x.fen), 0) FROM posting x WHERE \
         x.posting_key = 'sharing_payout/' || CAST(b.id AS TEXT)) <> \
         (CASE WHEN b.state = 'paid' THEN b.payable_fen ELSE 0 END) ORDER BY 1",
    ),
    (
        "order {} is in two periods of sharing at once",
        "SELECT order_id FROM sharing_order WHERE latest GROUP BY order_id HAVING COUNT(*) > 1 ORDER BY 1",
    ),
    (
        "closed sharing period {} shares a day with another",
        "SELECT t.id FROM sharing_period t JOIN sharing_period u ON u.operator_id = t.operator_id AND u.id <> t.id AND \
         u.from_day <= t.to_day AND u.to_day >= t.from_day WHERE t.state = 'closed' AND u.state = 'closed' ORDER BY 1",
    ),
    (
        "the state of statement {} is not that of its period",
        "SELECT b.id FROM sharing_statement b LEFT JOIN sharing_period t ON t.id = b.period_id WHERE t.id IS NULL OR \
         (t.state = 'closed') <> (b.state <> 'trial') ORDER BY 1",
    ),
];

/// Everything that is wrong. Empty, when the books are whole.
pub fn all(conn: &mut Conn) -> DbResult<Vec<LedgerFault>> {
    let mut found = Vec::new();
    for (what, sql) in FAULTS {
        let ids = conn.query(sql, &[], |row| row.int(0))?;
        found.extend(ids.into_iter().map(|id| told(what.replace("{}", &id.to_string()))));
    }
    let payable = AccountId::of(AccountKind::PayeePayable, 0).number();
    let sql = format!(
        "SELECT y.id FROM payee y LEFT JOIN account a ON a.id = y.id * 32 + {payable} WHERE \
         COALESCE(a.credit_fen - a.debit_fen, 0) <> (SELECT COALESCE(SUM(b.shared_fen + b.adjusted_fen - \
         CASE WHEN b.state = 'paid' THEN b.payable_fen ELSE 0 END), 0) FROM sharing_statement b WHERE \
         b.payee_id = y.id AND b.state <> 'trial') ORDER BY 1"
    );
    let ids = conn.query(&sql, &[], |row| row.int(0))?;
    found.extend(
        ids.into_iter().map(|id| told(format!("the account of payee {id} is not what its statements say"))),
    );
    Ok(found)
}

fn told(what: String) -> LedgerFault {
    LedgerFault { order: None, what }
}
