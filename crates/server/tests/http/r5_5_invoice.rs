//! R-5.5 电子发票, its whole life through HTTP: applied for, issued as a receipt, mailed, taken back; and what must
//! never happen.

use super::house::{Answer, House, house, houses};
use super::r5_2_1_battery::tell;
use model::card::Token;
use model::device::{Answer as Told, DeviceEvent, StopReason, StopRecord};
use model::energy::Energy;
use model::id::SessionKey;
use model::order::StopClass;
use serde_json::{Value, json};
use std::time::Duration;

/// A customer with this card who pays from a wallet of 300 yuan.
pub async fn payer(house: &House, tag: &str, phone: &str) -> i64 {
    let cookie = house.sign_in("admin").await;
    let draft = json!({"name": "王伟", "phone": phone, "kind": "person"}).to_string();
    let id = house.post("/customers", &cookie, &draft).await.ok().json["id"].as_i64().unwrap();
    let card =
        json!({"tag": tag, "status": "accepted", "group": null, "expires_at_ms": null, "sessions_max": 1});
    house.post("/cards", &cookie, &card.to_string()).await.ok();
    house.post(&format!("/customers/{id}/cards"), &cookie, &json!({ "tag": tag }).to_string()).await.ok();
    let way = json!({"pay_way": "wallet"}).to_string();
    house.send("PUT", &format!("/customers/{id}/pay-way"), &cookie, Some(&way), &[]).await.ok();
    for turn in 0..2 {
        let draft = json!({"kind": "top_up", "amount_fen": 15_000, "reason": "现金", "request_id": format!("top-up-{tag}-{turn}")});
        house.post(&format!("/customers/{id}/wallet-changes"), &cookie, &draft.to_string()).await.ok();
    }
    id
}

/// Charges 10 kWh within an hour; the order's number.
pub async fn charge(house: &House, pile: &str, tag: &str, meter: i64) -> i64 {
    let begun = DeviceEvent::Started {
        connector: 1,
        token: Token::card(tag),
        meter_start: Energy::from_dwh(meter),
        at: house.clock.now(),
    };
    let Told::Started { transaction, .. } = tell(house, pile, begun).await else { panic!("another answer") };
    house.clock.advance(Duration::from_secs(3_600));
    let record = StopRecord {
        session: SessionKey::Transaction(transaction),
        meter_stop: Energy::from_dwh(meter + 100_000),
        at: house.clock.now(),
        reason: StopReason { class: StopClass::Normal, code: "ocpp:Local".to_owned() },
        token: None,
        samples: Vec::new(),
    };
    tell(house, pile, DeviceEvent::Stopped(Box::new(record))).await;
    let last =
        house.app.engine.store.read(|conn| conn.one("SELECT MAX(id) FROM orders", &[], |row| row.int(0)));
    last.await.unwrap()
}

pub fn draft(customer: i64, orders: &[i64], request: &str) -> Value {
    json!({"request_id": request, "customer_id": customer, "fleet_id": null, "order_ids": orders, "special": false,
        "company": false, "title": "王伟", "tax_no": null, "email": "wei@example.com"})
}

pub async fn apply(house: &House, cookie: &str, draft: &Value) -> Answer {
    house.post("/invoices", cookie, &draft.to_string()).await
}

/// As the job does it, and what the invoice looks like then.
pub async fn turn(house: &House, cookie: &str, id: i64) -> Value {
    server::jobs::begin_now(&house.app, "invoice_issue").await.unwrap();
    house.get(&format!("/invoices/{id}"), cookie).await.ok().json.clone()
}

pub async fn act(house: &House, cookie: &str, path: &str, body: Value) -> Answer {
    house.post(path, cookie, &body.to_string()).await
}

fn at_field(answer: &Answer, field: &str) {
    assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{}", answer.text);
}

