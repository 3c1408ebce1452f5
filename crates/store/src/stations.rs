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
    conn.find(
        "SELECT operator_id, time_zone, tariff_id, city_code FROM station WHERE id = $1",
        &[id.0.into()],
        |row| {
            Ok(StationFacts {
                id,
                operator: OperatorId(row.int(0)?),
                city: row.text(3)?,
                zone: row.word(1, Zone::parse)?,
                tariff: row.int_opt(2)?.map(TariffId),
            })
        },
    )
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
    tx.station_changed(StationId(id));
    Ok(StationId(id))
}

/// Gives every station that uses any version of the tariff of this name the version `new`; which
/// stations those are.
pub fn tariff_renew(tx: &mut Tx<'_>, name: &str, new: TariffId) -> Result<Vec<StationId>> {
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
    Ok(stations)
}
