//! Commands: who may give them, what they come to, and what the order says meanwhile.

use crate::databases::wait;
use crate::world::{World, told, worlds};
use engine::command::CommandRequest;
use model::access::{Caller, Role, Scope};
use model::card::{Token, TokenVerdict};
use model::connector::ConnectorStatus;
use model::device::{Answer, DeviceCommand, DeviceEvent, Outcome, Refusal, StatusReport};
use model::error::{Kind, Text};
use model::id::{CommandId, OperatorId, OrderId, PileId, SessionKey, StaffId};
use model::order::{Order, OrderState};
use model::{Error, Result};
use std::time::Duration;
use store::commands::{CommandRow, CommandState};
use store::frames::Verdict;

fn caller(role: Role, scope: Scope) -> Caller {
    Caller { staff: StaffId(1), name: "王".to_owned(), permissions: role.permissions(), scope }
}

pub fn admin() -> Caller {
    caller(Role::Admin, Scope::ALL)
}

pub fn give(w: &World, pile: i64, request: CommandRequest) -> Result<CommandId> {
    wait(w.engine.command(&admin(), PileId(pile), request))
}

fn end(w: &World, id: CommandId, outcome: Outcome) {
    wait(w.engine.command_ended(id, outcome)).unwrap();
}

fn row(w: &World, id: CommandId) -> CommandRow {
    wait(w.engine.command_get(id)).unwrap()
}

fn refusal() -> Outcome {
    Outcome::Refused(Refusal {
        code: "Rejected".to_owned(),
        text: Text::of("桩拒绝", "refused"),
        detail: None,
    })
}

fn accepted() -> Outcome {
    Outcome::Accepted { detail: None }
}

/// Piles 1 and 101 with connector 1 known to be plugged in.
pub fn plugged() -> Vec<World> {
    let all = worlds();
    for w in &all {
        for pile in [1, 20, 101] {
            let report =
                StatusReport { connector: 1, status: ConnectorStatus::Preparing, error: None, at: None };
            w.status(pile, report);
        }
        w.at("10:00");
    }
    all
}

/// A start is given; its command, its order, and what went to the pile.
fn start(w: &World, pile: i64) -> (CommandId, Order, DeviceCommand) {
    let id = give(w, pile, CommandRequest::Start { connector: 1 }).unwrap();
    let order = w.order_by_id(OrderId(row(w, id).order.unwrap()));
    let (to, command) = w.sent.lock().unwrap().pop().unwrap();
    assert_eq!((to, order.state), (PileId(pile), OrderState::Starting));
    (id, order, command)
}

/// The pile begins under the tag that it was given.
fn begin(w: &World, command: &DeviceCommand) -> SessionKey {
    let DeviceCommand::Start { token, .. } = command else { panic!("{command:?}") };
    let Answer::Token(answer) = w.say(1, DeviceEvent::Authorize { token: Token::card(token.clone()) }) else {
        panic!()
    };
    assert_eq!(answer.verdict, TokenVerdict::Accepted);
    w.start(1, 1, token, 100.0)
}

#[test]
fn started_and_stopped_from_the_console() {
    for mut w in plugged() {
        let (id, order, command) = start(&w, 1);
        end(&w, id, accepted());
        assert_eq!(row(&w, id).state, CommandState::Accepted);
        let session = begin(w.at("10:01"), &command);
        assert_eq!(w.order(1, session).id, order.id, "our order, not a new one");
        assert_eq!(w.order(1, session).staff, Some(StaffId(1)));
        assert_eq!(
            w.start_at(1, 1, order.token.as_ref().unwrap().value.as_str(), 100.0, w.now()).0,
            session,
            "said again"
        );
        let stop = give(w.at("10:30"), 1, CommandRequest::Stop { order: order.id }).unwrap();
        assert_eq!(w.sent.lock().unwrap().pop().unwrap().1, DeviceCommand::Stop { session, connector: 1 });
        assert_eq!(w.order(1, session).state, OrderState::Stopping);
        w.restart();
        end(&w, stop, accepted());
        assert_eq!(w.order(1, session).state, OrderState::Stopping);
        w.at("10:31").stop(1, session, 110.0);
        assert_eq!(told(&w.order(1, session)), "completed 10.0000 kWh 14.00 (10.00 + 4.00)");
        let again = give(&w, 1, CommandRequest::Stop { order: order.id }).unwrap_err();
        assert_eq!((again.kind, again.code), (Kind::Conflict, "order.not_open"));
        w.sound();
    }
}