#[tokio::test]
async fn r5_5_class_a_paid_order_becomes_a_receipt_with_its_file_and_is_taken_back() {
    for house in houses().await {
        house.furnish().await;
        let customer = payer(&house, "PAYER1", "13800131234").await;
        let order = charge(&house, "A-1", "PAYER1", 0).await;
        let cookie = house.sign_in("finance").await;
        let choice =
            house.get(&format!("/invoice-orders?customer_id={customer}&invoiceable=true"), &cookie).await;
        let paid = choice.ok().json["items"][0]["invoiceable_fen"].as_i64().unwrap();
        let plan = act(&house, &cookie, "/invoices/preview", draft(customer, &[order], "preview-01")).await;
        assert_eq!(plan.ok().json["total_fen"], paid);
        assert_eq!(
            (plan.json["kind"].as_str(), plan.json["excluded_fen"].as_i64()),
            (Some("receipt"), Some(0))
        );
        let lines = plan.json["invoices"][0]["lines"].as_array().unwrap();
        let sum = |name: &str| lines.iter().map(|line| line[name].as_i64().unwrap()).sum::<i64>();
        assert_eq!(sum("net_fen") + sum("tax_fen"), paid);
        let made = apply(&house, &cookie, &draft(customer, &[order], "request-01")).await.ok().json.clone();
        let id = made["invoices"][0]["id"].as_i64().unwrap();
        assert_eq!(made["invoices"][0]["state"], "waiting");
        let refund = |request: &str| json!({"amount_fen": 1, "reason": "故障", "request_id": request});
        let path = format!("/orders/{order}/refunds");
        act(&house, &cookie, &path, refund("refund-01")).await.refused(422, "refund.invoiced");
        let issued = turn(&house, &cookie, id).await;
        assert_eq!(issued["state"], "issued");
        assert_eq!(issued["total_fen"], paid);
        assert_eq!(issued["orders"][0]["invoiced_fen"], paid);
        assert_eq!(issued["mails"][0]["address"], "wei@example.com");
        assert_eq!(issued["files"][0]["kind"], "application/pdf");
        let file = house.get(&format!("/invoice-files/{}", issued["files"][0]["id"]), &cookie).await;
        assert!(file.ok().text.starts_with("%PDF-1."), "a file that opens");
        let version = issued["version"].as_i64().unwrap();
        let reversal = json!({"version": version, "reason": "mistake"});
        act(&house, &cookie, &format!("/invoices/{id}/reversal"), reversal).await.ok();
        act(&house, &cookie, &path, refund("refund-01")).await.refused(422, "refund.invoiced");
        let reversed = turn(&house, &cookie, id).await;
        assert_eq!(reversed["state"], "reversed");
        let red =
            house.get(&format!("/invoices/{}", reversed["other"]["id"]), &cookie).await.ok().json.clone();
        assert_eq!((red["red"].as_bool(), red["total_fen"].as_i64()), (Some(true), Some(-paid)));
        assert_eq!(red["other"]["id"].as_i64(), Some(id));
        // Its order is free: the money may be given back, or invoiced again.
        act(&house, &cookie, &path, refund("refund-01")).await.ok();
        let again = apply(&house, &cookie, &draft(customer, &[order], "request-02")).await.ok().json.clone();
        assert_eq!(again["invoices"][0]["total_fen"], paid - 1, "what was given back is not invoiced");
        assert_eq!(house.app.engine.orders_verify().await.unwrap().problems, []);
    }
}

