//! 回放: an order that a pile of the simulator has made on this server is recorded, and comes out the same
//! on another one.

use super::commands::{ended, give};
use super::door::{Door, Link, PASSWORD, YKC, door, until};
use engine::audit::Actor;
use engine::card::CardDraft;
use engine::command::CommandRequest;
use model::card::CardStatus;
use model::id::OrderId;
use model::order::{Abnormality, Order, OrderState, StartMode};
use model::site::Protocol;
use model::time::Clock;
use serde_json::json;
use server::recording::{Options, make, proof};
use sim::car::{Car, MODELS};
use sim::pile::PileConfig;
use sim::replay::{Direction, Recording};
use sim::runner::PileHandle;
use std::time::Duration;
use store::recordings::Wanted;

const CARD: &str = "8812345678";

async fn card(door: &Door) {
    let tag = CARD.to_owned();
    let draft = CardDraft {
        tag,
        status: CardStatus::Accepted,
        group: None,
        expires_at_ms: None,
        sessions_max: None,
        offline: None,
    };
    door.app.engine.card_create(&Actor::local(), draft).await.unwrap();
}

async fn orders(door: &Door, code: &str) -> Vec<Order> {
    let pile = door.id(code).await;
    door.app.engine.store.read(move |conn| store::orders::latest_of_pile(conn, pile, 100)).await.unwrap()
}

async fn record(door: &Door, wanted: Wanted, plain: bool) -> Recording {
    let options = Options { plain, english: true };
    let made = make(&door.app, &Actor::local(), wanted, &options).await.unwrap();
    // What goes through the file is what is replayed.
    Recording::parse(&made.to_text().unwrap()).unwrap()
}

async fn pile(door: &Door, code: &str, protocol: Protocol) -> PileHandle {
    let address = if protocol.is_ykc() { door.ykc.to_string() } else { format!("ws://{}/ocpp", door.http) };
    let mut config = PileConfig::new(code, protocol, &address);
    config.password = PASSWORD.to_owned();
    config.connectors = 2;
    config.rated_power_w = 60_000;
    config.meter_interval_ms = 400;
    let pile = PileHandle::start(config, Clock::System);
    assert!(pile.wait_for(Duration::from_secs(9), |seen| seen.in_service).await, "{code} is not let in");
    pile
}

/// Plays it, and says what is not the same.
async fn same(recording: &Recording) -> proof::Proof {
    let proof = proof::replay(recording).await.unwrap();
    let told: Vec<_> = proof.orders.iter().map(|one| (&one.replayed, &one.differences)).collect();
    assert!(proof.is_same(), "{told:#?} {:#?} {:?}", proof.more, proof.notes);
    assert_eq!(proof.notes, Vec::<String>::new());
    proof
}

/// From the card at the reader to the bill, by the simulator's pile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_5_class_an_order_of_each_protocol_comes_out_the_same() {
    for (code, protocol) in [
        ("A-1", Protocol::Ocpp16),
        ("A-1", Protocol::Ocpp201),
        ("A-1", Protocol::Ocpp21),
        (YKC, Protocol::Ykc16),
    ] {
        let mut door = door().await;
        card(&door).await;
        let pile = pile(&door, code, protocol).await;
        pile.plug(1, Car::new(&MODELS[1], 20, 90));
        pile.swipe(1, CARD);
        let charging = |seen: &sim::runner::Seen| seen.connector(1).is_some_and(|view| view.charging);
        assert!(pile.wait_for(Duration::from_secs(9), charging).await, "{protocol:?} does not charge");
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        pile.swipe(1, CARD);
        until("the order is billed", async || {
            orders(&door, code).await.first().is_some_and(|order| order.state == OrderState::Completed)
        })
        .await;
        pile.stop().await;
        let order = orders(&door, code).await.remove(0);
        assert!(order.energy.dwh() > 100 && order.total.0 > 0, "{order:?}");
        let recording = record(&door, Wanted::Order(order.id), false).await;
        let text = recording.to_text().unwrap();
        assert!(!text.contains(CARD), "the card is masked");
        let proof = same(&recording).await;
        let replayed = proof.orders[0].replayed.as_ref().unwrap();
        assert_eq!((replayed.energy_dwh, replayed.total_fen), (order.energy.dwh(), order.total.0));
        assert_eq!(replayed.segments, recording.header.orders[0].segments);
        assert!(!replayed.segments.is_empty());
        // Whoever may see them has the names themselves.
        let plain = record(&door, Wanted::Order(order.id), true).await;
        assert!(plain.to_text().unwrap().contains(CARD));
        same(&plain).await;
        door.stop().await;
    }
}

