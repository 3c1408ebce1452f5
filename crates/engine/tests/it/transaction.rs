//! Sessions as OCPP 2 piles tell them: begun, going, ended, under the pile's own name, with events that
//! are lost, late and said twice.

use crate::command::admin;
use crate::databases::wait;
use crate::world::{World, kwh, sample, told, wall, worlds};
use engine::command::CommandRequest;
use model::card::{Token, TokenVerdict};
use model::connector::ConnectorStatus;
use model::device::{
    Answer, DeviceCommand, DeviceEvent, SessionPhase, SessionReport, SocketReport, SocketState, StopReason,
    TokenAnswer, remote_start_no,
};
use model::id::{PileId, SessionKey, SessionName};
use model::money::Fen;
use model::order::{Abnormality, Order, OrderState, StartMode, StopClass};
use store::frames::Verdict;

fn key(name: &str) -> SessionKey {
    SessionKey::Name(SessionName::parse(name).unwrap())
}

fn event(phase: SessionPhase, seq: i64, at: &str, register: Option<f64>) -> SessionReport {
    let at = wall(at);
    SessionReport {
        session: key("tx-1"),
        phase,
        seq,
        at,
        offline: false,
        connector: (phase == SessionPhase::Begun).then_some(1),
        token: None,
        unattended: false,
        remote_start: None,
        status: None,
        reason: (phase == SessionPhase::Ended)
            .then(|| StopReason { class: StopClass::Normal, code: "ocpp:Local".to_owned() }),
        samples: register.map(|register| sample(at, Some(register), None)).into_iter().collect(),
        begin: None,
        meter_end: None,
    }
}

fn begun(at: &str, register: f64, tag: Option<&str>) -> SessionReport {
    let begun = event(SessionPhase::Begun, 0, at, Some(register));
    SessionReport { token: tag.map(Token::card), begin: Some((wall(at), kwh(register))), ..begun }
}

fn going(seq: i64, at: &str, register: f64) -> SessionReport {
    let status = Some(ConnectorStatus::Charging);
    SessionReport { status, ..event(SessionPhase::Going, seq, at, Some(register)) }
}

fn ended(seq: i64, at: &str, register: f64) -> SessionReport {
    SessionReport { meter_end: Some(kwh(register)), ..event(SessionPhase::Ended, seq, at, Some(register)) }
}

impl World {
    fn report(&self, report: SessionReport) -> (Option<TokenAnswer>, Option<Fen>) {
        match self.say(1, DeviceEvent::Session(Box::new(report))) {
            Answer::Session { token, total } => (token, total),
            other => panic!("{other:?}"),
        }
    }

    fn named(&self) -> Order {
        self.order(1, key("tx-1"))
    }

    fn connector(&self, no: i64) -> String {
        self.read(move |conn| {
            conn.one("SELECT status FROM connector WHERE id = $1", &[(1_000 + no).into()], |row| row.text(0))
        })
    }
}

fn verdict(answer: &(Option<TokenAnswer>, Option<Fen>)) -> Option<TokenVerdict> {
    answer.0.as_ref().map(|token| token.verdict)
}

const BILL: &str = "completed 20.0000 kWh 25.00 (17.00 + 8.00)";

/// The four events of the session that `session.rs` tells in the words of OCPP 1.6.
fn story() -> [SessionReport; 4] {
    [
        begun("10:30", 1_000.0, Some("CARD1")),
        going(1, "11:00", 1_010.0),
        going(2, "11:15", 1_015.0),
        ended(3, "11:30", 1_020.0),
    ]
}

#[test]
fn the_bill_is_that_of_the_same_session_in_ocpp_16() {
    for w in worlds() {
        let [first, second, _, last] = story();
        w.at("10:30");
        assert_eq!(verdict(&w.report(first)), Some(TokenVerdict::Accepted));
        let order = w.named();
        assert_eq!(
            (order.state, order.connector, order.start_mode),
            (OrderState::Charging, 1, StartMode::Card)
        );
        w.at("11:00");
        assert_eq!(w.report(second), (None, Some(Fen(1_400))), "what it costs so far");
        assert_eq!(w.connector(1), "charging");
        let running = wait(w.engine.order_running(PileId(1), order.id)).unwrap().unwrap();
        assert_eq!((running.bill.total.0, running.open.order.energy), (1_400, kwh(10.0)));
        w.at("11:30");
        assert_eq!(w.report(last), (None, Some(Fen(2_500))), "the pile is told what it cost");
        assert_eq!(told(&w.named()), BILL);
        assert_eq!(w.connector(1), "finishing");
        w.sound();
    }
}

