//! OCPP 2 over a real socket, on a real database.

use super::commands::{ended, give};
use super::door::{Door, KEY, Link, PASSWORD, door};
use engine::command::CommandRequest;
use model::id::{SessionKey, SessionName};
use model::order::{Order, OrderState, StartMode};
use serde_json::{Value, json};
use store::commands::CommandState;

const BOTH: [&str; 2] = ["ocpp2.0.1", "ocpp2.1"];

async fn enter(door: &Door, protocol: &str) -> Link {
    let mut link = Link::open_as(door, "A-1", PASSWORD, protocol).await;
    assert_eq!(link.ask(r#"[2,"in","Heartbeat",{}]"#).await[0], 3);
    link
}

async fn order(door: &Door, pile: &str, key: SessionKey) -> Order {
    let pile = door.id(pile).await;
    let found = door.app.engine.store.read(move |conn| store::orders::by_session(conn, pile, key)).await;
    found.unwrap().unwrap()
}

async fn named(door: &Door, name: &str) -> Order {
    order(door, "A-1", SessionKey::Name(SessionName::parse(name).unwrap())).await
}

/// A TransactionEvent with the register in Wh.
fn event(kind: &str, name: &str, seq: i64, at: &str, wh: i64, more: Value) -> Value {
    let context = match kind {
        "Started" => "Transaction.Begin",
        "Ended" => "Transaction.End",
        _ => "Sample.Periodic",
    };
    let mut event = json!({
        "eventType": kind, "timestamp": at, "triggerReason": "Trigger", "seqNo": seq,
        "transactionInfo": {"transactionId": name},
        "meterValue": [{"timestamp": at, "sampledValue": [{"value": wh, "context": context}]}],
    });
    let (Some(event_fields), Value::Object(more)) = (event.as_object_mut(), more) else { panic!() };
    for (name, value) in more {
        event_fields.insert(name, value);
    }
    event
}

async fn say(link: &mut Link, id: &str, payload: &Value) -> Value {
    let answer = link.ask(&json!([2, id, "TransactionEvent", payload]).to_string()).await;
    assert_eq!((&answer[0], &answer[1]), (&json!(3), &json!(id)), "{answer}");
    answer[2].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_session_costs_what_it_costs_in_ocpp_16() {
    for protocol in BOTH {
        let mut door = door().await;
        let at = |seconds: i64| door.app.now().plus_ms(seconds * 1_000 - 3_600_000).rfc3339();
        let [begin, middle, end] = [0, 1_800, 3_500].map(at);
        let mut link = enter(&door, protocol).await;
        let boot = r#"[2,"1","BootNotification",{"reason":"PowerUp","chargingStation":{"model":"M","vendorName":"V"}}]"#;
        let booted = link.ask(boot).await;
        assert_eq!((&booted[2]["status"], &booted[2]["interval"]), (&json!("Accepted"), &json!(300)));
        assert_eq!(door.find("A-1").await.unwrap().protocol.as_str(), protocol);
        let status = json!([2, "2", "StatusNotification",
            {"timestamp": at(0), "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1}]);
        assert_eq!(link.ask(&status.to_string()).await, json!([3, "2", {}]));
        let card = json!({"idToken": "CARD1", "type": "ISO14443"});
        let token = link.ask(&json!([2, "3", "Authorize", {"idToken": card}]).to_string()).await;
        assert_eq!(token[2]["idTokenInfo"]["status"], "Accepted");
        let started = event("Started", "T-1", 0, &begin, 1_000, json!({"evse": {"id": 1}, "idToken": card}));
        let told = say(&mut link, "4", &started).await;
        assert_eq!(told, json!({"idTokenInfo": {"status": "Accepted"}}));
        assert_eq!(named(&door, "T-1").await.state, OrderState::Charging, "kept before it was answered");
        assert_eq!(say(&mut link, "4b", &started).await, told, "asked again");
        let updated = event("Updated", "T-1", 1, &middle, 21_000, json!({}));
        let told = say(&mut link, "5", &updated).await;
        assert!(told["totalCost"].as_f64().unwrap() > 0.0, "what it costs so far: {told}");
        drop(link);
        door.becomes_online("A-1", false).await;
        let mut link = enter(&door, protocol).await;
        let last = event("Ended", "T-1", 2, &end, 31_000, json!({}));
        let told = say(&mut link, "6", &last).await;
        let mut old = Link::enter(&door, "A-2", KEY).await;
        let start = json!([2, "1", "StartTransaction",
            {"connectorId":1,"idTag":"CARD1","meterStart":1000,"timestamp":begin}]);
        let number = old.ask(&start.to_string()).await[2]["transactionId"].as_i64().unwrap();
        let values = json!([2, "2", "MeterValues", {"connectorId":1,"transactionId":number,
            "meterValue":[{"timestamp":middle,"sampledValue":[{"value":"21000"}]}]}]);
        old.ask(&values.to_string()).await;
        let stop = json!([2, "3", "StopTransaction",
            {"transactionId":number,"meterStop":31000,"timestamp":end}]);
        old.ask(&stop.to_string()).await;
        let (new, old) = (
            named(&door, "T-1").await,
            order(&door, "A-2", SessionKey::Transaction(i32::try_from(number).unwrap())).await,
        );
        assert_eq!(new.state, OrderState::Completed, "{new:?}");
        assert!(new.total.0 > 0);
        assert_eq!(
            (new.energy, new.electricity, new.service, new.total, new.stop_class),
            (old.energy, old.electricity, old.service, old.total, old.stop_class)
        );
        let cost: Value =
            serde_json::from_str(&format!("{}.{:02}", new.total.0 / 100, new.total.0 % 100)).unwrap();
        assert_eq!(told["totalCost"], cost);
        assert_eq!(say(&mut link, "7", &last).await, told, "the end again");
        door.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_starts_and_stops() {
    let mut door = door().await;
    let mut link = enter(&door, "ocpp2.0.1").await;
    let now = || door.app.now().rfc3339();
    let status = json!([2, "2", "StatusNotification",
        {"timestamp": now(), "connectorStatus": "Available", "evseId": 1, "connectorId": 1}]);
    link.ask(&status.to_string()).await;
    let start = give(&door, "A-1", CommandRequest::Start { connector: 1 }).await;
    let call = link.hear().await;
    assert_eq!((&call[2], &call[3]["evseId"]), (&json!("RequestStartTransaction"), &json!(1)));
    link.say(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
    assert_eq!(ended(&door, start).await.state, CommandState::Accepted);
    // This pile tells the number of the start first and the token later.
    let number = &call[3]["remoteStartId"];
    let started = event(
        "Started",
        "T-9",
        0,
        &now(),
        5_000,
        json!({"evse": {"id": 1, "connectorId": 1},
            "transactionInfo": {"transactionId": "T-9", "remoteStartId": number, "chargingState": "Charging"}}),
    );
    assert_eq!(say(&mut link, "s", &started).await, json!({}));
    let order = named(&door, "T-9").await;
    assert_eq!((order.state, order.start_mode), (OrderState::Charging, StartMode::Console));
    let stop = give(&door, "A-1", CommandRequest::Stop { order: order.id }).await;
    let call = link.hear().await;
    assert_eq!(call[2], "RequestStopTransaction");
    assert_eq!(call[3], json!({"transactionId": "T-9"}));
    link.say(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
    assert_eq!(ended(&door, stop).await.state, CommandState::Accepted);
    let last = event(
        "Ended",
        "T-9",
        1,
        &now(),
        5_000,
        json!({"transactionInfo": {"transactionId": "T-9", "stoppedReason": "Remote"}}),
    );
    say(&mut link, "e", &last).await;
    assert_eq!(named(&door, "T-9").await.state, OrderState::Completed);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_malformed_is_told_so_and_the_link_goes_on() {
    let mut door = door().await;
    let mut link = enter(&door, "ocpp2.0.1").await;
    for (said, id, code) in [
        (r#"[2,"m1","StartTransaction",{}]"#, "m1", "NotImplemented"),
        (r#"[2,"m2","Authorize",{"idToken":7}]"#, "m2", "TypeConstraintViolation"),
        (r#"[2,"m3","Authorize",{}]"#, "m3", "OccurrenceConstraintViolation"),
        (r#"[7,"m4","Authorize",{}]"#, "m4", "MessageTypeNotSupported"),
        ("hello", "-1", "RpcFrameworkError"),
    ] {
        let told = link.ask(said).await;
        assert_eq!((&told[0], &told[1], &told[2]), (&json!(4), &json!(id), &json!(code)), "{said}");
    }
    assert_eq!(link.ask(r#"[2,"alive","Heartbeat",{}]"#).await[1], "alive");
    door.stop().await;
}
