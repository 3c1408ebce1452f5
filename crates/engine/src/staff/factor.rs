//! 两步验证: a code of an authenticator beside the password, and recovery codes for when that is lost.

use super::session::{fingerprint, shut};
use super::totp::{SECRET_BYTES, base32, step_of, uri};
use super::{Session, beyond};
use crate::Engine;
use crate::audit::Actor;
use crate::random::{hex, unhex};
use crate::site::named;
use crate::staff::grant::Grant;
use model::error::{Kind, Text};
use model::id::StaffId;
use model::{Error, Result};
use serde::Serialize;
use serde_json::json;
use store::second_factors;
use store::staff::{self, Account};
use store::{Change, Tx};
use utoipa::ToSchema;

/// Codes that are given at once.
const RECOVERY_CODES: usize = 10;
const RECOVERY_BYTES: usize = 10;

/// How it stands with one's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SecondFactor)]
pub struct SecondFactorView {
    /// Null: it is off.
    pub since_ms: Option<i64>,
    /// Recovery codes that are not used yet.
    pub recovery_codes_left: i64,
    /// Whether this account has to have it.
    pub required: bool,
    /// From when on nothing goes without it.
    pub due_at_ms: Option<i64>,
}

/// What an authenticator is told, by the square picture or by hand. Shown once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SecondFactorStarted {
    pub secret: String,
    pub uri: String,
}

fn already_on() -> Error {
    Error::conflict(
        "second_factor.on",
        "两步验证已经开启；如需更换手机，请先关闭再重新开启",
        "Two-step verification is on. To change the telephone, switch it off first, then on again.",
    )
}

fn not_on() -> Error {
    Error::conflict(
        "second_factor.off",
        "该账号没有开启两步验证",
        "This account has no two-step verification.",
    )
}

