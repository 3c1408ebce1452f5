//! 补录: bringing lost orders in from a file.

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::{Answer, Failure};
use super::give::{Attachment, Created, Given, NewId};
use super::take::{Id, Query, Who, body_whole};
use crate::exchange::sheet::template_write;
use crate::jobs::imports::{self, Imports};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use engine::order_import::no_import;
use model::{Error, Result};
use serde::Deserialize;
use std::time::Duration;
use store::exports::ExportFormat;
use store::filter::{Page, Paging};
use store::imports::{ImportState, OrderImport};
use utoipa::ToSchema;

/// Most bytes of a file: a hundred thousand rows are a fourth of it.
const FILE_MAX: usize = 64 * 1024 * 1024;
const FILE_PATIENCE: Duration = Duration::from_secs(300);

/// The bytes of a file, as the body.
pub struct Upload(Bytes);

impl FromRequest<Shared> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Shared) -> Result<Upload, Failure> {
        body_whole(request, FILE_MAX, FILE_PATIENCE).await.map(Upload)
    }
}

impl Describe for Upload {
    fn describe(draft: &mut Draft) {
        draft.text_body("application/octet-stream");
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadQuery {
    /// What the file is called; the end of it says what it is.
    name: String,
}

pub async fn order_import_create(
    State(app): State<Shared>,
    who: Who,
    Query(asked): Query<UploadQuery>,
    Upload(bytes): Upload,
) -> Answer<Created<NewId>> {
    let name: String = asked.name.chars().take(120).collect();
    Imports::format_of(&name)?;
    if bytes.is_empty() {
        return Err(Error::invalid(
            "file",
            "文件是空的，请下载模板填写",
            "The file is empty; start from the template.",
        )
        .into());
    }
    let id = app.engine.order_import_create(&who.actor(), name.clone()).await?;
    app.imports.keep(id, &bytes).await?;
    imports::check(&app, id, name, who.scope());
    Ok(Created(NewId { id }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderImportQuery {
    state: Option<ImportState>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn order_import_list(
    State(app): State<Shared>,
    who: Who,
    Query(asked): Query<OrderImportQuery>,
) -> Answer<Given<Page<OrderImport>>> {
    let paging = Paging { cursor: asked.cursor, limit: asked.limit };
    let (before, limit) = (paging.key::<1>()?.map(|[id]| id), paging.limit()?);
    let (scope, staff) = (who.scope(), who.session.caller.staff.0);
    let read = move |conn: &mut store::Conn| {
        store::imports::order_import_list(conn, &scope, staff, asked.state, before, limit)
    };
    Ok(Given(app.engine.store.read(read).await?))
}

async fn seen(app: &Shared, who: &Who, id: i64) -> Result<OrderImport> {
    let (scope, staff) = (who.scope(), who.session.caller.staff.0);
    app.engine
        .store
        .read(move |conn| store::imports::get(conn, &scope, staff, id))
        .await?
        .ok_or_else(no_import)
}

pub async fn order_import_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<OrderImport>> {
    Ok(Given(seen(&app, &who, id).await?))
}

pub async fn order_import_confirm(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<OrderImport>> {
    let import = app.engine.order_import_ask(&who.actor(), id, false).await?;
    imports::import(&app, id, import.file_name, who.session.caller.staff.0, who.scope());
    Ok(Given(seen(&app, &who, id).await?))
}

pub async fn order_import_undo(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<OrderImport>> {
    let import = app.engine.order_import_ask(&who.actor(), id, true).await?;
    imports::undo(&app, import);
    Ok(Given(seen(&app, &who, id).await?))
}

/// All rows that are wrong, as CSV.
pub async fn order_import_faults_fetch(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Attachment> {
    let import = seen(&app, &who, id).await?;
    let name = format!("补录错误_{}.csv", import.id);
    Ok(Attachment::open(&app.imports.faults(id), name, ExportFormat::Csv).await?)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateQuery {
    format: ExportFormat,
}

pub async fn order_import_template_fetch(
    State(app): State<Shared>,
    Query(asked): Query<TemplateQuery>,
) -> Answer<Attachment> {
    let path = app.imports.template(asked.format);
    let (rows, write_to) = (imports::template(), path.clone());
    let written = tokio::task::spawn_blocking(move || template_write(&write_to, asked.format, &rows)).await;
    if !matches!(written, Ok(Ok(()))) {
        return Err(Error::unavailable("文件存储", "file store").into());
    }
    Ok(Attachment::open(&path, format!("订单补录模板.{}", asked.format.as_str()), asked.format).await?)
}
