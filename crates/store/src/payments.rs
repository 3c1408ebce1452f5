//! 支付单: what customers pay at pay channels. Each is written by one writer alone: that of its order's pile,
//! or the first one.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::ids::Noun;
use crate::order_payments;
use crate::postings::NewPosting;
use crate::purses::{Spent, Witness};
use model::id::{CustomerId, OperatorId, OrderId, PileId};
use model::ledger::{AccountId, Payer, PaymentState, PostingCode};
use model::money::Fen;
use model::pay::{PayScene, PayState, PaymentPurpose, WechatCall};
use model::time::Timestamp;
use model::{Error, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: i64,
    pub no: String,
    /// Whoever shows it may see how far the payment is.
    pub token: String,
    pub pay_channel: i64,
    pub operator: Option<OperatorId>,
    pub customer: CustomerId,
    pub purpose: PaymentPurpose,
    pub order: Option<OrderId>,
    pub pile: Option<PileId>,
    pub amount: Fen,
    /// In refunds that were not given up.
    pub refunded: Fen,
    pub state: PayState,
    pub request_id: String,
    pub channel_no: Option<String>,
    pub pay_url: Option<String>,
    pub scene: PayScene,
    /// Who pays inside of WeChat.
    pub payer_openid: Option<String>,
    /// What the app hands to WeChat, once the channel has it.
    pub wechat_call: Option<WechatCall>,
    /// Paid after it was closed.
    pub late: bool,
    /// Paid, and owed by nobody.
    pub excess: bool,
    pub message: Option<String>,
    pub tries: i64,
    /// When the channel is asked next.
    pub next_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub paid_at: Option<Timestamp>,
    pub version: i64,
}

const COLUMNS: &str = "id, no, token, pay_channel_id, operator_id, customer_id, purpose, order_id, pile_id, amount_fen, \
    refunded_fen, state, request_id, channel_no, pay_url, late, excess, message, tries, next_at_ms, created_at_ms, \
    expires_at_ms, paid_at_ms, version, scene, payer_openid, wechat_call";

fn payment(row: &Row<'_>) -> DbResult<Payment> {
    Ok(Payment {
        id: row.int(0)?,
        no: row.text(1)?,
        token: row.text(2)?,
        pay_channel: row.int(3)?,
        operator: row.int_opt(4)?.map(OperatorId),
        customer: CustomerId(row.int(5)?),
        purpose: row.word(6, PaymentPurpose::parse)?,
        order: row.int_opt(7)?.map(OrderId),
        pile: row.int_opt(8)?.map(PileId),
        amount: Fen(row.int(9)?),
        refunded: Fen(row.int(10)?),
        state: row.word(11, PayState::parse)?,
        request_id: row.text(12)?,
        channel_no: row.text_opt(13)?,
        pay_url: row.text_opt(14)?,
        late: row.bool(15)?,
        excess: row.bool(16)?,
        message: row.text_opt(17)?,
        tries: row.int(18)?,
        next_at: row.int_opt(19)?.map(Timestamp::from_ms),
        created_at: Timestamp::from_ms(row.int(20)?),
        expires_at: Timestamp::from_ms(row.int(21)?),
        paid_at: row.int_opt(22)?.map(Timestamp::from_ms),
        version: row.int(23)?,
        scene: row.word(24, PayScene::parse)?,
        payer_openid: row.text_opt(25)?,
        wechat_call: row.text_opt(26)?.and_then(|text| serde_json::from_str(&text).ok()),
    })
}

fn call_text(one: &Payment) -> Result<Option<String>> {
    one.wechat_call.as_ref().map(serde_json::to_string).transpose().map_err(|_| Error::internal())
}

pub fn get(conn: &mut Conn, id: i64) -> DbResult<Option<Payment>> {
    conn.find(&format!("SELECT {COLUMNS} FROM payment WHERE id = $1"), &[id.into()], payment)
}

pub fn by_no(conn: &mut Conn, no: &str) -> DbResult<Option<Payment>> {
    conn.find(&format!("SELECT {COLUMNS} FROM payment WHERE no = $1"), &[no.into()], payment)
}

