//! 回复模板: what is written to people again and again.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::filter::count;
use crate::ids::Noun;
use model::Result;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FeedbackTemplate {
    pub id: i64,
    /// A code of the categories; null: it fits all of them.
    pub category: Option<String>,
    pub name: String,
    /// `{no}`, `{name}`, `{order_no}` and `{station}` stand for those of the feedback that is answered.
    pub text: String,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

const COLUMNS: &str = "id, category, name, text, version, changed_at_ms, changed_by";

fn template(row: &Row<'_>) -> DbResult<FeedbackTemplate> {
    Ok(FeedbackTemplate {
        id: row.int(0)?,
        category: row.text_opt(1)?,
        name: row.text(2)?,
        text: row.text(3)?,
        version: row.int(4)?,
        changed_at_ms: row.int(5)?,
        changed_by: row.text(6)?,
    })
}

/// There are few of them: they come whole.
pub fn feedback_template_list(conn: &mut Conn) -> DbResult<Vec<FeedbackTemplate>> {
    conn.query(&format!("SELECT {COLUMNS} FROM feedback_template ORDER BY id"), &[], template)
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<FeedbackTemplate>> {
    conn.find(&format!("SELECT {COLUMNS} FROM feedback_template WHERE id = $1"), &[id.into()], template)
}

/// Whether another one has this name.
pub fn is_named(conn: &mut Conn, id: i64, name: &str) -> DbResult<bool> {
    let sql = "SELECT COUNT(*) FROM feedback_template WHERE id <> $1 AND name = $2";
    Ok(conn.one(sql, &[id.into(), name.into()], count)? > 0)
}

/// Under an id of its own, which it says.
pub fn insert(tx: &mut Tx<'_>, one: &FeedbackTemplate) -> Result<i64> {
    let id = tx.next_id(Noun::FeedbackTemplate)?;
    let sql = "INSERT INTO feedback_template (id, category, name, text, version, changed_at_ms, changed_by) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        id.into(),
        one.category.as_ref().into(),
        (&one.name).into(),
        (&one.text).into(),
        one.version.into(),
        one.changed_at_ms.into(),
        (&one.changed_by).into(),
    ];
    tx.execute(sql, &values)?;
    Ok(id)
}

/// Its version goes up by one.
pub fn update(tx: &mut Tx<'_>, one: &FeedbackTemplate, now: Timestamp, by: &str) -> Result<()> {
    let sql = "UPDATE feedback_template SET category = $1, name = $2, text = $3, version = version + 1, \
               changed_at_ms = $4, changed_by = $5 WHERE id = $6";
    let values = [
        one.category.as_ref().into(),
        (&one.name).into(),
        (&one.text).into(),
        now.as_ms().into(),
        by.into(),
        one.id.into(),
    ];
    tx.execute(sql, &values).map(drop)
}

pub fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM feedback_template WHERE id = $1", &[id.into()]).map(drop)
}
