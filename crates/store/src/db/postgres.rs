//! PostgreSQL, driven synchronously from the thread that owns the connection.

use super::{DbError, DbResult, Insert, Inserts, Purpose, Row, Value};
use postgres_protocol::types::{ArrayDimension, array_to_sql};
use std::collections::HashMap;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, private::BytesMut};
use tokio_postgres::{Client, Config, Statement};

/// How often a session asks for a database that another one has.
const LOCK_ATTEMPTS: usize = 60;

pub struct Postgres {
    runtime: Runtime,
    client: Client,
    config: Config,
    /// For what must not wait for the transaction's end.
    aside: Option<Client>,
    statements: HashMap<String, Statement>,
    /// By the inserts that are in it.
    inserts: HashMap<Vec<&'static Insert>, Statement>,
}

/// What an address says, or why it says nothing.
pub fn address(url: &str) -> Result<tokio_postgres::Config, String> {
    url.parse().map_err(|why: tokio_postgres::Error| {
        let reason = std::error::Error::source(&why).map(ToString::to_string);
        reason.unwrap_or_else(|| why.to_string())
    })
}

impl Postgres {
    pub fn open(url: &str, purpose: Purpose) -> DbResult<Postgres> {
        let mut config = address(url).map_err(DbError::Fault)?;
        // A host that dies says nothing: without these a question to it would wait for ever.
        config
            .connect_timeout(Duration::from_secs(5))
            .keepalives_idle(Duration::from_secs(15))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3)
            .tcp_user_timeout(Duration::from_secs(30))
            .application_name("pileops");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| DbError::Unavailable(e.to_string()))?;
        let client = runtime.block_on(connect(&config, purpose))?;
        let (statements, inserts) = (HashMap::new(), HashMap::new());
        Ok(Postgres { runtime, client, config, aside: None, statements, inserts })
    }

    /// Leases ids on a connection of its own, where it is committed at once.
    pub fn lease(&mut self, noun: &str, block: i64) -> DbResult<i64> {
        let first = 2 * block;
        for last in [false, true] {
            let client = match self.aside.take() {
                Some(client) if !client.is_closed() => client,
                _ => self.runtime.block_on(connect(&self.config, Purpose::Write))?,
            };
            let leased = self.runtime.block_on(client.query_one(super::LEASE, &[&noun, &first, &block]));
            match leased {
                Ok(row) => {
                    self.aside = Some(client);
                    return row.try_get(0).map_err(error);
                }
                // It had ended while nobody looked: once more on a new one.
                Err(why) if why.is_closed() && !last => {}
                Err(why) => return Err(error(why)),
            }
        }
        Err(DbError::Unavailable("no connection for a lease".to_owned()))
    }

    /// Waits a little: the session of a process that has just ended may not be gone yet.
    pub fn lock(&mut self) -> DbResult<bool> {
        let sql = format!("SELECT pg_try_advisory_lock({})", super::CLAIM_KEY);
        for attempt in 0..LOCK_ATTEMPTS {
            if attempt > 0 {
                std::thread::sleep(Duration::from_millis(100));
            }
            if self.query(&sql, &[], |row| row.bool(0))?.contains(&true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn statement(&mut self, sql: &str) -> DbResult<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.runtime.block_on(self.client.prepare(sql)).map_err(error)?;
        if self.statements.len() >= 512 {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> DbResult<T>,
    ) -> DbResult<Vec<T>> {
        let statement = self.statement(sql)?;
        let params = references(params);
        let rows = self.runtime.block_on(self.client.query(&statement, &params)).map_err(error)?;
        rows.iter().map(|row| map(&Row::Postgres(row))).collect()
    }

    pub fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> DbResult<u64> {
        let statement = self.statement(sql)?;
        let params = references(params);
        self.runtime.block_on(self.client.execute(&statement, &params)).map_err(error)
    }

    pub fn script(&mut self, sql: &str) -> DbResult<()> {
        self.runtime.block_on(self.client.batch_execute(sql)).map_err(error)
    }

    /// All inserts are one statement: each further one would cost the database an answer, and us the
    /// reading of it, which together is as much as the work. Between `BEGIN` and `COMMIT` and with
    /// nothing else it is a transaction by itself.
    pub fn pipeline(&mut self, begin: bool, inserts: &[Inserts<'_>], commit: bool) -> DbResult<()> {
        let statement = if inserts.is_empty() { None } else { Some(self.insert(inserts)?) };
        let columns: Vec<Column<'_>> = inserts.iter().flat_map(Column::all).collect();
        let params: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|c| c as &(dyn ToSql + Sync)).collect();
        let alone = begin && commit && statement.is_some();
        let client = &self.client;
        self.runtime.block_on(async {
            let say = async |wanted: bool, what| {
                if wanted && !alone { client.batch_execute(what).await } else { Ok(()) }
            };
            let written = async {
                match &statement {
                    Some(statement) => client.execute(statement, &params).await.map(drop),
                    None => Ok(()),
                }
            };
            // The futures are first polled in this order, which is the order on the wire.
            let all = futures_util::future::join3(say(begin, "BEGIN"), written, say(commit, "COMMIT"));
            let (opened, written, closed) = all.await;
            opened.and(written).and(closed).map_err(error)
        })
    }

    fn insert(&mut self, inserts: &[Inserts<'_>]) -> DbResult<Statement> {
        let key: Vec<&'static Insert> = inserts.iter().map(|one| one.insert).collect();
        if let Some(statement) = self.inserts.get(&key) {
            return Ok(statement.clone());
        }
        let (mut parts, mut number) = (Vec::with_capacity(key.len()), 0);
        for insert in &key {
            let columns = insert.columns.join(", ");
            let shape = format!("SELECT {columns} FROM {}", insert.table);
            let shape = self.runtime.block_on(self.client.prepare(&shape)).map_err(error)?;
            let arrays = shape.columns().iter().map(|column| {
                number += 1;
                format!("${number}::{}[]", column.type_().name())
            });
            let arrays = arrays.collect::<Vec<_>>().join(", ");
            let (table, conflict) = (insert.table, insert.on_conflict);
            parts.push(format!("INSERT INTO {table} ({columns}) SELECT * FROM UNNEST({arrays}) {conflict}"));
        }
        // The parts run from the last to the first. Rows that several writers want are in the last
        // inserts, so that nobody waits for them while holding them for long.
        let named = parts.iter().enumerate().rev().map(|(at, part)| format!("part{at} AS ({part})"));
        let sql = format!("WITH {} SELECT 1", named.collect::<Vec<_>>().join(", "));
        let statement = self.runtime.block_on(self.client.prepare(&sql)).map_err(error)?;
        self.inserts.insert(key, statement.clone());
        Ok(statement)
    }

    /// Nobody minds the connection while it is idle, so that it is looked at first: an end that has
    /// come meanwhile is seen here, and not by the next person who asks something.
    pub fn is_alive(&self) -> bool {
        self.runtime.block_on(async {
            // Once for the socket to be looked at, once for the connection to hear of it.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        });
        !self.client.is_closed()
    }
}

async fn connect(config: &Config, purpose: Purpose) -> DbResult<Client> {
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.map_err(error)?;
    tokio::spawn(async move {
        if let Err(why) = connection.await {
            tracing::warn!(%why, "the database connection ended");
        }
    });
    let settings = match purpose {
        // The server, too, must notice that we are gone, and let go of what we held.
        Purpose::Write => {
            "SET synchronous_commit = on; SET plan_cache_mode = force_generic_plan; \
             SET statement_timeout = '60s'; SET tcp_keepalives_idle = 15; \
             SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
        }
        // Pages are short questions by index over rows that lie in the order of time, on disks that have no
        // arms to move: with the costs of old disks a month is read by scanning ten years, and compiling
        // a question takes longer than answering it. Each question is planned for its own values: whether
        // a range is a day or a year decides how it is read.
        Purpose::Read => {
            "SET default_transaction_read_only = on; SET statement_timeout = '60s'; SET jit = off; \
             SET random_page_cost = 1.1; SET work_mem = '16MB'; SET plan_cache_mode = force_custom_plan"
        }
    };
    client.batch_execute(settings).await.map_err(error)?;
    Ok(client)
}

fn references<'a>(params: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// One column of all rows of an insert, as an array.
#[derive(Debug)]
struct Column<'a> {
    values: &'a [Value<'a>],
    width: usize,
    at: usize,
}

impl<'a> Column<'a> {
    fn all(inserts: &'a Inserts<'a>) -> impl Iterator<Item = Column<'a>> {
        let width = inserts.insert.columns.len();
        (0..width).map(move |at| Column { values: &inserts.values, width, at })
    }
}

impl ToSql for Column<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let Kind::Array(member) = ty.kind() else { return Err(format!("{ty} is no array").into()) };
        let rows = ArrayDimension { len: i32::try_from(self.values.len() / self.width)?, lower_bound: 1 };
        let values = self.values.iter().skip(self.at).step_by(self.width);
        let one = |value: &Value<'_>, out: &mut BytesMut| {
            Ok(match value.to_sql_checked(member, out)? {
                IsNull::Yes => postgres_protocol::IsNull::Yes,
                IsNull::No => postgres_protocol::IsNull::No,
            })
        };
        array_to_sql([rows], member.oid(), values, one, out)?;
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Array(_))
    }

    tokio_postgres::types::to_sql_checked!();
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) => value.to_sql(ty, out),
            Value::Bool(value) => value.to_sql(ty, out),
            Value::Text(text) => text.as_ref().to_sql(ty, out),
            Value::Bytes(bytes) => bytes.as_ref().to_sql(ty, out),
            Value::Id(bytes) => bytes.as_slice().to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::BOOL | Type::TEXT | Type::BYTEA | Type::VARCHAR)
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let fits = match self {
            Value::Null => true,
            Value::Int(_) => *ty == Type::INT8,
            Value::Bool(_) => *ty == Type::BOOL,
            Value::Text(_) => matches!(*ty, Type::TEXT | Type::VARCHAR),
            Value::Bytes(_) | Value::Id(_) => *ty == Type::BYTEA,
        };
        if fits { self.to_sql(ty, out) } else { Err(format!("{self:?} is no {ty}").into()) }
    }
}

pub fn error(error: tokio_postgres::Error) -> DbError {
    let Some(db) = error.as_db_error() else {
        let text = format!("{error}: {:?}", std::error::Error::source(&error).map(ToString::to_string));
        return if error.is_closed()
            || std::error::Error::source(&error).is_some_and(|s| s.is::<std::io::Error>())
        {
            DbError::Unavailable(text)
        } else {
            DbError::Fault(text)
        };
    };
    let text = format!("{} {}", db.code().code(), db.message());
    match db.code() {
        &SqlState::UNIQUE_VIOLATION => {
            DbError::Unique(format!("{} {text}", db.constraint().unwrap_or_default()))
        }
        &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE => DbError::Collision(text),
        // Classes 08 connection, 53 resources, 57 operator intervention, 58 system, 40 conflicts.
        code if ["08", "53", "57", "58", "40", "25"].iter().any(|class| code.code().starts_with(class)) => {
            DbError::Unavailable(text)
        }
        _ => DbError::Fault(text),
    }
}
