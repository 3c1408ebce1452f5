//! R-6.1a 工单: from an alarm, a feedback, a wish or a plan; taken, on site, done, accepted by another person.

use super::house::{Answer, House, houses};
use super::r6_1a::says;
use engine::audit::Actor;
use engine::staff::StaffDraft;
use model::access::Area;
use model::time::{DAY_MS, MINUTE_MS};
use serde_json::{Value, json};
use std::time::Duration;

async fn patch(house: &House, cookie: &str, id: &Value, mut body: Value) -> Answer {
    let path = format!("/work-orders/{id}");
    let version = house.get(&path, cookie).await.ok().json["version"].clone();
    body["version"] = version;
    house.send("PATCH", &path, cookie, Some(&body.to_string()), &[]).await
}

async fn one(house: &House, cookie: &str, id: &Value) -> Value {
    house.get(&format!("/work-orders/{id}"), cookie).await.ok().json.clone()
}

/// Another technician; their session.
async fn second(house: &House) -> (i64, String) {
    let draft = StaffDraft {
        account: "tech.two".to_owned(),
        name: "老王".to_owned(),
        role: "technician".to_owned(),
        operator_id: None,
        area: Area::Everywhere,
        password: Some(super::house::PASSWORD.to_owned()),
    };
    let id = house.app.engine.staff_create(&Actor::local(), draft).await.unwrap().id;
    (id.0, house.sign_in("tech.two").await)
}

fn draft(n: i64) -> Value {
    json!({"request_id": format!("request-{n:08}"), "level": "major", "title": "更换枪线", "pile_code": "A-1"})
}

#[tokio::test]
async fn r6_1a_class_a_work_order_goes_from_an_alarm_to_its_acceptance_by_another_person() {
    for house in houses().await {
        house.furnish().await;
        says(&house, "A-1", Some("GroundFailure")).await;
        let tech = house.sign_in("technician").await;
        let alarm = house.get("/alarms", &tech).await.ok().json["items"][0]["id"].clone();
        let body = json!({"request_id": "from-alarm-0001", "level": "critical", "title": "漏电检查", "alarm_id": alarm});
        let made = house.post("/work-orders", &tech, &body.to_string()).await;
        let (id, no) = (made.ok().json["id"].clone(), made.json["no"].clone());
        assert_eq!(made.json["existing"], false);
        // Twice, and by somebody else for the same alarm: there is one.
        let again = house.post("/work-orders", &tech, &body.to_string()).await;
        assert_eq!((&again.ok().json["id"], &again.json["existing"]), (&id, &json!(true)));
        let (other_id, other) = second(&house).await;
        let again = house.post("/work-orders", &other, &body.to_string()).await;
        assert_eq!(again.ok().json["id"], id);
        let told = house.get(&format!("/alarms/{alarm}"), &tech).await;
        assert!(told.ok().text.contains(no.as_str().unwrap()), "{}", told.text);
        let found = house.get(&format!("/work-orders?alarm_id={alarm}"), &tech).await;
        assert_eq!(found.ok().json["total"], 1);
        let order = one(&house, &tech, &id).await;
        assert_eq!(
            (&order["kind"], &order["pile_code"], &order["state"]),
            (&json!("alarm"), &json!("A-1"), &json!("waiting"))
        );
        let due = order["accept_due_ms"].as_i64().unwrap() - order["created_at_ms"].as_i64().unwrap();
        assert_eq!(due, 15 * MINUTE_MS);

        patch(&house, &tech, &id, json!({"action": "finish", "text": "好了"}))
            .await
            .refused(422, "work_order.not_accepted");
        patch(&house, &tech, &id, json!({"action": "accept"})).await.ok();
        patch(&house, &other, &id, json!({"action": "arrive"})).await.refused(422, "work_order.of_another");
        patch(&house, &tech, &id, json!({"action": "arrive"})).await.ok();
        let photo = include_bytes!("../../src/demo/photos/place.jpg");
        for _ in 0..2 {
            let headers = [("cookie", tech.as_str()), ("content-type", "image/jpeg")];
            house.send_bytes("POST", &format!("/work-orders/{id}/photos"), photo, &headers).await.ok();
        }
        let none = patch(&house, &tech, &id, json!({"action": "finish"})).await;
        assert_eq!(none.json["field"], "text");
        let dear =
            patch(&house, &tech, &id, json!({"action": "finish", "text": "好了", "cost_fen": -1})).await;
        assert_eq!(dear.json["field"], "cost_fen");
        let done =
            json!({"action": "finish", "text": "更换漏电模块", "parts": "漏电模块 1 个", "cost_fen": 12_000});
        patch(&house, &tech, &id, done).await.ok();
        patch(&house, &tech, &id, json!({"action": "confirm"})).await.refused(422, "work_order.own");
        let none = patch(&house, &other, &id, json!({"action": "reject"})).await;
        assert_eq!(none.json["field"], "text");
        patch(&house, &other, &id, json!({"action": "reject", "text": "缺照片"})).await.ok();
        patch(&house, &tech, &id, json!({"action": "finish", "text": "补了照片"})).await.ok();
        patch(&house, &other, &id, json!({"action": "confirm"})).await.ok();
        let order = one(&house, &tech, &id).await;
        assert_eq!((&order["state"], &order["closed_by"]), (&json!("closed"), &json!("老王")));
        assert_eq!((&order["result"], order["photos"].as_array().unwrap().len()), (&json!("补了照片"), 1));
        let actions: Vec<&str> =
            order["events"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["create", "accept", "arrive", "photo", "finish", "reject", "finish", "confirm"]);
        patch(&house, &tech, &id, json!({"action": "assign", "handler_id": other_id}))
            .await
            .refused(422, "work_order.over");
        // Once it is over, the same alarm may want another one.
        let body =
            json!({"request_id": "from-alarm-0002", "level": "major", "title": "再查", "alarm_id": alarm});
        assert_eq!(house.post("/work-orders", &tech, &body.to_string()).await.ok().json["existing"], false);
    }
}

