//! 空闲预测: what is learned of how long sessions last, and how connectors are now.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::Filter;
use model::access::Scope;
use model::connector::ConnectorStatus;
use model::id::StationId;
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// How far forecasts of free connectors were off, beside "as many as now".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FreeConnectorTest {
    /// Minutes ahead.
    pub minutes: i64,
    /// How many moments were looked at.
    pub moment_count: i64,
    /// Mean absolute error, in thousandths of a connector.
    pub error_milli: i64,
    pub naive_error_milli: i64,
    /// Mean squared error of the probability that there is one, in ten thousandths.
    pub brier_e4: i64,
    pub naive_brier_e4: i64,
}

model::words! {
    /// Whose orders it is learned from.
    TurnoverBasis {
        Station = "station",
        /// The station has too few of its own: those of all stations of its kind.
        Kind = "kind",
    }
}

/// What is kept of a station.
#[derive(Clone, Debug, PartialEq)]
pub struct Turnover {
    pub station: StationId,
    pub basis: TurnoverBasis,
    pub order_count: i64,
    /// Of the hours of the day, in how many all connectors charged; none with too few orders.
    pub full_permille: Option<i64>,
    /// Minute of the day, minutes, 0.1 Wh.
    pub stays: Vec<(i64, i64, i64)>,
    /// Cars an hour that come to a free connector, in thousandths, by hour of the day.
    pub arrivals: Vec<i64>,
    pub tests: Vec<FreeConnectorTest>,
}

/// A session that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedSession {
    pub pile: i64,
    pub connector: i64,
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    pub energy_dwh: i64,
}

/// Those of a station that have ended since a moment, in the order of their beginning.
pub fn ended_sessions(
    conn: &mut Conn,
    station: StationId,
    since: Timestamp,
    most: i64,
) -> DbResult<Vec<EndedSession>> {
    let mut found = conn.query(
        "SELECT pile_id, connector_no, started_at_ms, ended_at_ms, energy_dwh FROM orders WHERE station_id = $1 \
         AND started_at_ms >= $2 AND ended_at_ms IS NOT NULL AND energy_dwh > 0 AND state <> 'failed' \
         ORDER BY started_at_ms DESC, id DESC LIMIT $3",
        &[station.0.into(), since.as_ms().into(), most.into()],
        |row| {
            Ok(EndedSession {
                pile: row.int(0)?,
                connector: row.int(1)?,
                started_at_ms: row.int(2)?,
                ended_at_ms: row.int(3)?,
                energy_dwh: row.int(4)?,
            })
        },
    )?;
    found.reverse();
    Ok(found)
}

/// Each station with its kind and the number of its connectors, in the order of their ids.
pub fn station_kinds(conn: &mut Conn) -> DbResult<Vec<(StationId, String, i64)>> {
    conn.query(
        "SELECT s.id, s.kind, (SELECT COUNT(*) FROM connector k JOIN pile p ON p.id = k.pile_id \
         WHERE p.station_id = s.id AND p.lifecycle <> 'retired' AND k.no > 0) FROM station s ORDER BY s.id",
        &[],
        |row| Ok((StationId(row.int(0)?), row.text(1)?, row.int(2)?)),
    )
}

pub fn save(tx: &mut Tx<'_>, one: &Turnover, now: Timestamp) -> Result<()> {
    let json = |text: serde_json::Result<String>| text.map_err(|_| Error::internal());
    tx.execute(
        "INSERT INTO turnover (station_id, made_at_ms, basis, order_count, full_permille, stays, arrivals, tests) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (station_id) DO UPDATE SET \
         made_at_ms = excluded.made_at_ms, basis = excluded.basis, order_count = excluded.order_count, \
         full_permille = excluded.full_permille, stays = excluded.stays, arrivals = excluded.arrivals, \
         tests = excluded.tests",
        &[
            one.station.0.into(),
            now.as_ms().into(),
            one.basis.as_str().into(),
            one.order_count.into(),
            one.full_permille.into(),
            json(serde_json::to_string(&one.stays))?.into(),
            json(serde_json::to_string(&one.arrivals))?.into(),
            json(serde_json::to_string(&one.tests))?.into(),
        ],
    )?;
    Ok(())
}

