//! Signing in, staying signed in, signing out.

use super::Session;
use super::doors::Shut;
use super::password::{self, Owner};
use crate::Engine;
use crate::audit::Actor;
use crate::random::hex;
use model::access::Caller;
use model::channel::WebhookEvent;
use model::error::{Kind, Text};
use model::id::StaffId;
use model::time::{MINUTE_MS, Timestamp};
use model::{Error, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use store::audit::Entry;
use store::staff::{self, Account, Credential, CredentialKind, TokenLimits};
use store::{Tx, passwords, second_factors, session_list};

/// How exactly the last use is kept: a write a minute, not one per click.
const SEEN_MS: i64 = MINUTE_MS;

/// What somebody shows who wants to sign in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    pub account: &'a str,
    pub password: &'a str,
    /// Of the authenticator, or a recovery code.
    pub code: Option<&'a str>,
    pub address: &'a str,
    /// The browser and its system, as it says of itself.
    pub device: &'a str,
}

impl<'a> SignIn<'a> {
    pub fn of(account: &'a str, password: &'a str, address: &'a str) -> SignIn<'a> {
        SignIn { account, password, code: None, address, device: "" }
    }
}

/// A session that was just opened, with the secret that only the browser keeps.
pub struct Opened {
    pub secret: String,
    pub session: Session,
}

/// What is kept of a secret. It has 256 random bits: nothing slower is needed.
pub(super) fn fingerprint(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub(super) fn wrong_credentials() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "session.wrong_credentials",
        Text::of("账号或密码不正确，请重新输入", "The account or the password is not right."),
    )
}

fn code_needed() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "session.code_needed",
        Text::of(
            "该账号已开启两步验证，请输入验证器中的 6 位验证码，或一个恢复码",
            "This account uses two-step verification: give the six digits of the authenticator, or a recovery code.",
        ),
    )
    .on_field("code")
}

pub(super) fn wrong_code() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "session.wrong_code",
        Text::of(
            "验证码不正确或已用过，请等验证器显示新的验证码后重新输入，并核对手机时间",
            "The code is not right, or was used before. Wait for the next one, and check the time of the telephone.",
        ),
    )
    .on_field("code")
}