#[tokio::test]
async fn r6_1a_error_what_cannot_be_done_says_where_and_why() {
    for house in houses().await {
        house.furnish().await;
        let tech = house.sign_in("technician").await;
        for (field, value) in [
            ("request_id", json!("short")),
            ("request_id", json!("with blank 01")),
            ("title", json!(" ")),
            ("title", json!("很".repeat(61))),
            ("pile_code", json!("NOBODY")),
            ("level", json!("x")),
            ("handler_id", json!(99_999)),
            ("alarm_id", json!(99_999)),
            ("feedback_id", json!(99_999)),
        ] {
            let mut body = draft(1);
            body[field] = value.clone();
            let refused = house.post("/work-orders", &tech, &body.to_string()).await;
            assert_eq!(
                (refused.status.as_u16(), &refused.json["field"]),
                (400, &json!(field)),
                "{value} {}",
                refused.text
            );
        }
        let mut nowhere = draft(1);
        nowhere.as_object_mut().unwrap().remove("pile_code");
        let refused = house.post("/work-orders", &tech, &nowhere.to_string()).await;
        assert_eq!(refused.json["field"], "station_id");
        // Whoever may not work on them is not given one.
        let viewer = house
            .app
            .engine
            .store
            .read(|conn| store::staff::by_account(conn, "viewer"))
            .await
            .unwrap()
            .unwrap();
        let mut body = draft(1);
        body["handler_id"] = json!(viewer.id.0);
        let refused = house.post("/work-orders", &tech, &body.to_string()).await;
        assert_eq!(refused.json["field"], "handler_id");

        let id = house.post("/work-orders", &tech, &draft(1).to_string()).await.ok().json["id"].clone();
        let stale = json!({"version": 7, "action": "accept"}).to_string();
        let refused = house.send("PATCH", &format!("/work-orders/{id}"), &tech, Some(&stale), &[]).await;
        refused.refused(409, "work_order.version_differs");
        for (query, count) in [
            ("mine=true", 0),
            ("open=true", 1),
            ("kind=manual", 1),
            ("kind=alarm", 0),
            ("overdue=true", 0),
            ("pile=a-1", 1),
        ] {
            assert_eq!(
                house.get(&format!("/work-orders?{query}"), &tech).await.ok().json["total"],
                count,
                "{query}"
            );
        }
        for (accept, finish, field) in
            [(0, 10, "accept_minutes"), (10, 129_601, "finish_minutes"), (10, 9, "finish_minutes")]
        {
            let body =
                json!({"level": "major", "accept_minutes": accept, "finish_minutes": finish}).to_string();
            let refused = house.send("PUT", "/work-order-limits", &tech, Some(&body), &[]).await;
            assert_eq!(refused.json["field"], field);
        }
    }
}

