//! R-4.3 两步验证: switched on with a code, asked for at every sign-in, reset by another person.

use super::authenticator::Authenticator;
use super::house::{Answer, House, PASSWORD, house, houses};
use serde_json::{Value, json};
use std::time::Duration;

fn step() -> Duration {
    Duration::from_secs(30)
}

async fn try_in(house: &House, account: &str, code: Option<&str>) -> Answer {
    let body = json!({"account": account, "password": PASSWORD, "code": code}).to_string();
    house.post("/session", "", &body).await
}

fn cookie_of(answer: &Answer) -> String {
    answer.ok().cookie.clone().unwrap().split(';').next().unwrap().to_owned()
}

/// Switches it on for who has this cookie: the authenticator, and the recovery codes.
async fn switched_on(house: &House, cookie: &str) -> (Authenticator, Vec<String>) {
    let started = house.post("/session/second-factor", cookie, "").await;
    let secret = started.ok().json["secret"].as_str().unwrap().to_owned();
    let uri = started.json["uri"].as_str().unwrap();
    assert!(
        uri.starts_with("otpauth://totp/PileOps:") && uri.contains(&format!("secret={secret}&")),
        "{uri}"
    );
    let telephone = Authenticator::of(&secret);
    let body = json!({"code": telephone.code(house.clock.now())}).to_string();
    let codes = house.post("/session/second-factor/confirmation", cookie, &body).await;
    let codes: Vec<String> = serde_json::from_value(codes.ok().json["codes"].clone()).unwrap();
    (telephone, codes)
}

#[tokio::test]
async fn r4_3_class_a_code_is_asked_for_and_taken_once_within_a_step_to_each_side() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("finance").await;
        let other = house.sign_in("finance").await;
        assert_eq!(house.get("/session/second-factor", &cookie).await.ok().json["since_ms"], Value::Null);
        let (telephone, codes) = switched_on(&house, &cookie).await;
        assert_eq!(codes.len(), 10);
        house.get("/session", &other).await.refused(401, "session.missing");
        assert_eq!(house.get("/session", &cookie).await.ok().json["second_factor"], true);
        // The code that switched it on is used up.
        let first = telephone.code(house.clock.now());
        try_in(&house, "finance", Some(&first)).await.refused(401, "session.wrong_code");
        for none in [None, Some(""), Some("  ")] {
            let asked = try_in(&house, "finance", none).await;
            assert_eq!(asked.refused(401, "session.code_needed").json["field"], "code");
            assert!(asked.cookie.is_none());
        }
        house.clock.advance(step());
        let now = house.clock.now();
        for (ahead, status) in [(2, 401), (-2, 401), (1, 200)] {
            let code = telephone.code(now.plus_ms(ahead * 30_000));
            assert_eq!(try_in(&house, "finance", Some(&code)).await.status, status, "{ahead}");
        }
        // What is older than the last one that was taken is taken no more, nor the same again.
        for ahead in [0, 1] {
            let code = telephone.code(now.plus_ms(ahead * 30_000));
            try_in(&house, "finance", Some(&code)).await.refused(401, "session.wrong_code");
        }
        house.clock.advance(2 * step());
        let spaced = telephone.code(house.clock.now());
        let spaced = format!(" {} {} ", &spaced[..3], &spaced[3..]);
        try_in(&house, "finance", Some(&spaced)).await.ok();
        // With a wrong password nothing is told of the code.
        let body = json!({"account": "finance", "password": "wrong"}).to_string();
        house.post("/session", "", &body).await.refused(401, "session.wrong_credentials");
    }
}

