//! The seam: one SQL text, two databases. Nothing outside this folder knows which one it is.
//!
//! The SQL is portable: `$N` placeholders in order of first appearance, BIGINT, TEXT, BOOLEAN and
//! BYTEA columns, `INSERT … ON CONFLICT`, partial indexes, `CAST(SUM(x) AS BIGINT)`. A connection
//! belongs to one thread and is used synchronously; on PostgreSQL the rows of one flush travel
//! together in a single statement ([`Conn::pipeline`]).

mod postgres;
mod sqlite;

use crate::slow::SLOW;
use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Instant;

/// Where the data lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file; its folder must exist.
    Sqlite(PathBuf),
    /// `postgres://user:password@host:port/database`
    Postgres(String),
}

impl Source {
    /// Whether this can be an address at all; nobody is asked.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Source::Sqlite(_) => Ok(()),
            Source::Postgres(url) => postgres::address(url).map(drop),
        }
    }
}

/// Why the database said no.
#[derive(Debug)]
pub enum DbError {
    /// A unique constraint; the text names it.
    Unique(String),
    /// The database does not answer, is locked, or its disk is full. Whether a commit that fails
    /// so took place is not known.
    Unavailable(String),
    /// Another writer was in the way (a deadlock was broken, a serialization failed); nothing of the
    /// transaction is left, and it may simply be run again.
    Collision(String),
    /// The statement itself is wrong: a fault of ours.
    Fault(String),
}

impl std::fmt::Display for DbError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DbError::Unique(what) => write!(f, "unique constraint: {what}"),
            DbError::Unavailable(what) => write!(f, "database unavailable: {what}"),
            DbError::Collision(what) => write!(f, "writers collided: {what}"),
            DbError::Fault(what) => write!(f, "database fault: {what}"),
        }
    }
}

impl From<DbError> for model::Error {
    fn from(error: DbError) -> model::Error {
        match error {
            DbError::Unique(what) => {
                tracing::debug!(%what, "unique constraint");
                model::Error::conflict(
                    "row.exists",
                    "已存在相同的记录，请检查编号或名称是否重复",
                    "Such a record exists already; check the number or name for a duplicate.",
                )
            }
            DbError::Unavailable(what) | DbError::Collision(what) => {
                tracing::error!(%what, "database unavailable");
                model::Error::unavailable("数据库", "database")
            }
            DbError::Fault(what) => {
                tracing::error!(%what, "database fault");
                model::Error::internal()
            }
        }
    }
}

pub type DbResult<T> = Result<T, DbError>;

/// A parameter. Text is borrowed where it can be; a NUL, which PostgreSQL cannot store and piles
/// are known to send, becomes U+2400 in both databases.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    Null,
    Int(i64),
    Bool(bool),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    /// Sixteen bytes that are not borrowed from anybody.
    Id([u8; 16]),
}

impl Value<'_> {
    /// As it is kept.
    pub(crate) fn clean(text: &str) -> Cow<'_, str> {
        if text.as_bytes().contains(&0) {
            Cow::Owned(text.replace('\0', "\u{2400}"))
        } else {
            Cow::Borrowed(text)
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::Text(Value::clean(value))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Value::Text(Value::clean(value))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Value::Text(Cow::Owned(Value::clean(&value).into_owned()))
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Value::Bytes(Cow::Borrowed(value))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// One row of an answer. Columns by position, as the SELECT beside the call names them.
pub enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident, $opt:ident -> $ty:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self, column: usize) -> DbResult<$ty> {
            match self {
                Row::Sqlite(row) => row.get(column).map_err(sqlite::error),
                Row::Postgres(row) => row.try_get(column).map_err(postgres::error),
            }
        }

        pub fn $opt(&self, column: usize) -> DbResult<Option<$ty>> {
            match self {
                Row::Sqlite(row) => row.get(column).map_err(sqlite::error),
                Row::Postgres(row) => row.try_get(column).map_err(postgres::error),
            }
        }
    )*};
}

