//! What a list is asked for: filters that become SQL, and pages by key.
//!
//! The text of a statement depends only on which filters are set, never on their values, so that
//! both databases prepare each shape once. Names are searched in the small tables by a sub-select;
//! the big table is then read by the ids found.

use crate::db::{Conn, DbResult, Row, Value};
use model::access::{Area, Scope};
use model::{Error, Result};
use std::borrow::Cow;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// Conditions joined by AND, with their values in the order of their `$N`.
#[derive(Clone, Default)]
pub struct Filter {
    conditions: String,
    pub values: Vec<Value<'static>>,
}

impl Filter {
    pub fn new() -> Filter {
        Filter::default()
    }

    /// Adds a value and names it, e.g. `$3`.
    pub fn bind(&mut self, value: impl Into<Value<'static>>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// A condition without a value.
    pub fn and(&mut self, condition: &str) {
        self.conditions.push_str(if self.conditions.is_empty() { "WHERE " } else { " AND " });
        self.conditions.push_str(condition);
    }

    /// `condition` holds one `?` where the value goes.
    pub fn and_value(&mut self, condition: &str, value: impl Into<Value<'static>>) {
        let name = self.bind(value);
        self.and(&condition.replacen('?', &name, 1));
    }

    pub fn and_some<V: Into<Value<'static>>>(&mut self, condition: &str, value: Option<V>) {
        if let Some(value) = value {
            self.and_value(condition, value);
        }
    }

    /// Contains, without regard to case; what was typed is never a pattern. An empty or blank text
    /// asks for nothing. `condition` holds one `?` for the whole comparison's right side, e.g.
    /// `LOWER(s.name) LIKE ?`.
    pub fn and_contains(&mut self, condition: &str, text: Option<&str>) {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return };
        let name = self.bind(pattern(text));
        self.and(&condition.replacen('?', &format!("LOWER({name}) ESCAPE '\\'"), 1));
    }

    /// Only what the caller may see: `operator` and `station` are the columns that hold their ids.
    pub fn scope(&mut self, operator: &str, station: &str, scope: &Scope) {
        self.scope_operator(operator, scope);
        match &scope.area {
            Area::Everywhere => {}
            Area::Cities { cities } => {
                let cities = self.bind_all(cities.iter().cloned());
                self.and(&format!("{station} IN (SELECT id FROM station WHERE city_code IN ({cities}))"));
            }
            Area::Stations { stations } => {
                let stations = self.bind_all(stations.iter().map(|station| station.0));
                self.and(&format!("{station} IN ({stations})"));
            }
        }
    }

    /// For rows that belong to an operator and to no station.
    pub fn scope_operator(&mut self, column: &str, scope: &Scope) {
        if let Some(operator) = scope.operator {
            self.and_value(&format!("{column} = ?"), operator.0);
        }
    }

    /// Values for an `IN (…)`; of none of them, nothing is in it.
    pub fn bind_all(&mut self, values: impl Iterator<Item = impl Into<Value<'static>>>) -> String {
        let names: Vec<String> = values.map(|value| self.bind(value)).collect();
        if names.is_empty() { "NULL".to_owned() } else { names.join(", ") }
    }

    /// Adds the conditions of another filter, renumbering its values behind those already here.
    pub fn append(&mut self, other: &Filter) {
        self.and_within("?", other);
    }

    /// The conditions of another filter inside of one: `frame` holds one `?` where they go.
    pub fn and_within(&mut self, frame: &str, other: &Filter) {
        let text = self.renumbered(other);
        if let Some(conditions) = text.strip_prefix("WHERE ") {
            self.and(&frame.replacen('?', conditions, 1));
        }
    }

    /// Takes the values of another filter; its `WHERE …` as it names them here.
    pub fn renumbered(&mut self, other: &Filter) -> String {
        let shift = self.values.len();
        let mut text = String::with_capacity(other.conditions.len() + 8);
        let mut pieces = other.conditions.split('$');
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let number = piece[..digits].parse::<usize>().map_or(0, |number| number + shift);
            text.push_str(&format!("${number}{}", &piece[digits..]));
        }
        self.values.extend(other.values.iter().cloned());
        text
    }

    /// `WHERE …`, or nothing.
    pub fn sql(&self) -> &str {
        &self.conditions
    }
}

