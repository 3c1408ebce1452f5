//! R-6.1c 客户分群 over HTTP: definitions with their numbers, customers behind them, and coupons and contents for them.

use super::house::{House, houses};
use model::id::CustomerId;
use model::time::DAY_MS;
use serde_json::{Value, json};
use std::time::Duration;

async fn customer(house: &House, cookie: &str, name: &str, phone: &str) -> i64 {
    let draft = json!({"name": name, "phone": phone, "kind": "person"}).to_string();
    house.post("/customers", cookie, &draft).await.ok().json["id"].as_i64().unwrap()
}

/// So many completed orders, one each day, the last of them `silent` days ago.
async fn charged(house: &House, customer: i64, count: i64, silent: i64, first: i64) {
    let now = house.app.now();
    let orders: Vec<_> = (0..count)
        .map(|past| {
            let mut order = super::orders::order(1);
            order.id = model::id::OrderId(first + past);
            let began = now.plus_ms(-(silent + past) * DAY_MS);
            order.customer = Some(CustomerId(customer));
            (order.created_at, order.started_at) = (began, began);
            order.ended_at = Some(began.plus_ms(1_800_000));
            order.session = None;
            order
        })
        .collect();
    let write = house.app.engine.store.write(None, move |tx| {
        for order in &orders {
            tx.order_save(order);
            let zone = model::time::Zone::shanghai();
            let local = zone.local(order.ended_at.unwrap());
            tx.order_count(store::rollups::Ended {
                pile: order.pile,
                station: order.station,
                operator: order.operator,
                customer: order.customer,
                started_at: order.started_at,
                ended_at: order.ended_at.unwrap(),
                day: local.day,
                hour: local.hour,
                success: true,
                energy: order.energy,
                electricity: order.electricity,
                service: order.service,
                total: order.total,
                discount: order.discount,
                occupancy: order.occupancy,
            });
        }
        Ok(())
    });
    write.await.unwrap();
}

async fn judge(house: &House) {
    house.app.engine.customers_mark(house.app.now()).await.unwrap();
}

fn of<'a>(all: &'a Value, mark: &str) -> &'a Value {
    all["items"].as_array().unwrap().iter().find(|one| one["mark"] == mark).unwrap()
}

/// One who stays away beyond their rhythm, one who is new, one who sleeps.
async fn furnished(house: &House) -> [i64; 3] {
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    let away = customer(house, &cookie, "常客", "13800131234").await;
    let asleep = customer(house, &cookie, "旧客", "13800131235").await;
    house.clock.advance(Duration::from_millis((100 * DAY_MS) as u64));
    let cookie = house.sign_in("admin").await;
    let new = customer(house, &cookie, "新客", "13800131236").await;
    charged(house, away, 10, 20, 1_000).await;
    charged(house, asleep, 2, 70, 2_000).await;
    judge(house).await;
    [away, asleep, new]
}

