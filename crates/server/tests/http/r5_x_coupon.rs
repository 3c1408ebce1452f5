//! R-5.x 优惠券: made, given out and taken back.

use super::house::{Answer, House, NOON, house, houses};
use serde_json::{Value, json};
use std::time::Duration;

const DAY: i64 = 86_400_000;

fn coupon() -> Value {
    json!({"name": "满 30 减 5", "kind": "amount", "off_fen": 500, "threshold_fen": 3_000, "total": 5, "per_person": 1,
        "valid_days": 7, "payer": "platform"})
}

fn with(mut draft: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        draft[key] = value.clone();
    }
    draft
}

async fn create(house: &House, cookie: &str, draft: &Value) -> i64 {
    house.post("/coupons", cookie, &draft.to_string()).await.ok().json["id"].as_i64().unwrap()
}

/// Persons and drivers, so many of each.
async fn people(house: &House, cookie: &str, many: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for n in 0..many {
        for (kind, digit) in [("person", 1), ("driver", 2)] {
            let person =
                json!({"name": format!("{kind}{n}"), "phone": format!("138{digit}{n:07}"), "kind": kind});
            let made = house.post("/customers", cookie, &person.to_string()).await;
            ids.push(made.ok().json["id"].as_i64().unwrap());
        }
    }
    ids
}

async fn give(house: &House, cookie: &str, coupon: i64, request: &str, to: Value) -> Answer {
    let body = with(json!({"request_id": request, "reason": "活动发放"}), to);
    house.post(&format!("/coupons/{coupon}/vouchers"), cookie, &body.to_string()).await
}

