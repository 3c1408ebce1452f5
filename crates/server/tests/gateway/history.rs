//! 上下线记录: each link is kept with why it ended.

use super::door::{Door, Link, PASSWORD, door, until};
use model::site::{LinkEnd, SecurityProfile};
use store::links::{LinkView, link_figures, link_list};

async fn links(door: &Door) -> Vec<LinkView> {
    let pile = door.id("A-1").await;
    let read = move |conn: &mut store::Conn| link_list(conn, pile, None, None, 50);
    door.app.engine.store.read(read).await.unwrap().items
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_is_kept_with_why_it_ended_and_one_that_comes_and_goes_is_told() {
    let mut door = door().await;
    let pile = door.id("A-1").await;
    let mut expected = Vec::new();
    for round in 0..5 {
        let mut link = Link::enter(&door, "A-1", PASSWORD).await;
        if round == 2 {
            door.app.devices.expel(pile, |shown| shown == SecurityProfile::Password);
            link.closed().await;
            expected.push(LinkEnd::Expelled);
        } else {
            expected.push(LinkEnd::Closed);
        }
        drop(link);
        door.becomes_online("A-1", false).await;
        until("the link is kept", async || links(&door).await.len() == expected.len()).await;
        let now = door.app.now();
        let figures =
            move |conn: &mut store::Conn| link_figures(conn, pile, now.plus_ms(-9_000), now.plus_ms(-9_000));
        let figures = door.app.engine.store.read(figures).await.unwrap();
        assert_eq!((figures.ended_count, figures.flapping), (round + 1, round == 4));
    }
    let kept = links(&door).await;
    expected.reverse();
    assert_eq!(kept.iter().map(|link| link.ended).collect::<Vec<_>>(), expected);
    assert_eq!(kept[0].offline_ms, None, "it has not come back");
    for (later, link) in kept.iter().zip(&kept[1..]) {
        assert!(link.from_ms <= link.to_ms && link.to_ms <= later.from_ms);
        assert_eq!(link.offline_ms, Some(later.from_ms - link.to_ms));
        assert_eq!(link.shown, Some(SecurityProfile::Password));
    }
    // A stop of the server is no fault of the pile's.
    let _link = Link::enter(&door, "A-1", PASSWORD).await;
    door.stop().await;
    assert_eq!(links(&door).await[0].ended, LinkEnd::Stopped);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_the_server_lost_by_its_own_end_is_kept_at_the_next_start() {
    let door = door().await;
    let link = Link::enter(&door, "A-1", PASSWORD).await;
    door.becomes_online("A-1", true).await;
    // The same as a start after kill -9: the database says that the pile is on line.
    door.app.begin().await.unwrap();
    let kept = links(&door).await;
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].ended, kept[0].shown), (LinkEnd::Cut, None));
    drop(link);
}
