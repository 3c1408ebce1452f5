//! 转站 and 报废: refused while something is under way, with all reasons; old orders stay where they were.

use super::house::{Answer, House, house};
use super::orders::order;
use model::id::OrderId;
use model::order::OrderState;
use serde_json::json;

async fn sql(house: &House, text: &'static str) {
    house.app.engine.store.write(None, move |tx| tx.execute(text, &[]).map(drop)).await.unwrap();
}

/// With order 70 at pile A-1, in this state.
async fn charged(state: OrderState) -> House {
    let house = house().await;
    house.furnish().await;
    let found = house
        .app
        .engine
        .store
        .read(|conn| conn.one("SELECT id FROM pile WHERE code = 'A-1'", &[], |row| row.int(0)));
    let pile = found.await.unwrap();
    let writing = house.app.engine.store.write(None, move |tx| {
        let mut one = order(pile);
        (one.id, one.state) = (OrderId(70), state);
        if state != OrderState::Completed {
            one.ended_at = None;
        }
        tx.order_save(&one);
        Ok(())
    });
    writing.await.unwrap();
    house
}

async fn patch(house: &House, cookie: &str, body: serde_json::Value) -> Answer {
    house.send("PATCH", "/piles/A-1", cookie, Some(&body.to_string()), &[]).await
}

#[tokio::test]
async fn r5_2_1_class_a_pile_that_moves_leaves_its_old_orders_where_they_were() {
    let house = charged(OrderState::Completed).await;
    let admin = house.sign_in("admin").await;
    patch(&house, &admin, json!({"version": 1, "station_id": 2})).await.ok();
    for (station, count) in [(1, 1), (2, 0)] {
        let list = house.get(&format!("/orders?station_id={station}"), &admin).await;
        assert_eq!(list.ok().json["items"].as_array().unwrap().len(), count, "{station}");
    }
    let detail = house.get("/orders/70", &admin).await;
    assert_eq!(detail.ok().json["station_name"], "甲站");
    // Whose station it was sees the order still; the pile is not theirs any more.
    let theirs = house.sign_in("a.admin").await;
    house.get("/orders/70", &theirs).await.ok();
    house.get("/piles/A-1", &theirs).await.refused(404, "pile.not_found");
}

#[tokio::test]
async fn r5_2_1_boundary_what_is_over_or_awaits_a_person_holds_no_pile() {
    for state in [OrderState::Completed, OrderState::Abnormal, OrderState::Failed] {
        let house = charged(state).await;
        let admin = house.sign_in("admin").await;
        patch(&house, &admin, json!({"version": 1, "station_id": 2})).await.ok();
        patch(&house, &admin, json!({"version": 2, "lifecycle": "retired"})).await.ok();
        // Retired again, or moved while it is: nothing is judged twice.
        patch(&house, &admin, json!({"version": 3, "lifecycle": "retired", "station_id": 2})).await.ok();
    }
    // A reservation holds it for a move, too; at its own station nothing moves.
    let house = charged(OrderState::Completed).await;
    let admin = house.sign_in("admin").await;
    sql(
        &house,
        "INSERT INTO reservation (id, pile_id, connector_no, tag, state, until_ms, note, created_at_ms) \
         SELECT 1, id, 1, 'X', 'asked', 9, '', 0 FROM pile WHERE code = 'A-1'",
    )
    .await;
    let moved = patch(&house, &admin, json!({"version": 1, "station_id": 2})).await;
    assert_eq!(moved.refused(409, "pile.busy").json["field"], "station_id");
    patch(&house, &admin, json!({"version": 1, "station_id": 1, "lifecycle": "disabled"})).await.ok();
}

#[tokio::test]
async fn r5_2_1_guess_all_reasons_are_told_at_once_and_a_scrapped_code_says_why_it_is_taken() {
    let house = charged(OrderState::Completed).await;
    let admin = house.sign_in("admin").await;
    sql(
        &house,
        "INSERT INTO reservation (id, pile_id, connector_no, tag, state, until_ms, note, created_at_ms) \
         SELECT 1, id, 1, 'X', 'accepted', 9, '', 0 FROM pile WHERE code = 'A-1'",
    )
    .await;
    sql(
        &house,
        "INSERT INTO transfer (id, pile_id, kind, state, steps, token, expires_at_ms, created_at_ms) \
         SELECT 1, id, 'firmware', 'asked', '[]', 't', 9, 0 FROM pile WHERE code = 'A-1'",
    )
    .await;
    sql(
        &house,
        "INSERT INTO tariff_delivery (pile_id, from_ms, tariff_id, state, attempts) \
         SELECT id, 0, 1, 'sent', 1 FROM pile WHERE code = 'A-1'",
    )
    .await;
    let answer = patch(&house, &admin, json!({"version": 1, "lifecycle": "retired"})).await;
    answer.refused(409, "pile.busy");
    assert!(answer.text.contains("1 个生效的预约") && answer.text.contains("1 个固件"), "{}", answer.text);
    assert!(!answer.text.contains("计费模型"), "it is off line and takes no tariff: {}", answer.text);
    sql(&house, "UPDATE reservation SET state = 'cancelled'").await;
    sql(&house, "UPDATE transfer SET ended_at_ms = 1").await;
    patch(&house, &admin, json!({"version": 1, "lifecycle": "retired"})).await.ok();
    let again = json!({"code": "A-1", "station_id": 1, "kind": "dc", "protocol": "ocpp1.6", "rated_power_w": 60_000,
        "connector_count": 1, "password": null, "name": null});
    let taken = house.post("/piles", &admin, &again.to_string()).await;
    taken.refused(409, "pile.exists");
    assert_eq!(taken.json["field"], "code");
    assert!(taken.text.contains("已报废") && taken.text.contains("甲站"), "{}", taken.text);
    // Another operator is told that it is taken, and no more.
    house.staff("b.admin", model::access::Role::Admin, Some(2)).await;
    let other = house.sign_in("b.admin").await;
    let mut theirs = again.clone();
    theirs["station_id"] = json!(2);
    let taken = house.post("/piles", &other, &theirs.to_string()).await;
    taken.refused(409, "pile.exists");
    assert!(!taken.text.contains("甲站"), "{}", taken.text);
    // The way out: the same pile goes into use again, under its own code.
    patch(&house, &admin, json!({"version": 2, "lifecycle": "disabled"})).await.ok();
    assert_eq!(house.get("/piles/A-1", &admin).await.ok().json["lifecycle"], "disabled");
}
