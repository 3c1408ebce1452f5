//! What cars ask for by ISO 15118 goes to the service of the settings and comes back, or fails in the
//! standard's word.

use super::door::{Door, Link, PASSWORD, door_by};
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use server::http::{HttpSettings, Iso15118Settings};
use server::outbound::guard::Network;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const TOKEN: &str = "service-token-of-the-tests-0123456789";

type Asked = Arc<Mutex<Vec<(String, Value)>>>;

/// Answers each message with what is said under its name.
async fn service(answers: Value) -> (String, Asked) {
    let asked = Asked::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}/iso15118", listener.local_addr().unwrap().port());
    let answer = move |State(asked): State<Asked>, headers: HeaderMap, body: String| async move {
        let body: Value = serde_json::from_str(&body).unwrap();
        let shown = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let said = answers[body["message"].as_str().unwrap()].to_string();
        asked.lock().unwrap().push((shown.unwrap_or_default(), body));
        said
    };
    let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&asked));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, asked)
}

async fn door(url: Option<String>, allowed: bool) -> Door {
    let allow = if allowed { vec![Network::parse("127.0.0.1/32").unwrap()] } else { Vec::new() };
    let iso15118 = Iso15118Settings { url, token: Some(TOKEN.to_owned()) };
    door_by(HttpSettings { outbound_allow: allow, iso15118, ..HttpSettings::default() }).await
}

fn certificate() -> Value {
    json!({"iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "action": "Install", "exiRequest": "gJgC"})
}

fn ocsp() -> Value {
    json!({"ocspRequestData": {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b",
        "serialNumber": "1", "responderURL": "http://ocsp.example"}})
}

async fn asks(link: &mut Link, action: &str, payload: Value) -> Value {
    let id = format!("x-{action}");
    let answer = link.ask(&json!([2, id, action, payload]).to_string()).await;
    assert_eq!(answer[0], 3, "{answer}");
    answer[2].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_services_answer_is_the_piles() {
    for protocol in ["ocpp2.0.1", "ocpp2.1"] {
        let answers = json!({
            "Get15118EVCertificate": {"status": "Accepted", "exiResponse": "gJkB"},
            "GetCertificateStatus": {"status": "Accepted", "ocspResult": "MIIB"},
        });
        let (url, asked) = service(answers.clone()).await;
        let mut door = door(Some(url), true).await;
        let mut link = Link::open_as(&door, "A-1", PASSWORD, protocol).await;
        for (action, payload) in [("Get15118EVCertificate", certificate()), ("GetCertificateStatus", ocsp())]
        {
            assert_eq!(asks(&mut link, action, payload.clone()).await, answers[action]);
            let (shown, body) = asked.lock().unwrap().pop().unwrap();
            assert_eq!(shown, format!("Bearer {TOKEN}"));
            assert_eq!(
                (&body["message"], &body["pile_code"], &body["protocol"], &body["request"]),
                (&json!(action), &json!("A-1"), &json!(protocol), &payload)
            );
        }
        door.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_good_answer_it_failed() {
    let broken = json!({
        "Get15118EVCertificate": {"status": "Accepted"},
        "GetCertificateStatus": {"status": "Fine", "ocspResult": "MIIB"},
    });
    let (url, asked) = service(broken).await;
    let nobody = Some("http://127.0.0.1:9/".to_owned());
    for (url, allowed, reaches) in
        [(None, true, 0), (Some(url.clone()), false, 0), (nobody, true, 0), (Some(url), true, 2)]
    {
        let mut door = door(url, allowed).await;
        let mut link = Link::open_as(&door, "A-1", PASSWORD, "ocpp2.0.1").await;
        let told = asks(&mut link, "Get15118EVCertificate", certificate()).await;
        assert_eq!((&told["status"], &told["exiResponse"]), (&json!("Failed"), &json!("")), "{told}");
        let told = asks(&mut link, "GetCertificateStatus", ocsp()).await;
        assert_eq!((&told["status"], told.get("ocspResult")), (&json!("Failed"), None), "{told}");
        assert_eq!(asked.lock().unwrap().len(), reaches);
        door.stop().await;
    }
}
