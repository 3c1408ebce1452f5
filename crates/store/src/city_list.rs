//! 开通城市 as staff see them.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page};
use crate::station_list::STATION_PILES;
use model::access::Scope;
use model::division;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CityStatus {
    /// 已开通
    Open,
    /// Open until the moment from which it is paused.
    Pausing,
    /// 已暂停
    Paused,
    /// 未开通: known by its administrative code, and that is all.
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct City {
    /// 行政区划代码 of GB/T 2260.
    pub code: String,
    pub province: String,
    pub name: String,
    pub status: CityStatus,
    pub opened_at_ms: Option<i64>,
    pub paused_from_ms: Option<i64>,
    pub pause_reason: Option<String>,
    /// The telephone for customers there.
    pub hotline: Option<String>,
    /// The following count what the reader may see.
    pub operator_count: i64,
    pub station_count: i64,
    pub pile_count: i64,
    pub connector_count: i64,
    pub month_energy_dwh: i64,
    /// To be given back with a change.
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct CityFilter {
    pub province: Option<String>,
    pub name: Option<String>,
    pub status: Option<CityStatus>,
    pub now_ms: i64,
    /// yyyymmdd
    pub today: i64,
}

/// Those that were opened, or with the status `closed` those that were not. Cities belong to the
/// platform; everybody sees them.
pub fn city_list(conn: &mut Conn, scope: &Scope, wanted: &CityFilter) -> DbResult<Page<City>> {
    if wanted.status == Some(CityStatus::Closed) {
        return closed(conn, wanted);
    }
    let mut filter = Filter::new();
    let now = filter.bind(wanted.now_ms);
    let month = filter.bind(wanted.today / 100 * 100);
    let mut stations = Filter::new();
    stations.scope("s.operator_id", "s.id", scope);
    let mut inner = Filter::new();
    inner.values.clone_from(&filter.values);
    inner.append(&stations);
    filter.values.clone_from(&inner.values);
    filter.and_contains("LOWER(c.province) LIKE ?", wanted.province.as_deref());
    filter.and_contains("LOWER(c.name) LIKE ?", wanted.name.as_deref());
    match wanted.status {
        Some(CityStatus::Open) => filter.and("c.paused_from_ms IS NULL"),
        Some(CityStatus::Pausing) => filter.and(&format!("c.paused_from_ms > {now}")),
        Some(CityStatus::Paused) => filter.and(&format!("c.paused_from_ms <= {now}")),
        Some(CityStatus::Closed) | None => {}
    }
    let sql = format!(
        "SELECT c.code, c.province, c.name, c.opened_at_ms, c.paused_from_ms, c.pause_reason, c.hotline, c.version, \
         COALESCE(n.operators, 0), COALESCE(n.stations, 0), COALESCE(n.piles, 0), COALESCE(n.connectors, 0), \
         COALESCE(n.energy, 0), CAST(CASE WHEN c.paused_from_ms IS NULL THEN 0 WHEN c.paused_from_ms > {now} THEN 1 \
         ELSE 2 END AS BIGINT) FROM city c LEFT JOIN (SELECT s.city_code AS code, COUNT(DISTINCT s.operator_id) AS operators, \
           COUNT(*) AS stations, CAST(SUM(k.piles) AS BIGINT) AS piles, CAST(SUM(k.connectors) AS BIGINT) AS connectors, \
           CAST(SUM(h.energy) AS BIGINT) AS energy \
           FROM station s LEFT JOIN ({STATION_PILES}) k ON k.station_id = s.id \
           LEFT JOIN (SELECT station_id, SUM(energy_dwh) AS energy FROM station_hour \
             WHERE day > {month} AND day < {month} + 100 GROUP BY station_id) h ON h.station_id = s.id {} \
           GROUP BY s.city_code) n ON n.code = c.code {} ORDER BY c.code",
        inner.sql(),
        filter.sql()
    );
    Ok(Page::whole(conn.query(&sql, &filter.values, city)?))
}

fn city(row: &Row<'_>) -> DbResult<City> {
    Ok(City {
        code: row.text(0)?,
        province: row.text(1)?,
        name: row.text(2)?,
        opened_at_ms: row.int_opt(3)?,
        paused_from_ms: row.int_opt(4)?,
        pause_reason: row.text_opt(5)?,
        hotline: row.text_opt(6)?,
        version: row.int(7)?,
        operator_count: row.int(8)?,
        station_count: row.int(9)?,
        pile_count: row.int(10)?,
        connector_count: row.int(11)?,
        month_energy_dwh: row.int(12)?,
        status: match row.int(13)? {
            0 => CityStatus::Open,
            1 => CityStatus::Pausing,
            _ => CityStatus::Paused,
        },
    })
}

fn closed(conn: &mut Conn, wanted: &CityFilter) -> DbResult<Page<City>> {
    let opened: HashSet<String> =
        conn.query("SELECT code FROM city", &[], |row| row.text(0))?.into_iter().collect();
    let has = |text: &str, part: &Option<String>| {
        part.as_deref().is_none_or(|part| text.to_lowercase().contains(&part.trim().to_lowercase()))
    };
    let rest = division::all().iter().filter(|division| {
        !opened.contains(division.code)
            && has(division.province, &wanted.province)
            && has(division.city, &wanted.name)
    });
    let row = |division: &division::Division| City {
        code: division.code.to_owned(),
        province: division.province.to_owned(),
        name: division.city.to_owned(),
        status: CityStatus::Closed,
        opened_at_ms: None,
        paused_from_ms: None,
        pause_reason: None,
        hotline: None,
        operator_count: 0,
        station_count: 0,
        pile_count: 0,
        connector_count: 0,
        month_energy_dwh: 0,
        version: 0,
    };
    Ok(Page::whole(rest.map(row).collect()))
}
