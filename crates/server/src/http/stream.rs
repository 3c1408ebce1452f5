//! Server-sent events: what has changed, for the pages to fetch again.

use super::Shared;
use super::error::Answer;
use super::take::{Query, Who};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiveQuery {
    /// Also the values of this pile's sessions.
    pub pile: Option<String>,
    /// Also the values of this order's session.
    pub order: Option<i64>,
}

pub async fn live_stream(
    State(_app): State<Shared>,
    _who: Who,
    Query(_query): Query<LiveQuery>,
) -> Answer<Response> {
    Ok(().into_response())
}
