//! 试算: what a period comes to, for every payee and every station, and what has changed since for closed ones.

use crate::reconciliation::bounds;
use model::id::OperatorId;
use model::sharing::{
    Earned, Part, Rule, SharingPeriodState, SharingStatementState, days_before, divide, rest,
};
use model::tariff_calendar::days_from;
use model::time::{Timestamp, Zone};
use std::collections::{BTreeMap, BTreeSet};
use store::sharing_orders::{self, Days, Moved, ZoneDay};
use store::sharing_periods::{self, SharingLine, SharingPeriod, SharingStatement};
use store::{Conn, DbResult, sharing_rules};

/// Orders of periods that were closed longer ago than this are not looked at any more.
const WINDOW_DAYS: i64 = 400;

/// What a period comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Divided {
    pub period: SharingPeriod,
    pub lines: Vec<SharingLine>,
    pub statements: Vec<SharingStatement>,
}

/// The zones that stations have.
pub(super) fn zones(conn: &mut Conn) -> DbResult<Vec<Zone>> {
    Ok(sharing_orders::zones(conn)?.iter().filter_map(|name| Zone::parse(name)).collect())
}

/// Whether a day is over wherever there is a station.
pub(super) fn is_over(zones: &[Zone], day: i64, now: Timestamp) -> bool {
    let shanghai = Zone::shanghai();
    let over = |zone: &Zone| bounds(zone, day).is_some_and(|(_, to)| to <= now);
    over(&shanghai) && zones.iter().all(over)
}

pub(super) fn zone_day<'a>(
    operator: OperatorId,
    zone: &'a Zone,
    (from_day, to_day): (i64, i64),
) -> Option<ZoneDay<'a>> {
    let (from, _) = bounds(zone, from_day)?;
    let (_, to) = bounds(zone, to_day)?;
    Some(ZoneDay { operator, zone: zone.name(), day: from_day, from_ms: from.as_ms(), to_ms: to.as_ms() })
}

/// What was earned on each day of a period, as its orders are now.
pub(super) fn days_now(conn: &mut Conn, period: &SharingPeriod) -> DbResult<Days> {
    let mut days = Days::new();
    for zone in &zones(conn)? {
        for day in days_from(period.from_day).take_while(|day| *day <= period.to_day) {
            if let Some(at) = zone_day(period.operator, zone, (day, day)) {
                sharing_orders::open_day(conn, &at, &mut days)?;
            }
        }
    }
    Ok(days)
}

/// Closed periods before this one whose orders are still looked at.
fn closed_before(conn: &mut Conn, period: &SharingPeriod) -> DbResult<Vec<SharingPeriod>> {
    let since = days_before(period.from_day, WINDOW_DAYS).unwrap_or(period.from_day);
    let mut closed = sharing_periods::closed(conn, period.operator, since)?;
    closed.retain(|one| one.to_day < period.from_day);
    Ok(closed)
}

/// Orders of closed periods that are late, or not any more what they were.
pub(super) fn moved(conn: &mut Conn, period: &SharingPeriod) -> DbResult<Vec<Moved>> {
    let closed = closed_before(conn, period)?;
    let (Some(first), Some(last)) = (closed.first(), closed.last()) else { return Ok(Vec::new()) };
    let known: BTreeSet<i64> = closed.iter().map(|one| one.id).collect();
    let mut moved = sharing_orders::changed(conn, period.operator, first.from_day)?;
    moved.retain(|one| known.contains(&one.about_period));
    for zone in &zones(conn)? {
        let Some(at) = zone_day(period.operator, zone, (first.from_day, last.to_day)) else { continue };
        for (order, station, ended_at_ms, now) in sharing_orders::late(conn, &at)? {
            let day = zone.local(Timestamp::from_ms(ended_at_ms)).day;
            let Some(home) = closed.iter().find(|one| (one.from_day..=one.to_day).contains(&day)) else {
                continue;
            };
            let adjustment = model::sharing::SharingAdjustment::Late;
            let (about_period, was) = (home.id, Earned::default());
            moved.push(Moved { order, about_period, station, day, adjustment, was, now });
        }
    }
    Ok(moved)
}

