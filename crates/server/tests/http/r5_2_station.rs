//! 充电站: its record, its photos, and closing it for a time.

use super::house::{Answer, House, houses};
use model::id::{PileCode, StationId};
use serde_json::{Value, json};
use std::time::Duration;

const PLACE: &[u8] = include_bytes!("../../src/demo/photos/place.jpg");
const SCREEN: &[u8] = include_bytes!("../../src/demo/photos/screen.jpg");

fn record(version: i64) -> Value {
    json!({"version": version, "name": "甲站", "city_code": "420100", "address": "一路1号", "facilities": ["canopy", "ground_lock", "canopy"],
        "kind": "bus", "place_kind": "transport_hub", "parking_fee": "free_charging", "parking": "充电免 2 小时",
        "tags": [" 快充 ", "夜间优惠", "快充", ""], "car_kinds": ["bus", "van", "bus"], "utility_no": "4201-0099",
        "opening_from_minute": 1320, "opening_to_minute": 360, "transformer_kva": 800, "phone": "027-12345678"})
}

async fn save(house: &House, cookie: &str, body: &Value) -> Answer {
    house.send("PATCH", "/stations/1", cookie, Some(&body.to_string()), &[]).await
}

async fn close(house: &House, cookie: &str, body: Value) -> Answer {
    house.send("PUT", "/stations/1/status", cookie, Some(&body.to_string()), &[]).await
}

async fn upload(house: &House, cookie: &str, body: &[u8]) -> Answer {
    house.send_bytes("POST", "/stations/1/photos", body, &[("cookie", cookie)]).await
}

/// Photos that differ: a picture of one colour in the format that every tool writes by hand.
fn bitmap(shade: u8) -> Vec<u8> {
    let mut drawn = Vec::new();
    let image = image::RgbImage::from_pixel(64, 48, image::Rgb([shade, 90, 160]));
    image.write_to(&mut std::io::Cursor::new(&mut drawn), image::ImageFormat::Png).unwrap();
    drawn
}

async fn detail(house: &House, cookie: &str) -> Value {
    house.get("/stations/1", cookie).await.ok().json.clone()
}

#[tokio::test]
async fn r5_2_station_class_the_record_is_kept_shown_and_found() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        save(&house, &cookie, &record(1)).await.ok();
        let one = detail(&house, &cookie).await;
        assert_eq!(one["tags"], json!(["快充", "夜间优惠"]), "trimmed, each once");
        assert_eq!(one["car_kinds"], json!(["bus", "van"]));
        assert_eq!(one["facilities"], json!(["canopy", "ground_lock"]));
        let told = ["kind", "place_kind", "parking_fee", "utility_no"].map(|key| one[key].clone());
        assert_eq!(told, [json!("bus"), json!("transport_hub"), json!("free_charging"), json!("4201-0099")]);
        assert_eq!((&one["opening_from_minute"], &one["opening_to_minute"]), (&json!(1320), &json!(360)));
        for (query, total) in [
            ("tag=%E5%BF%AB", 1),
            ("tag=%E5%A4%9C%E9%97%B4", 1),
            ("tag=%0A", 2),
            ("tag=%25", 0),
            ("kind=bus", 1),
            ("kind=public", 1),
            ("place_kind=transport_hub", 1),
            ("place_kind=office", 0),
            ("closed=true", 0),
            ("closed=false", 2),
        ] {
            let list = house.get(&format!("/stations?{query}"), &cookie).await;
            assert_eq!(list.ok().json["total"], total, "{query}");
        }
        // A change that leaves them out empties them, and the audit has both sides.
        let plain =
            json!({"version": 2, "name": "甲站", "city_code": "420100", "address": "", "facilities": []});
        save(&house, &cookie, &plain).await.ok();
        let one = detail(&house, &cookie).await;
        assert_eq!(
            (&one["tags"], &one["kind"], &one["place_kind"]),
            (&json!([]), &json!("public"), &Value::Null)
        );
        let audit = house.get("/audit?action=station_update", &cookie).await;
        let text = audit.ok().json["items"][0]["detail"].as_str().unwrap().to_owned();
        assert!(text.contains("transport_hub") && text.contains("夜间优惠"), "{text}");
    }
}

#[tokio::test]
async fn r5_2_station_boundary_of_the_record() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let eight: Vec<String> = (0..8).map(|n| format!("标签{n}")).collect();
        let nine: Vec<String> = (0..9).map(|n| format!("标签{n}")).collect();
        let mut version = 1;
        for (field, value, good) in [
            ("tags", json!(eight), true),
            ("tags", json!(nine), false),
            ("tags", json!(["一二三四五六七八九十一二"]), true),
            ("tags", json!(["一二三四五六七八九十一二三"]), false),
            ("tags", json!(["快\n充"]), false),
            ("utility_no", json!("A".repeat(32)), true),
            ("utility_no", json!("A".repeat(33)), false),
            ("utility_no", json!("户 1"), false),
            ("transformer_kva", json!(100_000), true),
            ("transformer_kva", json!(100_001), false),
            ("opening_to_minute", json!(1_440), true),
            ("opening_to_minute", json!(1_441), false),
            ("opening_to_minute", json!(1_320), false),
        ] {
            let mut body = record(version);
            body[field] = value.clone();
            let answer = save(&house, &cookie, &body).await;
            if good {
                answer.ok();
                version += 1;
            } else {
                assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{field} {value}");
            }
        }
        let mut body = record(version);
        body["place_kind"] = json!("moon");
        assert_eq!(save(&house, &cookie, &body).await.status, 400, "no such place");
    }
}

