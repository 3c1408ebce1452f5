//! 支付: who pays a session, what is held of their purse while it runs, and its bill. On the device
//! path: purses are judged by memory, and an order that no purse pays for touches none.

use crate::command::{balance_update, stop_by_rule};
use crate::device::{Context, cost_so_far};
use crate::fleet::driver_limit;
use crate::{Engine, Rules};
use model::Result;
use model::card::{Card, TokenVerdict};
use model::discount::OrderDiscount;
use model::id::{FleetId, OrderId, PileId, StaffId};
use model::ledger::{PayWay, Payer, PaymentState};
use model::money::Fen;
use model::order::{OpenOrder, Order, OrderState, StartMode};
use model::time::{MINUTE_MS, Timestamp};
use std::sync::Arc;
use store::Tx;
use store::order_payments::{self, OrderPayment};

/// More is held when this much of what is held is used up.
const RAISE_PERCENT: i128 = 80;
/// And where nothing more is there, the session is stopped here: it takes a while to end.
const STOP_PERCENT: i128 = 95;

/// How the holder of this card pays; nobody pays for a card that nobody holds.
fn way_of(rules: &Rules, card: &Card) -> Option<(PayWay, Option<FleetId>)> {
    card.customer?;
    match card.fleet.filter(|_| card.fleet_pays) {
        Some(fleet) => Some((PayWay::Fleet, Some(fleet))),
        None => Some((card.pay_way.unwrap_or(rules.pay_way), None)),
    }
}

/// Whose purse pays for this card, if a purse does.
fn payer_of(rules: &Rules, card: &Card) -> Option<Payer> {
    match (way_of(rules, card)?, card.customer?) {
        ((PayWay::Wallet, _), customer) => Some(Payer::Customer(customer)),
        ((PayWay::Fleet, Some(fleet)), _) => Some(Payer::Fleet(fleet)),
        _ => None,
    }
}

/// Whether the purse behind a card suffices to begin.
pub(crate) fn suffices(context: &Context<'_>, tx: &mut Tx<'_>, card: &Card) -> Result<bool> {
    match payer_of(context.rules, card) {
        Some(payer) => Ok(tx.purse(payer)?.available() >= context.rules.hold_least),
        None => Ok(true),
    }
}

/// Holds what a session that begins may cost at first; why it may not begin, where the purse or what a fleet lets its
/// driver charge does not suffice.
pub(crate) fn admit(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    order: &Order,
    card: &Card,
) -> Result<Option<TokenVerdict>> {
    let (Some(way), Some(customer)) = (way_of(context.rules, card), card.customer) else { return Ok(None) };
    let mut payment = OrderPayment::fresh(order, customer, way, context.now);
    if payment.payer().is_none() {
        return Ok(None);
    }
    if let Some((limits, used)) = driver_limit::used(tx, card, context.now)? {
        if limits.refusal(&used).is_some() {
            return Ok(Some(TokenVerdict::FleetLimit));
        }
        payment.limit = limits.left(&used);
    }
    let most = payment.limit.fen.unwrap_or(context.rules.hold);
    let hold = context.rules.hold.min(most);
    let held = tx.payment_hold(payment, (hold, context.rules.hold_least.min(most)), context.now)?;
    Ok((held.0 == 0).then_some(TokenVerdict::NoBalance))
}

/// The session has come near what the fleet lets its driver charge.
fn at_limit(payment: &OrderPayment, open: &OpenOrder, cost: i128) -> bool {
    let near = |part: i128, whole: i64| part * 100 >= i128::from(whole) * STOP_PERCENT;
    let energy = open.curve.readings().last().map_or(open.order.energy, |reading| reading.delivered);
    payment.limit.fen.is_some_and(|limit| near(cost, limit.0))
        || payment.limit.energy.is_some_and(|limit| near(i128::from(energy.dwh()), limit.dwh()))
}

/// What a pile is told that the session may cost: what its payer has, as far as any session may go.
pub(crate) fn told(context: &Context<'_>, tx: &mut Tx<'_>, order: OrderId) -> Result<Fen> {
    let most = context.rules.credit;
    let Some(payment) = tx.payment(order) else { return Ok(most) };
    let Some(payer) = payment.payer() else { return Ok(most) };
    let most = payment.limit.fen.map_or(most, |limit| most.min(limit));
    Ok(most.min(payment.held + tx.purse(payer)?.available()))
}

/// What a pile is told where the session was refused: what there is, if that was the reason.
pub(crate) fn told_refused(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    (verdict, card): (TokenVerdict, Option<&Card>),
) -> Result<Fen> {
    let payer = card.and_then(|card| payer_of(context.rules, card));
    match payer.filter(|_| verdict == TokenVerdict::NoBalance) {
        Some(payer) => Ok(tx.purse(payer)?.available().max(Fen(0))),
        None => Ok(Fen(0)),
    }
}

/// Holds more when the cost comes near what is held; where nothing more is there, the session is to end.
pub(crate) fn follow(context: &Context<'_>, tx: &mut Tx<'_>, open: &OpenOrder) -> Result<()> {
    let Some(mut payment) = tx.payment(open.order.id) else { return Ok(()) };
    if payment.payer().is_none() || open.order.state == OrderState::Starting {
        return Ok(());
    }
    let cost = i128::from(cost_so_far(context, tx, open)?.0) * 100;
    let used = |payment: &OrderPayment, percent| cost >= i128::from(payment.held.0) * percent;
    while used(&payment, RAISE_PERCENT) {
        let before = payment.held;
        tx.payment_hold(payment, (context.rules.hold, Fen(1)), context.now)?;
        match tx.payment(open.order.id) {
            Some(now) if now.held > before => payment = now,
            _ => break,
        }
    }
    let over = used(&payment, STOP_PERCENT) || at_limit(&payment, open, cost / 100);
    if over && !payment.exhausted {
        payment.exhausted = true;
        // The sweep stops it, at once and then every minute until the pile has obeyed.
        payment.changed_at = context.now.plus_ms(-MINUTE_MS);
        tx.payment_note(payment);
    }
    Ok(())
}

