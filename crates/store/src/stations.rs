//! 充电站: writing them, and what the device path must know of them.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult};
use crate::filter::Filter;
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::id::{OperatorId, StationId, TariffId};
use model::site::StationFacts;
use model::time::{Timestamp, Zone};
use std::collections::{HashMap, HashSet};

/// What must be there, because something refers to it.
pub fn facts(conn: &mut Conn, id: StationId) -> DbResult<StationFacts> {
    find(conn, id)?
        .ok_or_else(|| DbError::Fault(format!("a pile belongs to station {id}, which is not there")))
}

pub fn find(conn: &mut Conn, id: StationId) -> DbResult<Option<StationFacts>> {
    let found = conn.find(
        "SELECT operator_id, time_zone, tariff_id, city_code FROM station WHERE id = $1",
        &[id.0.into()],
        |row| {
            Ok(StationFacts {
                id,
                operator: OperatorId(row.int(0)?),
                city: row.text(3)?,
                zone: row.word(1, Zone::parse)?,
                tariff: row.int_opt(2)?.map(TariffId),
                tariffs: Vec::new(),
            })
        },
    )?;
    let Some(facts) = found else { return Ok(None) };
    let tariffs = conn.query(
        "SELECT from_ms, tariff_id FROM station_tariff WHERE station_id = $1 ORDER BY from_ms",
        &[id.0.into()],
        |row| Ok((Timestamp::from_ms(row.int(0)?), row.int_opt(1)?.map(TariffId))),
    )?;
    Ok(Some(StationFacts { tariffs, ..facts }))
}

/// Keeps that the station shows this version from now on.
fn tariff_shown(tx: &mut Tx<'_>, id: StationId, tariff: Option<TariffId>, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO station_tariff (station_id, from_ms, tariff_id) VALUES ($1, $2, $3) \
         ON CONFLICT (station_id, from_ms) DO UPDATE SET tariff_id = excluded.tariff_id",
        &[id.0.into(), now.as_ms().into(), tariff.map(|tariff| tariff.0).into()],
    )?;
    Ok(())
}

/// The stations that somebody sees, for those who look after a part.
pub fn in_scope(conn: &mut Conn, scope: &Scope) -> DbResult<HashSet<StationId>> {
    let mut filter = Filter::new();
    filter.scope("operator_id", "id", scope);
    let sql = format!("SELECT id FROM station {}", filter.sql());
    Ok(conn.query(&sql, &filter.values, |row| Ok(StationId(row.int(0)?)))?.into_iter().collect())
}

/// By its name, which is unique.
pub fn by_name(conn: &mut Conn, name: &str) -> DbResult<Option<StationId>> {
    conn.find("SELECT id FROM station WHERE name = $1", &[name.into()], |row| Ok(StationId(row.int(0)?)))
}

/// All stations by their names.
pub fn names(conn: &mut Conn) -> DbResult<HashMap<String, StationId>> {
    let names =
        conn.query("SELECT name, id FROM station", &[], |row| Ok((row.text(0)?, StationId(row.int(1)?))))?;
    Ok(names.into_iter().collect())
}

/// A station that is being opened.
pub struct NewStation<'a> {
    pub operator: OperatorId,
    pub city_code: &'a str,
    pub name: &'a str,
    pub address: &'a str,
    pub longitude_e6: Option<i64>,
    pub latitude_e6: Option<i64>,
    pub time_zone: Option<&'a str>,
    pub tariff: Option<TariffId>,
}

/// Writes a new station.
pub fn insert(tx: &mut Tx<'_>, station: &NewStation<'_>, now: Timestamp) -> Result<StationId> {
    let id = tx.next_id(Noun::Station)?;
    tx.execute(
        "INSERT INTO station (id, operator_id, city_code, name, address, longitude_e6, latitude_e6, time_zone, \
         tariff_id, created_at_ms, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
        &[
            id.into(),
            station.operator.0.into(),
            station.city_code.into(),
            station.name.into(),
            station.address.into(),
            station.longitude_e6.into(),
            station.latitude_e6.into(),
            station.time_zone.into(),
            station.tariff.map(|tariff| tariff.0).into(),
            now.as_ms().into(),
        ],
    )?;
    let id = StationId(id);
    tariff_shown(tx, id, station.tariff, now)?;
    tx.station_changed(id);
    Ok(id)
}

/// Gives every station that uses any version of the tariff of this name the version `new`; which
/// stations those are.
pub fn tariff_renew(tx: &mut Tx<'_>, name: &str, new: TariffId, now: Timestamp) -> Result<Vec<StationId>> {
    let stations = tx.query(
        "SELECT id FROM station WHERE tariff_id IN (SELECT id FROM tariff WHERE name = $1)",
        &[name.into()],
        |row| Ok(StationId(row.int(0)?)),
    )?;
    tx.execute(
        "UPDATE station SET tariff_id = $1, version = version + 1 \
         WHERE tariff_id IN (SELECT id FROM tariff WHERE name = $2)",
        &[new.0.into(), name.into()],
    )?;
    for station in &stations {
        tariff_shown(tx, *station, Some(new), now)?;
    }
    Ok(stations)
}
