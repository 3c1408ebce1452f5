//! 充电桩地图, and the stations on it: classes, boundaries and guesses.

use super::house::{Answer, House, house, houses};
use serde_json::{Value, json};

/// The record of station 1 as it is, to be changed.
fn record(version: i64) -> Value {
    json!({"version": version, "name": "甲站", "city_code": "420100", "address": "一路1号", "tariff_id": 1,
        "facilities": []})
}

async fn patch(house: &House, cookie: &str, id: i64, body: &Value) -> Answer {
    house.send("PATCH", &format!("/stations/{id}"), cookie, Some(&body.to_string()), &[]).await
}

async fn put_at(house: &House, cookie: &str, id: i64, (x, y): (i64, i64)) {
    let station = house.get(&format!("/stations/{id}"), cookie).await.ok().json.clone();
    let mut body = record(station["version"].as_i64().unwrap());
    body["name"] = station["name"].clone();
    (body["longitude_e6"], body["latitude_e6"]) = (json!(x), json!(y));
    patch(house, cookie, id, &body).await.ok();
}

const WUHAN: (i64, i64) = (114_305_400, 30_593_100);

#[tokio::test]
async fn r5_2_2_class_piles_are_counted_from_the_country_to_the_station() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        put_at(&house, &cookie, 1, WUHAN).await;
        let country = house.get("/map", &cookie).await.ok().json.clone();
        assert_eq!((&country["station_count"], &country["unlocated_count"]), (&json!(2), &json!(1)));
        assert_eq!(country["counts"]["pile_count"], 4);
        let group = &country["groups"][0];
        assert_eq!((&group["code"], &group["name"]), (&json!("42"), &json!("湖北")));
        assert_eq!((&group["counts"]["pile_count"], &group["longitude_e6"]), (&json!(2), &json!(WUHAN.0)));
        assert_eq!(group["state"], "offline", "no pile has connected yet");
        let city = house.get("/map?level=city", &cookie).await.ok().json["groups"][0].clone();
        assert_eq!((&city["code"], &city["name"]), (&json!("420100"), &json!("武汉")));
        let stations = house.get("/map?level=station", &cookie).await.ok().json.clone();
        assert_eq!(stations["groups"], json!([]));
        let names: Vec<_> =
            stations["stations"].as_array().unwrap().iter().map(|s| s["name"].clone()).collect();
        assert_eq!(names, ["乙站", "甲站"], "what must be fixed comes first");
        for (query, count) in [
            ("operator_name=甲", 1),
            ("city_name=武", 2),
            ("city_name=汉&station_name=乙", 1),
            ("station_code=s1", 1),
            ("station_code=%25", 0),
            ("operator_name=没有", 0),
        ] {
            let found = house.get(&format!("/map?level=station&{query}"), &cookie).await;
            assert_eq!(found.ok().json["station_count"], count, "{query}");
        }
        // An operator's staff see its own.
        let own = house.get("/map", &house.sign_in("a.viewer").await).await;
        assert_eq!(own.ok().json["counts"]["pile_count"], 2);
    }
}

#[tokio::test]
async fn r5_2_2_boundary_edges_of_the_view_and_of_the_earth() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        put_at(&house, &cookie, 1, WUHAN).await;
        put_at(&house, &cookie, 2, (WUHAN.0, WUHAN.1 + 1)).await;
        let seen = async |bounds: [i64; 4]| {
            let text = bounds.map(|number| number.to_string()).join(",");
            let answer = house.get(&format!("/map?level=station&bounds={text}"), &cookie).await;
            answer.ok().json["seen_count"].as_i64().unwrap()
        };
        assert_eq!(seen([WUHAN.0, WUHAN.1, WUHAN.0, WUHAN.1]).await, 1, "on the edge is inside");
        assert_eq!(seen([WUHAN.0 - 1, WUHAN.1 - 1, WUHAN.0 + 1, WUHAN.1 + 1]).await, 2);
        assert_eq!(seen([WUHAN.0 + 1, WUHAN.1, WUHAN.0 + 2, WUHAN.1 + 2]).await, 0);
        for (x, y, field) in [
            (180_000_001, 0, "longitude_e6"),
            (0, 90_000_001, "latitude_e6"),
            (30_593_100, 114_305_400, "latitude_e6"),
            (0, 0, "latitude_e6"),
        ] {
            let mut bad = record(2);
            (bad["longitude_e6"], bad["latitude_e6"]) = (json!(x), json!(y));
            let answer = patch(&house, &cookie, 1, &bad).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{x} {y}");
        }
        put_at(&house, &cookie, 1, (-180_000_000, 90_000_000)).await;
        for (from, to, ok) in
            [(0, 1, true), (1_320, 360, true), (480, 480, false), (1_440, 5, false), (0, 1_441, false)]
        {
            let mut body = record(house.get("/stations/1", &cookie).await.json["version"].as_i64().unwrap());
            (body["opening_from_minute"], body["opening_to_minute"]) = (json!(from), json!(to));
            assert_eq!(patch(&house, &cookie, 1, &body).await.status.is_success(), ok, "{from}-{to}");
        }
    }
}