#[tokio::test]
async fn r6_1c_class_segments_are_told_with_their_customers_and_their_numbers() {
    for house in houses().await {
        let cookie = {
            house.furnish().await;
            house.sign_in("admin").await
        };
        let none = house.get("/customer-segments", &cookie).await;
        assert_eq!(none.ok().json["made_at_ms"], Value::Null, "no night has passed");
        assert_eq!(none.json["items"].as_array().unwrap().len(), 14);
    }
    for house in houses().await {
        let [away, asleep, new] = furnished(&house).await;
        let cookie = house.sign_in("admin").await;
        let all = house.get("/customer-segments", &cookie).await;
        let all = all.ok().json.clone();
        for (mark, ids) in [("churn_risk", vec![away]), ("sleeping", vec![asleep]), ("new", vec![new])] {
            let one = of(&all, mark);
            assert_eq!(one["customer_count"], json!(ids.len()), "{one}");
            let list = house.get(&format!("/customers?mark={mark}"), &cookie).await;
            let found: Vec<i64> = list.ok().json["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].as_i64().unwrap())
                .collect();
            assert_eq!(found, ids, "{mark}");
        }
        assert_eq!(all["all"]["customer_count"], 3);
        assert_eq!(of(&all, "churn_risk")["customer_permille"], 333);
        let numbers = of(&all, "churn_risk")["parameters"].as_array().unwrap();
        let times = numbers.iter().find(|one| one["name"] == "churn_times").unwrap();
        assert_eq!((&times["value"], &times["unit"]), (&json!(3), &json!("count")));
        assert!(of(&all, "churn_risk")["total_fen"].as_i64().unwrap() > 0);
        // Why somebody is in theirs.
        let why = house.get(&format!("/customers/{away}/segments"), &cookie).await;
        assert_eq!(why.ok().json["interval_ms"], json!(DAY_MS));
        assert_eq!(why.json["order_count"], 10);
        assert!(why.json["marks"].as_array().unwrap().contains(&json!("churn_risk")));
        house.get("/customers/999999/segments", &cookie).await.refused(404, "customer.not_found");
        // Another number makes another segment, from the next night on.
        let change = json!({"version": 1, "value": 20, "reason": "放宽"}).to_string();
        house.send("PATCH", "/parameters/churn_times", &cookie, Some(&change), &[]).await.ok();
        judge(&house).await;
        let later = house.get("/customer-segments", &cookie).await.ok().json.clone();
        assert_eq!(of(&later, "churn_risk")["customer_count"], 0);
        let refused = json!({"version": 2, "value": 1, "reason": "过窄"}).to_string();
        let answer = house.send("PATCH", "/parameters/churn_times", &cookie, Some(&refused), &[]).await;
        answer.refused(400, "field.invalid");
    }
}

#[tokio::test]
async fn r6_1c_class_coupons_and_activities_reach_a_segment_and_nobody_else() {
    for house in houses().await {
        let [away, ..] = furnished(&house).await;
        let cookie = house.sign_in("admin").await;
        let coupon = json!({"name": "召回券", "kind": "amount", "off_fen": 500, "threshold_fen": 0, "total": 9,
            "per_person": 1, "valid_days": 7, "payer": "platform"});
        let coupon =
            house.post("/coupons", &cookie, &coupon.to_string()).await.ok().json["id"].as_i64().unwrap();
        let path = format!("/coupons/{coupon}/vouchers");
        let check = r#"{"group":"segment","mark":"churn_risk"}"#;
        let check = house.post(&format!("{path}/check"), &cookie, check).await;
        assert_eq!(check.ok().json["given"], 1);
        for (wrong, field) in [
            (r#"{"group":"segment"}"#, "mark"),
            (r#"{"group":"person","mark":"new"}"#, "mark"),
            (r#"{"group":"segment","mark":"new","fleet_id":1}"#, "fleet_id"),
        ] {
            let answer = house.post(&format!("{path}/check"), &cookie, wrong).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{wrong}");
        }
        let gift =
            json!({"request_id": "recall-0001", "group": "segment", "mark": "churn_risk", "reason": "召回"});
        assert_eq!(house.post(&path, &cookie, &gift.to_string()).await.ok().json["given"], 1);
        let held = house.get(&format!("/vouchers?customer_id={away}"), &cookie).await;
        assert_eq!(held.ok().json["total"], 1);
        // An activity for the same segment is shown to whoever the app says is in it.
        let activity = json!({"audience": "customer", "kind": "activity", "title": "欢迎回来", "body": "回来充电有礼",
            "group": "segment", "mark": "churn_risk", "coupon_id": coupon});
        let made = house.post("/contents", &cookie, &activity.to_string()).await;
        let id = made.ok().json["id"].as_i64().unwrap();
        let publish = json!({"version": 1, "status": "published"}).to_string();
        house.send("PUT", &format!("/contents/{id}/status"), &cookie, Some(&publish), &[]).await.ok();
        for (query, shown) in [
            ("", false),
            ("&customer_kind=person", false),
            ("&marks=new", false),
            ("&marks=new,churn_risk", true),
        ] {
            let list = house.get(&format!("/public/content?audience=customer{query}"), "").await;
            let found = list.ok().json["items"].as_array().unwrap().iter().any(|one| one["id"] == id);
            assert_eq!(found, shown, "{query}");
        }
        let wrong = house.get("/public/content?audience=customer&marks=rich", "").await;
        assert_eq!(wrong.refused(400, "field.invalid").json["field"], "marks");
        // Prices are for no segment.
        let price = json!({"name": "召回价", "fee": "service", "cut": "percent", "percent_off": 10, "group": "segment",
            "area": {"kind": "everywhere"}, "weekdays": [1, 2, 3, 4, 5, 6, 7]});
        let answer = house.post("/driver-prices", &cookie, &price.to_string()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "group");
    }
}

#[tokio::test]
async fn r6_1c_guess_staff_of_an_operator_see_their_part_and_no_numbers_of_others() {
    for house in houses().await {
        let [away, ..] = furnished(&house).await;
        house.staff("theirs", model::access::Role::Operations, Some(2)).await;
        let theirs = house.sign_in("theirs").await;
        let part = house.get("/customer-segments", &theirs).await;
        assert_eq!(part.ok().json["partial"], true);
        assert_eq!(
            part.json["all"]["customer_count"], 0,
            "nobody has charged at their stations: {}",
            part.text
        );
        assert_eq!(of(&part.json, "churn_risk")["total_fen"], 0);
        let refused = house.get(&format!("/customers/{away}/segments"), &theirs).await;
        assert!([403, 404].contains(&refused.status.as_u16()), "{}", refused.text);
        // The switch of advice is the customer's, and is shown on their page.
        let admin = house.sign_in("admin").await;
        let path = format!("/customers/{away}");
        assert_eq!(house.get(&path, &admin).await.ok().json["advice_off"], false);
        house.send("PUT", &format!("{path}/advice"), &admin, Some(r#"{"off":true}"#), &[]).await.ok();
        assert_eq!(house.get(&path, &admin).await.ok().json["advice_off"], true);
    }
}
