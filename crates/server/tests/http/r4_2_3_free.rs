//! free connectors in the next hour: learned from the station's own orders, with its back-test; why nothing is
//! said; and what drivers are told.

use super::house::{House, NOON, houses};
use model::id::PileCode;
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use serde_json::{Value, json};

/// At the first connector of A-1 a car charges in the first forty minutes of every even hour, for so many days.
async fn charged(house: &House, days: i64) {
    let code = PileCode::parse("A-1").unwrap();
    let engine = &house.app.engine;
    let pile = engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap();
    let write = engine.store.write(None, move |tx| {
        for slot in 1..=days * 12 {
            let at = NOON - slot * 2 * HOUR_MS;
            let mut order = super::orders::order(pile.id.0);
            (order.id, order.station, order.operator) =
                (model::id::OrderId(50_000 + slot), pile.station, pile.operator);
            order.session = None;
            order.connector = 1;
            order.created_at = Timestamp::from_ms(at);
            order.started_at = Timestamp::from_ms(at);
            order.ended_at = Some(Timestamp::from_ms(at + 40 * MINUTE_MS));
            order.energy = model::energy::Energy::from_dwh(200_000);
            tx.order_save(&order);
        }
        Ok(())
    });
    write.await.unwrap();
}

async fn connected(house: &House, code: &str) {
    let code = PileCode::parse(code).unwrap();
    let engine = &house.app.engine;
    let pile = engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap();
    engine.pile_connected(pile.id, "10.0.0.1:1".to_owned(), None).await.unwrap();
}

async fn shown(house: &House, cookie: &str) -> Value {
    house.get("/stations/1/free-connectors", cookie).await.ok().json.clone()
}

#[tokio::test]
async fn r4_2_3_class_free_connectors_are_forecast_with_their_back_test() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        assert_eq!(shown(&house, &admin).await["silence"], "not_learned");
        charged(&house, 50).await;
        server::jobs::begin_now(&house.app, "turnover_learn").await.unwrap();
        assert_eq!(shown(&house, &admin).await["silence"], "unheard", "its piles are away");
        let public = house.get("/public/stations/1/free-connectors", "").await;
        assert_eq!(public.ok().json["forecasts"], json!([]));
        connected(&house, "A-1").await;
        assert_eq!(shown(&house, &admin).await["silence"], "unheard", "half of its piles");
        connected(&house, "A-2").await;
        super::r6_1a::says(&house, "A-1", None).await;
        let told = shown(&house, &admin).await;
        assert_eq!(
            (&told["basis"], &told["free_count"], &told["silence"]),
            (&json!("station"), &json!(1), &Value::Null),
            "{told}"
        );
        assert!(told["order_count"].as_i64().unwrap() >= 500, "{told}");
        let ahead: Vec<i64> = told["forecasts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["minutes"].as_i64().unwrap())
            .collect();
        assert_eq!(ahead, [15, 30, 60]);
        for one in told["forecasts"].as_array().unwrap() {
            let (low, high) = (one["low"].as_i64().unwrap(), one["high"].as_i64().unwrap());
            assert!(low <= high && one["any_permille"].as_i64().unwrap() <= 1_000, "{one}");
        }
        let tests = told["tests"].as_array().unwrap();
        assert!(tests.len() == 3 && tests[0]["moment_count"].as_i64().unwrap() > 300, "{told}");
        assert!(tests[2]["error_milli"].as_i64() < tests[2]["naive_error_milli"].as_i64(), "{told}");
        // The overview's list says the same of each station, read at once.
        let list = house.get("/free-connectors", &admin).await.ok().json.clone();
        let row = list["items"].as_array().unwrap().iter().find(|one| one["station_id"] == 1).unwrap();
        assert_eq!(row["forecasts"], told["forecasts"]);
        assert_eq!(
            (&row["free_count"], &row["connector_count"], &row["silence"]),
            (&told["free_count"], &told["connector_count"], &Value::Null)
        );
        // Drivers are told the same, and nothing of how it came about.
        let public = house.get("/public/stations/1/free-connectors", "").await;
        assert_eq!(public.ok().json["forecasts"], told["forecasts"]);
        assert!(public.json.get("tests").is_none() && public.json.get("order_count").is_none());
        house.get("/public/stations/999/free-connectors", "").await.refused(404, "station.not_found");
        // Three days later nothing new was learned.
        house.app.engine.clock.advance(std::time::Duration::from_millis((3 * DAY_MS + 1).unsigned_abs()));
        let admin = house.sign_in("admin").await;
        assert_eq!(shown(&house, &admin).await["silence"], "stale");
    }
}

#[tokio::test]
async fn r4_2_3_boundary_a_hundred_orders_are_needed() {
    for (days, silence) in [(8, json!("not_learned")), (9, Value::Null)] {
        let house = super::house::house().await;
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        charged(&house, days).await;
        connected(&house, "A-1").await;
        connected(&house, "A-2").await;
        server::jobs::begin_now(&house.app, "turnover_learn").await.unwrap();
        assert_eq!(shown(&house, &admin).await["silence"], silence, "{} orders", days * 12);
    }
}
