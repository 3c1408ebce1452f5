//! How a session ends: the pile's stop (OCPP) or its bill (云快充). Always answered, settled once.

use super::meter::point;
use super::reported::{reported_again, stopped_other};
use super::settle::{PileBillRecord, record_of, settle};
use super::token::{Judged, judge};
use super::{Context, Handled};
use crate::device::start::{Fresh, new_order};
use model::Result;
use model::card::TokenVerdict;
use model::curve::Curve;
use model::device::{Answer, PileBill, SampledEnergy, StopRecord};
use model::energy::Energy;
use model::id::SessionKey;
use model::order::{Abnormality, OpenOrder, Order, OrderState, StartMode};
use store::frames::Verdict;
use store::{HotPile, Tx};

/// OCPP StopTransaction.
pub fn stopped(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    record: &StopRecord,
) -> Result<Handled> {
    let judged = match &record.token {
        Some(token) => Some(judge(context, tx, token)?),
        None => None,
    };
    let handled = Handled::new(Answer::Stopped { token: judged.as_ref().map(Judged::answer) });
    let mut ended = match take(tx, hot, record.session)? {
        Found::Open(open) => open,
        Found::Closed(order) => {
            if !measured(&order, record) {
                stopped_other(tx, hot, Some(&order), record, context.now)?;
            }
            return Ok(stopped_again(tx, *order, judged, record));
        }
        Found::Nothing => match take_unnamed(hot, record) {
            Some(open) => open,
            None => return stray(context, tx, hot, record, judged),
        },
    };
    close(context, &mut ended, record, judged.map(|judged| judged.verdict));
    let order = &mut ended.order;
    let handled = handled.about(order.id).on(order.connector);
    if order.state == OrderState::Failed && order.energy == Energy::ZERO {
        // The refused start was stopped at once, as it should be: nothing to bill, nothing to hold.
        crate::payment::release(tx, order.id, context.now);
        tx.order_save(order);
        return Ok(handled);
    }
    let total = settle(context, tx, hot, ended, None)?;
    Ok(Handled { total, ..handled })
}

/// Puts what the record says into the order.
fn close(context: &Context<'_>, ended: &mut OpenOrder, record: &StopRecord, verdict: Option<TokenVerdict>) {
    for sample in &record.samples {
        ended.curve.push(point(&ended.order, sample));
    }
    let order = &mut ended.order;
    order.abnormal.remove(Abnormality::NoRecord);
    order.meter_end = Some(record.meter_stop);
    order.energy = record.meter_stop - order.meter_start.unwrap_or(Energy::ZERO);
    order.ended_at = Some(record.at);
    order.end_received = Some(context.now);
    order.stop_code = Some(record.reason.code.clone());
    order.stop_class = Some(record.reason.class);
    order.stop_verdict = verdict;
    store::orders::soc_follow(order, &ended.curve);
}

/// The end of a session of which the pile never told the start, or whose order was lost. Where the
/// record tells what was delivered, it becomes an order that a person finds; it names no connector, and
/// so is held. It gets no session key: the number may be given to another session one day.
fn stray(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    record: &StopRecord,
    judged: Option<Judged>,
) -> Result<Handled> {
    let handled = Handled::new(Answer::Stopped { token: judged.as_ref().map(Judged::answer) });
    let begun = record.samples.iter().filter_map(|sample| match sample.energy {
        Some(SampledEnergy::Register(register)) => Some((sample.at, register)),
        _ => None,
    });
    let Some((begun_at, meter_start)) = begun.min_by_key(|(at, _)| *at).filter(|(at, _)| *at < record.at)
    else {
        stopped_other(tx, hot, None, record, context.now)?;
        return Ok(handled.judged(Verdict::Quarantined, "no order of this pile has this transaction id"));
    };
    let pile = hot.pile.id;
    let known = tx.read(|conn| {
        let mut known = store::orders::by_start(conn, pile, begun_at)?;
        known.extend(store::orders::latest_of_pile(conn, pile, 100)?);
        Ok(known)
    })?;
    // Also of an order that was found without its number the end may be said again.
    if let Some(order) = known.into_iter().find(|order| measured(order, record)) {
        return Ok(stopped_again(tx, order, judged, record));
    }
    let (mode, token) = (StartMode::Pile, record.token.clone());
    let mut order =
        new_order(context, tx, hot, Fresh { connector: 0, mode, token, begun_at: Some(begun_at) })?;
    order.state = OrderState::Unsettled;
    (order.started_at, order.meter_start) = (begun_at, Some(meter_start));
    order.abnormal.add(Abnormality::Unannounced);
    if let Some(card) = judged.as_ref().and_then(|judged| judged.card.as_ref()) {
        (order.card, order.customer) = (Some(card.id), card.customer);
    }
    let handled = handled.about(order.id);
    let mut ended = OpenOrder { order, curve: Curve::default() };
    close(context, &mut ended, record, judged.map(|judged| judged.verdict));
    settle(context, tx, hot, ended, None)?;
    Ok(handled
        .judged(Verdict::Applied, "no order of this pile has this transaction id: made one, and held it"))
}

