//! 分析汇总: keeping the sums that reports are made of what their orders are.

mod plan;
mod time;

pub use plan::{ReportPlanDraft, no_report_plan, recipients};

use crate::reconciliation::bounds;
use crate::{Engine, Rules};
use model::Result;
use model::id::StationId;
use model::time::{DAY_MS, HOUR_MS, Timestamp, Zone};
use std::collections::{BTreeMap, HashMap};
use store::report_sums::{self, ReportDay, ReportOf, Stale, StationReport, SuccessRule};
use store::{Conn, DbResult, Tx, stations};

/// What is made anew in one run; what is left waits for the next, the oldest days longest.
const MOST: i64 = 20_000;
/// In one step; between two the writer belongs to the piles.
const AT_ONCE: usize = 25;
/// Postings may be written a little later than they say.
const MONEY_AGAIN_MS: i64 = HOUR_MS / 6;
/// A platform that has never looked looks so far back.
const MONEY_FIRST_MS: i64 = 400 * DAY_MS;

/// What counts as a success, as the parameters say.
pub fn success_rule(rules: &Rules) -> SuccessRule {
    SuccessRule { energy_dwh: rules.success_dwh, charge_ms: rules.success_ms }
}

/// Days that are made together: of one day, in one zone.
type Batches = BTreeMap<(i64, String), (ReportDay, Vec<Stale>)>;

/// Stations that are gone, and days that cannot be, have no zone: their marks are taken away.
fn batches(conn: &mut Conn) -> DbResult<(Batches, Vec<Stale>)> {
    let (mut all, mut lost) = (Batches::new(), Vec::new());
    let mut zones: HashMap<StationId, Option<Zone>> = HashMap::new();
    for one in report_sums::stale(conn, MOST)? {
        if let std::collections::hash_map::Entry::Vacant(place) = zones.entry(one.station) {
            place.insert(stations::find(conn, one.station)?.map(|facts| facts.zone));
        }
        let zone = zones.get(&one.station).and_then(Option::as_ref);
        let Some((zone, (from, to))) = zone.and_then(|zone| bounds(zone, one.day).map(|span| (zone, span)))
        else {
            lost.push(one);
            continue;
        };
        let of = ReportDay { day: one.day, zone: zone.clone(), from_ms: from.as_ms(), to_ms: to.as_ms() };
        all.entry((-one.day, zone.name().to_owned())).or_insert_with(|| (of, Vec::new())).1.push(one);
    }
    Ok((all, lost))
}

impl Engine {
    /// Makes anew what has changed: the latest days first. How many days of stations were made.
    pub async fn reports_make(&self, now: Timestamp) -> Result<usize> {
        self.reports_mark(now).await?;
        let rule = success_rule(&self.rules());
        let (batches, lost) = self.store.read(batches).await?;
        let mut count = 0;
        self.reports_save(lost.into_iter().map(|of| (of, StationReport::default())).collect()).await?;
        for (day, stale) in batches.into_values() {
            let read = move |conn: &mut Conn| report_sums::made(conn, ReportOf::Stale, &day, rule);
            let mut made = self.store.read(read).await?;
            let all: Vec<(Stale, StationReport)> = stale
                .into_iter()
                .map(|of| {
                    let report = made.remove(&of.station).unwrap_or_default();
                    (of, report)
                })
                .collect();
            count += all.len();
            self.reports_save(all).await?;
        }
        Ok(count)
    }

    async fn reports_save(&self, mut all: Vec<(Stale, StationReport)>) -> Result<()> {
        while !all.is_empty() {
            let some: Vec<_> = all.drain(..all.len().min(AT_ONCE)).collect();
            let save = move |tx: &mut Tx<'_>| {
                some.iter().try_for_each(|(of, report)| report_sums::save(tx, of, report))
            };
            self.store.write(None, save).await?;
        }
        Ok(())
    }

    /// Marks what no order has marked: days on which money moved, and everything when the rule of success is another.
    async fn reports_mark(&self, now: Timestamp) -> Result<()> {
        let rule = success_rule(&self.rules());
        if self.store.read(report_sums::made_by).await? != Some(rule) {
            let mark = move |tx: &mut Tx<'_>| {
                report_sums::touch_all(tx)?;
                report_sums::made_by_set(tx, rule)
            };
            self.store.write(None, mark).await?;
        }
        let money = move |conn: &mut Conn| {
            let seen = report_sums::money_seen(conn)?;
            let since = seen.map_or(now.as_ms() - MONEY_FIRST_MS, |at| at - MONEY_AGAIN_MS);
            let mut zones = HashMap::new();
            let mut days = std::collections::BTreeSet::new();
            for (station, operator, at_ms) in report_sums::money_since(conn, since)? {
                let day = crate::reconciliation::local_day(conn, &mut zones, station, at_ms)?;
                days.extend(day.map(|day| (day, station, operator)));
            }
            Ok(days)
        };
        let days = self.store.read(money).await?;
        let mark = move |tx: &mut Tx<'_>| {
            days.iter()
                .try_for_each(|(day, station, operator)| report_sums::touch(tx, *day, *station, *operator))?;
            report_sums::money_seen_set(tx, now.as_ms())
        };
        self.store.write(None, mark).await
    }
}

/// Sums for reports that are not those of their orders. What is to be made anew is no fault.
pub(crate) fn verify(conn: &mut Conn) -> DbResult<Vec<String>> {
    let mut found: Vec<String> = report_sums::days_apart(conn)?
        .into_iter()
        .map(|day| format!("the report's sums of {day} differ from those of its hours"))
        .collect();
    let Some(rule) = report_sums::made_by(conn)? else { return Ok(found) };
    let mut zones: HashMap<StationId, Option<Zone>> = HashMap::new();
    // Money that has moved since the last run is told by the next one.
    let mut moving = std::collections::HashSet::new();
    let seen = report_sums::money_seen(conn)?.unwrap_or(0) - MONEY_AGAIN_MS;
    for (station, _, at_ms) in report_sums::money_since(conn, seen)? {
        let day = crate::reconciliation::local_day(conn, &mut zones, station, at_ms)?;
        moving.extend(day.map(|day| (station, day)));
    }
    for day in report_sums::days(conn)? {
        let kept = report_sums::kept(conn, day)?;
        let mut made: HashMap<String, HashMap<StationId, StationReport>> = HashMap::new();
        for (station, kept) in kept.into_iter().filter(|(station, _)| !moving.contains(&(*station, day))) {
            if let std::collections::hash_map::Entry::Vacant(place) = zones.entry(station) {
                place.insert(stations::find(conn, station)?.map(|facts| facts.zone));
            }
            let Some(zone) = zones.get(&station).and_then(Option::as_ref) else { continue };
            let Some((from, to)) = bounds(zone, day) else { continue };
            if !made.contains_key(zone.name()) {
                let of = ReportDay { day, zone: zone.clone(), from_ms: from.as_ms(), to_ms: to.as_ms() };
                made.insert(zone.name().to_owned(), report_sums::made(conn, ReportOf::All, &of, rule)?);
            }
            let now = made.get_mut(zone.name()).and_then(|all| all.remove(&station)).unwrap_or_default();
            if now != kept {
                found.push(format!(
                    "the report's sums of station {} on {day} differ from its orders",
                    station.0
                ));
            }
        }
    }
    Ok(found)
}
