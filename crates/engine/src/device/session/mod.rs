//! What OCPP 2 piles tell of their sessions: one kind of message for beginning, course and end, counted
//! without a gap, under a name that the pile has made. A session may begin before anybody has shown
//! what pays for it; its order then waits for that, with the time and the register of the beginning.

mod last;

use self::last::{closed, end, reopened};
use super::end::{Found, take};
use super::meter::keep;
use super::settle;
use super::start::{Begun, Fresh, Held, admit, begin, commanded, new_order};
use super::status::{CONNECTORS_MAX, apply, observe_clock};
use super::token::{Judged, judge};
use super::{Context, Handled, place};
use model::Result;
use model::card::{Token, TokenVerdict};
use model::connector::ConnectorStatus;
use model::curve::Curve;
use model::device::{
    Answer, Sample, SampledEnergy, SessionPhase, SessionReport, StatusReport, TokenAnswer, remote_start_no,
};
use model::energy::Energy;
use model::id::ConnectorNo;
use model::money::Fen;
use model::order::{Abnormality, OpenOrder, Order, OrderState, StartMode};
use model::time::Timestamp;
use store::frames::Verdict;
use store::orders::SampleRow;
use store::{HotPile, Tx};

/// Sessions whose last event number is remembered.
const SEQS_MAX: usize = 64;

pub fn told(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    report: &SessionReport,
) -> Result<Handled> {
    let counted = count(hot, report);
    if !report.offline {
        observe_clock(context, tx, hot, report.at);
    }
    let mut named = report.clone();
    named.token = named.token.or_else(|| token_of_start(hot, report.remote_start?));
    let handled = match hot.open_session(report.session) {
        Some(place) => go_on(context, tx, hot, place, &named)?,
        None => match known(tx, hot, report)? {
            Found::Nothing => begin_session(context, tx, hot, &named)?,
            Found::Open(open) => reopened(context, tx, hot, open, &named)?,
            Found::Closed(order) => closed(context, tx, hot, &order, &named)?,
        },
    };
    show(context, tx, hot, report, handled.connector)?;
    let token = match handled.answer {
        Answer::Started { ref token, .. } => Some(token.clone()),
        Answer::Stopped { ref token } | Answer::Session { ref token, .. } => token.clone(),
        _ => None,
    };
    let total = match handled.total {
        Some(total) => Some(total),
        None => cost_so_far(context, tx, hot, report)?,
    };
    let answer = Answer::Session { token: token.filter(|_| report.token.is_some()), total };
    let note = [handled.note, counted].into_iter().flatten().collect::<Vec<_>>().join("; ");
    Ok(Handled { answer, note: (!note.is_empty()).then_some(note), ..handled })
}

/// What a session that goes on costs so far, told with each of its readings.
fn cost_so_far(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    report: &SessionReport,
) -> Result<Option<Fen>> {
    if report.phase != SessionPhase::Going || report.samples.is_empty() {
        return Ok(None);
    }
    let Some(place) = hot.open_session(report.session) else { return Ok(None) };
    let open = &hot.open[place];
    let Some(tariff) = open.order.tariff.filter(|_| open.order.state == OrderState::Charging) else {
        return Ok(None);
    };
    let (tariff, station) = (tx.tariff(tariff)?, tx.station(open.order.station)?);
    Ok(Some(settle::so_far(open, context.now, &tariff.calendar, &station.zone).total))
}

/// What is wrong with the number of the event, for the frame log. The first one that is heard on a link
/// tells nothing.
fn count(hot: &mut HotPile, report: &SessionReport) -> Option<String> {
    let seq = report.seq;
    let last = match hot.seqs.iter_mut().find(|(session, _)| *session == report.session) {
        Some((_, last)) => std::mem::replace(last, seq.max(*last)),
        None => {
            if hot.seqs.len() >= SEQS_MAX {
                hot.seqs.remove(0);
            }
            hot.seqs.push((report.session, seq));
            return (report.phase == SessionPhase::Begun && seq > 0)
                .then(|| format!("the first event has seqNo {seq}"));
        }
    };
    match seq.checked_sub(last) {
        Some(1) => None,
        Some(0) => Some(format!("seqNo {seq} again")),
        Some(ahead) if ahead > 1 => Some(format!("{} events before seqNo {seq} are missing", ahead - 1)),
        _ => Some(format!("seqNo {seq} comes after {last}")),
    }
}

