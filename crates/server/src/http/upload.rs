//! Files that people bring, and the templates that they start from.

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::{Answer, Failure};
use super::give::Attachment;
use super::take::body_whole;
use crate::exchange::sheet::template_write;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use model::Error;
use serde::Deserialize;
use std::time::Duration;
use store::exports::ExportFormat;
use utoipa::ToSchema;

/// Most bytes of a file: a hundred thousand rows are a fourth of it.
const FILE_MAX: usize = 64 * 1024 * 1024;
const FILE_PATIENCE: Duration = Duration::from_secs(300);

/// The bytes of a file, as the body.
pub struct Upload(pub Bytes);

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
pub struct TemplateQuery {
    pub format: ExportFormat,
}

/// An empty file of a noun, with its heads and an example.
pub async fn template_give(
    app: &Shared,
    noun: &str,
    title: &str,
    format: ExportFormat,
    rows: [Vec<String>; 2],
) -> Answer<Attachment> {
    let path = app.imports.template(noun, format);
    let write_to = path.clone();
    let written = tokio::task::spawn_blocking(move || {
        if let Some(folder) = write_to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        template_write(&write_to, format, &rows)
    })
    .await;
    if !matches!(written, Ok(Ok(()))) {
        return Err(Error::unavailable("文件存储", "file store").into());
    }
    Ok(Attachment::open(&path, format!("{title}.{}", format.as_str()), format).await?)
}
