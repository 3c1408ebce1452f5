//! 角色 and what they are made of.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Input, Key, Who};
use axum::extract::State;
use engine::role::{RoleChange, RoleCreated, RoleDraft};
use model::access::Permission;
use serde::Serialize;
use store::filter::Page;
use store::role_list::{self, RoleView};
use utoipa::ToSchema;

pub async fn role_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<RoleView>>> {
    let scope = who.scope();
    Ok(Given(app.engine.store.read(move |conn| role_list::role_list(conn, &scope)).await?))
}

pub async fn role_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<RoleDraft>,
) -> Answer<Created<RoleCreated>> {
    Ok(Created(app.engine.role_create(&who.actor(), draft).await?))
}

pub async fn role_update(
    State(app): State<Shared>,
    who: Who,
    Key(code): Key,
    Input(change): Input<RoleChange>,
) -> Answer<Done> {
    app.engine.role_update(&who.actor(), &code, change).await?;
    Ok(Done)
}

pub async fn role_delete(State(app): State<Shared>, who: Who, Key(code): Key) -> Answer<Done> {
    app.engine.role_delete(&who.actor(), &code).await?;
    Ok(Done)
}

/// One right, with the noun by which rights are grouped.
#[derive(Serialize, ToSchema)]
pub struct PermissionView {
    code: Permission,
    noun: &'static str,
    label_zh: String,
    label_en: String,
}

/// All that a role can be made of.
pub async fn permission_list(_: Who) -> Answer<Given<Page<PermissionView>>> {
    let view = |permission: &Permission| {
        let label = permission.label();
        PermissionView {
            code: *permission,
            noun: permission.as_str().split('.').next().unwrap_or_default(),
            label_zh: label.zh.to_string(),
            label_en: label.en.to_string(),
        }
    };
    Ok(Given(Page::whole(Permission::ALL.iter().map(view).collect())))
}
