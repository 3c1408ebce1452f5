//! 统一身份认证: another says who somebody is (OpenID Connect); which account that is, and whether there is one, is decided
//! here. Who asks the provider, and whether it is to be believed, is the server's.

use super::session::{SignIn, fingerprint};
use super::{Opened, account_name, password};
use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use crate::staff::grant::Grant;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use model::access::{Area, Permissions};
use model::error::{Kind, Text};
use model::id::StaffId;
use model::time::MINUTE_MS;
use model::web_address::WebAddress;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::identity_providers::{self, IdentityProvider, ProviderTry};
use store::staff::{self, Account};
use store::{Change, Tx, passwords};
use utoipa::ToSchema;

/// Whoever goes to a provider is back within this time.
const TRY_MS: i64 = 10 * MINUTE_MS;
const CLAIMS: [&str; 4] = ["preferred_username", "email", "upn", "sub"];

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityProviderDraft {
    /// Zero for a new one.
    #[serde(default)]
    pub version: i64,
    /// As it stands on the page of signing in.
    pub name: String,
    /// `https://id.example/realms/staff`: what is behind it is found by discovery.
    pub issuer: String,
    pub client_id: String,
    /// Null: as it was.
    #[serde(default)]
    pub secret: Option<String>,
    /// preferred_username, email, upn or sub: what names the account here.
    pub claim: String,
    /// Of an account that is made for whoever has none; null: none is made.
    #[serde(default)]
    pub role: Option<String>,
    pub enabled: bool,
}

/// Where the browser goes, and what proves that it comes back from there.
pub struct ProviderGoing {
    pub provider: IdentityProvider,
    pub state: String,
    pub nonce: String,
    /// Of the verifier that stays here (RFC 7636, S256).
    pub challenge: String,
}

/// Who has come back.
pub struct ProviderBack {
    pub provider: IdentityProvider,
    pub secret: Option<String>,
    pub nonce: String,
    pub verifier: String,
}

fn no_provider() -> Error {
    Error::not_found(
        "identity_provider.not_found",
        "没有这个统一身份认证，或已停用，请刷新后重试",
        "There is no such identity provider, or it is switched off. Load the page again.",
    )
}

fn unknown_try() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "session.provider_stale",
        Text::of(
            "本次统一身份认证已过期或已用过，请回到登录页重新开始",
            "This sign-in is too old, or was used already. Begin again on the page of signing in.",
        ),
    )
}

fn nobody_here(name: &str) -> Error {
    Error::new(
        Kind::Unauthenticated,
        "session.provider_unknown",
        Text::new(
            format!("您已通过统一身份认证，但本平台没有账号“{name}”或账号已停用，请联系系统管理员"),
            format!(
                "You were recognised, but there is no account {name:?} here, or it is disabled. Ask the administrator."
            ),
        ),
    )
}

impl Engine {
    pub async fn identity_provider_list(&self) -> Result<Vec<IdentityProvider>> {
        self.store.read(identity_providers::list).await
    }

