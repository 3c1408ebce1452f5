//! What names a person, or opens a door, taken out of a text that somebody else has made. Our own lines hold
//! no such thing; this is for what libraries, databases and other people's servers put into theirs.

use std::borrow::Cow;

const GONE: &str = "***";

/// Beginnings of the secrets that this product gives out, and the word before those of others.
const SECRETS: [&str; 6] = ["pol_", "pop_", "pos_", "Bearer ", "Basic ", "password="];

/// The first character of a Chinese plate.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使";

pub fn scrub(text: &str) -> Cow<'_, str> {
    // Almost every text is clean, and is given back as it came.
    let suspicious = text.len() >= 6
        && (text.contains('@')
            || SECRETS.iter().any(|secret| text.contains(secret))
            || text.chars().any(|c| PROVINCES.contains(c))
            || has_long_number(text));
    if !suspicious {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = found(rest, before).unwrap_or(0);
        if length > 0 {
            out.push_str(GONE);
            before = '*';
            rest = rest.get(length..).unwrap_or_default();
        } else {
            out.push(first);
            before = first;
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    Cow::Owned(out)
}

fn has_long_number(text: &str) -> bool {
    let mut run = 0;
    text.bytes().any(|byte| {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        run >= 11
    })
}

/// How many bytes of what stands here have to go.
fn found(rest: &str, before: char) -> Option<usize> {
    if before.is_ascii_alphanumeric() {
        return None;
    }
    secret(rest).or_else(|| number(rest)).or_else(|| plate(rest)).or_else(|| address(rest))
}

/// The secret with the word before it.
fn secret(rest: &str) -> Option<usize> {
    let begins = SECRETS.iter().find(|secret| rest.starts_with(**secret))?;
    let after = rest.get(begins.len()..)?;
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | ')' | '}');
    let end = after.find(is_end).unwrap_or(after.len());
    (end > 0).then_some(begins.len() + end)
}

/// A mobile number (with 86 before it or without), or one of an identity card.
fn number(rest: &str) -> Option<usize> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.as_bytes().get(digits).copied().unwrap_or(b' ');
    let mobile = |text: &str| {
        let mut bytes = text.bytes();
        text.len() == 11 && bytes.next() == Some(b'1') && matches!(bytes.next(), Some(b'3'..=b'9'))
    };
    let text = rest.get(..digits)?;
    let is_alone = !after.is_ascii_alphanumeric();
    let is_mobile = mobile(text) || text.strip_prefix("86").is_some_and(mobile);
    if is_mobile && is_alone || digits == 18 && is_alone && is_birthday(text) {
        return Some(digits);
    }
    (digits == 17 && matches!(after, b'X' | b'x') && is_birthday(text)).then_some(18)
}

/// An identity card has the day of birth from its seventh digit on; an order's number does not.
fn is_birthday(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    part(6, 10).is_some_and(|year| (1_900..2_100).contains(&year))
        && part(10, 12).is_some_and(|month| (1..=12).contains(&month))
        && part(12, 14).is_some_and(|day| (1..=31).contains(&day))
}

fn plate(rest: &str) -> Option<usize> {
    let mut chars = rest.chars();
    let province = chars.next().filter(|c| PROVINCES.contains(*c))?;
    let tail = chars.take_while(|c| c.is_ascii_alphanumeric() || *c == '·').collect::<String>();
    let signs = tail.chars().filter(|c| *c != '·').count();
    let letter = tail.starts_with(|c: char| c.is_ascii_uppercase());
    (letter && (6..=7).contains(&signs)).then_some(province.len_utf8() + tail.len())
}

/// `name@host.domain`
fn address(rest: &str) -> Option<usize> {
    let is_name = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
    let name = rest.find(|c| !is_name(c))?;
    let host = rest.get(name..)?.strip_prefix('@')?;
    let end = host.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).unwrap_or(host.len());
    (name > 0 && host.get(..end)?.contains('.')).then_some(name + 1 + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_person_goes() {
        for (text, wanted) in [
            ("13800138000", "***"),
            ("phone 8613800138000, again", "phone ***, again"),
            ("key=13800138000&x", "key=***&x"),
            ("110101199003071234 and 11010119900307123X", "*** and ***"),
            ("车牌京A12345。", "车牌***。"),
            ("粤AD12345 粤B·12345", "*** ***"),
            ("to zhang.san@mail.example.cn failed", "to *** failed"),
            ("<li@x.cn>", "<***>"),
            ("Authorization: Bearer pop_abc123", "Authorization: ***"),
            ("pol_0123456789abcdef\"", "***\""),
            ("password=hunter2&a=1", "***&a=1"),
        ] {
            assert_eq!(scrub(text), wanted);
        }
    }

    #[test]
    fn what_names_nobody_stays() {
        for text in [
            "",
            "a link broke",
            "1795406400000",
            "32010600000001",
            "202607151234567890123",
            "4bf92f3577b34da6a3ce929d13800138",
            "a13800138000b",
            "12345678901",
            "北京朝阳站",
            "川流不息",
            "postgres://host:5432/db",
            "user@",
            "@host.cn",
            "UNIQUE constraint failed: customer.phone",
            "100000000000000001",
        ] {
            assert_eq!(scrub(text), text);
        }
    }
}
