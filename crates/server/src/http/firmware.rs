//! 固件

use super::Shared;
use super::error::{Answer, Failure};
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::{FromRequest, Request, State};
use engine::firmware::{FirmwareDraft, no_firmware};
use model::Error;
use model::id::FirmwareId;
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::firmware::{self, Firmware, FirmwareFilter};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirmwareQuery {
    name: Option<String>,
    vendor: Option<String>,
    model: Option<String>,
    version: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn firmware_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<FirmwareQuery>,
) -> Answer<Given<Page<Firmware>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = FirmwareFilter {
        id: None,
        name: query.name,
        vendor: query.vendor,
        model: query.model,
        version: query.version,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| firmware::firmware_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn firmware_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<Firmware>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| firmware::firmware_get(conn, &scope, FirmwareId(id));
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_firmware)?))
}

pub async fn firmware_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<FirmwareDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.firmware_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirmwareFileQuery {
    /// Of the file.
    name: String,
    /// The SHA-256 that it must have, in hexadecimal, where the manufacturer tells it.
    digest: Option<String>,
}

/// A request whose body is taken in piece by piece.
pub struct Coming(Request);

impl FromRequest<Shared> for Coming {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Shared) -> Result<Coming, Failure> {
        Ok(Coming(request))
    }
}

impl super::describe::Describe for Coming {
    fn describe(draft: &mut super::describe::Draft) {
        draft.text_body("application/octet-stream");
    }
}

/// The file of a firmware that has none yet.
pub async fn firmware_file_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(query): Query<FirmwareFileQuery>,
    Coming(request): Coming,
) -> Answer<Done> {
    let (actor, id) = (who.actor(), FirmwareId(id));
    app.engine.firmware_file_check(&actor, id).await?;
    let path = app.files.firmware(id.0);
    let most = app.engine.rules().file_bytes_max;
    let file = app.files.take(request, &path, &query.name, most).await?;
    if query.digest.is_some_and(|digest| !digest.trim().eq_ignore_ascii_case(&file.digest)) {
        app.files.remove(&path).await;
        let digest = &file.digest;
        return Err(Failure(Error::invalid(
            "digest",
            format!("文件的 SHA-256 是 {digest}，与填写的不一致；请确认文件是否正确、完整"),
            format!(
                "The file's SHA-256 is {digest}, not what was given; check that it is the right file and whole."
            ),
        )));
    }
    app.engine.firmware_file_set(&actor, id, file).await?;
    Ok(Done)
}

pub async fn firmware_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.firmware_delete(&who.actor(), FirmwareId(id)).await?;
    let path = app.files.firmware(id);
    if path.exists() {
        app.files.remove(&path).await;
    }
    Ok(Done)
}