#[tokio::test]
async fn r5_5_class_reviewed_rejected_and_issued_together() {
    for house in houses().await {
        house.furnish().await;
        let customer = payer(&house, "PAYER1", "13800131234").await;
        let orders =
            [charge(&house, "A-1", "PAYER1", 0).await, charge(&house, "A-1", "PAYER1", 100_000).await];
        let cookie = house.sign_in("finance").await;
        let seller = json!({"version": 0, "name": "甲运营有限公司", "tax_no": "91350100M000100Y43", "address": "一路1号",
            "phone": "027-1", "bank_account": null, "electricity": {"name": "电费", "code": "1100101020100000000", "rate_e4": 1300},
            "service": {"name": "服务费", "code": "3040802000000000000", "rate_e4": 600}, "quota_fen": 10_000_000,
            "drawer": "张三", "checker": null, "payee": null, "review": true, "channel": "receipt", "nuonuo": null,
            "app_secret": null, "access_token": null});
        house.send("PUT", "/sellers/1", &cookie, Some(&seller.to_string()), &[]).await.ok();
        house
            .send("PUT", "/sellers/1", &cookie, Some(&seller.to_string()), &[])
            .await
            .refused(409, "seller.version_differs");
        let mut ids = Vec::new();
        for (turn, order) in orders.iter().enumerate() {
            let one = apply(&house, &cookie, &draft(customer, &[*order], &format!("request-0{turn}"))).await;
            assert_eq!(one.ok().json["invoices"][0]["state"], "review");
            ids.push(one.json["invoices"][0]["id"].as_i64().unwrap());
        }
        assert_eq!(turn(&house, &cookie, ids[0]).await["state"], "review", "nothing is issued unseen");
        let lines = house.get(&format!("/invoices/{}", ids[0]), &cookie).await.json["lines"].clone();
        assert_eq!(lines.as_array().unwrap().len(), 2, "a line for each code and rate");
        let decide = |version: i64, approve: bool, reason: &str| json!({"version": version, "approve": approve, "reason": reason});
        let path = format!("/invoices/{}/decision", ids[0]);
        at_field(&act(&house, &cookie, &path, decide(1, false, "")).await, "reason");
        act(&house, &cookie, &path, decide(1, false, "抬头有误")).await.ok();
        act(&house, &cookie, &path, decide(2, true, "")).await.refused(422, "invoice.not_in_review");
        // What was rejected is free; what is started together goes each its own way.
        let again =
            apply(&house, &cookie, &draft(customer, &[orders[0]], "request-03")).await.ok().json.clone();
        ids.push(again["invoices"][0]["id"].as_i64().unwrap());
        let report = act(&house, &cookie, "/invoices/start", json!({ "invoice_ids": ids })).await;
        assert_eq!(report.ok().json["started"], 2);
        assert_eq!(report.json["refused"][0]["invoice_id"], ids[0]);
        for (id, state) in ids.iter().zip(["rejected", "issued", "issued"]) {
            assert_eq!(turn(&house, &cookie, *id).await["state"], state);
        }
    }
}

/// What breaks the rule of a field is told at that field.
async fn every_field(house: &House, cookie: &str, customer: i64, orders: &[i64]) {
    for (name, value, field) in [
        ("order_ids", json!([]), "order_ids"),
        ("order_ids", json!((1..=501).collect::<Vec<i64>>()), "order_ids"),
        ("title", json!(""), "title"),
        ("title", json!("名".repeat(101)), "title"),
        ("remark", json!("注".repeat(201)), "remark"),
        ("tax_no", json!("9135"), "tax_no"),
        ("tax_no", json!("91350100M000100Y44"), "tax_no"),
        ("tax_no", json!("91350100M000100Y43"), "tax_no"),
        ("special", json!(true), "special"),
        ("company", json!(true), "tax_no"),
        ("request_id", json!("short"), "request_id"),
        ("email", json!("a@b"), "email"),
    ] {
        let mut bad = draft(customer, orders, "preview-01");
        bad[name] = value;
        at_field(&act(house, cookie, "/invoices/preview", bad).await, field);
    }
}

