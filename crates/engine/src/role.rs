//! 角色 of own making: copied from another, changed, given to people.

use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, operator_exists, taken};
use crate::staff::must_be_apart;
use model::access::{Area, Permission, Permissions, Power, Role};
use model::id::OperatorId;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::roles::{self, OwnRole};
use store::{Change, Tx};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleDraft {
    pub name: String,
    pub permissions: Vec<Permission>,
    /// Null: all operators may use it. One's own operator when one belongs to one.
    #[serde(default)]
    pub operator_id: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    pub version: i64,
    pub name: String,
    pub permissions: Vec<Permission>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleCreated {
    pub code: String,
}

fn no_such() -> Error {
    Error::not_found(
        "role.not_found",
        "没有这个角色，可能已删除；请刷新列表",
        "There is no such role; it may have been deleted. Look at the list again.",
    )
}

fn described(role: &OwnRole) -> Value {
    let permissions: Vec<&str> = role.permissions.iter().map(Permission::as_str).collect();
    json!({"name": role.name, "operator_id": role.operator, "permissions": permissions})
}

/// Whether to give is their work, also what they have not.
fn gives(actor: &Actor, permissions: Permissions) -> bool {
    actor.caller.may(Permission::StaffGrant) && Power::within(permissions).len() <= 1
}

/// Nobody makes the role that they have themselves into more than they have.
fn not_ones_own(tx: &mut Tx<'_>, actor: &Actor, code: &str, wanted: Permissions) -> Result<()> {
    let id = actor.caller.staff;
    let own = tx.read(|conn| store::staff::get(conn, id))?.is_some_and(|account| account.role == code);
    if !own || actor.caller.permissions.covers(wanted) {
        return Ok(());
    }
    Err(Error::refused(
        "staff.to_oneself",
        "不能给自己使用的角色增加自己没有的权限，请由其他管理员操作",
        "You cannot add rights that you have not to the role that you use; ask another administrator.",
    )
    .on_field("permissions"))
}

/// At least one, and none that the giver lacks.
fn permitted(actor: &Actor, wanted: &[Permission]) -> Result<Permissions> {
    let permissions: Permissions = wanted.iter().copied().collect();
    if wanted.is_empty() {
        return Err(Error::invalid("permissions", "请至少选择一项权限", "Choose at least one permission."));
    }
    if !actor.caller.permissions.covers(permissions) && !gives(actor, permissions) {
        return Err(Error::invalid(
            "permissions",
            "所选权限超出了您自己的权限，请去掉您没有的权限",
            "These are more permissions than you have; leave out those that you lack.",
        ));
    }
    Ok(permissions)
}

/// A role holds for all of an operator, or for all operators: it is not for those who look after a part.
fn must_reach(actor: &Actor, operator: Option<OperatorId>) -> Result<()> {
    let scope = &actor.caller.scope;
    let beyond = operator.is_none() && scope.operator.is_some();
    if beyond || scope.area != Area::Everywhere { actor.must_be_platform() } else { Ok(()) }
}

/// The role, if it is the caller's to change.
fn changeable(tx: &mut Tx<'_>, actor: &Actor, code: &str) -> Result<OwnRole> {
    if Role::parse(code).is_some() {
        return Err(Error::refused(
            "role.fixed",
            "这是产品自带的角色，不能修改或删除；请复制一份再改",
            "This role comes with the product and stays as it is; copy it and change the copy.",
        ));
    }
    let own = actor.caller.scope.operator;
    let role = tx.read(|conn| roles::get(conn, code))?;
    let seen = role.filter(|role| own.is_none() || role.operator.is_none() || role.operator == own);
    let role = seen.ok_or_else(no_such)?;
    must_reach(actor, role.operator)?;
    if !actor.caller.permissions.covers(role.permissions) && !gives(actor, role.permissions) {
        return Err(Error::new(
            model::error::Kind::Denied,
            "role.beyond",
            model::Text::of(
                "这个角色的权限超出了您自己的权限，您不能修改或删除它；请联系系统管理员",
                "This role may do more than you may, so it is not yours to change; ask the administrator.",
            ),
        ));
    }
    Ok(role)
}

fn name_free(tx: &mut Tx<'_>, role: &OwnRole) -> Result<()> {
    let reserved =
        Role::ALL.iter().any(|fixed| fixed.label().zh == role.name || fixed.label().en == role.name);
    if reserved || tx.read(|conn| roles::is_named(conn, role))? {
        let (zh, en) = (format!("角色「{}」", role.name), format!("The role {}", role.name));
        return Err(taken("name", "role.exists", &zh, &en));
    }
    Ok(())
}

impl Engine {
    pub async fn role_create(&self, actor: &Actor, draft: RoleDraft) -> Result<RoleCreated> {
        let own = actor.caller.scope.operator;
        let operator = draft.operator_id.map(OperatorId).or(own);
        if own.is_some() && operator != own {
            return Err(Error::invalid(
                "operator_id",
                "您只能为本运营商新建角色",
                "You can make roles for your own operator only.",
            ));
        }
        must_reach(actor, operator)?;
        let role = OwnRole {
            code: format!("own_{}", self.random.hex::<6>()?),
            operator,
            name: named("name", &draft.name, 32)?,
            permissions: permitted(actor, &draft.permissions)?,
            version: 1,
        };
        if self.rules().staff.apart {
            must_be_apart("permissions", role.permissions)?;
        }
        let (actor, now, code) = (actor.clone(), self.clock.now(), role.code.clone());
        self.store
            .write(None, move |tx| {
                if let Some(operator) = role.operator {
                    operator_exists(tx, operator)?;
                }
                name_free(tx, &role)?;
                roles::insert(tx, &role, now)?;
                tx.changed(Change::Noun("role"));
                actor.record(tx, now, "role_create", "role", &role.code, &json!({"after": described(&role)}))
            })
            .await?;
        Ok(RoleCreated { code })
    }

    /// Holds from the next request of everybody who has it on.
    pub async fn role_update(&self, actor: &Actor, code: &str, change: RoleChange) -> Result<()> {
        let name = named("name", &change.name, 32)?;
        let permissions = permitted(actor, &change.permissions)?;
        if self.rules().staff.apart {
            must_be_apart("permissions", permissions)?;
        }
        let (actor, now, code) = (actor.clone(), self.clock.now(), code.to_owned());
        self.store
            .write(None, move |tx| {
                let before = changeable(tx, &actor, &code)?;
                not_ones_own(tx, &actor, &code, permissions)?;
                let role =
                    OwnRole { name: name.clone(), permissions, version: change.version, ..before.clone() };
                name_free(tx, &role)?;
                if !roles::update(tx, &role)? {
                    return Err(Error::conflict(
                        "role.changed",
                        "这个角色刚刚被别人修改过，请刷新后在最新内容上重新修改",
                        "Somebody else has just changed this role. Load it again and repeat your change.",
                    ));
                }
                tx.changed(Change::Noun("role"));
                let detail = json!({"before": described(&before), "after": described(&role)});
                actor.record(tx, now, "role_update", "role", &code, &detail)
            })
            .await
    }

    pub async fn role_delete(&self, actor: &Actor, code: &str) -> Result<()> {
        let (actor, now, code) = (actor.clone(), self.clock.now(), code.to_owned());
        self.store
            .write(None, move |tx| {
                let role = changeable(tx, &actor, &code)?;
                let used = tx.read(|conn| roles::staff_count(conn, &code))?;
                if used > 0 {
                    return Err(Error::conflict(
                        "role.used",
                        format!("还有 {used} 个账号使用角色「{}」，请先给它们换一个角色", role.name),
                        format!("{used} accounts have the role {}; give them another one first.", role.name),
                    ));
                }
                roles::delete(tx, &code)?;
                tx.changed(Change::Noun("role"));
                actor.record(tx, now, "role_delete", "role", &code, &json!({"before": described(&role)}))
            })
            .await
    }
}
