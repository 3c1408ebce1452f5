//! R-5.x: 互联互通对账 through the API: a peer's list of orders is checked, taken, compared with ours and signed off.

use super::house::{House, houses};
use super::r5_5_wallet::{charge, customer};
use serde_json::{Value, json};
use std::time::Duration;

/// An order that was over today, now that it is tomorrow, and a peer.
async fn furnished(house: &House) -> (String, i64, Vec<Value>) {
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let id = customer(house, &admin).await;
    let top_up = json!({"kind": "top_up", "amount_fen": 10_000, "reason": "充值", "request_id": "top_up-01"});
    house.post(&format!("/customers/{id}/wallet-changes"), &admin, &top_up.to_string()).await.ok();
    charge(house, 0).await;
    house.clock.advance(Duration::from_secs(43_200));
    let admin = house.sign_in("admin").await;
    let list = house.get("/orders?state=completed&limit=50", &admin).await;
    let orders: Vec<Value> = list.ok().json["items"].as_array().unwrap().clone();
    let draft = json!({"name": "特来电", "code": "395815801", "note": "华东区"}).to_string();
    let made = house.post("/peers", &admin, &draft).await;
    (admin, made.ok().json["id"].as_i64().unwrap(), orders)
}

/// The local day and time at which an order was over.
fn ended(order: &Value) -> (i64, String) {
    let at = model::time::Timestamp::from_ms(order["ended_at_ms"].as_i64().unwrap());
    let local = model::time::Zone::shanghai().local(at);
    let day = local.day;
    let text = at.plus_ms(8 * 3_600_000).rfc3339();
    let time = text.get(11..19).unwrap();
    (day, format!("{}-{:02}-{:02} {time}", day / 10_000, day / 100 % 100, day % 100))
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn kwh(dwh: i64) -> String {
    format!("{}.{:04}", dwh / 10_000, dwh % 10_000)
}

fn row(order: &Value, their_no: &str, more_fen: i64, more_dwh: i64) -> String {
    let (_, at) = ended(order);
    let fen = order["total_fen"].as_i64().unwrap() - order["discount_fen"].as_i64().unwrap_or(0) + more_fen;
    let energy = kwh(order["energy_dwh"].as_i64().unwrap() + more_dwh);
    format!("{their_no},{},{at},{energy},{}\n", order["order_no"].as_str().unwrap(), yuan(fen))
}

const HEAD: &str = "对方订单号*,我方订单号,结束时间*,电量*,金额*\n";

#[tokio::test]
async fn r5_x_class_a_list_is_checked_taken_compared_and_signed() {
    for house in houses().await {
        let (admin, peer, orders) = furnished(&house).await;
        let order = orders.first().expect("a completed order");
        let (day, at) = ended(order);
        let strange = format!("X2,,{at},1.5,3.20\n");
        let file = format!("{HEAD}{}{strange}{strange}", row(order, "X1", 1, 0));
        let path = format!("/peers/{peer}/bills?name=list.csv&day={day}");
        let report = house.post(&format!("{path}&check=true"), &admin, &file).await.ok().json.clone();
        assert_eq!((&report["good"], &report["known"]), (&json!(3), &json!(1)));
        assert_eq!((&report["errors"], &report["counter_bill_id"]), (&json!([]), &json!(null)));
        assert_eq!(
            house.get("/counter-bills?source=peer", &admin).await.ok().json["total"],
            0,
            "only looked at"
        );
        let id = house.post(&path, &admin, &file).await.ok().json["counter_bill_id"].as_i64().unwrap();
        let rows =
            house.get(&format!("/counter-differences?counter_bill_id={id}"), &admin).await.ok().json.clone();
        let mut kinds: Vec<_> = rows["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["kind"].as_str().unwrap(), row["amount_fen"].as_i64().unwrap()))
            .collect();
        kinds.sort_unstable();
        assert_eq!(kinds, [("amount_differs", 1), ("only_theirs", 320), ("twice", 320)]);
        let bill = house.get(&format!("/counter-bills/{id}"), &admin).await.ok().json.clone();
        assert_eq!((&bill["source_name"], &bill["their_count"]), (&json!("特来电"), &json!(3)));
        // The list comes again, put right: what is gone is gone, and the file is the new one.
        let mended = format!("{HEAD}{}", row(order, "X1", 0, 0));
        house.post(&path, &admin, &mended).await.ok();
        let bill = house.get(&format!("/counter-bills/{id}"), &admin).await.ok().json.clone();
        assert_eq!((&bill["open_count"], &bill["their_count"]), (&json!(0), &json!(1)));
        assert_eq!(bill["our_energy_dwh"].as_i64().unwrap() > 0, bill["our_count"].as_i64().unwrap() > 0);
        assert!(house.get(&format!("/counter-bills/{id}/file"), &admin).await.ok().text.contains("X1"));
        let sign = json!({"version": bill["version"]}).to_string();
        house.post(&format!("/counter-bills/{id}/confirmation"), &admin, &sign).await.ok();
        house.post(&path, &admin, &mended).await.refused(422, "reconciliation.signed");
        // Beyond what is allowed, another energy is told.
        let other = house.get(&format!("/counter-bills/{id}"), &admin).await.ok().json.clone();
        let reopen = json!({"version": other["version"], "reason": "对方补单"}).to_string();
        house.post(&format!("/counter-bills/{id}/reopening"), &admin, &reopen).await.ok();
        house.post(&path, &admin, &format!("{HEAD}{}", row(order, "X1", 0, 50_000))).await.ok();
        let rows = house.get("/counter-differences?kind=energy_differs", &admin).await.ok().json.clone();
        assert_eq!(rows["items"][0]["energy_dwh"], 50_000);
        assert_eq!(rows["items"][0]["order_id"], order["id"]);
    }
}

#[tokio::test]
async fn r5_x_boundary_each_wrong_row_is_told_with_its_line_and_column_and_nothing_is_taken() {
    for house in houses().await {
        let (admin, peer, _) = furnished(&house).await;
        let path = format!("/peers/{peer}/bills?name=list.csv&day=20261122");
        let good = "X0,,2026-11-22 23:59:59,0,0\n";
        for (row, field) in [
            (",,2026-11-22 10:00:00,1,1\n", "their_no"),
            ("X 1,,2026-11-22 10:00:00,1,1\n", "their_no"),
            ("X1,一二三,2026-11-22 10:00:00,1,1\n", "order_no"),
            ("X1,,2026-11-23 00:00:00,1,1\n", "ended_at"),
            ("X1,,2026-11-21 23:59:59,1,1\n", "ended_at"),
            ("X1,,昨天,1,1\n", "ended_at"),
            ("X1,,2026-11-22 10:00:00,-1,1\n", "energy_kwh"),
            ("X1,,2026-11-22 10:00:00,1.23456,1\n", "energy_kwh"),
            ("X1,,2026-11-22 10:00:00,1,1.234\n", "amount_yuan"),
            ("X1,,2026-11-22 10:00:00,1,\n", "amount_yuan"),
        ] {
            let report = house.post(&path, &admin, &format!("{HEAD}{good}{row}")).await.ok().json.clone();
            assert_eq!(report["errors"][0]["field"], field, "{row}");
            assert_eq!((&report["errors"][0]["line"], &report["good"]), (&json!(3), &json!(1)), "{row}");
            assert_eq!(report["counter_bill_id"], json!(null));
        }
        let twice = "X1,A9,2026-11-22 10:00:00,1,1\nX2,A9,2026-11-22 10:00:00,1,1\n";
        let report = house.post(&path, &admin, &format!("{HEAD}{twice}")).await.ok().json.clone();
        assert_eq!(report["errors"][0]["field"], "order_no");
        assert_eq!(house.get("/counter-bills", &admin).await.ok().json["total"], 0);
        house.post(&path, &admin, &format!("{HEAD}{good}")).await.ok();
        assert_eq!(house.get("/counter-bills?source=peer", &admin).await.ok().json["total"], 1);
    }
}

#[tokio::test]
async fn r5_x_guess_peers_that_are_not_there_days_to_come_and_names_that_are_taken() {
    for house in houses().await {
        let (admin, peer, _) = furnished(&house).await;
        let file = format!("{HEAD}X0,,2026-11-22 10:00:00,0,0\n");
        let bills = |id: i64, day: i64| format!("/peers/{id}/bills?name=list.csv&day={day}");
        house.post(&bills(99, 20_261_122), &admin, &file).await.refused(404, "peer.not_found");
        for day in [20_261_124, 20_261_132, 0] {
            house.post(&bills(peer, day), &admin, &file).await.at("day");
        }
        let wrong = format!("/peers/{peer}/bills?name=list.txt&day=20261122");
        house.post(&wrong, &admin, &file).await.at("name");
        house.post(&bills(peer, 20_261_122), &admin, HEAD).await.at("file");
        for (draft, field) in [
            (json!({"name": "", "code": "395815802"}), "name"),
            (json!({"name": "星星", "code": "3958"}), "code"),
            (json!({"name": "星星", "code": "39581580二"}), "code"),
            (json!({"name": "星星", "code": "395815802", "fleet_id": 99}), "fleet_id"),
        ] {
            house.post("/peers", &admin, &draft.to_string()).await.at(field);
        }
        let same = json!({"name": "特来电", "code": "395815802"}).to_string();
        house.post("/peers", &admin, &same).await.refused(409, "peer.exists");
        let stale = json!({"version": 9, "name": "特来电", "code": "395815801"}).to_string();
        let path = format!("/peers/{peer}");
        let answer = house.send("PATCH", &path, &admin, Some(&stale), &[]).await;
        answer.refused(409, "peer.version_differs");
        let change = json!({"version": 1, "name": "特来电新", "code": "395815801"}).to_string();
        house.send("PATCH", &path, &admin, Some(&change), &[]).await.ok();
        assert_eq!(house.get("/peers", &admin).await.ok().json["items"][0]["version"], 2);
        let finance = house.sign_in("a.admin").await;
        house.get("/peers", &finance).await.refused(403, "scope.denied");
    }
}
