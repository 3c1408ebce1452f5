//! R-5.3.2: orders are given out for reconciliation; every other list by the same way.

use super::house::{House, house};
use model::access::Role;
use model::energy::Energy;
use model::id::{OperatorId, OrderId, PileId, StationId};
use model::money::Fen;
use model::order::{Abnormalities, Order, OrderState, StartMode};
use model::time::{DAY_MS, Timestamp};
use serde_json::{Value, json};
use std::time::Duration;
use store::rollups::Ended;

const NOON: i64 = super::house::NOON;

fn order(id: i64, pile: i64, place: i64, started_at_ms: i64) -> Order {
    Order {
        id: OrderId(id),
        pile: PileId(pile),
        station: StationId(place),
        operator: OperatorId(place),
        connector: 1,
        session: None,
        start_verdict: None,
        stop_verdict: None,
        member_level: None,
        service_off_permille: 0,
        discount: Fen(0),
        occupancy: Fen(0),
        start_mode: StartMode::Card,
        token: Some(model::card::Token::card("=0123456789")),
        card: None,
        customer: None,
        staff: None,
        tariff: None,
        created_at: Timestamp::from_ms(started_at_ms),
        sample_from: 0,
        frame_from: 0,
        state: OrderState::Completed,
        abnormal: Abnormalities::default(),
        deadline: None,
        started_at: Timestamp::from_ms(started_at_ms),
        ended_at: Some(Timestamp::from_ms(started_at_ms + 1_800_000)),
        end_received: None,
        skew_ms: None,
        meter_start: None,
        meter_end: None,
        energy: Energy::from_dwh(10_001),
        electricity: Fen(60),
        service: Fen(40),
        total: Fen(100),
        pile_amount: None,
        soc_start: None,
        soc_end: None,
        vin: None,
        stop_code: None,
        stop_class: None,
    }
}

/// What the sums of hours and days are told when an order is completed.
fn counted(order: &Order) -> Ended {
    Ended {
        pile: order.pile,
        station: order.station,
        operator: order.operator,
        customer: None,
        started_at: order.started_at,
        ended_at: order.ended_at.unwrap(),
        day: 20_261_123,
        hour: 12,
        success: true,
        energy: order.energy,
        electricity: order.electricity,
        service: order.service,
        total: order.total,
        discount: Fen(0),
        occupancy: Fen(0),
    }
}

/// Seven orders of the first operator this month, one of last month, two of the second operator.
pub async fn charged() -> House {
    let house = house().await;
    house.furnish().await;
    let found = house.app.engine.store.read(|conn| {
        conn.query(
            "SELECT id, operator_id FROM pile WHERE code IN ('A-1', 'B-1') ORDER BY code",
            &[],
            |row| row.int(0),
        )
    });
    let piles = found.await.unwrap();
    let writing = house.app.engine.store.write(None, move |tx| {
        let mut complete = |order: Order| {
            tx.order_save(&order);
            tx.order_count(counted(&order));
        };
        (1..=7).for_each(|id| complete(order(id, piles[0], 1, NOON - id * 60_000)));
        complete(order(8, piles[0], 1, NOON - 40 * DAY_MS));
        (9..=10).for_each(|id| complete(order(id, piles[1], 2, NOON - id)));
        Ok(())
    });
    writing.await.unwrap();
    house
}

pub async fn exported(house: &House, cookie: &str, noun: &str, draft: Value) -> (Value, String) {
    let made = house.post(&format!("/exports/{noun}"), cookie, &draft.to_string()).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let export = house.export_ended(cookie, &made).await;
    assert_eq!(export["state"], "done", "{export}");
    let file = house.get(&format!("/exports/{}/file", export["id"]), cookie).await;
    file.ok();
    (export, file.text)
}

