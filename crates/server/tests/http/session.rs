//! Signing in, staying signed in, being kept out.

use super::house::{House, PASSWORD, house, houses};
use model::access::Permission;
use std::time::Duration;

const WRONG: &str = "{\"account\":\"admin\",\"password\":\"wrong\"}";

fn right() -> String {
    format!("{{\"account\":\"admin\",\"password\":\"{PASSWORD}\"}}")
}

fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

#[tokio::test]
async fn a_session_tells_who_it_is_and_its_cookie_is_out_of_reach() {
    for house in houses().await {
        house.furnish().await;
        let answer = house.post("/session", "", &right()).await;
        let cookie = answer.ok().cookie.clone().unwrap();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Secure"), "plain http would lose it");
        assert_eq!(answer.headers["cache-control"], "no-store");
        let cookie = cookie.split(';').next().unwrap();
        let session = house.get("/session", cookie).await;
        assert_eq!(session.ok().json, answer.json);
        assert_eq!(session.json["staff"]["account"], "admin");
        assert_eq!(session.json["permissions"].as_array().unwrap().len(), Permission::ALL.len());
        house.send("DELETE", "/session", cookie, None, &[]).await.ok();
        house.get("/session", cookie).await.refused(401, "session.missing");
    }
}

#[tokio::test]
async fn names_are_compared_as_people_type_them() {
    let house = house().await;
    house.furnish().await;
    let body = format!("{{\"account\":\" Admin \",\"password\":\"{PASSWORD}\"}}");
    house.post("/session", "", &body).await.ok();
}

#[tokio::test]
async fn an_unknown_account_and_a_wrong_password_look_the_same_to_the_end() {
    let house = house().await;
    house.furnish().await;
    for _ in 0..5 {
        let known = house.post("/session", "", WRONG).await;
        let unknown = house.post("/session", "", &WRONG.replace("admin", "nobody")).await;
        known.refused(401, "session.wrong_credentials");
        unknown.refused(401, "session.wrong_credentials");
        assert_eq!(known.json["message"], unknown.json["message"]);
    }
    let known = house.post("/session", "", WRONG).await;
    let unknown = house.post("/session", "", &WRONG.replace("admin", "nobody")).await;
    known.refused(429, "session.locked");
    unknown.refused(429, "session.locked");
    assert_eq!(known.json["message"], unknown.json["message"]);
}

#[tokio::test]
async fn five_wrong_passwords_lock_for_a_quarter_of_an_hour() {
    for house in houses().await {
        house.furnish().await;
        for _ in 0..4 {
            house.post("/session", "", WRONG).await.refused(401, "session.wrong_credentials");
        }
        // One that is right begins the count anew.
        house.post("/session", "", &right()).await.ok();
        for _ in 0..5 {
            house.post("/session", "", WRONG).await.refused(401, "session.wrong_credentials");
        }
        house.post("/session", "", &right()).await.refused(429, "session.locked");
        house.clock.advance(minutes(14));
        house.post("/session", "", &right()).await.refused(429, "session.locked");
        house.clock.advance(minutes(1));
        house.post("/session", "", &right()).await.ok();
    }
}