impl Row<'_> {
    getters! {
        int, int_opt -> i64;
        text, text_opt -> String;
        bool, bool_opt -> bool;
        bytes, bytes_opt -> Vec<u8>;
    }

    /// Reads an enum's word; a word that this version does not know is a fault, not a guess.
    pub fn word<T>(&self, column: usize, parse: impl Fn(&str) -> Option<T>) -> DbResult<T> {
        let text = self.text(column)?;
        parse(&text).ok_or_else(|| DbError::Fault(format!("column {column} holds the unknown word {text:?}")))
    }

    pub fn word_opt<T>(&self, column: usize, parse: impl Fn(&str) -> Option<T>) -> DbResult<Option<T>> {
        self.text_opt(column)?.map(|_| self.word(column, parse)).transpose()
    }
}

/// An `INSERT` of any number of rows into one table, optionally with what to do on a conflict.
#[derive(PartialEq, Eq, Hash)]
pub struct Insert {
    pub table: &'static str,
    pub columns: &'static [&'static str],
    /// Text after the values, e.g. `ON CONFLICT (id) DO UPDATE SET state = excluded.state`.
    pub on_conflict: &'static str,
}

impl Insert {
    /// The statement for one row.
    fn sql(&self) -> String {
        let places = (1..=self.columns.len()).map(|number| format!("${number}")).collect::<Vec<_>>();
        let (table, columns, places) = (self.table, self.columns.join(", "), places.join(", "));
        format!("INSERT INTO {table} ({columns}) VALUES ({places}) {}", self.on_conflict)
    }
}

/// Rows for an [`Insert`], flattened.
pub struct Inserts<'a> {
    pub insert: &'static Insert,
    pub values: Vec<Value<'a>>,
}

/// noun, end of the first block, size of a block
const LEASE: &str = "INSERT INTO id_lease (noun, next_id) VALUES ($1, $2) \
    ON CONFLICT (noun) DO UPDATE SET next_id = id_lease.next_id + $3 RETURNING next_id";

/// What the writers' process and nobody else holds, as an advisory lock of PostgreSQL: "PileOps".
const CLAIM_KEY: i64 = 0x0050_696c_654f_7073;

/// The right of a process to write to a database.
#[derive(Clone, Debug)]
pub(crate) struct Claim(String);

/// A connection, owned by one thread.
pub enum Conn {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgres::Postgres>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// May write, and creates the database file if it is missing.
    Write,
    Read,
}

