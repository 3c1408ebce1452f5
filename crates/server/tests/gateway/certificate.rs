//! The certificate of the TLS door: it is replaced while the server runs, and one that is no good is told of.

use super::door::door;
use model::time::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use server::tls::{Tls, TlsSettings};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// An authority that a pile trusts, and the folder into which it puts certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    trust: Arc<ClientConfig>,
    folder: PathBuf,
}

impl Authority {
    fn new() -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.distinguished_name = DistinguishedName::new();
        root.distinguished_name.push(DnType::CommonName, "authority");
        let mut roots = RootCertStore::empty();
        roots.add(root.self_signed(&key).unwrap().der().clone()).unwrap();
        let trust = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let folder = std::env::temp_dir().join(format!("pileops_door_certificate_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Authority { issuer: Issuer::new(root, key), trust: Arc::new(trust), folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A chain and its key, for this name and from the first day of one year to that of another.
    fn made(&self, name: &str, years: (i32, i32)) -> [String; 2] {
        let key = KeyPair::generate().unwrap();
        let mut wanted = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (wanted.not_before, wanted.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
        [wanted.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem()]
    }

    fn put(&self, [chain, key]: &[String; 2]) {
        std::fs::write(self.file("chain.pem"), chain).unwrap();
        std::fs::write(self.file("key.pem"), key).unwrap();
    }

    /// What a pile that looks says of the door; nothing when it is content.
    async fn complaint(&self, at: std::net::SocketAddr) -> Option<String> {
        let stream = TcpStream::connect(at).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let why = TlsConnector::from(Arc::clone(&self.trust)).connect(name, stream).await.err()?;
        Some(why.to_string())
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn seconds(day: &str) -> Option<i64> {
    Some(Timestamp::parse(&format!("{day}T00:00:00Z")).unwrap().as_ms() / 1_000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t37_a_certificate_is_replaced_without_a_restart_and_a_wrong_one_is_told_by_its_end() {
    let (mut door, authority) = (door().await, Authority::new());
    let good = authority.made("localhost", (2020, 4000));
    authority.put(&authority.made("localhost", (2019, 2020)));
    let files = Some((authority.file("chain.pem"), authority.file("key.pem")));
    let settings = TlsSettings { files, ..TlsSettings::default() };
    // One that has ended keeps nobody from starting: piles that do not look charge on.
    let tls = Tls::open(Arc::clone(&door.app), settings).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (at, taking) = (listener.local_addr().unwrap(), Arc::clone(&tls));
    let accept = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = taking.accept(stream).await;
        }
    });
    let says = async |words: &str| {
        let said = authority.complaint(at).await.unwrap_or_default();
        assert!(said.contains(words) && said.is_empty() == words.is_empty(), "{words:?}: {said:?}");
    };
    let end = || door.app.figures.certificate_end_s();
    says("expired").await;
    assert_eq!(end(), seconds("2020-01-01"));
    // The new chain alone does not fit the old key, so nothing changes yet.
    std::fs::write(authority.file("chain.pem"), &good[0]).unwrap();
    tls.look().await;
    says("expired").await;
    authority.put(&good);
    tls.look().await;
    says("").await;
    assert_eq!(end(), seconds("4000-01-01"));
    for (name, years, words, ends) in [
        ("localhost", (3000, 4000), "not valid yet", "4000-01-01"),
        ("elsewhere.example", (2020, 3900), "not valid for name", "3900-01-01"),
    ] {
        authority.put(&authority.made(name, years));
        tls.look().await;
        says(words).await;
        assert_eq!(end(), seconds(ends));
    }
    authority.put(&good);
    tls.look().await;
    for wrong in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        std::fs::write(authority.file("chain.pem"), wrong).unwrap();
        tls.look().await;
        says("").await;
    }
    std::fs::remove_file(authority.file("chain.pem")).unwrap();
    tls.look().await;
    says("").await;
    assert_eq!(end(), seconds("4000-01-01"));
    accept.abort();
    door.stop().await;
}
