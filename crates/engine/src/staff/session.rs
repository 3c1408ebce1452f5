//! Signing in, staying signed in, signing out.

use super::doors::Shut;
use super::{Session, password};
use crate::Engine;
use crate::audit::Actor;
use crate::random::hex;
use model::access::{Caller, Scope};
use model::error::{Kind, Text};
use model::time::{HOUR_MS, MINUTE_MS, Timestamp};
use model::{Error, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::audit::Entry;
use store::staff::{self, Account, Credential, CredentialKind};

/// A session that nobody uses ends.
const IDLE_MS: i64 = 30 * MINUTE_MS;
/// Any session ends.
const LIFE_MS: i64 = 12 * HOUR_MS;
/// How exactly the last use is kept: a write a minute, not one per click.
const SEEN_MS: i64 = MINUTE_MS;

/// A session that was just opened, with the secret that only the browser keeps.
pub struct Opened {
    pub secret: String,
    pub session: Session,
}

/// What is kept of a secret. It has 256 random bits: nothing slower is needed.
pub(super) fn fingerprint(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn wrong_credentials() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "session.wrong_credentials",
        Text::of("账号或密码不正确，请重新输入", "The account or the password is not right."),
    )
}

fn shut(why: Shut) -> Error {
    let (code, text) = match why {
        Shut::Locked => (
            "session.locked",
            Text::of(
                "密码连续输错 5 次，此处登录该账号已锁定 15 分钟；请稍后再试，或请系统管理员解锁（pileops staff unlock 账号）",
                "Five wrong passwords in a row: this account is locked here for 15 minutes. Try again later, or ask the administrator to unlock it (pileops staff unlock ACCOUNT).",
            ),
        ),
        Shut::Address => (
            "session.limited",
            Text::of(
                "此网络地址登录失败次数过多，请稍后再试",
                "Too many failed attempts to sign in from this address. Try again later.",
            ),
        ),
        Shut::Account => (
            "session.account_limited",
            Text::of(
                "该账号登录失败次数过多，暂不接受从新的网络地址登录；请过几分钟再试、在以前登录过的地方登录，或请系统管理员解锁（pileops staff unlock 账号）",
                "Too many failed attempts to sign in to this account: for now it takes none from a new address. Try again in some minutes, or from where you have signed in before, or ask the administrator to unlock it (pileops staff unlock ACCOUNT).",
            ),
        ),
    };
    Error::new(Kind::Limited, code, text)
}

fn log_in(account: &str, staff: Option<&Account>, address: &str, now: Timestamp, success: bool) -> Entry {
    Entry {
        at_ms: now.as_ms(),
        staff_id: staff.map(|staff| staff.id.0),
        staff_name: staff.map_or_else(|| account.chars().take(64).collect(), |staff| staff.name.clone()),
        action: "session_create",
        noun: "staff",
        key: account.chars().take(64).collect(),
        success,
        detail: "{}".to_owned(),
        remote_address: address.to_owned(),
    }
}

impl Engine {
    /// The same answer, after the same time, for an account that does not exist and for a wrong
    /// password.
    pub async fn session_create(&self, account: &str, password: &str, address: &str) -> Result<Opened> {
        let account = account.trim().to_lowercase();
        let _turn = self.doors.turn(&account).await;
        let now = self.clock.now();
        self.doors.try_at(&account, address, now).map_err(shut)?;
        let wanted = account.clone();
        let known = self.store.read(move |conn| staff::by_account(conn, &wanted)).await?;
        let kept = known.as_ref().map_or(password::DUMMY, |staff| staff.password.as_str());
        // Nobody has such a long password; hashing it would only cost time.
        let password = if password.len() > 1_024 { "" } else { password };
        let right = self.doors.matches(password, kept).await?;
        match known {
            Some(staff) if right && !staff.disabled => self.session_open(&account, staff, address).await,
            known => {
                self.session_refused(account, known, address).await?;
                Err(wrong_credentials())
            }
        }
    }

    async fn session_refused(&self, account: String, known: Option<Account>, address: &str) -> Result<()> {
        let now = self.clock.now();
        self.doors.failed(&account, address, now);
        let entry = log_in(&account, known.as_ref(), address, now, false);
        self.store.write(None, move |tx| store::audit::append(tx, &entry)).await
    }

