//! Many rows at once: the indexes of the large tables are made when all rows are there.

use store::db::{Insert, Inserts};
use store::{Conn, DbResult, Source, Value};

/// Values that are written in one transaction.
const PORTION: usize = 400_000;

pub struct Bulk {
    conn: Conn,
    /// The statements that make the indexes again.
    indexes: Vec<String>,
    waiting: Vec<Inserts<'static>>,
    values: usize,
    sqlite: bool,
}

impl Bulk {
    pub fn begin(mut conn: Conn, source: &Source) -> DbResult<Bulk> {
        let sqlite = matches!(source, Source::Sqlite(_));
        let (settings, indexes) = if sqlite {
            (
                "PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; PRAGMA wal_autocheckpoint = 20000",
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL \
                 AND tbl_name IN ('orders', 'order_payment', 'posting', 'payment')",
            )
        } else {
            (
                "SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET statement_timeout = 0",
                "SELECT indexname::text, indexdef FROM pg_indexes \
                 WHERE tablename IN ('orders', 'order_payment', 'posting', 'payment') AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key'",
            )
        };
        conn.script(settings)?;
        let found = conn.query(indexes, &[], |row| Ok((row.text(0)?, row.text(1)?)))?;
        for (name, _) in &found {
            conn.script(&format!("DROP INDEX {name}"))?;
        }
        let indexes = found.into_iter().map(|(_, sql)| sql).collect();
        Ok(Bulk { conn, indexes, waiting: Vec::new(), values: 0, sqlite })
    }

    pub fn add(
        &mut self,
        insert: &'static Insert,
        row: impl IntoIterator<Item = Value<'static>>,
    ) -> DbResult<()> {
        let place = self.waiting.iter().position(|waiting| std::ptr::eq(waiting.insert, insert));
        let place = place.unwrap_or_else(|| {
            self.waiting.push(Inserts { insert, values: Vec::new() });
            self.waiting.len() - 1
        });
        self.waiting[place].values.extend(row);
        self.values += insert.columns.len();
        if self.values >= PORTION { self.flush() } else { Ok(()) }
    }

    pub fn flush(&mut self) -> DbResult<()> {
        self.values = 0;
        self.conn.pipeline(true, &std::mem::take(&mut self.waiting), true)
    }

    /// What is done with the rows that have been flushed.
    pub fn script(&mut self, sql: &str) -> DbResult<()> {
        self.conn.script(sql)
    }

    pub fn finish(mut self) -> DbResult<()> {
        self.flush()?;
        for sql in &self.indexes {
            self.conn.script(sql)?;
        }
        // As in service: SQLite has no statistics, PostgreSQL makes them by itself.
        let end = if self.sqlite { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "VACUUM ANALYZE" };
        self.conn.script(end)
    }
}
