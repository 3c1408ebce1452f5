//! what a running order will take and when it will end, with its band; and why nothing is said.

use super::house::{House, NOON, houses};
use model::energy::Energy;
use model::id::{OrderId, PileCode};
use model::order::OrderState;
use model::site::Pile;
use model::time::{HOUR_MS, MINUTE_MS, Timestamp};
use serde_json::{Value, json};
use std::time::Duration;

async fn pile(house: &House) -> Pile {
    let code = PileCode::parse("A-1").unwrap();
    house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap()
}

/// So many orders of 40 minutes and 20 kWh, give or take a tenth, one every hour before noon.
async fn charged(house: &House, count: i64) {
    let pile = pile(house).await;
    let write = house.app.engine.store.write(None, move |tx| {
        for n in 1..=count {
            let (at, more) = (NOON - n * HOUR_MS, n * 7 % 9 - 4);
            let mut order = super::orders::order(pile.id.0);
            (order.id, order.station, order.operator) = (OrderId(60_000 + n), pile.station, pile.operator);
            (order.created_at, order.started_at) = (Timestamp::from_ms(at), Timestamp::from_ms(at));
            order.ended_at = Some(Timestamp::from_ms(at + (40 + more) * MINUTE_MS));
            order.energy = Energy::from_dwh(200_000 + more * 5_000);
            tx.order_save(&order);
        }
        Ok(())
    });
    write.await.unwrap();
}

/// One that runs since ten minutes.
async fn running(house: &House) {
    let pile = pile(house).await;
    let write = house.app.engine.store.write(None, move |tx| {
        let mut order = super::orders::order(pile.id.0);
        (order.id, order.station, order.operator) = (OrderId(70_000), pile.station, pile.operator);
        order.started_at = Timestamp::from_ms(NOON - 10 * MINUTE_MS);
        (order.state, order.ended_at, order.energy) = (OrderState::Charging, None, Energy::from_dwh(0));
        tx.order_save(&order);
        Ok(())
    });
    write.await.unwrap();
}

async fn told(house: &House, cookie: &str, id: i64) -> Value {
    house.get(&format!("/orders/{id}/forecast"), cookie).await.ok().json.clone()
}

#[tokio::test]
async fn r4_2_3_class_a_running_order_is_forecast_with_its_band() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        charged(&house, 700).await;
        running(&house).await;
        assert_eq!(told(&house, &admin, 60_001).await["silence"], "not_running");
        assert_eq!(told(&house, &admin, 70_000).await["silence"], "learning", "nobody waits for it");
        let mut one = Value::Null;
        for _ in 0..600 {
            one = told(&house, &admin, 70_000).await;
            if one["silence"].is_null() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!((&one["silence"], &one["order_count"]), (&Value::Null, &json!(700)), "{one}");
        let number = |what: &str, edge: &str| one[what][edge].as_i64().unwrap();
        let energy = number("energy_dwh", "expected");
        assert!((150_000..=250_000).contains(&energy), "{one}");
        assert!(number("energy_dwh", "low") <= energy && energy <= number("energy_dwh", "high"));
        let minutes = (number("end_at_ms", "expected") - (NOON - 10 * MINUTE_MS)) / MINUTE_MS;
        assert!((30..=50).contains(&minutes), "{one}");
        assert!(number("end_at_ms", "low") >= NOON, "it does not end before now");
    }
}

#[tokio::test]
async fn r4_2_3_boundary_five_hundred_orders_are_needed_and_strange_ones_are_not_found() {
    let house = super::house::house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    charged(&house, 499).await;
    running(&house).await;
    let one = told(&house, &admin, 70_000).await;
    assert_eq!(
        (&one["silence"], &one["order_count"], &one["needed_count"]),
        (&json!("too_few"), &json!(499), &json!(500)),
        "{one}"
    );
    house.get("/orders/999999/forecast", &admin).await.refused(404, "order.not_found");
}
