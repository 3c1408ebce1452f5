//! 用户端、司机端内容

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, Kept, NewId};
use super::picture::{Photo, Picture, ShownPicture};
use super::take::{Id, Input, Query, Reader, Who};
use axum::extract::State;
use axum::http::HeaderMap;
use engine::content::{ContentChange, ContentCheck, ContentDraft, ContentPicture, ContentStatusChange};
use model::content::{Audience, ContentKind, ContentState, FaqTopic, TargetGroup};
use model::customer::{CustomerKind, CustomerMark};
use model::id::ContentId;
use model::message::{MessageEvent, MessageVariable};
use model::time::Timestamp;
use model::{Error, Result, division};
use serde::{Deserialize, Serialize};
use store::content_list::{self, ContentDetail, ContentFilter, ContentView, HomeNotice};
use store::content_shown::{self, AppContent, Onlooker};
use store::contents::PICTURES;
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentQuery {
    audience: Option<Audience>,
    /// One or several, joined by commas.
    kinds: Option<String>,
    state: Option<ContentState>,
    /// A part of the title.
    title: Option<String>,
    group: Option<TargetGroup>,
    /// What is shown in this city, be it named or not.
    city_code: Option<String>,
    operator_name: Option<String>,
    topic: Option<FaqTopic>,
    event: Option<MessageEvent>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl ContentQuery {
    fn filter(self) -> Result<ContentFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        let names = self.kinds.as_deref().unwrap_or_default().split(',').filter(|kind| !kind.is_empty());
        let kinds: Option<Vec<ContentKind>> = names.map(ContentKind::parse).collect();
        let kinds = kinds.ok_or_else(|| {
            Error::invalid(
                "kinds",
                "没有这种内容类型，请从列表中重新选择",
                "There is no such kind of content; choose from the list.",
            )
        })?;
        Ok(ContentFilter {
            id: None,
            audience: self.audience,
            kinds,
            state: self.state,
            title: self.title,
            group: self.group,
            city_code: self.city_code,
            operator_name: self.operator_name,
            topic: self.topic,
            event: self.event,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

pub async fn content_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<ContentQuery>,
) -> Answer<Given<Page<ContentView>>> {
    let (scope, now, wanted) = (who.scope(), app.now(), query.filter()?);
    let read = move |conn: &mut store::Conn| content_list::content_list(conn, &scope, &wanted, now);
    Ok(Given(app.engine.store.read(read).await?))
}

fn no_content() -> Error {
    Error::not_found(
        "content.not_found",
        "没有这条内容，或不在您的数据范围内",
        "There is no such content in your scope.",
    )
}

pub async fn content_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<ContentDetail>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| content_list::content_get(conn, &scope, ContentId(id), now);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_content)?))
}

pub async fn content_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<ContentDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.content_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn content_check(
    State(app): State<Shared>,
    who: Who,
    Input(check): Input<ContentCheck>,
) -> Answer<Given<AppContent>> {
    Ok(Given(app.engine.content_check(&who.actor(), check).await?))
}

pub async fn content_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<ContentChange>,
) -> Answer<Done> {
    app.engine.content_update(&who.actor(), ContentId(id), change).await?;
    Ok(Done)
}

pub async fn content_status_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<ContentStatusChange>,
) -> Answer<Done> {
    app.engine.content_status_set(&who.actor(), ContentId(id), change).await?;
    Ok(Done)
}

pub async fn content_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.content_delete(&who.actor(), ContentId(id)).await?;
    Ok(Done)
}

pub async fn content_picture_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Photo(body): Photo,
) -> Answer<Created<ContentPicture>> {
    Ok(Created(app.engine.content_picture_create(&who.actor(), ContentId(id), body).await?))
}

pub async fn content_picture_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.content_picture_delete(&who.actor(), id).await?;
    Ok(Done)
}

/// A picture, published or not, of what the caller may see.
pub async fn content_picture_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Picture> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let Some((of, picture)) = store::attachments::get(conn, PICTURES, id)? else { return Ok(None) };
        let seen = store::contents::find(conn, &scope, ContentId(of))?.is_some();
        Ok(seen.then_some(picture))
    };
    Ok(Picture(app.engine.store.read(read).await?.ok_or_else(no_content)?))
}

/// An event at which people are written to, and what a message can tell then.
#[derive(Serialize, ToSchema)]
pub struct MessageEventView {
    pub event: MessageEvent,
    pub variables: Vec<MessageVariable>,
}

