//! What somebody who has signed in may do now: what they still owe before anything else goes, what a
//! token leaves of its owner, and whether they have shown lately that it is them.

use super::session::{SignIn, shut, wrong_credentials};
use super::{Owed, Session};
use crate::Engine;
use crate::audit::Actor;
use model::access::{Area, Caller, Permissions, Scope};
use model::error::{Kind, Text};
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use serde_json::json;
use store::staff::{self, Account, Credential, CredentialKind};

impl Engine {
    pub(super) fn session_of(&self, credential: Credential, account: Account) -> Session {
        let (now, rules) = (self.clock.now(), self.rules());
        let rules = &rules.staff;
        let is_token = credential.kind == CredentialKind::Token;
        let password_due =
            (rules.password_days > 0).then(|| account.password_at.plus_ms(rules.password_days * DAY_MS));
        let factor_due = account.factor_due.filter(|_| account.factor_since.is_none());
        let due = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        let owed = if is_token {
            None
        } else if account.password_given || due(password_due) {
            Some(Owed::Password)
        } else {
            due(factor_due).then_some(Owed::SecondFactor)
        };
        let area = match credential.limits.area {
            Some(area) => narrowed(&account.area, area),
            None => account.area,
        };
        let limited = credential.limits.rights.unwrap_or(account.permissions);
        let permissions: Permissions = account.permissions.iter().filter(|one| limited.has(*one)).collect();
        let scope = Scope { operator: account.operator, area };
        Session {
            caller: Caller { staff: account.id, name: account.name, permissions, scope },
            role: account.role,
            account: account.account,
            operator_id: account.operator.map(|operator| operator.0),
            hash: credential.hash,
            expires_at: credential.expires_at,
            is_token,
            owed,
            proven_at: (!is_token).then_some(credential.proven_at),
            factor_on: account.factor_since.is_some(),
            factor_due,
            password_due,
            networks: credential.limits.networks,
        }
    }

    /// Somebody has shown the password or a code a short while ago. Tokens and the machine itself are
    /// not asked: a token was made by somebody who had.
    pub fn proof_check(&self, session: &Session) -> Result<()> {
        let (now, proof_ms) = (self.clock.now(), self.rules().staff.proof_ms);
        if session.proven_at.is_none_or(|at| now.since(at) < proof_ms) {
            return Ok(());
        }
        Err(Error::new(
            Kind::Denied,
            "session.proof_needed",
            Text::of(
                "这是敏感操作，请先验证您的密码或验证码，再继续",
                "This act wants a fresh proof: show your password or a code, then go on.",
            ),
        ))
    }

    /// Shows again who it is: a code where there is two-step verification, else the password.
    pub async fn session_proof_create(&self, session: &Session, address: &str, secret: &str) -> Result<()> {
        let _turn = self.doors.turn(&session.account).await;
        let (id, now) = (session.caller.staff, self.clock.now());
        let account = self.store.read(move |conn| staff::get(conn, id)).await?;
        let account = account.ok_or_else(wrong_credentials)?;
        self.doors.try_at(&account.account, address, now).map_err(shut)?;
        let right = match account.factor_since {
            Some(_) => self.code_take(account.id, secret.trim()).await?.is_some(),
            None if secret.len() > 1_024 => false,
            None => self.doors.matches(secret, &account.password).await?,
        };
        if !right {
            let sign_in = SignIn::of(&account.account, "", address);
            self.session_refused(&account.account, Some(&account), &sign_in).await?;
            let wrong = match account.factor_since {
                Some(_) => (
                    "验证码不正确或已用过，请等新的验证码后重新输入",
                    "The code is not right, or was used before; wait for the next.",
                ),
                None => ("密码不正确，请重新输入", "The password is not right."),
            };
            return Err(Error::invalid("secret", wrong.0, wrong.1));
        }
        let (hash, actor) =
            (session.hash.clone(), Actor { caller: session.caller.clone(), address: address.to_owned() });
        self.store
            .write(None, move |tx| {
                staff::credential_proven(tx, &hash, now)?;
                actor.record(tx, now, "session_proof_create", "staff", id, &json!({}))
            })
            .await
    }
}

/// The part of the owner's area that a token was given, as the owner's area is now.
fn narrowed(owner: &Area, token: Area) -> Area {
    match (owner, token) {
        (Area::Everywhere, token) => token,
        (Area::Cities { cities: own }, Area::Cities { cities }) => {
            Area::Cities { cities: cities.into_iter().filter(|city| own.contains(city)).collect() }
        }
        (Area::Stations { stations: own }, Area::Stations { stations }) => {
            Area::Stations { stations: stations.into_iter().filter(|one| own.contains(one)).collect() }
        }
        // The owner looks after something of another kind by now: nothing of both is known.
        _ => Area::Stations { stations: Vec::new() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::StationId;

    #[test]
    fn a_token_sees_what_its_owner_still_sees() {
        let cities =
            |all: &[&str]| Area::Cities { cities: all.iter().map(|one| (*one).to_owned()).collect() };
        let stations =
            |all: &[i64]| Area::Stations { stations: all.iter().map(|id| StationId(*id)).collect() };
        for (owner, token, sees) in [
            (Area::Everywhere, cities(&["1"]), cities(&["1"])),
            (cities(&["1", "2"]), cities(&["2", "3"]), cities(&["2"])),
            (stations(&[1]), stations(&[1, 2]), stations(&[1])),
            (cities(&["1"]), stations(&[1]), stations(&[])),
            (stations(&[1]), Area::Everywhere, stations(&[])),
        ] {
            assert_eq!(narrowed(&owner, token), sees);
        }
    }
}
