//! Codes of an authenticator by time (RFC 6238): HMAC-SHA1, thirty seconds, six digits, as every one of them can.

use hmac::{Hmac, KeyInit, Mac};
use model::time::Timestamp;
use model::{Error, Result};
use sha1::Sha1;

pub const STEP_MS: i64 = 30_000;
pub const DIGITS: usize = 6;
/// Clocks of telephones are off: a code of the step before or after is taken too.
const DRIFT: i64 = 1;
/// RFC 4226, 4: the shared secret should have 160 bits.
pub const SECRET_BYTES: usize = 20;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648 without padding: how authenticators are told a secret.
pub fn base32(bytes: &[u8]) -> String {
    let (mut out, mut held, mut bits) = (String::with_capacity(bytes.len() * 8 / 5 + 1), 0u32, 0u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(ALPHABET[(held >> bits) as usize & 31]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(char::from(ALPHABET[(held << (5 - bits)) as usize & 31]));
    }
    out
}

/// Truncated as RFC 4226, 5.3 says.
fn code_of(secret: &[u8], counter: u64, digits: usize) -> Result<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).map_err(|_| Error::internal())?;
    mac.update(&counter.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let word = digest.iter().skip(at).take(4).fold(0u32, |word, byte| (word << 8) | u32::from(*byte));
    let digits_max = 10u32.pow(u32::try_from(digits).unwrap_or(6));
    Ok(format!("{:0digits$}", (word & 0x7fff_ffff) % digits_max))
}

/// The step whose code this is, if it is one that is taken now and was not taken before.
pub fn step_of(secret: &[u8], code: &str, used_step: i64, now: Timestamp) -> Result<Option<i64>> {
    let current = now.as_ms().div_euclid(STEP_MS);
    let mut found = None;
    // Every step is looked at, whichever fits, and every digit.
    for step in current - DRIFT..=current + DRIFT {
        let Ok(counter) = u64::try_from(step) else { continue };
        let made = code_of(secret, counter, DIGITS)?;
        let differing =
            made.bytes().zip(code.bytes()).fold(made.len() ^ code.len(), |d, (a, b)| d | usize::from(a ^ b));
        if differing == 0 && step > used_step {
            found = Some(step);
        }
    }
    Ok(found)
}

/// What the square picture says to an authenticator.
pub fn uri(issuer: &str, account: &str, secret: &str) -> String {
    let issuer = encoded(issuer);
    let account = encoded(account);
    format!(
        "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period=30"
    )
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, and RFC 4226, appendix D.
    #[test]
    fn the_codes_are_those_of_the_standards() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code_of(secret, seconds / 30, 8).unwrap(), code, "{seconds}");
        }
        for (counter, code) in [(0, "755224"), (1, "287082"), (4, "338314"), (9, "520489")] {
            assert_eq!(code_of(secret, counter, 6).unwrap(), code);
        }
    }

    #[test]
    fn secrets_are_written_as_the_standard_says() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_code_holds_for_its_step_and_one_to_each_side_and_once() {
        let secret = b"12345678901234567890";
        let code = code_of(secret, 100, 6).unwrap();
        let at = |step: i64| Timestamp::from_ms(step * STEP_MS);
        for (step, taken) in [(98, None), (99, Some(100)), (100, Some(100)), (101, Some(100)), (102, None)] {
            assert_eq!(step_of(secret, &code, 0, at(step)).unwrap(), taken, "{step}");
        }
        assert_eq!(step_of(secret, &code, 0, at(101).plus_ms(STEP_MS - 1)).unwrap(), Some(100));
        assert_eq!(step_of(secret, &code, 99, at(100)).unwrap(), Some(100));
        assert_eq!(step_of(secret, &code, 100, at(100)).unwrap(), None, "it was taken");
        for wrong in ["", "00000", &code[..5], &format!("{code}0")] {
            assert_eq!(step_of(secret, wrong, 0, at(100)).unwrap(), None);
        }
    }

    #[test]
    fn the_picture_names_who_it_is_for() {
        let text = uri("充电 平台", "li.lei", "MZXW6YTBOI");
        assert!(text.starts_with("otpauth://totp/%E5%85%85"), "{text}");
        assert!(text.contains("%20") && text.contains(":li.lei?secret=MZXW6YTBOI&issuer=%E5"), "{text}");
    }
}
