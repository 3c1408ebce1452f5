//! what a member level takes off the service fee is set by staff and stands in the list, the totals, the file and
//! the bill of an order.

use super::house::{House, house};
use super::orders::order;
use model::discount::{DiscountBearer, DiscountKind};
use model::id::OrderId;
use model::money::Fen;
use model::offer::Line;
use serde_json::{Value, json};
use store::order_discounts;

/// Order 80 has 0.89 off its service fee of 8.85, order 81 nothing.
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
        for (id, discount) in [(80, 89), (81, 0)] {
            let mut one = order(pile);
            (one.id, one.discount) = (OrderId(id), Fen(discount));
            if discount > 0 {
                (one.member_level, one.service_off_permille) = (Some(3), 100);
                let line = Line {
                    kind: DiscountKind::Member,
                    amount: Fen(discount),
                    bearer: DiscountBearer::Operator,
                    platform: Fen(0),
                    permille: Some(100),
                    source: 3,
                    voucher: None,
                    name: String::new(),
                };
                order_discounts::save(tx, one.id, &line, one.created_at)?;
            }
            tx.order_save(&one);
        }
        Ok(())
    });
    writing.await.unwrap();
    house
}

fn level(permille: Value) -> String {
    json!({"version": 1, "name": "金卡会员", "place": 3, "energy_dwh": 0, "order_count": 0, "total_fen": 0,
        "service_off_permille": permille, "rights": []})
    .to_string()
}

#[tokio::test]
async fn r5_4_class_a_discount_stands_in_list_totals_page_and_file() {
    let house = charged().await;
    let admin = house.sign_in("admin").await;
    let list = house.get("/orders?state=completed&sort=total_fen&total_from_fen=1", &admin).await;
    let of = |id: i64| {
        let items = list.ok().json["items"].as_array().unwrap();
        items.iter().find(|one| one["id"] == id).unwrap()["discount_fen"].clone()
    };
    assert_eq!((of(80), of(81)), (json!(89), json!(0)));
    assert_eq!(list.json["totals"]["discount_fen"], 89);
    let detail = house.get("/orders/80", &admin).await;
    let line = &detail.ok().json["discounts"][0];
    assert_eq!(
        (&line["kind"], &line["amount_fen"], &line["bearer"]),
        (&json!("member"), &json!(89), &json!("operator"))
    );
    assert_eq!((&line["level_name"], &line["permille"]), (&json!("金卡会员"), &json!(100)));
    assert_eq!(house.get("/orders/81", &admin).await.ok().json["discounts"], json!([]));
    let draft =
        json!({"format": "csv", "columns": ["order_no", "total", "discount", "payable"], "query": {}});
    let made = house.post("/exports/orders", &admin, &draft.to_string()).await;
    let export = house.export_ended(&admin, &made).await;
    let file = house.get(&format!("/exports/{}/file", export["id"]), &admin).await;
    assert!(
        file.text
            .lines()
            .any(|line| line.contains("22.12") && line.contains("0.89") && line.contains("21.23")),
        "{}",
        file.text
    );
    for id in [80, 81] {
        house.get(&format!("/orders/{id}/bill"), &admin).await.ok();
    }
}

#[tokio::test]
async fn r5_4_boundary_a_level_takes_off_nothing_to_all_of_the_service_fee() {
    let house = charged().await;
    let admin = house.sign_in("admin").await;
    for wrong in [-1, 1_001] {
        let refused = house.send("PATCH", "/member-levels/3", &admin, Some(&level(json!(wrong))), &[]).await;
        assert_eq!(refused.refused(400, "field.invalid").json["field"], "service_off_permille");
    }
    house.send("PATCH", "/member-levels/3", &admin, Some(&level(json!(1_000))), &[]).await.ok();
    let levels = house.get("/member-levels", &admin).await;
    assert_eq!(levels.ok().json["items"][0]["service_off_permille"], 1_000);
}

#[tokio::test]
async fn r5_4_guess_a_form_without_it_gives_nothing_and_others_may_not_give() {
    let house = charged().await;
    let admin = house.sign_in("admin").await;
    house
        .send("PATCH", "/member-levels/3", &admin, Some(&level(json!("10%"))), &[])
        .await
        .refused(400, "field.invalid");
    house
        .send("PATCH", "/member-levels/3", &admin, Some(&level(json!(1.5))), &[])
        .await
        .refused(400, "field.invalid");
    let plain =
        json!({"name": "新", "place": 60, "energy_dwh": 0, "order_count": 0, "total_fen": 0, "rights": []});
    house.post("/member-levels", &admin, &plain.to_string()).await.ok();
    let levels = house.get("/member-levels", &admin).await;
    assert_eq!(levels.ok().json["items"][0]["service_off_permille"], 0);
    let theirs = house.sign_in("a.admin").await;
    let refused = house.send("PATCH", "/member-levels/3", &theirs, Some(&level(json!(10))), &[]).await;
    assert_eq!(refused.status.as_u16(), 403, "{}", refused.text);
}
