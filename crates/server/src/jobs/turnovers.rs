//! 空闲预测: learns anew every night how long sessions last and how often cars come, of each station from its own orders
//! or, where these are few, from those of its kind.

use crate::app::App;
use engine::job::JobOutcome;
use forecast::free::{self, FreeTest, SESSIONS_MIN, STAYS_MAX, Session, Turnover};
use model::id::StationId;
use model::time::{DAY_MS, MINUTE_MS, Timestamp, Zone};
use model::{Error, Result, Text};
use std::collections::{BTreeMap, HashMap};
use store::turnovers::{self, EndedSession, FreeConnectorTest, TurnoverBasis};

pub const NAME: &str = "turnover_learn";

/// So many days are looked at, and so many of them are the test.
const DAYS: i64 = 56;
const TEST_DAYS: i64 = 14;
/// Of one station: the busiest have a few thousand in two months.
const ORDERS_MAX: i64 = 20_000;

/// The sessions of a station, in minutes of the clock on its wall.
struct Place {
    station: StationId,
    kind: String,
    connectors: usize,
    sessions: Vec<Session>,
}

pub async fn learn(app: &App) -> Result<JobOutcome> {
    let now = app.now();
    let since = now.plus_ms(-DAYS * DAY_MS);
    let stations = app.engine.store.read(turnovers::station_kinds).await?;
    let zones: HashMap<StationId, Zone> =
        app.engine.store.read(store::forecasts::stations).await?.into_iter().collect();
    let mut places = Vec::new();
    for (station, kind, count) in stations {
        let read = move |conn: &mut store::Conn| turnovers::ended_sessions(conn, station, since, ORDERS_MAX);
        let ended = app.engine.store.read(read).await?;
        let zone = zones.get(&station).cloned().unwrap_or_else(Zone::shanghai);
        let connectors = usize::try_from(count).unwrap_or(0);
        places.push(Place { station, kind, connectors, sessions: sessions(&ended, &zone) });
    }
    let zone = Zone::shanghai();
    let span = (minute(since, &zone), minute(now.plus_ms(-TEST_DAYS * DAY_MS), &zone), minute(now, &zone));
    let learned = tokio::task::spawn_blocking(move || all(&places, span)).await;
    let learned = learned.map_err(|_| Error::internal())?;
    let own = learned.iter().filter(|one| one.basis == TurnoverBasis::Station).count();
    let (count, kind) = (learned.len(), learned.len() - own);
    app.engine.turnovers_save(learned, now).await?;
    let message = Text::new(
        format!("{own} 座充电站按自身订单、{kind} 座按同类充电站学习；其余订单太少"),
        format!(
            "{own} stations were learned from their own orders, {kind} from those of their kind; the others have too few."
        ),
    );
    Ok(JobOutcome { message: Some(message), ..JobOutcome::done(count) })
}

/// Minutes of the clock on the wall: what matters is the hour of the day.
pub fn minute(at: Timestamp, zone: &Zone) -> f64 {
    let local = zone.local(at);
    let midnight = zone.day_start(local.day).unwrap_or(at);
    let days = (midnight.as_ms() as f64 / DAY_MS as f64).round();
    days * 1_440.0 + at.since(midnight) as f64 / MINUTE_MS as f64
}

fn sessions(ended: &[EndedSession], zone: &Zone) -> Vec<Session> {
    let mut places: HashMap<(i64, i64), usize> = HashMap::new();
    let mut all = Vec::with_capacity(ended.len());
    for one in ended {
        let next = places.len();
        let start_min = minute(Timestamp::from_ms(one.started_at_ms), zone);
        let minutes = (one.ended_at_ms - one.started_at_ms) as f64 / MINUTE_MS as f64;
        all.push(Session {
            connector: *places.entry((one.pile, one.connector)).or_insert(next),
            start_min,
            end_min: start_min + minutes,
            energy_kwh: one.energy_dwh as f64 / 10_000.0,
        });
    }
    all
}

fn all(places: &[Place], (from, test, end): (f64, f64, f64)) -> Vec<turnovers::Turnover> {
    let mut kinds: BTreeMap<&str, (Vec<Session>, usize)> = BTreeMap::new();
    for place in places {
        let of = kinds.entry(place.kind.as_str()).or_default();
        let shift = of.1;
        of.0.extend(place.sessions.iter().map(|one| Session { connector: one.connector + shift, ..*one }));
        of.1 += place.connectors;
    }
    let of_kind: HashMap<&str, (Turnover, usize)> = kinds
        .iter_mut()
        .map(|(kind, (sessions, connectors))| {
            sessions.sort_by(|a, b| a.start_min.total_cmp(&b.start_min));
            (*kind, (Turnover::learn(sessions, *connectors, from, end), sessions.len()))
        })
        .collect();
    places.iter().filter_map(|place| of_place(place, &of_kind, (from, test, end))).collect()
}

fn of_place(
    place: &Place,
    of_kind: &HashMap<&str, (Turnover, usize)>,
    (from, test, end): (f64, f64, f64),
) -> Option<turnovers::Turnover> {
    if place.connectors == 0 {
        return None;
    }
    let full = free::full_share(&place.sessions, place.connectors, from, end);
    let full_permille =
        full.filter(|_| place.sessions.len() >= SESSIONS_MIN).map(|share| rounded(share * 1_000.0));
    let own = place.sessions.len() >= SESSIONS_MIN;
    let (basis, learned, count) = if own {
        let learned = Turnover::learn(&place.sessions, place.connectors, from, end);
        (TurnoverBasis::Station, learned, place.sessions.len())
    } else {
        let (learned, count) = of_kind.get(place.kind.as_str())?;
        (TurnoverBasis::Kind, learned.clone(), *count)
    };
    if learned.stays.len() < SESSIONS_MIN {
        return None;
    }
    let judged =
        if own { free::judge(&place.sessions, place.connectors, (from, test, end)) } else { Vec::new() };
    Some(kept(place.station, (basis, count, full_permille), &learned, &judged))
}

fn kept(
    station: StationId,
    (basis, count, full_permille): (TurnoverBasis, usize, Option<i64>),
    learned: &Turnover,
    judged: &[(i64, FreeTest)],
) -> turnovers::Turnover {
    let stays = learned.stays.iter().take(STAYS_MAX);
    turnovers::Turnover {
        station,
        basis,
        order_count: i64::try_from(count).unwrap_or(i64::MAX),
        full_permille,
        stays: stays
            .map(|one| {
                (rounded(one.start_of_day), rounded(one.minutes).max(1), rounded(one.energy_kwh * 10_000.0))
            })
            .collect(),
        arrivals: learned.arrivals.iter().map(|rate| rounded(rate * 1_000.0)).collect(),
        tests: judged.iter().map(|(minutes, test)| tested(*minutes, test)).collect(),
    }
}

fn tested(minutes: i64, test: &FreeTest) -> FreeConnectorTest {
    FreeConnectorTest {
        minutes,
        moment_count: i64::try_from(test.count).unwrap_or(i64::MAX),
        error_milli: rounded(test.error * 1_000.0),
        naive_error_milli: rounded(test.naive_error * 1_000.0),
        brier_e4: rounded(test.brier * 10_000.0),
        naive_brier_e4: rounded(test.naive_brier * 10_000.0),
    }
}

fn rounded(value: f64) -> i64 {
    if value.is_finite() { value.round() as i64 } else { 0 }
}
