//! 桩账单对账: a local day of a station is compared once it is over, again when somebody asks for it, and
//! signed off by a person. What was signed off does not change: what comes later stands beside it as late.

pub mod counter;
mod handle;
mod meter;
pub mod peer;
mod rules;

pub use handle::{DifferenceChange, ReconciliationReopening, ReconciliationSign, no_difference};
pub use meter::{MeterChangeDraft, no_meter_change};

use crate::Engine;
use crate::audit::Actor;
use model::id::StationId;
use model::reconciliation::{
    Day, DifferenceKind, DifferenceState, Found, MeterSession, Meters, ReconciliationState, compare,
    continuity,
};
use model::site::StationFacts;
use model::time::{DAY_MS, HOUR_MS, Timestamp, Zone};
use model::{Error, Result};
use rules::{Kept, Step, steps};
use serde::Deserialize;
use serde_json::json;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::reconciliation_books::{self, STATION};
use store::reconciliations::{self, DaySides, ReconciliationRow, SideSums};
use store::{Conn, DbResult, Tx, meter_changes, stations};
use utoipa::ToSchema;

/// Days that nobody has signed off are compared again for so long.
const AGAIN_DAYS_MS: i64 = 7 * DAY_MS;
/// What came since the night before last may belong to any day.
const SINCE_MS: i64 = 2 * DAY_MS;

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationDraft {
    pub station_id: i64,
    /// A local day of the station that is over, 20261123.
    pub day: i64,
}

/// What a run has read and found, to be written.
struct Run {
    station: StationId,
    operator: i64,
    day: i64,
    sums: SideSums,
    found: Vec<Found>,
    /// The version of the day's row when it was compared; none: there was none.
    known: Option<i64>,
}

pub fn no_reconciliation() -> Error {
    Error::not_found(
        "reconciliation.not_found",
        "没有这一天的对账，或不在您的数据范围内",
        "There is no such day in your scope.",
    )
}

pub(crate) fn no_station() -> Error {
    Error::invalid(
        "station_id",
        "没有这个充电站，或不在您的数据范围内，请从列表中选择",
        "There is no such station in your scope; choose one of the list.",
    )
}

/// From and to of a local day. The night in which clocks are set has another length.
pub(crate) fn bounds(zone: &Zone, day: i64) -> Option<(Timestamp, Timestamp)> {
    let from = zone.day_start(day)?;
    let to = zone.day_start(zone.local(from.plus_ms(26 * HOUR_MS)).day)?;
    Some((from, to))
}

/// Days that do not exist, and days that are not over.
pub(crate) fn day_checked(zone: &Zone, day: i64, now: Timestamp) -> Result<(i64, i64)> {
    let found = bounds(zone, day).filter(|(_, to)| *to <= now);
    found.map(|(from, to)| (from.as_ms(), to.as_ms())).ok_or_else(|| {
        Error::invalid(
            "day",
            "请选择一个已经过完的日期（按充电站当地时间），当天的账次日才能核对",
            "Choose a day that is over by the station's clock; today is compared tomorrow.",
        )
    })
}

fn sums(sides: &DaySides, (from_ms, to_ms): (i64, i64)) -> SideSums {
    let within = |at: i64| (from_ms..to_ms).contains(&at);
    let mut sums = SideSums::default();
    for one in sides.records.iter().filter(|one| within(one.ended_at_ms)) {
        sums.record_count += 1;
        sums.record_energy_dwh += one.energy_dwh.unwrap_or(0);
        sums.record_amount_e4 += one.amount_e4.unwrap_or(0);
    }
    let over = sides.orders.iter().filter(|one| one.ended_at_ms.is_some_and(within));
    for one in over.filter(|one| !matches!(one.state, model::order::OrderState::Failed)) {
        sums.order_count += 1;
        sums.order_energy_dwh += one.energy_dwh;
        sums.order_total_fen += one.total_fen;
        sums.posted_count += i64::from(one.posted_fen.is_some());
        sums.posted_fen += one.posted_fen.unwrap_or(0);
    }
    sums
}

