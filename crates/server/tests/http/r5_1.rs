//! the home page.

use super::house::{House, NOON, houses};
use model::id::{OperatorId, PileId, StationId};
use model::{energy::Energy, money::Fen};
use serde_json::json;
use store::rollups::Ended;

/// Orders of today: `good` of `all` really charged.
async fn charged(house: &House, station: StationId, operator: i64, all: i64, good: i64, energy: i64) {
    let work = move |tx: &mut store::Tx<'_>| {
        for n in 0..all {
            tx.order_count(Ended {
                pile: PileId(station.0),
                station,
                operator: OperatorId(operator),
                customer: None,
                started_at: model::time::Timestamp::from_ms(super::house::NOON),
                ended_at: model::time::Timestamp::from_ms(super::house::NOON),
                day: 20_261_123,
                hour: 9,
                success: n < good,
                energy: Energy::from_dwh(energy),
                electricity: Fen(60),
                service: Fen(40),
                total: Fen(100),
                discount: Fen(0),
                occupancy: Fen(0),
            });
        }
        Ok(())
    };
    house.app.engine.store.write(None, work).await.unwrap();
}

fn names(list: &serde_json::Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn r5_1_class_rankings_name_the_best_and_the_worst_and_pins_show_their_station() {
    for house in houses().await {
        let [one, two] = house.furnish().await;
        charged(&house, one, 1, 20, 18, 10_000).await;
        charged(&house, two, 2, 40, 20, 1_000).await;
        let cookie = house.sign_in("operations").await;
        let home = house.get("/home", &cookie).await;
        let rankings = &home.ok().json["rankings"];
        assert_eq!(names(&rankings["energy"]), ["甲站", "乙站"]);
        assert_eq!(names(&rankings["amount"]), ["乙站", "甲站"]);
        assert_eq!(names(&rankings["failure"]), ["乙站", "甲站"]);
        assert_eq!(rankings["failure"][0]["failure_permille"], 500);
        // 20 kWh of two piles of 60 kW over six days and thirteen hours: 1 of 1000.
        assert_eq!(rankings["utilisation"][0]["utilisation_permille"], 1);
        let pinned = house.get(&format!("/home/stations?ids={},{}", two.0, one.0), &cookie).await;
        let items = pinned.ok().json["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), 2);
        let first = items.as_array().unwrap().iter().find(|s| s["name"] == "甲站").unwrap();
        assert_eq!((&first["pile_count"], &first["today_energy_dwh"]), (&json!(2), &json!(200_000)));
        assert_eq!(home.json["now_ms"], NOON);
    }
}

#[tokio::test]
async fn r5_1_boundary_of_judged_stations_and_pins() {
    for house in houses().await {
        let [one, two] = house.furnish().await;
        charged(&house, one, 1, 10, 9, 100).await;
        charged(&house, two, 2, 9, 0, 100).await;
        let cookie = house.sign_in("viewer").await;
        let home = house.get("/home", &cookie).await.json;
        assert_eq!(names(&home["rankings"]["failure"]), ["甲站"], "nine orders judge nobody");
        assert_eq!(names(&home["rankings"]["energy"]), ["甲站", "乙站"]);
        let ids = |n: i64| (1..=n).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        house.get(&format!("/home/stations?ids={}", ids(20)), &cookie).await.ok();
        let many = house.get(&format!("/home/stations?ids={}", ids(21)), &cookie).await;
        assert_eq!(many.refused(400, "field.invalid").json["field"], "ids");
        assert_eq!(house.get("/home/stations?ids=", &cookie).await.ok().json["items"], json!([]));
    }
}

#[tokio::test]
async fn r5_1_guess_wrong_ids_and_another_operators_stations() {
    for house in houses().await {
        let [one, two] = house.furnish().await;
        charged(&house, two, 2, 30, 1, 100).await;
        let cookie = house.sign_in("a.viewer").await;
        for ids in ["x", "1;2", "1,,x", "99999999999999999999", "1%20OR%201=1"] {
            let answer = house.get(&format!("/home/stations?ids={ids}"), &cookie).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], "ids", "{ids}");
        }
        let seen = house.get(&format!("/home/stations?ids={},{},-1", one.0, two.0), &cookie).await;
        assert_eq!(names(&seen.ok().json["items"]), ["甲站"]);
        let home = house.get("/home", &cookie).await.json;
        for list in ["energy", "amount", "utilisation", "failure"] {
            assert_eq!(home["rankings"][list], json!([]), "{list}");
        }
    }
}
