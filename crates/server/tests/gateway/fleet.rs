//! Where and when a fleet charges, told to real piles of both protocols in their own words.

use super::door::{Door, Link, PASSWORD, YKC, door};
use super::ykc::Pile;
use engine::audit::Actor;
use engine::customer::CustomerDraft;
use engine::fleet::{FleetDraft, FleetLimitsChange};
use model::customer::CustomerKind;
use model::fleet::FleetHours;
use model::id::FleetId;
use protocol::ykc::field::{Ascii, CardNo, Gun, PileNo};
use protocol::ykc::frame::CrcOrder;
use protocol::ykc::message::card_start::CardStart;
use protocol::ykc::message::{Body, Message};
use serde_json::json;

/// Whose driver holds CARD1 and the 云快充 card 1234.
async fn fleet(door: &Door) -> FleetId {
    let (engine, local) = (&door.app.engine, Actor::local());
    let draft =
        FleetDraft { name: "东湖出租".to_owned(), contact_name: None, contact_phone: None, note: None };
    let id = engine.fleet_create(&local, draft).await.unwrap();
    let draft = CustomerDraft {
        name: "王伟".to_owned(),
        phone: "13800000001".to_owned(),
        kind: CustomerKind::Driver,
        fleet_id: Some(id.0),
        tags: None,
        note: None,
    };
    let driver = engine.customer_create(&local, draft).await.unwrap();
    let card = engine::card::CardDraft {
        tag: "1234".to_owned(),
        status: model::card::CardStatus::Accepted,
        group: None,
        expires_at_ms: None,
        sessions_max: None,
        offline: None,
    };
    engine.card_create(&local, card).await.unwrap();
    for tag in ["CARD1", "1234"] {
        engine.customer_card_create(&local, driver, tag).await.unwrap();
    }
    id
}

async fn limit(door: &Door, id: FleetId, version: i64, hours: Vec<FleetHours>) {
    let change = FleetLimitsChange { version, stations: None, hours };
    door.app.engine.fleet_limit_set(&Actor::local(), id, change).await.unwrap();
}

/// A window of the week that is not now.
fn another_day(door: &Door) -> Vec<FleetHours> {
    let local = model::time::Zone::shanghai().local(door.app.now());
    // The day after tomorrow, so that midnight may pass while the test runs.
    let day = (local.weekday() + 1) % 7 + 1;
    vec![FleetHours { weekdays: vec![day], from_minute: 0, to_minute: 1_440 }]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_4_class_a_fleet_that_does_not_charge_now_is_refused_in_the_piles_own_words() {
    let mut door = door().await;
    let fleet = fleet(&door).await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let mut pile = Pile::enter(&door).await;
    door.becomes_online(YKC, true).await;
    let ask = |n: u8| {
        let start = CardStart {
            pile: PileNo::parse(YKC).unwrap(),
            gun: Gun::of(1).unwrap(),
            start_mode: 1,
            need_password: 0,
            card_or_account: CardNo([0, 0, 0, 0, 0, 0, 0x12, 0x34]),
            password_md5: Ascii::EMPTY,
            vin: Ascii::EMPTY,
        };
        start.frame([n, 0], CrcOrder::LowFirst)
    };
    for (n, hours, word, reason) in
        [(1, another_day(&door), "Blocked", 0x06), (2, Vec::new(), "Accepted", 0x00)]
    {
        limit(&door, fleet, i64::from(n), hours).await;
        let said = json!([2, format!("a{n}"), "Authorize", {"idTag":"CARD1"}]);
        assert_eq!(link.ask(&said.to_string()).await[2]["idTagInfo"]["status"], word);
        pile.say(&ask(n)).await;
        let Message::CardStartReply(reply) = pile.hear(0x32).await else { panic!("another answer") };
        assert_eq!((reply.auth_ok, reply.fail_reason), (u8::from(reason == 0), reason));
    }
    limit(&door, fleet, 3, another_day(&door)).await;
    let at = door.app.now().rfc3339();
    let start = json!([2, "s", "StartTransaction",
        {"connectorId":1,"idTag":"CARD1","meterStart":1000,"timestamp":at}]);
    let started = link.ask(&start.to_string()).await;
    assert_eq!(started[2]["idTagInfo"]["status"], "Blocked", "{started}");
    // The frame and the order say why.
    let id = door.id("A-1").await;
    let session = i32::try_from(started[2]["transactionId"].as_i64().unwrap()).unwrap();
    let key = model::id::SessionKey::Transaction(session);
    let read = move |conn: &mut store::Conn| store::orders::by_session(conn, id, key);
    let order = door.app.engine.store.read(read).await.unwrap().unwrap();
    assert_eq!(order.start_verdict, Some(model::card::TokenVerdict::FleetHours));
    door.stop().await;
}
