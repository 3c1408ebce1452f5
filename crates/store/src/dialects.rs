//! 方言: writing them, what staff see of them, and which one a pile is read by.

use crate::Tx;
use crate::change::Change;
use crate::contents::reach;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::access::Scope;
use model::dialect::DialectRules;
use model::id::{DialectId, OperatorId, PileId};
use model::site::Pile;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Dialect {
    pub id: i64,
    /// `null`: the whole platform's.
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    /// Of one that comes with the product, which nobody changes.
    pub key: Option<String>,
    pub name: String,
    pub source: String,
    pub note: String,
    /// What a pile's own begin with that are read so by themselves.
    pub vendor: String,
    pub model: String,
    pub firmware: String,
    pub rules: DialectRules,
    pub version: i64,
    /// Piles in the caller's sight that were said to be read so.
    pub pile_count: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewDialect {
    pub operator: Option<OperatorId>,
    pub name: String,
    pub source: String,
    pub note: String,
    pub vendor: String,
    pub model: String,
    pub firmware: String,
    pub rules: DialectRules,
}

#[derive(Clone, Debug, Default)]
pub struct DialectFilter {
    pub id: Option<i64>,
    pub name: Option<String>,
    pub vendor: Option<String>,
    /// The id of the last row of the page before.
    pub after: Option<i64>,
    pub limit: i64,
}

const COLUMNS: &str = "d.id, d.operator_id, o.name, d.key, d.name, d.source, d.note, d.vendor, d.model, d.firmware, \
    d.rules, d.version";

fn dialect(row: &Row<'_>) -> DbResult<Dialect> {
    let (id, rules) = (row.int(0)?, row.text(10)?);
    let rules = serde_json::from_str(&rules)
        .inspect_err(|why| tracing::error!(%why, id, "the rules of a dialect cannot be read"))
        .unwrap_or_default();
    Ok(Dialect {
        id,
        operator_id: row.int_opt(1)?,
        operator_name: row.text_opt(2)?,
        key: row.text_opt(3)?,
        name: row.text(4)?,
        source: row.text(5)?,
        note: row.text(6)?,
        vendor: row.text(7)?,
        model: row.text(8)?,
        firmware: row.text(9)?,
        rules,
        version: row.int(11)?,
        pile_count: 0,
    })
}

/// Those of the product first.
pub fn dialect_list(conn: &mut Conn, scope: &Scope, wanted: &DialectFilter) -> DbResult<Page<Dialect>> {
    let mut filter = Filter::new();
    reach(&mut filter, "d.operator_id", scope);
    filter.and_some("d.id = ?", wanted.id);
    filter.and_contains("LOWER(d.name || ' ' || d.note || ' ' || d.source) LIKE ?", wanted.name.as_deref());
    filter.and_contains(
        "LOWER(d.vendor || ' ' || d.model || ' ' || d.firmware) LIKE ?",
        wanted.vendor.as_deref(),
    );
    let total =
        conn.one(&format!("SELECT COUNT(*) FROM dialect d {}", filter.sql()), &filter.values, count)?;
    filter.and_some("d.id > ?", wanted.after);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {COLUMNS} FROM dialect d LEFT JOIN operator o ON o.id = d.operator_id {} ORDER BY d.id LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, dialect)?;
    let mut page = Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string());
    counted(conn, scope, &mut page.items)?;
    Ok(page)
}

fn counted(conn: &mut Conn, scope: &Scope, all: &mut [Dialect]) -> DbResult<()> {
    let mut filter = Filter::new();
    filter.scope("p.operator_id", "p.station_id", scope);
    let sql = format!(
        "SELECT u.dialect_id, COUNT(*) FROM pile_dialect u JOIN pile p ON p.id = u.pile_id {} GROUP BY u.dialect_id",
        filter.sql()
    );
    for (id, count) in conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?)))? {
        if let Some(one) = all.iter_mut().find(|one| one.id == id) {
            one.pile_count = count;
        }
    }
    Ok(())
}

pub fn dialect_get(conn: &mut Conn, scope: &Scope, id: DialectId) -> DbResult<Option<Dialect>> {
    let wanted = DialectFilter { id: Some(id.0), limit: 1, ..DialectFilter::default() };
    Ok(dialect_list(conn, scope, &wanted)?.items.pop())
}

fn written(rules: &DialectRules) -> Result<String> {
    serde_json::to_string(rules).map_err(|_| Error::internal())
}

