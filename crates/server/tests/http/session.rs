//! Signing in, staying signed in, being kept out.

use super::house::{House, PASSWORD, house, houses};
use engine::staff::SignIn;
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
async fn wrong_passwords_keep_nobody_out_who_sits_elsewhere() {
    for house in houses().await {
        house.furnish().await;
        let try_at = async |address: &str, password: &str| {
            house
                .app
                .engine
                .session_create(SignIn::of("admin", password, address))
                .await
                .map(drop)
                .map_err(|no| no.code)
        };
        try_at("192.168.0.7", PASSWORD).await.unwrap();
        // A crowd that guesses: each of it is stopped, then all of it, and the owner notices nothing.
        for n in 0..10 {
            let address = format!("10.0.0.{n}");
            for _ in 0..5 {
                assert_eq!(try_at(&address, "wrong").await, Err("session.wrong_credentials"));
            }
            assert_eq!(try_at(&address, PASSWORD).await, Err("session.locked"));
        }
        assert_eq!(try_at("10.0.1.1", PASSWORD).await, Err("session.account_limited"));
        try_at("192.168.0.7", PASSWORD).await.unwrap();
        // Whoever may change accounts ends it.
        let cookie = house.sign_in("operations").await;
        house.send("DELETE", "/staff/1/lock", &cookie, None, &[]).await.refused(403, "permission.denied");
        house.staff("second", model::access::Role::Admin, None).await;
        let cookie = house.sign_in("second").await;
        let staff = house.get("/staff", &cookie).await;
        let admin = staff.json["items"].as_array().unwrap().iter().find(|row| row["account"] == "admin");
        let id = admin.unwrap()["id"].clone();
        house.send("DELETE", &format!("/staff/{id}/lock"), &cookie, None, &[]).await.ok();
        try_at("10.0.0.1", PASSWORD).await.unwrap();
        try_at("10.0.1.1", PASSWORD).await.unwrap();
        let audit = house.get("/audit?action=staff_lock_delete", &cookie).await;
        assert_eq!(
            (&audit.json["total"], &audit.json["items"][0]["key"]),
            (&1.into(), &id.to_string().into())
        );
        house.send("DELETE", "/staff/999/lock", &cookie, None, &[]).await.refused(404, "staff.not_found");
    }
}

#[tokio::test]
async fn an_administrator_gives_a_new_password_and_the_old_doors_are_shut() {
    for house in houses().await {
        house.furnish().await;
        let (admin, old) = (house.sign_in("admin").await, house.sign_in("finance").await);
        let token = house.post("/tokens", &old, "{\"name\":\"x\"}").await.ok().json["token"].clone();
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        let bearer = [("authorization", bearer.as_str())];
        house.send("GET", "/piles", "", None, &bearer).await.ok();
        let id = house.get("/session", &old).await.json["staff"]["id"].clone();
        let reset = format!("/staff/{id}/password");
        house.send("PUT", &reset, &old, None, &[]).await.refused(403, "permission.denied");
        // Nobody makes a password for an account that sees more than they.
        let part = engine::staff::StaffDraft {
            account: "city.admin".to_owned(),
            name: "城市管理员".to_owned(),
            role: "admin".to_owned(),
            operator_id: None,
            area: model::access::Area::Cities { cities: vec!["420100".to_owned()] },
            password: Some(PASSWORD.to_owned()),
        };
        house.app.engine.staff_create(&engine::audit::Actor::local(), part).await.unwrap();
        let city = house.sign_in("city.admin").await;
        house.send("PUT", &reset, &city, None, &[]).await.refused(403, "staff.beyond");
        let made = house.send("PUT", &reset, &admin, None, &[]).await;
        let password = made.ok().json["password"].as_str().unwrap().to_owned();
        house.get("/session", &old).await.refused(401, "session.missing");
        house.send("GET", "/piles", "", None, &bearer).await.refused(401, "session.missing");
        let sign_in = async |password: &str| {
            let body = format!("{{\"account\":\"finance\",\"password\":\"{password}\"}}");
            house.post("/session", "", &body).await
        };
        sign_in(PASSWORD).await.refused(401, "session.wrong_credentials");
        sign_in(&password).await.ok();
        let audit = house.get("/audit?action=staff_password_set", &admin).await;
        assert_eq!(audit.json["total"], 1);
        assert!(!audit.text.contains(&password));
    }
}

