//! 三员分立: the administrator who may do everything becomes three who may not do each other's.

use super::account_name;
use super::password::{self, Owner};
use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use model::access::{Area, Permissions, Power, Role};
use model::id::StaffId;
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::parameters::{self, ParameterRow};
use store::staff::{self, Account};
use store::{Change, Tx};
use utoipa::ToSchema;

/// The parameter that makes it the rule.
pub(crate) const APART: &str = "administrators_apart";

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdministratorDraft {
    pub account: String,
    pub name: String,
}

/// Three people.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdministratorsDraft {
    pub system: AdministratorDraft,
    pub security: AdministratorDraft,
    pub audit: AdministratorDraft,
    pub reason: String,
}

/// Shown once: only hashes are kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdministratorMade {
    pub account: String,
    /// The code of the role.
    pub role: String,
    pub password: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdministratorsMade {
    pub made: Vec<AdministratorMade>,
    /// The accounts that held more than one power, and were stopped.
    pub stopped: Vec<String>,
}

/// Whether these permissions are more than one person may hold where the three are apart.
pub(crate) fn must_be_apart(field: &'static str, permissions: Permissions) -> Result<()> {
    let powers = Power::within(permissions);
    let [first, second, ..] = powers[..] else { return Ok(()) };
    let (first, second) = (first.label(), second.label());
    Err(Error::invalid(
        field,
        format!("已启用三员分立：同一账号不能同时拥有{}和{}的权限，请分给不同的人", first.zh, second.zh),
        format!(
            "The three administrators are apart: nobody holds {} and {} at once; give them to different people.",
            first.en, second.en
        ),
    ))
}

/// Accounts that can sign in and hold more than one power.
fn mixed(tx: &mut Tx<'_>) -> Result<Vec<Account>> {
    let all = tx.read(|conn| staff::working(conn, &model::access::Scope::ALL))?;
    Ok(all.into_iter().filter(|one| Power::within(one.permissions).len() > 1).collect())
}

/// Before it becomes the rule, nobody breaks it.
pub(crate) fn nobody_mixed(tx: &mut Tx<'_>) -> Result<()> {
    let mixed: Vec<String> = mixed(tx)?.into_iter().map(|one| one.account).collect();
    if mixed.is_empty() {
        return Ok(());
    }
    let (count, names) = (mixed.len(), mixed.iter().take(5).cloned().collect::<Vec<_>>().join("、"));
    Err(Error::refused(
        "staff.mixed",
        format!("还有 {count} 个账号同时拥有多员的权限（{names}）；请在「账号」页用“三员分立”办理，或先给它们换角色"),
        format!("{count} accounts hold more than one of the powers ({names}). Use “Split the administrator” on the page of accounts, or give them other roles first."),
    )
    .on_field("value"))
}

impl Engine {
    /// Three accounts, one for each power; whoever held more than one is stopped; and that is the rule from then on.
    pub async fn administrator_split_create(
        &self,
        actor: &Actor,
        draft: AdministratorsDraft,
    ) -> Result<AdministratorsMade> {
        actor.must_be_platform()?;
        let reason = named("reason", &draft.reason, 200)?;
        let now = self.clock.now();
        let (accounts, made) = self.administrators(draft, now).await?;
        let actor = actor.clone();
        let stopped = self
            .store
            .write(None, move |tx| {
                let stopped = split(tx, &actor, &accounts, &reason, now)?;
                apart_set(tx, &actor, &reason, now)?;
                tx.changed(Change::Noun("staff"));
                tx.changed(Change::Noun("parameter"));
                Ok(stopped)
            })
            .await?;
        self.parameters_load().await?;
        Ok(AdministratorsMade { made, stopped })
    }

    /// The three accounts with passwords that others know, and what is told of them once.
    async fn administrators(
        &self,
        draft: AdministratorsDraft,
        now: Timestamp,
    ) -> Result<(Vec<Account>, Vec<AdministratorMade>)> {
        let wanted = [
            ("system", Role::SystemAdmin, draft.system),
            ("security", Role::SecurityAdmin, draft.security),
            ("audit", Role::AuditAdmin, draft.audit),
        ];
        let rules = self.rules();
        let (mut accounts, mut made) = (Vec::new(), Vec::new());
        for (field, role, one) in wanted {
            let account = account_name(&one.account).map_err(|no| no.on_field(field))?;
            let name = named(field, &one.name, 64)?;
            if accounts.iter().any(|other: &Account| other.account == account) {
                return Err(Error::invalid(field, "三个账号须是不同的人", "The three are three people.")
                    .on_field(field));
            }
            let password = password::generate(&self.random)?;
            password::check(field, &Owner { account: &account, name: &name }, &password, &rules.staff)?;
            let kept = self.doors.hash(&password, self.random.bytes()?).await?;
            made.push(AdministratorMade {
                account: account.clone(),
                role: role.as_str().to_owned(),
                password,
            });
            accounts.push(Account {
                id: StaffId(0),
                account,
                name,
                role: role.as_str().to_owned(),
                permissions: role.permissions(),
                operator: None,
                area: Area::Everywhere,
                password: kept,
                disabled: false,
                version: 1,
                handover: String::new(),
                password_at: now,
                password_given: true,
                factor_due: None,
                factor_since: None,
            });
        }
        Ok((accounts, made))
    }
}

/// Makes the three, and stops whoever held more than one power; their names.
fn split(
    tx: &mut Tx<'_>,
    actor: &Actor,
    accounts: &[Account],
    reason: &str,
    now: Timestamp,
) -> Result<Vec<String>> {
    for (account, field) in accounts.iter().zip(["system", "security", "audit"]) {
        let name = account.account.clone();
        if tx.read(|conn| staff::by_account(conn, &name))?.is_some() {
            return Err(Error::conflict(
                "staff.exists",
                format!("账号 {name} 已存在，请换一个"),
                format!("The account {name} exists already; choose another name."),
            )
            .on_field(field));
        }
        let id = staff::insert(tx, account, now)?;
        let after =
            json!({"after": {"account": account.account, "name": account.name, "role": account.role}});
        actor.record(tx, now, "staff_create", "staff", id, &after)?;
    }
    let mut stopped = Vec::new();
    for before in mixed(tx)? {
        let after = Account { disabled: true, handover: reason.to_owned(), ..before.clone() };
        staff::update(tx, &after)?;
        staff::credentials_remove(tx, before.id, "")?;
        let detail = json!({"before": {"disabled": false}, "after": {"disabled": true, "handover": reason}});
        actor.record(tx, now, "staff_update", "staff", before.id, &detail)?;
        stopped.push(before.account);
    }
    Ok(stopped)
}

/// From now on it is the rule.
fn apart_set(tx: &mut Tx<'_>, actor: &Actor, reason: &str, now: Timestamp) -> Result<()> {
    let row = tx.read(|conn| parameters::find(conn, APART))?;
    let row_before = row.as_ref().and_then(|row| row.value);
    let after = ParameterRow {
        name: APART.to_owned(),
        value: Some(1),
        version: row.map_or(1, |row| row.version) + 1,
        changed_at_ms: now.as_ms(),
        changed_by: actor.caller.name.clone(),
    };
    parameters::save(tx, &after, row_before, reason, &actor.address)?;
    let detail =
        json!({"before": {"value": row_before.unwrap_or(0)}, "after": {"value": 1, "reason": reason}});
    actor.record(tx, now, "administrator_split_create", "parameter", APART, &detail)
}