/// Commanded from the console, and stopped from there: the replay's platform asks as this one did.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_5_class_a_commanded_order_of_each_protocol_comes_out_the_same() {
    for (code, protocol) in [("A-1", Protocol::Ocpp16), ("A-1", Protocol::Ocpp201), (YKC, Protocol::Ykc16)] {
        let mut door = door().await;
        let pile = pile(&door, code, protocol).await;
        pile.plug(1, Car::new(&MODELS[1], 20, 90));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let started = give(&door, code, CommandRequest::Start { connector: 1 }).await;
        assert_eq!(ended(&door, started).await.state, store::commands::CommandState::Accepted);
        let charging = |seen: &sim::runner::Seen| seen.connector(1).is_some_and(|view| view.charging);
        assert!(pile.wait_for(Duration::from_secs(9), charging).await, "{protocol:?} does not charge");
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let id = orders(&door, code).await[0].id;
        let stopped = give(&door, code, CommandRequest::Stop { order: id }).await;
        assert_eq!(ended(&door, stopped).await.state, store::commands::CommandState::Accepted);
        until("the order is billed", async || {
            orders(&door, code).await.first().is_some_and(|order| order.state == OrderState::Completed)
        })
        .await;
        pile.stop().await;
        let recording = record(&door, Wanted::Order(id), false).await;
        let proof = same(&recording).await;
        assert_eq!(proof.orders[0].recorded.start_mode, StartMode::Console);
        assert!(proof.answered >= 2, "{proof:?}");
        door.stop().await;
    }
}

/// A register that falls: held, and held again for the same reason. One whose record came late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_5_class_what_was_held_is_held_and_what_came_late_comes_late() {
    let mut door = door().await;
    super::limits::set(&door, "record_timeout_s", 1).await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let at = |back_s: i64| door.app.now().plus_ms(-back_s * 1_000).rfc3339();
    let start = json!([2, "s1", "StartTransaction",
        {"connectorId": 1, "idTag": "CARD1", "meterStart": 5_000, "timestamp": at(2)}]);
    let held = link.ask(&start.to_string()).await[2]["transactionId"].clone();
    let stop = json!([2, "e1", "StopTransaction",
        {"transactionId": held, "meterStop": 4_000, "timestamp": at(1), "idTag": "CARD1"}]);
    link.ask(&stop.to_string()).await;
    let start = json!([2, "s2", "StartTransaction",
        {"connectorId": 2, "idTag": "CARD1", "meterStart": 100, "timestamp": at(0)}]);
    let late = link.ask(&start.to_string()).await[2]["transactionId"].clone();
    let free = json!([2, "f2", "StatusNotification",
        {"connectorId": 2, "errorCode": "NoError", "status": "Available", "timestamp": at(0)}]);
    link.ask(&free.to_string()).await;
    let end = at(0);
    until("its record is missed", async || {
        door.app.engine.sweep().await.unwrap();
        orders(&door, "A-1").await.iter().any(|order| order.abnormal.has(Abnormality::NoRecord))
    })
    .await;
    let stop =
        json!([2, "e2", "StopTransaction", {"transactionId": late, "meterStop": 110, "timestamp": end}]);
    link.ask(&stop.to_string()).await;
    let before = door.app.now().as_ms() - 3_600_000;
    drop(link);
    door.becomes_online("A-1", false).await;
    let made = orders(&door, "A-1").await;
    let (held, late): (Vec<_>, Vec<_>) = made.iter().partition(|order| order.connector == 1);
    assert_eq!((held[0].state, late[0].state), (OrderState::Abnormal, OrderState::Completed));
    assert!(held[0].abnormal.has(Abnormality::MeterBackwards));
    for order in &made {
        same(&record(&door, Wanted::Order(order.id), false).await).await;
    }
    // Both at once, as the pile said them.
    let span = Wanted::Span { code: "A-1".to_owned(), from_ms: before, to_ms: door.app.now().as_ms() };
    let recording = record(&door, span, false).await;
    assert_eq!(recording.header.orders.len(), 2);
    assert_eq!(same(&recording).await.orders.len(), 2);
    door.stop().await;
}