#[tokio::test]
async fn r5_2_station_class_a_station_is_closed_with_a_notice_and_opens_by_itself() {
    for house in houses().await {
        house.furnish().await;
        let (cookie, engine) = (house.sign_in("operations").await, &house.app.engine);
        let closure = async |house: &House| {
            let (engine, now) = (&house.app.engine, house.clock.now());
            let facts = engine.store.read(|conn| store::stations::facts(conn, StationId(1))).await.unwrap();
            facts.closure_at(now).map(|closure| closure.refusal().code)
        };
        let until = house.clock.now().plus_ms(3_600_000).as_ms();
        close(
            &house,
            &cookie,
            json!({"version": 1, "closed": true, "until_ms": until, "notice": "变压器检修"}),
        )
        .await
        .ok();
        assert_eq!(closure(&house).await, Some("station.closed"));
        let start = json!({"kind": "remote_start", "connector_no": 1, "token": "C1"}).to_string();
        let code = PileCode::parse("A-1").unwrap();
        assert!(engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().is_some());
        let refused = house.post("/piles/A-1/commands", &cookie, &start).await;
        assert!(!refused.status.is_success(), "{}", refused.text);
        let list = house.get("/stations?closed=true", &cookie).await;
        assert_eq!(list.ok().json["items"][0]["close_notice"], "变压器检修");
        let map = house.get("/map?level=station", &cookie).await;
        assert!(map.ok().text.contains("变压器检修"));
        // The notice is changed: since when it is closed stays.
        let from = detail(&house, &cookie).await["closed_from_ms"].as_i64().unwrap();
        house.clock.advance(Duration::from_millis(60_000));
        close(
            &house,
            &cookie,
            json!({"version": 2, "closed": true, "from_ms": from, "until_ms": until, "notice": "检修延长"}),
        )
        .await
        .ok();
        let one = detail(&house, &cookie).await;
        assert_eq!((&one["closed_from_ms"], &one["close_notice"]), (&json!(from), &json!("检修延长")));
        house.clock.advance(Duration::from_millis(3_600_000));
        assert_eq!(closure(&house).await, None, "its hour is over");
        let cookie = house.sign_in("operations").await;
        assert_eq!(house.get("/stations?closed=true", &cookie).await.ok().json["total"], 0);
        close(&house, &cookie, json!({"version": 3, "closed": false})).await.ok();
        assert_eq!(detail(&house, &cookie).await["closed_from_ms"], Value::Null);
        close(&house, &cookie, json!({"version": 3, "closed": false})).await.refused(409, "station.changed");
    }
}

#[tokio::test]
async fn r5_2_station_boundary_of_closing() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let now = house.clock.now();
        let year = 366 * 86_400_000;
        for (body, field) in [
            (json!({"notice": ""}), "notice"),
            (json!({"notice": "字".repeat(101)}), "notice"),
            (json!({"notice": "检修", "until_ms": now.as_ms()}), "until_ms"),
            (json!({"notice": "检修", "until_ms": 0}), "until_ms"),
            (json!({"notice": "检修", "from_ms": now.as_ms() + year + 1}), "from_ms"),
            (json!({"notice": "检修", "from_ms": i64::MAX}), "from_ms"),
            (json!({"notice": "检修", "until_ms": now.as_ms() + 2 * year + 1}), "until_ms"),
        ] {
            let mut body = body;
            (body["version"], body["closed"]) = (json!(1), json!(true));
            let answer = close(&house, &cookie, body.clone()).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{body}");
        }
        let last = json!({"version": 1, "closed": true, "notice": "字".repeat(100), "from_ms": now.as_ms() + year,
            "until_ms": now.as_ms() + 2 * year});
        close(&house, &cookie, last).await.ok();
        assert_eq!(house.get("/stations?closed=true", &cookie).await.ok().json["total"], 0, "not yet");
    }
}