/// The one-time tag of the start that the pile names by its number only.
fn token_of_start(hot: &HotPile, number: i32) -> Option<Token> {
    let tokens = hot.open.iter().filter(|open| open.order.session.is_none());
    let mut tokens = tokens.filter_map(|open| open.order.token.as_ref());
    tokens.find(|token| remote_start_no(&token.value) == number).cloned()
}

/// An order of this session that is not among the open ones. A beginning that is later than any other
/// cannot be known, so that the database need not be asked.
fn known(tx: &mut Tx<'_>, hot: &mut HotPile, report: &SessionReport) -> Result<Found> {
    let fresh =
        report.phase == SessionPhase::Begun && hot.latest_start.is_none_or(|latest| report.at > latest);
    if fresh { Ok(Found::Nothing) } else { take(tx, hot, report.session) }
}

/// The registers of the report, earliest first.
fn registers(samples: &[Sample]) -> Vec<(Timestamp, Energy)> {
    let register = |sample: &Sample| match sample.energy {
        Some(SampledEnergy::Register(register)) => Some((sample.at, register)),
        _ => None,
    };
    let mut all: Vec<_> = samples.iter().filter_map(register).collect();
    all.sort_by_key(|(at, _)| *at);
    all
}

/// A session of which nothing was heard yet, whatever of it is told first.
fn begin_session(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    report: &SessionReport,
) -> Result<Handled> {
    let first = registers(&report.samples).first().copied();
    let lost = report.phase != SessionPhase::Begun;
    let (at, meter_start) = match (report.begin, first) {
        (Some((at, register)), _) => (at.min(report.at), Some(register)),
        (None, Some((at, register))) if lost => (at.min(report.at), Some(register)),
        (None, first) => (report.at, first.map(|(_, register)| register)),
    };
    let wanted = report.token.as_ref().and_then(|token| commanded(hot, token));
    let wanted = hot.open.iter().find(|open| Some(open.order.id) == wanted).map(|open| open.order.connector);
    let connector = report.connector.or(wanted).unwrap_or(0);
    if let (Some(token), false) = (&report.token, lost) {
        let session = Some(report.session);
        let handled = begin(context, tx, hot, &Begun { connector, token, meter_start, at, session })?;
        return follow(context, tx, hot, report, handled);
    }
    hot.latest_start = hot.latest_start.max(Some(at));
    let mode = if report.token.is_some() { StartMode::Card } else { StartMode::Pile };
    let fresh = Fresh { connector, mode, token: report.token.clone(), begun_at: Some(at) };
    let mut order = new_order(context, tx, hot, fresh)?;
    (order.session, order.started_at, order.meter_start) = (Some(report.session), at, meter_start);
    let mut answer = None;
    if let Some(token) = &report.token {
        answer = Some(belongs_to(&mut order, token, judge(context, tx, token)?));
    }
    if lost {
        order.abnormal.add(Abnormality::Unannounced);
        if report.begin.is_none() {
            order.abnormal.add(Abnormality::ReadingMissing);
        }
        order.state = OrderState::Charging;
    } else if report.unattended {
        order.state = OrderState::Charging;
        order.start_verdict = Some(TokenVerdict::Accepted);
    }
    clear(context, tx, hot, &order)?;
    let handled = Handled::new(Answer::Session { token: answer, total: None })
        .on(connector)
        .about(order.id)
        .judged(Verdict::Applied, if lost { "the beginning of this session was never told" } else { "" });
    tx.order_save(&order);
    hot.open.push(OpenOrder { order, curve: Curve::default() });
    follow(context, tx, hot, report, handled)
}

/// Another session begins on the connector: what held it has ended, or never came to anything. A start
/// that was commanded waits on: this may be the plug for it.
fn clear(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, begins: &Order) -> Result<()> {
    let mut place = 0;
    while place < hot.open.len() {
        let order = &mut hot.open[place].order;
        let before = order.connector == begins.connector && order.started_at <= begins.started_at;
        if before && order.awaits_token() {
            settle::fail(context, tx, hot, place);
            continue;
        }
        if before && matches!(order.state, OrderState::Charging | OrderState::Stopping) {
            order.state = OrderState::Unsettled;
            order.deadline = Some(context.now.plus_ms(context.rules.record_timeout_ms));
            if let Some(card) = order.card {
                tx.card_free(card, order.id);
            }
            tx.order_save(order);
        }
        place += 1;
    }
    Ok(())
}

