//! R-5.x 优惠券 and 活动 on bills: who bears them is checked and shown, one is chosen for a running order, and each stands as a
//! line of the bill on the page, in the file and on paper.

use super::house::{House, house, houses};
use super::orders::order;
use model::access::Role;
use model::discount::{DiscountBearer, DiscountKind};
use model::id::{CustomerId, OrderId};
use model::money::Fen;
use model::offer::Line;
use model::order::OrderState;
use serde_json::{Value, json};
use store::order_discounts;

fn coupon() -> Value {
    json!({"name": "满 10 减 3", "kind": "amount", "off_fen": 300, "threshold_fen": 1_000, "per_person": 2,
        "valid_days": 7, "payer": "platform"})
}

fn activity() -> Value {
    json!({"name": "午间优惠", "fee": "service", "cut": "percent", "percent_off": 30, "group": "all",
        "area": {"kind": "everywhere"}, "weekdays": [1, 2, 3, 4, 5, 6, 7]})
}

fn with(mut draft: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        draft[key] = value.clone();
    }
    draft
}

async fn customer(house: &House, cookie: &str, phone: &str) -> i64 {
    let draft = json!({"name": "王伟", "phone": phone, "kind": "person"}).to_string();
    house.post("/customers", cookie, &draft).await.ok().json["id"].as_i64().unwrap()
}

async fn give(house: &House, cookie: &str, coupon: &Value, customer: i64, request: &str) -> i64 {
    let made = house.post("/coupons", cookie, &coupon.to_string()).await;
    let id = made.ok().json["id"].as_i64().unwrap();
    let gift = json!({"request_id": request, "customer_id": customer, "reason": "补偿"}).to_string();
    house.post(&format!("/coupons/{id}/vouchers"), cookie, &gift).await.ok();
    let list = house.get(&format!("/vouchers?coupon_id={id}"), cookie).await;
    list.ok().json["items"][0]["id"].as_i64().unwrap()
}

/// An order of this customer that runs at pile A-1, or is over with these lines.
async fn ordered(house: &House, id: i64, customer: i64, lines: Vec<Line>) {
    let sql = "SELECT id FROM pile WHERE code = 'A-1'";
    let found = house.app.engine.store.read(move |conn| conn.one(sql, &[], |row| row.int(0))).await;
    let pile = found.unwrap();
    let writing = house.app.engine.store.write(None, move |tx| {
        let mut one = order(pile);
        (one.id, one.customer) = (OrderId(id), Some(CustomerId(customer)));
        if lines.is_empty() {
            (one.state, one.ended_at) = (OrderState::Charging, None);
            (one.electricity, one.service, one.total) = (Fen(0), Fen(0), Fen(0));
        }
        one.discount = lines.iter().map(|line| line.amount).sum();
        for line in &lines {
            order_discounts::save(tx, one.id, line, one.created_at)?;
        }
        tx.order_save(&one);
        Ok(())
    });
    writing.await.unwrap();
}

fn line(kind: DiscountKind, amount: i64, platform: i64, name: &str) -> Line {
    let bearer = match platform {
        0 => DiscountBearer::Operator,
        all if all == amount => DiscountBearer::Platform,
        _ => DiscountBearer::Shared,
    };
    let (amount, platform, name) = (Fen(amount), Fen(platform), name.to_owned());
    Line { kind, amount, bearer, platform, permille: None, source: 1, voucher: None, name }
}

#[tokio::test]
async fn r5_x_class_coupons_and_activities_say_where_they_hold_and_who_bears_them() {
    for house in houses().await {
        let stations = house.furnish().await;
        let admin = house.sign_in("admin").await;
        let shared = json!({"operator_id": 1, "payer": "shared", "platform_permille": 250, "combines": true,
            "returns": false, "station_ids": [stations[0].0, stations[0].0]});
        let made = house.post("/coupons", &admin, &with(coupon(), &shared).to_string()).await;
        let one = house.get(&format!("/coupons/{}", made.ok().json["id"]), &admin).await;
        let one = &one.ok().json;
        assert_eq!((&one["payer"], &one["platform_permille"]), (&json!("shared"), &json!(250)));
        assert_eq!((&one["combines"], &one["returns"]), (&json!(true), &json!(false)));
        assert_eq!(one["station_ids"], json!([stations[0].0]));
        assert_eq!(one["station_names"].as_array().unwrap().len(), 1);
        assert_eq!((&one["cost_fen"], &one["used_count"]), (&json!(0), &json!(0)));
        let more = json!({"operator_id": 1, "payer": "shared", "platform_permille": 999, "cap_fen": 500,
            "budget_fen": 100_000, "combines": true});
        let made = house.post("/driver-prices", &admin, &with(activity(), &more).to_string()).await;
        let path = format!("/driver-prices/{}", made.ok().json["id"]);
        let one = house.get(&path, &admin).await;
        let one = &one.ok().json;
        assert_eq!((&one["payer"], &one["platform_permille"]), (&json!("shared"), &json!(999)));
        assert_eq!(
            (&one["cap_fen"], &one["budget_fen"], &one["spent_fen"], &one["combines"]),
            (&json!(500), &json!(100_000), &json!(0), &json!(true))
        );
        // Who says nothing bears their own.
        let plain = house.post("/driver-prices", &admin, &activity().to_string()).await;
        let one = house.get(&format!("/driver-prices/{}", plain.ok().json["id"]), &admin).await;
        assert_eq!((&one.json["payer"], &one.json["cap_fen"]), (&json!("platform"), &Value::Null));
    }
}

