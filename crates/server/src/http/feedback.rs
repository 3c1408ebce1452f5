//! 客服反馈

use super::Shared;
use super::error::{Answer, Failure};
use super::give::{Created, Done, Given};
use super::picture::{Photo, Picture};
use super::take::{Id, Input, Query, Reader, Who};
use axum::extract::State;
use engine::feedback::{
    FeedbackChange, FeedbackDraft, FeedbackLimitChange, FeedbackPhotoReceipt, FeedbackProgress,
    FeedbackReceipt, FeedbackScoreDraft,
};
use model::access::Permission;
use model::feedback::{FeedbackKind, FeedbackSource, FeedbackState};
use model::id::FeedbackId;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::feedback_list::{self, FeedbackDetail, FeedbackFilter, FeedbackView, PHOTOS, SORTS};
use store::feedback_statistics::{self, FeedbackStatistics};
use store::filter::{Page, Paging};
use store::sort::Sort;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackQuery {
    source: Option<FeedbackSource>,
    kind: Option<FeedbackKind>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    no: Option<String>,
    customer_id: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    state: Option<FeedbackState>,
    category: Option<String>,
    handler: Option<String>,
    station_name: Option<String>,
    overdue: Option<bool>,
    /// Open, and a chief is to look at it.
    escalated: Option<bool>,
    /// 1 to 5.
    score: Option<i64>,
    /// created_at_ms, answer_ms, close_due_ms; `-` before it for the
    /// greatest first. The newest first when it is left out.
    sort: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl FeedbackQuery {
    pub fn filter(self) -> Result<FeedbackFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        ordered(self.from_ms, self.to_ms)?;
        Ok(FeedbackFilter {
            source: self.source,
            kind: self.kind,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            no: self.no,
            customer_id: self.customer_id,
            name: self.name,
            phone: self.phone,
            state: self.state,
            category: self.category,
            handler: self.handler,
            station_name: self.station_name,
            overdue: self.overdue,
            escalated: self.escalated,
            score: self.score,
            sort: Sort::or_newest(self.sort.as_deref(), SORTS, &paging)?,
            limit: paging.limit()?,
        })
    }
}

pub fn ordered(from_ms: Option<i64>, to_ms: Option<i64>) -> Result<()> {
    if from_ms.zip(to_ms).is_none_or(|(from, to)| from <= to) {
        return Ok(());
    }
    Err(Error::invalid(
        "to_ms",
        "结束时间不能早于开始时间，请重新选择时间范围",
        "The end of the time range is before its beginning; choose it again.",
    ))
}

pub async fn feedback_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<FeedbackQuery>,
) -> Answer<Given<Page<FeedbackView>>> {
    let (scope, now, wanted) = (who.scope(), app.now(), query.filter()?);
    let read = move |conn: &mut store::Conn| feedback_list::feedback_list(conn, &scope, &wanted, now);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn feedback_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<FeedbackDetail>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| feedback_list::feedback_get(conn, &scope, FeedbackId(id), now);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_feedback)?))
}

fn no_feedback() -> Error {
    Error::not_found(
        "feedback.not_found",
        "没有这条反馈，或不在您的数据范围内",
        "There is no such feedback in your scope.",
    )
}

pub async fn feedback_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<FeedbackDraft>,
) -> Answer<Created<FeedbackReceipt>> {
    Ok(Created(app.engine.feedback_create(&who.actor(), draft).await?))
}

pub async fn feedback_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<FeedbackChange>,
) -> Answer<Done> {
    app.engine.feedback_update(&who.actor(), FeedbackId(id), change).await?;
    Ok(Done)
}

#[derive(Serialize, ToSchema)]
pub struct FeedbackPhone {
    pub phone: String,
}

pub async fn feedback_phone_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<FeedbackPhone>> {
    if !who.session.caller.may(Permission::FeedbackRead) {
        return Err(Failure(no_feedback()));
    }
    let phone = app.engine.feedback_phone_reveal(&who.actor(), FeedbackId(id)).await?;
    Ok(Given(FeedbackPhone { phone }))
}

/// A photo, if the feedback that it came with is in the caller's scope.
pub async fn feedback_photo_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Picture> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let Some((of, picture)) = store::attachments::get(conn, PHOTOS, id)? else { return Ok(None) };
        let seen = store::feedback::find(conn, &scope, FeedbackId(of))?.is_some();
        Ok(seen.then_some(picture))
    };
    Ok(Picture(app.engine.store.read(read).await?.ok_or_else(no_feedback)?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackStatisticsQuery {
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
}

pub async fn feedback_statistics_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<FeedbackStatisticsQuery>,
) -> Answer<Given<FeedbackStatistics>> {
    ordered(query.from_ms, query.to_ms)?;
    let (scope, from_ms, to_ms) = (who.scope(), query.from_ms.unwrap_or(0), query.to_ms.unwrap_or(i64::MAX));
    let read = move |conn: &mut store::Conn| {
        feedback_statistics::feedback_statistics_get(conn, &scope, from_ms, to_ms)
    };
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn feedback_limit_set(
    State(app): State<Shared>,
    who: Who,
    Input(change): Input<FeedbackLimitChange>,
) -> Answer<Done> {
    app.engine.feedback_limit_set(&who.actor(), change).await?;
    Ok(Done)
}

/// Somebody who may handle feedback.
#[derive(Serialize, ToSchema)]
pub struct FeedbackHandler {
    pub id: i64,
    pub name: String,
}

pub async fn feedback_handler_list(
    State(app): State<Shared>,
    who: Who,
) -> Answer<Given<Page<FeedbackHandler>>> {
    let scope = who.scope();
    let staff = app.engine.store.read(move |conn| store::staff::working(conn, &scope)).await?;
    let may = staff.into_iter().filter(|staff| staff.permissions.has(Permission::FeedbackWrite));
    Ok(Given(Page::whole(may.map(|staff| FeedbackHandler { id: staff.id.0, name: staff.name }).collect())))
}

pub async fn public_feedback_create(
    State(app): State<Shared>,
    reader: Reader,
    Input(draft): Input<FeedbackDraft>,
) -> Answer<Created<FeedbackReceipt>> {
    Ok(Created(app.engine.feedback_submit(&reader.address, draft).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackPhotoQuery {
    no: String,
    upload_token: String,
}

pub async fn public_feedback_photo_create(
    State(app): State<Shared>,
    reader: Reader,
    Query(query): Query<FeedbackPhotoQuery>,
    Photo(body): Photo,
) -> Answer<Created<FeedbackPhotoReceipt>> {
    let added = app.engine.feedback_photo_add(&reader.address, &query.no, &query.upload_token, body);
    Ok(Created(added.await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackProgressQuery {
    no: String,
    phone: String,
}

pub async fn public_feedback_get(
    State(app): State<Shared>,
    reader: Reader,
    Query(query): Query<FeedbackProgressQuery>,
) -> Answer<Given<FeedbackProgress>> {
    Ok(Given(app.engine.feedback_progress(&reader.address, &query.no, &query.phone).await?))
}

/// What the person thinks of how it was handled; the number and the phone together open it.
pub async fn public_feedback_score_set(
    State(app): State<Shared>,
    reader: Reader,
    Input(draft): Input<FeedbackScoreDraft>,
) -> Answer<Done> {
    app.engine.feedback_rate(&reader.address, draft).await?;
    Ok(Done)
}
