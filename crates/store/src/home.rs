//! The home page: from the sums of hours and days and the connectors' last words, never from adding up orders.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, count};
use crate::home_stations::{HomeRankings, rankings};
use crate::pile_list::{PileFilter, PileState};
use model::access::Scope;
use model::connector::ConnectorStatus;
use model::time::{DAY_MS, Timestamp, Zone};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Home {
    pub now_ms: i64,
    /// The business day, 20261123.
    pub day: i64,
    pub today: HomeFigures,
    /// Up to the same time of day; the running hour by its share.
    pub yesterday_same_time: HomeFigures,
    pub week_ago_same_time: HomeFigures,
    pub connectors: HomeConnectors,
    pub piles: HomePiles,
    pub power_w: i64,
    /// Orders in the state `charging`, whatever their connectors say.
    pub charging_order_count: i64,
    pub todo: HomeTodo,
    /// Today, 0 to 23.
    pub hours: Vec<HomeHour>,
    /// The last 30 days, today included.
    pub days: Vec<HomeDay>,
    pub rankings: HomeRankings,
    /// Every running session, for the power that only memory knows.
    #[serde(skip)]
    pub running: Vec<Running>,
}

/// A running session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    pub pile: i64,
    pub connector: i64,
    pub order: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HomeFigures {
    pub energy_dwh: i64,
    pub order_count: i64,
    pub total_fen: i64,
    pub service_fen: i64,
    /// Sessions that really charged, of 1000; null without sessions.
    pub success_permille: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HomeConnectors {
    pub available: i64,
    pub preparing: i64,
    pub charging: i64,
    pub suspended: i64,
    pub finishing: i64,
    pub reserved: i64,
    pub unavailable: i64,
    pub faulted: i64,
    pub offline: i64,
    pub unknown: i64,
    pub total: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HomePiles {
    pub online: i64,
    pub offline: i64,
    pub total: i64,
    pub disabled: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HomeTodo {
    pub abnormal_order_count: i64,
    /// Held orders that somebody has settled and a second person is to look at.
    pub settlement_waiting_count: i64,
    /// Piles on line with a faulted connector.
    pub faulted_pile_count: i64,
    pub offline_pile_count: i64,
    pub unknown_pile_count: i64,
    /// Feedback that nobody has accepted yet.
    pub waiting_feedback_count: i64,
    /// Feedback that is open and later than promised.
    pub overdue_feedback_count: i64,
    /// Feedback that is open and that a chief is to look at.
    pub escalated_feedback_count: i64,
    /// Applications for invoices that somebody is to look at.
    pub review_invoice_count: i64,
    /// Invoices that their channel would not make.
    pub failed_invoice_count: i64,
    /// Channels of invoices whose sign-in at the tax bureau is lost.
    pub lost_seller_count: i64,
    /// Alarms that nobody has acknowledged yet: those that are critical, and the others.
    pub critical_alarm_count: i64,
    pub open_alarm_count: i64,
    /// Work orders that nobody has taken, that await their acceptance, and that are later than promised.
    pub waiting_work_order_count: i64,
    pub done_work_order_count: i64,
    pub overdue_work_order_count: i64,
    /// Inspections of devices that are due soon or overdue.
    pub due_check_count: i64,
    /// Stations that are stopped because of a danger.
    pub emergency_count: i64,
    /// Advice that nobody has decided on.
    pub new_advice_count: i64,
    /// What is wrong with the backup; 0 for whoever does not look after it.
    pub backup_alarm_count: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HomeHour {
    pub hour: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
    pub order_count: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HomeDay {
    pub day: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
    pub order_count: i64,
}

/// Everything but `power_w`, which the caller adds from [`Home::running`].
pub fn home_get(conn: &mut Conn, scope: &Scope, zone: &Zone, now: Timestamp) -> DbResult<Home> {
    let local = zone.local(now);
    let back = |days: i64| zone.local(now.plus_ms(-days * DAY_MS)).day;
    let today = hours_of(conn, scope, local.day)?;
    let yesterday = hours_of(conn, scope, back(1))?;
    let week_ago = hours_of(conn, scope, back(7))?;
    let (connectors, piles) = states(conn, scope)?;
    let (running, charging_order_count) = running(conn, scope)?;
    Ok(Home {
        now_ms: now.as_ms(),
        day: local.day,
        today: figures(&today, 24, 0),
        yesterday_same_time: figures(&yesterday, local.hour, local.minute),
        week_ago_same_time: figures(&week_ago, local.hour, local.minute),
        connectors,
        piles,
        power_w: 0,
        charging_order_count,
        todo: todo(conn, scope, &piles, now)?,
        hours: hours(&today),
        days: days(conn, scope, &(0..30).rev().map(back).collect::<Vec<_>>())?,
        rankings: rankings(conn, scope, back(6), 6 * 24 + local.hour + 1)?,
        running,
    })
}

/// Orders, successes, energy, service fee, total.
type Sums = [i64; 5];

const SUMS: &str = "CAST(SUM(h.order_count) AS BIGINT), CAST(SUM(h.success_count) AS BIGINT), \
    CAST(SUM(h.energy_dwh) AS BIGINT), CAST(SUM(h.service_fen) AS BIGINT), CAST(SUM(h.total_fen) AS BIGINT)";

fn sums(row: &Row<'_>, at: usize) -> DbResult<Sums> {
    Ok([row.int(at)?, row.int(at + 1)?, row.int(at + 2)?, row.int(at + 3)?, row.int(at + 4)?])
}

fn hours_of(conn: &mut Conn, scope: &Scope, day: i64) -> DbResult<HashMap<i64, Sums>> {
    let mut filter = Filter::new();
    filter.and_value("h.day = ?", day);
    filter.scope("h.operator_id", "h.station_id", scope);
    let sql = format!("SELECT h.hour, {SUMS} FROM station_hour h {} GROUP BY h.hour", filter.sql());
    Ok(conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, sums(row, 1)?)))?.into_iter().collect())
}

/// All hours before `hour` and `minute`/60 of that one.
fn figures(hours: &HashMap<i64, Sums>, hour: i64, minute: i64) -> HomeFigures {
    let mut sum: Sums = [0; 5];
    for (at, values) in hours {
        for (sum, value) in sum.iter_mut().zip(values) {
            match (*at).cmp(&hour) {
                std::cmp::Ordering::Less => *sum += value,
                std::cmp::Ordering::Equal => *sum += value * minute / 60,
                std::cmp::Ordering::Greater => {}
            }
        }
    }
    let [order_count, success, energy_dwh, service_fen, total_fen] = sum;
    let success_permille = (order_count > 0).then(|| (success * 1_000 / order_count).min(1_000));
    HomeFigures { energy_dwh, order_count, total_fen, service_fen, success_permille }
}

fn hours(today: &HashMap<i64, Sums>) -> Vec<HomeHour> {
    let hour = |hour| {
        let [order_count, _, energy_dwh, _, total_fen] = today.get(&hour).copied().unwrap_or_default();
        HomeHour { hour, energy_dwh, total_fen, order_count }
    };
    (0..24).map(hour).collect()
}

fn days(conn: &mut Conn, scope: &Scope, wanted: &[i64]) -> DbResult<Vec<HomeDay>> {
    let mut filter = Filter::new();
    filter.and_some("h.day >= ?", wanted.first().copied());
    filter.scope("h.operator_id", "h.station_id", scope);
    let sql = format!("SELECT h.day, {SUMS} FROM station_day h {} GROUP BY h.day", filter.sql());
    let found: HashMap<i64, Sums> =
        conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, sums(row, 1)?)))?.into_iter().collect();
    let day = |day: &i64| {
        let [order_count, _, energy_dwh, _, total_fen] = found.get(day).copied().unwrap_or_default();
        HomeDay { day: *day, energy_dwh, total_fen, order_count }
    };
    Ok(wanted.iter().map(day).collect())
}

