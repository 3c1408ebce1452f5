//! R-6.1b: from the frame to the act within two seconds, with curves that are written out and the acts that are expected
//! of them, and no others.

use super::door::{Door, Link, PASSWORD, YKC, door, until};
use super::ykc::Pile;
use engine::audit::Actor;
use engine::device::Inbound;
use model::access::Scope;
use model::card::Token;
use model::device::{Answer, DeviceEvent};
use model::id::{SessionKey, TradeNo};
use model::order::StartMode;
use model::site::Protocol;
use model::time::Clock;
use protocol::ykc::field::{Gun, PileNo};
use protocol::ykc::frame::CrcOrder;
use protocol::ykc::message::bms::BmsStatus;
use protocol::ykc::message::{Body, Message};
use serde_json::json;
use sim::car::{Car, MODELS};
use sim::pile::{Overheat, PileConfig};
use sim::runner::PileHandle;
use std::time::{Duration, Instant};
use store::safety_act_list::{SafetyActFilter, SafetyActView, safety_act_list};

/// What a rule may take from the last frame to the pile.
const WITHIN: Duration = Duration::from_secs(2);

async fn acts(door: &Door) -> Vec<SafetyActView> {
    let wanted = SafetyActFilter { limit: 100, ..SafetyActFilter::default() };
    let read = door.app.engine.store.read(move |conn| safety_act_list(conn, &Scope::ALL, &wanted));
    read.await.unwrap().items
}

/// Rule, value and action of each.
async fn told(door: &Door) -> Vec<(String, i64, &'static str)> {
    acts(door).await.into_iter().map(|one| (one.rule_name, one.value, one.action.as_str())).collect()
}

async fn rule(door: &Door, measure: &str, threshold: i64) {
    let draft = json!({"name": "夹具", "enabled": true, "measure": measure, "threshold": threshold, "hold_s": 0,
        "samples": 2, "hysteresis": 0, "scope": {}, "level": "person", "action": "stop", "limit_percent": 50,
        "repeat_s": 60, "of_vehicle": true, "reason": "测试"});
    let draft = serde_json::from_value(draft).unwrap();
    door.app.engine.safety_rule_create(&Actor::local(), draft).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r6_1b_ocpp_16_a_plug_that_becomes_hot_is_stopped_within_two_seconds() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let at = |seconds: i64| door.app.now().plus_ms(seconds * 1_000).rfc3339();
    let start = json!([2, "4", "StartTransaction",
        {"connectorId":1,"idTag":"CARD1","meterStart":1000,"timestamp":at(-60)}]);
    let started = link.ask(&start.to_string()).await;
    let session = started[2]["transactionId"].as_i64().unwrap();
    let values = |n: i64, seconds: i64, celsius: i64| {
        json!([2, format!("v{n}"), "MeterValues", {"connectorId":1,"transactionId":session,
            "meterValue":[{"timestamp":at(seconds),"sampledValue":[
                {"value":celsius.to_string(),"measurand":"Temperature","unit":"Celsius","location":"Outlet"},
                {"value":"99","measurand":"Temperature","unit":"Celsius","location":"EV"}]}]}])
    };
    // What is in the car is not the plug: 99 degrees there are told and stop nothing.
    for (n, seconds, celsius) in [(1, -45, 70), (2, -30, 77), (3, -15, 91)] {
        assert_eq!(link.ask(&values(n, seconds, celsius).to_string()).await, json!([3, format!("v{n}"), {}]));
    }
    assert_eq!(told(&door).await, []);
    let before = Instant::now();
    link.say(&values(4, 0, 93).to_string()).await;
    let (mut stop, mut answered) = (None, false);
    while stop.is_none() || !answered {
        let heard = link.hear().await;
        match heard[0].as_i64() {
            Some(2) => stop = Some(heard),
            _ => answered = heard == json!([3, "v4", {}]),
        }
    }
    assert!(before.elapsed() < WITHIN, "{:?}", before.elapsed());
    let stop = stop.unwrap();
    assert_eq!((&stop[2], &stop[3]["transactionId"]), (&json!("RemoteStopTransaction"), &json!(session)));
    assert_eq!(told(&door).await, [("枪线温度过高停止".to_owned(), 93, "stop")]);
    link.say(&json!([3, stop[1], {"status": "Accepted"}]).to_string()).await;
    let end = json!([2, "6", "StopTransaction",
        {"transactionId":session,"meterStop":1500,"timestamp":at(1),"reason":"Remote"}]);
    assert_eq!(link.ask(&end.to_string()).await[0], 3);
    door.stop().await;
}

