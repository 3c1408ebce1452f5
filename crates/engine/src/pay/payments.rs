//! 支付单: asked for by a customer or on their behalf, told by the channel, closed.

use super::{ASK_S, PayDoor, PaymentSaid, differs, later, no_payment};
use crate::Engine;
use crate::audit::Actor;
use crate::feedback::caller_phone;
use model::id::{CustomerId, OrderId, PileId};
use model::ledger::PaymentState;
use model::money::Fen;
use model::order::Order;
use model::pay::{
    PAY_WITHIN_MS, PayChannelKind, PayScene, PayState, PaymentPurpose, WechatCall, openid_checked, pay_no,
    top_up_checked,
};
use model::time::{SECOND_MS, Timestamp};
use model::wallet::request_id_checked;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::pay_channels::{self, PayChannel};
use store::payments::{self, NewPaymentEvent, Payment};
use store::{Tx, customers, order_payments, orders};
use utoipa::ToSchema;

/// How a customer pays: from the mini-program, by their phone number.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicPaymentDraft {
    pub phone: String,
    /// Of a top-up; null for an order: what is owed for it.
    pub amount_fen: Option<i64>,
    /// An order that is to be paid; null: a top-up.
    pub order_no: Option<String>,
    /// Null: the first that is on.
    pub pay_channel_id: Option<i64>,
    /// Who pays inside of WeChat, as the mini-program or the official account knows them: the answer carries what
    /// `wx.requestPayment` takes. Null: by a code or a cashier.
    pub payer_openid: Option<String>,
    /// Made by the app: sent again, it is the same payment.
    pub request_id: String,
}

/// On a customer's behalf, at the desk.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentDraft {
    pub customer_id: i64,
    /// Of a top-up; null for an order: what is owed for it.
    pub amount_fen: Option<i64>,
    /// An order that is to be paid; null: a top-up.
    pub order_no: Option<String>,
    /// Null: the first that is on.
    pub pay_channel_id: Option<i64>,
    /// Made by the page when it opens the form: sent again, it is the same payment.
    pub request_id: String,
}

/// What whoever pays is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentTicket {
    pub no: String,
    /// Opens the state of this payment, together with its number.
    pub token: String,
    pub state: PayState,
    pub amount_fen: i64,
    /// Where to pay: shown as a code to scan, or opened.
    pub pay_url: Option<String>,
    /// What the app hands to WeChat, where the payment was made with an openid.
    pub wechat_call: Option<WechatCall>,
    pub expires_at_ms: i64,
    pub paid_at_ms: Option<i64>,
    /// Why it could not be had.
    pub message: Option<String>,
}

impl PaymentTicket {
    pub fn of(one: &Payment) -> PaymentTicket {
        PaymentTicket {
            no: one.no.clone(),
            token: one.token.clone(),
            state: one.state,
            amount_fen: one.amount.0,
            pay_url: one.pay_url.clone().filter(|_| one.state.is_open()),
            wechat_call: one.wechat_call.clone().filter(|_| one.state.is_open()),
            expires_at_ms: one.expires_at.as_ms(),
            paid_at_ms: one.paid_at.map(Timestamp::as_ms),
            message: one.message.clone(),
        }
    }
}

/// A wish to pay, checked as far as it can be without looking.
struct Ask {
    customer: CustomerId,
    order: Option<OrderId>,
    amount: Option<i64>,
    pay_channel: Option<i64>,
    openid: Option<String>,
    request_id: String,
}

impl Ask {
    fn scene(&self) -> PayScene {
        if self.openid.is_some() { PayScene::Wechat } else { PayScene::Scan }
    }
}

fn order_of(number: Option<&str>) -> Result<Option<OrderId>> {
    let number = number.map(str::trim).filter(|no| !no.is_empty());
    number.map(|no| Order::id_of_number(no).ok_or_else(no_order)).transpose()
}

fn no_order() -> Error {
    Error::invalid(
        "order_no",
        "没有这个待支付订单，请核对 18 位订单号与手机号",
        "There is no such order of this customer; check its 18 digits and the phone number.",
    )
}

fn nothing_owed() -> Error {
    Error::refused(
        "payment.nothing_owed",
        "这笔订单没有待支付的金额，无需支付；请刷新订单查看",
        "Nothing is owed for this order; look at it again.",
    )
    .on_field("order_no")
}