pub fn by_request(conn: &mut Conn, customer: CustomerId, request_id: &str) -> DbResult<Option<Payment>> {
    let sql = format!("SELECT {COLUMNS} FROM payment WHERE customer_id = $1 AND request_id = $2");
    conn.find(&sql, &[customer.0.into(), request_id.into()], payment)
}

pub fn by_channel_no(conn: &mut Conn, channel: i64, channel_no: &str) -> DbResult<Option<Payment>> {
    let sql = format!("SELECT {COLUMNS} FROM payment WHERE pay_channel_id = $1 AND channel_no = $2");
    conn.find(&sql, &[channel.into(), channel_no.into()], payment)
}

/// Of which the channel is to be asked now.
pub fn due(conn: &mut Conn, now: Timestamp, most: i64) -> DbResult<Vec<Payment>> {
    let sql =
        format!("SELECT {COLUMNS} FROM payment WHERE next_at_ms <= $1 ORDER BY next_at_ms, id LIMIT $2");
    conn.query(&sql, &[now.as_ms().into(), most.into()], payment)
}

/// Top-ups of which something can go back to its source, the oldest first.
pub fn refundable(conn: &mut Conn, customer: CustomerId) -> DbResult<Vec<Payment>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment WHERE customer_id = $1 AND purpose = 'top_up' AND state = 'paid' \
         AND NOT excess AND refunded_fen < amount_fen ORDER BY paid_at_ms, id"
    );
    conn.query(&sql, &[customer.0.into()], payment)
}

/// What was paid at channels for an order and is no excess, the oldest first.
pub fn of_order(conn: &mut Conn, order: OrderId) -> DbResult<Vec<Payment>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment WHERE order_id = $1 AND state = 'paid' AND NOT excess ORDER BY paid_at_ms, id"
    );
    conn.query(&sql, &[order.0.into()], payment)
}

/// Writes one, under a number of its own; `no` is made of it.
pub fn insert(tx: &mut Tx<'_>, mut new: Payment, no: impl FnOnce(i64) -> String) -> Result<Payment> {
    new.id = tx.next_id(Noun::Payment)?;
    new.no = no(new.id);
    tx.execute(
        "INSERT INTO payment (id, no, token, pay_channel_id, operator_id, customer_id, purpose, order_id, pile_id, \
         amount_fen, refunded_fen, state, request_id, channel_no, pay_url, late, excess, message, tries, next_at_ms, \
         created_at_ms, expires_at_ms, paid_at_ms, version, scene, payer_openid, wechat_call) VALUES ($1, $2, $3, $4, \
         $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)",
        &[
            new.id.into(),
            (&new.no).into(),
            (&new.token).into(),
            new.pay_channel.into(),
            new.operator.map(|id| id.0).into(),
            new.customer.0.into(),
            new.purpose.as_str().into(),
            new.order.map(|id| id.0).into(),
            new.pile.map(|id| id.0).into(),
            new.amount.0.into(),
            new.refunded.0.into(),
            new.state.as_str().into(),
            (&new.request_id).into(),
            new.channel_no.as_ref().into(),
            new.pay_url.as_ref().into(),
            new.late.into(),
            new.excess.into(),
            new.message.as_ref().into(),
            new.tries.into(),
            new.next_at.map(Timestamp::as_ms).into(),
            new.created_at.as_ms().into(),
            new.expires_at.as_ms().into(),
            new.paid_at.map(Timestamp::as_ms).into(),
            new.version.into(),
            new.scene.as_str().into(),
            new.payer_openid.as_ref().into(),
            call_text(&new)?.into(),
        ],
    )?;
    tx.changed(Change::Noun("payment"));
    Ok(new)
}