impl Conn {
    pub fn open(source: &Source, purpose: Purpose) -> DbResult<Conn> {
        match source {
            Source::Sqlite(path) => sqlite::Sqlite::open(path, purpose).map(Conn::Sqlite),
            Source::Postgres(url) => {
                postgres::Postgres::open(url, purpose).map(|c| Conn::Postgres(Box::new(c)))
            }
        }
    }

    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> DbResult<T>,
    ) -> DbResult<Vec<T>> {
        let began = Instant::now();
        let found = match self {
            Conn::Sqlite(conn) => conn.query(sql, params, map),
            Conn::Postgres(conn) => conn.query(sql, params, map),
        };
        SLOW.ended(began, sql, found.as_ref().ok().map(|rows| rows.len() as u64));
        found
    }

    /// The first row, if any.
    pub fn find<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> DbResult<T>,
    ) -> DbResult<Option<T>> {
        Ok(self.query(sql, params, map)?.into_iter().next())
    }

    /// The one row that an aggregate always gives.
    pub fn one<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> DbResult<T>,
    ) -> DbResult<T> {
        self.find(sql, params, map)?.ok_or_else(|| DbError::Fault(format!("no row: {sql}")))
    }

    /// Runs a statement; the number of rows it changed.
    pub fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> DbResult<u64> {
        let began = Instant::now();
        let changed = match self {
            Conn::Sqlite(conn) => conn.execute(sql, params),
            Conn::Postgres(conn) => conn.execute(sql, params),
        };
        SLOW.ended(began, sql, changed.as_ref().ok().copied());
        changed
    }

    /// Several statements without parameters, for migrations and `BEGIN`.
    pub fn script(&mut self, sql: &str) -> DbResult<()> {
        match self {
            Conn::Sqlite(conn) => conn.script(sql),
            Conn::Postgres(conn) => conn.script(sql),
        }
    }

    /// Runs the inserts between an optional `BEGIN` and an optional `COMMIT`; on PostgreSQL all of it is
    /// one round trip. No row may be in two of them: PostgreSQL refuses to write one twice at a time.
    pub fn pipeline(&mut self, begin: bool, inserts: &[Inserts<'_>], commit: bool) -> DbResult<()> {
        let began = Instant::now();
        let written = match self {
            Conn::Sqlite(conn) => conn.pipeline(begin, inserts, commit),
            Conn::Postgres(conn) => conn.pipeline(begin, inserts, commit),
        };
        // All of it is one round trip or one fsync: it has one name.
        let rows = || inserts.iter().map(|one| (one.values.len() / one.insert.columns.len()) as u64).sum();
        SLOW.ended(began, if commit { "COMMIT" } else { "INSERT" }, written.is_ok().then(rows));
        written
    }

    /// The end of a block of ids that is ours from now on. On PostgreSQL it is leased beside the
    /// running transaction: inside it, the row of the lease would be locked until the commit, and
    /// writers would wait for each other's batches, or for ever.
    pub(crate) fn lease(&mut self, noun: &str, block: i64) -> DbResult<i64> {
        match self {
            Conn::Sqlite(_) => {
                self.one(LEASE, &[noun.into(), (2 * block).into(), block.into()], |row| row.int(0))
            }
            Conn::Postgres(conn) => conn.lease(noun, block),
        }
    }

    /// Whether a rollback gives the ids back that were leased inside the transaction.
    pub(crate) fn leases_roll_back(&self) -> bool {
        matches!(self, Conn::Sqlite(_))
    }

    /// Takes the database for this session alone; false when another process has it. SQLite: true, the
    /// data folder is looked after.
    pub(crate) fn lock(&mut self) -> DbResult<bool> {
        match self {
            Conn::Sqlite(_) => Ok(true),
            Conn::Postgres(conn) => conn.lock(),
        }
    }

    /// After [`Conn::lock`] and the migrations: says who writes from now on.
    pub(crate) fn claim(&mut self) -> DbResult<Option<Claim>> {
        if matches!(self, Conn::Sqlite(_)) {
            return Ok(None);
        }
        // The claim's number tells a connection that comes late whether another process has begun since.
        let sql = "INSERT INTO setting (name, value) VALUES ('writer_claim', '1') ON CONFLICT (name) \
                   DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT) RETURNING value";
        let claim = Claim(self.one(sql, &[], |row| row.text(0))?);
        self.claim_join(&claim)?;
        self.query(&format!("SELECT CAST(pg_advisory_unlock({CLAIM_KEY}) AS TEXT)"), &[], |_| Ok(()))?;
        Ok(Some(claim))
    }

    /// Joins the connections of the process that has the database. As long as one of them lives no
    /// other process gets it.
    pub(crate) fn claim_join(&mut self, claim: &Claim) -> DbResult<()> {
        let lock = format!("SELECT pg_try_advisory_lock_shared({CLAIM_KEY})");
        let joined = self.one(&lock, &[], |row| row.bool(0))?;
        let sql = "SELECT value FROM setting WHERE name = 'writer_claim'";
        if joined && self.find(sql, &[], |row| row.text(0))?.as_ref() == Some(&claim.0) {
            return Ok(());
        }
        Err(DbError::Unavailable("another process has taken this database over".to_owned()))
    }

    /// A migration's text in this database's dialect. The only difference: in SQLite a BIGINT
    /// PRIMARY KEY must be called INTEGER PRIMARY KEY to be the table's own key instead of a
    /// second tree.
    pub fn dialect(&self, migration: &str) -> String {
        match self {
            Conn::Sqlite(_) => migration.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY"),
            Conn::Postgres(_) => migration.to_owned(),
        }
    }

    /// How many bytes the database has.
    pub fn size(&mut self) -> DbResult<i64> {
        let sql = match self {
            Conn::Sqlite(_) => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            Conn::Postgres(_) => "SELECT pg_database_size(current_database())",
        };
        self.one(sql, &[], |row| row.int(0))
    }

    /// Whether the connection is still worth keeping after an error.
    pub fn is_alive(&self) -> bool {
        match self {
            Conn::Sqlite(_) => true,
            Conn::Postgres(conn) => conn.is_alive(),
        }
    }
}
