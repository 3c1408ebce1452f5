//! 反馈分类: what staff have made of it.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::filter::count;
use model::Result;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FeedbackCategory {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    /// Those with a lower one come first.
    pub place: i64,
    /// One that is switched off is offered no more; what has it keeps its name.
    pub enabled: bool,
    pub version: i64,
}

const COLUMNS: &str = "code, name_zh, name_en, place, enabled, version";

fn category(row: &Row<'_>) -> DbResult<FeedbackCategory> {
    Ok(FeedbackCategory {
        code: row.text(0)?,
        name_zh: row.text(1)?,
        name_en: row.text(2)?,
        place: row.int(3)?,
        enabled: row.bool(4)?,
        version: row.int(5)?,
    })
}

/// In the order in which they are offered.
pub fn feedback_category_list(conn: &mut Conn) -> DbResult<Vec<FeedbackCategory>> {
    conn.query(&format!("SELECT {COLUMNS} FROM feedback_category ORDER BY place, code"), &[], category)
}

pub fn find(conn: &mut Conn, code: &str) -> DbResult<Option<FeedbackCategory>> {
    conn.find(&format!("SELECT {COLUMNS} FROM feedback_category WHERE code = $1"), &[code.into()], category)
}

/// Whether another one has one of these names.
pub fn is_named(conn: &mut Conn, one: &FeedbackCategory) -> DbResult<bool> {
    let sql = "SELECT COUNT(*) FROM feedback_category WHERE code <> $1 AND (name_zh = $2 OR name_en = $3)";
    let values = [(&one.code).into(), (&one.name_zh).into(), (&one.name_en).into()];
    Ok(conn.one(sql, &values, count)? > 0)
}

pub fn insert(tx: &mut Tx<'_>, one: &FeedbackCategory) -> Result<()> {
    let sql = "INSERT INTO feedback_category (code, name_zh, name_en, place, enabled, version) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        (&one.code).into(),
        (&one.name_zh).into(),
        (&one.name_en).into(),
        one.place.into(),
        one.enabled.into(),
        one.version.into(),
    ];
    tx.execute(sql, &values).map(drop)
}

/// Where it stands among the others; whoever edits it meanwhile loses nothing by that.
pub fn place_set(tx: &mut Tx<'_>, code: &str, place: i64) -> Result<()> {
    tx.execute("UPDATE feedback_category SET place = $1 WHERE code = $2", &[place.into(), code.into()])
        .map(drop)
}

/// Its version goes up by one.
pub fn update(tx: &mut Tx<'_>, one: &FeedbackCategory) -> Result<()> {
    let sql = "UPDATE feedback_category SET name_zh = $1, name_en = $2, place = $3, enabled = $4, \
               version = version + 1 WHERE code = $5";
    let values = [
        (&one.name_zh).into(),
        (&one.name_en).into(),
        one.place.into(),
        one.enabled.into(),
        (&one.code).into(),
    ];
    tx.execute(sql, &values).map(drop)
}
