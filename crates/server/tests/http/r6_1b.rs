//! R-6.1b 安全管理 over HTTP.

use super::house::{House, houses};
use super::r5_2_1_battery::tell;
use model::device::{DeviceEvent, Introduction, Sample};
use model::energy::Energy;
use model::id::SessionKey;
use serde_json::{Value, json};

/// A session of the pile's first connector that the pile has told.
async fn session(house: &House, code: &str, card: &str) -> SessionKey {
    let introduction = Introduction { connectors: Some(2), ..Introduction::default() };
    tell(house, code, DeviceEvent::Booted(Box::new(introduction))).await;
    let begun = DeviceEvent::Started {
        connector: 1,
        token: model::card::Token::card(card),
        meter_start: Energy::ZERO,
        at: house.app.clock().now(),
    };
    let model::device::Answer::Started { transaction, .. } = tell(house, code, begun).await else { panic!() };
    SessionKey::Transaction(transaction)
}

async fn card(house: &House) {
    let admin = house.sign_in("admin").await;
    let card = r#"{"tag":"CARD1","status":"accepted","group":null,"expires_at_ms":null,"sessions_max":9}"#;
    house.post("/cards", &admin, card).await.ok();
}

async fn plug(house: &House, code: &str, session: SessionKey, celsius: i64, ms: i64) {
    let at = house.app.clock().now().plus_ms(ms);
    let sample = Sample { plug_temperature_c: Some(celsius), temperature_c: Some(celsius), ..Sample::at(at) };
    let event = DeviceEvent::Metered { session: Some(session), connector: 1, samples: vec![sample] };
    tell(house, code, event).await;
}

fn rule(change: &Value) -> Value {
    let mut rule = json!({"name": "枪温", "enabled": true, "measure": "plug_temperature", "threshold": 60, "hold_s": 0,
        "samples": 1, "hysteresis": 0, "scope": {}, "level": "device", "action": "notice", "limit_percent": 50,
        "repeat_s": 20, "of_vehicle": false, "reason": "试用"});
    for (key, value) in change.as_object().unwrap() {
        rule[key] = value.clone();
    }
    rule
}

#[tokio::test]
async fn r6_1b_class_a_rule_of_the_page_acts_and_its_act_is_found_judged_and_linked() {
    for house in houses().await {
        house.furnish().await;
        card(&house).await;
        let admin = house.sign_in("admin").await;
        let made = house.post("/safety-rules", &admin, &rule(&json!({})).to_string()).await;
        let id = made.ok().json["id"].as_i64().unwrap();
        assert_eq!(made.json["unit"], "℃");
        let session = session(&house, "A-1", "CARD1").await;
        plug(&house, "A-1", session, 61, 0).await;
        let own = house.sign_in("technician").await;
        let list = house.get("/safety-acts", &own).await;
        let one = &list.ok().json["items"][0];
        assert_eq!(
            (&one["rule_id"], &one["value"], &one["pile_code"]),
            (&json!(id), &json!(61), &json!("A-1"))
        );
        for (query, count) in [
            ("level=device", 1),
            ("level=person", 0),
            ("measure=plug_temperature", 1),
            ("action=stop", 0),
            ("state=done", 1),
            ("of_vehicle=true", 0),
            ("pile=a-1", 1),
            ("station_name=乙", 0),
            ("from_ms=1", 1),
            ("to_ms=1", 0),
        ] {
            let found = house.get(&format!("/safety-acts?{query}"), &own).await;
            assert_eq!(found.ok().json["total"], count, "{query}");
        }
        for (query, field) in [
            ("level=x", "level"),
            ("limit=0", "limit"),
            ("cursor=x", "cursor"),
            ("from_ms=2&to_ms=1", "to_ms"),
        ] {
            let refused = house.get(&format!("/safety-acts?{query}"), &own).await;
            assert_eq!((refused.status.as_u16(), &refused.json["field"]), (400, &json!(field)), "{query}");
        }
        let path = format!("/safety-acts/{}", one["id"]);
        let detail = house.get(&path, &own).await;
        let detail = detail.ok().json.clone();
        assert_eq!(detail["evidence"][0]["value"], 61);
        assert_eq!(detail["steps"][0]["step"], "notice");
        let alarm = house.get(&format!("/alarms/{}", detail["alarm_id"]), &own).await;
        assert_eq!(
            (&alarm.ok().json["source"], &alarm.json["text"]),
            (&json!("safety"), &json!("枪线温度过高"))
        );
        let order = house.get(&format!("/safety-acts?order_id={}", detail["order_id"]), &own).await;
        assert_eq!(order.ok().json["total"], 1);
        // Whoever only looks sees nothing of safety.
        let other = house.sign_in("a.viewer").await;
        assert_eq!(house.get(&path, &other).await.status.as_u16(), 403);
        let judge = json!({"version": detail["version"], "action": "judge", "verdict": "false_alarm", "text": "探头松动"});
        house.send("PATCH", &path, &own, Some(&judge.to_string()), &[]).await.ok();
        let refused = house.send("PATCH", &path, &own, Some(&judge.to_string()), &[]).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json["code"]),
            (409, &json!("safety_act.version_differs"))
        );
        let release = json!({"version": 2, "action": "release", "text": "恢复"});
        let refused = house.send("PATCH", &path, &own, Some(&release.to_string()), &[]).await;
        assert_eq!(refused.json["code"], "safety_act.not_locked", "{}", refused.text);
        let audit = house.get("/audit?noun=safety_act", &admin).await;
        assert_eq!(audit.ok().json["total"], 1, "{}", audit.text);
    }
}