#[tokio::test]
async fn tokens_are_listed_and_taken_away() {
    for house in houses().await {
        house.furnish().await;
        let [admin, viewer, other] =
            [house.sign_in("admin").await, house.sign_in("viewer").await, house.sign_in("a.admin").await];
        let mut tokens = Vec::new();
        for (cookie, name) in [(&admin, "一"), (&viewer, "二"), (&viewer, "三")] {
            let made = house.post("/tokens", cookie, &format!("{{\"name\":\"{name}\"}}")).await;
            tokens.push(made.ok().json["token"].as_str().unwrap().to_owned());
            house.clock.advance(minutes(1));
        }
        let listed = async |cookie: &str| {
            let list = house.get("/tokens", cookie).await;
            assert!(tokens.iter().all(|token| !list.text.contains(token.as_str())));
            list.ok().json["items"].as_array().unwrap().clone()
        };
        let names =
            |rows: &[serde_json::Value]| rows.iter().map(|row| row["name"].clone()).collect::<Vec<_>>();
        assert_eq!(names(&listed(&admin).await), ["三", "二", "一"]);
        assert_eq!(names(&listed(&viewer).await), ["三", "二"]);
        assert!(listed(&other).await.is_empty(), "the platform's tokens are not for an operator's staff");
        let rows = listed(&admin).await;
        assert_eq!((&rows[0]["account"], rows[0]["id"].as_str().unwrap().len()), (&"viewer".into(), 16));
        let path = |row: &serde_json::Value| format!("/tokens/{}", row["id"].as_str().unwrap());
        for cookie in [&viewer, &other] {
            let no = house.send("DELETE", &path(&rows[2]), cookie, None, &[]).await;
            no.refused(404, "token.not_found");
        }
        house.send("DELETE", &path(&rows[0]), &viewer, None, &[]).await.ok();
        house.send("DELETE", &path(&rows[1]), &admin, None, &[]).await.ok();
        house.send("DELETE", &path(&rows[1]), &admin, None, &[]).await.refused(404, "token.not_found");
        assert_eq!(names(&listed(&admin).await), ["一"]);
        for (token, works) in tokens.iter().zip([true, false, false]) {
            let bearer = format!("Bearer {token}");
            let answer = house.send("GET", "/piles", "", None, &[("authorization", bearer.as_str())]).await;
            assert_eq!(answer.status == 200, works);
        }
    }
}

#[tokio::test]
async fn what_a_page_asks_by_itself_keeps_no_session_alive() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("viewer").await;
        for _ in 0..5 {
            house.clock.advance(minutes(5));
            let background = [("x-pileops-background", "1")];
            house.send("GET", "/piles", &cookie, None, &background).await.ok();
            let stream = axum::http::Request::get("/api/v1/live").header("cookie", &cookie);
            let stream = house.raw(stream.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(stream.status(), 200);
            settled(&house).await;
        }
        house.clock.advance(minutes(5));
        house.get("/session", &cookie).await.refused(401, "session.missing");
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
async fn a_new_password_ends_the_other_sessions_and_tokens() {
    for house in houses().await {
        house.furnish().await;
        let (own, other) = (house.sign_in("finance").await, house.sign_in("finance").await);
        let token = house.post("/tokens", &other, "{\"name\":\"x\"}").await.ok().json["token"].clone();
        let bearer = format!("Bearer {}", token.as_str().unwrap());
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
        let by_token = house.send("GET", "/piles", "", None, &[("authorization", bearer.as_str())]).await;
        by_token.refused(401, "session.missing");
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
