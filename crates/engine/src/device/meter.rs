//! Values along a session.

use super::status::{apply, await_record, observe_clock};
use super::{Context, Handled};
use model::Result;
use model::curve::Point;
use model::device::{Answer, Observation, Sample, SampledEnergy};
use model::id::{ConnectorNo, SessionKey};
use model::order::{OpenOrder, Order, OrderState};
use model::time::{DAY_MS, Timestamp};
use store::frames::Verdict;
use store::orders::{SampleRow, energy_follow, soc_follow};
use store::pile_events::{self, NewPileEvent, PileEventKind};
use store::{Change, HotPile, Tx};

/// OCPP MeterValues.
pub fn metered(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    session: Option<SessionKey>,
    connector: ConnectorNo,
    samples: &[Sample],
) -> Result<Handled> {
    let handled = Handled::new(Answer::Noted).on(connector);
    let place = match session {
        Some(session) => hot.open_session(session),
        // Some piles leave the transaction id away; the running session of the connector is meant.
        None => hot.open_on(connector).filter(|place| hot.open[*place].order.state != OrderState::Starting),
    };
    let Some(place) = place else {
        let Some(session) = session else { return Ok(handled) };
        stray(context, tx, hot, (session, connector))?;
        return Ok(handled.judged(Verdict::Quarantined, "no running session of this pile has this id"));
    };
    let handled = handled.about(hot.open[place].order.id);
    let kept = keep(context, tx, hot, place, samples)?;
    Ok(if kept == samples.len() {
        handled
    } else {
        handled.judged(
            Verdict::Quarantined,
            format!("{} values lie outside the session's time", samples.len() - kept),
        )
    })
}

/// How many are remembered of a pile; one that invents them all the time is told of again.
const STRAYS_MAX: usize = 16;

/// A session delivers that no order knows: told of once, not with every value. Late values of an order that has
/// ended are none.
fn stray(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    (session, connector): (SessionKey, ConnectorNo),
) -> Result<()> {
    if hot.strays.contains(&session) {
        return Ok(());
    }
    if hot.strays.len() >= STRAYS_MAX {
        hot.strays.remove(0);
    }
    hot.strays.push(session);
    let pile = hot.pile.id;
    if tx.read(|conn| store::orders::by_session(conn, pile, session))?.is_some() {
        return Ok(());
    }
    let event = NewPileEvent {
        pile,
        connector: Some(connector),
        order: None,
        kind: PileEventKind::Session,
        code: format!("pileops:no_order:{session}"),
        at: context.now,
        noticed: None,
    };
    pile_events::insert(tx, &event)?;
    crate::alarm::stray_told(tx, &hot.pile, connector, session.to_string(), context.now)
}

/// Puts samples into the order's curve and the sample log; how many were believed.
pub(super) fn keep(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    place: usize,
    samples: &[Sample],
) -> Result<usize> {
    let mut kept = 0;
    for sample in samples {
        let OpenOrder { order, curve } = &mut hot.open[place];
        if !within(context, order, sample.at) {
            continue;
        }
        kept += 1;
        if order.meter_start.is_none()
            && let Some(SampledEnergy::Register(register)) = sample.energy
        {
            order.meter_start = Some(register);
            tx.order_save(order);
        }
        let point = point(order, sample);
        curve.push(point);
        // By the time of the values, not by that of their arrival.
        if point.delivered.is_some() {
            energy_follow(order, curve);
        }
        if point.soc_percent.is_some() {
            soc_follow(order, curve);
        }
        tx.sample_append(SampleRow { id: 0, order: order.id, point })?;
        tx.changed(Change::Sample {
            order: order.id,
            pile: order.pile,
            connector: order.connector,
            operator: order.operator,
            point,
        });
    }
    // A session that delivers is alive, whatever made us doubt it.
    let order = &mut hot.open[place].order;
    if kept > 0 && order.state == OrderState::Charging && order.deadline.take().is_some() {
        tx.order_save(order);
    }
    if kept > 0 {
        crate::payment::follow(context, tx, &hot.open[place])?;
    }
    Ok(kept)
}

/// A poisoned clock must not stretch a curve over centuries.
fn within(context: &Context<'_>, order: &Order, at: Timestamp) -> bool {
    at.since(order.started_at) >= -DAY_MS && at.since(context.now) <= DAY_MS
}

pub(super) fn point(order: &Order, sample: &Sample) -> Point {
    let delivered = sample.energy.and_then(|energy| match energy {
        SampledEnergy::Register(register) => order.meter_start.map(|start| register - start),
        SampledEnergy::Session(delivered) => Some(delivered),
    });
    Point {
        at: sample.at,
        delivered,
        power_w: sample.power_w,
        voltage_dv: sample.voltage_dv,
        current_da: sample.current_da,
        soc_percent: sample.soc_percent,
        temperature_c: sample.temperature_c,
    }
}

/// 云快充 0x13: state and values in one.
pub fn observed(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    seen: &Observation,
) -> Result<Handled> {
    let connector = seen.status.connector;
    let handled = Handled::new(Answer::Noted).on(connector);
    apply(context, tx, hot, &seen.status)?;
    crate::occupancy::seen(context, tx, hot, connector, seen.status.at)?;
    if let Some(at) = seen.status.at {
        observe_clock(context, tx, hot, at);
    }
    let Some(session) = seen.session else {
        if !seen.charging {
            // Idle while an order of ours runs here: its bill is awaited (云快充 13.3 rule 4).
            await_record(context, tx, hot, connector, None);
        }
        return Ok(handled);
    };
    let Some(place) = hot.open_session(session) else {
        if seen.charging {
            stray(context, tx, hot, (session, connector))?;
        }
        return Ok(if seen.charging {
            handled.judged(Verdict::Quarantined, "charging under a trade number that no open order has")
        } else {
            handled
        });
    };
    let order = &mut hot.open[place].order;
    let handled = handled.about(order.id);
    if seen.charging && order.state == OrderState::Starting {
        order.state = OrderState::Charging;
        order.started_at = context.now;
        order.deadline = None;
        tx.order_save(order);
    }
    if order.state.is_open() && order.state != OrderState::Starting {
        if seen.charging {
            keep(context, tx, hot, place, std::slice::from_ref(&seen.sample))?;
        } else {
            await_record(context, tx, hot, connector, None);
        }
    }
    Ok(handled)
}