#[tokio::test]
async fn r6_1b_boundary_thresholds_have_their_ranges_and_a_trial_goes_on_by_itself() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        for (change, field) in [
            (json!({"threshold": 29}), "threshold"),
            (json!({"threshold": 30}), ""),
            (json!({"threshold": 150, "name": "二"}), ""),
            (json!({"threshold": 151, "name": "三"}), "threshold"),
            (json!({"samples": 61, "name": "三"}), "samples"),
            (json!({"reason": "", "name": "三"}), "reason"),
        ] {
            let answer = house.post("/safety-rules", &admin, &rule(&change).to_string()).await;
            if field.is_empty() {
                answer.ok();
            } else {
                assert_eq!((answer.status.as_u16(), &answer.json["field"]), (400, &json!(field)), "{change}");
            }
        }
        let again = house.post("/safety-rules", &admin, &rule(&json!({})).to_string()).await;
        assert_eq!((again.status.as_u16(), &again.json["field"]), (409, &json!("name")));
        let own = house.sign_in("a.viewer").await;
        assert_eq!(house.get("/safety-rules", &own).await.status.as_u16(), 403, "a viewer sees no safety");
        let to_ms = house.app.clock().now().as_ms();
        let draft =
            json!({"rule": rule(&json!({"name": "试算"})), "from_ms": to_ms - 86_400_000, "to_ms": to_ms});
        let made = house.post("/safety-trials", &admin, &draft.to_string()).await;
        let path = format!("/safety-trials/{}", made.ok().json["id"]);
        server::jobs::begin_now(&house.app, "safety_trial").await.unwrap();
        let told = house.get(&path, &admin).await;
        assert_eq!((&told.ok().json["state"], &told.json["hits"]), (&json!("done"), &json!(0)));
        let cancel = house.send("DELETE", &path, &admin, None, &[]).await;
        assert_eq!(cancel.json["code"], "safety_trial.over");
    }
}

