//! 充电桩地图: how many piles are where, counted from the country down to the station.

use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use crate::station_list::{STATION_CODE, StationFilter, station_filter};
use model::access::Scope;
use model::connector::ConnectorStatus;
use model::geo::{Datum, Place};
use model::site::PileKind;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// Most stations of the list beside the map, and most markers of single stations.
const STATIONS_MAX: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapLevel {
    Province,
    City,
    Station,
}

/// Worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapState {
    /// A connector has a fault.
    Faulted,
    /// A pile is off line.
    Offline,
    /// No connector is free.
    Full,
    Available,
    /// There are no piles.
    Empty,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MapCounts {
    pub pile_count: i64,
    pub connector_count: i64,
    pub available_count: i64,
    pub charging_count: i64,
    pub faulted_count: i64,
    pub offline_pile_count: i64,
}

impl MapCounts {
    fn add(&mut self, other: &MapCounts) {
        self.pile_count += other.pile_count;
        self.connector_count += other.connector_count;
        self.available_count += other.available_count;
        self.charging_count += other.charging_count;
        self.faulted_count += other.faulted_count;
        self.offline_pile_count += other.offline_pile_count;
    }

    fn state(&self) -> MapState {
        if self.pile_count == 0 {
            MapState::Empty
        } else if self.faulted_count > 0 {
            MapState::Faulted
        } else if self.offline_pile_count > 0 {
            MapState::Offline
        } else if self.available_count == 0 {
            MapState::Full
        } else {
            MapState::Available
        }
    }
}

