//! An authenticator as a telephone has it, made from the standards and not from our own code.

use hmac::{Hmac, KeyInit, Mac};
use model::time::Timestamp;
use sha1::Sha1;

pub struct Authenticator {
    secret: Vec<u8>,
}

impl Authenticator {
    /// As it is typed in by hand: RFC 4648.
    pub fn of(secret: &str) -> Authenticator {
        let (mut out, mut held, mut bits) = (Vec::new(), 0u64, 0);
        for sign in secret.chars() {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(sign).expect("base 32");
            (held, bits) = ((held << 5) | value as u64, bits + 5);
            if bits >= 8 {
                bits -= 8;
                out.push((held >> bits) as u8);
                held &= (1 << bits) - 1;
            }
        }
        Authenticator { secret: out }
    }

    pub fn code(&self, at: Timestamp) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).unwrap();
        mac.update(&u64::try_from(at.as_ms() / 30_000).unwrap().to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let at = usize::from(digest[19] & 15);
        let word = u32::from_be_bytes([digest[at], digest[at + 1], digest[at + 2], digest[at + 3]]);
        format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
    }
}
