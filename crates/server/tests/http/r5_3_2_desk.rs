//! R-5.3.2 异常订单: the desk, the evidence, and corrections of what was settled.

use super::house::{Answer, House, NOON, house, houses};
use super::r5_3_2_settlement::{PLAIN, with};
use super::r5_5_wallet::{change, charge, customer, wallet};
use serde_json::{Value, json};

fn amounts(electricity: i64, service: i64) -> Value {
    json!({"basis": "amounts", "electricity_fen": electricity, "service_fen": service, "correction": true})
}

async fn preview(house: &House, cookie: &str, order: i64, bill: &Value) -> Answer {
    house.post(&format!("/orders/{order}/settlements/preview"), cookie, &bill.to_string()).await
}

async fn settle(house: &House, cookie: &str, order: i64, bill: &Value, total_fen: i64) -> Answer {
    let draft = json!({"bill": bill, "reason": "抄表核对", "total_fen": total_fen});
    house.post(&format!("/orders/{order}/settlements"), cookie, &draft.to_string()).await
}

#[tokio::test]
async fn r5_3_2_class_the_desk_counts_what_is_held_and_the_evidence_explains_it() {
    for house in houses().await {
        let cookie = with(&house, PLAIN).await;
        let summary = house.get("/abnormal-orders/summary", &cookie).await.ok().json.clone();
        assert_eq!(summary["held_count"], 1);
        assert_eq!(summary["oldest_ended_at_ms"], NOON + 1_800_000);
        assert_eq!(summary["pile_amount_e4"], 221_234);
        assert_eq!(summary["kinds"][0]["abnormality"], "amount_differs");
        assert_eq!(summary["kinds"][0]["held_count"], 1);
        let evidence = house.get("/orders/42/evidence", &cookie).await.ok().json.clone();
        let sum = |list: &Value, name: &str| -> i64 {
            list.as_array().unwrap().iter().map(|one| one[name].as_i64().unwrap()).sum()
        };
        assert_eq!(sum(&evidence["ours_by_record"], "energy_dwh"), 221_234);
        assert_eq!(sum(&evidence["ours_by_curve"], "energy_dwh"), 221_234);
        assert_eq!(evidence["rates"].as_array().unwrap().len(), 4);
        assert_eq!(evidence["neighbours"], json!([]));
        // Nobody pays: no money moves, and what it would cost is told all the same.
        let shown = preview(&house, &cookie, 42, &json!({"basis": "pile_amount"})).await;
        assert_eq!(shown.ok().json["total_fen"], 2_212);
        assert_eq!(shown.json["effect"]["pay_way"], Value::Null);
        settle(&house, &cookie, 42, &json!({"basis": "void"}), 0).await.ok();
        let order = house.get("/orders/42", &cookie).await.ok().json.clone();
        assert_eq!((&order["state"], &order["energy_dwh"]), (&json!("completed"), &json!(0)));
        let summary = house.get("/abnormal-orders/summary", &cookie).await.ok().json.clone();
        assert_eq!(summary["held_count"], 0);
        assert_eq!(house.app.engine.orders_verify().await.unwrap().problems, []);
    }
}

#[tokio::test]
async fn r5_3_2_class_a_settled_order_is_corrected_by_two_and_its_purse_gets_the_difference() {
    for house in houses().await {
        house.furnish().await;
        let id = customer(&house, &house.sign_in("admin").await).await;
        let cookie = house.sign_in("finance").await;
        change(&house, &cookie, id, "top_up", 20_000, "top-up-01").await.ok();
        let (_, order) = charge(&house, 0).await;
        let cookie = house.sign_in("finance").await;
        let total = house.get(&format!("/orders/{order}"), &cookie).await.ok().json["total_fen"].clone();
        let total = total.as_i64().unwrap();
        let [before, ..] = wallet(&house, &cookie, id).await;
        // Half of it goes back.
        let bill = amounts(total / 2, 0);
        let shown = preview(&house, &cookie, order, &bill).await;
        assert_eq!(shown.ok().json["difference_fen"], total / 2 - total);
        assert_eq!(shown.json["effect"]["principal_fen"], total / 2 - total);
        settle(&house, &cookie, order, &bill, total / 2).await.ok();
        assert_eq!(wallet(&house, &cookie, id).await[0], before + total - total / 2);
        let told = house.get(&format!("/orders/{order}"), &cookie).await.ok().json.clone();
        assert_eq!(told["settlements"][0]["difference_fen"], total / 2 - total);
        assert_eq!(told["paid_state"], "part_refunded");
        // Nothing is left to change, and nothing is raised after money went back.
        settle(&house, &cookie, order, &bill, total / 2).await.at("basis");
        settle(&house, &cookie, order, &amounts(total, total), total * 2).await.at("basis");
        // Another order: above the limit a second person agrees to it.
        let (_, order) = charge(&house, 0).await;
        let (cookie, admin) = (house.sign_in("finance").await, house.sign_in("admin").await);
        let bill = amounts(total + 20_001, total);
        let made = settle(&house, &cookie, order, &bill, 2 * total + 20_001).await;
        let proposal = made.ok().json["id"].to_string();
        let path = format!("/settlements/{proposal}/decision");
        house.post(&path, &cookie, r#"{"approve":true}"#).await.refused(422, "settlement.own");
        // Meanwhile something was given back: what was proposed is no longer what would be done.
        let refund = json!({"amount_fen": 1, "reason": "故障", "request_id": "refund-between"}).to_string();
        house.post(&format!("/orders/{order}/refunds"), &admin, &refund).await.ok();
        house.post(&path, &admin, r#"{"approve":true}"#).await.refused(409, "settlement.total_differs");
        house.post(&path, &admin, r#"{"approve":false,"reason":"已另行退款"}"#).await.ok();
        assert_eq!(house.app.engine.orders_verify().await.unwrap().problems, []);
    }
}

#[tokio::test]
async fn r5_3_2_boundary_a_correction_counts_the_difference_against_the_limit() {
    for (more, second) in [(20_000, false), (20_001, true)] {
        let house = house().await;
        house.furnish().await;
        let id = customer(&house, &house.sign_in("admin").await).await;
        let cookie = house.sign_in("finance").await;
        change(&house, &cookie, id, "top_up", 20_000, "top-up-01").await.ok();
        let (_, order) = charge(&house, 0).await;
        let cookie = house.sign_in("finance").await;
        let told = house.get(&format!("/orders/{order}"), &cookie).await.ok().json.clone();
        let fen = |name: &str| told[name].as_i64().unwrap();
        let bill = amounts(fen("electricity_fen") + more, fen("service_fen"));
        assert_eq!(preview(&house, &cookie, order, &bill).await.ok().json["second"], second, "{more}");
    }
}

#[tokio::test]
async fn r5_3_2_guess_corrections_of_what_was_never_settled_and_links_to_strangers() {
    let house = house().await;
    let cookie = with(&house, PLAIN).await;
    preview(&house, &cookie, 42, &amounts(1, 1)).await.refused(422, "order.not_paid");
    for linked in [42, 41, -1] {
        let bill = json!({"basis": "void", "linked_order_id": linked});
        preview(&house, &cookie, 42, &bill).await.at("linked_order_id");
    }
    house.get("/orders/41/evidence", &cookie).await.refused(404, "order.not_found");
    let viewer = house.sign_in("viewer").await;
    preview(&house, &viewer, 42, &json!({"basis": "void"})).await.refused(403, "permission.denied");
    house.get("/abnormal-orders/summary", &viewer).await.ok();
}
