//! R-5.6: from whom abuses the public door nothing is taken for a time, and they are told why.

use super::house::{House, NOON, house, houses};
use super::r5_6::{draft, submit};
use serde_json::{Value, json};
use std::time::Duration;

const PHONE: &str = "13812345678";
const DAY: i64 = 86_400_000;

async fn block(house: &House, cookie: &str, body: Value) -> super::house::Answer {
    house.post("/feedback-blocks", cookie, &body.to_string()).await
}

fn by_phone(until_ms: i64) -> Value {
    json!({"phone": "+86 138-1234-5678", "reason": "多次提交广告", "until_ms": until_ms})
}

#[tokio::test]
async fn r5_6_class_whoever_is_on_the_list_is_told_why_and_until_when_and_may_be_lifted() {
    for house in houses().await {
        house.furnish().await;
        submit(&house, &draft("req-00000001", PHONE)).await.ok();
        let service = house.sign_in("service").await;
        let first = house.get("/feedback", &service).await.ok().json["items"][0]["id"].clone();
        let made = block(
            &house,
            &service,
            json!({"feedback_id": first, "reason": "多次提交广告", "until_ms": NOON + DAY}),
        )
        .await;
        let id = made.ok().json["id"].clone();
        let refused = submit(&house, &draft("req-00000002", PHONE)).await;
        refused.refused(422, "feedback.blocked");
        assert_eq!(refused.json["field"], "phone");
        assert!(
            refused.text.contains("多次提交广告") && refused.text.contains("2026-11-24 12:00"),
            "{}",
            refused.text
        );
        // What was sent before, sent again, is answered as before; others may write, and staff for them.
        submit(&house, &draft("req-00000001", PHONE)).await.ok();
        submit(&house, &draft("req-00000003", "13900000000")).await.ok();
        let mut ours = draft("req-00000004", PHONE);
        ours["source"] = json!("phone");
        house.post("/feedback", &service, &ours.to_string()).await.ok();
        let list = house.get("/feedback-blocks?active=true", &service).await;
        assert_eq!(
            (list.ok().json["total"].clone(), list.json["items"][0]["phone"].clone()),
            (json!(1), json!("138****5678"))
        );
        assert_eq!(list.json["items"][0]["feedback_id"], first);
        let path = format!("/feedback-blocks/{id}/cancellation");
        house.post(&path, &service, r#"{"reason":"已说明情况"}"#).await.ok();
        submit(&house, &draft("req-00000005", PHONE)).await.ok();
        house.post(&path, &service, r#"{"reason":"再次"}"#).await.refused(409, "feedback_block.lifted");
        let list = house.get("/feedback-blocks?active=false", &service).await;
        assert_eq!(list.ok().json["items"][0]["lift_reason"], "已说明情况");
        let admin = house.sign_in("admin").await;
        for action in ["feedback_block_create", "feedback_block_cancel"] {
            let log = house.get(&format!("/audit?action={action}"), &admin).await;
            assert_eq!(log.ok().json["items"].as_array().unwrap().len(), 1, "{action}");
        }
    }
}

#[tokio::test]
async fn r5_6_boundary_a_block_ends_by_itself_and_none_is_for_ever() {
    let house = house().await;
    house.furnish().await;
    let service = house.sign_in("service").await;
    for wrong in [NOON, NOON + 59_999, NOON + 366 * DAY + 1, i64::MAX] {
        let refused = block(&house, &service, by_phone(wrong)).await;
        refused.refused(400, "field.invalid");
        assert_eq!(refused.json["field"], "until_ms");
    }
    block(&house, &service, by_phone(NOON + 60_000)).await.ok();
    block(&house, &service, by_phone(NOON + DAY)).await.refused(409, "feedback_block.exists");
    house.clock.advance(Duration::from_millis(59_999));
    submit(&house, &draft("req-00000001", PHONE)).await.refused(422, "feedback.blocked");
    house.clock.advance(Duration::from_millis(1));
    submit(&house, &draft("req-00000001", PHONE)).await.ok();
    // Over is over: it may be set anew.
    block(&house, &service, by_phone(NOON + 366 * DAY)).await.ok();
    for reason in [String::new(), "字".repeat(201)] {
        let body = json!({"phone": "13900000000", "reason": reason, "until_ms": NOON + DAY});
        let refused = block(&house, &service, body).await;
        refused.refused(400, "field.invalid");
        assert_eq!(refused.json["field"], "reason");
    }
}

#[tokio::test]
async fn r5_6_guess_an_operator_shuts_its_own_door_only() {
    let house = house().await;
    house.furnish().await;
    house.staff("a.service", model::access::Role::Service, Some(1)).await;
    let (ours, viewer) = (house.sign_in("a.service").await, house.sign_in("viewer").await);
    block(&house, &viewer, by_phone(NOON + DAY)).await.refused(403, "permission.denied");
    for (body, field) in [
        (json!({"reason": "广告", "until_ms": NOON + DAY}), "phone"),
        (json!({"phone": "12", "reason": "广告", "until_ms": NOON + DAY}), "phone"),
        (json!({"phone": PHONE, "feedback_id": 1, "reason": "广告", "until_ms": NOON + DAY}), "phone"),
        (json!({"feedback_id": 99, "reason": "广告", "until_ms": NOON + DAY}), "feedback_id"),
    ] {
        let refused = block(&house, &ours, body).await;
        refused.refused(400, "field.invalid");
        assert_eq!(refused.json["field"], field);
    }
    block(&house, &ours, by_phone(NOON + DAY)).await.ok();
    submit(&house, &draft("req-00000001", PHONE)).await.refused(422, "feedback.blocked");
    let mut other = draft("req-00000002", PHONE);
    other["pile_code"] = json!("B-1");
    submit(&house, &other).await.ok();
    let mut nowhere = draft("req-00000003", PHONE);
    nowhere["pile_code"] = Value::Null;
    nowhere["connector_no"] = Value::Null;
    submit(&house, &nowhere).await.ok();
    house.staff("b.service", model::access::Role::Service, Some(2)).await;
    let theirs = house.sign_in("b.service").await;
    assert_eq!(house.get("/feedback-blocks", &theirs).await.ok().json["total"], 0);
    let path = "/feedback-blocks/1/cancellation";
    house.post(path, &theirs, r#"{"reason":"x"}"#).await.refused(404, "feedback_block.not_found");
}
