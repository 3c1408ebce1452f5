//! R-5.x 占位费: what a station asks for is set by staff and stands in the list, the totals, the file and the bill of an
//! order; a person waives it with a reason.

use super::house::{House, house};
use super::orders::order;
use model::access::Role;
use model::id::{OperatorId, OrderId, PileId, StationId};
use model::money::Fen;
use model::occupancy::{OccupancyEnd, OccupancyRule, OccupancyState};
use model::proposal::ProposalState;
use model::time::{MINUTE_MS, Timestamp};
use serde_json::{Value, json};
use store::occupancies::{self, Occupancy, OccupancyWaiver};
use store::occupancy_told::OccupancyTold;

const RULE: OccupancyRule =
    OccupancyRule { free_minutes: 15, fen_per_minute: 50, cap_fen: 5_000, from_minute: 0, to_minute: 1_440 };

/// The car of this order has stayed for 20 minutes that cost something, and 30 that nobody can prove.
fn stayed(order: i64, (pile, station, operator): (i64, i64, i64), began: Timestamp) -> Occupancy {
    let ended = began.plus_ms(65 * MINUTE_MS);
    Occupancy {
        order: OrderId(order),
        pile: PileId(pile),
        station: StationId(station),
        operator: OperatorId(operator),
        connector: 1,
        state: OccupancyState::Charged,
        rule: RULE,
        began,
        stretch: None,
        proven: ended,
        counted_ms: 20 * MINUTE_MS,
        gap_ms: 30 * MINUTE_MS,
        ended_by: Some(OccupancyEnd::Unplugged),
        ended_at: Some(ended),
        fee_fen: 1_000,
        warned_at: None,
        told: OccupancyTold::default(),
        waived_reason: None,
        changed_at: ended,
    }
}

/// A waiver of an order that waits for its second person.
pub async fn waiver(house: &House, order: i64) -> i64 {
    let write = house.app.engine.store.write(None, move |tx| {
        let known = tx.read(|conn| store::orders::get(conn, OrderId(order)))?.unwrap();
        let place = (known.pile.0, known.station.0, known.operator.0);
        occupancies::save(tx, &stayed(order, place, known.created_at))?;
        occupancies::waiver_insert(
            tx,
            &OccupancyWaiver {
                id: 0,
                order_id: order,
                amount_fen: 1_000,
                reason: "无法拔枪".to_owned(),
                state: ProposalState::Proposed,
                staff_id: 0,
                staff_name: "local".to_owned(),
                created_at_ms: 0,
                decided_by: None,
                decided_by_name: None,
                decided_at_ms: None,
                decision_reason: None,
            },
        )
    });
    write.await.unwrap()
}

/// Order 80 has an occupation fee of 10.00.
async fn charged() -> House {
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
        (one.id, one.occupancy) = (OrderId(80), Fen(1_000));
        let place = (pile, one.station.0, one.operator.0);
        occupancies::save(tx, &stayed(80, place, one.created_at))?;
        tx.order_save(&one);
        Ok(())
    });
    writing.await.unwrap();
    house
}

fn plan(free: Value, per_minute: Value, cap: Value, hours: (i64, i64), version: i64) -> String {
    json!({"version": version, "enabled": true, "free_minutes": free, "fen_per_minute": per_minute, "cap_fen": cap,
        "from_minute": hours.0, "to_minute": hours.1})
    .to_string()
}

