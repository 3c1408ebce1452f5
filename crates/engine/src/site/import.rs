//! Thousands of piles or cards from one file: all of them or none, with every bad row named, and
//! repeatable without harm, because what is there already is left as it is.

use super::pile::{Checked, PileDraft, insert, station_operator};
use super::told;
use crate::Engine;
use crate::audit::Actor;
use crate::card::CardDraft;
use crate::sheet::{SheetColumn, column};
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
pub const ROWS_MAX: usize = 20_000;
/// Most errors told; beyond that the file as a whole is wrong.
const ERRORS_MAX: usize = 100;

#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ImportReport {
    /// Rows that were written: none when there is any error. Of a check: that would be written.
    pub created: i64,
    /// Rows that were there already and were left as they are.
    pub existing: i64,
    pub errors: Vec<RowError>,
    /// How many rows are wrong; not all of them are told.
    pub wrong: i64,
    /// Of a check: the first rows that can be taken.
    pub piles: Vec<ImportedPile>,
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
    pub(crate) fn of(line: i64, error: &Error) -> RowError {
        RowError { line, field: error.field.as_ref().map(ToString::to_string), message: told(error) }
    }
}

pub const PILE_COLUMNS: [SheetColumn; 8] = [
    column("code", "电桩编号", true, "32010600019236").or("id"),
    column("name", "站内名称", false, "1号桩"),
    column("station", "所属充电站", false, "光谷软件园充电站"),
    column("kind", "充电类型", false, "直流"),
    column("protocol", "通信协议", true, "云快充1.6"),
    column("rated_power_w", "额定功率W", false, "120000"),
    column("connector_count", "枪数", false, "2").or("connectors"),
    column("password", "接入密码", false, ""),
];

/// The cells of a row in the order of [`PILE_COLUMNS`]; a station is given by its name or number.
pub type PileCells = [String; 8];

/// A row that can be taken, for people to look at before they agree.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportedPile {
    pub line: i64,
    pub code: String,
    pub name: String,
    pub station_id: StationId,
    pub kind: PileKind,
    pub protocol: Protocol,
    pub rated_power_w: i64,
    pub connector_count: i64,
    /// It is registered already and is left as it is.
    pub existing: bool,
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
    /// Takes all rows or none. `check`: only says what would be taken.
    pub async fn pile_import(
        &self,
        actor: &Actor,
        rows: Vec<(i64, PileCells)>,
        check: bool,
    ) -> Result<ImportReport> {
        let mut report = ImportReport::default();
        let mut stations = self.store.read(store::stations::names).await?;
        if rows.iter().any(|(_, cells)| cells[2].is_empty()) {
            stations.insert(String::new(), self.station_first(actor).await?);
        }
        let mut drafts = Vec::with_capacity(rows.len());
        let mut seen = HashSet::new();
        for (line, cells) in rows {
            let code = cells[0].clone();
            match self.pile_row(cells, &stations) {
                Ok(_) if !seen.insert(code) => report.errors.push(RowError::of(line, &twice("code"))),
                Ok(draft) => drafts.push((line, draft)),
                Err(error) => report.errors.push(RowError::of(line, &error)),
            }
        }
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store.write(None, move |tx| piles_take(tx, &actor, now, &drafts, report.clone(), check)).await
    }

    fn pile_row(&self, cells: PileCells, stations: &HashMap<String, StationId>) -> Result<Checked> {
        let [code, name, station, kind, protocol, power, connectors, password] = cells;
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        let known = stations.get(&station).copied().or_else(|| station.parse().map(StationId).ok());
        let station = known.ok_or_else(|| super::no_such("station", "充电站", "station"))?;
        let draft = PileDraft {
            code,
            name: given(name),
            station_id: None,
            kind: kind_of(&kind)?,
            protocol: protocol_of(&protocol)?,
            rated_power_w: whole("rated_power_w", &power, RATED_POWER_W)?,
            connector_count: whole("connector_count", &connectors, 1)?,
            password: given(password),
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
        offline: None,
    };
    draft.checked()
}