#[tokio::test]
async fn r5_2_station_class_photos_are_added_ordered_named_and_taken_away() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let mut ids = Vec::new();
        for body in [PLACE, SCREEN, &bitmap(7)] {
            ids.push(upload(&house, &cookie, body).await.ok().json["id"].as_i64().unwrap());
        }
        let order = async || {
            let one = detail(&house, &cookie).await;
            let photos = one["photos"].as_array().unwrap().clone();
            (
                photos.iter().map(|photo| photo["id"].as_i64().unwrap()).collect::<Vec<_>>(),
                one["cover_id"].clone(),
            )
        };
        assert_eq!(order().await, (ids.clone(), json!(ids[0])));
        let change = json!({"version": 1, "caption": " 入口 ", "place": 1}).to_string();
        let path = format!("/station-photos/{}", ids[2]);
        house.send("PATCH", &path, &cookie, Some(&change), &[]).await.ok();
        assert_eq!(order().await, (vec![ids[2], ids[0], ids[1]], json!(ids[2])));
        house.send("PATCH", &path, &cookie, Some(&change), &[]).await.refused(409, "station_photo.changed");
        let change = json!({"version": 2, "caption": "入口", "place": 2}).to_string();
        house.send("PATCH", &path, &cookie, Some(&change), &[]).await.ok();
        assert_eq!(order().await.0, [ids[0], ids[2], ids[1]]);
        house.send("DELETE", &format!("/station-photos/{}", ids[0]), &cookie, None, &[]).await.ok();
        assert_eq!(order().await, (vec![ids[2], ids[1]], json!(ids[2])));
        assert_eq!(detail(&house, &cookie).await["photos"][0]["caption"], "入口");
        let list = house.get("/stations", &cookie).await;
        assert_eq!(
            list.ok().json["items"].as_array().unwrap().iter().filter(|s| s["cover_id"] == ids[2]).count(),
            1
        );
        let map = house.get("/map?level=station", &cookie).await;
        assert_eq!(
            map.ok().json["stations"].as_array().unwrap().iter().filter(|s| s["cover_id"] == ids[2]).count(),
            1
        );
        for (path, status) in [
            (format!("/station-photos/{}", ids[2]), 200),
            (format!("/station-photos/{}/thumbnail", ids[1]), 200),
            (format!("/station-photos/{}", ids[0]), 404),
            (format!("/station-photos/{}/thumbnail", ids[0]), 404),
        ] {
            let answer = house.get(&path, &cookie).await;
            assert_eq!(answer.status, status, "{path}");
        }
        let admin = house.sign_in("admin").await;
        let audit = house.get("/audit?noun=station", &admin).await;
        for action in ["station_photo_create", "station_photo_update", "station_photo_delete"] {
            assert!(audit.ok().text.contains(action), "{action}");
        }
    }
}

#[tokio::test]
async fn r5_2_station_boundary_of_photos() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        for shade in 0..12 {
            upload(&house, &cookie, &bitmap(shade * 20)).await.ok();
        }
        let thirteenth = upload(&house, &cookie, &bitmap(5)).await;
        assert_eq!(thirteenth.refused(400, "field.invalid").json["field"], "photo");
        assert!(thirteenth.json["message"].as_str().unwrap().contains("12"));
        let id = detail(&house, &cookie).await["photos"][0]["id"].clone();
        let mut version = 1;
        for (caption, place, field) in [
            ("字".repeat(60), 12, None),
            ("字".repeat(61), 1, Some("caption")),
            ("行\n行".to_owned(), 1, Some("caption")),
            (String::new(), 0, Some("place")),
            (String::new(), 13, Some("place")),
            (String::new(), 1, None),
        ] {
            let body = json!({"version": version, "caption": caption, "place": place}).to_string();
            let answer =
                house.send("PATCH", &format!("/station-photos/{id}"), &cookie, Some(&body), &[]).await;
            match field {
                Some(field) => assert_eq!(answer.refused(400, "field.invalid").json["field"], field),
                None => {
                    answer.ok();
                    version += 1;
                    continue;
                }
            };
        }
    }
}

#[tokio::test]
async fn r5_2_station_guess_what_is_no_photo_is_refused_and_where_it_was_taken_is_not_kept() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        let cut = &PLACE[..PLACE.len() / 2];
        let mut large = PLACE.to_vec();
        large.resize(5 * 1024 * 1024 + 1, 0);
        for body in [&b""[..], svg, b"GIF89a", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDRxxxx", cut, &large] {
            let answer = upload(&house, &cookie, body).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], "photo", "{} bytes", body.len());
        }
        // With words beside the pixels, as telephones write them.
        let mut exif = PLACE[..2].to_vec();
        exif.extend_from_slice(&[0xff, 0xe1, 0, 24]);
        exif.extend_from_slice(b"Exif\0\0GPS30.59N114.30E");
        exif.extend_from_slice(&PLACE[2..]);
        let id = upload(&house, &cookie, &exif).await.ok().json["id"].clone();
        let raw = axum::http::Request::get(format!("/api/v1/station-photos/{id}")).header("cookie", &cookie);
        let answer = house.raw(raw.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(answer.headers()["content-type"], "image/jpeg");
        assert!(answer.headers()["cache-control"].to_str().unwrap().starts_with("private"));
        let kept = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert!(!kept.windows(3).any(|three| three == b"GPS"));
        // The same pixels again.
        assert_eq!(upload(&house, &cookie, PLACE).await.refused(400, "field.invalid").json["field"], "photo");
        // A viewer looks and changes nothing.
        let viewer = house.sign_in("viewer").await;
        house.get(&format!("/station-photos/{id}/thumbnail"), &viewer).await.ok();
        upload(&house, &viewer, SCREEN).await.refused(403, "permission.denied");
    }
}
