//! 预约: a connector that is kept for one card, whatever becomes of it.

use crate::command::plugged;
use crate::databases::wait;
use crate::world::World;
use engine::audit::Actor;
use engine::reservation::ReservationDraft;
use model::card::TokenVerdict;
use model::device::{Answer, DeviceCommand, DeviceEvent, Outcome, Refusal};
use model::error::{Kind, Text};
use model::id::{CommandId, PileId};
use model::reservation::{ReservationEnd, ReservationState};
use model::time::MINUTE_MS;
use store::frames::Verdict;
use store::reservations::Reservation;

fn draft(w: &World, tag: &str, minutes: i64) -> ReservationDraft {
    ReservationDraft {
        connector_no: 1,
        card_tag: Some(tag.to_owned()),
        customer_id: None,
        until_ms: w.now().plus_ms(minutes * MINUTE_MS).as_ms(),
        note: None,
    }
}

fn ask(w: &World, tag: &str, minutes: i64) -> (i64, CommandId) {
    wait(w.engine.reservation_create(&Actor::local(), "CP-1", draft(w, tag, minutes))).unwrap()
}

/// Asked, and accepted by the pile.
fn keep(w: &World, tag: &str, minutes: i64) -> i64 {
    let (id, command) = ask(w, tag, minutes);
    wait(w.engine.command_ended(command, Outcome::Accepted { detail: None })).unwrap();
    assert_eq!(get(w, id).state, ReservationState::Accepted);
    id
}

fn get(w: &World, id: i64) -> Reservation {
    w.read(move |conn| store::reservations::get(conn, id)).unwrap()
}

fn last_sent(w: &World) -> (PileId, DeviceCommand) {
    w.sent.lock().unwrap().pop().unwrap()
}

#[test]
fn the_card_it_is_kept_for_charges_and_others_do_not_over_a_restart() {
    for mut w in plugged() {
        let id = keep(&w, "CARD1", 30);
        let (to, sent) = last_sent(&w);
        let DeviceCommand::Reserve(order) = sent else { panic!("{sent:?}") };
        assert_eq!((to, order.id, order.connector, order.tag.as_str()), (PileId(1), id, 1, "CARD1"));
        assert_eq!(order.until, w.now().plus_ms(30 * MINUTE_MS));
        let again = wait(w.engine.reservation_create(&Actor::local(), "CP-1", draft(&w, "CARD2", 5)));
        assert_eq!(again.unwrap_err().code, "connector.busy");
        w.later(1);
        assert_eq!(w.start_at(1, 1, "CARD2", 0.0, w.now()).1, TokenVerdict::ConnectorBusy);
        w.restart();
        w.later(1);
        assert_eq!(w.start_at(1, 1, "CARD2", 0.0, w.now()).1, TokenVerdict::ConnectorBusy);
        assert_eq!(get(&w, id).state, ReservationState::Accepted);
        w.later(1);
        let session = w.start(1, 1, "CARD1", 0.0);
        let (one, order) = (get(&w, id), w.order(1, session));
        assert_eq!((one.state, one.order), (ReservationState::Used, Some(order.id)));
        w.later(5);
        w.stop(1, session, 1.0);
        w.later(1);
        w.start(1, 1, "CARD2", 1.0);
        w.sound();
    }
}

#[test]
fn a_card_of_the_same_group_uses_it_up() {
    for w in plugged() {
        let group = w.engine.store.write(None, |tx| {
            tx.execute("UPDATE card SET card_group = 'G' WHERE tag IN ('CARD1', 'CARD2')", &[])
        });
        wait(group).unwrap();
        let id = keep(&w, "CARD1", 30);
        let (_, sent) = last_sent(&w);
        assert!(matches!(sent, DeviceCommand::Reserve(order) if order.group.as_deref() == Some("G")));
        w.later(1);
        w.start(1, 1, "CARD2", 0.0);
        assert_eq!(get(&w, id).state, ReservationState::Used);
    }
}

