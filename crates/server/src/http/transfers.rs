//! 文件传输: firmware to a pile, logs from it; and the door at which the pile fetches and brings them.

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::{Answer, Failure, plain};
use super::give::{Attachment, Created, Given, NewId};
use super::guard::is_https;
use super::piles::pile_seen;
use super::take::{Code, Id, Input, Query, Reader, Who};
use crate::files;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use engine::transfer::{TransferDraft, no_transfer, unreached};
use model::error::{Kind, Text};
use model::transfer::TransferState;
use model::{Error, Result};
use serde::Deserialize;
use std::sync::Arc;
use store::filter::{Page, Paging};
use store::transfers::{self, SecurityEvent, TransferFilter, TransferView};
use utoipa::ToSchema;

/// How piles come to our own HTTP, or why that is not known.
pub struct Reached(pub Result<String>);

impl FromRequestParts<Shared> for Reached {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Reached, Failure> {
        let settings = &app.settings;
        if let Some(url) = &settings.public_url {
            return Ok(Reached(Ok(url.clone())));
        }
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let here = matches!(name, "localhost" | "[::1]") || name.starts_with("127.");
        if host.is_empty() || here && !settings.listens_locally {
            return Ok(Reached(Err(unreached())));
        }
        let scheme = if is_https(parts, settings) { "https" } else { "http" };
        Ok(Reached(Ok(format!("{scheme}://{host}"))))
    }
}

impl Describe for Reached {
    fn describe(_: &mut Draft) {}
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferQuery {
    /// The whole code of a pile.
    pile_code: Option<String>,
    firmware_id: Option<i64>,
    state: Option<TransferState>,
    limit: Option<i64>,
    cursor: Option<String>,
}

fn tell(one: &mut TransferView, reader: &Reader) {
    let told = one.message.take().and_then(|message| serde_json::from_str::<Text>(&message).ok());
    one.message = told.map(|text| reader.tell(&text));
}

/// Newest first.
pub async fn transfer_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Query(query): Query<TransferQuery>,
) -> Answer<Given<Page<TransferView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = TransferFilter {
        id: None,
        pile_code: query.pile_code,
        firmware_id: query.firmware_id,
        state: query.state,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| transfers::transfer_list(conn, &scope, &wanted);
    let mut page = app.engine.store.read(read).await?;
    page.items.iter_mut().for_each(|one| tell(one, &reader));
    Ok(Given(page))
}

async fn found(app: &Shared, who: &Who, id: i64) -> Result<TransferView> {
    let scope = who.scope();
    let wanted = TransferFilter { id: Some(id), limit: 1, ..TransferFilter::default() };
    let read = move |conn: &mut store::Conn| transfers::transfer_list(conn, &scope, &wanted);
    app.engine.store.read(read).await?.items.pop().ok_or_else(no_transfer)
}

pub async fn transfer_get(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
) -> Answer<Given<TransferView>> {
    let mut one = found(&app, &who, id).await?;
    tell(&mut one, &reader);
    Ok(Given(one))
}

/// Brings a pile to a firmware, or asks it for a log.
pub async fn transfer_create(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Reached(reached_by): Reached,
    Input(draft): Input<TransferDraft>,
) -> Answer<Created<NewId>> {
    let (pile, protocol) = pile_seen(&app, &who, code).await?;
    let caller = &who.session.caller;
    // A 云快充 pile fetches elsewhere.
    let reached_by = if protocol.is_ykc() { String::new() } else { reached_by? };
    let (id, _) = app.engine.transfer_create(caller, pile, draft, &reached_by).await?;
    Ok(Created(NewId { id: id.0 }))
}

/// The log that a pile has sent.
pub async fn transfer_file_fetch(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Attachment> {
    let one = found(&app, &who, id).await?;
    let name = one.file_name.filter(|_| one.state == TransferState::Uploaded).ok_or_else(|| {
        Error::not_found(
            "transfer.no_file",
            "桩还没有上传文件，请等它完成",
            "The pile has not sent a file yet; wait for it.",
        )
    })?;
    Ok(Attachment::bytes(&app.files.log(id), format!("{}-{name}", one.pile_code)).await?)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityEventQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

/// What a pile has reported of its own security, newest first.
pub async fn security_event_list(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Query(query): Query<SecurityEventQuery>,
) -> Answer<Given<Page<SecurityEvent>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, before) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let read = move |conn: &mut store::Conn| transfers::security_event_list(conn, pile, before, limit);
    Ok(Given(app.engine.store.read(read).await?))
}

/// The door for piles: whoever has the secret address of a transfer that is under way is let in.
pub fn router(app: &Shared) -> Router<Shared> {
    Router::new()
        .route("/files/{secret}", any(plain_file))
        .route("/files/{secret}/", any(plain_file))
        .route("/files/{secret}/{name}", any(named_file))
        // A form is as large as a file may be, which is counted while it comes.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(app), plain))
}

async fn plain_file(
    State(app): State<Shared>,
    Path(secret): Path<String>,
    request: Request,
) -> Answer<Response> {
    file(&app, &secret, "", request).await
}

async fn named_file(
    State(app): State<Shared>,
    Path((secret, name)): Path<(String, String)>,
    request: Request,
) -> Answer<Response> {
    file(&app, &secret, &name, request).await
}

async fn file(app: &Shared, secret: &str, name: &str, request: Request) -> Answer<Response> {
    let one = app.engine.transfer_find(secret).await?;
    let method = request.method().clone();
    match (one.firmware, &method) {
        (Some(firmware), &Method::GET | &Method::HEAD) => {
            let (body, size) = files::body(&app.files.firmware(firmware.0)).await?;
            let headers =
                [(CONTENT_TYPE, "application/octet-stream".to_owned()), (CONTENT_LENGTH, size.to_string())];
            Ok((headers, body).into_response())
        }
        (None, &Method::PUT | &Method::POST) => {
            let most = app.engine.rules().file_bytes_max;
            let file = app.files.take(request, &app.files.log(one.id.0), name, most).await?;
            app.engine.transfer_came(one.id, one.pile, file).await?;
            Ok(StatusCode::CREATED.into_response())
        }
        _ => Err(Failure(Error::new(
            Kind::Invalid,
            "method.not_allowed",
            Text::of("这个地址不支持该请求方法", "This address does not take this method."),
        ))),
    }
}
