//! 方言: how piles of one kind depart from the paper, and which pile is read by which.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::piles::pile_seen;
use super::take::{Code, Id, Input, Query, Who};
use axum::extract::State;
use engine::dialect::{DialectChange, DialectDraft, no_dialect};
use model::id::DialectId;
use serde::{Deserialize, Serialize};
use store::audit::AuditRecord;
use store::dialects::{self, Dialect, DialectFilter};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

/// Most changes that are shown of one.
const CHANGES_MAX: i64 = 100;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DialectQuery {
    /// A part of its name, source or note.
    name: Option<String>,
    /// A part of the vendor, model or firmware that it is for.
    vendor: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Those of the product first.
pub async fn dialect_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<DialectQuery>,
) -> Answer<Given<Page<Dialect>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = DialectFilter {
        id: None,
        name: query.name,
        vendor: query.vendor,
        after: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| dialects::dialect_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn dialect_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<Dialect>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| dialects::dialect_get(conn, &scope, DialectId(id));
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_dialect)?))
}

/// Who has changed it, the latest first.
pub async fn dialect_change_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<Page<AuditRecord>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        if dialects::dialect_get(conn, &scope, DialectId(id))?.is_none() {
            return Ok(None);
        }
        store::audit::audit_of(conn, "dialect", &id.to_string(), CHANGES_MAX).map(Some)
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_dialect)?))
}

pub async fn dialect_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<DialectDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.dialect_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn dialect_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<DialectChange>,
) -> Answer<Done> {
    app.engine.dialect_update(&who.actor(), DialectId(id), change).await?;
    Ok(Done)
}

pub async fn dialect_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.dialect_delete(&who.actor(), DialectId(id)).await?;
    Ok(Done)
}

/// By which dialect a pile is read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileDialect {
    /// `null`: by the paper.
    pub dialect: Option<Dialect>,
    /// Staff have said so; else its vendor, model and firmware do.
    pub assigned: bool,
}

pub async fn pile_dialect_get(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
) -> Answer<Given<PileDialect>> {
    let (id, _) = pile_seen(&app, &who, code).await?;
    let read = move |conn: &mut store::Conn| {
        let Some(pile) = store::piles::get(conn, id)? else { return Ok(None) };
        dialects::of_pile(conn, &pile)
    };
    let (dialect, assigned) = app.engine.store.read(read).await?.unzip();
    Ok(Given(PileDialect { dialect, assigned: assigned.unwrap_or(false) }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileDialectDraft {
    /// `null`: as its vendor, model and firmware say.
    dialect_id: Option<i64>,
}

pub async fn pile_dialect_set(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Input(draft): Input<PileDialectDraft>,
) -> Answer<Done> {
    let (id, _) = pile_seen(&app, &who, code).await?;
    app.engine.pile_dialect_set(&who.actor(), id, draft.dialect_id).await?;
    Ok(Done)
}