/// Stations of one province or city, shown as one marker in their midst.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapGroup {
    /// The first two digits of a province's administrative code, or a city's six.
    pub code: String,
    pub name: String,
    pub longitude_e6: i64,
    pub latitude_e6: i64,
    pub station_count: i64,
    pub counts: MapCounts,
    pub state: MapState,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapStation {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub operator_name: String,
    pub city_name: String,
    pub address: String,
    /// The photo that stands for it.
    pub cover_id: Option<i64>,
    /// As a station has them.
    pub closed_from_ms: Option<i64>,
    pub closed_until_ms: Option<i64>,
    pub close_notice: Option<String>,
    pub longitude_e6: Option<i64>,
    pub latitude_e6: Option<i64>,
    pub counts: MapCounts,
    pub state: MapState,
    #[serde(skip)]
    city_code: String,
    #[serde(skip)]
    province: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapView {
    pub station_count: i64,
    pub unlocated_count: i64,
    pub counts: MapCounts,
    /// Empty at the level of stations.
    pub groups: Vec<MapGroup>,
    /// Those in view for the list beside the map, at most 500; those without a place on the map first.
    pub stations: Vec<MapStation>,
    /// How many are in view.
    pub seen_count: i64,
}

/// West, south, east, north in degrees × 10⁶.
pub type Bounds = [i64; 4];

#[derive(Clone, Debug)]
pub struct MapFilter {
    pub stations: StationFilter,
    pub level: MapLevel,
    pub bounds: Option<Bounds>,
    /// What the map is drawn in.
    pub datum: Datum,
    pub piles: MapPiles,
    /// Only stations in this state, as their piles that count stand.
    pub state: Option<MapState>,
}

/// Which piles count; a station that has none of them is left out.
#[derive(Clone, Debug, Default)]
pub struct MapPiles {
    pub kind: Option<PileKind>,
    pub power_from_w: Option<i64>,
    pub power_to_w: Option<i64>,
}

impl MapPiles {
    fn is_asked(&self) -> bool {
        self.kind.is_some() || self.power_from_w.is_some() || self.power_to_w.is_some()
    }

    fn filter(&self) -> Filter {
        let mut filter = Filter::new();
        filter.and("p.lifecycle <> 'retired'");
        filter.and_some("p.kind = ?", self.kind.map(PileKind::as_str));
        filter.and_some("p.rated_power_w >= ?", self.power_from_w);
        filter.and_some("p.rated_power_w <= ?", self.power_to_w);
        filter
    }
}

pub fn map_get(conn: &mut Conn, scope: &Scope, wanted: &MapFilter) -> DbResult<MapView> {
    let mut counts = counts(conn, &wanted.piles)?;
    let filter = station_filter(scope, &wanted.stations);
    let sql = format!(
        "SELECT s.id, {STATION_CODE}, s.name, op.name, COALESCE(c.name, s.city_code), s.address, s.longitude_e6, \
         s.latitude_e6, s.city_code, COALESCE(c.province, ''), ph.id, s.closed_from_ms, s.closed_until_ms, s.close_notice FROM station s \
         LEFT JOIN station_photo ph ON ph.station_id = s.id AND ph.place = 1 JOIN operator op ON op.id = s.operator_id LEFT JOIN city c ON c.code = s.city_code {} ORDER BY s.name, s.id",
        filter.sql()
    );
    let mut stations = conn.query(&sql, &filter.values, |row| {
        let id = row.int(0)?;
        let place = row.int_opt(6)?.zip(row.int_opt(7)?).and_then(|(x, y)| Place::of(x, y));
        let place = place.map(|place| place.shown(wanted.datum));
        let counts = counts.remove(&id).unwrap_or_default();
        Ok(MapStation {
            id,
            code: row.text(1)?,
            name: row.text(2)?,
            operator_name: row.text(3)?,
            city_name: row.text(4)?,
            address: row.text(5)?,
            cover_id: row.int_opt(10)?,
            closed_from_ms: row.int_opt(11)?,
            closed_until_ms: row.int_opt(12)?,
            close_notice: row.text_opt(13)?,
            longitude_e6: place.map(|place| place.longitude_e6),
            latitude_e6: place.map(|place| place.latitude_e6),
            state: counts.state(),
            counts,
            city_code: row.text(8)?,
            province: row.text(9)?,
        })
    })?;
    if wanted.piles.is_asked() {
        stations.retain(|station| station.counts.pile_count > 0);
    }
    stations.retain(|station| wanted.state.is_none_or(|state| station.state == state));
    Ok(view(stations, wanted))
}

fn view(stations: Vec<MapStation>, wanted: &MapFilter) -> MapView {
    let mut all = MapCounts::default();
    stations.iter().for_each(|station| all.add(&station.counts));
    let station_count = i64::try_from(stations.len()).unwrap_or(i64::MAX);
    let unlocated = stations.iter().filter(|station| station.longitude_e6.is_none()).count();
    let groups = match wanted.level {
        MapLevel::Station => Vec::new(),
        MapLevel::Province | MapLevel::City => groups(&stations, wanted.level),
    };
    let mut seen: Vec<MapStation> =
        stations.into_iter().filter(|station| is_seen(station, wanted.bounds)).collect();
    let seen_count = i64::try_from(seen.len()).unwrap_or(i64::MAX);
    seen.sort_by_key(|station| station.longitude_e6.is_some());
    seen.truncate(STATIONS_MAX);
    let unlocated_count = i64::try_from(unlocated).unwrap_or(i64::MAX);
    MapView { station_count, unlocated_count, counts: all, groups, stations: seen, seen_count }
}

/// Whether it lies in the part that is shown; one without a place does everywhere, so that it is found.
fn is_seen(station: &MapStation, bounds: Option<Bounds>) -> bool {
    let (Some([west, south, east, north]), Some(x), Some(y)) =
        (bounds, station.longitude_e6, station.latitude_e6)
    else {
        return true;
    };
    (west..=east).contains(&x) && (south..=north).contains(&y)
}

fn groups(stations: &[MapStation], level: MapLevel) -> Vec<MapGroup> {
    let mut groups: BTreeMap<&str, (MapGroup, i64)> = BTreeMap::new();
    for station in stations {
        let (Some(x), Some(y)) = (station.longitude_e6, station.latitude_e6) else { continue };
        let (code, name) = match level {
            MapLevel::Province => (station.city_code.get(..2).unwrap_or("00"), &station.province),
            MapLevel::City | MapLevel::Station => (station.city_code.as_str(), &station.city_name),
        };
        let (group, located) = groups.entry(code).or_insert_with(|| {
            let (code, name) = (code.to_owned(), name.clone());
            let counts = MapCounts::default();
            let state = MapState::Empty;
            (MapGroup { code, name, longitude_e6: 0, latitude_e6: 0, station_count: 0, counts, state }, 0)
        });
        group.longitude_e6 += x;
        group.latitude_e6 += y;
        *located += 1;
        group.station_count += 1;
        group.counts.add(&station.counts);
        group.state = group.state.min(station.state);
    }
    let midst = |(mut group, located): (MapGroup, i64)| {
        group.longitude_e6 /= located.max(1);
        group.latitude_e6 /= located.max(1);
        group
    };
    groups.into_values().map(midst).collect()
}

/// Of every station, without piles that are out of service for good.
fn counts(conn: &mut Conn, wanted: &MapPiles) -> DbResult<HashMap<i64, MapCounts>> {
    let mut counts: HashMap<i64, MapCounts> = HashMap::new();
    let filter = wanted.filter();
    let sql = format!(
        "SELECT p.station_id, p.online, COUNT(*) FROM pile p {} GROUP BY p.station_id, p.online",
        filter.sql()
    );
    let piles = conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, row.bool(1)?, row.int(2)?)))?;
    for (station, online, count) in piles {
        let counts = counts.entry(station).or_default();
        counts.pile_count += count;
        counts.offline_pile_count += if online { 0 } else { count };
    }
    let sql = format!(
        "SELECT p.station_id, p.online, k.status, COUNT(*) FROM connector k JOIN pile p ON p.id = k.pile_id \
         {} AND k.no > 0 GROUP BY p.station_id, p.online, k.status",
        filter.sql()
    );
    let connectors = conn.query(&sql, &filter.values, |row| {
        Ok((row.int(0)?, row.bool(1)?, row.word(2, ConnectorStatus::parse)?, row.int(3)?))
    })?;
    for (station, online, status, count) in connectors {
        let counts = counts.entry(station).or_default();
        counts.connector_count += count;
        match status {
            _ if !online => {}
            ConnectorStatus::Available => counts.available_count += count,
            ConnectorStatus::Faulted => counts.faulted_count += count,
            status if status.is_charging() => counts.charging_count += count,
            _ => {}
        }
    }
    Ok(counts)
}
