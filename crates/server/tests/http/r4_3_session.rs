//! passwords and sessions: what is taken as a password, when it is changed, and who is signed in where.

use super::house::{Answer, House, PASSWORD, house, houses};
use serde_json::{Value, json};
use std::time::Duration;

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36";

fn days(n: u64) -> Duration {
    Duration::from_secs(86_400 * n)
}

async fn set(house: &House, cookie: &str, name: &str, value: i64) {
    let version = house.get(&format!("/parameters/{name}"), cookie).await.ok().json["version"].clone();
    let body = json!({"version": version, "value": value, "reason": "核对"}).to_string();
    house.send("PATCH", &format!("/parameters/{name}"), cookie, Some(&body), &[]).await.ok();
}

async fn enter(house: &House, account: &str, password: &str) -> Answer {
    let body = json!({"account": account, "password": password}).to_string();
    house.send("POST", "/session", "", Some(&body), &[("user-agent", CHROME)]).await
}

fn cookie_of(answer: &Answer) -> String {
    answer.ok().cookie.clone().unwrap().split(';').next().unwrap().to_owned()
}

async fn change(house: &House, cookie: &str, current: &str, new: &str) -> Answer {
    let body = json!({"current_password": current, "new_password": new}).to_string();
    house.send("PUT", "/session/password", cookie, Some(&body), &[]).await
}

#[tokio::test]
async fn r4_3_class_a_password_that_others_know_is_changed_before_anything_else() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let body = json!({"account": "new.one", "name": "新人", "role": "viewer", "operator_id": null,
            "password": "Ukgtbrfm-12"});
        house.post("/staff", &admin, &body.to_string()).await.ok();
        let made = enter(&house, "new.one", "Ukgtbrfm-12").await;
        assert_eq!(made.ok().json["owed"], "password");
        let cookie = cookie_of(&made);
        house.get("/piles", &cookie).await.refused(403, "session.password_owed");
        house.get("/session", &cookie).await.ok();
        let same = change(&house, &cookie, "Ukgtbrfm-12", "Ukgtbrfm-12").await;
        assert_eq!(same.refused(400, "field.invalid").json["field"], "new_password");
        change(&house, &cookie, "Ukgtbrfm-12", "Wdzjnylc-34").await.ok();
        house.get("/piles", &cookie).await.ok();
        // The same after somebody else has made a new one.
        let id = house.get("/session", &cookie).await.json["staff"]["id"].clone();
        let reset = house.send("PUT", &format!("/staff/{id}/password"), &admin, None, &[]).await;
        let password = reset.ok().json["password"].as_str().unwrap().to_owned();
        assert_eq!(enter(&house, "new.one", &password).await.ok().json["owed"], "password");
    }
}

#[tokio::test]
async fn r4_3_class_the_last_passwords_are_not_taken_again() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        set(&house, &admin, "password_past", 2).await;
        let cookie = house.sign_in("finance").await;
        let all = [PASSWORD, "Ukgtbrfm-12", "Wdzjnylc-34", "Bvxkqthp-56"];
        for pair in all.windows(2) {
            change(&house, &cookie, pair[0], pair[1]).await.ok();
            house.clock.advance(Duration::from_secs(1));
        }
        for used in &all[1..] {
            let no = change(&house, &cookie, all[3], used).await;
            assert_eq!(no.refused(400, "field.invalid").json["field"], "new_password", "{used}");
        }
        change(&house, &cookie, all[3], all[0]).await.ok();
        set(&house, &admin, "password_past", 0).await;
        change(&house, &cookie, all[0], all[0]).await.ok();
    }
}

#[tokio::test]
async fn r4_3_boundary_length_kinds_and_what_everybody_takes() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("finance").await;
    let try_one = async |new: &str| change(&house, &cookie, PASSWORD, new).await;
    let long = format!("Ua1{}", "kgtbrfmw".repeat(16));
    for bad in [
        "",
        "Ukgtbr-12",
        &long[..129],
        "ukgtbrfmwdzj",
        "Finance-ukgt-1",
        "Password-2026",
        "Qwerty-12345",
        &"x".repeat(10_000),
    ] {
        let no = try_one(bad).await;
        assert_eq!(no.refused(400, "field.invalid").json["field"], "new_password", "{bad}");
    }
    try_one(&long[..128]).await.ok();
    // The rule holds at every door: a new account, too.
    let admin = house.sign_in("admin").await;
    for bad in ["Admin@123456", "short-A1"] {
        let body = json!({"account": "new.two", "name": "新人", "role": "viewer", "operator_id": null, "password": bad});
        let no = house.post("/staff", &admin, &body.to_string()).await;
        assert_eq!(no.refused(400, "field.invalid").json["field"], "password");
    }
    set(&house, &admin, "password_length", 14).await;
    let cookie = cookie_of(&enter(&house, "finance", &long[..128]).await);
    change(&house, &cookie, &long[..128], "Ukgtbrfm-1234x").await.ok();
    let no = change(&house, &cookie, "Ukgtbrfm-1234x", "Wdzjnylc-9876").await;
    assert!(no.refused(400, "field.invalid").text.contains("14"), "the prompt names the rule");
}

