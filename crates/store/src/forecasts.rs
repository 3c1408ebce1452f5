//! 预测: what stations delivered hour by hour, and what is expected of them.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult, Row};
use model::Result;
use model::id::StationId;
use model::time::{HOUR_MS, Timestamp, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One hour that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ForecastHour {
    pub at_ms: i64,
    /// Four times of five it comes to lie between low and high.
    pub low_dwh: i64,
    pub energy_dwh: i64,
    pub high_dwh: i64,
    /// What the naive forecast says; absent where it knows nothing.
    pub naive_dwh: Option<i64>,
}

/// How far forecasts were off that were made for hours which have come since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForecastTest {
    pub hour_count: i64,
    /// Mean absolute error of an hour.
    pub error_dwh: i64,
    pub naive_error_dwh: i64,
    /// Sum of the absolute errors of what was delivered, in permille.
    pub error_permille: i64,
    pub naive_error_permille: i64,
    /// Of the hours, how many came to lie in the band.
    pub inside_permille: i64,
}

/// What a month will bring to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForecastMonth {
    /// 202611
    pub month: i64,
    /// Up to the end of yesterday.
    pub so_far_fen: i64,
    pub total_fen: i64,
    /// What a straight line through the days so far says.
    pub naive_fen: i64,
    /// Of the months before, forecast from the same day of the month: how many, and how far off.
    pub month_count: i64,
    pub error_permille: Option<i64>,
    pub naive_error_permille: Option<i64>,
}

/// An hour that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ForecastPast {
    pub at_ms: i64,
    pub energy_dwh: i64,
}

/// What is kept of a station.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    pub station: StationId,
    pub known_hours: i64,
    pub from: Timestamp,
    /// Low, expected, high and naive, from `from` on.
    pub hours: Vec<(i64, i64, i64, Option<i64>)>,
    pub day: Option<ForecastTest>,
    pub week: Option<ForecastTest>,
    pub month: Option<ForecastMonth>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StationForecast {
    pub station_id: i64,
    pub station_name: String,
    /// Absent as long as none was made.
    pub made_at_ms: Option<i64>,
    /// Hours since the station's first order, up to those that are looked at.
    pub known_hours: i64,
    /// With fewer there is no forecast.
    pub needed_hours: i64,
    /// Empty where there is none.
    pub hours: Vec<ForecastHour>,
    /// The last week, by the hour in which orders ended.
    pub past: Vec<ForecastPast>,
    /// Of the first 24 hours, against the same hour of the day before.
    pub day: Option<ForecastTest>,
    /// Of the hours after them, against the same hour of the week before.
    pub week: Option<ForecastTest>,
    pub month: Option<ForecastMonth>,
}

/// Whether any station has been forecast yet.
pub fn is_any(conn: &mut Conn) -> DbResult<bool> {
    conn.find("SELECT station_id FROM forecast LIMIT 1", &[], |_| Ok(())).map(|found| found.is_some())
}

/// Every station with its zone, in the order of their ids.
pub fn stations(conn: &mut Conn) -> DbResult<Vec<(StationId, Zone)>> {
    conn.query("SELECT id, time_zone FROM station ORDER BY id", &[], |row| {
        Ok((StationId(row.int(0)?), row.word(1, Zone::parse)?))
    })
}

/// What ended in one hour of a day at one station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourSum {
    pub station: StationId,
    pub hour: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
}

/// One business day of all stations.
pub fn day_hours(conn: &mut Conn, day: i64) -> DbResult<Vec<HourSum>> {
    conn.query(
        "SELECT station_id, hour, energy_dwh, total_fen FROM station_hour WHERE day = $1",
        &[day.into()],
        |row| {
            Ok(HourSum {
                station: StationId(row.int(0)?),
                hour: row.int(1)?,
                energy_dwh: row.int(2)?,
                total_fen: row.int(3)?,
            })
        },
    )
}

