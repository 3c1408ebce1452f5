//! 账号 as those see them who look after them.

use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page, count};
use crate::sort::{Sort, SortColumn};
use crate::staff::{FROM, area};
use model::access::{Area, Scope};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Staff)]
pub struct StaffView {
    pub id: i64,
    pub account: String,
    pub name: String,
    pub role: String,
    /// Null for the roles that come with the product: they have names in every language.
    pub role_name: Option<String>,
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    pub area: Area,
    /// The names of the area's cities or stations, as far as they are still there.
    pub area_names: Vec<String>,
    pub disabled: bool,
    /// Too many wrong passwords were tried: it cannot be signed in to from somewhere, for a while.
    pub locked: bool,
    /// Signing in takes a code too.
    pub second_factor: bool,
    pub handover: String,
    pub created_at_ms: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Default)]
pub struct StaffFilter {
    pub account: Option<String>,
    pub name: Option<String>,
    pub role: Option<String>,
    pub operator_id: Option<i64>,
    pub disabled: Option<bool>,
    pub sort: Sort,
    pub limit: i64,
}

pub const SORTS: &[SortColumn] = &[
    SortColumn::text("account", "f.account"),
    SortColumn::text("name", "f.name"),
    SortColumn::number("created_at_ms", "f.created_at_ms"),
];

/// Staff of an operator see their own colleagues only.
pub fn staff_list(conn: &mut Conn, wanted: &StaffFilter, scope: &Scope) -> DbResult<Page<StaffView>> {
    let mut filter = Filter::new();
    filter.scope_operator("f.operator_id", scope);
    filter.and_contains("LOWER(f.account) LIKE ?", wanted.account.as_deref());
    filter.and_contains("LOWER(f.name) LIKE ?", wanted.name.as_deref());
    filter.and_some("f.role = ?", wanted.role.clone());
    filter.and_some("f.operator_id = ?", wanted.operator_id);
    filter.and_some("f.disabled = ?", wanted.disabled);
    let total = conn.one(&format!("SELECT COUNT(*) FROM staff f {}", filter.sql()), &filter.values, count)?;
    wanted.sort.page(&mut filter, "f.id");
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT f.id, f.account, f.name, f.role, f.operator_id, op.name, f.disabled, f.created_at_ms, r.name, \
         f.area, f.handover, f.version, s.confirmed_at_ms, {} {FROM} LEFT JOIN operator op ON op.id = f.operator_id {} \
         ORDER BY {} LIMIT {limit}",
        wanted.sort.value("f.id"),
        filter.sql(),
        wanted.sort.order("f.id"),
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let staff = StaffView {
            id: row.int(0)?,
            account: row.text(1)?,
            name: row.text(2)?,
            role: row.text(3)?,
            role_name: row.text_opt(8)?,
            operator_id: row.int_opt(4)?,
            operator_name: row.text_opt(5)?,
            disabled: row.bool(6)?,
            locked: false,
            created_at_ms: row.int(7)?,
            area: area(&row.text(9)?)?,
            area_names: Vec::new(),
            handover: row.text(10)?,
            version: row.int(11)?,
            second_factor: row.int_opt(12)?.is_some(),
        };
        Ok((wanted.sort.cursor(row, 13, staff.id)?, staff))
    })?;
    let mut page = Page::of_sorted(rows, wanted.limit, Some(total));
    for row in &mut page.items {
        row.area_names = names(conn, &row.area)?;
    }
    Ok(page)
}

/// The names of an area's places.
pub(crate) fn names(conn: &mut Conn, area: &Area) -> DbResult<Vec<String>> {
    let mut filter = Filter::new();
    let sql = match area {
        Area::Everywhere => return Ok(Vec::new()),
        Area::Cities { cities } => {
            let cities = filter.bind_all(cities.iter().cloned());
            format!("SELECT name FROM city WHERE code IN ({cities}) ORDER BY code")
        }
        Area::Stations { stations } => {
            let stations = filter.bind_all(stations.iter().map(|station| station.0));
            format!("SELECT name FROM station WHERE id IN ({stations}) ORDER BY id")
        }
    };
    conn.query(&sql, &filter.values, |row| row.text(0))
}