#[tokio::test]
async fn tries_at_the_same_moment_all_count() {
    for house in houses().await {
        house.furnish().await;
        let tries = (0..20).map(|_| house.post("/session", "", WRONG));
        let answers = futures_util::future::join_all(tries).await;
        let judged = answers.iter().filter(|answer| answer.status == 401).count();
        assert_eq!(judged, 5);
        assert!(answers.iter().all(|answer| answer.status == 401 || answer.status == 429));
        house.post("/session", "", &right()).await.refused(429, "session.locked");
    }
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_is_slowed_down() {
    let house = house().await;
    house.furnish().await;
    for n in 0..30 {
        let body = format!("{{\"account\":\"user{n}\",\"password\":\"wrong\"}}");
        house.post("/session", "", &body).await.refused(401, "session.wrong_credentials");
    }
    house.post("/session", "", &right()).await.refused(429, "session.limited");
    house.clock.advance(Duration::from_secs(10));
    house.post("/session", "", &right()).await.ok();
}

#[tokio::test]
async fn an_idle_session_ends_and_a_busy_one_ends_too() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("viewer").await;
        house.clock.advance(minutes(29));
        house.get("/session", &cookie).await.ok();
        settled(&house).await;
        house.clock.advance(minutes(29));
        house.get("/session", &cookie).await.ok();
        settled(&house).await;
        house.clock.advance(minutes(30));
        house.get("/session", &cookie).await.refused(401, "session.missing");
        let cookie = house.sign_in("viewer").await;
        for _ in 0..35 {
            house.clock.advance(minutes(20));
            house.get("/session", &cookie).await.ok();
            settled(&house).await;
        }
        house.clock.advance(minutes(20));
        house.get("/session", &cookie).await.refused(401, "session.missing");
    }
}

/// The time of use is written without anybody waiting for it; the next write comes after it.
async fn settled(house: &House) {
    house.app.engine.store.write(None, |_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    for house in houses().await {
        house.furnish().await;
        let (own, other) = (house.sign_in("finance").await, house.sign_in("finance").await);
        let change = |current: &str, new: &str| {
            format!("{{\"current_password\":\"{current}\",\"new_password\":\"{new}\"}}")
        };
        let put = async |body: String| house.send("PUT", "/session/password", &own, Some(&body), &[]).await;
        let weak = put(change(PASSWORD, "short")).await;
        assert_eq!(weak.refused(400, "field.invalid").json["field"], "new_password");
        let wrong = put(change("wrong", "Another-Horse-8")).await;
        assert_eq!(wrong.refused(400, "field.invalid").json["field"], "current_password");
        put(change(PASSWORD, "Another-Horse-8")).await.ok();
        house.get("/session", &own).await.ok();
        house.get("/session", &other).await.refused(401, "session.missing");
        let old = house.post("/session", "", &right().replace("admin", "finance")).await;
        old.refused(401, "session.wrong_credentials");
    }
}

#[tokio::test]
async fn a_token_works_as_its_owner_and_not_as_a_cookie() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("viewer").await;
        let made = house.post("/tokens", &cookie, "{\"name\":\"夜间导出\"}").await;
        let token = made.ok().json["token"].as_str().unwrap().to_owned();
        assert!(token.starts_with("pop_"));
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("x-requested-with", "")];
        house.send("GET", "/piles", "", None, &headers).await.ok();
        house.clock.advance(minutes(60 * 24 * 30));
        house.send("GET", "/piles", "", None, &headers).await.ok();
        let post = house.send("POST", "/piles", "", Some("{}"), &headers).await;
        post.refused(403, "permission.denied");
        let cookie = format!("pileops_session={token}");
        house.get("/piles", &cookie).await.refused(401, "session.missing");
        // Nothing of the secret is kept.
        let kept = house
            .app
            .engine
            .store
            .read(|conn| conn.query("SELECT hash FROM credential", &[], |row| row.text(0)));
        assert!(kept.await.unwrap().iter().all(|hash| hash.len() == 64 && !token.contains(hash)));
    }
}

#[tokio::test]
async fn failures_are_audited_and_passwords_are_not() {
    for house in houses().await {
        house.furnish().await;
        house.post("/session", "", WRONG).await;
        let cookie = house.sign_in("admin").await;
        let audit = house.get("/audit?noun=staff&action=session_create", &cookie).await;
        let items = audit.ok().json["items"].as_array().unwrap().clone();
        assert_eq!((items[0]["success"].as_bool(), items[1]["success"].as_bool()), (Some(true), Some(false)));
        let all = house.get("/audit?limit=200", &cookie).await;
        assert!(all.json["total"].as_i64().unwrap() >= 14);
        assert!(!all.text.contains(PASSWORD) && !all.text.contains("argon2"));
        let failed = house.get("/audit?success=false", &cookie).await;
        assert_eq!(failed.ok().json["total"], 1);
    }
}