pub fn insert(tx: &mut Tx<'_>, one: &NewDialect, now: Timestamp) -> Result<DialectId> {
    let id = tx.next_id(Noun::Dialect)?;
    tx.execute(
        "INSERT INTO dialect (id, operator_id, name, source, note, vendor, model, firmware, rules, version, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)",
        &[
            id.into(),
            one.operator.map(|operator| operator.0).into(),
            (&one.name).into(),
            (&one.source).into(),
            (&one.note).into(),
            (&one.vendor).into(),
            (&one.model).into(),
            (&one.firmware).into(),
            written(&one.rules)?.into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("dialect"));
    Ok(DialectId(id))
}

/// Whether it was still at `version`.
pub fn update(tx: &mut Tx<'_>, id: DialectId, one: &NewDialect, version: i64) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE dialect SET name = $1, source = $2, note = $3, vendor = $4, model = $5, firmware = $6, rules = $7, \
         version = version + 1 WHERE id = $8 AND version = $9",
        &[
            (&one.name).into(),
            (&one.source).into(),
            (&one.note).into(),
            (&one.vendor).into(),
            (&one.model).into(),
            (&one.firmware).into(),
            written(&one.rules)?.into(),
            id.0.into(),
            version.into(),
        ],
    )?;
    tx.changed(Change::Noun("dialect"));
    Ok(changed > 0)
}

pub fn delete(tx: &mut Tx<'_>, id: DialectId) -> Result<()> {
    tx.execute("DELETE FROM dialect WHERE id = $1", &[id.0.into()])?;
    tx.changed(Change::Noun("dialect"));
    Ok(())
}

/// How many piles of anybody were said to be read so.
pub fn pile_count(conn: &mut Conn, id: DialectId) -> DbResult<i64> {
    conn.one("SELECT COUNT(*) FROM pile_dialect WHERE dialect_id = $1", &[id.0.into()], count)
}

/// What staff have said of a pile.
pub fn assigned(conn: &mut Conn, pile: PileId) -> DbResult<Option<DialectId>> {
    let sql = "SELECT dialect_id FROM pile_dialect WHERE pile_id = $1";
    conn.find(sql, &[pile.0.into()], |row| row.int(0).map(DialectId))
}

/// `None`: it is read as its vendor, model and firmware say.
pub fn assign(tx: &mut Tx<'_>, pile: PileId, dialect: Option<DialectId>, now: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM pile_dialect WHERE pile_id = $1", &[pile.0.into()])?;
    if let Some(dialect) = dialect {
        tx.execute(
            "INSERT INTO pile_dialect (pile_id, dialect_id, set_at_ms) VALUES ($1, $2, $3)",
            &[pile.0.into(), dialect.0.into(), now.as_ms().into()],
        )?;
    }
    tx.changed(Change::Noun("dialect"));
    Ok(())
}

/// The same of a pile by its id.
pub fn spoken(conn: &mut Conn, pile: PileId) -> DbResult<Option<Dialect>> {
    let Some(pile) = crate::piles::get(conn, pile)? else { return Ok(None) };
    Ok(of_pile(conn, &pile)?.map(|(one, _)| one))
}

/// By which dialect a pile is read, and whether staff have said so; `None`: by the paper. Of those that fit, its
/// operator's own go before the platform's, and among them the one that says most.
pub fn of_pile(conn: &mut Conn, pile: &Pile) -> DbResult<Option<(Dialect, bool)>> {
    let said = assigned(conn, pile.id)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM dialect d LEFT JOIN operator o ON o.id = d.operator_id \
         WHERE d.id = $1 OR ((d.operator_id IS NULL OR d.operator_id = $2) \
         AND (d.vendor <> '' OR d.model <> '' OR d.firmware <> ''))"
    );
    let all = conn.query(&sql, &[said.map_or(0, |id| id.0).into(), pile.operator.0.into()], dialect)?;
    if let Some(said) = said {
        return Ok(all.into_iter().find(|one| one.id == said.0).map(|one| (one, true)));
    }
    let begins = |known: Option<&str>, wanted: &str| {
        let known = known.unwrap_or_default().to_lowercase();
        known.starts_with(&wanted.to_lowercase())
    };
    let fits = |one: &Dialect| {
        begins(pile.vendor.as_deref(), &one.vendor)
            && begins(pile.model.as_deref(), &one.model)
            && begins(pile.firmware.as_deref(), &one.firmware)
    };
    let says = |one: &Dialect| one.vendor.len() + one.model.len() + one.firmware.len();
    let best = all
        .into_iter()
        .filter(fits)
        .max_by_key(|one| (one.operator_id.is_some(), says(one), std::cmp::Reverse(one.id)));
    Ok(best.map(|one| (one, false)))
}
