//! 配置模板: what piles should be set to, for all of a kind, for a station or for one.

use crate::Tx;
use crate::change::Change;
use crate::contents::reach;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use crate::pile_desired::stale;
use model::Result;
use model::access::Scope;
use model::configuration::{ConfigurationEntry, Edition};
use model::id::{ConfigurationProfileId, OperatorId, PileId, StationId};
use model::site::Pile;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ConfigurationProfile {
    pub id: i64,
    /// Null: the whole platform's.
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    pub name: String,
    pub edition: Edition,
    /// Of the piles that it is for; empty: any.
    pub vendor: String,
    pub model: String,
    /// Null: all stations.
    pub station_id: Option<i64>,
    pub station_name: Option<String>,
    /// Null: all piles.
    pub pile_code: Option<String>,
    pub pile_name: Option<String>,
    pub entries: Vec<ConfigurationEntry>,
    pub note: String,
    pub active: bool,
    pub staff_name: Option<String>,
    pub changed_at_ms: i64,
    /// To be given back with a change, so that nobody overwrites another's.
    pub version: i64,
    /// Piles that it wishes something of, and those that are not set like that.
    pub pile_count: i64,
    pub different_count: i64,
}

/// What is written of one.
#[derive(Clone, Debug)]
pub struct ProfileFields {
    pub operator: Option<OperatorId>,
    pub name: String,
    pub edition: Edition,
    pub vendor: String,
    pub model: String,
    pub station: Option<StationId>,
    pub pile: Option<PileId>,
    pub entries: Vec<ConfigurationEntry>,
    pub note: String,
    pub active: bool,
    pub staff: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct ProfileFilter {
    pub id: Option<i64>,
    pub name: Option<String>,
    pub edition: Option<Edition>,
    pub station_name: Option<String>,
    pub active: Option<bool>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

fn entries(text: &str) -> DbResult<Vec<ConfigurationEntry>> {
    serde_json::from_str(text)
        .map_err(|_| DbError::Fault("a configuration profile has entries that cannot be read".to_owned()))
}

fn profile(row: &Row<'_>) -> DbResult<ConfigurationProfile> {
    Ok(ConfigurationProfile {
        id: row.int(0)?,
        operator_id: row.int_opt(1)?,
        operator_name: row.text_opt(2)?,
        name: row.text(3)?,
        edition: row.word(4, Edition::parse)?,
        vendor: row.text(5)?,
        model: row.text(6)?,
        station_id: row.int_opt(7)?,
        station_name: row.text_opt(8)?,
        pile_code: row.text_opt(9)?,
        pile_name: row.text_opt(10)?,
        entries: entries(&row.text(11)?)?,
        note: row.text(12)?,
        active: row.bool(13)?,
        staff_name: row.text_opt(14)?,
        changed_at_ms: row.int(15)?,
        version: row.int(16)?,
        pile_count: 0,
        different_count: 0,
    })
}

/// Newest first. Piles are counted in the caller's sight.
pub fn configuration_profile_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &ProfileFilter,
) -> DbResult<Page<ConfigurationProfile>> {
    const FROM: &str = "FROM configuration_profile w LEFT JOIN operator o ON o.id = w.operator_id \
         LEFT JOIN station s ON s.id = w.station_id LEFT JOIN pile p ON p.id = w.pile_id \
         LEFT JOIN staff f ON f.id = w.staff_id";
    let mut filter = Filter::new();
    reach(&mut filter, "w.operator_id", scope);
    filter.and_some("w.id = ?", wanted.id);
    filter.and_contains("LOWER(w.name) LIKE ?", wanted.name.as_deref());
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_some("w.edition = ?", wanted.edition.map(Edition::as_str));
    filter.and_some("w.active = ?", wanted.active);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("w.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT w.id, w.operator_id, o.name, w.name, w.edition, w.vendor, w.model, w.station_id, s.name, p.code, p.name, \
         w.entries, w.note, w.active, f.name, w.changed_at_ms, w.version {FROM} {} ORDER BY w.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, profile)?;
    let mut page = Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string());
    counted(conn, scope, &mut page.items)?;
    Ok(page)
}

fn counted(conn: &mut Conn, scope: &Scope, all: &mut [ConfigurationProfile]) -> DbResult<()> {
    if all.is_empty() {
        return Ok(());
    }
    let mut filter = Filter::new();
    let ids = filter.bind_all(all.iter().map(|one| one.id));
    filter.and(&format!("d.profile_id IN ({ids})"));
    filter.scope("p.operator_id", "p.station_id", scope);
    let sql = format!(
        "SELECT d.profile_id, COUNT(DISTINCT d.pile_id), COUNT(DISTINCT CASE WHEN d.state <> 'same' THEN d.pile_id END) \
         FROM pile_desired d JOIN pile p ON p.id = d.pile_id {} GROUP BY d.profile_id",
        filter.sql()
    );
    for (id, piles, different) in
        conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))?
    {
        if let Some(one) = all.iter_mut().find(|one| one.id == id) {
            (one.pile_count, one.different_count) = (piles, different);
        }
    }
    Ok(())
}

pub fn configuration_profile_get(
    conn: &mut Conn,
    scope: &Scope,
    id: ConfigurationProfileId,
) -> DbResult<Option<ConfigurationProfile>> {
    let wanted = ProfileFilter { id: Some(id.0), limit: 1, ..ProfileFilter::default() };
    Ok(configuration_profile_list(conn, scope, &wanted)?.items.pop())
}

