//! each person's own arrangement of the console.

use super::house::{House, houses};
use serde_json::json;

async fn set(house: &House, cookie: &str, key: &str, value: serde_json::Value) -> super::house::Answer {
    let body = json!({"value": value}).to_string();
    house.send("PUT", &format!("/preferences/{key}"), cookie, Some(&body), &[]).await
}

#[tokio::test]
async fn r4_2_2_class_what_a_person_arranges_is_his_own_and_survives() {
    for house in houses().await {
        house.furnish().await;
        let (one, other) = (house.sign_in("operations").await, house.sign_in("viewer").await);
        let value = json!({"order": ["待办", "trend"], "hidden": [], "n": 1.5});
        set(&house, &one, "home.cards", value.clone()).await.ok();
        set(&house, &one, "a", json!(null)).await.ok();
        set(&house, &one, "a", json!(true)).await.ok();
        let kept = house.get("/preferences/home.cards", &one).await;
        assert_eq!(kept.ok().json["value"], value);
        let list = house.get("/preferences", &one).await.json;
        let keys: Vec<_> = list["items"].as_array().unwrap().iter().map(|row| row["key"].clone()).collect();
        assert_eq!((keys, &list["items"][0]["value"]), (vec![json!("a"), json!("home.cards")], &json!(true)));
        house.get("/preferences/home.cards", &other).await.refused(404, "preference.not_found");
        assert_eq!(house.get("/preferences", &other).await.json["items"], json!([]));
        let again = house.sign_in("operations").await;
        assert_eq!(house.get("/preferences/a", &again).await.ok().json["value"], true);
        for _ in 0..2 {
            house.send("DELETE", "/preferences/a", &one, None, &[]).await.ok();
        }
        house.get("/preferences/a", &one).await.refused(404, "preference.not_found");
    }
}

#[tokio::test]
async fn r4_2_2_boundary_of_key_value_and_count() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("viewer").await;
        set(&house, &cookie, &"k".repeat(64), json!(1)).await.ok();
        let long = set(&house, &cookie, &"k".repeat(65), json!(1)).await;
        assert_eq!(long.refused(400, "field.invalid").json["field"], "key");
        // Two of the 16384 bytes are the quotation marks.
        set(&house, &cookie, "big", json!("x".repeat(16_382))).await.ok();
        let big = set(&house, &cookie, "big", json!("x".repeat(16_383))).await;
        assert_eq!(big.refused(400, "field.invalid").json["field"], "value");
        for n in 2..200 {
            set(&house, &cookie, &format!("n{n}"), json!(n)).await.ok();
        }
        set(&house, &cookie, "one-more", json!(1)).await.refused(422, "preference.too_many");
        set(&house, &cookie, "big", json!(1)).await.ok();
    }
}

#[tokio::test]
async fn r4_2_2_guess_keys_and_bodies_that_are_none() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("viewer").await;
        for key in ["A", "a%20b", "%27;--", "%E8%A1%A8", "a%2Fb", "%00"] {
            let answer = set(&house, &cookie, key, json!(1)).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], "key", "{key}");
        }
        for body in ["", "{", "{\"values\":1}", "[]"] {
            let answer = house.send("PUT", "/preferences/a", &cookie, Some(body), &[]).await;
            assert_eq!(answer.status.as_u16(), 400, "{body}: {}", answer.text);
        }
        assert_eq!(house.get("/preferences", &cookie).await.json["items"], json!([]));
    }
}
