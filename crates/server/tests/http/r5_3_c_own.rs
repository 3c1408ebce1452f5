//! .c 自有计费模型: the tariff of a single pile, as pages and scripts ask.

use super::house::{House, houses, tariff};
use engine::audit::Actor;
use engine::pricing::TariffDraft;
use serde_json::{Value, json};

/// Two 云快充 piles at station 1, and a version that no station uses.
async fn furnished(house: &House) -> (String, i64) {
    house.furnish().await;
    let draft = TariffDraft { at_once: Some(false), ..tariff("专用") };
    let own = house.app.engine.tariff_create(&Actor::local(), draft).await.unwrap().0;
    let cookie = house.sign_in("admin").await;
    for code in ["32010600019001", "32010600019002"] {
        let pile = json!({"code": code, "name": code, "station_id": 1, "kind": "dc", "protocol": "ykc1.6",
            "rated_power_w": 60_000, "connector_count": 1, "password": null});
        house.post("/piles", &cookie, &pile.to_string()).await.ok();
    }
    (cookie, own)
}

async fn put(house: &House, cookie: &str, code: &str, body: Value) -> (u16, Value) {
    let answer =
        house.send("PUT", &format!("/piles/{code}/tariff"), cookie, Some(&body.to_string()), &[]).await;
    (answer.status.as_u16(), answer.json)
}

async fn pile(house: &House, cookie: &str, code: &str) -> Value {
    house.get(&format!("/piles/{code}"), cookie).await.ok().json.clone()
}

async fn codes(house: &House, cookie: &str, query: &str) -> Vec<String> {
    let list = house.get(&format!("/piles?code=320106&{query}"), cookie).await;
    let items = list.ok().json["items"].as_array().unwrap().clone();
    items.iter().map(|pile| pile["code"].as_str().unwrap().to_owned()).collect()
}

const ONE: &str = "32010600019001";
const TWO: &str = "32010600019002";

