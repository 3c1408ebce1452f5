//! A site on real sockets, with the floor as the server.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use model::site::Protocol;
use model::time::{Clock, DAY_MS};
use sim::car::{Car, MODELS};
use sim::pile::{Behaviours, PileConfig};
use sim::random::Random;
use sim::runner::{PileHandle, Seen};
use sim::site::{Site, SiteConfig, piles_from_csv};
use std::path::PathBuf;
use std::time::Duration;

async fn server(name: &str) -> (String, PathBuf, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("ws://{}/ocpp", listener.local_addr().unwrap());
    let file = std::env::temp_dir().join(format!("pileops-sim-{}-{name}", std::process::id()));
    let log = file.clone();
    let task = tokio::spawn(async move {
        let _ = sim::floor::serve(listener, &log, Clock::System).await;
    });
    (address, file, task)
}

#[tokio::test]
async fn one_pile_by_hand_over_a_lost_link() {
    let (address, file, server) = server("hand").await;
    let mut config = PileConfig::new("HAND1", Protocol::Ocpp16, &address);
    config.connectors = 2;
    config.meter_interval_ms = 200;
    let pile = PileHandle::start(config, Clock::System);
    let soon = Duration::from_secs(10);
    assert!(pile.wait_for(soon, |seen| seen.in_service).await);
    pile.plug(2, Car::new(&MODELS[1], 20, 80));
    pile.swipe(2, "CARD1");
    assert!(pile.wait_for(soon, |s| s.connector(2).is_some_and(|v| v.transaction.is_some())).await);
    pile.cut_link(Duration::from_millis(300));
    assert!(pile.wait_for(soon, |seen| !seen.in_service).await);
    assert!(pile.seen().connector(2).is_some_and(|v| v.charging), "the car charges on");
    assert!(pile.wait_for(soon, |seen| seen.in_service).await);
    pile.unplug(2);
    assert!(pile.wait_for(soon, |s| s.connector(2).is_some_and(|v| !v.charging && !v.plugged)).await);
    tokio::time::sleep(Duration::from_millis(300)).await;
    pile.stop().await;
    server.abort();
    let log = std::fs::read_to_string(&file).unwrap();
    let _ = std::fs::remove_file(&file);
    let count = |action: &str| log.lines().filter(|line| line.contains(&format!("\"{action}\""))).count();
    assert_eq!((count("BootNotification"), count("StartTransaction"), count("StopTransaction")), (1, 1, 1));
    assert!(count("MeterValues") >= 1);
}

#[tokio::test]
async fn a_site_has_drivers_and_ends_when_told() {
    let (address, file, server) = server("site").await;
    let csv = "code,protocol,connectors,kind,rated_power_w\nS1,ocpp1.6,2,dc,60000\nS2,ocpp1.6,2,ac,7000\n";
    let piles = piles_from_csv(csv, &address, "127.0.0.1:1").unwrap();
    let mut config = SiteConfig::new(piles, (0..20).map(|n| format!("CARD{n}")).collect());
    config.occupied_percent = 100;
    config.free_every = 0;
    config.speed = 50;
    let site = Site::start(config, Clock::System);
    let pile = site.pile("S1").unwrap();
    let charging = pile.wait_for(Duration::from_secs(45), |s| s.connectors.iter().any(|v| v.charging)).await;
    assert!(charging);
    site.stop().await;
    server.abort();
    let _ = std::fs::remove_file(&file);
}

/// The same seed draws the same, and each way of misbehaving comes up.
#[test]
fn misbehaviours_are_drawn_by_the_seed() {
    let draw = |seed: u64| {
        let mut behaviours = Behaviours::default();
        behaviours.misbehave(&mut Random::seeded(seed));
        behaviours
    };
    let all: Vec<Behaviours> = (0..200).map(draw).collect();
    assert_eq!(all, (0..200).map(draw).collect::<Vec<_>>());
    assert!(all.iter().all(|b| *b != Behaviours::default()));
    let ways: [fn(&Behaviours) -> bool; 6] = [
        |b| b.repeat_final,
        |b| b.offline_start,
        |b| b.late_start_ms > 0,
        |b| b.meter_from_zero,
        |b| b.clock_skew_ms < 0,
        |b| b.line_noise,
    ];
    for (number, way) in ways.iter().enumerate() {
        assert!(all.iter().filter(|b| way(b)).count() > 10, "way {number}");
    }
}

/// Its messages bear its own time.
#[tokio::test]
async fn a_pile_with_a_wrong_clock_says_its_own_time() {
    let (address, file, server) = server("skew").await;
    let mut config = PileConfig::new("SKEW1", Protocol::Ocpp16, &address);
    config.behaviours.clock_skew_ms = -365 * DAY_MS;
    let pile = PileHandle::start(config, Clock::System);
    assert!(pile.wait_for(Duration::from_secs(10), |seen| seen.in_service).await);
    pile.plug(1, Car::new(&MODELS[1], 20, 80));
    pile.swipe(1, "CARD1");
    let started = |s: &Seen| s.connector(1).is_some_and(|v| v.transaction.is_some());
    assert!(pile.wait_for(Duration::from_secs(10), started).await);
    pile.stop().await;
    server.abort();
    let log = std::fs::read_to_string(&file).unwrap();
    let _ = std::fs::remove_file(&file);
    let start = log.lines().find(|line| line.contains("StartTransaction")).unwrap();
    let year = Clock::System.now().plus_ms(-365 * DAY_MS).rfc3339()[..7].to_owned();
    assert!(start.contains(&format!("\"timestamp\":\"{year}")), "{start}");
}

#[test]
fn a_wrong_file_is_told_by_line_and_column() {
    let wrong = |text: &str| piles_from_csv(text, "ws://x", "x").unwrap_err();
    assert!(wrong("").contains("first line"));
    assert!(wrong("code,protocol\nA,ocpp9\n").starts_with("line 2: protocol"));
    assert!(wrong("code,connectors\nA,0\n").starts_with("line 2: connectors"));
    assert!(wrong("name\nA\n").contains("code is missing"));
}
