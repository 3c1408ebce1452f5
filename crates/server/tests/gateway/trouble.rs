//! What goes wrong on a link is told, bounded, and seen by the people who look at the pile.

use super::door::{DIGITS, Door, KEY, Link, PASSWORD, YKC, door, door_by, handshake, knock, soon, until};
use super::ykc::{Pile, heartbeat, login};
use futures_util::StreamExt;
use server::http::HttpSettings;
use std::time::Duration;
use store::frames::{Frame, FrameFilter};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

async fn frames(door: &Door, code: &str) -> Vec<Frame> {
    let filter = FrameFilter { pile: door.id(code).await, order: None, from: None, before: None, limit: 50 };
    door.app.engine.store.read(move |conn| store::frames::list(conn, &filter)).await.unwrap()
}

async fn is_noted(door: &Door, code: &str, kind: &str, word: &str) {
    until(&format!("{kind} with {word} among the frames"), async || {
        let has = |frame: &Frame| frame.note.as_deref().is_some_and(|note| note.contains(word));
        frames(door, code).await.iter().any(|frame| frame.kind == kind && has(frame))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_socket_cannot_take_is_told_and_kept() {
    let mut door = door().await;
    // A vendor in GBK; a frame without a mask; a reserved bit.
    let cases: [(&[u8], u16, &str); 3] = [
        (&[0x81, 0x84, 0, 0, 0, 0, 0xd0, 0xc7, 0xd0, 0xc7], 1007, "UTF-8"),
        (&[0x81, 0x01, b'x'], 1002, "RFC 6455"),
        (&[0xf1, 0x80, 0, 0, 0, 0], 1002, "RFC 6455"),
    ];
    for (bytes, code, word) in cases {
        let mut link = Link::enter(&door, "A-1", PASSWORD).await;
        link.0.get_mut().write_all(bytes).await.unwrap();
        assert_eq!(link.closed().await, Some(code), "{bytes:02x?}");
        is_noted(&door, "A-1", "unreadable", word).await;
        door.becomes_online("A-1", false).await;
    }
    let mut link = Link::enter(&door, "A-2", KEY).await;
    // The header alone announces 300 KiB.
    link.0.get_mut().write_all(&[0x81, 0xff, 0, 0, 0, 0, 0, 4, 0xb0, 0, 0, 0, 0, 0]).await.unwrap();
    assert_eq!(link.closed().await, Some(1009));
    is_noted(&door, "A-2", "unreadable", "256 KiB").await;
    door.stop().await;
}

/// Twenty log-ins a second from one source, after a burst; elsewhere a pile comes in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_tries_many_numbers_is_slowed_down() {
    let mut door = door().await;
    let mut tries = 0;
    loop {
        let mut pile = Pile::connect(&door).await;
        let number = if tries % 2 == 0 { DIGITS.to_owned() } else { format!("99{tries:012}") };
        if pile.stream.write_all(&login(&number)).await.is_err() || pile.next().await.is_none() {
            break;
        }
        tries += 1;
        assert!(tries < 2_000, "never slowed down");
    }
    assert!(tries >= 200, "{tries}");
    if cfg!(target_os = "linux") {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        let mut pile = Pile::on(socket.connect(door.ykc).await.unwrap());
        pile.say(&login(YKC)).await;
        assert!(pile.is_let_in().await);
    }
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_each_pile_has_its_own_address_and_limit() {
    let mut door = door_by(HttpSettings { behind_proxy: true, ..HttpSettings::default() }).await;
    let by = async |password: &str, from: &str| {
        let hands = handshake("A-1", Some(("A-1", password.as_bytes())), Some("ocpp1.6"));
        let hands = hands.replace("\r\n\r\n", &format!("\r\nX-Forwarded-For: 8.8.8.8, {from}\r\n\r\n"));
        let (stream, answer) = knock(door.http, &hands).await;
        (stream, answer.status)
    };
    let mut tries = 0;
    while by("guess", "10.0.0.1").await.1 == 401 {
        tries += 1;
        assert!(tries < 2_000, "never told to wait");
    }
    let (_stream, status) = by(PASSWORD, "10.0.0.2").await;
    assert_eq!(status, 101, "another pile behind the same proxy");
    door.becomes_online("A-1", true).await;
    assert_eq!(door.find("A-1").await.unwrap().remote_address.as_deref(), Some("10.0.0.2"));
    door.stop().await;
}

/// A new pile that has no password yet is to be registered with one click.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_pile_without_a_password_is_listed() {
    let mut door = door().await;
    assert_eq!(knock(door.http, &handshake("NEW-9", None, Some("ocpp1.6"))).await.1.status, 401);
    until("the knock is noted", async || {
        let noted = door.app.engine.store.read(store::unknown_piles::unknown_pile_list).await.unwrap();
        noted.items.iter().any(|pile| pile.code == "NEW-9")
    })
    .await;
    door.stop().await;
}

/// It never stops talking; what others want of its link is done all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_does_not_keep_the_link_from_ending() {
    let mut door = door().await;
    let mut pile = Pile::connect(&door).await;
    pile.say(&login(YKC)).await;
    assert!(pile.is_let_in().await);
    let (mut hear, mut say) = pile.stream.into_split();
    // Each is for the engine, so that there is always one more to hear.
    let flood: Vec<u8> = login(YKC).repeat(1_000);
    let saying = tokio::spawn(async move { while say.write_all(&flood).await.is_ok() {} });
    let hearing = tokio::spawn(async move {
        let mut bytes = vec![0; 64 * 1024];
        while hear.read(&mut bytes).await.is_ok_and(|length| length > 0) {}
    });
    let mut next = Pile::enter(&door).await;
    soon("the flooding link ends", hearing).await.unwrap();
    soon("and takes no more", saying).await.unwrap();
    next.say(&heartbeat(2)).await;
    assert!(next.next().await.is_some());
    door.stop().await;
}

/// Two devices with one number take the pile from each other for ever: people are told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rivals_for_one_number_are_seen() {
    let mut door = door().await;
    let mut links = vec![Pile::enter(&door).await];
    for _ in 0..2 {
        links.push(Pile::enter(&door).await);
    }
    assert!(frames(&door, YKC).await.iter().all(|frame| frame.kind != "link"), "a pile may come back twice");
    links.push(Pile::enter(&door).await);
    is_noted(&door, YKC, "link", "several devices").await;
    // An OCPP pile keeps its link while it answers; the other one is seen as well.
    let mut first = Link::enter(&door, "A-1", PASSWORD).await;
    let mut second = Link::open(&door, "A-1", PASSWORD).await;
    let (code, _) = tokio::join!(second.closed(), tokio::time::timeout(Duration::from_secs(1), first.hear()));
    assert_eq!(code, Some(1008));
    is_noted(&door, "A-1", "link", "was refused").await;
    door.stop().await;
}

