//! 批量操作: classes, boundaries and guesses, as pages and scripts ask.

use super::house::{Answer, House, houses};
use engine::audit::Actor;
use serde_json::{Value, json};
use std::time::Duration;

async fn begin(house: &House, cookie: &str, body: Value) -> Answer {
    let commands = ["reset_soft", "clock_set", "tariff_set"];
    let command = commands.iter().any(|deed| body["deed"] == *deed);
    let path = if command { "/pile-batches/commands" } else { "/pile-batches" };
    house.post(path, cookie, &body.to_string()).await
}

/// The batch once nothing of it is under way.
async fn ended(house: &House, cookie: &str, id: &Value) -> Value {
    for _ in 0..500 {
        let one = house.get(&format!("/pile-batches/{id}"), cookie).await.ok().json.clone();
        if one["state"] != "running" {
            return one;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("batch {id} does not end");
}

async fn rows(house: &House, cookie: &str, id: &Value) -> Vec<(String, String)> {
    let page = house.get(&format!("/pile-batches/{id}/rows"), cookie).await.ok().json.clone();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let items = page["items"].as_array().unwrap().clone();
    items.iter().map(|row| (text(row, "pile_code"), text(row, "state"))).collect()
}

fn refused(answer: &Answer, status: u16, code: &str, field: Option<&str>) {
    assert_eq!((answer.status.as_u16(), &answer.json["code"]), (status, &json!(code)), "{}", answer.text);
    assert_eq!(answer.json["field"].as_str(), field, "{}", answer.text);
}

#[tokio::test]
async fn r5_2_1_class_a_batch_runs_by_itself_and_is_found_again() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let codes = ["A-1", "A-2", "B-1"];
        let made =
            begin(&house, &cookie, json!({"deed": "disable", "pile_codes": codes, "station_id": null})).await;
        let id = made.ok().json["id"].clone();
        let one = ended(&house, &cookie, &id).await;
        let counts = ["total", "done", "failed", "cut"].map(|name| one[name].as_i64().unwrap());
        assert_eq!((counts, &one["state"]), ([3, 3, 0, 0], &json!("done")));
        assert!(one["staff_name"].as_str().is_some() && one["ended_at_ms"].is_i64());
        assert_eq!(house.get("/piles?lifecycle=disabled", &cookie).await.json["total"], 3);
        let list = house.get("/pile-batches?deed=disable&state=done&pile_code=b-", &cookie).await;
        assert_eq!(list.ok().json["items"][0]["id"], id);
        for none in ["deed=enable", "state=running", "pile_code=zz", "staff_name=无"] {
            assert_eq!(
                house.get(&format!("/pile-batches?{none}"), &cookie).await.ok().json["total"],
                0,
                "{none}"
            );
        }
        // Whoever looks after one operator's piles sees that part.
        let own = house.sign_in("a.viewer").await;
        assert_eq!(house.get(&format!("/pile-batches/{id}"), &own).await.ok().json["total"], 2);
        assert_eq!(rows(&house, &own, &id).await.len(), 2);
        // To another station of the same kind.
        let moved =
            begin(&house, &cookie, json!({"deed": "move", "pile_codes": ["A-1"], "station_id": 2})).await;
        assert_eq!(ended(&house, &cookie, &moved.ok().json["id"]).await["done"], 1);
        assert_eq!(house.get("/piles/A-1", &cookie).await.json["station_id"], 2);
        let audit = house.get("/audit?noun=pile_batch", &house.sign_in("admin").await).await;
        assert_eq!(audit.ok().json["items"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn r5_2_1_boundary_of_how_many_piles_and_of_what_is_missing() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let many = |n: usize| (0..n).map(|n| format!("X-{n}")).collect::<Vec<_>>();
        for codes in [many(0), many(501), many(500), vec!["A-1".to_owned(), "A-9".to_owned()]] {
            let answer =
                begin(&house, &cookie, json!({"deed": "enable", "pile_codes": codes, "station_id": null}))
                    .await;
            refused(&answer, 400, "field.invalid", Some("pile_codes"));
        }
        for station in [json!(null), json!(99)] {
            let answer =
                begin(&house, &cookie, json!({"deed": "move", "pile_codes": ["A-1"], "station_id": station}))
                    .await;
            refused(&answer, 400, "field.invalid", Some("station_id"));
        }
        let wrong = json!({"deed": "clock_set", "pile_codes": ["A-1"], "station_id": null}).to_string();
        refused(&house.post("/pile-batches", &cookie, &wrong).await, 400, "field.invalid", Some("deed"));
        assert_eq!(house.get("/pile-batches", &cookie).await.json["total"], 0, "nothing was begun");
        // One pile named twice is one.
        let twice = begin(
            &house,
            &cookie,
            json!({"deed": "enable", "pile_codes": ["A-1", "A-1"], "station_id": null}),
        )
        .await;
        assert_eq!(ended(&house, &cookie, &twice.ok().json["id"]).await["total"], 1);
    }
}

#[tokio::test]
async fn r5_2_1_guess_failures_stops_of_the_server_and_second_tries() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        // Piles that are off line: each says why, and all can be tried again.
        let made = begin(
            &house,
            &cookie,
            json!({"deed": "reset_soft", "pile_codes": ["A-1", "B-1"], "station_id": null}),
        )
        .await;
        let id = made.ok().json["id"].clone();
        assert_eq!(ended(&house, &cookie, &id).await["failed"], 2);
        let page = house.get(&format!("/pile-batches/{id}/rows?state=failed"), &cookie).await;
        assert!(page.ok().json["items"][0]["message"].as_str().unwrap().contains("离线"));
        house.post(&format!("/pile-batches/{id}/start"), &cookie, "").await.ok();
        assert_eq!(ended(&house, &cookie, &id).await["failed"], 2, "tried again, and failed again");
        refused(
            &house.post(&format!("/pile-batches/{id}/stop"), &cookie, "").await,
            409,
            "pile_batch.not_running",
            None,
        );
        // The server stops before a batch was begun: its rows are cut, and can be done later.
        let draft = engine::pile_batch::PileBatchDraft {
            deed: model::pile_batch::PileBatchDeed::Disable,
            pile_codes: vec!["A-1".to_owned(), "A-2".to_owned()],
            station_id: None,
            tariff_id: None,
            firmware_id: None,
            reached_by: None,
        };
        let cut = house.app.engine.pile_batch_create(&Actor::local(), draft).await.unwrap();
        refused(
            &house.post(&format!("/pile-batches/{cut}/start"), &cookie, "").await,
            409,
            "pile_batch.running",
            None,
        );
        assert_eq!(house.app.engine.pile_batches_interrupted().await.unwrap(), 2);
        let cut = json!(cut.0);
        assert_eq!(ended(&house, &cookie, &cut).await["cut"], 2);
        house.post(&format!("/pile-batches/{cut}/start"), &cookie, "").await.ok();
        assert_eq!(ended(&house, &cookie, &cut).await["done"], 2);
        refused(
            &house.post(&format!("/pile-batches/{cut}/start"), &cookie, "").await,
            409,
            "pile_batch.nothing_left",
            None,
        );
        // A right that is missing, and another's batch.
        let viewer = house.sign_in("viewer").await;
        assert_eq!(
            begin(&house, &viewer, json!({"deed": "enable", "pile_codes": ["A-1"], "station_id": null}))
                .await
                .status,
            403
        );
        refused(
            &house.post(&format!("/pile-batches/{cut}/start"), &viewer, "").await,
            403,
            "pile_batch.denied",
            None,
        );
        assert_eq!(house.get("/pile-batches/999", &cookie).await.status, 404);
    }
}