fn line(about_period: i64, station: i64, part: Part) -> SharingLine {
    SharingLine { about_period, station, part, before_fen: None }
}

fn is_nothing(part: &Part) -> bool {
    part.share_fen == 0 && part.basis_fen == 0 && part.energy_dwh == 0
}

/// What the rules come to on these days, station by station.
pub(super) fn own_lines(rules: &[Rule], span: (i64, i64), days: &Days) -> (Vec<SharingLine>, i64) {
    let mut stations: BTreeSet<i64> = days.keys().copied().collect();
    stations.extend(rules.iter().filter_map(|rule| rule.station));
    let (mut lines, mut kept) = (Vec::new(), 0);
    let none = BTreeMap::new();
    for station in stations {
        let of = days.get(&station).unwrap_or(&none);
        let parts = divide(rules, station, span, of);
        kept += rest(&sum(of.values()), &parts);
        lines.extend(parts.into_iter().filter(|part| !is_nothing(part)).map(|part| line(0, station, part)));
    }
    (lines, kept)
}

pub(super) fn sum<'a>(all: impl Iterator<Item = &'a Earned>) -> Earned {
    let mut sum = Earned::default();
    all.for_each(|one| sum.add(one));
    sum
}

/// What each rule comes to now, less what was given for it.
fn difference(now: Vec<Part>, given: Vec<Part>) -> Vec<Part> {
    let mut all: BTreeMap<i64, Part> = now.into_iter().map(|part| (part.rule, part)).collect();
    for was in given {
        let nothing = Part { energy_dwh: 0, basis_fen: 0, share_fen: 0, ..was };
        let one = all.entry(was.rule).or_insert(nothing);
        one.energy_dwh -= was.energy_dwh;
        one.basis_fen -= was.basis_fen;
        one.share_fen -= was.share_fen;
    }
    all.into_values().filter(|part| !is_nothing(part)).collect()
}

/// What changed orders make of closed periods, rule by rule.
fn adjustments(
    conn: &mut Conn,
    rules: &[Rule],
    period: &SharingPeriod,
    moved: &[Moved],
) -> DbResult<Vec<SharingLine>> {
    let closed = closed_before(conn, period)?;
    let mut touched: BTreeMap<(i64, i64), Vec<&Moved>> = BTreeMap::new();
    for one in moved {
        touched.entry((one.about_period, one.station)).or_default().push(one);
    }
    let mut lines = Vec::new();
    for ((about, station), orders) in touched {
        let Some(home) = closed.iter().find(|one| one.id == about) else { continue };
        let mut days = sharing_orders::adjusted(conn, about, station)?;
        for one in orders {
            let day = days.entry(one.day).or_default();
            day.energy_dwh += one.now.energy_dwh - one.was.energy_dwh;
            day.electricity_fen += one.now.electricity_fen - one.was.electricity_fen;
            day.service_fen += one.now.service_fen - one.was.service_fen;
        }
        let now = divide(rules, station, (home.from_day, home.to_day), &days);
        let given = sharing_periods::given(conn, about, station)?;
        lines.extend(difference(now, given).into_iter().map(|part| line(about, station, part)));
    }
    Ok(lines)
}

fn statements(
    period: &SharingPeriod,
    lines: &[SharingLine],
    carried: &[(i64, i64)],
) -> Vec<SharingStatement> {
    let mut of: BTreeMap<i64, SharingStatement> = BTreeMap::new();
    let fresh = |payee: i64| SharingStatement {
        id: 0,
        period: period.id,
        operator: period.operator,
        payee,
        state: SharingStatementState::Trial,
        shared_fen: 0,
        adjusted_fen: 0,
        carried_fen: 0,
        payable_fen: 0,
        before_fen: None,
        reference: None,
        version: 0,
    };
    for one in lines {
        let statement = of.entry(one.part.payee).or_insert_with(|| fresh(one.part.payee));
        if one.about_period == 0 {
            statement.shared_fen += one.part.share_fen;
        } else {
            statement.adjusted_fen += one.part.share_fen;
        }
    }
    for (payee, fen) in carried {
        of.entry(*payee).or_insert_with(|| fresh(*payee)).carried_fen = *fen;
    }
    for one in of.values_mut() {
        one.payable_fen = one.shared_fen + one.adjusted_fen + one.carried_fen;
    }
    of.into_values().collect()
}

