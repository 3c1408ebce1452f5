//! What handlers give back.

use super::describe::{Describe, Draft};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// 200 with a body.
pub struct Given<T>(pub T);

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
