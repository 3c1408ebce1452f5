//! 税号 (纳税人识别号): 15, 17, 18 or 20 characters.

use crate::credit_code::{CreditCodeFault, credit_code};
use crate::{Error, Result};

/// Without blanks and in capitals. One of 18 characters is a credit code or begins as an identity number does;
/// both carry a check character.
pub fn tax_no_checked(field: &'static str, text: &str) -> Result<String> {
    let code: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let shaped = code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if !shaped || !matches!(code.len(), 15 | 17 | 18 | 20) {
        return Err(Error::invalid(
            field,
            "税号应为 15、17、18 或 20 位数字与大写字母，请按营业执照或税务登记证核对",
            "A tax number has 15, 17, 18 or 20 digits and capital letters; compare it with the licence.",
        ));
    }
    let slipped = code.len() == 18
        && matches!(credit_code(&code), Err(CreditCodeFault::Check | CreditCodeFault::Shape))
        && !is_identity_no(&code);
    if slipped {
        return Err(Error::invalid(
            field,
            "税号最后一位与前 17 位不符，可能有一位抄错，请逐位核对",
            "The last character of the tax number does not fit the others: one of them is probably wrong. Compare them one by one.",
        ));
    }
    Ok(code)
}

/// GB 11643: 17 digits, and one that checks them modulo 11.
fn is_identity_no(code: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let bytes = code.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize] == bytes[17]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tax_number_has_one_of_four_lengths_and_a_check_character() {
        for good in [
            " 91350100m000100y43 ",
            "91440300 708461136T",
            "420106198001015",
            "11010519491231002X",
            "42010619800101512345",
        ] {
            assert!(tax_no_checked("tax_no", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "9135",
            "91350100M000100Y4",
            "91350100M000100Y44",
            "11010519491231002x1",
            "税号",
            "42010619800101-1234",
        ] {
            let ok = tax_no_checked("tax_no", bad);
            assert!(bad.len() == 17 || ok.is_err(), "{bad}");
        }
    }
}
