//! 统一社会信用代码 (GB 32100-2015): 18 characters, the last of which checks the others.

/// Digits and capital letters without I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditCodeFault {
    /// Not 18 of the allowed characters.
    Shape,
    /// The last character does not fit the others: a slip of the fingers.
    Check,
}

/// The code as it is written, without blanks and in capitals.
pub fn credit_code(text: &str) -> Result<String, CreditCodeFault> {
    let code: String = text.trim().to_ascii_uppercase();
    let values: Option<Vec<usize>> =
        code.bytes().map(|byte| ALPHABET.iter().position(|known| *known == byte)).collect();
    let Some((check, body)) =
        values.as_deref().filter(|values| values.len() == 18).and_then(<[usize]>::split_last)
    else {
        return Err(CreditCodeFault::Shape);
    };
    // The weights are the powers of 3 modulo 31.
    let (sum, _) = body.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
    if (31 - sum % 31) % 31 == *check { Ok(code) } else { Err(CreditCodeFault::Check) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_character_checks_the_others() {
        for good in ["91350100M000100Y43", "91440300708461136T"] {
            assert_eq!(credit_code(good).as_deref(), Ok(good));
        }
        assert_eq!(credit_code(" 91350100m000100y43 ").as_deref(), Ok("91350100M000100Y43"));
    }

    #[test]
    fn every_slip_of_one_character_is_found() {
        let good = "91350100M000100Y43";
        for place in 0..good.len() {
            for other in ALPHABET.iter().filter(|other| **other != good.as_bytes()[place]) {
                let mut bad = good.as_bytes().to_vec();
                bad[place] = *other;
                let bad = String::from_utf8(bad).unwrap();
                assert_eq!(credit_code(&bad), Err(CreditCodeFault::Check), "{bad}");
            }
        }
    }

    #[test]
    fn what_is_no_code_at_all() {
        for bad in [
            "",
            "9135",
            "91350100M000100Y4",
            "91350100M000100Y433",
            "9I350100M000100Y43",
            "九1350100M000100Y43",
        ] {
            assert_eq!(credit_code(bad), Err(CreditCodeFault::Shape), "{bad}");
        }
    }
}
