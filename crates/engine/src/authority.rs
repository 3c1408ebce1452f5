//! The installation's own certificate authority: TLS and certificates of piles without buying any.
//!
//! Its key is sealed with the installation's secret, so that who steals the database cannot sign. Keys are
//! P-256, which every TLS 1.2 pile of the OCPP security profiles must know (OCPP 1.6 security, 2.2).

use crate::Engine;
use crate::picture::digest;
use crate::random::hex;
use model::time::{DAY_MS, HOUR_MS, SECOND_MS, Timestamp};
use model::{Error, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber,
};
use std::sync::Arc;
use store::certificates::{self, Signed};
use time::OffsetDateTime;
use x509_parser::pem::parse_x509_pem;

/// The root outlives every pile: to change it means to visit them.
const ROOT_DAYS: i64 = 20 * 365;
/// Browsers take no longer one (CA/Browser Forum, 398 days).
const SERVER_DAYS: i64 = 397;
const PILE_DAYS: i64 = 2 * 365;
/// Clocks of piles may be behind.
const BEFORE_MS: i64 = 24 * HOUR_MS;
/// Larger requests are none.
const CSR_MAX: usize = 5_500;

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// PEM, for whoever shall trust it.
    pub body: String,
    /// The root's own, read once.
    pub subject: Vec<u8>,
    pub fingerprint: String,
    pub to: Timestamp,
}

/// What the server shows, as PEM.
pub struct ServerCertificate {
    pub chain: String,
    pub key: String,
}

fn failed(why: rcgen::Error) -> Error {
    tracing::error!(%why, "a certificate could not be made");
    Error::internal()
}

fn moment(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.as_ms().div_euclid(1_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Whose it is and how long; what it may do is added by the caller.
fn params(name: &str, serial: &[u8], now: Timestamp, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, DnValue::Utf8String(name.to_owned()));
    params.serial_number = Some(SerialNumber::from_slice(serial));
    params.not_before = moment(now.plus_ms(-BEFORE_MS));
    params.not_after = moment(now.plus_ms(days * DAY_MS));
    params
}

/// The same for one that signs no others.
fn leaf(name: &str, serial: &[u8], now: Timestamp, days: i64) -> CertificateParams {
    let mut params = params(name, serial, now, days);
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params
}

/// Why a pile's request is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRequest {
    TooLong,
    /// No PKCS #10 that can be read, or with a key of a kind that is not taken.
    Unreadable,
    /// Not signed by the key that it names.
    Signature,
    /// Its common name is not the pile's code.
    OtherName,
}

impl BadRequest {
    pub fn text(self) -> &'static str {
        match self {
            BadRequest::TooLong => "the request is longer than 5500 characters",
            BadRequest::Unreadable => {
                "the request is no PKCS #10 in PEM that can be read, or its key is of a kind that is not taken"
            }
            BadRequest::Signature => "the request is not signed by the key that it holds",
            BadRequest::OtherName => "the common name (CN) of the request is not the pile's code",
        }
    }
}

/// A pile's request, if it may be signed for the pile of this code.
pub fn request_read(csr: &str, code: &str) -> Result<CertificateSigningRequestParams, BadRequest> {
    if csr.len() > CSR_MAX {
        return Err(BadRequest::TooLong);
    }
    let read = CertificateSigningRequestParams::from_pem(csr).map_err(|why| match why {
        rcgen::Error::InvalidCertificationRequestSignature => BadRequest::Signature,
        _ => BadRequest::Unreadable,
    })?;
    let name = match read.params.distinguished_name.get(&DnType::CommonName) {
        Some(DnValue::Utf8String(name)) => Some(name.as_str()),
        Some(DnValue::PrintableString(name)) => Some(name.as_str()),
        Some(DnValue::Ia5String(name)) => Some(name.as_str()),
        _ => None,
    };
    if name == Some(code) { Ok(read) } else { Err(BadRequest::OtherName) }
}

impl Authority {
    fn open(body: String, key: &str) -> Result<Authority> {
        let key = KeyPair::from_pem(key).map_err(failed)?;
        let issuer = Issuer::from_ca_cert_pem(&body, key).map_err(failed)?;
        let (_, pem) = parse_x509_pem(body.as_bytes()).map_err(|_| Error::internal())?;
        let read = pem.parse_x509().map_err(|_| Error::internal())?;
        Ok(Authority {
            issuer,
            subject: read.subject().as_raw().to_vec(),
            fingerprint: digest(&pem.contents),
            to: Timestamp::from_ms(read.validity().not_after.timestamp() * SECOND_MS),
            body,
        })
    }

    /// A certificate by which a pile says who it is. Nothing of the request is taken over but its key: a
    /// pile that asks to become an authority does not.
    pub fn pile_sign(
        &self,
        request: &CertificateSigningRequestParams,
        code: &str,
        serial: &[u8],
        now: Timestamp,
    ) -> Result<Signed> {
        let mut params = leaf(code, serial, now, PILE_DAYS);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let signed = params.signed_by(&request.public_key, &self.issuer).map_err(failed)?;
        Ok(Signed {
            serial: hex(serial),
            fingerprint: digest(signed.der()),
            body: signed.pem(),
            from: now.plus_ms(-BEFORE_MS),
            to: now.plus_ms(PILE_DAYS * DAY_MS),
        })
    }

