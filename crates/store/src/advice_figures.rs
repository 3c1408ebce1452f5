//! The figures that advice rests on, each by one statement for all stations.

use crate::db::{Conn, DbResult};
use model::time::{DAY_MS, Timestamp, Zone};
use std::collections::HashMap;

/// Days over which the starts of piles are counted.
pub const PILE_DAYS: i64 = 14;

/// What a station sold, by hour of the day, and what it could have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StationFigures {
    pub station: i64,
    pub operator: i64,
    pub rated_power_w: i64,
    pub connector_count: i64,
    /// Days on which it sold something.
    pub sold_days: i64,
    /// 0.1 Wh and fen of each hour of the day, summed over the days.
    pub hours: [(i64, i64); 24],
    /// Starts that were not carried out, and reservations that were refused.
    pub refused_count: i64,
    pub full_permille: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySum {
    pub day: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PileFigures {
    pub pile: i64,
    pub station: i64,
    pub operator: i64,
    pub failed_count: i64,
    pub start_count: i64,
    /// Alarms that are not over, and since when the oldest of them holds.
    pub alarm_count: i64,
    pub oldest_alarm_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InspectionFigures {
    pub station: i64,
    pub operator: i64,
    pub overdue_count: i64,
    pub oldest_due_ms: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CustomerFigures {
    pub sleeping: i64,
    pub sleeping_high: i64,
}

/// Business days on the platform's clock, the oldest first, without today.
pub fn days_before(now: Timestamp, count: i64) -> Vec<i64> {
    let zone = Zone::shanghai();
    (1..=count).rev().map(|back| zone.local(now.plus_ms(-back * DAY_MS)).day).collect()
}

/// All stations, over the days from one to another.
pub fn stations(conn: &mut Conn, (from, to): (i64, i64), since: Timestamp) -> DbResult<Vec<StationFigures>> {
    let mut all = conn.query(
        "SELECT s.id, s.operator_id, CAST(COALESCE((SELECT SUM(p.rated_power_w) FROM pile p WHERE p.station_id = s.id \
         AND p.lifecycle <> 'retired'), 0) AS BIGINT), (SELECT COUNT(*) FROM connector k JOIN pile p ON p.id = k.pile_id \
         WHERE p.station_id = s.id AND p.lifecycle <> 'retired' AND k.no > 0), t.full_permille FROM station s \
         LEFT JOIN turnover t ON t.station_id = s.id ORDER BY s.id",
        &[],
        |row| {
            Ok(StationFigures {
                station: row.int(0)?,
                operator: row.int(1)?,
                rated_power_w: row.int(2)?,
                connector_count: row.int(3)?,
                full_permille: row.int_opt(4)?,
                ..StationFigures::default()
            })
        },
    )?;
    let places: HashMap<i64, usize> = all.iter().enumerate().map(|(at, one)| (one.station, at)).collect();
    let sums = conn.query(
        "SELECT station_id, hour, CAST(SUM(energy_dwh) AS BIGINT), CAST(SUM(total_fen) AS BIGINT) FROM station_hour \
         WHERE day >= $1 AND day <= $2 GROUP BY station_id, hour",
        &[from.into(), to.into()],
        |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?)),
    )?;
    for (station, hour, energy, fen) in sums {
        let slot = usize::try_from(hour).ok().filter(|hour| *hour < 24);
        if let (Some(at), Some(hour)) = (places.get(&station), slot) {
            all[*at].hours[hour] = (energy, fen);
        }
    }
    let sold = conn.query(
        "SELECT station_id, COUNT(DISTINCT day) FROM station_hour WHERE day >= $1 AND day <= $2 AND energy_dwh > 0 \
         GROUP BY station_id",
        &[from.into(), to.into()],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    for (station, days) in sold {
        if let Some(at) = places.get(&station) {
            all[*at].sold_days = days;
        }
    }
    let refused = conn.query(
        "SELECT station_id, COUNT(*) FROM orders WHERE started_at_ms >= $1 AND state = 'failed' GROUP BY station_id",
        &[since.as_ms().into()],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    for (station, count) in refused {
        if let Some(at) = places.get(&station) {
            all[*at].refused_count += count;
        }
    }
    Ok(all)
}

/// The days of all stations, those without a sale too.
pub fn days(conn: &mut Conn, days: &[i64]) -> DbResult<HashMap<i64, Vec<DaySum>>> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(HashMap::new()) };
    let places: HashMap<i64, usize> = days.iter().enumerate().map(|(at, day)| (*day, at)).collect();
    let empty: Vec<DaySum> =
        days.iter().map(|day| DaySum { day: *day, energy_dwh: 0, total_fen: 0 }).collect();
    let rows = conn.query(
        "SELECT station_id, day, CAST(SUM(energy_dwh) AS BIGINT), CAST(SUM(total_fen) AS BIGINT) FROM station_hour \
         WHERE day >= $1 AND day <= $2 GROUP BY station_id, day",
        &[(*first).into(), (*last).into()],
        |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?)),
    )?;
    let mut all: HashMap<i64, Vec<DaySum>> = HashMap::new();
    for (station, day, energy_dwh, total_fen) in rows {
        let Some(at) = places.get(&day) else { continue };
        let of = all.entry(station).or_insert_with(|| empty.clone());
        of[*at] = DaySum { day, energy_dwh, total_fen };
    }
    Ok(all)
}

