//! 占位: a car that stays plugged in after its charge, from the end of its energy until the plug is out. Only what
//! the pile shows while its link is up counts; the fee is asked for when it is over and the order has its bill.

mod charge;
mod plan;
mod time;
mod told;
mod waiver;

pub use plan::{OccupancyPlanChange, OccupancyPlanView};
pub use waiver::{OccupancyWaiverDraft, no_waiver};

pub(crate) use charge::billed;
pub(crate) use time::{away, back};

use crate::device::Context;
use charge::charge;
use model::Result;
use model::connector::ConnectorStatus;
use model::id::ConnectorNo;
use model::occupancy::{OCCUPANCY_MAX_MS, OccupancyEnd, OccupancyRule, OccupancyState, SAME_CAR_MS};
use model::order::{Order, OrderState};
use model::time::Timestamp;
use store::occupancies::{self, Occupancy};
use store::{HotPile, Tx, occupancy_told};

/// Whether a connector in this state has a plug in it.
fn plugged(status: ConnectorStatus) -> bool {
    status.is_charging() || matches!(status, ConnectorStatus::Preparing | ConnectorStatus::Finishing)
}

fn place_of(hot: &HotPile, connector: ConnectorNo) -> Option<usize> {
    hot.occupied.iter().position(|one| one.connector == connector && one.state == OccupancyState::Running)
}

/// A connector was heard of: does its plug stay in? `at`: by the pile's clock, if it has said so.
pub(crate) fn seen(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    connector: ConnectorNo,
    at: Option<Timestamp>,
) -> Result<()> {
    let Some(status) = hot.connector(connector).map(|connector| connector.status) else { return Ok(()) };
    let skew_ms = hot.pile.skew_ms.unwrap_or(0);
    let at = at.map_or(context.now, |at| at.plus_ms(-skew_ms)).min(context.now);
    let Some(place) = place_of(hot, connector) else {
        return match status {
            ConnectorStatus::SuspendedEv => full(context, tx, hot, connector, at),
            _ => Ok(()),
        };
    };
    let running = hot.open_on(connector).map(|open| hot.open[open].order.id);
    let own = running == Some(hot.occupied[place].order);
    match status {
        ConnectorStatus::Available => end(context, tx, hot, place, (OccupancyEnd::Unplugged, at)),
        ConnectorStatus::Charging | ConnectorStatus::SuspendedEvse if own => {
            // It takes energy again, or the pile holds it back: the driver has nothing to do here yet.
            let one = hot.occupied.remove(place);
            occupancies::delete(tx, one.order)
        }
        status if running.is_some() && !own && status.is_charging() => {
            end(context, tx, hot, place, (OccupancyEnd::NextSession, at))
        }
        status if plugged(status) => stays(context, tx, hot, place, status),
        _ => end(context, tx, hot, place, (OccupancyEnd::Unknown, at)),
    }
}

/// The plug is in. After a gap the count goes on where it is sure to be the same car.
fn stays(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    place: usize,
    status: ConnectorStatus,
) -> Result<()> {
    let one = &mut hot.occupied[place];
    if one.stretch.is_some() {
        return Ok(());
    }
    let gap_ms = context.now.since(one.proven).max(0);
    if status == ConnectorStatus::Preparing && gap_ms > SAME_CAR_MS {
        let proven = one.proven;
        return end(context, tx, hot, place, (OccupancyEnd::LinkLost, proven));
    }
    one.gap_ms += gap_ms;
    one.stretch = Some(context.now);
    one.changed_at = context.now;
    occupancies::save(tx, one)
}

/// The car takes no more, and the session goes on: from here on the place is only taken.
fn full(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    connector: ConnectorNo,
    at: Timestamp,
) -> Result<()> {
    let Some(open) = hot.open_on(connector) else { return Ok(()) };
    let order = hot.open[open].order.clone();
    if !matches!(order.state, OrderState::Charging | OrderState::Stopping) {
        return Ok(());
    }
    let Some(rule) = tx.station(order.station)?.occupancy else { return Ok(()) };
    let at = at.max(order.began_at());
    start(context, tx, hot, &order, rule, (at, Some(at)))
}

/// The order is over. Where its plug is still in, its place is taken from the end on, or was before.
pub(crate) fn begin(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, order: &Order) -> Result<()> {
    if let Some(known) = hot.occupied.iter().position(|one| one.order == order.id) {
        if hot.occupied[known].state == OccupancyState::Ended {
            let one = hot.occupied.remove(known);
            charged(context, tx, hot, one)?;
        }
        return Ok(());
    }
    let (Some(rule), Some(ended)) = (tx.station(order.station)?.occupancy, order.ended_at) else {
        return Ok(());
    };
    let ended = ended.plus_ms(order.shift_ms()).min(context.now);
    let Some(connector) = hot.connector(order.connector) else { return Ok(()) };
    let next = hot.open_on(order.connector).is_some_and(|open| hot.open[open].order.id != order.id);
    let old = context.now.since(ended) > OCCUPANCY_MAX_MS;
    if order.energy.dwh() <= 0 || !hot.pile.online || !plugged(connector.status) || next || old {
        return Ok(());
    }
    // What was told before the link was lost says nothing of the time since.
    let linked = hot.pile.connected_at.unwrap_or(ended);
    let sure = connector.status_at >= linked || ended >= linked;
    start(context, tx, hot, order, rule, (ended, sure.then_some(ended.max(linked.min(context.now)))))
}

fn start(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    order: &Order,
    rule: OccupancyRule,
    (began, stretch): (Timestamp, Option<Timestamp>),
) -> Result<()> {
    if let Some(place) = place_of(hot, order.connector) {
        end(context, tx, hot, place, (OccupancyEnd::NextSession, began))?;
    }
    // It may have stayed before, and charged again since.
    let told = tx.read(|conn| occupancy_told::get(conn, order.id))?;
    let one = Occupancy {
        order: order.id,
        pile: order.pile,
        station: order.station,
        operator: order.operator,
        connector: order.connector,
        state: OccupancyState::Running,
        rule,
        began,
        stretch,
        proven: began,
        counted_ms: 0,
        gap_ms: stretch.map_or(0, |stretch| stretch.since(began)),
        ended_by: None,
        ended_at: None,
        fee_fen: 0,
        warned_at: told.soon,
        told,
        waived_reason: None,
        changed_at: context.now,
    };
    occupancies::save(tx, &one)?;
    occupancies::changed(tx, &one);
    hot.occupied.push(one);
    Ok(())
}

/// It is over. What it costs is asked for at once, where the order has its bill.
fn end(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    place: usize,
    (by, at): (OccupancyEnd, Timestamp),
) -> Result<()> {
    let mut one = hot.occupied.remove(place);
    let station = tx.station(one.station)?;
    time::close(&mut one, &station.zone, at);
    (one.ended_by, one.ended_at) = (Some(by), Some(one.proven));
    (one.state, one.fee_fen) = (OccupancyState::Ended, one.rule.fee(one.counted_ms).0);
    one.changed_at = context.now;
    charged(context, tx, hot, one)
}

/// Keeps in mind what awaits its order's bill.
fn charged(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, one: Occupancy) -> Result<()> {
    let kept = charge(context.rules, tx, one, context.now)?;
    hot.occupied.extend(kept);
    Ok(())
}
