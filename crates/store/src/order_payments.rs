//! 订单支付: who pays an order, what is held for it, and what it was paid from.

use crate::Tx;
use crate::db::{Conn, DbResult, Insert, Inserts, Row};
use crate::pending::latest;
use crate::postings::NewPosting;
use crate::purses::{Purse, Spent, Witness};
use model::Result;
use model::discount::OrderDiscount;
use model::driver_limit::SessionLimit;
use model::energy::Energy;
use model::id::{ConnectorNo, CustomerId, FleetId, OperatorId, OrderId, PileId, StaffId};
use model::ledger::{AccountId, Paid, PayWay, Payer, PaymentState, give_back, legs, pay};
use model::money::Fen;
use model::order::Order;
use model::time::Timestamp;

/// How an order is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderPayment {
    pub order: OrderId,
    pub pile: PileId,
    pub operator: OperatorId,
    pub customer: CustomerId,
    pub fleet: Option<FleetId>,
    pub way: PayWay,
    pub state: PaymentState,
    pub held: Fen,
    pub most_held: Fen,
    /// What the bill was posted to.
    pub paid: Paid,
    pub refunded: Fen,
    /// Of what is owed, what nobody will pay.
    pub written_off: Fen,
    /// Of what was owed, what was paid at a channel since; and what of that went back to its source, or is
    /// reserved for it.
    pub settled: Fen,
    pub returned: Fen,
    /// Nothing more could be held, and the session had to be stopped for it.
    pub exhausted: bool,
    /// How much of it the payer's fleet lets its driver charge.
    pub limit: SessionLimit,
    /// What of the discounts the platform bears, and what of that has come back to it.
    pub platform: Fen,
    pub platform_back: Fen,
    /// 占位费 in what was paid, and what of it was waived.
    pub occupancy: Fen,
    pub occupancy_back: Fen,
    step: i64,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

impl OrderPayment {
    /// Of an order for which nothing is held yet.
    pub fn fresh(
        order: &Order,
        customer: CustomerId,
        (way, fleet): (PayWay, Option<FleetId>),
        now: Timestamp,
    ) -> OrderPayment {
        OrderPayment {
            order: order.id,
            pile: order.pile,
            operator: order.operator,
            customer,
            fleet,
            way,
            state: PaymentState::Open,
            held: Fen(0),
            most_held: Fen(0),
            paid: Paid::default(),
            refunded: Fen(0),
            written_off: Fen(0),
            settled: Fen(0),
            returned: Fen(0),
            exhausted: false,
            limit: SessionLimit::default(),
            platform: Fen(0),
            platform_back: Fen(0),
            occupancy: Fen(0),
            occupancy_back: Fen(0),
            step: 0,
            created_at: now,
            changed_at: now,
        }
    }

    /// Whose purse; none for who pays later.
    pub fn payer(&self) -> Option<Payer> {
        match (self.way, self.fleet) {
            (PayWay::Wallet, _) => Some(Payer::Customer(self.customer)),
            (PayWay::Fleet, Some(fleet)) => Some(Payer::Fleet(fleet)),
            _ => None,
        }
    }

    /// What of the bill is still paid or owed: what can be given back. What was paid at a channel goes back
    /// through the channel.
    pub fn left(&self) -> Paid {
        let owed = Paid { owed: self.paid.owed - self.written_off - self.settled, ..self.paid };
        let back = give_back(self.refunded, owed);
        Paid {
            principal: owed.principal - back.principal,
            gift: owed.gift - back.gift,
            owed: owed.owed - back.owed,
        }
    }

    /// What the next write of it says.
    pub(crate) fn next_step(&self) -> i64 {
        self.step + 1
    }

    /// Gift, principal and what is owed, each with its account.
    pub(crate) fn sources(&self, paid: Paid) -> [(AccountId, Fen); 3] {
        let principal = match self.fleet.filter(|_| self.way == PayWay::Fleet) {
            Some(fleet) => AccountId::fleet(fleet),
            None => AccountId::principal(self.customer),
        };
        [
            (AccountId::gift(self.customer), paid.gift),
            (principal, paid.principal),
            (AccountId::receivable(self.customer), paid.owed),
        ]
    }
}

