//! what stations will probably deliver, beside the naive forecast, and why there is none.

use super::house::{House, NOON, house, houses};
use model::time::{DAY_MS, Timestamp, Zone};
use serde_json::{Value, json};
use std::time::Duration;

/// An hour's energy is what its time of the day and its weekday make of it, ±10 % by its number.
fn energy(day: i64, hour: i64) -> i64 {
    let course = [1, 1, 1, 1, 1, 2, 4, 6, 8, 7, 6, 7, 9, 8, 6, 5, 6, 8, 10, 9, 7, 5, 3, 2];
    let usual = course[hour as usize] * 100_000 * if day % 7 < 2 { 2 } else { 1 };
    usual + usual * ((day * 31 + hour * 17) % 21 - 10) / 100
}

/// So many whole days of hours before today, and those of today until now, at station 1.
async fn sold(house: &House, days: i64) {
    let write = house.app.engine.store.write(None, move |tx| {
        for back in 0..=days {
            let local = Zone::shanghai().local(Timestamp::from_ms(NOON - back * DAY_MS));
            for hour in 0..if back == 0 { local.hour } else { 24 } {
                let sold = energy(days - back, hour);
                tx.execute(
                    "INSERT INTO station_hour (day, hour, station_id, operator_id, order_count, success_count, \
                     energy_dwh, electricity_fen, service_fen, total_fen) VALUES ($1, $2, 1, 1, 1, 1, $3, 0, $4, $4)",
                    &[local.day.into(), hour.into(), sold.into(), (sold / 100).into()],
                )?;
            }
        }
        Ok(())
    });
    write.await.unwrap();
}

/// Runs the job and waits for its end.
async fn made(house: &House, cookie: &str) -> Value {
    house.post("/jobs/forecast_make/runs", cookie, "").await.ok();
    loop {
        let job = house.get("/jobs/forecast_make", cookie).await.ok().json.clone();
        if job["last"]["state"] != "running" {
            return job["last"].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn shown(house: &House, cookie: &str, station: i64) -> Value {
    house.get(&format!("/stations/{station}/forecast"), cookie).await.ok().json.clone()
}

#[tokio::test]
async fn r4_2_3_class_a_station_is_forecast_beside_the_naive_forecast() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let before = shown(&house, &admin, 1).await;
        assert_eq!((&before["made_at_ms"], &before["hours"]), (&Value::Null, &json!([])), "not made yet");
        sold(&house, 70).await;
        let run = made(&house, &admin).await;
        assert_eq!((&run["state"], &run["done_count"]), (&json!("done"), &json!(2)), "{run}");
        let told = shown(&house, &admin, 1).await;
        assert_eq!(told["station_name"], "甲站");
        assert_eq!(told["known_hours"], 70 * 24 + 12);
        let hours = told["hours"].as_array().unwrap();
        assert_eq!((hours.len(), &hours[0]["at_ms"]), (168, &json!(NOON)));
        for (at, hour) in hours.iter().enumerate() {
            let number = |name: &str| hour[name].as_i64().unwrap();
            assert!(number("low_dwh") <= number("energy_dwh") && number("energy_dwh") <= number("high_dwh"));
            let due = energy(70 + (12 + at as i64) / 24, (12 + at as i64) % 24);
            assert!((number("energy_dwh") - due).abs() <= due / 2, "{at}: {hour} for {due}");
        }
        for test in ["day", "week"] {
            let (off, naive) = (&told[test]["error_dwh"], &told[test]["naive_error_dwh"]);
            assert!(off.as_i64().unwrap() < naive.as_i64().unwrap(), "{test}: {off} against {naive}");
            assert!(
                (600..=1000).contains(&told[test]["inside_permille"].as_i64().unwrap()),
                "{}",
                told[test]
            );
        }
        assert_eq!(told["past"].as_array().unwrap().len(), 7 * 24 + 12, "the hour that runs is not shown");
        let month = &told["month"];
        assert_eq!(month["month"], 202_611);
        assert!(month["so_far_fen"].as_i64().unwrap() > 0 && month["month_count"].as_i64().unwrap() >= 1);
        assert!(month["total_fen"].as_i64() > month["so_far_fen"].as_i64());
        // Made again it is the same: nothing depends on chance.
        made(&house, &admin).await;
        assert_eq!(shown(&house, &admin, 1).await["hours"], told["hours"]);
    }
}

#[tokio::test]
async fn r4_2_3_boundary_four_weeks_are_needed() {
    for (days, hours) in [(27, 0), (28, 168)] {
        let house = house().await;
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        sold(&house, days).await;
        let run = made(&house, &admin).await;
        let told = shown(&house, &admin, 1).await;
        assert_eq!(told["hours"].as_array().unwrap().len(), hours, "{days} days: {run}");
        assert_eq!((&told["needed_hours"], told["made_at_ms"].is_null()), (&json!(672), false));
        let other = shown(&house, &admin, 2).await;
        assert_eq!(
            (&other["known_hours"], &other["hours"]),
            (&json!(0), &json!([])),
            "nothing was sold there"
        );
        let word = if hours == 0 {
            "预测了 0 座充电站；另有 2 座"
        } else {
            "预测了 1 座充电站；另有 1 座"
        };
        assert!(run["message"]["zh"].as_str().unwrap().contains(word), "{run}");
    }
}

#[tokio::test]
async fn r4_2_3_guess_others_stations_and_strange_ones_are_not_found() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    house.get("/stations/999/forecast", &admin).await.refused(404, "station.not_found");
    house.staff("b.viewer", model::access::Role::Viewer, Some(2)).await;
    let theirs = house.sign_in("b.viewer").await;
    house.get("/stations/1/forecast", &theirs).await.refused(404, "station.not_found");
}