/// outcome, state of the command, state of the order that it should have begun
#[test]
fn a_start_that_comes_to_nothing_closes_its_order() {
    let outcomes = [
        (refusal(), CommandState::Refused),
        (Outcome::Unsupported(Text::of("不支持", "unsupported")), CommandState::Unsupported),
        (Outcome::TimedOut, CommandState::TimedOut),
        (Outcome::LinkLost, CommandState::LinkLost),
    ];
    for w in plugged() {
        for pile in [1, 101] {
            for (outcome, state) in &outcomes {
                let (id, order, _) = start(&w, pile);
                let busy = give(&w, pile, CommandRequest::Start { connector: 1 }).unwrap_err();
                assert_eq!(busy.code, "connector.busy");
                end(&w, id, outcome.clone());
                assert_eq!((row(&w, id).state, row(&w, id).message.is_some()), (*state, true));
                if pile == 101 && matches!(outcome, Outcome::TimedOut | Outcome::LinkLost) {
                    // A 云快充 pile has 90 s.
                    assert_eq!(w.order_by_id(order.id).state, OrderState::Starting);
                    assert_eq!(w.later(2).sweep(), 1);
                }
                assert_eq!(w.order_by_id(order.id).state, OrderState::Failed);
                // The first ending counts.
                end(&w, id, accepted());
                assert_eq!(row(&w, id).state, *state);
            }
        }
        w.sound();
    }
}

fn confirm(w: &World, session: SessionKey, result: std::result::Result<(), Refusal>) -> Verdict {
    w.say(101, DeviceEvent::StartConfirmed { session, connector: 1, result });
    w.verdict(101)
}

/// how the command ended after 30 s, is the link away after that, seconds until 0x33 → does it charge
#[test]
fn a_ykc_pile_has_90_seconds_to_confirm_a_start() {
    let not_plugged =
        Refusal { code: "ykc:33:05".to_owned(), text: Text::of("未插枪", "not plugged in"), detail: None };
    let cases = [
        (Outcome::TimedOut, false, 40, true),
        (Outcome::TimedOut, true, 40, true),
        (Outcome::LinkLost, true, 40, true),
        (Outcome::LinkLost, true, 89, true),
        (Outcome::Refused(not_plugged), false, 60, true),
        (Outcome::TimedOut, false, 95, false),
        (Outcome::LinkLost, true, 95, false),
    ];
    for mut w in plugged() {
        for restart in [false, true] {
            for (outcome, away, seconds, charges) in &cases {
                let (id, order, _) = start(&w, 101);
                let session = order.session.unwrap();
                w.clock.advance(Duration::from_secs(30));
                end(&w, id, outcome.clone());
                if *away {
                    w.gone(101, "x");
                    wait(w.engine.pile_connected(PileId(101), "x".to_owned(), None)).unwrap();
                }
                if restart {
                    w.restart();
                }
                w.clock.advance(Duration::from_secs(seconds - 30));
                w.sweep();
                let what = format!("{outcome:?} {away} {seconds} {restart}");
                let verdict = confirm(&w, session, Ok(()));
                let state = w.order_by_id(order.id).state;
                if *charges {
                    assert_eq!((verdict, state), (Verdict::Applied, OrderState::Charging), "{what}");
                    w.later(2).sweep();
                    assert_eq!(w.order_by_id(order.id).state, OrderState::Charging, "{what}");
                } else {
                    assert_eq!((verdict, state), (Verdict::Quarantined, OrderState::Failed), "{what}");
                }
                // The connector is free for the next case.
                wait(w.engine.store.write(Some(PileId(101)), |tx| {
                    tx.with_pile(PileId(101), |tx, hot| {
                        for mut open in hot.open.drain(..) {
                            open.order.state = OrderState::Abnormal;
                            tx.order_save(&open.order);
                        }
                        Ok(())
                    })
                }))
                .unwrap();
            }
        }
        w.sound();
    }
}

/// 0x35 has a reason 05 of its own, and it is no start that waits for a plug.
#[test]
fn a_refused_stop_is_not_taken_for_a_missing_plug() {
    for w in plugged() {
        let (id, order, _) = start(&w, 101);
        end(&w, id, accepted());
        confirm(&w, order.session.unwrap(), Ok(()));
        let stop = give(&w, 101, CommandRequest::Stop { order: order.id }).unwrap();
        let refusal = Refusal { code: "ykc:35:05".to_owned(), text: Text::of("原因", "why"), detail: None };
        end(&w, stop, Outcome::Refused(refusal));
        assert_eq!(w.order_by_id(order.id).state, OrderState::Charging);
    }
}

