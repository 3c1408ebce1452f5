//! The end of an order: is what the pile reported believable, and what does it cost?
//!
//! What is not believable is kept, answered and held for a person; it is never billed by itself. The
//! bill is always made by [`recompute`] from what is stored, so that `pileops verify` can make it
//! again to the fen.

use super::Context;
use super::foreign::{foreign, marks};
use super::reported::reported;
use super::status::believable;
use crate::Rules;
use crate::report::success_rule;
use crate::webhook::order_told_by_pile;
use model::curve::Curve;
use model::energy::Energy;
use model::money::{Amount, Fen, Price};
use model::order::{Abnormality, OpenOrder, Order, OrderState};
use model::tariff::{Bill, Period, Reading, SESSION_MAX_MS, Segment};
use model::tariff_calendar::TariffCalendar;
use model::time::{HOUR_MS, MINUTE_MS, Timestamp, Zone};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::orders::{BilledBy, OrderDetail};
use store::rollups::Ended;
use store::{HotPile, Tx};

/// The pile's own bill as it is kept with the order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PileBillRecord {
    pub started_at_ms: Option<i64>,
    pub ended_at_ms: Option<i64>,
    pub periods: Vec<PileBillPeriodRecord>,
    pub energy_dwh: i64,
    pub amount_e4: i64,
    pub meter_start_dwh: i64,
    pub meter_end_dwh: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PileBillPeriodRecord {
    pub period: Period,
    pub price_e5: i64,
    pub energy_dwh: i64,
    pub amount_e4: i64,
}

/// Makes the bill of an order again from what is stored with it.
pub fn recompute(
    order: &Order,
    detail: &OrderDetail,
    tariff: &TariffCalendar,
    zone: &Zone,
) -> Result<Bill, String> {
    let tariff = tariff.table_at(zone, order.began_at());
    let ended_at = order.ended_at.ok_or("the order has no end")?;
    match detail.billed_by {
        BilledBy::Nothing => Ok(Bill::default()),
        BilledBy::Amounts => Err("fees that a person decided cannot be computed".to_owned()),
        BilledBy::Energies => {
            let segments: Vec<Segment> =
                serde_json::from_str(&detail.segments).map_err(|why| why.to_string())?;
            let mut energies = [Energy::ZERO; 4];
            for segment in &segments {
                let place = &mut energies[segment.period.number()];
                *place = *place + segment.energy;
            }
            Ok(tariff.bill_periods(order.started_at, ended_at, energies))
        }
        BilledBy::Record => {
            let record = detail.pile_bill.as_deref().ok_or("the pile's bill is missing")?;
            let record: PileBillRecord = serde_json::from_str(record).map_err(|why| why.to_string())?;
            Ok(tariff.bill_periods(order.started_at, ended_at, energies(&record)))
        }
        BilledBy::Curve => {
            let readings = readings(order, &detail.curve, ended_at);
            tariff.bill(zone, &readings).map_err(|why| format!("the readings cannot be billed: {why:?}"))
        }
    }
}

/// What a running session has cost up to its last reading.
pub(super) fn so_far(open: &OpenOrder, now: Timestamp, tariff: &TariffCalendar, zone: &Zone) -> Bill {
    let tariff = tariff.table_at(zone, open.order.began_at());
    let ended_at = open.curve.last().map_or(now, |point| point.at).max(open.order.started_at);
    tariff.bill(zone, &readings(&open.order, &open.curve, ended_at)).unwrap_or_default()
}

/// The sum of it; nothing while the session cannot be priced.
pub(crate) fn cost_so_far(context: &Context<'_>, tx: &mut Tx<'_>, open: &OpenOrder) -> Result<Fen> {
    let Some(tariff) = open.order.tariff else { return Ok(Fen(0)) };
    let (tariff, station) = (tx.tariff(tariff)?, tx.station(open.order.station)?);
    Ok(so_far(open, context.now, &tariff.calendar, &station.zone).total)
}

