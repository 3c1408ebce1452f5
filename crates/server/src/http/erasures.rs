//! 个人信息: everything of one person as a file, and the erasure of those who have left

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Reader, Who};
use crate::exchange::column::wall;
use crate::jobs::persons;
use axum::extract::State;
use engine::personal::{ErasureCheck, ErasureDecision, PersonDraft};
use model::id::CustomerId;
use model::personal::ErasureState;
use serde::Deserialize;
use store::erasures::{self, Erasure, ErasureFilter};
use store::exports::Export;
use store::filter::{Page, Paging};
use utoipa::ToSchema;

/// Everything of one person as an archive, made beside; it stands among the exports of whoever has asked for it.
pub async fn person_export_create(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
    Input(draft): Input<PersonDraft>,
) -> Answer<Created<Export>> {
    let now_ms = app.now().as_ms();
    let stamp: String = wall(now_ms).chars().filter(char::is_ascii_digit).collect();
    let (name, account) = (&who.session.caller.name, &who.session.account);
    let mark = if reader.english {
        format!("Exported by {name} ({account}) at {}", wall(now_ms))
    } else {
        format!("导出人：{name}（{account}）　导出时间：{}", wall(now_ms))
    };
    let (id, title) = (CustomerId(id), if reader.english { "person" } else { "个人信息" });
    let file_name = format!("{title}_{}_{}-{}.zip", id.0, &stamp[..8], &stamp[8..]);
    let export = app.engine.person_export_create(&who.actor(), id, draft, file_name).await?;
    persons::start(&app, export.clone(), id, mark);
    Ok(Created(export))
}

/// What is in the way of a person's erasure, and how far it is.
pub async fn erasure_check(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<ErasureCheck>> {
    Ok(Given(app.engine.erasure_check(&who.actor(), CustomerId(id)).await?))
}

pub async fn erasure_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<PersonDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.erasure_create(&who.actor(), CustomerId(id), draft).await?;
    Ok(Created(NewId { id }))
}

pub async fn erasure_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(decision): Input<ErasureDecision>,
) -> Answer<Done> {
    let done = app.engine.erasure_update(&who.actor(), id, decision).await?;
    if done.is_some()
        && let Err(why) = persons::register(&app).await
    {
        // It is done, and in the database; the next start brings the register up to it.
        tracing::error!(%why, "an erasure is not in the register yet");
    }
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureQuery {
    customer_id: Option<i64>,
    state: Option<ErasureState>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn erasure_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<ErasureQuery>,
) -> Answer<Given<Page<Erasure>>> {
    who.actor().must_be_platform()?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = ErasureFilter {
        customer: query.customer_id,
        state: query.state,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    Ok(Given(app.engine.store.read(move |conn| erasures::erasure_list(conn, &wanted)).await?))
}