#[tokio::test]
async fn r5_5_boundary_what_is_paid_quotas_and_numbers_of_orders() {
    for house in houses().await {
        house.furnish().await;
        let customer = payer(&house, "PAYER1", "13800131234").await;
        let mut orders = Vec::new();
        for turn in 0..3 {
            orders.push(charge(&house, "A-1", "PAYER1", turn * 100_000).await);
        }
        let cookie = house.sign_in("finance").await;
        let one =
            house.get(&format!("/invoice-orders?customer_id={customer}"), &cookie).await.ok().json["items"]
                [0]["invoiceable_fen"]
                .as_i64()
                .unwrap();
        let seller = |version: i64, quota: i64| {
            json!({"version": version, "name": "甲", "electricity": {"name": "电费", "code": "1100101020100000000", "rate_e4": 1300},
            "service": {"name": "服务费", "code": "1100101020100000000", "rate_e4": 1300}, "quota_fen": quota, "drawer": "",
            "review": false, "channel": "receipt"})
            .to_string()
        };
        for (version, quota, count) in
            [(0, one, Some(3)), (1, one - 1, None), (2, 2 * one, Some(2)), (3, 3 * one, Some(1))]
        {
            house.send("PUT", "/sellers/1", &cookie, Some(&seller(version, quota)), &[]).await.ok();
            let plan =
                act(&house, &cookie, "/invoices/preview", draft(customer, &orders, "preview-01")).await;
            match count {
                Some(count) => {
                    assert_eq!(plan.ok().json["invoices"].as_array().unwrap().len(), count, "{quota}")
                }
                None => drop(plan.refused(422, "invoice.quota_short")),
            }
        }
        for quota in [99, 10_000_000_001_i64] {
            let answer = house.send("PUT", "/sellers/1", &cookie, Some(&seller(4, quota)), &[]).await;
            at_field(&answer, "quota_fen");
        }
        every_field(&house, &cookie, customer, &orders).await;
        // A refund down to one fen leaves an invoice of one fen; then nothing is left.
        let refund =
            |fen: i64, request: &str| json!({"amount_fen": fen, "reason": "故障", "request_id": request});
        act(&house, &cookie, &format!("/orders/{}/refunds", orders[0]), refund(one - 1, "refund-01"))
            .await
            .ok();
        let plan =
            act(&house, &cookie, "/invoices/preview", draft(customer, &[orders[0]], "preview-01")).await;
        assert_eq!(
            (plan.ok().json["total_fen"].as_i64(), plan.json["excluded_fen"].as_i64()),
            (Some(1), Some(one - 1))
        );
        act(&house, &cookie, &format!("/orders/{}/refunds", orders[0]), refund(1, "refund-02")).await.ok();
        let plan =
            act(&house, &cookie, "/invoices/preview", draft(customer, &[orders[0]], "preview-01")).await;
        plan.refused(422, "invoice.order_unfit");
    }
}

#[tokio::test]
async fn r5_5_guess_twice_at_once_other_peoples_orders_and_stale_pages() {
    for house in houses().await {
        house.furnish().await;
        let customer = payer(&house, "PAYER1", "13800131234").await;
        let other = payer(&house, "PAYER2", "13800131235").await;
        let order = charge(&house, "A-1", "PAYER1", 0).await;
        let foreign = charge(&house, "B-1", "PAYER1", 0).await;
        let cookie = house.sign_in("finance").await;
        // Of two sellers, of somebody else, of nobody.
        for (who, orders) in [(customer, vec![order, foreign]), (other, vec![order])] {
            let answer = act(&house, &cookie, "/invoices/preview", draft(who, &orders, "preview-01")).await;
            assert_eq!(answer.refused(422, "invoice.order_unfit").json["field"], "order_ids");
        }
        let nobody = draft(customer, &[order, 999_999], "preview-01");
        at_field(&act(&house, &cookie, "/invoices/preview", nobody).await, "order_ids");
        // Ten at once, and the same one ten times: one invoice.
        let drafts: Vec<Value> =
            (0..10).map(|n| draft(customer, &[order], &format!("parallel-{n}"))).collect();
        let all =
            futures_util::future::join_all(drafts.iter().map(|draft| apply(&house, &cookie, draft))).await;
        let good: Vec<&Answer> =
            all.iter().filter(|answer| answer.status == 200 || answer.status == 201).collect();
        assert_eq!(good.len(), 1, "an order stands in one live invoice");
        let id = good[0].json["invoices"][0]["id"].as_i64().unwrap();
        let winner = all.iter().position(|answer| answer.json["invoices"][0]["id"] == id).unwrap();
        let again = apply(&house, &cookie, &drafts[winner]).await;
        assert_eq!(again.ok().json["invoices"][0]["id"], id, "sent again, it is the same");
        let mut changed = drafts[winner].clone();
        changed["title"] = json!("别人");
        apply(&house, &cookie, &changed).await.refused(409, "request.differs");
        // A job that runs twice at once issues once.
        let (one, two) = tokio::join!(turn(&house, &cookie, id), turn(&house, &cookie, id));
        assert_eq!((&one["state"], &two["state"]), (&json!("issued"), &json!("issued")));
        let detail = house.get(&format!("/invoices/{id}"), &cookie).await.ok().json.clone();
        assert_eq!((detail["files"].as_array().unwrap().len(), detail["mail_count"].as_i64()), (1, Some(1)));
        let path = format!("/invoices/{id}/reversal");
        act(&house, &cookie, &path, json!({"version": 1, "reason": "mistake"}))
            .await
            .refused(409, "invoice.version_differs");
        act(&house, &cookie, &format!("/invoices/{id}/start"), json!({"version": detail["version"]}))
            .await
            .refused(422, "invoice.settled");
        act(&house, &cookie, &format!("{path}/cancel"), json!({"version": detail["version"]}))
            .await
            .refused(422, "invoice.not_withdrawable");
        // A reversal that nobody has begun yet is withdrawn, and the invoice is what it was.
        act(&house, &cookie, &path, json!({"version": detail["version"], "reason": "returned"})).await.ok();
        let version = detail["version"].as_i64().unwrap() + 1;
        act(&house, &cookie, &path, json!({"version": version, "reason": "returned"}))
            .await
            .refused(422, "invoice.reversing");
        act(&house, &cookie, &format!("{path}/cancel"), json!({ "version": version })).await.ok();
        assert_eq!(turn(&house, &cookie, id).await["state"], "issued");
        // Another operator's staff sees nothing of it, and cannot choose its orders.
        let own = house.sign_in("a.admin").await;
        let answer = act(&house, &own, "/invoices/preview", draft(customer, &[foreign], "preview-01")).await;
        at_field(&answer, "order_ids");
        house.send("PUT", "/sellers/2", &own, Some("{}"), &[]).await.refused(400, "field.invalid");
        house.get("/sellers/2", &own).await.refused(404, "seller.not_found");
        assert_eq!(house.get("/sellers", &own).await.ok().json["total"], 1);
    }
}

