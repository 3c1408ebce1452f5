//! R-5.5 财务管理: wallets, who pays, refunds and the books, through HTTP.

use super::house::{Answer, House, houses};
use super::r5_2_1_battery::tell;
use model::card::Token;
use model::device::{Answer as Told, DeviceEvent, StopReason, StopRecord};
use model::energy::Energy;
use model::id::SessionKey;
use model::order::StopClass;
use serde_json::{Value, json};
use std::time::Duration;

/// A customer with the card `WALLET1` who pays from a wallet.
pub async fn customer(house: &House, cookie: &str) -> i64 {
    let draft = json!({"name": "王伟", "phone": "13800131234", "kind": "person"}).to_string();
    let id = house.post("/customers", cookie, &draft).await.ok().json["id"].as_i64().unwrap();
    let card = r#"{"tag":"WALLET1","status":"accepted","group":null,"expires_at_ms":null,"sessions_max":1}"#;
    house.post("/cards", cookie, card).await.ok();
    house.post(&format!("/customers/{id}/cards"), cookie, r#"{"tag":"WALLET1"}"#).await.ok();
    put(house, cookie, &format!("/customers/{id}/pay-way"), json!({"pay_way": "wallet"})).await.ok();
    id
}

async fn put(house: &House, cookie: &str, path: &str, body: Value) -> Answer {
    house.send("PUT", path, cookie, Some(&body.to_string()), &[]).await
}

pub async fn change(house: &House, cookie: &str, id: i64, kind: &str, fen: i64, request: &str) -> Answer {
    let draft = json!({"kind": kind, "amount_fen": fen, "reason": "现金", "request_id": request});
    house.post(&format!("/customers/{id}/wallet-changes"), cookie, &draft.to_string()).await
}

pub async fn wallet(house: &House, cookie: &str, id: i64) -> [i64; 5] {
    let wallet = house.get(&format!("/customers/{id}/wallet"), cookie).await.ok().json.clone();
    ["principal_fen", "gift_fen", "held_fen", "available_fen", "owed_fen"]
        .map(|name| wallet[name].as_i64().unwrap())
}

/// What the list of orders says of how this one is paid, and whether its filters find it by that.
pub async fn listed(house: &House, cookie: &str, order: i64) -> String {
    let list = house.get("/orders?from_ms=0", cookie).await.ok().json.clone();
    let row = list["items"].as_array().unwrap().iter().find(|row| row["id"] == order).unwrap().clone();
    let (Some(way), Some(state)) = (row["pay_way"].as_str(), row["paid_state"].as_str()) else {
        return format!("{} {}", row["pay_way"], row["paid_state"]);
    };
    for (query, there) in [
        (format!("paid_state={state}&pay_way={way}"), true),
        (format!("paid_state={state}&pay_way=fleet"), false),
        (format!("paid_state={}", if state == "paid" { "refunded" } else { "paid" }), false),
    ] {
        let found = house.get(&format!("/orders?from_ms=0&{query}"), cookie).await.ok().json.clone();
        let ids: Vec<_> = found["items"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
        assert_eq!((ids.contains(&json!(order)), &found["total"]), (there, &json!(ids.len())), "{query}");
    }
    format!("{way} {state}")
}

/// Charges 10 kWh within an hour; the verdict of the start, and the order's number.
pub async fn charge(house: &House, meter: i64) -> (String, i64) {
    let token = Token::card("WALLET1");
    let meter_start = Energy::from_dwh(meter);
    let begun = DeviceEvent::Started { connector: 1, token, meter_start, at: house.clock.now() };
    let Told::Started { transaction, token } = tell(house, "A-1", begun).await else {
        panic!("another answer")
    };
    house.clock.advance(Duration::from_secs(3_600));
    let record = StopRecord {
        session: SessionKey::Transaction(transaction),
        meter_stop: Energy::from_dwh(meter + 100_000),
        at: house.clock.now(),
        reason: StopReason { class: StopClass::Normal, code: "ocpp:Local".to_owned() },
        token: None,
        samples: Vec::new(),
    };
    if token.verdict == model::card::TokenVerdict::Accepted {
        tell(house, "A-1", DeviceEvent::Stopped(Box::new(record))).await;
    }
    let last =
        house.app.engine.store.read(|conn| conn.one("SELECT MAX(id) FROM orders", &[], |row| row.int(0)));
    (token.verdict.as_str().to_owned(), last.await.unwrap())
}

#[tokio::test]
async fn r5_5_class_a_wallet_is_topped_up_pays_and_gets_back() {
    for house in houses().await {
        house.furnish().await;
        let id = customer(&house, &house.sign_in("admin").await).await;
        let (verdict, refused) = charge(&house, 0).await;
        assert_eq!(verdict, "no_balance");
        let cookie = house.sign_in("finance").await;
        assert_eq!(listed(&house, &cookie, refused).await, "null null", "nobody pays for what never began");
        for (kind, fen) in
            [("top_up", 10_000), ("gift_grant", 500), ("principal_deduction", 1_000), ("gift_deduction", 100)]
        {
            change(&house, &cookie, id, kind, fen, &format!("{kind}-1")).await.ok();
        }
        assert_eq!(wallet(&house, &cookie, id).await, [9_000, 400, 0, 9_400, 0]);
        let (verdict, order) = charge(&house, 0).await;
        // An hour later nobody is signed in any more.
        let cookie = house.sign_in("finance").await;
        assert_eq!(verdict, "accepted");
        let payment = house.get(&format!("/orders/{order}/payment"), &cookie).await.ok().json.clone();
        let total = payment["refundable_fen"].as_i64().unwrap();
        assert_eq!((payment["way"].as_str(), payment["state"].as_str()), (Some("wallet"), Some("posted")));
        assert_eq!(payment["gift_fen"], 400);
        assert_eq!(listed(&house, &cookie, order).await, "wallet paid");
        assert_eq!(wallet(&house, &cookie, id).await, [9_400 - total, 0, 0, 9_400 - total, 0]);
        let refund =
            |fen: i64, request: &str| json!({"amount_fen": fen, "reason": "故障", "request_id": request});
        let path = format!("/orders/{order}/refunds");
        house.post(&path, &cookie, &refund(100, "refund-01").to_string()).await.ok();
        house.post(&path, &cookie, &refund(100, "refund-01").to_string()).await.ok();
        house
            .post(&path, &cookie, &refund(101, "refund-01").to_string())
            .await
            .refused(409, "request.differs");
        assert_eq!(wallet(&house, &cookie, id).await[0], 9_500 - total, "said twice, it is one refund");
        assert_eq!(listed(&house, &cookie, order).await, "wallet part_refunded");
        let much = refund(total - 99, "refund-02").to_string();
        house.post(&path, &cookie, &much).await.refused(422, "refund.too_much");
        house.post(&path, &cookie, &refund(total - 100, "refund-02").to_string()).await.ok();
        assert_eq!(wallet(&house, &cookie, id).await, [9_000, 400, 0, 9_400, 0]);
        assert_eq!(listed(&house, &cookie, order).await, "wallet refunded");
        let list = house.get(&format!("/postings?customer_id={id}"), &cookie).await.ok().json.clone();
        assert!(list["items"].as_array().unwrap().iter().all(|row| row["amount_fen"].as_i64().unwrap() > 0));
        let books = house.get("/trial-balance", &cookie).await.ok().json.clone();
        assert_eq!(books["debit_fen"], books["credit_fen"]);
        let verified = house.app.engine.orders_verify().await.unwrap();
        assert_eq!(verified.problems, []);
    }
}

#[tokio::test]
async fn r5_5_boundary_a_second_person_agrees_above_the_limit() {
    for house in houses().await {
        house.furnish().await;
        let (admin, finance) = (house.sign_in("admin").await, house.sign_in("finance").await);
        let id = customer(&house, &admin).await;
        change(&house, &finance, id, "top_up", 20_000, "request-1").await.ok();
        assert_eq!(wallet(&house, &finance, id).await[0], 20_000);
        let waiting =
            change(&house, &finance, id, "top_up", 20_001, "request-2").await.ok().json["id"].clone();
        assert_eq!(wallet(&house, &finance, id).await[0], 20_000);
        let path = format!("/wallet-changes/{waiting}/decision");
        house.post(&path, &finance, r#"{"approve":true}"#).await.refused(422, "wallet_change.own");
        house.post(&path, &admin, r#"{"approve":false}"#).await.at("reason");
        house.post(&path, &admin, r#"{"approve":true}"#).await.ok();
        house.post(&path, &admin, r#"{"approve":true}"#).await.refused(409, "wallet_change.decided");
        assert_eq!(wallet(&house, &finance, id).await[0], 40_001);
        for fen in [0, -1, 10_000_001] {
            change(&house, &finance, id, "top_up", fen, "request-3").await.at("amount_fen");
        }
        change(&house, &finance, id, "top_up", 1, "short").await.at("request_id");
    }
}

#[tokio::test]
async fn r5_5_guess_clicks_come_twice_and_nothing_goes_below_zero() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let id = customer(&house, &admin).await;
        let first = change(&house, &admin, id, "top_up", 5_000, "request-1").await.ok().json["id"].clone();
        let again = change(&house, &admin, id, "top_up", 5_000, "request-1").await.ok().json["id"].clone();
        assert_eq!(first, again);
        change(&house, &admin, id, "top_up", 5_001, "request-1").await.refused(409, "request.differs");
        change(&house, &admin, id, "gift_grant", 5_000, "request-1").await.refused(409, "request.differs");
        change(&house, &admin, id, "principal_deduction", 5_001, "request-2")
            .await
            .refused(422, "wallet.balance_short");
        change(&house, &admin, id, "gift_deduction", 1, "request-3")
            .await
            .refused(422, "wallet.balance_short");
        assert_eq!(wallet(&house, &admin, id).await, [5_000, 0, 0, 5_000, 0]);
        // Held for a session, it cannot be taken out.
        let begun = DeviceEvent::Started {
            connector: 1,
            token: Token::card("WALLET1"),
            meter_start: Energy::ZERO,
            at: house.clock.now(),
        };
        tell(&house, "A-1", begun).await;
        assert_eq!(wallet(&house, &admin, id).await, [5_000, 0, 5_000, 0, 0]);
        change(&house, &admin, id, "principal_deduction", 1, "request-4")
            .await
            .refused(422, "wallet.balance_short");
        // A fleet has no gift, a customer's own way is not the fleet's, and nobody pays for an order that runs.
        let fleet = house.post("/fleets", &admin, r#"{"name":"东湖出租"}"#).await.ok().json["id"].clone();
        let gift =
            json!({"kind": "gift_grant", "amount_fen": 1, "reason": "活动", "request_id": "request-5"});
        house.post(&format!("/fleets/{fleet}/wallet-changes"), &admin, &gift.to_string()).await.at("kind");
        put(&house, &admin, &format!("/customers/{id}/pay-way"), json!({"pay_way": "fleet"}))
            .await
            .at("pay_way");
        let account = format!("/fleets/{fleet}/account");
        put(&house, &admin, &account, json!({"version": 1, "pays": true, "credit_fen": -1}))
            .await
            .at("credit_fen");
        put(&house, &admin, &account, json!({"version": 1, "pays": true, "credit_fen": 6_000})).await.ok();
        put(&house, &admin, &account, json!({"version": 1, "pays": true, "credit_fen": 0}))
            .await
            .refused(409, "fleet.changed");
        assert_eq!(house.get(&account, &admin).await.ok().json["available_fen"], 6_000);
        let refund = json!({"amount_fen": 1, "reason": "故障", "request_id": "request-6"}).to_string();
        let running =
            house.app.engine.store.read(|conn| conn.one("SELECT MAX(id) FROM orders", &[], |row| row.int(0)));
        let path = format!("/orders/{}/refunds", running.await.unwrap());
        house.post(&path, &admin, &refund).await.refused(422, "order.not_paid");
        house.post("/orders/999999/refunds", &admin, &refund).await.refused(404, "order.not_found");
        house.get("/customers/999999/wallet", &admin).await.refused(404, "customer.not_found");
    }
}
