//! What handlers give back.

use super::describe::{Describe, Draft};
use axum::Json;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use model::{Error, Result};
use serde::Serialize;
use std::path::Path;
use store::exports::ExportFormat;
use tokio::io::AsyncReadExt;
use utoipa::ToSchema;

/// 200 with a body.
pub struct Given<T>(pub T);

/// 200 with a body that whoever asks may keep, or 304 when they have it still.
pub struct Kept<T> {
    value: T,
    /// For how long, and who else.
    rule: &'static str,
    /// What they have.
    known: Option<String>,
}

impl<T> Kept<T> {
    /// For anybody, for a minute.
    pub fn of(value: T, headers: &HeaderMap) -> Kept<T> {
        Kept { rule: "public, max-age=60", ..Kept::own(value, headers) }
    }

    /// For whoever asked alone, who asks each time.
    pub fn own(value: T, headers: &HeaderMap) -> Kept<T> {
        let known = headers.get(IF_NONE_MATCH).and_then(|known| known.to_str().ok()).map(str::to_owned);
        Kept { value, rule: "private, no-cache", known }
    }
}

/// 201 with what was made.
pub struct Created<T>(pub T);

/// 204
pub struct Done;

/// 202 with the command's id, or 200 with its outcome when the caller chose to wait.
pub enum Commanded {
    Underway(i64),
    Ended(Box<store::command_list::Command>),
}

/// The id of something that was just made.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct NewId {
    pub id: i64,
}

impl<T: Serialize> IntoResponse for Given<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

impl<T: ToSchema> Describe for Given<T> {
    fn describe(draft: &mut Draft) {
        draft.answer::<T>(200, "OK");
    }
}

impl<T: Serialize> IntoResponse for Kept<T> {
    fn into_response(self) -> Response {
        let Ok(body) = serde_json::to_vec(&self.value) else {
            return super::error::Failure(Error::internal()).into_response();
        };
        let tag = format!("\"{}\"", &engine::picture::digest(&body)[..32]);
        let is_known = self.known.is_some_and(|known| {
            known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
        });
        let common = [(CACHE_CONTROL, self.rule.to_owned()), (ETAG, tag)];
        if is_known {
            return (StatusCode::NOT_MODIFIED, common).into_response();
        }
        (common, [(CONTENT_TYPE, "application/json")], body).into_response()
    }
}

impl<T: ToSchema> Describe for Kept<T> {
    fn describe(draft: &mut Draft) {
        draft.answer::<T>(200, "OK");
        draft.silence(304, "The same as If-None-Match says");
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: ToSchema> Describe for Created<T> {
    fn describe(draft: &mut Draft) {
        draft.answer::<T>(201, "Created");
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Describe for Done {
    fn describe(draft: &mut Draft) {
        draft.silence(204, "Done");
    }
}

impl IntoResponse for Commanded {
    fn into_response(self) -> Response {
        match self {
            Commanded::Underway(id) => (StatusCode::ACCEPTED, Json(NewId { id })).into_response(),
            Commanded::Ended(command) => Json(command).into_response(),
        }
    }
}

impl Describe for Commanded {
    fn describe(draft: &mut Draft) {
        draft.answer::<store::command_list::Command>(200, "It has ended");
        draft.answer::<NewId>(202, "It is under way");
    }
}

/// A file to be saved, read piece by piece.
pub struct Attachment {
    file: tokio::fs::File,
    size: u64,
    name: String,
    kind: &'static str,
}

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// A file, read while it is sent.
pub(crate) fn pieces(file: tokio::fs::File) -> impl futures_util::Stream<Item = std::io::Result<Vec<u8>>> {
    futures_util::stream::unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some((Ok(piece), file))
            }
            Err(why) => Some((Err(why), file)),
        }
    })
}

impl Attachment {
    /// A file of any kind.
    pub async fn bytes(path: &Path, name: String) -> Result<Attachment> {
        let of = Attachment::open(path, name, ExportFormat::Csv).await?;
        Ok(Attachment { kind: "application/octet-stream", ..of })
    }

    pub async fn open(path: &Path, name: String, format: ExportFormat) -> Result<Attachment> {
        let gone = |why: std::io::Error| {
            tracing::error!(%why, path = %path.display(), "a file that should be there cannot be read");
            Error::unavailable("导出文件", "exported file")
        };
        let file = tokio::fs::File::open(path).await.map_err(gone)?;
        let size = file.metadata().await.map_err(gone)?.len();
        let kind = match format {
            ExportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ExportFormat::Csv => "text/csv; charset=utf-8",
            ExportFormat::Zip => "application/zip",
        };
        Ok(Attachment { file, size, name, kind })
    }
}

impl IntoResponse for Attachment {
    fn into_response(self) -> Response {
        let name: String = form_urlencoded::byte_serialize(self.name.as_bytes()).collect();
        let saved = format!("attachment; filename*=UTF-8''{}", name.replace('+', "%20"));
        let headers = [
            (CONTENT_TYPE, self.kind.to_owned()),
            (CONTENT_LENGTH, self.size.to_string()),
            (CONTENT_DISPOSITION, saved),
        ];
        (headers, Body::from_stream(pieces(self.file))).into_response()
    }
}

impl Describe for Attachment {
    fn describe(draft: &mut Draft) {
        draft.silence(200, "The file");
    }
}