/// The channel that is asked for, or the first that may be used: an operator's own before the platform's.
fn chosen(all: Vec<PayChannel>, ask: &Ask, operator: Option<i64>) -> Result<PayChannel> {
    let (wanted, within) = (ask.pay_channel, ask.scene() == PayScene::Wechat);
    let usable = |one: &PayChannel| one.enabled && (one.operator_id.is_none() || one.operator_id == operator);
    let mut fits: Vec<PayChannel> = all.into_iter().filter(usable).collect();
    let known = fits.iter().any(|one| wanted.is_none_or(|id| one.id == id));
    if within {
        fits.retain(|one| one.config.kind() == PayChannelKind::Wechat);
        if known && !fits.iter().any(|one| wanted.is_none_or(|id| one.id == id)) {
            return Err(Error::refused(
                "payment.not_wechat",
                "带 openid 的支付只能走微信支付，而可用的支付渠道不是微信支付；请改选微信支付渠道，或不填 openid 改为扫码",
                "Only WeChat Pay takes an openid, and the pay channel is another one. Choose WeChat Pay, or leave the openid out and pay by a code.",
            )
            .on_field("payer_openid"));
        }
    }
    fits.sort_by_key(|one| one.operator_id.is_none());
    let found = match wanted {
        Some(id) => fits.into_iter().find(|one| one.id == id),
        None => fits.into_iter().next(),
    };
    found.ok_or_else(|| {
        Error::refused(
            "payment.no_channel",
            "没有可用的支付渠道：未配置、已停用或不属于该运营商；请联系客服，或在「支付渠道」中启用",
            "There is no pay channel for this: none is set up, it is switched off, or it is another operator's.",
        )
        .on_field("pay_channel_id")
    })
}

/// The order's pile, operator, and what is owed for it.
fn owed(tx: &mut Tx<'_>, customer: CustomerId, order: OrderId) -> Result<(PileId, i64, Fen)> {
    let known = tx.read(|conn| order_payments::get(conn, order))?;
    let known = known.filter(|one| one.customer == customer).ok_or_else(no_order)?;
    if known.state != PaymentState::Posted || known.left().owed.0 <= 0 {
        return Err(nothing_owed());
    }
    Ok((known.pile, known.operator.0, known.left().owed))
}

impl Engine {
    /// From the mini-program.
    pub async fn payment_submit(
        &self,
        address: &str,
        draft: PublicPaymentDraft,
    ) -> Result<(Payment, PayChannel)> {
        self.visitors.enter(address, self.clock.now())?;
        let phone = caller_phone(&draft.phone)?;
        let found = self.store.read(move |conn| customers::by_phone(conn, &phone)).await?;
        let [customer] = found.as_slice() else {
            return Err(Error::invalid(
                "phone",
                "没有用此手机号注册的用户，或有多个；请核对手机号，或联系客服",
                "Nobody, or more than one, has registered with this number; check it or ask customer service.",
            ));
        };
        let ask = Ask {
            customer: customer.id,
            order: order_of(draft.order_no.as_deref())?,
            amount: draft.amount_fen,
            pay_channel: draft.pay_channel_id,
            openid: draft.payer_openid.as_deref().map(openid_checked).transpose()?,
            request_id: request_id_checked(&draft.request_id)?,
        };
        self.payment_begin(ask, None).await
    }

    /// On a customer's behalf.
    pub async fn payment_create(&self, actor: &Actor, draft: PaymentDraft) -> Result<(Payment, PayChannel)> {
        actor.must_be_platform()?;
        let id = CustomerId(draft.customer_id);
        let known = self.store.read(move |conn| customers::get(conn, id)).await?;
        known.ok_or_else(|| {
            Error::invalid(
                "customer_id",
                "没有这个用户，请从列表中重新选择",
                "There is no such customer; choose one from the list.",
            )
        })?;
        let ask = Ask {
            customer: id,
            order: order_of(draft.order_no.as_deref())?,
            amount: draft.amount_fen,
            pay_channel: draft.pay_channel_id,
            // Who stands at the desk scans a code.
            openid: None,
            request_id: request_id_checked(&draft.request_id)?,
        };
        self.payment_begin(ask, Some(actor)).await
    }