#[tokio::test]
async fn r5_x_class_a_coupon_is_chosen_for_a_running_order_and_not_after_it() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let who = customer(&house, &admin, "13812345678").await;
        let voucher = give(&house, &admin, &coupon(), who, "gift-0000-0001").await;
        ordered(&house, 80, who, Vec::new()).await;
        let list = house.get("/orders/80/vouchers", &admin).await;
        let one = &list.ok().json["items"][0];
        assert_eq!((&one["voucher_id"], &one["chosen"]), (&json!(voucher), &json!(false)));
        let choose = async |id: Value| {
            let body = json!({ "voucher_id": id }).to_string();
            house.send("PUT", "/orders/80/voucher", &admin, Some(&body), &[]).await
        };
        choose(json!(voucher)).await.ok();
        assert_eq!(house.get("/orders/80/vouchers", &admin).await.json["items"][0]["chosen"], true);
        choose(Value::Null).await.ok();
        assert_eq!(house.get("/orders/80/vouchers", &admin).await.json["items"][0]["chosen"], false);
        let log = house.get("/audit?noun=order&action=order_voucher_set", &admin).await;
        assert!(log.text.contains("order_voucher_set"), "{}", log.text);
        // Another customer's, and one that is not there.
        let other = customer(&house, &admin, "13912345678").await;
        let theirs = give(&house, &admin, &coupon(), other, "gift-0000-0002").await;
        for id in [theirs, 99_999, -1] {
            assert_eq!(choose(json!(id)).await.refused(400, "field.invalid").json["field"], "voucher_id");
        }
        ordered(&house, 81, who, vec![line(DiscountKind::Coupon, 300, 300, "满 10 减 3")]).await;
        let body = json!({ "voucher_id": voucher }).to_string();
        let over = house.send("PUT", "/orders/81/voucher", &admin, Some(&body), &[]).await;
        over.refused(422, "order.over");
        assert_eq!(house.get("/orders/81/vouchers", &admin).await.ok().json["items"], json!([]));
        house.get("/orders/99999/vouchers", &admin).await.refused(404, "order.not_found");
        house.staff("b.admin", Role::Admin, Some(2)).await;
        let outside = house.sign_in("b.admin").await;
        house.get("/orders/80/vouchers", &outside).await.refused(404, "order.not_found");
    }
}

#[tokio::test]
async fn r5_x_class_every_line_stands_on_the_page_in_the_file_and_on_paper() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let who = customer(&house, &admin, "13812345678").await;
        let lines = vec![
            line(DiscountKind::Member, 89, 0, ""),
            line(DiscountKind::Activity, 200, 50, "午间优惠"),
            line(DiscountKind::Coupon, 700, 700, "满 10 减 7"),
        ];
        ordered(&house, 80, who, lines).await;
        let detail = house.get("/orders/80", &admin).await;
        let told: Vec<_> = detail.ok().json["discounts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (
                    one["kind"].as_str().unwrap(),
                    one["amount_fen"].as_i64().unwrap(),
                    one["platform_fen"].clone(),
                )
            })
            .collect();
        let expected = [("member", 89, json!(0)), ("activity", 200, json!(50)), ("coupon", 700, json!(700))];
        for one in expected {
            assert!(told.contains(&one), "{one:?} in {told:?}");
        }
        assert_eq!(detail.json["discount_fen"], 989);
        let names = detail.json["discounts"].to_string();
        assert!(names.contains("午间优惠") && names.contains("满 10 减 7"), "{names}");
        let list = house.get("/orders?state=completed&sort=total_fen&total_from_fen=1", &admin).await;
        assert_eq!(list.ok().json["totals"]["discount_fen"], 989);
        let draft =
            json!({"format": "csv", "columns": ["order_no", "total", "discount", "payable"], "query": {}});
        let made = house.post("/exports/orders", &admin, &draft.to_string()).await;
        let export = house.export_ended(&admin, &made).await;
        let file = house.get(&format!("/exports/{}/file", export["id"]), &admin).await;
        let row = |text: &str| text.contains("22.12") && text.contains("9.89") && text.contains("12.23");
        assert!(file.text.lines().any(row), "{}", file.text);
        let paper = house.get("/orders/80/bill", &admin).await;
        assert!(paper.ok().text.starts_with("%PDF"));
    }
}

