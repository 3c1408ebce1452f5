//! 充电桩: its asset record, and piles found by it.

use super::house::{Answer, House, NOON, houses};
use super::r5_2_1::codes;
use model::time::{DAY_MS, Timestamp, Zone};
use serde_json::{Value, json};

fn record(version: i64) -> Value {
    json!({"version": version, "tags": ["重点", "一期"], "owner": "武汉充能资产公司", "made_day": 20_250_301,
        "installed_day": 20_250_415, "warranty_day": 20_270_414, "voltage_min_v": 200, "voltage_max_v": 1_000,
        "current_max_a": 250, "note": "靠近出口",
        "connectors": [{"no": 2, "socket": "dc_plug", "standard": "gb2015", "park_no": "B1-012"}]})
}

async fn put(house: &House, cookie: &str, code: &str, body: &Value) -> Answer {
    house.send("PUT", &format!("/piles/{code}/record"), cookie, Some(&body.to_string()), &[]).await
}

#[tokio::test]
async fn r5_2_1_class_an_asset_record_is_kept_found_and_told_in_the_audit_log() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let empty = house.get("/piles/A-1/record", &cookie).await;
        assert_eq!((&empty.ok().json["version"], &empty.json["connectors"]), (&json!(1), &json!([])));
        put(&house, &cookie, "A-1", &record(1)).await.ok();
        let mut kept = house.get("/piles/A-1/record", &cookie).await.ok().json.clone();
        assert_eq!(kept["version"], 2);
        kept["version"] = json!(1);
        assert_eq!(kept, record(1));
        for (query, found) in [
            ("tag=重", vec!["A-1"]),
            ("tag=二期", vec![]),
            ("warranty_days=3650", vec!["A-1"]),
            ("warranty_days=0", vec![]),
        ] {
            assert_eq!(codes(&house.get(&format!("/piles?{query}"), &cookie).await), found, "{query}");
        }
        let listed = house.get("/piles?code=A-1", &cookie).await;
        let first = &listed.ok().json["items"][0];
        assert_eq!((&first["tags"], &first["warranty_day"]), (&json!(["重点", "一期"]), &json!(20_270_414)));
        let audit = house.get("/audit?action=pile_record_update", &cookie).await;
        let detail = audit.ok().json["items"][0]["detail"].to_string();
        assert!(detail.contains("武汉充能资产公司"), "{detail}");
    }
}

#[tokio::test]
async fn r5_2_1_boundary_of_days_sizes_and_tags() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let today = |days: i64| Zone::shanghai().local(Timestamp::from_ms(NOON + days * DAY_MS)).day;
        let ends = json!({"version": 1, "tags": [], "owner": null, "made_day": null, "installed_day": null,
            "warranty_day": today(30), "voltage_min_v": 1, "voltage_max_v": 1, "current_max_a": 2_000,
            "note": "注".repeat(200), "connectors": []});
        put(&house, &cookie, "A-1", &ends).await.ok();
        assert_eq!(codes(&house.get("/piles?warranty_days=30", &cookie).await), ["A-1"]);
        assert_eq!(codes(&house.get("/piles?warranty_days=29", &cookie).await).len(), 0);
        house.get("/piles?warranty_days=3651", &cookie).await.refused(400, "field.invalid");
        house.get("/piles?warranty_days=-1", &cookie).await.refused(400, "field.invalid");
        for (field, value) in [
            ("voltage_min_v", json!(0)),
            ("voltage_max_v", json!(2_001)),
            ("current_max_a", json!(0)),
            ("made_day", json!(20_250_229)),
            ("warranty_day", json!(20_250_414)),
            ("installed_day", json!(20_250_228)),
            ("note", json!("注".repeat(201))),
            ("tags", json!(["一二三四五六七八九十一二三"])),
            ("tags", json!(["1", "2", "3", "4", "5", "6", "7", "8", "9"])),
        ] {
            let mut wrong = record(2);
            wrong[field] = value;
            let answer = put(&house, &cookie, "A-1", &wrong).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{wrong}");
        }
        let lower = json!({"voltage_min_v": 500, "voltage_max_v": 499});
        let mut wrong = record(2);
        wrong.as_object_mut().unwrap().extend(lower.as_object().unwrap().clone());
        assert_eq!(
            put(&house, &cookie, "A-1", &wrong).await.refused(400, "field.invalid").json["field"],
            "voltage_max_v"
        );
    }
}

#[tokio::test]
async fn r5_2_1_guess_connectors_that_are_not_there_and_changes_that_meet() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        for connectors in [
            json!([{"no": 3, "socket": "dc_plug", "standard": null, "park_no": null}]),
            json!([{"no": 0, "socket": null, "standard": null, "park_no": "1"}]),
            json!([{"no": 1, "socket": null, "standard": null, "park_no": "1"}, {"no": 1, "socket": null, "standard": null, "park_no": "2"}]),
        ] {
            let mut wrong = record(1);
            wrong["connectors"] = connectors;
            let answer = put(&house, &cookie, "A-1", &wrong).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], "connectors");
        }
        // What says nothing of a connector is not kept; the same tag twice is one.
        let mut first = record(1);
        first["connectors"] = json!([{"no": 1, "socket": null, "standard": null, "park_no": " "}]);
        first["tags"] = json!([" 一期 ", "一期", ""]);
        put(&house, &cookie, "A-1", &first).await.ok();
        let kept = house.get("/piles/A-1/record", &cookie).await.ok().json.clone();
        assert_eq!((&kept["connectors"], &kept["tags"]), (&json!([]), &json!(["一期"])));
        put(&house, &cookie, "A-1", &record(1)).await.refused(409, "pile.changed");
        let viewer = house.sign_in("viewer").await;
        put(&house, &viewer, "A-1", &record(2)).await.refused(403, "permission.denied");
        let own = house.sign_in("a.admin").await;
        house.get("/piles/B-1/record", &own).await.refused(404, "pile.not_found");
        put(&house, &own, "B-1", &record(1)).await.refused(404, "pile.not_found");
    }
}
