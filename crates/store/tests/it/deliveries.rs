//! The outbox of webhooks: who is told what, in which order, and what follows from a try.

use crate::databases::databases;
use crate::scene::NOON;
use model::channel::{ChannelConfig, WebhookConfig, WebhookEvent, WebhookState};
use model::id::OperatorId;
use model::time::Timestamp;
use store::channels::{self, Channel};
use store::deliveries::{self, DeliveryFilter, Turn};
use store::{Store, Tx};

fn channel(name: &str, operator_id: Option<i64>) -> Channel {
    Channel {
        id: 0,
        name: name.to_owned(),
        enabled: true,
        config: ChannelConfig::Webhook(WebhookConfig {
            url: "https://hook.example.com/".to_owned(),
            events: vec![WebhookEvent::PileOffline],
            operator_id,
            timeout_s: 5,
        }),
        secret: None,
        version: 1,
        changed_at_ms: NOON.as_ms(),
        changed_by: "张三".to_owned(),
    }
}

async fn made(store: &Store, one: Channel) -> i64 {
    let id = store.write(None, move |tx| channels::save(tx, &one)).await.unwrap();
    store.subscriptions_load().await.unwrap();
    id
}

async fn told(store: &Store, operator: Option<i64>, subject: &'static str) {
    let write = store.write(None, move |tx| {
        let body = |_: &mut Tx<'_>| Ok((subject.to_owned(), "{}".to_owned()));
        tx.deliver(WebhookEvent::PileOffline, operator.map(OperatorId), NOON, body)
    });
    write.await.unwrap();
}

async fn due(store: &Store, channel: i64, now: Timestamp) -> Vec<(i64, String)> {
    let rows = store.read(move |conn| deliveries::due(conn, channel, now, 10)).await.unwrap();
    rows.into_iter().map(|one| (one.id, one.subject)).collect()
}

#[tokio::test]
async fn each_webhook_is_told_what_is_its_own_and_a_broken_receiver_holds_what_came_later() {
    for db in databases() {
        let store = db.store();
        let (all, first) =
            (made(&store, channel("全部", None)).await, made(&store, channel("一", Some(1))).await);
        told(&store, Some(1), "A").await;
        told(&store, Some(2), "B").await;
        told(&store, None, "C").await;
        let subjects = async |channel| {
            due(&store, channel, NOON).await.into_iter().map(|(_, subject)| subject).collect::<String>()
        };
        assert_eq!((subjects(all).await.as_str(), subjects(first).await.as_str()), ("ABC", "A"));

        let head = due(&store, all, NOON).await[0].0;
        let turn = |state, holds, next: i64| Turn {
            state,
            tries: 1,
            next: NOON.plus_ms(next),
            holds,
            status: Some(500),
            message: None,
        };
        let wait = turn(WebhookState::Waiting, true, 10);
        store.write(None, move |tx| deliveries::turn(tx, head, &wait, NOON)).await.unwrap();
        assert_eq!(subjects(all).await, "", "nobody overtakes");
        assert_eq!(due(&store, all, NOON.plus_ms(10)).await.len(), 3);
        let wait = turn(WebhookState::Waiting, false, 10);
        store.write(None, move |tx| deliveries::turn(tx, head, &wait, NOON)).await.unwrap();
        assert_eq!(subjects(all).await, "BC", "one that is not liked waits alone");

        let end = turn(WebhookState::Sent, false, 0);
        store.write(None, move |tx| deliveries::turn(tx, head, &end, NOON)).await.unwrap();
        let late = turn(WebhookState::Failed, false, 0);
        store.write(None, move |tx| deliveries::turn(tx, head, &late, NOON)).await.unwrap();
        let sent = store.read(move |conn| deliveries::find(conn, head)).await.unwrap().unwrap();
        assert_eq!(sent.state, WebhookState::Sent, "what has ended stays so");
        store.write(None, move |tx| deliveries::again(tx, head, NOON.plus_ms(5))).await.unwrap();
        assert_eq!(due(&store, all, NOON).await.len(), 3);

        // What has waited too long; what was sent again waits since then.
        assert!(store.read(|conn| deliveries::any_older(conn, NOON.plus_ms(1))).await.unwrap());
        let gone = store.write(None, |tx| deliveries::expire(tx, NOON.plus_ms(1), NOON.plus_ms(9)));
        assert_eq!(gone.await.unwrap(), 3);
        assert_eq!((subjects(all).await.as_str(), subjects(first).await.as_str()), ("A", ""));
        let wanted =
            DeliveryFilter { state: Some(WebhookState::Failed), limit: 1, ..DeliveryFilter::default() };
        let page = store.read(move |conn| deliveries::delivery_list(conn, all, &wanted)).await.unwrap();
        assert_eq!(
            (page.total, page.items[0].subject.as_str(), page.next_cursor.is_some()),
            (Some(2), "C", true)
        );
        assert_eq!(store.write(None, |tx| deliveries::prune(tx, NOON.plus_ms(10))).await.unwrap(), 3);
        assert_eq!(store.read(deliveries::counts).await.unwrap(), [(all, 1)]);
        store.close();
    }
}

#[tokio::test]
async fn webhooks_are_known_after_a_restart_and_not_when_they_are_off() {
    for db in databases() {
        let store = db.store();
        let id = made(&store, channel("回调", None)).await;
        store.close();
        let store = db.store();
        told(&store, None, "A").await;
        let off = Channel { id, enabled: false, ..channel("回调", None) };
        made(&store, off).await;
        told(&store, None, "B").await;
        assert_eq!(due(&store, id, NOON).await.len(), 1);
        store.close();
    }
}
