//! 分析汇总: what the orders of a station's day add up to, for reports. Made of the orders themselves by a job, which finds the days that
//! have changed by a mark that the device path leaves in a row it writes anyway.

use crate::Tx;
use crate::db::{Conn, DbResult, Row, Value};
use model::Result;
use model::id::StationId;
use model::report::{Family, Part, Parts};
use model::tariff::Segment;
use model::time::{HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp, Zone};
use std::collections::{BTreeMap, HashMap, HashSet};

/// From when on an order is a success: more than this much energy, or longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuccessRule {
    pub energy_dwh: i64,
    pub charge_ms: i64,
}

impl SuccessRule {
    pub fn holds(&self, energy_dwh: i64, charge_ms: i64) -> bool {
        energy_dwh > self.energy_dwh || charge_ms > self.charge_ms
    }

    fn word(&self) -> String {
        format!("{}/{}", self.energy_dwh, self.charge_ms)
    }
}

/// How many parts the tables have.
pub const SALES: usize = 16;

/// Columns of both tables, in their order: the parts, then energy, electricity and service fee of each period.
pub(crate) const PERIOD_COLUMNS: [&str; 12] = [
    "sharp_dwh",
    "peak_dwh",
    "flat_dwh",
    "valley_dwh",
    "sharp_electricity_e4",
    "peak_electricity_e4",
    "flat_electricity_e4",
    "valley_electricity_e4",
    "sharp_service_e4",
    "peak_service_e4",
    "flat_service_e4",
    "valley_service_e4",
];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportSums {
    pub parts: Parts,
    /// As [`PERIOD_COLUMNS`].
    pub periods: [i64; 12],
}

impl ReportSums {
    fn add_all(&mut self, other: &ReportSums) {
        self.parts.add_all(&other.parts);
        self.periods.iter_mut().zip(other.periods).for_each(|(sum, value)| *sum += value);
    }

    fn values(&self) -> impl Iterator<Item = Value<'static>> + use<> {
        let parts: Vec<i64> = sales().map(|part| self.parts.of(part)).collect();
        parts.into_iter().chain(self.periods).map(Value::Int)
    }

    /// From the columns of a row, behind its key.
    fn read(row: &Row<'_>, at: usize) -> DbResult<ReportSums> {
        let mut sums = ReportSums::default();
        for (n, part) in sales().enumerate() {
            sums.parts.add(part, row.int(at + n)?);
        }
        for (n, value) in sums.periods.iter_mut().enumerate() {
            *value = row.int(at + SALES + n)?;
        }
        Ok(sums)
    }
}

pub(crate) fn sales() -> impl Iterator<Item = Part> {
    Part::ALL.iter().copied().filter(|part| part.family() == Family::Sales)
}

/// Operator, hour, pile, buyer, start mode.
pub type HourKey = (i64, i64, i64, String, String);

/// What one station's day comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StationReport {
    pub hours: BTreeMap<HourKey, ReportSums>,
    /// By operator, day and hour: sessions that began, seconds, energy.
    pub busy: BTreeMap<(i64, i64, i64), [i64; 3]>,
}

impl StationReport {
    fn days(&self) -> BTreeMap<i64, ReportSums> {
        let mut days: BTreeMap<i64, ReportSums> = BTreeMap::new();
        for ((operator, ..), sums) in &self.hours {
            days.entry(*operator).or_default().add_all(sums);
        }
        days
    }
}

/// Who charged, as the order itself says it. `o` is the order, `p` what it was paid by.
pub(crate) const BUYER: &str = "CASE WHEN p.way = 'fleet' THEN 'fleet' WHEN o.customer_id IS NOT NULL THEN 'own' \
    WHEN o.token_kind = 'card' THEN 'card' WHEN o.staff_id IS NOT NULL THEN 'staff' ELSE 'guest' END";

/// Which stations of the day are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportOf {
    /// Those whose sums are to be made anew
    Stale,
    All,
}

impl ReportOf {
    /// The plus keeps SQLite from the index of stations: the day is read along the ends of its orders.
    fn condition(self) -> &'static str {
        match self {
            ReportOf::Stale => {
                " AND +o.station_id IN (SELECT t.station_id FROM station_day t WHERE t.stale AND t.day = $3)"
            }
            ReportOf::All => " AND CAST($3 AS BIGINT) = CAST($3 AS BIGINT)",
        }
    }
}