/// The order has its record already: the first answer again. A record that says something else
/// changes nothing either, but is kept where a person finds it.
fn stopped_again(tx: &mut Tx<'_>, order: Order, judged: Option<Judged>, record: &StopRecord) -> Handled {
    let token = judged
        .map(|judged| Judged { verdict: order.stop_verdict.unwrap_or(judged.verdict), ..judged }.answer());
    let total = (order.state == OrderState::Completed).then_some(order.due());
    let handled = Handled { total, ..Handled::new(Answer::Stopped { token }) };
    let handled = handled.about(order.id).on(order.connector);
    let same = measured(&order, record) && order.stop_code.as_ref() == Some(&record.reason.code);
    again(tx, handled, order, same)
}

/// Whether the record has measured what the order has.
fn measured(order: &Order, record: &StopRecord) -> bool {
    order.meter_end == Some(record.meter_stop) && order.ended_at == Some(record.at)
}

/// A record that differs marks the order, so that it is found on the desk.
fn again(tx: &mut Tx<'_>, handled: Handled, mut order: Order, same: bool) -> Handled {
    if !same && !order.abnormal.has(Abnormality::RecordRepeated) {
        order.abnormal.add(Abnormality::RecordRepeated);
        tx.order_save(&order);
    }
    if same {
        handled.judged(Verdict::Duplicate, "the order has its record already: the first answer again")
    } else {
        handled.judged(
            Verdict::Quarantined,
            "the order has its record already, and this one says something else: the order is unchanged",
        )
    }
}

#[expect(clippy::large_enum_variant, reason = "taken apart as soon as it is made")]
pub(super) enum Found {
    Open(OpenOrder),
    /// Has had its record; nothing changes any more.
    Closed(Box<Order>),
    Nothing,
}

/// The order of a session: a running one is taken out, one that was closed without its record is
/// opened again, because the record is the truth that was missing.
pub(super) fn take(tx: &mut Tx<'_>, hot: &mut HotPile, session: SessionKey) -> Result<Found> {
    if let Some(place) = hot.open_session(session) {
        return Ok(Found::Open(hot.open.remove(place)));
    }
    let pile = hot.pile.id;
    let found = tx.read(|conn| match store::orders::by_session(conn, pile, session)? {
        // What a person has settled meanwhile stays so: the record is kept, and changes nothing.
        Some(order) if order.end_received.is_none() && order.state != OrderState::Completed => {
            let curve = match store::orders::detail(conn, order.id)? {
                Some(detail) => detail.curve,
                None => Curve::default(),
            };
            Ok(Some((order, Some(curve))))
        }
        Some(order) => Ok(Some((order, None))),
        None => Ok(None),
    })?;
    Ok(match found {
        Some((order, Some(curve))) => Found::Open(OpenOrder { order, curve }),
        Some((order, None)) => Found::Closed(Box::new(order)),
        None => Found::Nothing,
    })
}

/// Some piles send 0 or −1 when they began off line and never learned the id. Matched only when
/// exactly one running order of this pile fits in token, time and meter; never by a guess.
fn take_unnamed(hot: &mut HotPile, record: &StopRecord) -> Option<OpenOrder> {
    if !matches!(record.session, SessionKey::Transaction(-1 | 0)) {
        return None;
    }
    let token = record.token.as_ref()?;
    let fits = |open: &OpenOrder| {
        let order = &open.order;
        order.state.is_open()
            && order.began_with(token)
            && order.started_at <= record.at
            && order.meter_start.is_some_and(|start| start <= record.meter_stop)
    };
    let mut places = (0..hot.open.len()).filter(|place| fits(&hot.open[*place]));
    match (places.next(), places.next()) {
        (Some(place), None) => Some(hot.open.remove(place)),
        _ => None,
    }
}

