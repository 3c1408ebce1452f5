//! 桩贴: what the code on a connector's label says to the phone that scans it.

use crate::{Error, Result};

/// What a driver's app of any operator understands (T/CEC 102, `hlht://` and the connector's number among
/// its operator's, with that operator's number).
pub const DEFAULT_LINK: &str = "hlht://{operator}{pile}{connector3}.{operator}/";
/// Version 10 of the code with a quarter of it spare still scans from a 3 cm label.
const LINK_MAX: usize = 200;

/// The place that a label is stuck on.
#[derive(Clone, Copy, Debug)]
pub struct LabelPlace<'a> {
    pub pile: &'a str,
    pub connector: u32,
    /// Characters 9 to 17 of the operator's credit code.
    pub operator: Option<&'a str>,
}

/// 运营商编号 of the interconnection: the organisation's part of its credit code (GB 32100).
pub fn operator_no(credit_code: &str) -> Option<&str> {
    credit_code.get(8..17)
}

fn invalid(zh: &str, en: &str) -> Error {
    Error::invalid("qr_link", zh.to_owned(), en.to_owned())
}

/// The link as it is kept.
pub fn qr_link(text: &str) -> Result<String> {
    let link = text.trim();
    if link.len() > LINK_MAX {
        return Err(invalid(
            "二维码内容最多 200 个字符，再长就印得太密，不易扫描",
            "The code's content has at most 200 characters; a longer one is too dense to scan.",
        ));
    }
    if !link.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) {
        return Err(invalid(
            "二维码内容只能用英文字母、数字和符号，不能有空格或汉字；汉字请先做网址编码",
            "The code's content has letters, digits and signs of ASCII without blanks; encode anything else for URLs.",
        ));
    }
    let schemed = link.split_once("://").is_some_and(|(scheme, rest)| {
        let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'-' || byte == b'.';
        scheme.bytes().next().is_some_and(|first| first.is_ascii_alphabetic())
            && scheme.bytes().all(named)
            && !rest.is_empty()
    });
    if !schemed {
        return Err(invalid(
            "二维码内容应是完整的链接，例如 https://charge.example.cn/c/{pile}/{connector}",
            "The code's content is a whole link, such as https://charge.example.cn/c/{pile}/{connector}.",
        ));
    }
    let place = LabelPlace { pile: "P", connector: 1, operator: Some("O") };
    let other = LabelPlace { pile: "Q", connector: 2, operator: Some("O") };
    let filled = fill(link, &place).ok_or_else(|| {
        invalid(
            "花括号里只能是 {pile}（电桩编号）、{connector}（枪号）、{connector3}（三位枪号）或 {operator}（运营商编号）",
            "Between braces stand {pile}, {connector}, {connector3} (three digits) or {operator} only.",
        )
    })?;
    let alone = |place: LabelPlace<'_>| fill(link, &place).is_none_or(|text| text == filled);
    if alone(LabelPlace { connector: 1, ..other }) || alone(LabelPlace { pile: "P", ..other }) {
        return Err(invalid(
            "二维码内容要同时包含 {pile} 和 {connector}（或 {connector3}），否则不同的枪会印出相同的码",
            "The content needs {pile} and {connector} (or {connector3}): without them two connectors have the same code.",
        ));
    }
    Ok(link.to_owned())
}

/// The link of one place; `None` when it names the operator's number and there is none, or a word that is
/// not known.
pub fn fill(link: &str, place: &LabelPlace<'_>) -> Option<String> {
    let mut text = String::with_capacity(link.len() + 32);
    let mut rest = link;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let (word, after) = rest[at..].strip_prefix('{')?.split_once('}')?;
        match word {
            "pile" => text.push_str(&encoded(place.pile)),
            "connector" => text.push_str(&place.connector.to_string()),
            "connector3" => text.push_str(&format!("{:03}", place.connector)),
            "operator" => text.push_str(place.operator?),
            _ => return None,
        }
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// A pile's code may hold signs that mean something in a link (OCPP identities do).
fn encoded(code: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    code.bytes().fold(String::with_capacity(code.len()), |mut text, byte| {
        if plain(byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: LabelPlace<'_> =
        LabelPlace { pile: "32010200000001", connector: 2, operator: Some("M000100Y4") };

    #[test]
    fn a_link_is_filled_with_its_place() {
        let default = "hlht://M000100Y432010200000001002.M000100Y4/";
        for (link, told) in [
            (DEFAULT_LINK, Some(default)),
            ("https://a.cn/{pile}/{connector}", Some("https://a.cn/32010200000001/2")),
            ("https://a.cn/{pile}{pile}-{connector3}", Some("https://a.cn/3201020000000132010200000001-002")),
            ("https://a.cn/{gun}", None),
            ("https://a.cn/{pile", None),
            ("https://a.cn/pile}", None),
        ] {
            assert_eq!(fill(link, &PLACE).as_deref(), told, "{link}");
        }
        assert_eq!(fill(DEFAULT_LINK, &LabelPlace { operator: None, ..PLACE }), None);
        let odd = LabelPlace { pile: "CP/1 #&", ..PLACE };
        assert_eq!(fill("x://{pile}/{connector}", &odd).as_deref(), Some("x://CP%2F1%20%23%26/2"));
        assert_eq!(operator_no("91350100M000100Y43"), Some("M000100Y4"));
        assert_eq!(operator_no("9135"), None);
    }

    #[test]
    fn a_link_that_cannot_tell_two_connectors_apart_is_refused() {
        assert_eq!(qr_link(DEFAULT_LINK).as_deref(), Ok(DEFAULT_LINK));
        assert_eq!(
            qr_link(" weixin+x://{pile}?n={connector} ").as_deref(),
            Ok("weixin+x://{pile}?n={connector}")
        );
        let long = format!("https://a.cn/{{pile}}/{{connector}}/{}", "x".repeat(170));
        assert_eq!((long.len(), qr_link(&long).is_err()), (202, true));
        assert!(qr_link(&long[..200]).is_ok());
        for bad in [
            "",
            "{pile}{connector}",
            "https://",
            "https://a.cn/{pile}",
            "https://a.cn/{connector}",
            "1x://{pile}{connector}",
            "https://a.cn/{pile}/{connector}/{gun}",
            "https://a.cn/{pile}/ {connector}",
            "https://充.cn/{pile}/{connector}",
            "https://a.cn/{pile}/{connector",
            "https://a.cn/}{pile}/{connector}",
        ] {
            assert_eq!(qr_link(bad).unwrap_err().field.as_deref(), Some("qr_link"), "{bad}");
        }
    }
}
