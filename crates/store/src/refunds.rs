//! 退款单: money on its way back to customers. A refund is written by the writer of its payment.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::ids::Noun;
use crate::order_payments::{self, OrderPayment};
use crate::payments::Payment;
use crate::platform_discounts::Because;
use crate::postings::NewPosting;
use crate::purses::{Spent, Witness};
use model::id::{CustomerId, OperatorId, OrderId, PileId, StaffId};
use model::ledger::{AccountId, Payer, PostingCode};
use model::money::Fen;
use model::pay::{RefundKind, RefundRoute, RefundState};
use model::time::Timestamp;
use model::{Error, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    pub id: i64,
    /// However often it is sent, under this number.
    pub no: String,
    pub payment: i64,
    pub pay_channel: i64,
    pub operator: Option<OperatorId>,
    pub customer: CustomerId,
    pub order: Option<OrderId>,
    pub pile: Option<PileId>,
    pub kind: RefundKind,
    pub amount: Fen,
    pub reason: String,
    pub request_id: String,
    pub route: RefundRoute,
    pub state: RefundState,
    pub channel_no: Option<String>,
    pub message: Option<String>,
    pub tries: i64,
    pub next_at: Option<Timestamp>,
    pub staff: StaffId,
    pub staff_name: String,
    pub created_at: Timestamp,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub submitted_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// Of a transfer by hand.
    pub proof: Option<String>,
    pub version: i64,
}

const COLUMNS: &str = "id, no, payment_id, pay_channel_id, operator_id, customer_id, order_id, pile_id, kind, amount_fen, \
    reason, request_id, route, state, channel_no, message, tries, next_at_ms, staff_id, staff_name, created_at_ms, \
    decided_by_name, decided_at_ms, submitted_at_ms, ended_at_ms, proof, version";

fn refund(row: &Row<'_>) -> DbResult<Refund> {
    Ok(Refund {
        id: row.int(0)?,
        no: row.text(1)?,
        payment: row.int(2)?,
        pay_channel: row.int(3)?,
        operator: row.int_opt(4)?.map(OperatorId),
        customer: CustomerId(row.int(5)?),
        order: row.int_opt(6)?.map(OrderId),
        pile: row.int_opt(7)?.map(PileId),
        kind: row.word(8, RefundKind::parse)?,
        amount: Fen(row.int(9)?),
        reason: row.text(10)?,
        request_id: row.text(11)?,
        route: row.word(12, RefundRoute::parse)?,
        state: row.word(13, RefundState::parse)?,
        channel_no: row.text_opt(14)?,
        message: row.text_opt(15)?,
        tries: row.int(16)?,
        next_at: row.int_opt(17)?.map(Timestamp::from_ms),
        staff: StaffId(row.int(18)?),
        staff_name: row.text(19)?,
        created_at: Timestamp::from_ms(row.int(20)?),
        decided_by_name: row.text_opt(21)?,
        decided_at: row.int_opt(22)?.map(Timestamp::from_ms),
        submitted_at: row.int_opt(23)?.map(Timestamp::from_ms),
        ended_at: row.int_opt(24)?.map(Timestamp::from_ms),
        proof: row.text_opt(25)?,
        version: row.int(26)?,
    })
}

pub fn get(conn: &mut Conn, id: i64) -> DbResult<Option<Refund>> {
    conn.find(&format!("SELECT {COLUMNS} FROM refund WHERE id = $1"), &[id.into()], refund)
}

pub fn by_no(conn: &mut Conn, no: &str) -> DbResult<Option<Refund>> {
    conn.find(&format!("SELECT {COLUMNS} FROM refund WHERE no = $1"), &[no.into()], refund)
}

/// The parts of one wish, in the order in which they were made.
pub fn by_request(conn: &mut Conn, request_id: &str) -> DbResult<Vec<Refund>> {
    let sql = format!("SELECT {COLUMNS} FROM refund WHERE request_id = $1 ORDER BY id");
    conn.query(&sql, &[request_id.into()], refund)
}