    /// What the server shows when nobody has given it a certificate.
    pub fn server_sign(&self, names: &[String], serial: &[u8], now: Timestamp) -> Result<ServerCertificate> {
        let key = KeyPair::generate().map_err(failed)?;
        let name = names.first().map_or("pileops", String::as_str);
        let mut params = leaf(name, serial, now, SERVER_DAYS);
        params.subject_alt_names = CertificateParams::new(names.to_vec()).map_err(failed)?.subject_alt_names;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let signed = params.signed_by(&key, &self.issuer).map_err(failed)?;
        let chain = format!("{}{}", signed.pem(), self.body);
        Ok(ServerCertificate { chain, key: key.serialize_pem() })
    }
}

impl Engine {
    /// The installation's authority, made when it is asked for the first time.
    pub async fn authority(&self) -> Result<Arc<Authority>> {
        let made = self.authority.get_or_try_init(async || self.authority_open().await.map(Arc::new)).await?;
        Ok(Arc::clone(made))
    }

    async fn authority_open(&self) -> Result<Authority> {
        if let Some((body, sealed)) = self.store.read(certificates::authority).await? {
            return self.authority_unseal(body, &sealed);
        }
        let (now, serial) = (self.clock.now(), self.random.bytes::<16>()?);
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = params("PileOps Root CA", &serial, now, ROOT_DAYS);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let body = params.self_signed(&key).map_err(failed)?.pem();
        let sealed = self.secrets.seal(&self.random, &key.serialize_pem())?;
        self.store.write(None, move |tx| certificates::authority_insert(tx, &body, &sealed, now)).await?;
        // Another door may have been quicker: what is kept counts.
        let kept = self.store.read(certificates::authority).await?;
        let (body, sealed) = kept.ok_or_else(Error::internal)?;
        self.authority_unseal(body, &sealed)
    }

    fn authority_unseal(&self, body: String, sealed: &str) -> Result<Authority> {
        let key = self.secrets.unseal(sealed).ok_or_else(|| {
            tracing::error!("the authority's key was sealed by another installation: restore the secret file of the data folder");
            Error::internal()
        })?;
        Authority::open(body, &key)
    }

    /// A number that was never given before.
    pub fn certificate_serial(&self) -> Result<[u8; 16]> {
        let mut serial = self.random.bytes::<16>()?;
        // A positive number of exactly 16 bytes (RFC 5280 4.1.2.2).
        serial[0] = (serial[0] & 0x7f) | 0x40;
        Ok(serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csr(name: &str) -> String {
        let key = KeyPair::generate().unwrap();
        let mut params = params(name, &[1], Timestamp::from_ms(0), 1);
        params.is_ca = IsCa::NoCa;
        params.serial_number = None;
        params.serialize_request(&key).unwrap().pem().unwrap()
    }

    #[test]
    fn only_a_request_with_the_piles_own_name_and_signature_is_signed() {
        let good = csr("CP-1");
        assert!(request_read(&good, "CP-1").is_ok());
        assert_eq!(request_read(&good, "CP-2").unwrap_err(), BadRequest::OtherName);
        assert_eq!(request_read("", "CP-1").unwrap_err(), BadRequest::Unreadable);
        assert_eq!(request_read(&"x".repeat(5_501), "CP-1").unwrap_err(), BadRequest::TooLong);
        // One bit of the body changed: the signature fits no longer.
        let other = csr("CP-1");
        let lines: Vec<&str> = good.lines().collect();
        let mut mixed: Vec<&str> = other.lines().collect();
        let last = mixed.len() - 2;
        mixed[last] = lines[lines.len() - 2];
        let mixed = mixed.join("\n");
        let why = request_read(&mixed, "CP-1").unwrap_err();
        assert!(matches!(why, BadRequest::Signature | BadRequest::Unreadable), "{why:?}");
    }

    #[test]
    fn a_pile_that_asks_to_be_an_authority_gets_a_plain_certificate() {
        let key = KeyPair::generate().unwrap();
        let mut root = params("root", &[1], Timestamp::from_ms(0), 10);
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let body = root.self_signed(&key).unwrap().pem();
        let authority = Authority::open(body, &key.serialize_pem()).unwrap();
        let own = KeyPair::generate().unwrap();
        let mut greedy = params("CP-1", &[1], Timestamp::from_ms(0), 1);
        greedy.serial_number = None;
        greedy.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let csr = greedy.serialize_request(&own).unwrap().pem().unwrap();
        let request = request_read(&csr, "CP-1").unwrap();
        let signed = authority.pile_sign(&request, "CP-1", &[7; 16], Timestamp::from_ms(DAY_MS)).unwrap();
        let der = parse_x509_pem(signed.body.as_bytes()).unwrap().1;
        let read = der.parse_x509().unwrap();
        assert!(!read.is_ca());
        assert_eq!(read.subject().to_string(), "CN=CP-1");
        assert_eq!(read.validity().not_after.timestamp(), (PILE_DAYS + 1) * 86_400);
        assert_eq!(signed.serial, "07".repeat(16));
        assert_eq!(signed.fingerprint, digest(&der.contents));
    }
}
