//! 电池报告、地锁与设备事件: what BMS frames and locks have told, as staff find it at the order and the pile.

use super::house::{House, houses};
use engine::device::Inbound;
use model::battery::{BatteryNews, BatteryNow, BatteryReport, BatteryType, BatteryWord};
use model::card::Token;
use model::device::{Answer, DeviceEvent};
use model::ground_lock::{GroundLockAlarm, GroundLockReport, GroundLockState};
use model::id::{PileCode, SessionKey};
use serde_json::{Value, json};

pub async fn tell(house: &House, code: &str, event: DeviceEvent) -> Answer {
    let code = PileCode::parse(code).unwrap();
    let read = house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code));
    let inbound = Inbound {
        pile: read.await.unwrap().unwrap().id,
        received_at: house.app.clock().now(),
        event,
        kind: "0x15",
        bytes: vec![1],
        render: Box::new(|_, _| vec![1]),
    };
    house.app.engine.device(inbound).await.answer.unwrap()
}

/// A session of the pile's first connector, and the path of its order.
async fn session(house: &House, code: &str) -> (SessionKey, i64) {
    let introduction = model::device::Introduction { connectors: Some(2), ..Default::default() };
    tell(house, code, DeviceEvent::Booted(Box::new(introduction))).await;
    let admin = house.sign_in("admin").await;
    let card = r#"{"tag":"CARD1","status":"accepted","group":null,"expires_at_ms":null,"sessions_max":9}"#;
    house.post("/cards", &admin, card).await;
    let begun = DeviceEvent::Started {
        connector: 1,
        token: Token::card("CARD1"),
        meter_start: model::energy::Energy::ZERO,
        at: house.app.clock().now(),
    };
    let Answer::Started { transaction, .. } = tell(house, code, begun).await else { panic!() };
    let session = SessionKey::Transaction(transaction);
    let list = house.get("/orders", &admin).await;
    (session, list.ok().json["items"][0]["id"].as_i64().unwrap())
}

fn news(session: SessionKey, told: BatteryReport) -> DeviceEvent {
    DeviceEvent::Battery(Box::new(BatteryNews {
        session,
        connector: 1,
        told,
        is_rare: true,
        is_first: false,
    }))
}

fn words(code: &str) -> Vec<BatteryWord> {
    vec![BatteryWord { code: code.to_owned(), at_ms: 0, text: None }]
}

