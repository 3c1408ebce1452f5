//! 空闲预测 of a station: how many connectors will be free in the next hour.

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::loads::seen;
use super::take::{Id, Reader, Who};
use crate::app::App;
use crate::jobs::turnovers::minute;
use axum::extract::State;
use forecast::free::{Busy, HORIZONS, Stay, Turnover};
use model::connector::ConnectorStatus;
use model::id::StationId;
use model::time::{DAY_MS, MINUTE_MS, Timestamp, Zone};
use model::{Error, Result};
use serde::Serialize;
use store::filter::Page;
use store::turnovers::{self, ConnectorNow, FreeConnectorTest, TurnoverBasis};
use utoipa::ToSchema;

/// What was learned longer ago says nothing any more.
const LEARNED_MS: i64 = 3 * DAY_MS;
/// Of the connectors, so many in a hundred must be heard of.
const HEARD_PERCENT: usize = 67;

model::words! {
    /// Why nothing is said.
    FreeConnectorSilence {
        /// Nothing was learned yet.
        NotLearned = "not_learned",
        /// The station, and its kind, have too few orders; or it has no connector.
        TooFew = "too_few",
        /// What was learned is too old.
        Stale = "stale",
        /// Too many of its piles are off line.
        Unheard = "unheard",
    }
}

/// How many will be free.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FreeConnectorForecast {
    /// Minutes ahead.
    pub minutes: i64,
    /// In thousandths of a connector.
    pub expected_milli: i64,
    /// Four times of five it comes to lie between them.
    pub low: i64,
    pub high: i64,
    /// That there is one at all.
    pub any_permille: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StationFreeConnectors {
    pub station_id: i64,
    pub at_ms: i64,
    /// Those of which is known how they are.
    pub connector_count: i64,
    pub free_count: i64,
    /// Of piles that are off line.
    pub unheard_count: i64,
    /// Empty where nothing is said; why is in `silence`.
    pub forecasts: Vec<FreeConnectorForecast>,
    pub silence: Option<FreeConnectorSilence>,
    pub learned_at_ms: Option<i64>,
    pub basis: Option<TurnoverBasis>,
    /// Orders that it was learned from.
    pub order_count: i64,
    /// How far such forecasts were off in the last two weeks; empty where the orders are not the station's own.
    pub tests: Vec<FreeConnectorTest>,
}

/// What drivers are told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicFreeConnectors {
    pub station_id: i64,
    pub at_ms: i64,
    pub connector_count: i64,
    pub free_count: i64,
    pub forecasts: Vec<FreeConnectorForecast>,
}

pub async fn station_free_connector_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<StationFreeConnectors>> {
    let station = seen(&app, &who, id).await?;
    Ok(Given(of_station(&app, station).await?))
}

/// For the apps of drivers, without a sign-in.
pub async fn public_free_connector_get(
    State(app): State<Shared>,
    reader: Reader,
    Id(id): Id,
) -> Answer<Given<PublicFreeConnectors>> {
    let now = app.now();
    app.engine.readers.enter(&reader.address, now)?;
    let station = StationId(id);
    let open = app.engine.store.read(move |conn| turnovers::station_open(conn, station, now)).await?;
    if open != Some(true) {
        return Err(no_station().into());
    }
    let all = of_station(&app, station).await?;
    Ok(Given(PublicFreeConnectors {
        station_id: id,
        at_ms: all.at_ms,
        connector_count: all.connector_count,
        free_count: all.free_count,
        forecasts: all.forecasts,
    }))
}

/// Stations of the overview.
const STATIONS_MAX: i64 = 500;

/// A station of the overview.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FreeConnectors {
    pub station_id: i64,
    /// Those of which is known how they are.
    pub connector_count: i64,
    pub free_count: i64,
    /// Empty where nothing is said; why is in `silence`.
    pub forecasts: Vec<FreeConnectorForecast>,
    pub silence: Option<FreeConnectorSilence>,
}

/// Of all stations that somebody sees, read at once.
pub async fn free_connector_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<FreeConnectors>>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| {
        let mut all = Vec::new();
        let stations = turnovers::stations_of(conn, &scope, STATIONS_MAX)?;
        let ids: Vec<StationId> = stations.iter().map(|(id, _)| *id).collect();
        let (mut learned, connectors) =
            (turnovers::of_stations(conn, &ids)?, turnovers::connectors_now_of(conn, &ids)?);
        for (id, zone) in stations {
            let now_of = connectors.get(&id).map(Vec::as_slice).unwrap_or_default();
            let told = said(id, now, &zone, learned.remove(&id), now_of);
            all.push(FreeConnectors {
                station_id: id.0,
                connector_count: told.connector_count,
                free_count: told.free_count,
                forecasts: told.forecasts,
                silence: told.silence,
            });
        }
        Ok(all)
    };
    Ok(Given(Page::whole(app.engine.store.read(read).await?)))
}