#[tokio::test]
async fn r5_x_class_a_coupon_is_given_to_one_and_to_a_group_once_and_taken_back_while_unused() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let ids = people(&house, &cookie, 2).await;
        let id = create(&house, &cookie, &coupon()).await;
        let path = format!("/coupons/{id}");
        let one = give(&house, &cookie, id, "give-00000001", json!({"customer_id": ids[0]})).await;
        assert_eq!((&one.ok().json["given"], &one.json["left"]), (&json!(1), &json!(4)));
        // The same again: nobody has two.
        let again = give(&house, &cookie, id, "give-00000001", json!({"customer_id": ids[0]})).await;
        assert_eq!((&again.ok().json["given"], &again.json["left"]), (&json!(1), &json!(4)));
        let check = house.post(&format!("{path}/vouchers/check"), &cookie, r#"{"group":"person"}"#).await;
        assert_eq!(check.ok().json["given"], 1, "the other person; the first has one already");
        let drivers = give(&house, &cookie, id, "give-00000002", json!({"group": "driver"})).await;
        assert_eq!((&drivers.ok().json["given"], &drivers.json["left"]), (&json!(2), &json!(2)));
        let list = house.get(&format!("/vouchers?coupon_id={id}"), &cookie).await;
        assert_eq!(list.ok().json["total"], 3);
        let newest = &list.json["items"][0];
        assert_eq!(newest["valid_until_ms"], NOON + 7 * DAY);
        assert_eq!((&newest["phone"], &newest["state"]), (&json!("138****0001"), &json!("unused")));
        for (query, total) in [
            (format!("customer_id={}", ids[0]), 1),
            ("state=unused".to_owned(), 3),
            ("state=expired".to_owned(), 0),
            ("coupon_name=30".to_owned(), 3),
            ("customer_name=driver".to_owned(), 2),
            ("phone=0001".to_owned(), 1),
            (format!("from_ms={}", NOON + 1), 0),
        ] {
            assert_eq!(
                house.get(&format!("/vouchers?{query}"), &cookie).await.ok().json["total"],
                total,
                "{query}"
            );
        }
        let voucher = newest["id"].as_i64().unwrap();
        let cancel = format!("/vouchers/{voucher}/cancel");
        house.post(&cancel, &cookie, r#"{"reason":"发错"}"#).await.ok();
        house.post(&cancel, &cookie, r#"{"reason":"发错"}"#).await.refused(422, "voucher.not_unused");
        let gone = house.get("/vouchers?state=cancelled", &cookie).await;
        assert_eq!((&gone.json["total"], &gone.json["items"][0]["end_reason"]), (&json!(1), &json!("发错")));
        assert_eq!(house.get(&path, &cookie).await.json["given_count"], 2);
        let all = house.post(&format!("{path}/vouchers/cancel"), &cookie, r#"{"reason":"活动取消"}"#).await;
        assert_eq!(all.ok().json["cancelled"], 2);
        assert_eq!(house.get(&path, &cookie).await.json["given_count"], 0);
    }
}

#[tokio::test]
async fn r5_x_class_coupons_of_each_kind_are_found_by_each_filter_in_the_state_that_they_are_in() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        people(&house, &cookie, 1).await;
        create(&house, &cookie, &coupon()).await;
        let percent = json!({"kind": "percent", "off_fen": null, "percent_off": 15, "cap_fen": 1_000, "name": "八五折",
            "valid_days": null, "valid_from_ms": NOON, "valid_until_ms": NOON + DAY});
        create(&house, &cookie, &with(coupon(), percent)).await;
        let service = json!({"kind": "service", "name": "服务费减 3 元", "off_fen": 300, "threshold_fen": 0, "total": 1,
            "payer": "operator", "operator_id": 1, "cities": ["420100"]});
        let service = create(&house, &cookie, &with(coupon(), service)).await;
        let stopped = create(&house, &cookie, &with(coupon(), json!({"name": "停发"}))).await;
        let stop = json!({"version": 1, "stopped": true}).to_string();
        house.send("PUT", &format!("/coupons/{stopped}/status"), &cookie, Some(&stop), &[]).await.ok();
        let refused = give(&house, &cookie, stopped, "give-00000001", json!({"group": "all"})).await;
        refused.refused(422, "coupon.not_given");
        let both = give(&house, &cookie, service, "give-00000001", json!({"group": "all"})).await;
        assert_eq!(both.refused(400, "field.invalid").json["field"], "group", "two people, one coupon");
        give(&house, &cookie, service, "give-00000001", json!({"group": "driver"})).await.ok();
        let counts = [
            ("", 4),
            ("kind=percent", 1),
            ("payer=operator", 1),
            ("name=%E6%8A%98", 1),
            ("operator_name=%E7%94%B2", 1),
            ("state=active", 2),
            ("state=stopped", 1),
            ("state=exhausted", 1),
            ("state=ended", 0),
        ];
        for (query, total) in counts {
            assert_eq!(
                house.get(&format!("/coupons?{query}"), &cookie).await.ok().json["total"],
                total,
                "{query}"
            );
        }
        house.clock.advance(Duration::from_millis(DAY.unsigned_abs()));
        let cookie = house.sign_in("operations").await;
        assert_eq!(house.get("/coupons?state=ended", &cookie).await.ok().json["total"], 1);
        house.clock.advance(Duration::from_millis((6 * DAY).unsigned_abs()));
        let cookie = house.sign_in("operations").await;
        let over = house.get("/vouchers?state=expired", &cookie).await;
        assert_eq!(
            (&over.ok().json["total"], &over.json["items"][0]["state"]),
            (&json!(1), &json!("expired"))
        );
        let late = over.json["items"][0]["id"].to_string();
        let cancel = house.post(&format!("/vouchers/{late}/cancel"), &cookie, r#"{"reason":"晚了"}"#).await;
        cancel.refused(422, "voucher.not_unused");
    }
}

#[tokio::test]
async fn r5_x_boundary_the_last_coupon_is_given_and_no_further_one() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("operations").await;
    let ids = people(&house, &cookie, 2).await;
    let id = create(&house, &cookie, &with(coupon(), json!({"total": 4}))).await;
    let all = give(&house, &cookie, id, "give-00000001", json!({"group": "all"})).await;
    assert_eq!((&all.ok().json["given"], &all.json["left"]), (&json!(4), &json!(0)));
    assert_eq!(house.get(&format!("/coupons/{id}"), &cookie).await.json["state"], "exhausted");
    let more = give(&house, &cookie, id, "give-00000002", json!({"customer_id": ids[0]})).await;
    more.refused(422, "coupon.not_given");
    // The total grows and the limit of a person holds.
    let change = |more: Value| json!({"version": 1, "coupon": with(coupon(), more)}).to_string();
    let path = format!("/coupons/{id}");
    let fewer = house.send("PATCH", &path, &cookie, Some(&change(json!({"total": 3}))), &[]).await;
    assert_eq!(fewer.refused(400, "field.invalid").json["field"], "total");
    house.send("PATCH", &path, &cookie, Some(&change(json!({"total": 5}))), &[]).await.ok();
    let second = give(&house, &cookie, id, "give-00000003", json!({"customer_id": ids[0]})).await;
    assert_eq!(second.refused(400, "field.invalid").json["field"], "customer_id");
    for (more, field) in [
        (json!({"off_fen": 100_000, "threshold_fen": 100_000}), None),
        (json!({"off_fen": 100_001, "threshold_fen": 0}), Some("off_fen")),
        (json!({"threshold_fen": 500}), None),
        (json!({"threshold_fen": 499}), Some("threshold_fen")),
        (json!({"total": 0}), Some("total")),
        (json!({"total": 10_000_000}), None),
        (json!({"total": 10_000_001}), Some("total")),
        (json!({"per_person": 6}), Some("per_person")),
        (json!({"per_person": 0}), Some("per_person")),
        (json!({"valid_days": 366}), None),
        (json!({"valid_days": 367}), Some("valid_days")),
        (json!({"valid_days": null, "valid_from_ms": 1, "valid_until_ms": NOON + 1}), None),
        (json!({"valid_days": null, "valid_from_ms": 1, "valid_until_ms": NOON}), Some("valid_until_ms")),
        (json!({"name": "字".repeat(40)}), None),
        (json!({"name": "字".repeat(41)}), Some("name")),
    ] {
        let answer = house.post("/coupons", &cookie, &with(coupon(), more.clone()).to_string()).await;
        match field {
            None => drop(answer.ok()),
            Some(field) => {
                assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{more}");
            }
        }
    }
}