/// Of which the channel is to be told, or asked, now.
pub fn due(conn: &mut Conn, now: Timestamp, most: i64) -> DbResult<Vec<Refund>> {
    let sql = format!("SELECT {COLUMNS} FROM refund WHERE next_at_ms <= $1 ORDER BY next_at_ms, id LIMIT $2");
    conn.query(&sql, &[now.as_ms().into(), most.into()], refund)
}

/// Writes one, under a number of its own; `no` is made of it.
pub fn insert(tx: &mut Tx<'_>, mut new: Refund, no: impl FnOnce(i64) -> String) -> Result<Refund> {
    new.id = tx.next_id(Noun::Refund)?;
    new.no = no(new.id);
    tx.execute(
        "INSERT INTO refund (id, no, payment_id, pay_channel_id, operator_id, customer_id, order_id, pile_id, kind, \
         amount_fen, reason, request_id, route, state, tries, next_at_ms, staff_id, staff_name, created_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        &[
            new.id.into(),
            (&new.no).into(),
            new.payment.into(),
            new.pay_channel.into(),
            new.operator.map(|id| id.0).into(),
            new.customer.0.into(),
            new.order.map(|id| id.0).into(),
            new.pile.map(|id| id.0).into(),
            new.kind.as_str().into(),
            new.amount.0.into(),
            (&new.reason).into(),
            (&new.request_id).into(),
            new.route.as_str().into(),
            new.state.as_str().into(),
            new.tries.into(),
            new.next_at.map(Timestamp::as_ms).into(),
            new.staff.0.into(),
            (&new.staff_name).into(),
            new.created_at.as_ms().into(),
            new.version.into(),
        ],
    )?;
    tx.changed(Change::Noun("refund"));
    Ok(new)
}

/// Writes what may change of it.
pub fn update(tx: &mut Tx<'_>, one: &mut Refund) -> Result<()> {
    let changed = tx.execute(
        "UPDATE refund SET route = $1, state = $2, channel_no = $3, message = $4, tries = $5, next_at_ms = $6, \
         decided_by_name = $7, decided_at_ms = $8, submitted_at_ms = $9, ended_at_ms = $10, proof = $11, version = $12 \
         WHERE id = $13 AND version = $14",
        &[
            one.route.as_str().into(),
            one.state.as_str().into(),
            one.channel_no.as_ref().into(),
            one.message.as_ref().into(),
            one.tries.into(),
            one.next_at.map(Timestamp::as_ms).into(),
            one.decided_by_name.as_ref().into(),
            one.decided_at.map(Timestamp::as_ms).into(),
            one.submitted_at.map(Timestamp::as_ms).into(),
            one.ended_at.map(Timestamp::as_ms).into(),
            one.proof.as_ref().into(),
            (one.version + 1).into(),
            one.id.into(),
            one.version.into(),
        ],
    )?;
    if changed == 0 {
        tracing::error!(no = one.no, "a refund was changed by another writer");
        return Err(Error::internal());
    }
    one.version += 1;
    tx.changed(Change::Noun("refund"));
    Ok(())
}

/// One step of a refund's money.
struct Step {
    debit: AccountId,
    credit: AccountId,
    code: PostingCode,
    word: &'static str,
}

