//! R-4.3 接口令牌: smaller than their owner, for a time, from named networks.

use super::house::{Answer, House, houses};
use serde_json::{Value, json};
use std::time::Duration;

async fn made(house: &House, cookie: &str, draft: Value) -> String {
    house.post("/tokens", cookie, &draft.to_string()).await.ok().json["token"].as_str().unwrap().to_owned()
}

async fn by(house: &House, token: &str, path: &str, from: Option<&str>) -> Answer {
    let bearer = format!("Bearer {token}");
    let mut request = axum::http::Request::get(format!("/api/v1{path}")).header("authorization", bearer);
    if let Some(from) = from {
        let address: std::net::SocketAddr = from.parse().unwrap();
        request = request.extension(axum::extract::ConnectInfo(address));
    }
    Answer::of(house.raw(request.body(axum::body::Body::empty()).unwrap()).await).await
}

#[tokio::test]
async fn r4_3_class_a_token_may_a_part_of_what_its_owner_may() {
    for house in houses().await {
        let [station, _] = house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let draft = json!({"name": "只读", "permissions": ["pile.read"],
            "area": {"kind": "stations", "stations": [station]}});
        let token = made(&house, &cookie, draft).await;
        assert_eq!(by(&house, &token, "/piles", None).await.ok().json["total"], 2, "of one station only");
        by(&house, &token, "/orders", None).await.refused(403, "permission.denied");
        by(&house, &token, "/piles/B-1", None).await.refused(404, "pile.not_found");
        let rows = house.get("/tokens", &cookie).await;
        let row = &rows.ok().json["items"][0];
        assert_eq!((&row["permissions"], &row["area_names"]), (&json!(["pile.read"]), &json!(["甲站"])));
        // More than the owner has is not given, and what the owner loses the token loses.
        let more = json!({"name": "多", "permissions": ["staff.write"]}).to_string();
        let more = house.post("/tokens", &cookie, &more).await;
        assert_eq!(more.refused(400, "field.invalid").json["field"], "permissions");
        let none = house.post("/tokens", &cookie, r#"{"name":"无","permissions":[]}"#).await;
        assert_eq!(none.refused(400, "field.invalid").json["field"], "permissions");
        let elsewhere = json!({"name": "外", "area": {"kind": "stations", "stations": [999]}}).to_string();
        let elsewhere = house.post("/tokens", &cookie, &elsewhere).await;
        assert_eq!(elsewhere.refused(400, "field.invalid").json["field"], "area");
        let admin = house.sign_in("admin").await;
        let list = house.get("/staff?account=operations", &admin).await;
        let staff = &list.json["items"][0];
        let change = json!({"version": staff["version"], "name": staff["name"], "role": "service", "operator_id": null,
            "area": {"kind": "stations", "stations": [2]}, "disabled": false, "handover": ""});
        house
            .send("PUT", &format!("/staff/{}", staff["id"]), &admin, Some(&change.to_string()), &[])
            .await
            .ok();
        assert_eq!(by(&house, &token, "/piles", None).await.ok().json["total"], 0);
    }
}

#[tokio::test]
async fn r4_3_boundary_a_token_ends_on_its_day_and_keeps_to_its_networks() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("viewer").await;
        let short = made(&house, &cookie, json!({"name": "一天", "days": 1})).await;
        let near =
            made(&house, &cookie, json!({"name": "内网", "networks": ["10.1.0.0/16", " 203.0.113.7 ", ""]}))
                .await;
        house.clock.advance(Duration::from_secs(86_400 - 1));
        by(&house, &short, "/piles", None).await.ok();
        house.clock.advance(Duration::from_secs(1));
        by(&house, &short, "/piles", None).await.refused(401, "session.missing");
        for (from, may) in [
            (Some("10.1.255.255:1"), true),
            (Some("[::ffff:10.1.2.3]:1"), true),
            (Some("203.0.113.7:9"), true),
            (Some("10.2.0.0:1"), false),
            (Some("203.0.113.8:1"), false),
            (None, false),
        ] {
            let answer = by(&house, &near, "/piles", from).await;
            if may {
                answer.ok();
            } else {
                answer.refused(403, "token.elsewhere");
            }
        }
        for (field, bad) in [
            ("days", json!(0)),
            ("days", json!(3_651)),
            ("networks", json!(["ten"])),
            ("networks", json!(["10.0.0.0/33"])),
        ] {
            let cookie = house.sign_in("viewer").await;
            let body = json!({"name": "坏", field: bad}).to_string();
            let no = house.post("/tokens", &cookie, &body).await;
            assert_eq!(no.refused(400, "field.invalid").json["field"], field);
        }
    }
}
