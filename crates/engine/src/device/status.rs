//! The pile itself: its introduction, its connectors, its clock.

use super::alive::shown;
use super::{Context, Handled};
use crate::alarm;
use crate::occupancy;
use model::Result;
use model::connector::ConnectorStatus;
use model::device::{Answer, Fault, Introduction, SocketReport, SocketState, StatusReport};
use model::id::ConnectorNo;
use model::order::OrderState;
use model::site::{Connector, Lifecycle, Pile};
use model::time::{DAY_MS, Timestamp};
use store::frames::Verdict;
use store::{HotPile, Tx};

/// A pile may speak of this many connectors; a hostile one must not fill the table.
pub(super) const CONNECTORS_MAX: ConnectorNo = 64;

pub fn booted(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    told: &Introduction,
) -> Result<Handled> {
    let pile = &mut hot.pile;
    if pile.lifecycle == Lifecycle::Retired {
        return Ok(Handled::new(Answer::Booted { accepted: false }).judged(Verdict::Rejected, "retired"));
    }
    if pile.lifecycle == Lifecycle::Inactive {
        pile.become_lifecycle(Lifecycle::Enabled, context.now);
    }
    let facts = [
        (&mut pile.vendor, &told.vendor),
        (&mut pile.model, &told.model),
        (&mut pile.serial, &told.serial),
        (&mut pile.firmware, &told.firmware),
        (&mut pile.iccid, &told.iccid),
        (&mut pile.meter_serial, &told.meter_serial),
    ];
    for (known, told) in facts {
        if told.is_some() {
            known.clone_from(told);
        }
    }
    pile.last_seen = Some(context.now);
    tx.pile_save(&hot.pile);
    for no in 1..=told.connectors.unwrap_or(0).min(CONNECTORS_MAX) {
        if hot.connector(no).is_none() {
            set_status(context, tx, hot, no, ConnectorStatus::Unknown)?;
        }
    }
    // A pile that has restarted may have lost its sessions: it has a while to show otherwise.
    let deadline = context.now.plus_ms(context.rules.record_timeout_ms);
    for open in &mut hot.open {
        if matches!(open.order.state, OrderState::Charging | OrderState::Stopping)
            && open.order.deadline.is_none()
        {
            open.order.deadline = Some(deadline);
            tx.order_save(&open.order);
        }
    }
    Ok(Handled::new(Answer::Booted { accepted: true }))
}

pub fn reported(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    report: &StatusReport,
) -> Result<Handled> {
    let handled = Handled::new(Answer::Noted).on(report.connector);
    if report.connector > CONNECTORS_MAX {
        return Ok(handled.judged(Verdict::Quarantined, "connector number out of range"));
    }
    if let Some(at) = report.at {
        observe_clock(context, tx, hot, at);
    }
    if !apply(context, tx, hot, report)? {
        return Ok(handled.judged(Verdict::Applied, "older than what is known: live state unchanged"));
    }
    occupancy::seen(context, tx, hot, report.connector, report.at)?;
    if report.status == ConnectorStatus::Available {
        // Nothing is plugged in, so a session of ours has ended: its record is awaited, not for ever.
        await_record(context, tx, hot, report.connector, report.at);
    }
    if report.status.is_charging() {
        shown(tx, hot, report.connector, report.at);
    }
    Ok(handled)
}

/// One of the connector's sockets has another state: the connector is what its most taken socket is.
/// That it is taken says nothing of what goes on there; the session does.
pub fn socket(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    report: SocketReport,
) -> Result<Handled> {
    hot.sockets.retain(|s| (s.connector, s.socket) != (report.connector, report.socket));
    if hot.sockets.len() < usize::from(CONNECTORS_MAX) {
        hot.sockets.push(report);
    }
    let here = hot.sockets.iter().filter(|socket| socket.connector == report.connector);
    let state = here.map(|socket| socket.state).max().unwrap_or(report.state);
    let known = hot.connector(report.connector).map(|connector| connector.status);
    let charges = hot.open.iter().any(|open| {
        open.order.connector == report.connector
            && matches!(open.order.state, OrderState::Charging | OrderState::Stopping)
    });
    let status = match (state, known) {
        (SocketState::Occupied, Some(known)) if charges && known.is_charging() => known,
        (SocketState::Occupied, _) if charges => ConnectorStatus::Charging,
        (SocketState::Occupied, Some(ConnectorStatus::Finishing)) => ConnectorStatus::Finishing,
        (SocketState::Occupied, _) => ConnectorStatus::Preparing,
        (SocketState::Available, _) => ConnectorStatus::Available,
        (SocketState::Reserved, _) => ConnectorStatus::Reserved,
        (SocketState::Unavailable, _) => ConnectorStatus::Unavailable,
        (SocketState::Faulted, _) => ConnectorStatus::Faulted,
    };
    let SocketReport { connector, at, .. } = report;
    reported(context, tx, hot, &StatusReport { connector, status, error: None, at })
}