fn no_station() -> Error {
    Error::not_found(
        "station.not_found",
        "没有这座充电站，或它正在暂停营业",
        "There is no such station, or it is closed.",
    )
}

pub(super) async fn of_station(app: &App, station: StationId) -> Result<StationFreeConnectors> {
    let now = app.now();
    let read = move |conn: &mut store::Conn| {
        let zone = store::stations::find(conn, station)?.map_or_else(Zone::shanghai, |facts| facts.zone);
        Ok((zone, turnovers::find(conn, station)?, turnovers::connectors_now(conn, station)?))
    };
    let (zone, learned, connectors) = app.engine.store.read(read).await?;
    Ok(said(station, now, &zone, learned, &connectors))
}

fn said(
    station: StationId,
    now: Timestamp,
    zone: &Zone,
    learned: Option<(Timestamp, turnovers::Turnover)>,
    connectors: &[ConnectorNow],
) -> StationFreeConnectors {
    let heard: Vec<&ConnectorNow> = connectors.iter().filter(|one| one.online).collect();
    let is_free =
        |one: &&&ConnectorNow| one.started_at_ms.is_none() && one.status == ConnectorStatus::Available;
    let idle = heard.iter().filter(is_free).count();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut told = StationFreeConnectors {
        station_id: station.0,
        at_ms: now.as_ms(),
        connector_count: number(heard.len()),
        free_count: number(idle),
        unheard_count: number(connectors.len() - heard.len()),
        forecasts: Vec::new(),
        silence: None,
        learned_at_ms: learned.as_ref().map(|(at, _)| at.as_ms()),
        basis: learned.as_ref().map(|(_, one)| one.basis),
        order_count: learned.as_ref().map_or(0, |(_, one)| one.order_count),
        tests: learned.as_ref().map_or_else(Vec::new, |(_, one)| one.tests.clone()),
    };
    let Some((at, learned)) = learned else {
        told.silence = Some(if connectors.is_empty() {
            FreeConnectorSilence::TooFew
        } else {
            FreeConnectorSilence::NotLearned
        });
        return told;
    };
    if now.since(at) > LEARNED_MS {
        told.silence = Some(FreeConnectorSilence::Stale);
    } else if connectors.is_empty() {
        told.silence = Some(FreeConnectorSilence::TooFew);
    } else if heard.len() * 100 < connectors.len() * HEARD_PERCENT {
        told.silence = Some(FreeConnectorSilence::Unheard);
    } else {
        told.forecasts = forecasts(now, zone, &learned, &heard, idle);
    }
    told
}

fn forecasts(
    now: Timestamp,
    zone: &Zone,
    learned: &turnovers::Turnover,
    heard: &[&ConnectorNow],
    idle: usize,
) -> Vec<FreeConnectorForecast> {
    let busy: Vec<Busy> = heard
        .iter()
        .filter_map(|one| {
            let minutes = now.since(Timestamp::from_ms(one.started_at_ms?)) as f64 / MINUTE_MS as f64;
            let energy = one.energy_dwh.filter(|energy| *energy > 0);
            Some(Busy { minutes: minutes.max(0.0), energy_kwh: energy.map(|dwh| dwh as f64 / 10_000.0) })
        })
        .collect();
    let stay = |(start, minutes, energy): &(i64, i64, i64)| Stay {
        start_of_day: *start as f64,
        minutes: *minutes as f64,
        energy_kwh: *energy as f64 / 10_000.0,
    };
    let rate = |hour: usize| learned.arrivals.get(hour).map_or(0.0, |milli| *milli as f64 / 1_000.0);
    let turnover =
        Turnover { stays: learned.stays.iter().map(stay).collect(), arrivals: std::array::from_fn(rate) };
    let at = minute(now, zone);
    HORIZONS
        .iter()
        .map(|minutes| {
            let expected = turnover.expect(at, idle, &busy, *minutes as f64);
            FreeConnectorForecast {
                minutes: *minutes,
                expected_milli: (expected.mean * 1_000.0).round() as i64,
                low: i64::try_from(expected.low).unwrap_or(i64::MAX),
                high: i64::try_from(expected.high).unwrap_or(i64::MAX),
                any_permille: (expected.any * 1_000.0).round() as i64,
            }
        })
        .collect()
}
