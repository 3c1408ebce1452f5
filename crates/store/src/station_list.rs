//! 充电站 as staff see them.

use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page, count};
use crate::stations::{place_kind, tags};
use model::access::Scope;
use model::station::{PlaceKind, StationKind};
use serde::Serialize;
use utoipa::ToSchema;

/// Piles and connectors of each station, without those out of service for good.
pub(crate) const STATION_PILES: &str = "SELECT a.station_id AS station_id, a.piles AS piles, \
    COALESCE(m.connectors, 0) AS connectors FROM (SELECT p.station_id AS station_id, COUNT(*) AS piles FROM pile p \
      WHERE p.lifecycle <> 'retired' GROUP BY p.station_id) a \
    LEFT JOIN (SELECT p.station_id AS station_id, COUNT(*) AS connectors FROM connector k \
      JOIN pile p ON p.id = k.pile_id WHERE k.no > 0 AND p.lifecycle <> 'retired' GROUP BY p.station_id) m \
    ON m.station_id = a.station_id";

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Station {
    pub id: i64,
    /// 站点编号
    pub code: String,
    pub name: String,
    pub operator_id: i64,
    pub operator_name: String,
    pub city_code: String,
    pub city_name: String,
    pub address: String,
    pub longitude_e6: Option<i64>,
    pub latitude_e6: Option<i64>,
    pub pile_count: i64,
    pub connector_count: i64,
    /// The tariff version for new orders.
    pub tariff_id: Option<i64>,
    pub tariff_name: Option<String>,
    pub time_zone: String,
    pub kind: StationKind,
    pub place_kind: Option<PlaceKind>,
    pub tags: Vec<String>,
    /// From when on nothing may begin here; null: it is open.
    pub closed_from_ms: Option<i64>,
    /// Null: until somebody opens it.
    pub closed_until_ms: Option<i64>,
    /// What drivers are told.
    pub close_notice: Option<String>,
    /// The photo that stands for it.
    pub cover_id: Option<i64>,
    /// To be given back with a change.
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct StationFilter {
    pub name: Option<String>,
    pub operator_id: Option<i64>,
    pub city_code: Option<String>,
    pub operator_name: Option<String>,
    pub city_name: Option<String>,
    pub code: Option<String>,
    /// Whether its place on the map is known.
    pub located: Option<bool>,
    pub id: Option<i64>,
    /// A part of a tag.
    pub tag: Option<String>,
    pub kind: Option<StationKind>,
    pub place_kind: Option<PlaceKind>,
    /// Whether it is closed at a moment.
    pub closed: Option<(bool, i64)>,
}

/// 站点编号 of `station s`.
pub(crate) const STATION_CODE: &str = "COALESCE(s.code, 'S' || CAST(s.id AS TEXT))";

/// The filters that the list and the map share, over `station s`, `operator op` and `city c`.
pub(crate) fn station_filter(scope: &Scope, wanted: &StationFilter) -> Filter {
    let mut filter = Filter::new();
    filter.scope("s.operator_id", "s.id", scope);
    filter.and_some("s.id = ?", wanted.id);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.name.as_deref());
    filter.and_contains(&format!("LOWER({STATION_CODE}) LIKE ?"), wanted.code.as_deref());
    filter.and_contains("LOWER(op.name) LIKE ?", wanted.operator_name.as_deref());
    filter.and_contains("LOWER(c.name) LIKE ?", wanted.city_name.as_deref());
    filter.and_some("s.operator_id = ?", wanted.operator_id);
    filter.and_some("s.city_code = ?", wanted.city_code.clone());
    filter.and_contains("LOWER(s.tags) LIKE ?", wanted.tag.as_deref());
    filter.and_some("s.kind = ?", wanted.kind.map(StationKind::as_str));
    filter.and_some("s.place_kind = ?", wanted.place_kind.map(PlaceKind::as_str));
    if let Some((closed, at_ms)) = wanted.closed {
        let not = if closed { "" } else { "NOT " };
        let (from, until) = (filter.bind(at_ms), filter.bind(at_ms));
        filter.and(&format!(
            "{not}(s.closed_from_ms IS NOT NULL AND s.closed_from_ms <= {from} \
             AND (s.closed_until_ms IS NULL OR s.closed_until_ms > {until}))"
        ));
    }
    match wanted.located {
        Some(true) => filter.and("s.longitude_e6 IS NOT NULL AND s.latitude_e6 IS NOT NULL"),
        Some(false) => filter.and("(s.longitude_e6 IS NULL OR s.latitude_e6 IS NULL)"),
        None => {}
    }
    filter
}

/// Whether a station of this kind is in the scope.
pub fn is_seen(conn: &mut Conn, scope: &Scope, wanted: &StationFilter) -> DbResult<bool> {
    let filter = station_filter(scope, wanted);
    let sql = format!(
        "SELECT COUNT(*) FROM station s JOIN operator op ON op.id = s.operator_id \
         LEFT JOIN city c ON c.code = s.city_code {}",
        filter.sql()
    );
    Ok(conn.one(&sql, &filter.values, count)? > 0)
}

pub fn station_list(conn: &mut Conn, scope: &Scope, wanted: &StationFilter) -> DbResult<Page<Station>> {
    let filter = station_filter(scope, wanted);
    let sql = format!(
        "SELECT s.id, s.name, s.operator_id, op.name, s.city_code, COALESCE(c.name, s.city_code), s.address, \
         s.longitude_e6, s.latitude_e6, COALESCE(n.piles, 0), COALESCE(n.connectors, 0), s.tariff_id, t.name, \
         s.time_zone, {STATION_CODE}, s.version, s.kind, s.place_kind, s.tags, s.closed_from_ms, \
         s.closed_until_ms, s.close_notice, ph.id \
         FROM station s JOIN operator op ON op.id = s.operator_id \
         LEFT JOIN city c ON c.code = s.city_code LEFT JOIN tariff t ON t.id = s.tariff_id \
         LEFT JOIN station_photo ph ON ph.station_id = s.id AND ph.place = 1 \
         LEFT JOIN ({STATION_PILES}) n ON n.station_id = s.id \
         {} ORDER BY s.name, s.id",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(Station {
            id: row.int(0)?,
            name: row.text(1)?,
            operator_id: row.int(2)?,
            operator_name: row.text(3)?,
            city_code: row.text(4)?,
            city_name: row.text(5)?,
            address: row.text(6)?,
            longitude_e6: row.int_opt(7)?,
            latitude_e6: row.int_opt(8)?,
            pile_count: row.int(9)?,
            connector_count: row.int(10)?,
            tariff_id: row.int_opt(11)?,
            tariff_name: row.text_opt(12)?,
            time_zone: row.text(13)?,
            code: row.text(14)?,
            version: row.int(15)?,
            kind: row.word(16, StationKind::parse)?,
            place_kind: place_kind(row, 17)?,
            tags: tags(row, 18)?,
            closed_from_ms: row.int_opt(19)?,
            closed_until_ms: row.int_opt(20)?,
            close_notice: row.text_opt(21)?,
            cover_id: row.int_opt(22)?,
        })
    })?;
    Ok(Page::whole(rows))
}
