//! 账号: people who work in the console.

mod doors;
mod grant;
mod password;
mod session;

pub use doors::Doors;
pub use session::Opened;

use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, operator_exists};
use grant::Grant;
use model::access::{Area, Caller, Permissions, Role};
use model::id::{OperatorId, StaffId};
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Change;
use store::staff::{self, Account};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffDraft {
    pub account: String,
    pub name: String,
    /// The code of a role.
    pub role: String,
    /// Null for the platform's own staff.
    pub operator_id: Option<i64>,
    /// The part of it that the person looks after; everything when not given.
    #[serde(default)]
    pub area: Area,
    /// Generated when not given.
    pub password: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffCreated {
    pub id: StaffId,
    /// Only when it was generated; it is not kept.
    pub password: Option<String>,
}

/// Who is signed in, by what.
#[derive(Clone, Debug)]
pub struct Session {
    pub caller: Caller,
    pub account: String,
    /// The code of the role.
    pub role: String,
    pub operator_id: Option<i64>,
    /// Names the credential; not its secret.
    pub hash: String,
    /// When it ends at the latest.
    pub expires_at: Option<Timestamp>,
    pub is_token: bool,
}

/// Small letters, digits, dot, underline, hyphen, 3 to 32 of them: two accounts that look alike are
/// the same one.
fn account_name(text: &str) -> Result<String> {
    let name = text.trim().to_lowercase();
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let rest = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
    if first && rest && (3..=32).contains(&name.len()) {
        return Ok(name);
    }
    Err(Error::invalid(
        "account",
        "账号应为 3 到 32 个小写字母、数字或 . _ -，并以字母或数字开头",
        "An account has 3 to 32 of: small letters, digits, dot, underline, hyphen; it begins with a letter or a digit.",
    ))
}

impl Engine {
    pub async fn staff_create(&self, actor: &Actor, draft: StaffDraft) -> Result<StaffCreated> {
        let name = named("name", &draft.name, 64)?;
        let account = account_name(&draft.account)?;
        let operator = draft.operator_id.map(OperatorId);
        Grant { role: &draft.role, operator, area: &draft.area }.scope_allowed(actor)?;
        let (password, generated) = match draft.password {
            Some(password) => (password, false),
            None => (password::generate(&self.random)?, true),
        };
        password::check("password", &account, &password)?;
        let kept = self.doors.hash(&password, self.random.bytes()?).await?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let new = Account {
            id: StaffId(0),
            account,
            name,
            role: draft.role,
            permissions: Permissions::default(),
            operator,
            area: draft.area,
            password: kept,
            disabled: false,
            failed_count: 0,
            locked_until: None,
        };
        let id = self
            .store
            .write(None, move |tx| {
                if let Some(operator) = new.operator {
                    operator_exists(tx, operator)?;
                }
                Grant { role: &new.role, operator: new.operator, area: &new.area }
                    .role_allowed(tx, &actor)?;
                let wanted = new.account.clone();
                if tx.read(|conn| staff::by_account(conn, &wanted))?.is_some() {
                    return Err(Error::conflict(
                        "staff.exists",
                        format!("账号 {wanted} 已存在，请换一个"),
                        format!("The account {wanted} exists already; choose another name."),
                    )
                    .on_field("account"));
                }
                let id = staff::insert(tx, &new, now)?;
                tx.changed(Change::Noun("staff"));
                let after = json!({"after": {"account": new.account, "name": new.name, "role": new.role,
                    "operator_id": new.operator, "area": new.area}});
                actor.record(tx, now, "staff_create", "staff", id, &after)?;
                Ok(id)
            })
            .await?;
        Ok(StaffCreated { id, password: generated.then_some(password) })
    }

    /// Makes sure that there is this administrator. The password when one was generated: it is shown
    /// once and not kept. An account that exists is left as it is.
    pub async fn staff_ensure_admin(
        &self,
        account: &str,
        password: Option<String>,
    ) -> Result<Option<String>> {
        let wanted = account_name(account)?;
        if self.store.read(move |conn| staff::by_account(conn, &wanted)).await?.is_some() {
            return Ok(None);
        }
        let draft = StaffDraft {
            account: account.to_owned(),
            name: "系统管理员".to_owned(),
            role: Role::Admin.as_str().to_owned(),
            operator_id: None,
            area: Area::Everywhere,
            password,
        };
        Ok(self.staff_create(&Actor::local(), draft).await?.password)
    }
}
