//! The installation's own secrets, and what is proved with them.

use crate::random::{hex, unhex};
use hmac::{Hmac, KeyInit, Mac};
use model::site::Pile;
use sha2::Sha256;

/// Kept in the data folder (or given by the operator), never in the database: who steals the
/// database alone can neither impersonate a pile nor try passwords against it.
#[derive(Clone)]
pub struct Secrets {
    pub pile_key: [u8; 32],
}

const PREFIX: &str = "sha256:";

/// What is kept of a pile's password. Keyed and cheap: ten thousand piles that reconnect at once
/// must not cost a slow hash each, and the generated passwords have 80 bits.
pub fn pile_password_hash(secrets: &Secrets, code: &str, password: &[u8]) -> String {
    format!("{PREFIX}{}", hex(&mac(secrets, code, password).finalize().into_bytes()))
}

/// Whether this is the pile's password; in constant time. A pile without one takes any.
pub fn pile_password_matches(secrets: &Secrets, pile: &Pile, password: &[u8]) -> bool {
    let Some(secret) = &pile.secret else { return true };
    let Some(kept) = secret.strip_prefix(PREFIX).and_then(unhex) else { return false };
    mac(secrets, pile.code.as_str(), password).verify_slice(&kept).is_ok()
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
