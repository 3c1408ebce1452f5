//! What piles that keep a tariff or a list by numbers have, through the real server and its sockets: they are asked,
//! told, and put right again.

use super::door::{Door, PASSWORD, YKC, door, until};
use engine::audit::Actor;
use engine::command::CommandRequest;
use model::desired::{DesiredKind, DesiredState};
use model::site::{Pile, Protocol};
use model::time::Clock;
use serde_json::json;
use sim::pile::PileConfig;
use sim::runner::PileHandle;
use std::time::Duration;

async fn sim(door: &Door, code: &str, protocol: Protocol) -> PileHandle {
    let address = if protocol.is_ykc() { door.ykc.to_string() } else { format!("ws://{}/ocpp", door.http) };
    let mut config = PileConfig::new(code, protocol, &address);
    config.password = PASSWORD.to_owned();
    let pile = PileHandle::start(config, Clock::System);
    assert!(pile.wait_for(Duration::from_secs(20), |seen| seen.in_service).await);
    door.becomes_online(code, true).await;
    pile
}

async fn found(door: &Door, code: &str) -> Pile {
    door.find(code).await.unwrap()
}

/// One round of both jobs, a minute from now.
async fn round(door: &Door) {
    let now = door.app.now().plus_ms(60_000);
    door.app.engine.desired_reconcile(now).await.unwrap();
    door.app.engine.tariffs_deliver(now).await.unwrap();
}

async fn call(door: &Door, action: &str, payload: serde_json::Value) {
    let (pile, caller) = (door.id("A-1").await, Actor::local().caller);
    let request = CommandRequest::Call { action: action.to_owned(), payload: payload.to_string() };
    let id = door.app.engine.command(&caller, pile, request).await.unwrap();
    door.app.engine.command_wait(id, Duration::from_secs(9)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pile_of_ocpp_2_1_is_brought_to_the_tariff_of_its_station_and_back_to_it() {
    let mut door = door().await;
    let sim = sim(&door, "A-1", Protocol::Ocpp21).await;
    until("it has none, and is told", async || {
        round(&door).await;
        found(&door, "A-1").await.tariff_model.is_some_and(|no| no > 0)
    })
    .await;
    let given = found(&door, "A-1").await.tariff_model;
    call(&door, "ClearTariffs", json!({})).await;
    assert_eq!(found(&door, "A-1").await.tariff_model, Some(0), "a drift, and shown");
    until("it is told again", async || {
        round(&door).await;
        found(&door, "A-1").await.tariff_model == given
    })
    .await;
    // Somebody else's tariff is none of ours; it is found when the pile is looked at.
    let theirs = json!({"evseId": 0, "tariff": {"tariffId": "THEIRS", "currency": "CNY", "energy": {"prices": [{"priceKwh": 1}]}}});
    call(&door, "SetDefaultTariff", theirs).await;
    door.app.engine.pile_desired_check(&Actor::local(), "A-1").await.unwrap();
    until("it is found", async || found(&door, "A-1").await.tariff_model == Some(0)).await;
    until("and put right", async || {
        round(&door).await;
        found(&door, "A-1").await.tariff_model == given
    })
    .await;
    sim.stop().await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tariff_is_not_sent_to_piles_that_keep_none_nor_beyond_what_a_pile_says_it_keeps() {
    let mut door = door().await;
    let caller = Actor::local().caller;
    let sim_201 = sim(&door, "A-1", Protocol::Ocpp201).await;
    let pile = door.id("A-1").await;
    let id = door.app.engine.command(&caller, pile, CommandRequest::TariffSet).await.unwrap();
    let row = door.app.engine.command_wait(id, Duration::from_secs(9)).await.unwrap();
    assert_eq!(row.state, store::commands::CommandState::Unsupported);
    round(&door).await;
    assert_eq!(found(&door, "A-1").await.tariff_model, None);
    sim_201.stop().await;
    door.becomes_online("A-1", false).await;

    let said = model::device::VariableReport {
        name: "TariffCostCtrlr.MaxElements(Tariff)".to_owned(),
        value: Some("0".to_owned()),
        mutability: None,
        data_type: None,
        unit: None,
    };
    let kept = door.app.engine.store.write(Some(pile), move |tx| {
        let now = model::time::Timestamp::from_ms(1);
        tx.with_pile(pile, |tx, hot| {
            store::pile_variables::save(tx, &hot.pile, std::slice::from_ref(&said), now)
        })
    });
    kept.await.unwrap();
    let sim_21 = sim(&door, "A-1", Protocol::Ocpp21).await;
    let refused = door.app.engine.command(&caller, pile, CommandRequest::TariffSet).await.unwrap_err();
    assert_eq!(refused.code, "tariff.beyond");
    assert!(refused.text.zh.contains("0 段"), "{}", refused.text.zh);
    sim_21.stop().await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cards_of_a_ykc_pile_are_what_it_says_it_has() {
    let mut door = door().await;
    let sim = sim(&door, YKC, Protocol::Ykc16).await;
    for number in 0..30 {
        let draft = json!({"tag": format!("0A{number:02}"), "status": "accepted", "group": null, "expires_at_ms": null,
            "sessions_max": 1, "offline": true});
        door.app.engine.card_create(&Actor::local(), serde_json::from_value(draft).unwrap()).await.unwrap();
    }
    let pile = door.id(YKC).await;
    let list = async || {
        let read = door.app.engine.store.read(move |conn| store::pile_desired::of_pile(conn, pile));
        let all = read.await.unwrap();
        all.into_iter().find(|one| one.kind == DesiredKind::LocalList)
    };
    let same = async || {
        round(&door).await;
        let one = list().await;
        one.is_some_and(|one| one.state == DesiredState::Same && one.reported.as_deref() == Some("30"))
    };
    until("it has all thirty", same).await;
    // Somebody takes one away behind our back; the next look finds it, and it is given again.
    let request = CommandRequest::OfflineCardsRemove { cards: vec!["0A07".to_owned()] };
    let id = door.app.engine.command(&Actor::local().caller, pile, request).await.unwrap();
    door.app.engine.command_wait(id, Duration::from_secs(9)).await.unwrap();
    let given = async || {
        let sql = format!("SELECT COUNT(*) FROM command WHERE pile_id = {} AND kind = 'list_set'", pile.0);
        let read = door.app.engine.store.read(move |conn| conn.one(&sql, &[], |row| row.int(0)));
        read.await.unwrap()
    };
    let before = given().await;
    door.app.engine.pile_desired_check(&Actor::local(), YKC).await.unwrap();
    until("it is given again", async || same().await && given().await == before + 1).await;
    sim.stop().await;
    door.stop().await;
}
