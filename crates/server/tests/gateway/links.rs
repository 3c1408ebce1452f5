//! One pile, several links: the one that lives keeps the pile.

use super::door::{KEY, Link, PASSWORD, door, handshake, knock};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_link_is_refused_while_the_first_answers() {
    let mut door = door().await;
    let mut first = Link::enter(&door, "A-1", PASSWORD).await;
    let first_from = door.app.devices.online(door.id("A-1").await).unwrap().remote_address;
    for _ in 0..3 {
        let mut second = Link::open(&door, "A-1", PASSWORD).await;
        // The first answers the question whether it lives only while somebody reads it.
        let (code, ()) = tokio::join!(second.closed(), async {
            first.say(r#"[2,"go on","Heartbeat",{}]"#).await;
            assert_eq!(first.hear().await[1], "go on");
            let _ = tokio::time::timeout(Duration::from_millis(300), first.hear()).await;
        });
        assert_eq!(code, Some(1008));
        assert!(door.is_online("A-1", true).await);
    }
    assert_eq!(first.ask(r#"[2,"after","Heartbeat",{}]"#).await[1], "after");
    let pile = door.find("A-1").await.unwrap();
    assert_eq!(pile.remote_address.as_deref(), Some(first_from.as_str()));
    drop(first);
    door.becomes_online("A-1", false).await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_link_gives_way() {
    let mut door = door().await;
    // Nobody reads or answers here: the socket is open and its pile is gone.
    let hands = handshake("A-1", Some(("A-1", PASSWORD.as_bytes())), Some("ocpp1.6"));
    let (silent, answer) = knock(door.http, &hands).await;
    assert_eq!(answer.status, 101);
    door.becomes_online("A-1", true).await;
    let begun = Instant::now();
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let took = begun.elapsed();
    assert!((4_000..6_500).contains(&took.as_millis()), "{took:?}");
    let from = link.0.get_ref().local_addr().unwrap().to_string();
    let pile = door.find("A-1").await.unwrap();
    assert_eq!((pile.online, pile.remote_address.as_deref()), (true, Some(from.as_str())));
    // The end of the old one changes nothing.
    drop(silent);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(door.is_online("A-1", true).await);
    assert_eq!(door.app.devices.online(pile.id).unwrap().remote_address, from);
    assert_eq!(link.ask(r#"[2,"here","Heartbeat",{}]"#).await[1], "here");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn coming_and_going_quickly_ends_as_the_sockets_are() {
    let mut door = door().await;
    for round in 0..50 {
        let link = Link::enter(&door, "A-1", PASSWORD).await;
        drop(link);
        if round % 3 == 0 {
            let mut other = Link::enter(&door, "A-2", KEY).await;
            let _ = other.0.close(None).await;
        }
    }
    let mut last = Link::enter(&door, "A-1", PASSWORD).await;
    door.becomes_online("A-1", true).await;
    door.becomes_online("A-2", false).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(door.is_online("A-1", true).await && door.is_online("A-2", false).await);
    assert_eq!(last.ask(r#"[2,"here","Heartbeat",{}]"#).await[1], "here");
    drop(last);
    door.becomes_online("A-1", false).await;
    door.stop().await;
}

/// Several at once, and nobody there before: one of them has the pile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_at_once_one_comes_in() {
    let mut door = door().await;
    let (mut a, mut b, mut c) = (
        Link::open(&door, "A-1", PASSWORD).await,
        Link::open(&door, "A-1", PASSWORD).await,
        Link::open(&door, "A-1", PASSWORD).await,
    );
    let end = async |link: &mut Link| tokio::time::timeout(Duration::from_secs(1), link.closed()).await.ok();
    let (a, b, c) = tokio::join!(end(&mut a), end(&mut b), end(&mut c));
    let ends = [a, b, c];
    assert_eq!(ends.iter().filter(|end| end.is_none()).count(), 1, "{ends:?}");
    assert_eq!(ends.iter().filter(|end| **end == Some(Some(1008))).count(), 2, "{ends:?}");
    assert!(door.is_online("A-1", true).await);
    door.stop().await;
}
