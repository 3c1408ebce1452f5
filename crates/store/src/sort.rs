//! By which column a list is sorted, and where its next page begins.
//!
//! A reader names a column, `-` before it for the greatest first. Pages stay pages by key: what the
//! cursor holds is the id of the last row and its value in that column.

use crate::db::{DbResult, Row, Value};
use crate::filter::{Filter, Paging, bad_cursor};
use model::{Error, Result};
use std::borrow::Cow;

/// A column that a list can be sorted by.
#[derive(Clone, Copy, Debug)]
pub struct SortColumn {
    /// As readers name it.
    pub name: &'static str,
    /// Its value, never null, from the list's own tables.
    pub sql: &'static str,
    pub kind: SortKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKind {
    Number,
    Text,
}

impl SortColumn {
    pub const fn number(name: &'static str, sql: &'static str) -> SortColumn {
        SortColumn { name, sql, kind: SortKind::Number }
    }

    pub const fn text(name: &'static str, sql: &'static str) -> SortColumn {
        SortColumn { name, sql, kind: SortKind::Text }
    }
}

/// What a reader has chosen, and the row behind which the page begins. By itself: the newest first, which
/// is the greatest id.
#[derive(Clone, Debug, Default)]
pub struct Sort {
    column: Option<SortColumn>,
    ascending: bool,
    after: Option<(i64, Key)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Id,
    Number(i64),
    Text(String),
}

impl Sort {
    /// `None` where nothing was chosen: the list then stands in its own order.
    pub fn of(chosen: Option<&str>, columns: &[SortColumn], paging: &Paging) -> Result<Option<Sort>> {
        let Some(chosen) = chosen.map(str::trim).filter(|chosen| !chosen.is_empty()) else { return Ok(None) };
        let (name, ascending) = chosen.strip_prefix('-').map_or((chosen, true), |name| (name, false));
        let column = columns.iter().find(|column| column.name == name).ok_or_else(|| unknown(columns))?;
        Sort { column: Some(*column), ascending, after: None }.turned_to(paging.cursor.as_deref()).map(Some)
    }

    /// Where nothing was chosen: the newest first.
    pub fn or_newest(chosen: Option<&str>, columns: &[SortColumn], paging: &Paging) -> Result<Sort> {
        match Sort::of(chosen, columns, paging)? {
            Some(sort) => Ok(sort),
            None => Sort::default().turned_to(paging.cursor.as_deref()),
        }
    }

    /// From the smallest on.
    pub fn by(column: SortColumn) -> Sort {
        Sort { column: Some(column), ascending: true, after: None }
    }

    /// The page that begins behind a cursor.
    pub fn turned_to(&self, cursor: Option<&str>) -> Result<Sort> {
        let after = cursor.map(|cursor| key(cursor, self.column.map(|column| column.kind))).transpose()?;
        Ok(Sort { after, ..self.clone() })
    }

    /// No page stands before this one.
    pub fn is_first(&self) -> bool {
        self.after.is_none()
    }

    /// The value of a row, to be selected beside what is shown. `id`: the column with the row's id.
    pub fn value(&self, id: &'static str) -> &'static str {
        self.column.map_or(id, |column| column.sql)
    }

    /// Leaves out what the pages before have shown.
    pub fn page(&self, filter: &mut Filter, id: &'static str) {
        let Some((after, key)) = &self.after else { return };
        let than = if self.ascending { ">" } else { "<" };
        let value: Value<'static> = match key {
            Key::Id => return filter.and_value(&format!("{id} {than} ?"), *after),
            Key::Number(number) => (*number).into(),
            Key::Text(text) => Value::Text(Cow::Owned(text.clone())),
        };
        let (value, after) = (filter.bind(value), filter.bind(*after));
        filter.and(&format!("({}, {id}) {than} ({value}, {after})", self.value(id)));
    }

    /// What stands behind `ORDER BY`.
    pub fn order(&self, id: &'static str) -> String {
        self.order_by(self.value(id), id)
    }

    /// The same with another name for the value.
    pub fn order_by(&self, value: &str, id: &str) -> String {
        let way = if self.ascending { "ASC" } else { "DESC" };
        if value == id { format!("{id} {way}") } else { format!("{value} {way}, {id} {way}") }
    }

    /// The cursor of a row; its value stands in `column` of what was selected.
    pub fn cursor(&self, row: &Row<'_>, column: usize, id: i64) -> DbResult<String> {
        Ok(match self.column.map(|column| column.kind) {
            None => id.to_string(),
            Some(SortKind::Number) => format!("{id}.{}", row.int(column)?),
            Some(SortKind::Text) => format!("{id}.{}", row.text(column)?),
        })
    }
}

fn key(cursor: &str, kind: Option<SortKind>) -> Result<(i64, Key)> {
    let number = |text: &str| text.parse::<i64>().map_err(|_| bad_cursor());
    let Some(kind) = kind else { return Ok((number(cursor)?, Key::Id)) };
    let (id, value) = cursor.split_once('.').ok_or_else(bad_cursor)?;
    let key = match kind {
        SortKind::Number => Key::Number(number(value)?),
        SortKind::Text => Key::Text(value.to_owned()),
    };
    Ok((number(id)?, key))
}

fn unknown(columns: &[SortColumn]) -> Error {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let names = names.join(", ");
    Error::invalid(
        "sort",
        format!("不能按此列排序；可选：{names}，前面加“-”为降序"),
        format!(
            "The list cannot be sorted by this; it can by: {names}, with - before it for the greatest first."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[SortColumn] =
        &[SortColumn::number("energy_dwh", "o.energy_dwh"), SortColumn::text("name", "o.name")];

    fn sort(chosen: &str, cursor: Option<&str>) -> Result<Option<Sort>> {
        Sort::of(Some(chosen), COLUMNS, &Paging { cursor: cursor.map(str::to_owned), limit: None })
    }

    #[test]
    fn a_column_of_the_list_with_its_way_is_taken() {
        let mut filter = Filter::new();
        let greatest = sort("-energy_dwh", Some("7.12")).unwrap().unwrap();
        greatest.page(&mut filter, "o.id");
        assert_eq!(filter.sql(), "WHERE (o.energy_dwh, o.id) < ($1, $2)");
        assert_eq!(greatest.order("o.id"), "o.energy_dwh DESC, o.id DESC");
        let names = sort("name", Some("7.a.b.1")).unwrap().unwrap();
        assert_eq!(names.after, Some((7, Key::Text("a.b.1".to_owned()))));
        assert_eq!(names.order_by("v", "k.id"), "v ASC, k.id ASC");
        assert!(sort(" ", None).unwrap().is_none());
        let newest = Sort::default().turned_to(Some("12")).unwrap();
        let mut filter = Filter::new();
        newest.page(&mut filter, "k.id");
        assert_eq!((filter.sql(), newest.order("k.id").as_str()), ("WHERE k.id < $1", "k.id DESC"));
    }

    #[test]
    fn another_word_or_cursor_is_refused() {
        for bad in ["price", "--energy_dwh", "-", "energy_dwh;", "o.id"] {
            assert_eq!(sort(bad, None).unwrap_err().field.unwrap(), "sort", "{bad}");
        }
        for bad in ["", "1", "1.", "1.a", "a.1", "1.9999999999999999999"] {
            assert_eq!(sort("energy_dwh", Some(bad)).unwrap_err().field.unwrap(), "cursor", "{bad}");
        }
    }
}