/// 云快充 0x3B: the only settlement source of such a pile. Always confirmed, also when repeated.
pub fn billed(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, bill: &PileBill) -> Result<Handled> {
    let handled = Handled::new(Answer::Billed { accepted: true }).on(bill.connector);
    if bill.session.is_zero() {
        reported_again(tx, hot, None, (None, bill.connector), &record_of(bill), context.now)?;
        return Ok(Handled::new(Answer::Billed { accepted: false })
            .on(bill.connector)
            .judged(Verdict::Quarantined, "a bill without a trade number can belong to no order"));
    }
    let mut ended = match take(tx, hot, SessionKey::Trade(bill.session))? {
        Found::Open(open) => open,
        Found::Closed(order) => {
            let detail = tx.read(|conn| store::orders::detail(conn, order.id))?;
            let first = detail.and_then(|detail| detail.pile_bill);
            let first = first.and_then(|first| serde_json::from_str::<PileBillRecord>(&first).ok());
            let (record, session) = (record_of(bill), order.session.map(|key| key.to_string()));
            let same = first.as_ref() == Some(&record);
            if !same {
                let said = (session, bill.connector);
                reported_again(tx, hot, Some(&order), said, &record, context.now)?;
            }
            return Ok(again(tx, handled.about(order.id), *order, same));
        }
        Found::Nothing => unannounced(context, tx, hot, bill)?,
    };
    let record = record_of(bill);
    fill(context, &mut ended.order, bill, &record);
    let handled = handled.about(ended.order.id);
    settle(context, tx, hot, ended, Some(record))?;
    Ok(handled)
}

/// Puts what the bill says into the order, and doubts what does not agree with itself.
pub(super) fn fill(context: &Context<'_>, order: &mut Order, bill: &PileBill, record: &PileBillRecord) {
    order.abnormal.remove(Abnormality::NoRecord);
    match (bill.started_at, bill.ended_at) {
        (Some(started_at), Some(ended_at)) => {
            (order.started_at, order.ended_at) = (started_at, Some(ended_at))
        }
        _ => {
            order.ended_at = Some(context.now.max(order.started_at));
            order.abnormal.add(Abnormality::TimeImplausible);
        }
    }
    order.end_received = Some(context.now);
    order.energy = bill.energy;
    order.pile_amount = Some(bill.amount);
    order.stop_code = Some(bill.reason.code.clone());
    order.stop_class = Some(bill.reason.class);
    if bill.vin.is_some() {
        order.vin.clone_from(&bill.vin);
    }
    if bill.meter_start != Energy::ZERO || bill.meter_end != Energy::ZERO {
        (order.meter_start, order.meter_end) = (Some(bill.meter_start), Some(bill.meter_end));
    }
    // The meters count only when the pile has them: captured bills carry zeros (ykc.md S3).
    let metered = bill.meter_start != Energy::ZERO && bill.meter_end != Energy::ZERO;
    if metered && bill.meter_end - bill.meter_start != bill.energy {
        order.abnormal.add(Abnormality::MeterMismatch);
    }
    let periods: i64 = record.periods.iter().map(|p| p.energy_dwh).fold(0, i64::saturating_add);
    if periods != bill.energy.dwh() {
        order.abnormal.add(Abnormality::PeriodMismatch);
    }
}

/// A bill for a session that no order knows: an offline card, or an order that was lost. It becomes
/// an order, marked 补录 unless it is an offline card that we know and that may charge.
fn unannounced(context: &Context<'_>, tx: &mut Tx<'_>, hot: &HotPile, bill: &PileBill) -> Result<OpenOrder> {
    let fresh = Fresh {
        connector: bill.connector,
        mode: bill.mode,
        token: bill.card.clone(),
        begun_at: bill.started_at,
    };
    let mut order = new_order(context, tx, hot, fresh)?;
    order.session = Some(SessionKey::Trade(bill.session));
    order.state = OrderState::Unsettled;
    let judged = match &bill.card {
        Some(card) => Some(judge(context, tx, card)?),
        None => None,
    };
    if let Some(card) = judged.as_ref().and_then(|j| j.card.as_ref()) {
        (order.card, order.customer) = (Some(card.id), card.customer);
    }
    let offline = bill.mode == StartMode::OfflineCard;
    match judged.map(|judged| judged.verdict) {
        Some(TokenVerdict::Accepted) if offline => {}
        // Whose card may not charge is not billed without a person's word.
        Some(TokenVerdict::Blocked | TokenVerdict::Expired) => {
            order.abnormal.add(Abnormality::Unannounced);
            order.abnormal.add(Abnormality::TokenRefused);
        }
        _ => order.abnormal.add(Abnormality::Unannounced),
    }
    Ok(OpenOrder { order, curve: Curve::default() })
}
