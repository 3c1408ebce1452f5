//! 设备时长: what piles were on each day, from their links and the alarms of their faults.

use crate::Engine;
use crate::reconciliation::bounds;
use model::Result;
use model::id::PileId;
use model::report::day_after;
use model::time::{HOUR_MS, SECOND_MS, Timestamp, Zone};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::pile_times::{self, PileTime, TimedPile};
use store::{Conn, DbResult, Tx};

/// A platform that never looked looks so many days back.
const FIRST_DAYS: i64 = 31;
/// Stations in one step; between two the writer belongs to the piles.
const AT_ONCE: usize = 40;

type Span = (i64, i64);

/// Spans put together where they touch, and cut to a frame.
fn united(spans: &[Span], (from, to): Span) -> Vec<Span> {
    let mut spans: Vec<Span> =
        spans.iter().map(|(a, b)| ((*a).max(from), (*b).min(to))).filter(|(a, b)| a < b).collect();
    spans.sort_unstable();
    let mut all: Vec<Span> = Vec::new();
    for (from, to) in spans {
        match all.last_mut().filter(|last| from <= last.1) {
            Some(last) => last.1 = last.1.max(to),
            None => all.push((from, to)),
        }
    }
    all
}

fn length(spans: &[Span]) -> i64 {
    spans.iter().map(|(from, to)| to - from).sum()
}

/// What of the first lies in none of the second; both are united.
fn without(spans: &[Span], holes: &[Span]) -> i64 {
    let inside: i64 = spans
        .iter()
        .flat_map(|one| holes.iter().map(move |hole| (one.1.min(hole.1) - one.0.max(hole.0)).max(0)))
        .sum();
    length(spans) - inside
}

/// What is known of the links and faults of piles in a time.
#[derive(Default)]
struct Past {
    links: HashMap<PileId, Vec<Span>>,
    faults: HashMap<PileId, Vec<Span>>,
}

fn of_day(pile: &TimedPile, day: i64, (from, to): Span, past: &Past) -> Option<PileTime> {
    let frame = (from.max(pile.since_ms), to);
    if frame.0 >= frame.1 {
        return None;
    }
    let none = Vec::new();
    let ended = past.links.get(&pile.pile).unwrap_or(&none);
    let mut links = ended.clone();
    links.extend(pile.online_ms.map(|since| (since, to)));
    let online = united(&links, frame);
    let faults = united(past.faults.get(&pile.pile).unwrap_or(&none), frame);
    let service_s = (frame.1 - frame.0) / SECOND_MS;
    Some(PileTime {
        day,
        pile: pile.pile,
        station: pile.station,
        operator: pile.operator,
        service_s,
        online_s: length(&online) / SECOND_MS,
        fault_s: length(&faults) / SECOND_MS,
        available_s: without(&online, &faults) / SECOND_MS,
        connector_s: service_s * pile.connectors,
        rated_ws: service_s.saturating_mul(pile.rated_w),
        offline_count: i64::try_from(ended.iter().filter(|(_, end)| (from..to).contains(end)).count())
            .unwrap_or(i64::MAX),
    })
}

/// A day of all piles, and whether it is over everywhere.
fn of_all(
    conn: &mut Conn,
    day: i64,
    now: Timestamp,
) -> DbResult<(BTreeMap<model::id::StationId, Vec<PileTime>>, bool)> {
    let piles = pile_times::timed(conn)?;
    let mut spans: HashMap<String, Option<Span>> = HashMap::new();
    for name in piles.iter().map(|pile| &pile.zone).collect::<BTreeSet<_>>() {
        let zone = Zone::parse(name).unwrap_or_else(Zone::shanghai);
        let span = bounds(&zone, day).map(|(from, to)| (from.as_ms(), to.as_ms()));
        spans.insert(name.clone(), span);
    }
    let over = spans.values().flatten().all(|(_, to)| to + HOUR_MS <= now.as_ms());
    let from = spans.values().flatten().map(|span| span.0).min().unwrap_or(now.as_ms());
    let to = spans.values().flatten().map(|span| span.1).max().unwrap_or(now.as_ms());
    let mut past = Past::default();
    for (pile, from, to) in pile_times::links(conn, from, to)? {
        past.links.entry(pile).or_default().push((from, to));
    }
    for (pile, from, to) in pile_times::faults(conn, from, to)? {
        past.faults.entry(pile).or_default().push((from, to.unwrap_or(now.as_ms())));
    }
    let mut all: BTreeMap<_, Vec<PileTime>> = BTreeMap::new();
    for pile in &piles {
        let Some((from, to)) = spans.get(&pile.zone).copied().flatten() else { continue };
        let known = of_day(pile, day, (from, to.min(now.as_ms())), &past);
        all.entry(pile.station).or_default().extend(known);
    }
    Ok((all, over))
}

