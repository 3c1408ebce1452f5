//! 会员等级 and 用户标签: levels as data, marks by rule, tags by hand.

use super::house::{Answer, House, house, houses};
use serde_json::{Value, json};
use std::time::Duration;

fn level(name: &str, place: i64, orders: i64) -> Value {
    json!({"name": name, "place": place, "energy_dwh": 0, "order_count": orders, "total_fen": 0,
        "rights": ["优先受理", " "]})
}

async fn customer(house: &House, cookie: &str, name: &str, phone: &str, tags: Value) -> i64 {
    let draft = json!({"name": name, "phone": phone, "kind": "person", "tags": tags});
    house.post("/customers", cookie, &draft.to_string()).await.ok().json["id"].as_i64().unwrap()
}

async fn patch(house: &House, cookie: &str, id: i64, version: i64, mut body: Value) -> Answer {
    body["version"] = json!(version);
    house.send("PATCH", &format!("/member-levels/{id}"), cookie, Some(&body.to_string()), &[]).await
}

async fn found(house: &House, cookie: &str, query: &str) -> Vec<i64> {
    let answer = house.get(&format!("/customers?{query}"), cookie).await;
    answer.ok().json["items"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

async fn judge(house: &House) -> usize {
    let now: model::time::Timestamp = house.app.engine.clock.now();
    house.app.engine.customers_mark(now).await.unwrap()
}

#[tokio::test]
async fn r5_4_class_customers_are_judged_at_night_and_found_by_level_mark_and_tag() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let first = customer(&house, &cookie, "欧阳娜娜", "13800131234", json!(["常客"])).await;
        let second = customer(&house, &cookie, "王伟", "13800131235", json!([])).await;
        house.clock.advance(Duration::from_secs(31 * 86_400));
        let cookie = house.sign_in("admin").await;
        let third = customer(&house, &cookie, "李静", "13800131236", json!(["常客", "VIP"])).await;
        let mut charged = super::orders::order(1);
        charged.customer = Some(model::id::CustomerId(first));
        house
            .app
            .engine
            .store
            .write(None, move |tx| {
                tx.order_save(&charged);
                Ok(())
            })
            .await
            .unwrap();
        let cookie = house.sign_in("admin").await;
        let regular = house.post("/member-levels", &cookie, &level("常客会员", 7, 1).to_string()).await;
        let regular = regular.ok().json["id"].as_i64().unwrap();
        assert_eq!(judge(&house).await, 3);
        assert_eq!(judge(&house).await, 0, "judged again, nobody is another");
        for (query, expected) in [
            (format!("level_id={regular}"), vec![first]),
            ("level_id=1".to_owned(), vec![third, second]),
            ("mark=new".to_owned(), vec![third]),
            ("mark=fleet".to_owned(), vec![]),
            ("tag=%E5%B8%B8%E5%AE%A2".to_owned(), vec![third, first]),
            ("tag=VIP&mark=new".to_owned(), vec![third]),
            ("tag=new".to_owned(), vec![]),
            ("tag=%25".to_owned(), vec![]),
        ] {
            assert_eq!(found(&house, &cookie, &query).await, expected, "{query}");
        }
        let detail = house.get(&format!("/customers/{first}"), &cookie).await;
        assert_eq!(
            (&detail.ok().json["level_name"], &detail.json["tags"]),
            (&json!("常客会员"), &json!(["常客"]))
        );
        // A tag that is taken away is found no more, and the judgement leaves the forms alone.
        let change = json!({"version": detail.json["version"], "tags": []}).to_string();
        house.send("PATCH", &format!("/customers/{first}"), &cookie, Some(&change), &[]).await.ok();
        assert_eq!(found(&house, &cookie, "tag=%E5%B8%B8%E5%AE%A2").await, [third]);
        // Two months later whoever charged once is asleep, and no longer what one order made of them.
        house.clock.advance(Duration::from_secs(62 * 86_400));
        let cookie = house.sign_in("admin").await;
        judge(&house).await;
        assert_eq!(found(&house, &cookie, &format!("level_id={regular}")).await, Vec::<i64>::new());
        let levels = house.get("/member-levels", &cookie).await;
        let counts: Vec<_> = levels.ok().json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l["customer_count"].clone())
            .collect();
        assert_eq!(counts, [0, 0, 0, 3].map(|n| json!(n)), "the highest first: {}", levels.text);
    }
}

#[tokio::test]
async fn r5_4_boundary_levels_end_where_they_are_said_to() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    let with = |field: &str, value: Value| {
        let mut body = level("等级", 50, 0);
        body[field] = value;
        body
    };
    for (field, value) in [
        ("name", json!(" ")),
        ("name", json!("名".repeat(17))),
        ("place", json!(0)),
        ("place", json!(100)),
        ("energy_dwh", json!(-1)),
        ("order_count", json!(100_001)),
        ("total_fen", json!(100_000_001)),
        ("rights", json!(["权".repeat(41)])),
        ("rights", json!(vec!["权"; 11])),
    ] {
        let answer = house.post("/member-levels", &cookie, &with(field, value.clone()).to_string()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{value}");
    }
    for n in 0..7 {
        house.post("/member-levels", &cookie, &level(&format!("等级{n}"), 90 + n, 0).to_string()).await.ok();
    }
    let answer = house.post("/member-levels", &cookie, &level("再一级", 98, 0).to_string()).await;
    answer.refused(422, "member_level.too_many");
}

#[tokio::test]
async fn r5_4_guess_names_places_and_levels_in_use_are_not_taken_twice_nor_away() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    customer(&house, &cookie, "王伟", "13800131235", json!([])).await;
    judge(&house).await;
    for (body, field) in [(level("银卡会员", 9, 0), "name"), (level("另一个", 2, 0), "place")] {
        let answer = house.post("/member-levels", &cookie, &body.to_string()).await;
        assert_eq!(answer.refused(409, "member_level.exists").json["field"], field);
    }
    patch(&house, &cookie, 2, 1, level("银卡会员", 2, 3)).await.ok();
    patch(&house, &cookie, 2, 1, level("银卡会员", 2, 4)).await.refused(409, "member_level.version_differs");
    patch(&house, &cookie, 99, 1, level("没有", 20, 0)).await.refused(404, "member_level.not_found");
    house.send("DELETE", "/member-levels/1", &cookie, None, &[]).await.refused(422, "member_level.in_use");
    house.send("DELETE", "/member-levels/3", &cookie, None, &[]).await.ok();
    house.send("DELETE", "/member-levels/3", &cookie, None, &[]).await.refused(404, "member_level.not_found");
    let own = house.sign_in("a.admin").await;
    assert_eq!(house.get("/member-levels", &own).await.ok().json["items"][0]["customer_count"], Value::Null);
    house.get("/customers?mark=rich", &cookie).await.refused(400, "field.invalid");
}
