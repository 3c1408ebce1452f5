//! R-5.s: 参数, business numbers that staff set while the server runs.

use super::house::{House, house, house_given, houses};
use engine::parameter::{Parameter, ParameterOrigin};
use model::money::Fen;
use serde_json::{Value, json};

async fn set(house: &House, cookie: &str, name: &str, body: Value) -> super::house::Answer {
    house.send("PATCH", &format!("/parameters/{name}"), cookie, Some(&body.to_string()), &[]).await
}

async fn get(house: &House, cookie: &str, name: &str) -> Value {
    house.get(&format!("/parameters/{name}"), cookie).await.ok().json.clone()
}

#[tokio::test]
async fn r5_s_class_a_parameter_holds_at_once_and_keeps_its_story() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let all = house.get("/parameters", &admin).await;
        assert_eq!(all.ok().json["total"], Parameter::all().count());
        let before = get(&house, &admin, "credit_fen").await;
        assert_eq!((&before["value"], &before["origin"]), (&json!(100_000), &json!("default")));
        let working = house.app.engine.rules();

        let body = json!({"version": before["version"], "value": 30_000, "reason": "节假日限额"});
        set(&house, &admin, "credit_fen", body.clone()).await.ok();
        assert_eq!(house.app.engine.rules().credit, Fen(30_000), "without a restart");
        assert_eq!(working.credit, Fen(100_000), "whoever has begun goes on with what they began with");
        let after = get(&house, &admin, "credit_fen").await;
        assert_eq!(
            (&after["value"], &after["set"], &after["origin"]),
            (&json!(30_000), &json!(30_000), &json!("console"))
        );
        assert_eq!(after["changed_by"], "admin先生");
        // The same again is stale; with the version that is there, back to the default.
        set(&house, &admin, "credit_fen", body).await.refused(409, "parameter.version_differs");
        let back = json!({"version": after["version"], "value": null, "reason": "节假日结束"});
        set(&house, &admin, "credit_fen", back).await.ok();
        assert_eq!(house.app.engine.rules().credit, Fen(100_000));

        let story = house.get("/parameters/credit_fen/changes", &admin).await;
        let lines = story.ok().json["items"].as_array().unwrap().clone();
        let told: Vec<_> =
            lines.iter().map(|line| (&line["before"], &line["after"], &line["reason"])).collect();
        assert_eq!(
            told,
            [
                (&json!(30_000), &Value::Null, &json!("节假日结束")),
                (&Value::Null, &json!(30_000), &json!("节假日限额")),
            ]
        );
        let log = house.get("/audit?action=parameter_update", &admin).await;
        assert_eq!(log.json["total"], 2);
        // After a restart it holds as well.
        let set_again = json!({"version": 3, "value": 45_000, "reason": "试运行"});
        set(&house, &admin, "credit_fen", set_again).await.ok();
        house.app.engine.parameters_load().await.unwrap();
        assert_eq!(house.app.engine.rules().credit, Fen(45_000));
    }
}

#[tokio::test]
async fn r5_s_class_parameters_are_found_and_what_the_server_was_started_with_is_shown() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let count = async |query: &str| {
        house.get(&format!("/parameters{query}"), &admin).await.ok().json["total"].clone()
    };
    assert_eq!(count("?group=retention").await, 4);
    assert_eq!(count("?name=CREDIT").await, 1, "in any case");
    assert_eq!(count("?name=%25").await, 0, "what was typed is no pattern");
    assert_eq!(count("?origin=environment").await, 0);
    house.get("/parameters?colour=red", &admin).await.refused(400, "field.invalid");
    assert_eq!(house.get("/settings", &admin).await.ok().json["total"], 0, "tests start with nothing");
    // An operator's own administrator has nothing to do with the platform's numbers.
    let theirs = house.sign_in("a.admin").await;
    house.get("/parameters", &theirs).await.refused(403, "scope.denied");
    house.get("/settings", &theirs).await.refused(403, "scope.denied");
}

#[tokio::test]
async fn r5_s_boundary_every_parameter_takes_its_least_and_its_most_and_nothing_beyond() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    // Of the administrators who are apart: who holds all powers may not set it, see r4_3_three.rs.
    for one in Parameter::all().filter(|one| one.name != "administrators_apart") {
        let mut version = 1;
        for value in [one.least - 1, one.most + 1, i64::MIN, i64::MAX] {
            let answer =
                set(&house, &admin, one.name, json!({"version": version, "value": value, "reason": "试"}))
                    .await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], "value", "{}", one.name);
        }
        for value in [one.least, one.most] {
            set(&house, &admin, one.name, json!({"version": version, "value": value, "reason": "试"}))
                .await
                .ok();
            version = get(&house, &admin, one.name).await["version"].as_i64().unwrap();
            assert_eq!(get(&house, &admin, one.name).await["value"], value, "{}", one.name);
        }
        set(&house, &admin, one.name, json!({"version": version, "value": null, "reason": "复原"}))
            .await
            .ok();
    }
    let reason = |text: &str| json!({"version": 1, "value": 5, "reason": text});
    for bad in ["", "  ", "a\u{7}b", &"长".repeat(201)] {
        let answer = set(&house, &admin, "credit_fen", reason(bad)).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "reason");
    }
}

#[tokio::test]
async fn r5_s_guess_what_the_environment_gives_is_stronger_and_nonsense_changes_nothing() {
    let house = house_given("credit_fen", 777, ParameterOrigin::Environment).await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let one = get(&house, &admin, "credit_fen").await;
    assert_eq!((&one["value"], &one["origin"]), (&json!(777), &json!("environment")));
    let answer = set(&house, &admin, "credit_fen", json!({"version": 1, "value": 5, "reason": "试"})).await;
    assert!(answer.refused(422, "parameter.given").text.contains("PILEOPS_CREDIT_FEN"));
    assert_eq!(house.app.engine.rules().credit, Fen(777));

    set(&house, &admin, "no_such", json!({"version": 1, "value": 5, "reason": "试"}))
        .await
        .refused(404, "parameter.not_found");
    for body in [
        "{}",
        "[]",
        "{\"version\":1,\"value\":\"7\",\"reason\":\"试\"}",
        "{\"version\":1,\"value\":1.5,\"reason\":\"试\"}",
        "nonsense",
    ] {
        let answer = house.send("PATCH", "/parameters/frame_days", &admin, Some(body), &[]).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
    }
    // Two people at once: one of them is told.
    let both = json!({"version": 1, "value": 400, "reason": "两人同时"});
    let (first, second) = tokio::join!(
        set(&house, &admin, "frame_days", both.clone()),
        set(&house, &admin, "frame_days", json!({"version": 1, "value": 500, "reason": "两人同时"}))
    );
    let refused = [&first, &second].into_iter().filter(|answer| answer.status == 409).count();
    assert_eq!(refused, 1, "{} {}", first.text, second.text);
    let kept = get(&house, &admin, "frame_days").await["value"].as_i64().unwrap();
    assert_eq!(house.app.engine.rules().frames_kept_ms, kept * model::time::DAY_MS);
    // Somebody may look and not set.
    let looking = house.sign_in("operations").await;
    get(&house, &looking, "frame_days").await;
    set(&house, &looking, "frame_days", both).await.refused(403, "permission.denied");
}
