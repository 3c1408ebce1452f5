//! 首次使用引导: each step is done when the thing is there, and the guide is put away for all.

use super::house::{House, house, houses};
use super::orders::order;
use model::access::Role;
use model::energy::Energy;
use model::id::OrderId;
use model::order::OrderState;
use serde_json::{Value, json};

async fn run(house: &House, cookie: &str) -> Value {
    house.get("/first-run", cookie).await.ok().json["run"].clone()
}

/// Nothing but the administrator.
async fn empty(house: &House) -> String {
    house.staff("admin", Role::Admin, None).await;
    house.sign_in("admin").await
}

async fn ordered(house: &House, id: i64, state: OrderState, dwh: i64) {
    let written = house.app.engine.store.write(None, move |tx| {
        let pile =
            tx.read(|conn| conn.one("SELECT id FROM pile ORDER BY id LIMIT 1", &[], |row| row.int(0)))?;
        let mut one = order(pile);
        (one.id, one.state, one.energy) = (OrderId(id), state, Energy::from_dwh(dwh));
        tx.order_save(&one);
        Ok(())
    });
    written.await.unwrap();
}

#[tokio::test]
async fn r6_4_class_every_step_is_done_when_its_thing_is_there() {
    for house in houses().await {
        let cookie = empty(&house).await;
        let nothing = run(&house, &cookie).await;
        assert_eq!((&nothing["empty"], &nothing["dismissed"]), (&json!(true), &json!(false)));
        for step in ["operator", "city", "station", "tariff", "pile", "charged", "newest"] {
            assert_eq!(nothing[step], Value::Null, "{step}");
        }
        let post = async |path: &str, body: Value| {
            house.post(path, &cookie, &body.to_string()).await.ok().json.clone()
        };
        let operator = post("/operators", json!({"name": "江城充电"})).await["id"].clone();
        let now = run(&house, &cookie).await;
        assert_eq!((&now["operator"]["name"], &now["empty"]), (&json!("江城充电"), &json!(false)));
        post("/cities", json!({"codes": ["420100"]})).await;
        assert_eq!(run(&house, &cookie).await["city"]["code"], "420100");

        let place =
            json!({"name": "江城站", "operator_id": operator, "city_code": "420100", "address": "一路1号"});
        let station = post("/stations", place).await["id"].clone();
        let rate = |period: &str| json!({"period": period, "electricity_price_e5": 100_000, "service_price_e5": 40_000});
        let rates: Vec<Value> = ["sharp", "peak", "flat", "valley"].map(rate).to_vec();
        let tariff = json!({"name": "统一价", "periods": vec!["flat"; 48], "rates": rates});
        let tariff = post("/tariffs", tariff).await["id"].clone();
        let now = run(&house, &cookie).await;
        assert_eq!((&now["station"]["name"], &now["station"]["tariff"]), (&json!("江城站"), &Value::Null));
        assert_eq!(now["tariff"]["name"], "统一价", "it is there, and no station has it");
        post("/tariff-plans", json!({"tariff_id": tariff, "station_ids": [station], "effective_ms": null, "reason": "首次使用"})).await;
        assert_eq!(run(&house, &cookie).await["station"]["tariff"]["name"], "统一价");

        let pile = json!({"code": "FIRST-1", "name": "一号桩", "station_id": station, "kind": "dc", "protocol": "ocpp1.6",
            "rated_power_w": 60_000, "connector_count": 1, "password": null});
        post("/piles", pile).await;
        let now = run(&house, &cookie).await;
        assert_eq!(
            (&now["pile"]["code"], &now["pile"]["last_seen_ms"]),
            (&json!("FIRST-1"), &Value::Null),
            "it has not come"
        );
        assert_eq!((&now["pile"]["has_password"], &now["pile"]["online"]), (&json!(true), &json!(false)));

        // A try that gave nothing is told, and is no first charge.
        ordered(&house, 41, OrderState::Failed, 0).await;
        ordered(&house, 42, OrderState::Completed, 0).await;
        let now = run(&house, &cookie).await;
        assert_eq!((&now["newest"]["id"], &now["charged"]), (&json!(42), &Value::Null));
        ordered(&house, 43, OrderState::Completed, 1).await;
        ordered(&house, 44, OrderState::Charging, 9_000).await;
        let now = run(&house, &cookie).await;
        assert_eq!((&now["charged"]["id"], &now["charged"]["energy_dwh"]), (&json!(43), &json!(1)));
        assert_eq!((&now["charged"]["pile_code"], &now["newest"]["id"]), (&json!("FIRST-1"), &json!(44)));
    }
}

#[tokio::test]
async fn r6_4_class_whoever_knocked_last_is_told_and_a_pile_that_came_is_here() {
    let house = house().await;
    let cookie = empty(&house).await;
    let knock = |code: &str, at: i64| store::unknown_piles::UnknownPile {
        code: code.to_owned(),
        protocol: "ocpp1.6".to_owned(),
        remote_address: "10.0.0.9".to_owned(),
        first_seen_ms: at,
        last_seen_ms: at,
        attempts: 1,
        vendor: None,
        model: None,
    };
    assert_eq!(house.get("/first-run", &cookie).await.ok().json["knocked"], Value::Null);
    for (code, at) in [("WRONG-1", 5), ("WRONG-2", 7)] {
        let one = knock(code, at);
        house.app.engine.store.write(None, move |tx| store::unknown_piles::note(tx, &one)).await.unwrap();
    }
    let told = house.get("/first-run", &cookie).await;
    assert_eq!(told.ok().json["knocked"]["code"], "WRONG-2");
    // Nothing listens in this test: no port is told, and none is called a local one.
    assert_eq!(
        (&told.json["doors"]["ykc_port"], &told.json["doors"]["http_is_local"]),
        (&Value::Null, &json!(false))
    );
}

#[tokio::test]
async fn r6_4_class_the_guide_is_put_away_once_and_for_all() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        assert_eq!(run(&house, &cookie).await["dismissed"], false);
        for _ in 0..2 {
            house.send("PUT", "/first-run/dismissal", &cookie, None, &[]).await.ok();
        }
        assert_eq!(run(&house, &cookie).await["dismissed"], true);
        let audit = house.get("/audit?noun=first_run", &cookie).await;
        let rows = audit.ok().json["items"].as_array().unwrap().clone();
        assert_eq!(rows.len(), 1, "once: {rows:?}");
        assert_eq!(rows[0]["action"], "first_run_dismiss");
        // The staff of one operator are not led through what belongs to the platform.
        let theirs = house.sign_in("a.admin").await;
        house.get("/first-run", &theirs).await.refused(403, "scope.denied");
        house.send("PUT", "/first-run/dismissal", &theirs, None, &[]).await.refused(403, "scope.denied");
        let viewer = house.sign_in("viewer").await;
        house.get("/first-run", &viewer).await.refused(403, "permission.denied");
    }
}