/// [`model::ledger::PaidState`] of the payment `pay`; nothing where there is none or the session never began. What is given back is taken
/// off what is owed first.
pub(crate) const PAID_STATE: &str = "CASE WHEN pay.state IS NULL OR pay.state = 'void' THEN NULL WHEN pay.state = 'open' THEN 'open' \
    WHEN pay.refunded_fen + pay.returned_fen > 0 AND pay.refunded_fen + pay.returned_fen >= \
    pay.principal_fen + pay.gift_fen + pay.owed_fen - pay.written_off_fen \
    THEN 'refunded' WHEN pay.owed_fen - pay.written_off_fen - pay.settled_fen > pay.refunded_fen THEN 'owed' \
    WHEN pay.refunded_fen + pay.returned_fen > 0 THEN 'part_refunded' WHEN pay.written_off_fen > 0 THEN 'written_off' ELSE 'paid' END";

/// Some of it is owed: as the index of migration 0049 says it, so that the few are found among all.
pub(crate) const OWED: &str =
    "pay.state = 'posted' AND pay.owed_fen - pay.written_off_fen - pay.settled_fen - pay.refunded_fen > 0";

/// Some of it was given back or written off, likewise.
pub(crate) const BACK: &str =
    "pay.state = 'posted' AND (pay.refunded_fen > 0 OR pay.returned_fen > 0 OR pay.written_off_fen > 0)";

/// A payment is opened when its order begins, or later: this much before an order's begin none is.
pub(crate) const OPENED_BEFORE_MS: i64 = 86_400_000;

const COLUMNS: &[&str] = &[
    "order_id",
    "pile_id",
    "operator_id",
    "customer_id",
    "fleet_id",
    "way",
    "state",
    "held_fen",
    "most_held_fen",
    "principal_fen",
    "gift_fen",
    "owed_fen",
    "refunded_fen",
    "written_off_fen",
    "settled_fen",
    "returned_fen",
    "exhausted",
    "step",
    "created_at_ms",
    "changed_at_ms",
    "limit_fen",
    "limit_dwh",
    "platform_fen",
    "platform_back_fen",
    "occupancy_fen",
    "occupancy_back_fen",
];

static PAYMENT: Insert = Insert {
    table: "order_payment",
    columns: COLUMNS,
    on_conflict: "ON CONFLICT (order_id) DO UPDATE SET fleet_id = excluded.fleet_id, way = excluded.way, \
        state = excluded.state, held_fen = excluded.held_fen, most_held_fen = excluded.most_held_fen, \
        principal_fen = excluded.principal_fen, gift_fen = excluded.gift_fen, owed_fen = excluded.owed_fen, \
        refunded_fen = excluded.refunded_fen, \
        written_off_fen = excluded.written_off_fen, settled_fen = excluded.settled_fen, \
        returned_fen = excluded.returned_fen, exhausted = excluded.exhausted, step = excluded.step, \
        changed_at_ms = excluded.changed_at_ms, limit_fen = excluded.limit_fen, limit_dwh = excluded.limit_dwh, \
        platform_fen = excluded.platform_fen, platform_back_fen = excluded.platform_back_fen, \
        occupancy_fen = excluded.occupancy_fen, occupancy_back_fen = excluded.occupancy_back_fen",
};