#[test]
fn every_event_may_come_twice_over_any_restart() {
    for mut w in worlds() {
        for (place, report) in story().into_iter().enumerate() {
            w.at("11:31");
            let first = w.report(report.clone());
            for restart in [false, true] {
                if restart {
                    w.restart();
                }
                assert_eq!(w.report(report.clone()), first, "event {place}");
            }
        }
        assert_eq!(w.verdict(1), Verdict::Duplicate);
        for report in story() {
            w.report(report);
        }
        assert_eq!((told(&w.named()).as_str(), w.orders(1).len()), (BILL, 1));
        w.sound();
    }
}

#[test]
fn a_token_may_come_after_the_plug() {
    for mut w in worlds() {
        w.at("10:30").report(begun("10:30", 1_000.0, None));
        assert_eq!(w.named().state, OrderState::Starting);
        w.restart();
        let shown = |tag: &str, seq| SessionReport {
            token: Some(Token::card(tag)),
            ..event(SessionPhase::Going, seq, "10:32", None)
        };
        w.at("10:32");
        assert_eq!(verdict(&w.report(shown("NOBODY", 1))), Some(TokenVerdict::Unknown));
        assert_eq!(w.named().state, OrderState::Starting, "another card may be shown");
        assert_eq!(verdict(&w.report(shown("CARD1", 2))), Some(TokenVerdict::Accepted));
        let order = w.named();
        assert_eq!((order.state, order.started_at), (OrderState::Charging, wall("10:30")));
        assert!(order.card.is_some());
        w.at("11:00").report(going(3, "11:00", 1_010.0));
        w.at("11:30").report(ended(4, "11:30", 1_020.0));
        assert_eq!(told(&w.named()), BILL);
        w.sound();
    }
}

#[test]
fn a_plug_that_nobody_pays_for_comes_to_nothing() {
    for w in worlds() {
        w.at("10:30").report(begun("10:30", 1_000.0, None));
        w.later(600).sweep();
        assert_eq!(w.named().state, OrderState::Starting, "a car may stand for hours");
        w.at("11:30").report(ended(1, "11:30", 1_000.0));
        assert_eq!(told(&w.named()), "failed 0.0000 kWh 0.00 (0.00 + 0.00)");
        w.report(ended(1, "11:30", 1_000.0));
        assert_eq!((w.verdict(1), w.orders(1).len()), (Verdict::Duplicate, 1));
        // Energy that nobody was let in for is held.
        let other = |report| SessionReport { session: key("tx-2"), ..report };
        w.at("12:00").report(other(begun("12:00", 1_000.0, None)));
        w.at("12:30").report(other(ended(1, "12:30", 1_005.0)));
        let order = w.order(1, key("tx-2"));
        assert_eq!(told(&order), "abnormal 5.0000 kWh 0.00 (0.00 + 0.00) TokenRefused");
        w.sound();
    }
}