#[tokio::test]
async fn r5_3_2_class_the_filtered_set_with_the_chosen_columns_and_totals() {
    let house = charged().await;
    let cookie = house.sign_in("a.admin").await;
    let draft = json!({"format": "csv", "columns": ["order_no", "token", "energy", "total"], "query": {"state": "completed", "limit": "3"}});
    let (export, text) = exported(&house, &cookie, "orders", draft).await;
    assert_eq!((&export["rows_done"], &export["rows_total"]), (&7.into(), &7.into()));
    let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}订单号,卡号,电量（kWh）,总金额（元）");
    // Of this month, of the own operator, masked as on the page.
    assert_eq!(lines[1], "202611230000000001\t,****6789,1.0001,1.00");
    assert_eq!(lines[8], "合计 (7),,7.0007,7.00");
    assert!(lines[9].starts_with("导出人：a.admin先生（a.admin）") && lines.len() == 10, "{text}");
    assert_eq!(export["file_name"], "充电订单_20261101-20261130_20261123-120000.csv");
    // The same in the reader's language and as a workbook; it is in the list of the own exports.
    let english = [("accept-language", "en")];
    let draft = json!({"format": "xlsx"}).to_string();
    let made = house.send("POST", "/exports/orders", &cookie, Some(&draft), &english).await;
    let id = made.ok().json["id"].as_i64().unwrap();
    assert_eq!(house.export_ended(&cookie, &made).await["rows_done"], 7);
    let file = house.get(&format!("/exports/{id}/file"), &cookie).await;
    assert!(file.ok().text.starts_with("PK"));
    let saved = file.headers["content-disposition"].to_str().unwrap();
    assert!(saved.contains("orders_20261101-20261130"), "{saved}");
    let list = house.get("/exports", &cookie).await;
    assert_eq!((&list.ok().json["total"], &list.json["items"][0]["id"]), (&2.into(), &id.into()));
    // Both the asking and the fetching are in the audit log.
    let audit = house.get("/audit?noun=export", &house.sign_in("admin").await).await;
    let actions: Vec<_> =
        audit.json["items"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect();
    assert_eq!(actions, ["export_fetch", "export_create", "export_fetch", "export_create"]);
}

#[tokio::test]
async fn r5_3_2_class_every_list_by_the_same_way() {
    let house = charged().await;
    let cookie = house.sign_in("admin").await;
    for (noun, rows, query) in [
        ("orders", 10, json!({"from_ms": "0"})),
        ("piles", 4, json!({})),
        ("piles", 2, json!({"operator_name": "甲"})),
        ("stations", 1, json!({"name": "乙"})),
        ("cards", 0, json!({"status": "blocked"})),
        ("audit", 1, json!({"action": "session_create"})),
    ] {
        for format in ["csv", "xlsx"] {
            let (export, _) =
                exported(&house, &cookie, noun, json!({"format": format, "query": query})).await;
            assert_eq!(export["rows_done"], rows, "{noun} {format}");
        }
    }
    for noun in ["order", "pile", "station", "card", "audit", "customer", "invoice", "feedback", "staff"] {
        let columns = house.get(&format!("/exports/columns?noun={noun}"), &cookie).await;
        assert!(columns.ok().json["items"].as_array().unwrap().len() >= 7, "{noun}");
    }
}

/// What people write is told in words, and what is masked on the page is masked in the file.
#[tokio::test]
async fn r5_4_class_a_file_has_the_rows_and_masks_of_its_page() {
    let house = charged().await;
    let cookie = house.sign_in("admin").await;
    let person = r#"{"name":"王五","phone":"13812345678","kind":"person"}"#;
    assert_eq!(house.post("/customers", &cookie, person).await.status.as_u16(), 201);
    let fleet = r#"{"name":"=cmd|'/c calc'!A1","contact_name":"李","contact_phone":"13900001111"}"#;
    assert_eq!(house.post("/fleets", &cookie, fleet).await.status.as_u16(), 201);
    let complaint = r#"{"request_id":"export-0001-0000","source":"phone","kind":"complaint","category":"slow","content":"很慢","phone":"13812345678"}"#;
    let taken = house.post("/feedback", &cookie, complaint).await;
    assert_eq!(taken.status.as_u16(), 201, "{}", taken.text);
    let csv = |query: Value| json!({"format": "csv", "query": query});
    for noun in ["operators", "cities", "customers", "fleets", "feedback", "invoices", "vouchers", "staff"] {
        let page = house.get(&format!("/{noun}"), &cookie).await;
        let (export, text) = exported(&house, &cookie, noun, csv(json!({}))).await;
        let listed = page.ok().json["items"].as_array().unwrap().len();
        assert_eq!(export["rows_done"], listed, "{noun}");
        for whole in ["13812345678", "13900001111", "\n=cmd", ",=cmd"] {
            assert!(!text.contains(whole), "{noun}: {whole} in {text}");
        }
    }
    let (_, text) = exported(&house, &cookie, "customers", csv(json!({"name": "王"}))).await;
    assert!(text.contains("王五") && text.contains("138****5678") && text.contains("个人"), "{text}");
    let (_, text) = exported(&house, &cookie, "feedback", csv(json!({}))).await;
    assert!(text.contains("投诉") && text.contains("充电慢,很慢"), "{text}");
    // An operator's staff get what their page has.
    let mine = house.sign_in("a.admin").await;
    let (export, text) = exported(&house, &mine, "operators", csv(json!({}))).await;
    assert_eq!(export["rows_done"], 1, "{text}");
    assert!(!text.contains("乙运营"));
}