/// Ten seconds by a clock that jumps: the database does not answer, the link is closed, and what is
/// committed later is not done twice.
#[tokio::test]
async fn what_is_not_durable_in_time_closes_the_link() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let (go_on, held) = std::sync::mpsc::channel::<()>();
    let (is_held, mut holds) = tokio::sync::mpsc::unbounded_channel();
    door.app.engine.store.post(None, move |_| {
        let _ = is_held.send(());
        let _ = held.recv();
        Ok(())
    });
    holds.recv().await.unwrap();
    let at = door.app.now().plus_ms(-60_000).rfc3339();
    let start = format!(
        r#"[2,"s","StartTransaction",{{"connectorId":1,"idTag":"CARD1","meterStart":0,"timestamp":"{at}"}}]"#
    );
    link.say(&start).await;
    tokio::time::pause();
    let told = link.0.next().await;
    tokio::time::resume();
    let Some(Ok(Message::Close(Some(why)))) = told else { panic!("{told:?}") };
    assert_eq!(u16::from(why.code), 1013);
    drop(go_on);
    drop(link);
    door.becomes_online("A-1", false).await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let started = link.ask(&start).await;
    assert_eq!(started[0], 3, "{started}");
    let open = door.app.engine.store.read(store::orders::open_all).await.unwrap();
    assert_eq!(open.len(), 1);
    door.stop().await;
}