/// A day in a zone: which, and from when until when.
#[derive(Clone, Debug)]
pub struct ReportDay {
    pub day: i64,
    pub zone: Zone,
    pub from_ms: i64,
    pub to_ms: i64,
}

/// What the stations of a zone come to on its day. Stations of other zones may be among them: the caller knows whom it asked for.
pub fn made(
    conn: &mut Conn,
    of: ReportOf,
    day: &ReportDay,
    rule: SuccessRule,
) -> DbResult<HashMap<StationId, StationReport>> {
    let mut all: HashMap<StationId, StationReport> = HashMap::new();
    let within = [day.from_ms.into(), day.to_ms.into(), day.day.into()];
    let sql = format!(
        "SELECT o.station_id, o.operator_id, o.pile_id, o.start_mode, {BUYER}, o.started_at_ms, o.ended_at_ms, \
         o.energy_dwh, o.electricity_fen, o.service_fen, o.total_fen, o.discount_fen, o.occupancy_fen, \
         COALESCE(d.segments, '[]'), p.state, p.principal_fen, p.gift_fen, p.owed_fen FROM orders o \
         LEFT JOIN order_detail d ON d.order_id = o.id LEFT JOIN order_payment p ON p.order_id = o.id \
         WHERE o.ended_at_ms >= $1 AND o.ended_at_ms < $2 AND o.state = 'completed'{}",
        of.condition()
    );
    conn.query(&sql, &within, |row| {
        let report = all.entry(StationId(row.int(0)?)).or_default();
        order_add(report, row, &day.zone, rule)
    })?;
    let sql = format!(
        "SELECT o.station_id, o.operator_id, o.pile_id, o.start_mode, {BUYER}, x.at_ms, x.code, x.fen, o.id \
         FROM posting x JOIN orders o ON o.id = x.order_id LEFT JOIN order_payment p ON p.order_id = o.id \
         WHERE x.code <> 'electricity' AND x.code <> 'service' AND x.code IN ('refund', 'order_pay') \
         AND x.at_ms >= $1 AND x.at_ms < $2{} ORDER BY x.at_ms, x.id",
        of.condition()
    );
    let mut refunded = HashSet::new();
    conn.query(&sql, &within, |row| {
        let at = Timestamp::from_ms(row.int(5)?);
        let key = (row.int(1)?, day.zone.local(at).hour, row.int(2)?, row.text(4)?, row.text(3)?);
        let report = all.entry(StationId(row.int(0)?)).or_default();
        let parts = &mut report.hours.entry(key).or_default().parts;
        if row.text(6)? == "refund" {
            parts.add(Part::Refunded, row.int(7)?);
            parts.add(Part::RefundCount, i64::from(refunded.insert(row.int(8)?)));
        } else {
            parts.add(Part::PaidLater, row.int(7)?);
        }
        Ok(())
    })?;
    Ok(all)
}

fn order_add(report: &mut StationReport, row: &Row<'_>, zone: &Zone, rule: SuccessRule) -> DbResult<()> {
    let operator = row.int(1)?;
    let (started, ended) = (Timestamp::from_ms(row.int(5)?), Timestamp::from_ms(row.int(6)?));
    let charge_ms = ended.since(started).max(0);
    let (energy, total) = (row.int(7)?, row.int(10)?);
    let (discount, occupancy) = (row.int(11)?, row.int(12)?);
    let key = (operator, zone.local(ended).hour, row.int(2)?, row.text(4)?, row.text(3)?);
    let sums = report.hours.entry(key).or_default();
    let parts = &mut sums.parts;
    parts.add(Part::Orders, 1);
    parts.add(Part::Success, i64::from(rule.holds(energy, charge_ms)));
    parts.add(Part::ChargeS, charge_ms / SECOND_MS);
    parts.add(Part::Energy, energy);
    parts.add(Part::Electricity, row.int(8)?);
    parts.add(Part::Service, row.int(9)?);
    parts.add(Part::Total, total);
    parts.add(Part::Discount, discount);
    parts.add(Part::Occupancy, occupancy);
    if row.text_opt(14)?.as_deref() == Some("posted") {
        parts.add(Part::Received, row.int(15)?);
        parts.add(Part::Gift, row.int(16)?);
        parts.add(Part::Owed, row.int(17)?);
    } else {
        parts.add(Part::Unpaid, total - discount + occupancy);
    }
    for segment in serde_json::from_str::<Vec<Segment>>(&row.text(13)?).unwrap_or_default() {
        let at = segment.period.number();
        let values = [segment.energy.dwh(), segment.electricity.0, segment.service.0];
        for (n, value) in values.into_iter().enumerate() {
            if let Some(place) = sums.periods.get_mut(n * 4 + at) {
                *place += value;
            }
        }
    }
    spread(report, zone, operator, (started, ended), energy);
    Ok(())
}

