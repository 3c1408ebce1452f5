//! 令牌 for scripts: what they show the API.

use super::session::fingerprint;
use crate::Engine;
use crate::audit::Actor;
use model::access::Permission;
use model::{Error, Result};
use serde_json::json;
use store::staff::{Credential, CredentialKind};
use store::token_list::{self, TokenView};
use store::{Change, Tx, staff};

const TOKEN_PREFIX: &str = "pop_";

impl Engine {
    /// A token for the scripts of whoever asks; it may do what its owner may do.
    pub async fn token_create(&self, actor: &Actor, name: &str) -> Result<String> {
        let name = crate::site::named("name", name, 64)?;
        let (secret, now) = (format!("{TOKEN_PREFIX}{}", self.random.hex::<32>()?), self.clock.now());
        let credential = Credential {
            hash: fingerprint(&secret),
            kind: CredentialKind::Token,
            name: name.clone(),
            staff: actor.caller.staff,
            created_at: now,
            seen_at: now,
            expires_at: None,
            remote_address: actor.address.clone(),
        };
        let actor = actor.clone();
        let work = move |tx: &mut Tx<'_>| {
            staff::credential_insert(tx, &credential)?;
            tx.changed(Change::Noun("token"));
            actor.record(tx, now, "token_create", "token", &name, &json!({}))
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
