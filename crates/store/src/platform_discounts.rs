//! 优惠 in the books: what of a bill its payer is not asked for is earned all the same, and whoever bears it goes without it.
//! What the platform bears comes back to it as far as the order is given back.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::ledger_faults::LedgerFault;
use crate::order_payments::OrderPayment;
use crate::postings::NewPosting;
use model::Result;
use model::discount::{OrderDiscount, platform_back};
use model::id::StaffId;
use model::ledger::{AccountId, PostingCode};
use model::money::Fen;
use model::order::Order;
use model::time::Timestamp;

/// Why something came back, and by whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Because<'a> {
    /// Names what was given back, so that it is posted once.
    pub key: &'a str,
    pub reason: &'a str,
    pub staff: Option<(StaffId, &'a str)>,
}

impl OrderPayment {
    /// What charging was paid with, without 占位费.
    fn charging(&self) -> Fen {
        self.paid.total() - self.occupancy
    }

    /// What of that was given back. A refund of a bill with 占位费 gives back the charging first.
    fn charging_back(&self) -> Fen {
        (self.refunded + self.returned - self.occupancy_back).clamp(Fen(0), self.charging().max(Fen(0)))
    }

    /// All that charging was paid with was given back; of an order that cost nothing there is nothing to give.
    pub fn is_given_back(&self) -> bool {
        let charging = self.charging() - self.written_off;
        charging.0 > 0 && self.charging_back() >= charging
    }
}

impl Tx<'_> {
    /// Posts the discounts of a bill to those who bear them; what of it the platform does.
    pub(crate) fn discounts_post(
        &mut self,
        order: &Order,
        discounts: &[OrderDiscount],
        staff: Option<(StaffId, &str)>,
        now: Timestamp,
    ) -> Result<Fen> {
        let parts = discounts.iter().flat_map(|line| {
            let own = (line.kind, "", AccountId::discount(order.operator), line.amount - line.platform);
            [own, (line.kind, "/platform", AccountId::platform_discount(), line.platform)]
        });
        for (kind, whose, debit, fen) in parts.filter(|(.., fen)| fen.0 > 0) {
            self.posting_append(&NewPosting {
                debit,
                credit: AccountId::revenue(order.operator),
                fen,
                code: PostingCode::Discount,
                key: &format!("order/{}/discount/{}{whose}", order.id.0, kind.as_str()),
                order: Some(order.id),
                operator: Some(order.operator),
                at: now,
                staff,
                reason: "",
            })?;
        }
        Ok(discounts.iter().map(|line| line.platform).sum())
    }

    /// The platform's part follows what was given back of an order: the operator has not earned it any more. Where giving
    /// back was given up it is earned again.
    pub(crate) fn platform_follow(
        &mut self,
        payment: &mut OrderPayment,
        because: Because<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let back = platform_back(payment.platform, payment.charging_back(), payment.charging());
        let more = back - payment.platform_back;
        if more.0 == 0 {
            return Ok(());
        }
        let (earned, borne) = (AccountId::revenue(payment.operator), AccountId::platform_discount());
        let (debit, credit) = if more.0 > 0 { (earned, borne) } else { (borne, earned) };
        self.posting_append(&NewPosting {
            debit,
            credit,
            fen: Fen(more.0.abs()),
            code: PostingCode::DiscountBack,
            key: &format!("{}/platform", because.key),
            order: Some(payment.order),
            operator: Some(payment.operator),
            at: now,
            staff: because.staff,
            reason: because.reason,
        })?;
        payment.platform_back = back;
        Ok(())
    }
}

/// What charging was paid with, and what of that was given back, as [`OrderPayment`] says it.
macro_rules! charging {
    () => {
        "(p.principal_fen + p.gift_fen + p.owed_fen - p.occupancy_fen)"
    };
}
macro_rules! charging_back {
    () => {
        concat!(
            "(CASE WHEN p.refunded_fen + p.returned_fen - p.occupancy_back_fen > ",
            charging!(),
            " THEN ",
            charging!(),
            " ELSE p.refunded_fen + p.returned_fen - p.occupancy_back_fen END)"
        )
    };
}

/// Each gives the orders that are wrong.
const FAULTS: [(&str, &str); 3] = [
    (
        "what the platform bears of the order is not what its discounts say, or not what was posted",
        "SELECT p.order_id FROM order_payment p WHERE p.state = 'posted' AND (p.platform_fen <> \
         (SELECT COALESCE(SUM(d.platform_fen), 0) FROM order_discount d WHERE d.order_id = p.order_id) OR \
         p.platform_fen <> (SELECT COALESCE(SUM(x.fen), 0) FROM posting x WHERE x.order_id = p.order_id AND \
         x.code = 'discount' AND x.debit_id = 26)) ORDER BY 1",
    ),
    (
        "what came back to the platform is not its part of what was given back, or not what was posted",
        concat!(
            "SELECT p.order_id FROM order_payment p WHERE p.platform_back_fen <> (CASE WHEN p.platform_fen = 0 OR ",
            charging!(),
            " <= 0 THEN 0 ELSE (p.platform_fen * ",
            charging_back!(),
            " * 2 + ",
            charging!(),
            ") / (",
            charging!(),
            " * 2) END) OR p.platform_back_fen <> (SELECT COALESCE(SUM(CASE WHEN x.credit_id = 26 THEN x.fen ELSE -x.fen END), 0) \
             FROM posting x WHERE x.order_id = p.order_id AND x.code = 'discount_back') ORDER BY 1"
        ),
    ),
    (
        "the occupation fee that was paid or waived is not what was posted",
        "SELECT p.order_id FROM order_payment p WHERE p.occupancy_back_fen > p.occupancy_fen OR p.occupancy_fen <> \
         (SELECT COALESCE(SUM(x.fen), 0) FROM posting x WHERE x.order_id = p.order_id AND x.code = 'occupancy') ORDER BY 1",
    ),
];

pub(crate) fn faults(conn: &mut Conn) -> DbResult<Vec<LedgerFault>> {
    let mut found = Vec::new();
    for (what, sql) in FAULTS {
        let orders = conn.query(sql, &[], |row| row.int(0))?;
        found.extend(orders.into_iter().map(|id| LedgerFault { order: Some(id), what: what.to_owned() }));
    }
    found.extend(crate::station_activities::faults(conn)?);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_the_one_that_the_statements_name() {
        assert_eq!(AccountId::platform_discount().number(), 26);
    }
}
