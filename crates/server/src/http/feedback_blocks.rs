//! 反馈黑名单

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::feedback::{FeedbackBlockDraft, FeedbackBlockLift};
use serde::Deserialize;
use store::feedback_blocks::{self, FeedbackBlock, FeedbackBlockFilter};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackBlockQuery {
    /// A part of the number.
    phone: Option<String>,
    /// True: those that hold now.
    active: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn feedback_block_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<FeedbackBlockQuery>,
) -> Answer<Given<Page<FeedbackBlock>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = FeedbackBlockFilter {
        phone: query.phone,
        active: query.active,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| feedback_blocks::feedback_block_list(conn, &scope, &wanted, now);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn feedback_block_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<FeedbackBlockDraft>,
) -> Answer<Created<NewId>> {
    Ok(Created(NewId { id: app.engine.feedback_block_create(&who.actor(), draft).await? }))
}

/// The person may write again.
pub async fn feedback_block_cancel(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(lift): Input<FeedbackBlockLift>,
) -> Answer<Done> {
    app.engine.feedback_block_cancel(&who.actor(), id, lift).await?;
    Ok(Done)
}
