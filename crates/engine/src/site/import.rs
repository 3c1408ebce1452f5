//! Thousands of piles or cards from one file: all of them or none, with every bad row named, and
//! repeatable without harm, because what is there already is left as it is.

use super::pile::{Checked, PileDraft, insert, station_operator};
use super::told;
use crate::Engine;
use crate::audit::Actor;
use crate::card::CardDraft;
use model::card::CardStatus;
use model::error::Text;
use model::id::StationId;
use model::site::{PileKind, Protocol};
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use store::Tx;
use store::cards::NewCard;
use utoipa::ToSchema;

/// Most rows of one file.
const ROWS_MAX: usize = 20_000;
/// Most errors told; beyond that the file as a whole is wrong.
const ERRORS_MAX: usize = 100;

#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ImportReport {
    /// Rows that were written: none when there is any error.
    pub created: i64,
    /// Rows that were there already and were left as they are.
    pub existing: i64,
    pub errors: Vec<RowError>,
    /// Generated passwords; shown once and not kept.
    pub passwords: Vec<ImportedPassword>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowError {
    /// The line of the file, 1 for the names of the columns.
    pub line: i64,
    pub field: Option<String>,
    pub message: Text,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportedPassword {
    pub code: String,
    pub password: String,
}

impl RowError {
    fn of(line: i64, error: &Error) -> RowError {
        RowError { line, field: error.field.as_ref().map(ToString::to_string), message: told(error) }
    }
}

/// `code,protocol`, and where they differ from what is usual `name,station,kind,rated_power_w,
/// connector_count,password`; the station by its name or id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PileRow {
    #[serde(alias = "id")]
    code: String,
    name: Option<String>,
    station: Option<String>,
    kind: Option<PileKind>,
    protocol: Protocol,
    rated_power_w: Option<i64>,
    #[serde(alias = "connectors")]
    connector_count: Option<i64>,
    password: Option<String>,
}

/// What a pile is taken for when a file does not say: a fast charger with one connector.
const RATED_POWER_W: i64 = 120_000;

/// `tag,status,group,expires_at,sessions_max`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CardRow {
    tag: String,
    status: Option<CardStatus>,
    group: Option<String>,
    expires_at: Option<String>,
    sessions_max: Option<i64>,
}

/// Rows of a CSV file with their lines; an error for each that cannot be read.
fn rows<T: for<'de> Deserialize<'de>>(text: &str, report: &mut ImportReport) -> Result<Vec<(i64, T)>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut rows = Vec::new();
    for (place, row) in reader.deserialize::<T>().enumerate() {
        if place >= ROWS_MAX {
            return Err(Error::invalid(
                "file",
                format!("一次最多导入 {ROWS_MAX} 行，请拆分文件"),
                format!("At most {ROWS_MAX} rows can be imported at once; split the file."),
            ));
        }
        let line = i64::try_from(place).unwrap_or(0) + 2;
        match row {
            Ok(row) => rows.push((line, row)),
            Err(why) => {
                let line = why.position().map_or(line, |at| i64::try_from(at.line()).unwrap_or(line));
                report.errors.push(RowError {
                    line,
                    field: None,
                    message: Text::new(
                        format!("这一行无法读取：{why}"),
                        format!("This row cannot be read: {why}"),
                    ),
                });
            }
        }
    }
    Ok(rows)
}

impl Engine {
    pub async fn pile_import(&self, actor: &Actor, text: &str) -> Result<ImportReport> {
        let mut report = ImportReport::default();
        let rows = rows::<PileRow>(text, &mut report)?;
        let mut stations = self.store.read(store::stations::names).await?;
        if rows.iter().any(|(_, row)| row.station.is_none()) {
            stations.insert(String::new(), self.station_first(actor).await?);
        }
        let mut drafts = Vec::with_capacity(rows.len());
        let mut seen = HashSet::new();
        for (line, row) in rows {
            let code = row.code.clone();
            match self.pile_row(row, &stations) {
                Ok(_) if !seen.insert(code) => report.errors.push(RowError::of(line, &twice("code"))),
                Ok(draft) => drafts.push((line, draft)),
                Err(error) => report.errors.push(RowError::of(line, &error)),
            }
        }
        if !report.errors.is_empty() {
            report.errors.truncate(ERRORS_MAX);
            return Ok(report);
        }
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store.write(None, move |tx| piles_insert(tx, &actor, now, &drafts)).await
    }