/// What a first message says besides that there is a session.
fn follow(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    report: &SessionReport,
    handled: Handled,
) -> Result<Handled> {
    let handled = Handled { note: handled.note.filter(|note| !note.is_empty()), ..handled };
    let Some(place) = hot.open_session(report.session) else { return Ok(handled) };
    if report.phase != SessionPhase::Ended {
        keep(context, tx, hot, place, &report.samples)?;
        return Ok(handled);
    }
    let ended = end(context, tx, hot, place, report)?;
    Ok(Handled { note: handled.note.or(ended.note), ..ended })
}

/// The next message of a session whose order is open.
fn go_on(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    place: usize,
    report: &SessionReport,
) -> Result<Handled> {
    if let Some(connector) = report.connector {
        name_connector(tx, hot, place, connector);
    }
    let order = &hot.open[place].order;
    let mut handled = Handled::new(Answer::Noted).on(order.connector).about(order.id);
    if report.phase == SessionPhase::Begun {
        let again = order.started_at == report.begin.map_or(report.at, |(at, _)| at.min(report.at));
        if again {
            handled = handled.judged(Verdict::Duplicate, "a repeated beginning: the first answer again");
        } else {
            let register = report.begin.or_else(|| registers(&report.samples).first().copied());
            let tariff = place::tariff_shown(context, tx, hot, Some(report.at))?;
            hot.open[place].order.tariff = tariff;
            begin_late(tx, &mut hot.open[place], report.at, register.map(|(_, register)| register));
            // The log has them as they counted before; of one moment, what is written last holds.
            let OpenOrder { order, curve } = &hot.open[place];
            for point in curve.points().iter().filter(|point| point.delivered.is_some()) {
                tx.sample_append(SampleRow { id: 0, order: order.id, point: *point })?;
            }
            handled = handled.judged(Verdict::Applied, "the beginning came after what followed it");
        }
    }
    let mut answer = None;
    if let Some(token) = &report.token {
        answer = if hot.open[place].order.awaits_token() || hot.open[place].order.token.is_none() {
            Some(authorise(context, tx, hot, place, report, token)?)
        } else {
            Some(shown_again(context, tx, &hot.open[place].order, token)?)
        };
    } else if report.unattended && hot.open[place].order.awaits_token() {
        let order = &mut hot.open[place].order;
        (order.state, order.start_verdict) = (OrderState::Charging, Some(TokenVerdict::Accepted));
        tx.order_save(order);
    }
    // Where the start was commanded, its order has taken the session over.
    let Some(place) = hot.open_session(report.session) else { return Ok(handled) };
    handled = handled.about(hot.open[place].order.id);
    if report.phase == SessionPhase::Ended {
        return end(context, tx, hot, place, report);
    }
    keep(context, tx, hot, place, &report.samples)?;
    if let Some(TokenAnswer { verdict, .. }) = answer.as_ref().filter(|a| a.verdict != TokenVerdict::Accepted)
    {
        handled = handled.judged(Verdict::Applied, format!("refused: {verdict:?}"));
    }
    handled.answer = Answer::Session { token: answer, total: None };
    Ok(handled)
}

/// A session often learns its connector with a later event.
fn name_connector(tx: &mut Tx<'_>, hot: &mut HotPile, place: usize, connector: u16) {
    let exists = (1..=CONNECTORS_MAX).contains(&connector) || hot.connector(connector).is_some();
    let order = &mut hot.open[place].order;
    if order.connector != connector && exists {
        order.connector = connector;
        order.abnormal.remove(Abnormality::ConnectorUnknown);
        tx.order_save(order);
    }
}

/// The beginning is told after what followed it: the order begins there, and what its curve knows as
/// delivered counts from that register.
fn begin_late(tx: &mut Tx<'_>, open: &mut OpenOrder, at: Timestamp, register: Option<Energy>) {
    let OpenOrder { order, curve } = open;
    order.started_at = at;
    let Some(register) = register else {
        tx.order_save(order);
        return;
    };
    let earlier = order.meter_start.map_or(Energy::ZERO, |known| known - register);
    let mut moved = Curve::default();
    for point in curve.points() {
        let mut point = *point;
        point.delivered = point.delivered.map(|delivered| delivered + earlier);
        moved.push(point);
    }
    *curve = moved;
    order.meter_start = Some(register);
    order.abnormal.remove(Abnormality::ReadingMissing);
    order.abnormal.remove(Abnormality::Unannounced);
    tx.order_save(order);
}