/// Start, curve, end; on our clock where the pile's is known to be wrong.
fn readings(order: &Order, curve: &Curve, ended_at: Timestamp) -> Vec<Reading> {
    let shift = order.shift_ms();
    let inside = curve.readings().filter(|r| r.at > order.started_at && r.at < ended_at);
    let first = Reading { at: order.started_at, delivered: Energy::ZERO };
    let last = Reading { at: ended_at, delivered: order.energy };
    std::iter::once(first)
        .chain(inside)
        .chain(std::iter::once(last))
        .map(|r| Reading { at: r.at.plus_ms(shift), delivered: r.delivered })
        .collect()
}

/// What is wrong with a session as a whole, whoever bills it.
fn doubts(context: &Context<'_>, hot: &HotPile, order: &mut Order, curve: &Curve, billed_by: BilledBy) {
    let Some(ended_at) = order.ended_at else { return };
    let duration_ms = ended_at.since(order.started_at);
    let believable = believable(context, ended_at) && believable(context, order.started_at);
    // What the pile's clock is known to be ahead is no future; seconds are the way of all clocks.
    let ended_here = ended_at.plus_ms(-order.skew_ms.or(hot.pile.skew_ms).unwrap_or(0));
    let future = ended_here.since(context.now) > context.rules.skew_tolerance_ms;
    if !(0..=context.rules.session_max_ms.min(SESSION_MAX_MS)).contains(&duration_ms) || !believable || future
    {
        order.abnormal.add(Abnormality::TimeImplausible);
    }
    let mut highest = Energy::ZERO;
    let backwards = curve.readings().filter(|r| r.at <= ended_at).any(|r| {
        let falls = r.delivered < highest;
        highest = highest.max(r.delivered);
        falls
    });
    let below_zero = order.meter_start.is_some_and(Energy::is_negative);
    if order.energy.is_negative() || backwards || order.energy < highest || below_zero {
        order.abnormal.add(Abnormality::MeterBackwards);
    }
    let possible = |ms: i64| -> i64 {
        // rated W × h × 1.1, in 0.1 Wh, and 0.2 kWh for the resolution of small meters.
        let dwh = i128::from(hot.pile.rated_power_w) * i128::from(ms.max(0)) * 11 / i128::from(HOUR_MS);
        i64::try_from(dwh).unwrap_or(i64::MAX).saturating_add(2_000)
    };
    let jumps = || {
        // Where readings go backwards their differences say nothing. A meter that counts whole kWh, and
        // values that are read a little before they are sent, are no jump.
        let readings = readings(order, curve, ended_at);
        !order.abnormal.has(Abnormality::MeterBackwards)
            && readings.windows(2).any(|pair| {
                let ms = pair[1].at.since(pair[0].at);
                (pair[1].delivered - pair[0].delivered).dwh()
                    > possible(ms.saturating_add(MINUTE_MS)) + 10_000
            })
    };
    // The curve makes the bill only where the pile makes none.
    if order.energy.dwh() > possible(duration_ms) || (billed_by == BilledBy::Curve && jumps()) {
        order.abnormal.add(Abnormality::PowerExceeded);
    }
    if order.meter_start == Some(Energy::ZERO) {
        let first = curve.readings().find(|r| r.delivered != Energy::ZERO);
        let jump = first.map_or(order.energy.dwh() > possible(duration_ms), |r| {
            r.delivered.dwh() > possible(r.at.since(order.started_at))
        });
        if jump {
            order.abnormal.add(Abnormality::ZeroBaseline);
        }
    }
}

