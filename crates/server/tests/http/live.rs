//! The stream of changes.

use super::house::{House, house};
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt;
use model::curve::Point;
use model::id::{OperatorId, OrderId, PileId, StationId};
use std::time::Duration;
use store::Change;

async fn listen(house: &House, account: &str, query: &str) -> BodyDataStream {
    let cookie = house.sign_in(account).await;
    let request = Request::get(format!("/api/v1/live{query}")).header("cookie", cookie);
    let response = house.raw(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    assert!(next(&mut stream).await.starts_with("event: hello\ndata: {\"now_ms\":"));
    stream
}

async fn next(stream: &mut BodyDataStream) -> String {
    let event = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.expect("an event");
    String::from_utf8(event.unwrap().unwrap().to_vec()).unwrap()
}

/// What comes within a second.
async fn all(stream: &mut BodyDataStream) -> Vec<String> {
    let mut events = Vec::new();
    while let Ok(Some(Ok(event))) = tokio::time::timeout(Duration::from_secs(1), stream.next()).await {
        events.push(String::from_utf8(event.to_vec()).unwrap());
    }
    events
}

fn pile(pile: i64, operator: i64) -> Change {
    Change::Pile { pile: PileId(pile), operator: OperatorId(operator) }
}

#[tokio::test]
async fn many_changes_of_one_thing_are_told_once_and_only_to_whom_they_concern() {
    let house = house().await;
    house.furnish().await;
    for (id, code) in [(1, "A-1"), (3, "B-1")] {
        let code = model::id::PileCode::parse(code).unwrap();
        house.app.devices.name(PileId(id), code, StationId((id + 1) / 2));
    }
    let mut platform = listen(&house, "viewer", "").await;
    let mut operator = listen(&house, "a.viewer", "").await;
    for _ in 0..100 {
        house.app.live.publish(&[pile(1, 1), pile(3, 2)]);
    }
    let told = all(&mut operator).await;
    assert_eq!(told.iter().filter(|event| event.contains("\"A-1\"")).count(), 1, "{told:?}");
    assert!(!told.iter().any(|event| event.contains("B-1")), "{told:?}");
    let told = all(&mut platform).await;
    for code in ["A-1", "B-1"] {
        let event = format!("event: changed\ndata: {{\"id\":\"{code}\",\"noun\":\"pile\"}}\n\n");
        assert_eq!(told.iter().filter(|told| **told == event).count(), 1, "{told:?}");
    }
    // At once, and once more for what came after that.
    let home = told.iter().filter(|event| event.contains("\"home\"")).count();
    assert!((1..=2).contains(&home), "{told:?}");
}

#[tokio::test]
async fn values_go_only_to_the_page_that_shows_them() {
    let house = house().await;
    house.furnish().await;
    let found = house
        .app
        .engine
        .store
        .read(|conn| conn.one("SELECT id FROM pile WHERE code = 'A-1'", &[], |row| row.int(0)));
    let shown = found.await.unwrap();
    let mut stream = listen(&house, "viewer", "?pile=A-1,B-1").await;
    let mut point = Point::at(model::time::Timestamp::from_ms(5));
    point.power_w = Some(7_000);
    let sample = |pile| Change::Sample {
        order: OrderId(9),
        pile: PileId(pile),
        connector: 1,
        operator: OperatorId(1),
        point,
    };
    house.app.live.publish(&[sample(shown), sample(shown + 100)]);
    let told = all(&mut stream).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("event: sample\ndata: ") && told[0].contains("\"power_w\":7000"));
    // Several pages share the stream: each knows its own pile by the code.
    assert!(told[0].contains("\"pile_code\":\"A-1\""), "{told:?}");
}

#[tokio::test]
async fn a_page_that_falls_behind_is_told_to_fetch_everything() {
    let house = house().await;
    house.furnish().await;
    let mut stream = listen(&house, "viewer", "").await;
    for n in 0..5_000 {
        house.app.live.publish(&[Change::Order {
            order: OrderId(n),
            pile: PileId(1),
            operator: OperatorId(1),
        }]);
    }
    let told = all(&mut stream).await;
    assert!(told.iter().any(|event| event.contains("\"noun\":\"all\"")), "{told:?}");
    assert!(told.len() < 600);
}

#[tokio::test]
async fn a_closed_page_is_forgotten() {
    let house = house().await;
    house.furnish().await;
    let stream = listen(&house, "viewer", "").await;
    assert_eq!(house.app.live.open_count(), 1);
    drop(stream);
    for _ in 0..100 {
        house.app.live.publish(&[pile(1, 1)]);
        tokio::time::sleep(Duration::from_millis(50)).await;
        if house.app.live.open_count() == 0 {
            return;
        }
    }
    panic!("the stream of a closed page is still there");
}

/// Ends with the session, although the page never asks for anything.
#[tokio::test]
async fn a_stream_ends_when_its_session_does() {
    let house = house().await;
    house.furnish().await;
    let mut stream = listen(&house, "viewer", "").await;
    house
        .app
        .engine
        .store
        .write(None, |tx| tx.execute("DELETE FROM credential", &[]).map(drop))
        .await
        .unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(31)).await;
    tokio::time::resume();
    let ended = tokio::time::timeout(Duration::from_secs(5), async {
        while let Some(Ok(_)) = stream.next().await {}
    });
    assert!(ended.await.is_ok());
}