/// A session that lasts longer is looked at in its last hours only.
const SPREAD_MS: i64 = 14 * 24 * HOUR_MS;

/// Gives each hour of a session its seconds and its share of the energy; what is rounded off comes with the last one.
fn spread(
    report: &mut StationReport,
    zone: &Zone,
    operator: i64,
    (started, ended): (Timestamp, Timestamp),
    energy_dwh: i64,
) {
    let begun = Timestamp::from_ms(started.as_ms().max(ended.as_ms() - SPREAD_MS).min(ended.as_ms()));
    let whole = ended.since(begun);
    let (mut at, mut told_s, mut told_dwh, mut first) = (begun, 0, 0, 1);
    loop {
        let local = zone.local(at);
        let into = local.minute * MINUTE_MS + local.second * SECOND_MS + at.as_ms().rem_euclid(SECOND_MS);
        let next = at.plus_ms(HOUR_MS - into).as_ms().min(ended.as_ms());
        let passed = next - begun.as_ms();
        let seconds = passed / SECOND_MS;
        let share = i128::from(energy_dwh) * i128::from(passed) / i128::from(whole.max(1));
        let dwh = if next >= ended.as_ms() { energy_dwh } else { i64::try_from(share).unwrap_or(0) };
        let sums = report.busy.entry((operator, local.day, local.hour)).or_default();
        for (sum, value) in sums.iter_mut().zip([first, seconds - told_s, dwh - told_dwh]) {
            *sum += value;
        }
        (told_s, told_dwh, first) = (seconds, dwh, 0);
        if next >= ended.as_ms() {
            return;
        }
        at = Timestamp::from_ms(next);
    }
}

/// A station's day that is to be made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    pub day: i64,
    pub station: StationId,
    /// What the mark counted when it was read, by operator.
    pub changes: Vec<(i64, i64)>,
}

/// The latest days first.
pub fn stale(conn: &mut Conn, most: i64) -> DbResult<Vec<Stale>> {
    let rows = conn.query(
        "SELECT day, station_id, operator_id, changes FROM station_day WHERE stale \
         ORDER BY day DESC, station_id, operator_id LIMIT $1",
        &[most.into()],
        |row| Ok((row.int(0)?, StationId(row.int(1)?), row.int(2)?, row.int(3)?)),
    )?;
    let mut all: Vec<Stale> = Vec::new();
    for (day, station, operator, changes) in rows {
        match all.last_mut().filter(|last| (last.day, last.station) == (day, station)) {
            Some(last) => last.changes.push((operator, changes)),
            None => all.push(Stale { day, station, changes: vec![(operator, changes)] }),
        }
    }
    Ok(all)
}

/// How many days of stations wait, and the oldest of them.
pub fn stale_count(conn: &mut Conn) -> DbResult<(i64, Option<i64>)> {
    conn.one("SELECT COUNT(*), MIN(day) FROM station_day WHERE stale", &[], |row| {
        Ok((row.int(0)?, row.int_opt(1)?))
    })
}