pub(crate) fn inserts(rows: &[OrderPayment]) -> Inserts<'_> {
    let values = latest(rows, |row| row.order).into_iter().flat_map(|row| {
        [
            row.order.0.into(),
            row.pile.0.into(),
            row.operator.0.into(),
            row.customer.0.into(),
            row.fleet.map(|id| id.0).into(),
            row.way.as_str().into(),
            row.state.as_str().into(),
            row.held.0.into(),
            row.most_held.0.into(),
            row.paid.principal.0.into(),
            row.paid.gift.0.into(),
            row.paid.owed.0.into(),
            row.refunded.0.into(),
            row.written_off.0.into(),
            row.settled.0.into(),
            row.returned.0.into(),
            row.exhausted.into(),
            row.step.into(),
            row.created_at.as_ms().into(),
            row.changed_at.as_ms().into(),
            row.limit.fen.map(|fen| fen.0).into(),
            row.limit.energy.map(Energy::dwh).into(),
            row.platform.0.into(),
            row.platform_back.0.into(),
            row.occupancy.0.into(),
            row.occupancy_back.0.into(),
        ]
    });
    Inserts { insert: &PAYMENT, values: values.collect() }
}

fn payment(row: &Row<'_>) -> DbResult<OrderPayment> {
    Ok(OrderPayment {
        order: OrderId(row.int(0)?),
        pile: PileId(row.int(1)?),
        operator: OperatorId(row.int(2)?),
        customer: CustomerId(row.int(3)?),
        fleet: row.int_opt(4)?.map(FleetId),
        way: row.word(5, PayWay::parse)?,
        state: row.word(6, PaymentState::parse)?,
        held: Fen(row.int(7)?),
        most_held: Fen(row.int(8)?),
        paid: Paid { principal: Fen(row.int(9)?), gift: Fen(row.int(10)?), owed: Fen(row.int(11)?) },
        refunded: Fen(row.int(12)?),
        written_off: Fen(row.int(13)?),
        settled: Fen(row.int(14)?),
        returned: Fen(row.int(15)?),
        exhausted: row.bool(16)?,
        step: row.int(17)?,
        created_at: Timestamp::from_ms(row.int(18)?),
        changed_at: Timestamp::from_ms(row.int(19)?),
        limit: SessionLimit {
            fen: row.int_opt(20)?.map(Fen),
            energy: row.int_opt(21)?.map(Energy::from_dwh),
        },
        platform: Fen(row.int(22)?),
        platform_back: Fen(row.int(23)?),
        occupancy: Fen(row.int(24)?),
        occupancy_back: Fen(row.int(25)?),
    })
}

pub fn get(conn: &mut Conn, order: OrderId) -> DbResult<Option<OrderPayment>> {
    let sql = format!("SELECT {} FROM order_payment WHERE order_id = $1", COLUMNS.join(", "));
    conn.find(&sql, &[order.0.into()], payment)
}

pub(crate) fn open_all(conn: &mut Conn) -> DbResult<Vec<OrderPayment>> {
    let sql = format!("SELECT {} FROM order_payment WHERE state = 'open'", COLUMNS.join(", "));
    conn.query(&sql, &[], payment)
}

/// What the database says of a purse.
pub(crate) fn purse_read(conn: &mut Conn, payer: Payer) -> DbResult<Spent> {
    let balance = |conn: &mut Conn, account| Ok(crate::postings::balance(conn, account)?.0);
    let (column, id) = match payer {
        Payer::Customer(id) => ("way = 'wallet' AND customer_id", id.0),
        Payer::Fleet(id) => ("way = 'fleet' AND fleet_id", id.0),
    };
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(held_fen), 0) AS BIGINT) FROM order_payment WHERE state = 'open' AND {column} = $1"
    );
    let held = conn.one(&sql, &[id.into()], |row| row.int(0))?;
    Ok(match payer {
        Payer::Customer(id) => Spent {
            principal: balance(conn, AccountId::principal(id))?,
            gift: balance(conn, AccountId::gift(id))?,
            held,
            credit: 0,
        },
        Payer::Fleet(id) => {
            let sql = "SELECT credit_fen FROM fleet WHERE id = $1";
            let credit = conn.find(sql, &[id.0.into()], |row| row.int(0))?.unwrap_or(0);
            Spent { principal: balance(conn, AccountId::fleet(id))?, gift: 0, held, credit }
        }
    })
}