/// Puts the report into the connector; false when it is older than what is known.
pub(super) fn apply(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    report: &StatusReport,
) -> Result<bool> {
    // A pile whose clock runs ahead must not make its later, right reports look old.
    let at = report.at.map_or(context.now, |at| at.min(context.now));
    match hot.connectors.iter_mut().find(|c| c.no == report.connector) {
        Some(known) if at < known.status_at => return Ok(false),
        Some(known) => {
            if known.status == report.status && known.fault == report.error {
                known.status_at = at;
                return Ok(true);
            }
            let before = std::mem::replace(&mut known.status, report.status);
            let fault = std::mem::replace(&mut known.fault, report.error.clone());
            known.status_at = at;
            tx.connector_save(&hot.pile, known);
            let after = (report.status, report.error.as_ref());
            faulted(context, tx, &hot.pile, report.connector, ((before, fault.as_ref()), after))?;
        }
        None => {
            let connector = Connector {
                pile: hot.pile.id,
                no: report.connector,
                status: report.status,
                status_at: at,
                fault: report.error.clone(),
            };
            tx.connector_save(&hot.pile, &connector);
            hot.connectors.push(connector);
            hot.connectors.sort_by_key(|c| c.no);
            let after = (report.status, report.error.as_ref());
            let nothing = (ConnectorStatus::Unknown, None);
            faulted(context, tx, &hot.pile, report.connector, (nothing, after))?;
        }
    }
    Ok(true)
}

type Said<'a> = (ConnectorStatus, Option<&'a Fault>);

/// As long as nothing is wrong, before and after, this is all that alarms cost.
fn faulted(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    pile: &Pile,
    connector: ConnectorNo,
    (before, after): (Said<'_>, Said<'_>),
) -> Result<()> {
    let is_wrong = |(status, fault): Said<'_>| status == ConnectorStatus::Faulted || fault.is_some();
    if is_wrong(before) || is_wrong(after) {
        alarm::fault_changed(tx, pile, connector, before, after, context.now)?;
    }
    Ok(())
}

fn set_status(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    connector: ConnectorNo,
    status: ConnectorStatus,
) -> Result<()> {
    let report = StatusReport { connector, status, error: None, at: Some(context.now) };
    apply(context, tx, hot, &report).map(drop)
}

/// The session on this connector is seen to have ended without its record: give the record a while.
/// What was seen (by the pile's clock) before the session began says nothing about it.
pub(super) fn await_record(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    connector: ConnectorNo,
    seen_at: Option<Timestamp>,
) {
    let Some(place) = hot.open_on(connector) else { return };
    let order = &mut hot.open[place].order;
    if seen_at.is_some_and(|at| at < order.started_at) {
        return;
    }
    if matches!(order.state, OrderState::Charging | OrderState::Stopping) && order.deadline.is_none() {
        order.deadline = Some(context.now.plus_ms(context.rules.record_timeout_ms));
        tx.order_save(order);
    }
}

pub fn clock(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, at: Timestamp) -> Result<Handled> {
    observe_clock(context, tx, hot, at);
    Ok(Handled::new(Answer::Noted))
}

/// Learns how far the pile's clock is off. A message that waited in the pile's queue looks like a
/// slow clock, and a queue of them is sent in one go; so a difference is believed only when messages
/// show it that came a while apart. Waiting can only make a clock look slower than it is: one that
/// was taken for slower than this message shows is not, and is taken as right until it is known.
pub(super) fn observe_clock(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, at: Timestamp) {
    const SAME_MS: u64 = 5_000;
    const APART_MS: i64 = 30_000;
    if !believable(context, at) {
        return;
    }
    let skew = at.since(context.now);
    let skew = if skew.unsigned_abs() < SAME_MS { 0 } else { skew };
    let known = hot.pile.skew_ms.unwrap_or(0);
    if known.abs_diff(skew) <= SAME_MS {
        hot.skew_candidate = None;
        return;
    }
    let learned = match hot.skew_candidate {
        _ if skew == 0 => Some(0),
        Some((shown, seen_at)) if shown.abs_diff(skew) <= SAME_MS => {
            (context.now.since(seen_at) >= APART_MS).then_some(skew)
        }
        _ => {
            hot.skew_candidate = Some((skew, context.now));
            (known < 0 && known < skew).then_some(0)
        }
    };
    if let Some(skew) = learned
        && skew != known
    {
        hot.pile.skew_ms = (skew != 0).then_some(skew);
        tx.pile_save(&hot.pile);
    }
}

/// Neither before 2015 nor more than a day ahead: a clock that shows anything else shows nothing.
pub(super) fn believable(context: &Context<'_>, at: Timestamp) -> bool {
    at.since(context.now) <= DAY_MS && at.as_ms() > 1_420_070_400_000
}