/// Closes an order whose end is known: bills it, or holds it; what it costs, if it was billed. Takes it
/// out of the open ones.
pub(super) fn settle(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    mut ended: OpenOrder,
    record: Option<PileBillRecord>,
) -> Result<Option<Fen>> {
    if !ended.order.state.awaits_record() {
        // It was closed without its record: what was known of who pays it counts again.
        tx.payment_recall(ended.order.id)?;
    }
    let billed_by = if record.is_some() { BilledBy::Record } else { BilledBy::Curve };
    let (before, ended_at) = (ended.order.state, ended.order.ended_at);
    doubts(context, hot, &mut ended.order, &ended.curve, billed_by);
    marks(&mut ended.order, before, ended_at);
    let OpenOrder { mut order, curve } = ended;
    let pile_bill = record.as_ref().map(serde_json::to_string).transpose().map_err(|_| Error::internal())?;
    let mut detail =
        OrderDetail { order: order.id, segments: String::from("[]"), pile_bill, billed_by, curve };
    let station = tx.station(order.station)?;
    let bill = match order.tariff {
        Some(id) => recompute(&order, &detail, &tx.tariff(id)?.calendar, &station.zone),
        None => {
            if order.energy != Energy::ZERO {
                order.abnormal.add(Abnormality::NoTariff);
            }
            Ok(Bill::default())
        }
    };
    let bill = bill.unwrap_or_else(|_| {
        // What stands in the way was doubted above, under its own name.
        if order.abnormal.doubts().is_empty() {
            order.abnormal.add(Abnormality::MeterBackwards);
        }
        Bill::default()
    });
    let tolerance = context.rules.amount_tolerance_e4;
    let mut explained = false;
    if let Some(amount) = order.pile_amount
        && amount.0.abs_diff(bill.exact.0) > tolerance.unsigned_abs()
    {
        explained = by_other_table(tx, hot, &order, record.as_ref(), &station.zone, tolerance)?;
        if !explained {
            order.abnormal.add(Abnormality::AmountDiffers);
        }
    }
    reported(tx, &order, record.as_ref(), explained, context.now)?;
    if let (Some(record), Some(id)) = (&record, order.tariff) {
        let version = tx.tariff(id)?;
        let told = hot.pile.tariff_model.and_then(|has| version.place_of(has));
        if foreign(&order, record, (&version.calendar, told), &station.zone) {
            order.abnormal.add(Abnormality::PeriodForeign);
        }
    }
    order.deadline = None;
    // A lost order whose record is sound is billed, as everything is that is only marked.
    let doubtful = order.abnormal.doubts();
    if doubtful.is_empty() {
        order.state = order.state.to(OrderState::Completed).unwrap_or(OrderState::Completed);
        (order.electricity, order.service, order.total) = (bill.electricity, bill.service, bill.total);
        detail.segments = serde_json::to_string(&bill.segments).map_err(|_| Error::internal())?;
        let discounts = crate::discount::given(tx, &mut order, (&bill, billed_by), context.now)?;
        count(context.rules, tx, &order, &station.zone);
        crate::payment::post(context.rules, tx, (&order, &discounts), None, context.now)?;
    } else {
        order.state = order.state.to(OrderState::Abnormal).unwrap_or(OrderState::Abnormal);
        (order.electricity, order.service, order.total) = (Fen(0), Fen(0), Fen(0));
        detail.billed_by = BilledBy::Nothing;
    }
    if let Some(card) = order.card {
        tx.card_free(card, order.id);
    }
    tx.battery_end(order.id);
    tx.order_save(&order);
    tx.order_detail_save(detail);
    order_told_by_pile(context, tx, &order, &hot.pile)?;
    crate::occupancy::begin(context, tx, hot, &order)?;
    crate::alarm::order_ended(tx, &hot.pile, &order, context.now)?;
    Ok(doubtful.is_empty().then_some(order.due()))
}

/// Whether the pile's amount differs only because it had another table of the same version for a part of
/// the session, or all the time: midnight passed while it charged, or had passed and it could not be told yet.
fn by_other_table(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    order: &Order,
    record: Option<&PileBillRecord>,
    zone: &Zone,
    tolerance_e4: i64,
) -> Result<bool> {
    let (Some(record), Some(tariff), Some(ended_at)) = (record, order.tariff, order.ended_at) else {
        return Ok(false);
    };
    let version = tx.tariff(tariff)?;
    if version.calendar.kinds.is_empty() {
        return Ok(false);
    }
    let until = ended_at.plus_ms(order.shift_ms());
    let mut places = version.calendar.places_between(zone, order.began_at(), until);
    places.extend(hot.pile.tariff_model.and_then(|has| version.place_of(has)));
    let (least, most) = version.calendar.bounds(&places, energies(record));
    let asked = record.amount_e4;
    Ok(places.len() > 1 && (least.0 - tolerance_e4..=most.0 + tolerance_e4).contains(&asked))
}

