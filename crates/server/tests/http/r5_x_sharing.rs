//! R-5.x: 分账 through the API: payees, rules, trial, closing, payout, statement, and what changes afterwards.

use super::house::{Answer, House, NOON, houses};
use model::energy::Energy;
use model::id::{OperatorId, OrderId, StationId};
use model::money::Fen;
use model::time::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: i64 = 3_600_000;

/// A paid order at A-1 that ended so long before noon of 2026-11-23.
async fn sold(house: &House, id: i64, before_ms: i64, [energy, electricity, service]: [i64; 3]) {
    let mut order = super::orders::order(1);
    let ended = Timestamp::from_ms(NOON - before_ms);
    (order.id, order.station, order.operator) = (OrderId(id), StationId(1), OperatorId(1));
    (order.started_at, order.ended_at) = (ended.plus_ms(-1_800_000), Some(ended));
    order.created_at = order.started_at;
    (order.energy, order.electricity, order.service) =
        (Energy::from_dwh(energy), Fen(electricity), Fen(service));
    order.total = order.electricity + order.service;
    let total = order.total.0;
    let write = house.app.engine.store.write(None, move |tx| {
        tx.order_save(&order);
        tx.execute(
            "INSERT INTO order_payment (order_id, pile_id, operator_id, customer_id, way, state, held_fen, most_held_fen, \
             principal_fen, gift_fen, owed_fen, refunded_fen, written_off_fen, exhausted, step, created_at_ms, changed_at_ms) \
             VALUES ($1, 1, 1, 7, 'later', 'posted', 0, 0, 0, 0, $2, 0, 0, FALSE, 1, 0, 0)",
            &[id.into(), total.into()],
        )
        .map(drop)
    });
    write.await.unwrap();
}

async fn given_back(house: &House, id: i64, fen: i64) {
    let sql = "UPDATE order_payment SET refunded_fen = $1 WHERE order_id = $2";
    let write = house.app.engine.store.write(None, move |tx| tx.execute(sql, &[fen.into(), id.into()]));
    write.await.unwrap();
}

async fn payee(house: &House, cookie: &str, name: &str) -> i64 {
    let draft = json!({"operator_id": 1, "name": name, "kind": "site", "account_name": name,
        "bank_name": "工行东湖支行", "account_no": "6222 0202 0001 2345"});
    house.post("/payees", cookie, &draft.to_string()).await.ok().json["id"].as_i64().unwrap()
}

fn rule(payee: i64, basis: &str, rate: i64) -> Value {
    json!({"operator_id": 1, "payee_id": payee, "basis": basis, "rate": rate, "deduction": "none",
        "from_day": 20_261_101})
}

async fn ruled(house: &House, cookie: &str, draft: &Value) -> Answer {
    house.post("/sharing-rules", cookie, &draft.to_string()).await
}

async fn tried(house: &House, cookie: &str, day: i64) -> Answer {
    let draft = json!({"operator_id": 1, "cycle": "day", "day": day}).to_string();
    house.post("/sharing-periods", cookie, &draft).await
}

async fn closed(house: &House, cookie: &str, one: &Value) -> Answer {
    let path = format!("/sharing-periods/{}/confirmation", one["period"]["id"]);
    let body = json!({"version": one["period"]["version"]}).to_string();
    house.post(&path, cookie, &body).await
}

/// What `pileops verify` says of sharing.
async fn faults(house: &House) -> Vec<String> {
    let verified = house.app.engine.orders_verify().await.unwrap();
    let about = verified.problems.into_iter().map(|one| one.what);
    about.filter(|what| ["sharing", "statement", "payee"].iter().any(|word| what.contains(word))).collect()
}

/// Finance, a second administrator, and staff of the first operator.
async fn signed_in(house: &House) -> [String; 3] {
    [house.sign_in("finance").await, house.sign_in("admin").await, house.sign_in("a.admin").await]
}

async fn furnished(house: &House) -> [String; 3] {
    house.furnish().await;
    signed_in(house).await
}

