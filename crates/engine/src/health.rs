//! 设备健康 and 电量异常: what the last days of all piles say, found every night.

use crate::Engine;
use crate::reconciliation::bounds;
use model::Result;
use model::health::{MeterOddityKind, scored};
use model::report::day_after;
use model::time::{Timestamp, Zone};
use std::collections::{BTreeMap, HashMap};
use store::pile_healths::{self, Health, JudgedPile, NewOddity, Session};
use store::{Change, Conn, DbResult, Tx};

/// So many days are looked at.
const DAYS: i64 = 30;
/// Piles in one step; between two the writer belongs to the piles.
const AT_ONCE: usize = 500;

/// A register may differ from its bill by 0.1 kWh, or by 2 % of it.
const BILL_DWH: i64 = 1_000;
const BILL_PERMILLE: i64 = 20;
/// One reading may be wrong; three are no accident.
const BILL_CASES: i64 = 3;
/// Sessions that are too short or too small say nothing about power.
const POWER_MS: i64 = 300_000;
const POWER_DWH: i64 = 10_000;
const POWER_CASES: i64 = 10;
/// A mean of fewer piles is no measure.
const PEERS: usize = 3;
const POWER_PERCENT: i64 = 60;
/// The last week against the four before it, per day.
const RECENT_DAYS: i64 = 7;
const USUAL_DAYS: i64 = 28;
const DROP_PERCENT: i64 = 30;
/// Who sells less than 10 kWh a day may sell nothing for a week.
const DROP_DWH: i64 = 100_000;

/// What of a pile's sessions counts.
#[derive(Clone, Debug, Default)]
struct Seen {
    starts: i64,
    failed: i64,
    early: i64,
    differing: i64,
    register_dwh: i64,
    billed_dwh: i64,
    /// By how much the clearest differs, and which it is.
    worst: Option<(i64, i64)>,
    sessions: i64,
    energy_dwh: i64,
    charge_ms: i64,
}

impl Seen {
    fn add(&mut self, one: &Session, by_vehicle: fn(&str) -> bool) {
        self.starts += 1;
        let vehicle = one.stop_code.as_deref().is_some_and(by_vehicle);
        let class = one.stop_class.as_deref();
        if one.state == "failed" || class == Some("start_failed") {
            self.failed += i64::from(!vehicle);
            return;
        }
        // An emergency stop is pressed by people.
        self.early += i64::from(!vehicle && matches!(class, Some("fault" | "safety")));
        if one.state != "completed" {
            return;
        }
        if let Some(register) = one.register_dwh {
            let off = (register - one.energy_dwh).abs();
            if off > BILL_DWH.max(one.energy_dwh * BILL_PERMILLE / 1_000) {
                self.differing += 1;
                self.register_dwh += register;
                self.billed_dwh += one.energy_dwh;
                self.worst = self.worst.max(Some((off, one.order)));
            }
        }
        if one.charge_ms >= POWER_MS && one.energy_dwh >= POWER_DWH {
            self.sessions += 1;
            self.energy_dwh += one.energy_dwh;
            self.charge_ms += one.charge_ms;
        }
    }

    /// 0.1 Wh over milliseconds as watts.
    fn power_w(&self) -> Option<i64> {
        (self.sessions >= POWER_CASES)
            .then(|| self.energy_dwh.saturating_mul(360_000) / self.charge_ms.max(1))
    }
}

fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// Everything that is known of the last days.
struct Past {
    piles: Vec<JudgedPile>,
    seen: HashMap<i64, Seen>,
    recent: HashMap<i64, i64>,
    usual: HashMap<i64, i64>,
}

fn past(conn: &mut Conn, today: i64, by_vehicle: fn(&str) -> bool) -> DbResult<Past> {
    let from_day = day_after(today, -DAYS);
    let from_ms = bounds(&Zone::shanghai(), from_day).map_or(0, |(from, _)| from.as_ms());
    let piles = pile_healths::judged(conn, from_day, from_ms)?;
    let mut seen: HashMap<i64, Seen> = HashMap::new();
    pile_healths::sessions(conn, from_ms, |one| seen.entry(one.pile).or_default().add(&one, by_vehicle))?;
    let recent_from = day_after(today, -RECENT_DAYS);
    let recent = pile_healths::sold(conn, recent_from, today)?;
    let usual = pile_healths::sold(conn, day_after(recent_from, -USUAL_DAYS), recent_from)?;
    Ok(Past { piles, seen, recent, usual })
}

impl Past {
    /// What is usual for the piles of each model, where there are enough of them.
    fn powers(&self) -> HashMap<&str, i64> {
        let mut all: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        for pile in self.piles.iter().filter(|pile| !pile.model.is_empty()) {
            let power = self.seen.get(&pile.pile).and_then(Seen::power_w);
            all.entry(&pile.model).or_default().extend(power);
        }
        let enough = all.into_iter().filter(|(_, powers)| powers.len() >= PEERS);
        enough.filter_map(|(model, powers)| Some((model, median(powers)?))).collect()
    }

