//! R-6.1a 故障自愈 over HTTP: playbooks with their history, runs with their steps, and who sees which.

use super::house::houses;
use super::r6_1a::says;
use serde_json::{Value, json};

fn playbook() -> Value {
    json!({"name": "卡滞", "enabled": true, "source": "fault", "code": "InternalError*", "vendor": "", "pile_model": "",
        "steps": [{"kind": "status", "wait_s": 30, "success": "recovered"}, {"kind": "soft_reset", "wait_s": 60, "success": "available"}],
        "after_s": 0, "tries_per_day": 2, "station_most": 2, "cool_down_s": 600, "hard_allowed": false,
        "follow": "work_order", "quiet_from_minute": null, "quiet_to_minute": null})
}

#[tokio::test]
async fn r6_1a_class_playbooks_are_made_changed_and_taken_away_with_their_history() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let listed = house.get("/healing-playbooks", &admin).await;
        assert_eq!(listed.ok().json["on"], false, "off as delivered");
        let delivered = listed.json["items"].as_array().unwrap();
        assert!(!delivered.is_empty() && delivered.iter().all(|one| one["hard_allowed"] == false));
        assert_eq!(delivered[0]["tally"]["success_permille"], Value::Null);
        let made = house.post("/healing-playbooks", &admin, &playbook().to_string()).await;
        let id = made.ok().json["id"].clone();
        let again = house.post("/healing-playbooks", &admin, &playbook().to_string()).await;
        assert_eq!((again.status.as_u16(), &again.json["field"]), (409, &json!("name")), "{}", again.text);
        let path = format!("/healing-playbooks/{id}");
        let mut change = playbook();
        change["version"] = json!(1);
        change["cool_down_s"] = json!(900);
        house.send("PATCH", &path, &admin, Some(&change.to_string()), &[]).await.ok();
        let stale = house.send("PATCH", &path, &admin, Some(&change.to_string()), &[]).await;
        assert_eq!(stale.json["code"], "healing_playbook.version_differs");
        house.send("DELETE", &path, &admin, None, &[]).await.ok();
        let changes = house.get(&format!("/healing-playbook-changes?playbook_id={id}"), &admin).await;
        assert_eq!(changes.ok().json["total"], 3);
        assert!(changes.json["items"][1]["after"].as_str().unwrap().contains("900"), "{}", changes.text);
        assert_eq!(changes.json["items"][0]["after"], Value::Null);
        // Who looks at piles only does not change what becomes of them.
        let viewer = house.sign_in("viewer").await;
        assert_eq!(
            house.post("/healing-playbooks", &viewer, &playbook().to_string()).await.status.as_u16(),
            403
        );
    }
}

#[tokio::test]
async fn r6_1a_error_and_boundary_bad_playbooks_are_answered_at_their_field() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let step = |kind: &str, wait: i64| json!({"kind": kind, "wait_s": wait, "success": "recovered"});
        let many: Vec<Value> = (0..7).map(|_| step("status", 30)).collect();
        for (field, value) in [
            ("name", json!("")),
            ("source", json!("offline")),
            ("source", json!("stop")),
            ("code", json!("*")),
            ("vendor", json!("x".repeat(65))),
            ("steps", json!([])),
            ("steps", json!(many)),
            ("steps", json!([step("status", 9)])),
            ("steps", json!([step("status", 3_601)])),
            ("after_s", json!(-1)),
            ("tries_per_day", json!(0)),
            ("tries_per_day", json!(11)),
            ("station_most", json!(101)),
            ("cool_down_s", json!(59)),
            ("quiet_from_minute", json!(1_440)),
        ] {
            let mut draft = playbook();
            draft[field] = value.clone();
            if field == "quiet_from_minute" {
                draft["quiet_to_minute"] = json!(0);
            }
            let refused = house.post("/healing-playbooks", &admin, &draft.to_string()).await;
            assert_eq!(
                (refused.status.as_u16(), &refused.json["field"]),
                (400, &json!(field)),
                "{value}: {}",
                refused.text
            );
        }
        for (n, edge) in [
            json!({"tries_per_day": 10, "station_most": 100, "cool_down_s": 86_400, "after_s": 86_400}),
            json!({"tries_per_day": 1, "station_most": 1, "cool_down_s": 60, "after_s": 0}),
        ]
        .into_iter()
        .enumerate()
        {
            let mut draft = playbook();
            draft["name"] = json!(format!("边界{n}"));
            edge.as_object().unwrap().iter().for_each(|(key, value)| draft[key] = value.clone());
            house.post("/healing-playbooks", &admin, &draft.to_string()).await.ok();
        }
    }
}

#[tokio::test]
async fn r6_1a_class_a_run_is_listed_shown_and_stopped_by_a_person() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        house.post("/healing-playbooks", &admin, &playbook().to_string()).await.ok();
        let on = json!({"version": 1, "value": 1, "reason": "试运行"});
        house.send("PATCH", "/parameters/healing", &admin, Some(&on.to_string()), &[]).await.ok();
        says(&house, "A-1", Some("InternalErrorX")).await;
        let engine = &house.app.engine;
        let code = model::id::PileCode::parse("A-1").unwrap();
        let pile =
            engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap().id;
        engine.pile_connected(pile, "10.0.0.1:1".to_owned(), None).await.unwrap();
        engine.healing_watch(engine.clock.now()).await.unwrap();
        let runs = house.get("/healing-runs?pile=a-1&state=running", &admin).await;
        let run = runs.ok().json["items"][0].clone();
        assert_eq!((&runs.json["total"], &run["step_count"]), (&json!(1), &json!(2)), "{}", runs.text);
        let path = format!("/healing-runs/{}", run["id"]);
        let detail = house.get(&path, &admin).await;
        let step = &detail.ok().json["steps"][0];
        assert_eq!(
            (&step["kind"], &detail.json["terms"]["follow"]),
            (&json!("status"), &json!("work_order"))
        );
        // The pile has no link here: its command has ended so.
        let command = house.get("/piles/A-1/commands", &admin).await;
        assert_eq!(command.ok().json["items"][0]["state"], "link_lost", "{}", command.text);
        house.post(&format!("{path}/stop"), &admin, "").await.ok();
        let again = house.post(&format!("{path}/stop"), &admin, "").await;
        assert_eq!(again.json["code"], "healing_run.ended");
        let detail = house.get(&path, &admin).await;
        assert_eq!(
            (&detail.ok().json["state"], &detail.json["reason"]),
            (&json!("stopped"), &json!("by_hand"))
        );
        let alarm = house.get(&format!("/alarms/{}", run["alarm_id"]), &admin).await;
        let actions: Vec<&str> = alarm.ok().json["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["action"].as_str().unwrap())
            .collect();
        assert_eq!(actions, ["raise", "heal_begin", "heal_stop"]);
        for (query, count) in [("state=healed", 0), ("station_name=甲", 1), ("from_ms=1", 1), ("to_ms=1", 0)]
        {
            assert_eq!(
                house.get(&format!("/healing-runs?{query}"), &admin).await.ok().json["total"],
                count,
                "{query}"
            );
        }
        let refused = house.get("/healing-runs?from_ms=2&to_ms=1", &admin).await;
        assert_eq!(refused.json["field"], "to_ms");
        let listed = house.get("/healing-playbooks", &admin).await;
        let own =
            listed.ok().json["items"].as_array().unwrap().iter().find(|one| one["name"] == "卡滞").unwrap();
        assert_eq!((&own["tally"]["run_count"], &own["tally"]["stopped_count"]), (&json!(1), &json!(1)));
    }
}
