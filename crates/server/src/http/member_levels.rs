//! 会员等级

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Who};
use axum::extract::State;
use engine::customer::{MemberLevelChange, MemberLevelDraft};
use store::filter::Page;
use store::member_levels::{self, MemberLevel};

pub async fn member_level_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<MemberLevel>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| member_levels::member_level_list(conn, &scope);
    Ok(Given(Page::whole(app.engine.store.read(read).await?)))
}

pub async fn member_level_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<MemberLevelDraft>,
) -> Answer<Created<NewId>> {
    Ok(Created(NewId { id: app.engine.member_level_create(&who.actor(), draft).await? }))
}

pub async fn member_level_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<MemberLevelChange>,
) -> Answer<Done> {
    app.engine.member_level_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn member_level_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.member_level_delete(&who.actor(), id).await?;
    Ok(Done)
}
