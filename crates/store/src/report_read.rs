//! What a report is made of: sums of each kind, gathered under the keys that it is grouped by.

use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use crate::report_sums::{PERIOD_COLUMNS, SuccessRule, sales};
use model::access::{Area, Scope};
use model::money::divide_rounded;
use model::order::StartMode;
use model::report::{BuyerKind, Family, Kpi, OF_PERIOD, Part, Parts, ReportGroup, ReportRange, day_after};
use model::site::PileKind;
use model::time::{DAY_MS, Timestamp, Zone};
use std::collections::BTreeMap;

/// What a report is asked for, but for its figures and its range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// None: one row for everything.
    pub groups: Vec<ReportGroup>,
    pub city: Option<String>,
    pub operator: Option<i64>,
    pub station: Option<i64>,
    pub pile: Option<i64>,
    /// Maker and model, as a report tells them.
    pub model: Option<String>,
    pub pile_kind: Option<PileKind>,
    pub buyer: Option<BuyerKind>,
    pub start_mode: Option<StartMode>,
}

/// Most days of which customers are counted: each order of them is looked at.
pub const PEOPLE_DAYS_MAX: i64 = 100;

impl ReportFilter {
    /// Everything that the parts must be told apart by.
    fn told_apart(&self, scope: &Scope) -> Vec<ReportGroup> {
        let mut all = self.groups.clone();
        for (group, asked) in [
            (ReportGroup::City, self.city.is_some() || matches!(scope.area, Area::Cities { .. })),
            (ReportGroup::Operator, self.operator.is_some() || scope.operator.is_some()),
            (ReportGroup::Station, self.station.is_some() || matches!(scope.area, Area::Stations { .. })),
            (ReportGroup::Pile, self.pile.is_some()),
            (ReportGroup::Model, self.model.is_some()),
            (ReportGroup::PileKind, self.pile_kind.is_some()),
            (ReportGroup::Buyer, self.buyer.is_some()),
            (ReportGroup::StartMode, self.start_mode.is_some()),
        ] {
            if asked {
                all.push(group);
            }
        }
        all
    }

    /// Whether a figure can be told so.
    pub fn knows(&self, kpi: &Kpi, scope: &Scope) -> bool {
        self.told_apart(scope).into_iter().all(|group| kpi.knows(group))
    }

    fn of_piles(&self) -> bool {
        use ReportGroup::{Model, Pile, PileKind};
        self.pile.is_some()
            || self.model.is_some()
            || self.pile_kind.is_some()
            || self.groups.iter().any(|group| matches!(group, Pile | Model | PileKind))
    }

    fn of_hours(&self) -> bool {
        use ReportGroup::{Buyer, Hour, StartMode};
        self.of_piles()
            || self.buyer.is_some()
            || self.start_mode.is_some()
            || self.groups.iter().any(|group| matches!(group, Hour | Buyer | StartMode))
    }

    /// Of places and piles; `r` is the row with both ids, `s` its station, `p` its pile where piles are asked for.
    pub(crate) fn places(&self, filter: &mut Filter, row: &str, scope: &Scope) {
        filter.scope(&format!("{row}.operator_id"), &format!("{row}.station_id"), scope);
        filter.and_some("s.city_code = ?", self.city.clone());
        filter.and_some(&format!("{row}.operator_id = ?"), self.operator);
        filter.and_some(&format!("{row}.station_id = ?"), self.station);
    }

    pub(crate) fn piles(&self, filter: &mut Filter, row: &str) {
        filter.and_some(&format!("{row}.pile_id = ?"), self.pile);
        filter.and_some(&format!("{MODEL} = ?"), self.model.clone());
        filter.and_some("q.kind = ?", self.pile_kind.map(PileKind::as_str));
    }
}

/// Of the pile `q`.
pub(crate) const MODEL: &str = "TRIM(COALESCE(q.vendor, '') || ' ' || COALESCE(q.model, ''))";

