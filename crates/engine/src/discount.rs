//! 优惠: what is taken off the bill of a session. The member level that a customer had when it began counts, as do the
//! activities and coupons that were good then.

use model::Result;
use model::card::Card;
use model::content::TargetGroup;
use model::discount::{DiscountKind, OrderDiscount};
use model::id::OrderId;
use model::ledger::PaymentState;
use model::money::Fen;
use model::offer::{Activity, Line, Offers};
use model::order::{Order, StartMode};
use model::site::StationActivity;
use model::tariff::Bill;
use model::time::Timestamp;
use std::sync::Arc;
use store::orders::BilledBy;
use store::{Tx, order_discounts, order_payments, station_activities, vouchers};

/// Keeps with an order that begins whose card it is and what the customer's level gives. A company that pays has
/// its own terms.
pub(crate) fn remember(order: &mut Order, card: Option<&Card>) {
    order.card = card.map(|card| card.id);
    order.customer = card.and_then(|card| card.customer);
    let benefit = card.filter(|card| !card.fleet_pays).and_then(|card| card.member);
    order.member_level = benefit.map(|benefit| benefit.level);
    order.service_off_permille = benefit.map_or(0, |benefit| benefit.service_off_permille);
}

fn card_of(tx: &mut Tx<'_>, order: &Order) -> Result<Option<Arc<Card>>> {
    let Some(token) = &order.token else { return Ok(None) };
    Ok(tx.card(&token.key())?.filter(|card| card.customer == order.customer))
}

fn is_for(one: &StationActivity, card: Option<&Card>) -> bool {
    match (one.group, one.group.customer_kind()) {
        (TargetGroup::All, _) => true,
        (TargetGroup::Fleet, _) => one.fleet.is_some() && card.and_then(|card| card.fleet) == one.fleet,
        (_, kind) => kind.is_some() && card.and_then(|card| card.customer_kind) == kind,
    }
}

/// All that could take something off the bill of this order. Fees that a person has decided are what is asked for.
pub(crate) fn offers(tx: &mut Tx<'_>, order: &Order, billed_by: BilledBy) -> Result<Offers> {
    let decided = matches!(billed_by, BilledBy::Amounts | BilledBy::Nothing);
    let Some(customer) = order.customer.filter(|_| !decided && order.start_mode != StartMode::Import) else {
        return Ok(Offers::default());
    };
    let (card, station, at) = (card_of(tx, order)?, tx.station(order.station)?, order.began_at());
    let local = station.zone.local(at);
    let card = card.as_deref();
    let held: Vec<&StationActivity> =
        station.activities.iter().filter(|one| one.holds(at, &local) && is_for(one, card)).collect();
    let highest = held.iter().map(|one| one.rank).max();
    let held = held.into_iter().filter(|one| Some(one.rank) == highest);
    let mut activities: Vec<Activity> = held.map(|one| one.activity.clone()).collect();
    for one in activities.iter_mut().filter(|one| one.left.is_some()) {
        one.left = tx.read(|conn| station_activities::left(conn, one.id))?;
    }
    let member = order.member_level.map(|level| (level, order.service_off_permille));
    let mut offers = Offers { member, activities, vouchers: Vec::new() };
    if card.is_some_and(|card| card.has_vouchers && !card.fleet_pays) {
        let wanted = vouchers::Wanted {
            customer,
            operator: order.operator,
            station: order.station,
            city: station.city.clone(),
            at,
            order: order.id,
        };
        offers.vouchers = tx.read(|conn| vouchers::usable(conn, &wanted))?;
    }
    Ok(offers)
}

/// What is taken off a bill.
pub(crate) fn expected(offers: &Offers, bill: &Bill) -> Fen {
    offers.lines(bill).iter().map(|line| line.amount).sum()
}

/// The lines that are taken off a bill that was just made; the order keeps their sum. A coupon is used up by it; one
/// that another session of the customer has used meanwhile is left out.
pub(crate) fn given(
    tx: &mut Tx<'_>,
    order: &mut Order,
    (bill, billed_by): (&Bill, BilledBy),
    now: Timestamp,
) -> Result<Vec<OrderDiscount>> {
    let mut offers = offers(tx, order, billed_by)?;
    let lines = loop {
        let lines = offers.lines(bill);
        match take(tx, &lines, order, now)? {
            Taken::All => break lines,
            Taken::ButActivity(activity) => offers = offers.without_activity(activity),
            Taken::ButVoucher(voucher) => offers = offers.without(voucher),
        }
    };
    for line in &lines {
        order_discounts::save(tx, order.id, line, now)?;
    }
    order.discount = lines.iter().map(|line| line.amount).sum();
    Ok(lines.iter().map(posted).collect())
}

/// Whether what is taken off was still there.
enum Taken {
    All,
    /// Other sessions have used up its budget meanwhile.
    ButActivity(i64),
    /// Another session of the customer has used it meanwhile.
    ButVoucher(i64),
}

/// Uses up the coupon of these lines, and what of the budget of their activity they take.
fn take(tx: &mut Tx<'_>, lines: &[Line], order: &Order, now: Timestamp) -> Result<Taken> {
    let activity = lines.iter().find(|line| line.kind == DiscountKind::Activity);
    if let Some(line) = activity
        && !station_activities::spend(tx, line.source, line.amount)?
    {
        return Ok(Taken::ButActivity(line.source));
    }
    let Some(voucher) = lines.iter().find_map(|line| line.voucher) else { return Ok(Taken::All) };
    if vouchers::use_up(tx, voucher, order.id, now)? {
        return Ok(Taken::All);
    }
    if let Some(line) = activity {
        station_activities::unspend(tx, line.source, line.amount)?;
    }
    Ok(Taken::ButVoucher(voucher))
}

fn posted(line: &Line) -> OrderDiscount {
    OrderDiscount { kind: line.kind, amount: line.amount, bearer: line.bearer, platform: line.platform }
}

/// All that was paid for an order was given back: a coupon that says so is good again, as long as its time is.
pub(crate) fn returned(tx: &mut Tx<'_>, order: OrderId) -> Result<()> {
    let payment = tx.read(|conn| order_payments::get(conn, order))?;
    if payment.is_some_and(|one| one.state == PaymentState::Posted && one.is_given_back()) {
        vouchers::give_back(tx, order)?;
    }
    Ok(())
}
