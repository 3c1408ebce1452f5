//! 方言: those of the product, copies that an operator changes, and which pile is read by which.

use super::house::{Answer, House, houses};
use engine::audit::Actor;
use engine::site::PileDraft;
use model::id::StationId;
use model::site::{PileKind, Protocol};
use serde_json::{Value, json};

const CODE: &str = "32010600019236";

async fn ykc(house: &House) {
    let draft = PileDraft { code: CODE.to_owned(), ..super::house::pile("X", StationId(1)) };
    let draft = PileDraft { protocol: Protocol::Ykc16, kind: PileKind::Dc, ..draft };
    house.app.engine.pile_create(&Actor::local(), draft).await.unwrap();
}

async fn read_as(house: &House, cookie: &str) -> (Value, Value) {
    let answer = house.get(&format!("/piles/{CODE}/dialect"), cookie).await;
    (answer.ok().json["dialect"]["name"].clone(), answer.json["assigned"].clone())
}

async fn send(house: &House, method: &str, path: &str, cookie: &str, body: &str) -> Answer {
    let body = Some(body).filter(|body| !body.is_empty());
    house.send(method, path, cookie, body, &[]).await
}

async fn copy(house: &House, cookie: &str, name: &str, more: Value) -> i64 {
    let mut body = json!({"name": name, "rules": {"crc_high_first": true}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.post("/dialects", cookie, &body.to_string()).await.ok().json["id"].as_i64().unwrap()
}

#[tokio::test]
async fn r5_2_1_class_a_dialect_is_copied_changed_and_said_of_a_pile() {
    for house in houses().await {
        house.furnish().await;
        ykc(&house).await;
        let own = house.sign_in("a.admin").await;
        let list = house.get("/dialects", &own).await;
        let shipped = list.ok().json["items"].as_array().unwrap();
        assert_eq!(shipped.len(), 7);
        assert!(shipped.iter().all(|one| !one["source"].as_str().unwrap().is_empty()), "each has its source");
        assert_eq!(shipped[0]["rules"]["current_coding"], "plus_4000");
        assert_eq!(read_as(&house, &own).await, (Value::Null, json!(false)), "the paper");

        let id = copy(&house, &own, "甲的方言", json!({})).await;
        let set = format!("/piles/{CODE}/dialect");
        send(&house, "PUT", &set, &own, &json!({"dialect_id": id}).to_string()).await.ok();
        assert_eq!(read_as(&house, &own).await, (json!("甲的方言"), json!(true)));
        let change = json!({"version": 1, "dialect": {"name": "改过的", "rules": {"reply_delay_ms": 200}}});
        let path = format!("/dialects/{id}");
        send(&house, "PUT", &path, &own, &change.to_string()).await.ok();
        let one = house.get(&path, &own).await;
        assert_eq!((&one.ok().json["version"], &one.json["pile_count"]), (&json!(2), &json!(1)));
        assert_eq!(one.json["rules"]["crc_high_first"], false, "all of it anew");
        send(&house, "PUT", &path, &own, &change.to_string()).await.refused(409, "content.version_differs");
        let changes = house.get(&format!("{path}/changes"), &own).await;
        let acts: Vec<&str> = changes.ok().json["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|c| c["action"].as_str())
            .collect();
        assert_eq!(acts, ["dialect_update", "dialect_create"]);
        send(&house, "DELETE", &path, &own, "").await.refused(409, "dialect.in_use");
        send(&house, "PUT", &set, &own, r#"{"dialect_id":null}"#).await.ok();
        send(&house, "DELETE", &path, &own, "").await.ok();
        house.get(&path, &own).await.refused(404, "dialect.not_found");
    }
}

#[tokio::test]
async fn r5_2_1_boundary_the_limits_of_a_dialect_are_told_at_their_fields() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.admin").await;
        for (rules, field) in [
            (json!({"reply_delay_ms": 3001}), "rules.reply_delay_ms"),
            (json!({"reply_delay_ms": -1}), "rules.reply_delay_ms"),
            (json!({"start_tail": 256}), "rules.start_tail"),
            (json!({"qr_prefix": "x".repeat(201)}), "rules.qr_prefix"),
            (json!({"qr_prefix": "前缀"}), "rules.qr_prefix"),
        ] {
            let body = json!({"name": "边界", "rules": rules}).to_string();
            let refused = house.post("/dialects", &own, &body).await;
            assert_eq!(refused.refused(400, "field.invalid").json["field"], field, "{body}");
        }
        let most = json!({"name": "边界", "rules": {"reply_delay_ms": 3000, "start_tail": 255, "qr_prefix": "x".repeat(200)}});
        house.post("/dialects", &own, &most.to_string()).await.ok();
        for (name, ok) in [("", false), (&*"名".repeat(60), true), (&*"名".repeat(61), false)] {
            let answer = house.post("/dialects", &own, &json!({"name": name, "rules": {}}).to_string()).await;
            assert_eq!(answer.status.is_success(), ok, "{name}");
        }
    }
}

#[tokio::test]
async fn r5_2_1_guess_the_products_dialects_stay_and_other_operators_are_none() {
    for house in houses().await {
        house.furnish().await;
        ykc(&house).await;
        let (admin, own) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
        let change = json!({"version": 1, "dialect": {"name": "改", "rules": {}}}).to_string();
        send(&house, "PUT", "/dialects/1", &admin, &change).await.refused(422, "dialect.shipped");
        send(&house, "DELETE", "/dialects/1", &admin, "").await.refused(422, "dialect.shipped");
        // Another operator's is none, neither to see nor to say of a pile.
        let theirs = copy(&house, &admin, "乙的方言", json!({"operator_id": 2})).await;
        house.get(&format!("/dialects/{theirs}"), &own).await.refused(404, "dialect.not_found");
        let set = format!("/piles/{CODE}/dialect");
        for cookie in [&admin, &own] {
            let answer = send(&house, "PUT", &set, cookie, &json!({"dialect_id": theirs}).to_string()).await;
            assert_eq!(answer.refused(404, "dialect.not_found").json["field"], "dialect_id");
        }
        send(&house, "PUT", "/piles/A-1/dialect", &admin, r#"{"dialect_id":1}"#)
            .await
            .refused(422, "pile.no_dialects");
        // By what the pile is: the operator's own goes before the platform's, the longer before the shorter.
        copy(&house, &admin, "平台", json!({"firmware": "V1.6"})).await;
        assert_eq!(read_as(&house, &own).await, (Value::Null, json!(false)), "its firmware is not known yet");
        let told = model::device::Introduction { firmware: Some("v1.6.0".to_owned()), ..Default::default() };
        super::r5_2_1_battery::tell(&house, CODE, model::device::DeviceEvent::Booted(Box::new(told))).await;
        assert_eq!(read_as(&house, &own).await, (json!("平台"), json!(false)));
        copy(&house, &own, "短", json!({"firmware": "V1"})).await;
        copy(&house, &own, "长", json!({"firmware": "V1.6.0"})).await;
        assert_eq!(read_as(&house, &own).await, (json!("长"), json!(false)));
    }
}