pub async fn message_event_list(State(_): State<Shared>, _: Who) -> Answer<Given<Page<MessageEventView>>> {
    let view =
        |event: &MessageEvent| MessageEventView { event: *event, variables: event.variables().to_vec() };
    Ok(Given(Page::whole(MessageEvent::ALL.iter().map(view).collect())))
}

fn city_checked(code: Option<String>) -> Result<Option<String>> {
    if code.as_deref().is_none_or(|code| division::find(code).is_some()) {
        return Ok(code);
    }
    Err(Error::invalid(
        "city_code",
        "没有这个城市代码，应为 GB/T 2260 的六位地级市代码，例如 420100",
        "No city has this code; give six digits of GB/T 2260, for example 420100.",
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentShownQuery {
    audience: Audience,
    city_code: Option<String>,
    customer_kind: Option<CustomerKind>,
    fleet_id: Option<i64>,
    /// A segment of the customer.
    mark: Option<CustomerMark>,
    /// The moment; now when not given.
    at_ms: Option<i64>,
}

/// What the app shows to such a person at such a moment. Staff of an operator see its own app.
pub async fn content_shown_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<ContentShownQuery>,
) -> Answer<Given<Page<AppContent>>> {
    let at = query.at_ms.map_or(app.now(), Timestamp::from_ms);
    let onlooker = Onlooker {
        audience: query.audience,
        city_code: city_checked(query.city_code)?,
        kind: query.customer_kind,
        fleet_id: query.fleet_id,
        marks: query.mark.into_iter().collect(),
        operator_id: who.scope().operator.map(|operator| operator.0),
    };
    let read = move |conn: &mut store::Conn| content_shown::content_shown(conn, &onlooker, at);
    Ok(Given(Page::whole(app.engine.store.read(read).await?)))
}

fn marks(text: Option<&str>) -> Result<Vec<CustomerMark>> {
    let words = text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty());
    let all: Option<Vec<CustomerMark>> = words.map(CustomerMark::parse).collect();
    all.ok_or_else(|| {
        Error::invalid(
            "marks",
            "没有这个客户分群，可用的分群见客户分群页",
            "There is no such segment; the page of segments has all of them.",
        )
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicContentQuery {
    /// `customer` or `driver`.
    audience: Audience,
    /// Of GB/T 2260; without it only what is for all cities is given.
    city_code: Option<String>,
    /// Whom the app has signed in; without it only what is for everybody is given.
    customer_kind: Option<CustomerKind>,
    fleet_id: Option<i64>,
    /// Segments of the customer, joined by commas; without them only what is for no segment is given.
    marks: Option<String>,
    /// An operator's own app names it; without it the content of all operators is given.
    operator_id: Option<i64>,
}

/// What the apps show. An app asks again with `If-None-Match` and is told in a few bytes that it is the same.
pub async fn public_content_list(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    Query(query): Query<PublicContentQuery>,
) -> Answer<Kept<Page<AppContent>>> {
    if query.audience == Audience::Staff {
        return Err(Error::invalid(
            "audience",
            "应为 customer（用户端）或 driver（司机端）",
            "It is customer or driver.",
        )
        .into());
    }
    let onlooker = Onlooker {
        audience: query.audience,
        city_code: city_checked(query.city_code)?,
        kind: query.customer_kind,
        fleet_id: query.fleet_id,
        marks: marks(query.marks.as_deref())?,
        operator_id: query.operator_id,
    };
    let shown = app.engine.content_shown(&reader.address, onlooker).await?;
    Ok(Kept::of(Page::whole(shown), &headers))
}

pub async fn public_content_picture_get(
    State(app): State<Shared>,
    reader: Reader,
    Id(id): Id,
) -> Answer<ShownPicture> {
    let picture = app.engine.content_picture_shown(&reader.address, id).await?;
    Ok(ShownPicture { id, picture })
}

/// What staff are told on the home page.
#[derive(Serialize, ToSchema)]
pub struct HomeNotices {
    /// Of the server that answers.
    pub version: &'static str,
    pub items: Vec<HomeNotice>,
}

pub async fn home_notice_list(State(app): State<Shared>, who: Who) -> Answer<Given<HomeNotices>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| content_list::home_notice_list(conn, &scope, now);
    let items = app.engine.store.read(read).await?;
    Ok(Given(HomeNotices { version: env!("CARGO_PKG_VERSION"), items }))
}
