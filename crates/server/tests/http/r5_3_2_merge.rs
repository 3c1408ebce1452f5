//! one car that is charged by two connectors is one group in the list, on the page and in the file.

use super::house::{House, house};
use super::orders::order;
use model::access::Role;
use model::energy::Energy;
use model::id::OrderId;
use model::merge::{MergeNo, MergeRole};
use model::money::Fen;
use model::time::{DAY_MS, Timestamp};
use serde_json::json;

/// Orders 60 and 61 charged one car, 62 another alone; 60 and 61 were 40 days ago.
async fn charged() -> House {
    let house = house().await;
    house.furnish().await;
    house.staff("b.admin", Role::Admin, Some(2)).await;
    let found = house
        .app
        .engine
        .store
        .read(|conn| conn.one("SELECT id FROM pile WHERE code = 'A-1'", &[], |row| row.int(0)));
    let pile = found.await.unwrap();
    let writing = house.app.engine.store.write(None, move |tx| {
        for n in 0..3i64 {
            let mut one = order(pile);
            (one.id, one.connector) = (OrderId(60 + n), 1 + (n % 2) as u16);
            (one.energy, one.total) = (Energy::from_dwh(100_000 * (n + 1)), Fen(1_000 * (n + 1)));
            (one.electricity, one.service) = (Fen(600 * (n + 1)), Fen(400 * (n + 1)));
            if n < 2 {
                let at = Timestamp::from_ms(super::house::NOON - 40 * DAY_MS + n * 5_000);
                (one.created_at, one.started_at, one.ended_at) = (at, at, Some(at.plus_ms(600_000)));
                let role = if n == 0 { MergeRole::Main } else { MergeRole::Auxiliary };
                let merge = MergeNo::parse("261014120000").unwrap();
                store::order_merges::insert(tx, (one.id, one.pile), merge, role, at)?;
            }
            tx.order_save(&one);
        }
        Ok(())
    });
    writing.await.unwrap();
    house
}

#[tokio::test]
async fn r5_3_2_class_merged_orders_are_one_group_with_a_sum() {
    let house = charged().await;
    let cookie = house.sign_in("a.viewer").await;
    // Whenever it was: the group is not cut off by the month.
    let list = house.get("/orders?merge_of=60", &cookie).await;
    let items = list.ok().json["items"].as_array().unwrap().clone();
    assert_eq!(items.iter().map(|one| one["id"].as_i64().unwrap()).collect::<Vec<_>>(), [61, 60]);
    assert_eq!(list.json["totals"]["total_fen"], 3_000);
    assert_eq!(list.json["totals"]["energy_dwh"], 300_000);
    assert_eq!(items[0]["merge"]["others"][0]["order_id"], 60);
    assert_eq!(items[0]["merge"]["merge_no"], "261014120000");
    let totals = house.get("/orders/totals?merge_of=61", &cookie).await;
    assert_eq!(totals.ok().json["order_count"], 2);
    let detail = house.get("/orders/60", &cookie).await;
    let other = &detail.ok().json["merge"]["others"][0];
    assert_eq!((&other["role"], &other["electricity_fen"]), (&json!("auxiliary"), &json!(1_200)));
    assert_eq!(other["service_fen"], 800);
    let alone = house.get("/orders?totals=false", &cookie).await;
    assert!(alone.ok().json["items"][0]["merge"].is_null());
}

#[tokio::test]
async fn r5_3_2_boundary_pages_of_a_group_go_on_behind_its_last_row() {
    let house = charged().await;
    let cookie = house.sign_in("a.viewer").await;
    let first = house.get("/orders?merge_of=60&limit=1", &cookie).await;
    let cursor = first.ok().json["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(first.json["items"][0]["id"], 61);
    assert_eq!(first.json["items"][0]["merge"]["others"][0]["order_id"], 60, "though it is on the next page");
    let second = house.get(&format!("/orders?merge_of=60&limit=1&cursor={cursor}"), &cookie).await;
    assert_eq!(second.ok().json["items"][0]["id"], 60);
    assert!(second.json["next_cursor"].is_null());
    // With the times named as well, both hold.
    let now = house.get(&format!("/orders?merge_of=60&from_ms={}", super::house::NOON), &cookie).await;
    assert!(now.ok().json["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn r5_3_2_guess_a_group_of_nobody_and_of_somebody_else() {
    let house = charged().await;
    let cookie = house.sign_in("a.viewer").await;
    for none in ["62", "0", "-1", "999999"] {
        let list = house.get(&format!("/orders?merge_of={none}"), &cookie).await;
        assert!(list.ok().json["items"].as_array().unwrap().is_empty(), "{none}");
    }
    house.get("/orders?merge_of=all", &cookie).await.refused(400, "field.invalid");
    let other = house.sign_in("b.admin").await;
    let list = house.get("/orders?merge_of=60", &other).await;
    assert!(list.ok().json["items"].as_array().unwrap().is_empty());
    // The file says which orders belong together.
    let admin = house.sign_in("admin").await;
    let draft = json!({"format": "csv", "columns": ["order_no", "merge_no", "merge_role"], "query": {"from_ms": "0"}});
    let made = house.post("/exports/orders", &admin, &draft.to_string()).await;
    let export = house.export_ended(&admin, &made).await;
    let file = house.get(&format!("/exports/{}/file", export["id"]), &admin).await;
    let grouped: Vec<&str> = file.text.lines().filter(|line| line.contains("261014120000")).collect();
    assert_eq!(grouped.len(), 2, "{}", file.text);
    assert!(grouped.iter().any(|line| line.contains("主枪")), "{}", file.text);
    assert!(grouped.iter().any(|line| line.contains("辅枪")), "{}", file.text);
}
