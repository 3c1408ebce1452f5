//! Which sessions still run: silence, reconnects, and what a connector says of itself.

use crate::command::admin;
use crate::databases::wait;
use crate::world::{World, kwh, sample, stop_of, told, wall, worlds};
use engine::command::CommandRequest;
use model::card::{Token, TokenVerdict};
use model::connector::ConnectorStatus;
use model::device::{DeviceCommand, DeviceEvent, StatusReport};
use model::id::{OrderId, PileId, SessionKey};
use model::order::OrderState;

fn status(w: &World, connector: u16, status: ConnectorStatus) {
    w.status(1, StatusReport { connector, status, error: None, at: Some(w.now()) });
}

fn away(w: &World) {
    w.gone(1, "x");
    wait(w.engine.pile_connected(PileId(1), "x".to_owned(), None)).unwrap();
}

/// what the connector says meanwhile, does the server restart → hours until the order is closed
#[test]
fn a_pile_that_lost_its_session_and_says_nothing_does_not_hold_the_card_for_ever() {
    use ConnectorStatus::{Charging, Finishing, Preparing, SuspendedEv};
    let cases = [
        (None, 13),
        (Some(Preparing), 13),
        (Some(Finishing), 13),
        (Some(Charging), 14 * 24),
        (Some(SuspendedEv), 14 * 24),
    ];
    for mut w in worlds() {
        for (no, (says, hours)) in (1..).zip(cases) {
            for restart in [false, true] {
                let no = no * 2 + u16::from(restart);
                let (card, meter) = (format!("C{}", 11 + no), f64::from(no));
                let session = w.at("09:00").start(1, no, &card, meter);
                w.at("09:20").meter(1, session, vec![sample(w.now(), Some(meter + 1.0), None)]);
                if let Some(says) = says {
                    status(&w, no, says);
                }
                let step = if hours > 24 { 12 } else { 1 };
                for hour in (1..hours).step_by(step) {
                    w.later(step as u64 * 60).sweep();
                    if hour == 1 && restart {
                        w.restart();
                        // The pile comes back to the server at once.
                        away(&w);
                    }
                    assert_eq!(w.order(1, session).state, OrderState::Charging, "{says:?}, hour {hour}");
                }
                for _ in 0..3 {
                    w.later(step as u64 * 60).sweep();
                }
                let order = w.order(1, session);
                assert_eq!(told(&order), "abnormal 1.0000 kWh 0.00 (0.00 + 0.00) NoRecord", "{says:?}");
                let again = w.start(1, no, &card, meter + 1.0);
                w.later(1).stop(1, again, meter + 1.0);
            }
        }
        w.sound();
    }
}

#[test]
fn a_link_that_was_away_for_a_moment_leaves_no_doubt_behind() {
    for w in worlds() {
        let session = w.at("09:00").start(1, 1, "CARD1", 100.0);
        w.at("09:10").meter(1, session, vec![sample(w.now(), Some(101.0), None)]);
        away(&w);
        assert_eq!(w.order(1, session).deadline, None);
        let second = w.at("09:11").start_at(1, 1, "C11", 101.0, w.now()).1;
        assert_eq!(second, TokenVerdict::ConnectorBusy, "the session goes on");
        // What was seen to have ended still has ended.
        status(w.at("09:20"), 1, ConnectorStatus::Available);
        away(w.at("09:21"));
        assert_eq!(w.order(1, session).deadline, Some(wall("09:30")));
        status(w.at("09:22"), 1, ConnectorStatus::Charging);
        assert_eq!(w.order(1, session).deadline, None, "or so it seemed");
        w.sound();
    }
}