/// Stations, operators and moments of money that has moved since for orders that had ended.
pub fn money_since(conn: &mut Conn, since_ms: i64) -> DbResult<Vec<(StationId, i64, i64)>> {
    conn.query(
        "SELECT DISTINCT o.station_id, o.operator_id, x.at_ms FROM posting x JOIN orders o ON o.id = x.order_id \
         WHERE x.code <> 'electricity' AND x.code <> 'service' AND x.code IN ('refund', 'order_pay') \
         AND x.at_ms >= $1",
        &[since_ms.into()],
        |row| Ok((StationId(row.int(0)?), row.int(1)?, row.int(2)?)),
    )
}

/// Marks a day although no order was counted into it: money has moved.
pub fn touch(tx: &mut Tx<'_>, day: i64, station: StationId, operator: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO station_day (day, station_id, operator_id, order_count, success_count, energy_dwh, \
         electricity_fen, service_fen, total_fen, changes) VALUES ($1, $2, $3, 0, 0, 0, 0, 0, 0, 1) \
         ON CONFLICT (day, station_id, operator_id) DO UPDATE SET changes = station_day.changes + 1, stale = TRUE",
        &[day.into(), station.0.into(), operator.into()],
    )
    .map(drop)
}

/// Marks everything, because what is a success has changed.
pub fn touch_all(tx: &mut Tx<'_>) -> Result<u64> {
    tx.execute("UPDATE station_day SET changes = changes + 1, stale = TRUE WHERE stale = FALSE", &[])
}

const RULE: &str = "report_success";
const MONEY: &str = "report_money_ms";

/// By which rule the sums were made.
pub fn made_by(conn: &mut Conn) -> DbResult<Option<SuccessRule>> {
    let word = conn.find("SELECT value FROM setting WHERE name = $1", &[RULE.into()], |row| row.text(0))?;
    Ok(word.and_then(|word| {
        let (energy, time) = word.split_once('/')?;
        Some(SuccessRule { energy_dwh: energy.parse().ok()?, charge_ms: time.parse().ok()? })
    }))
}

pub fn made_by_set(tx: &mut Tx<'_>, rule: SuccessRule) -> Result<()> {
    setting_set(tx, RULE, rule.word())
}

/// Until when moved money was looked at.
pub fn money_seen(conn: &mut Conn) -> DbResult<Option<i64>> {
    let value = conn.find("SELECT value FROM setting WHERE name = $1", &[MONEY.into()], |row| row.text(0))?;
    Ok(value.and_then(|value| value.parse().ok()))
}

pub fn money_seen_set(tx: &mut Tx<'_>, at_ms: i64) -> Result<()> {
    setting_set(tx, MONEY, at_ms.to_string())
}

fn setting_set(tx: &mut Tx<'_>, name: &'static str, value: String) -> Result<()> {
    let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &[name.into(), value.into()]).map(drop)
}

/// Rows in one statement: a round trip for each would make a long day of a big platform's past.
const ROWS: usize = 16;

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    table: &str,
    columns: &[&str],
    rows: &[Vec<Value<'static>>],
) -> Result<()> {
    for some in rows.chunks(ROWS) {
        let mut place = 0;
        let tuples: Vec<String> = some
            .iter()
            .map(|row| {
                let names: Vec<String> = row
                    .iter()
                    .map(|_| {
                        place += 1;
                        format!("${place}")
                    })
                    .collect();
                format!("({})", names.join(", "))
            })
            .collect();
        let sql = format!("INSERT INTO {table} ({}) VALUES {}", columns.join(", "), tuples.join(", "));
        tx.execute(&sql, &some.concat())?;
    }
    Ok(())
}

