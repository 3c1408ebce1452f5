//! 负荷管理 with real sessions: pretend piles over real sockets obey what the platform shares out.

use super::door::{Door, PASSWORD, YKC, door, until};
use engine::audit::Actor;
use engine::load::{LoadChange, LoadView};
use model::id::StationId;
use model::load::LoadStrategy;
use model::site::Protocol;
use model::time::Clock;
use sim::car::{Car, MODELS};
use sim::pile::PileConfig;
use sim::runner::PileHandle;
use std::time::Duration;

/// The two piles that are not there count with their 60 kW, once for both of their connectors. What is left are 62 kW.
const CAP_W: i64 = 182_000;

async fn share(door: &Door, version: i64, cap_w: i64) {
    let change = LoadChange {
        version,
        enabled: true,
        cap_w,
        reserve_w: 0,
        periods: Vec::new(),
        strategy: LoadStrategy::Equal,
        safe_w: 5_000,
        fleets_first: false,
        units: Vec::new(),
    };
    door.app.engine.load_set(&Actor::local(), StationId(1), change).await.unwrap();
}

async fn view(door: &Door) -> LoadView {
    door.app.engine.loads_advance().await.unwrap();
    door.app.engine.load_get(StationId(1)).await.unwrap()
}

fn pile(door: &Door, code: &str, protocol: Protocol) -> PileHandle {
    let address = match protocol {
        Protocol::Ykc16 => door.ykc.to_string(),
        _ => format!("ws://{}/ocpp", door.http),
    };
    let mut config = PileConfig::new(code, protocol, &address);
    config.password = PASSWORD.to_owned();
    (config.connectors, config.rated_power_w, config.meter_interval_ms) = (2, 60_000, 500);
    PileHandle::start(config, Clock::System)
}

async fn obeys(protocol: Protocol) {
    let mut door = door().await;
    share(&door, 0, CAP_W).await;
    let (ocpp, ykc) = (pile(&door, "A-1", protocol), pile(&door, YKC, Protocol::Ykc16));
    door.becomes_online("A-1", true).await;
    door.becomes_online(YKC, true).await;
    let unit = |view: &LoadView, code: &str, no: u16| {
        view.units.iter().find(|u| u.pile_code == code && u.connector_no == no).unwrap().clone()
    };
    until("both know what they may take", async || {
        let view = view(&door).await;
        unit(&view, "A-1", 2).limit_w == Some(5_000) && unit(&view, YKC, 0).limit_w == Some(18_000)
    })
    .await;
    ocpp.plug(1, Car::new(&MODELS[2], 20, 90));
    ocpp.swipe(1, "CARD1");
    until("the session gets what the others leave", async || {
        let view = view(&door).await;
        assert_eq!(view.picture.over_w, 0, "{view:?}");
        unit(&view, "A-1", 1).limit_w == Some(39_000)
    })
    .await;
    let drawn = |seen: &sim::runner::Seen| seen.connector(1).map_or(0, |view| view.power_w);
    assert!(ocpp.wait_for(Duration::from_secs(9), |seen| (37_000..=39_000).contains(&drawn(seen))).await);
    until("what it draws is seen", async || {
        let view = view(&door).await;
        unit(&view, "A-1", 1).power_w.is_some_and(|power| (30_000..=39_000).contains(&power))
    })
    .await;
    let by_hand = engine::command::CommandRequest::Call {
        action: "SetChargingProfile".to_owned(),
        payload: "{}".to_owned(),
    };
    let id = door.id("A-1").await;
    let refused = door.app.engine.command(&Actor::local().caller, id, by_hand).await.unwrap_err();
    assert_eq!(refused.code, "load.managed");
    ocpp.cut_link(Duration::from_secs(600));
    door.becomes_online("A-1", false).await;
    let away = unit(&view(&door).await, "A-1", 1);
    assert_eq!((away.online, away.worst_w), (false, 39_000), "it may go on as it was told");
    assert!(drawn(&ocpp.seen()) >= 37_000, "and does");
    // Less than what cannot be reached might take: told, and nothing more is given.
    share(&door, 1, 150_000).await;
    let view = view(&door).await;
    assert!(view.picture.over_w > 0 && view.picture.refuses_from_ms.is_some(), "{view:?}");
    ocpp.stop().await;
    ykc.stop().await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn piles_of_ocpp_16_and_ykc_take_what_they_are_given() {
    obeys(Protocol::Ocpp16).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn piles_of_ocpp_201_take_what_they_are_given() {
    obeys(Protocol::Ocpp201).await;
}