#[tokio::test]
async fn r5_5_guess_a_driver_cannot_invoice_what_the_fleet_pays() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let customer = payer(&house, "PAYER1", "13800131234").await;
    let fleet =
        house.post("/fleets", &admin, r#"{"name":"快车","contact_name":"张三"}"#).await.ok().json["id"]
            .as_i64()
            .unwrap();
    let version = house.get(&format!("/customers/{customer}"), &admin).await.json["version"].clone();
    let change = json!({"version": version, "name": "王伟", "phone": "13800131234", "kind": "driver", "fleet_id": fleet});
    house.send("PATCH", &format!("/customers/{customer}"), &admin, Some(&change.to_string()), &[]).await.ok();
    let account = json!({"version": 1, "pays": true, "credit_fen": 100_000}).to_string();
    house.send("PUT", &format!("/fleets/{fleet}/account"), &admin, Some(&account), &[]).await.ok();
    let order = charge(&house, "A-1", "PAYER1", 0).await;
    let cookie = house.sign_in("finance").await;
    let list = house.get(&format!("/invoice-orders?customer_id={customer}"), &cookie).await;
    assert_eq!(list.ok().json["items"][0]["hindrance"], "fleet_paid");
    let driver = act(&house, &cookie, "/invoices/preview", draft(customer, &[order], "preview-01")).await;
    driver.refused(422, "invoice.order_unfit");
    let mut company = draft(customer, &[order], "request-01");
    company["customer_id"] = Value::Null;
    company["fleet_id"] = json!(fleet);
    company["company"] = json!(true);
    company["tax_no"] = json!("91350100M000100Y43");
    company["title"] = json!("快车有限公司");
    // It owes what it has charged with: only what was paid is invoiced.
    act(&house, &cookie, "/invoices/preview", company.clone()).await.refused(422, "invoice.fleet_owes");
    let paid =
        json!({"kind": "top_up", "amount_fen": 15_000, "reason": "转账", "request_id": "fleet-top-up"});
    house.post(&format!("/fleets/{fleet}/wallet-changes"), &cookie, &paid.to_string()).await.ok();
    let made = apply(&house, &cookie, &company).await.ok().json.clone();
    let id = made["invoices"][0]["id"].as_i64().unwrap();
    let issued = turn(&house, &cookie, id).await;
    assert_eq!(
        (issued["state"].as_str(), issued["customer_kind"].as_str()),
        (Some("issued"), Some("company"))
    );
}