#[tokio::test]
async fn r4_3_class_a_recovery_code_opens_once_and_new_ones_replace_the_old() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("finance").await;
        let (_, codes) = switched_on(&house, &cookie).await;
        let typed = codes[0].replace('-', " ").to_uppercase();
        let entered = cookie_of(&try_in(&house, "finance", Some(&typed)).await);
        try_in(&house, "finance", Some(&codes[0])).await.refused(401, "session.wrong_code");
        let state = house.get("/session/second-factor", &entered).await;
        assert_eq!(state.ok().json["recovery_codes_left"], 9);
        let fresh = house.post("/session/recovery-codes", &entered, "").await;
        let fresh: Vec<String> = serde_json::from_value(fresh.ok().json["codes"].clone()).unwrap();
        assert!(fresh.iter().all(|code| !codes.contains(code)));
        try_in(&house, "finance", Some(&codes[1])).await.refused(401, "session.wrong_code");
        try_in(&house, "finance", Some(&fresh[9])).await.ok();
        // Neither the secret nor a code is kept as it is.
        let read = |sql: &'static str| {
            let kept = house.app.engine.store.read(move |conn| conn.query(sql, &[], |row| row.text(0)));
            async { kept.await.unwrap() }
        };
        let hashes = read("SELECT hash FROM recovery_code").await;
        assert!(hashes.len() == 10 && hashes.iter().all(|hash| hash.len() == 64 && !fresh.contains(hash)));
        assert!(read("SELECT secret FROM second_factor").await[0].starts_with("chacha:"));
        // By what somebody came in is in the log, the code is not.
        let admin = house.sign_in("admin").await;
        let log = house.get("/audit?action=session_create&key=finance&limit=200", &admin).await;
        assert!(
            log.ok().text.contains("recovery") && !log.text.contains(&codes[0]) && !log.text.contains(&typed)
        );
    }
}

#[tokio::test]
async fn r4_3_error_wrong_codes_lock_as_wrong_passwords_do_and_together_with_them() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("finance").await;
        let (telephone, _) = switched_on(&house, &cookie).await;
        house.clock.advance(step());
        let wrong = json!({"account": "finance", "password": "wrong"}).to_string();
        for n in 0..5 {
            if n % 2 == 0 {
                try_in(&house, "finance", Some("abcdef")).await.refused(401, "session.wrong_code");
            } else {
                house.post("/session", "", &wrong).await.refused(401, "session.wrong_credentials");
            }
        }
        let code = telephone.code(house.clock.now());
        try_in(&house, "finance", Some(&code)).await.refused(429, "session.locked");
        // Many at the same moment are no way around it.
        house.clock.advance(Duration::from_secs(15 * 60));
        let code = telephone.code(house.clock.now());
        let tries = (0..6).map(|_| try_in(&house, "finance", Some(&code)));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "a code opens once");
    }
}

