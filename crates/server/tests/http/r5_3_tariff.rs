//! 调价计划 and 计费模型是否一致: classes, boundaries and guesses, as pages and scripts ask.

use super::house::{Answer, House, NOON, houses, tariff};
use engine::audit::Actor;
use engine::pricing::TariffDraft;
use model::device::{DeviceEvent, Outcome};
use model::id::{CommandId, PileCode, PileId};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;

/// The furnished house with a second version that no station uses, and a 云快充 pile at station 1.
async fn furnished(house: &House) -> (String, i64, PileId) {
    house.furnish().await;
    let draft = TariffDraft { at_once: Some(false), ..tariff("分时") };
    let second = house.app.engine.tariff_create(&Actor::local(), draft).await.unwrap().0;
    let cookie = house.sign_in("admin").await;
    let pile = json!({"code": "32010600019001", "name": "快充一", "station_id": 1, "kind": "dc",
        "protocol": "ykc1.6", "rated_power_w": 60_000, "connector_count": 1, "password": null});
    house.post("/piles", &cookie, &pile.to_string()).await.ok();
    let code = PileCode::parse("32010600019001").unwrap();
    let pile = house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await;
    (cookie, second, pile.unwrap().unwrap().id)
}

async fn plan(house: &House, cookie: &str, body: Value) -> Answer {
    house.post("/tariff-plans", cookie, &body.to_string()).await
}

async fn say(house: &House, pile: PileId, event: DeviceEvent) {
    let inbound = engine::device::Inbound {
        pile,
        received_at: house.clock.now(),
        event,
        kind: "0x05",
        bytes: vec![1],
        render: Box::new(|_, _| Vec::new()),
    };
    house.app.engine.device(inbound).await.answer.unwrap();
}

async fn matching(house: &House, cookie: &str, word: &str) -> Vec<String> {
    let list = house.get(&format!("/piles?tariff_match={word}"), cookie).await;
    let items = list.ok().json["items"].as_array().unwrap().clone();
    items.iter().map(|pile| pile["code"].as_str().unwrap().to_owned()).collect()
}

