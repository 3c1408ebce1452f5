//! the map by state, kind and power, and its heat.

use super::house::{House, house, houses};
use serde_json::json;

async fn counted(house: &House, cookie: &str, query: &str) -> (i64, i64) {
    let answer = house.get(&format!("/map?level=station&{query}"), cookie).await;
    let told = &answer.ok().json;
    (told["station_count"].as_i64().unwrap(), told["counts"]["pile_count"].as_i64().unwrap())
}

/// Station 1 in Wuhan, with an order that ended today and one of twenty days ago.
async fn charged(house: &House, cookie: &str) {
    let body = json!({"version": 1, "name": "甲站", "city_code": "420100", "address": "一路1号", "tariff_id": 1,
        "facilities": [], "longitude_e6": 114_305_400, "latitude_e6": 30_593_100});
    house.send("PATCH", "/stations/1", cookie, Some(&body.to_string()), &[]).await.ok();
    let write = house.app.engine.store.write(None, |tx| {
        for (day, energy) in [(20_261_123, 300_000), (20_261_103, 100_000)] {
            tx.execute(
                "INSERT INTO station_day (day, station_id, operator_id, order_count, success_count, energy_dwh, \
                 electricity_fen, service_fen, total_fen) VALUES ($1, 1, 1, 5, 3, $2, 0, 0, 0)",
                &[day.into(), energy.into()],
            )?;
        }
        Ok(())
    });
    write.await.unwrap();
}

#[tokio::test]
async fn r5_2_2_class_piles_are_counted_by_state_kind_and_power() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        for (query, expected) in [
            ("", (2, 4)),
            ("kind=dc", (2, 4)),
            ("kind=ac", (0, 0)),
            ("state=offline", (2, 4)),
            ("state=available", (0, 0)),
            ("power_from_w=1", (2, 4)),
            ("power_from_w=10000000", (0, 0)),
            ("power_to_w=1", (0, 0)),
            ("kind=dc&state=offline&station_name=%E7%94%B2", (1, 2)),
        ] {
            assert_eq!(counted(&house, &cookie, query).await, expected, "{query}");
        }
    }
}

#[tokio::test]
async fn r5_2_2_class_the_heat_is_the_sum_of_the_days_that_are_asked_for() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        charged(&house, &cookie).await;
        for (query, points, most) in [
            ("", 1, 300_000),
            ("measure=energy&days=30", 1, 400_000),
            ("measure=orders&days=30", 1, 10),
            ("measure=failures", 1, 2),
            ("station_name=%E4%B9%99", 0, 0),
        ] {
            let heat = house.get(&format!("/map/heat?{query}"), &cookie).await;
            assert_eq!(heat.ok().json["points"].as_array().unwrap().len(), points, "{query}");
            assert_eq!((&heat.json["most"], &heat.json["sum"]), (&json!(most), &json!(most)), "{query}");
        }
        assert_eq!(house.get("/map/ground", &cookie).await.ok().json["datum"], "wgs84");
        // Nothing of another operator's.
        house.staff("b.viewer", model::access::Role::Viewer, Some(2)).await;
        let theirs = house.sign_in("b.viewer").await;
        assert_eq!(house.get("/map/heat", &theirs).await.ok().json["points"], json!([]));
    }
}

#[tokio::test]
async fn r5_2_2_boundary_days_and_powers_have_their_range() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    for days in [0, 32, -7] {
        let answer = house.get(&format!("/map/heat?days={days}"), &cookie).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "days");
    }
    for days in [1, 31] {
        house.get(&format!("/map/heat?days={days}"), &cookie).await.ok();
    }
    house.get("/map?power_from_w=7000&power_to_w=7000", &cookie).await.ok();
    let answer = house.get("/map?power_from_w=7001&power_to_w=7000", &cookie).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "power_to_w");
}

#[tokio::test]
async fn r5_2_2_guess_words_that_are_none_are_refused() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    for query in ["state=broken", "kind=hydrogen", "power_from_w=fast"] {
        house.get(&format!("/map?{query}"), &cookie).await.refused(400, "field.invalid");
    }
    house.get("/map/heat?measure=noise", &cookie).await.refused(400, "field.invalid");
}