fn kind_of(text: &str) -> Result<PileKind> {
    match text.to_ascii_lowercase().as_str() {
        "" | "dc" | "直流" => Ok(PileKind::Dc),
        "ac" | "交流" => Ok(PileKind::Ac),
        "ac_dc" | "交直流" => Ok(PileKind::AcDc),
        _ => Err(Error::invalid(
            "kind",
            format!("充电类型“{text}”无法识别，请填写 直流、交流 或 交直流"),
            format!("The kind {text} is not known; write dc, ac or ac_dc."),
        )),
    }
}

fn protocol_of(text: &str) -> Result<Protocol> {
    let plain: String =
        text.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace() && *c != 'v').collect();
    match plain.as_str() {
        "ocpp1.6" | "ocpp1.6j" | "ocpp" => Ok(Protocol::Ocpp16),
        "ocpp2.0.1" | "ocpp201" => Ok(Protocol::Ocpp201),
        "ocpp2.1" | "ocpp21" => Ok(Protocol::Ocpp21),
        "ykc1.5" | "云快充1.5" => Ok(Protocol::Ykc15),
        "ykc1.6" | "云快充1.6" | "云快充" => Ok(Protocol::Ykc16),
        _ => Err(Error::invalid(
            "protocol",
            format!("通信协议“{text}”无法识别，请填写 云快充1.6、云快充1.5、OCPP1.6、OCPP2.0.1 或 OCPP2.1"),
            format!("The protocol {text} is not known; write ocpp1.6, ocpp2.0.1, ocpp2.1, ykc1.5 or ykc1.6."),
        )),
    }
}

fn whole(field: &'static str, text: &str, usual: i64) -> Result<i64> {
    if text.is_empty() {
        return Ok(usual);
    }
    text.parse().map_err(|_| {
        Error::invalid(
            field,
            format!("“{text}”不是整数，请只填写数字"),
            format!("{text} is not a whole number; write digits only."),
        )
    })
}

/// Most rows of a check that are shown.
const ROWS_SHOWN: usize = 200;

fn piles_take(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    drafts: &[(i64, Checked)],
    mut report: ImportReport,
    check: bool,
) -> Result<ImportReport> {
    let known = tx.read(store::piles::codes)?;
    let mut operators = HashMap::new();
    let mut fresh = Vec::with_capacity(drafts.len());
    for (line, draft) in drafts {
        let existing = known.contains(draft.code.as_str());
        let operator = match operators.get(&draft.station) {
            Some(operator) => Ok(*operator),
            None => station_operator(tx, actor, draft.station),
        };
        match operator {
            Err(error) if error.kind == model::error::Kind::Unavailable => return Err(error),
            Err(error) => {
                report.errors.push(RowError::of(*line, &error.on_field("station")));
                continue;
            }
            Ok(operator) => drop(operators.insert(draft.station, operator)),
        }
        if report.piles.len() < ROWS_SHOWN && check {
            report.piles.push(shown(*line, draft, existing));
        }
        if existing {
            report.existing += 1;
        } else {
            fresh.push(draft);
        }
    }
    report.errors.sort_by_key(|error| error.line);
    report.wrong = i64::try_from(report.errors.len()).unwrap_or(i64::MAX);
    report.errors.truncate(ERRORS_MAX);
    let good = i64::try_from(fresh.len()).unwrap_or(i64::MAX);
    if check || report.wrong > 0 {
        report.created = if check { good } else { 0 };
        return Ok(report);
    }
    for draft in fresh {
        let operator = *operators.get(&draft.station).ok_or_else(Error::internal)?;
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

fn shown(line: i64, draft: &Checked, existing: bool) -> ImportedPile {
    ImportedPile {
        line,
        code: draft.code.as_str().to_owned(),
        name: draft.name.clone(),
        station_id: draft.station,
        kind: draft.kind,
        protocol: draft.protocol,
        rated_power_w: draft.rated_power_w,
        connector_count: i64::from(draft.connectors),
        existing,
    }
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