fn list<T: serde::de::DeserializeOwned>(text: &str) -> DbResult<Vec<T>> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("a turnover cannot be read: {why}")))
}

fn turnover(row: &Row<'_>) -> DbResult<(Timestamp, Turnover)> {
    let one = Turnover {
        station: StationId(row.int(0)?),
        basis: row.word(2, TurnoverBasis::parse)?,
        order_count: row.int(3)?,
        full_permille: row.int_opt(4)?,
        stays: list(&row.text(5)?)?,
        arrivals: list(&row.text(6)?)?,
        tests: list(&row.text(7)?)?,
    };
    Ok((Timestamp::from_ms(row.int(1)?), one))
}

/// With the moment at which it was learned.
pub fn find(conn: &mut Conn, station: StationId) -> DbResult<Option<(Timestamp, Turnover)>> {
    conn.find(
        "SELECT station_id, made_at_ms, basis, order_count, full_permille, stays, arrivals, tests FROM turnover \
         WHERE station_id = $1",
        &[station.0.into()],
        turnover,
    )
}

/// A connector as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectorNow {
    pub online: bool,
    pub status: ConnectorStatus,
    /// Since when a session runs.
    pub started_at_ms: Option<i64>,
    pub energy_dwh: Option<i64>,
}

/// Sessions that run. The first two conditions are those of the index of the few that have not ended.
pub(crate) const RUNNING: &str =
    "o.state <> 'completed' AND o.state <> 'failed' AND o.state IN ('starting', 'charging', 'stopping')";

/// Those of the station's piles in service.
pub fn connectors_now(conn: &mut Conn, station: StationId) -> DbResult<Vec<ConnectorNow>> {
    let sql = format!(
        "SELECT p.online, k.status, (SELECT MIN(o.started_at_ms) FROM orders o WHERE {open} AND o.pile_id = p.id \
         AND o.connector_no = k.no), (SELECT MAX(o.energy_dwh) FROM orders o WHERE {open} AND o.pile_id = p.id \
         AND o.connector_no = k.no) FROM pile p JOIN connector k ON k.pile_id = p.id WHERE p.station_id = $1 \
         AND p.lifecycle IN ('inactive', 'enabled') AND k.no > 0 ORDER BY k.id LIMIT 2000",
        open = RUNNING
    );
    conn.query(&sql, &[station.0.into()], |row| {
        Ok(ConnectorNow {
            online: row.bool(0)?,
            status: row.word(1, ConnectorStatus::parse)?,
            started_at_ms: row.int_opt(2)?,
            energy_dwh: row.int_opt(3)?,
        })
    })
}

/// Stations of a scope as the overview lists them, with their zones.
pub fn stations_of(conn: &mut Conn, scope: &Scope, most: i64) -> DbResult<Vec<(StationId, Zone)>> {
    let mut filter = Filter::new();
    filter.scope("s.operator_id", "s.id", scope);
    let limit = filter.bind(most);
    let sql = format!("SELECT s.id, s.time_zone FROM station s {} ORDER BY s.id LIMIT {limit}", filter.sql());
    conn.query(&sql, &filter.values, |row| {
        Ok((StationId(row.int(0)?), Zone::parse(&row.text(1)?).unwrap_or_else(Zone::shanghai)))
    })
}

