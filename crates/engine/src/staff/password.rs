//! Passwords of people: what is accepted, how they are kept, how they are compared.

use crate::random::{Random, hex, unhex};
use argon2::{Algorithm, Argon2, Params, Version};
use model::{Error, Result};

/// OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const LENGTH: std::ops::RangeInclusive<usize> = 10..=128;

/// A hash that no password has, compared with when there is no account, so that an unknown account
/// costs the same time as a known one.
pub const DUMMY: &str = "argon2id$19456$2$1$00000000000000000000000000000000$\
    0000000000000000000000000000000000000000000000000000000000000000";

/// Slow on purpose, and blocking.
pub fn hash(password: &str, salt: [u8; 16]) -> Result<String> {
    let digest = digest(password, &salt, MEMORY_KIB, PASSES, LANES)?;
    Ok(format!("argon2id${MEMORY_KIB}${PASSES}${LANES}${}${}", hex(&salt), hex(&digest)))
}

/// Slow on purpose, and blocking. What is kept says by which parameters it was made, so that they
/// can be raised later.
pub fn matches(password: &str, kept: &str) -> Result<bool> {
    let parts: Vec<&str> = kept.split('$').collect();
    let ["argon2id", memory, passes, lanes, salt, digest_kept] = parts[..] else { return Ok(false) };
    let (Ok(memory), Ok(passes), Ok(lanes)) = (memory.parse(), passes.parse(), lanes.parse()) else {
        return Ok(false);
    };
    let (Some(salt), Some(digest_kept)) = (unhex(salt), unhex(digest_kept)) else { return Ok(false) };
    let made = digest(password, &salt, memory, passes, lanes)?;
    // Every byte is looked at, whichever differs first.
    let differing = made.iter().zip(&digest_kept).fold(0u8, |differing, (a, b)| differing | (a ^ b));
    Ok(digest_kept.len() == made.len() && differing == 0)
}

fn digest(password: &str, salt: &[u8], memory: u32, passes: u32, lanes: u32) -> Result<[u8; 32]> {
    let mut digest = [0u8; 32];
    let made = Params::new(memory, passes, lanes, Some(32)).and_then(|params| {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
            password.as_bytes(),
            salt,
            &mut digest,
        )
    });
    made.map_err(|why| {
        tracing::error!(%why, "a password could not be hashed");
        Error::internal()
    })?;
    Ok(digest)
}

/// 10 to 128 characters of at least three kinds, without the account's name.
pub fn check(field: &'static str, account: &str, password: &str) -> Result<()> {
    let length = password.chars().count();
    if !LENGTH.contains(&length) {
        return Err(Error::invalid(
            field,
            format!("密码长度应为 10 到 128 个字符，现为 {length} 个"),
            format!("A password has 10 to 128 characters; this one has {length}."),
        ));
    }
    let kinds: [fn(&char) -> bool; 4] =
        [char::is_ascii_lowercase, char::is_ascii_uppercase, char::is_ascii_digit, |c| {
            !c.is_ascii_alphanumeric()
        }];
    let kinds = kinds.iter().filter(|kind| password.chars().any(|c| kind(&c))).count();
    if kinds < 3 {
        return Err(Error::invalid(
            field,
            "密码至少要包含小写字母、大写字母、数字、其他字符中的三种",
            "A password has at least three kinds of: lower case, upper case, digits, other characters.",
        ));
    }
    if password.to_lowercase().contains(&account.to_lowercase()) {
        return Err(Error::invalid(
            field,
            "密码不能包含账号名",
            "A password must not contain the account's name.",
        ));
    }
    Ok(())
}

/// A password that satisfies [`check`] and can be read aloud: 16 of 31 characters, 79 bits.
pub fn generate(random: &Random) -> Result<String> {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut password = String::from("Po");
    let mut taken = 0;
    while taken < 16 {
        for byte in random.bytes::<32>()? {
            // Bytes beyond the last whole multiple would favour the first letters.
            if taken < 16 && usize::from(byte) < 256 / LETTERS.len() * LETTERS.len() {
                if taken % 4 == 0 {
                    password.push('-');
                }
                password.push(char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
                taken += 1;
            }
        }
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let kept = hash("Correct-Horse-9", [7; 16]).unwrap();
        assert!(kept.starts_with("argon2id$19456$2$1$"));
        assert!(matches("Correct-Horse-9", &kept).unwrap());
        for wrong in ["", "correct-horse-9", "Correct-Horse-9 "] {
            assert!(!matches(wrong, &kept).unwrap());
        }
        assert!(!matches("", DUMMY).unwrap());
        for broken in ["", "argon2id", "argon2id$1$1$1$zz$zz", "bcrypt$1$1$1$00$00"] {
            assert!(!matches("x", broken).unwrap());
        }
    }

    #[test]
    fn the_rules_of_a_password() {
        for good in ["Abcdefgh12", "abcdefgh-1", "密码Aa12345678"] {
            check("password", "li.lei", good).unwrap();
        }
        let long = format!("Aa1{}", "x".repeat(126));
        for bad in ["Abcdefg12", &long, "abcdefghij12", "Xx1-LI.LEI-x"] {
            assert_eq!(check("password", "li.lei", bad).unwrap_err().field.unwrap(), "password");
        }
    }

    #[test]
    fn generated_passwords_keep_the_rules_and_differ() {
        let random = Random::seeded(1);
        let (one, two) = (generate(&random).unwrap(), generate(&random).unwrap());
        assert_ne!(one, two);
        check("password", "admin", &one).unwrap();
        assert_eq!(one.len(), 2 + 16 + 4);
    }
}