/// The key of a row by one group, as SQL, where `row` has a day and, by hour, an hour.
fn key_sql(group: ReportGroup, row: &str) -> Option<String> {
    Some(match group {
        ReportGroup::Hour => format!("CAST({row}.day * 100 + {row}.hour AS TEXT)"),
        // A week is found of its days below.
        ReportGroup::Day | ReportGroup::Week => format!("CAST({row}.day AS TEXT)"),
        ReportGroup::Month => format!("CAST({row}.day / 100 AS TEXT)"),
        ReportGroup::City => "s.city_code".to_owned(),
        ReportGroup::Operator => format!("CAST({row}.operator_id AS TEXT)"),
        ReportGroup::Station => format!("CAST({row}.station_id AS TEXT)"),
        ReportGroup::Pile => format!("CAST({row}.pile_id AS TEXT)"),
        ReportGroup::Model => MODEL.to_owned(),
        ReportGroup::PileKind => "COALESCE(q.kind, '')".to_owned(),
        ReportGroup::Buyer => format!("{row}.buyer"),
        ReportGroup::StartMode => format!("{row}.start_mode"),
        ReportGroup::Period => return None,
    })
}

pub type Key = Vec<String>;

/// Sums under their keys, and of everything.
#[derive(Debug, Default)]
pub struct Gathered {
    pub rows: BTreeMap<Key, Parts>,
    pub total: Parts,
}

impl Gathered {
    pub(crate) fn add(&mut self, key: Key, part: Part, value: i64) {
        if value != 0 {
            self.rows.entry(key).or_default().add(part, value);
            self.total.add(part, value);
        }
    }

    fn add_all(&mut self, key: Key, parts: &Parts) {
        self.total.add_all(parts);
        self.rows.entry(key).or_default().add_all(parts);
    }
}

/// Everything that the families of these figures have to say.
pub fn gathered(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &ReportFilter,
    range: &ReportRange,
    kpis: &[&'static Kpi],
    rule: SuccessRule,
) -> DbResult<Gathered> {
    let mut all = Gathered::default();
    let needs = |family| kpis.iter().any(|kpi| kpi.needs(family) && wanted.knows(kpi, scope));
    let reading = Reading { scope, wanted, range };
    if needs(Family::Sales) {
        reading.sales(conn, &mut all)?;
    }
    if needs(Family::Tries) {
        reading.tries(conn, &mut all, rule)?;
    }
    if needs(Family::Time) {
        reading.time(conn, &mut all)?;
    }
    if needs(Family::Work) {
        reading.work(conn, &mut all)?;
    }
    if needs(Family::Fault) {
        reading.faults(conn, &mut all)?;
    }
    if needs(Family::People) && range.days() <= PEOPLE_DAYS_MAX {
        reading.people(conn, &mut all)?;
    }
    if needs(Family::Sharing) {
        reading.sharing(conn, &mut all)?;
    }
    if needs(Family::Fee) {
        reading.fees(conn, &mut all)?;
    }
    Ok(all)
}

pub(crate) struct Reading<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) wanted: &'a ReportFilter,
    pub(crate) range: &'a ReportRange,
}