    fn pile_row(&self, row: PileRow, stations: &HashMap<String, StationId>) -> Result<Checked> {
        let name = row.station.unwrap_or_default();
        let station = stations.get(&name).copied().or_else(|| name.parse().map(StationId).ok());
        let station = station.ok_or_else(|| super::no_such("station", "充电站", "station"))?;
        let draft = PileDraft {
            code: row.code,
            name: row.name,
            station_id: None,
            kind: row.kind.unwrap_or(PileKind::Dc),
            protocol: row.protocol,
            rated_power_w: row.rated_power_w.unwrap_or(RATED_POWER_W),
            connector_count: row.connector_count.unwrap_or(1),
            password: row.password,
        };
        draft.checked(self, station)
    }

    pub async fn card_import(&self, actor: &Actor, text: &str) -> Result<ImportReport> {
        actor.must_be_platform()?;
        let mut report = ImportReport::default();
        let mut drafts = Vec::new();
        let mut seen = HashSet::new();
        for (line, row) in rows::<CardRow>(text, &mut report)? {
            match card_row(row) {
                Ok(card) if !seen.insert(card.tag.clone()) => {
                    report.errors.push(RowError::of(line, &twice("tag")));
                }
                Ok(card) => drafts.push(card),
                Err(error) => report.errors.push(RowError::of(line, &error)),
            }
        }
        if !report.errors.is_empty() {
            report.errors.truncate(ERRORS_MAX);
            return Ok(report);
        }
        let (actor, now) = (actor.clone(), self.clock.now());
        let tags: Vec<String> = drafts.iter().map(|card| card.tag.clone()).collect();
        let report = self.store.write(None, move |tx| cards_insert(tx, &actor, now, &drafts)).await?;
        self.cards_changed(tags).await?;
        Ok(report)
    }
}

fn twice(field: &'static str) -> Error {
    Error::invalid(field, "文件中有重复的编号，请保留一行", "This number is twice in the file; keep one row.")
}

fn card_row(row: CardRow) -> Result<NewCard> {
    let expires_at_ms = match row.expires_at.as_deref() {
        None => None,
        Some(text) => Some(Timestamp::parse(text).ok_or_else(|| {
            Error::invalid(
                "expires_at",
                "到期时间应为如 2027-12-31T23:59:59+08:00 的时间",
                "expires_at is a time like 2027-12-31T23:59:59+08:00.",
            )
        })?),
    };
    let draft = CardDraft {
        tag: row.tag,
        status: row.status.unwrap_or(CardStatus::Accepted),
        group: row.group,
        expires_at_ms: expires_at_ms.map(Timestamp::as_ms),
        sessions_max: row.sessions_max,
    };
    draft.checked()
}

fn piles_insert(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    drafts: &[(i64, Checked)],
) -> Result<ImportReport> {
    let mut report = ImportReport::default();
    let known = tx.read(store::piles::codes)?;
    let mut operators = HashMap::new();
    for (line, draft) in drafts {
        if known.contains(draft.code.as_str()) {
            report.existing += 1;
            continue;
        }
        let operator = match operators.get(&draft.station) {
            Some(operator) => *operator,
            None => {
                let operator =
                    station_operator(tx, actor, draft.station).map_err(|error| at_line(*line, error))?;
                operators.insert(draft.station, operator);
                operator
            }
        };
        insert(tx, draft, operator, now)?;
        report.created += 1;
        if let Some((password, _)) = draft.password.as_ref().filter(|_| draft.generated) {
            let code = draft.code.as_str().to_owned();
            report.passwords.push(ImportedPassword { code, password: password.clone() });
        }
    }
    store::unknown_piles::remove_registered(tx)?;
    let detail = json!({"created": report.created, "existing": report.existing});
    actor.record(tx, now, "pile_import", "pile", "", &detail)?;
    Ok(report)
}

fn at_line(line: i64, error: Error) -> Error {
    let text =
        Text::new(format!("第 {line} 行：{}", error.text.zh), format!("Line {line}: {}", error.text.en));
    Error { text, ..error }
}

fn cards_insert(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, drafts: &[NewCard]) -> Result<ImportReport> {
    let mut report = ImportReport::default();
    let known = tx.read(store::cards::tags)?;
    for card in drafts {
        if known.contains(&card.tag) {
            report.existing += 1;
        } else {
            store::cards::insert(tx, card, now)?;
            report.created += 1;
        }
    }
    let detail = json!({"created": report.created, "existing": report.existing});
    actor.record(tx, now, "card_import", "card", "", &detail)?;
    Ok(report)
}
