//! R-5.x: 桩账单对账 through the API: comparing, handling, signing off.

use super::house::{House, NOON, houses};
use super::samples_reconciliation::reported;
use model::id::PileCode;
use model::reconciliation::BillRecord;
use model::site::Pile;
use serde_json::json;

const HOUR: i64 = 3_600_000;

async fn pile(house: &House, code: &str) -> Pile {
    let code = PileCode::parse(code).unwrap();
    house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap()
}

/// Yesterday at A-1: a session that nobody knows, a gap before it, one of a trade number of B-1's house.
async fn furnished(house: &House) -> [String; 3] {
    house.furnish().await;
    let one = pile(house, "A-1").await;
    let meters = |begin, end| BillRecord {
        meter_start_dwh: Some(begin),
        meter_end_dwh: Some(end),
        ..BillRecord::default()
    };
    reported(house, &one, 20 * HOUR, "501", meters(1_000_000, 1_120_000)).await;
    reported(house, &one, 18 * HOUR, "502", meters(1_200_000, 1_320_000)).await;
    [house.sign_in("finance").await, house.sign_in("a.admin").await, house.sign_in("operations").await]
}

const DRAFT: &str = r#"{"station_id":1,"day":20261122}"#;

#[tokio::test]
async fn r5_x_class_a_day_is_compared_handled_signed_and_opened_again() {
    for house in houses().await {
        let [finance, own, operations] = furnished(&house).await;
        let made = house.post("/reconciliations", &finance, DRAFT).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.text);
        assert_eq!(
            (&made.json["record_count"], &made.json["open_count"], &made.json["state"]),
            (&json!(2), &json!(3), &json!("open"))
        );
        let id = made.json["id"].as_i64().unwrap();
        let rows = house.get(&format!("/differences?reconciliation_id={id}"), &own).await;
        let mut kinds: Vec<_> = rows.ok().json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["kind"].as_str().unwrap())
            .collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["meter_gap", "record_without_order", "record_without_order"]);
        let gap = house.get("/differences?kind=meter_gap", &own).await;
        assert_eq!(gap.ok().json["items"][0]["energy_dwh"], 80_000);
        assert_eq!(gap.json["items"][0]["evidence"]["meter_before_dwh"], 1_120_000);
        // Who may look may not decide.
        house.post("/reconciliations", &operations, DRAFT).await.refused(403, "permission.denied");
        let early =
            house.post(&format!("/reconciliations/{id}/confirmation"), &finance, r#"{"version":1}"#).await;
        early.refused(422, "reconciliation.open");
        for row in rows.json["items"].as_array().unwrap() {
            let body = json!({"version": row["version"], "state": "accepted", "note": "已与现场核对"});
            let path = format!("/differences/{}", row["id"]);
            house.send("PATCH", &path, &finance, Some(&body.to_string()), &[]).await.ok();
        }
        let version = json!({"version": 1}).to_string();
        house.post(&format!("/reconciliations/{id}/confirmation"), &finance, &version).await.ok();
        let day = house.get(&format!("/reconciliations/{id}"), &own).await;
        assert_eq!(
            (&day.ok().json["state"], &day.json["signed_by_name"]),
            (&json!("signed"), &json!("finance先生"))
        );
        assert_eq!(house.get("/reconciliations?state=open", &own).await.ok().json["total"], 0);
        let again = json!({"version": day.json["version"], "reason": "漏记一单"}).to_string();
        house.post(&format!("/reconciliations/{id}/reopening"), &finance, &again).await.ok();
        assert_eq!(house.get(&format!("/reconciliations/{id}"), &own).await.ok().json["state"], "reopened");
        let log = house.get("/audit?noun=reconciliation", &house.sign_in("admin").await).await;
        assert_eq!(log.ok().json["items"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn r5_x_boundary_a_day_is_over_at_midnight_and_a_note_has_200_characters() {
    for house in houses().await {
        let [finance, _, _] = furnished(&house).await;
        for (day, status) in [(20_261_122, 201), (20_261_123, 400), (20_261_131, 400), (0, 400)] {
            let body = json!({"station_id": 1, "day": day}).to_string();
            let answer = house.post("/reconciliations", &finance, &body).await;
            assert_eq!(answer.status.as_u16(), status, "{day}: {}", answer.text);
            assert!(status == 201 || answer.json["field"] == "day");
        }
        // A day on which nothing happened has no row.
        let nothing = house.post("/reconciliations", &finance, r#"{"station_id":2,"day":20261122}"#).await;
        nothing.refused(422, "reconciliation.nothing");
        let row = house.get("/differences", &finance).await.ok().json["items"][0].clone();
        for (length, status) in [(0, 400), (201, 400), (200, 204)] {
            let body = json!({"version": row["version"], "state": "accepted", "note": "注".repeat(length)});
            let path = format!("/differences/{}", row["id"]);
            let answer = house.send("PATCH", &path, &finance, Some(&body.to_string()), &[]).await;
            assert_eq!(answer.status.as_u16(), status, "{length}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn r5_x_guess_wrong_states_stale_forms_and_meters_that_are_not_there() {
    for house in houses().await {
        let [finance, own, _] = furnished(&house).await;
        house.post("/reconciliations", &finance, DRAFT).await.ok();
        let row =
            house.get("/differences?kind=record_without_order", &finance).await.ok().json["items"][0].clone();
        let path = format!("/differences/{}", row["id"]);
        for (version, state, status) in
            [(1, "passed_on", 400), (1, "open", 400), (1, "gone", 400), (9, "accepted", 409)]
        {
            let body = json!({"version": version, "state": state, "note": "试"}).to_string();
            let answer = house.send("PATCH", &path, &finance, Some(&body), &[]).await;
            assert_eq!(answer.status.as_u16(), status, "{state}: {}", answer.text);
        }
        let change = json!({"pile_code": "A-1", "connector_no": 1, "at_ms": NOON - 19 * HOUR, "end_dwh": 1_120_000,
            "begin_dwh": 1_200_000, "reason": "电表故障更换"});
        for (field, value) in [
            ("pile_code", json!("B-9")),
            ("connector_no", json!(7)),
            ("at_ms", json!(NOON + 1)),
            ("end_dwh", json!(-1)),
            ("reason", json!("")),
        ] {
            let mut bad = change.clone();
            bad[field] = value;
            let answer = house.post("/meter-changes", &finance, &bad.to_string()).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field);
        }
        // What staff say of the meter explains the gap at the next run.
        house.post("/meter-changes", &finance, &change.to_string()).await.ok();
        house.post("/reconciliations", &own, DRAFT).await.ok();
        let kinds = house.get("/differences?state=accepted", &finance).await;
        assert_eq!(kinds.ok().json["items"][0]["kind"], "meter_changed");
        assert_eq!(kinds.json["items"][0]["note"], "电表故障更换");
        assert_eq!(house.get("/differences?kind=meter_gap&state=gone", &finance).await.ok().json["total"], 1);
    }
}