/// A pile that sends values every 15 minutes, restarted once on the way.
#[test]
fn a_session_with_few_values_is_protected_while_its_connector_says_that_it_charges() {
    for w in worlds() {
        let session = w.at("09:00").start(1, 1, "CARD1", 100.0);
        status(&w, 1, ConnectorStatus::Charging);
        for (n, at) in (1..).zip(["09:15", "09:30", "09:45"]) {
            w.at(at).meter(1, session, vec![sample(w.now(), Some(100.0 + f64::from(n)), None)]);
            w.later(14);
            let (_, verdict) = w.start_at(1, 1, "C11", 101.0, w.now());
            assert_eq!(verdict, TokenVerdict::ConnectorBusy, "{at}");
        }
        let boot = DeviceEvent::Booted(Box::default());
        w.at("10:00").say(1, boot);
        assert!(w.order(1, session).deadline.is_some());
        status(&w, 1, ConnectorStatus::Charging);
        assert_eq!(w.at("10:14").sweep(), 0);
        w.at("10:15").stop(1, session, 110.0);
        assert_eq!(w.order(1, session).state, OrderState::Completed);
        // Silent for an hour, whatever its connector said then: the pile knows better.
        let silent = w.at("11:00").start(1, 1, "CARD1", 110.0);
        status(&w, 1, ConnectorStatus::Charging);
        let (_, verdict) = w.at("12:01").start_at(1, 1, "C11", 120.0, w.now());
        assert_eq!(verdict, TokenVerdict::Accepted);
        assert_eq!(w.order(1, silent).state, OrderState::Unsettled);
        w.sound();
    }
}

/// Asked to begin on connector 1, the pile begins on connector 2, which another order holds.
#[test]
fn a_commanded_start_on_another_connector_takes_it_over() {
    let caller = admin();
    for pending in [false, true] {
        for mut w in worlds() {
            for no in [1, 2] {
                status(w.at("09:00"), no, ConnectorStatus::Preparing);
            }
            let give = |w: &World, connector| {
                let request = CommandRequest::Start { connector };
                let id = wait(w.engine.command(&caller, PileId(1), request)).unwrap();
                let order = wait(w.engine.command_get(id)).unwrap().order.unwrap();
                let (_, command) = w.sent.lock().unwrap().pop().unwrap();
                let DeviceCommand::Start { token, .. } = command else { panic!() };
                (OrderId(order), token)
            };
            let old = if pending {
                give(&w, 2).0
            } else {
                let session = w.start(1, 2, "CARD1", 50.0);
                w.order(1, session).id
            };
            let (id, token) = give(w.at("09:01"), 1);
            let session = w.at("09:02").start(1, 2, &token, 60.0);
            assert_eq!((w.order(1, session).id, w.order(1, session).connector), (id, 2));
            let left = if pending { OrderState::Failed } else { OrderState::Unsettled };
            assert_eq!(w.order_by_id(old).state, left);
            w.sound();
            w.restart();
            w.at("09:30").stop(1, session, 61.0);
            assert_eq!(w.order_by_id(id).state, OrderState::Completed);
            if !pending {
                w.start(2, 1, "CARD1", 1.0);
            }
            w.sound();
        }
    }
}

/// Answered like any other, and held for a person.
#[test]
fn a_session_on_a_connector_that_no_pile_has_is_held() {
    for w in worlds() {
        for (no, text) in [
            (0, "abnormal 1.0000 kWh 0.00 (0.00 + 0.00) ConnectorUnknown"),
            (64, "completed 1.0000 kWh 1.10 (0.70 + 0.40)"),
            (65, "abnormal 1.0000 kWh 0.00 (0.00 + 0.00) ConnectorUnknown"),
            (60_000, "abnormal 1.0000 kWh 0.00 (0.00 + 0.00) ConnectorUnknown"),
        ] {
            w.at("12:00");
            let event = DeviceEvent::Started {
                connector: no,
                token: Token::card("CARD1"),
                meter_start: kwh(5.0),
                at: w.now(),
            };
            let model::device::Answer::Started { transaction, token } = w.say(1, event) else { panic!() };
            assert_eq!(token.verdict, TokenVerdict::Accepted);
            let session = SessionKey::Transaction(transaction);
            w.stop_by(1, stop_of(session, w.at("12:10").now(), 6.0));
            assert_eq!(told(&w.order(1, session)), text, "{no}");
        }
        w.sound();
    }
}