/// Piles in service that have begun something or have an alarm.
pub fn piles(conn: &mut Conn, since: Timestamp) -> DbResult<Vec<PileFigures>> {
    conn.query(
        "SELECT p.id, p.station_id, p.operator_id, COALESCE(o.failed, 0), COALESCE(o.starts, 0), \
         COALESCE(a.alarms, 0), a.oldest FROM pile p LEFT JOIN (SELECT pile_id, COUNT(*) AS starts, \
         CAST(SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END) AS BIGINT) AS failed FROM orders \
         WHERE started_at_ms >= $1 GROUP BY pile_id) AS o ON o.pile_id = p.id \
         LEFT JOIN (SELECT pile_id, COUNT(*) AS alarms, MIN(first_at_ms) AS oldest FROM alarm \
         WHERE live_key IS NOT NULL AND state IN ('open', 'acknowledged') GROUP BY pile_id) AS a ON a.pile_id = p.id \
         WHERE p.lifecycle IN ('inactive', 'enabled') AND (o.starts IS NOT NULL OR a.alarms IS NOT NULL) ORDER BY p.id",
        &[since.as_ms().into()],
        |row| {
            Ok(PileFigures {
                pile: row.int(0)?,
                station: row.int(1)?,
                operator: row.int(2)?,
                failed_count: row.int(3)?,
                start_count: row.int(4)?,
                alarm_count: row.int(5)?,
                oldest_alarm_ms: row.int_opt(6)?,
            })
        },
    )
}

pub fn inspections(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<InspectionFigures>> {
    conn.query(
        "SELECT station_id, operator_id, COUNT(*), MIN(finish_due_ms) FROM work_order WHERE kind = 'inspection' \
         AND state NOT IN ('closed', 'cancelled') AND done_at_ms IS NULL AND finish_due_ms < $1 \
         GROUP BY station_id, operator_id ORDER BY station_id",
        &[now.as_ms().into()],
        |row| {
            Ok(InspectionFigures {
                station: row.int(0)?,
                operator: row.int(1)?,
                overdue_count: row.int(2)?,
                oldest_due_ms: row.int(3)?,
            })
        },
    )
}

pub fn customers(conn: &mut Conn) -> DbResult<CustomerFigures> {
    conn.one(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN marks LIKE '%\"high_value\"%' THEN 1 ELSE 0 END), 0) AS BIGINT) \
         FROM customer WHERE status = 'active' AND marks LIKE '%\"sleeping\"%'",
        &[],
        |row| Ok(CustomerFigures { sleeping: row.int(0)?, sleeping_high: row.int(1)? }),
    )
}

/// Each station's kind.
pub fn kinds(conn: &mut Conn) -> DbResult<HashMap<i64, String>> {
    Ok(conn
        .query("SELECT id, kind FROM station", &[], |row| Ok((row.int(0)?, row.text(1)?)))?
        .into_iter()
        .collect())
}
