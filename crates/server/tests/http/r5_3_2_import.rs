//! R-5.3.2: lost orders are brought in from a file.

use super::house::{House, NOON, house};
use axum::body::Body;
use axum::http::Request;
use model::id::OrderId;
use serde_json::Value;

const HEAD: &str = "交易流水号*,电桩编号*,枪号*,开始时间*,结束时间*,尖电量,峰电量,平电量,谷电量,总电量*,电表起值,电表止值,总金额*,VIN,来源说明*";

/// A sound row of pile A-1: 1 yuan per kWh, whatever the period.
fn row(session: i64, hour: i64) -> String {
    format!(
        "{session},A-1,1,2026-11-20 {hour:02}:00:00,2026-11-20 {hour:02}:30:00,,10.5,2.25,,12.75,100,112.75,12.75,,断网补录"
    )
}

fn file(rows: &[String]) -> String {
    format!("\u{feff}{HEAD}\r\n{}\r\n", rows.join("\r\n"))
}

async fn upload(house: &House, cookie: &str, name: &str, bytes: impl Into<Body>) -> Value {
    let request = Request::builder()
        .method("POST")
        .uri(format!("/api/v1/order-imports?name={name}"))
        .header("host", "pile.example")
        .header("x-requested-with", "pileops")
        .header("cookie", cookie)
        .body(bytes.into())
        .unwrap();
    let answer = house.raw(request).await;
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let made: Value = serde_json::from_slice(&bytes).unwrap();
    match made["id"].as_i64() {
        Some(id) => settled(house, cookie, id).await,
        None => made,
    }
}