/// What the connectors of a pile that is off line last said is not what they are: they count as
/// off line.
fn states(conn: &mut Conn, scope: &Scope) -> DbResult<(HomeConnectors, HomePiles)> {
    let mut filter = Filter::new();
    filter.and("p.lifecycle <> 'retired'");
    filter.scope("p.operator_id", "p.station_id", scope);
    let piles = conn.query(
        &format!(
            "SELECT p.online, p.lifecycle, COUNT(*) FROM pile p {} GROUP BY p.online, p.lifecycle",
            filter.sql()
        ),
        &filter.values,
        |row| Ok((row.bool(0)?, row.text(1)?, row.int(2)?)),
    )?;
    let mut of_piles = HomePiles::default();
    for (online, lifecycle, number) in piles {
        of_piles.total += number;
        *(if online { &mut of_piles.online } else { &mut of_piles.offline }) += number;
        if lifecycle == "disabled" {
            of_piles.disabled += number;
        }
    }
    filter.and("k.no > 0");
    let rows = conn.query(
        &format!(
            "SELECT p.online, k.status, COUNT(*) FROM connector k JOIN pile p ON p.id = k.pile_id {} \
             GROUP BY p.online, k.status",
            filter.sql()
        ),
        &filter.values,
        |row| Ok((row.bool(0)?, row.text(1)?, row.int(2)?)),
    )?;
    let mut of = HomeConnectors::default();
    for (online, status, number) in rows {
        of.total += number;
        let place = match (online, status.as_str()) {
            (false, _) => &mut of.offline,
            (true, "available") => &mut of.available,
            (true, "preparing") => &mut of.preparing,
            (true, "charging") => &mut of.charging,
            (true, "suspended_ev" | "suspended_evse") => &mut of.suspended,
            (true, "finishing") => &mut of.finishing,
            (true, "reserved") => &mut of.reserved,
            (true, "unavailable") => &mut of.unavailable,
            (true, "faulted") => &mut of.faulted,
            (true, _) => &mut of.unknown,
        };
        *place += number;
    }
    Ok((of, of_piles))
}

