//! 优惠: what the level of a customer takes off the service fee of a session. The level counts that they had when it began.

use model::Result;
use model::card::Card;
use model::discount::{DiscountBearer, DiscountKind, OrderDiscount, share};
use model::money::Fen;
use model::order::Order;
use model::time::Timestamp;
use store::orders::BilledBy;
use store::{Tx, order_discounts};

/// Keeps with an order that begins whose card it is and what the customer's level gives. A company that pays has
/// its own terms.
pub(crate) fn remember(order: &mut Order, card: Option<&Card>) {
    order.card = card.map(|card| card.id);
    order.customer = card.and_then(|card| card.customer);
    let benefit = card.filter(|card| !card.fleet_pays).and_then(|card| card.member);
    order.member_level = benefit.map(|benefit| benefit.level);
    order.service_off_permille = benefit.map_or(0, |benefit| benefit.service_off_permille);
}

/// What the level takes off a bill with this service fee. Fees that a person has decided are what is asked for.
pub(crate) fn expected(order: &Order, service: Fen, billed_by: BilledBy) -> Fen {
    let counts = order.customer.is_some() && billed_by != BilledBy::Amounts;
    share(service, if counts { order.service_off_permille } else { 0 })
}

/// The lines that are taken off a bill that was just made; the order keeps their sum.
pub(crate) fn given(
    tx: &mut Tx<'_>,
    order: &mut Order,
    billed_by: BilledBy,
    now: Timestamp,
) -> Result<Vec<OrderDiscount>> {
    let mut lines = Vec::new();
    let permille = order.service_off_permille;
    let amount = expected(order, order.service, billed_by);
    if amount.0 > 0 {
        let line = OrderDiscount { kind: DiscountKind::Member, amount, bearer: DiscountBearer::Operator };
        order_discounts::save(tx, order.id, &line, (Some(permille), order.member_level), now)?;
        lines.push(line);
    }
    order.discount = lines.iter().map(|line| line.amount).sum();
    Ok(lines)
}