/// The latest order for which at least this is owed, and that no invoice has.
pub fn owed_latest(conn: &mut Conn, least: Fen) -> DbResult<Option<(OrderId, PileId)>> {
    let sql = "SELECT order_id, pile_id FROM order_payment WHERE state = 'posted' AND owed_fen >= $1 \
               AND NOT EXISTS (SELECT 1 FROM invoice_order k WHERE k.order_id = order_payment.order_id AND k.live) \
               ORDER BY order_id DESC LIMIT 1";
    conn.find(sql, &[least.0.into()], |row| Ok((OrderId(row.int(0)?), PileId(row.int(1)?))))
}

/// Where sessions of a payer run at 云快充 piles, which keep the balance themselves.
pub fn running_ykc(conn: &mut Conn, payer: Payer) -> DbResult<Vec<(PileId, OrderId, ConnectorNo)>> {
    let (column, id) = match payer {
        Payer::Customer(id) => ("p.way = 'wallet' AND p.customer_id", id.0),
        Payer::Fleet(id) => ("p.way = 'fleet' AND p.fleet_id", id.0),
    };
    let sql = format!(
        "SELECT o.pile_id, o.id, o.connector_no FROM order_payment p JOIN orders o ON o.id = p.order_id \
         JOIN pile d ON d.id = o.pile_id WHERE p.state = 'open' AND {column} = $1 AND o.state = 'charging' \
         AND d.protocol LIKE 'ykc%' ORDER BY o.id"
    );
    conn.query(&sql, &[id.into()], |row| {
        let connector = ConnectorNo::try_from(row.int(2)?).unwrap_or(0);
        Ok((PileId(row.int(0)?), OrderId(row.int(1)?), connector))
    })
}