/// No answer in time, the person was told that it failed, and then the pile begins all the same.
#[test]
fn an_ocpp_start_that_comes_too_late_is_refused_and_stays_with_its_order() {
    for delivered in [0.0, 1.0] {
        for mut w in plugged() {
            let (id, order, command) = start(&w, 1);
            end(&w, id, Outcome::TimedOut);
            assert_eq!(w.order_by_id(order.id).state, OrderState::Failed);
            w.later(1);
            let DeviceCommand::Start { token, .. } = &command else { panic!() };
            let begun = w.now();
            for restart in [false, true] {
                if restart {
                    w.restart();
                }
                let (session, verdict) = w.start_at(1, 1, token, 100.0, begun);
                assert_eq!(verdict, TokenVerdict::Unknown, "so the pile stops");
                assert_eq!(w.order(1, session).id, order.id);
            }
            assert_eq!(w.start_at(2, 1, token, 100.0, begun).1, TokenVerdict::Unknown, "the tag of another");
            let session = w.order_by_id(order.id).session.unwrap();
            w.later(1).stop(1, session, 100.0 + delivered);
            let expected = if delivered > 0.0 {
                "abnormal 1.0000 kWh 0.00 (0.00 + 0.00) TokenRefused"
            } else {
                "failed 0.0000 kWh 0.00 (0.00 + 0.00) TokenRefused"
            };
            assert_eq!(told(&w.order_by_id(order.id)), expected);
            assert_eq!(w.count("SELECT COUNT(*) FROM orders WHERE pile_id = 1"), 1);
            w.sound();
        }
    }
}

#[test]
fn a_tariff_is_sent_to_a_ykc_pile_only_while_it_is_idle() {
    for w in plugged() {
        let status = |no, status| {
            w.status(101, StatusReport { connector: no, status, error: None, at: None });
        };
        let set = |pile| {
            let id = give(&w, pile, CommandRequest::TariffSet).unwrap();
            (row(&w, id).state, w.sent.lock().unwrap().pop().is_some())
        };
        let (sent, queued) = ((CommandState::Queued, true), (CommandState::Deferred, false));
        assert_eq!(set(101), sent);
        status(2, ConnectorStatus::Charging);
        assert_eq!(set(101), queued, "without an order of ours");
        status(2, ConnectorStatus::Available);
        let (id, order, _) = start(&w, 101);
        assert_eq!(set(101), queued, "it is about to begin");
        end(&w, id, accepted());
        confirm(&w, order.session.unwrap(), Ok(()));
        assert_eq!(set(101), queued);
        start(&w, 1);
        assert_eq!(set(1), sent, "the bill of an OCPP pile is made here");
        assert_eq!(set(102), sent);
        w.gone(103, "x");
        assert_eq!(set(103), queued, "it is told once it is back");
    }
}

#[test]
fn a_stop_that_comes_to_nothing_leaves_the_session_running() {
    for mut w in plugged() {
        for (pile, gone) in [(1, false), (101, false), (101, true)] {
            let (id, order, command) = start(&w, pile);
            end(&w, id, accepted());
            let DeviceCommand::Start { session, .. } = &command else { panic!() };
            match session {
                None => drop(begin(&w, &command)),
                Some(trade) => {
                    let session = SessionKey::Trade(*trade);
                    w.say(pile, DeviceEvent::StartConfirmed { session, connector: 1, result: Ok(()) });
                }
            }
            if gone {
                // The link was away for a moment, so a rule may close the order one day.
                w.gone(pile, "x");
                wait(w.engine.pile_connected(PileId(pile), String::new(), None)).unwrap();
            }
            for outcome in [refusal(), Outcome::TimedOut, Outcome::LinkLost] {
                let stop = give(w.later(1), pile, CommandRequest::Stop { order: order.id }).unwrap();
                assert_eq!(w.order_by_id(order.id).state, OrderState::Stopping);
                end(&w, stop, outcome);
                assert_eq!(w.order_by_id(order.id).state, OrderState::Charging, "{pile}, {gone}");
            }
            // The pile agrees, and never sends its record: held by rule, not open for ever.
            let stop = give(&w, pile, CommandRequest::Stop { order: order.id }).unwrap();
            end(&w, stop, accepted());
            w.restart();
            assert_eq!(w.later(9).sweep(), 0);
            assert!(w.later(13 * 60).sweep() > 0);
            assert_eq!(w.order_by_id(order.id).state, OrderState::Abnormal);
        }
        w.sound();
    }
}

#[test]
fn two_endings_at_once_are_one() {
    for w in plugged() {
        for _ in 0..20 {
            let (id, order, _) = start(&w, 1);
            wait(async {
                let (a, b) = tokio::join!(
                    w.engine.command_ended(id, Outcome::TimedOut),
                    w.engine.command_ended(id, accepted())
                );
                a.and(b).unwrap();
            });
            let state = row(&w, id).state;
            let expected =
                if state == CommandState::Accepted { OrderState::Starting } else { OrderState::Failed };
            assert_eq!(w.order_by_id(order.id).state, expected, "{state:?}");
            w.later(2).sweep();
            assert_eq!(w.order_by_id(order.id).state, OrderState::Failed);
        }
    }
}

