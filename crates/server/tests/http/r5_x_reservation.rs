//! R-5.x: 预约 of a connector, through the API.

use super::house::{House, NOON, houses};
use model::id::PileCode;
use model::reservation::ReservationState;
use model::time::Timestamp;
use serde_json::{Value, json};
use store::reservations::Reservation;

const MINUTE: i64 = 60_000;

async fn pile_id(house: &House, code: &str) -> model::id::PileId {
    let code = PileCode::parse(code).unwrap();
    house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap().id
}

/// Both operators' first piles are on line; cards of each standing.
async fn furnished(house: &House) -> [String; 2] {
    house.furnish().await;
    for code in ["A-1", "B-1"] {
        let pile = pile_id(house, code).await;
        house.app.engine.pile_connected(pile, "10.0.0.1:1".to_owned(), None).await.unwrap();
    }
    let cookies = [house.sign_in("admin").await, house.sign_in("a.admin").await];
    for (tag, status) in [("CARD1", "accepted"), ("LOST", "blocked")] {
        let card =
            json!({"tag": tag, "status": status, "group": null, "expires_at_ms": null, "sessions_max": 1});
        house.post("/cards", &cookies[0], &card.to_string()).await.ok();
    }
    cookies
}

fn draft(more: &Value) -> String {
    let mut draft = json!({"connector_no": 1, "card_tag": "CARD1", "until_ms": NOON + 30 * MINUTE});
    for (name, value) in more.as_object().unwrap() {
        draft[name] = value.clone();
    }
    draft.to_string()
}

async fn kept(house: &House, id: i64, code: &str, connector: u16) -> i64 {
    let pile = pile_id(house, code).await;
    let one = Reservation {
        id,
        pile,
        connector,
        tag: "CARD1".to_owned(),
        group: None,
        customer: None,
        state: ReservationState::Accepted,
        until: Timestamp::from_ms(NOON + 30 * MINUTE),
        note: "贵宾".to_owned(),
        message: None,
        order: None,
        command: None,
        staff: None,
        created_at: Timestamp::from_ms(NOON),
        ended_at: None,
    };
    let write = house.app.engine.store.write(Some(pile), move |tx| {
        store::reservations::save(tx, &one)?;
        tx.with_pile(pile, |_, hot| {
            hot.reserved.push(one.clone());
            Ok(())
        })
    });
    write.await.unwrap();
    id
}

#[tokio::test]
async fn r5_x_class_a_connector_is_reserved_shown_and_freed() {
    for house in houses().await {
        let [admin, own] = furnished(&house).await;
        // There is a row of the pile and no link: the answer says so.
        let asked = house.post("/piles/A-1/reservations", &own, &draft(&json!({"note": "贵宾"}))).await;
        assert_eq!((asked.status.as_u16(), &asked.json["state"]), (201, &json!("refused")), "{}", asked.text);
        assert!(asked.json["message"].as_str().unwrap().contains("没有送达"), "{}", asked.text);
        let ours = kept(&house, 900, "A-1", 1).await;
        let theirs = kept(&house, 901, "B-1", 2).await;
        let all = house.get("/reservations", &admin).await;
        assert_eq!(all.ok().json["total"], 3);
        let list = house.get("/reservations?state=accepted&tag=card&pile_code=a-1", &own).await;
        assert_eq!(
            (&list.ok().json["total"], &list.json["items"][0]["id"], &list.json["items"][0]["tag"]),
            (&json!(1), &json!(ours), &json!("****ARD1"))
        );
        assert_eq!(house.get("/reservations?station_name=乙", &own).await.ok().json["total"], 0);
        let page = house.get("/reservations?limit=1", &admin).await;
        let cursor = page.ok().json["next_cursor"].as_str().unwrap().to_owned();
        let next = house.get(&format!("/reservations?limit=1&cursor={cursor}"), &admin).await;
        assert_ne!(next.ok().json["items"][0]["id"], page.json["items"][0]["id"]);
        let pile = house.get("/piles/A-1", &own).await;
        assert_eq!(pile.ok().json["connectors"][0]["reservation"]["id"], ours);
        assert_eq!(pile.json["connectors"][1]["reservation"], Value::Null);
        // Nobody starts there from afar meanwhile, nor reserves it again.
        let start = r#"{"kind":"start","connector_no":1}"#;
        house.post("/piles/A-1/commands", &own, start).await.refused(409, "connector.reserved");
        house.post("/piles/A-1/reservations", &own, &draft(&json!({}))).await.refused(409, "connector.busy");
        let path = format!("/reservations/{ours}/cancellation");
        assert_eq!(house.post(&path, &own, "").await.ok().status.as_u16(), 204);
        house.post(&path, &own, "").await.refused(409, "reservation.over");
        let other = format!("/reservations/{theirs}/cancellation");
        house.post(&other, &own, "").await.refused(404, "reservation.not_found");
        let pile = house.get("/piles/A-1", &own).await;
        assert_eq!(pile.ok().json["connectors"][0]["reservation"], Value::Null);
        let audit = house.get("/audit?noun=reservation", &admin).await;
        assert_eq!(audit.ok().json["items"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn r5_x_boundary_a_minute_to_a_day_and_a_note_of_200() {
    for house in houses().await {
        let [_, own] = furnished(&house).await;
        let note = "注".repeat(200);
        for (more, status) in [
            (json!({"until_ms": NOON + MINUTE - 1}), 400),
            (json!({"until_ms": NOON + MINUTE}), 201),
            (json!({"until_ms": NOON + 24 * 60 * MINUTE}), 201),
            (json!({"until_ms": NOON + 24 * 60 * MINUTE + 1}), 400),
            (json!({"note": note}), 201),
            (json!({"note": format!("{note}注")}), 400),
            (json!({"connector_no": 2}), 201),
            (json!({"connector_no": 3}), 400),
        ] {
            let answer = house.post("/piles/A-1/reservations", &own, &draft(&more)).await;
            assert_eq!(answer.status.as_u16(), status, "{more}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn r5_x_guess_wrong_cards_wrong_piles_and_wrong_people() {
    for house in houses().await {
        let [_, own] = furnished(&house).await;
        for (more, field) in [
            (json!({"card_tag": "NOBODY"}), "card_tag"),
            (json!({"card_tag": "LOST"}), "card_tag"),
            (json!({"card_tag": " "}), "card_tag"),
            (json!({"card_tag": null, "customer_id": 99}), "customer_id"),
            (json!({"connector_no": 0}), "connector_no"),
            (json!({"until_ms": -1}), "until_ms"),
        ] {
            let answer = house.post("/piles/A-1/reservations", &own, &draft(&more)).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json["field"]),
                (400, &json!(field)),
                "{more}: {}",
                answer.text
            );
        }
        house.post("/piles/A-2/reservations", &own, &draft(&json!({}))).await.refused(422, "pile.offline");
        house.post("/piles/B-1/reservations", &own, &draft(&json!({}))).await.refused(404, "pile.not_found");
        let viewer = house.sign_in("a.viewer").await;
        house
            .post("/piles/A-1/reservations", &viewer, &draft(&json!({})))
            .await
            .refused(403, "permission.denied");
    }
}