#[tokio::test]
async fn r5_x_class_a_period_is_tried_closed_paid_and_adjusted() {
    for house in houses().await {
        let [finance, _, own] = furnished(&house).await;
        let site = payee(&house, &finance, "东湖物业").await;
        ruled(&house, &finance, &rule(site, "service", 3_000)).await.ok();
        sold(&house, 901, 30 * HOUR, [100_000, 700, 401]).await;
        let first = tried(&house, &finance, 20_261_122).await;
        assert_eq!(first.status.as_u16(), 201, "{}", first.text);
        assert_eq!(first.json["statements"][0]["payable_fen"], 120);
        // Another order of the day: the trial says what it was before.
        sold(&house, 902, 29 * HOUR, [100_000, 700, 400]).await;
        let again = tried(&house, &finance, 20_261_122).await;
        let told = &again.ok().json;
        assert_eq!((&told["period"]["order_count"], &told["period"]["version"]), (&json!(2), &json!(2)));
        assert_eq!(
            (&told["statements"][0]["payable_fen"], &told["statements"][0]["before_fen"]),
            (&json!(240), &json!(120))
        );
        closed(&house, &finance, &first.json).await.refused(409, "sharing_period.version_differs");
        let done = closed(&house, &finance, told).await;
        assert_eq!(done.ok().json["period"]["state"], "closed");
        closed(&house, &finance, told).await.refused(409, "sharing_period.exists");
        let period = done.json["period"]["id"].as_i64().unwrap();
        let orders = house.get(&format!("/sharing-periods/{period}/orders"), &own).await;
        assert_eq!(orders.ok().json["total"], 2);
        assert_eq!(orders.json["items"][0]["order_id"], 902);
        // What a payee gets, as a page and as a file.
        let statement = &done.json["statements"][0];
        let paper = house.get(&format!("/sharing-statements/{}/paper", statement["id"]), &own).await;
        assert!(paper.ok().text.starts_with("%PDF-1."));
        let file = house.post("/exports/sharing-lines", &own, r#"{"format":"csv"}"#).await;
        house.export_ended(&own, file.ok()).await;
        let file = house.get(&format!("/exports/{}/file", file.json["id"]), &own).await;
        assert!(file.ok().text.contains("东湖物业") && file.text.contains("2.40"), "{}", file.text);
        let body = json!({"version": statement["version"], "amount_fen": 240, "reference": "HD20261123001"});
        let path = format!("/sharing-statements/{}/payout", statement["id"]);
        for _ in 0..2 {
            house.post(&path, &finance, &body.to_string()).await.ok();
        }
        let paid = house.get("/sharing-statements?state=paid", &own).await;
        assert_eq!(paid.ok().json["items"][0]["reference"], "HD20261123001");
        assert_eq!(faults(&house).await, Vec::<String>::new());

        // A day later: one is given back, one came late, and a second person agrees to what follows.
        house.clock.advance(Duration::from_secs(86_400));
        let [finance, admin, own] = signed_in(&house).await;
        given_back(&house, 901, 1_101).await;
        sold(&house, 903, 28 * HOUR, [100_000, 700, 1_000]).await;
        let next = tried(&house, &finance, 20_261_123).await.ok().json.clone();
        assert_eq!(
            (&next["period"]["adjusted_count"], &next["period"]["adjusted_fen"]),
            (&json!(2), &json!(420 - 240))
        );
        let line = house.get(&format!("/sharing-lines?period_id={}", next["period"]["id"]), &own).await;
        assert_eq!(line.ok().json["items"][0]["about_period_id"], period);
        let asked = closed(&house, &finance, &next).await.ok().json.clone();
        assert_eq!(asked["period"]["state"], "proposed");
        let path = format!("/sharing-proposals/{}/decision", asked["proposals"][0]["id"]);
        house.post(&path, &finance, r#"{"approve":true}"#).await.refused(422, "sharing_proposal.own");
        house.post(&path, &admin, r#"{"approve":true}"#).await.ok();
        house.post(&path, &admin, r#"{"approve":true}"#).await.refused(409, "sharing_proposal.decided");
        let orders = house
            .get(&format!("/sharing-periods/{}/orders", next["period"]["id"]), &own)
            .await
            .ok()
            .json
            .clone();
        let kinds: Vec<_> =
            orders["items"].as_array().unwrap().iter().map(|one| one["adjustment"].clone()).collect();
        assert_eq!(kinds, [json!("late"), json!("changed")]);
        assert_eq!(faults(&house).await, Vec::<String>::new());
        let log = house.get("/audit?noun=sharing_period", &admin).await;
        assert!(log.ok().json["items"].as_array().unwrap().len() >= 5);
    }
}

#[tokio::test]
async fn r5_x_boundary_shares_come_to_all_and_not_more_and_limits_hold_to_the_fen() {
    for house in houses().await {
        let [finance, admin, _] = furnished(&house).await;
        let (site, other) =
            (payee(&house, &finance, "东湖物业").await, payee(&house, &finance, "光谷投资").await);
        ruled(&house, &finance, &rule(site, "service", 6_000)).await.ok();
        let over = ruled(&house, &finance, &rule(other, "service", 4_001)).await;
        assert_eq!((over.status.as_u16(), &over.json["field"]), (400, &json!("rate")));
        assert!(over.json["message"].as_str().unwrap().contains("40.00%"), "{}", over.text);
        ruled(&house, &finance, &rule(other, "service", 4_000)).await.ok();
        let total = ruled(&house, &finance, &rule(other, "total", 1)).await;
        assert_eq!(total.json["field"], "rate", "{}", total.text);
        // From, to and rates at their edges.
        for (change, field) in [
            (json!({"rate": 0}), "rate"),
            (json!({"rate": 10_001}), "rate"),
            (json!({"from_day": 20_261_131}), "from_day"),
            (json!({"to_day": 20_261_031}), "to_day"),
            (json!({"deduction": "fee"}), "fee_rate"),
            (json!({"basis": "margin"}), "deduction"),
            (json!({"basis": "margin", "deduction": "cost"}), "cost_price_e5"),
            (json!({"basis": "fixed", "rate": 100}), "station_id"),
            (json!({"station_id": 2}), "station_id"),
            (json!({"payee_id": 999}), "payee_id"),
            (json!({"operator_id": 999}), "operator_id"),
        ] {
            let mut draft = rule(other, "service", 1);
            draft["to_day"] = json!(20_261_201);
            for (key, value) in change.as_object().unwrap() {
                draft[key] = value.clone();
            }
            let answer = ruled(&house, &finance, &draft).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json["field"]),
                (400, &json!(field)),
                "{}",
                answer.text
            );
        }
        // 5000.00 yuan are closed and paid by one person, 5000.01 by two.
        for (id, day, before, fen, state) in
            [(911, 20_261_121, 54, 500_000, "closed"), (912, 20_261_122, 30, 500_001, "proposed")]
        {
            sold(&house, id, before * HOUR, [0, 0, fen]).await;
            let one = tried(&house, &finance, day).await.ok().json.clone();
            assert_eq!(one["period"]["rest_fen"], 0, "all is given away");
            let after = closed(&house, &finance, &one).await.ok().json.clone();
            assert_eq!(after["period"]["state"], state, "{fen}");
        }
        let running = tried(&house, &finance, 20_261_123).await.ok().json.clone();
        closed(&house, &finance, &running).await.refused(422, "sharing_period.running");
        for day in [20_261_124, 20_261_131, 0] {
            assert_eq!(tried(&house, &finance, day).await.json["field"], "day", "{day}");
        }
        assert_eq!(tried(&house, &finance, 20_261_122).await.json["code"], "sharing_period.closed");
        let list = house.get("/sharing-periods?state=proposed", &admin).await;
        assert_eq!(list.ok().json["total"], 1);
        assert_eq!(faults(&house).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn r5_x_guess_accounts_stay_hidden_and_nobody_reaches_what_is_anothers() {
    for house in houses().await {
        let [finance, admin, own] = furnished(&house).await;
        house.staff("b.admin", model::access::Role::Admin, Some(2)).await;
        let theirs = house.sign_in("b.admin").await;
        let operations = house.sign_in("operations").await;
        let site = payee(&house, &finance, "东湖物业").await;
        let seen = house.get("/payees", &own).await;
        assert_eq!(seen.ok().json["items"][0]["account_masked"], "**** 2345");
        assert!(!seen.text.contains("6222020200012345"));
        let path = format!("/payees/{site}/reveal");
        house.post(&path, &operations, "").await.refused(403, "permission.denied");
        assert_eq!(house.post(&path, &finance, "").await.ok().json["value"], "6222020200012345");
        let log = house.get("/audit?action=payee_reveal", &admin).await;
        assert_eq!(log.ok().json["items"].as_array().unwrap().len(), 1);
        assert!(!log.text.contains("6222020200012345"));
        house.post(&path, &theirs, "").await.refused(404, "payee.not_found");
        assert_eq!(house.get("/payees", &theirs).await.ok().json["total"], 0);
        // The same name twice, a stale form, an account that is none, a field that nobody knows.
        let twice = json!({"operator_id": 1, "name": "东湖物业", "kind": "site"}).to_string();
        house.post("/payees", &finance, &twice).await.refused(409, "payee.exists");
        let change = json!({"version": 9, "name": "东湖", "kind": "site", "active": true}).to_string();
        let patched = house.send("PATCH", &format!("/payees/{site}"), &finance, Some(&change), &[]).await;
        patched.refused(409, "payee.version_differs");
        for account in ["12345", "账号一二三四五六"] {
            let draft = json!({"operator_id": 1, "name": "新", "kind": "site", "account_no": account});
            let answer = house.post("/payees", &finance, &draft.to_string()).await;
            assert_eq!(answer.json["field"], "account_no", "{}", answer.text);
        }
        // No rules, no trial; a rule that was divided by stays.
        tried(&house, &finance, 20_261_121).await.refused(422, "sharing_period.no_rules");
        let id = ruled(&house, &finance, &rule(site, "service", 3_000)).await.ok().json["id"].clone();
        sold(&house, 921, 54 * HOUR, [1, 1, 100]).await;
        let one = tried(&house, &finance, 20_261_121).await.ok().json.clone();
        let path = format!("/sharing-periods/{}", one["period"]["id"]);
        house.get(&path, &theirs).await.refused(404, "sharing_period.not_found");
        house.get(&format!("{path}/orders"), &theirs).await.refused(404, "sharing_period.not_found");
        closed(&house, &theirs, &one).await.refused(404, "sharing_period.not_found");
        let early = json!({"version": 1, "amount_fen": 30, "reference": "HD20261123001"}).to_string();
        let payout = format!("/sharing-statements/{}/payout", one["statements"][0]["id"]);
        house.post(&payout, &finance, &early).await.refused(422, "sharing_statement.trial");
        closed(&house, &finance, &one).await.ok();
        let rule_path = format!("/sharing-rules/{id}");
        house.send("DELETE", &rule_path, &finance, None, &[]).await.refused(422, "sharing_rule.used");
        let ended = json!({"version": 1, "to_day": 20_261_120}).to_string();
        let answer = house.send("PATCH", &rule_path, &finance, Some(&ended), &[]).await;
        assert_eq!(answer.json["field"], "to_day", "{}", answer.text);
        let ended = json!({"version": 1, "to_day": 20_261_121}).to_string();
        house.send("PATCH", &rule_path, &finance, Some(&ended), &[]).await.ok();
        // An account that is missing is asked for before anything is paid.
        let bare = json!({"version": 1, "name": "东湖物业", "kind": "site", "active": true}).to_string();
        house.send("PATCH", &format!("/payees/{site}"), &finance, Some(&bare), &[]).await.ok();
        let body = json!({"version": 2, "amount_fen": 30, "reference": "HD20261123001"}).to_string();
        house.post(&payout, &finance, &body).await.refused(422, "payee.no_account");
        assert_eq!(faults(&house).await, Vec::<String>::new());
    }
}