/// As it is compared: what people add for reading is left out.
fn recovery_plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// `k7mq-2x3f-…`: sixteen signs of base 32, eighty bits.
fn recovery_written(bytes: &[u8]) -> String {
    let signs = base32(bytes).to_ascii_lowercase();
    let signs: Vec<char> = signs.chars().collect();
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

impl Engine {
    /// By what the code was right: of the authenticator or for recovery. Each is taken once.
    pub(super) async fn code_take(&self, id: StaffId, code: &str) -> Result<Option<&'static str>> {
        let now = self.clock.now();
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            let plain = recovery_plain(code);
            if plain.len() != RECOVERY_BYTES * 8 / 5 {
                return Ok(None);
            }
            let hash = fingerprint(&plain);
            let work = move |tx: &mut Tx<'_>| second_factors::recovery_code_use(tx, id, &hash, now);
            return Ok(self.store.write(None, work).await?.then_some("recovery"));
        }
        let Some(factor) = self.store.read(move |conn| second_factors::get(conn, id)).await? else {
            return Ok(None);
        };
        let secret = self.factor_secret(&factor.secret)?;
        let Some(step) = step_of(&secret, &digits, factor.used_step, now)? else { return Ok(None) };
        let taken = self.store.write(None, move |tx| second_factors::use_step(tx, id, step)).await?;
        Ok(taken.then_some("totp"))
    }

    fn factor_secret(&self, sealed: &str) -> Result<Vec<u8>> {
        self.secrets.unseal(sealed).as_deref().and_then(unhex).ok_or_else(|| {
            tracing::error!(
                "a second factor was sealed with another key: restore the installation's key file"
            );
            Error::internal()
        })
    }

    pub async fn second_factor_get(&self, session: &Session) -> Result<SecondFactorView> {
        let id = session.caller.staff;
        let read = move |conn: &mut store::Conn| {
            Ok((staff::get(conn, id)?, second_factors::recovery_codes_left(conn, id)?))
        };
        let (account, recovery_codes_left) = self.store.read(read).await?;
        let since = account.as_ref().and_then(|account| account.factor_since);
        Ok(SecondFactorView {
            since_ms: since.map(|at| at.as_ms()),
            recovery_codes_left,
            required: self.rules().staff.factor_for.includes(session.caller.permissions),
            due_at_ms: session.factor_due.map(|at| at.as_ms()),
        })
    }

    /// A secret for an authenticator; it counts when a first code has shown that it is there.
    pub async fn second_factor_start(&self, session: &Session, issuer: &str) -> Result<SecondFactorStarted> {
        self.proof_check(session)?;
        if session.factor_on {
            return Err(already_on());
        }
        let bytes = self.random.bytes::<SECRET_BYTES>()?;
        let sealed = self.secrets.seal(&self.random, &hex(&bytes))?;
        let id = session.caller.staff;
        self.store.write(None, move |tx| second_factors::begin(tx, id, &sealed)).await?;
        let secret = base32(&bytes);
        Ok(SecondFactorStarted { uri: uri(issuer, &session.account, &secret), secret })
    }

    /// The first code switches it on, and gives the recovery codes, once. Other sessions end.
    pub async fn second_factor_confirm(
        &self,
        session: &Session,
        actor: &Actor,
        code: &str,
    ) -> Result<Vec<String>> {
        self.proof_check(session)?;
        let _turn = self.doors.turn(&session.account).await;
        let (id, now) = (session.caller.staff, self.clock.now());
        self.doors.try_at(&session.account, &actor.address, now).map_err(shut)?;
        let factor = self.store.read(move |conn| second_factors::get(conn, id)).await?;
        let factor = factor.ok_or_else(not_begun)?;
        if factor.confirmed_at.is_some() {
            return Err(already_on());
        }
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let Some(step) = step_of(&self.factor_secret(&factor.secret)?, &digits, 0, now)? else {
            self.doors.failed(&session.account, &actor.address, now);
            return Err(Error::invalid(
                "code",
                "验证码不正确，请输入验证器当前显示的 6 位数字，并核对手机时间",
                "The code is not right. Give the six digits that the authenticator shows now, and check the telephone's time.",
            ));
        };
        let (codes, hashes) = self.recovery_codes()?;
        let (actor, own) = (actor.clone(), session.hash.clone());
        self.store
            .write(None, move |tx| {
                if !second_factors::confirm(tx, id, &factor.secret, step, now)? {
                    return Err(already_on());
                }
                second_factors::recovery_codes_set(tx, id, &hashes)?;
                store::session_list::sessions_end(tx, id, &own)?;
                staff::credential_proven(tx, &own, now)?;
                tx.changed(Change::Noun("staff"));
                actor.record(tx, now, "second_factor_confirm", "staff", id, &json!({}))
            })
            .await?;
        Ok(codes)
    }

    /// New recovery codes; the earlier ones open nothing any more.
    pub async fn recovery_code_create(&self, session: &Session, actor: &Actor) -> Result<Vec<String>> {
        if !session.factor_on {
            return Err(not_on());
        }
        let (codes, hashes) = self.recovery_codes()?;
        let (actor, id, now) = (actor.clone(), session.caller.staff, self.clock.now());
        self.store
            .write(None, move |tx| {
                second_factors::recovery_codes_set(tx, id, &hashes)?;
                actor.record(tx, now, "recovery_code_create", "staff", id, &json!({}))
            })
            .await?;
        Ok(codes)
    }

    fn recovery_codes(&self) -> Result<(Vec<String>, Vec<String>)> {
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            codes.push(recovery_written(&self.random.bytes::<RECOVERY_BYTES>()?));
        }
        let hashes = codes.iter().map(|code| fingerprint(&recovery_plain(code))).collect();
        Ok((codes, hashes))
    }

    /// Switches one's own off, where it is not asked for.
    pub async fn second_factor_delete(&self, session: &Session, actor: &Actor) -> Result<()> {
        if self.rules().staff.factor_for.includes(session.caller.permissions) {
            return Err(Error::refused(
                "second_factor.required",
                "您的账号必须使用两步验证，不能关闭；更换手机请联系系统管理员重置",
                "Your account has to use two-step verification, so it cannot be switched off. For another telephone ask the administrator to reset it.",
            ));
        }
        let (actor, id, now) = (actor.clone(), session.caller.staff, self.clock.now());
        self.store
            .write(None, move |tx| {
                if !second_factors::delete(tx, id)? {
                    return Err(not_on());
                }
                tx.changed(Change::Noun("staff"));
                actor.record(tx, now, "second_factor_delete", "staff", id, &json!({}))
            })
            .await
    }

    /// Takes it away from somebody who has lost the authenticator and the codes. By another person, with
    /// the reason; it ends their sessions. Where it is asked for, they have the days of grace again.
    /// `local`: whoever asks sits at the machine itself, as the last administrator must.
    pub async fn second_factor_cancel(
        &self,
        actor: &Actor,
        id: StaffId,
        reason: &str,
        local: bool,
    ) -> Result<()> {
        let reason = named("reason", reason, 200)?;
        if actor.caller.staff == id && !local {
            return Err(Error::refused(
                "second_factor.oneself",
                "不能重置自己的两步验证，请由其他管理员操作，或在服务器上运行 pileops staff factor 账号",
                "You cannot reset your own; ask another administrator, or run `pileops staff factor ACCOUNT` on the server.",
            ));
        }
        let account = self.staff_seen(actor, id).await?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let Account { account: name, role, operator, area, .. } = account.clone();
        let denied =
            || beyond(Text::of("您不能重置其两步验证", "its two-step verification is not yours to reset"));
        Grant { role: &role, operator, area: &area }.scope_allowed(&actor).map_err(|_| denied())?;
        self.store
            .write(None, move |tx| {
                let grant = Grant { role: &role, operator, area: &area };
                grant.own_allowed(tx, &actor).map_err(|_| denied())?;
                if !second_factors::delete(tx, id)? {
                    return Err(not_on());
                }
                second_factors::due_set(tx, id, None)?;
                store::session_list::sessions_end(tx, id, "")?;
                tx.changed(Change::Noun("staff"));
                let detail = json!({"account": name, "reason": reason});
                actor.record(tx, now, "second_factor_cancel", "staff", id, &detail)
            })
            .await?;
        self.doors.unlock(&account.account, now);
        Ok(())
    }
}

fn not_begun() -> Error {
    Error::new(
        Kind::Conflict,
        "second_factor.not_begun",
        Text::of(
            "请先获取二维码并用验证器扫描，再输入验证码",
            "Fetch the square picture and scan it with an authenticator first, then give the code.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_read_as_people_type_it() {
        let written = recovery_written(&[0xff; RECOVERY_BYTES]);
        assert_eq!(written, "7777-7777-7777-7777");
        for typed in ["7777-7777-7777-7777", " 7777 7777 7777 7777 ", "7777777777777777"] {
            assert_eq!(recovery_plain(typed), recovery_plain(&written));
        }
        assert_eq!(recovery_plain("ABcd-22"), "abcd22");
    }
}
