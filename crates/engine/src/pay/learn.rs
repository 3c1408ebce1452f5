//! What a channel says of a payment, by its call or because we asked: said twice, or in another order, it has the
//! same effect.

use super::{ASK_S, PaymentSaid, later, no_payment};
use crate::Engine;
use model::Result;
use model::id::StaffId;
use model::ledger::Payer;
use model::money::Fen;
use model::pay::{PayState, RefundKind, RefundRoute, RefundState, pay_no};
use model::time::Timestamp;
use store::Tx;
use store::payments::{self, NewPaymentEvent, Payment};
use store::refunds::{self, Refund};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// Taken over, or known already.
    Taken,
    /// The amount is another one: nothing was posted, a person looks at it.
    Differs,
}

/// What was paid, as the channel says.
struct Paid<'a> {
    channel_no: &'a str,
    amount: Fen,
    at: Timestamp,
}

fn note(tx: &mut Tx<'_>, one: &Payment, what: &str, words: &str, now: Timestamp) -> Result<()> {
    let event = NewPaymentEvent { payment: one.id, what, words, ..NewPaymentEvent::default() };
    payments::event_append(tx, event, now)
}

/// What nobody owed goes back by itself.
fn give_back_excess(tx: &mut Tx<'_>, one: &mut Payment, end: &str, now: Timestamp) -> Result<()> {
    let new = Refund {
        id: 0,
        no: String::new(),
        payment: one.id,
        pay_channel: one.pay_channel,
        operator: one.operator,
        customer: one.customer,
        order: one.order,
        pile: one.pile,
        kind: RefundKind::Excess,
        amount: one.amount,
        reason: "重复支付，自动原路退回".to_owned(),
        request_id: format!("excess-{}", one.no),
        route: RefundRoute::Source,
        state: RefundState::Approved,
        channel_no: None,
        message: None,
        tries: 0,
        next_at: Some(now),
        staff: StaffId(0),
        staff_name: String::new(),
        created_at: now,
        decided_by_name: None,
        decided_at: None,
        submitted_at: None,
        ended_at: None,
        proof: None,
        version: 1,
    };
    let refund = refunds::insert(tx, new, |id| pay_no("TK", id, now, end))?;
    tx.refund_reserve(one, &refund, now)?;
    let event = NewPaymentEvent {
        payment: one.id,
        refund: Some(refund.id),
        what: "refund_created",
        ..NewPaymentEvent::default()
    };
    payments::event_append(tx, event, now)
}

/// Paid at last, or once more.
fn paid(tx: &mut Tx<'_>, one: &mut Payment, said: &Paid<'_>, end: &str, now: Timestamp) -> Result<Learned> {
    if said.amount != one.amount {
        let words = format!("{} fen: {}", said.amount.0, said.channel_no);
        if one.message.as_deref() != Some(words.as_str()) {
            one.message = Some(words.clone());
            payments::update(tx, one)?;
            note(tx, one, "amount_differs", &words, now)?;
        }
        return Ok(Learned::Differs);
    }
    if one.state == PayState::Paid {
        return again(tx, one, said, end, now);
    }
    one.late = !one.state.is_open();
    (one.state, one.next_at, one.message) = (PayState::Paid, None, None);
    one.channel_no = Some(said.channel_no.to_owned());
    one.paid_at = Some(said.at);
    one.excess = tx.payment_receive(one, now)?;
    payments::update(tx, one)?;
    note(tx, one, if one.late { "paid_late" } else { "paid" }, said.channel_no, now)?;
    if one.excess {
        note(tx, one, "excess", "", now)?;
        give_back_excess(tx, one, end, now)?;
    }
    Ok(Learned::Taken)
}

/// The channel has taken money twice for one number: the second is a payment of its own, and goes back.
fn again(tx: &mut Tx<'_>, one: &Payment, said: &Paid<'_>, end: &str, now: Timestamp) -> Result<Learned> {
    if one.channel_no.as_deref() == Some(said.channel_no) {
        return Ok(Learned::Taken);
    }
    let (channel, channel_no) = (one.pay_channel, said.channel_no.to_owned());
    if tx.read(|conn| payments::by_channel_no(conn, channel, &channel_no))?.is_some() {
        return Ok(Learned::Taken);
    }
    let twin = Payment {
        request_id: format!("twin-{}", said.channel_no),
        channel_no: Some(said.channel_no.to_owned()),
        paid_at: Some(said.at),
        refunded: Fen(0),
        late: false,
        excess: true,
        pay_url: None,
        wechat_call: None,
        message: None,
        version: 1,
        ..one.clone()
    };
    let mut twin = payments::insert(tx, twin, |id| pay_no("ZF", id, now, end))?;
    tx.payment_receive_excess(&twin, now)?;
    note(tx, &twin, "excess", &one.no, now)?;
    give_back_excess(tx, &mut twin, end, now)?;
    Ok(Learned::Taken)
}

fn closed(tx: &mut Tx<'_>, one: &mut Payment, now: Timestamp) -> Result<()> {
    if !one.state.is_open() {
        return Ok(());
    }
    (one.state, one.next_at) = (PayState::Closed, None);
    payments::update(tx, one)?;
    note(tx, one, "closed", "", now)
}

/// Nothing has happened: asked again, until its time is over.
fn waiting(tx: &mut Tx<'_>, one: &mut Payment, now: Timestamp) -> Result<()> {
    if !one.state.is_open() {
        return Ok(());
    }
    one.tries += 1;
    let next = later(&ASK_S, one.tries, now);
    one.next_at = Some(if now < one.expires_at { next.min(one.expires_at) } else { next });
    payments::update(tx, one)
}

impl Engine {
    /// What a channel says of a payment. One of another channel is not there.
    pub async fn payment_learn(&self, channel: i64, no: &str, said: PaymentSaid) -> Result<Learned> {
        let no = no.to_owned();
        let found = self.store.read(move |conn| payments::by_no(conn, &no)).await?;
        let found = found.filter(|one| one.pay_channel == channel).ok_or_else(no_payment)?;
        let (id, now, end) = (found.id, self.clock.now(), self.random.hex::<3>()?);
        let (learned, payer) = self
            .store
            .write(found.pile, move |tx| {
                let mut one = tx.read(|conn| payments::get(conn, id))?.ok_or_else(no_payment)?;
                let before = one.state;
                let learned = match &said {
                    PaymentSaid::Paid { channel_no, amount, at } => {
                        let said = Paid { channel_no, amount: *amount, at: *at };
                        paid(tx, &mut one, &said, &end, now)?
                    }
                    PaymentSaid::Closed => closed(tx, &mut one, now).map(|()| Learned::Taken)?,
                    PaymentSaid::Absent if now >= one.expires_at => {
                        closed(tx, &mut one, now).map(|()| Learned::Taken)?
                    }
                    PaymentSaid::Waiting | PaymentSaid::Absent => {
                        waiting(tx, &mut one, now).map(|()| Learned::Taken)?
                    }
                };
                let richer = before != PayState::Paid && one.state == PayState::Paid && one.order.is_none();
                Ok((learned, richer.then_some(Payer::Customer(one.customer))))
            })
            .await?;
        if let Some(payer) = payer {
            self.payments_balance_tell(payer).await?;
        }
        Ok(learned)
    }
}
