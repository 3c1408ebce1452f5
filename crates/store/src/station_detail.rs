//! One 充电站: what is on record, its connectors, and today's figures hour by hour.

use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use crate::station_list::{Station, StationFilter, station_list};
use crate::station_photos::{StationPhoto, photos};
use crate::stations::listed;
use model::access::Scope;
use model::connector::ConnectorStatus;
use model::geo::Place;
use model::site::Facility;
use model::station::{CarKind, ParkingFee};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StationDetail {
    #[serde(flatten)]
    pub station: Station,
    /// The same place as Chinese maps (GCJ-02) show it.
    pub gcj02_longitude_e6: Option<i64>,
    pub gcj02_latitude_e6: Option<i64>,
    pub phone: Option<String>,
    /// Minutes of the day; over midnight when it ends before it begins; null: always open.
    pub opening_from_minute: Option<i64>,
    pub opening_to_minute: Option<i64>,
    pub parking: Option<String>,
    pub parking_fee: Option<ParkingFee>,
    pub car_kinds: Vec<CarKind>,
    /// 户号 of its meter.
    pub utility_no: Option<String>,
    /// The first is the cover.
    pub photos: Vec<StationPhoto>,
    pub facilities: Vec<Facility>,
    pub transformer_kva: Option<i64>,
    pub power_cap_w: Option<i64>,
    pub rated_power_w: i64,
    pub piles_online: i64,
    pub created_at_ms: i64,
    /// Connectors by what they last said, as long as their pile is on line; the others are `offline`.
    pub connectors: Vec<StationConnectors>,
    pub today: StationFigures,
    pub yesterday: StationFigures,
    /// 0 to 23, today and yesterday.
    pub hours: Vec<StationHour>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StationConnectors {
    /// A connector's status, or `offline`.
    pub state: String,
    pub count: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StationFigures {
    pub order_count: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
    pub service_fen: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StationHour {
    pub hour: i64,
    pub today_dwh: i64,
    pub yesterday_dwh: i64,
}

/// `days`: today and the day before on the platform's clock, yyyymmdd.
pub fn station_get(
    conn: &mut Conn,
    scope: &Scope,
    id: i64,
    days: [i64; 2],
) -> DbResult<Option<StationDetail>> {
    let wanted = StationFilter { id: Some(id), ..StationFilter::default() };
    let Some(station) = station_list(conn, scope, &wanted)?.items.pop() else { return Ok(None) };
    let mut detail = conn.one(
        "SELECT s.phone, s.opening_from_minute, s.opening_to_minute, s.parking, s.facilities, s.transformer_kva, \
         s.power_cap_w, s.created_at_ms, s.parking_fee, s.car_kinds, s.utility_no FROM station s WHERE s.id = $1",
        &[id.into()],
        |row| {
            let place = station.longitude_e6.zip(station.latitude_e6);
            let place = place.and_then(|(x, y)| Place::of(x, y)).map(Place::wgs84_to_gcj02);
            Ok(StationDetail {
                station: station.clone(),
                gcj02_longitude_e6: place.map(|place| place.longitude_e6),
                gcj02_latitude_e6: place.map(|place| place.latitude_e6),
                phone: row.text_opt(0)?,
                opening_from_minute: row.int_opt(1)?,
                opening_to_minute: row.int_opt(2)?,
                parking: row.text_opt(3)?,
                parking_fee: row.word_opt(8, ParkingFee::parse)?,
                car_kinds: listed(row, 9)?,
                utility_no: row.text_opt(10)?,
                photos: Vec::new(),
                facilities: listed(row, 4)?,
                transformer_kva: row.int_opt(5)?,
                power_cap_w: row.int_opt(6)?,
                created_at_ms: row.int(7)?,
                rated_power_w: 0,
                piles_online: 0,
                connectors: Vec::new(),
                today: StationFigures::default(),
                yesterday: StationFigures::default(),
                hours: Vec::new(),
            })
        },
    )?;
    (detail.rated_power_w, detail.piles_online) = conn.one(
        "SELECT CAST(COALESCE(SUM(rated_power_w), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN online THEN 1 ELSE 0 END), 0) AS BIGINT) FROM pile \
         WHERE station_id = $1 AND lifecycle <> 'retired'",
        &[id.into()],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    detail.photos = photos(conn, id)?;
    detail.connectors = connectors(conn, id)?;
    hours(conn, id, days, &mut detail)?;
    Ok(Some(detail))
}

fn connectors(conn: &mut Conn, id: i64) -> DbResult<Vec<StationConnectors>> {
    let rows = conn.query(
        "SELECT p.online, k.status, COUNT(*) FROM pile p JOIN connector k \
         ON k.id > p.id * 1000 AND k.id <= p.id * 1000 + 999 \
         WHERE p.station_id = $1 AND p.lifecycle <> 'retired' GROUP BY p.online, k.status",
        &[id.into()],
        |row| Ok((row.bool(0)?, row.word(1, ConnectorStatus::parse)?, row.int(2)?)),
    )?;
    let mut states: Vec<StationConnectors> = Vec::new();
    for (online, status, count) in rows {
        let state = if online { status.as_str() } else { "offline" };
        match states.iter_mut().find(|known| known.state == state) {
            Some(known) => known.count += count,
            None => states.push(StationConnectors { state: state.to_owned(), count }),
        }
    }
    states.sort_by(|a, b| b.count.cmp(&a.count).then(a.state.cmp(&b.state)));
    Ok(states)
}

fn hours(conn: &mut Conn, id: i64, days: [i64; 2], detail: &mut StationDetail) -> DbResult<()> {
    let mut filter = Filter::new();
    let both = filter.bind_all(days.into_iter());
    filter.and_value("h.station_id = ?", id);
    let sql = format!(
        "SELECT h.day, h.hour, h.order_count, h.energy_dwh, h.total_fen, h.service_fen FROM station_hour h \
         WHERE h.day IN ({both}) AND {}",
        filter.sql().trim_start_matches("WHERE ")
    );
    detail.hours = (0..24).map(|hour| StationHour { hour, ..StationHour::default() }).collect();
    let rows = conn.query(&sql, &filter.values, |row| {
        let figures = StationFigures {
            order_count: row.int(2)?,
            energy_dwh: row.int(3)?,
            total_fen: row.int(4)?,
            service_fen: row.int(5)?,
        };
        Ok((row.int(0)?, row.int(1)?, figures))
    })?;
    for (day, hour, figures) in rows {
        let is_today = day == days[0];
        let sum = if is_today { &mut detail.today } else { &mut detail.yesterday };
        sum.order_count += figures.order_count;
        sum.energy_dwh += figures.energy_dwh;
        sum.total_fen += figures.total_fen;
        sum.service_fen += figures.service_fen;
        if let Some(place) = usize::try_from(hour).ok().and_then(|hour| detail.hours.get_mut(hour)) {
            *(if is_today { &mut place.today_dwh } else { &mut place.yesterday_dwh }) += figures.energy_dwh;
        }
    }
    Ok(())
}
