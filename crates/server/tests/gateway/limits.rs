//! Too much of one pile, and of one source: it waits or is refused, and nobody else notices.

use super::door::{DIGITS, Door, KEY, Link, PASSWORD, YKC, door, handshake, knock, soon, until};
use super::ykc::{Pile, heartbeat, login};
use engine::audit::Actor;
use engine::parameter::ParameterChange;
use futures_util::SinkExt;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

pub async fn set(door: &Door, name: &str, value: i64) {
    let all = door.app.engine.parameter_list().await.unwrap();
    let version = all.iter().find(|one| one.name == name).unwrap().version;
    let change = ParameterChange { version, value: Some(value), reason: "试验".to_owned() };
    door.app.engine.parameter_update(&Actor::local(), name, change).await.unwrap();
}

async fn notes(door: &Door, code: &str, word: &str) -> usize {
    let pile = door.id(code).await;
    let filter = store::frames::FrameFilter { pile, order: None, from: None, before: None, limit: 2_000 };
    let frames = door.app.engine.store.read(move |conn| store::frames::list(conn, &filter)).await.unwrap();
    frames.iter().filter(|frame| frame.note.as_ref().is_some_and(|note| note.contains(word))).count()
}

/// A pile that never stops talking is read at the pace that it may have; another is answered at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_4_class_a_flooding_pile_is_slowed_and_harms_nobody() {
    let mut door = door().await;
    set(&door, "pile_frames_s", 20).await;
    let mut flood = Link::enter(&door, "A-1", PASSWORD).await;
    let mut other = Link::enter(&door, "A-2", KEY).await;
    let begun = Instant::now();
    // Five seconds' worth is let through, and then twenty each second.
    for n in 0..140 {
        flood.0.feed(Message::text(format!(r#"[2,"f{n}","Heartbeat",{{}}]"#))).await.unwrap();
    }
    flood.0.flush().await.unwrap();
    for n in 0..99 {
        assert_eq!(flood.hear().await[1], format!("f{n}"));
    }
    let asked = Instant::now();
    assert_eq!(other.ask(r#"[2,"o","Heartbeat",{}]"#).await[1], "o");
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    for n in 99..140 {
        assert_eq!(flood.hear().await[1], format!("f{n}"), "nothing is lost");
    }
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(1_000), "41 too many at 20 a second: {took:?}");
    until("it is noted", async || notes(&door, "A-1", "pile_frames_s").await > 0).await;
    assert_eq!(notes(&door, "A-1", "pile_frames_s").await, 1, "once");
    assert_eq!(notes(&door, "A-2", "pile_frames_s").await, 0);
    assert!(door.app.devices.online(door.id("A-1").await).unwrap().slowed_at.is_some());
    assert!(door.app.devices.online(door.id("A-2").await).unwrap().slowed_at.is_none());
    door.stop().await;
}

/// The same over a stream, where one read holds many frames. It is not taken for silent meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_4_class_a_flooding_ykc_pile_is_slowed_too() {
    let mut door = door().await;
    set(&door, "pile_frames_s", 20).await;
    let mut pile = Pile::enter(&door).await;
    let begun = Instant::now();
    let beats: Vec<u8> = (0..140).flat_map(heartbeat).collect();
    pile.say(&beats).await;
    for _ in 0..140 {
        pile.hear(0x04).await;
    }
    pile.say(&heartbeat(200)).await;
    pile.hear(0x04).await;
    assert!(begun.elapsed() > Duration::from_millis(1_000), "{:?}", begun.elapsed());
    until("it is noted", async || notes(&door, YKC, "pile_frames_s").await == 1).await;
    assert!(door.is_online(YKC, true).await);
    door.stop().await;
}

/// At the limit and below it nobody waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_4_boundary_what_may_be_said_is_answered_at_once() {
    let mut door = door().await;
    set(&door, "pile_frames_s", 20).await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let begun = Instant::now();
    for n in 0..90 {
        assert_eq!(link.ask(&format!(r#"[2,"f{n}","Heartbeat",{{}}]"#)).await[1], format!("f{n}"));
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(notes(&door, "A-1", "pile_frames_s").await, 0);
    door.stop().await;
}

/// A pile that logs in again and again is told to wait; the other one is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_4_class_log_ins_of_a_pile_are_counted() {
    let mut door = door().await;
    set(&door, "pile_logins_minute", 5).await;
    for code in ["A-1", DIGITS] {
        let hands = handshake(code, Some((code, PASSWORD.as_bytes())), Some("ocpp1.6"));
        for _ in 0..5 {
            let (link, answered) = knock(door.http, &hands).await;
            assert_eq!(answered.status, 101);
            drop(link);
            door.becomes_online(code, false).await;
        }
        let (_, answered) = knock(door.http, &hands).await;
        assert_eq!(answered.status, 429, "{answered:?}");
        assert!(answered.head.contains("retry-after: 30"), "{answered:?}");
        until("it is noted", async || notes(&door, code, "pile_logins_minute").await == 1).await;
    }
    for _ in 0..5 {
        drop(Pile::enter(&door).await);
        door.becomes_online(YKC, false).await;
    }
    let mut pile = Pile::connect(&door).await;
    pile.say(&login(YKC)).await;
    assert!(!pile.is_let_in().await);
    until("it is noted", async || notes(&door, YKC, "pile_logins_minute").await == 1).await;
    door.stop().await;
}

/// One source holds so many links and no more; those that end make room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_4_class_a_source_holds_so_many_links() {
    let mut door = door().await;
    set(&door, "source_strangers", 5).await;
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(Pile::connect(&door).await);
    }
    until("five are there", async || {
        let mut more = TcpStream::connect(door.ykc).await.unwrap();
        closed(&mut more).await
    })
    .await;
    // One that logs in is no stranger any more, and leaves its place to another.
    held[0].say(&login(YKC)).await;
    assert!(held[0].is_let_in().await);
    let mut sixth = Pile::connect(&door).await;
    sixth.say(&[0x68]).await;
    assert!(!closed(&mut sixth.stream).await);
    // An OCPP pile shows who it is before it holds anything.
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    assert_eq!(link.ask(r#"[2,"o","Heartbeat",{}]"#).await[1], "o");
    set(&door, "source_links", 10).await;
    let hands = handshake("A-2", Some(("A-2", KEY.as_bytes())), Some("ocpp1.6"));
    for _ in 0..3 {
        held.push(Pile::connect(&door).await);
    }
    held.push(sixth);
    drop(held.drain(1..));
    until("there is room again", async || {
        let (_, answered) = knock(door.http, &hands).await;
        answered.status == 101
    })
    .await;
    door.stop().await;
}

/// Whether the other side closes within a moment.
async fn closed(stream: &mut TcpStream) -> bool {
    use tokio::io::AsyncReadExt;
    let mut byte = [0];
    let read = tokio::time::timeout(Duration::from_millis(300), stream.read(&mut byte)).await;
    matches!(read, Ok(Ok(0) | Err(_)))
}

/// Wrong passwords of one source stop it after so many; numbers that are made up do not fill the table.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ocpp_4_guess_who_guesses_is_stopped_and_unknown_piles_stay_bounded() {
    let mut door = door().await;
    set(&door, "source_failures", 10).await;
    let mut refused = 0;
    for n in 0..40 {
        let code = format!("GUESS-{n}");
        let hands = handshake(&code, Some((&code, b"wrong-password")), Some("ocpp1.6"));
        let (_, answered) = soon("an answer", knock(door.http, &hands)).await;
        refused += usize::from(answered.status == 429);
        assert!(matches!(answered.status, 401 | 429), "{answered:?}");
    }
    assert!(refused >= 20, "{refused} of 40");
    let mut stranger = TcpStream::connect(door.ykc).await.unwrap();
    let _ = stranger.write_all(&login("99999999999999")).await;
    let known = door.app.engine.store.read(store::unknown_piles::unknown_pile_list).await.unwrap();
    assert!(known.total.unwrap() <= 20, "{:?}", known.total);
    door.stop().await;
}
