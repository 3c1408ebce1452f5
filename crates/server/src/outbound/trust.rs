//! Why no secure connection came about, told truly: what is wrong with the certificate of the other side, and
//! who can mend it.

use model::Text;
use model::time::Timestamp;
use std::error::Error;
use std::io;
use tokio_rustls::rustls::pki_types::UnixTime;
use tokio_rustls::rustls::{CertificateError, Error as TlsError};

/// What TLS itself has said, wherever it stands among the causes.
fn tls_error<'a>(why: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    let mut next = Some(why);
    while let Some(one) = next {
        if let Some(found) = one.downcast_ref::<TlsError>() {
            return Some(found);
        }
        let inner = one.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => one.source(),
        };
    }
    None
}

fn day(at: UnixTime) -> String {
    let seconds = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
    let at = Timestamp::from_ms(seconds.saturating_mul(1_000)).rfc3339();
    at.split('T').next().unwrap_or_default().to_owned()
}

/// What is wrong with the certificate of `place` (a host and a port), if that is what was wrong.
pub fn certificate_fault(place: &str, why: &(dyn Error + 'static)) -> Option<Text> {
    let TlsError::InvalidCertificate(why) = tls_error(why)? else { return None };
    let clock = (
        "请对方更新证书；若证书没有问题，请校准本机时钟",
        "It is theirs to renew; if it is right, set the clock of this machine.",
    );
    let (zh, en) = match why {
        CertificateError::Expired => (
            format!("{place} 的证书已过期；{}", clock.0),
            format!("The certificate of {place} has expired. {}", clock.1),
        ),
        CertificateError::ExpiredContext { not_after, .. } => (
            format!("{place} 的证书已于 {} 过期；{}", day(*not_after), clock.0),
            format!("The certificate of {place} has expired on {}. {}", day(*not_after), clock.1),
        ),
        CertificateError::NotValidYet => (
            format!("{place} 的证书尚未生效；{}", clock.0),
            format!("The certificate of {place} is not valid yet. {}", clock.1),
        ),
        CertificateError::NotValidYetContext { not_before, .. } => (
            format!("{place} 的证书尚未生效，自 {} 起有效；{}", day(*not_before), clock.0),
            format!(
                "The certificate of {place} is not valid yet, but from {} on. {}",
                day(*not_before),
                clock.1
            ),
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("{place} 出示的证书不是签发给它的；请核对地址，或请对方更换证书"),
            format!(
                "{place} shows a certificate that is not made out to it. Check the address, or have them show another one."
            ),
        ),
        CertificateError::UnknownIssuer => (
            format!("{place} 的证书不可信：本机不认识它的签发机构；请在运行平台的机器上安装该机构的根证书"),
            format!(
                "The certificate of {place} is not trusted: this machine does not know who has signed it. Install that authority's root certificate here."
            ),
        ),
        CertificateError::Revoked => (
            format!("{place} 的证书已被吊销；请对方更换证书"),
            format!("The certificate of {place} was revoked. It is theirs to show another one."),
        ),
        other => (
            format!("{place} 的证书无效（{other}）；请对方更换证书"),
            format!("The certificate of {place} is not valid ({other}). It is theirs to show another one."),
        ),
    };
    Some(Text::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{
        BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
    };
    use std::sync::Arc;
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
    use tokio_rustls::{TlsAcceptor, TlsConnector};

    /// A real handshake with a server that shows a certificate for this name and these years; `known`: whether
    /// its authority is trusted.
    async fn told(name: &str, years: (i32, i32), known: bool) -> Option<Text> {
        let key = KeyPair::generate().unwrap();
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.distinguished_name = DistinguishedName::new();
        root.distinguished_name.push(DnType::CommonName, "authority");
        let authority = root.self_signed(&key).unwrap();
        let issuer = Issuer::new(root, key);
        let own = KeyPair::generate().unwrap();
        let mut wanted = CertificateParams::new(vec![name.to_owned()]).unwrap();
        wanted.not_before = date_time_ymd(years.0, 1, 1);
        wanted.not_after = date_time_ymd(years.1, 1, 1);
        let shown = wanted.signed_by(&own, &issuer).unwrap();
        let provider = Arc::new(ring::default_provider());
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![shown.der().clone()],
                PrivateKeyDer::try_from(own.serialize_der()).unwrap(),
            )
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).unwrap();
        if !known {
            let other = rcgen::generate_simple_self_signed(["other.example".to_owned()]).unwrap();
            roots = RootCertStore::empty();
            roots.add(other.cert.der().clone()).unwrap();
        }
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let _ = TlsAcceptor::from(Arc::new(server)).accept(stream).await;
        });
        let stream = TcpStream::connect(at).await.unwrap();
        let host = ServerName::try_from("hook.example").unwrap();
        let why = TlsConnector::from(Arc::new(client)).connect(host, stream).await.err()?;
        certificate_fault("hook.example:443", &why)
    }

    #[tokio::test]
    async fn each_fault_of_a_certificate_is_told_as_itself() {
        assert_eq!(told("hook.example", (2020, 4000), true).await, None);
        for (name, years, known, zh, en) in [
            ("hook.example", (2019, 2020), true, "已于 2020-01-01 过期", "has expired on 2020-01-01"),
            (
                "hook.example",
                (3000, 4000),
                true,
                "尚未生效，自 3000-01-01",
                "is not valid yet, but from 3000-01-01",
            ),
            ("other.example", (2020, 4000), true, "不是签发给它的", "not made out to it"),
            ("hook.example", (2020, 4000), false, "不认识它的签发机构", "does not know who has signed it"),
        ] {
            let text = told(name, years, known).await.unwrap();
            assert!(text.zh.contains(zh) && text.zh.contains('请'), "{text:?}");
            assert!(text.en.contains(en) && text.zh.contains("hook.example:443"), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_left_to_others() {
        assert_eq!(certificate_fault("x:1", &io::Error::other("connection reset")), None);
        assert_eq!(certificate_fault("x:1", &io::Error::other(TlsError::HandshakeNotComplete)), None);
    }
}
