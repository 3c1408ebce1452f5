//! 支持包, for whoever looks after the platform.

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::Answer;
use super::take::Who;
use crate::support;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// A zip archive.
pub struct SupportFile {
    name: String,
    bytes: Vec<u8>,
}

impl IntoResponse for SupportFile {
    fn into_response(self) -> Response {
        let saved = format!("attachment; filename=\"{}\"", self.name);
        let headers = [
            (CONTENT_TYPE, "application/zip".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
            (CONTENT_DISPOSITION, saved),
        ];
        (headers, self.bytes).into_response()
    }
}

impl Describe for SupportFile {
    fn describe(draft: &mut Draft) {
        draft.silence(200, "The bundle: a zip archive, its README.txt says what is in it");
    }
}

pub async fn support_fetch(State(app): State<Shared>, who: Who) -> Answer<SupportFile> {
    let bytes = support::make(&app, &who.actor()).await?;
    Ok(SupportFile { name: support::file_name(app.now()), bytes })
}
