//! 参数: what staff have set, and the story of it. What may be set is known by the engine.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use serde::Serialize;
use utoipa::ToSchema;

/// A parameter that somebody has set at least once.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterRow {
    pub name: String,
    /// None: back at the default.
    pub value: Option<i64>,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParameterChangeRecord {
    pub id: i64,
    pub at_ms: i64,
    pub staff_name: String,
    pub address: String,
    /// Null: the default.
    pub before: Option<i64>,
    /// Null: back to the default.
    pub after: Option<i64>,
    pub reason: String,
}

fn parameter(row: &Row<'_>) -> DbResult<ParameterRow> {
    Ok(ParameterRow {
        name: row.text(0)?,
        value: row.int_opt(1)?,
        version: row.int(2)?,
        changed_at_ms: row.int(3)?,
        changed_by: row.text(4)?,
    })
}

pub fn all(conn: &mut Conn) -> DbResult<Vec<ParameterRow>> {
    let sql = "SELECT name, value, version, changed_at_ms, changed_by FROM parameter ORDER BY name";
    conn.query(sql, &[], parameter)
}

pub fn find(conn: &mut Conn, name: &str) -> DbResult<Option<ParameterRow>> {
    let sql = "SELECT name, value, version, changed_at_ms, changed_by FROM parameter WHERE name = $1";
    conn.find(sql, &[name.into()], parameter)
}

/// Writes a value and its line in the story. `before`: what was set until now.
pub fn save(
    tx: &mut Tx<'_>,
    row: &ParameterRow,
    before: Option<i64>,
    reason: &str,
    address: &str,
) -> Result<()> {
    tx.execute(
        "INSERT INTO parameter (name, value, version, changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = excluded.version, \
         changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        &[
            (&row.name).into(),
            row.value.into(),
            row.version.into(),
            row.changed_at_ms.into(),
            (&row.changed_by).into(),
        ],
    )?;
    let id = tx.next_id(Noun::ParameterChange)?;
    tx.execute(
        "INSERT INTO parameter_change (id, name, at_ms, staff_name, address, before_value, after_value, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            (&row.name).into(),
            row.changed_at_ms.into(),
            (&row.changed_by).into(),
            address.into(),
            before.into(),
            row.value.into(),
            reason.into(),
        ],
    )?;
    Ok(())
}

/// Newest first.
pub fn parameter_change_list(
    conn: &mut Conn,
    name: &str,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<ParameterChangeRecord>> {
    let mut filter = Filter::new();
    filter.and_value("name = ?", name.to_owned());
    let sql = format!("SELECT COUNT(*) FROM parameter_change {}", filter.sql());
    let total = conn.one(&sql, &filter.values, count)?;
    filter.and_some("id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT id, at_ms, staff_name, address, before_value, after_value, reason FROM parameter_change {} \
         ORDER BY id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(ParameterChangeRecord {
            id: row.int(0)?,
            at_ms: row.int(1)?,
            staff_name: row.text(2)?,
            address: row.text(3)?,
            before: row.int_opt(4)?,
            after: row.int_opt(5)?,
            reason: row.text(6)?,
        })
    })?;
    Ok(Page::of(rows, limit, Some(total), |one| one.id.to_string()))
}