#[tokio::test]
async fn r5_x_boundary_parts_caps_and_budgets_are_refused_by_their_field() {
    let house = house().await;
    let stations = house.furnish().await;
    let admin = house.sign_in("admin").await;
    let shared = |permille: i64| json!({"operator_id": 1, "payer": "shared", "platform_permille": permille});
    for (more, field) in [
        (shared(1), None),
        (shared(999), None),
        (shared(0), Some("platform_permille")),
        (shared(1_000), Some("platform_permille")),
        (json!({"operator_id": 1, "payer": "shared"}), Some("platform_permille")),
        (json!({"payer": "platform", "platform_permille": 500}), Some("platform_permille")),
        (json!({"payer": "shared", "platform_permille": 500}), Some("payer")),
        (json!({"payer": "operator"}), Some("payer")),
        (json!({"payer": "nobody"}), Some("payer")),
    ] {
        for (path, draft) in [("/coupons", coupon()), ("/driver-prices", activity())] {
            let answer = house.post(path, &admin, &with(draft, &more).to_string()).await;
            match field {
                None => drop(answer.ok()),
                Some(field) => {
                    assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{path} {more}")
                }
            }
        }
    }
    for (more, field) in [
        (json!({"cap_fen": 1}), None),
        (json!({"cap_fen": 0}), Some("cap_fen")),
        (json!({"cap_fen": 100_000}), None),
        (json!({"cap_fen": 100_001}), Some("cap_fen")),
        (json!({"budget_fen": 1}), None),
        (json!({"budget_fen": -1}), Some("budget_fen")),
        (json!({"budget_fen": 100_000_000_001_i64}), Some("budget_fen")),
    ] {
        let answer = house.post("/driver-prices", &admin, &with(activity(), &more).to_string()).await;
        match field {
            None => drop(answer.ok()),
            Some(field) => assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{more}"),
        }
    }
    for (ids, operator, good) in [
        (json!([]), Value::Null, true),
        (json!([stations[0].0, stations[1].0]), Value::Null, true),
        (json!([99_999]), Value::Null, false),
        (json!([stations[1].0]), json!(1), false),
        (json!((1..=201).collect::<Vec<i64>>()), Value::Null, false),
    ] {
        let more = json!({"station_ids": ids, "operator_id": operator});
        let answer = house.post("/coupons", &admin, &with(coupon(), &more).to_string()).await;
        match good {
            true => drop(answer.ok()),
            false => assert_eq!(answer.refused(400, "field.invalid").json["field"], "station_ids", "{more}"),
        }
    }
}

#[tokio::test]
async fn r5_x_guess_nobody_spends_anothers_money_and_promises_are_kept() {
    let house = house().await;
    house.furnish().await;
    let (admin, theirs) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
    for (path, draft) in [("/coupons", coupon()), ("/driver-prices", activity())] {
        // An operator's staff cannot let the platform pay, not even a part.
        for more in [json!({"payer": "platform"}), json!({"payer": "shared", "platform_permille": 1})] {
            let refused = house.post(path, &theirs, &with(draft.clone(), &more).to_string()).await;
            assert_eq!(refused.refused(400, "field.invalid").json["field"], "payer", "{path} {more}");
        }
        house.post(path, &theirs, &with(draft.clone(), &json!({"payer": "operator"})).to_string()).await.ok();
        let other = with(draft, &json!({"payer": "operator", "operator_id": 2}));
        house.post(path, &theirs, &other.to_string()).await.refused(400, "field.invalid");
    }
    // What was promised to those who have one stays.
    let who = customer(&house, &admin, "13812345678").await;
    give(&house, &admin, &with(coupon(), &json!({"operator_id": 1})), who, "gift-0000-0003").await;
    let list = house.get("/coupons?limit=1", &admin).await;
    let id = list.ok().json["items"][0]["id"].as_i64().unwrap();
    for more in [
        json!({"combines": true}),
        json!({"returns": false}),
        json!({"payer": "shared", "platform_permille": 5}),
        json!({"station_ids": [1]}),
    ] {
        let draft = with(with(coupon(), &json!({"operator_id": 1})), &more);
        let version = house.get(&format!("/coupons/{id}"), &admin).await.json["version"].clone();
        let body = json!({"version": version, "coupon": draft}).to_string();
        let answer = house.send("PATCH", &format!("/coupons/{id}"), &admin, Some(&body), &[]).await;
        assert!(answer.status.is_client_error(), "{more}: {}", answer.text);
    }
    // A misspelt field is none.
    let wrong = with(activity(), &json!({"budget": 5}));
    assert_eq!(house.post("/driver-prices", &admin, &wrong.to_string()).await.status.as_u16(), 400);
}
