//! 充电站, 运营商, 开通城市: the small tables, for filters and names.

use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page};
use model::access::Scope;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Operator {
    pub id: i64,
    pub name: String,
    /// `enabled` or `disabled`.
    pub status: String,
}

pub fn operator_list(conn: &mut Conn, scope: &Scope, name: Option<&str>) -> DbResult<Page<Operator>> {
    let mut filter = Filter::new();
    filter.scope_operator("id", scope);
    filter.and_contains("LOWER(name) LIKE ?", name);
    let sql = format!("SELECT id, name, status FROM operator {} ORDER BY name, id", filter.sql());
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(Operator { id: row.int(0)?, name: row.text(1)?, status: row.text(2)? })
    })?;
    Ok(Page::whole(rows))
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct City {
    pub code: String,
    pub province: String,
    pub name: String,
}

/// Cities belong to the platform; everybody sees them.
pub fn city_list(conn: &mut Conn, name: Option<&str>) -> DbResult<Page<City>> {
    let mut filter = Filter::new();
    filter.and_contains("LOWER(name) LIKE ?", name);
    let sql = format!("SELECT code, province, name FROM city {} ORDER BY code", filter.sql());
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(City { code: row.text(0)?, province: row.text(1)?, name: row.text(2)? })
    })?;
    Ok(Page::whole(rows))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Station {
    pub id: i64,
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
}

#[derive(Clone, Debug, Default)]
pub struct StationFilter {
    pub name: Option<String>,
    pub operator_id: Option<i64>,
    pub city_code: Option<String>,
}

pub fn station_list(conn: &mut Conn, scope: &Scope, wanted: &StationFilter) -> DbResult<Page<Station>> {
    let mut filter = Filter::new();
    filter.scope("s.operator_id", "s.id", scope);
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.name.as_deref());
    filter.and_some("s.operator_id = ?", wanted.operator_id);
    filter.and_some("s.city_code = ?", wanted.city_code.clone());
    let sql = format!(
        "SELECT s.id, s.name, s.operator_id, op.name, s.city_code, COALESCE(c.name, s.city_code), s.address, \
         s.longitude_e6, s.latitude_e6, COALESCE(n.piles, 0), COALESCE(m.connectors, 0), s.tariff_id, t.name, \
         s.time_zone \
         FROM station s JOIN operator op ON op.id = s.operator_id \
         LEFT JOIN city c ON c.code = s.city_code LEFT JOIN tariff t ON t.id = s.tariff_id \
         LEFT JOIN (SELECT p.station_id AS station_id, COUNT(*) AS piles FROM pile p \
           WHERE p.lifecycle <> 'retired' GROUP BY p.station_id) n ON n.station_id = s.id \
         LEFT JOIN (SELECT p.station_id AS station_id, COUNT(*) AS connectors FROM connector k \
           JOIN pile p ON p.id = k.pile_id WHERE k.no > 0 AND p.lifecycle <> 'retired' GROUP BY p.station_id) m \
           ON m.station_id = s.id \
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
        })
    })?;
    Ok(Page::whole(rows))
}