#[tokio::test]
async fn r5_3_2_boundary_nothing_found_and_the_seventh_day() {
    let house = charged().await;
    let cookie = house.sign_in("admin").await;
    let nothing =
        json!({"format": "csv", "columns": ["order_no", "total"], "query": {"from_ms": "5", "to_ms": "5"}});
    let (export, text) = exported(&house, &cookie, "orders", nothing).await;
    assert!(text.contains("\r\n合计 (0),0\r\n"), "{text}");
    // An instant before its time the file is there; after it, it is gone and says so.
    let expires = export["expires_at_ms"].as_i64().unwrap();
    assert_eq!(expires, NOON + 7 * DAY_MS);
    house.clock.advance(Duration::from_millis(7 * DAY_MS as u64 - 1));
    let cookie = house.sign_in("admin").await;
    let file = format!("/exports/{}/file", export["id"]);
    assert_eq!(server::jobs::exports::expire(&house.app).await.unwrap(), 0);
    house.get(&file, &cookie).await.ok();
    house.clock.advance(Duration::from_millis(1));
    house.get(&file, &cookie).await.refused(409, "export.no_file");
    assert_eq!(server::jobs::exports::expire(&house.app).await.unwrap(), 1);
    house.get(&file, &cookie).await.refused(409, "export.no_file");
    assert_eq!(house.get(&format!("/exports/{}", export["id"]), &cookie).await.json["state"], "expired");
}

#[tokio::test]
async fn r5_3_2_guess_bad_columns_others_files_and_a_restart() {
    let house = charged().await;
    let cookie = house.sign_in("admin").await;
    for (draft, field) in [
        (json!({"format": "csv", "columns": ["order_no", "password"]}), "columns"),
        (json!({"format": "csv", "columns": ["order_no", "order_no"]}), "columns"),
        (json!({"format": "pdf"}), "format"),
        (json!({"format": "csv", "query": {"state": "gone"}}), "state"),
        (json!({"format": "csv", "query": {"from_ms": "9", "to_ms": "5"}}), "to_ms"),
        (json!({"format": "csv", "query": {"colour": "red"}}), "colour"),
    ] {
        let answer = house.post("/exports/orders", &cookie, &draft.to_string()).await;
        assert_eq!(answer.status.as_u16(), 400, "{draft}: {}", answer.text);
        assert_eq!(answer.json["field"], field, "{}", answer.text);
    }
    // A file is its owner's alone, whatever else somebody may do; and whoever may read may not export.
    let (export, _) = exported(&house, &cookie, "orders", json!({"format": "csv"})).await;
    house.staff("other.admin", Role::Admin, None).await;
    let other = house.sign_in("other.admin").await;
    for path in [format!("/exports/{}", export["id"]), format!("/exports/{}/file", export["id"])] {
        house.get(&path, &other).await.refused(404, "export.not_found");
    }
    let cancel = house.send("DELETE", &format!("/exports/{}", export["id"]), &other, None, &[]).await;
    cancel.refused(404, "export.not_found");
    let cancel = house.send("DELETE", &format!("/exports/{}", export["id"]), &cookie, None, &[]).await;
    cancel.refused(409, "export.ended");
    let viewer = house.sign_in("a.viewer").await;
    house.post("/exports/orders", &viewer, "{\"format\":\"csv\"}").await.refused(403, "permission.denied");
    let of_operator = house.sign_in("a.admin").await;
    house.post("/exports/audit", &of_operator, "{\"format\":\"csv\"}").await.refused(403, "scope.denied");
    // What was under way when the server stopped has failed, and says what to do.
    let new = store::exports::NewExport {
        noun: "order",
        query: Default::default(),
        columns: vec!["order_no".to_owned()],
        format: store::exports::ExportFormat::Csv,
        file_name: "x.csv".to_owned(),
    };
    let staff = house.get("/session", &cookie).await.json["staff"]["id"].as_i64().unwrap();
    let mut actor = engine::audit::Actor::local();
    actor.caller.staff = model::id::StaffId(staff);
    let left = house.app.engine.export_create(&actor, new.clone()).await.unwrap();
    house.app.begin().await.unwrap();
    let left = house.get(&format!("/exports/{}", left.id), &cookie).await.json;
    assert_eq!(left["state"], "failed");
    assert!(left["message"]["zh"].as_str().unwrap().contains("重新导出"), "{left}");
    // More than five at once are too many; one that is cancelled makes room.
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(house.app.engine.export_create(&actor, new.clone()).await.unwrap().id);
    }
    house.post("/exports/orders", &cookie, "{\"format\":\"csv\"}").await.refused(429, "export.too_many");
    house.send("DELETE", &format!("/exports/{}", ids[0]), &cookie, None, &[]).await.ok();
    exported(&house, &cookie, "orders", json!({"format": "csv"})).await;
}
