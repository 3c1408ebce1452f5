//! 字典: how often a code is in use, where counting is cheap.

use crate::db::{Conn, DbResult};
use std::collections::HashMap;

/// Where the codes of a list are kept. Not the orders: counting ten millions would keep others waiting.
const USES: &[(&str, &str, &str)] = &[
    ("pile_kind", "pile", "kind"),
    ("protocol", "pile", "protocol"),
    ("lifecycle", "pile", "lifecycle"),
    ("connector_status", "connector", "status"),
    ("card_status", "card", "status"),
    ("settlement_basis", "settlement", "basis"),
    ("settlement_state", "settlement", "state"),
    ("feedback_source", "feedback", "source"),
    ("feedback_kind", "feedback", "kind"),
    ("feedback_state", "feedback", "state"),
    ("feedback_category", "feedback", "category"),
    ("role", "staff", "role"),
];

/// How many rows have each code; none where nobody counts.
pub fn usage(conn: &mut Conn, dictionary: &str) -> DbResult<Option<HashMap<String, i64>>> {
    let Some((_, table, column)) = USES.iter().find(|(code, ..)| *code == dictionary) else {
        return Ok(None);
    };
    let sql = format!("SELECT {column}, COUNT(*) FROM {table} GROUP BY {column}");
    let counts = conn.query(&sql, &[], |row| Ok((row.text(0)?, row.int(1)?)))?;
    Ok(Some(counts.into_iter().collect()))
}
