//! 账号: people who work in the console.

mod deny;
mod doors;
mod factor;
mod grant;
mod handover;
mod password;
mod provider;
mod rules;
mod session;
mod split;
mod standing;
mod token;
mod totp;
mod update;

pub use doors::Doors;
pub use factor::{SecondFactorStarted, SecondFactorView};
pub use handover::{StaffHandedOver, StaffHandover, StaffHandoverDraft};
pub use provider::{IdentityProviderDraft, ProviderBack, ProviderGoing};
pub use rules::{FactorFor, StaffRules};
pub use session::{Opened, SignIn};
pub(crate) use split::{APART, must_be_apart, nobody_mixed};
pub use split::{AdministratorDraft, AdministratorMade, AdministratorsDraft, AdministratorsMade};
pub use token::TokenDraft;

use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, operator_exists};
use grant::Grant;
use model::access::{Area, Caller, Permissions, Role};
use model::id::{OperatorId, StaffId};
use model::time::Timestamp;
use model::{Error, Result};
use password::Owner;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::staff::{self, Account};
use store::{Change, passwords};
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

/// The whole of an account but its name to sign in with and its password.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffChange {
    /// As it was read: whoever was faster is not overwritten.
    pub version: i64,
    pub name: String,
    pub role: String,
    pub operator_id: Option<i64>,
    pub area: Area,
    pub disabled: bool,
    /// What somebody who leaves hands over, and to whom; may be empty.
    pub handover: String,
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
    /// Before it is done nothing else goes.
    pub owed: Option<Owed>,
    /// When the password or a code was last shown; `None`: nobody asks for it.
    pub proven_at: Option<Timestamp>,
    /// Signing in takes a code too.
    pub factor_on: bool,
    /// From when on two-step verification is owed, and a new password.
    pub factor_due: Option<Timestamp>,
    pub password_due: Option<Timestamp>,
    /// Of a token: from where it is taken; `None`: from anywhere.
    pub networks: Option<String>,
}

impl Session {
    pub fn is_local(&self) -> bool {
        self.hash.is_empty()
    }

    /// Of whoever sits at the machine itself.
    pub fn local(caller: Caller, account: &str) -> Session {
        Session {
            caller,
            account: account.to_owned(),
            role: Role::Admin.as_str().to_owned(),
            operator_id: None,
            hash: String::new(),
            expires_at: None,
            is_token: true,
            owed: None,
            proven_at: None,
            factor_on: false,
            factor_due: None,
            password_due: None,
            networks: None,
        }
    }
}

model::words! {
    /// What somebody who has signed in must do before anything else.
    Owed {
        /// A password that is too old, or that somebody else knows, is changed.
        Password = "password",
        /// Two-step verification is switched on.
        SecondFactor = "second_factor",
    }
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

/// The account may do or see more than whoever wants to change it.
fn beyond(what: model::Text) -> Error {
    Error::new(
        model::error::Kind::Denied,
        "staff.beyond",
        model::Text::new(
            format!("该账号的权限或数据范围超出您自己的，{}；请联系系统管理员", what.zh),
            format!("This account may do or see more than yours, so {}; ask the administrator.", what.en),
        ),
    )
}

fn not_your_password() -> Error {
    beyond(model::Text::of("您不能重置其密码", "its password is not yours to change"))
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
        let rules = self.rules();
        password::check("password", &Owner { account: &account, name: &name }, &password, &rules.staff)?;
        let kept = self.doors.hash(&password, self.random.bytes()?).await?;
        let (actor, now, apart) = (actor.clone(), self.clock.now(), rules.staff.apart);
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
            version: 1,
            handover: String::new(),
            password_at: now,
            // Whoever sits at the machine has chosen it for the account's owner; anybody else knows it too.
            password_given: generated || actor.caller.staff.0 > 0,
            factor_due: None,
            factor_since: None,
        };
        let id = self
            .store
            .write(None, move |tx| {
                if let Some(operator) = new.operator {
                    operator_exists(tx, operator)?;
                }
                let given = Grant::of(&new).role_allowed(tx, &actor)?;
                if apart {
                    must_be_apart("role", given)?;
                }
                Grant::of(&new).places_exist(tx)?;
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

    async fn staff_seen(&self, actor: &Actor, id: StaffId) -> Result<Account> {
        let found = self.store.read(move |conn| staff::get(conn, id)).await?;
        let own = actor.caller.scope.operator;
        let seen = found.filter(|account| own.is_none() || account.operator == own);
        seen.ok_or_else(|| {
            Error::not_found("staff.not_found", "没有这个账号，请检查", "There is no such account; check it.")
        })
    }

    /// Forgets the wrong passwords that were tried for an account, so that its owner gets in at once.
    pub async fn staff_lock_delete(&self, actor: &Actor, id: StaffId) -> Result<()> {
        let account = self.staff_seen(actor, id).await?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let detail = json!({"account": account.account});
        self.store
            .write(None, move |tx| actor.record(tx, now, "staff_lock_delete", "staff", id, &detail))
            .await?;
        self.doors.unlock(&account.account, now);
        Ok(())
    }

    /// A new password for somebody who has none any more; it is generated, given once and not kept.
    /// It ends their sessions, takes their tokens away, and unlocks the account. Whoever makes it could
    /// sign in with it, so they may not less than its owner.
    pub async fn staff_password_set(&self, actor: &Actor, id: StaffId) -> Result<String> {
        let account = self.staff_seen(actor, id).await?;
        let Account { role, operator, area, .. } = account.clone();
        Grant { role: &role, operator, area: &area }.scope_allowed(actor).map_err(|_| not_your_password())?;
        let _turn = self.doors.turn(&account.account).await;
        let password = password::generate(&self.random)?;
        let kept = self.doors.hash(&password, self.random.bytes()?).await?;
        let (actor, now, past_max) = (actor.clone(), self.clock.now(), self.rules().staff.password_past);
        let detail = json!({"account": account.account});
        self.store
            .write(None, move |tx| {
                let grant = Grant { role: &role, operator, area: &area };
                grant.own_allowed(tx, &actor).map_err(|_| not_your_password())?;
                passwords::password_set(tx, id, &kept, true, past_max, now)?;
                staff::credentials_remove(tx, id, "")?;
                tx.changed(Change::Noun("staff"));
                actor.record(tx, now, "staff_password_set", "staff", id, &detail)
            })
            .await?;
        self.doors.unlock(&account.account, now);
        Ok(password)
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
