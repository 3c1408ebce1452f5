//! What no table of sums has for a report: orders that were not completed, customers, work orders. Each row is looked at, on its
//! station's clock.

use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use crate::report_read::{Gathered, Key, MODEL, Reading};
use crate::report_sums::{BUYER, SuccessRule};
use model::order::StartMode;
use model::report::{BuyerKind, Part, ReportGroup};
use model::time::{Timestamp, Zone};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A row that is looked at by itself: when and where something was.
struct Single {
    at_ms: i64,
    city: String,
    operator: i64,
    station: i64,
    pile: i64,
    model: String,
    pile_kind: String,
    buyer: String,
    start_mode: String,
}

/// Columns of an order `o` of the station `s`, the pile `q` and the payment `p`.
fn single_sql(at: &str) -> String {
    format!(
        "{at}, s.time_zone, s.city_code, o.operator_id, o.station_id, o.pile_id, {MODEL}, COALESCE(q.kind, ''), \
         {BUYER}, o.start_mode"
    )
}

const SINGLE_FROM: &str = "orders o JOIN station s ON s.id = o.station_id LEFT JOIN pile q ON q.id = o.pile_id \
    LEFT JOIN order_payment p ON p.order_id = o.id";
/// How many columns that are.
const SINGLES: usize = 10;

impl Single {
    fn read(row: &Row<'_>) -> DbResult<Single> {
        Ok(Single {
            at_ms: row.int(0)?,
            city: row.text(2)?,
            operator: row.int(3)?,
            station: row.int(4)?,
            pile: row.int(5)?,
            model: row.text(6)?,
            pile_kind: row.text(7)?,
            buyer: row.text(8)?,
            start_mode: row.text(9)?,
        })
    }

    /// The key on its station's clock; none: it is of another day.
    fn key(&self, reading: &Reading<'_>, zone: &Zone) -> Option<Key> {
        let local = zone.local(Timestamp::from_ms(self.at_ms));
        if !(reading.range.from_day..=reading.range.to_day).contains(&local.day) {
            return None;
        }
        let part = |group: &ReportGroup| match group {
            ReportGroup::City => self.city.clone(),
            ReportGroup::Operator => self.operator.to_string(),
            ReportGroup::Station => self.station.to_string(),
            ReportGroup::Pile => self.pile.to_string(),
            ReportGroup::Model => self.model.clone(),
            ReportGroup::PileKind => self.pile_kind.clone(),
            ReportGroup::Buyer => self.buyer.clone(),
            ReportGroup::StartMode => self.start_mode.clone(),
            ReportGroup::Period => String::new(),
            time => time.grain().map_or(0, |grain| grain.bucket(local.day, local.hour)).to_string(),
        };
        Some(reading.wanted.groups.iter().map(part).collect())
    }
}

/// Zones by name; a name that is none counts as the platform's.
#[derive(Default)]
struct Zones(HashMap<String, Zone>);

impl Zones {
    fn find(&mut self, name: &str) -> &Zone {
        self.0.entry(name.to_owned()).or_insert_with(|| Zone::parse(name).unwrap_or_else(Zone::shanghai))
    }
}