#[tokio::test]
async fn r4_3_class_another_administrator_resets_it_with_a_reason_and_nobody_their_own() {
    for house in houses().await {
        house.furnish().await;
        let (admin, cookie) = (house.sign_in("admin").await, house.sign_in("finance").await);
        let id = house.get("/session", &cookie).await.json["staff"]["id"].clone();
        let path = format!("/staff/{id}/second-factor/reset");
        let reason = r#"{"reason":"手机丢失，已核对工牌"}"#;
        house.post(&path, &admin, reason).await.refused(409, "second_factor.off");
        switched_on(&house, &cookie).await;
        house.post(&path, &cookie, reason).await.refused(403, "permission.denied");
        let empty = house.post(&path, &admin, r#"{"reason":" "}"#).await;
        assert_eq!(empty.refused(400, "field.invalid").json["field"], "reason");
        house.post(&path, &house.sign_in("a.admin").await, reason).await.refused(404, "staff.not_found");
        house.post(&path, &admin, reason).await.ok();
        house.get("/session", &cookie).await.refused(401, "session.missing");
        try_in(&house, "finance", None).await.ok();
        let log = house.get("/audit?action=second_factor_cancel", &admin).await;
        assert!(log.json["total"] == 1 && log.text.contains("手机丢失"));
        switched_on(&house, &admin).await;
        let own = house.get("/session", &admin).await.json["staff"]["id"].clone();
        let own = house.post(&format!("/staff/{own}/second-factor/reset"), &admin, reason).await;
        own.refused(422, "second_factor.oneself");
    }
}

#[tokio::test]
async fn r4_3_class_whoever_can_do_much_harm_has_it_after_the_days_of_grace() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let set = async |name: &str, value: i64| {
        let body = json!({"version": 1, "value": value, "reason": "等保要求"}).to_string();
        house.send("PATCH", &format!("/parameters/{name}"), &admin, Some(&body), &[]).await.ok();
    };
    set("two_factor_grace_days", 1).await;
    set("two_factor_for", 1).await;
    for (account, required) in [("finance", true), ("viewer", false)] {
        let told = try_in(&house, account, None).await;
        assert_eq!(told.ok().json["second_factor_due_ms"].is_i64(), required, "{account}");
        assert_eq!(told.json["owed"], Value::Null);
    }
    house.clock.advance(Duration::from_secs(86_400));
    let late = try_in(&house, "finance", None).await;
    assert_eq!(late.ok().json["owed"], "second_factor");
    let cookie = cookie_of(&late);
    house.get("/orders", &cookie).await.refused(403, "session.second_factor_owed");
    house.post("/tokens", &cookie, r#"{"name":"x"}"#).await.refused(403, "session.second_factor_owed");
    let (telephone, _) = switched_on(&house, &cookie).await;
    house.get("/orders", &cookie).await.ok();
    let off = house.send("DELETE", "/session/second-factor", &cookie, None, &[]).await;
    off.refused(422, "second_factor.required");
    house.clock.advance(step());
    try_in(&house, "finance", Some(&telephone.code(house.clock.now()))).await.ok();
    let viewer = cookie_of(&try_in(&house, "viewer", None).await);
    house.get("/orders", &viewer).await.ok();
}

#[tokio::test]
async fn r4_3_class_a_dangerous_act_wants_the_password_or_a_code_again() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let token = |name: &str| json!({"name": name}).to_string();
        house.post("/tokens", &cookie, &token("一")).await.ok();
        house.clock.advance(Duration::from_secs(15 * 60 - 1));
        house.post("/tokens", &cookie, &token("二")).await.ok();
        house.clock.advance(Duration::from_secs(1));
        house.post("/tokens", &cookie, &token("三")).await.refused(403, "session.proof_needed");
        house.get("/piles", &cookie).await.ok();
        let prove = async |secret: &str| {
            house.post("/session/proof", &cookie, &json!({"secret": secret}).to_string()).await
        };
        let wrong = prove("wrong").await;
        assert_eq!(wrong.refused(400, "field.invalid").json["field"], "secret");
        prove(PASSWORD).await.ok();
        house.post("/tokens", &cookie, &token("三")).await.ok();
        // Where there is two-step verification the password alone is no proof.
        let (telephone, _) = switched_on(&house, &cookie).await;
        house.clock.advance(Duration::from_secs(15 * 60));
        prove(PASSWORD).await.refused(400, "field.invalid");
        let code = telephone.code(house.clock.now());
        prove(&code).await.ok();
        prove(&code).await.refused(400, "field.invalid");
        house.post("/tokens", &cookie, &token("四")).await.ok();
        // Wrong proofs lock, as wrong passwords do.
        for _ in 0..5 {
            prove("000000").await;
        }
        prove("000000").await.refused(429, "session.locked");
    }
}

#[tokio::test]
async fn r4_3_error_it_is_not_switched_on_twice_nor_without_a_code() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("viewer").await;
    let confirm = async |code: &str| {
        let body = json!({"code": code}).to_string();
        house.post("/session/second-factor/confirmation", &cookie, &body).await
    };
    confirm("000000").await.refused(409, "second_factor.not_begun");
    let off = house.send("DELETE", "/session/second-factor", &cookie, None, &[]).await;
    off.refused(409, "second_factor.off");
    house.post("/session/recovery-codes", &cookie, "").await.refused(409, "second_factor.off");
    // Begun again, the first secret is worth nothing.
    let first = house.post("/session/second-factor", &cookie, "").await.ok().json["secret"].clone();
    let second = house.post("/session/second-factor", &cookie, "").await.ok().json["secret"].clone();
    let code = Authenticator::of(first.as_str().unwrap()).code(house.clock.now());
    assert_eq!(confirm(&code).await.refused(400, "field.invalid").json["field"], "code");
    try_in(&house, "viewer", None).await.ok();
    let telephone = Authenticator::of(second.as_str().unwrap());
    confirm(&telephone.code(house.clock.now())).await.ok();
    house.post("/session/second-factor", &cookie, "").await.refused(409, "second_factor.on");
    house.send("DELETE", "/session/second-factor", &cookie, None, &[]).await.ok();
    try_in(&house, "viewer", None).await.ok();
}
