//! OCPP over a real socket.

use super::door::{Door, Link, PASSWORD, door, soon, until};
use futures_util::{SinkExt, StreamExt};
use model::id::SessionKey;
use model::order::{Order, OrderState};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::{Bytes, Message};

async fn order(door: &Door, session: i64) -> Order {
    let pile = door.id("A-1").await;
    let key = SessionKey::Transaction(i32::try_from(session).unwrap());
    let found = door.app.engine.store.read(move |conn| store::orders::by_session(conn, pile, key)).await;
    found.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_session() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let at = |seconds: i64| door.app.now().plus_ms(seconds * 1_000 - 600_000).rfc3339();
    let booted =
        link.ask(r#"[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]"#).await;
    assert_eq!((&booted[1], &booted[2]["status"]), (&json!("1"), &json!("Accepted")));
    assert_eq!(booted[2]["interval"], 300);
    let status =
        json!([2, "2", "StatusNotification", {"connectorId":1,"errorCode":"NoError","status":"Preparing"}]);
    assert_eq!(link.ask(&status.to_string()).await, json!([3, "2", {}]));
    let token = link.ask(r#"[2,"3","Authorize",{"idTag":"CARD1"}]"#).await;
    assert_eq!(token[2]["idTagInfo"]["status"], "Accepted");
    let start = json!([2, "4", "StartTransaction",
        {"connectorId":1,"idTag":"CARD1","meterStart":1000,"timestamp":at(0)}]);
    let started = link.ask(&start.to_string()).await;
    assert_eq!(started[2]["idTagInfo"]["status"], "Accepted");
    let session = started[2]["transactionId"].as_i64().unwrap();
    assert_eq!(order(&door, session).await.state, OrderState::Charging, "kept before it was answered");
    assert_eq!(link.ask(&start.to_string()).await, started, "asked again");
    let values = json!([2, "5", "MeterValues", {"connectorId":1,"transactionId":session,
        "meterValue":[{"timestamp":at(300),"sampledValue":[{"value":"3000"}]}]}]);
    assert_eq!(link.ask(&values.to_string()).await, json!([3, "5", {}]));
    let stop = json!([2, "6", "StopTransaction",
        {"transactionId":session,"meterStop":6000,"timestamp":at(590),"reason":"Local"}]);
    assert_eq!(link.ask(&stop.to_string()).await[0], 3);
    let order = order(&door, session).await;
    assert_eq!(order.state, OrderState::Completed, "{order:?}");
    assert_eq!(order.energy.dwh(), 50_000, "5 kWh");
    link.0.close(None).await.unwrap();
    door.becomes_online("A-1", false).await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_malformed_is_told_so_and_the_link_goes_on() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    for (said, id, code) in [
        (r#"[2,"m1","NoSuchAction",{}]"#, "m1", "NotImplemented"),
        (r#"[2,"m2","Authorize",{"idTag":7}]"#, "m2", "TypeConstraintViolation"),
        (r#"[2,"m3","Authorize",{"idTag":"X""#, "m3", ""),
    ] {
        let told = link.ask(said).await;
        assert_eq!((&told[0], &told[1]), (&json!(4), &json!(id)), "{said}: {told}");
        assert!(told[2].as_str().unwrap().starts_with(code), "{told}");
    }
    // Not even a message: whatever is said about it, the link lives.
    for said in ["", "hello", "[]", "[3,\"nothing-asked\",{}]", "\u{0}"] {
        link.say(said).await;
    }
    link.0.send(Message::Binary(Bytes::from_static(&[0xFF, 0xFE, 0x00]))).await.unwrap();
    link.say(r#"[2,"alive","Heartbeat",{}]"#).await;
    while link.hear().await[1] != "alive" {}
    assert!(door.is_online("A-1", true).await);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_is_answered_and_a_binary_frame_is_read() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    link.0.send(Message::Ping(Bytes::from_static(b"there?"))).await.unwrap();
    let pong = soon("a pong", link.0.next()).await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong(Bytes::from_static(b"there?")));
    link.0.send(Message::Binary(Bytes::from_static(br#"[2,"b","Heartbeat",{}]"#))).await.unwrap();
    let told = link.hear().await;
    assert_eq!((&told[0], &told[1]), (&json!(3), &json!("b")));
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_messages_are_taken_up_to_the_limit_and_refused_beyond() {
    let mut door = door().await;
    for (size, is_taken) in [(60 * 1024, true), (200 * 1024, true), (300 * 1024, false), (2 << 20, false)] {
        let mut link = Link::enter(&door, "A-1", PASSWORD).await;
        let data = "x".repeat(size);
        let said = format!(r#"[2,"large","DataTransfer",{{"vendorId":"v","data":"{data}"}}]"#);
        let sent = link.0.send(Message::text(said)).await;
        if is_taken {
            sent.unwrap();
            let told = link.hear().await;
            assert_eq!(told[1], "large", "{size}");
            assert_eq!(link.ask(r#"[2,"after","Heartbeat",{}]"#).await[1], "after");
            link.0.close(None).await.unwrap();
        } else {
            assert_eq!(link.closed().await, Some(1009), "{size}");
        }
        drop(link);
        door.becomes_online("A-1", false).await;
    }
    door.stop().await;
}

/// A masked frame as it stands on the wire; the mask is zero, which is one as well.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, 0x80 | u8::try_from(payload.len()).unwrap(), 0, 0, 0, 0];
    bytes.extend_from_slice(payload);
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_may_come_byte_by_byte() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    // In fragments of one byte, a ping among them.
    let said = r#"[2,"é1","Heartbeat",{}]"#.as_bytes();
    let last = said.len() - 1;
    let mut wire = Vec::new();
    for (at, byte) in said.iter().enumerate() {
        let first = if at == 0 { 0x01 } else { 0x00 } | if at == last { 0x80 } else { 0x00 };
        wire.extend(frame(first, &[*byte]));
        if at == 5 {
            wire.extend(frame(0x89, b"p"));
        }
    }
    // And each byte of the wire in a packet of its own.
    for byte in &wire {
        link.0.get_mut().write_all(&[*byte]).await.unwrap();
        link.0.get_mut().flush().await.unwrap();
    }
    assert_eq!(link.hear().await[1], "é1");
    // Two messages in one packet.
    let both = [frame(0x81, br#"[2,"x","Heartbeat",{}]"#), frame(0x81, br#"[2,"y","Heartbeat",{}]"#)];
    link.0.get_mut().write_all(&both.concat()).await.unwrap();
    assert_eq!((&link.hear().await[1], &link.hear().await[1]), (&json!("x"), &json!("y")));
    // A frame without a mask is no client's: the link ends.
    link.0.get_mut().write_all(&[0x81, 0x01, b'x']).await.unwrap();
    link.closed().await;
    until("off line", async || door.is_online("A-1", false).await).await;
    door.stop().await;
}