/// A session of the pile that the platform has let begin.
async fn begun(door: &Door) -> TradeNo {
    let pile = door.id(YKC).await;
    let say = async |event: DeviceEvent| {
        let inbound = Inbound {
            pile,
            received_at: door.app.now(),
            event,
            kind: "Test",
            bytes: vec![1],
            render: Box::new(|_, _| vec![1]),
        };
        door.app.engine.device(inbound).await.answer.unwrap()
    };
    let asked = DeviceEvent::StartAsked {
        connector: 1,
        token: Token::card("CARD1"),
        mode: StartMode::Card,
        password: None,
    };
    let Answer::StartAsked { session, .. } = say(asked).await else { panic!() };
    let key = SessionKey::Trade(session);
    say(DeviceEvent::StartConfirmed { session: key, connector: 1, result: Ok(()) }).await;
    session
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r6_1b_ykc_a_battery_that_becomes_hot_is_stopped_within_two_seconds() {
    let mut door = door().await;
    rule(&door, "battery_temperature", 61).await;
    let mut pile = Pile::enter(&door).await;
    door.becomes_online(YKC, true).await;
    let trade_no = begun(&door).await;
    let status = |celsius: u8| BmsStatus {
        trade_no,
        pile: PileNo::parse(YKC).unwrap(),
        gun: Gun::of(1).unwrap(),
        cell_max_v_no: 1,
        max_temp: celsius + 50,
        max_temp_no: 1,
        min_temp: celsius + 47,
        min_temp_no: 2,
        flags1: 0,
        flags2: 0x10,
    };
    // 61 once is not twice in a row.
    for (n, celsius) in [58, 61, 60, 62].into_iter().enumerate() {
        let sequence = [u8::try_from(n).unwrap(), 1];
        pile.say(&status(celsius).frame(sequence, CrcOrder::LowFirst)).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(told(&door).await, []);
    let before = Instant::now();
    pile.say(&status(63).frame([9, 1], CrcOrder::LowFirst)).await;
    let stop = pile.hear(0x36).await;
    assert!(before.elapsed() < WITHIN, "{:?}", before.elapsed());
    assert!(matches!(stop, Message::RemoteStop(_)), "{stop:?}");
    assert_eq!(told(&door).await, [("夹具".to_owned(), 63, "stop")]);
    let one = acts(&door).await.remove(0);
    assert!(one.of_vehicle && one.order_no.is_some());
    door.stop().await;
}

/// The pretend pile whose cable overheats is stopped by the platform, and not by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r6_1b_a_pretend_pile_that_overheats_is_stopped_by_the_server() {
    let mut door = door().await;
    rule(&door, "plug_temperature", 40).await;
    let mut config = PileConfig::new("A-1", Protocol::Ocpp16, &format!("ws://{}/ocpp", door.http));
    config.password = PASSWORD.to_owned();
    (config.connectors, config.rated_power_w, config.meter_interval_ms) = (2, 60_000, 500);
    config.behaviours.overheat = Some(Overheat::Cable);
    let pile = PileHandle::start(config, Clock::System);
    door.becomes_online("A-1", true).await;
    pile.plug(1, Car::new(&MODELS[2], 20, 90));
    pile.swipe(1, "CARD1");
    until("its session is stopped because of the heat", async || {
        let all = acts(&door).await;
        let ended = door.app.engine.store.read(|conn| {
            conn.one("SELECT COUNT(*) FROM orders WHERE ended_at_ms IS NOT NULL", &[], |row| row.int(0))
        });
        all.iter().any(|one| one.rule_name == "夹具") && ended.await.unwrap() == 1
    })
    .await;
    pile.stop().await;
    door.stop().await;
}
