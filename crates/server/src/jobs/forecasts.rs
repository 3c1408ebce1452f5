//! 电量与收入预测: learns anew every night from what all stations delivered, and keeps what is to be
//! expected of each. Learning takes one thread for some minutes at most, and nobody waits for it.

use crate::app::App;
use engine::job::JobOutcome;
use forecast::calendar::{Calendar, Date, date_of};
use forecast::grid::Grid;
use forecast::hourly::HOURS_MIN;
use forecast::month::{Month, month};
use forecast::week::{Effort, Hour, SiteWeek, Tested, weeks};
use model::id::StationId;
use model::time::{DAY_MS, HOUR_MS, Timestamp, Zone};
use model::{Error, Result, Text};
use std::collections::{BTreeMap, HashMap};
use store::forecasts::{self, Forecast, ForecastMonth, ForecastTest};

pub const NAME: &str = "forecast_make";

/// So many days are looked at: a season and a half.
const DAYS: i64 = 140;

pub async fn make(app: &App) -> Result<JobOutcome> {
    let now = app.now();
    let zones = app.engine.store.read(forecasts::stations).await?;
    let mut stations: BTreeMap<String, (Zone, Vec<StationId>)> = BTreeMap::new();
    for (station, zone) in zones {
        let of_zone = stations.entry(zone.name().to_owned()).or_insert_with(|| (zone, Vec::new()));
        of_zone.1.push(station);
    }
    let years = app.engine.store.read(store::holidays::years).await?;
    let mut made = Vec::new();
    for (zone, stations) in stations.into_values() {
        let past = read(app, zone, stations, now).await?;
        let calendar = Calendar::of(&years);
        let learned =
            tokio::task::spawn_blocking(move || past.map_or_else(Vec::new, |past| past.forecasts(&calendar)));
        made.extend(learned.await.map_err(|_| Error::internal())?);
    }
    let short = made.iter().filter(|one| one.hours.is_empty()).count();
    let count = app.engine.forecasts_save(made, now).await?;
    let message = Text::new(
        format!("预测了 {} 座充电站；另有 {short} 座不足四周数据，未预测", count - short),
        format!(
            "{} stations were forecast; {short} have less than four weeks of data and were not.",
            count - short
        ),
    );
    Ok(JobOutcome { message: Some(message), ..JobOutcome::done(count) })
}

/// What the stations of one zone did, up to the last hour that has passed there.
struct Past {
    zone: Zone,
    stations: Vec<StationId>,
    /// When the hour after the last known one begins.
    end: Timestamp,
    today: Date,
    grid: Grid,
    /// Fen a day, up to yesterday.
    revenue: Vec<Vec<f64>>,
}

async fn read(app: &App, zone: Zone, stations: Vec<StationId>, now: Timestamp) -> Result<Option<Past>> {
    let local = zone.local(now);
    let days: Vec<i64> = (0..=DAYS).rev().map(|back| zone.local(now.plus_ms(-back * DAY_MS)).day).collect();
    let (Some(start), Some(today)) = (date_of(days[0]), date_of(local.day)) else { return Ok(None) };
    let Some(end) = zone.day_start(local.day).map(|midnight| midnight.plus_ms(local.hour * HOUR_MS)) else {
        return Ok(None);
    };
    let hours = DAYS as usize * 24 + local.hour as usize;
    let places: HashMap<StationId, usize> = stations.iter().copied().zip(0..).collect();
    let count = stations.len();
    let read = move |conn: &mut store::Conn| {
        let mut energy = vec![vec![f64::NAN; hours]; count];
        let mut revenue = vec![Vec::new(); count];
        for (at, day) in days.iter().enumerate() {
            let mut brought = vec![0.0; count];
            for sum in forecasts::day_hours(conn, *day)? {
                let hour = at * 24 + usize::try_from(sum.hour).unwrap_or(0);
                let Some(place) = places.get(&sum.station).filter(|_| hour < hours) else { continue };
                energy[*place][hour] = sum.energy_dwh as f64;
                brought[*place] += sum.total_fen as f64;
            }
            if at + 1 < days.len() {
                revenue.iter_mut().zip(brought).for_each(|(days, fen): (&mut Vec<f64>, f64)| days.push(fen));
            }
        }
        for (hours, days) in energy.iter_mut().zip(&mut revenue) {
            let first = since_first(hours);
            days.drain(..first.div_ceil(24).min(days.len()));
        }
        Ok((energy, revenue))
    };
    let (energy, revenue) = app.engine.store.read(read).await?;
    let names = stations.iter().map(|station| station.0.to_string()).collect();
    let grid = Grid::new(start.at(0, 0, 0, 0), names, energy);
    Ok(Some(Past { zone, stations, end, today, grid, revenue }))
}

/// Before its first order a station is not known; after it, an hour without an order has delivered
/// nothing. Answers where the first one is.
fn since_first(hours: &mut [f64]) -> usize {
    let first = hours.iter().position(|energy| !energy.is_nan()).unwrap_or(hours.len());
    for energy in &mut hours[first..] {
        if energy.is_nan() {
            *energy = 0.0;
        }
    }
    first
}

impl Past {
    fn forecasts(self, calendar: &Calendar) -> Vec<Forecast> {
        let weeks = weeks(&self.grid, calendar, Effort::default());
        let of_station = |((station, week), revenue): ((&StationId, SiteWeek), &Vec<f64>)| Forecast {
            station: *station,
            known_hours: week.known as i64,
            from: self.end,
            hours: week.hours.iter().map(kept).collect(),
            day: week.day.map(tested),
            week: week.week.map(tested),
            month: month(revenue, self.today, calendar)
                .filter(|_| week.known >= HOURS_MIN)
                .map(|month| of_month(&month, self.zone.local(self.end).day / 100)),
        };
        self.stations.iter().zip(weeks).zip(&self.revenue).map(of_station).collect()
    }
}

fn kept(hour: &Hour) -> (i64, i64, i64, Option<i64>) {
    let naive = (!hour.naive.is_nan()).then(|| rounded(hour.naive));
    (rounded(hour.low), rounded(hour.said), rounded(hour.high), naive)
}

fn tested(tested: Tested) -> ForecastTest {
    ForecastTest {
        hour_count: tested.model.count as i64,
        error_dwh: rounded(tested.model.mae),
        naive_error_dwh: rounded(tested.naive.mae),
        error_permille: rounded(tested.model.wape * 1_000.0),
        naive_error_permille: rounded(tested.naive.wape * 1_000.0),
        inside_permille: rounded(tested.inside * 1_000.0),
    }
}

fn of_month(month: &Month, number: i64) -> ForecastMonth {
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let sum: f64 = month.tested.iter().map(of).sum();
        (!month.tested.is_empty()).then(|| rounded(sum / month.tested.len() as f64 * 1_000.0))
    };
    ForecastMonth {
        month: number,
        so_far_fen: rounded(month.so_far),
        total_fen: rounded(month.said),
        naive_fen: rounded(month.naive),
        month_count: month.tested.len() as i64,
        error_permille: mean(&|(off, _)| *off),
        naive_error_permille: mean(&|(_, naive)| *naive),
    }
}

/// A forecast leaves as a whole number, like everything else. What is not finite (errors of hours in which
/// nothing came) is nought.
fn rounded(value: f64) -> i64 {
    if value.is_finite() { value.round() as i64 } else { 0 }
}
