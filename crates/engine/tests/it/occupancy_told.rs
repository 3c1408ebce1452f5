//! 占位提醒: the driver of a car that stays plugged in is told each stage once, with what it costs by then, whatever the
//! pile repeats and however often the server starts; and nothing more once the plug is out.

use crate::databases::wait;
use crate::occupancy::{charged, planned, says};
use crate::payment::furnish;
use crate::webhook::{subscribe, told};
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::content::{ContentDraft, ContentStatusChange};
use model::channel::WebhookEvent;
use model::connector::ConnectorStatus;
use model::content::{Audience, ContentDecision, ContentKind};
use model::id::PileId;
use model::message::MessageEvent;
use serde_json::{Value, json};

const EVENTS: [WebhookEvent; 4] = [
    WebhookEvent::OccupancyBegan,
    WebhookEvent::OccupancyWarned,
    WebhookEvent::OccupancyFeeBegan,
    WebhookEvent::OccupancyCapped,
];

/// A message that is published: all that is left out is nobody's.
fn publish(w: &World, audience: Audience, event: MessageEvent, body: &str) {
    let draft: ContentDraft = serde_json::from_value(json!({
        "audience": audience, "kind": ContentKind::Message, "title": "占位", "body": body, "event": event}))
    .unwrap();
    let id = wait(w.engine.content_create(&Actor::local(), draft)).unwrap();
    let change = ContentStatusChange { version: 1, status: ContentDecision::Published };
    wait(w.engine.content_status_set(&Actor::local(), id, change)).unwrap();
}

fn ready(w: &World) {
    furnish(w);
    planned(w);
    subscribe(w, "驾驶者", &EVENTS);
}

/// Looks at this minute, twice: the second time there is nothing new.
fn look(w: &World) {
    w.sweep();
    w.sweep();
}

fn events(w: &World) -> Vec<String> {
    told(w).into_iter().map(|(event, _)| event).collect()
}

const ALL: [&str; 4] = ["occupancy.began", "occupancy.warned", "occupancy.fee_began", "occupancy.capped"];

#[test]
fn a_driver_is_told_each_stage_once_with_its_amounts() {
    for mut w in worlds() {
        ready(&w);
        let free = "{station_name} {connector}：免费 {free_minutes} 分钟至 {free_until}，之后 {fee_yuan_per_minute}/分，最多 {cap_yuan}";
        publish(&w, Audience::Customer, MessageEvent::OccupationFree, free);
        let fee = "订单 {order_no} 已停 {occupied_minutes} 分钟，{fee_yuan} 元";
        publish(&w, Audience::Customer, MessageEvent::OccupationCap, fee);
        publish(&w, Audience::Driver, MessageEvent::OccupationFee, "司机");
        let (session, _) = charged(&w, "C11");
        look(&w);
        // The pile repeats itself, its end comes again, the server starts anew.
        says(&w, ConnectorStatus::Finishing);
        let ended = w.order(1, session).ended_at.unwrap();
        w.stop_by(1, crate::world::stop_of(session, ended, 110.0));
        w.restart();
        look(&w);
        assert_eq!(events(&w), ALL[..1]);
        let began = told(&w)[0].1.clone();
        assert_eq!(
            (&began["free_minutes"], &began["fen_per_minute"], &began["cap_fen"], &began["fee_fen"]),
            (&json!(15), &json!(50), &json!(2_000), &json!(0))
        );
        assert_eq!(began["customer_id"], 2);
        let text = began["message"]["body"].as_str().unwrap();
        assert!(
            text.contains("1 号枪：免费 15 分钟至") && text.ends_with("之后 0.50/分，最多 20.00"),
            "{text}"
        );
        for (minutes, count) in [(9, 1), (1, 2), (5, 2), (1, 3), (38, 3), (1, 4), (60, 4)] {
            w.later(minutes);
            look(&w);
            w.restart();
            look(&w);
            assert_eq!(events(&w), ALL[..count], "{minutes} later");
        }
        let all = told(&w);
        // No text for customers is published at this one.
        assert_eq!((&all[2].1["message"], &all[2].1["fee_fen"]), (&Value::Null, &json!(50)));
        assert_eq!((&all[3].1["fee_fen"], &all[3].1["counted_minutes"]), (&json!(2_000), &json!(40)));
        let text = all[3].1["message"]["body"].as_str().unwrap();
        assert!(text.ends_with("已停 55 分钟，20.00 元"), "{text}");
        says(&w, ConnectorStatus::Available);
        look(&w);
        assert_eq!(events(&w), ALL);
        w.sound();
    }
}

#[test]
fn who_leaves_in_the_free_time_hears_no_more_and_who_charges_again_is_told_once() {
    for w in worlds() {
        ready(&w);
        charged(&w, "C11");
        w.later(3);
        look(&w);
        says(&w, ConnectorStatus::Available);
        w.later(60);
        look(&w);
        assert_eq!(events(&w), ALL[..1]);
        // A car that takes no more, takes a little again, and takes no more: one stay for its driver.
        w.start(1, 1, "C11", 100.0);
        says(&w, ConnectorStatus::Charging);
        for _ in 0..3 {
            w.later(12);
            says(&w, ConnectorStatus::SuspendedEv);
            w.later(11);
            look(&w);
            says(&w, ConnectorStatus::Charging);
            look(&w);
        }
        assert_eq!(events(&w)[1..], ALL[..2]);
        w.sound();
    }
}

#[test]
fn nothing_is_told_while_the_link_is_down_nor_to_nobody() {
    for w in worlds() {
        ready(&w);
        let connect = |w: &World| wait(w.engine.pile_connected(PileId(1), "here".to_owned(), None)).unwrap();
        connect(&w);
        let (_, order) = charged(&w, "C11");
        look(&w);
        w.later(5);
        w.gone(1, "here");
        w.later(30);
        look(&w);
        assert_eq!(events(&w), ALL[..1]);
        connect(&w);
        says(&w, ConnectorStatus::Finishing);
        look(&w);
        // What lies between is free of charge: by now nothing has been counted.
        assert_eq!(events(&w), ALL[..2]);
        w.later(1);
        look(&w);
        assert_eq!(events(&w), ALL[..3]);
        let told_at = w.read(move |conn| store::occupancies::of_order(conn, order)).unwrap();
        assert!(told_at.free_told_at_ms.unwrap() < told_at.fee_told_at_ms.unwrap());
        assert_eq!(told_at.cap_told_at_ms, None);
        says(&w, ConnectorStatus::Available);
        w.sound();
    }
}