#[tokio::test]
async fn r5_x_class_an_occupation_stands_in_list_totals_page_and_file() {
    let house = charged().await;
    let admin = house.sign_in("admin").await;
    let list = house.get("/orders?state=completed&sort=total_fen&total_from_fen=1", &admin).await;
    assert_eq!(list.ok().json["totals"]["occupancy_fen"], 1_000);
    let detail = house.get("/orders/80", &admin).await;
    let one = &detail.ok().json["occupancy"];
    assert_eq!(
        (&one["state"], &one["fee_fen"], &one["gap_ms"], &one["ended_by"]),
        (&json!("charged"), &json!(1_000), &json!(30 * MINUTE_MS), &json!("unplugged"))
    );
    let draft =
        json!({"format": "csv", "columns": ["order_no", "total", "occupancy", "payable"], "query": {}});
    let made = house.post("/exports/orders", &admin, &draft.to_string()).await;
    let export = house.export_ended(&admin, &made).await;
    let file = house.get(&format!("/exports/{}/file", export["id"]), &admin).await;
    let told = |line: &str| line.contains("22.12") && line.contains("10.00") && line.contains("32.12");
    assert!(file.text.lines().any(told), "{}", file.text);
    house.get("/orders/80/bill", &admin).await.ok();
    house.post("/orders/80/occupancy-waivers", &admin, r#"{"reason":"设备故障"}"#).await.ok();
    let detail = house.get("/orders/80", &admin).await;
    assert_eq!(detail.json["occupancy"]["state"], "waived");
    assert_eq!(detail.json["occupancy"]["waivers"][0]["state"], "approved");
    let again = house.post("/orders/80/occupancy-waivers", &admin, r#"{"reason":"设备故障"}"#).await;
    again.refused(422, "occupancy.nothing_to_waive");
}

#[tokio::test]
async fn r5_x_boundary_a_plan_is_refused_by_its_field() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let none = house.get("/stations/1/occupancy-plan", &admin).await;
    assert_eq!((&none.ok().json["enabled"], &none.json["version"]), (&json!(false), &json!(0)));
    let put =
        async |body: &str| house.send("PUT", "/stations/1/occupancy-plan", &admin, Some(body), &[]).await;
    for (body, field) in [
        (plan(json!(-1), json!(50), json!(5_000), (0, 1_440), 0), "free_minutes"),
        (plan(json!(1_441), json!(50), json!(5_000), (0, 1_440), 0), "free_minutes"),
        (plan(json!(15), json!(0), json!(5_000), (0, 1_440), 0), "fen_per_minute"),
        (plan(json!(15), json!(1_001), json!(5_000), (0, 1_440), 0), "fen_per_minute"),
        (plan(json!(15), json!(50), json!(49), (0, 1_440), 0), "cap_fen"),
        (plan(json!(15), json!(50), json!(100_001), (0, 1_440), 0), "cap_fen"),
        (plan(json!(15), json!(50), json!(5_000), (60, 60), 0), "from_minute"),
        (plan(json!(15), json!(50), json!(5_000), (0, 1_441), 0), "from_minute"),
    ] {
        assert_eq!(put(&body).await.refused(400, "field.invalid").json["field"], field, "{body}");
    }
    put(&plan(json!(0), json!(1_000), json!(1_000), (1_320, 360), 0)).await.ok();
    let kept = house.get("/stations/1/occupancy-plan", &admin).await;
    assert_eq!((&kept.json["fen_per_minute"], &kept.json["version"]), (&json!(1_000), &json!(1)));
    // Made from a form that somebody else has overtaken.
    put(&plan(json!(5), json!(50), json!(5_000), (0, 1_440), 0)).await.refused(409, "occupancy_plan.changed");
}

#[tokio::test]
async fn r5_x_guess_others_plans_and_fees_are_not_there() {
    let house = charged().await;
    house.staff("b.admin", Role::Admin, Some(2)).await;
    let theirs = house.sign_in("b.admin").await;
    house.get("/stations/1/occupancy-plan", &theirs).await.refused(404, "station.not_found");
    let body = plan(json!(15), json!(50), json!(5_000), (0, 1_440), 0);
    let other = house.send("PUT", "/stations/1/occupancy-plan", &theirs, Some(&body), &[]).await;
    other.refused(404, "station.not_found");
    let waived = house.post("/orders/80/occupancy-waivers", &theirs, r#"{"reason":"无法拔枪"}"#).await;
    waived.refused(404, "order.not_found");
    let admin = house.sign_in("admin").await;
    for wrong in [r#"{"reason":""}"#, r#"{}"#, r#"{"reason":"无法拔枪","amount_fen":1}"#] {
        let refused = house.post("/orders/80/occupancy-waivers", &admin, wrong).await;
        assert_eq!(refused.status.as_u16(), 400, "{wrong} {}", refused.text);
    }
    let text = plan(json!("15"), json!(50), json!(5_000), (0, 1_440), 0);
    let refused = house.send("PUT", "/stations/1/occupancy-plan", &admin, Some(&text), &[]).await;
    assert_eq!(refused.status.as_u16(), 400);
}