    fn oddities(&self) -> Vec<NewOddity> {
        let powers = self.powers();
        let mut all = Vec::new();
        for pile in &self.piles {
            let mut add = |kind, found, usual, cases, order| {
                let (station, operator) = (pile.station, pile.operator);
                all.push(NewOddity { pile: pile.pile, station, operator, kind, found, usual, cases, order });
            };
            if let Some(seen) = self.seen.get(&pile.pile) {
                if seen.differing >= BILL_CASES {
                    let order = seen.worst.map(|(_, order)| order);
                    add(MeterOddityKind::Bill, seen.register_dwh, seen.billed_dwh, seen.differing, order);
                }
                let peers = powers.get(pile.model.as_str()).copied();
                if let (Some(power), Some(peers)) = (seen.power_w(), peers)
                    && power * 100 < peers * POWER_PERCENT
                {
                    add(MeterOddityKind::Power, power, peers, seen.sessions, None);
                }
            }
            let recent = self.recent.get(&pile.pile).copied().unwrap_or(0) / RECENT_DAYS;
            let usual = self.usual.get(&pile.pile).copied().unwrap_or(0) / USUAL_DAYS;
            // A pile that is off line is told of as such.
            let there = pile.facts.online_s * 2 >= pile.facts.service_s && pile.facts.service_s > 0;
            if there && usual >= DROP_DWH && recent * 100 < usual * DROP_PERCENT {
                add(MeterOddityKind::Drop, recent, usual, RECENT_DAYS, None);
            }
        }
        all
    }

    fn healths(self) -> Vec<Health> {
        let judge = |mut pile: JudgedPile| {
            if let Some(seen) = self.seen.get(&pile.pile) {
                pile.facts.starts = seen.starts;
                pile.facts.failed_starts = seen.failed;
                pile.facts.early_ends = seen.early;
            }
            let (score, reasons) = scored(&pile.facts);
            Health { pile, score, reasons }
        };
        self.piles.into_iter().map(judge).collect()
    }
}

impl Engine {
    /// Judges all piles in service. `by_vehicle`: whether a stop code says that the car or its driver has ended it. How many have points off.
    pub async fn pile_healths_make(&self, now: Timestamp, by_vehicle: fn(&str) -> bool) -> Result<usize> {
        let today = Zone::shanghai().local(now).day;
        let from_day = day_after(today, -DAYS);
        let past = self.store.read(move |conn| past(conn, today, by_vehicle)).await?;
        let odd = past.oddities();
        let mut healths = past.healths();
        let count = healths.iter().filter(|one| one.score < 100).count();
        while !healths.is_empty() {
            let some: Vec<_> = healths.drain(..healths.len().min(AT_ONCE)).collect();
            let save = move |tx: &mut Tx<'_>| {
                some.iter().try_for_each(|one| pile_healths::health_save(tx, one, from_day, now))
            };
            self.store.write(None, save).await?;
        }
        let rest = move |tx: &mut Tx<'_>| {
            odd.iter().try_for_each(|one| pile_healths::oddity_save(tx, one, from_day, now))?;
            pile_healths::older_delete(tx, now)?;
            tx.changed(Change::Noun("pile_health"));
            Ok(())
        };
        self.store.write(None, rest).await?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(state: &str, class: &str, code: &str) -> Session {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Session {
            order: 1,
            pile: 1,
            state: state.to_owned(),
            stop_class: some(class),
            stop_code: some(code),
            charge_ms: 3_600_000,
            energy_dwh: 200_000,
            register_dwh: Some(200_000),
        }
    }

    #[test]
    fn what_a_car_has_ended_is_not_held_against_the_pile() {
        let by_vehicle: fn(&str) -> bool = |code| code == "car";
        for (state, class, code, failed, early) in [
            ("completed", "normal", "", 0, 0),
            ("completed", "fault", "pile", 0, 1),
            ("completed", "safety", "", 0, 1),
            ("completed", "fault", "car", 0, 0),
            ("completed", "emergency", "pile", 0, 0),
            ("abnormal", "fault", "pile", 0, 1),
            ("failed", "", "", 1, 0),
            ("failed", "start_failed", "car", 0, 0),
            ("completed", "start_failed", "pile", 1, 0),
        ] {
            let mut seen = Seen::default();
            seen.add(&session(state, class, code), by_vehicle);
            assert_eq!((seen.starts, seen.failed, seen.early), (1, failed, early), "{state} {class} {code}");
        }
    }

    #[test]
    fn a_register_that_differs_from_its_bills_is_counted_from_its_tolerance_on() {
        let none: fn(&str) -> bool = |_| false;
        for (register, differs) in [(204_000, 0), (204_001, 1), (196_000, 0), (195_999, 1)] {
            let mut seen = Seen::default();
            seen.add(&Session { register_dwh: Some(register), ..session("completed", "normal", "") }, none);
            assert_eq!(seen.differing, differs, "{register}");
        }
        let mut seen = Seen::default();
        for _ in 0..10 {
            assert_eq!(seen.power_w(), None);
            seen.add(&session("completed", "normal", ""), none);
        }
        assert_eq!(seen.power_w(), Some(20_000), "20 kWh an hour");
    }
}
