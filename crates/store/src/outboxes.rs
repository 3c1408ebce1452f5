//! What whoever watches the server asks the database: what waits to be sent, what is open, how much there is.

use crate::db::{Conn, DbResult, Row};
use crate::filter::count;
use model::time::Timestamp;
use serde::Serialize;

/// 发件箱: what waits in one place to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outbox {
    pub name: &'static str,
    pub count: i64,
    pub oldest_ms: Option<i64>,
}

/// At one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    pub orders_open: i64,
    pub staff_sessions: i64,
    pub alarms_open: i64,
    pub database_bytes: i64,
    pub outboxes: Vec<Outbox>,
}

/// Mails by what they are about, as `mail.noun` has it.
const MAILS: [(&str, &str); 3] =
    [("alarm", "mail_alarm"), ("report", "mail_report"), ("invoice", "mail_invoice")];

/// The text is made longer by nothing, so that the index of what waits is read and not that of all mails ever.
pub(crate) const MAILS_WAITING: &str =
    "SELECT COUNT(*), MIN(created_at_ms) FROM mail WHERE state = 'waiting' AND noun || '' = $1";

pub fn watched(conn: &mut Conn, now: Timestamp) -> DbResult<Watched> {
    let sessions = "SELECT COUNT(*) FROM credential WHERE kind = 'session' AND expires_at_ms > $1";
    Ok(Watched {
        orders_open: crate::orders::running_count(conn)?,
        staff_sessions: conn.one(sessions, &[now.as_ms().into()], count)?,
        alarms_open: conn.one("SELECT COUNT(*) FROM alarm WHERE live_key IS NOT NULL", &[], count)?,
        database_bytes: conn.size()?,
        outboxes: outboxes(conn, now)?,
    })
}

/// All of them, also those in which nothing waits.
pub fn outboxes(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<Outbox>> {
    let counted = |row: &Row<'_>| Ok((row.int(0)?, row.int_opt(1)?));
    let mut all = Vec::new();
    for (noun, name) in MAILS {
        let (count, oldest_ms) = conn.one(MAILS_WAITING, &[noun.into()], counted)?;
        all.push(Outbox { name, count, oldest_ms });
    }
    let webhooks = "SELECT COUNT(*), MIN(waits_from_ms) FROM delivery WHERE state = 'waiting'";
    let (count, oldest_ms) = conn.one(webhooks, &[], counted)?;
    all.push(Outbox { name: "webhook", count, oldest_ms });
    let invoices = "SELECT COUNT(*), MIN(due_at_ms) FROM invoice WHERE due_at_ms <= $1";
    let (count, oldest_ms) = conn.one(invoices, &[now.as_ms().into()], counted)?;
    all.push(Outbox { name: "invoice", count, oldest_ms });
    Ok(all)
}

/// How much a table holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableSize {
    pub table: String,
    /// About: counting ten years of frames takes longer than the answer is worth.
    pub rows: i64,
    /// With its indexes; the embedded database does not tell it.
    pub bytes: Option<i64>,
}

pub fn table_sizes(conn: &mut Conn) -> DbResult<Vec<TableSize>> {
    if matches!(conn, Conn::Postgres(_)) {
        let sql = "SELECT CAST(c.relname AS TEXT), CAST(c.reltuples AS BIGINT), pg_total_relation_size(c.oid) \
                   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                   WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY c.relname";
        return conn.query(sql, &[], |row| {
            Ok(TableSize { table: row.text(0)?, rows: row.int(1)?.max(0), bytes: Some(row.int(2)?) })
        });
    }
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
    let names = conn.query(sql, &[], |row| row.text(0))?;
    let mut all = Vec::with_capacity(names.len());
    for table in names {
        // The last row's number is found at once, and near the count where few rows were taken away.
        let last = conn.one(&format!("SELECT MAX(rowid) FROM {table}"), &[], |row| row.int_opt(0));
        let rows = match last {
            Ok(last) => last.unwrap_or(0),
            Err(_) => conn.one(&format!("SELECT COUNT(*) FROM {table}"), &[], count)?,
        };
        all.push(TableSize { table, rows, bytes: None });
    }
    Ok(all)
}

/// Number and time of every migration that the database has had.
pub fn migrations(conn: &mut Conn) -> DbResult<Vec<(i64, i64)>> {
    let sql = "SELECT number, at_ms FROM migration ORDER BY number";
    conn.query(sql, &[], |row| Ok((row.int(0)?, row.int(1)?)))
}