#[tokio::test]
async fn r5_x_guess_promises_are_kept_and_nobody_gets_what_they_may_not() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("operations").await;
    let ids = people(&house, &cookie, 1).await;
    let id = create(&house, &cookie, &coupon()).await;
    let frozen = json!({"version": 1, "status": "frozen", "reason": "核实"}).to_string();
    house.send("PUT", &format!("/customers/{}/status", ids[1]), &cookie, Some(&frozen), &[]).await.ok();
    for (to, field) in [
        (json!({"customer_id": ids[1]}), "customer_id"),
        (json!({"customer_id": 9_999}), "customer_id"),
        (json!({}), "customer_id"),
        (json!({"customer_id": ids[0], "group": "all"}), "customer_id"),
        (json!({"group": "fleet"}), "fleet_id"),
        (json!({"group": "fleet", "fleet_id": 77}), "fleet_id"),
        (json!({"group": "all", "reason": " "}), "reason"),
        (json!({"group": "all", "request_id": "short"}), "request_id"),
    ] {
        let answer = give(&house, &cookie, id, "give-00000001", to.clone()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{to}");
    }
    give(&house, &cookie, id, "give-00000001", json!({"group": "all"})).await.ok();
    // What somebody has in hand is worth tomorrow what it was worth today.
    let path = format!("/coupons/{id}");
    for (more, field) in [
        (json!({"off_fen": 100}), "off_fen"),
        (json!({"threshold_fen": 9_000}), "threshold_fen"),
        (json!({"valid_days": 1}), "valid_days"),
        (json!({"cities": ["420100"]}), "cities"),
        (json!({"kind": "service"}), "kind"),
    ] {
        let body = json!({"version": 1, "coupon": with(coupon(), more.clone())}).to_string();
        let answer = house.send("PATCH", &path, &cookie, Some(&body), &[]).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{more}");
    }
    let named =
        json!({"version": 1, "coupon": with(coupon(), json!({"name": "新名", "note": "备注"}))}).to_string();
    house.send("PATCH", &path, &cookie, Some(&named), &[]).await.ok();
    house.send("PATCH", &path, &cookie, Some(&named), &[]).await.refused(409, "content.version_differs");
    let stray = with(coupon(), json!({"percent_off": 10}));
    let stray = house.post("/coupons", &cookie, &stray.to_string()).await;
    assert_eq!(stray.refused(400, "field.invalid").json["field"], "percent_off");
    let payer = with(coupon(), json!({"payer": "operator"}));
    let payer = house.post("/coupons", &cookie, &payer.to_string()).await;
    assert_eq!(payer.refused(400, "field.invalid").json["field"], "payer");
    // An operator's staff give away nothing of the platform's, and reach only those who came to them.
    let own = house.sign_in("a.admin").await;
    give(&house, &own, id, "give-00000009", json!({"group": "all"})).await.refused(403, "scope.denied");
    assert_eq!(house.get("/vouchers", &own).await.ok().json["total"], 0);
    let mine = create(&house, &own, &with(coupon(), json!({"payer": "operator"}))).await;
    let none = give(&house, &own, mine, "give-00000009", json!({"customer_id": ids[0]})).await;
    assert_eq!(none.refused(400, "field.invalid").json["field"], "customer_id");
    super::r5_4::visit(&house, ids[0], &[(1, 2, 700)]).await;
    give(&house, &own, mine, "give-00000009", json!({"customer_id": ids[0]})).await.ok();
}
