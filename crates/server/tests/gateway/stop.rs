//! The server stops: every link is told, and what was queued is written.

use super::door::{KEY, Link, PASSWORD, YKC, door, handshake, knock};
use super::ykc::Pile;
use model::order::OrderState;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_tells_every_link_and_finishes_what_was_begun() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let mut idle = Link::enter(&door, "A-2", KEY).await;
    let mut ykc = Pile::enter(&door).await;
    // A connection on which nothing was ever said.
    let mute = TcpStream::connect(door.http).await.unwrap();
    let at = door.app.now().plus_ms(-60_000).rfc3339();
    let start = json!([2, "s", "StartTransaction",
        {"connectorId":1,"idTag":"CARD1","meterStart":0,"timestamp":at}]);
    let started = link.ask(&start.to_string()).await;
    assert_eq!(started[0], 3, "{started}");
    let begun = Instant::now();
    let (_, first, second, ()) = tokio::join!(door.stop(), link.closed(), idle.closed(), ykc.ended());
    assert_eq!((first, second), (Some(1001), Some(1001)));
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    drop(mute);
    assert_eq!(door.app.devices.online_count(), 0);
    for code in ["A-1", "A-2", YKC] {
        assert!(!door.find(code).await.unwrap().online, "{code}");
    }
    let pile = door.id("A-1").await;
    let mut orders = door.app.engine.store.read(store::orders::open_all).await.unwrap();
    orders.retain(|open| open.order.pile == pile);
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].order.state, OrderState::Charging, "it goes on without us");
    assert!(TcpStream::connect(door.http).await.is_err(), "nobody listens any more");
    assert!(TcpStream::connect(door.ykc).await.is_err());
}

/// While it waits for a silent one to show that it lives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_coming_in_is_told_as_well() {
    let mut door = door().await;
    let hands = handshake("A-1", Some(("A-1", PASSWORD.as_bytes())), Some("ocpp1.6"));
    let (_silent, answer) = knock(door.http, &hands).await;
    assert_eq!(answer.status, 101);
    door.becomes_online("A-1", true).await;
    let mut coming = Link::open(&door, "A-1", PASSWORD).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    let (_, code) = tokio::join!(door.stop(), coming.closed());
    assert_eq!(code, Some(1001));
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    door.becomes_online("A-1", false).await;
}