    async fn session_open(&self, account: &str, staff: Account, address: &str) -> Result<Opened> {
        let now = self.clock.now();
        let secret = self.random.hex::<32>()?;
        let credential = Credential {
            hash: fingerprint(&secret),
            kind: CredentialKind::Session,
            name: String::new(),
            staff: staff.id,
            created_at: now,
            seen_at: now,
            expires_at: Some(now.plus_ms(LIFE_MS)),
            remote_address: address.to_owned(),
        };
        let entry = log_in(account, Some(&staff), address, now, true);
        let kept = credential.clone();
        self.store
            .write(None, move |tx| {
                staff::sessions_expire(tx, now.plus_ms(-IDLE_MS), now)?;
                staff::credential_insert(tx, &kept)?;
                store::audit::append(tx, &entry)
            })
            .await?;
        self.doors.succeeded(account, address, now);
        Ok(Opened { secret, session: session(credential, staff) })
    }

    /// Who proves to be what by this secret; `None` for one that is unknown or whose time is over.
    /// `used`: a person did something; what an open page asks by itself keeps no session alive.
    pub async fn session_find(&self, secret: &str, used: bool) -> Result<Option<Session>> {
        let now = self.clock.now();
        let hash = fingerprint(secret);
        let found = self.store.read(move |conn| staff::credential_find(conn, &hash)).await?;
        let Some((credential, account)) = found else { return Ok(None) };
        if account.disabled || !is_valid(&credential, now) {
            return Ok(None);
        }
        if used && now.since(credential.seen_at) >= SEEN_MS {
            let hash = credential.hash.clone();
            self.store.post(None, move |tx| staff::credential_seen(tx, &hash, now));
        }
        Ok(Some(session(credential, account)))
    }

    /// Whether a session is still good; looking does not keep it alive.
    pub async fn session_is_valid(&self, session: &Session) -> Result<bool> {
        let (now, hash) = (self.clock.now(), session.hash.clone());
        let found = self.store.read(move |conn| staff::credential_find(conn, &hash)).await?;
        Ok(found.is_some_and(|(credential, account)| {
            let same = account.permissions == session.caller.permissions
                && account.operator == session.caller.scope.operator
                && account.area == session.caller.scope.area;
            !account.disabled && is_valid(&credential, now) && same
        }))
    }

    pub async fn session_delete(&self, session: &Session, address: &str) -> Result<()> {
        let (now, hash) = (self.clock.now(), session.hash.clone());
        let actor = Actor { caller: session.caller.clone(), address: address.to_owned() };
        self.store
            .write(None, move |tx| {
                staff::credential_remove(tx, &hash)?;
                let key = actor.caller.staff;
                actor.record(tx, now, "session_delete", "staff", key, &json!({}))
            })
            .await
    }

    /// A new password ends every other session of this person, and takes their tokens away: who
    /// changes it because somebody else knew it wants that one out, by every door.
    pub async fn session_password_set(
        &self,
        session: &Session,
        address: &str,
        current: &str,
        new: &str,
    ) -> Result<()> {
        let _turn = self.doors.turn(&session.account).await;
        let (id, now) = (session.caller.staff, self.clock.now());
        let account = self.store.read(move |conn| staff::get(conn, id)).await?;
        let account = account.ok_or_else(wrong_credentials)?;
        self.doors.try_at(&account.account, address, now).map_err(shut)?;
        password::check("new_password", &account.account, new)?;
        if !self.doors.matches(current, &account.password).await? {
            self.session_refused(account.account.clone(), Some(account), address).await?;
            return Err(Error::invalid(
                "current_password",
                "当前密码不正确，请重新输入",
                "The current password is not right.",
            ));
        }
        let kept = self.doors.hash(new, self.random.bytes()?).await?;
        let (hash, actor) =
            (session.hash.clone(), Actor { caller: session.caller.clone(), address: address.to_owned() });
        self.store
            .write(None, move |tx| {
                staff::password_set(tx, id, &kept)?;
                staff::credentials_remove(tx, id, &hash)?;
                actor.record(tx, now, "session_password_set", "staff", id, &json!({}))
            })
            .await
    }
}

fn is_valid(credential: &Credential, now: Timestamp) -> bool {
    let idle = credential.kind == CredentialKind::Session && now.since(credential.seen_at) >= IDLE_MS;
    !idle && credential.expires_at.is_none_or(|at| at > now)
}

fn session(credential: Credential, account: Account) -> Session {
    let scope = Scope { operator: account.operator, area: account.area };
    Session {
        caller: Caller { staff: account.id, name: account.name, permissions: account.permissions, scope },
        role: account.role,
        account: account.account,
        operator_id: account.operator.map(|operator| operator.0),
        hash: credential.hash,
        expires_at: credential.expires_at,
        is_token: credential.kind == CredentialKind::Token,
    }
}