/// The sessions of each meter of the day, with the one before, and what does not meet.
fn meters(
    conn: &mut Conn,
    sides: &DaySides,
    (from_ms, to_ms): (i64, i64),
    left_out: &HashSet<i64>,
    tolerance_dwh: i64,
) -> DbResult<Vec<Found>> {
    let reported: HashSet<i64> = sides.records.iter().filter_map(|one| one.order_id).collect();
    let records = sides.records.iter().filter(|one| !left_out.contains(&one.id));
    let records = records.filter(|one| !one.repeated && !one.foreign).filter_map(reconciliations::metered);
    let orders = sides.orders.iter().filter(|one| !reported.contains(&one.id));
    let orders = orders.filter(|one| {
        matches!(one.state, model::order::OrderState::Completed | model::order::OrderState::Abnormal)
    });
    let mut of_meter: BTreeMap<(i64, i64), Vec<MeterSession>> = BTreeMap::new();
    for one in records.chain(orders.filter_map(reconciliations::unreported)) {
        if (from_ms..to_ms).contains(&one.record.ended_at_ms) && one.record.connector_no > 0 {
            of_meter.entry((one.record.pile_id, one.record.connector_no)).or_default().push(one);
        }
    }
    let mut found = Vec::new();
    for ((pile, connector), mut sessions) in of_meter {
        sessions.sort_by_key(|one| (one.record.ended_at_ms, one.record.started_at_ms, one.record.id));
        if let Some(before) = reconciliations::meter_before(conn, (pile, connector), from_ms)? {
            sessions.insert(0, before);
        }
        let changes = meter_changes::of_connector(conn, pile, connector)?;
        let changes: Vec<(i64, i64)> = changes.iter().map(|one| (one.id, one.at_ms)).collect();
        found.extend(continuity(&Meters {
            sessions: &sessions,
            changes: &changes,
            tolerance_dwh,
            from_ms,
            to_ms,
        }));
    }
    Ok(found)
}

/// Reads and compares, on a connection that cannot write.
fn run(
    conn: &mut Conn,
    facts: &StationFacts,
    (day, span): (i64, (i64, i64)),
    rules: &crate::Rules,
) -> DbResult<Option<Run>> {
    let known = reconciliations::of_day(conn, facts.id, day)?;
    let sides = reconciliations::day_read(conn, facts.id, span)?;
    if known.is_none() && sides.records.is_empty() && sides.orders.is_empty() {
        return Ok(None);
    }
    let mut found = compare(&Day {
        from_ms: span.0,
        to_ms: span.1,
        records: &sides.records,
        orders: &sides.orders,
        amount_tolerance_e4: rules.amount_tolerance_e4,
        energy_tolerance_dwh: rules.energy_tolerance_dwh,
        signed_at_ms: known.as_ref().and_then(|known| known.signed_at_ms),
    });
    let apart =
        |one: &&Found| matches!(one.kind, DifferenceKind::DoubleRecord | DifferenceKind::ForeignRecord);
    let left_out = found.iter().filter(apart).filter_map(|one| one.record_id).collect();
    found.extend(meters(conn, &sides, span, &left_out, rules.meter_tolerance_dwh)?);
    Ok(Some(Run {
        station: facts.id,
        operator: facts.operator.0,
        day,
        sums: sums(&sides, span),
        found,
        known: known.map(|known| known.version),
    }))
}

/// Puts what was found beside what is kept; nothing where the day has changed meanwhile.
fn keep(tx: &mut Tx<'_>, run: &Run, now: Timestamp) -> Result<Option<i64>> {
    let known = tx.read(|conn| reconciliations::of_day(conn, run.station, run.day))?;
    if known.as_ref().map(|known| known.version) != run.known {
        return Ok(None);
    }
    let signed = known.as_ref().filter(|known| known.state == ReconciliationState::Signed).cloned();
    let row = match signed {
        Some(row) => row,
        None => {
            let place = (run.station, run.operator, run.day);
            let id = reconciliations::save(tx, known.as_ref(), place, &run.sums, now)?;
            tx.read(|conn| reconciliations::find(conn, id))?.ok_or_else(Error::internal)?
        }
    };
    let is_signed = row.state == ReconciliationState::Signed;
    let kept = tx.read(|conn| reconciliations::differences_of(conn, row.id))?.into_iter();
    let kept = kept.map(|one| Kept {
        id: one.id,
        worth: (one.energy_dwh, one.amount_fen),
        state: one.state,
        key: one.key,
    });
    // Of a day that is signed off only what is late is told.
    let told: Vec<&Found> =
        run.found.iter().filter(|one| !is_signed || one.kind == DifferenceKind::LateRecord).collect();
    let keys: Vec<_> = told.iter().map(|one| (one.key.as_str(), (one.energy_dwh, one.amount_fen))).collect();
    for step in steps(kept.collect(), &keys, is_signed) {
        match step {
            Step::Insert { at } => insert(tx, &row, told[at], now)?,
            Step::Refresh { id, at, state } => reconciliations::difference_refresh(tx, id, told[at], state)?,
            Step::Gone { id } => reconciliation_books::difference_gone(tx, STATION, id)?,
        }
    }
    reconciliation_books::recount(tx, STATION, row.id)?;
    Ok(Some(row.id))
}

