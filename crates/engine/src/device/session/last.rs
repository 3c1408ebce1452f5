//! The last event of a session, and what is told of one whose order is closed.

use super::{begin_late, belongs_to, registers, shown_again};
use crate::device::end::stopped;
use crate::device::place::tariff_shown;
use crate::device::settle::{self, settle};
use crate::device::token::judge;
use crate::device::{Context, Handled};
use model::Result;
use model::device::{Answer, SessionPhase, SessionReport, StopReason, StopRecord};
use model::energy::Energy;
use model::order::{Abnormality, OpenOrder, Order, OrderState, StopClass};
use store::frames::Verdict;
use store::{HotPile, Tx};

/// The end. Where the pile does not say a register, what was last known is held for a person.
pub(super) fn end(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    place: usize,
    report: &SessionReport,
) -> Result<Handled> {
    let open = &mut hot.open[place];
    let told = registers(&report.samples);
    if open.order.meter_start.is_none() {
        open.order.meter_start = report.begin.or(told.first().copied()).map(|(_, register)| register);
    }
    let meter_start = open.order.meter_start;
    let last = open.curve.readings().last().zip(meter_start).map(|(last, start)| start + last.delivered);
    let end = report.meter_end.or(told.last().map(|(_, register)| *register));
    let meter_stop = end.or(last).or(meter_start);
    if open.order.awaits_token() {
        if meter_stop == meter_start {
            let handled = Handled::new(Answer::Session { token: None, total: None });
            let handled = handled.on(open.order.connector).about(open.order.id);
            (open.order.end_received, open.order.meter_end) = (Some(context.now), meter_stop);
            settle::fail(context, tx, hot, place);
            return Ok(handled.judged(Verdict::Applied, "unplugged without anybody having paid or charged"));
        }
        // Energy flowed although nobody was let in.
        open.order.abnormal.add(Abnormality::TokenRefused);
    }
    if end.is_none() || meter_start.is_none() {
        open.order.abnormal.add(Abnormality::ReadingMissing);
    }
    // Its own token is no second one that would have to be judged.
    let order = &hot.open[place].order;
    let own = report.token.as_ref().filter(|token| order.began_with(token));
    let token = match own {
        Some(token) => Some(shown_again(context, tx, &order.clone(), token)?),
        None => None,
    };
    let mut record = record(report, meter_stop.unwrap_or(Energy::ZERO));
    record.token = record.token.filter(|_| token.is_none());
    let handled = stopped(context, tx, hot, &record)?;
    Ok(match token {
        Some(_) => Handled { answer: Answer::Session { token, total: None }, ..handled },
        None => handled,
    })
}

fn record(report: &SessionReport, meter_stop: Energy) -> StopRecord {
    let unnamed = || StopReason { class: StopClass::Unknown, code: "ocpp:Other".to_owned() };
    StopRecord {
        session: report.session,
        meter_stop,
        at: report.at,
        reason: report.reason.clone().unwrap_or_else(unnamed),
        token: report.token.clone(),
        samples: report.samples.clone(),
    }
}

/// An order that was closed without its end: refused, or given up.
pub(super) fn reopened(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    open: OpenOrder,
    report: &SessionReport,
) -> Result<Handled> {
    let (id, connector) = (open.order.id, open.order.connector);
    if report.phase == SessionPhase::Ended {
        hot.open.push(open);
        let place = hot.open.len() - 1;
        return end(context, tx, hot, place, report);
    }
    let token = match &report.token {
        Some(token) => Some(shown_again(context, tx, &open.order, token)?),
        None => None,
    };
    let handled = Handled::new(Answer::Session { token, total: None }).on(connector).about(id);
    Ok(match report.phase {
        SessionPhase::Begun => {
            handled.judged(Verdict::Duplicate, "a repeated beginning: the first answer again")
        }
        _ => handled.judged(
            Verdict::Quarantined,
            "this session's order was refused or closed by rule; its end will be taken",
        ),
    })
}

/// The order has its end already. Nothing changes, unless it was held because its beginning was not
/// known, and this is the beginning.
pub(super) fn closed(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    order: &Order,
    report: &SessionReport,
) -> Result<Handled> {
    if report.phase == SessionPhase::Ended && order.state != OrderState::Failed {
        let meter_stop = report.meter_end.or(registers(&report.samples).last().map(|(_, r)| *r));
        let meter_stop = meter_stop.or(order.meter_end).unwrap_or(Energy::ZERO);
        return stopped(context, tx, hot, &record(report, meter_stop));
    }
    let token = match &report.token {
        Some(token) => Some(shown_again(context, tx, order, token)?),
        None => None,
    };
    let handled = Handled::new(Answer::Session { token, total: None }).on(order.connector).about(order.id);
    let register = report.begin.or_else(|| registers(&report.samples).first().copied());
    let begins = report.phase == SessionPhase::Begun
        && order.state == OrderState::Abnormal
        && order.abnormal.has(Abnormality::ReadingMissing);
    let (true, Some((_, register))) = (begins, register) else {
        return Ok(handled.judged(Verdict::Duplicate, "the session has its end already"));
    };
    let curve = tx.read(|conn| store::orders::detail(conn, order.id))?.map(|detail| detail.curve);
    let mut open = OpenOrder { order: order.clone(), curve: curve.unwrap_or_default() };
    begin_late(tx, &mut open, report.at, Some(register));
    open.order.tariff = tariff_shown(context, tx, hot, Some(report.at))?;
    // What was doubted while the beginning was not known is judged anew.
    for doubt in [
        Abnormality::PowerExceeded,
        Abnormality::MeterBackwards,
        Abnormality::TimeImplausible,
        Abnormality::ZeroBaseline,
        Abnormality::NoTariff,
    ] {
        open.order.abnormal.remove(doubt);
    }
    if let (Some(token), None) = (&report.token, &open.order.token) {
        belongs_to(&mut open.order, token, judge(context, tx, token)?);
    }
    if let Some(connector) = report.connector.filter(|_| open.order.connector == 0) {
        open.order.connector = connector;
        open.order.abnormal.remove(Abnormality::ConnectorUnknown);
    }
    open.order.energy = open.order.meter_end.map_or(Energy::ZERO, |end| end - register);
    let total = settle(context, tx, hot, open, None)?;
    let note = "the beginning came after the end: the order was made again";
    Ok(Handled { total, ..handled.judged(Verdict::Applied, note) })
}