impl Reading<'_> {
    fn days(&self, filter: &mut Filter, column: &str) {
        filter.and_value(&format!("{column} >= ?"), self.range.from_day);
        filter.and_value(&format!("{column} <= ?"), self.range.to_day);
    }

    /// The moments in which the days lie, wherever on earth a station is.
    pub(crate) fn moments(&self) -> (i64, i64) {
        let start = |day| Zone::shanghai().day_start(day).map_or(0, Timestamp::as_ms);
        (start(self.range.from_day) - DAY_MS, start(day_after(self.range.to_day, 1)) + DAY_MS)
    }

    /// The groups that a row is selected by, as SQL and in their order.
    fn keys(&self, row: &str) -> Vec<String> {
        self.wanted.groups.iter().filter_map(|group| key_sql(*group, row)).collect()
    }

    /// What the row's columns say as a key; a period is put in by whoever knows it.
    fn key(&self, row: &Row<'_>, period: Option<&str>) -> DbResult<Key> {
        let mut at = 0;
        let mut key = Vec::with_capacity(self.wanted.groups.len());
        for group in &self.wanted.groups {
            if *group == ReportGroup::Period {
                key.push(period.unwrap_or_default().to_owned());
                continue;
            }
            let text = row.text(at)?;
            at += 1;
            let day = text.parse::<i64>().ok().filter(|_| *group == ReportGroup::Week);
            key.push(match (day, group.grain()) {
                (Some(day), Some(grain)) => grain.bucket(day, 0).to_string(),
                _ => text,
            });
        }
        Ok(key)
    }

    /// Runs `SELECT keys, sums FROM … WHERE … GROUP BY keys`.
    fn summed(
        &self,
        conn: &mut Conn,
        (from, row): (&str, &str),
        sums: &[String],
        filter: &Filter,
        mut each: impl FnMut(&Row<'_>, usize) -> DbResult<()>,
    ) -> DbResult<()> {
        let keys = self.keys(row);
        let selected: Vec<&str> = keys.iter().chain(sums).map(String::as_str).collect();
        let grouped = if keys.is_empty() { String::new() } else { format!("GROUP BY {}", keys.join(", ")) };
        let sql = format!("SELECT {} FROM {from} {} {grouped}", selected.join(", "), filter.sql());
        conn.query(&sql, &filter.values, |found| each(found, keys.len())).map(drop)
    }

    fn sales(&self, conn: &mut Conn, all: &mut Gathered) -> DbResult<()> {
        let mut filter = Filter::new();
        self.days(&mut filter, "r.day");
        self.wanted.places(&mut filter, "r", self.scope);
        let mut from = String::from("report_day r JOIN station s ON s.id = r.station_id");
        if self.wanted.of_hours() {
            from = from.replace("report_day", "report_hour");
            filter.and_some("r.buyer = ?", self.wanted.buyer.map(BuyerKind::as_str));
            filter.and_some("r.start_mode = ?", self.wanted.start_mode.map(StartMode::as_str));
        }
        if self.wanted.of_piles() {
            from.push_str(" LEFT JOIN pile q ON q.id = r.pile_id");
            self.wanted.piles(&mut filter, "r");
        }
        let by_period = self.wanted.groups.contains(&ReportGroup::Period);
        let total = |column: &str| format!("CAST(COALESCE(SUM(r.{column}), 0) AS BIGINT)");
        let parts: Vec<Part> = if by_period { OF_PERIOD.to_vec() } else { sales().collect() };
        let mut sums: Vec<String> = parts.iter().map(|part| total(part.column())).collect();
        if by_period {
            sums.extend(PERIOD_COLUMNS.map(total));
        }
        let mut exact = Gathered::default();
        self.summed(conn, (&from, "r"), &sums, &filter, |row, at| {
            if by_period {
                return self.period_rows(row, at, &mut exact);
            }
            let mut found = Parts::default();
            for (n, part) in parts.iter().enumerate() {
                found.add(*part, row.int(at + n)?);
            }
            all.add_all(self.key(row, None)?, &found);
            Ok(())
        })?;
        // Fees of periods are kept more exactly than bills, and are rounded once.
        for (key, parts) in exact.rows {
            for part in OF_PERIOD {
                let value = parts.of(part);
                let fen = i64::try_from(divide_rounded(i128::from(value), 100)).unwrap_or(0);
                all.add(key.clone(), part, if part == Part::Energy { value } else { fen });
            }
        }
        Ok(())
    }

    /// A row for each period, and one for what no period has: bills that a person has decided.
    fn period_rows(&self, row: &Row<'_>, at: usize, exact: &mut Gathered) -> DbResult<()> {
        let mut rest = [row.int(at)?, row.int(at + 1)? * 100, row.int(at + 2)? * 100];
        for (n, period) in ["sharp", "peak", "flat", "valley"].into_iter().enumerate() {
            let of = |kind: usize| row.int(at + OF_PERIOD.len() + kind * 4 + n);
            let values = [of(0)?, of(1)?, of(2)?];
            rest.iter_mut().zip(values).for_each(|(rest, value)| *rest -= value);
            self.period_row(row, exact, period, values)?;
        }
        // What bills were rounded by belongs to no period, and is no row of its own.
        if rest[0] != 0 {
            self.period_row(row, exact, "other", rest)?;
        }
        Ok(())
    }

    fn period_row(
        &self,
        row: &Row<'_>,
        exact: &mut Gathered,
        period: &str,
        [energy, electricity, service]: [i64; 3],
    ) -> DbResult<()> {
        let key = self.key(row, Some(period))?;
        for (part, value) in OF_PERIOD.into_iter().zip([energy, electricity, service, electricity + service])
        {
            exact.add(key.clone(), part, value);
        }
        Ok(())
    }

    fn time(&self, conn: &mut Conn, all: &mut Gathered) -> DbResult<()> {
        let mut filter = Filter::new();
        self.days(&mut filter, "r.day");
        self.wanted.places(&mut filter, "r", self.scope);
        let mut from = String::from("station_time r JOIN station s ON s.id = r.station_id");
        if self.wanted.of_piles() {
            from = from.replace("station_time", "pile_time") + " LEFT JOIN pile q ON q.id = r.pile_id";
            self.wanted.piles(&mut filter, "r");
        }
        let parts: Vec<Part> =
            Part::ALL.iter().copied().filter(|part| part.family() == Family::Time).collect();
        let total = |part: &Part| format!("CAST(COALESCE(SUM(r.{}), 0) AS BIGINT)", part.column());
        let sums: Vec<String> = parts.iter().map(total).collect();
        self.summed(conn, (&from, "r"), &sums, &filter, |row, at| {
            let mut found = Parts::default();
            for (n, part) in parts.iter().enumerate() {
                found.add(*part, row.int(at + n)?);
            }
            all.add_all(self.key(row, None)?, &found);
            Ok(())
        })
    }

    fn sharing(&self, conn: &mut Conn, all: &mut Gathered) -> DbResult<()> {
        let mut filter = Filter::new();
        self.days(&mut filter, "r.day");
        self.wanted.places(&mut filter, "r", self.scope);
        let from = "(SELECT sp.to_day AS day, l.operator_id, l.station_id, l.share_fen FROM sharing_line l \
                    JOIN sharing_period sp ON sp.id = l.period_id AND sp.state = 'closed') r \
                    JOIN station s ON s.id = r.station_id";
        let sums = ["CAST(COALESCE(SUM(r.share_fen), 0) AS BIGINT)".to_owned()];
        self.summed(conn, (from, "r"), &sums, &filter, |row, at| {
            all.add(self.key(row, None)?, Part::Share, row.int(at)?);
            Ok(())
        })
    }

    fn fees(&self, conn: &mut Conn, all: &mut Gathered) -> DbResult<()> {
        let mut filter = Filter::new();
        self.days(&mut filter, "r.day");
        filter.scope_operator("r.operator_id", self.scope);
        filter.and_some("r.operator_id = ?", self.wanted.operator);
        let from = "(SELECT b.day, COALESCE(b.operator_id, 0) AS operator_id, b.fee_fen FROM counter_bill b \
                    WHERE b.source = 'pay_channel') r";
        let sums = ["CAST(COALESCE(SUM(r.fee_fen), 0) AS BIGINT)".to_owned()];
        self.summed(conn, (from, "r"), &sums, &filter, |row, at| {
            all.add(self.key(row, None)?, Part::ChannelFee, row.int(at)?);
            Ok(())
        })
    }
}

/// The first day of which it is known what piles were on.
pub fn time_from(conn: &mut Conn) -> DbResult<Option<i64>> {
    conn.one("SELECT MIN(day) FROM station_time", &[], |row| row.int_opt(0))
}
