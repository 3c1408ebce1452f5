//! 负荷管理 of a station, as staff set it and see it.

use super::house::{Answer, House, houses};
use engine::device::Inbound;
use model::device::DeviceEvent;
use model::id::{PileCode, StationId};
use model::profile::{ChargingProfile, ProfileChange, ProfilePeriod};
use serde_json::{Value, json};

fn setting(version: i64) -> Value {
    json!({"version": version, "enabled": true, "cap_w": 100_000, "reserve_w": 10_000, "strategy": "priority",
        "safe_w": 2_000, "fleets_first": true,
        "periods": [{"from_minute": 1_320, "to_minute": 360, "cap_w": 60_000}],
        "units": [{"pile_code": "A-1", "connector_no": 1, "rank": 1, "keeps": false}]})
}

async fn set(house: &House, cookie: &str, body: &Value) -> Answer {
    house.send("PUT", "/stations/1/load", cookie, Some(&body.to_string()), &[]).await
}

async fn load(house: &House, cookie: &str) -> Value {
    house.get("/stations/1/load", cookie).await.ok().json.clone()
}

fn with(key: &str, value: Value) -> Value {
    let mut body = setting(0);
    body[key] = value;
    body
}

#[tokio::test]
async fn r5_2_load_class_a_cap_is_set_shown_and_changed() {
    for house in houses().await {
        house.furnish().await;
        let (admin, viewer) = (house.sign_in("admin").await, house.sign_in("viewer").await);
        let before = load(&house, &viewer).await;
        assert_eq!((&before["setting"], &before["picture"]["cap_w"]), (&Value::Null, &json!(0)));
        assert!(!before["units"].as_array().unwrap().is_empty(), "what stands there is shown before");
        set(&house, &viewer, &setting(0)).await.refused(403, "permission.denied");
        set(&house, &admin, &setting(0)).await.ok();
        let one = load(&house, &viewer).await;
        let kept = &one["setting"];
        assert_eq!(
            (&kept["version"], &kept["strategy"], &kept["safe_w"]),
            (&json!(1), &json!("priority"), &json!(2_000))
        );
        assert_eq!(kept["periods"], setting(0)["periods"]);
        assert_eq!(one["picture"]["cap_w"], 90_000, "noon: the cap of the day without the reserve");
        let unit = &one["units"][0];
        assert_eq!(
            (&unit["pile_code"], &unit["rank"], &unit["keeps"]),
            (&json!("A-1"), &json!(1), &json!(false))
        );
        assert_eq!(unit["worst_w"], unit["rated_w"], "never heard of: counted in full");
        // Off line and never limited: above the cap, told, and after a while nothing new begins.
        house.app.engine.loads_advance().await.unwrap();
        let one = load(&house, &viewer).await;
        assert!(one["picture"]["over_w"].as_i64().unwrap() > 0, "{one}");
        let from = one["picture"]["refuses_from_ms"].as_i64().unwrap();
        assert_eq!(from, house.app.now().as_ms() + store::loads::SHORT_MS);
        let station =
            house.app.engine.store.read(|conn| store::stations::facts(conn, StationId(1))).await.unwrap();
        let at = |ms: i64| {
            station.closure_at(model::time::Timestamp::from_ms(ms)).map(|closure| closure.refusal().code)
        };
        assert_eq!((at(from - 1), at(from)), (None, Some("load.short")));
        house.clock.advance(std::time::Duration::from_secs(60));
        house.app.engine.loads_advance().await.unwrap();
        let points = house.get("/stations/1/load/points?hours=1", &viewer).await;
        assert_eq!(points.ok().json["items"][0]["cap_w"], 90_000);
        set(&house, &admin, &setting(0)).await.refused(409, "load.changed");
        let mut off = setting(1);
        off["enabled"] = json!(false);
        set(&house, &admin, &off).await.ok();
        house.app.engine.loads_advance().await.unwrap();
        let one = load(&house, &admin).await;
        assert_eq!(
            (&one["setting"]["enabled"], &one["picture"]["refuses_from_ms"]),
            (&json!(false), &Value::Null)
        );
    }
}