    async fn payment_begin(&self, ask: Ask, actor: Option<&Actor>) -> Result<(Payment, PayChannel)> {
        if ask.order.is_none() {
            top_up_checked(ask.amount.unwrap_or_default())?;
        }
        let pile = match ask.order {
            Some(order) => {
                let found = self.store.read(move |conn| orders::get(conn, order)).await?;
                Some(found.ok_or_else(no_order)?.pile)
            }
            None => None,
        };
        let (token, end) = (self.random.hex::<16>()?, self.random.hex::<3>()?);
        let (now, actor) = (self.clock.now(), actor.cloned());
        self.store
            .write(pile, move |tx| {
                let known = tx.read(|conn| payments::by_request(conn, ask.customer, &ask.request_id))?;
                if let Some(known) = known {
                    return repeated(tx, &ask, known);
                }
                let mut new = fresh(&ask, &token, now);
                if let Some(order) = ask.order {
                    let (pile, operator, fen) = owed(tx, ask.customer, order)?;
                    if ask.amount.is_some_and(|amount| amount != fen.0) {
                        return Err(Error::invalid(
                            "amount_fen",
                            format!("这笔订单待支付 {}.{:02} 元，请按此金额支付", fen.0 / 100, fen.0 % 100),
                            format!("{}.{:02} yuan are owed for this order.", fen.0 / 100, fen.0 % 100),
                        ));
                    }
                    new.pile = Some(pile);
                    new.operator = Some(model::id::OperatorId(operator));
                    (new.amount, new.purpose) = (fen, PaymentPurpose::Order);
                }
                let operator = new.operator.map(|id| id.0);
                let channel = chosen(tx.read(pay_channels::all)?, &ask, operator)?;
                new.pay_channel = channel.id;
                let made = payments::insert(tx, new, |id| pay_no("ZF", id, now, &end))?;
                let staff_name = actor.as_ref().map(|actor| actor.caller.name.as_str());
                let event = NewPaymentEvent {
                    payment: made.id,
                    what: "created",
                    staff_name,
                    ..NewPaymentEvent::default()
                };
                payments::event_append(tx, event, now)?;
                if let Some(actor) = &actor {
                    let detail =
                        json!({"no": made.no, "amount_fen": made.amount.0, "customer_id": made.customer.0});
                    actor.record(tx, now, "payment_create", "payment", made.id, &detail)?;
                }
                Ok((made, channel))
            })
            .await
    }

    /// The channel has it, and the customer can pay there.
    pub async fn payment_opened(&self, one: &Payment, door: PayDoor) -> Result<Payment> {
        let (id, now) = (one.id, self.clock.now());
        self.store
            .write(one.pile, move |tx| {
                let mut one = tx.read(|conn| payments::get(conn, id))?.ok_or_else(no_payment)?;
                // It may have been paid before we were answered.
                if one.state != PayState::Created {
                    return Ok(one);
                }
                (one.state, one.message, one.tries) = (PayState::Paying, None, 0);
                match &door {
                    PayDoor::Url(url) => one.pay_url = Some(url.clone()),
                    PayDoor::Wechat(call) => one.wechat_call = Some(call.clone()),
                }
                one.next_at = Some(later(&ASK_S, 0, now));
                payments::update(tx, &mut one)?;
                let event = NewPaymentEvent { payment: id, what: "opened", ..NewPaymentEvent::default() };
                payments::event_append(tx, event, now)?;
                Ok(one)
            })
            .await
    }

    /// The channel would not have it, for good; or it is not known whether it has.
    pub async fn payment_not_opened(&self, one: &Payment, words: String, for_good: bool) -> Result<Payment> {
        let (id, now) = (one.id, self.clock.now());
        self.store
            .write(one.pile, move |tx| {
                let mut one = tx.read(|conn| payments::get(conn, id))?.ok_or_else(no_payment)?;
                if one.state != PayState::Created {
                    return Ok(one);
                }
                one.message = Some(words.clone());
                if for_good {
                    (one.state, one.next_at) = (PayState::Failed, None);
                }
                payments::update(tx, &mut one)?;
                let what = if for_good { "refused" } else { "not_reached" };
                let event =
                    NewPaymentEvent { payment: id, what, words: &words, ..NewPaymentEvent::default() };
                payments::event_append(tx, event, now)?;
                Ok(one)
            })
            .await
    }