#[tokio::test]
async fn r5_5_class_titles_are_kept_and_one_is_preferred() {
    for house in houses().await {
        house.furnish().await;
        let customer = payer(&house, "PAYER1", "13800131234").await;
        let cookie = house.sign_in("finance").await;
        let title = |name: &str, company: bool, tax_no: Option<&str>, preferred: bool| {
            json!({"customer_id": customer, "fleet_id": null, "company": company, "name": name, "tax_no": tax_no,
                "preferred": preferred, "email": "a@example.com"})
        };
        let first =
            act(&house, &cookie, "/invoice-titles", title("王伟", false, None, false)).await.ok().json["id"]
                .clone();
        at_field(&act(&house, &cookie, "/invoice-titles", title("公司", true, None, false)).await, "tax_no");
        let second = title("江岸物流有限公司", true, Some("91350100m000100y43"), true);
        let second = act(&house, &cookie, "/invoice-titles", second).await.ok().json["id"].clone();
        let path = format!("/invoice-titles?customer_id={customer}");
        let list = house.get(&path, &cookie).await.ok().json["items"].clone();
        assert_eq!((&list[0]["id"], &list[1]["id"]), (&second, &first), "the preferred one comes first");
        assert_eq!(
            (list[0]["tax_no"].as_str(), list[1]["preferred"].as_bool()),
            (Some("91350100M000100Y43"), Some(false))
        );
        let change = json!({"version": 1, "company": false, "name": "王小伟", "preferred": true}).to_string();
        let own = format!("/invoice-titles/{first}");
        house.send("PUT", &own, &cookie, Some(&change), &[]).await.ok();
        house
            .send("PUT", &own, &cookie, Some(&change), &[])
            .await
            .refused(409, "invoice_title.version_differs");
        house.send("DELETE", &format!("/invoice-titles/{second}"), &cookie, None, &[]).await.ok();
        let list = house.get(&path, &cookie).await.ok().json["items"].clone();
        assert_eq!((list.as_array().unwrap().len(), list[0]["name"].as_str()), (1, Some("王小伟")));
        house.get("/invoice-titles", &cookie).await.refused(400, "field.invalid");
    }
}

#[tokio::test]
async fn r5_5_class_the_app_applies_with_the_bill_and_the_phone_and_sees_how_far_it_is() {
    let house = house().await;
    house.furnish().await;
    payer(&house, "PAYER1", "13800131234").await;
    let order = charge(&house, "A-1", "PAYER1", 0).await;
    let cookie = house.sign_in("finance").await;
    let detail = house.get(&format!("/orders/{order}"), &cookie).await.ok().json.clone();
    let number = detail["order_no"].as_str().unwrap();
    let text = ["order_no", "energy_dwh", "electricity_fen", "service_fen", "total_fen"]
        .map(|name| detail[name].as_str().map_or_else(|| detail[name].to_string(), str::to_owned))
        .join("|");
    let code = house.app.engine.secrets.bill_code(&text);
    let draft = |phone: &str, code: &str, request: &str| {
        json!({"request_id": request, "account_phone": phone, "orders": [{"order_no": number, "code": code}],
            "special": false, "company": false, "title": "王伟", "email": "wei@example.com"})
    };
    for (phone, code) in [("13800131234", "0000-0000-0000"), ("13800131299", code.as_str())] {
        let answer = house.post("/public/invoices", "", &draft(phone, code, "app-0001").to_string()).await;
        at_field(&answer, "orders");
    }
    let good = draft("138 0013 1234", &code.to_lowercase(), "app-0001").to_string();
    assert!(
        house.post("/public/invoices/preview", "", &good).await.ok().json["total_fen"].as_i64().unwrap() > 0
    );
    let made = house.post("/public/invoices", "", &good).await.ok().json.clone();
    let again = house.post("/public/invoices", "", &good).await.ok().json.clone();
    assert_eq!(made["invoices"][0]["serial_no"], again["invoices"][0]["serial_no"]);
    let serial = made["invoices"][0]["serial_no"].as_str().unwrap();
    turn(&house, &cookie, made["invoices"][0]["id"].as_i64().unwrap()).await;
    let progress = house.get(&format!("/public/invoices?serial_no={serial}&phone=13800131234"), "").await;
    assert_eq!(
        (progress.ok().json["state"].as_str(), progress.json["email"].as_str()),
        (Some("issued"), Some("w***@example.com"))
    );
    house
        .get(&format!("/public/invoices?serial_no={serial}&phone=13800131235"), "")
        .await
        .refused(404, "invoice.not_found");
}
