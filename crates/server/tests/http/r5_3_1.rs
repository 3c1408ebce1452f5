//! 开通城市: classes, boundaries and guesses, as the pages and scripts ask.

use super::house::{House, houses};
use serde_json::{Value, json};

async fn set(house: &House, cookie: &str, code: &str, body: &Value) -> super::house::Answer {
    house.send("PUT", &format!("/cities/{code}/status"), cookie, Some(&body.to_string()), &[]).await
}

fn names(answer: &super::house::Answer) -> Vec<String> {
    let items = answer.ok().json["items"].as_array().unwrap().clone();
    items.iter().map(|city| city["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn r5_3_1_class_the_list_has_its_columns_and_three_fuzzy_filters() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let opened = house.post("/cities", &cookie, "{\"codes\":[\"110000\",\"440300\"]}").await;
        assert_eq!(opened.ok().json, json!({"opened": 2, "existing": 0}));
        let all = house.get("/cities", &cookie).await;
        assert_eq!(names(&all), ["北京市", "武汉", "深圳市"]);
        let wuhan = &all.json["items"][1];
        assert_eq!((&wuhan["province"], &wuhan["status"]), (&json!("湖北"), &json!("open")));
        let counts = ["operator_count", "station_count", "pile_count", "connector_count", "month_energy_dwh"];
        assert_eq!(counts.map(|name| wuhan[name].as_i64().unwrap()), [2, 2, 4, 8, 0]);
        for (query, found) in [
            ("province=广", vec!["深圳市"]),
            ("name=京", vec!["北京市"]),
            ("name=%25", vec![]),
            ("province=北京&name=北京", vec!["北京市"]),
            ("status=open", vec!["北京市", "武汉", "深圳市"]),
            ("status=paused", vec![]),
            ("status=closed&province=湖北&name=宜", vec!["宜昌市"]),
            ("status=closed&name=深圳", vec![]),
        ] {
            assert_eq!(names(&house.get(&format!("/cities?{query}"), &cookie).await), found, "{query}");
        }
        let pause = json!({"version": 1, "paused": true, "reason": "台风"});
        set(&house, &cookie, "440300", &pause).await.ok();
        let paused = house.get("/cities?status=paused", &cookie).await;
        assert_eq!(names(&paused), ["深圳市"]);
        assert_eq!(paused.json["items"][0]["pause_reason"], "台风");
        set(&house, &cookie, "440300", &json!({"version": 2, "paused": false})).await.ok();
        assert_eq!(names(&house.get("/cities?status=paused", &cookie).await).len(), 0);
        // Whose counts: an operator's staff count its own.
        let own = house.get("/cities?name=武", &house.sign_in("a.viewer").await).await;
        assert_eq!(own.json["items"][0]["pile_count"], 2);
        let audit = house.get("/audit?noun=city", &house.sign_in("admin").await).await;
        assert_eq!(audit.json["items"][0]["action"], "city_status_set");
    }
}

#[tokio::test]
async fn r5_3_1_boundary_reasons_moments_and_batches() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        for (reason, status) in [("", 400), ("停", 204), (&"长".repeat(100), 204), (&"长".repeat(101), 400)]
        {
            let version = house.get("/cities?name=武", &cookie).await.json["items"][0]["version"].clone();
            let body = json!({"version": version, "paused": true, "reason": reason});
            assert_eq!(set(&house, &cookie, "420100", &body).await.status, status, "{}", reason.len());
        }
        // From a later moment on it is announced, and holds from that very moment.
        let from_ms = super::house::NOON + 60_000;
        let body = json!({"version": 3, "paused": true, "reason": "检修", "from_ms": from_ms});
        set(&house, &cookie, "420100", &body).await.ok();
        assert_eq!(names(&house.get("/cities?status=pausing", &cookie).await), ["武汉"]);
        house.clock.advance(std::time::Duration::from_secs(60));
        assert_eq!(names(&house.get("/cities?status=paused", &cookie).await), ["武汉"]);
        // Every city at once, and once more.
        let closed = house.get("/cities?status=closed", &cookie).await;
        let codes: Vec<_> =
            closed.json["items"].as_array().unwrap().iter().map(|city| city["code"].clone()).collect();
        assert!(codes.len() > 330);
        let all = house.post("/cities", &cookie, &json!({"codes": codes}).to_string()).await;
        assert_eq!(all.ok().json["opened"], codes.len());
        assert_eq!(house.get("/cities?status=closed", &cookie).await.json["total"], 0);
    }
}

#[tokio::test]
async fn r5_3_1_guess_two_tabs_strange_codes_and_people_who_may_not() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        for codes in [json!([]), json!(["420000"]), json!(["武汉"]), json!([" "])] {
            let answer = house.post("/cities", &cookie, &json!({"codes": codes}).to_string()).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], "codes");
        }
        let pause = json!({"version": 1, "paused": true, "reason": "x"});
        set(&house, &cookie, "420100", &pause).await.ok();
        set(&house, &cookie, "420100", &pause).await.refused(409, "city.changed");
        set(&house, &cookie, "130100", &pause).await.refused(404, "city.not_found");
        set(&house, &cookie, "wuhan", &pause).await.refused(404, "row.not_found");
        let patch = async |body: &str| house.send("PATCH", "/cities/420100", &cookie, Some(body), &[]).await;
        let bad = patch("{\"version\":2,\"hotline\":\"拨打客服\"}").await;
        assert_eq!(bad.refused(400, "field.invalid").json["field"], "hotline");
        patch("{\"version\":2,\"hotline\":\" 027-12345678 \"}").await.ok();
        let city = house.get("/cities?name=武", &cookie).await.json["items"][0].clone();
        assert_eq!((&city["hotline"], &city["version"]), (&json!("027-12345678"), &json!(3)));
        // What holds everywhere is not for the staff of one operator.
        let own = house.sign_in("a.admin").await;
        house.post("/cities", &own, "{\"codes\":[\"110000\"]}").await.refused(403, "scope.denied");
        set(&house, &own, "420100", &pause).await.refused(403, "scope.denied");
        house.get("/cities?status=asleep", &cookie).await.refused(400, "field.invalid");
    }
}