/// Divides a period: of what was earned on its days, and of what has changed since for closed ones.
pub(super) fn divided(
    conn: &mut Conn,
    period: &SharingPeriod,
    days: &Days,
    moved: &[Moved],
) -> DbResult<Divided> {
    let rules = sharing_rules::of_operator(conn, period.operator)?;
    let (mut lines, rest_fen) = own_lines(&rules, (period.from_day, period.to_day), days);
    let shared_fen = lines.iter().map(|one| one.part.share_fen).sum();
    let adjusted = adjustments(conn, &rules, period, moved)?;
    let adjusted_fen = adjusted.iter().map(|one| one.part.share_fen).sum();
    lines.extend(adjusted);
    let carried = sharing_periods::carried(conn, period.operator)?;
    let statements = statements(period, &lines, &carried);
    let period = SharingPeriod {
        state: SharingPeriodState::Trial,
        earned: sum(days.values().flat_map(BTreeMap::values)),
        shared_fen,
        rest_fen,
        adjusted_fen,
        adjusted_count: i64::try_from(moved.len()).unwrap_or(i64::MAX),
        ..period.clone()
    };
    Ok(Divided { period, lines, statements })
}

/// What is kept of a period.
pub(super) fn kept(conn: &mut Conn, period: SharingPeriod) -> DbResult<Divided> {
    let lines = sharing_periods::lines(conn, period.id)?;
    let statements = sharing_periods::statements(conn, period.id)?;
    Ok(Divided { period, lines, statements })
}

impl Divided {
    /// Whether both say the same, whenever they were made.
    pub(super) fn agrees(&self, other: &Divided) -> bool {
        type Figures = (Earned, i64, i64, i64, i64);
        let figures = |one: &SharingPeriod| -> Figures {
            (one.earned, one.shared_fen, one.rest_fen, one.adjusted_fen, one.adjusted_count)
        };
        let lines = |one: &Divided| -> BTreeMap<(i64, i64, i64), Part> {
            let some = one.lines.iter().filter(|line| !is_nothing(&line.part));
            some.map(|line| (line.key(), line.part)).collect()
        };
        let statements = |one: &Divided| -> BTreeMap<i64, (i64, i64, i64)> {
            let of = |one: &SharingStatement| (one.shared_fen, one.adjusted_fen, one.carried_fen);
            let all = one.statements.iter().map(|one| (one.payee, of(one)));
            all.filter(|(_, fen)| *fen != (0, 0, 0)).collect()
        };
        figures(&self.period) == figures(&other.period)
            && lines(self) == lines(other)
            && statements(self) == statements(other)
    }

    /// Beside what the trial before has said; what is not there any more stands there with nothing.
    pub(super) fn beside(mut self, before: &Divided) -> Divided {
        let was: BTreeMap<_, _> = before.lines.iter().map(|line| (line.key(), line)).collect();
        for line in &mut self.lines {
            line.before_fen = was.get(&line.key()).map(|line| line.part.share_fen);
        }
        let now: BTreeSet<_> = self.lines.iter().map(SharingLine::key).collect();
        for (key, old) in was {
            if !now.contains(&key) && !is_nothing(&old.part) {
                let part = Part { energy_dwh: 0, basis_fen: 0, share_fen: 0, ..old.part };
                self.lines.push(SharingLine { part, before_fen: Some(old.part.share_fen), ..old.clone() });
            }
        }
        for old in &before.statements {
            let fen = old.shared_fen + old.adjusted_fen;
            match self.statements.iter_mut().find(|one| one.payee == old.payee) {
                Some(one) => (one.id, one.version, one.before_fen) = (old.id, old.version, Some(fen)),
                None if fen != 0 => self.statements.push(SharingStatement {
                    shared_fen: 0,
                    adjusted_fen: 0,
                    carried_fen: 0,
                    payable_fen: 0,
                    before_fen: Some(fen),
                    ..old.clone()
                }),
                None => {}
            }
        }
        self
    }
}