impl Engine {
    /// Sums up the running day so far and every day before it that was not summed up when it was over. How many days of stations.
    pub async fn pile_times_make(&self, now: Timestamp) -> Result<usize> {
        let today = Zone::shanghai().local(now).day;
        let until = self.store.read(pile_times::until).await?;
        let first = until.map_or(day_after(today, -FIRST_DAYS), |until| day_after(until, 1));
        let (mut day, mut count, mut whole) = (first.max(day_after(today, -FIRST_DAYS)), 0, true);
        while day <= today {
            let at = day;
            let (stations, over) = self.store.read(move |conn| of_all(conn, at, now)).await?;
            count += stations.len();
            let mut stations: Vec<_> = stations.into_iter().collect();
            while !stations.is_empty() {
                let some: Vec<_> = stations.drain(..stations.len().min(AT_ONCE)).collect();
                let save = move |tx: &mut Tx<'_>| {
                    some.iter().try_for_each(|(station, piles)| pile_times::save(tx, at, *station, piles))
                };
                self.store.write(None, save).await?;
            }
            whole &= over;
            if whole {
                self.store.write(None, move |tx| pile_times::until_set(tx, at)).await?;
            }
            day = day_after(day, 1);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::{OperatorId, StationId};

    #[test]
    fn spans_are_united_and_cut() {
        for (spans, expected) in [
            (vec![], vec![]),
            (vec![(0, 5)], vec![]),
            (vec![(5, 15)], vec![(10, 15)]),
            (vec![(12, 14), (11, 13), (14, 16)], vec![(11, 16)]),
            (vec![(18, 99), (10, 11)], vec![(10, 11), (18, 20)]),
            (vec![(15, 15), (16, 15)], vec![]),
        ] {
            assert_eq!(united(&spans, (10, 20)), expected, "{spans:?}");
        }
        assert_eq!(without(&[(0, 10), (20, 30)], &[(5, 25)]), 10);
        assert_eq!(without(&[(0, 10)], &[]), 10);
        assert_eq!(without(&[(0, 10)], &[(0, 10)]), 0);
    }

    #[test]
    fn a_day_of_a_pile_is_what_its_links_and_faults_say() {
        let pile = TimedPile {
            pile: PileId(1),
            station: StationId(1),
            operator: OperatorId(1),
            zone: Zone::DEFAULT.to_owned(),
            rated_w: 120_000,
            connectors: 2,
            since_ms: 0,
            online_ms: Some(900_000),
        };
        let past = Past {
            links: [(PileId(1), vec![(-50_000, 100_000), (200_000, 400_000)])].into(),
            faults: [(PileId(1), vec![(300_000, 500_000), (350_000, 450_000)])].into(),
        };
        let day = of_day(&pile, 20_261_123, (0, 1_000_000), &past).unwrap();
        assert_eq!((day.service_s, day.online_s, day.fault_s, day.available_s), (1_000, 400, 200, 300));
        assert_eq!((day.connector_s, day.rated_ws, day.offline_count), (2_000, 120_000_000, 2));
        // In service from the middle of the day on; and not yet.
        let later = TimedPile { since_ms: 600_000, ..pile.clone() };
        let day = of_day(&later, 20_261_123, (0, 1_000_000), &past).unwrap();
        assert_eq!((day.service_s, day.online_s, day.offline_count), (400, 100, 2));
        let unborn = TimedPile { since_ms: 1_000_000, ..pile };
        assert_eq!(of_day(&unborn, 20_261_123, (0, 1_000_000), &past), None);
    }
}