/// The proof can fail: another meter, another price, another moment are found, each at its field.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_5_guess_a_recording_that_was_changed_is_found_out() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let at = |back_s: i64| door.app.now().plus_ms(-back_s * 1_000).rfc3339();
    let start = json!([2, "s", "StartTransaction",
        {"connectorId": 1, "idTag": "CARD1", "meterStart": 1_000, "timestamp": at(40)}]);
    let session = link.ask(&start.to_string()).await[2]["transactionId"].clone();
    let stop = json!([2, "e", "StopTransaction",
        {"transactionId": session, "meterStop": 1_400, "timestamp": at(0)}]);
    link.ask(&stop.to_string()).await;
    let order = orders(&door, "A-1").await.remove(0);
    assert_eq!(order.state, OrderState::Completed, "{order:?}");
    let good = record(&door, Wanted::Order(order.id), false).await;
    same(&good).await;
    let changed = |change: &dyn Fn(&mut Recording)| {
        let mut recording = good.clone();
        change(&mut recording);
        recording
    };
    let differs = async |recording: Recording| {
        let proof = proof::replay(&recording).await.unwrap();
        assert!(!proof.is_same());
        proof.orders[0].differences.iter().map(|one| one.field.clone()).collect::<Vec<_>>()
    };
    let meter = changed(&|recording| {
        for frame in recording.frames.iter_mut().filter(|frame| frame.kind == "StopTransaction") {
            frame.raw = frame.raw.replace("1400", "1500");
        }
    });
    let fields = differs(meter).await;
    for field in ["energy_dwh", "meter_end_dwh", "total_fen", "segments[0].energy_dwh"] {
        assert!(fields.iter().any(|known| known == field), "{field}: {fields:?}");
    }
    let price = changed(&|recording| {
        recording.header.tariffs[0].table.base.rates = [model::tariff::Rate {
            electricity: model::money::Price(100_000),
            service: model::money::Price(0),
        }; 4]
    });
    assert!(differs(price).await.iter().any(|field| field == "segments[0].electricity_price_e5"));
    let stranger = changed(&|recording| recording.header.cards.clear());
    let fields = differs(stranger).await;
    assert!(fields.iter().any(|field| field == "state"), "{fields:?}");
    // A frame that is not said is missed.
    let silent = changed(&|recording| recording.frames.retain(|frame| frame.kind != "StopTransaction"));
    assert!(!differs(silent).await.is_empty());
    door.stop().await;
}

/// What a log must not hold is not in it, and so in no file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_5_guess_no_secret_is_kept_in_the_frames() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let secret = "5ec12e75ec12e75ec12e75ec12e7";
    let request =
        CommandRequest::ConfigurationSet { key: "AuthorizationKey".to_owned(), value: secret.to_owned() };
    let id = give(&door, "A-1", request).await;
    let call = link.hear().await;
    assert_eq!(call[3]["value"], secret, "the pile is told it");
    link.say(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
    ended(&door, id).await;
    let span = Wanted::Span {
        code: "A-1".to_owned(),
        from_ms: door.app.now().as_ms() - 60_000,
        to_ms: door.app.now().as_ms() + 60_000,
    };
    until("the frames are kept", async || record(&door, span.clone(), true).await.frames.len() >= 2).await;
    let recording = record(&door, span, true).await;
    let asked = recording.frames.iter().find(|frame| frame.direction == Direction::Down).unwrap();
    assert_eq!(asked.kind, "ChangeConfiguration");
    assert!(asked.raw.contains("AuthorizationKey") && asked.raw.contains("******"), "{}", asked.raw);
    assert!(!recording.to_text().unwrap().contains(secret));
    let pile = door.id("A-1").await;
    let filter = store::frames::FrameFilter { pile, order: None, from: None, before: None, limit: 10 };
    let kept = door.app.engine.store.read(move |conn| store::frames::list(conn, &filter)).await.unwrap();
    assert!(kept.iter().all(|frame| !String::from_utf8_lossy(&frame.body).contains(secret)));
    door.stop().await;
}

/// An order that has not ended, one that is not there, and one whose frames are gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_5_boundary_what_cannot_be_recorded_is_refused_with_the_reason() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let start = json!([2, "s", "StartTransaction",
        {"connectorId": 1, "idTag": "CARD1", "meterStart": 1_000, "timestamp": door.app.now().rfc3339()}]);
    link.ask(&start.to_string()).await;
    let id = orders(&door, "A-1").await[0].id;
    let refused = async |wanted: Wanted| {
        let options = Options { plain: false, english: false };
        make(&door.app, &Actor::local(), wanted, &options).await.err().map(|why| why.code)
    };
    assert_eq!(refused(Wanted::Order(id)).await, Some("recording.order_open"));
    assert_eq!(refused(Wanted::Order(OrderId(99_999))).await, Some("order.not_found"));
    let span = |code: &str| Wanted::Span { code: code.to_owned(), from_ms: 0, to_ms: i64::MAX };
    assert_eq!(refused(span("NOBODY")).await, Some("pile.not_found"));
    assert_eq!(refused(span("A-2")).await, None, "a pile that never spoke has an empty file");
    door.stop().await;
}
