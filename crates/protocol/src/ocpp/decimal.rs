//! Decimal text to integers, without floating point in between: what is billed is what was sent.

/// `text` × 10^`scale`, rounded half away from zero. `None` for what is not a plain finite decimal
/// (`NaN`, `1e400`, empty) or does not fit.
pub fn decimal(text: &str, scale: i32) -> Option<i64> {
    let text = text.trim().as_bytes();
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (digits, exponent) = match digits.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (&digits[..at], exponent(&digits[at + 1..])?),
        None => (digits, 0),
    };
    let mut value: i128 = 0;
    let mut places = 0i32;
    let (mut point, mut any) = (false, false);
    for byte in digits {
        match byte {
            b'.' if !point => point = true,
            b'0'..=b'9' => {
                any = true;
                // Beyond 30 digits a fraction adds nothing and a whole number cannot fit.
                if value < 10i128.pow(30) {
                    value = value * 10 + i128::from(byte - b'0');
                    places += i32::from(point);
                } else if !point {
                    return None;
                }
            }
            _ => return None,
        }
    }
    if !any {
        return None;
    }
    let value = shift(value, exponent + scale - places)?;
    i64::try_from(if negative { -value } else { value }).ok()
}

fn exponent(text: &[u8]) -> Option<i32> {
    let text = std::str::from_utf8(text).ok()?;
    let value: i32 = text.parse().ok()?;
    (-40..=40).contains(&value).then_some(value)
}

fn shift(value: i128, by: i32) -> Option<i128> {
    if by >= 0 {
        return value.checked_mul(10i128.checked_pow(by.unsigned_abs())?);
    }
    match 10i128.checked_pow(by.unsigned_abs()) {
        Some(unit) => Some((value + unit / 2) / unit),
        None => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_are_exact_and_round_half_away_from_zero() {
        for (text, scale, want) in [
            ("1.2345", 4, Some(12345)),
            ("1.23455", 4, Some(12346)),
            ("-1.23455", 4, Some(-12346)),
            ("1.23454999999999999999999999999999999999", 4, Some(12345)),
            ("0", 1, Some(0)),
            ("12", 1, Some(120)),
            (" 12.5 ", 0, Some(13)),
            ("+7", 0, Some(7)),
            (".5", 1, Some(5)),
            ("5.", 1, Some(50)),
            ("1.5e3", 0, Some(1500)),
            ("15E-1", 1, Some(15)),
            ("0.1", 4, Some(1000)),
            ("1e-40", 4, Some(0)),
            ("922337203685477580.7", 1, Some(i64::MAX)),
            ("922337203685477580.8", 1, None),
            ("99999999999999999999999999999999999999999", 0, None),
            ("1e400", 0, None),
            ("1e", 0, None),
            ("", 0, None),
            ("-", 0, None),
            (".", 0, None),
            ("NaN", 0, None),
            ("inf", 0, None),
            ("1,5", 0, None),
            ("1.2.3", 0, None),
            ("0x10", 0, None),
            ("１２", 0, None),
        ] {
            assert_eq!(decimal(text, scale), want, "{text}");
        }
    }
}