/// Writes what may change of it.
pub fn update(tx: &mut Tx<'_>, one: &mut Payment) -> Result<()> {
    let changed = tx.execute(
        "UPDATE payment SET refunded_fen = $1, state = $2, channel_no = $3, pay_url = $4, late = $5, excess = $6, \
         message = $7, tries = $8, next_at_ms = $9, paid_at_ms = $10, version = $11, wechat_call = $12 \
         WHERE id = $13 AND version = $14",
        &[
            one.refunded.0.into(),
            one.state.as_str().into(),
            one.channel_no.as_ref().into(),
            one.pay_url.as_ref().into(),
            one.late.into(),
            one.excess.into(),
            one.message.as_ref().into(),
            one.tries.into(),
            one.next_at.map(Timestamp::as_ms).into(),
            one.paid_at.map(Timestamp::as_ms).into(),
            (one.version + 1).into(),
            call_text(one)?.into(),
            one.id.into(),
            one.version.into(),
        ],
    )?;
    if changed == 0 {
        // Each payment has one writer, so that nobody else can have changed it.
        tracing::error!(no = one.no, "a payment was changed by another writer");
        return Err(Error::internal());
    }
    one.version += 1;
    tx.changed(Change::Noun("payment"));
    Ok(())
}

/// What happened to a payment or to one of its refunds.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewPaymentEvent<'a> {
    pub payment: i64,
    pub refund: Option<i64>,
    pub what: &'a str,
    pub words: &'a str,
    pub staff_name: Option<&'a str>,
}

pub fn event_append(tx: &mut Tx<'_>, new: NewPaymentEvent<'_>, now: Timestamp) -> Result<()> {
    let id = tx.next_id(Noun::PaymentEvent)?;
    tx.execute(
        "INSERT INTO payment_event (id, payment_id, refund_id, at_ms, what, words, staff_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            new.payment.into(),
            new.refund.into(),
            now.as_ms().into(),
            new.what.into(),
            new.words.into(),
            new.staff_name.into(),
        ],
    )
    .map(drop)
}

impl Tx<'_> {
    /// Posts the money that has come in at the channel: once, whatever is told how often. What nobody owes is
    /// kept for its refund; whether it was so.
    pub fn payment_receive(&mut self, one: &Payment, now: Timestamp) -> Result<bool> {
        let channel = AccountId::channel(one.pay_channel);
        let key = format!("payment/{}", one.no);
        let new = |credit, code, operator| NewPosting {
            debit: channel,
            credit,
            fen: one.amount,
            code,
            key: &key,
            order: one.order,
            operator,
            at: now,
            staff: None,
            reason: "",
        };
        let Some(order) = one.order else {
            let payer = Payer::Customer(one.customer);
            self.purse(payer)?;
            let witness = Witness::Posting(self.peek_id(Noun::Posting)?);
            let spent = Spent { principal: one.amount.0, ..Spent::default() };
            self.hot.spend(payer, witness, |_| ((), Some(spent)));
            self.posting_append(&new(AccountId::principal(one.customer), PostingCode::TopUp, None))?;
            return Ok(false);
        };
        let known = self.read(|conn| order_payments::get(conn, order))?;
        let owed = known.filter(|known| {
            known.state == PaymentState::Posted
                && known.customer == one.customer
                && known.left().owed >= one.amount
        });
        let Some(mut owed) = owed else {
            self.payment_receive_excess(one, now)?;
            return Ok(true);
        };
        let operator = Some(owed.operator);
        self.posting_append(&new(AccountId::receivable(one.customer), PostingCode::OrderPay, operator))?;
        owed.settled = owed.settled + one.amount;
        owed.changed_at = now;
        let (order, pile, operator) = (owed.order, owed.pile, owed.operator);
        self.payment_note(owed);
        self.changed(Change::Order { order, pile, operator });
        Ok(false)
    }

    /// Posts money that nobody owes to what is on its way back to the customer.
    pub fn payment_receive_excess(&mut self, one: &Payment, now: Timestamp) -> Result<()> {
        let posted = self.posting_append(&NewPosting {
            debit: AccountId::channel(one.pay_channel),
            credit: AccountId::refunding(one.customer),
            fen: one.amount,
            code: PostingCode::Excess,
            key: &format!("payment/{}", one.no),
            order: None,
            operator: one.operator,
            at: now,
            staff: None,
            reason: "",
        });
        posted.map(drop)
    }
}