#[test]
fn who_may_and_where() {
    for w in plugged() {
        let ask = |who: &Caller, pile: i64, request: CommandRequest| -> Error {
            wait(w.engine.command(who, PileId(pile), request)).unwrap_err()
        };
        let begin = || CommandRequest::Start { connector: 1 };
        for role in [Role::Finance, Role::Viewer] {
            assert_eq!(ask(&caller(role, Scope::ALL), 1, begin()).kind, Kind::Denied);
        }
        let stranger = caller(Role::Admin, Scope::of_operator(OperatorId(2)));
        let (foreign, missing) = (ask(&stranger, 1, begin()), ask(&admin(), 999, begin()));
        assert_eq!(foreign, missing, "a pile of others is like none at all");
        assert_eq!(foreign.kind, Kind::NotFound);
        w.gone(2, "x");
        for request in [begin(), CommandRequest::Reset { hard: false }] {
            assert_eq!(ask(&admin(), 2, request).code, "pile.offline");
        }
        for connector in [0, 2, 999] {
            assert_eq!(
                ask(&admin(), 1, CommandRequest::Start { connector }).kind,
                Kind::Invalid,
                "{connector}"
            );
        }
        assert_eq!(ask(&admin(), 1, CommandRequest::Stop { order: OrderId(12_345) }).code, "order.not_open");
        assert_eq!(w.count("SELECT COUNT(*) FROM orders"), 0, "nothing was begun");
        assert_eq!(w.count("SELECT COUNT(*) FROM command"), 0);
        assert!(w.sent.lock().unwrap().is_empty());
        let own = caller(Role::Technician, Scope::of_operator(OperatorId(1)));
        assert!(wait(w.engine.command(&own, PileId(1), begin())).is_ok());
        // A pile whose link is gone although nobody has noticed yet.
        let lost = give(&w, 20, begin()).unwrap();
        assert_eq!(row(&w, lost).state, CommandState::LinkLost);
        assert_eq!(w.order_by_id(OrderId(row(&w, lost).order.unwrap())).state, OrderState::Failed);
        w.sound();
    }
}

#[test]
fn a_command_that_nobody_ended_expires_after_a_restart() {
    for mut w in plugged() {
        let (id, order, _) = start(&w, 1);
        w.restart();
        assert_eq!(w.sweep(), 0);
        assert_eq!(row(&w, id).state, CommandState::Queued);
        w.later(2).sweep();
        let ended = row(&w, id);
        assert_eq!((ended.state, ended.message.is_some()), (CommandState::TimedOut, true), "and says why");
        assert_eq!(w.order_by_id(order.id).state, OrderState::Failed);
        assert_eq!(wait(w.engine.command_wait(id, std::time::Duration::from_secs(9))).unwrap(), ended);
        w.sound();
    }
}

#[test]
fn what_no_pile_should_be_asked_is_refused_with_its_field() {
    for w in plugged() {
        let refused =
            |request: CommandRequest| give(&w, 101, request).unwrap_err().field.unwrap().to_string();
        for power_percent in [0, 29, 101] {
            let set = CommandRequest::WorkParameters { operative: true, power_percent };
            assert_eq!(refused(set), "power_percent");
        }
        assert_eq!(refused(CommandRequest::GroundLock { connector: 0, raise: true }), "connector_no");
        assert_eq!(refused(CommandRequest::GroundLock { connector: 9, raise: true }), "connector_no");
        for tag in ["NOBODY", "BLOCKED"] {
            assert_eq!(refused(CommandRequest::OfflineCardsAdd { cards: vec![tag.to_owned()] }), "cards");
        }
        assert!(w.sent.lock().unwrap().is_empty(), "nothing of it was sent");
        for (request, kind) in [
            (CommandRequest::WorkParameters { operative: false, power_percent: 30 }, "work_parameters"),
            (CommandRequest::GroundLock { connector: 1, raise: false }, "ground_lock"),
            (CommandRequest::OfflineCardsAdd { cards: vec!["CARD1".to_owned()] }, "offline_cards_add"),
            (CommandRequest::OfflineCardsRemove { cards: vec!["NOBODY".to_owned()] }, "offline_cards_remove"),
        ] {
            let id = give(&w, 101, request).unwrap();
            assert_eq!(row(&w, id).kind, kind);
            assert!(w.sent.lock().unwrap().pop().is_some());
        }
    }
}
