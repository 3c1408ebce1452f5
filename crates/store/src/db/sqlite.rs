//! The embedded database: WAL, `synchronous=FULL`, one writer.

use super::{DbError, DbResult, Inserts, Purpose, Row, Value};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::collections::HashMap;
use std::path::Path;

pub struct Sqlite {
    conn: Connection,
    /// The text of each insert's single-row statement, by table and conflict clause.
    inserts: HashMap<(&'static str, &'static str), String>,
}

impl Sqlite {
    pub fn open(path: &Path, purpose: Purpose) -> DbResult<Sqlite> {
        let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_WRITE;
        if purpose == Purpose::Write {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let conn = Connection::open_with_flags(path, flags).map_err(error)?;
        conn.set_prepared_statement_cache_capacity(256);
        conn.execute_batch(
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16000; PRAGMA cache_size = -6000;",
        )
        .map_err(error)?;
        if crate::archive::is_archived(path) {
            // The log is folded into the file only after it was archived; not by a commit, nor by a close.
            conn.execute_batch("PRAGMA wal_autocheckpoint = 0;").map_err(error)?;
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(error)?;
        }
        if purpose == Purpose::Read {
            conn.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8000;").map_err(error)?;
        }
        Ok(Sqlite { conn, inserts: HashMap::new() })
    }

    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> DbResult<T>,
    ) -> DbResult<Vec<T>> {
        let mut statement = self.conn.prepare_cached(sql).map_err(error)?;
        check(&statement, sql, params.len())?;
        let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(error)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(error)? {
            found.push(map(&Row::Sqlite(row))?);
        }
        Ok(found)
    }

    pub fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> DbResult<u64> {
        let mut statement = self.conn.prepare_cached(sql).map_err(error)?;
        check(&statement, sql, params.len())?;
        let changed = statement.execute(rusqlite::params_from_iter(params)).map_err(error)?;
        Ok(changed as u64)
    }

    pub fn script(&mut self, sql: &str) -> DbResult<()> {
        self.conn.execute_batch(sql).map_err(error)
    }

    /// A call costs SQLite no round trip, so each row is one run of a prepared single-row statement.
    pub fn pipeline(&mut self, begin: bool, inserts: &[Inserts<'_>], commit: bool) -> DbResult<()> {
        if begin {
            self.execute("BEGIN IMMEDIATE", &[])?;
        }
        for Inserts { insert, values } in inserts {
            let sql = self.inserts.entry((insert.table, insert.on_conflict)).or_insert_with(|| insert.sql());
            let mut statement = self.conn.prepare_cached(sql).map_err(error)?;
            for row in values.chunks_exact(insert.columns.len()) {
                statement.execute(rusqlite::params_from_iter(row)).map_err(error)?;
            }
        }
        if commit {
            self.execute("COMMIT", &[])?;
        }
        Ok(())
    }
}

/// `$N` is a name to SQLite, numbered by first appearance: the two must agree.
fn check(statement: &rusqlite::CachedStatement<'_>, sql: &str, params: usize) -> DbResult<()> {
    if cfg!(debug_assertions) {
        for index in 1..=statement.parameter_count() {
            let name = statement.parameter_name(index);
            if name != Some(format!("${index}").as_str()) {
                return Err(DbError::Fault(format!("parameter {index} is called {name:?} in: {sql}")));
            }
        }
    }
    if statement.parameter_count() != params {
        return Err(DbError::Fault(format!(
            "{} parameters wanted, {params} given: {sql}",
            statement.parameter_count()
        )));
    }
    Ok(())
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
            Value::Id(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

pub fn error(error: rusqlite::Error) -> DbError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) if text.contains("UNIQUE") || text.contains("PRIMARY KEY") => {
            DbError::Unique(text)
        }
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase,
        ) => DbError::Unavailable(text),
        _ => DbError::Fault(text),
    }
}