/// The console starts: before the plug, after it, and with a pile that says only the number of the start.
#[test]
fn a_commanded_start_is_found_again() {
    for plugged_first in [true, false] {
        for by_number in [true, false] {
            for w in worlds() {
                w.at("10:30").status_of(SocketState::Occupied);
                if plugged_first {
                    w.report(begun("10:30", 1_000.0, None));
                }
                let request = CommandRequest::Start { connector: 1 };
                wait(w.engine.command(&admin(), PileId(1), request)).unwrap();
                let (_, command) = w.sent.lock().unwrap().pop().unwrap();
                let DeviceCommand::Start { token, .. } = command else { panic!() };
                let ordered = w.orders(1).into_iter().find(|order| order.session.is_none()).unwrap();
                let told_by = |report: SessionReport| SessionReport {
                    token: (!by_number).then(|| Token::card(token.clone())),
                    remote_start: Some(remote_start_no(&token)),
                    ..report
                };
                let answer = match plugged_first {
                    true => w.report(told_by(event(SessionPhase::Going, 1, "10:30:10", None))),
                    false => w.report(told_by(begun("10:30", 1_000.0, None))),
                };
                assert_eq!(verdict(&answer), (!by_number).then_some(TokenVerdict::Accepted));
                let order = w.named();
                assert_eq!((order.id, order.state), (ordered.id, OrderState::Charging));
                assert_eq!((order.start_mode, order.started_at), (StartMode::Console, wall("10:30")));
                let request = CommandRequest::Stop { order: order.id };
                w.at("11:00").report(going(2, "11:00", 1_010.0));
                wait(w.engine.command(&admin(), PileId(1), request)).unwrap();
                let (_, command) = w.sent.lock().unwrap().pop().unwrap();
                assert_eq!(command, DeviceCommand::Stop { session: key("tx-1"), connector: 1 });
                w.at("11:30").report(ended(3, "11:30", 1_020.0));
                assert_eq!(told(&w.named()), BILL);
                w.sound();
            }
        }
    }
}

#[test]
fn what_is_left_of_a_session_whose_beginning_was_lost() {
    for mut w in worlds() {
        // The end alone, but with both registers: it can be billed.
        w.at("11:31");
        let whole = SessionReport {
            token: Some(Token::card("CARD1")),
            connector: Some(1),
            begin: Some((wall("10:30"), kwh(1_000.0))),
            samples: vec![
                sample(wall("10:30"), Some(1_000.0), None),
                sample(wall("11:00"), Some(1_010.0), None),
                sample(wall("11:30"), Some(1_020.0), None),
            ],
            ..ended(3, "11:30", 1_020.0)
        };
        assert_eq!(w.report(whole.clone()).1, Some(Fen(2_500)));
        assert_eq!(told(&w.named()), format!("{BILL} Unannounced"));
        w.restart();
        assert_eq!(w.report(whole).1, Some(Fen(2_500)), "once");
        // Without the register of the beginning it is held; the beginning itself mends it.
        let other = |report| SessionReport { session: key("tx-2"), ..report };
        let [first, second, _, last] = story().map(other);
        w.report(second);
        assert_eq!(w.order(1, key("tx-2")).state, OrderState::Charging);
        w.report(SessionReport { connector: Some(1), ..last });
        let held = w.order(1, key("tx-2"));
        assert_eq!(
            told(&held),
            "abnormal 10.0000 kWh 0.00 (0.00 + 0.00) Unannounced ReadingMissing",
            "{held:?}"
        );
        w.restart();
        assert_eq!(w.report(first).1, Some(Fen(2_500)));
        assert_eq!(told(&w.order(1, key("tx-2"))), BILL);
        w.sound();
    }
}

#[test]
fn an_end_without_a_register_is_held() {
    for w in worlds() {
        w.at("10:30").report(begun("10:30", 1_000.0, Some("CARD1")));
        w.at("11:00").report(going(1, "11:00", 1_010.0));
        w.at("11:30").report(event(SessionPhase::Ended, 2, "11:30", None));
        assert_eq!(told(&w.named()), "abnormal 10.0000 kWh 0.00 (0.00 + 0.00) ReadingMissing");
        w.sound();
    }
}

/// Whatever the order in which the events come, and however often.
#[test]
fn any_order_of_the_events_gives_the_same_order() {
    let orders =
        [[0, 1, 2, 3], [1, 0, 2, 3], [1, 2, 0, 3], [1, 2, 3, 0], [0, 2, 1, 3], [2, 1, 0, 3], [3, 0, 1, 2]];
    for places in orders {
        for w in worlds() {
            w.at("11:31");
            for place in places {
                w.report(story()[place].clone());
                w.report(story()[place].clone());
            }
            let order = w.named();
            assert_eq!(w.orders(1).len(), 1, "{places:?}");
            assert_eq!(
                (order.started_at, order.ended_at),
                (wall("10:30"), Some(wall("11:30"))),
                "{places:?}"
            );
            assert_eq!(order.energy, kwh(20.0), "{places:?}");
            assert_eq!(order.state, OrderState::Completed, "{places:?}");
            w.sound();
        }
    }
}