impl Tx<'_> {
    fn refund_post(&mut self, refund: &Refund, step: Step, now: Timestamp) -> Result<()> {
        let Step { debit, credit, code, word } = step;
        self.posting_append(&NewPosting {
            debit,
            credit,
            fen: refund.amount,
            code,
            key: &format!("refund/{}/{word}", refund.no),
            order: refund.order.filter(|_| refund.kind == RefundKind::Order),
            operator: refund.operator,
            at: now,
            staff: None,
            reason: &refund.reason,
        })
        .map(drop)
    }

    /// The platform's part of the order follows what goes back through the channel, or does not after all.
    fn platform_refunded(
        &mut self,
        known: &mut OrderPayment,
        refund: &Refund,
        word: &str,
        now: Timestamp,
    ) -> Result<()> {
        let key = format!("refund/{}/{word}", refund.no);
        self.platform_follow(known, Because { key: &key, reason: &refund.reason, staff: None }, now)
    }

    /// Takes out of the purse, or of what was earned, what is to go back; whether it was there. The money of an
    /// excess is reserved since it came.
    pub fn refund_reserve(&mut self, payment: &mut Payment, refund: &Refund, now: Timestamp) -> Result<bool> {
        if payment.amount - payment.refunded < refund.amount {
            return Ok(false);
        }
        let refunding = AccountId::refunding(refund.customer);
        match refund.kind {
            RefundKind::Excess => {}
            RefundKind::TopUp => {
                let payer = Payer::Customer(refund.customer);
                self.purse(payer)?;
                let witness = Witness::Posting(self.peek_id(Noun::Posting)?);
                let taken = self.hot.spend(payer, witness, |purse| {
                    if purse.available().min(purse.funds().principal) < refund.amount {
                        return (false, None);
                    }
                    (true, Some(Spent { principal: -refund.amount.0, ..Spent::default() }))
                });
                if taken != Some(true) {
                    return Ok(false);
                }
                let debit = AccountId::principal(refund.customer);
                let step = Step { debit, credit: refunding, code: PostingCode::RefundHold, word: "hold" };
                self.refund_post(refund, step, now)?;
            }
            RefundKind::Order => {
                let (Some(order), Some(operator)) = (refund.order, refund.operator) else {
                    return Err(Error::internal());
                };
                let known = self.read(|conn| order_payments::get(conn, order))?;
                let Some(mut known) = known.filter(|one| one.settled - one.returned >= refund.amount) else {
                    return Ok(false);
                };
                let debit = AccountId::revenue(operator);
                let step = Step { debit, credit: refunding, code: PostingCode::RefundHold, word: "hold" };
                self.refund_post(refund, step, now)?;
                known.returned = known.returned + refund.amount;
                self.platform_refunded(&mut known, refund, "hold", now)?;
                known.changed_at = now;
                self.payment_note(known);
            }
        }
        payment.refunded = payment.refunded + refund.amount;
        crate::payments::update(self, payment)?;
        Ok(true)
    }

    /// It was given up: the money is where it was, and that of an excess in the customer's wallet.
    pub fn refund_undo(&mut self, payment: &mut Payment, refund: &Refund, now: Timestamp) -> Result<()> {
        let credit = match (refund.kind, refund.operator) {
            (RefundKind::Order, Some(operator)) => AccountId::revenue(operator),
            _ => AccountId::principal(refund.customer),
        };
        if refund.kind == RefundKind::Order {
            let order = refund.order.ok_or_else(Error::internal)?;
            let known = self.read(|conn| order_payments::get(conn, order))?;
            let mut known = known.ok_or_else(Error::internal)?;
            known.returned = known.returned - refund.amount;
            self.platform_refunded(&mut known, refund, "undo", now)?;
            known.changed_at = now;
            self.payment_note(known);
        } else {
            let payer = Payer::Customer(refund.customer);
            self.purse(payer)?;
            let witness = Witness::Posting(self.peek_id(Noun::Posting)?);
            let spent = Spent { principal: refund.amount.0, ..Spent::default() };
            self.hot.spend(payer, witness, |_| ((), Some(spent)));
        }
        let debit = AccountId::refunding(refund.customer);
        self.refund_post(refund, Step { debit, credit, code: PostingCode::RefundUndo, word: "undo" }, now)?;
        payment.refunded = payment.refunded - refund.amount;
        crate::payments::update(self, payment)
    }

    /// It has left: by the channel, or by hand.
    pub fn refund_complete(&mut self, refund: &Refund, now: Timestamp) -> Result<()> {
        let credit = match refund.route {
            RefundRoute::Source => AccountId::channel(refund.pay_channel),
            RefundRoute::Hand => AccountId::by_hand(),
        };
        let debit = AccountId::refunding(refund.customer);
        self.refund_post(refund, Step { debit, credit, code: PostingCode::RefundDone, word: "done" }, now)
    }
}