impl Reading<'_> {
    fn orders(&self, filter: &mut Filter) {
        self.wanted.places(filter, "o", self.scope);
        self.wanted.piles(filter, "o");
        filter.and_some(&format!("{BUYER} = ?"), self.wanted.buyer.map(BuyerKind::as_str));
        filter.and_some("o.start_mode = ?", self.wanted.start_mode.map(StartMode::as_str));
    }

    /// Orders that failed or are held: few, and found by the index of the few.
    pub(crate) fn tries(&self, conn: &mut Conn, all: &mut Gathered, rule: SuccessRule) -> DbResult<()> {
        let (from_ms, to_ms) = self.moments();
        let mut zones = Zones::default();
        let mut filter = Filter::new();
        filter.and("o.state <> 'completed' AND o.state IN ('failed', 'abnormal')");
        filter.and_value("o.started_at_ms >= ?", from_ms);
        filter.and_value("o.started_at_ms < ?", to_ms);
        self.orders(&mut filter);
        let sql = format!(
            "SELECT {}, o.state, o.energy_dwh, o.ended_at_ms FROM {SINGLE_FROM} {}",
            single_sql("o.started_at_ms"),
            filter.sql()
        );
        conn.query(&sql, &filter.values, |row| {
            let single = Single::read(row)?;
            let Some(key) = single.key(self, zones.find(&row.text(1)?)) else { return Ok(()) };
            if row.text(SINGLES)? == "failed" {
                all.add(key, Part::Failed, 1);
                return Ok(());
            }
            let charge_ms = row.int_opt(SINGLES + 2)?.map_or(0, |ended| (ended - single.at_ms).max(0));
            all.add(key.clone(), Part::Held, 1);
            all.add(key, Part::HeldSuccess, i64::from(rule.holds(row.int(SINGLES + 1)?, charge_ms)));
            Ok(())
        })
        .map(drop)
    }

    /// Who has charged, and who more than once, under each key and in all.
    pub(crate) fn people(&self, conn: &mut Conn, all: &mut Gathered) -> DbResult<()> {
        let (from_ms, to_ms) = self.moments();
        let mut zones = Zones::default();
        let mut filter = Filter::new();
        filter.and_value("o.ended_at_ms >= ?", from_ms);
        filter.and_value("o.ended_at_ms < ?", to_ms);
        filter.and("o.state = 'completed' AND o.customer_id IS NOT NULL");
        self.orders(&mut filter);
        let sql = format!(
            "SELECT {}, o.customer_id FROM {SINGLE_FROM} {}",
            single_sql("o.ended_at_ms"),
            filter.sql()
        );
        let (mut once, mut again) = (HashSet::new(), BTreeSet::new());
        let (mut ever, mut more) = (HashSet::new(), HashSet::new());
        conn.query(&sql, &filter.values, |row| {
            let Some(key) = Single::read(row)?.key(self, zones.find(&row.text(1)?)) else { return Ok(()) };
            let customer = row.int(SINGLES)?;
            if !ever.insert(customer) {
                more.insert(customer);
            }
            if !once.insert((key.clone(), customer)) {
                again.insert((key, customer));
            }
            Ok(())
        })?;
        for (key, _) in once {
            all.rows.entry(key).or_default().add(Part::Customers, 1);
        }
        for (key, _) in again {
            all.rows.entry(key).or_default().add(Part::CustomersAgain, 1);
        }
        let count = |of: &HashSet<i64>| i64::try_from(of.len()).unwrap_or(i64::MAX);
        all.total.add(Part::Customers, count(&ever));
        all.total.add(Part::CustomersAgain, count(&more));
        Ok(())
    }

    /// Faults as their alarms tell of them; one that has not held long enough to be told is none.
    pub(crate) fn faults(&self, conn: &mut Conn, all: &mut Gathered) -> DbResult<()> {
        let (from_ms, to_ms) = self.moments();
        let mut zones = Zones::default();
        let mut filter = Filter::new();
        filter.and("a.source = 'fault' AND a.state <> 'pending'");
        filter.and_value("a.first_at_ms >= ?", from_ms);
        filter.and_value("a.first_at_ms < ?", to_ms);
        self.wanted.places(&mut filter, "a", self.scope);
        self.wanted.piles(&mut filter, "a");
        let sql = format!(
            "SELECT a.first_at_ms, s.time_zone, s.city_code, a.operator_id, a.station_id, COALESCE(a.pile_id, 0), \
             {MODEL}, COALESCE(q.kind, ''), '', '', a.repeat_of FROM alarm a JOIN station s ON s.id = a.station_id \
             LEFT JOIN pile q ON q.id = a.pile_id {}",
            filter.sql()
        );
        conn.query(&sql, &filter.values, |row| {
            let Some(key) = Single::read(row)?.key(self, zones.find(&row.text(1)?)) else { return Ok(()) };
            all.add(key.clone(), Part::FaultCount, 1);
            all.add(key, Part::RepeatCount, i64::from(row.int_opt(SINGLES)?.is_some()));
            Ok(())
        })
        .map(drop)
    }

    pub(crate) fn work(&self, conn: &mut Conn, all: &mut Gathered) -> DbResult<()> {
        let (from_ms, to_ms) = self.moments();
        let mut zones = Zones::default();
        let mut filter = Filter::new();
        self.wanted.places(&mut filter, "w", self.scope);
        let (from, to) = (filter.bind(from_ms), filter.bind(to_ms));
        filter.and(&format!(
            "((w.done_at_ms >= {from} AND w.done_at_ms < {to}) OR (w.accepted_at_ms >= {from} AND w.accepted_at_ms < {to}))"
        ));
        let sql = format!(
            "SELECT w.created_at_ms, s.time_zone, s.city_code, w.operator_id, w.station_id, w.accepted_at_ms, \
             w.done_at_ms, w.finish_due_ms FROM work_order w JOIN station s ON s.id = w.station_id {}",
            filter.sql()
        );
        let none = String::new;
        conn.query(&sql, &filter.values, |row| {
            let (created, zone) = (row.int(0)?, zones.find(&row.text(1)?).clone());
            let mut single = Single {
                at_ms: created,
                city: row.text(2)?,
                operator: row.int(3)?,
                station: row.int(4)?,
                pile: 0,
                model: none(),
                pile_kind: none(),
                buyer: none(),
                start_mode: none(),
            };
            for (at, done) in [(row.int_opt(5)?, false), (row.int_opt(6)?, true)] {
                let Some(at_ms) = at else { continue };
                single.at_ms = at_ms;
                let Some(key) = single.key(self, &zone) else { continue };
                let took = (at_ms - created).max(0);
                if done {
                    all.add(key.clone(), Part::RepairCount, 1);
                    all.add(key.clone(), Part::RepairMs, took);
                    all.add(key, Part::InTimeCount, i64::from(at_ms <= row.int(7)?));
                } else {
                    all.add(key.clone(), Part::AcceptCount, 1);
                    all.add(key, Part::AcceptMs, took);
                }
            }
            Ok(())
        })
        .map(drop)
    }
}