/// A blank text asks for nothing.
pub(crate) fn is_asked(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn pattern(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// How much of a list, from where.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    /// What the page before gave as `next_cursor`.
    pub cursor: Option<String>,
    pub limit: Option<i64>,
}

pub const LIMIT_DEFAULT: i64 = 20;
pub const LIMIT_MAX: i64 = 200;

impl Paging {
    pub fn limit(&self) -> Result<i64> {
        match self.limit {
            None => Ok(LIMIT_DEFAULT),
            Some(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
            Some(_) => Err(Error::invalid(
                "limit",
                format!("每页条数必须在 1 到 {LIMIT_MAX} 之间"),
                format!("limit must be between 1 and {LIMIT_MAX}."),
            )),
        }
    }

    /// The numbers of the cursor, `N` of them.
    pub fn key<const N: usize>(&self) -> Result<Option<[i64; N]>> {
        let Some(cursor) = self.cursor.as_deref() else { return Ok(None) };
        let numbers: Option<Vec<i64>> = cursor.split('.').map(|part| part.parse().ok()).collect();
        match numbers.map(<[i64; N]>::try_from) {
            Some(Ok(key)) => Ok(Some(key)),
            _ => Err(bad_cursor()),
        }
    }
}

pub fn bad_cursor() -> Error {
    Error::invalid(
        "cursor",
        "翻页位置无效，请从第一页重新打开列表",
        "This cursor is not one of ours; open the list from its first page.",
    )
}

/// One page of a list.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
    /// How many rows the filters select; null where counting would be dear.
    pub total: Option<i64>,
}

impl<T> Page<T> {
    /// From up to one row more than `limit`: the surplus tells that there is a next page.
    pub fn of(mut rows: Vec<T>, limit: i64, total: Option<i64>, key: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if more { rows.last().map(key) } else { None };
        Page { items: rows, next_cursor, total }
    }

    /// From rows that stand behind their cursors.
    pub fn of_sorted(rows: Vec<(String, T)>, limit: i64, total: Option<i64>) -> Page<T> {
        let Page { items, next_cursor, total } = Page::of(rows, limit, total, |(cursor, _)| cursor.clone());
        Page { items: items.into_iter().map(|(_, item)| item).collect(), next_cursor, total }
    }

    /// A list that is short by nature.
    pub fn whole(items: Vec<T>) -> Page<T> {
        let total = i64::try_from(items.len()).ok();
        Page { items, next_cursor: None, total }
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let nullable = |kind| SchemaType::from_iter([kind, Type::Null]);
        ObjectBuilder::new()
            .property("items", ArrayBuilder::new().items(Ref::from_schema_name(T::name())))
            .required("items")
            .property("next_cursor", ObjectBuilder::new().schema_type(nullable(Type::String)))
            .required("next_cursor")
            .property(
                "total",
                ObjectBuilder::new()
                    .schema_type(nullable(Type::Integer))
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64))),
            )
            .required("total")
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}List", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// So many rows are counted for a page; of more it is not said how many there are, for counting them
/// would cost more than the page.
pub(crate) const COUNT_MAX: i64 = 10_000;

/// How many rows of tables that grow without end the filter selects, unless they are very many.
pub(crate) fn count_some(conn: &mut Conn, from: &str, filter: &Filter) -> DbResult<Option<i64>> {
    let most = COUNT_MAX + 1;
    let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {from} {} LIMIT {most}) AS counted", filter.sql());
    let total = conn.one(&sql, &filter.values, count)?;
    Ok(Some(total).filter(|total| *total <= COUNT_MAX))
}

/// `COUNT(*)` as one column.
pub(crate) fn count(row: &Row<'_>) -> DbResult<i64> {
    row.int(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_never_a_pattern() {
        let mut filter = Filter::new();
        filter.and_contains("LOWER(name) LIKE ?", Some(" 50%_\\ "));
        filter.and_contains("LOWER(name) LIKE ?", Some("  "));
        assert_eq!(filter.sql(), "WHERE LOWER(name) LIKE LOWER($1) ESCAPE '\\'");
        assert!(matches!(&filter.values[0], Value::Text(text) if text == "%50\\%\\_\\\\%"));
    }

    #[test]
    fn a_page_knows_whether_there_is_a_next_one() {
        let page = Page::of(vec![1, 2, 3], 2, None, ToString::to_string);
        assert_eq!((page.items, page.next_cursor), (vec![1, 2], Some("2".to_owned())));
        assert_eq!(Page::of(vec![1, 2], 2, None, ToString::to_string).next_cursor, None);
    }

    #[test]
    fn a_cursor_is_ours_or_refused() {
        let with = |cursor: &str| Paging { cursor: Some(cursor.to_owned()), limit: None };
        assert_eq!(with("12.34").key::<2>().unwrap(), Some([12, 34]));
        for bad in ["", "1", "1.2.3", "a.b", "1.9999999999999999999", "' OR 1=1"] {
            assert_eq!(with(bad).key::<2>().unwrap_err().field.unwrap(), "cursor");
        }
    }
}
