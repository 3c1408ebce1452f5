//! Passwords of people: what is accepted, how they are kept, how they are compared.

use super::deny::is_easy;
use super::rules::StaffRules;
use crate::random::{Random, hex, unhex};
use argon2::{Algorithm, Argon2, Params, Version};
use model::{Error, Result};

/// Parameters for argon2id of OWASP's list, whose members are equally strong: of them the one that takes the
/// least memory and, on the machines measured, a third less time than the one of 19 MiB and two passes.
const MEMORY_KIB: u32 = 7 * 1024;
const PASSES: u32 = 5;
const LANES: u32 = 1;

const LENGTH_MAX: usize = 128;

/// A hash that no password has, compared with when there is no account, so that an unknown account
/// costs the same time as a known one.
pub const DUMMY: &str = "argon2id$7168$5$1$00000000000000000000000000000000$\
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

/// Whose password it is to be.
pub struct Owner<'a> {
    pub account: &'a str,
    pub name: &'a str,
}

/// Long and mixed enough by the rules, without the account's name, and not what everybody would try first.
pub fn check(field: &'static str, owner: &Owner<'_>, password: &str, rules: &StaffRules) -> Result<()> {
    let (length, least) = (password.chars().count(), rules.password_least);
    let least_count = usize::try_from(least).unwrap_or(10);
    if !(least_count..=LENGTH_MAX).contains(&length) {
        return Err(Error::invalid(
            field,
            format!("密码长度应为 {least} 到 {LENGTH_MAX} 个字符，现为 {length} 个"),
            format!("A password has {least} to {LENGTH_MAX} characters; this one has {length}."),
        ));
    }
    let kinds: [fn(&char) -> bool; 4] =
        [char::is_ascii_lowercase, char::is_ascii_uppercase, char::is_ascii_digit, |c| {
            !c.is_ascii_alphanumeric()
        }];
    let kinds = kinds.iter().filter(|kind| password.chars().any(|c| kind(&c))).count();
    let wanted = rules.password_kinds;
    if i64::try_from(kinds).unwrap_or(4) < wanted {
        return Err(Error::invalid(
            field,
            format!("密码至少要包含小写字母、大写字母、数字、其他字符中的 {wanted} 种"),
            format!(
                "A password has at least {wanted} kinds of: lower case, upper case, digits, other characters."
            ),
        ));
    }
    if password.to_lowercase().contains(&owner.account.to_lowercase()) {
        return Err(Error::invalid(
            field,
            "密码不能包含账号名",
            "A password must not contain the account's name.",
        ));
    }
    if is_easy(password, &[owner.account, owner.name]) {
        return Err(Error::invalid(
            field,
            "这个密码容易被猜到：除去常用词、姓名、年份和连续的字符后所剩太少，请换一个",
            "This password is easy to guess: without common words, names, years and runs too little is left. Choose another.",
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
        assert!(kept.starts_with("argon2id$7168$5$1$"));
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
        let (owner, mut rules) = (Owner { account: "li.lei", name: "李雷" }, StaffRules::default());
        for good in ["Ukgtbrfm12", "ukgtbrfm-1", "密码Aa7树下92站"] {
            check("password", &owner, good, &rules).unwrap();
        }
        let long = format!("Aa1{}", "xy".repeat(63));
        for bad in ["Ukgtbrf12", &long, "ukgtbrfmop12", "Xx1-LI.LEI-x", "Password-123"] {
            assert_eq!(
                check("password", &owner, bad, &rules).unwrap_err().field.unwrap(),
                "password",
                "{bad}"
            );
        }
        // The rules may ask for more, and for less.
        (rules.password_least, rules.password_kinds) = (12, 4);
        assert!(check("password", &owner, "Ukgtbrfm12", &rules).is_err());
        check("password", &owner, "Ukgtbrfm12-x", &rules).unwrap();
        (rules.password_least, rules.password_kinds) = (8, 1);
        check("password", &owner, "ukgtbrfm", &rules).unwrap();
    }

    #[test]
    fn generated_passwords_keep_the_rules_and_differ() {
        let random = Random::seeded(1);
        let (one, two) = (generate(&random).unwrap(), generate(&random).unwrap());
        assert_ne!(one, two);
        check("password", &Owner { account: "admin", name: "管理员" }, &one, &StaffRules::default()).unwrap();
        assert_eq!(one.len(), 2 + 16 + 4);
    }
}
