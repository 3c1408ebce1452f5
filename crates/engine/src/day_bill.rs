//! 站日账单: made every night of the orders that have ended, and anew where orders or refunds came later.

use crate::Engine;
use crate::audit::Actor;
use crate::reconciliation::{ReconciliationDraft, Zones, bounds, day_checked, local_day, no_station};
use model::Error;
use model::Result;
use model::id::StationId;
use model::time::{DAY_MS, Timestamp, Zone};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use store::day_bills::{self, DaySums};
use store::{Conn, DbResult, stations};

/// What is made in one night: a fresh installation makes up for its past in a few.
const MOST: i64 = 20_000;
/// Refunds of the last nights.
const SINCE_MS: i64 = 3 * DAY_MS;
/// Bills that are proved at a time.
const PAGE: i64 = 500;

pub fn no_day_bill() -> Error {
    Error::not_found(
        "day_bill.not_found",
        "没有这份站日账单，或不在您的数据范围内",
        "There is no such bill of a day in your scope.",
    )
}

impl Engine {
    /// Makes the bills of a day; how many say something new.
    async fn day_bill_make(&self, station: StationId, day: i64) -> Result<usize> {
        let now = self.clock.now();
        let read = move |conn: &mut Conn| {
            let Some(facts) = stations::find(conn, station)? else { return Ok(None) };
            let Some((from, to)) = bounds(&facts.zone, day).filter(|(_, to)| *to <= now) else {
                return Ok(None);
            };
            Ok(Some(day_bills::day_sums(conn, station, (from.as_ms(), to.as_ms()))?))
        };
        let Some(sums) = self.store.read(read).await? else { return Ok(0) };
        let make = move |tx: &mut store::Tx<'_>| {
            let mut made = 0;
            for (operator, sums) in &sums {
                made += usize::from(day_bills::save(tx, (day, station, *operator), sums, now)?);
            }
            Ok(made)
        };
        self.store.write(None, make).await
    }

    /// Every night: days without a bill, days whose orders have changed, and days of refunds.
    pub async fn day_bills_make(&self, now: Timestamp) -> Result<usize> {
        let due = self.store.read(move |conn| due(conn, now)).await?;
        let mut count = 0;
        for (station, day) in due {
            count += self.day_bill_make(station, day).await?;
        }
        Ok(count)
    }

    /// Makes the bills of a day now, because somebody asks for it.
    pub async fn day_bill_start(&self, actor: &Actor, draft: ReconciliationDraft) -> Result<usize> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let (station, asking) = (StationId(draft.station_id), actor.clone());
        let facts = self.store.read(move |conn| stations::find(conn, station)).await?;
        let facts = facts.filter(|facts| asking.sees_station(facts)).ok_or_else(no_station)?;
        day_checked(&facts.zone, draft.day, now)?;
        let made = self.day_bill_make(station, draft.day).await?;
        self.store
            .write(None, move |tx| {
                let detail = json!({"day": draft.day, "made": made});
                actor.record(tx, now, "day_bill_start", "station", draft.station_id, &detail)
            })
            .await?;
        Ok(made)
    }
}

fn due(conn: &mut Conn, now: Timestamp) -> DbResult<BTreeSet<(StationId, i64)>> {
    let today = Zone::shanghai().local(now).day;
    let mut due: BTreeSet<_> = day_bills::days_due(conn, today, MOST)?.into_iter().collect();
    let mut zones = Zones::new();
    for (station, at_ms) in day_bills::refunded_since(conn, now.as_ms() - SINCE_MS)? {
        due.extend(local_day(conn, &mut zones, station, at_ms)?.map(|day| (station, day)));
    }
    Ok(due)
}

/// What a bill says that its orders do not. One that is to be made anew is no fault.
pub(crate) fn verify(conn: &mut Conn) -> DbResult<Vec<String>> {
    let (mut found, mut after) = (Vec::new(), 0);
    let mut zones: HashMap<StationId, Zone> = HashMap::new();
    loop {
        let page = day_bills::kept_after(conn, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.id;
        for bill in page {
            if let std::collections::hash_map::Entry::Vacant(place) = zones.entry(bill.station) {
                place.insert(stations::facts(conn, bill.station)?.zone);
            }
            let span = zones.get(&bill.station).and_then(|zone| bounds(zone, bill.day));
            let Some((from, to)) = span.filter(|_| !bill.stale) else { continue };
            let sums = day_bills::day_sums(conn, bill.station, (from.as_ms(), to.as_ms()))?;
            let now = sums.get(&bill.operator).copied().unwrap_or_default();
            if !bill.sums.is_whole() || !same(&now, &bill.sums) {
                let (day, station) = (bill.day, bill.station.0);
                found.push(format!(
                    "the bill of {day} of station {station} says {} orders and {} fen, its orders {} and {} fen",
                    bill.sums.order_count, bill.sums.total_fen, now.order_count, now.total_fen
                ));
            }
        }
    }
}

/// A refund of the last hours is told in the night.
fn same(now: &DaySums, kept: &DaySums) -> bool {
    let (refund_count, refunded_fen) = (kept.refund_count, kept.refunded_fen);
    DaySums { refund_count, refunded_fen, ..*now } == *kept
}
