//! An address on the web to which PileOps itself goes: `https://host:port/path`. Only its spelling is
//! judged here; where it leads is looked at by whoever connects.

use crate::{Error, Result};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const TEXT_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress {
    /// By TLS.
    pub secure: bool,
    /// A name in lower case, or an IP address without brackets.
    pub host: String,
    pub port: u16,
    /// With the query; begins with a slash.
    pub path: String,
}

fn wrong(field: &'static str, zh: &str, en: &str) -> Error {
    Error::invalid(
        field,
        format!("{zh}，例如 https://example.com/hooks"),
        format!("{en}, such as https://example.com/hooks."),
    )
}

impl WebAddress {
    pub fn parse(field: &'static str, text: &str) -> Result<WebAddress> {
        let text = text.trim();
        let (secure, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            _ => {
                return Err(wrong(
                    field,
                    "地址以 https:// 或 http:// 开头",
                    "An address begins with https:// or http://",
                ));
            }
        };
        if text.len() > TEXT_MAX || !rest.bytes().all(|b| b.is_ascii_graphic()) || rest.contains(['#', '\\'])
        {
            return Err(wrong(
                field,
                "地址最多 500 个字符，不含空格、汉字、# 和反斜杠（中文域名请写 xn-- 形式）",
                "An address has at most 500 ASCII characters, without blanks, # and backslashes",
            ));
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(wrong(field, "地址中不能写用户名和密码", "An address holds no account and password"));
        }
        let (host, port) = split(authority);
        let port = match port {
            None => Some(if secure { 443 } else { 80 }),
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().ok().filter(|port| *port > 0)
            }
            Some(_) => None,
        };
        let port = port.ok_or_else(|| wrong(field, "端口应为 1 到 65535", "The port is 1 to 65535"))?;
        let host = host_checked(host).ok_or_else(|| {
            wrong(
                field,
                "主机应为域名，或四段十进制的 IPv4 地址，或方括号中的 IPv6 地址",
                "The host is a name, an IPv4 address of four decimal numbers, or an IPv6 address in brackets",
            )
        })?;
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(WebAddress { secure, host, port, path })
    }

    /// The host where it is an address already.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Host and port as they stand in an address; the usual port is left out.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.secure, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// The same server with another path behind this one.
    pub fn below(&self, path: &str) -> WebAddress {
        WebAddress { path: format!("{}{path}", self.path.trim_end_matches('/')), ..self.clone() }
    }

    pub fn text(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{}", self.authority(), self.path)
    }
}

fn split(authority: &str) -> (&str, Option<&str>) {
    let after = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[after..].rfind(':') {
        Some(at) => (&authority[..after + at], Some(&authority[after + at + 1..])),
        None => (authority, None),
    }
}

/// Whoever resolves names would take `127.1`, `0x7f000001` and `2130706433` for addresses: a host whose
/// last part is a number is one, and is written in one way only.
fn host_checked(host: &str) -> Option<String> {
    if let Some(inside) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return inside.parse::<Ipv6Addr>().ok().map(|ip| ip.to_string());
    }
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let last = host.rsplit('.').next()?;
    let number = last.bytes().all(|b| b.is_ascii_digit())
        || last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if number {
        return host.parse::<Ipv4Addr>().ok().map(|ip| ip.to_string());
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    (host.len() <= 253 && host.split('.').all(label)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_spelling() {
        let told = |text: &str| WebAddress::parse("url", text).map(|address| address.text()).ok();
        for (typed, kept) in [
            ("https://Example.com", "https://example.com/"),
            (" https://example.com:443/a?b=1 ", "https://example.com/a?b=1"),
            ("http://example.com:8080?b", "http://example.com:8080/?b"),
            ("HTTP://10.0.0.1/x", "http://10.0.0.1/x"),
            ("https://[::FFFF:10.0.0.1]:8443/x", "https://[::ffff:10.0.0.1]:8443/x"),
            ("https://example.com./x", "https://example.com/x"),
        ] {
            assert_eq!(told(typed).as_deref(), Some(kept), "{typed}");
        }
        let base = WebAddress::parse("url", "https://a.example/scim/v2/").unwrap();
        assert_eq!(base.below("/Users?count=1").text(), "https://a.example/scim/v2/Users?count=1");
    }

    #[test]
    fn odd_spellings_are_refused() {
        for bad in [
            "",
            "example.com",
            "ftp://example.com",
            "https://",
            "https:///x",
            "https://a b/",
            "https://a/#x",
            "https://user:pw@example.com/",
            "https://user@example.com/",
            "https://a:0/",
            "https://a:65536/",
            "https://a:x/",
            "https://a:/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://0x7f.0.0.1/",
            "https://127.0.0.0x1/",
            "https://1.2.3.4.5/",
            "https://[::1/",
            "https://::1/",
            "https://[fe80::1%25eth0]/",
            "https://a..b/",
            "https://例子.com/",
            "https://a\\@b/",
            "https://[127.0.0.1]/",
            "https://%31%32%37.0.0.1/",
        ] {
            assert_eq!(WebAddress::parse("url", bad).unwrap_err().field.unwrap(), "url", "{bad}");
        }
        assert!(WebAddress::parse("url", &format!("https://a/{}", "x".repeat(491))).is_err());
    }
}
