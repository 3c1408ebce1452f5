//! 个人信息: what the platform holds about one person, by one list of tables and columns; reading all of it, and erasing
//! what need not be kept.

mod elsewhere;
mod parts;
mod ties;

pub use elsewhere::ELSEWHERE;
pub use parts::PARTS;
pub use ties::{Tie, TieKind, ties};

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::feedback_list::PHOTOS;
use model::Result;
use model::id::CustomerId;
use model::time::Timestamp;

/// What becomes of a column when a person is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erase {
    /// Nothing is in it any more.
    Blank,
    /// This SQL literal stands there instead: the column may not be empty, or people should see what happened.
    Replace(&'static str),
    /// It stays, and why.
    Keep(&'static str),
}

/// A column that can hold a person's data.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub column: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Given to the person.
    pub give: bool,
    pub erase: Erase,
}

/// A table in which rows can be about a person.
#[derive(Clone, Copy, Debug)]
pub struct PersonTable {
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Which rows are about the customer `$1`, a BIGINT.
    pub of: &'static str,
    /// The rows themselves go when the person is erased.
    pub gone: bool,
    pub parts: &'static [Part],
    /// Other columns that are given: what happened, without which the rest says nothing.
    pub facts: &'static str,
    /// Columns of our own workings, or about others: not given, and they stay.
    pub own: &'static str,
}

impl PersonTable {
    pub fn facts(&self) -> impl Iterator<Item = &'static str> {
        self.facts.split_whitespace()
    }

    pub fn own(&self) -> impl Iterator<Item = &'static str> {
        self.own.split_whitespace()
    }

    /// What the person is given, facts first.
    pub fn given(&self) -> Vec<&'static str> {
        let parts = self.parts.iter().filter(|part| part.give).map(|part| part.column);
        self.facts().chain(parts).collect()
    }
}

/// The rows of a table that are about a person, as text.
#[derive(Clone, Debug)]
pub struct PersonRows {
    pub table: &'static PersonTable,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Option<String>>>,
}

/// More rows of one table are not read at once.
const ROWS_MAX: i64 = 100_000;

/// Everything that a person is given.
pub fn read(conn: &mut Conn, customer: CustomerId) -> DbResult<Vec<PersonRows>> {
    let mut all = Vec::new();
    for table in PARTS {
        let columns = table.given();
        if columns.is_empty() {
            continue;
        }
        let texts: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS TEXT)")).collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE {} ORDER BY 1 LIMIT {ROWS_MAX}",
            texts.join(", "),
            table.name,
            table.of
        );
        let rows = conn.query(&sql, &[customer.0.into()], |row| {
            (0..columns.len()).map(|at| row.text_opt(at)).collect::<DbResult<Vec<_>>>()
        })?;
        all.push(PersonRows { table, columns, rows });
    }
    Ok(all)
}

/// A photo that a person has sent.
#[derive(Clone, Debug)]
pub struct PersonPhoto {
    pub id: i64,
    pub kind: String,
    pub body: Vec<u8>,
}

pub fn photos(conn: &mut Conn, customer: CustomerId) -> DbResult<Vec<PersonPhoto>> {
    let of = PARTS.iter().find(|table| table.name == "attachment").map_or("1 = 0", |table| table.of);
    debug_assert!(of.contains(PHOTOS));
    let sql = format!("SELECT id, kind, body FROM attachment WHERE {of} ORDER BY id");
    conn.query(&sql, &[customer.0.into()], |row| {
        Ok(PersonPhoto { id: row.int(0)?, kind: row.text(1)?, body: row.bytes(2)? })
    })
}

/// Erases what need not be kept, the most dependent tables first; how many rows were touched. Once more, it finds
/// nothing new to do.
pub fn erase(tx: &mut Tx<'_>, customer: CustomerId, now: Timestamp) -> Result<i64> {
    let mut count = 0;
    for table in PARTS {
        let sql = match table.gone {
            true => format!("DELETE FROM {} WHERE {}", table.name, table.of),
            false => {
                let change = |part: &&Part| match part.erase {
                    Erase::Blank => Some(format!("{} = NULL", part.column)),
                    Erase::Replace(with) => Some(format!("{} = {with}", part.column)),
                    Erase::Keep(_) => None,
                };
                let changes: Vec<String> = table.parts.iter().filter_map(|part| change(&part)).collect();
                if changes.is_empty() {
                    continue;
                }
                format!("UPDATE {} SET {} WHERE {}", table.name, changes.join(", "), table.of)
            }
        };
        count += i64::try_from(tx.execute(&sql, &[customer.0.into()])?).unwrap_or(i64::MAX);
    }
    tx.execute(
        "UPDATE customer SET erased_at_ms = $1, changed_at_ms = $1, version = version + 1 WHERE id = $2",
        &[now.as_ms().into(), customer.0.into()],
    )?;
    Ok(count)
}

/// When this person was erased.
pub fn erased_at(conn: &mut Conn, customer: CustomerId) -> DbResult<Option<i64>> {
    let sql = "SELECT erased_at_ms FROM customer WHERE id = $1";
    Ok(conn.find(sql, &[customer.0.into()], |row| row.int_opt(0))?.flatten())
}
