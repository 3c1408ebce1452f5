//! The installation's own secrets, and what is proved with them.

use crate::random::{Random, hex, unhex};
use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::Aead;
use hmac::{Hmac, KeyInit, Mac};
use model::id::OrderId;
use model::site::Pile;
use model::{Error, Result};
use sha2::Sha256;

/// Kept in the data folder (or given by the operator), never in the database: who steals the
/// database alone can neither impersonate a pile nor try passwords against it.
#[derive(Clone)]
pub struct Secrets {
    /// Keys the hashes of pile passwords.
    pub pile_key: [u8; 32],
    /// Seals what must be kept and read again: passwords of channels.
    seal_key: [u8; 32],
    /// Makes transaction ids that cannot be guessed from one another.
    pub transaction_key: u64,
}

impl Secrets {
    /// Both keys out of one installation secret of 32 bytes.
    pub fn of(secret: &[u8; 32]) -> Secrets {
        let derive = |what: &[u8]| -> [u8; 32] {
            let mut mac = keyed(secret);
            mac.update(what);
            mac.finalize().into_bytes().into()
        };
        let [a, b, c, d, e, f, g, h, ..] = derive(b"transaction ids");
        Secrets {
            pile_key: derive(b"pile passwords"),
            seal_key: derive(b"channel secrets"),
            transaction_key: u64::from_be_bytes([a, b, c, d, e, f, g, h]),
        }
    }

    /// A secret as it is kept; only this installation can read it again.
    pub fn seal(&self, random: &Random, plain: &str) -> Result<String> {
        let nonce = random.bytes::<12>()?;
        let cipher = ChaCha20Poly1305::new(&self.seal_key.into());
        let sealed = cipher.encrypt(&nonce.into(), plain.as_bytes()).map_err(|_| Error::internal())?;
        Ok(format!("{SEALED}{}{}", hex(&nonce), hex(&sealed)))
    }

    /// None: it was sealed by another installation, or somebody has changed it.
    pub fn unseal(&self, sealed: &str) -> Option<String> {
        let bytes = unhex(sealed.strip_prefix(SEALED)?)?;
        let (nonce, sealed) = bytes.split_first_chunk::<12>()?;
        let cipher = ChaCha20Poly1305::new(&self.seal_key.into());
        String::from_utf8(cipher.decrypt(&(*nonce).into(), sealed).ok()?).ok()
    }

    /// What proves that a bill with this text is ours, short enough to be typed: 12 digits of base 16.
    pub fn bill_code(&self, text: &str) -> String {
        let mut mac = keyed(&self.seal_key);
        mac.update(b"bill|");
        mac.update(text.as_bytes());
        let digits = hex(&mac.finalize().into_bytes()[..6]).to_ascii_uppercase();
        format!("{}-{}-{}", &digits[..4], &digits[4..8], &digits[8..])
    }

    /// The OCPP transaction id of an order: a permutation of the order's number within 1..2³¹, so
    /// that ids are distinct, never used again, and say nothing about each other.
    pub fn transaction_id(&self, order: OrderId) -> i32 {
        let mut value = (order.0 as u64 & 0x7fff_ffff) as u32;
        loop {
            value = self.permute(value);
            // Walk on until the value lies in the range; a permutation of 2³² does so by itself.
            if let Ok(id @ 1..) = i32::try_from(value) {
                return id;
            }
        }
    }

    /// A four-round Feistel network over 32 bits.
    fn permute(&self, value: u32) -> u32 {
        let (mut left, mut right) = ((value >> 16) as u16, value as u16);
        for round in 0..4u32 {
            let key = (self.transaction_key >> (round * 16)) as u16;
            let mixed = (u32::from(right) ^ u32::from(key)).wrapping_mul(0x9e37_79b1).rotate_left(15 + round);
            (left, right) = (right, left ^ (mixed ^ (mixed >> 16)) as u16);
        }
        (u32::from(left) << 16) | u32::from(right)
    }
}

const PREFIX: &str = "sha256:";
const SEALED: &str = "chacha:";

/// What is kept of a pile's password. Keyed and cheap: ten thousand piles that reconnect at once
/// must not cost a slow hash each, and the generated passwords have 80 bits.
pub fn pile_password_hash(secrets: &Secrets, code: &str, password: &[u8]) -> String {
    format!("{PREFIX}{}", hex(&mac(secrets, code, password).finalize().into_bytes()))
}

/// Whether this is the pile's password; in constant time. A pile without one is let in by
/// none: who registers an OCPP pile is given its password.
///
/// An OCPP AuthorizationKey is set as hexadecimal digits and sent by some piles as the bytes that
/// they mean (OCPP 1.6 security, A.2): both are the same password.
pub fn pile_password_matches(secrets: &Secrets, pile: &Pile, password: &[u8]) -> bool {
    let Some(secret) = &pile.secret else { return false };
    let Some(kept) = secret.strip_prefix(PREFIX).and_then(unhex) else { return false };
    let digits = hex(password);
    let forms = [password, digits.as_bytes(), &digits.to_ascii_uppercase().into_bytes()];
    forms
        .into_iter()
        .fold(false, |found, form| found | mac(secrets, pile.code.as_str(), form).verify_slice(&kept).is_ok())
}

/// HMAC's key is a whole block, filled up with zeros (RFC 2104).
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0u8; 64];
    block[..32].copy_from_slice(key);
    Hmac::<Sha256>::new(&block.into())
}

fn mac(secrets: &Secrets, code: &str, password: &[u8]) -> Hmac<Sha256> {
    // A key shorter than a block of SHA-256 is filled up with zeros: so says HMAC itself.
    let mut block = [0u8; 64];
    block[..32].copy_from_slice(&secrets.pile_key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(code.as_bytes());
    mac.update(&[0]);
    mac.update(password);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_is_read_by_this_installation_alone() {
        let (ours, theirs) = (Secrets::of(&[7; 32]), Secrets::of(&[8; 32]));
        let random = Random::seeded(1);
        let sealed = ours.seal(&random, "密码 pässword").unwrap();
        assert!(!sealed.contains("word"));
        assert_ne!(sealed, ours.seal(&random, "密码 pässword").unwrap(), "never the same twice");
        assert_eq!(ours.unseal(&sealed).as_deref(), Some("密码 pässword"));
        assert_eq!(theirs.unseal(&sealed), None);
        let mut changed = sealed.clone();
        changed.pop();
        changed.push(if sealed.ends_with('0') { '1' } else { '0' });
        for bad in ["", "chacha:", "chacha:00", &changed] {
            assert_eq!(ours.unseal(bad), None, "{bad}");
        }
    }

    #[test]
    fn transaction_ids_are_distinct_positive_and_not_in_order() {
        let secrets = Secrets::of(&[7; 32]);
        let ids: Vec<i32> = (1..50_000).map(|n| secrets.transaction_id(OrderId(n))).collect();
        let distinct: std::collections::HashSet<i32> = ids.iter().copied().collect();
        assert_eq!(distinct.len(), ids.len());
        assert!(ids.iter().all(|id| *id > 0));
        let ascending = ids.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((20_000..30_000).contains(&ascending), "{ascending} of 49998 steps go up");
    }
}