/// What was learned of these stations, and when.
pub fn of_stations(
    conn: &mut Conn,
    stations: &[StationId],
) -> DbResult<HashMap<StationId, (Timestamp, Turnover)>> {
    let mut filter = Filter::new();
    let ids = filter.bind_all(stations.iter().map(|id| id.0));
    filter.and(&format!("station_id IN ({ids})"));
    let sql = format!(
        "SELECT station_id, made_at_ms, basis, order_count, full_permille, stays, arrivals, tests FROM turnover {}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, turnover)?;
    Ok(rows.into_iter().map(|(at, one)| (one.station, (at, one))).collect())
}

/// As [`connectors_now`] of many stations: what runs is gathered once.
pub fn connectors_now_of(
    conn: &mut Conn,
    stations: &[StationId],
) -> DbResult<HashMap<StationId, Vec<ConnectorNow>>> {
    let mut filter = Filter::new();
    let ids = filter.bind_all(stations.iter().map(|id| id.0));
    filter.and(&format!("p.station_id IN ({ids})"));
    filter.and("p.lifecycle IN ('inactive', 'enabled') AND k.no > 0");
    let sql = format!(
        "SELECT p.station_id, p.online, k.status, o.started_at_ms, o.energy_dwh FROM pile p \
         JOIN connector k ON k.pile_id = p.id LEFT JOIN (SELECT o.pile_id, o.connector_no, \
         MIN(o.started_at_ms) AS started_at_ms, MAX(o.energy_dwh) AS energy_dwh FROM orders o \
         WHERE {RUNNING} GROUP BY o.pile_id, o.connector_no) o \
         ON o.pile_id = p.id AND o.connector_no = k.no {}",
        filter.sql()
    );
    let mut all: HashMap<StationId, Vec<ConnectorNow>> = HashMap::new();
    conn.query(&sql, &filter.values, |row| {
        all.entry(StationId(row.int(0)?)).or_default().push(ConnectorNow {
            online: row.bool(1)?,
            status: row.word(2, ConnectorStatus::parse)?,
            started_at_ms: row.int_opt(3)?,
            energy_dwh: row.int_opt(4)?,
        });
        Ok(())
    })?;
    Ok(all)
}

/// Whether drivers may charge at the station at a moment; none: there is no such station.
pub fn station_open(conn: &mut Conn, station: StationId, now: Timestamp) -> DbResult<Option<bool>> {
    conn.find(
        "SELECT closed_from_ms, closed_until_ms FROM station WHERE id = $1",
        &[station.0.into()],
        |row| {
            let (from, until) = (row.int_opt(0)?, row.int_opt(1)?);
            let closed =
                from.is_some_and(|from| from <= now.as_ms()) && until.is_none_or(|until| until > now.as_ms());
            Ok(!closed)
        },
    )
}

/// An order as far as its length and its energy follow from it.
#[derive(Clone, Debug, PartialEq)]
pub struct PastOrder {
    /// Whoever charges, by customer or by card.
    pub customer: Option<String>,
    pub pile: i64,
    pub station: i64,
    pub started_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    pub energy_dwh: i64,
    pub soc_start: Option<i64>,
}

const PAST: &str =
    "customer_id, card_id, pile_id, station_id, started_at_ms, ended_at_ms, energy_dwh, soc_start";

fn past_order(row: &Row<'_>) -> DbResult<PastOrder> {
    let (customer, card) = (row.int_opt(0)?, row.int_opt(1)?);
    Ok(PastOrder {
        customer: customer.map(|id| format!("c{id}")).or_else(|| card.map(|id| format!("k{id}"))),
        pile: row.int(2)?,
        station: row.int(3)?,
        started_at_ms: row.int(4)?,
        ended_at_ms: row.int_opt(5)?,
        energy_dwh: row.int(6)?,
        soc_start: row.int_opt(7)?,
    })
}

/// The latest that have been billed, of all stations.
pub fn past_orders(conn: &mut Conn, since: Timestamp, most: i64) -> DbResult<Vec<PastOrder>> {
    conn.query(
        &format!(
            "SELECT {PAST} FROM orders WHERE started_at_ms >= $1 AND state = 'completed' AND energy_dwh > 0 \
             AND ended_at_ms > started_at_ms ORDER BY started_at_ms DESC, id DESC LIMIT $2"
        ),
        &[since.as_ms().into(), most.into()],
        past_order,
    )
}

/// One that runs; none where it has ended. The caller has found it in the caller's scope.
pub fn running_order(conn: &mut Conn, id: i64) -> DbResult<Option<PastOrder>> {
    conn.find(
        &format!("SELECT {PAST} FROM orders WHERE id = $1 AND state IN ('charging', 'stopping')"),
        &[id.into()],
        past_order,
    )
}