pub fn save(tx: &mut Tx<'_>, one: &Forecast, now: Timestamp) -> Result<()> {
    let json = |test: Option<ForecastTest>| test.and_then(|test| serde_json::to_string(&test).ok());
    let hours = serde_json::to_string(&one.hours).unwrap_or_else(|_| "[]".to_owned());
    let month = one.month.and_then(|month| serde_json::to_string(&month).ok());
    tx.execute(
        "INSERT INTO forecast (station_id, made_at_ms, known_hours, from_ms, hours, day_test, week_test, month) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (station_id) DO UPDATE SET \
         made_at_ms = excluded.made_at_ms, known_hours = excluded.known_hours, from_ms = excluded.from_ms, \
         hours = excluded.hours, day_test = excluded.day_test, week_test = excluded.week_test, \
         month = excluded.month",
        &[
            one.station.0.into(),
            now.as_ms().into(),
            one.known_hours.into(),
            one.from.as_ms().into(),
            hours.into(),
            json(one.day).into(),
            json(one.week).into(),
            month.into(),
        ],
    )?;
    Ok(())
}

/// The caller has found the station in the caller's scope. `days` are the business days whose hours are
/// shown as the past.
pub fn station_forecast_get(
    conn: &mut Conn,
    station: StationId,
    days: &[i64],
    needed_hours: i64,
) -> DbResult<Option<StationForecast>> {
    let Some((name, zone)) =
        conn.find("SELECT name, time_zone FROM station WHERE id = $1", &[station.0.into()], |row| {
            Ok((row.text(0)?, row.word(1, Zone::parse)?))
        })?
    else {
        return Ok(None);
    };
    let mut shown = StationForecast {
        station_id: station.0,
        station_name: name,
        made_at_ms: None,
        known_hours: 0,
        needed_hours,
        hours: Vec::new(),
        past: past(conn, station, &zone, days)?,
        day: None,
        week: None,
        month: None,
    };
    conn.find(
        "SELECT made_at_ms, known_hours, from_ms, hours, day_test, week_test, month FROM forecast \
         WHERE station_id = $1",
        &[station.0.into()],
        |row| fill(&mut shown, row),
    )?;
    Ok(Some(shown))
}

fn fill(shown: &mut StationForecast, row: &Row<'_>) -> DbResult<()> {
    shown.made_at_ms = Some(row.int(0)?);
    shown.known_hours = row.int(1)?;
    let mut at_ms = row.int(2)?;
    let hours: Vec<(i64, i64, i64, Option<i64>)> = read(&row.text(3)?)?;
    for (low_dwh, energy_dwh, high_dwh, naive_dwh) in hours {
        shown.hours.push(ForecastHour { at_ms, low_dwh, energy_dwh, high_dwh, naive_dwh });
        at_ms += HOUR_MS;
    }
    shown.day = row.text_opt(4)?.map(|text| read(&text)).transpose()?;
    shown.week = row.text_opt(5)?.map(|text| read(&text)).transpose()?;
    shown.month = row.text_opt(6)?.map(|text| read(&text)).transpose()?;
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> DbResult<T> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("a forecast cannot be read: {why}")))
}

/// The hours of some days, those without an order too.
fn past(conn: &mut Conn, station: StationId, zone: &Zone, days: &[i64]) -> DbResult<Vec<ForecastPast>> {
    let mut past = Vec::new();
    for day in days {
        let Some(start) = zone.day_start(*day) else { continue };
        let from = past.len();
        let hour = |hour| ForecastPast { at_ms: start.as_ms() + hour * HOUR_MS, energy_dwh: 0 };
        past.extend((0..24).map(hour));
        let rows = conn.query(
            "SELECT hour, energy_dwh FROM station_hour WHERE day = $1 AND station_id = $2",
            &[(*day).into(), station.0.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        for (hour, energy_dwh) in rows {
            let place = usize::try_from(hour).ok().filter(|hour| *hour < 24);
            if let Some(place) = place.and_then(|hour| past.get_mut(from + hour)) {
                place.energy_dwh = energy_dwh;
            }
        }
    }
    Ok(past)
}
