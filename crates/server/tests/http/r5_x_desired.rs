//! R-5.x: 期望状态 of piles and 配置模板, through the API.

use super::house::{House, houses};
use engine::audit::Actor;
use model::desired::DesiredState;
use model::id::PileCode;
use serde_json::{Value, json};

const KEY: &str = r#"[{"key":"HeartbeatInterval","value":"60"}]"#;

fn draft(more: &Value) -> String {
    let mut draft =
        json!({"name": "通用", "edition": "ocpp1.6", "entries": serde_json::from_str::<Value>(KEY).unwrap()});
    for (name, value) in more.as_object().unwrap() {
        draft[name] = value.clone();
    }
    draft.to_string()
}

async fn put(house: &House, path: &str, cookie: &str, body: &str) -> super::house::Answer {
    house.send("PUT", path, cookie, Some(body), &[]).await
}

async fn delete(house: &House, path: &str, cookie: &str) -> super::house::Answer {
    house.send("DELETE", path, cookie, None, &[]).await
}

async fn pile_id(house: &House, code: &str) -> model::id::PileId {
    let code = PileCode::parse(code).unwrap();
    house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap().id
}

async fn connect(house: &House, code: &str) {
    let (pile, from) = (pile_id(house, code).await, "10.0.0.1:1".to_owned());
    house.app.engine.pile_connected(pile, from, None).await.unwrap();
}