/// Orders in some states, that are few; the plus keeps a database from reading all of an operator's.
fn unfinished(scope: &Scope, states: &str) -> Filter {
    let mut filter = Filter::new();
    filter.and(&format!("o.state <> 'completed' AND o.state <> 'failed' AND o.state IN ({states})"));
    filter.scope("+o.operator_id", "+o.station_id", scope);
    filter
}

/// Every running session, and how many of them charge and are not about to
/// stop: that is what the list of orders calls charging.
fn running(conn: &mut Conn, scope: &Scope) -> DbResult<(Vec<Running>, i64)> {
    let filter = unfinished(scope, "'charging', 'stopping'");
    let sql = format!("SELECT o.pile_id, o.connector_no, o.state, o.id FROM orders o {}", filter.sql());
    let mut charging = 0;
    let running = conn.query(&sql, &filter.values, |row| {
        charging += i64::from(row.text(2)? == "charging");
        Ok(Running { pile: row.int(0)?, connector: row.int(1)?, order: row.int(3)? })
    })?;
    Ok((running, charging))
}

fn todo(conn: &mut Conn, scope: &Scope, piles: &HomePiles, now: Timestamp) -> DbResult<HomeTodo> {
    let filter = unfinished(scope, "'abnormal'");
    let abnormal =
        conn.one(&format!("SELECT COUNT(*) FROM orders o {}", filter.sql()), &filter.values, count)?;
    let mut waiting = Filter::new();
    waiting.and("t.state = 'proposed'");
    waiting.scope("o.operator_id", "o.station_id", scope);
    let sql =
        format!("SELECT COUNT(*) FROM settlement t JOIN orders o ON o.id = t.order_id {}", waiting.sql());
    let settlements = conn.one(&sql, &waiting.values, count)?;
    // Counted as the list of piles chooses, to which the figure leads.
    let faulted = crate::pile_list::pile_count(
        conn,
        scope,
        &PileFilter {
            retired: Some(false),
            state: Some(PileState::Connector(ConnectorStatus::Faulted)),
            ..PileFilter::default()
        },
    )?;
    let unknown = if scope.is_all() { conn.one("SELECT COUNT(*) FROM unknown_pile", &[], count)? } else { 0 };
    let feedback = crate::feedback_list::feedback_todo(conn, scope, now)?;
    let invoices = crate::invoice_list::invoice_todo(conn, scope)?;
    let alarms = crate::alarm_list::alarm_todo(conn, scope)?;
    let work = crate::work_order_list::work_order_todo(conn, scope, now)?;
    let today = Zone::shanghai().local(now).day;
    let (due_checks, _) = crate::device_checks::device_check_todo(conn, scope, today)?;
    let emergency_count = crate::emergencies::live_count(conn, scope)?;
    Ok(HomeTodo {
        review_invoice_count: invoices.review,
        failed_invoice_count: invoices.failed,
        lost_seller_count: crate::sellers::lost_count(conn, scope)?,
        abnormal_order_count: abnormal,
        settlement_waiting_count: settlements,
        faulted_pile_count: faulted,
        offline_pile_count: piles.offline,
        unknown_pile_count: unknown,
        waiting_feedback_count: feedback.waiting,
        overdue_feedback_count: feedback.overdue,
        escalated_feedback_count: feedback.escalated,
        critical_alarm_count: alarms.critical,
        open_alarm_count: alarms.major + alarms.minor + alarms.notice,
        waiting_work_order_count: work.waiting,
        done_work_order_count: work.done,
        overdue_work_order_count: work.overdue,
        due_check_count: due_checks,
        emergency_count,
        new_advice_count: crate::advices::new_count(conn, scope)?,
        backup_alarm_count: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Purpose, Source};
    use model::access::Area;
    use model::id::{OperatorId, PileId, StationId};

    /// Neither the page nor a pile that comes back reads orders that are done with: SQLite's plan.
    #[test]
    fn open_orders_are_read_by_the_indexes_of_the_few() {
        let mut conn = Conn::open(&Source::Sqlite(":memory:".into()), Purpose::Write).unwrap();
        crate::migrate::migrate(&mut conn, Timestamp::from_ms(0)).unwrap();
        let mut plan = |sql: String, values: &[crate::Value<'_>]| {
            let explain = format!("EXPLAIN QUERY PLAN {sql}");
            conn.query(&explain, values, |row| row.text(3)).unwrap().join("; ")
        };
        let stations = Area::Stations { stations: vec![StationId(1)] };
        for scope in [
            Scope::ALL,
            Scope { operator: Some(OperatorId(1)), ..Scope::ALL },
            Scope { operator: None, area: stations },
        ] {
            for states in ["'abnormal'", "'charging', 'stopping'"] {
                let filter = unfinished(&scope, states);
                let plan = plan(format!("SELECT COUNT(*) FROM orders o {}", filter.sql()), &filter.values);
                assert!(plan.contains("orders_not_completed (state=?)"), "{plan}");
            }
        }
        for open in [crate::orders::OPEN, crate::pile_list::OPEN] {
            let sql = format!("SELECT * FROM orders WHERE {open} AND pile_id IN ($1)");
            assert!(plan(sql, &[PileId(1).0.into()]).contains("orders_open (pile_id=?"));
        }
    }
}
