//! R-4.2.3 充电建议 for drivers: near a place, with the reason, in their language; off for whoever does not want it.

use super::house::{House, houses};
use serde_json::{Value, json};

/// The first station stands in Wuhan.
async fn placed(house: &House) {
    let write = house.app.engine.store.write(None, |tx| {
        tx.execute("UPDATE station SET longitude_e6 = 114300000, latitude_e6 = 30600000 WHERE id = 1", &[])
    });
    write.await.unwrap();
}

async fn asked(house: &House, query: &str) -> super::house::Answer {
    house.get(&format!("/public/charging-advice?{query}"), "").await
}

#[tokio::test]
async fn r4_2_3_class_drivers_are_told_where_to_charge_and_why() {
    for house in houses().await {
        house.furnish().await;
        placed(&house).await;
        let near = asked(&house, "longitude_e6=114310000&latitude_e6=30600000").await;
        let items = near.ok().json["items"].as_array().unwrap();
        assert_eq!((items.len(), &near.json["off"]), (1, &json!(false)), "{}", near.text);
        let one = &items[0];
        assert_eq!((&one["station_name"], &one["price_e5"]), (&json!("甲站"), &json!(100_000)));
        assert!((900..1_000).contains(&one["distance_m"].as_i64().unwrap()), "{one}");
        assert_eq!((&one["free_permille"], &one["cheaper_at_ms"]), (&Value::Null, &Value::Null));
        assert_eq!(one["reason"], "现在没有空枪；每度 1.00 元");
        // Too far away, and closed.
        let far = asked(&house, "longitude_e6=114310000&latitude_e6=30600000&within_m=500").await;
        assert_eq!(far.ok().json["items"], json!([]));
        let write = house
            .app
            .engine
            .store
            .write(None, |tx| tx.execute("UPDATE station SET closed_from_ms = 1 WHERE id = 1", &[]));
        write.await.unwrap();
        let closed = asked(&house, "longitude_e6=114310000&latitude_e6=30600000").await;
        assert_eq!(closed.ok().json["items"], json!([]));
    }
}

#[tokio::test]
async fn r4_2_3_class_who_has_switched_it_off_is_told_nothing() {
    for house in houses().await {
        house.furnish().await;
        placed(&house).await;
        let admin = house.sign_in("admin").await;
        let draft = json!({"name": "王伟", "phone": "13800000001", "kind": "person", "fleet_id": null});
        let id = house.post("/customers", &admin, &draft.to_string()).await.ok().json["id"].clone();
        let path = format!("/customers/{id}/charging-advice?longitude_e6=114300000&latitude_e6=30600000");
        let told = house.get(&path, &admin).await;
        assert_eq!(told.ok().json["items"].as_array().unwrap().len(), 1, "{}", told.text);
        let switch = format!("/customers/{id}/advice");
        for _ in 0..2 {
            house.send("PUT", &switch, &admin, Some(r#"{"off":true}"#), &[]).await.ok();
        }
        let told = house.get(&path, &admin).await;
        assert_eq!((&told.ok().json["off"], &told.json["items"]), (&json!(true), &json!([])));
        house.send("PUT", &switch, &admin, Some(r#"{"off":false}"#), &[]).await.ok();
        assert_eq!(house.get(&path, &admin).await.ok().json["off"], false);
        let missing = "/customers/99999/charging-advice?longitude_e6=114300000&latitude_e6=30600000";
        house.get(missing, &admin).await.refused(404, "customer.not_found");
    }
}

#[tokio::test]
async fn r4_2_3_error_and_boundary_places_that_are_none() {
    let house = super::house::house().await;
    house.furnish().await;
    for (query, field) in [
        ("longitude_e6=180000001&latitude_e6=0", "longitude_e6"),
        ("longitude_e6=0&latitude_e6=0&within_m=99", "within_m"),
        ("longitude_e6=0&latitude_e6=0&within_m=50001", "within_m"),
    ] {
        let refused = asked(&house, query).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json["field"]),
            (400, &json!(field)),
            "{}",
            refused.text
        );
    }
    for within in [100, 50_000] {
        asked(&house, &format!("longitude_e6=0&latitude_e6=0&within_m={within}")).await.ok();
    }
}