/// Puts the day's sums in the place of those that were there, and takes the mark away unless something has changed since it was read.
pub fn save(tx: &mut Tx<'_>, of: &Stale, report: &StationReport) -> Result<()> {
    let (day, station) = (of.day, of.station.0);
    for sql in [
        "DELETE FROM report_day WHERE day = $1 AND station_id = $2",
        "DELETE FROM report_hour WHERE day = $1 AND station_id = $2",
        "DELETE FROM report_busy WHERE made_day = $1 AND station_id = $2",
    ] {
        tx.execute(sql, &[day.into(), station.into()])?;
    }
    let sums = || sales().map(Part::column).chain(PERIOD_COLUMNS);
    let columns: Vec<&str> = ["day", "station_id", "operator_id"].into_iter().chain(sums()).collect();
    let rows = report.days().into_iter().map(|(operator, sums)| {
        [day, station, operator].map(Value::Int).into_iter().chain(sums.values()).collect()
    });
    insert(tx, "report_day", &columns, &rows.collect::<Vec<_>>())?;
    let key = ["day", "station_id", "operator_id", "hour", "pile_id", "buyer", "start_mode"];
    let columns: Vec<&str> = key.into_iter().chain(sums()).collect();
    let rows = report.hours.iter().map(|((operator, hour, pile, buyer, mode), sums)| {
        let numbers = [day, station, *operator, *hour, *pile].map(Value::Int);
        let words: [Value<'static>; 2] = [buyer.clone().into(), mode.clone().into()];
        numbers.into_iter().chain(words).chain(sums.values()).collect()
    });
    insert(tx, "report_hour", &columns, &rows.collect::<Vec<_>>())?;
    let columns =
        ["made_day", "station_id", "operator_id", "day", "hour", "begun_count", "busy_s", "energy_dwh"];
    let rows = report.busy.iter().map(|((operator, busy_day, hour), sums)| {
        [day, station, *operator, *busy_day, *hour].into_iter().chain(*sums).map(Value::Int).collect()
    });
    insert(tx, "report_busy", &columns, &rows.collect::<Vec<_>>())?;
    crate::report_success::save(tx, of, report)
}

/// What is kept of a day, of the stations whose sums are not to be made anew; and which stations these are.
pub fn kept(conn: &mut Conn, day: i64) -> DbResult<HashMap<StationId, StationReport>> {
    let mut all: HashMap<StationId, StationReport> = HashMap::new();
    conn.query(
        "SELECT station_id FROM station_day WHERE day = $1 GROUP BY station_id \
         HAVING SUM(CASE WHEN stale THEN 1 ELSE 0 END) = 0",
        &[day.into()],
        |row| {
            all.entry(StationId(row.int(0)?)).or_default();
            Ok(())
        },
    )?;
    let sums: Vec<&str> = sales().map(Part::column).chain(PERIOD_COLUMNS).collect();
    let sql = format!(
        "SELECT station_id, operator_id, hour, pile_id, buyer, start_mode, {} FROM report_hour WHERE day = $1",
        sums.join(", ")
    );
    conn.query(&sql, &[day.into()], |row| {
        if let Some(report) = all.get_mut(&StationId(row.int(0)?)) {
            let key = (row.int(1)?, row.int(2)?, row.int(3)?, row.text(4)?, row.text(5)?);
            report.hours.insert(key, ReportSums::read(row, 6)?);
        }
        Ok(())
    })?;
    let sql = "SELECT station_id, operator_id, day, hour, begun_count, busy_s, energy_dwh FROM report_busy \
               WHERE made_day = $1";
    conn.query(sql, &[day.into()], |row| {
        if let Some(report) = all.get_mut(&StationId(row.int(0)?)) {
            let key = (row.int(1)?, row.int(2)?, row.int(3)?);
            report.busy.insert(key, [row.int(4)?, row.int(5)?, row.int(6)?]);
        }
        Ok(())
    })?;
    Ok(all)
}

/// Days of which the table by day is not what the table by hour adds up to.
pub fn days_apart(conn: &mut Conn) -> DbResult<Vec<i64>> {
    let sums: Vec<&str> = sales().map(Part::column).chain(PERIOD_COLUMNS).collect();
    let whole = sums.join(" + ");
    let sql = format!(
        "SELECT day FROM (SELECT day, station_id, operator_id, {whole} AS n, order_count AS c FROM report_day \
         UNION ALL SELECT day, station_id, operator_id, -({whole}), -order_count FROM report_hour) AS compared \
         GROUP BY day, station_id, operator_id HAVING SUM(n) <> 0 OR SUM(c) <> 0 ORDER BY day"
    );
    conn.query(&sql, &[], |row| row.int(0))
}

/// All days of which there are sums.
pub fn days(conn: &mut Conn) -> DbResult<Vec<i64>> {
    conn.query("SELECT DISTINCT day FROM station_day ORDER BY day", &[], |row| row.int(0))
}
