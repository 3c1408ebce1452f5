//! An order on the screen: its bill in sentences, its frames, its numbers.

use super::house::{House, house};
use model::access::Role;
use model::card::Token;
use model::connector::ConnectorStatus;
use model::curve::Point;
use model::energy::Energy;
use model::id::{OperatorId, OrderId, PileId, StationId, TariffId};
use model::money::{Amount, Fen, Price};
use model::order::{Abnormalities, Order, OrderState, StartMode, StopClass};
use model::site::Connector;
use model::tariff::Tariff;
use model::time::Timestamp;
use store::Change;
use store::frames::FrameRow;
use store::orders::{BilledBy, OrderDetail};
use store::rollups::Ended;

pub fn order(pile: i64) -> Order {
    Order {
        id: OrderId(42),
        pile: PileId(pile),
        station: StationId(1),
        operator: OperatorId(1),
        connector: 1,
        session: None,
        start_verdict: None,
        stop_verdict: None,
        member_level: None,
        service_off_permille: 0,
        discount: Fen(0),
        occupancy: Fen(0),
        start_mode: StartMode::Card,
        token: Some(Token::card("0123456789")),
        card: None,
        customer: None,
        staff: None,
        tariff: Some(TariffId(1)),
        created_at: Timestamp::from_ms(super::house::NOON),
        sample_from: 0,
        frame_from: 0,
        state: OrderState::Completed,
        abnormal: Abnormalities::default(),
        deadline: None,
        started_at: Timestamp::from_ms(super::house::NOON),
        ended_at: Some(Timestamp::from_ms(super::house::NOON + 1_800_000)),
        end_received: None,
        skew_ms: Some(-120_000),
        meter_start: None,
        meter_end: None,
        energy: Energy::from_dwh(221_234),
        electricity: Fen(1_327),
        service: Fen(885),
        total: Fen(2_212),
        pile_amount: Some(Amount(225_000)),
        soc_start: None,
        soc_end: None,
        vin: None,
        stop_code: Some("ocpp:EVDisconnected".to_owned()),
        stop_class: Some(StopClass::Normal),
    }
}

/// The house with that order, as the writer leaves it, and one frame.
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
        let order = order(pile);
        let zero = Energy::ZERO;
        let (from, to) = (order.started_at, order.ended_at.unwrap());
        let bill = Tariff::uniform(Price(60_000), Price(40_000)).bill_periods(
            from,
            to,
            [zero, order.energy, zero, zero],
        );
        tx.order_save(&order);
        tx.order_count(Ended {
            pile: order.pile,
            station: order.station,
            operator: order.operator,
            customer: None,
            started_at: order.started_at,
            ended_at: to,
            day: 20_261_123,
            hour: 12,
            success: true,
            energy: order.energy,
            electricity: order.electricity,
            service: order.service,
            total: order.total,
            discount: Fen(0),
            occupancy: Fen(0),
        });
        tx.order_detail_save(OrderDetail {
            order: order.id,
            segments: serde_json::to_string(&bill.segments).unwrap(),
            pile_bill: None,
            billed_by: BilledBy::Record,
            curve: model::curve::Curve::default(),
        });
        tx.frame_append(FrameRow {
            pile: order.pile,
            at_ms: 5,
            up: true,
            kind: "StopTransaction",
            order: Some(42),
            body: b"[2,\"1\",\"StopTransaction\",{}]".to_vec(),
            ..FrameRow::default()
        })
        .map(drop)
    });
    writing.await.unwrap();
    house
}

