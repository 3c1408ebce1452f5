//! 节假日安排: as delivered, or as staff have entered it, with what was changed.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::holiday::{self, Holiday, HolidayYear};
use model::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// A year, and who has entered it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HolidayYearView {
    #[serde(flatten)]
    pub year: HolidayYear,
    /// 0: as delivered.
    pub version: i64,
    pub changed_at_ms: Option<i64>,
    pub changed_by: Option<String>,
}

fn list<T: serde::de::DeserializeOwned>(text: &str) -> DbResult<Vec<T>> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("a year's holidays: {why}")))
}

fn entered(row: &Row<'_>) -> DbResult<HolidayYearView> {
    Ok(HolidayYearView {
        year: HolidayYear {
            year: row.int(0)?,
            source: row.text(1)?,
            holidays: list::<Holiday>(&row.text(2)?)?,
            workdays: list::<i64>(&row.text(3)?)?,
        },
        version: row.int(4)?,
        changed_at_ms: Some(row.int(5)?),
        changed_by: Some(row.text(6)?),
    })
}

fn delivered(year: &HolidayYear) -> HolidayYearView {
    HolidayYearView { year: year.clone(), version: 0, changed_at_ms: None, changed_by: None }
}

/// All years that are known, oldest first: what was entered goes before what was delivered.
pub fn holiday_list(conn: &mut Conn) -> DbResult<Vec<HolidayYearView>> {
    let mut all = conn.query(
        "SELECT year, source, holidays, workdays, version, changed_at_ms, changed_by FROM holiday_year",
        &[],
        entered,
    )?;
    for year in holiday::years() {
        if !all.iter().any(|one| one.year.year == year.year) {
            all.push(delivered(year));
        }
    }
    all.sort_by_key(|one| one.year.year);
    Ok(all)
}

/// The same without who has entered them.
pub fn years(conn: &mut Conn) -> DbResult<Vec<HolidayYear>> {
    Ok(holiday_list(conn)?.into_iter().map(|one| one.year).collect())
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::internal())
}

/// `before`: what was there; `one.version` is that of the new one.
pub fn save(tx: &mut Tx<'_>, one: &HolidayYearView, before: Option<&HolidayYear>) -> Result<()> {
    let by = one.changed_by.clone().unwrap_or_default();
    tx.execute(
        "INSERT INTO holiday_year (year, source, holidays, workdays, version, changed_at_ms, changed_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (year) DO UPDATE SET source = excluded.source, \
         holidays = excluded.holidays, workdays = excluded.workdays, version = excluded.version, \
         changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        &[
            one.year.year.into(),
            (&one.year.source).into(),
            json(&one.year.holidays)?.into(),
            json(&one.year.workdays)?.into(),
            one.version.into(),
            one.changed_at_ms.unwrap_or(0).into(),
            by.into(),
        ],
    )?;
    change_append(tx, one, before, Some(&one.year))
}

/// What was entered is taken away: the year is as delivered again, or not known.
pub fn delete(tx: &mut Tx<'_>, gone: &HolidayYearView) -> Result<()> {
    tx.execute("DELETE FROM holiday_year WHERE year = $1", &[gone.year.year.into()])?;
    change_append(tx, gone, Some(&gone.year), None)
}

fn change_append(
    tx: &mut Tx<'_>,
    of: &HolidayYearView,
    before: Option<&HolidayYear>,
    after: Option<&HolidayYear>,
) -> Result<()> {
    let id = tx.next_id(Noun::HolidayChange)?;
    let told = |year: Option<&HolidayYear>| year.map(json).transpose().map(Option::unwrap_or_default);
    tx.execute(
        "INSERT INTO holiday_change (id, year, before_year, after_year, at_ms, staff_name) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            id.into(),
            of.year.year.into(),
            told(before)?.into(),
            told(after)?.into(),
            of.changed_at_ms.unwrap_or(0).into(),
            of.changed_by.clone().unwrap_or_default().into(),
        ],
    )?;
    tx.changed(Change::Noun("holiday"));
    Ok(())
}

/// What was changed of a year, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HolidayChangeRecord {
    pub id: i64,
    pub year: i64,
    /// As JSON; null where nothing was known of the year.
    pub before: Option<String>,
    /// As JSON; null: it is as delivered again.
    pub after: Option<String>,
    pub at_ms: i64,
    pub staff_name: String,
}

/// Newest first.
pub fn holiday_change_list(
    conn: &mut Conn,
    year: Option<i64>,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<HolidayChangeRecord>> {
    let mut filter = Filter::new();
    filter.and_some("year = ?", year);
    let sql = format!("SELECT COUNT(*) FROM holiday_change {}", filter.sql());
    let total = conn.one(&sql, &filter.values, count)?;
    filter.and_some("id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT id, year, before_year, after_year, at_ms, staff_name FROM holiday_change {} \
         ORDER BY id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(HolidayChangeRecord {
            id: row.int(0)?,
            year: row.int(1)?,
            before: some(row.text(2)?),
            after: some(row.text(3)?),
            at_ms: row.int(4)?,
            staff_name: row.text(5)?,
        })
    })?;
    Ok(Page::of(rows, limit, Some(total), |one| one.id.to_string()))
}