#[tokio::test]
async fn r6_1b_class_a_station_is_stopped_by_its_typed_name_and_put_back() {
    for house in houses().await {
        house.furnish().await;
        card(&house).await;
        session(&house, "A-1", "CARD1").await;
        let cookie = house.sign_in("technician").await;
        let plan = house.get("/stations/1/emergency", &cookie).await;
        let name = plan.ok().json["station_name"].clone();
        assert_eq!((&plan.json["order_count"], &plan.json["live_id"]), (&json!(1), &Value::Null));
        let draft = |name: &Value, drill: bool| {
            json!({"station_id": 1, "station_name": name, "reason": "冒烟", "locks": true, "drill": drill})
                .to_string()
        };
        let wrong = house.post("/emergencies", &cookie, &draft(&json!("甲"), false)).await;
        assert_eq!(
            (wrong.status.as_u16(), &wrong.json["field"]),
            (400, &json!("station_name")),
            "{}",
            wrong.text
        );
        let nowhere =
            json!({"station_id": 99, "station_name": "x", "reason": "x", "locks": true, "drill": false});
        let nowhere = house.post("/emergencies", &cookie, &nowhere.to_string()).await;
        assert_eq!((nowhere.status.as_u16(), &nowhere.json["field"]), (400, &json!("station_id")));
        let made = house.post("/emergencies", &cookie, &draft(&name, false)).await;
        let made = made.ok().json.clone();
        assert_eq!((&made["stop_count"], &made["drill"]), (&json!(1), &json!(false)));
        let again = house.post("/emergencies", &cookie, &draft(&name, false)).await;
        assert_eq!((again.status.as_u16(), &again.json["code"]), (409, &json!("emergency.live")));
        house.post("/emergencies", &cookie, &draft(&name, true)).await.ok();
        for (query, count) in [("live=true", 1), ("drill=true", 1), ("station_name=甲", 2), ("from_ms=1", 2)]
        {
            let found = house.get(&format!("/emergencies?{query}"), &cookie).await;
            assert_eq!(found.ok().json["total"], count, "{query}");
        }
        let home = house.get("/home", &cookie).await;
        assert_eq!(home.ok().json["todo"]["emergency_count"], 1);
        let path = format!("/emergencies/{}", made["id"]);
        house.post(&format!("{path}/retry"), &cookie, "").await.ok();
        let empty = house.post(&format!("{path}/end"), &cookie, r#"{"version":1,"text":" "}"#).await;
        assert_eq!(empty.json["field"], "text");
        let end = json!({"version": made["version"], "text": "已排除"}).to_string();
        house.post(&format!("{path}/end"), &cookie, &end).await.ok();
        let twice = house.post(&format!("{path}/end"), &cookie, &end).await;
        assert_eq!(twice.status.as_u16(), 409);
        let viewer = house.sign_in("a.viewer").await;
        assert_eq!(house.post("/emergencies", &viewer, &draft(&name, false)).await.status.as_u16(), 403);
    }
}

#[tokio::test]
async fn r6_1b_class_inspections_and_hidden_dangers_are_kept_and_counted() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("technician").await;
        let today = model::time::Zone::shanghai().local(house.app.clock().now()).day;
        for (kind, due) in [("meter", today - 10_000), ("extinguisher", today), ("lightning", today + 10_000)]
        {
            let check = json!({"kind": kind, "station_id": 1, "due_day": due, "remind_days": 30}).to_string();
            house.post("/device-checks", &cookie, &check).await.ok();
        }
        for (query, count) in [
            ("state=overdue", 1),
            ("state=due", 1),
            ("state=valid", 1),
            ("kind=meter", 1),
            ("station_name=乙", 0),
        ] {
            let found = house.get(&format!("/device-checks?{query}"), &cookie).await;
            assert_eq!(found.ok().json["total"], count, "{query}");
        }
        let first = house.get("/device-checks?limit=1", &cookie).await;
        assert_eq!(first.ok().json["items"][0]["kind"], "meter", "what is due first");
        let cursor = first.json["next_cursor"].as_str().unwrap();
        let next = house.get(&format!("/device-checks?limit=1&cursor={cursor}"), &cookie).await;
        assert_eq!(next.ok().json["items"][0]["kind"], "extinguisher");
        assert_eq!(house.get("/home", &cookie).await.ok().json["todo"]["due_check_count"], 2);
        for (body, field) in [
            (json!({"kind": "meter", "station_id": 99, "due_day": today, "remind_days": 1}), "station_id"),
            (json!({"kind": "meter", "pile_code": "NONE", "due_day": today, "remind_days": 1}), "pile_code"),
            (json!({"kind": "meter", "station_id": 1, "due_day": 20_260_230, "remind_days": 1}), "due_day"),
            (json!({"kind": "meter", "station_id": 1, "due_day": today, "remind_days": 367}), "remind_days"),
            (
                json!({"kind": "meter", "station_id": 1, "due_day": today, "done_day": today + 1, "remind_days": 1}),
                "due_day",
            ),
        ] {
            let refused = house.post("/device-checks", &cookie, &body.to_string()).await;
            assert_eq!((refused.status.as_u16(), &refused.json["field"]), (400, &json!(field)), "{body}");
        }
        let danger = json!({"request_id": "danger-000001", "level": "major", "title": "灭火器压力不足", "station_id": 1, "danger": true});
        let made = house.post("/work-orders", &cookie, &danger.to_string()).await;
        assert_eq!(made.ok().json["existing"], false);
        let list = house.get("/work-orders?kind=danger", &cookie).await;
        assert_eq!(list.ok().json["items"][0]["kind"], "danger");
        let report = house.get("/danger-report", &cookie).await;
        let total = &report.ok().json["total"];
        assert_eq!(
            (&total["found"], &total["waiting"], &total["overdue"]),
            (&json!(1), &json!(1), &json!(0))
        );
        assert_eq!(report.json["stations"][0]["found"], 1);
        for month in ["202613", "201912", "x"] {
            let refused = house.get(&format!("/danger-report?month={month}"), &cookie).await;
            assert_eq!((refused.status.as_u16(), &refused.json["field"]), (400, &json!("month")), "{month}");
        }
    }
}