/// Somebody shows what pays for the session that runs or waits.
fn authorise(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    place: usize,
    report: &SessionReport,
    token: &Token,
) -> Result<TokenAnswer> {
    if let Some(id) = commanded(hot, token) {
        hand_over(context, tx, hot, place, id)?;
        return Ok(TokenAnswer::of(TokenVerdict::Accepted));
    }
    let mut judged = judge(context, tx, token)?;
    let mut order = hot.open[place].order.clone();
    if !order.awaits_token() {
        let answer = belongs_to(&mut order, token, judged);
        tx.order_save(&order);
        hot.open[place].order = order;
        return Ok(answer);
    }
    place::closed(context, tx, hot, Some(report.at), &mut judged)?;
    order.token = Some(token.clone());
    admit(context, tx, hot, &mut order, &mut judged, Held::Connector)?;
    order.start_verdict = Some(judged.verdict);
    if judged.verdict == TokenVerdict::Accepted {
        order.start_mode = StartMode::Card;
        (order.state, order.deadline) = (OrderState::Charging, None);
    } else {
        // The car stays plugged in, and another card may be shown.
        (order.token, order.card, order.customer) = (None, None, None);
    }
    tx.order_save(&order);
    hot.open[place].order = order;
    Ok(judged.answer())
}

/// Whose a session is that runs already, or has run: its beginning was lost, and with it the token that
/// was admitted. One that may not charge is no reason to stop now, but to hold the order.
fn belongs_to(order: &mut Order, token: &Token, judged: Judged) -> TokenAnswer {
    order.token = Some(token.clone());
    order.start_mode = StartMode::Card;
    order.card = judged.card.as_ref().map(|card| card.id);
    order.customer = judged.card.as_ref().and_then(|card| card.customer);
    order.start_verdict = Some(judged.verdict);
    if judged.verdict != TokenVerdict::Accepted {
        order.abnormal.add(Abnormality::TokenRefused);
    }
    judged.answer()
}

/// The session that waited is the one that was commanded: that order is the one that people look at,
/// and takes over what is known of the session.
fn hand_over(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    place: usize,
    to: model::id::OrderId,
) -> Result<()> {
    let OpenOrder { order: waited, curve } = hot.open[place].clone();
    hot.open[place].order.session = None;
    settle::fail(context, tx, hot, place);
    // The name is free for the other order only once it is no longer this one's in the database.
    tx.read(|_| Ok(()))?;
    let open = hot.open.iter_mut().find(|open| open.order.id == to).ok_or_else(model::Error::internal)?;
    let order = &mut open.order;
    (order.session, order.connector) = (waited.session, waited.connector);
    (order.started_at, order.meter_start, order.skew_ms) =
        (waited.started_at, waited.meter_start, waited.skew_ms);
    (order.start_verdict, order.deadline) = (Some(TokenVerdict::Accepted), None);
    if order.state == OrderState::Starting {
        order.state = OrderState::Charging;
    }
    tx.order_save(order);
    open.curve = curve;
    Ok(())
}

/// A token in a session that has one: the same again, or one that ends it. What it may, its card says;
/// no limit of a fleet keeps anybody from ending.
fn shown_again(context: &Context<'_>, tx: &mut Tx<'_>, order: &Order, token: &Token) -> Result<TokenAnswer> {
    let mut judged = judge(context, tx, token)?;
    if order.began_with(token)
        && let Some(verdict) = order.start_verdict
    {
        judged = Judged { verdict, ..judged };
    }
    Ok(judged.answer())
}

/// The session says what goes on at its connector.
fn show(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    report: &SessionReport,
    of_order: Option<ConnectorNo>,
) -> Result<()> {
    let Some(connector) = report.connector.or(of_order).filter(|no| (1..=CONNECTORS_MAX).contains(no)) else {
        return Ok(());
    };
    let known = hot.connector(connector).map(|connector| connector.status);
    let ended = report.phase == SessionPhase::Ended && known.is_some_and(ConnectorStatus::is_charging);
    let status = if ended { Some(ConnectorStatus::Finishing) } else { report.status };
    // A session that has ended says nothing of what follows at the connector.
    let Some(status) = status.filter(|_| ended || report.phase != SessionPhase::Ended) else {
        return Ok(());
    };
    if apply(context, tx, hot, &StatusReport { connector, status, error: None, at: Some(report.at) })? {
        crate::occupancy::seen(context, tx, hot, connector, Some(report.at))?;
    }
    Ok(())
}
