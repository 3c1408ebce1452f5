//! 报文录制: an order's or a pile's frames as a file that can be replayed.

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::Answer;
use super::take::{Code, Id, Query, Reader, Who};
use crate::recording::{Options, make, plain_allowed};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use model::id::OrderId;
use model::time::DAY_MS;
use model::{Error, Result};
use serde::Deserialize;
use sim::replay::Recording;
use store::recordings::Wanted;
use utoipa::ToSchema;

/// Longest time of one file.
const SPAN_MAX_MS: i64 = 7 * DAY_MS;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRecordingQuery {
    /// Cards and vehicles by their own names, for whoever may see personal data in full; logged.
    plain: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileRecordingQuery {
    from_ms: i64,
    /// At most seven days later.
    to_ms: i64,
    plain: Option<bool>,
}

/// A file of JSON lines.
pub struct RecordingFile {
    name: String,
    text: String,
}

impl RecordingFile {
    fn of(recording: &Recording, name: String) -> Result<RecordingFile> {
        let text = recording.to_text().map_err(|_| Error::internal())?;
        Ok(RecordingFile { name, text })
    }
}

impl IntoResponse for RecordingFile {
    fn into_response(self) -> Response {
        let saved = format!("attachment; filename=\"{}\"", self.name);
        let headers = [
            (CONTENT_TYPE, "application/jsonl; charset=utf-8".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
            (CONTENT_DISPOSITION, saved),
        ];
        (headers, self.text).into_response()
    }
}

impl Describe for RecordingFile {
    fn describe(draft: &mut Draft) {
        draft.silence(200, "The file: JSON lines, see docs/protocols/recording.md");
    }
}

/// In full only for whoever may, and has shown lately that it is them: as every personal datum.
fn plain_proven(app: &Shared, who: &Who, plain: Option<bool>) -> Result<bool> {
    let plain = plain_allowed(&who.actor(), plain.unwrap_or(false))?;
    if plain {
        app.engine.proof_check(&who.session)?;
    }
    Ok(plain)
}

pub async fn order_recording_fetch(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
    Query(query): Query<OrderRecordingQuery>,
) -> Answer<RecordingFile> {
    let actor = who.actor();
    let plain = plain_proven(&app, &who, query.plain)?;
    let options = Options { plain, english: reader.english };
    let recording = make(&app, &actor, Wanted::Order(OrderId(id)), &options).await?;
    Ok(RecordingFile::of(&recording, format!("order-{id}.jsonl"))?)
}

pub async fn pile_recording_fetch(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Code(code): Code,
    Query(query): Query<PileRecordingQuery>,
) -> Answer<RecordingFile> {
    let (actor, PileRecordingQuery { from_ms, to_ms, plain }) = (who.actor(), query);
    let plain = plain_proven(&app, &who, plain)?;
    if to_ms < from_ms || to_ms.saturating_sub(from_ms) > SPAN_MAX_MS {
        return Err(Error::invalid(
            "to_ms",
            "结束时间应晚于开始时间，且最多相隔 7 天，请重新选择",
            "The end comes after the start, and at most 7 days after it.",
        )
        .into());
    }
    let name: String = code.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    let options = Options { plain, english: reader.english };
    let recording = make(&app, &actor, Wanted::Span { code, from_ms, to_ms }, &options).await?;
    Ok(RecordingFile::of(&recording, format!("pile-{name}.jsonl"))?)
}
