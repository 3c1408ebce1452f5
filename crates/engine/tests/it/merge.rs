//! 并充: two orders of one car, one card, one merge number.

use crate::command::{give, plugged};
use crate::world::{World, wall, worlds};
use crate::ykc::{bill, confirm, order, send};
use engine::command::CommandRequest;
use model::card::{Token, TokenVerdict};
use model::connector::ConnectorStatus;
use model::device::{Answer, DeviceCommand, DeviceEvent, StatusReport};
use model::id::{SessionKey, TradeNo};
use model::merge::{MergeNo, MergeRole, MergedAsk};
use model::order::{OrderState, StartMode};

const PILE: i64 = 101;
const NOTHING: [(i64, i64, i64); 4] = [(160_000, 0, 0), (140_000, 0, 0), (110_000, 0, 0), (70_000, 0, 0)];

fn ask(w: &World, connector: u16, tag: &str) -> (TradeNo, TokenVerdict) {
    let asked = MergedAsk {
        connector,
        token: Token::card(tag),
        mode: StartMode::Card,
        password: None,
        role: if connector == 1 { MergeRole::Main } else { MergeRole::Auxiliary },
        merge: MergeNo::parse("260715103000").unwrap(),
    };
    match w.say(PILE, DeviceEvent::MergedStartAsked(Box::new(asked))) {
        Answer::StartAsked { session, verdict, .. } => (session, verdict),
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_connectors_charge_one_car_on_one_card() {
    for w in worlds() {
        w.at("10:30");
        let (first, verdict) = ask(&w, 1, "CARD1");
        assert_eq!(verdict, TokenVerdict::Accepted);
        let (second, verdict) = ask(&w, 2, "CARD1");
        assert_eq!(verdict, TokenVerdict::Accepted, "the card is in use, but by the same car");
        assert_ne!(first, second);
        assert_eq!(ask(&w, 2, "CARD1"), (second, TokenVerdict::Accepted), "asked again: the same number");
        confirm(&w, first, None);
        let event =
            DeviceEvent::StartConfirmed { session: SessionKey::Trade(second), connector: 2, result: Ok(()) };
        w.say(PILE, event);
        let (one, other) = (order(&w, first), order(&w, second));
        let merge = w.read(move |conn| store::order_merges::of_order(conn, one.id)).unwrap();
        assert_eq!((merge.role, merge.others.len()), (MergeRole::Main, 1));
        assert_eq!((merge.others[0].order_id, merge.others[0].role), (other.id.0, MergeRole::Auxiliary));
        // Each has its own bill.
        w.at("11:00");
        send(&w, bill(first, wall("10:30"), wall("10:59"), NOTHING));
        assert_eq!(order(&w, second).state, OrderState::Charging);
        let mut second_bill = bill(second, wall("10:30"), wall("10:59"), NOTHING);
        second_bill.connector = 2;
        send(&w, second_bill);
        assert_eq!(order(&w, second).state, OrderState::Completed);
        w.sound();
    }
}

#[test]
fn when_one_part_may_not_begin_none_does() {
    for w in worlds() {
        w.at("10:30");
        let (first, verdict) = ask(&w, 1, "CARD1");
        assert_eq!(verdict, TokenVerdict::Accepted);
        assert_ne!(ask(&w, 2, "NOBODY").1, TokenVerdict::Accepted);
        assert_eq!(order(&w, first).state, OrderState::Failed);
        // The card is free again.
        assert_eq!(crate::ykc::ask(&w, 1, "CARD1").1, TokenVerdict::Accepted);
        w.sound();
    }
}

#[test]
fn a_person_begins_a_merge_of_distinct_connectors() {
    for w in plugged() {
        let merged = |connectors| give(&w, PILE, CommandRequest::MergedStart { connectors });
        for wrong in [vec![], vec![1], vec![1, 1], vec![1, 2, 3, 4, 5]] {
            assert_eq!(
                merged(wrong.clone()).unwrap_err().field.as_deref(),
                Some("connector_nos"),
                "{wrong:?}"
            );
        }
        assert!(merged(vec![1, 9]).is_err());
        assert_eq!(w.count("SELECT COUNT(*) FROM order_merge"), 0, "nothing half done");
        assert_eq!(w.count("SELECT COUNT(*) FROM orders WHERE state = 'starting'"), 0);
        assert!(w.sent.lock().unwrap().is_empty());
        let second = StatusReport { connector: 2, status: ConnectorStatus::Preparing, error: None, at: None };
        w.status(PILE, second);
        merged(vec![1, 2]).unwrap();
        let Some((_, DeviceCommand::MergedStart { parts, .. })) = w.sent.lock().unwrap().pop() else {
            panic!("a merged start")
        };
        assert_eq!(parts.iter().map(|part| part.connector).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(order(&w, parts[1].session).state, OrderState::Starting);
        // Nobody answers: both close by themselves.
        w.later(3).sweep();
        assert_eq!(order(&w, parts[0].session).state, OrderState::Failed);
        assert_eq!(order(&w, parts[1].session).state, OrderState::Failed);
        w.sound();
    }
}
