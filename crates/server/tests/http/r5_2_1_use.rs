//! 充电桩: when a pile came into service, piles that nobody uses, and what they are made of.

use super::house::{House, NOON, houses};
use super::r5_2_1::codes;
use model::time::{DAY_MS, Timestamp};
use serde_json::Value;
use std::time::Duration;

async fn enabled_at(house: &House, cookie: &str, code: &str) -> Value {
    house.get(&format!("/piles/{code}"), cookie).await.ok().json["enabled_at_ms"].clone()
}

/// An order on A-1 that begins at `started_at`.
async fn used(house: &House, started_at: Timestamp) {
    let find =
        |conn: &mut store::Conn| conn.one("SELECT id FROM pile WHERE code = 'A-1'", &[], |row| row.int(0));
    let pile = house.app.engine.store.read(find).await.unwrap();
    let writing = house.app.engine.store.write(None, move |tx| {
        let order = model::order::Order { started_at, ..super::orders::order(pile) };
        tx.order_save(&order);
        Ok(())
    });
    writing.await.unwrap();
}

const DAY: Duration = Duration::from_millis(DAY_MS as u64);

#[tokio::test]
async fn r5_2_1_class_when_a_pile_came_into_service_is_kept_and_sorted_by() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        assert_eq!(enabled_at(&house, &cookie, "A-1").await, Value::Null, "registered, never in service");
        let patch = async |cookie: &str, code: &str, version: i64, lifecycle: &str| {
            let body = format!("{{\"version\":{version},\"lifecycle\":\"{lifecycle}\"}}");
            house.send("PATCH", &format!("/piles/{code}"), cookie, Some(&body), &[]).await.ok();
        };
        patch(&cookie, "A-1", 1, "enabled").await;
        assert_eq!(enabled_at(&house, &cookie, "A-1").await, NOON);
        house.clock.advance(DAY);
        let cookie = house.sign_in("admin").await;
        patch(&cookie, "A-1", 2, "disabled").await;
        patch(&cookie, "B-1", 1, "enabled").await;
        assert_eq!(enabled_at(&house, &cookie, "A-1").await, NOON, "what left service once came into it");
        let sorted = house.get("/piles?sort=-enabled_at_ms", &cookie).await;
        assert_eq!(codes(&sorted)[..2], ["B-1", "A-1"]);
        house.clock.advance(DAY);
        let cookie = house.sign_in("admin").await;
        patch(&cookie, "A-1", 3, "enabled").await;
        assert_eq!(enabled_at(&house, &cookie, "A-1").await, NOON + 2 * DAY_MS);
    }
}

#[tokio::test]
async fn r5_2_1_boundary_unused_piles_are_those_without_an_order_for_so_many_days() {
    for house in houses().await {
        house.furnish().await;
        used(&house, Timestamp::from_ms(NOON)).await;
        house.clock.advance(7 * DAY);
        let cookie = house.sign_in("viewer").await;
        let unused =
            async |days: i64| codes(&house.get(&format!("/piles?unused_days={days}"), &cookie).await);
        assert_eq!(unused(7).await, ["A-2", "B-1", "B-2"], "to the millisecond");
        house.clock.advance(Duration::from_millis(1));
        assert_eq!(unused(7).await, ["A-1", "A-2", "B-1", "B-2"]);
        assert_eq!(unused(8).await, ["A-2", "B-1", "B-2"]);
        let both = house.get("/piles?unused_days=8&station_name=甲", &cookie).await;
        assert_eq!(codes(&both), ["A-2"]);
        for days in ["1", "3650"] {
            house.get(&format!("/piles?unused_days={days}"), &cookie).await.ok();
        }
        for days in ["0", "3651", "-1"] {
            let answer = house.get(&format!("/piles?unused_days={days}"), &cookie).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], "unused_days", "{days}");
        }
    }
}

#[tokio::test]
async fn r5_2_1_guess_piles_that_told_nothing_of_themselves_are_not_found_by_it() {
    for house in houses().await {
        house.furnish().await;
        let told = house.app.engine.store.write(None, |tx| {
            tx.execute("UPDATE pile SET vendor = 'Star Charge', model = 'DC-120', firmware = 'V4.1.52' WHERE code = 'B-2'", &[])
        });
        told.await.unwrap();
        let cookie = house.sign_in("viewer").await;
        for (query, found) in [
            ("vendor=star", vec!["B-2"]),
            ("model=dc-1", vec!["B-2"]),
            ("firmware=v4.1", vec!["B-2"]),
            ("vendor=star&firmware=V5", vec![]),
            ("vendor=%25", vec![]),
            ("firmware=_4", vec![]),
        ] {
            assert_eq!(codes(&house.get(&format!("/piles?{query}"), &cookie).await), found, "{query}");
        }
        house.get("/piles?unused_days=a", &cookie).await.refused(400, "field.invalid");
        // Another operator's order is no reason for anybody to be seen.
        used(&house, Timestamp::from_ms(NOON)).await;
        let own = house.sign_in("a.viewer").await;
        assert_eq!(codes(&house.get("/piles?unused_days=1", &own).await), ["A-2"]);
    }
}