impl Tx<'_> {
    /// What a payer has, less what other sessions hold.
    pub fn purse(&mut self, payer: Payer) -> Result<Purse> {
        if let Some(purse) = self.hot.shared.purses.get(payer) {
            return Ok(purse);
        }
        let kept = self.read(|conn| purse_read(conn, payer))?;
        Ok(self.hot.shared.purses.put(payer, kept))
    }

    /// The payment of an order of this writer's piles, while it is open.
    pub fn payment(&self, order: OrderId) -> Option<OrderPayment> {
        self.hot.money.open.get(&order).copied()
    }

    /// Open payments of this writer's piles of which this is so.
    pub fn payments_where(&self, wanted: impl Fn(&OrderPayment) -> bool) -> Vec<OrderPayment> {
        self.hot.money.open.values().filter(|payment| wanted(payment)).copied().collect()
    }

    /// An order that was closed may be opened again: its payment with it.
    pub fn payment_recall(&mut self, order: OrderId) -> Result<()> {
        if self.hot.money.open.contains_key(&order) {
            return Ok(());
        }
        let Some(mut known) = self.read(|conn| get(conn, order))? else { return Ok(()) };
        if known.state == PaymentState::Void {
            known.state = PaymentState::Open;
            self.payment_save(known);
        }
        Ok(())
    }

    fn payment_save(&mut self, payment: OrderPayment) {
        let open = payment.state == PaymentState::Open;
        self.hot.money.set(payment.order, open.then_some(payment));
        self.pending.payments.push(payment);
    }

    /// Holds up to `wanted` more of the payer's purse for the order, but nothing where less than `least`
    /// is there; what it holds afterwards.
    pub fn payment_hold(
        &mut self,
        mut payment: OrderPayment,
        (wanted, least): (Fen, Fen),
        now: Timestamp,
    ) -> Result<Fen> {
        let Some(payer) = payment.payer() else { return Ok(Fen(0)) };
        self.purse(payer)?;
        payment.step += 1;
        let witness = Witness::Step(payment.order, payment.step);
        let more = self.hot.spend(payer, witness, |purse| {
            let more = purse.available().0.min(wanted.0);
            if more < least.0.max(1) {
                return (0, None);
            }
            (more, Some(Spent { held: more, ..Spent::default() }))
        });
        let more = more.unwrap_or(0);
        if more == 0 {
            return Ok(payment.held);
        }
        payment.held = payment.held + Fen(more);
        payment.most_held = payment.most_held.max(payment.held);
        payment.changed_at = now;
        self.payment_save(payment);
        Ok(payment.held)
    }

    /// Keeps who pays, without holding anything: the session is over already.
    pub fn payment_note(&mut self, mut payment: OrderPayment) {
        payment.step += 1;
        self.payment_save(payment);
    }

    /// Lets go of what is held: for good when the session never began, else until its record comes. Whose
    /// payment is open has a purse that was read.
    pub fn payment_release(&mut self, mut payment: OrderPayment, state: PaymentState, now: Timestamp) {
        payment.step += 1;
        if let Some(payer) = payment.payer().filter(|_| payment.held.0 > 0) {
            let spent = Spent { held: -payment.held.0, ..Spent::default() };
            self.hot.spend(payer, Witness::Step(payment.order, payment.step), |_| ((), Some(spent)));
        }
        (payment.held, payment.state, payment.changed_at) = (Fen(0), state, now);
        self.payment_save(payment);
    }

    /// Posts the bill of a completed order from its payer's purse, and what the purse does not have to
    /// what the customer owes; what was held is let go by the same commit. A fleet owes on its own account.
    pub fn payment_post(
        &mut self,
        mut payment: OrderPayment,
        (order, discounts): (&Order, &[OrderDiscount]),
        gift_first: bool,
        staff: Option<(StaffId, &str)>,
        now: Timestamp,
    ) -> Result<()> {
        payment.step += 1;
        let (held, total) = (payment.held, order.due());
        let witness = Witness::Step(payment.order, payment.step);
        let spent =
            |paid: Paid| Spent { principal: -paid.principal.0, gift: -paid.gift.0, held: -held.0, credit: 0 };
        payment.paid = match payment.payer() {
            None => Paid { owed: total, ..Paid::default() },
            Some(payer) => {
                self.purse(payer)?;
                let fleet = matches!(payer, Payer::Fleet(_));
                let paid = self.hot.spend(payer, witness, |purse| {
                    let paid = match fleet {
                        true => Paid { principal: total, ..Paid::default() },
                        false => pay(total, purse.available() + held, purse.funds(), gift_first),
                    };
                    (paid, Some(spent(paid)))
                });
                paid.unwrap_or(Paid { owed: total, ..Paid::default() })
            }
        };
        payment.platform = self.discounts_post(order, discounts, staff, now)?;
        let (electricity, service) = order.asked();
        for leg in legs(electricity, service, &payment.sources(payment.paid)) {
            let key = format!("order/{}/{}/{}", order.id.0, leg.code.as_str(), leg.from.kind().as_str());
            self.posting_append(&NewPosting {
                debit: leg.from,
                credit: AccountId::revenue(order.operator),
                fen: leg.fen,
                code: leg.code,
                key: &key,
                order: Some(order.id),
                operator: Some(order.operator),
                at: now,
                staff,
                reason: "",
            })?;
        }
        (payment.held, payment.state, payment.changed_at) = (Fen(0), PaymentState::Posted, now);
        self.payment_save(payment);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Purpose, Source};
    use model::time::Timestamp;

    #[test]
    fn the_few_that_are_owed_or_given_back_have_indexes() {
        let mut conn = Conn::open(&Source::Sqlite(":memory:".into()), Purpose::Write).unwrap();
        crate::migrate::migrate(&mut conn, Timestamp::from_ms(0)).unwrap();
        for (part, index) in [(OWED, "order_payment_owed"), (BACK, "order_payment_back")] {
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT pay.order_id FROM order_payment pay WHERE {part} \
                 AND pay.created_at_ms >= 1"
            );
            let plan = conn.query(&sql, &[], |row| row.text(3)).unwrap();
            assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:?}");
        }
    }
}