#[test]
fn it_ends_by_refusal_time_cancelling_or_the_pile() {
    for w in plugged() {
        let refused = Outcome::Refused(Refusal {
            code: "Faulted".to_owned(),
            text: Text::of("枪有故障", "The connector has a fault"),
            detail: None,
        });
        for (outcome, told) in [
            (refused, "枪有故障"),
            (Outcome::Unsupported(Text::of("x", "x")), "不支持预约"),
            (Outcome::TimedOut, "没有应答"),
            (Outcome::LinkLost, "离线"),
        ] {
            let (id, command) = ask(&w, "CARD1", 30);
            wait(w.engine.command_ended(command, outcome)).unwrap();
            let one = get(&w, id);
            assert_eq!(one.state, ReservationState::Refused);
            assert!(one.message.as_ref().unwrap().contains(told), "{:?}", one.message);
        }
        // Nobody came.
        let id = keep(&w, "CARD1", 10);
        w.later(9);
        w.sweep();
        assert_eq!(get(&w, id).state, ReservationState::Accepted);
        w.later(1);
        w.sweep();
        assert_eq!(get(&w, id).state, ReservationState::Expired);
        let session = w.start(1, 1, "CARD2", 0.0);
        w.later(1);
        w.stop(1, session, 0.1);
        // Cancelled: the pile is told; what it says to it changes nothing.
        let id = keep(&w, "CARD1", 10);
        wait(w.engine.reservation_cancel(&Actor::local(), id)).unwrap();
        assert_eq!(last_sent(&w).1, DeviceCommand::ReservationCancel { id });
        let twice = wait(w.engine.reservation_cancel(&Actor::local(), id)).unwrap_err();
        assert_eq!((twice.kind, twice.code), (Kind::Conflict, "reservation.over"));
        let command = get(&w, id).command.unwrap();
        wait(w.engine.command_ended(command, Outcome::TimedOut)).unwrap();
        let one = get(&w, id);
        assert_eq!(one.state, ReservationState::Cancelled);
        assert!(one.message.unwrap().contains("没有确认"));
        // The pile gives it up; another pile's word, or a second one, counts for nothing.
        let id = keep(&w, "CARD1", 10);
        let over = |pile, expired| {
            let answer = w.say(pile, DeviceEvent::Reservation(ReservationEnd { id, expired }));
            assert_eq!(answer, Answer::Noted);
            assert_eq!(w.verdict(pile), Verdict::Applied);
        };
        over(2, true);
        assert_eq!(get(&w, id).state, ReservationState::Accepted);
        over(1, false);
        assert_eq!(get(&w, id).state, ReservationState::Cancelled);
        over(1, true);
        assert_eq!(get(&w, id).state, ReservationState::Cancelled);
        w.sound();
    }
}

#[test]
fn what_cannot_be_kept_is_told_at_its_field() {
    for w in plugged() {
        let wrong = |change: &dyn Fn(&mut ReservationDraft), code: &str| {
            let mut asked = draft(&w, "CARD1", 30);
            change(&mut asked);
            wait(w.engine.reservation_create(&Actor::local(), code, asked)).unwrap_err()
        };
        let fields = [
            wrong(&|d| d.connector_no = 9, "CP-1"),
            wrong(&|d| d.connector_no = 0, "CP-1"),
            wrong(&|d| d.card_tag = Some("NOBODY".to_owned()), "CP-1"),
            wrong(&|d| d.card_tag = Some("BLOCKED".to_owned()), "CP-1"),
            wrong(&|d| d.card_tag = None, "CP-1"),
            wrong(&|d| (d.card_tag, d.customer_id) = (None, Some(99)), "CP-1"),
            wrong(&|d| d.until_ms = 0, "CP-1"),
            wrong(&|d| d.until_ms = i64::MAX, "CP-1"),
        ];
        let fields: Vec<_> = fields.iter().map(|error| error.field.as_deref().unwrap_or_default()).collect();
        assert_eq!(
            fields,
            [
                "connector_no",
                "connector_no",
                "card_tag",
                "card_tag",
                "card_tag",
                "customer_id",
                "until_ms",
                "until_ms"
            ]
        );
        assert_eq!(wrong(&|_| (), "32010600019101").code, "reservation.unsupported");
        assert_eq!(wrong(&|_| (), "NOBODY").kind, Kind::NotFound);
        w.start(1, 1, "CARD2", 0.0);
        assert_eq!(wrong(&|_| (), "CP-1").code, "connector.busy");
    }
}