/// The session never began: what it held is let go.
pub(crate) fn release(tx: &mut Tx<'_>, order: OrderId, now: Timestamp) {
    if let Some(payment) = tx.payment(order) {
        tx.payment_release(payment, PaymentState::Void, now);
    }
}

/// The order is billed: its bill is posted. One that nobody admitted (an offline card, a record without
/// an order) is paid by the holder of its card all the same.
pub(crate) fn post(
    rules: &Rules,
    tx: &mut Tx<'_>,
    (order, discounts): (&Order, &[OrderDiscount]),
    staff: Option<(StaffId, &str)>,
    now: Timestamp,
) -> Result<()> {
    match of_order(rules, tx, order, now)? {
        Some(payment) => tx.payment_post(payment, (order, discounts), rules.gift_first, staff, now),
        None => Ok(()),
    }
}

/// How a bill of this total is paid; `None` where nobody pays.
pub(crate) fn of_order(
    rules: &Rules,
    tx: &mut Tx<'_>,
    order: &Order,
    now: Timestamp,
) -> Result<Option<OrderPayment>> {
    Ok(match (tx.payment(order.id), order.customer) {
        (Some(payment), _) => Some(payment),
        (None, Some(customer)) if order.total.0 > 0 && order.start_mode != StartMode::Import => {
            let card = match &order.token {
                Some(token) => tx.card(&token.key())?,
                None => None,
            };
            let card = card.filter(|card| card.customer == Some(customer));
            let way = card.and_then(|card| way_of(rules, &card)).unwrap_or((PayWay::Later, None));
            Some(OrderPayment::fresh(order, customer, way, now))
        }
        _ => None,
    })
}

/// Refuses a token whose purse is empty, before a session begins.
pub(crate) fn limited(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    card: Option<&Card>,
    verdict: &mut TokenVerdict,
) -> Result<Option<String>> {
    let Some(card) = card.filter(|_| *verdict == TokenVerdict::Accepted) else { return Ok(None) };
    if let Some((limits, used)) = driver_limit::used(tx, card, context.now)?
        && let Some(why) = limits.refusal(&used)
    {
        *verdict = TokenVerdict::FleetLimit;
        return Ok(Some(format!("refused: {}", why.en)));
    }
    if suffices(context, tx, card)? {
        return Ok(None);
    }
    *verdict = TokenVerdict::NoBalance;
    Ok(Some("refused: the balance does not suffice".to_owned()))
}

/// What time has done to payments: sessions to be stopped, and holds that nobody came for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Due {
    stop: Vec<(PileId, OrderId)>,
}

/// Looks through the open payments of a writer.
pub(crate) fn due(context: &Context<'_>, tx: &mut Tx<'_>) -> Result<Due> {
    let now = context.now;
    let old = now.plus_ms(-context.rules.hold_kept_ms);
    for payment in tx.payments_where(|payment| payment.held.0 > 0 && payment.changed_at < old) {
        let order = tx.read(|conn| store::orders::get(conn, payment.order))?;
        // A session may be long; only what awaits a person lets go.
        if order.is_none_or(|order| !order.state.awaits_record()) {
            tx.payment_release(payment, PaymentState::Open, now);
        }
    }
    let minute = now.plus_ms(-MINUTE_MS);
    let stop = tx.payments_where(|payment| payment.exhausted && payment.changed_at <= minute);
    Ok(Due { stop: stop.into_iter().map(|payment| (payment.pile, payment.order)).collect() })
}

impl Engine {
    /// Money has come in while sessions run: 云快充 piles, which stop at the balance that they were told, are
    /// told what it is now.
    pub(crate) async fn payments_balance_tell(&self, payer: Payer) -> Result<()> {
        let running = self.store.read(move |conn| order_payments::running_ykc(conn, payer)).await?;
        for (pile, order, connector) in running {
            let (rules, secrets, now) = (self.rules(), Arc::clone(&self.secrets), self.clock.now());
            let told = self
                .store
                .write(Some(pile), move |tx| {
                    let context = Context { rules: &rules, secrets: &secrets, now };
                    let balance = told(&context, tx, order)?;
                    tx.with_pile(pile, |tx, hot| balance_update(tx, hot, (connector, order), balance, now))
                })
                .await?;
            if let Some((id, command)) = told {
                self.command_dispatch(pile, id, command).await?;
            }
        }
        Ok(())
    }

    /// Stops the sessions whose payers have nothing left.
    pub(crate) async fn payments_stop(&self, due: Due, now: Timestamp) -> Result<()> {
        for (pile, order) in due.stop {
            let told = self
                .store
                .write(Some(pile), move |tx| {
                    tx.with_pile(pile, |tx, hot| {
                        if let Some(mut payment) = tx.payment(order) {
                            payment.changed_at = now;
                            tx.payment_note(payment);
                        }
                        stop_by_rule(tx, hot, order, now)
                    })
                })
                .await?;
            if let Some((id, command)) = told {
                self.command_dispatch(pile, id, command).await?;
            }
        }
        Ok(())
    }
}
