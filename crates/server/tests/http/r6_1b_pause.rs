//! R-6.1b 屏蔽 over HTTP: who may keep a rule from acting where, for how long, and what is shown of it.

use super::house::{House, houses};
use model::time::{DAY_MS, HOUR_MS};
use serde_json::{Value, json};

fn draft(house: &House, change: Value) -> String {
    let until = house.app.now().plus_ms(HOUR_MS).as_ms();
    // 5 limits a hot plug and guards the device.
    let mut draft = json!({"rule_id": 5, "pile_code": "A-1", "until_ms": until, "reason": "传感器待更换"});
    for (key, value) in change.as_object().unwrap() {
        draft[key] = value.clone();
    }
    draft.to_string()
}

#[tokio::test]
async fn r6_1b_class_a_rule_is_paused_shown_ended_and_audited() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let made = house.post("/safety-pauses", &admin, &draft(&house, json!({}))).await;
        let id = made.ok().json["id"].as_i64().unwrap();
        let list = house.get("/safety-pauses?live=true", &admin).await;
        let one = &list.ok().json["items"][0];
        assert_eq!(
            (&one["pile_code"], &one["live"], &one["held_count"]),
            (&json!("A-1"), &json!(true), &json!(0))
        );
        assert_eq!((&one["rule_name"], &one["level"]), (&json!("枪线温度偏高限功率"), &json!("device")));
        let path = format!("/safety-pauses/{id}/end");
        house.post(&path, &admin, r#"{"reason":" "}"#).await.refused(400, "field.invalid");
        house.post(&path, &admin, r#"{"reason":"已更换"}"#).await.ok();
        house.post(&path, &admin, r#"{"reason":"再次"}"#).await.refused(409, "safety_pause.over");
        let over = house.get("/safety-pauses?live=false", &admin).await;
        assert_eq!(over.ok().json["items"][0]["ended_by"], one["created_by"]);
        assert_eq!(house.get("/safety-pauses?live=true", &admin).await.ok().json["total"], 0);
        let audit = house.get("/audit?noun=safety_pause", &admin).await;
        let actions: Vec<_> =
            audit.ok().json["items"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect();
        assert_eq!(actions, [json!("safety_pause_cancel"), json!("safety_pause_create")], "{}", audit.text);
        // One whose time has come is over by itself.
        house.post("/safety-pauses", &admin, &draft(&house, json!({}))).await.ok();
        house.clock.advance(std::time::Duration::from_millis(HOUR_MS as u64));
        let admin = house.sign_in("admin").await;
        assert_eq!(house.get("/safety-pauses?live=true", &admin).await.ok().json["total"], 0);
    }
}

#[tokio::test]
async fn r6_1b_boundary_where_and_for_how_long_a_rule_is_paused() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let in_ms = |ms: i64| json!({"until_ms": house.app.now().plus_ms(ms).as_ms()});
        for (field, change) in [
            ("until_ms", in_ms(0)),
            ("until_ms", in_ms(-1)),
            ("until_ms", in_ms(30 * DAY_MS + 1)),
            ("until_ms", json!({"until_ms": i64::MAX})),
            ("until_ms", json!({"rule_id": 1, "until_ms": house.app.now().plus_ms(DAY_MS + 1).as_ms()})),
            ("rule_id", json!({"rule_id": 0})),
            ("reason", json!({"reason": ""})),
            ("reason", json!({"reason": "原".repeat(201)})),
            ("pile_code", json!({"pile_code": "不存在"})),
            ("station_id", json!({"pile_code": null, "station_id": 99})),
            ("station_id", json!({"pile_code": null})),
        ] {
            let answer = house.post("/safety-pauses", &admin, &draft(&house, change.clone())).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{change}");
        }
        for change in [in_ms(30 * DAY_MS), json!({"rule_id": 1}), json!({"pile_code": null, "station_id": 1})]
        {
            house.post("/safety-pauses", &admin, &draft(&house, change)).await.ok();
        }
    }
}

#[tokio::test]
async fn r6_1b_guess_clicks_come_twice_places_do_not_fit_and_rules_are_others() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let theirs = house.post("/safety-rules", &admin, &theirs().to_string()).await.ok().json["id"].clone();
        house.post("/safety-pauses", &admin, &draft(&house, json!({}))).await.ok();
        let twice = house.post("/safety-pauses", &admin, &draft(&house, json!({}))).await;
        twice.refused(409, "safety_pause.exists");
        // The whole station is another place than its pile.
        let whole = draft(&house, json!({"pile_code": null, "station_id": 1}));
        house.post("/safety-pauses", &admin, &whole).await.ok();
        // A pile of another station than the chosen one, which is a slip of the pen.
        let slip = house.post("/safety-pauses", &admin, &draft(&house, json!({"station_id": 2}))).await;
        assert_eq!(slip.refused(400, "field.invalid").json["field"], "pile_code");
        let ours = house.sign_in("a.admin").await;
        for (change, field) in [
            (json!({"rule_id": theirs}), "rule_id"),
            (json!({"rule_id": theirs, "pile_code": "B-1"}), "pile_code"),
            (json!({"pile_code": "B-1", "station_id": 1}), "pile_code"),
            (json!({"pile_code": null, "station_id": 2}), "station_id"),
        ] {
            let answer = house.post("/safety-pauses", &ours, &draft(&house, change.clone())).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{change}");
            assert!(!answer.text.contains("不公开"), "{}", answer.text);
        }
        // Nor for the platform: at this station it never acts.
        let nowhere = house.post("/safety-pauses", &admin, &draft(&house, json!({"rule_id": theirs}))).await;
        assert_eq!(nowhere.refused(400, "field.invalid").json["field"], "rule_id");
    }
}

/// A rule of the second operator, whose name is nobody else's business.
fn theirs() -> Value {
    json!({"name": "不公开", "enabled": true, "measure": "plug_temperature", "threshold": 60, "hold_s": 0, "samples": 1,
        "hysteresis": 0, "scope": {"operator_id": 2}, "level": "device", "action": "notice", "limit_percent": 50,
        "repeat_s": 20, "of_vehicle": false, "reason": "试用"})
}