#[tokio::test]
async fn r5_2_1_class_a_battery_report_stands_at_its_order_and_its_connector() {
    for house in houses().await {
        house.furnish().await;
        let (session, order) = session(&house, "A-1").await;
        let own = house.sign_in("a.viewer").await;
        let path = format!("/orders/{order}");
        assert_eq!(house.get(&path, &own).await.ok().json["battery"], Value::Null);
        let told = BatteryReport {
            battery_type: Some(BatteryType::Lfp),
            cell_voltage_allowed_mv: Some(3_650),
            voltage_allowed_dv: Some(4_380),
            temperature_max_c: Some(34),
            causes: words("ykc:bst:soc_reached"),
            alarms: words("ykc:bsm:pack_hot"),
            now: BatteryNow { demand_current_da: Some(1_205), ..BatteryNow::default() },
            ..BatteryReport::default()
        };
        tell(&house, "A-1", news(session, told)).await;
        let detail = house.get(&path, &own).await;
        let battery = &detail.ok().json["battery"];
        assert_eq!(battery["battery_type"], "lfp");
        assert_eq!((&battery["cells_in_series"], &battery["temperature_max_c"]), (&json!(120), &json!(34)));
        assert_eq!(battery["causes"][0]["text"], "达到所需 SOC 目标值");
        let told: Vec<&str> =
            detail.json["explanation"].as_array().unwrap().iter().filter_map(|t| t["en"].as_str()).collect();
        assert!(told.iter().any(|text| text.contains("state of charge was reached")), "{told:?}");
        // Live at the connector, once the pile is on line; the alarm among the pile's events.
        let pile = house.get("/piles/A-1", &own).await;
        let first = pile.ok().json["connectors"].as_array().unwrap().iter().find(|c| c["no"] == 1).unwrap();
        assert_eq!(first["order"]["id"], order);
        let events = house.get("/piles/A-1/events", &own).await;
        assert_eq!(events.ok().json["items"][0]["text"], "电池温度过高");
        assert_eq!(events.json["items"][0]["order_id"], order);
        assert!(house.get("/piles/A-2/events", &own).await.ok().json["items"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn r5_2_1_boundary_events_page_from_the_newest() {
    for house in houses().await {
        house.furnish().await;
        let (session, _) = session(&house, "A-1").await;
        for code in ["ykc:bsm:pack_hot", "ykc:bsm:insulation", "ykc:cem:bcl_timeout"] {
            let told = BatteryReport { alarms: words(code), ..BatteryReport::default() };
            tell(&house, "A-1", news(session, told)).await;
        }
        let own = house.sign_in("a.viewer").await;
        let first = house.get("/piles/A-1/events?limit=2", &own).await;
        let codes = |page: &Value| -> Vec<String> {
            page["items"].as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(codes(&first.ok().json), ["ykc:cem:bcl_timeout", "ykc:bsm:insulation"]);
        let cursor = first.json["next_cursor"].as_str().unwrap();
        let rest = house.get(&format!("/piles/A-1/events?limit=2&cursor={cursor}"), &own).await;
        assert_eq!(codes(&rest.ok().json), ["ykc:bsm:pack_hot"]);
        assert_eq!(rest.json["next_cursor"], Value::Null);
        for (query, field) in [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor")] {
            let refused = house.get(&format!("/piles/A-1/events?{query}"), &own).await;
            assert_eq!(
                (refused.status.as_u16(), refused.json["field"].as_str()),
                (400, Some(field)),
                "{query}"
            );
        }
    }
}

#[tokio::test]
async fn r5_2_1_guess_a_lock_without_a_connector_and_a_battery_without_a_session() {
    for house in houses().await {
        house.furnish().await;
        let (_, order) = session(&house, "A-1").await;
        let lock = GroundLockReport {
            connector: 1,
            state: GroundLockState::Lowered,
            occupied: None,
            battery_percent: None,
            alarm: Some(GroundLockAlarm::Other),
        };
        tell(&house, "A-1", DeviceEvent::GroundLock(lock)).await;
        tell(&house, "A-1", DeviceEvent::GroundLock(GroundLockReport { connector: 0, ..lock })).await;
        tell(&house, "A-1", DeviceEvent::GroundLock(GroundLockReport { connector: 60_000, ..lock })).await;
        let stray = model::id::TradeNo::parse("32010600019101012607151030000099").unwrap();
        let told = BatteryReport { battery_type: Some(BatteryType::Ncm), ..BatteryReport::default() };
        tell(&house, "A-1", news(SessionKey::Trade(stray), told)).await;
        let own = house.sign_in("a.viewer").await;
        assert_eq!(house.get(&format!("/orders/{order}"), &own).await.ok().json["battery"], Value::Null);
        let pile = house.get("/piles/A-1", &own).await;
        let connectors = pile.ok().json["connectors"].as_array().unwrap();
        let lock = connectors.iter().find(|c| c["no"] == 1).unwrap();
        assert_eq!(
            (&lock["ground_lock"]["state"], &lock["ground_lock"]["alarm"]),
            (&json!("lowered"), &json!("other"))
        );
        assert!(connectors.iter().filter(|c| c["no"] != 1).all(|c| c["ground_lock"] == Value::Null));
        let events = house.get("/piles/A-1/events", &own).await;
        assert_eq!(events.ok().json["items"].as_array().unwrap().len(), 1);
        assert_eq!(events.json["items"][0]["text"], "地锁报警（未说明）");
        // Another operator's pile is none.
        assert_eq!(house.get("/piles/B-1/events", &own).await.status.as_u16(), 404);
    }
}
