//! 车队: companies whose drivers and cars charge.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::Result;
use model::fleet::{FleetHours, FleetLimits};
use model::id::{FleetId, StationId};
use model::money::Fen;
use model::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    pub id: FleetId,
    pub name: String,
    pub contact_name: String,
    pub contact_phone: Option<String>,
    pub note: String,
    /// Where its drivers may charge on its account; `None`: everywhere.
    pub stations: Option<Vec<StationId>>,
    /// When; empty: always.
    pub hours: Vec<FleetHours>,
    /// Counts the changes, against stale forms.
    pub version: i64,
}

const COLUMNS: &str = "id, name, contact_name, contact_phone, note, version, stations, hours";

/// The stations and hours in this column and the next.
pub(crate) fn usable(row: &Row<'_>, column: usize) -> DbResult<(Option<Vec<StationId>>, Vec<FleetHours>)> {
    let wrong = |what: &str| DbError::Fault(format!("a fleet has {what} that cannot be read"));
    let stations = row.text_opt(column)?;
    let stations = stations.map(|text| serde_json::from_str(&text)).transpose();
    let hours = serde_json::from_str(&row.text(column + 1)?);
    Ok((stations.map_err(|_| wrong("stations"))?, hours.map_err(|_| wrong("hours"))?))
}

/// From the places of `name`, `stations` and `hours`: nothing where a fleet keeps its drivers to nothing.
pub(crate) fn limits(row: &Row<'_>, column: usize) -> DbResult<Option<FleetLimits>> {
    let (stations, hours) = usable(row, column + 1)?;
    if stations.is_none() && hours.is_empty() {
        return Ok(None);
    }
    Ok(Some(FleetLimits { name: row.text(column)?, stations, hours }))
}

fn fleet(row: &Row<'_>) -> DbResult<Fleet> {
    let (stations, hours) = usable(row, 6)?;
    Ok(Fleet {
        stations,
        hours,
        id: FleetId(row.int(0)?),
        name: row.text(1)?,
        contact_name: row.text(2)?,
        contact_phone: row.text_opt(3)?,
        note: row.text(4)?,
        version: row.int(5)?,
    })
}

pub fn get(conn: &mut Conn, id: FleetId) -> DbResult<Option<Fleet>> {
    conn.find(&format!("SELECT {COLUMNS} FROM fleet WHERE id = $1"), &[id.0.into()], fleet)
}

pub fn by_name(conn: &mut Conn, name: &str) -> DbResult<Option<Fleet>> {
    conn.find(&format!("SELECT {COLUMNS} FROM fleet WHERE name = $1"), &[name.into()], fleet)
}

pub fn insert(tx: &mut Tx<'_>, fleet: &Fleet, now: Timestamp) -> Result<FleetId> {
    let id = tx.next_id(Noun::Fleet)?;
    tx.execute(
        "INSERT INTO fleet (id, name, contact_name, contact_phone, note, created_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            (&fleet.name).into(),
            (&fleet.contact_name).into(),
            fleet.contact_phone.as_ref().into(),
            (&fleet.note).into(),
            now.as_ms().into(),
            fleet.version.into(),
        ],
    )?;
    Ok(FleetId(id))
}

/// Writes where and when its drivers may charge.
pub fn limits_set(tx: &mut Tx<'_>, fleet: &Fleet) -> Result<()> {
    let json = |text: serde_json::Result<String>| text.map_err(|_| model::Error::internal());
    let stations = fleet.stations.as_ref().map(|ids| json(serde_json::to_string(ids))).transpose()?;
    tx.execute(
        "UPDATE fleet SET stations = $1, hours = $2, version = $3 WHERE id = $4",
        &[
            stations.into(),
            json(serde_json::to_string(&fleet.hours))?.into(),
            fleet.version.into(),
            fleet.id.0.into(),
        ],
    )
    .map(drop)
}

/// Whether a fleet pays for its drivers, and how far below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FleetAccount {
    pub pays: bool,
    pub credit: Fen,
    /// Of the fleet, against stale forms.
    pub version: i64,
}

pub fn account(conn: &mut Conn, id: FleetId) -> DbResult<Option<FleetAccount>> {
    conn.find("SELECT pays, credit_fen, version FROM fleet WHERE id = $1", &[id.0.into()], |row| {
        Ok(FleetAccount { pays: row.bool(0)?, credit: Fen(row.int(1)?), version: row.int(2)? })
    })
}

pub fn account_set(tx: &mut Tx<'_>, id: FleetId, account: FleetAccount) -> Result<()> {
    tx.execute(
        "UPDATE fleet SET pays = $1, credit_fen = $2, version = $3 WHERE id = $4",
        &[account.pays.into(), account.credit.0.into(), account.version.into(), id.0.into()],
    )
    .map(drop)
}

/// Those of these stations that are there.
pub fn stations_known(conn: &mut Conn, ids: &[StationId]) -> DbResult<Vec<StationId>> {
    let mut filter = Filter::new();
    let names = filter.bind_all(ids.iter().map(|id| id.0));
    let sql = format!("SELECT id FROM station WHERE id IN ({names}) ORDER BY id");
    conn.query(&sql, &filter.values, |row| Ok(StationId(row.int(0)?)))
}

pub fn update(tx: &mut Tx<'_>, fleet: &Fleet) -> Result<()> {
    tx.execute(
        "UPDATE fleet SET name = $1, contact_name = $2, contact_phone = $3, note = $4, version = $5 WHERE id = $6",
        &[
            (&fleet.name).into(),
            (&fleet.contact_name).into(),
            fleet.contact_phone.as_ref().into(),
            (&fleet.note).into(),
            fleet.version.into(),
            fleet.id.0.into(),
        ],
    )
    .map(drop)
}