#[tokio::test]
async fn an_order_explains_itself_in_both_languages() {
    let house = charged().await;
    let cookie = house.sign_in("a.viewer").await;
    let detail = house.get("/orders/42", &cookie).await;
    let told: Vec<&str> = detail.ok().json["explanation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text["zh"].as_str().unwrap())
        .collect();
    let told = told.join("\n");
    for part in [
        "共 22.1234 kWh，应付 22.12 元",
        "计费模型「分时」第 1 版",
        "12:00–12:30 峰：22.1234 kWh ×（电价 0.60000 + 服务费 0.40000）元/kWh = 22.1234 元",
        "22.1234 元，四舍五入到分为 22.12 元，其中电费 13.27 元、服务费 8.85 元",
        "充电桩自己计算的金额为 22.5000 元，比平台多 0.3800 元",
        "慢 120 秒",
        "ocpp:EVDisconnected",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    for text in detail.json["explanation"].as_array().unwrap() {
        assert!(!text["en"].as_str().unwrap().is_empty());
    }
    assert_eq!((&detail.json["token"], &detail.json["duration_s"]), (&"****6789".into(), &1_800.into()));
}

#[tokio::test]
async fn an_order_is_in_the_list_of_its_month_and_found_by_its_number() {
    let house = charged().await;
    let cookie = house.sign_in("a.viewer").await;
    let list = house.get("/orders", &cookie).await;
    assert_eq!((&list.ok().json["total"], &list.json["totals"]["total_fen"]), (&1.into(), &2_212.into()));
    assert_eq!(house.get("/orders?order_no=202611230000000042", &cookie).await.json["total"], 1);
    let frames = house.get("/orders/42/frames", &cookie).await;
    assert_eq!(
        (&frames.ok().json["items"][0]["encoding"], &frames.json["items"][0]["direction"]),
        (&"text".into(), &"up".into())
    );
    assert_eq!(house.get("/piles/A-1/frames", &cookie).await.json["items"][0]["kind"], "StopTransaction");
    // It is last month's order next month, and still there under its number.
    house.clock.advance(std::time::Duration::from_secs(10 * 24 * 3_600));
    let cookie = house.sign_in("a.viewer").await;
    assert_eq!(house.get("/orders", &cookie).await.json["total"], 0);
    assert_eq!(house.get("/orders?order_no=202611230000000042", &cookie).await.json["total"], 1);
    house.get("/home", &cookie).await.ok();
}

#[tokio::test]
async fn totals_are_asked_for_by_themselves_and_are_those_of_the_list() {
    let house = charged().await;
    let cookie = house.sign_in("a.viewer").await;
    let page = house.get("/orders?totals=false", &cookie).await;
    assert_eq!(page.ok().json["items"].as_array().unwrap().len(), 1);
    assert!(page.json["total"].is_null() && page.json["totals"].is_null(), "{}", page.json);
    for (query, count, fen) in [
        ("", 1, 2_212),
        ("?state=completed", 1, 2_212),
        ("?state=failed", 0, 0),
        ("?start_mode=card", 1, 2_212),
        ("?start_mode=vin", 0, 0),
        ("?station_name=nowhere", 0, 0),
        ("?pile_code=a-", 1, 2_212),
        // The end is exclusive, in the middle of a day.
        ("?from_ms=1795406400000&to_ms=1795406400001", 1, 2_212),
        ("?from_ms=1795406400001", 0, 0),
        ("?to_ms=1795406400000", 0, 0),
    ] {
        let totals = house.get(&format!("/orders/totals{query}"), &cookie).await;
        assert_eq!(totals.ok().json["order_count"], count, "{query}");
        assert_eq!(totals.json["total_fen"], fen, "{query}");
        assert_eq!(
            house.get(&format!("/orders{query}"), &cookie).await.json["totals"],
            totals.json,
            "{query}"
        );
    }
    house.staff("b.viewer", Role::Viewer, Some(2)).await;
    let stranger = house.sign_in("b.viewer").await;
    assert_eq!(house.get("/orders/totals", &stranger).await.ok().json["order_count"], 0);
    let wrong = house.get("/orders/totals?from_ms=2&to_ms=1", &cookie).await;
    assert!(wrong.status.is_client_error() && wrong.json["field"] == "to_ms", "{}", wrong.json);
}

#[tokio::test]
async fn a_list_tells_of_a_running_order_what_its_page_does() {
    let house = house().await;
    house.furnish().await;
    let found = house
        .app
        .engine
        .store
        .read(|conn| conn.one("SELECT id FROM pile WHERE code = 'A-1'", &[], |row| row.int(0)));
    let pile = found.await.unwrap();
    let writing = house.app.engine.store.write(None, move |tx| {
        let nothing = Fen(0);
        tx.order_save(&Order {
            state: OrderState::Charging,
            ended_at: None,
            stop_code: None,
            stop_class: None,
            pile_amount: None,
            meter_start: Some(Energy::from_dwh(1_000_000)),
            electricity: nothing,
            service: nothing,
            total: nothing,
            ..order(pile)
        });
        Ok(())
    });
    writing.await.unwrap();
    let cookie = house.sign_in("a.viewer").await;
    let page = house.get("/orders/42", &cookie).await.json;
    let list = house.get("/orders?order_no=202611230000000042", &cookie).await.json;
    assert_eq!(list["items"][0]["state"], "charging");
    for figure in ["energy_dwh", "electricity_fen", "service_fen", "total_fen"] {
        assert_eq!(list["items"][0][figure], page[figure], "{figure}");
    }
}

/// The values that are shown beside a connector are those of the order that runs on it.
#[tokio::test]
async fn values_of_a_session_that_is_over_are_not_shown_as_live() {
    let house = house().await;
    house.furnish().await;
    let found = house
        .app
        .engine
        .store
        .read(|conn| conn.one("SELECT id FROM pile WHERE code = 'A-1'", &[], |row| row.int(0)));
    let pile = found.await.unwrap();
    let cookie = house.sign_in("a.viewer").await;
    for (state, delivers) in [(OrderState::Charging, Some(7_000)), (OrderState::Completed, None)] {
        let writing = house.app.engine.store.write(None, move |tx| {
            let connector = Connector {
                pile: PileId(pile),
                no: 1,
                status: ConnectorStatus::Charging,
                status_at: order(pile).created_at,
                fault: None,
            };
            tx.with_pile(PileId(pile), |tx, hot| {
                hot.pile.online = true;
                tx.pile_save(&hot.pile);
                tx.connector_save(&hot.pile, &connector);
                tx.order_save(&Order { state, ..order(pile) });
                tx.changed(Change::Sample {
                    order: OrderId(42),
                    pile: PileId(pile),
                    connector: 1,
                    operator: OperatorId(1),
                    point: Point { power_w: Some(7_000), ..Point::at(order(pile).created_at) },
                });
                Ok(())
            })
        });
        writing.await.unwrap();
        let page = house.get("/piles/A-1", &cookie).await.json;
        let list = house.get("/piles", &cookie).await.json;
        let home = house.get("/home", &cookie).await.json;
        let on_list = list["items"].as_array().unwrap().iter().find(|item| item["code"] == "A-1").unwrap();
        assert_eq!(page["connectors"][0]["live"]["power_w"].as_i64(), delivers, "{state:?}: {page}");
        assert_eq!(on_list["connectors"][0]["power_w"].as_i64(), delivers, "{state:?}: {on_list}");
        assert_eq!(home["power_w"].as_i64(), Some(delivers.unwrap_or(0)), "{state:?}");
    }
}