/// What staff have said of a meter explains the jump of its register.
fn insert(tx: &mut Tx<'_>, row: &ReconciliationRow, one: &Found, now: Timestamp) -> Result<()> {
    let change = match one.evidence.meter_change_id {
        Some(id) => tx.read(|conn| meter_changes::find(conn, id))?,
        None => None,
    };
    let (state, note) = match &change {
        Some(change) => (DifferenceState::Accepted, change.reason.as_str()),
        None => (DifferenceState::Open, ""),
    };
    reconciliations::difference_insert(tx, row, one, (state, note), now).map(drop)
}

impl Engine {
    async fn day_run(&self, station: StationId, day: i64) -> Result<Option<i64>> {
        let (rules, now) = (self.rules(), self.clock.now());
        let read = move |conn: &mut Conn| {
            let Some(facts) = stations::find(conn, station)? else { return Ok(None) };
            let Some((from, to)) = bounds(&facts.zone, day).filter(|(_, to)| *to <= now) else {
                return Ok(None);
            };
            run(conn, &facts, (day, (from.as_ms(), to.as_ms())), &rules)
        };
        let Some(run) = self.store.read(read).await? else { return Ok(None) };
        self.store.write(None, move |tx| keep(tx, &run, now)).await
    }

    /// Compares a day now, because somebody asks for it; the id of the day.
    pub async fn reconciliation_start(&self, actor: &Actor, draft: ReconciliationDraft) -> Result<i64> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let (station, asking) = (StationId(draft.station_id), actor.clone());
        let facts = self.store.read(move |conn| stations::find(conn, station)).await?;
        let facts = facts.filter(|facts| asking.sees_station(facts)).ok_or_else(no_station)?;
        day_checked(&facts.zone, draft.day, now)?;
        let id = self.day_run(station, draft.day).await?.ok_or_else(|| {
            Error::refused(
                "reconciliation.nothing",
                "这一天没有桩账单也没有订单，无需对账；若刚刚有人在核对同一天，请稍后重试",
                "There are neither records nor orders of this day. If somebody compares it just now, try again shortly.",
            )
        })?;
        self.store
            .write(None, move |tx| {
                let detail = json!({"station_id": draft.station_id, "day": draft.day});
                actor.record(tx, now, "reconciliation_start", "reconciliation", id, &detail)
            })
            .await?;
        Ok(id)
    }

    /// Every night: what is over since yesterday, what nobody has signed off, and what came late.
    pub async fn reconciliations_run(&self, now: Timestamp) -> Result<usize> {
        let days = self.store.read(move |conn| days_due(conn, now)).await?;
        let mut count = 0;
        for (station, day) in days {
            count += usize::from(self.day_run(station, day).await?.is_some());
        }
        Ok(count)
    }
}

/// The zones of stations that were asked for; none where there is no such station.
pub(crate) type Zones = HashMap<StationId, Option<Zone>>;

/// The local day of a station at a moment.
pub(crate) fn local_day(
    conn: &mut Conn,
    zones: &mut Zones,
    station: StationId,
    at_ms: i64,
) -> DbResult<Option<i64>> {
    if let Entry::Vacant(place) = zones.entry(station) {
        place.insert(stations::find(conn, station)?.map(|facts| facts.zone));
    }
    let zone = zones.get(&station).and_then(Option::as_ref);
    Ok(zone.map(|zone| zone.local(Timestamp::from_ms(at_ms)).day))
}

fn days_due(conn: &mut Conn, now: Timestamp) -> DbResult<BTreeSet<(StationId, i64)>> {
    let (mut zones, mut due) = (Zones::new(), BTreeSet::new());
    for (station, ended_at_ms) in reconciliations::touched_since(conn, now.as_ms() - SINCE_MS)? {
        due.extend(local_day(conn, &mut zones, station, ended_at_ms)?.map(|day| (station, day)));
    }
    let since = Zone::shanghai().local(now.plus_ms(-AGAIN_DAYS_MS)).day;
    due.extend(reconciliations::unsigned_since(conn, since)?);
    Ok(due)
}