pub(super) fn shut(why: Shut) -> Error {
    let (code, text) = match why {
        Shut::Locked => (
            "session.locked",
            Text::of(
                "密码或验证码连续输错 5 次，此处登录该账号已锁定 15 分钟；请稍后再试，或请系统管理员解锁（pileops staff unlock 账号）",
                "Five wrong passwords or codes in a row: this account is locked here for 15 minutes. Try again later, or ask the administrator to unlock it (pileops staff unlock ACCOUNT).",
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

/// The network that an address is in: who moves within it is not somewhere new.
fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
        Err(_) => address.to_owned(),
    }
}

/// Longer than any browser's name.
const DEVICE_MAX: usize = 120;

fn entry(account: &str, staff: Option<&Account>, sign_in: &SignIn<'_>, now: Timestamp) -> Entry {
    let short = |text: &str| text.chars().take(64).collect::<String>();
    Entry {
        at_ms: now.as_ms(),
        staff_id: staff.map(|staff| staff.id.0),
        staff_name: staff.map_or_else(|| short(account), |staff| staff.name.clone()),
        action: "session_create",
        noun: "staff",
        key: short(account),
        success: false,
        detail: "{}".to_owned(),
        remote_address: sign_in.address.to_owned(),
    }
}

impl Engine {
    /// The same answer, after the same time, for an account that does not exist and for a wrong
    /// password. Where a code is needed too, wrong ones count with the wrong passwords.
    pub async fn session_create(&self, sign_in: SignIn<'_>) -> Result<Opened> {
        let account = sign_in.account.trim().to_lowercase();
        let _turn = self.doors.turn(&account).await;
        let now = self.clock.now();
        self.doors.try_at(&account, sign_in.address, now).map_err(shut)?;
        let wanted = account.clone();
        let known = self.store.read(move |conn| staff::by_account(conn, &wanted)).await?;
        let kept = known.as_ref().map_or(password::DUMMY, |staff| staff.password.as_str());
        // Nobody has such a long password; hashing it would only cost time.
        let password = if sign_in.password.len() > 1_024 { "" } else { sign_in.password };
        let right = self.doors.matches(password, kept).await?;
        let staff = match known {
            Some(staff) if right && !staff.disabled => staff,
            known => {
                self.session_refused(&account, known.as_ref(), &sign_in).await?;
                return Err(wrong_credentials());
            }
        };
        let mut by = "password";
        if staff.factor_since.is_some() {
            let code = sign_in.code.map(str::trim).filter(|code| !code.is_empty()).ok_or_else(code_needed)?;
            match self.code_take(staff.id, code).await? {
                Some(kind) => by = kind,
                None => {
                    self.session_refused(&account, Some(&staff), &sign_in).await?;
                    return Err(wrong_code());
                }
            }
        }
        self.session_open(&account, staff, &sign_in, by).await
    }

    pub(super) async fn session_refused(
        &self,
        account: &str,
        known: Option<&Account>,
        sign_in: &SignIn<'_>,
    ) -> Result<()> {
        let now = self.clock.now();
        self.doors.failed(account, sign_in.address, now);
        let entry = entry(account, known, sign_in, now);
        self.store.write(None, move |tx| store::audit::append(tx, &entry)).await
    }

    pub(super) async fn session_open(
        &self,
        account: &str,
        mut staff: Account,
        sign_in: &SignIn<'_>,
        by: &'static str,
    ) -> Result<Opened> {
        let (now, rules) = (self.clock.now(), self.rules());
        let rules = rules.staff.clone();
        let secret = self.random.hex::<32>()?;
        let credential = Credential {
            hash: fingerprint(&secret),
            kind: CredentialKind::Session,
            name: String::new(),
            staff: staff.id,
            created_at: now,
            seen_at: now,
            expires_at: Some(now.plus_ms(rules.life_ms)),
            remote_address: sign_in.address.to_owned(),
            device: sign_in.device.chars().take(DEVICE_MAX).collect(),
            proven_at: now,
            limits: TokenLimits::default(),
        };
        let asked = rules.factor_for.includes(staff.permissions) && staff.factor_since.is_none();
        let due = asked.then(|| staff.factor_due.unwrap_or(now.plus_ms(rules.factor_grace_ms)));
        let due_changed = due != staff.factor_due;
        staff.factor_due = due;
        let mut entry = entry(account, Some(&staff), sign_in, now);
        entry.success = true;
        let (kept, network, told) = (credential.clone(), network_of(sign_in.address), staff.clone());
        self.store
            .write(None, move |tx| {
                staff::sessions_expire(tx, now.plus_ms(-rules.idle_ms), now)?;
                staff::credential_insert(tx, &kept)?;
                session_list::sessions_trim(tx, told.id, rules.sessions_max)?;
                if due_changed {
                    second_factors::due_set(tx, told.id, told.factor_due)?;
                }
                let elsewhere = session_list::place_seen(tx, told.id, &network, now)?;
                let mut entry = entry.clone();
                entry.detail = json!({"device": kept.device, "by": by, "new_place": elsewhere}).to_string();
                if elsewhere {
                    new_place_told(tx, &told, &kept)?;
                }
                store::audit::append(tx, &entry)
            })
            .await?;
        self.doors.succeeded(account, sign_in.address, now);
        Ok(Opened { secret, session: self.session_of(credential, staff) })
    }

    /// Who proves to be what by this secret; `None` for one that is unknown or whose time is over.
    /// `used`: a person did something; what an open page asks by itself keeps no session alive.
    pub async fn session_find(&self, secret: &str, used: bool) -> Result<Option<Session>> {
        let now = self.clock.now();
        let hash = fingerprint(secret);
        let found = self.store.read(move |conn| staff::credential_find(conn, &hash)).await?;
        let Some((credential, account)) = found else { return Ok(None) };
        if account.disabled || !self.is_valid(&credential, now) {
            return Ok(None);
        }
        if used && now.since(credential.seen_at) >= SEEN_MS {
            let hash = credential.hash.clone();
            self.store.post(None, move |tx| staff::credential_seen(tx, &hash, now));
        }
        Ok(Some(self.session_of(credential, account)))
    }

    /// Whether a session is still good; looking does not keep it alive.
    pub async fn session_is_valid(&self, session: &Session) -> Result<bool> {
        let (now, hash) = (self.clock.now(), session.hash.clone());
        let found = self.store.read(move |conn| staff::credential_find(conn, &hash)).await?;
        Ok(found.is_some_and(|(credential, account)| {
            let good = !account.disabled && self.is_valid(&credential, now);
            let Caller { permissions, scope, .. } = self.session_of(credential, account).caller;
            good && permissions == session.caller.permissions && scope == session.caller.scope
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
        let rules = self.rules();
        let owner = Owner { account: &account.account, name: &account.name };
        password::check("new_password", &owner, new, &rules.staff)?;
        if !self.doors.matches(current, &account.password).await? {
            let sign_in = SignIn::of(&account.account, "", address);
            self.session_refused(&account.account, Some(&account), &sign_in).await?;
            return Err(Error::invalid(
                "current_password",
                "当前密码不正确，请重新输入",
                "The current password is not right.",
            ));
        }
        let past_max = rules.staff.password_past;
        self.password_is_new(&account, new, past_max).await?;
        let kept = self.doors.hash(new, self.random.bytes()?).await?;
        let (hash, actor) =
            (session.hash.clone(), Actor { caller: session.caller.clone(), address: address.to_owned() });
        self.store
            .write(None, move |tx| {
                passwords::password_set(tx, id, &kept, false, past_max, now)?;
                staff::credentials_remove(tx, id, &hash)?;
                staff::credential_proven(tx, &hash, now)?;
                actor.record(tx, now, "session_password_set", "staff", id, &json!({}))
            })
            .await
    }

    /// Neither the one that holds nor one of those before.
    async fn password_is_new(&self, account: &Account, new: &str, past_max: i64) -> Result<()> {
        if past_max == 0 {
            return Ok(());
        }
        let id = account.id;
        let past = self.store.read(move |conn| passwords::past(conn, id, past_max)).await?;
        for kept in std::iter::once(&account.password).chain(&past) {
            if self.doors.matches(new, kept).await? {
                return Err(Error::invalid(
                    "new_password",
                    format!("不能使用当前密码或最近用过的 {past_max} 个密码，请换一个"),
                    format!("This password is in use, or one of the last {past_max}; choose another."),
                ));
            }
        }
        Ok(())
    }

    fn is_valid(&self, credential: &Credential, now: Timestamp) -> bool {
        let idle_ms = self.rules().staff.idle_ms;
        let idle = credential.kind == CredentialKind::Session && now.since(credential.seen_at) >= idle_ms;
        !idle && credential.expires_at.is_none_or(|at| at > now)
    }

    /// Their own sessions, this one marked.
    pub async fn session_list(&self, session: &Session) -> Result<Vec<session_list::SessionRow>> {
        let (staff, own, now) = (session.caller.staff, session.hash.clone(), self.clock.now());
        let idle = now.plus_ms(-self.rules().staff.idle_ms);
        self.store.read(move |conn| session_list::session_list(conn, staff, &own, idle, now)).await
    }

    /// Ends one of one's own sessions.
    pub async fn session_stop(&self, actor: &Actor, id: &str) -> Result<()> {
        let (actor, id, now) = (actor.clone(), id.to_owned(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            if !session_list::session_end(tx, actor.caller.staff, &id)? {
                return Err(Error::not_found(
                    "session.not_found",
                    "没有这个登录，可能已退出；请刷新列表",
                    "There is no such session; it may have ended. Look at the list again.",
                ));
            }
            let key = actor.caller.staff;
            actor.record(tx, now, "session_stop", "staff", key, &json!({"session": id}))
        };
        self.store.write(None, work).await
    }

    /// Ends all of one's own sessions but the one that asks; how many they were.
    pub async fn session_others_stop(&self, session: &Session, actor: &Actor) -> Result<u64> {
        let (actor, own, now) = (actor.clone(), session.hash.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let key = actor.caller.staff;
            let ended = session_list::sessions_end(tx, key, &own)?;
            actor.record(tx, now, "session_stop", "staff", key, &json!({"sessions": ended}))?;
            Ok(ended)
        };
        self.store.write(None, work).await
    }
}

fn new_place_told(tx: &mut Tx<'_>, staff: &Account, session: &Credential) -> Result<()> {
    let StaffId(id) = staff.id;
    tx.deliver(WebhookEvent::StaffNewPlace, staff.operator, session.created_at, |_| {
        let body = json!({"staff_id": id, "account": staff.account, "address": session.remote_address,
            "device": session.device, "at_ms": session.created_at.as_ms()});
        Ok((staff.account.clone(), body.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_told_from_an_address() {
        for (address, network) in [
            ("10.1.2.3", "10.1.2.0/24"),
            ("::ffff:10.1.2.3", "10.1.2.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("unknown", "unknown"),
        ] {
            assert_eq!(network_of(address), network);
        }
    }
}
