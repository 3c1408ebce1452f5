//! Whole files of piles, of cards, of a fleet's drivers and cars.

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::{Answer, Failure};
use super::give::{Attachment, Given};
use super::take::{Id, Query, Who, body_whole};
use super::upload::{TemplateQuery, Upload, template_give};
use crate::exchange::reader;
use crate::jobs::imports::Imports;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use engine::fleet::{FLEET_COLUMNS, FLEET_ROWS_MAX, FleetImportReport};
use engine::sheet::{SheetColumn, template};
use engine::site::{ImportReport, PILE_COLUMNS, ROWS_MAX};
use model::Error;
use model::id::FleetId;
use serde::Deserialize;
use std::io::Cursor;
use std::time::Duration;
use store::exports::ExportFormat;
use utoipa::ToSchema;

/// Most bytes of a file.
const FILE_MAX: usize = 4 * 1024 * 1024;
const FILE_PATIENCE: Duration = Duration::from_secs(60);

/// The text of a CSV file, as the body.
pub struct Csv(String);

impl FromRequest<Shared> for Csv {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Shared) -> Result<Csv, Failure> {
        let bytes = body_whole(request, FILE_MAX, FILE_PATIENCE).await?;
        String::from_utf8(bytes.into()).map(Csv).map_err(|_| {
            Failure(Error::invalid(
                "file",
                "文件必须是 UTF-8 编码的 CSV，请在表格软件中另存为“CSV UTF-8”",
                "The file must be CSV in UTF-8.",
            ))
        })
    }
}

impl Describe for Csv {
    fn describe(draft: &mut Draft) {
        draft.text_body("text/csv");
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetQuery {
    /// What the file is called; the end of it says what it is. CSV when not given.
    name: Option<String>,
    /// Only say what would be taken.
    check: Option<bool>,
}

/// The rows of a file that is small enough to be taken at once.
pub(super) async fn rows_read<const N: usize>(
    name: Option<&str>,
    bytes: Bytes,
    columns: &'static [SheetColumn; N],
    most: i64,
) -> Result<Vec<(i64, [String; N])>, Failure> {
    let format = name.map_or(Ok(ExportFormat::Csv), Imports::format_of)?;
    if bytes.len() > FILE_MAX {
        return Err(Failure(Error::invalid(
            "file",
            "文件不能超过 4 MB，请拆分文件",
            "The file is larger than 4 MB; split it.",
        )));
    }
    let reading = tokio::task::spawn_blocking(move || {
        let mut rows = Vec::new();
        reader::each_row(Cursor::new(bytes), format, columns, most, true, |line, cells| {
            rows.push((line, cells));
            Ok(())
        })?;
        Ok::<_, Error>(rows)
    });
    Ok(reading.await.map_err(|_| Failure(Error::internal()))??)
}

/// Takes piles from a file, all of them or none.
pub async fn pile_import(
    State(app): State<Shared>,
    who: Who,
    Query(asked): Query<SheetQuery>,
    Upload(bytes): Upload,
) -> Answer<Given<ImportReport>> {
    let check = asked.check.unwrap_or(false);
    let most = i64::try_from(ROWS_MAX).unwrap_or(i64::MAX);
    let rows = rows_read(asked.name.as_deref(), bytes, &PILE_COLUMNS, most).await?;
    let report = app.engine.pile_import(&who.actor(), rows, check).await?;
    if check {
        return Ok(Given(report));
    }
    for pile in app.engine.store.read(store::piles::all).await? {
        app.devices.name(pile.id, pile.code, pile.station);
    }
    Ok(Given(report))
}

/// An empty file with the names of the columns and an example.
pub async fn pile_import_template_fetch(
    State(app): State<Shared>,
    Query(asked): Query<TemplateQuery>,
) -> Answer<Attachment> {
    template_give(&app, "piles", "充电桩导入模板", asked.format, template(&PILE_COLUMNS)).await
}

/// Takes drivers and cars of a fleet from a file, all of them or none.
pub async fn fleet_import(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(asked): Query<SheetQuery>,
    Upload(bytes): Upload,
) -> Answer<Given<FleetImportReport>> {
    let rows = rows_read(asked.name.as_deref(), bytes, &FLEET_COLUMNS, FLEET_ROWS_MAX).await?;
    let check = asked.check.unwrap_or(false);
    Ok(Given(app.engine.fleet_import(&who.actor(), FleetId(id), rows, check).await?))
}

/// An empty file with the names of the columns and an example.
pub async fn fleet_import_template_fetch(
    State(app): State<Shared>,
    Query(asked): Query<TemplateQuery>,
) -> Answer<Attachment> {
    template_give(&app, "fleets", "司机与车辆导入模板", asked.format, template(&FLEET_COLUMNS)).await
}

pub async fn card_import(State(app): State<Shared>, who: Who, Csv(text): Csv) -> Answer<Given<ImportReport>> {
    Ok(Given(app.engine.card_import(&who.actor(), &text).await?))
}