    /// How far a payment is, for whoever pays it.
    pub async fn payment_ticket(&self, address: &str, no: &str, token: &str) -> Result<PaymentTicket> {
        self.readers.enter(address, self.clock.now())?;
        let (no, token) = (no.trim().to_owned(), token.to_owned());
        let found = self.store.read(move |conn| payments::by_no(conn, &no)).await?;
        found.filter(|one| one.token == token).map(|one| PaymentTicket::of(&one)).ok_or_else(no_payment)
    }

    /// Somebody has asked the channel, or had it closed there.
    pub async fn payment_touched(&self, actor: &Actor, one: &Payment, what: &'static str) -> Result<()> {
        let (id, now, actor) = (one.id, self.clock.now(), actor.clone());
        let no = one.no.clone();
        self.store
            .write(one.pile, move |tx| {
                let staff_name = Some(actor.caller.name.as_str());
                let event = NewPaymentEvent { payment: id, what, staff_name, ..NewPaymentEvent::default() };
                payments::event_append(tx, event, now)?;
                let action = if what == "close_asked" { "payment_cancel" } else { "payment_check" };
                actor.record(tx, now, action, "payment", id, &json!({"no": no}))
            })
            .await
    }

    /// Of which the channel is to be asked now.
    pub async fn payments_due(&self, most: i64) -> Result<Vec<Payment>> {
        let now = self.clock.now();
        self.store.read(move |conn| payments::due(conn, now, most)).await
    }

    /// The channel could not be asked: later again.
    pub async fn payment_unanswered(&self, one: &Payment, words: String) -> Result<()> {
        let (id, now) = (one.id, self.clock.now());
        self.store
            .write(one.pile, move |tx| {
                let mut one = tx.read(|conn| payments::get(conn, id))?.ok_or_else(no_payment)?;
                if one.state.is_open() {
                    one.tries += 1;
                    one.message = Some(words.clone());
                    one.next_at = Some(later(&ASK_S, one.tries, now));
                    payments::update(tx, &mut one)?;
                }
                Ok(())
            })
            .await
    }
}

/// A wish that was said before under the same number.
fn repeated(tx: &mut Tx<'_>, ask: &Ask, known: Payment) -> Result<(Payment, PayChannel)> {
    if known.order != ask.order {
        return Err(differs("order_no"));
    }
    if ask.amount.is_some_and(|amount| amount != known.amount.0) {
        return Err(differs("amount_fen"));
    }
    if ask.pay_channel.is_some_and(|id| id != known.pay_channel) {
        return Err(differs("pay_channel_id"));
    }
    if ask.openid != known.payer_openid {
        return Err(differs("payer_openid"));
    }
    let id = known.pay_channel;
    let channel = tx.read(|conn| pay_channels::get(conn, id))?;
    Ok((known, channel.ok_or_else(super::channels::no_pay_channel)?))
}

fn fresh(ask: &Ask, token: &str, now: Timestamp) -> Payment {
    Payment {
        id: 0,
        no: String::new(),
        token: token.to_owned(),
        pay_channel: 0,
        operator: None,
        customer: ask.customer,
        purpose: PaymentPurpose::TopUp,
        order: ask.order,
        pile: None,
        amount: Fen(ask.amount.unwrap_or_default()),
        refunded: Fen(0),
        state: PayState::Created,
        request_id: ask.request_id.clone(),
        channel_no: None,
        pay_url: None,
        scene: ask.scene(),
        payer_openid: ask.openid.clone(),
        wechat_call: None,
        late: false,
        excess: false,
        message: None,
        tries: 0,
        // Should we be stopped before the channel has answered, it is asked what it knows.
        next_at: Some(now.plus_ms(30 * SECOND_MS)),
        created_at: now,
        expires_at: now.plus_ms(PAY_WITHIN_MS),
        paid_at: None,
        version: 1,
    }
}

impl PaymentSaid {
    /// Nobody has paid it yet.
    pub fn is_waiting(&self) -> bool {
        matches!(self, PaymentSaid::Waiting | PaymentSaid::Absent)
    }
}
