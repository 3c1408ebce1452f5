//! Many piles at one moment. The numbers are those of docs/security.md.

use super::door::{Door, Link, door, handshake, knock, soon};
use engine::audit::Actor;
use engine::site::PileDraft;
use model::site::{PileKind, Protocol};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Barrier;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

const SECRET: &str = "crowd-secret-1";

/// So many piles that nobody has seen before.
async fn made(door: &Door, round: usize, count: usize) -> Vec<String> {
    let mut codes = Vec::new();
    for n in 0..count {
        let code = format!("CROWD-{round}-{n}");
        let draft = PileDraft {
            code: code.clone(),
            name: None,
            station_id: Some(1),
            kind: PileKind::Dc,
            protocol: Protocol::Ocpp16,
            rated_power_w: 60_000,
            connector_count: 2,
            password: Some(SECRET.to_owned()),
        };
        door.app.engine.pile_create(&Actor::local(), draft).await.unwrap();
        codes.push(code);
    }
    codes
}

/// Says what each connector of a pile does as the first thing that it ever says, and gives what was answered.
async fn first_words(mut link: Link, barrier: Arc<Barrier>) -> Vec<Value> {
    barrier.wait().await;
    let mut heard = Vec::new();
    for connector in 0..=2 {
        let status = if connector == 1 { "Preparing" } else { "Available" };
        let text = json!([2, format!("s{connector}"), "StatusNotification",
            {"connectorId": connector, "errorCode": "NoError", "status": status}]);
        heard.push(link.ask(&text.to_string()).await);
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a34_first_words_of_many_piles_at_one_moment_are_all_answered_and_kept() {
    let mut door = door().await;
    let rounds = [6, 6, 6, 50, 50, 150];
    for (round, count) in rounds.into_iter().enumerate() {
        let codes = made(&door, round, count).await;
        let barrier = Arc::new(Barrier::new(count));
        let mut crowd = Vec::new();
        for code in &codes {
            let link = Link::open(&door, code, SECRET).await;
            crowd.push(tokio::spawn(first_words(link, Arc::clone(&barrier))));
        }
        for one in crowd {
            for answer in soon("the first answers", one).await.unwrap() {
                assert_eq!(answer[0], 3, "round {round}: {answer}");
            }
        }
        for code in &codes {
            let pile = door.id(code).await;
            let kept = door.app.engine.store.read(move |conn| store::piles::connectors(conn, pile)).await;
            let kept: Vec<_> = kept.unwrap().into_iter().map(|one| (one.no, one.status.as_str())).collect();
            let said = [(0, "available"), (1, "preparing"), (2, "available")];
            assert_eq!(kept, said, "round {round}: {code}");
        }
    }
    door.stop().await;
}

/// A05: whole crowds lose the network without a word and are back at once. Nobody is kept out by a link of
/// his own that is dead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_a_crowd_whose_links_died_without_a_word_is_let_in_again() {
    let mut door = door().await;
    let codes = made(&door, 9, 100).await;
    let mut silent = Vec::new();
    for code in &codes {
        silent.push(Link::open(&door, code, SECRET).await);
    }
    // The old sockets stay open and answer nothing, pings neither: so does a network that was cut.
    let begun = Instant::now();
    let mut back = Vec::new();
    for code in &codes {
        let (http, code) = (door.http, code.clone());
        back.push(tokio::spawn(async move {
            let hands = handshake(&code, Some((&code, SECRET.as_bytes())), Some("ocpp1.6"));
            let (stream, answered) = knock(http, &hands).await;
            assert_eq!(answered.status, 101, "{answered:?}");
            let mut link = Link(WebSocketStream::from_raw_socket(stream, Role::Client, None).await);
            assert_eq!(link.ask(r#"[2,"in","Heartbeat",{}]"#).await[0], 3);
            link
        }));
    }
    let mut fresh = Vec::new();
    for one in back {
        fresh.push(soon("a way in", one).await.unwrap());
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    drop(silent);
    for code in &codes {
        door.becomes_online(code, true).await;
    }
    door.stop().await;
}