pub fn insert(tx: &mut Tx<'_>, one: &ProfileFields, now: Timestamp) -> Result<ConfigurationProfileId> {
    let id = tx.next_id(Noun::ConfigurationProfile)?;
    tx.execute(
        "INSERT INTO configuration_profile (id, operator_id, name, edition, vendor, model, station_id, pile_id, entries, \
         note, active, staff_id, created_at_ms, changed_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, 1)",
        &[
            id.into(),
            one.operator.map(|operator| operator.0).into(),
            one.name.as_str().into(),
            one.edition.as_str().into(),
            one.vendor.as_str().into(),
            one.model.as_str().into(),
            one.station.map(|station| station.0).into(),
            one.pile.map(|pile| pile.0).into(),
            written(&one.entries)?.into(),
            one.note.as_str().into(),
            one.active.into(),
            one.staff.into(),
            now.as_ms().into(),
        ],
    )?;
    tx.changed(Change::Noun("configuration_profile"));
    Ok(ConfigurationProfileId(id))
}

fn written(entries: &[ConfigurationEntry]) -> Result<String> {
    serde_json::to_string(entries).map_err(|_| model::Error::internal())
}

/// False when somebody has changed it since it was read as `version`. Its edition stays.
pub fn update(
    tx: &mut Tx<'_>,
    id: ConfigurationProfileId,
    one: &ProfileFields,
    version: i64,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE configuration_profile SET name = $1, vendor = $2, model = $3, station_id = $4, pile_id = $5, entries = $6, \
         note = $7, active = $8, staff_id = $9, changed_at_ms = $10, version = version + 1 \
         WHERE id = $11 AND version = $12",
        &[
            one.name.as_str().into(),
            one.vendor.as_str().into(),
            one.model.as_str().into(),
            one.station.map(|station| station.0).into(),
            one.pile.map(|pile| pile.0).into(),
            written(&one.entries)?.into(),
            one.note.as_str().into(),
            one.active.into(),
            one.staff.into(),
            now.as_ms().into(),
            id.0.into(),
            version.into(),
        ],
    )?;
    tx.changed(Change::Noun("configuration_profile"));
    Ok(changed > 0)
}

pub fn delete(tx: &mut Tx<'_>, id: ConfigurationProfileId) -> Result<()> {
    tx.execute("DELETE FROM configuration_profile WHERE id = $1", &[id.0.into()])?;
    tx.changed(Change::Noun("configuration_profile"));
    Ok(())
}

/// The piles that this profile has wished something of, or may from now on, are looked at again.
pub fn piles_stale(tx: &mut Tx<'_>, id: ConfigurationProfileId) -> Result<()> {
    stale(
        tx,
        "pile_id IN (SELECT pile_id FROM pile_desired WHERE profile_id = $1) OR pile_id IN (SELECT p.id FROM pile p, \
         configuration_profile w WHERE w.id = $1 AND (w.operator_id IS NULL OR w.operator_id = p.operator_id) \
         AND (w.vendor = '' OR LOWER(w.vendor) = LOWER(COALESCE(p.vendor, ''))) \
         AND (w.model = '' OR LOWER(w.model) = LOWER(COALESCE(p.model, ''))) \
         AND (w.station_id IS NULL OR w.station_id = p.station_id) AND (w.pile_id IS NULL OR w.pile_id = p.id))",
        &[id.0.into()],
    )
}

/// What is wished of a pile, each key once, with the profile that says so. What is said of the pile goes
/// before what is said of its station, this before its model, its vendor, its operator, the platform; of
/// two that are alike the later one.
pub fn wished(conn: &mut Conn, pile: &Pile, edition: Edition) -> DbResult<Vec<(ConfigurationEntry, i64)>> {
    let sql = "SELECT w.id, w.entries, (CASE WHEN w.pile_id IS NULL THEN 0 ELSE 16 END) \
         + (CASE WHEN w.station_id IS NULL THEN 0 ELSE 8 END) + (CASE WHEN w.model = '' THEN 0 ELSE 4 END) \
         + (CASE WHEN w.vendor = '' THEN 0 ELSE 2 END) + (CASE WHEN w.operator_id IS NULL THEN 0 ELSE 1 END) AS rank \
         FROM configuration_profile w WHERE w.active AND w.edition = $1 \
         AND (w.operator_id IS NULL OR w.operator_id = $2) AND (w.station_id IS NULL OR w.station_id = $3) \
         AND (w.pile_id IS NULL OR w.pile_id = $4) AND (w.vendor = '' OR LOWER(w.vendor) = $5) \
         AND (w.model = '' OR LOWER(w.model) = $6) ORDER BY rank DESC, w.id DESC";
    let lower = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
    let values = [
        edition.as_str().into(),
        pile.operator.0.into(),
        pile.station.0.into(),
        pile.id.0.into(),
        lower(&pile.vendor).into(),
        lower(&pile.model).into(),
    ];
    let found = conn.query(sql, &values, |row| Ok((row.int(0)?, entries(&row.text(1)?)?)))?;
    let mut wished: Vec<(ConfigurationEntry, i64)> = Vec::new();
    for (id, entries) in found {
        for entry in entries {
            if !wished.iter().any(|(known, _)| known.key.eq_ignore_ascii_case(&entry.key)) {
                wished.push((entry, id));
            }
        }
    }
    Ok(wished)
}
