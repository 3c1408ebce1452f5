//! 经营建议: made from figures that are shown, decided once by people, measured beside others, never carried out.

use super::house::{House, NOON, houses};
use model::time::{DAY_MS, HOUR_MS, Timestamp, Zone};
use serde_json::{Value, json};
use std::time::Duration;

/// What an hour of a station brings, in kWh; a yuan each.
async fn sold(
    house: &House,
    station: i64,
    (from, to): (i64, i64),
    course: impl Fn(i64) -> i64 + Send + 'static,
) {
    let now = house.app.engine.clock.now();
    let write = house.app.engine.store.write(None, move |tx| {
        for back in from..=to {
            let day = Zone::shanghai().local(now.plus_ms(-back * DAY_MS)).day;
            for hour in 0..24 {
                let kwh = course(hour);
                tx.execute(
                    "INSERT INTO station_hour (day, hour, station_id, operator_id, order_count, success_count, \
                     energy_dwh, electricity_fen, service_fen, total_fen) VALUES ($1, $2, $3, $3, 1, 1, $4, 0, $5, $5)",
                    &[day.into(), hour.into(), station.into(), (kwh * 10_000).into(), (kwh * 100).into()],
                )?;
            }
        }
        Ok(())
    });
    write.await.unwrap();
}

async fn made(house: &House) {
    house.app.engine.advice_make(house.app.engine.clock.now()).await.unwrap();
}

async fn listed(house: &House, cookie: &str, query: &str) -> Vec<Value> {
    house.get(&format!("/advice?{query}"), cookie).await.ok().json["items"].as_array().unwrap().clone()
}

async fn decide(house: &House, cookie: &str, one: &Value, body: Value) -> super::house::Answer {
    let mut body = body;
    body["version"] = one["version"].clone();
    house.send("PATCH", &format!("/advice/{}", one["id"]), cookie, Some(&body.to_string()), &[]).await
}

fn figure(one: &Value, name: &str) -> i64 {
    let facts = one["facts"].as_array().unwrap();
    facts.iter().find(|fact| fact["figure"] == name).unwrap()["value"].as_i64().unwrap()
}

/// Two piles of 60 kW: a night in which nothing comes, and a day.
fn course(hour: i64) -> i64 {
    if hour < 6 { 1 } else { 30 }
}

#[tokio::test]
async fn r4_2_3_class_advice_is_made_once_shown_with_its_figures_and_decided() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        sold(&house, 1, (1, 28), course).await;
        for _ in 0..2 {
            made(&house).await;
        }
        let all = listed(&house, &admin, "state=new").await;
        assert_eq!(all.len(), 1, "once, however often it is made: {all:?}");
        let one = all[0].clone();
        assert_eq!((&one["kind"], &one["station_name"]), (&json!("price_down"), &json!("甲站")));
        assert_eq!(
            (figure(&one, "from_hour"), figure(&one, "to_hour"), figure(&one, "day_count")),
            (0, 6, 28)
        );
        assert_eq!(figure(&one, "price_e5"), 100_000);
        assert_eq!(one["expected"]["basis"], "rule", "no change of price of its own");
        let home = house.get("/home", &admin).await;
        assert_eq!(home.ok().json["todo"]["new_advice_count"], 1);
        // The tariff is as it was: nothing is done by itself.
        assert_eq!(house.get("/tariff-plans", &admin).await.ok().json["total"], 0);
        let refused = decide(&house, &admin, &one, json!({"state": "dismissed"})).await;
        assert_eq!((refused.status.as_u16(), &refused.json["field"]), (400, &json!("reason")));
        let refused = decide(&house, &admin, &one, json!({"state": "expired", "reason": "x"})).await;
        assert_eq!(refused.json["field"], "state");
        decide(&house, &admin, &one, json!({"state": "dismissed", "reason": "合同约定价格"})).await.ok();
        let stale = decide(&house, &admin, &one, json!({"state": "taken"})).await;
        assert_eq!((stale.status.as_u16(), &stale.json["code"]), (409, &json!("advice.version_differs")));
        made(&house).await;
        assert!(listed(&house, &admin, "state=new").await.is_empty(), "what was decided rests");
        let path = format!("/advice/{}", one["id"]);
        let told = house.get(&path, &admin).await;
        assert_eq!(
            (&told.ok().json["state"], &told.json["reason"], &told.json["decided_by"]),
            (&json!("dismissed"), &json!("合同约定价格"), &json!("admin先生"))
        );
        // Another operator's staff see nothing of it; who may not change stations does not decide.
        house.staff("b.admin", model::access::Role::Admin, Some(2)).await;
        let theirs = house.sign_in("b.admin").await;
        assert!(listed(&house, &theirs, "").await.is_empty());
        house.get(&path, &theirs).await.refused(404, "advice.not_found");
        let viewer = house.sign_in("viewer").await;
        assert_eq!(decide(&house, &viewer, &one, json!({"state": "taken"})).await.status.as_u16(), 403);
    }
}

#[tokio::test]
async fn r4_2_3_class_what_no_longer_holds_expires_and_what_was_taken_is_measured() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        sold(&house, 1, (1, 28), course).await;
        sold(&house, 2, (1, 28), |_| 10).await;
        made(&house).await;
        let one = listed(&house, &admin, "state=new").await.remove(0);
        decide(&house, &admin, &one, json!({"state": "taken"})).await.ok();
        // Sixteen days later: the station sells a fifth more by day, the other one a tenth more.
        house.app.engine.clock.advance(Duration::from_millis((16 * DAY_MS).unsigned_abs()));
        let admin = house.sign_in("admin").await;
        sold(&house, 1, (1, 15), |hour| if hour < 6 { 1 } else { 36 }).await;
        sold(&house, 2, (1, 15), |_| 11).await;
        made(&house).await;
        let told = house.get(&format!("/advice/{}", one["id"]), &admin).await;
        let effect = &told.ok().json["effect"];
        assert_eq!((&effect["day_count"], &effect["other_count"]), (&json!(14), &json!(1)), "{}", told.text);
        assert_eq!(
            (&effect["before_dwh"], &effect["after_dwh"]),
            (&json!((6 + 18 * 30) * 10_000), &json!((6 + 18 * 36) * 10_000))
        );
        assert_eq!(
            (&effect["others_before_dwh"], &effect["others_after_dwh"]),
            (&json!(2_400_000), &json!(2_640_000))
        );
        assert_eq!(effect["net_permille"], 197 - 100);
        // One that is new and no longer holds has expired.
        let pile = super::samples_healing::advised_by_code(&house, "A-1").await;
        made(&house).await;
        assert_eq!(house.get(&format!("/advice/{pile}"), &admin).await.ok().json["state"], "expired");
    }
}

#[tokio::test]
async fn r4_2_3_class_piles_whose_alarms_stay_are_advised_to_be_looked_at() {
    for house in houses().await {
        house.furnish().await;
        super::r6_1a::says(&house, "A-1", Some("GroundFailure")).await;
        house.app.engine.clock.advance(Duration::from_millis((25 * HOUR_MS).unsigned_abs()));
        made(&house).await;
        let admin = house.sign_in("admin").await;
        let all = listed(&house, &admin, "kind=maintain&station_name=甲").await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((all[0]["pile_code"].as_str(), figure(&all[0], "alarm_hours")), (Some("A-1"), 25));
        assert!(listed(&house, &admin, "kind=coupon").await.is_empty());
        let at = Timestamp::from_ms(NOON);
        assert!(all[0]["made_at_ms"].as_i64().unwrap() > at.as_ms());
    }
}
