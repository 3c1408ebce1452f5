//! The security profiles of OCPP: a password, TLS, a certificate of the pile's own.

use super::door::{Answered, Door, Link, Login, PASSWORD, door, handshake, knock, knock_on, soon, until};
use engine::audit::Actor;
use engine::site::PileChange;
use model::site::SecurityProfile;
use rcgen::{CertificateParams, DnType, IsCa, KeyPair};
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use store::certificates::CertificateState;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

const OCPP: Option<&str> = Some("ocpp1.6");
type Own<'a> = Option<(&'a str, &'a KeyPair)>;

/// A pile's side of TLS. It trusts our authority, and shows what it has.
async fn tls(door: &Door, own: Own<'_>) -> io::Result<TlsStream<TcpStream>> {
    let authority = door.app.engine.authority_get().await.unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.body.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match own {
        None => config.with_no_client_auth(),
        Some((chain, key)) => {
            let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).map(Result::unwrap).collect();
            let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    };
    let stream = TcpStream::connect(door.tls).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

async fn tls_knock(door: &Door, own: Own<'_>, login: Login<'_>) -> (TlsStream<TcpStream>, Answered) {
    knock_on(tls(door, own).await.unwrap(), &handshake("A-1", login, OCPP)).await
}

async fn link<S: super::door::Wire>(stream: S) -> Link<S> {
    let mut link = Link(WebSocketStream::from_raw_socket(stream, Role::Client, None).await);
    assert_eq!(link.ask(r#"[2,"in","Heartbeat",{}]"#).await[0], 3);
    link
}

fn right() -> Login<'static> {
    Some(("A-1", PASSWORD.as_bytes()))
}

async fn require(door: &Door, least: SecurityProfile) {
    let version = door.find("A-1").await.unwrap().version;
    let change = json!({"version": version, "security": least});
    let change: PileChange = serde_json::from_value(change).unwrap();
    door.app.engine.pile_update(&Actor::local(), "A-1", change).await.unwrap();
}

async fn shown(door: &Door) -> Option<SecurityProfile> {
    let id = door.id("A-1").await;
    door.app.devices.online(id).and_then(|link| link.shown)
}

fn request(name: &str, key: &KeyPair) -> String {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::NoCa;
    params.serialize_request(key).unwrap().pem().unwrap()
}

/// The pile asks for a certificate, and answers the one that it gets.
async fn certificate<S: super::door::Wire>(link: &mut Link<S>, csr: &str, answer: &str) -> String {
    let asked = json!([2, "csr", "SignCertificate", {"csr": csr}]);
    assert_eq!(link.ask(&asked.to_string()).await, json!([3, "csr", {"status": "Accepted"}]));
    let call = link.hear().await;
    assert_eq!((&call[0], &call[2]), (&json!(2), &json!("CertificateSigned")), "{call}");
    link.say(&json!([3, call[1], {"status": answer}]).to_string()).await;
    call[3]["certificateChain"].as_str().unwrap().to_owned()
}

async fn state(door: &Door, wanted: CertificateState) {
    let is = async || {
        let (_, security) = door.app.engine.pile_security_get(&Actor::local(), "A-1").await.unwrap();
        security.certificates.first().map(|one| one.state) == Some(wanted)
    };
    until(&format!("certificate {wanted:?}"), is).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_carries_pages_and_piles_and_a_pile_that_must_use_it_is_refused_without() {
    let mut door = door().await;
    let mut page = tls(&door, None).await.unwrap();
    page.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut told = String::new();
    soon("a page", page.read_to_string(&mut told)).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 200") && told.ends_with("ok\n"), "{told}");

    assert_eq!(tls_knock(&door, None, None).await.1.status, 401, "TLS alone says nothing of the pile");
    let plain = link(knock(door.http, &handshake("A-1", right(), OCPP)).await.0).await;
    assert_eq!(shown(&door).await, Some(SecurityProfile::Password));
    drop(plain);
    door.becomes_online("A-1", false).await;

    require(&door, SecurityProfile::Tls).await;
    assert_eq!(knock(door.http, &handshake("A-1", right(), OCPP)).await.1.status, 401);
    let (stream, answered) = tls_knock(&door, None, right()).await;
    assert_eq!(answered.status, 101);
    let _link = link(stream).await;
    assert_eq!(shown(&door).await, Some(SecurityProfile::Tls));
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pile_gets_a_certificate_comes_in_with_it_and_is_shut_out_when_it_is_taken_back() {
    let mut door = door().await;
    let mut first = link(tls_knock(&door, None, right()).await.0).await;
    let key = KeyPair::generate().unwrap();
    let chain = certificate(&mut first, &request("A-1", &key), "Accepted").await;
    state(&door, CertificateState::Installed).await;
    first.0.close(None).await.unwrap();
    drop(first);
    door.becomes_online("A-1", false).await;

    require(&door, SecurityProfile::Certificate).await;
    assert_eq!(tls_knock(&door, None, right()).await.1.status, 401, "a password is too little now");
    let (stream, answered) = tls_knock(&door, Some((&chain, &key)), None).await;
    assert_eq!(answered.status, 101, "no password is needed");
    let mut second = link(stream).await;
    assert_eq!(shown(&door).await, Some(SecurityProfile::Certificate));
    // It is the pile's own: as another pile nobody comes in with it.
    let as_other = handshake("A-2", None, OCPP);
    let (_, answered) = knock_on(tls(&door, Some((&chain, &key))).await.unwrap(), &as_other).await;
    assert_eq!(answered.status, 401);

    let (_, security) = door.app.engine.pile_security_get(&Actor::local(), "A-1").await.unwrap();
    assert!(security.certificates[0].used_at_ms.is_some());
    let id = security.certificates[0].id;
    let pile = door.app.engine.certificate_delete(&Actor::local(), id).await.unwrap();
    door.app.devices.expel(pile, |shown| shown == SecurityProfile::Certificate);
    second.closed().await;
    assert_eq!(tls_knock(&door, Some((&chain, &key)), None).await.1.status, 401);
    // A certificate that is not taken is worse than none: the password does not help.
    assert_eq!(tls_knock(&door, Some((&chain, &key)), right()).await.1.status, 401);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_of_this_pile_is_not_signed_and_who_signs_himself_does_not_come_in() {
    let mut door = door().await;
    let mut pile = link(tls_knock(&door, None, right()).await.0).await;
    let key = KeyPair::generate().unwrap();
    for (what, csr) in [("another name", request("A-2", &key)), ("no request", "x".to_owned())] {
        let asked = json!([2, what, "SignCertificate", {"csr": csr}]);
        assert_eq!(pile.ask(&asked.to_string()).await, json!([3, what, {"status": "Rejected"}]));
    }
    let long = json!([2, "long", "SignCertificate", {"csr": "x".repeat(5_501)}]);
    assert_eq!(pile.ask(&long.to_string()).await[2], "PropertyConstraintViolation");
    // The pile does not take what it gets.
    certificate(&mut pile, &request("A-1", &key), "Rejected").await;
    state(&door, CertificateState::Refused).await;
    drop(pile);
    door.becomes_online("A-1", false).await;

    let mut own = CertificateParams::default();
    own.distinguished_name.push(DnType::CommonName, "A-1");
    let own = own.self_signed(&key).unwrap().pem();
    let outcome = async {
        let mut stream = tls(&door, Some((&own, &key))).await?;
        stream.write_all(handshake("A-1", right(), OCPP).as_bytes()).await?;
        stream.read_u8().await
    };
    assert!(soon("a refusal", outcome).await.is_err(), "TLS itself ends");
    assert_eq!(shown(&door).await, None);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_authority_is_one_for_all_time_and_its_key_is_not_in_the_database() {
    let mut door = door().await;
    let first = door.app.engine.authority_get().await.unwrap();
    let (body, sealed) = door.app.engine.store.read(store::certificates::authority).await.unwrap().unwrap();
    assert_eq!(body, first.body);
    assert!(sealed.starts_with("chacha:") && !sealed.contains("PRIVATE"), "{sealed}");
    // A link over TLS survives that the server renews what it shows.
    let mut old = link(tls_knock(&door, None, right()).await.0).await;
    assert_eq!(old.ask(r#"[2,"1","Heartbeat",{}]"#).await[0], Value::from(3));
    assert_eq!(door.app.engine.authority_get().await.unwrap().body, first.body);
    door.stop().await;
}

/// A pretend pile over TLS.
async fn pretend(door: &Door, password: &str, own: Option<(&str, &KeyPair)>) -> sim::runner::PileHandle {
    let authority = door.app.engine.authority_get().await.unwrap();
    let key = own.map(|(_, key)| key.serialize_pem());
    let own = own.map(|(chain, _)| chain).zip(key.as_deref());
    let address = format!("wss://localhost:{}/ocpp", door.tls.port());
    let mut config = sim::pile::PileConfig::new("A-1", model::site::Protocol::Ocpp16, &address);
    config.password = password.to_owned();
    config.tls = Some(sim::tls::Tls::new(&authority.body, own).unwrap());
    sim::runner::PileHandle::start(config, model::time::Clock::System)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_simulator_comes_over_tls_with_a_password_or_with_a_certificate() {
    let mut door = door().await;
    let patience = std::time::Duration::from_secs(20);
    require(&door, SecurityProfile::Tls).await;
    let second = pretend(&door, PASSWORD, None).await;
    assert!(second.wait_for(patience, |seen| seen.in_service).await);
    assert_eq!(shown(&door).await, Some(SecurityProfile::Tls));
    second.stop().await;
    door.becomes_online("A-1", false).await;

    let mut first = link(tls_knock(&door, None, right()).await.0).await;
    let key = KeyPair::generate().unwrap();
    let chain = certificate(&mut first, &request("A-1", &key), "Accepted").await;
    state(&door, CertificateState::Installed).await;
    first.0.close(None).await.unwrap();
    drop(first);
    door.becomes_online("A-1", false).await;
    require(&door, SecurityProfile::Certificate).await;
    let wrong = pretend(&door, PASSWORD, None).await;
    assert!(!wrong.wait_for(std::time::Duration::from_secs(2), |seen| seen.in_service).await);
    wrong.stop().await;
    let third = pretend(&door, "", Some((&chain, &key))).await;
    assert!(third.wait_for(patience, |seen| seen.in_service).await);
    assert_eq!(shown(&door).await, Some(SecurityProfile::Certificate));
    third.stop().await;
    door.stop().await;
}
