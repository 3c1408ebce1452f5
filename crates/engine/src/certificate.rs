//! Certificates of piles: signed on their request, sent down, recognised at the door, taken back.

use crate::Engine;
use crate::audit::Actor;
use crate::authority::request_read;
use crate::command::own_command;
use crate::picture::digest;
use model::device::DeviceCommand;
use model::id::{CommandId, PileId};
use model::site::{Pile, SecurityProfile};
use model::time::HOUR_MS;
use model::{Error, Result};
use serde::Serialize;
use serde_json::json;
use store::Conn;
use store::certificates::{self, CertificateState, CertificateView, Shown};
use store::ids::Noun;
use utoipa::ToSchema;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The kind of the command that takes a certificate down.
pub(crate) const CERTIFICATE_SET: &str = "certificate_set";

/// What is kept of a pile's security.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileSecurityFacts {
    /// The least that it must show when it connects.
    pub required: SecurityProfile,
    /// The newest first.
    pub certificates: Vec<CertificateView>,
}

/// The root that piles and browsers are given to trust.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Authority)]
pub struct AuthorityView {
    /// PEM
    pub body: String,
    /// SHA-256, hexadecimal.
    pub fingerprint: String,
    pub to_ms: i64,
}

fn not_found() -> Error {
    Error::not_found(
        "certificate.not_found",
        "没有这张证书，或不在您的数据范围内",
        "There is no such certificate in your scope.",
    )
}

impl Engine {
    /// Signs what the pile has asked for and sends it down. The request was found good before.
    pub async fn certificate_send(&self, pile: PileId, csr: &str) -> Result<()> {
        let authority = self.authority().await?;
        let (now, serial) = (self.clock.now(), self.certificate_serial()?);
        let known = self.store.device_read(move |conn| store::piles::get(conn, pile)).await?;
        let known = known.ok_or_else(Error::internal)?;
        let request = request_read(csr, known.code.as_str()).map_err(|_| Error::internal())?;
        let signed = authority.pile_sign(&request, known.code.as_str(), &serial, now)?;
        let chain = format!("{}{}", signed.body, authority.body);
        let id = self
            .store
            .write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| {
                    certificates::insert(tx, pile, &signed, now)?;
                    let id = CommandId(tx.next_id(Noun::Command)?);
                    tx.command_save(&hot.pile, own_command(id, pile, CERTIFICATE_SET, now));
                    Ok(id)
                })
            })
            .await?;
        self.command_dispatch(pile, id, DeviceCommand::CertificateSet { chain }).await
    }

    /// Whether a certificate that is trusted is this pile's. Ours is known by its fingerprint; another
    /// authority's by its common name, which must be the pile's code.
    pub async fn certificate_shown(&self, pile: &Pile, der: &[u8]) -> Result<bool> {
        let print = digest(der);
        let found = self.store.device_read(move |conn| certificates::by_fingerprint(conn, &print)).await?;
        let Some(shown) = found else { return self.foreign_shown(pile, der).await };
        if shown.pile != pile.id || shown.state == CertificateState::Revoked {
            return Ok(false);
        }
        self.certificate_used(shown);
        Ok(true)
    }

    /// Noted once an hour: a pile that comes back often must not cost a write each time.
    fn certificate_used(&self, shown: Shown) {
        let now = self.clock.now();
        let fresh = shown.used_at.is_some_and(|at| now.since(at) < HOUR_MS);
        if !fresh || shown.state != CertificateState::Installed {
            self.store.post(Some(shown.pile), move |tx| certificates::used(tx, shown.id, now));
        }
    }

    async fn foreign_shown(&self, pile: &Pile, der: &[u8]) -> Result<bool> {
        let authority = self.authority().await?;
        let Ok((_, read)) = X509Certificate::from_der(der) else { return Ok(false) };
        if read.issuer().as_raw() == authority.subject {
            // Ours, and we do not know it: from a database that was thrown away.
            return Ok(false);
        }
        let mut names = read.subject().iter_common_name().filter_map(|name| name.as_str().ok());
        Ok(names.next() == Some(pile.code.as_str()) && names.next().is_none())
    }

    /// The pile's row and what is kept of its security.
    pub async fn pile_security_get(&self, actor: &Actor, code: &str) -> Result<(i64, PileSecurityFacts)> {
        let pile = self.pile_seen(actor, code).await?;
        let id = pile.id;
        let certificates = self.store.read(move |conn| certificates::certificate_list(conn, id)).await?;
        Ok((id.0, PileSecurityFacts { required: pile.security, certificates }))
    }

    /// Takes a certificate back: no link with it is let in any more. Whose it is.
    pub async fn certificate_delete(&self, actor: &Actor, id: i64) -> Result<PileId> {
        let read = move |conn: &mut Conn| {
            let Some((pile, view)) = certificates::get(conn, id)? else { return Ok(None) };
            let Some(pile) = store::piles::get(conn, pile)? else { return Ok(None) };
            Ok(Some((store::stations::facts(conn, pile.station)?, pile, view)))
        };
        let found = self.store.read(read).await?.filter(|(station, ..)| actor.sees_station(station));
        let (_, pile, view) = found.ok_or_else(not_found)?;
        let (actor, now, whose) = (actor.clone(), self.clock.now(), pile.id);
        self.store
            .write(Some(pile.id), move |tx| {
                if !certificates::revoke(tx, id, now)? {
                    return Ok(());
                }
                tx.pile_changed(pile.id, pile.operator)?;
                let detail = json!({"before": {"pile": pile.code, "serial": view.serial, "state": view.state},
                    "after": {"state": CertificateState::Revoked}});
                actor.record(tx, now, "certificate_delete", "certificate", id, &detail)
            })
            .await?;
        Ok(whose)
    }

    pub async fn authority_get(&self) -> Result<AuthorityView> {
        let authority = self.authority().await?;
        Ok(AuthorityView {
            body: authority.body.clone(),
            fingerprint: authority.fingerprint.clone(),
            to_ms: authority.to.as_ms(),
        })
    }
}