#[tokio::test]
async fn r5_x_class_a_profile_is_made_changed_and_taken_away_and_its_piles_know() {
    for house in houses().await {
        house.furnish().await;
        let (admin, own) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
        connect(&house, "A-1").await;
        let made = house.post("/configuration-profiles", &own, &draft(&json!({"pile_code": "A-1"}))).await;
        let id = made.ok().json["id"].as_i64().unwrap();
        let path = format!("/configuration-profiles/{id}");
        let one = house.get(&path, &own).await;
        assert_eq!(
            (&one.ok().json["pile_code"], &one.json["active"], &one.json["version"]),
            (&json!("A-1"), &json!(true), &json!(1))
        );
        let later = house.app.now().plus_ms(6_000);
        house.app.engine.desired_reconcile(later).await.unwrap();
        let list = house.get("/piles/A-1/desired", &own).await;
        let items = list.ok().json["items"].as_array().unwrap().clone();
        let key = items.iter().find(|one| one["item"] == "HeartbeatInterval").unwrap();
        assert_eq!(
            (&key["wished"], &key["profile_name"], &key["state"]),
            (&json!("60"), &json!("通用"), &json!("unknown"))
        );
        assert!(key["next_try_ms"].as_i64().unwrap() > later.as_ms(), "there is no link: later again");
        assert!(items.iter().any(|one| one["kind"] == "clock"));
        let out = house.get("/piles?drift=true", &own).await;
        assert_eq!((&out.ok().json["total"], &out.json["items"][0]["drift_count"]), (&json!(1), &json!(1)));
        assert_eq!(house.get("/piles?drift=false&code=A-1", &own).await.ok().json["total"], 0);
        let listed = house.get("/configuration-profiles", &own).await;
        assert_eq!(
            (&listed.ok().json["items"][0]["pile_count"], &listed.json["items"][0]["different_count"]),
            (&json!(1), &json!(1))
        );
        // A change, and one that is too late.
        let change = json!({"version": 1, "name": "改", "pile_code": "A-1", "active": true,
            "entries": [{"key": "HeartbeatInterval", "value": "90"}, {"key": "ConnectionTimeOut", "value": "45"}]});
        put(&house, &path, &own, &change.to_string()).await.ok();
        put(&house, &path, &own, &change.to_string()).await.refused(409, "configuration_profile.changed");
        house.app.engine.desired_reconcile(house.app.now().plus_ms(6_000)).await.unwrap();
        let list = house.get("/piles/A-1/desired", &own).await;
        let wished: Vec<_> = list.ok().json["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["kind"] == "configuration")
            .map(|one| one["wished"].clone())
            .collect();
        assert_eq!(wished, [json!("45"), json!("90")]);
        delete(&house, &path, &admin).await.ok();
        house.app.engine.desired_reconcile(house.app.now().plus_ms(6_000)).await.unwrap();
        assert_eq!(house.get("/piles?drift=true", &own).await.ok().json["total"], 0);
        let audit = house.get("/audit?noun=configuration_profile", &admin).await;
        assert_eq!(audit.ok().json["items"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn r5_x_boundary_the_nearest_wish_counts_and_attempts_become_rare() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        connect(&house, "A-1").await;
        let value = |value: &str| json!([{"key": "heartbeatinterval", "value": value}]);
        let all = draft(&json!({"name": "全部", "entries": value("100")}));
        house.post("/configuration-profiles", &admin, &all).await.ok();
        let mut station = json!({"name": "站", "station_id": 1, "entries": value("200")});
        let id =
            house.post("/configuration-profiles", &admin, &draft(&station)).await.ok().json["id"].clone();
        for more in [
            json!({"vendor": "Other"}),
            json!({"edition": "ocpp2", "entries": [{"key": "A.B", "value": "1"}]}),
        ] {
            house.post("/configuration-profiles", &admin, &draft(&more)).await.ok();
        }
        let wished = async || {
            house.app.engine.desired_reconcile(house.app.now().plus_ms(6_000)).await.unwrap();
            let list = house.get("/piles/A-1/desired", &admin).await;
            let items = list.ok().json["items"].as_array().unwrap().clone();
            items
                .into_iter()
                .filter(|one| one["kind"] == "configuration")
                .map(|one| one["wished"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(wished().await, [json!("200")]);
        station["active"] = json!(false);
        station["version"] = json!(1);
        put(&house, &format!("/configuration-profiles/{id}"), &admin, &station.to_string()).await.ok();
        assert_eq!(wished().await, [json!("100")]);
        // Nobody answers: 30 s, 2 min, 10 min, then every hour.
        let (pile, mut now) = (pile_id(&house, "A-1").await, house.app.now());
        let read = async || {
            let read = house.app.engine.store.read(move |conn| store::pile_desired::of_pile(conn, pile));
            read.await.unwrap().remove(0)
        };
        let mut attempts = Vec::new();
        for _ in 0..5 {
            let one = read().await;
            assert_eq!(one.state, DesiredState::Unknown);
            attempts.push(one.attempts);
            now = now.plus_ms(3_600_000);
            house.app.engine.desired_reconcile(now).await.unwrap();
        }
        assert_eq!(attempts, [1, 2, 3, 4, 5]);
    }
}

#[tokio::test]
async fn r5_x_guess_bad_profiles_and_piles_that_are_not_there() {
    for house in houses().await {
        house.furnish().await;
        let (admin, own) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
        let entries = |key: &str, value: &str| json!({"entries": [{"key": key, "value": value}]});
        let long = "x".repeat(501);
        for (more, field) in [
            (json!({"entries": []}), "entries"),
            (entries("", "1"), "entries"),
            (entries("Heart beat", "1"), "entries"),
            (entries("心跳", "1"), "entries"),
            (entries(&"K".repeat(51), "1"), "entries"),
            (entries("HeartbeatInterval", &long), "entries"),
            (entries("authorizationkey", "secret"), "entries"),
            (json!({"entries": [{"key": "A", "value": "1"}, {"key": "a", "value": "2"}]}), "entries"),
            (json!({"edition": "ocpp2"}), "entries"),
            (json!({"name": " "}), "name"),
            (json!({"pile_code": "NOBODY"}), "pile_code"),
            (json!({"station_id": 999}), "station_id"),
            (json!({"operator_id": 2, "pile_code": "A-1"}), "pile_code"),
        ] {
            let answer = house.post("/configuration-profiles", &admin, &draft(&more)).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json["field"]),
                (400, &json!(field)),
                "{more}: {}",
                answer.text
            );
        }
        // Another operator's pile is not there, nor is its profile.
        let answer = house.post("/configuration-profiles", &own, &draft(&json!({"pile_code": "B-1"}))).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["field"]),
            (400, &json!("pile_code")),
            "{}",
            answer.text
        );
        let made = house.post("/configuration-profiles", &admin, &draft(&json!({"pile_code": "B-1"}))).await;
        let path = format!("/configuration-profiles/{}", made.ok().json["id"]);
        assert_eq!(house.get(&path, &own).await.status.as_u16(), 404);
        assert_eq!(delete(&house, &path, &own).await.status.as_u16(), 404);
        for other in ["B-1", "NOBODY"] {
            assert_eq!(house.get(&format!("/piles/{other}/desired"), &own).await.status.as_u16(), 404);
            assert_eq!(
                house.post(&format!("/piles/{other}/desired/check"), &own, "").await.status.as_u16(),
                404
            );
        }
        house.post("/piles/A-1/desired/check", &own, "").await.refused(422, "pile.offline");
        let local = Actor::local();
        assert!(house.app.engine.pile_desired_check(&local, "A-1").await.is_err());
        let list = house.get("/piles/A-1/local-list", &own).await;
        assert_eq!(list.ok().json["cards"], json!([]));
    }
}
