//! R-5.s: 字典, the code lists, and the categories of feedback that staff make themselves.

use super::house::{Answer, House, house, houses};
use serde_json::{Value, json};

async fn patch(house: &House, cookie: &str, code: &str, body: &Value) -> Answer {
    house.send("PATCH", &format!("/feedback-categories/{code}"), cookie, Some(&body.to_string()), &[]).await
}

async fn category(house: &House, cookie: &str, code: &str) -> Value {
    let all = house.get("/feedback-categories", cookie).await;
    let items = all.ok().json["items"].as_array().unwrap().clone();
    items.into_iter().find(|one| one["code"] == code).unwrap_or_default()
}

async fn codes(house: &House, cookie: &str) -> Vec<String> {
    let all = house.get("/feedback-categories", cookie).await;
    all.ok().json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect()
}

fn change(one: &Value, field: &str, value: Value) -> Value {
    let mut body = one.clone();
    body.as_object_mut().unwrap().remove("code");
    body[field] = value;
    body
}

async fn complain(house: &House, n: u32, category: &str) -> Answer {
    let draft = json!({"request_id": format!("dictionary-{n:04}"), "kind": "complaint", "category": category,
        "content": "地锁打不开", "phone": "13812345678"});
    house.post("/public/feedback", "", &draft.to_string()).await
}

#[tokio::test]
async fn r5_s_class_a_category_is_made_offered_renamed_moved_and_switched_off() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        assert_eq!(
            complain(&house, 1, "ground_lock").await.refused(400, "field.invalid").json["field"],
            "category"
        );
        let draft = json!({"code": "ground_lock", "name_zh": "地锁故障", "name_en": "Ground lock"});
        house.post("/feedback-categories", &admin, &draft.to_string()).await.ok();
        complain(&house, 1, "ground_lock").await.ok();
        let offered = house.get("/public/feedback/categories", "").await;
        assert_eq!(offered.ok().json["items"][8]["name"]["zh"], "地锁故障");

        let made = category(&house, &admin, "ground_lock").await;
        patch(&house, &admin, "ground_lock", &change(&made, "place", json!(1))).await.ok();
        assert_eq!(codes(&house, &admin).await[..2], ["ground_lock", "cannot_start"]);
        let places: Vec<i64> = house.get("/feedback-categories", &admin).await.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["place"].as_i64().unwrap())
            .collect();
        assert_eq!(places, (1..=9).collect::<Vec<i64>>(), "without a gap, each once");
        patch(&house, &admin, "ground_lock", &change(&made, "name_zh", json!("地锁")))
            .await
            .refused(409, "feedback_category.version_differs");

        let made = category(&house, &admin, "ground_lock").await;
        patch(&house, &admin, "ground_lock", &change(&made, "enabled", json!(false))).await.ok();
        complain(&house, 2, "ground_lock").await.refused(400, "field.invalid");
        assert_eq!(house.get("/public/feedback/categories", "").await.json["total"], 8);
        // What has it keeps it, and it can be looked for.
        assert_eq!(house.get("/feedback?category=ground_lock", &admin).await.ok().json["total"], 1);
        let counted = house.get("/dictionaries/feedback_category", &admin).await;
        let used = counted.ok().json["entries"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["code"] == "ground_lock")
            .unwrap();
        assert_eq!((&used["usage"], &used["enabled"]), (&json!(1), &json!(false)));
        assert_eq!(house.get("/audit?noun=feedback_category", &admin).await.json["total"], 3);
    }
}

