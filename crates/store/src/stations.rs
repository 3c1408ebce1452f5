//! 充电站: writing them, and what the device path must know of them.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use crate::station_list::STATION_CODE;
use model::Result;
use model::access::Scope;
use model::id::{OperatorId, StationId, TariffId};
use model::site::{Closed, Closure, Facility, StationFacts};
use model::station::{CarKind, ParkingFee, PlaceKind, StationKind};
use model::time::{Timestamp, Zone};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What must be there, because something refers to it.
pub fn facts(conn: &mut Conn, id: StationId) -> DbResult<StationFacts> {
    find(conn, id)?
        .ok_or_else(|| DbError::Fault(format!("a pile belongs to station {id}, which is not there")))
}

pub fn find(conn: &mut Conn, id: StationId) -> DbResult<Option<StationFacts>> {
    let found = conn.find(
        "SELECT s.operator_id, s.time_zone, s.tariff_id, s.city_code, c.paused_from_ms, c.name, c.pause_reason, \
         op.disabled_from_ms, op.name, op.disable_reason, s.closed_from_ms, s.name, s.close_notice, \
         s.closed_until_ms, sl.short_since_ms, em.started_at_ms, s.name, em.reason FROM station s \
         LEFT JOIN emergency em ON em.live_key = CAST(s.id AS TEXT) \
         LEFT JOIN station_load sl ON sl.station_id = s.id AND sl.enabled LEFT JOIN city c ON c.code = s.city_code LEFT JOIN operator op ON op.id = s.operator_id WHERE s.id = $1",
        &[id.0.into()],
        |row| {
            let until = row.int_opt(13)?.map(Timestamp::from_ms);
            let own = closure(row, Closed::Station, 10)?.map(|closure| Closure { until, ..closure });
            let load = crate::loads::closure(row.int_opt(14)?, row.text(11)?);
            let danger = closure(row, Closed::Emergency, 15)?;
            let closures =
                [danger, closure(row, Closed::City, 4)?, closure(row, Closed::Operator, 7)?, own, load];
            Ok(StationFacts {
                id,
                operator: OperatorId(row.int(0)?),
                city: row.text(3)?,
                zone: row.word(1, Zone::parse)?,
                tariff: row.int_opt(2)?.map(TariffId),
                tariffs: Vec::new(),
                planned: Vec::new(),
                occupancy: None,
                activities: Vec::new(),
                closures: closures.into_iter().flatten().collect(),
            })
        },
    )?;
    let Some(facts) = found else { return Ok(None) };
    let tariffs = conn.query(
        "SELECT from_ms, tariff_id FROM station_tariff WHERE station_id = $1 ORDER BY from_ms",
        &[id.0.into()],
        |row| Ok((Timestamp::from_ms(row.int(0)?), row.int_opt(1)?.map(TariffId))),
    )?;
    let planned = crate::tariff_plans::planned(conn, id)?;
    let plan = crate::occupancies::plan(conn, id)?;
    let occupancy = plan.filter(|plan| plan.enabled).map(|plan| plan.rule);
    let activities = crate::station_activities::of_station(conn, id, (facts.operator, &facts.city))?;
    Ok(Some(StationFacts { tariffs, planned, occupancy, activities, ..facts }))
}

/// From the moment, the name and the reason in this column and the two after it.
fn closure(row: &Row<'_>, of: Closed, column: usize) -> DbResult<Option<Closure>> {
    let Some(from) = row.int_opt(column)? else { return Ok(None) };
    let (name, reason) = (row.text(column + 1)?, row.text_opt(column + 2)?.unwrap_or_default());
    Ok(Some(Closure { of, name, from: Timestamp::from_ms(from), until: None, reason }))
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

/// What staff keep of a station and may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StationFields {
    pub name: String,
    pub code: Option<String>,
    pub city_code: String,
    pub address: String,
    pub tariff_id: Option<i64>,
    pub longitude_e6: Option<i64>,
    pub latitude_e6: Option<i64>,
    pub phone: Option<String>,
    pub opening_from_minute: Option<i64>,
    pub opening_to_minute: Option<i64>,
    pub parking: Option<String>,
    pub facilities: Vec<Facility>,
    pub transformer_kva: Option<i64>,
    pub power_cap_w: Option<i64>,
    pub kind: StationKind,
    pub place_kind: Option<PlaceKind>,
    pub parking_fee: Option<ParkingFee>,
    pub tags: Vec<String>,
    pub car_kinds: Vec<CarKind>,
    pub utility_no: Option<String>,
}

/// A JSON list of words.
pub(crate) fn listed<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> DbResult<Vec<T>> {
    let text = row.text(column)?;
    serde_json::from_str(&text).map_err(|_| DbError::Fault(format!("a station has the list {text:?}")))
}

/// One a line, so that a part of one is found and never a piece of the notation.
pub(crate) fn tags(row: &Row<'_>, column: usize) -> DbResult<Vec<String>> {
    Ok(row.text(column)?.lines().map(str::to_owned).collect())
}

pub(crate) fn place_kind(row: &Row<'_>, column: usize) -> DbResult<Option<PlaceKind>> {
    row.word_opt(column, PlaceKind::parse)
}

