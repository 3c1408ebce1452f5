//! 期望状态 through the real server and its sockets: pretend piles are asked what they have, told what they
//! should have, and say no where they do.

use super::door::{Door, PASSWORD, door, until};
use engine::audit::Actor;
use model::desired::{DesiredKind, DesiredState};
use model::site::Protocol;
use model::time::Clock;
use serde_json::{Value, json};
use sim::pile::PileConfig;
use sim::runner::PileHandle;
use std::time::Duration;
use store::pile_desired::Desired;

async fn pile(door: &Door, protocol: Protocol) -> PileHandle {
    let mut config = PileConfig::new("A-1", protocol, &format!("ws://{}/ocpp", door.http));
    config.password = PASSWORD.to_owned();
    let pile = PileHandle::start(config, Clock::System);
    assert!(pile.wait_for(Duration::from_secs(20), |seen| seen.in_service).await);
    door.becomes_online("A-1", true).await;
    pile
}

async fn profile(door: &Door, edition: &str, entries: &[(&str, &str)]) -> i64 {
    let entries: Vec<Value> =
        entries.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    let draft = json!({"name": "模板", "edition": edition, "pile_code": "A-1", "operator_id": null, "entries": entries});
    let draft = serde_json::from_value(draft).unwrap();
    door.app.engine.configuration_profile_create(&Actor::local(), draft).await.unwrap().0
}

async fn card(door: &Door, tag: &str, offline: bool) -> i64 {
    let draft = json!({"tag": tag, "status": "accepted", "group": null, "expires_at_ms": null, "sessions_max": 1,
        "offline": offline});
    let draft = serde_json::from_value(draft).unwrap();
    door.app.engine.card_create(&Actor::local(), draft).await.unwrap().0
}

async fn all(door: &Door) -> Vec<Desired> {
    let pile = door.id("A-1").await;
    door.app.engine.store.read(move |conn| store::pile_desired::of_pile(conn, pile)).await.unwrap()
}

async fn one(door: &Door, item: &str) -> Desired {
    let all = all(door).await;
    all.into_iter().find(|one| one.item == item).unwrap_or_else(|| panic!("{item} is not wished"))
}

/// Rounds of the job, `ahead_s` from now, until it is so.
async fn comes_to(door: &Door, item: &str, state: DesiredState, ahead_s: i64) -> Desired {
    until(&format!("{item} is {}", state.as_str()), async || {
        let now = door.app.now().plus_ms(ahead_s * 1_000);
        door.app.engine.desired_reconcile(now).await.unwrap();
        all(door).await.iter().any(|one| one.item == item && one.state == state && one.command.is_none())
    })
    .await;
    one(door, item).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_read_set_and_refused_and_nobody_is_hammered() {
    let mut door = door().await;
    let keys = [
        ("HeartbeatInterval", "77"),
        ("NumberOfConnectors", "9"),
        ("NoSuchKey", "1"),
        ("ConnectionTimeOut", "60.0"),
    ];
    let id = profile(&door, "ocpp1.6", &keys).await;
    let sim = pile(&door, Protocol::Ocpp16).await;
    let set = comes_to(&door, "HeartbeatInterval", DesiredState::Same, 6).await;
    assert_eq!((set.reported.as_deref(), set.profile), (Some("77"), Some(id)));
    let same = comes_to(&door, "ConnectionTimeOut", DesiredState::Same, 6).await;
    assert_eq!((same.attempts, same.last_try), (0, None), "60 is 60.0: nothing was told");
    let refused = comes_to(&door, "NumberOfConnectors", DesiredState::Refused, 6).await;
    assert!(refused.message.unwrap().contains("拒绝"));
    assert_eq!(refused.attempts, 1);
    let unknown = comes_to(&door, "NoSuchKey", DesiredState::Refused, 6).await;
    assert!(unknown.message.unwrap().contains("没有这个配置项"));
    // An hour of rounds later nobody was asked again.
    for minute in 1..60 {
        door.app.engine.desired_reconcile(door.app.now().plus_ms(minute * 60_000)).await.unwrap();
    }
    assert_eq!(one(&door, "NumberOfConnectors").await.attempts, 1);
    // A person wants it now: it is tried once more.
    door.app.engine.pile_desired_check(&Actor::local(), "A-1").await.unwrap();
    until("it is refused again", async || {
        door.app.engine.desired_reconcile(door.app.now().plus_ms(6_000)).await.unwrap();
        let one = one(&door, "NumberOfConnectors").await;
        one.state == DesiredState::Refused && one.command.is_none() && one.attempts == 1
    })
    .await;
    // What is no longer wished is let go.
    let engine = &door.app.engine;
    engine
        .configuration_profile_delete(&Actor::local(), model::id::ConfigurationProfileId(id))
        .await
        .unwrap();
    engine.desired_reconcile(door.app.now().plus_ms(6_000)).await.unwrap();
    assert!(all(&door).await.is_empty());
    sim.stop().await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variables_of_ocpp_2_are_kept_as_well() {
    let mut door = door().await;
    let keys = [("OCPPCommCtrlr.HeartbeatInterval", "88"), ("NoSuchCtrlr.Thing", "1")];
    profile(&door, "ocpp2", &keys).await;
    let sim = pile(&door, Protocol::Ocpp201).await;
    let set = comes_to(&door, "OCPPCommCtrlr.HeartbeatInterval", DesiredState::Same, 6).await;
    assert_eq!(set.reported.as_deref(), Some("88"));
    comes_to(&door, "NoSuchCtrlr.Thing", DesiredState::Refused, 6).await;
    let pile = door.id("A-1").await;
    let read = door
        .app
        .engine
        .store
        .read(move |conn| store::pile_variables::pile_variable_list(conn, pile, Some("heartbeat")));
    assert_eq!(read.await.unwrap().items.len(), 1, "what was read is among its variables");
    sim.stop().await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_cards_follows_the_cards() {
    for protocol in [Protocol::Ocpp16, Protocol::Ocpp201] {
        let mut door = door().await;
        let sim = pile(&door, protocol).await;
        for number in 0..120 {
            card(&door, &format!("OFF{number:03}"), true).await;
        }
        let gone = card(&door, "GONE", true).await;
        card(&door, "ONLINE", false).await;
        let list = comes_to(&door, "", DesiredState::Same, 6).await;
        assert_eq!(
            (list.kind, list.wished.as_str(), list.reported.as_deref()),
            (DesiredKind::LocalList, "121", Some("121"))
        );
        let pile = door.id("A-1").await;
        let has = async |door: &Door| {
            let read = door.app.engine.store.read(move |conn| store::pile_lists::get(conn, pile));
            read.await.unwrap().unwrap()
        };
        let before = has(&door).await;
        assert!(before.version >= 3, "in pieces of 50: {}", before.version);
        let change = serde_json::from_value(json!({"status": "blocked"})).unwrap();
        door.app.engine.card_update(&Actor::local(), model::id::CardId(gone), change).await.unwrap();
        until("the blocked card is taken out", async || {
            door.app.engine.desired_reconcile(door.app.now().plus_ms(6_000)).await.unwrap();
            has(&door).await.cards.len() == 120
        })
        .await;
        let after = has(&door).await;
        assert!(after.cards.iter().all(|card| card.tag != "GONE"));
        assert_eq!(after.version, before.version + 1, "only what has changed was told");
        comes_to(&door, "", DesiredState::Same, 6).await;
        sim.stop().await;
        door.stop().await;
    }
}
