//! Changing an account: what may become of it, and who may do that.

use super::grant::Grant;
use super::{StaffChange, beyond, must_be_apart};
use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, operator_exists};
use model::access::Permissions;
use model::id::{OperatorId, StaffId};
use model::{Error, Result, Text};
use serde_json::{Value, json};
use store::staff::{self, Account};
use store::{Change, Tx};

/// Most characters of what somebody who leaves hands over.
const HANDOVER_MAX: usize = 500;

pub(super) fn handover(text: &str) -> Result<String> {
    let text = text.trim();
    let plain = text.chars().all(|c| !c.is_control() || c == '\n' || c == '\r');
    if plain && text.chars().count() <= HANDOVER_MAX {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        "handover",
        format!("交接说明最多 {HANDOVER_MAX} 个字符，不含控制字符"),
        format!("The handover note has at most {HANDOVER_MAX} characters and no control characters."),
    ))
}

pub(super) fn described(account: &Account) -> Value {
    json!({"name": account.name, "role": account.role, "operator_id": account.operator,
        "area": account.area, "disabled": account.disabled, "handover": account.handover})
}

/// Nobody takes their own way in away, or there would be nobody to give it back.
pub(super) fn not_oneself(actor: &Actor, account: &Account, edited: &Account) -> Result<()> {
    if actor.caller.staff == account.id && edited.disabled {
        return Err(Error::refused(
            "staff.oneself",
            "不能停用自己的账号，请由其他管理员操作",
            "You cannot disable your own account; ask another administrator.",
        )
        .on_field("disabled"));
    }
    Ok(())
}

/// Nobody gives themselves what they have not, whatever they may give to others.
fn not_to_oneself(actor: &Actor, given: Permissions) -> Result<()> {
    if actor.caller.permissions.covers(given) {
        return Ok(());
    }
    Err(Error::refused(
        "staff.to_oneself",
        "不能给自己授予自己没有的权限，请由其他管理员操作",
        "You cannot give yourself rights that you have not; ask another administrator.",
    )
    .on_field("role"))
}

/// After the change there is still somebody who looks after the whole platform.
pub(super) fn admin_left(tx: &mut Tx<'_>, account: &Account, edited: &Account) -> Result<()> {
    if tx.read(staff::admins)? > 0 {
        return Ok(());
    }
    let field = match (edited.disabled != account.disabled, edited.role != account.role) {
        (true, _) => "disabled",
        (_, true) => "role",
        _ if edited.operator != account.operator => "operator_id",
        _ => "area",
    };
    Err(Error::refused(
        "staff.last_admin",
        "这是最后一个可用的平台系统管理员，不能停用、改角色或缩小数据范围；请先给另一个账号系统管理员角色",
        "This is the last administrator of the platform: it cannot be disabled, given another role or a smaller area. Make somebody else one first.",
    )
    .on_field(field))
}

pub(super) fn changed() -> Error {
    Error::conflict(
        "staff.changed",
        "这个账号刚刚被别人修改过，请刷新后在最新内容上重新修改",
        "Somebody else has just changed this account. Load it again and repeat your change.",
    )
}

impl Engine {
    /// Role, operator and area hold from the next request of every open session on; an account that
    /// is disabled loses its sessions and tokens for good.
    pub async fn staff_update(&self, actor: &Actor, id: StaffId, change: StaffChange) -> Result<()> {
        let account = self.staff_seen(actor, id).await?;
        // Also what is judged below is the account as it was read.
        if account.version != change.version {
            return Err(changed());
        }
        let edited = Account {
            name: named("name", &change.name, 64)?,
            role: change.role,
            operator: change.operator_id.map(OperatorId),
            area: change.area,
            disabled: change.disabled,
            handover: handover(&change.handover)?,
            version: change.version,
            ..account.clone()
        };
        let may = Grant::of(&account).scope_allowed(actor);
        may.map_err(|_| beyond(Text::of("您不能修改它", "it is not yours to change")))?;
        Grant::of(&edited).scope_allowed(actor)?;
        not_oneself(actor, &account, &edited)?;
        let (actor, now, apart) = (actor.clone(), self.clock.now(), self.rules().staff.apart);
        self.store
            .write(None, move |tx| {
                let may = Grant::of(&account).role_allowed(tx, &actor);
                may.map_err(|_| beyond(Text::of("您不能修改它", "it is not yours to change")))?;
                if let Some(operator) = edited.operator {
                    operator_exists(tx, operator)?;
                }
                let given = Grant::of(&edited).role_allowed(tx, &actor)?;
                if edited.role != account.role && apart {
                    must_be_apart("role", given)?;
                }
                if actor.caller.staff == id && edited.role != account.role {
                    not_to_oneself(&actor, given)?;
                }
                Grant::of(&edited).places_exist(tx)?;
                let was_admin = tx.read(staff::admins)? > 0;
                if !staff::update(tx, &edited)? {
                    return Err(changed());
                }
                if was_admin {
                    admin_left(tx, &account, &edited)?;
                }
                if edited.disabled {
                    staff::credentials_remove(tx, id, "")?;
                }
                tx.changed(Change::Noun("staff"));
                let detail = json!({"before": described(&account), "after": described(&edited)});
                actor.record(tx, now, "staff_update", "staff", id, &detail)
            })
            .await
    }
}
