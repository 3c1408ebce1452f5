//! Settings that say whom the server talks to, and who may talk to it.

use super::{Config, wrong};
use crate::outbound::guard::Network;
use crate::tls::TlsSettings;
use model::Result;
use rustls_pki_types::ServerName;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Fewer characters could be guessed.
const TOKEN_MIN: usize = 32;

impl Config {
    /// The token in a file; nothing where no file is named.
    pub fn token(&self, name: &'static str) -> Result<Option<String>> {
        let file = self.text(name).trim();
        if file.is_empty() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let token = text.trim();
        if token.len() < TOKEN_MIN || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(wrong(
                name,
                file,
                "一个可读的文件，内容为至少 32 个可见英文字符的令牌",
                "a file that can be read and holds a token of 32 printable ASCII characters or more",
            ));
        }
        Ok(Some(token.to_owned()))
    }

    pub fn address_opt(&self, name: &'static str) -> Result<Option<SocketAddr>> {
        if self.text(name).trim().is_empty() { Ok(None) } else { self.address(name).map(Some) }
    }

    /// One name or address at least.
    pub fn names(&self, name: &'static str) -> Result<Vec<String>> {
        let text = self.text(name);
        let names: Vec<String> =
            text.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
        if !names.is_empty() && names.iter().all(|one| ServerName::try_from(one.as_str()).is_ok()) {
            return Ok(names);
        }
        Err(wrong(
            name,
            text,
            "以逗号分隔的主机名或 IP，例如 pile.example.cn, 10.0.0.5",
            "host names or addresses with commas between them, such as pile.example.cn, 10.0.0.5",
        ))
    }

    /// Where the server listens with TLS, and as whom; nothing where it does not.
    pub fn tls(&self) -> Result<Option<(SocketAddr, TlsSettings)>> {
        let Some(at) = self.address_opt("tls_listen")? else { return Ok(None) };
        let path = |name| Some(self.text(name).trim()).filter(|path| !path.is_empty()).map(PathBuf::from);
        let files = match (path("tls_certificate_file"), path("tls_key_file")) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(wrong(
                    "tls_key_file",
                    "",
                    "与证书配套的私钥文件",
                    "the file of the certificate's key",
                ));
            }
            (None, Some(_)) => {
                return Err(wrong(
                    "tls_certificate_file",
                    "",
                    "与私钥配套的证书文件",
                    "the file of the key's certificate",
                ));
            }
        };
        let client_ca_file = path("tls_client_ca_file");
        Ok(Some((at, TlsSettings { files, names: self.names("tls_names")?, client_ca_file })))
    }

    /// Networks apart from the public one to which the server may connect.
    pub fn networks(&self, name: &'static str) -> Result<Vec<Network>> {
        let text = self.text(name);
        let all = text.split(',').filter(|part| !part.trim().is_empty());
        let parsed: Option<Vec<Network>> = all.map(Network::parse).collect();
        parsed.ok_or_else(|| {
            wrong(
                name,
                text,
                "以逗号分隔的网段或地址，例如 10.0.0.0/8, 192.168.1.5，或留空",
                "networks or addresses with commas between them, such as 10.0.0.0/8, 192.168.1.5, or nothing",
            )
        })
    }

    /// Scheme and host, with a path where a proxy has one, without the last slash.
    pub fn public_url(&self, name: &'static str) -> Result<Option<String>> {
        let text = self.text(name).trim().trim_end_matches('/');
        if text.is_empty() {
            return Ok(None);
        }
        let rest = text.strip_prefix("https://").or(text.strip_prefix("http://")).unwrap_or_default();
        let plain =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'/' | b'[' | b']' | b'_');
        if !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(plain) {
            return Ok(Some(text.to_owned()));
        }
        let (zh, en) = (
            "http(s) 地址，例如 https://pile.example.com",
            "an http(s) address, such as https://pile.example.com",
        );
        Err(wrong(name, text, zh, en))
    }

    /// Where the tiles of the map come from; its host goes into the pages' content security policy.
    pub fn tiles(&self, name: &'static str) -> Result<Option<String>> {
        let text = self.text(name).trim();
        if text.is_empty() {
            return Ok(None);
        }
        let rest = text.strip_prefix("https://").or(text.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split_once('/')).map(|(host, _)| host).unwrap_or_default();
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
        let whole = ["{z}", "{x}", "{y}"].iter().all(|part| text.contains(part));
        if whole && !host.is_empty() && host.bytes().all(plain) && text.bytes().all(|b| b.is_ascii_graphic())
        {
            return Ok(Some(text.to_owned()));
        }
        let (zh, en) = (
            "含 {z}、{x}、{y} 的 http(s) 地址，主机名中不含花括号，例如 https://tile.example.com/{z}/{x}/{y}.png",
            "an http(s) address with {z}, {x} and {y} and a plain host, such as https://tile.example.com/{z}/{x}/{y}.png",
        );
        Err(wrong(name, text, zh, en))
    }
}