#[tokio::test]
async fn r4_3_class_a_password_grows_old_where_the_rules_say_so() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        set(&house, &admin, "password_days", 90).await;
        house.clock.advance(days(89));
        let young = enter(&house, "viewer", PASSWORD).await;
        assert_eq!(young.ok().json["owed"], Value::Null);
        assert!(young.json["password_due_ms"].is_i64());
        house.clock.advance(days(1));
        let old = enter(&house, "viewer", PASSWORD).await;
        assert_eq!(old.ok().json["owed"], "password");
        let cookie = cookie_of(&old);
        house.get("/piles", &cookie).await.refused(403, "session.password_owed");
        change(&house, &cookie, PASSWORD, "Ukgtbrfm-12").await.ok();
        house.get("/piles", &cookie).await.ok();
    }
}

#[tokio::test]
async fn r4_3_class_people_see_where_they_are_signed_in_and_end_it() {
    for house in houses().await {
        house.furnish().await;
        let first = cookie_of(&enter(&house, "viewer", PASSWORD).await);
        house.clock.advance(Duration::from_secs(60));
        let second = cookie_of(&enter(&house, "viewer", PASSWORD).await);
        house.clock.advance(Duration::from_secs(60));
        let third = cookie_of(&enter(&house, "viewer", PASSWORD).await);
        let stranger = house.sign_in("finance").await;
        let rows = house.get("/sessions", &third).await.ok().json["items"].as_array().unwrap().clone();
        assert_eq!(rows.len(), 3);
        assert_eq!((&rows[0]["own"], &rows[0]["device"]), (&json!(true), &json!("Chrome 109 · Windows")));
        let oldest = rows[2]["id"].as_str().unwrap();
        let path = format!("/sessions/{oldest}");
        house.send("DELETE", &path, &stranger, None, &[]).await.refused(404, "session.not_found");
        house.send("DELETE", &path, &third, None, &[]).await.ok();
        house.get("/session", &first).await.refused(401, "session.missing");
        house.get("/session", &second).await.ok();
        let ended = house.send("DELETE", "/sessions", &third, None, &[]).await;
        assert_eq!(ended.ok().json["count"], 1);
        house.get("/session", &second).await.refused(401, "session.missing");
        house.get("/session", &third).await.ok();
        house.get("/session", &stranger).await.ok();
    }
}

#[tokio::test]
async fn r4_3_boundary_sessions_of_a_person_are_as_many_as_the_rules_say_and_as_long() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        set(&house, &admin, "session_max", 2).await;
        let mut cookies = Vec::new();
        for _ in 0..3 {
            cookies.push(house.sign_in("viewer").await);
            house.clock.advance(Duration::from_secs(1));
        }
        house.get("/session", &cookies[0]).await.refused(401, "session.missing");
        house.get("/session", &cookies[1]).await.ok();
        house.get("/session", &cookies[2]).await.ok();
        set(&house, &admin, "session_idle_s", 300).await;
        assert_eq!(house.get("/session", &cookies[2]).await.ok().json["idle_minutes"], 5);
        house.clock.advance(Duration::from_secs(300));
        house.get("/session", &cookies[2]).await.refused(401, "session.missing");
        let admin = house.sign_in("admin").await;
        set(&house, &admin, "session_life_s", 3_600).await;
        let answer = enter(&house, "viewer", PASSWORD).await;
        assert!(answer.cookie.as_ref().unwrap().contains("Max-Age=3600"));
    }
}

#[tokio::test]
async fn r4_3_class_a_sign_in_from_a_new_network_is_marked_and_told() {
    for house in houses().await {
        house.furnish().await;
        let engine = &house.app.engine;
        for address in ["10.1.1.7", "10.1.1.8", "203.0.113.9", "203.0.113.10"] {
            engine.session_create(engine::staff::SignIn::of("finance", PASSWORD, address)).await.unwrap();
        }
        let admin = house.sign_in("admin").await;
        let log = house.get("/audit?action=session_create&key=finance", &admin).await;
        let marks: Vec<bool> = log.ok().json["items"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|row| {
                serde_json::from_str::<Value>(row["detail"].as_str().unwrap()).unwrap()["new_place"] == true
            })
            .collect();
        assert_eq!(marks, [false, false, true, false], "the first is nothing new, nor a neighbour's address");
    }
}

#[tokio::test]
async fn r4_3_class_reading_the_log_is_in_the_log() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        for _ in 0..3 {
            house.get("/audit?noun=staff&key=finance", &admin).await.ok();
        }
        house.get("/audit?noun=order", &admin).await.ok();
        let looks = house.get("/audit?action=audit_list", &admin).await;
        let details: Vec<&str> = looks.ok().json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["detail"].as_str().unwrap())
            .collect();
        assert_eq!(details.len(), 2, "the same look again is one look");
        assert!(details[1].contains("finance") && details[0].contains("order"), "{details:?}");
    }
}