#[tokio::test]
async fn r5_s_class_every_code_list_is_shown_with_its_names_and_uses() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let all = house.get("/dictionaries", &admin).await;
        assert!(all.ok().json["total"].as_i64().unwrap() >= 25, "{}", all.text);
        for one in all.json["items"].as_array().unwrap() {
            let got = house.get(&format!("/dictionaries/{}", one["code"].as_str().unwrap()), &admin).await;
            for entry in got.ok().json["entries"].as_array().unwrap() {
                assert!(
                    !entry["name"]["zh"].as_str().unwrap().is_empty()
                        && !entry["name"]["en"].as_str().unwrap().is_empty()
                );
            }
        }
        let piles = house.get("/dictionaries/pile_kind", &admin).await;
        assert_eq!(
            (&piles.json["entries"][0]["code"], &piles.json["entries"][0]["usage"]),
            (&json!("dc"), &json!(4))
        );
        assert_eq!(
            house.get("/dictionaries/order_state", &admin).await.json["entries"][0]["usage"],
            Value::Null
        );
        assert_eq!(house.get("/dictionaries?editable=true", &admin).await.json["total"], 1);
        assert_eq!(
            house.get("/dictionaries?name=ABNORMAL", &admin).await.json["total"],
            2,
            "the list, and a state of orders"
        );
    }
}

#[tokio::test]
async fn r5_s_boundary_codes_names_and_places() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let draft =
        |code: &str, zh: &str, en: &str| json!({"code": code, "name_zh": zh, "name_en": en}).to_string();
    for (code, zh, en, field) in [
        ("", "地锁", "Lock", "code"),
        ("a", "地锁", "Lock", "code"),
        ("1a", "地锁", "Lock", "code"),
        ("Lock", "地锁", "Lock", "code"),
        ("lock-1", "地锁", "Lock", "code"),
        (&"a".repeat(33), "地锁", "Lock", "code"),
        ("lock", "", "Lock", "name_zh"),
        ("lock", "地锁", " ", "name_en"),
        ("lock", &"长".repeat(33), "Lock", "name_zh"),
    ] {
        let answer = house.post("/feedback-categories", &admin, &draft(code, zh, en)).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{code} {zh} {en}");
    }
    house.post("/feedback-categories", &admin, &draft(&"a".repeat(32), &"长".repeat(32), "L")).await.ok();
    house.post("/feedback-categories", &admin, &draft("ab", "短", "S")).await.ok();
    for (code, zh, field) in [("bill", "账单", "code"), ("lock", "充电慢", "name_zh")] {
        let answer = house.post("/feedback-categories", &admin, &draft(code, zh, "New")).await;
        assert_eq!(answer.refused(409, "feedback_category.exists").json["field"], field);
    }
    let slow = category(&house, &admin, "slow").await;
    for place in [0, 11, i64::MAX] {
        let answer = patch(&house, &admin, "slow", &change(&slow, "place", json!(place))).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "place");
    }
    patch(&house, &admin, "slow", &change(&slow, "place", json!(10))).await.ok();
    assert_eq!(codes(&house, &admin).await.last().unwrap(), "slow");
}

#[tokio::test]
async fn r5_s_guess_the_last_category_stays_and_nobody_else_changes_them() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let all = codes(&house, &admin).await;
    for (turn, code) in all.iter().enumerate() {
        let one = category(&house, &admin, code).await;
        let answer = patch(&house, &admin, code, &change(&one, "enabled", json!(false))).await;
        if turn + 1 < all.len() {
            answer.ok();
        } else {
            answer.refused(422, "feedback_category.last");
        }
    }
    complain(&house, 9, "other").await.ok();
    let other = category(&house, &admin, "other").await;
    patch(&house, &admin, "no_such", &change(&other, "place", json!(1)))
        .await
        .refused(404, "feedback_category.not_found");
    house.get("/dictionaries/no_such", &admin).await.refused(404, "dictionary.not_found");
    let service = house.sign_in("service").await;
    assert_eq!(codes(&house, &service).await.len(), 8, "whoever works on feedback reads them");
    patch(&house, &service, "other", &change(&other, "place", json!(1)))
        .await
        .refused(403, "permission.denied");
    let theirs = house.sign_in("a.admin").await;
    patch(&house, &theirs, "other", &change(&other, "place", json!(1))).await.refused(403, "scope.denied");
    house.get("/dictionaries", &theirs).await.refused(403, "scope.denied");
}