fn refused(answer: &Answer, status: u16, code: &str, field: &str) {
    assert_eq!((answer.status.as_u16(), &answer.json["code"]), (status, &json!(code)), "{}", answer.text);
    assert_eq!(answer.json["field"], field, "{}", answer.text);
    assert!(!answer.json["message"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn r5_3_class_a_change_is_planned_takes_effect_and_reaches_every_pile() {
    for house in houses().await {
        let (cookie, second, pile) = furnished(&house).await;
        let engine = &house.app.engine;
        let body = json!({"tariff_id": second, "station_ids": [1], "effective_ms": NOON + HOUR, "reason": "夏季电价"});
        let id = plan(&house, &cookie, body).await.ok().json["id"].clone();
        let one = house.get(&format!("/tariff-plans/{id}"), &cookie).await.ok().json.clone();
        assert_eq!(
            (&one["state"], &one["reason"], &one["version_no"]),
            (&json!("scheduled"), &json!("夏季电价"), &json!(2))
        );
        assert_eq!(one["concerned"][0]["name"], "甲站");
        assert_eq!(one["blocks_starts"], false);
        let line = house.get("/stations/1/tariffs", &cookie).await.ok().json["items"].clone();
        assert_eq!(
            (&line[0]["planned"], &line[0]["plan_id"], &line[1]["version_no"]),
            (&json!(true), &id, &json!(1))
        );
        // The pile comes, with the version that is shown now.
        let version =
            engine.store.read(|conn| store::tariffs::version(conn, model::id::TariffId(1))).await.unwrap();
        engine.pile_connected(pile, "10.0.0.1:1".to_owned(), None).await.unwrap();
        assert_eq!(matching(&house, &cookie, "unknown").await, ["32010600019001"]);
        say(&house, pile, DeviceEvent::TariffChecked { model_no: version.model_no }).await;
        assert_eq!(matching(&house, &cookie, "same").await, ["32010600019001"]);
        house.clock.advance(std::time::Duration::from_secs(3_600));
        let (now, cookie) = (house.clock.now(), house.sign_in("admin").await);
        assert_eq!(server::jobs::tariffs::advance(&house.app, now).await.unwrap(), (1, 1));
        assert_eq!(server::jobs::tariffs::advance(&house.app, now).await.unwrap().0, 0);
        assert_eq!(matching(&house, &cookie, "different").await, ["32010600019001"]);
        // No link of that pile is there, so that the attempt is lost and another has its time.
        let rows = house.get(&format!("/tariff-plans/{id}/piles"), &cookie).await.ok().json["items"].clone();
        let row = rows.as_array().unwrap().iter().find(|row| row["code"] == "32010600019001").unwrap();
        assert_eq!((&row["state"], &row["attempts"]), (&json!("waiting"), &json!(1)), "{row}");
        assert_eq!(row["next_try_ms"], now.as_ms() + 60_000);
        assert!(row["message"].as_str().unwrap().contains("离线"));
        let open = house.get("/tariff-plans?unfinished=true", &cookie).await;
        assert_eq!(open.ok().json["items"][0]["id"], id);
        say(&house, pile, DeviceEvent::TariffAsked).await;
        assert_eq!(matching(&house, &cookie, "same").await, ["32010600019001"]);
        assert_eq!(house.get("/tariff-plans?unfinished=true", &cookie).await.json["total"], 0);
        let list = house.get("/tariff-plans?state=effective&station_name=甲&tariff_name=分", &cookie).await;
        let piles = list.ok().json["items"][0]["piles"].clone();
        assert_eq!(piles, json!([{"state": "not_needed", "count": 2}, {"state": "confirmed", "count": 1}]));
        let audit = house.get("/audit?noun=tariff_plan", &cookie).await.ok().json["items"].clone();
        assert_eq!(audit.as_array().unwrap().len(), 2, "planned, and put into effect");
    }
}

#[tokio::test]
async fn r5_3_boundary_moments_reasons_and_how_many() {
    for house in houses().await {
        let (cookie, second, _) = furnished(&house).await;
        let year = 366 * 24 * HOUR;
        for (ahead, fine) in [(-1, false), (0, false), (1, true), (year, true), (year + 1, false)] {
            let body = json!({"tariff_id": second, "station_ids": [1], "effective_ms": NOON + ahead, "reason": "调"});
            let answer = plan(&house, &cookie, body).await;
            if !fine {
                refused(&answer, 400, "field.invalid", "effective_ms");
                continue;
            }
            let path = format!("/tariff-plans/{}/withdrawal", answer.ok().json["id"]);
            house.post(&path, &cookie, "{\"reason\":\"改期\"}").await.ok();
        }
        for (reason, fine) in [("", false), ("调", true), (&"长".repeat(201), false)] {
            let body = json!({"tariff_id": second, "station_ids": [2], "effective_ms": NOON + HOUR, "reason": reason});
            let answer = plan(&house, &cookie, body).await;
            match fine {
                true => drop(answer.ok()),
                false => refused(&answer, 400, "field.invalid", "reason"),
            }
        }
        for stations in [json!([]), json!((1..=2_001).collect::<Vec<_>>()), json!([9_999])] {
            let body =
                json!({"tariff_id": second, "station_ids": stations, "effective_ms": null, "reason": "调"});
            refused(&plan(&house, &cookie, body).await, 400, "field.invalid", "station_ids");
        }
        // The same moment twice, and the same version again.
        let body = json!({"tariff_id": 1, "station_ids": [2], "effective_ms": NOON + HOUR, "reason": "调"});
        refused(&plan(&house, &cookie, body).await, 409, "tariff_plan.overlaps", "station_ids");
        let body =
            json!({"tariff_id": second, "station_ids": [2], "effective_ms": NOON + 2 * HOUR, "reason": "调"});
        refused(&plan(&house, &cookie, body).await, 409, "tariff_plan.nothing_new", "station_ids");
    }
}

#[tokio::test]
async fn r5_3_guess_late_withdrawals_foreign_stations_and_queued_commands() {
    for house in houses().await {
        let (cookie, second, pile) = furnished(&house).await;
        let body = json!({"tariff_id": second, "station_ids": [1, 2], "effective_ms": NOON + HOUR, "reason": "调价"});
        let id = plan(&house, &cookie, body.clone()).await.ok().json["id"].clone();
        // Staff of one operator see their part, and cannot take back what concerns others too.
        let own = house.sign_in("a.viewer").await;
        let seen = house.get(&format!("/tariff-plans/{id}"), &own).await;
        assert_eq!(seen.ok().json["concerned"].as_array().unwrap().len(), 1);
        assert_eq!(seen.json["station_count"], 1);
        let path = format!("/tariff-plans/{id}/withdrawal");
        assert_eq!(house.post(&path, &own, "{\"reason\":\"x\"}").await.status, 403);
        house.clock.advance(std::time::Duration::from_secs(3_600));
        let cookie = house.sign_in("admin").await;
        let late = house.post(&path, &cookie, "{\"reason\":\"来不及了\"}").await;
        assert_eq!((late.status.as_u16(), &late.json["code"]), (409, &json!("tariff_plan.in_effect")));
        // A command to a pile that is not there is kept for later, not refused.
        let code = "32010600019001";
        let sent = house
            .post(&format!("/piles/{code}/commands?wait_ms=1000"), &cookie, "{\"kind\":\"tariff_set\"}")
            .await;
        assert_eq!(sent.ok().json["state"], "deferred", "{}", sent.text);
        assert!(sent.json["message"].as_str().unwrap().contains("排队"));
        // What the pile says of itself counts: an old answer of an unknown command changes nothing.
        let unknown = house.app.engine.command_ended(CommandId(999), Outcome::TimedOut).await;
        assert!(unknown.is_err());
        engine_told(&house, pile, 0).await;
        assert_eq!(matching(&house, &cookie, "different").await, [code], "it has none");
        let bad = house.get("/piles?tariff_match=wrong", &cookie).await;
        assert_eq!(bad.status, 400);
        let bad = house.get("/tariff-plans?from_ms=2&to_ms=1", &cookie).await;
        refused(&bad, 400, "field.invalid", "to_ms");
        assert_eq!(house.get("/stations/99/tariffs", &cookie).await.status, 404);
        assert_eq!(house.get("/tariff-plans/99/piles", &cookie).await.status, 404);
    }
}

async fn engine_told(house: &House, pile: PileId, model_no: u16) {
    say(house, pile, DeviceEvent::TariffChecked { model_no }).await;
}
