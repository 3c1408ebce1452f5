//! When of the week stations are busy, and how long of a time they had which load: from what each hour of the sessions has done.

use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use crate::report_read::ReportFilter;
use model::access::Scope;
use model::report::{ReportRange, day_after, days_between};
use model::time::Local;
use serde::Serialize;
use utoipa::ToSchema;

/// An order is found under the day on which it ended; so many days before it may have begun.
const LONGEST_DAYS: i64 = 15;

/// One hour of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct WeekHour {
    /// 1 is Monday.
    pub weekday: i64,
    pub hour: i64,
    /// Sessions that began in it.
    pub order_count: i64,
    pub energy_dwh: i64,
    /// Time of charging.
    pub busy_s: i64,
    /// Connectors in service, as time; 0: it is not known.
    pub connector_s: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportHeat {
    pub from_day: i64,
    pub to_day: i64,
    /// How often each day of the week is in the range, Monday first.
    pub day_counts: Vec<i64>,
    /// 168 of them, Monday 0 o'clock first.
    pub hours: Vec<WeekHour>,
}

fn weekday(day: i64) -> i64 {
    Local { day, hour: 0, minute: 0, second: 0 }.weekday()
}

fn of_range(wanted: &ReportFilter, scope: &Scope, range: &ReportRange) -> Filter {
    let mut filter = Filter::new();
    filter.and_value("r.day >= ?", range.from_day);
    filter.and_value("r.day <= ?", range.to_day);
    wanted.places(&mut filter, "r", scope);
    filter
}

/// Of places: stations, operators, cities.
pub fn report_heat_get(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &ReportFilter,
    range: &ReportRange,
) -> DbResult<ReportHeat> {
    let mut hours: Vec<WeekHour> =
        (0..168).map(|at| WeekHour { weekday: at / 24 + 1, hour: at % 24, ..WeekHour::default() }).collect();
    let mut day_counts = vec![0; 7];
    for n in 0..range.days() {
        if let Some(count) = usize::try_from(weekday(day_after(range.from_day, n)) - 1)
            .ok()
            .and_then(|at| day_counts.get_mut(at))
        {
            *count += 1;
        }
    }
    let at = |day: i64, hour: i64| usize::try_from((weekday(day) - 1) * 24 + hour).unwrap_or(usize::MAX);
    let mut filter = of_range(wanted, scope, range);
    filter.and_value("r.made_day >= ?", range.from_day);
    filter.and_value("r.made_day <= ?", day_after(range.to_day, LONGEST_DAYS));
    let sql = format!(
        "SELECT r.day, r.hour, CAST(SUM(r.begun_count) AS BIGINT), CAST(SUM(r.energy_dwh) AS BIGINT), \
         CAST(SUM(r.busy_s) AS BIGINT) FROM report_busy r JOIN station s ON s.id = r.station_id {} \
         GROUP BY r.day, r.hour",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        if let Some(hour) = hours.get_mut(at(row.int(0)?, row.int(1)?)) {
            hour.order_count += row.int(2)?;
            hour.energy_dwh += row.int(3)?;
            hour.busy_s += row.int(4)?;
        }
        Ok(())
    })?;
    let filter = of_range(wanted, scope, range);
    let sql = format!(
        "SELECT r.day, CAST(SUM(r.connector_s) AS BIGINT) FROM station_time r \
         JOIN station s ON s.id = r.station_id {} GROUP BY r.day",
        filter.sql()
    );
    for (day, connector_s) in conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?)))? {
        for of_day in 0..24 {
            if let Some(hour) = hours.get_mut(at(day, of_day)) {
                hour.connector_s += connector_s / 24;
            }
        }
    }
    Ok(ReportHeat { from_day: range.from_day, to_day: range.to_day, day_counts, hours })
}

/// 负荷持续曲线: for which share of the hours a station's load was at least so much.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoadDuration {
    pub station_id: i64,
    pub station_name: String,
    pub from_day: i64,
    pub to_day: i64,
    pub hour_count: i64,
    /// Mean load of the highest hour, and of all of them.
    pub highest_w: i64,
    pub mean_w: i64,
    /// Rated power of its piles in service, together.
    pub rated_w: i64,
    /// From the highest load to the lowest, at equal steps of the hours: at most 201.
    pub points: Vec<LoadDurationPoint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LoadDurationPoint {
    /// Share of the hours that have at least this load.
    pub permille: i64,
    pub load_w: i64,
}

const STEPS: usize = 200;

/// The mean load of each hour, of a station that the caller may see.
pub fn load_duration_get(
    conn: &mut Conn,
    scope: &Scope,
    station: i64,
    range: &ReportRange,
) -> DbResult<Option<LoadDuration>> {
    let mut filter = Filter::new();
    filter.and_value("s.id = ?", station);
    filter.scope("s.operator_id", "s.id", scope);
    let sql = format!(
        "SELECT s.name, (SELECT CAST(COALESCE(SUM(q.rated_power_w), 0) AS BIGINT) FROM pile q \
         WHERE q.station_id = s.id AND q.lifecycle = 'enabled') FROM station s {}",
        filter.sql()
    );
    let found = conn.find(&sql, &filter.values, |row| Ok((row.text(0)?, row.int(1)?)))?;
    let Some((station_name, rated_w)) = found else { return Ok(None) };
    let wanted = ReportFilter { station: Some(station), ..ReportFilter::default() };
    let mut filter = of_range(&wanted, scope, range);
    filter.and_value("r.made_day >= ?", range.from_day);
    filter.and_value("r.made_day <= ?", day_after(range.to_day, LONGEST_DAYS));
    let sql = format!(
        "SELECT r.day, r.hour, CAST(SUM(r.energy_dwh) AS BIGINT) FROM report_busy r \
         JOIN station s ON s.id = r.station_id {} GROUP BY r.day, r.hour",
        filter.sql()
    );
    let count = usize::try_from(range.days() * 24).unwrap_or(0);
    let mut loads = vec![0; count];
    conn.query(&sql, &filter.values, |row| {
        let at = days_between(range.from_day, row.int(0)?) * 24 + row.int(1)?;
        if let Some(load) = usize::try_from(at).ok().and_then(|at| loads.get_mut(at)) {
            // 0.1 Wh within an hour
            *load += row.int(2)? / 10;
        }
        Ok(())
    })?;
    loads.sort_unstable_by(|a, b| b.cmp(a));
    let steps = STEPS.min(count.saturating_sub(1)).max(1);
    let point = |step: usize| LoadDurationPoint {
        permille: i64::try_from(step * 1_000 / steps).unwrap_or(0),
        load_w: loads.get(step * count.saturating_sub(1) / steps).copied().unwrap_or(0),
    };
    let hour_count = range.days() * 24;
    Ok(Some(LoadDuration {
        station_id: station,
        station_name,
        from_day: range.from_day,
        to_day: range.to_day,
        hour_count,
        highest_w: loads.first().copied().unwrap_or(0),
        mean_w: loads.iter().sum::<i64>() / hour_count.max(1),
        rated_w,
        points: (0..=steps).map(point).collect(),
    }))
}