fn energies(record: &PileBillRecord) -> [Energy; 4] {
    let mut energies = [Energy::ZERO; 4];
    for period in &record.periods {
        let place = &mut energies[period.period.number()];
        *place = *place + Energy::from_dwh(period.energy_dwh);
    }
    energies
}

pub(crate) fn count(rules: &Rules, tx: &mut Tx<'_>, order: &Order, zone: &Zone) {
    if let Some(ended) = counted(rules, order, zone) {
        tx.order_count(ended);
    }
}

/// What a completed order adds to the hours and days.
pub(crate) fn counted(rules: &Rules, order: &Order, zone: &Zone) -> Option<Ended> {
    let ended_at = order.ended_at?;
    let local = zone.local(ended_at);
    let charge_ms = ended_at.since(order.started_at).max(0);
    Some(Ended {
        pile: order.pile,
        station: order.station,
        operator: order.operator,
        started_at: order.started_at,
        customer: order.customer,
        ended_at,
        day: local.day,
        hour: local.hour,
        success: success_rule(rules).holds(order.energy.dwh(), charge_ms),
        energy: order.energy,
        electricity: order.electricity,
        service: order.service,
        total: order.total,
        discount: order.discount,
        occupancy: order.occupancy,
    })
}

/// The session never began: the order is closed without a bill, and what it held is given back.
pub(crate) fn fail(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, place: usize) {
    let mut order = hot.open.remove(place).order;
    order.state = order.state.to(OrderState::Failed).unwrap_or(OrderState::Abnormal);
    order.ended_at = Some(context.now);
    order.deadline = None;
    if let Some(card) = order.card {
        tx.card_free(card, order.id);
    }
    crate::payment::release(tx, order.id, context.now);
    tx.battery_end(order.id);
    tx.order_save(&order);
}

/// The pile never sent its record: the order is closed by rule, with what was last known, and held.
pub(crate) fn give_up(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, place: usize) -> Result<()> {
    let OpenOrder { mut order, curve } = hot.open.remove(place);
    order.ended_at = Some(curve.last().map_or(order.started_at, |point| point.at).max(order.started_at));
    order.abnormal.add(Abnormality::NoRecord);
    order.state = OrderState::Abnormal;
    order.deadline = None;
    if let Some(card) = order.card {
        tx.card_free(card, order.id);
    }
    tx.battery_end(order.id);
    tx.order_save(&order);
    tx.order_detail_save(OrderDetail::unbilled(order.id, curve));
    order_told_by_pile(context, tx, &order, &hot.pile)
}

pub(super) fn record_of(bill: &model::device::PileBill) -> PileBillRecord {
    let periods = Period::ALL
        .into_iter()
        .zip(&bill.periods)
        .filter(|(_, p)| p.energy != Energy::ZERO || p.amount != Amount(0));
    PileBillRecord {
        started_at_ms: bill.started_at.map(Timestamp::as_ms),
        ended_at_ms: bill.ended_at.map(Timestamp::as_ms),
        periods: periods
            .map(|(period, p)| PileBillPeriodRecord {
                period,
                price_e5: Price(p.price.0).0,
                energy_dwh: p.energy.dwh(),
                amount_e4: p.amount.0,
            })
            .collect(),
        energy_dwh: bill.energy.dwh(),
        amount_e4: bill.amount.0,
        meter_start_dwh: bill.meter_start.dwh(),
        meter_end_dwh: bill.meter_end.dwh(),
    }
}
