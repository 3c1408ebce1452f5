//! A list that is given out as a file: its columns, and its rows page by page.

use super::column::{Cell, Column, Words};
use super::sheet::Head;
use model::error::Text;
use model::{Error, Result};
use serde::Serialize;
use std::sync::Arc;
use store::filter::Page;
use store::{Conn, DbResult};
use utoipa::ToSchema;

/// A column that can be chosen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExportColumn {
    pub key: String,
    pub label: Text,
    /// Part of the file unless somebody chooses otherwise.
    pub usual: bool,
}

/// Some rows, and where the next ones begin.
pub struct Portion {
    pub rows: Vec<Vec<Cell>>,
    pub next: Option<String>,
    /// How many there are in all, as far as it is known.
    pub total: Option<i64>,
}

type Read = Arc<dyn Fn(&mut Conn, Option<String>) -> DbResult<Portion> + Send + Sync>;

/// Columns that were chosen, and the rows.
pub struct Listing {
    pub keys: Vec<String>,
    pub heads: Vec<Head>,
    pub read: Read,
}

impl Listing {
    /// `page` gives the rows behind a cursor. With no column named, the usual ones.
    pub fn of<R: 'static>(
        columns: &'static [Column<R>],
        chosen: &[String],
        words: Words,
        page: impl Fn(&mut Conn, Option<String>) -> DbResult<Page<R>> + Send + Sync + 'static,
    ) -> Result<Listing> {
        let chosen = choose(columns, chosen)?;
        let keys = chosen.iter().map(|column| column.key.to_owned()).collect();
        let head = |column: &&Column<R>| Head { label: words.tell(&column.label), summed: column.summed };
        let heads = chosen.iter().map(head).collect();
        let read = move |conn: &mut Conn, cursor: Option<String>| {
            let Page { items, next_cursor, total } = page(conn, cursor)?;
            let row = |row: &R| chosen.iter().map(|column| (column.cell)(row, &words)).collect();
            Ok(Portion { rows: items.iter().map(row).collect(), next: next_cursor, total })
        };
        Ok(Listing { keys, heads, read: Arc::new(read) })
    }
}

fn choose<R>(columns: &'static [Column<R>], chosen: &[String]) -> Result<Vec<&'static Column<R>>> {
    if chosen.is_empty() {
        return Ok(columns.iter().filter(|column| column.usual).collect());
    }
    let mut found: Vec<&'static Column<R>> = Vec::with_capacity(chosen.len());
    for key in chosen {
        let column = columns.iter().find(|column| column.key == key).ok_or_else(|| {
            let known: Vec<&str> = columns.iter().map(|column| column.key).collect();
            let known = known.join(", ");
            Error::invalid(
                "columns",
                format!("没有“{key}”这一列；可选的列有：{known}"),
                format!("There is no column {key:?}; there are: {known}."),
            )
        })?;
        if found.iter().any(|other| other.key == column.key) {
            return Err(Error::invalid(
                "columns",
                format!("列“{key}”重复，请只选一次"),
                format!("The column {key:?} is named twice."),
            ));
        }
        found.push(column);
    }
    Ok(found)
}

pub fn offered<R>(columns: &[Column<R>]) -> Vec<ExportColumn> {
    let offer = |column: &Column<R>| ExportColumn {
        key: column.key.to_owned(),
        label: column.label.clone(),
        usual: column.usual,
    };
    columns.iter().map(offer).collect()
}