#[tokio::test]
async fn r5_2_2_guess_mixed_datums_stale_forms_and_other_peoples_stations() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        // Picked on a Chinese map: kept as GPS has it, and shown again where it was picked.
        let mut picked = record(1);
        (picked["longitude_e6"], picked["latitude_e6"]) = (json!(116_410_244), json!(39_916_404));
        picked["datum"] = json!("gcj02");
        patch(&house, &cookie, 1, &picked).await.ok();
        let station = house.get("/stations/1", &cookie).await.ok().json.clone();
        let near = |name: &str, value: i64| (station[name].as_i64().unwrap() - value).abs() <= 1;
        assert!(near("longitude_e6", 116_404_000) && near("latitude_e6", 39_915_000), "{station}");
        assert!(near("gcj02_longitude_e6", 116_410_244) && near("gcj02_latitude_e6", 39_916_404));
        patch(&house, &cookie, 1, &picked).await.refused(409, "station.changed");
        let mut half = record(2);
        half["longitude_e6"] = json!(1);
        assert_eq!(
            patch(&house, &cookie, 1, &half).await.refused(400, "field.invalid").json["field"],
            "latitude_e6"
        );
        let mut twin = record(2);
        twin["name"] = json!("乙站");
        assert_eq!(
            patch(&house, &cookie, 1, &twin).await.refused(409, "station.exists").json["field"],
            "name"
        );
        let mut code = record(2);
        code["code"] = json!("S2");
        assert_eq!(
            patch(&house, &cookie, 1, &code).await.refused(409, "station.exists").json["field"],
            "code"
        );
        for (field, value) in [
            ("code", json!("一号")),
            ("city_code", json!("999999")),
            ("tariff_id", json!(99)),
            ("phone", json!("打电话")),
            ("transformer_kva", json!(0)),
            ("power_cap_w", json!(999)),
            ("facilities", json!(["pool"])),
            ("parking", json!("长".repeat(201))),
        ] {
            let mut bad = record(2);
            bad[field] = value;
            let answer = patch(&house, &cookie, 1, &bad).await;
            let told = answer.refused(400, "field.invalid").json["field"].as_str().unwrap().to_owned();
            assert!(told.starts_with(field), "{field}: {told}");
        }
        let own = house.sign_in("a.admin").await;
        house.get("/stations/2", &own).await.refused(404, "station.not_found");
        patch(&house, &own, 2, &record(1)).await.refused(404, "station.not_found");
        house.get("/stations/99", &cookie).await.refused(404, "station.not_found");
        for bad in ["1,2,3", "a,b,c,d", "1,2,3,4,5", ""] {
            let answer = house.get(&format!("/map?bounds={bad}"), &cookie).await;
            assert!(
                bad.is_empty() || answer.refused(400, "field.invalid").json["field"] == "bounds",
                "{bad}"
            );
        }
    }
}

#[tokio::test]
async fn pictures_come_from_here_alone_unless_a_provider_is_set() {
    let house = house().await;
    let policy = house.get("/map/ground", "").await.headers["content-security-policy"].clone();
    assert!(policy.to_str().unwrap().contains("img-src 'self' data: blob:;"));
}