pub fn fields(conn: &mut Conn, id: StationId) -> DbResult<Option<StationFields>> {
    conn.find(
        "SELECT name, code, city_code, address, tariff_id, longitude_e6, latitude_e6, phone, opening_from_minute, \
         opening_to_minute, parking, facilities, transformer_kva, power_cap_w, kind, place_kind, parking_fee, tags, \
         car_kinds, utility_no FROM station WHERE id = $1",
        &[id.0.into()],
        |row| {
            Ok(StationFields {
                name: row.text(0)?,
                code: row.text_opt(1)?,
                city_code: row.text(2)?,
                address: row.text(3)?,
                tariff_id: row.int_opt(4)?,
                longitude_e6: row.int_opt(5)?,
                latitude_e6: row.int_opt(6)?,
                phone: row.text_opt(7)?,
                opening_from_minute: row.int_opt(8)?,
                opening_to_minute: row.int_opt(9)?,
                parking: row.text_opt(10)?,
                facilities: listed(row, 11)?,
                transformer_kva: row.int_opt(12)?,
                power_cap_w: row.int_opt(13)?,
                kind: row.word(14, StationKind::parse)?,
                place_kind: place_kind(row, 15)?,
                parking_fee: row.word_opt(16, ParkingFee::parse)?,
                tags: tags(row, 17)?,
                car_kinds: listed(row, 18)?,
                utility_no: row.text_opt(19)?,
            })
        },
    )
}

/// By its number, its own or the one that every station has from its id.
pub fn by_code(conn: &mut Conn, code: &str) -> DbResult<Option<StationId>> {
    let sql = format!("SELECT s.id FROM station s WHERE {STATION_CODE} = $1");
    conn.find(&sql, &[code.into()], |row| Ok(StationId(row.int(0)?)))
}

/// Writes what staff edit, unless somebody has changed it since it was read as `version`; whether it
/// was written.
pub fn update(
    tx: &mut Tx<'_>,
    id: StationId,
    fields: &StationFields,
    version: i64,
    now: Timestamp,
) -> Result<bool> {
    let facilities = serde_json::to_string(&fields.facilities).map_err(|_| model::Error::internal())?;
    let car_kinds = serde_json::to_string(&fields.car_kinds).map_err(|_| model::Error::internal())?;
    let shown: Option<i64> = match tx.read(|conn| find(conn, id))? {
        Some(facts) => facts.tariff.map(|tariff| tariff.0),
        None => return Ok(false),
    };
    let changed = tx.execute(
        "UPDATE station SET name = $1, code = $2, city_code = $3, address = $4, tariff_id = $5, longitude_e6 = $6, \
         latitude_e6 = $7, phone = $8, opening_from_minute = $9, opening_to_minute = $10, parking = $11, \
         facilities = $12, transformer_kva = $13, power_cap_w = $14, kind = $15, place_kind = $16, \
         parking_fee = $17, tags = $18, car_kinds = $19, utility_no = $20, version = version + 1 \
         WHERE id = $21 AND version = $22",
        &[
            (&fields.name).into(),
            fields.code.as_ref().into(),
            (&fields.city_code).into(),
            (&fields.address).into(),
            fields.tariff_id.into(),
            fields.longitude_e6.into(),
            fields.latitude_e6.into(),
            fields.phone.as_ref().into(),
            fields.opening_from_minute.into(),
            fields.opening_to_minute.into(),
            fields.parking.as_ref().into(),
            facilities.into(),
            fields.transformer_kva.into(),
            fields.power_cap_w.into(),
            fields.kind.as_str().into(),
            fields.place_kind.map(PlaceKind::as_str).into(),
            fields.parking_fee.map(ParkingFee::as_str).into(),
            fields.tags.join("\n").into(),
            car_kinds.into(),
            fields.utility_no.as_ref().into(),
            id.0.into(),
            version.into(),
        ],
    )?;
    if changed > 0 && shown != fields.tariff_id {
        tariff_shown(tx, id, fields.tariff_id.map(TariffId), now)?;
    }
    Ok(changed > 0)
}

/// 暂停营业: from when on, until when if that is known, and what drivers are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StationClosing {
    pub closed_from_ms: i64,
    pub closed_until_ms: Option<i64>,
    pub close_notice: String,
}

pub fn closing(conn: &mut Conn, id: StationId) -> DbResult<Option<StationClosing>> {
    let sql = "SELECT closed_from_ms, closed_until_ms, close_notice FROM station WHERE id = $1";
    let found = conn.find(sql, &[id.0.into()], |row| {
        let Some(closed_from_ms) = row.int_opt(0)? else { return Ok(None) };
        let close_notice = row.text_opt(2)?.unwrap_or_default();
        Ok(Some(StationClosing { closed_from_ms, closed_until_ms: row.int_opt(1)?, close_notice }))
    })?;
    Ok(found.flatten())
}

/// Closes it for a time, or opens it; whether it was written, as `update` has it.
pub fn closing_set(
    tx: &mut Tx<'_>,
    id: StationId,
    closing: Option<&StationClosing>,
    version: i64,
) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE station SET closed_from_ms = $1, closed_until_ms = $2, close_notice = $3, version = version + 1 \
         WHERE id = $4 AND version = $5",
        &[
            closing.map(|closing| closing.closed_from_ms).into(),
            closing.and_then(|closing| closing.closed_until_ms).into(),
            closing.map(|closing| closing.close_notice.clone()).into(),
            id.0.into(),
            version.into(),
        ],
    )?;
    Ok(changed > 0)
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
