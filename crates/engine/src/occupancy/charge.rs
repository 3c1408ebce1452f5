//! What an occupation costs becomes a part of what its order asks for, and is posted as its bill was.

use crate::Rules;
use crate::device::{count, counted};
use model::Result;
use model::id::OrderId;
use model::ledger::{PaymentState, PostingCode};
use model::money::Fen;
use model::occupancy::OccupancyState;
use model::order::{Order, OrderState};
use model::time::Timestamp;
use store::occupancies::{self, Occupancy};
use store::order_payments::{self, OrderPayment};
use store::payment_corrections::Raise;
use store::{Tx, orders};

/// Why nothing is asked for, as the pages know it.
const FREE: &str = "pileops:free";
const REFUNDED: &str = "pileops:refunded";

/// Why the fee cannot be asked for. A bill that was given back, or of nothing, does not grow by it.
fn hindrance(order: &Order, payment: Option<&OrderPayment>) -> Option<&'static str> {
    if order.total.0 <= 0 {
        return Some(FREE);
    }
    let given_back = payment.is_some_and(|one| one.refunded.0 > 0 || one.returned.0 > 0);
    given_back.then_some(REFUNDED)
}

/// Asks for the fee of an occupation that is over; gives it back while its order has no bill yet.
pub(super) fn charge(
    rules: &Rules,
    tx: &mut Tx<'_>,
    mut one: Occupancy,
    now: Timestamp,
) -> Result<Option<Occupancy>> {
    let id = one.order;
    let found = tx.read(|conn| Ok((orders::get(conn, id)?, order_payments::get(conn, id)?)))?;
    let (order, payment) = match found {
        (Some(order), payment) if order.state == OrderState::Completed => (order, payment),
        (Some(order), _) if order.state != OrderState::Failed => {
            occupancies::save(tx, &one)?;
            return Ok(Some(one));
        }
        _ => return occupancies::delete(tx, id).map(|()| None),
    };
    one.changed_at = now;
    match hindrance(&order, payment.as_ref()).filter(|_| one.fee_fen > 0) {
        Some(why) => (one.state, one.waived_reason) = (OccupancyState::Waived, Some(why.to_owned())),
        None => {
            one.state = OccupancyState::Charged;
            if one.fee_fen > 0 {
                post(rules, tx, order, payment, Fen(one.fee_fen), now)?;
            }
        }
    }
    occupancies::save(tx, &one)?;
    occupancies::changed(tx, &one);
    Ok(None)
}

fn post(
    rules: &Rules,
    tx: &mut Tx<'_>,
    mut order: Order,
    payment: Option<OrderPayment>,
    fee: Fen,
    now: Timestamp,
) -> Result<()> {
    let zone = tx.station(order.station)?.zone.clone();
    if let Some(old) = counted(rules, &order, &zone) {
        tx.order_uncount(old);
    }
    order.occupancy = fee;
    count(rules, tx, &order, &zone);
    tx.order_save(&order);
    if let Some(payment) = payment.filter(|one| one.state == PaymentState::Posted) {
        let key = format!("occupancy/{}", order.id.0);
        let parts = [(PostingCode::Occupancy, fee)];
        let raise = Raise { parts: &parts, gift_first: rules.gift_first, key: &key, reason: "", staff: None };
        tx.payment_raise(payment, &raise, now)?;
    }
    Ok(())
}

/// A person has billed an order that was held: what its car cost by staying is asked for with it.
pub(crate) fn billed(rules: &Rules, tx: &mut Tx<'_>, id: OrderId, now: Timestamp) -> Result<()> {
    let known = tx.read(|conn| occupancies::get(conn, id))?;
    let Some(one) = known.filter(|one| one.state == OccupancyState::Ended) else { return Ok(()) };
    let pile = one.pile;
    charge(rules, tx, one, now)?;
    tx.with_pile(pile, |_, hot| {
        hot.occupied.retain(|known| known.order != id);
        Ok(())
    })
}