#[tokio::test]
async fn r5_3_c_class_a_pile_has_its_own_tariff_and_loses_it() {
    for house in houses().await {
        let (cookie, own) = furnished(&house).await;
        let before = pile(&house, &cookie, ONE).await;
        assert_eq!(before["own_tariff_from_ms"], Value::Null);
        let (status, body) =
            put(&house, &cookie, ONE, json!({"version": before["version"], "tariff_id": own})).await;
        assert_eq!(status, 204, "{body}");
        let after = pile(&house, &cookie, ONE).await;
        assert_eq!((&after["tariff"]["name"], &after["tariff"]["id"]), (&json!("专用"), &json!(own)));
        assert!(after["own_tariff_from_ms"].is_i64());
        assert_eq!(codes(&house, &cookie, "own_tariff=true").await, [ONE]);
        assert_eq!(codes(&house, &cookie, "own_tariff=false").await, [TWO]);
        assert_eq!(codes(&house, &cookie, "tariff_name=%E4%B8%93").await, [ONE], "by its name, fuzzily");
        assert_eq!(codes(&house, &cookie, "tariff_match=unknown").await, [ONE, TWO]);
        let used = house.get(&format!("/tariffs/{own}/piles"), &cookie).await;
        assert_eq!(used.ok().json["items"][0]["code"], ONE);
        let list = house.get("/tariffs", &cookie).await;
        let one = list.ok().json["items"].as_array().unwrap().iter().find(|one| one["id"] == own).unwrap();
        assert_eq!((&one["pile_count"], &one["station_count"]), (&json!(1), &json!(0)));
        // A plan of the station leaves it alone, and says so.
        let draft = TariffDraft { at_once: Some(false), ..tariff("另") };
        let third = house.app.engine.tariff_create(&Actor::local(), draft).await.unwrap().0;
        let plan = json!({"tariff_id": third, "station_ids": [1], "effective_ms": null, "reason": "调价"});
        let plan = house.post("/tariff-plans", &cookie, &plan.to_string()).await.ok().json["id"].clone();
        let states = house.get(&format!("/tariff-plans/{plan}/piles?code=3201"), &cookie).await;
        let states: Vec<&Value> =
            states.ok().json["items"].as_array().unwrap().iter().map(|pile| &pile["state"]).collect();
        assert_eq!(states, ["own", "offline"]);
        assert_eq!(pile(&house, &cookie, ONE).await["tariff"]["name"], "专用");
        assert_eq!(pile(&house, &cookie, TWO).await["tariff"]["name"], "另");
        // In a batch it is given to both, and taken away again.
        for (tariff_id, shown) in [(json!(own), "专用"), (Value::Null, "另")] {
            let batch = json!({"deed": "tariff_assign", "pile_codes": [ONE, TWO], "station_id": null, "tariff_id": tariff_id});
            let id = house.post("/pile-batches", &cookie, &batch.to_string()).await.ok().json["id"].clone();
            let path = format!("/pile-batches/{id}");
            for _ in 0..400 {
                if house.get(&path, &cookie).await.json["state"] != "running" {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            assert_eq!(house.get(&path, &cookie).await.json["done"], 2);
            for code in [ONE, TWO] {
                assert_eq!(pile(&house, &cookie, code).await["tariff"]["name"], shown);
            }
        }
        let audit = house.get("/audit?action=pile_tariff_set", &cookie).await;
        let rows = audit.ok().json["items"].as_array().unwrap();
        assert_eq!(rows.len(), 4, "the batch left the first alone: it had it");
        assert!(rows.iter().all(|row| row["detail"].to_string().contains("before")), "{}", audit.text);
    }
}

#[tokio::test]
async fn r5_3_c_boundary_the_version_that_was_read_and_the_same_again() {
    for house in houses().await {
        let (cookie, own) = furnished(&house).await;
        let version = pile(&house, &cookie, ONE).await["version"].as_i64().unwrap();
        for wrong in [version - 1, version + 1] {
            let (status, body) = put(&house, &cookie, ONE, json!({"version": wrong, "tariff_id": own})).await;
            assert_eq!((status, &body["code"]), (409, &json!("pile.changed")));
        }
        let (status, body) = put(&house, &cookie, ONE, json!({"version": version, "tariff_id": null})).await;
        assert_eq!(
            (status, &body["code"], &body["field"]),
            (409, &json!("pile.same_tariff"), &json!("tariff_id"))
        );
        assert_eq!(put(&house, &cookie, ONE, json!({"version": version, "tariff_id": own})).await.0, 204);
        assert_eq!(
            put(&house, &cookie, ONE, json!({"version": version + 1, "tariff_id": own})).await.1["code"],
            "pile.same_tariff"
        );
        assert_eq!(put(&house, &cookie, ONE, json!({"version": version, "tariff_id": null})).await.0, 409);
        // To have its station's version as its own is something else than to have its station's.
        let stations = pile(&house, &cookie, TWO).await;
        let own = stations["tariff"]["id"].clone();
        assert_eq!(
            put(&house, &cookie, TWO, json!({"version": stations["version"], "tariff_id": own})).await.0,
            204
        );
        assert_eq!(codes(&house, &cookie, "own_tariff=true").await, [ONE, TWO]);
    }
}

#[tokio::test]
async fn r5_3_c_guess_tariffs_and_piles_that_are_not_there() {
    for house in houses().await {
        let (cookie, own) = furnished(&house).await;
        let version = pile(&house, &cookie, ONE).await["version"].clone();
        for (tariff_id, status, field) in
            [(json!(99), 400, "tariff_id"), (json!(0), 400, "tariff_id"), (json!(-1), 400, "tariff_id")]
        {
            let (told, body) =
                put(&house, &cookie, ONE, json!({"version": version, "tariff_id": tariff_id})).await;
            assert_eq!((told, &body["field"]), (status, &json!(field)), "{body}");
        }
        for body in [
            json!({"version": version, "tariff_id": "一"}),
            json!({"tariff_id": own}),
            json!({"version": version, "tariff_id": own, "x": 1}),
        ] {
            assert_eq!(put(&house, &cookie, ONE, body).await.0, 400);
        }
        assert_eq!(
            put(&house, &cookie, "32010600019099", json!({"version": 1, "tariff_id": own})).await.0,
            404
        );
        assert_eq!(house.get("/tariffs/99/piles", &cookie).await.status, 404);
        assert_eq!(house.get("/piles?own_tariff=maybe", &cookie).await.status, 400);
        let batch = |tariff_id: Value| json!({"deed": "tariff_assign", "pile_codes": [ONE], "station_id": null, "tariff_id": tariff_id});
        let answer = house.post("/pile-batches", &cookie, &batch(json!(99)).to_string()).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["field"]),
            (400, &json!("tariff_id")),
            "{}",
            answer.text
        );
        let answer = house.post("/pile-batches/commands", &cookie, &batch(json!(own)).to_string()).await;
        assert_eq!((answer.status.as_u16(), &answer.json["field"]), (400, &json!("deed")));
        assert_eq!(codes(&house, &cookie, "own_tariff=true").await, Vec::<String>::new());
    }
}