#[tokio::test]
async fn r6_1a_class_what_is_late_goes_up_once_and_plans_make_one_for_each_station_and_day() {
    for house in houses().await {
        house.furnish().await;
        let tech = house.sign_in("technician").await;
        let engine = &house.app.engine;
        let id = house.post("/work-orders", &tech, &draft(1).to_string()).await.ok().json["id"].clone();
        let watch = || engine.work_orders_watch(engine.clock.now());
        house.clock.advance(Duration::from_secs(60 * 60));
        assert_eq!(watch().await.unwrap(), 0, "at the very end of its time it is not late");
        house.clock.advance(Duration::from_secs(1));
        assert_eq!(watch().await.unwrap(), 1);
        assert_eq!(watch().await.unwrap(), 0);
        let tech = house.sign_in("technician").await;
        let order = one(&house, &tech, &id).await;
        assert!(order["overdue"] == true && !order["escalated_at_ms"].is_null(), "{order}");
        let home = house.get("/home", &tech).await;
        assert_eq!(
            (
                &home.ok().json["todo"]["overdue_work_order_count"],
                &home.json["todo"]["waiting_work_order_count"]
            ),
            (&json!(1), &json!(1))
        );

        let plan = json!({"name": "消防周检", "station_ids": [1, 2], "items": ["灭火器", "急停按钮"], "every_days": 7,
            "level": "minor", "enabled": true});
        for (field, value) in [
            ("items", json!([])),
            ("items", json!(["a", "a"])),
            ("station_ids", json!([])),
            ("station_ids", json!([999])),
            ("every_days", json!(0)),
            ("every_days", json!(367)),
        ] {
            let mut body = plan.clone();
            body[field] = value;
            assert_eq!(house.post("/inspection-plans", &tech, &body.to_string()).await.json["field"], field);
        }
        house.post("/inspection-plans", &tech, &plan.to_string()).await.ok();
        assert_eq!(watch().await.unwrap(), 2);
        assert_eq!(watch().await.unwrap(), 0, "twice changes nothing");
        // Away for three weeks: made up for once.
        house.clock.advance(Duration::from_millis(u64::try_from(22 * DAY_MS).unwrap()));
        let made = watch().await.unwrap();
        let tech = house.sign_in("technician").await;
        let all = house.get("/work-orders?kind=inspection", &tech).await;
        assert_eq!(all.ok().json["total"], 4, "{made}");
        let id = all.json["items"][0]["id"].clone();
        patch(&house, &tech, &id, json!({"action": "accept"})).await.ok();
        let open = patch(&house, &tech, &id, json!({"action": "finish", "text": "检查完"})).await;
        assert_eq!(open.json["field"], "checklist");
        let found = |bad: Value| {
            json!({"action": "finish", "text": "检查完", "checklist": [
            {"text": "灭火器", "good": true, "note": null}, {"text": "急停按钮", "good": false, "note": bad}]})
        };
        assert_eq!(patch(&house, &tech, &id, found(json!(null))).await.json["field"], "checklist");
        patch(&house, &tech, &id, found(json!("按钮松动"))).await.ok();
        assert_eq!(one(&house, &tech, &id).await["checklist"][1]["note"], "按钮松动");
    }
}
