//! What time does to places that are taken: links that come and go, drivers who are to be told, ends that nobody tells of.

use super::{OccupancyEnd, OccupancyState, end, told};
use crate::Engine;
use crate::device::Context;
use model::Result;
use model::id::{OrderId, PileId};
use model::occupancy::OCCUPANCY_MAX_MS;
use model::time::{HOUR_MS, MINUTE_MS, Timestamp, Zone};
use std::sync::Arc;
use store::occupancies::{self, Occupancy};
use store::{HotPile, Tx};

/// A dead link is noticed within this: what is older is sure.
const SURE_MS: i64 = 10 * MINUTE_MS;
/// A pile that was away for so long does not go on where it was.
const AWAY_MS: i64 = HOUR_MS;

/// Ends the stretch that runs, at `at` or, if that is before it began, with nothing.
pub(super) fn close(one: &mut Occupancy, zone: &Zone, at: Timestamp) {
    let Some(from) = one.stretch.take() else { return };
    let to = at.max(from);
    one.counted_ms += one.rule.counted_ms(zone, one.began, (from, to));
    one.proven = to;
}

/// The link is down: nothing after the last sign of life can be proved.
pub(crate) fn away(
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    (last_seen, now): (Timestamp, Timestamp),
) -> Result<()> {
    for one in hot.occupied.iter_mut().filter(|one| one.stretch.is_some()) {
        let zone = tx.station(one.station)?.zone.clone();
        close(one, &zone, last_seen);
        one.changed_at = now;
        occupancies::save(tx, one)?;
    }
    Ok(())
}

/// The pile is here again and nobody has noticed that it was gone: the server was not there.
pub(crate) fn back(tx: &mut Tx<'_>, hot: &mut HotPile, now: Timestamp) -> Result<()> {
    let last_seen = hot.pile.last_seen.unwrap_or(now).min(now);
    away(tx, hot, (last_seen, now))
}

/// What is to be done about a place that is taken.
#[derive(Clone, Copy)]
enum Due {
    /// Its driver is told, and what was proved is written down.
    Look,
    End(OccupancyEnd),
}

/// What was proved is to be written down.
fn keeps(one: &Occupancy, now: Timestamp) -> bool {
    one.stretch.is_some_and(|from| now.since(from) >= 2 * SURE_MS)
}

fn due(one: &Occupancy, zone: &Zone, now: Timestamp) -> Option<Due> {
    if now.since(one.began) > OCCUPANCY_MAX_MS {
        return Some(Due::End(OccupancyEnd::TooLong));
    }
    match one.stretch {
        None if now.since(one.proven) > AWAY_MS => Some(Due::End(OccupancyEnd::LinkLost)),
        None => None,
        Some(_) => (keeps(one, now) || told::stage(one, zone, now).is_some()).then_some(Due::Look),
    }
}

impl Engine {
    /// Looks through the places that are taken. Run every few seconds; doing it twice changes nothing.
    pub(crate) async fn occupancies_sweep(&self, now: Timestamp) -> Result<usize> {
        let running = self.store.device_read(occupancies::running).await?;
        let found: Vec<(PileId, OrderId)> = running
            .iter()
            .filter(|(one, zone)| due(one, zone, now).is_some())
            .map(|(one, _)| (one.pile, one.order))
            .collect();
        let count = found.len();
        for (pile, order) in found {
            let (rules, secrets) = (self.rules(), Arc::clone(&self.secrets));
            let work = self.store.write(Some(pile), move |tx| {
                let context = Context { rules: &rules, secrets: &secrets, now };
                let here = tx.with_pile(pile, |tx, hot| {
                    look_after(&context, tx, hot, order)?;
                    Ok(hot.pile.online)
                })?;
                if !here {
                    tx.pile_rest(pile);
                }
                Ok(())
            });
            work.await?;
        }
        Ok(count)
    }
}

fn look_after(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, order: OrderId) -> Result<()> {
    let now = context.now;
    if !hot.pile.online {
        // The server was stopped while it ran, and the pile has not come back since.
        back(tx, hot, now)?;
    }
    let running = |one: &Occupancy| one.order == order && one.state == OccupancyState::Running;
    let Some(place) = hot.occupied.iter().position(running) else { return Ok(()) };
    let station = tx.station(hot.occupied[place].station)?;
    let one = &mut hot.occupied[place];
    match due(one, &station.zone, now) {
        Some(Due::End(by)) => {
            let at = if one.stretch.is_some() { now } else { one.proven };
            end(context, tx, hot, place, (by, at))
        }
        Some(Due::Look) => {
            while let Some(stage) = told::stage(&hot.occupied[place], &station.zone, now) {
                let mut one = hot.occupied[place].clone();
                told::tell(tx, hot, &mut one, stage, now)?;
                hot.occupied[place] = one;
            }
            let one = &mut hot.occupied[place];
            if keeps(one, now) {
                close(one, &station.zone, now.plus_ms(-SURE_MS));
                (one.stretch, one.changed_at) = (Some(one.proven), now);
                occupancies::save(tx, one)?;
            }
            Ok(())
        }
        None => Ok(()),
    }
}