#[test]
fn a_refused_token_costs_nothing_and_what_flows_all_the_same_is_held() {
    for w in worlds() {
        let first = begun("10:30", 1_000.0, Some("NOBODY"));
        assert_eq!(verdict(&w.at("10:30").report(first.clone())), Some(TokenVerdict::Unknown));
        assert_eq!(verdict(&w.report(first)), Some(TokenVerdict::Unknown), "again");
        assert_eq!(w.named().state, OrderState::Failed);
        w.at("10:31").report(ended(1, "10:31", 1_000.0));
        assert_eq!(w.named().state, OrderState::Failed, "stopped at once, as it should be");
        let other = |report| SessionReport { session: key("tx-2"), ..report };
        w.at("10:40").report(other(begun("10:40", 1_000.0, Some("NOBODY"))));
        w.at("11:00").report(other(ended(1, "11:00", 1_005.0)));
        let order = w.order(1, key("tx-2"));
        assert_eq!(told(&order), "abnormal 5.0000 kWh 0.00 (0.00 + 0.00) TokenRefused");
        w.sound();
    }
}

#[test]
fn where_nobody_is_asked_who_pays_it_is_billed_to_nobody() {
    for w in worlds() {
        let free = SessionReport { unattended: true, ..begun("10:30", 1_000.0, None) };
        assert_eq!(w.at("10:30").report(free), (None, None));
        w.at("11:00").report(going(1, "11:00", 1_010.0));
        w.at("11:30").report(ended(2, "11:30", 1_020.0));
        let order = w.named();
        assert_eq!((told(&order).as_str(), order.start_mode, order.card), (BILL, StartMode::Pile, None));
        w.sound();
    }
}

#[test]
fn missing_events_are_seen() {
    for w in worlds() {
        w.at("10:30").report(begun("10:30", 1_000.0, Some("CARD1")));
        w.at("11:00").report(going(4, "11:00", 1_010.0));
        let notes = "SELECT COUNT(*) FROM frame WHERE note LIKE '%3 events before seqNo 4 are missing%'";
        assert_eq!(w.count(notes), 1);
        w.at("11:05").report(going(2, "10:45", 1_005.0));
        assert_eq!(w.count("SELECT COUNT(*) FROM frame WHERE note LIKE '%seqNo 2 comes after 4%'"), 1);
        w.at("11:30").report(ended(5, "11:30", 1_020.0));
        assert_eq!(told(&w.named()), BILL, "what is missing in between costs nothing");
        w.sound();
    }
}

impl World {
    fn status_of(&self, state: SocketState) {
        let report = SocketReport { connector: 1, socket: 1, state, at: Some(self.now()) };
        assert_eq!(self.say(1, DeviceEvent::Socket(report)), Answer::Noted);
    }
}

#[test]
fn a_connector_is_what_its_most_taken_socket_is() {
    for w in worlds() {
        let tell = |socket: u16, state: SocketState| {
            let at = Some(w.later(1).now());
            w.say(1, DeviceEvent::Socket(SocketReport { connector: 1, socket, state, at }));
            w.connector(1)
        };
        assert_eq!(tell(1, SocketState::Available), "available");
        assert_eq!(tell(2, SocketState::Faulted), "available", "one of them works");
        assert_eq!(tell(1, SocketState::Occupied), "preparing");
        assert_eq!(tell(2, SocketState::Available), "preparing");
        assert_eq!(tell(1, SocketState::Unavailable), "available");
        assert_eq!(tell(2, SocketState::Unavailable), "unavailable");
        assert_eq!(tell(1, SocketState::Faulted), "unavailable");
        assert_eq!(tell(2, SocketState::Faulted), "faulted");
        assert_eq!(tell(2, SocketState::Reserved), "reserved");
    }
}

/// What is doubted about any session is doubted about these.
#[test]
fn a_meter_that_starts_at_zero_is_held() {
    for w in worlds() {
        w.at("10:30").report(begun("10:30", 0.0, Some("CARD1")));
        w.at("11:00").report(going(1, "11:00", 910.0));
        w.at("11:30").report(ended(2, "11:30", 910.1));
        let order = w.named();
        assert_eq!(order.state, OrderState::Abnormal);
        assert!(order.abnormal.has(Abnormality::ZeroBaseline), "{order:?}");
        w.sound();
    }
}
