//! 统一身份认证: a provider of OpenID Connect over real HTTP, honest and otherwise.

use super::house::{Answer, House, house, houses_outbound};
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it says instead of the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    Nothing,
    Signature,
    OtherKey,
    NoAlgorithm,
    Audience,
    Issuer,
    Nonce,
    Expired,
    NotYet,
}

struct Book {
    issuer: String,
    key: EcdsaKeyPair,
    other: EcdsaKeyPair,
    now_s: i64,
    lie: Lie,
    /// What the person at it says of themselves.
    person: Value,
    /// The last sign-in: nonce and challenge.
    asked: HashMap<String, String>,
    /// Nonce that is said whatever was asked, of an earlier sign-in.
    redeemed: usize,
}

type Shared = Arc<Mutex<Book>>;

struct Provider(Shared);

fn key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &random).unwrap()
}

async fn discovery(State(book): State<Shared>) -> Json<Value> {
    let issuer = book.lock().unwrap().issuer.clone();
    Json(json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys")}))
}

async fn keys(State(book): State<Shared>) -> Json<Value> {
    let book = book.lock().unwrap();
    let point = book.key.public_key().as_ref();
    Json(json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "kid": "one",
        "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..])}]}))
}

async fn token(State(book): State<Shared>, body: Bytes) -> axum::response::Response {
    use axum::response::IntoResponse;
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let mut book = book.lock().unwrap();
    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
    let challenge = BASE64.encode(Sha256::digest(verifier.as_bytes()));
    if form.get("code").map(String::as_str) != Some("good")
        || book.asked.get("code_challenge") != Some(&challenge)
    {
        return (axum::http::StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"})))
            .into_response();
    }
    book.redeemed += 1;
    let (lie, now) = (book.lie, book.now_s);
    let mut claims = book.person.clone();
    claims["iss"] =
        json!(if lie == Lie::Issuer { "https://other.example".to_owned() } else { book.issuer.clone() });
    claims["aud"] = json!(if lie == Lie::Audience { "another-client" } else { "pileops" });
    claims["nonce"] = json!(if lie == Lie::Nonce {
        "of an earlier sign-in".to_owned()
    } else {
        book.asked["nonce"].clone()
    });
    claims["iat"] = json!(if lie == Lie::NotYet { now + 3_600 } else { now });
    claims["exp"] = json!(if lie == Lie::Expired { now - 120 } else { now + 300 });
    let alg = if lie == Lie::NoAlgorithm { "none" } else { "ES256" };
    let head = BASE64.encode(json!({"alg": alg, "kid": "one", "typ": "JWT"}).to_string());
    let message = format!("{head}.{}", BASE64.encode(claims.to_string()));
    let signer = if lie == Lie::OtherKey { &book.other } else { &book.key };
    let signed = signer.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    let mut signed = signed.as_ref().to_vec();
    match lie {
        Lie::Signature => signed[7] ^= 1,
        Lie::NoAlgorithm => signed.clear(),
        _ => {}
    }
    Json(json!({"access_token": "x", "token_type": "Bearer", "id_token": format!("{message}.{}", BASE64.encode(signed))})).into_response()
}

impl Provider {
    async fn open(house: &House) -> Provider {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/realm", listener.local_addr().unwrap());
        let book = Book {
            issuer,
            key: key(),
            other: key(),
            now_s: house.clock.now().as_ms() / 1_000,
            lie: Lie::Nothing,
            person: json!({"sub": "u-1", "preferred_username": "finance", "name": "财务的人"}),
            asked: HashMap::new(),
            redeemed: 0,
        };
        let book = Arc::new(Mutex::new(book));
        let router = Router::new()
            .route("/realm/.well-known/openid-configuration", get(discovery))
            .route("/realm/keys", get(keys))
            .route("/realm/token", post(token))
            .with_state(Arc::clone(&book));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Provider(book)
    }

    fn issuer(&self) -> String {
        self.0.lock().unwrap().issuer.clone()
    }

    fn lies(&self, lie: Lie) {
        self.0.lock().unwrap().lie = lie;
    }

    fn is(&self, person: Value) {
        self.0.lock().unwrap().person = person;
    }

    /// The browser is at the provider, which remembers what it came with.
    fn visited(&self, url: &str) {
        let query = url.split_once('?').unwrap().1;
        let mut book = self.0.lock().unwrap();
        book.asked = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    }
}

fn draft(provider: &Provider, role: Option<&str>) -> Value {
    json!({"version": 0, "name": "集团统一认证", "issuer": provider.issuer(), "client_id": "pileops",
        "secret": "s-e-c-r-e-t", "claim": "preferred_username", "role": role, "enabled": true})
}

/// As the pages do it: away, and back with this code.
async fn through(house: &House, provider: &Provider, id: &Value, code: &str) -> Answer {
    let going = house.post(&format!("/session/providers/{id}"), "", "").await;
    provider.visited(going.ok().json["url"].as_str().unwrap());
    let body = json!({"code": code, "state": going.json["state"]}).to_string();
    house.post(&format!("/session/providers/{id}/confirmation"), "", &body).await
}

fn cookie_of(answer: &Answer) -> String {
    answer.ok().cookie.clone().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn r4_3_class_staff_come_in_by_a_provider_and_stay_themselves() {
    for house in houses_outbound().await {
        house.furnish().await;
        let (provider, admin) = (Provider::open(&house).await, house.sign_in("admin").await);
        assert_eq!(house.get("/session/providers", "").await.ok().json["items"], json!([]), "off by default");
        let id = house
            .post("/identity-providers", &admin, &draft(&provider, None).to_string())
            .await
            .ok()
            .json["id"]
            .clone();
        let shown = house.get("/session/providers", "").await;
        assert_eq!(shown.ok().json["items"], json!([{"id": id, "name": "集团统一认证"}]));
        let listed = house.get("/identity-providers", &admin).await;
        assert!(!listed.ok().text.contains("s-e-c-r-e-t") && listed.json["items"][0]["has_secret"] == true);
        let cookie = cookie_of(&through(&house, &provider, &id, "good").await);
        assert_eq!(house.get("/session", &cookie).await.ok().json["staff"]["account"], "finance");
        let asked = provider.0.lock().unwrap().asked.clone();
        assert_eq!(
            (asked["response_type"].as_str(), asked["code_challenge_method"].as_str()),
            ("code", "S256")
        );
        assert_eq!(asked["redirect_uri"], "http://pile.example/sign-in/provider");
        // By the provider's own id of the person, whatever they call themselves later.
        provider.is(json!({"sub": "u-1", "preferred_username": "admin"}));
        let cookie = cookie_of(&through(&house, &provider, &id, "good").await);
        assert_eq!(house.get("/session", &cookie).await.ok().json["staff"]["account"], "finance");
        // Somebody without an account gets none, unless that is the rule.
        provider.is(json!({"sub": "u-2", "preferred_username": "new.person", "name": "新来的人"}));
        through(&house, &provider, &id, "good").await.refused(401, "session.provider_unknown");
        let mut change = draft(&provider, Some("viewer"));
        change["version"] = json!(1);
        change["secret"] = Value::Null;
        house
            .send("PUT", &format!("/identity-providers/{id}"), &admin, Some(&change.to_string()), &[])
            .await
            .ok();
        let cookie = cookie_of(&through(&house, &provider, &id, "good").await);
        let session = house.get("/session", &cookie).await;
        assert_eq!(
            (&session.json["staff"]["account"], &session.json["staff"]["role"]),
            (&json!("new.person"), &json!("viewer"))
        );
        assert_eq!(session.json["owed"], Value::Null);
        // Stopped here is stopped, whatever the provider says.
        let staff = house.get("/staff?account=new.person", &admin).await.json["items"][0].clone();
        let stop = json!({"version": staff["version"], "name": "新来的人", "role": "viewer", "operator_id": null,
            "area": {"kind": "everywhere"}, "disabled": true, "handover": ""});
        house
            .send("PUT", &format!("/staff/{}", staff["id"]), &admin, Some(&stop.to_string()), &[])
            .await
            .ok();
        through(&house, &provider, &id, "good").await.refused(401, "session.provider_unknown");
        change["version"] = json!(2);
        change["enabled"] = json!(false);
        house
            .send("PUT", &format!("/identity-providers/{id}"), &admin, Some(&change.to_string()), &[])
            .await
            .ok();
        house
            .post(&format!("/session/providers/{id}"), "", "")
            .await
            .refused(404, "identity_provider.not_found");
    }
}

#[tokio::test]
async fn r4_3_error_what_is_forged_old_or_for_another_is_not_believed() {
    for house in houses_outbound().await {
        house.furnish().await;
        let (provider, admin) = (Provider::open(&house).await, house.sign_in("admin").await);
        let id = house
            .post("/identity-providers", &admin, &draft(&provider, None).to_string())
            .await
            .ok()
            .json["id"]
            .clone();
        for lie in [
            Lie::Signature,
            Lie::OtherKey,
            Lie::NoAlgorithm,
            Lie::Audience,
            Lie::Issuer,
            Lie::Nonce,
            Lie::Expired,
            Lie::NotYet,
        ] {
            provider.lies(lie);
            let answer = through(&house, &provider, &id, "good").await;
            answer.refused(401, "session.provider_refused");
            assert!(answer.cookie.is_none(), "{lie:?}");
        }
        provider.lies(Lie::Nothing);
        through(&house, &provider, &id, "stolen").await.refused(401, "session.provider_refused");
        // A state is good once, for its provider, and for ten minutes.
        let going = house.post(&format!("/session/providers/{id}"), "", "").await;
        provider.visited(going.ok().json["url"].as_str().unwrap());
        let back = async |state: &Value| {
            let body = json!({"code": "good", "state": state}).to_string();
            house.post(&format!("/session/providers/{id}/confirmation"), "", &body).await
        };
        back(&json!("made up")).await.refused(401, "session.provider_stale");
        back(&going.json["state"]).await.ok();
        back(&going.json["state"]).await.refused(401, "session.provider_stale");
        let going = house.post(&format!("/session/providers/{id}"), "", "").await;
        house.clock.advance(Duration::from_secs(600));
        back(&going.ok().json["state"]).await.refused(401, "session.provider_stale");
    }
}

#[tokio::test]
async fn r4_3_guess_a_provider_leads_nowhere_inside_and_strangers_set_none_up() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let with = |issuer: &str, role: Option<&str>| {
        json!({"version": 0, "name": "甲", "issuer": issuer, "client_id": "x", "claim": "preferred_username", "role": role, "enabled": true}).to_string()
    };
    for issuer in [
        "http://id.example",
        "https://127.0.0.1/",
        "https://169.254.169.254",
        "https://10.0.0.1/realm",
        "http://127.0.0.1:9",
        "ftp://id.example",
        "https://id.example/?x=1",
        "",
    ] {
        let no = house.post("/identity-providers", &admin, &with(issuer, None)).await;
        assert_eq!(no.refused(400, "field.invalid").json["field"], "issuer", "{issuer}");
    }
    let role = house.post("/identity-providers", &admin, &with("https://id.example", Some("nobody"))).await;
    assert_eq!(role.refused(400, "field.invalid").json["field"], "role");
    for account in ["finance", "viewer"] {
        let cookie = house.sign_in(account).await;
        house
            .post("/identity-providers", &cookie, &with("https://id.example", None))
            .await
            .refused(403, "permission.denied");
    }
    house
        .post("/identity-providers", &house.sign_in("a.admin").await, &with("https://id.example", None))
        .await
        .refused(403, "scope.denied");
}
