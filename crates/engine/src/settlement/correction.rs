//! 更正: what was settled is wrong. Only the difference is posted: less is given back the way it was paid, and
//! the bill stays as it was; more makes the bill larger and is paid like it.

use super::Held;
use crate::Rules;
use crate::audit::Actor;
use crate::device::counted;
use model::id::SettlementId;
use model::ledger::PostingCode;
use model::money::Fen;
use model::order::Order;
use model::tariff::Bill;
use model::time::Timestamp;
use model::{Error, Result};
use store::Tx;
use store::payment_corrections::Raise;

pub(super) fn not_posted() -> Error {
    Error::refused(
        "order.not_paid",
        "只有已完成并已入账的订单可以更正：未结算的请直接处理，没有付款人的无需更正",
        "Only an order whose bill was posted can be corrected. One that is held is settled; of one that nobody pays there is nothing to correct.",
    )
}

/// Refuses a correction that changes nothing, or that would lower one part of a bill and raise the other.
pub(super) fn checked(held: &Held, bill: &Bill) -> Result<()> {
    let Some(payment) = held.payment else { return Ok(()) };
    let difference = held.difference(bill);
    if difference == 0 {
        return Err(Error::invalid(
            "basis",
            "按此方式算出的金额与现在实付的相同，无需更正；请换一种依据",
            "The amount is what is paid now: there is nothing to correct. Choose another basis.",
        ));
    }
    if difference < 0 && payment.left().total().0 < -difference {
        return Err(Error::invalid(
            "basis",
            "这笔订单剩余可退的金额不足，不能更正到这么低；请先核对已退款与已核销的金额",
            "Less is left of this order than would be given back. Look at what was refunded and written off.",
        ));
    }
    let (electricity, service) = raised(held, bill);
    if difference > 0 && (payment.refunded.0 > 0 || electricity.0 < 0 || service.0 < 0) {
        return Err(Error::invalid(
            "basis",
            "调增时电费与服务费都不能低于原账单，且订单不能已有退款；请改用“手工金额”分别填写",
            "To raise a bill, neither electricity nor service fee is below the old one, and nothing was refunded. Enter the fees by hand.",
        ));
    }
    Ok(())
}

/// By how much electricity and service fee grow.
fn raised(held: &Held, bill: &Bill) -> (Fen, Fen) {
    (bill.electricity - held.before.0, bill.service - held.before.1)
}

/// By how much electricity and service fee grow as they are asked for: what was taken off stays.
fn asked_more(order: &Order, bill: &Bill, before: (Fen, Fen)) -> (Fen, Fen) {
    let asked = |electricity: Fen, service: Fen| Order { electricity, service, ..order.clone() }.asked();
    let (old, new) = (asked(before.0, before.1), asked(bill.electricity, bill.service));
    (new.0 - old.0, new.1 - old.1)
}

pub(super) fn carry_out(
    held: Held,
    tx: &mut Tx<'_>,
    actor: &Actor,
    rules: &Rules,
    bill: &Bill,
    (settlement, reason): (SettlementId, &str),
    now: Timestamp,
) -> Result<()> {
    checked(&held, bill)?;
    let payment = held.payment.ok_or_else(not_posted)?;
    let difference = held.difference(bill);
    let key = format!("correction/{}", settlement.0);
    let staff = (actor.caller.staff, actor.caller.name.as_str());
    if difference < 0 {
        tx.payment_refund(payment, Fen(-difference), (&key, reason), staff, now)?;
        return crate::discount::returned(tx, held.order.id);
    }
    let (electricity, service) = asked_more(&held.order, bill, held.before);
    let parts = [(PostingCode::Electricity, electricity), (PostingCode::Service, service)];
    let raise = Raise { parts: &parts, gift_first: rules.gift_first, key: &key, reason, staff: Some(staff) };
    tx.payment_raise(payment, &raise, now)?;
    let Held { mut order, detail, zone, .. } = held;
    let old = tx.read(|conn| store::orders::get(conn, order.id))?.and_then(|old| counted(rules, &old, &zone));
    if let Some(old) = old {
        tx.order_uncount(old);
    }
    (order.electricity, order.service, order.total) = (bill.electricity, bill.service, bill.total);
    crate::device::count(rules, tx, &order, &zone);
    tx.order_save(&order);
    tx.order_detail_save(detail);
    Ok(())
}
