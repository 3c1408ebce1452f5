//! 用户 as their source sees them: found by what the source calls them.

use crate::Tx;
use crate::customers::{COLUMNS, Customer, customer};
use crate::db::{Conn, DbResult};
use crate::filter::{Filter, count};
use model::Result;
use model::customer::CustomerSource;
use model::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Id,
    ExternalId,
    Account,
    Name,
    Phone,
    Active,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equals,
    Begins,
    Contains,
}

/// One condition of a search; all of them must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub attribute: Attribute,
    pub comparison: Comparison,
    pub value: String,
}

fn conditions(source: CustomerSource, wanted: &[Condition]) -> Filter {
    let mut filter = Filter::new();
    filter.and_value("source = ?", source.as_str());
    // Who was deleted at the source has no account any more.
    filter.and("account IS NOT NULL");
    for Condition { attribute, comparison, value } in wanted {
        let column = match attribute {
            Attribute::Id => "CAST(id AS TEXT)",
            Attribute::ExternalId => "external_id",
            Attribute::Account => "account",
            Attribute::Name => "LOWER(name)",
            Attribute::Phone => "phone",
            Attribute::Active => {
                filter.and_value("active_at_source = ?", value.eq_ignore_ascii_case("true"));
                continue;
            }
        };
        let lower = matches!(attribute, Attribute::Account | Attribute::Name);
        let value = if lower { value.to_lowercase() } else { value.clone() };
        let name = filter.bind(value);
        filter.and(&match comparison {
            Comparison::Equals => format!("{column} = {name}"),
            Comparison::Begins => format!("SUBSTR({column}, 1, LENGTH({name})) = {name}"),
            Comparison::Contains => format!("REPLACE({column}, {name}, '') <> {column}"),
        });
    }
    filter
}

/// How many there are, and those from the `skip`-th on, in the order of their ids.
pub fn source_user_list(
    conn: &mut Conn,
    source: CustomerSource,
    wanted: &[Condition],
    skip: i64,
    limit: i64,
) -> DbResult<(i64, Vec<Customer>)> {
    let mut filter = conditions(source, wanted);
    let sql = format!("SELECT COUNT(*) FROM customer {}", filter.sql());
    let total = conn.one(&sql, &filter.values, count)?;
    let (limit, skip) = (filter.bind(limit), filter.bind(skip));
    let sql =
        format!("SELECT {COLUMNS} FROM customer {} ORDER BY id LIMIT {limit} OFFSET {skip}", filter.sql());
    Ok((total, conn.query(&sql, &filter.values, customer)?))
}

const SYNCED: &str = "customer_synced";

/// When a source last told us something.
pub fn synced(conn: &mut Conn) -> DbResult<Option<Timestamp>> {
    let value =
        conn.find("SELECT value FROM setting WHERE name = $1", &[SYNCED.into()], |row| row.text(0))?;
    Ok(value.and_then(|value| value.parse().ok()).map(Timestamp::from_ms))
}

pub fn synced_set(tx: &mut Tx<'_>, at: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[SYNCED.into(), at.as_ms().to_string().into()],
    )
    .map(drop)
}
