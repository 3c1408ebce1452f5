//! R-5.3.2: orders are found by every figure that staff have in hand, sorted by what they look for, and
//! carry what staff write down.

use super::house::{House, house};
use super::orders::order;
use model::access::Role;
use model::energy::Energy;
use model::id::OrderId;
use model::money::Fen;
use model::order::StopClass;

/// Three orders of the first operator; the second ended by an emergency stop and has a car.
async fn charged() -> House {
    let house = house().await;
    house.furnish().await;
    house.staff("a.service", Role::Service, Some(1)).await;
    house.staff("b.admin", Role::Admin, Some(2)).await;
    let found = house
        .app
        .engine
        .store
        .read(|conn| conn.one("SELECT id FROM pile WHERE code = 'A-1'", &[], |row| row.int(0)));
    let pile = found.await.unwrap();
    let writing = house.app.engine.store.write(None, move |tx| {
        for n in 0..3i64 {
            let mut one = order(pile);
            one.id = OrderId(50 + n);
            one.energy = Energy::from_dwh([100_000, 300_000, 200_000][n as usize]);
            one.total = Fen([1_000, 3_000, 2_000][n as usize]);
            if n == 1 {
                (one.vin, one.stop_class) =
                    (Some("LSVAU2182C2180001".to_owned()), Some(StopClass::Emergency));
                one.connector = 2;
            }
            tx.order_save(&one);
        }
        Ok(())
    });
    writing.await.unwrap();
    house
}

async fn ids(house: &House, cookie: &str, query: &str) -> Vec<i64> {
    let list = house.get(&format!("/orders?totals=false&{query}"), cookie).await;
    list.ok().json["items"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn r5_3_2_class_orders_are_found_by_car_end_and_amount_and_sorted() {
    let house = charged().await;
    let admin = house.sign_in("admin").await;
    let fleet = house.post("/fleets", &admin, r#"{"name":"车队"}"#).await.ok().json["id"].clone();
    let car = r#"{"plate":"鄂AD90002","vin":"LSVAU2182C2180001"}"#;
    house.post(&format!("/fleets/{fleet}/cars"), &admin, car).await.ok();
    let cookie = house.sign_in("a.viewer").await;
    for (query, expected) in [
        ("vin=lsvau2182c2180001", vec![51]),
        ("plate=%E9%84%82ad90002", vec![51]),
        ("plate=%E9%84%82AD90003", vec![]),
        ("stop_class=emergency", vec![51]),
        ("connector_no=2", vec![51]),
        ("total_from_fen=1500&total_to_fen=2500", vec![52]),
        ("city_name=%E6%AD%A6&sort=-total_fen", vec![51, 52, 50]),
        ("sort=energy_dwh", vec![50, 52, 51]),
        ("sort=-energy_dwh", vec![51, 52, 50]),
    ] {
        assert_eq!(ids(&house, &cookie, query).await, expected, "{query}");
    }
    // The next page goes on behind the last row, by the same column.
    let first = house.get("/orders?sort=-energy_dwh&limit=2", &cookie).await;
    let cursor = first.ok().json["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(ids(&house, &cookie, &format!("sort=-energy_dwh&limit=2&cursor={cursor}")).await, [50]);
    let list = house.get("/orders?vin=LSVAU2182C2180001", &cookie).await;
    assert_eq!(list.json["items"][0]["vin"], "***180001", "personal data stays masked in a list");
    assert_eq!(list.json["items"][0]["plate"], "鄂A***02");
}

#[tokio::test]
async fn r5_3_2_boundary_ranges_include_both_ends_and_may_be_open() {
    let house = charged().await;
    let cookie = house.sign_in("a.viewer").await;
    for (query, count) in [
        ("energy_from_dwh=100000&energy_to_dwh=100000", 1),
        ("energy_from_dwh=100001", 2),
        ("energy_to_dwh=99999", 0),
        ("total_from_fen=3000", 1),
        ("total_from_fen=3001", 0),
    ] {
        assert_eq!(ids(&house, &cookie, query).await.len(), count, "{query}");
    }
    let note = |text: String| serde_json::json!({ "text": text }).to_string();
    let service = house.sign_in("a.service").await;
    house.post("/orders/50/notes", &service, &note("注".repeat(500))).await.ok();
    house.post("/orders/50/notes", &service, &note("注".repeat(501))).await.refused(400, "field.invalid");
    house.post("/orders/50/notes", &service, &note("  ".to_owned())).await.refused(400, "field.invalid");
}

#[tokio::test]
async fn r5_3_2_guess_wrong_words_are_told_and_notes_stay_with_their_author() {
    let house = charged().await;
    let cookie = house.sign_in("a.service").await;
    for (query, field) in [
        ("sort=price", "sort"),
        ("sort=-", "sort"),
        ("sort=energy_dwh&cursor=nonsense", "cursor"),
        ("phone=13", "phone"),
        ("plate=90002", "plate"),
        ("energy_from_dwh=2&energy_to_dwh=1", "energy_to_dwh"),
        ("total_from_fen=2&total_to_fen=1", "total_to_fen"),
    ] {
        let answer = house.get(&format!("/orders?{query}"), &cookie).await;
        answer.refused(400, "field.invalid");
        assert_eq!(answer.json["field"], field, "{query}");
    }
    house.post("/orders/50/notes", &cookie, r#"{"text":"车主来电：<b>费用</b>有疑问 😀"}"#).await.ok();
    let detail = house.get("/orders/50", &cookie).await;
    assert_eq!(detail.ok().json["notes"][0]["text"], "车主来电：<b>费用</b>有疑问 😀");
    assert!(detail.json["notes"][0]["staff_name"].as_str().unwrap().contains("a.service"));
    // Somebody who may only look writes nothing, and another operator's order is not there.
    let viewer = house.sign_in("a.viewer").await;
    house.post("/orders/50/notes", &viewer, r#"{"text":"x"}"#).await.refused(403, "permission.denied");
    let other = house.sign_in("b.admin").await;
    house.post("/orders/50/notes", &other, r#"{"text":"x"}"#).await.refused(404, "order.not_found");
}
