//! R-5.s: somebody who leaves hands over what they have in hand, and their account is stopped.

use super::house::{House, PASSWORD, house};
use super::r5_6::{draft, step, submit};
use model::access::Role;
use serde_json::{Value, json};

async fn row(house: &House, cookie: &str, account: &str) -> Value {
    let page = house.get(&format!("/staff?account={account}"), cookie).await;
    let items = page.ok().json["items"].as_array().unwrap().clone();
    items.into_iter().find(|row| row["account"] == account).unwrap()
}

/// `leaving` looks after one feedback; `next` may, too; `viewer` may not, `a.service` sees a part only.
async fn house_with_feedback() -> (House, String, i64) {
    let house = house().await;
    house.furnish().await;
    house.staff("leaving", Role::Service, None).await;
    house.staff("next", Role::Service, None).await;
    house.staff("a.service", Role::Service, Some(1)).await;
    submit(&house, &draft("req-00000001", "13812345678")).await.ok();
    let cookie = house.sign_in("leaving").await;
    let list = house.get("/feedback", &cookie).await;
    let one = list.ok().json["items"][0].clone();
    let id = one["id"].as_i64().unwrap();
    step(&house, &cookie, id, json!({"action": "accept", "version": one["version"]})).await.ok();
    let admin = house.sign_in("admin").await;
    (house, admin, id)
}

async fn hand(
    house: &House,
    admin: &str,
    account: &str,
    to: Option<&str>,
    note: &str,
) -> super::house::Answer {
    let from = row(house, admin, account).await;
    let to = match to {
        Some(to) => row(house, admin, to).await["id"].clone(),
        None => Value::Null,
    };
    let body = json!({"version": from["version"], "to_staff_id": to, "note": note});
    house.post(&format!("/staff/{}/handover", from["id"]), admin, &body.to_string()).await
}

#[tokio::test]
async fn r5_s_class_what_is_open_goes_to_another_and_the_account_is_stopped() {
    let (house, admin, id) = house_with_feedback().await;
    let from = row(&house, &admin, "leaving").await;
    let open = house.get(&format!("/staff/{}/handover", from["id"]), &admin).await;
    assert_eq!(open.ok().json["groups"][0]["kind"], "feedback");
    assert_eq!(open.json["groups"][0]["count"], 1);
    assert_eq!(open.json["credential_count"], 1);
    let made = hand(&house, &admin, "leaving", Some("next"), "钥匙在前台").await;
    assert_eq!(made.ok().json["count"], 1);
    let feedback = house.get(&format!("/feedback/{id}"), &admin).await;
    assert_eq!(feedback.ok().json["handler_name"], "next先生");
    let events = feedback.json["events"].as_array().unwrap();
    assert!(events.iter().any(|event| event["text"] == "leaving先生 → next先生"), "{events:?}");
    let after = row(&house, &admin, "leaving").await;
    assert_eq!((&after["disabled"], &after["handover"]), (&json!(true), &json!("next先生：钥匙在前台")));
    let body = format!("{{\"account\":\"leaving\",\"password\":\"{PASSWORD}\"}}");
    house.post("/session", "", &body).await.refused(401, "session.wrong_credentials");
    let log = house.get("/audit?action=staff_handover_create", &admin).await;
    let detail: Value = serde_json::from_str(log.json["items"][0]["detail"].as_str().unwrap()).unwrap();
    assert_eq!(detail["items"]["feedback"], json!([id]));
    // Once is enough: the form is old now.
    hand(&house, &admin, "leaving", Some("next"), "").await.refused(409, "staff.changed");
}

#[tokio::test]
async fn r5_s_boundary_with_nothing_in_hand_nobody_has_to_take_over() {
    let (house, admin, _) = house_with_feedback().await;
    let open = hand(&house, &admin, "leaving", None, "").await;
    open.refused(400, "field.invalid");
    assert_eq!(open.json["field"], "to_staff_id");
    assert_eq!(hand(&house, &admin, "next", None, "").await.ok().json["count"], 0);
    let long = hand(&house, &admin, "leaving", Some("a.service"), &"字".repeat(501)).await;
    long.refused(400, "field.invalid");
    assert_eq!(long.json["field"], "handover");
}

#[tokio::test]
async fn r5_s_guess_whoever_may_not_or_sees_less_takes_nothing_over() {
    let (house, admin, id) = house_with_feedback().await;
    for (to, code) in
        [("viewer", "handover.right"), ("a.service", "handover.scope"), ("leaving", "handover.receiver")]
    {
        let refused = hand(&house, &admin, "leaving", Some(to), "").await;
        refused.refused(422, code);
        assert_eq!(refused.json["field"], "to_staff_id", "{to}");
    }
    let feedback = house.get(&format!("/feedback/{id}"), &admin).await;
    assert_eq!(feedback.ok().json["handler_name"], "leaving先生", "nothing half done");
    assert_eq!(row(&house, &admin, "leaving").await["disabled"], false);
    // Nobody stops themselves, and the last administrator stays.
    hand(&house, &admin, "admin", None, "").await.refused(422, "staff.oneself");
    // An operator's administrator sees neither of them.
    let theirs = house.sign_in("a.admin").await;
    let from = row(&house, &admin, "leaving").await;
    let path = format!("/staff/{}/handover", from["id"]);
    house.get(&path, &theirs).await.refused(404, "staff.not_found");
    let body = json!({"version": from["version"], "to_staff_id": null, "note": ""}).to_string();
    house.post(&path, &theirs, &body).await.refused(404, "staff.not_found");
    let viewer = house.sign_in("viewer").await;
    house.post(&path, &viewer, &body).await.refused(403, "permission.denied");
}