    /// A new one with id 0, or a change. Whoever gives its role away has all of it.
    pub async fn identity_provider_save(
        &self,
        actor: &Actor,
        id: i64,
        draft: IdentityProviderDraft,
    ) -> Result<i64> {
        actor.must_be_platform()?;
        let issuer = WebAddress::parse("issuer", draft.issuer.trim_end_matches('/'))?;
        if issuer.path.contains('?') {
            return Err(Error::invalid("issuer", "签发方地址不能带参数", "An issuer has no query."));
        }
        if !CLAIMS.contains(&draft.claim.as_str()) {
            return Err(Error::invalid(
                "claim",
                format!("对应账号的字段应为 {} 之一", CLAIMS.join("、")),
                format!("What names the account is one of {}.", CLAIMS.join(", ")),
            ));
        }
        let given = draft.secret.as_deref().map(str::trim).filter(|secret| !secret.is_empty());
        if given.is_some_and(|secret| secret.len() > 500) {
            return Err(Error::invalid(
                "secret",
                "密钥最多 500 个字符",
                "A secret has at most 500 characters.",
            ));
        }
        let sealed = given.map(|secret| self.secrets.seal(&self.random, secret)).transpose()?;
        let now = self.clock.now();
        let one = IdentityProvider {
            id,
            name: named("name", &draft.name, 32)?,
            issuer: issuer.text().trim_end_matches('/').to_owned(),
            client_id: named("client_id", &draft.client_id, 200)?,
            has_secret: false,
            claim: draft.claim,
            role: draft.role,
            enabled: draft.enabled,
            version: draft.version.saturating_add(1),
            changed_at_ms: now.as_ms(),
            changed_by: actor.caller.name.clone(),
        };
        let (actor, version) = (actor.clone(), draft.version);
        let work = move |tx: &mut Tx<'_>| {
            let before = tx.read(|conn| identity_providers::find(conn, id))?;
            let known = before.as_ref().map_or(0, |(one, _)| one.version);
            if id != 0 && before.is_none() {
                return Err(no_provider());
            }
            if known != version {
                return Err(Error::conflict(
                    "identity_provider.changed",
                    "该设置刚刚被别人修改过，请刷新后重新修改",
                    "Somebody else has just changed it. Load it again and repeat your change.",
                ));
            }
            let name = one.name.clone();
            if tx.read(|conn| identity_providers::is_named(conn, &name, id))? {
                return Err(crate::site::taken("name", "identity_provider.exists", &name, &name));
            }
            if let Some(role) = &one.role {
                Grant { role, operator: None, area: &Area::Everywhere }.role_allowed(tx, &actor)?;
            }
            let moved = before.as_ref().is_some_and(|(old, _)| old.issuer != one.issuer);
            // A secret is shown to whom it was given for, and to nobody else.
            let kept = before.and_then(|(_, secret)| secret).filter(|_| !moved);
            let saved = identity_providers::save(tx, &one, sealed.as_deref().or(kept.as_deref()))?;
            let op = if id == 0 { "identity_provider_create" } else { "identity_provider_update" };
            let after = json!({"after": {"name": one.name, "issuer": one.issuer, "client_id": one.client_id,
                "claim": one.claim, "role": one.role, "enabled": one.enabled}});
            actor.record(tx, now, op, "identity_provider", saved, &after)?;
            Ok(saved)
        };
        self.store.write(None, work).await
    }

    pub async fn identity_provider_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let (one, _) = tx.read(|conn| identity_providers::find(conn, id))?.ok_or_else(no_provider)?;
            identity_providers::delete(tx, id)?;
            let before = json!({"before": {"name": one.name, "issuer": one.issuer}});
            actor.record(tx, now, "identity_provider_delete", "identity_provider", id, &before)
        };
        self.store.write(None, work).await
    }

    /// Somebody goes to a provider to be recognised.
    pub async fn provider_begin(&self, id: i64) -> Result<ProviderGoing> {
        let found = self.store.read(move |conn| identity_providers::find(conn, id)).await?;
        let (provider, _) = found.filter(|(one, _)| one.enabled).ok_or_else(no_provider)?;
        let (state, nonce, verifier) =
            (self.random.hex::<32>()?, self.random.hex::<16>()?, self.random.hex::<32>()?);
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let now = self.clock.now();
        let one = ProviderTry {
            state: fingerprint(&state),
            provider: id,
            nonce: nonce.clone(),
            verifier: self.secrets.seal(&self.random, &verifier)?,
            return_to: String::new(),
            created_at: now,
        };
        let work = move |tx: &mut Tx<'_>| identity_providers::try_insert(tx, &one, now.plus_ms(-TRY_MS));
        self.store.write(None, work).await?;
        Ok(ProviderGoing { provider, state, nonce, challenge })
    }

    /// Somebody is back. Once: what comes a second time is unknown.
    pub async fn provider_back(&self, id: i64, state: &str) -> Result<ProviderBack> {
        let (hash, now) = (fingerprint(state), self.clock.now());
        let taken = self.store.write(None, move |tx| identity_providers::try_take(tx, &hash)).await?;
        let good = taken.filter(|one| one.provider == id && now.since(one.created_at) < TRY_MS);
        let one = good.ok_or_else(unknown_try)?;
        let found = self.store.read(move |conn| identity_providers::find(conn, id)).await?;
        let (provider, secret) = found.filter(|(one, _)| one.enabled).ok_or_else(no_provider)?;
        let open = |sealed: &str| self.secrets.unseal(sealed).ok_or_else(Error::internal);
        let secret = secret.as_deref().map(open).transpose()?;
        Ok(ProviderBack { provider, secret, nonce: one.nonce, verifier: open(&one.verifier)? })
    }

    /// What the provider says is believed by now. The account, made where that is the rule, signs in.
    pub async fn provider_session_create(
        &self,
        provider: &IdentityProvider,
        claims: &Value,
        address: &str,
        device: &str,
    ) -> Result<Opened> {
        let subject = claims["sub"].as_str().unwrap_or_default().to_owned();
        let told = claims[provider.claim.as_str()].as_str().unwrap_or_default();
        // An address that nobody has proven to have could be anybody's.
        let proven = provider.claim != "email" || claims["email_verified"] == true;
        let wanted =
            if proven { account_name(told.split('@').next().unwrap_or_default()).ok() } else { None };
        let (id, sub) = (provider.id, subject.clone());
        let known = self.store.read(move |conn| {
            let Some(staff) = identity_providers::identity_find(conn, id, &sub)? else { return Ok(None) };
            staff::get(conn, staff)
        });
        let staff = match known.await? {
            Some(staff) => staff,
            None => {
                let name = wanted.ok_or_else(|| nobody_here(told))?;
                self.provider_account(provider, claims, &name, &subject).await?
            }
        };
        let account = staff.account.clone();
        let sign_in = SignIn { account: &account, password: "", code: None, address, device };
        if staff.disabled {
            self.session_refused(&staff.account, Some(&staff), &sign_in).await?;
            return Err(nobody_here(&staff.account));
        }
        self.session_open(&account, staff, &sign_in, "provider").await
    }

    /// The account of this name, or a new one; from now on it is this person's.
    async fn provider_account(
        &self,
        provider: &IdentityProvider,
        claims: &Value,
        name: &str,
        subject: &str,
    ) -> Result<Account> {
        let (id, role, now) = (provider.id, provider.role.clone(), self.clock.now());
        let past_max = self.rules().staff.password_past;
        let (wanted, subject) = (name.to_owned(), subject.to_owned());
        let shown = claims["name"].as_str().and_then(|shown| named("name", shown, 64).ok());
        // Nobody knows it, so nobody comes in by it; whoever shall gets another by a reset.
        let unknown = password::generate(&self.random)?;
        let kept = self.doors.hash(&unknown, self.random.bytes()?).await?;
        let work = move |tx: &mut Tx<'_>| {
            let by_name = tx.read(|conn| staff::by_account(conn, &wanted))?;
            let account = match (by_name, &role) {
                (Some(account), _) => account,
                (None, None) => return Err(nobody_here(&wanted)),
                (None, Some(role)) => {
                    let new = Account {
                        id: StaffId(0),
                        account: wanted.clone(),
                        name: shown.clone().unwrap_or_else(|| wanted.clone()),
                        role: role.clone(),
                        permissions: Permissions::default(),
                        operator: None,
                        area: Area::Everywhere,
                        password: kept.clone(),
                        disabled: false,
                        version: 1,
                        handover: String::new(),
                        password_at: now,
                        password_given: false,
                        factor_due: None,
                        factor_since: None,
                    };
                    let made = staff::insert(tx, &new, now)?;
                    let after = json!({"after": {"account": new.account, "role": new.role, "provider": id}});
                    Actor::local().record(tx, now, "staff_create", "staff", made, &after)?;
                    tx.changed(Change::Noun("staff"));
                    tx.read(|conn| staff::get(conn, made))?.ok_or_else(Error::internal)?
                }
            };
            identity_providers::identity_insert(tx, id, &subject, account.id, now)?;
            if account.password_given {
                // Whoever gave it is not who was recognised.
                passwords::password_set(tx, account.id, &kept, false, past_max, now)?;
            }
            Ok(Account { password_given: false, ..account })
        };
        self.store.write(None, work).await
    }
}