#[tokio::test]
async fn r5_2_load_boundary_of_each_figure() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        for (key, value, field) in [
            ("cap_w", json!(999), "cap_w"),
            ("cap_w", json!(100_000_001), "cap_w"),
            ("reserve_w", json!(-1), "reserve_w"),
            ("reserve_w", json!(100_001), "reserve_w"),
            ("safe_w", json!(-1), "safe_w"),
            ("safe_w", json!(1_000_001), "safe_w"),
            ("periods", json!([{"from_minute": 0, "to_minute": 0, "cap_w": 1_000}]), "periods"),
            ("periods", json!([{"from_minute": 0, "to_minute": 1_440, "cap_w": 1_000}]), "periods"),
            ("periods", json!([{"from_minute": 0, "to_minute": 60, "cap_w": 100_001}]), "periods"),
            ("units", json!([{"pile_code": "A-1", "connector_no": 1, "rank": 0, "keeps": true}]), "units"),
            ("units", json!([{"pile_code": "A-1", "connector_no": 1, "rank": 10, "keeps": true}]), "units"),
        ] {
            let told = set(&house, &admin, &with(key, value.clone())).await;
            told.refused(400, "field.invalid");
            assert_eq!(
                told.json["error"]["field"].as_str().or(told.json["field"].as_str()),
                Some(field),
                "{value}"
            );
        }
        let many = vec![json!({"from_minute": 0, "to_minute": 60, "cap_w": 1_000}); 9];
        set(&house, &admin, &with("periods", json!(many))).await.refused(400, "field.invalid");
        set(&house, &admin, &with("periods", json!(many[..8]))).await.ok();
        for hours in ["0", "745", "x"] {
            let answer = house.get(&format!("/stations/1/load/points?hours={hours}"), &admin).await;
            assert_eq!(answer.status.as_u16(), 400, "{hours}");
        }
        house.get("/stations/1/load/points?hours=744", &admin).await.ok();
    }
}

#[tokio::test]
async fn r5_2_load_guess_others_piles_and_stale_records() {
    for house in houses().await {
        house.furnish().await;
        let (admin, own) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
        for code in ["B-1", "NOBODY", "桩", ""] {
            let units = json!([{"pile_code": code, "connector_no": 1, "rank": 1, "keeps": true}]);
            set(&house, &admin, &with("units", units)).await.refused(400, "field.invalid");
        }
        let other = house.send("PUT", "/stations/2/load", &own, Some(&setting(0).to_string()), &[]).await;
        other.refused(404, "station.not_found");
        house.get("/stations/2/load", &own).await.refused(404, "station.not_found");
        house.get("/stations/99/load/points", &admin).await.refused(404, "station.not_found");
        // The record of the station says less than the cap.
        let record = json!({"version": 1, "name": "甲站", "city_code": "420100", "address": "一路1号", "facilities": [], "power_cap_w": 80_000});
        house.send("PATCH", "/stations/1", &admin, Some(&record.to_string()), &[]).await.ok();
        let told = set(&house, &admin, &setting(0)).await;
        told.refused(400, "field.invalid");
        assert!(told.text.contains("80 kW"), "{}", told.text);
        assert_eq!(load(&house, &admin).await["power_cap_w"], 80_000);
        let strange = with("strategy", json!("random"));
        assert_eq!(set(&house, &admin, &strange).await.status.as_u16(), 400);
        assert_eq!(set(&house, &admin, &with("nothing", json!(1))).await.status.as_u16(), 400);
    }
}

#[tokio::test]
async fn r5_2_load_class_what_a_pile_tells_of_its_profiles_is_shown() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.viewer").await;
        let profile = ChargingProfile {
            connector_no: 1,
            profile_no: 7,
            purpose: "TxDefaultProfile".to_owned(),
            kind: "Relative".to_owned(),
            stack_level: 0,
            session: None,
            from: None,
            until: None,
            unit: "W".to_owned(),
            periods: vec![ProfilePeriod { start_s: 0, limit_tenths: 70_000 }],
        };
        let code = PileCode::parse("A-1").unwrap();
        let pile = house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await;
        let inbound = Inbound {
            pile: pile.unwrap().unwrap().id,
            received_at: house.app.now(),
            event: DeviceEvent::Profiles(vec![ProfileChange::Set(profile)]),
            kind: "ReportChargingProfiles",
            bytes: vec![1],
            render: Box::new(|_, _| vec![1]),
        };
        house.app.engine.device(inbound).await.answer.unwrap();
        let told = house.get("/piles/A-1/profiles", &own).await.ok().json.clone();
        assert_eq!(
            (&told["items"][0]["profile_no"], &told["items"][0]["applies"]),
            (&json!(7), &json!(true))
        );
        assert_eq!(told["items"][0]["periods"], json!([{"start_s": 0, "limit_tenths": 70_000}]));
        house.get("/piles/B-1/profiles", &own).await.refused(404, "pile.not_found");
    }
}
