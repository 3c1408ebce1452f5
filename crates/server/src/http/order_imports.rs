//! 补录: bringing lost orders in from a file.

use super::Shared;
use super::error::Answer;
use super::give::{Attachment, Created, Given, NewId};
use super::take::{Id, Query, Who};
use super::upload::{TemplateQuery, Upload, template_give};
use crate::jobs::imports::{self, Imports};
use axum::extract::State;
use engine::order_import::no_import;
use engine::order_import::row::COLUMNS;
use engine::sheet::template;
use model::{Error, Result};
use serde::Deserialize;
use store::exports::ExportFormat;
use store::filter::{Page, Paging};
use store::imports::{ImportState, OrderImport};
use utoipa::ToSchema;

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

pub async fn order_import_template_fetch(
    State(app): State<Shared>,
    Query(asked): Query<TemplateQuery>,
) -> Answer<Attachment> {
    template_give(&app, "orders", "订单补录模板", asked.format, template(&COLUMNS)).await
}
