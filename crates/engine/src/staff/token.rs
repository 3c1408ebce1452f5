//! 令牌 for scripts: what they show the API.

use super::grant::Grant;
use super::session::fingerprint;
use crate::Engine;
use crate::audit::Actor;
use model::access::{Area, Permission, Permissions};
use model::network::Network;
use model::time::DAY_MS;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::staff::{Credential, CredentialKind, TokenLimits};
use store::token_list::{self, TokenView};
use store::{Change, Tx, staff};
use utoipa::ToSchema;

const TOKEN_PREFIX: &str = "pop_";
const NETWORKS_MAX: usize = 20;
const DAYS_MAX: i64 = 3_650;

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenDraft {
    /// What it is for, e.g. `nightly export`.
    pub name: String,
    /// What it may do, of what its owner may; null: all of it.
    #[serde(default)]
    pub permissions: Option<Vec<Permission>>,
    /// What it sees, of what its owner sees; null: all of it.
    #[serde(default)]
    pub area: Option<Area>,
    /// Addresses, or networks as 10.0.0.0/8, from which it is taken; null or empty: from anywhere.
    #[serde(default)]
    pub networks: Option<Vec<String>>,
    /// After so many days it opens nothing any more; null: it never ends.
    #[serde(default)]
    pub days: Option<i64>,
}

fn rights(own: Permissions, wanted: Option<&Vec<Permission>>) -> Result<Option<Permissions>> {
    let Some(wanted) = wanted else { return Ok(None) };
    let rights: Permissions = wanted.iter().copied().collect();
    if wanted.is_empty() {
        return Err(Error::invalid("permissions", "请至少选择一项权限", "Choose at least one permission."));
    }
    if !own.covers(rights) {
        return Err(Error::invalid(
            "permissions",
            "令牌的权限不能超出您自己的权限，请去掉您没有的权限",
            "A token may do no more than its owner; leave out the permissions that you lack.",
        ));
    }
    Ok(Some(rights))
}

fn networks(wanted: Option<&Vec<String>>) -> Result<Option<String>> {
    let wanted: Vec<&str> =
        wanted.into_iter().flatten().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    if wanted.len() > NETWORKS_MAX {
        return Err(Error::invalid(
            "networks",
            format!("最多填写 {NETWORKS_MAX} 个地址或网段"),
            format!("{NETWORKS_MAX} addresses or networks at most."),
        ));
    }
    if let Some(bad) = wanted.iter().find(|text| Network::parse(text).is_none()) {
        return Err(Error::invalid(
            "networks",
            format!("“{bad}”不是 IP 地址或网段，应如 203.0.113.7 或 10.0.0.0/8"),
            format!("{bad:?} is no address or network; write 203.0.113.7 or 10.0.0.0/8."),
        ));
    }
    Ok((!wanted.is_empty()).then(|| wanted.join(" ")))
}

impl Engine {
    /// A token for the scripts of whoever asks; it may do what its owner may do, or less.
    pub async fn token_create(&self, actor: &Actor, draft: &TokenDraft) -> Result<String> {
        let name = crate::site::named("name", &draft.name, 64)?;
        if let Some(area) = &draft.area {
            let grant = Grant { role: "", operator: actor.caller.scope.operator, area };
            grant.scope_allowed(actor)?;
        }
        let limits = TokenLimits {
            rights: rights(actor.caller.permissions, draft.permissions.as_ref())?,
            area: draft.area.clone(),
            networks: networks(draft.networks.as_ref())?,
        };
        if draft.days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
            return Err(Error::invalid(
                "days",
                format!("有效天数应为 1 到 {DAYS_MAX}，长期有效请留空"),
                format!("Days are 1 to {DAYS_MAX}; leave them out for a token without an end."),
            ));
        }
        let (secret, now) = (format!("{TOKEN_PREFIX}{}", self.random.hex::<32>()?), self.clock.now());
        let detail = json!({"permissions": draft.permissions, "area": draft.area, "networks": limits.networks,
            "days": draft.days});
        let credential = Credential {
            hash: fingerprint(&secret),
            kind: CredentialKind::Token,
            name: name.clone(),
            staff: actor.caller.staff,
            created_at: now,
            seen_at: now,
            expires_at: draft.days.map(|days| now.plus_ms(days * DAY_MS)),
            remote_address: actor.address.clone(),
            device: String::new(),
            proven_at: now,
            limits,
        };
        let actor = actor.clone();
        let work = move |tx: &mut Tx<'_>| {
            if let Some(area) = &credential.limits.area {
                let grant = Grant { role: "", operator: actor.caller.scope.operator, area };
                grant.places_exist(tx)?;
            }
            staff::credential_insert(tx, &credential)?;
            tx.changed(Change::Noun("token"));
            actor.record(tx, now, "token_create", "token", &name, &detail)
        };
        self.store.write(None, work).await?;
        Ok(secret)
    }

    /// One's own; of everybody within sight for whoever may change accounts.
    pub async fn token_list(&self, actor: &Actor) -> Result<Vec<TokenView>> {
        let caller = actor.caller.clone();
        let own = (!caller.may(Permission::StaffWrite)).then_some(caller.staff);
        self.store.read(move |conn| token_list::token_list(conn, &caller.scope, own)).await
    }

    pub async fn token_delete(&self, actor: &Actor, id: &str) -> Result<()> {
        let (actor, id, now) = (actor.clone(), id.to_owned(), self.clock.now());
        let own = (!actor.caller.may(Permission::StaffWrite)).then_some(actor.caller.staff);
        let work = move |tx: &mut Tx<'_>| {
            let listed = tx.read(|conn| token_list::token_list(conn, &actor.caller.scope, own))?;
            let token = listed.into_iter().find(|token| token.id == id).ok_or_else(|| {
                Error::not_found(
                    "token.not_found",
                    "没有这个令牌，可能已删除；请刷新列表",
                    "There is no such token; it may have been removed. Look at the list again.",
                )
            })?;
            token_list::token_delete(tx, &token.id)?;
            tx.changed(Change::Noun("token"));
            let before = json!({"before": {"id": token.id, "account": token.account}});
            actor.record(tx, now, "token_delete", "token", &token.name, &before)
        };
        self.store.write(None, work).await
    }
}
