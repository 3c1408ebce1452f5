//! Does a session still run? What the pile shows of it, and what follows when it shows nothing.

use super::Context;
use model::id::ConnectorNo;
use model::order::{OpenOrder, OrderState};
use model::site::Connector;
use model::tariff::SESSION_MAX_MS;
use model::time::{MINUTE_MS, Timestamp};
use store::{HotPile, Tx};

/// What the connector says, when it says that a session runs.
fn charging(connectors: &[Connector], no: ConnectorNo) -> Option<&Connector> {
    connectors.iter().find(|c| c.no == no && c.status.is_charging())
}

/// The last sign of this session, on our clock.
fn seen_at(connectors: &[Connector], open: &OpenOrder) -> Timestamp {
    let skew_ms = open.order.skew_ms.unwrap_or(0);
    let values_at = open.curve.last().map_or(open.order.started_at, |point| point.at).plus_ms(-skew_ms);
    // A status is never kept as later than it came, so a clock that runs ahead needs no correction.
    let status = charging(connectors, open.order.connector);
    let status_at = status.map(|c| c.status_at.plus_ms((-skew_ms).max(0)));
    status_at.map_or(values_at, |at| at.max(values_at))
}

/// A session on this connector has shown life lately. One that has not has ended without our
/// knowing, and must not block the connector for ever.
pub(crate) fn busy(context: &Context<'_>, hot: &HotPile, connector: ConnectorNo) -> bool {
    let Some(place) = hot.open_on(connector) else { return false };
    let open = &hot.open[place];
    if open.order.state == OrderState::Starting {
        // A pending start from afar gives way to the person who stands at the pile.
        return false;
    }
    // Values may come every quarter of an hour only: a connector that says that it charges is believed
    // for longer.
    let believed_ms = match charging(&hot.connectors, connector) {
        Some(_) => context.rules.quiet_ms,
        None => context.rules.busy_ms.max(MINUTE_MS),
    };
    open.order.deadline.is_none() && context.now.since(seen_at(&hot.connectors, open)) < believed_ms
}

/// The connector says that a session runs: whatever made us doubt the one that we know of, it does.
pub(super) fn shown(tx: &mut Tx<'_>, hot: &mut HotPile, connector: ConnectorNo, at: Option<Timestamp>) {
    let Some(place) = hot.open_on(connector) else { return };
    let order = &mut hot.open[place].order;
    let older = at.is_some_and(|at| at < order.started_at);
    if order.state == OrderState::Charging && !older && order.deadline.take().is_some() {
        tx.order_save(order);
    }
}

/// The pile is back, and with it the sessions that were doubted only because it was gone. A record
/// that is awaited for another reason is due sooner, and stays so.
pub(crate) fn back(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile) {
    let soon = context.now.plus_ms(context.rules.record_timeout_ms);
    for OpenOrder { order, .. } in &mut hot.open {
        let running =
            matches!(order.state, OrderState::Charging | OrderState::Stopping) || order.awaits_token();
        if running && order.deadline.is_some_and(|at| at > soon) {
            order.deadline = None;
            tx.order_save(order);
        }
    }
}

/// A pile may lose a session and say nothing of it: one that shows no life for as long as we would wait
/// for a vanished pile, or that is older than any session can be, awaits its record like one that was
/// seen to end.
pub(crate) fn doubt_silent(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile) {
    let HotPile { open, connectors, .. } = hot;
    for open in open.iter_mut().filter(|o| o.order.deadline.is_none()) {
        let silent_ms = context.now.since(seen_at(connectors, open));
        let silent = charging(connectors, open.order.connector).is_none()
            && silent_ms >= context.rules.silence_timeout_ms;
        let endless = context.now.since(open.order.created_at) > SESSION_MAX_MS;
        if silent || endless {
            open.order.deadline = Some(context.now.plus_ms(context.rules.record_timeout_ms));
            tx.order_save(&open.order);
        }
    }
}
