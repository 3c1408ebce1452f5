//! Pictures in and out.

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::Failure;
use super::take::body_whole;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::picture::PICTURE_MAX;
use model::Error;
use std::time::Duration;

/// The picture, and what a form puts around it.
const BODY_MAX: usize = PICTURE_MAX + 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(60);

/// The bytes of a picture: the body itself, or the field `photo` of a form, as mini-programs send it.
pub struct Photo(pub Vec<u8>);

impl FromRequest<Shared> for Photo {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Shared) -> Result<Photo, Failure> {
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_form = kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data");
        let bytes = body_whole(Request::new(body), BODY_MAX, PATIENCE).await?;
        if !is_form {
            return Ok(Photo(bytes.into()));
        }
        let mut form = Multipart::from_request(Request::from_parts(parts, Body::from(bytes)), app)
            .await
            .map_err(|_| bad_form())?;
        while let Some(field) = form.next_field().await.map_err(|_| bad_form())? {
            if field.name() == Some("photo") {
                return Ok(Photo(field.bytes().await.map_err(|_| bad_form())?.into()));
            }
        }
        Err(bad_form())
    }
}

fn bad_form() -> Failure {
    Failure(Error::invalid(
        "photo",
        "没有收到图片：请以 multipart/form-data 上传，字段名为 photo，或直接以图片内容作为请求体",
        "No picture arrived: send multipart/form-data with the field photo, or the picture itself as the body.",
    ))
}

impl Describe for Photo {
    fn describe(draft: &mut Draft) {
        draft.text_body("application/octet-stream");
    }
}

/// A picture as it was kept.
pub struct Picture(pub store::attachments::Picture);

impl IntoResponse for Picture {
    fn into_response(self) -> Response {
        let kind = HeaderValue::from_str(&self.0.kind)
            .unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let shown = HeaderValue::from_static("inline");
        (StatusCode::OK, [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, shown)], self.0.body).into_response()
    }
}

impl Describe for Picture {
    fn describe(draft: &mut Draft) {
        draft.silence(200, "image/jpeg, image/png or image/webp");
    }
}

/// A picture that anybody may see and keep for an hour: under its id there is never another one.
pub struct ShownPicture {
    pub id: i64,
    pub picture: store::attachments::Picture,
}

impl IntoResponse for ShownPicture {
    fn into_response(self) -> Response {
        let common = [(CACHE_CONTROL, "public, max-age=3600".to_owned()), (ETAG, format!("\"{}\"", self.id))];
        (common, Picture(self.picture)).into_response()
    }
}

impl Describe for ShownPicture {
    fn describe(draft: &mut Draft) {
        Picture::describe(draft);
    }
}

/// A picture for whoever may see what it belongs to: their browser keeps it, nobody on the way does. Under its
/// id there is never another one.
pub struct OwnPicture {
    pub id: i64,
    pub picture: store::attachments::Picture,
}

impl IntoResponse for OwnPicture {
    fn into_response(self) -> Response {
        let common =
            [(CACHE_CONTROL, "private, max-age=3600".to_owned()), (ETAG, format!("\"{}\"", self.id))];
        (common, Picture(self.picture)).into_response()
    }
}

impl Describe for OwnPicture {
    fn describe(draft: &mut Draft) {
        Picture::describe(draft);
    }
}
