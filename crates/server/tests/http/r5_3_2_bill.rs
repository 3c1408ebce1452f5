//! 充电账单: an order's bill as PDF, and whether a bill that somebody shows is ours.

use super::house::{House, house, houses};
use model::id::OrderId;
use model::order::{Order, OrderState};
use serde_json::json;

/// An order of station 1 or 2, in this state.
async fn order(house: &House, id: i64, state: OrderState) -> String {
    let mut one: Order = super::orders::order(id);
    (one.id, one.state) = (OrderId(id), state);
    if id == 3 {
        (one.station, one.operator) = (model::id::StationId(2), model::id::OperatorId(2));
    }
    let write = house.app.engine.store.write(None, move |tx| {
        tx.order_save(&one);
        Ok(())
    });
    write.await.unwrap();
    Order::number(OrderId(id), 20_261_123)
}

#[tokio::test]
async fn r5_3_2_class_a_bill_is_a_pdf_in_both_languages_and_its_code_is_verified() {
    for house in houses().await {
        house.furnish().await;
        let number = order(&house, 1, OrderState::Completed).await;
        let cookie = house.sign_in("finance").await;
        for language in ["", "?language=zh", "?language=en"] {
            let file = house.get(&format!("/orders/1/bill{language}"), &cookie).await;
            assert_eq!(file.ok().headers["content-type"], "application/pdf");
            assert!(file.text.starts_with("%PDF-1."), "{}", &file.text[..20]);
            let name = file.headers["content-disposition"].to_str().unwrap().to_owned();
            assert!(name.contains(&number), "{name}");
        }
        let read = |conn: &mut store::Conn| {
            store::order_list::order_get(conn, &model::access::Scope::ALL, OrderId(1))
        };
        let detail = house.app.engine.store.read(read).await.unwrap().unwrap();
        let code = house.app.engine.secrets.bill_code(&server::bill::proved(&detail));
        assert_eq!(code.len(), 14, "{code}");
        for typed in [code.clone(), code.to_lowercase(), code.replace('-', "")] {
            let proof = house.get(&format!("/public/bills?order_no={number}&code={typed}"), "").await;
            assert_eq!(proof.ok().json["total_fen"], json!(detail.order.total_fen));
            assert_eq!(proof.json["station_name"], "甲站");
            assert!(proof.json.get("customer_name").is_none(), "{}", proof.text);
        }
    }
}

#[tokio::test]
async fn r5_3_2_boundary_only_a_settled_order_has_a_bill() {
    let house = house().await;
    house.furnish().await;
    order(&house, 1, OrderState::Charging).await;
    order(&house, 2, OrderState::Abnormal).await;
    let cookie = house.sign_in("admin").await;
    for id in [1, 2] {
        house.get(&format!("/orders/{id}/bill"), &cookie).await.refused(422, "order.not_billed");
    }
    let answer = house.get("/orders/1/bill?language=de", &cookie).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "language");
}

#[tokio::test]
async fn r5_3_2_guess_foreign_bills_and_wrong_codes_are_not_there() {
    let house = house().await;
    house.furnish().await;
    let number = order(&house, 3, OrderState::Completed).await;
    let own = house.sign_in("a.admin").await;
    house.get("/orders/3/bill", &own).await.refused(404, "order.not_found");
    for (no, code) in [
        (number.as_str(), "0000-0000-0000"),
        ("202611220000000003", "0000"),
        ("abc", "1"),
        ("202611230000000099", "0000-0000-0000"),
    ] {
        let path = format!("/public/bills?order_no={no}&code={code}");
        house.get(&path, "").await.refused(404, "bill.not_found");
    }
    for _ in 0..30 {
        house.get("/public/bills?order_no=1&code=1", "").await;
    }
    assert_eq!(house.get("/public/bills?order_no=1&code=1", "").await.status.as_u16(), 429);
}