async fn settled(house: &House, cookie: &str, id: i64) -> Value {
    for _ in 0..1_000 {
        let import = house.get(&format!("/order-imports/{id}"), cookie).await;
        let state = import.ok().json["state"].as_str().unwrap().to_owned();
        if !["checking", "importing", "undoing"].contains(&state.as_str()) {
            return import.json;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the import does not end");
}

async fn step(house: &House, cookie: &str, import: &Value, verb: &str) -> Value {
    let id = import["id"].as_i64().unwrap();
    house.post(&format!("/order-imports/{id}/{verb}"), cookie, "{}").await.ok();
    settled(house, cookie, id).await
}

/// A house where the station has had its tariff since the beginning.
async fn furnished() -> House {
    let house = house().await;
    house.furnish().await;
    assert_eq!(NOON, 1_795_406_400_000, "the rows are of three days before");
    house
}

async fn sound(house: &House) {
    let verified = house.app.engine.orders_verify().await.unwrap();
    assert_eq!(verified.problems, [], "verify finds nothing");
}

async fn orders(house: &House, cookie: &str) -> Value {
    house.get("/orders?start_mode=import", cookie).await.ok().json.clone()
}

#[tokio::test]
async fn r5_3_2_class_lost_orders_come_in_once_and_can_be_taken_back() {
    let house = furnished().await;
    let cookie = house.sign_in("a.admin").await;
    let text = file(&[row(1, 8), row(2, 9), row(3, 10)]);
    let import = upload(&house, &cookie, "a.csv", text.clone()).await;
    assert_eq!(
        (&import["state"], &import["good"], &import["bad"]),
        (&"checked".into(), &3.into(), &0.into()),
        "{import}"
    );
    assert_eq!(orders(&house, &cookie).await["total"], 0, "nothing is written before it is confirmed");
    let import = step(&house, &cookie, &import, "confirm").await;
    assert_eq!(
        (&import["state"], &import["good"], &import["total_fen"]),
        (&"imported".into(), &3.into(), &3_825.into())
    );
    let list = orders(&house, &cookie).await;
    assert_eq!((&list["total"], &list["totals"]["total_fen"]), (&3.into(), &3_825.into()));
    assert_eq!(
        (&list["items"][0]["state"], &list["items"][0]["electricity_fen"]),
        (&"completed".into(), &765.into())
    );
    sound(&house).await;
    // The same file adds nothing.
    let again = upload(&house, &cookie, "b.csv", text).await;
    assert_eq!((&again["good"], &again["existing"]), (&0.into(), &3.into()));
    let confirm = format!("/order-imports/{}/confirm", again["id"]);
    house.post(&confirm, &cookie, "{}").await.refused(409, "order_import.nothing");
    assert_eq!(orders(&house, &cookie).await["total"], 3);
    // Taken back it is as if it had never come, and can come again.
    let import = step(&house, &cookie, &import, "undo").await;
    assert_eq!((&import["state"], &orders(&house, &cookie).await["total"]), (&"undone".into(), &0.into()));
    sound(&house).await;
    let id = import["id"].as_i64().unwrap();
    house.post(&format!("/order-imports/{id}/undo"), &cookie, "{}").await.refused(409, "order_import.state");
    let third = upload(&house, &cookie, "c.csv", file(&[row(1, 8)])).await;
    assert_eq!(third["good"], 1);
    // Its template can be filled in and comes in as a workbook; its example is of no pile of ours.
    for format in ["csv", "xlsx"] {
        let request = Request::builder().uri(format!("/api/v1/order-imports/template?format={format}"));
        let request =
            request.header("host", "pile.example").header("cookie", &cookie).body(Body::empty()).unwrap();
        let answer = house.raw(request).await;
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let import = upload(&house, &cookie, &format!("t.{format}"), bytes).await;
        assert_eq!(
            (&import["rows"], &import["faults"][0]["field"]),
            (&1.into(), &"pile_code".into()),
            "{format}: {import}"
        );
    }
}

#[tokio::test]
async fn r5_3_2_boundary_times_that_touch_and_amounts_at_the_tolerance() {
    let house = furnished().await;
    let cookie = house.sign_in("admin").await;
    let with = |session, from: &str, to: &str, amount: &str| {
        format!("{session},A-1,1,2026-11-20 {from},2026-11-20 {to},,10,,,10,,,{amount},,x")
    };
    // One ends when the next begins; 0.0100 yuan of difference are tolerated, 0.0101 are not.
    let rows = [
        with(1, "08:00:00", "08:30:00", "10.01"),
        with(2, "08:30:00", "09:00:00", "9.99"),
        with(3, "09:00:00", "09:30:00", "10.0101"),
        with(4, "08:59:59", "09:20:00", "10"),
        with(5, "12:00:00", "12:00:00", "10"),
        // What the file does not say, the tariff of that day does.
        with(6, "13:00:00", "13:30:00", ""),
    ];
    let import = upload(&house, &cookie, "a.csv", file(&rows)).await;
    assert_eq!((&import["good"], &import["bad"]), (&3.into(), &3.into()), "{import}");
    let fault = |place: usize| {
        (import["faults"][place]["line"].as_i64().unwrap(), import["faults"][place]["field"].clone())
    };
    assert_eq!(fault(0), (4, "amount_yuan".into()));
    assert_eq!(fault(1), (5, "started_at".into()));
    assert_eq!(fault(2), (6, "ended_at".into()));
    // The good ones come in; what is wrong can be fetched and mended.
    let import = step(&house, &cookie, &import, "confirm").await;
    assert_eq!((&import["good"], &import["total_fen"]), (&3.into(), &3_000.into()));
    let faults = house.get(&format!("/order-imports/{}/faults", import["id"]), &cookie).await;
    assert_eq!(faults.ok().text.lines().count(), 4, "{}", faults.text);
    sound(&house).await;
}

#[tokio::test]
async fn r5_3_2_guess_foreign_piles_bad_files_and_those_who_may_not() {
    let house = furnished().await;
    let cookie = house.sign_in("a.admin").await;
    let foreign = row(1, 8).replace("A-1", "B-1");
    let sums = row(2, 9).replace(",12.75,100", ",12.74,100");
    let power = row(3, 10).replace("10.5,2.25,,12.75,100,112.75,12.75", "1000,,,1000,,,1000");
    let import =
        upload(&house, &cookie, "a.csv", file(&[foreign, sums, power, row(4, 11), row(4, 12)])).await;
    let fields: Vec<_> =
        import["faults"].as_array().unwrap().iter().map(|fault| fault["field"].clone()).collect();
    assert_eq!(fields, ["pile_code", "total_kwh", "total_kwh", "session_key"], "{import}");
    for (name, text, field) in [("a.csv", "", "file"), ("a.pdf", "x", "name")] {
        assert_eq!(upload(&house, &cookie, name, text).await["field"], field);
    }
    for (name, text) in [("a.csv", "a,b\r\n1,2\r\n"), ("a.xlsx", "no workbook"), ("a.csv", HEAD)] {
        let import = upload(&house, &cookie, name, text).await;
        assert_eq!(import["state"], "failed", "{import}");
        assert!(!import["message"]["zh"].as_str().unwrap().is_empty());
        let id = import["id"].as_i64().unwrap();
        house
            .post(&format!("/order-imports/{id}/confirm"), &cookie, "{}")
            .await
            .refused(409, "order_import.state");
    }
    let viewer = house.sign_in("a.viewer").await;
    house.get("/order-imports", &viewer).await.refused(403, "permission.denied");
    // The platform's imports are not there for an operator.
    let platform = house.sign_in("admin").await;
    let import = upload(&house, &platform, "p.csv", file(&[row(9, 20)])).await;
    house
        .get(&format!("/order-imports/{}", import["id"]), &cookie)
        .await
        .refused(404, "order_import.not_found");
}

#[tokio::test]
async fn r5_3_2_guess_what_is_invoiced_or_beyond_ones_stations_is_not_taken_back() {
    let house = furnished().await;
    let cookie = house.sign_in("admin").await;
    let foreign = row(1, 8).replace("A-1", "B-1");
    let import = upload(&house, &cookie, "a.csv", file(&[foreign, row(2, 9)])).await;
    let import = step(&house, &cookie, &import, "confirm").await;
    assert_eq!(import["good"], 2, "{import}");
    let path = format!("/order-imports/{}/undo", import["id"]);
    // The platform's imports are not an operator's to take back.
    let own = house.sign_in("a.admin").await;
    house.post(&path, &own, "{}").await.refused(404, "order_import.not_found");
    let list = orders(&house, &cookie).await;
    let order = house.get(&format!("/orders/{}", list["items"][0]["id"]), &cookie).await.ok().json.clone();
    assert_eq!(
        (&order["brought_by"]["order_import_id"], &order["brought_by"]["note"]),
        (&import["id"], &"断网补录".into())
    );
    assert!(order["explanation"].to_string().contains("断网补录"), "{order}");
    let mut invoice = super::r5_5::invoice("KP20261123000009", 1);
    invoice.orders = vec![OrderId(order["id"].as_i64().unwrap())];
    house.app.engine.invoices_record(vec![invoice]).await.unwrap();
    house.post(&path, &cookie, "{}").await.refused(409, "order_import.settled");
    assert_eq!(orders(&house, &cookie).await["total"], 2, "nothing was touched");
    let still = house.get(&format!("/order-imports/{}", import["id"]), &cookie).await;
    assert_eq!(still.ok().json["state"], "imported");
    sound(&house).await;
}

#[tokio::test]
async fn r5_3_2_class_a_row_names_its_customer_and_its_fees() {
    let house = furnished().await;
    let cookie = house.sign_in("admin").await;
    let person = r#"{"name":"王五","phone":"13812345678","kind":"person"}"#;
    house.post("/customers", &cookie, person).await.ok();
    let head = "session_key,pile_code,connector_no,started_at,ended_at,flat_kwh,total_kwh,electricity_yuan,service_yuan,customer_phone,note";
    let with = |session: i64, hour: i64, fees: &str, phone: &str| {
        format!("{session},A-1,1,2026-11-20 {hour:02}:00,2026-11-20 {hour:02}:30,10,10,{fees},{phone},x")
    };
    let rows = [
        with(1, 8, "6,4", "13812345678"),
        with(2, 9, ",", ""),
        with(3, 10, "6.02,4", ""),
        with(4, 11, "6,3.9", ""),
        with(5, 12, "6,4", "13700000000"),
    ];
    let text = format!("{head}\r\n{}\r\n", rows.join("\r\n"));
    let import = upload(&house, &cookie, "a.csv", text).await;
    let fields: Vec<_> =
        import["faults"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
    let expected = ["electricity_yuan", "service_yuan", "customer_phone"];
    assert_eq!((&import["good"], fields), (&2.into(), expected.map(Value::from).to_vec()), "{import}");
    let import = step(&house, &cookie, &import, "confirm").await;
    let list = house.get("/orders?start_mode=import&phone=13812345678", &cookie).await;
    assert_eq!(
        (&list.ok().json["total"], &list.json["items"][0]["customer_name"]),
        (&1.into(), &"王五".into())
    );
    let person = house.get("/customers?name=王五", &cookie).await;
    assert_eq!(person.ok().json["items"][0]["total_fen"], 1_000);
    sound(&house).await;
    // Taken back, nothing of it is left at the customer either.
    step(&house, &cookie, &import, "undo").await;
    let person = house.get("/customers?name=王五", &cookie).await;
    assert_eq!(person.ok().json["items"][0]["order_count"], 0);
    sound(&house).await;
}
