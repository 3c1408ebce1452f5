//! What becomes of orders and piles is put into the outbox of webhooks in the same transaction, for those
//! that want to know of it and for nobody else.

use crate::databases::wait;
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::channel::ChannelDraft;
use model::channel::{WebhookConfig, WebhookEvent};
use model::id::PileId;

pub fn subscribe(w: &World, name: &str, events: &[WebhookEvent]) -> i64 {
    let webhook = WebhookConfig {
        url: "https://hook.example.com/".to_owned(),
        events: events.to_vec(),
        operator_id: None,
        timeout_s: 5,
    };
    let draft = ChannelDraft {
        ftp: None,
        name: name.to_owned(),
        enabled: true,
        smtp: None,
        webhook: Some(webhook),
        password: None,
        secret: Some("0123456789abcdef".to_owned()),
    };
    wait(w.engine.channel_create(&Actor::local(), draft)).unwrap()
}

pub fn told(w: &World) -> Vec<(String, serde_json::Value)> {
    let rows = w.read(|conn| {
        conn.query("SELECT event, body FROM delivery ORDER BY id", &[], |row| {
            Ok((row.text(0)?, row.text(1)?))
        })
    });
    rows.into_iter().map(|(event, body)| (event, serde_json::from_str(&body).unwrap())).collect()
}

#[test]
fn a_bill_and_a_doubt_are_told_and_what_nobody_wants_to_know_is_not_written() {
    for mut w in worlds() {
        let session = w.start(1, 1, "CARD1", 10.0);
        w.later(30).stop(1, session, 20.0);
        assert_eq!(w.count("SELECT COUNT(*) FROM delivery"), 0, "nobody wants to know");

        subscribe(&w, "账务", &[WebhookEvent::OrderCompleted, WebhookEvent::OrderAbnormal]);
        let session = w.start(1, 1, "CARD1", 20.0);
        w.later(30).stop(1, session, 30.0);
        // More than this pile can deliver: held.
        let session = w.start(1, 1, "CARD1", 30.0);
        w.later(1).stop(1, session, 9_000.0);
        let all = told(&w);
        let events: Vec<&str> = all.iter().map(|(event, _)| event.as_str()).collect();
        assert_eq!(events, ["order.completed", "order.abnormal"]);
        let (billed, held) = (&all[0].1, &all[1].1);
        assert_eq!((&billed["energy_dwh"], &billed["abnormal"]), (&100_000.into(), &serde_json::json!([])));
        assert!(billed["total_fen"].as_i64().unwrap() > 0);
        assert_eq!(
            (&held["total_fen"], &held["abnormal"][0]),
            (&0.into(), &"power_exceeded".into()),
            "{held}"
        );

        // A restart knows the webhooks again; a pile that never sends its record is told of too.
        w.restart();
        w.start(1, 1, "CARD1", 9_000.0);
        w.gone(1, "none");
        w.later(3 * 24 * 60);
        w.sweep();
        let last = told(&w).pop().unwrap();
        assert_eq!(
            (last.0.as_str(), &last.1["abnormal"]),
            ("order.abnormal", &serde_json::json!(["no_record"]))
        );
    }
}

#[test]
fn a_refused_transaction_leaves_nothing_in_the_outbox() {
    for w in worlds() {
        subscribe(&w, "运维", &[WebhookEvent::PileOffline]);
        let refused = w.engine.store.write(None, |tx| {
            let told = |_: &mut store::Tx<'_>| Ok(("P".to_owned(), "{}".to_owned()));
            tx.deliver(WebhookEvent::PileOffline, None, model::time::Timestamp::from_ms(1), told)?;
            Err::<(), _>(model::Error::internal())
        });
        assert!(wait(refused).is_err());
        assert_eq!(w.count("SELECT COUNT(*) FROM delivery"), 0);
        wait(w.engine.pile_connected(PileId(1), "1.2.3.4:5".to_owned(), None)).unwrap();
        w.gone(1, "1.2.3.4:5");
        assert_eq!(told(&w).len(), 1);
    }
}
