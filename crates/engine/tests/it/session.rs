//! Sessions of OCPP piles: the whole story, repeats, strangers, one card in many places.

use crate::databases::wait;
use crate::world::{World, kwh, sample, stop_of, told, wall, worlds};
use model::card::{Token, TokenVerdict};
use model::connector::ConnectorStatus;
use model::device::{Answer, DeviceEvent, Introduction, StatusReport};
use model::id::{PileId, SessionKey};
use model::order::{Abnormality, OrderState, StopClass};
use model::site::Lifecycle;
use store::frames::Verdict;

fn started(no: u16, tag: &str, meter: f64, at: &str) -> DeviceEvent {
    DeviceEvent::Started { connector: no, token: Token::card(tag), meter_start: kwh(meter), at: wall(at) }
}

#[test]
fn a_whole_session_from_boot_to_bill() {
    for w in worlds() {
        let introduction =
            Introduction { vendor: Some("V\0".into()), connectors: Some(2), ..Introduction::default() };
        w.at("09:00");
        assert_eq!(w.say(1, DeviceEvent::Booted(Box::new(introduction))), Answer::Booted { accepted: true });
        let Answer::Token(token) = w.say(1, DeviceEvent::Authorize { token: Token::card("card1") }) else {
            panic!()
        };
        assert_eq!(token.verdict, TokenVerdict::Accepted);
        let session = w.at("10:30").start(1, 1, "CARD1", 1_000.0);
        let order = w.order(1, session);
        assert_eq!(order.state, OrderState::Charging);
        // Ten kWh in the peak hour, ten in the flat one.
        w.at("11:00").meter(1, session, vec![sample(w.now(), Some(1_010.0), Some(40))]);
        let running = wait(w.engine.order_running(PileId(1), order.id)).unwrap().unwrap();
        assert_eq!((running.bill.total.0, running.open.order.energy), (1_400, kwh(10.0)));
        w.at("11:30").stop(1, session, 1_020.0);
        let order = w.order(1, session);
        assert_eq!(told(&order), "completed 20.0000 kWh 25.00 (17.00 + 8.00)");
        assert_eq!(
            (order.soc_start, order.soc_end, order.stop_class),
            (Some(40), Some(40), Some(StopClass::Normal))
        );
        assert_eq!(order.meter_end, Some(kwh(1_020.0)));
        assert!(wait(w.engine.order_running(PileId(1), order.id)).unwrap().is_none());
        w.sound();
    }
}

#[test]
fn a_repeated_start_gets_the_first_answer_whenever_it_comes() {
    for mut w in worlds() {
        let start = started(1, "CARD1", 5.0, "10:00");
        let first = w.at("10:00").say(1, start.clone());
        let Answer::Started { transaction, .. } = &first else { panic!() };
        let session = SessionKey::Transaction(*transaction);
        assert!(*transaction > 0);
        let repeat = |w: &mut World, when: &str, restart: bool| {
            if restart {
                w.restart();
            }
            assert_eq!(w.say(1, start.clone()), first, "{when}");
            assert_eq!(w.verdict(1), Verdict::Duplicate, "{when}");
            assert_eq!(w.count("SELECT COUNT(*) FROM orders WHERE pile_id = 1"), 1, "{when}");
        };
        repeat(&mut w, "before the stop", false);
        repeat(&mut w, "after a restart", true);
        w.at("10:30").stop(1, session, 6.0);
        repeat(&mut w, "after the stop", false);
        repeat(&mut w, "after the stop and a restart", true);
        w.at("+1 10:30");
        repeat(&mut w, "a day later", true);
        assert_eq!(told(&w.order(1, session)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        // The card is free for another session at the same pile.
        w.start(1, 1, "CARD1", 6.0);
        w.sound();
    }
}

/// What is changed before the repeat, so that a new judgement would be another one.
fn change(w: &World, pile: i64, tag: &'static str, status: &'static str, retired: bool) {
    wait(w.engine.store.write(Some(PileId(pile)), move |tx| {
        tx.execute("UPDATE card SET status = $1 WHERE tag = $2", &[status.into(), tag.into()])?;
        tx.card_changed(tag);
        tx.with_pile(PileId(pile), |tx, hot| {
            hot.pile.lifecycle = if retired { Lifecycle::Disabled } else { Lifecycle::Enabled };
            tx.pile_save(&hot.pile);
            Ok(())
        })
    }))
    .unwrap();
}

/// Every verdict of a start, told again after a restart and when a new judgement would be another one.
#[test]
fn a_repeated_start_is_told_the_first_verdict() {
    let cases = [
        (1, "CARD1", false, TokenVerdict::Accepted),
        (1, "NOBODY", false, TokenVerdict::Unknown),
        (1, "BLOCKED", false, TokenVerdict::Blocked),
        (1, "EXPIRED", false, TokenVerdict::Expired),
        (301, "CARD2", false, TokenVerdict::NoTariff),
        (1, "CARD2", true, TokenVerdict::OutOfService),
        (1, "C20", false, TokenVerdict::ConnectorBusy),
        (1, "C21", false, TokenVerdict::Concurrent),
    ];
    for mut w in worlds() {
        w.at("09:58").start(1, 7, "C19", 1.0);
        w.start(2, 1, "C21", 1.0);
        for (no, (pile, tag, retired, expected)) in (1..).zip(cases) {
            let no = if expected == TokenVerdict::ConnectorBusy { 7 } else { no + 10 };
            w.at("10:00");
            change(
                &w,
                pile,
                tag,
                if matches!(tag, "BLOCKED") {
                    "blocked"
                } else if tag == "EXPIRED" {
                    "expired"
                } else {
                    "accepted"
                },
                retired,
            );
            let (session, verdict) = w.start_at(pile, no, tag, 5.0, w.now());
            assert_eq!(verdict, expected);
            let status = if expected == TokenVerdict::Accepted { "blocked" } else { "accepted" };
            change(&w, pile, tag, status, false);
            for step in ["at once", "after a restart", "after the stop", "after both"] {
                match step {
                    "after a restart" | "after both" => w.restart(),
                    "after the stop" => w.at("10:10").stop(pile, session, 6.0),
                    _ => {}
                }
                let again = w.start_at(pile, no, tag, 5.0, wall("10:00"));
                assert_eq!(again, (session, expected), "{tag} {step}");
                assert_eq!(w.verdict(pile), Verdict::Duplicate, "{tag} {step}");
            }
            change(&w, pile, tag, "accepted", false);
        }
    }
}

#[test]
fn a_repeated_stop_is_told_the_first_verdict() {
    let cases = [
        ("accepted", "blocked", TokenVerdict::Accepted),
        ("blocked", "accepted", TokenVerdict::Blocked),
        ("expired", "blocked", TokenVerdict::Expired),
    ];
    for mut w in worlds() {
        for (no, (before, after, expected)) in (1..).zip(cases) {
            let session = w.at("10:00").start(1, no, "CARD2", 5.0);
            change(w.at("10:30"), 1, "CARD2", before, false);
            let mut record = stop_of(session, w.now(), 6.0);
            record.token = Some(Token::card("CARD2"));
            let say = |w: &World| match w.say(1, DeviceEvent::Stopped(Box::new(record.clone()))) {
                Answer::Stopped { token } => token.unwrap().verdict,
                other => panic!("{other:?}"),
            };
            assert_eq!(say(&w), expected);
            change(&w, 1, "CARD2", after, false);
            for restart in [false, true] {
                if restart {
                    w.restart();
                }
                assert_eq!(say(w.at("10:40")), expected, "{before}, then {after}");
            }
            change(&w, 1, "CARD2", "accepted", false);
        }
        w.sound();
    }
}

#[test]
fn a_repeated_stop_is_answered_and_settles_nothing_twice() {
    for mut w in worlds() {
        let session = w.at("10:00").start(1, 1, "CARD1", 5.0);
        w.at("10:30").stop(1, session, 6.0);
        let first = w.order(1, session);
        for again in 0..5 {
            if again == 3 {
                w.restart();
            }
            w.later(1).stop_by(1, stop_of(session, wall("10:30"), if again == 4 { 99.0 } else { 6.0 }));
            let expected = if again == 4 { Verdict::Quarantined } else { Verdict::Duplicate };
            assert_eq!(w.verdict(1), expected, "what says something else can be found");
            let mut now = w.order(1, session);
            assert_eq!(now.abnormal.has(Abnormality::RecordRepeated), again == 4);
            now.abnormal.remove(Abnormality::RecordRepeated);
            assert_eq!(now, first);
        }
        assert_eq!(w.count("SELECT CAST(SUM(order_count) AS BIGINT) FROM station_hour"), 1);
        w.sound();
    }
}

#[test]
fn nobody_can_touch_another_piles_session_or_guess_one() {
    for w in worlds() {
        let session = w.at("10:00").start(1, 1, "CARD1", 5.0);
        let SessionKey::Transaction(id) = session else { panic!() };
        let before = w.order(1, session);
        w.later(1);
        let ids = (id - 3..=id + 3).chain([0, -1, 1, i32::MAX, i32::MIN]);
        for (pile, id) in ids.map(|id| (2, id)).chain([(1, 0), (1, -1), (1, i32::MAX), (1, id + 1)]) {
            let key = SessionKey::Transaction(id);
            w.stop(pile, key, 50.0);
            assert_eq!(w.verdict(pile), Verdict::Quarantined, "stop {id} by {pile}");
            w.meter(pile, key, vec![sample(w.now(), Some(50.0), None)]);
            assert_eq!(w.verdict(pile), Verdict::Quarantined, "values {id} by {pile}");
        }
        assert_eq!(w.order(1, session), before);
        w.sound();
    }
}

/// The session's number is -1 or 0 because the pile never learned it: matched only without a guess.
#[test]
fn a_stop_without_a_number_is_matched_only_when_one_session_fits() {
    let unnamed = |w: &World, id: i32, tag: Option<&str>, meter: f64| {
        let mut record = stop_of(SessionKey::Transaction(id), w.now(), meter);
        record.token = tag.map(Token::card);
        w.stop_by(1, record);
        w.verdict(1)
    };
    for w in worlds() {
        let first = w.at("10:00").start(1, 1, "C11", 5.0);
        let second = w.start(1, 2, "C12", 8.0);
        w.later(20);
        assert_eq!(unnamed(&w, -1, None, 9.0), Verdict::Quarantined, "no card");
        assert_eq!(unnamed(&w, -1, Some("C13"), 9.0), Verdict::Quarantined, "another card");
        assert_eq!(unnamed(&w, 0, Some("C12"), 7.0), Verdict::Quarantined, "a meter below the start");
        assert_eq!(unnamed(&w, 7, Some("C12"), 9.0), Verdict::Quarantined, "a number that is nobody's");
        assert_eq!(unnamed(&w, -1, Some("c12"), 9.0), Verdict::Applied);
        assert_eq!(told(&w.order(1, second)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        assert_eq!(w.order(1, first).state, OrderState::Charging);
        assert_eq!(
            unnamed(&w, -1, Some("c12"), 9.0),
            Verdict::Quarantined,
            "said again: nothing is left to fit"
        );
        w.sound();
        // Two sessions of one card: a guess would be needed.
        let both = [w.start(1, 2, "CARD2", 9.0), w.start(1, 3, "CARD2", 9.0)];
        w.later(5);
        assert_eq!(unnamed(&w, 0, Some("CARD2"), 10.0), Verdict::Quarantined);
        assert!(both.iter().all(|session| w.order(1, *session).state == OrderState::Charging));
    }
}

#[test]
fn one_card_in_twenty_places_charges_as_often_as_it_may() {
    for (tag, most) in [("CARD1", 1), ("CARD2", 3)] {
        for on_one in [true, false] {
            for mut w in worlds() {
                let starts =
                    (1..=20u16).map(|n| {
                        let (pile, no) = if on_one { (1, n) } else { (i64::from(n), 1) };
                        let event = started(no, tag, 1.0, "12:00");
                        let (engine, inbound) = (w.engine.clone(), w.inbound(pile, event));
                        async move {
                            tokio::spawn(async move { (pile, engine.device(inbound).await) }).await.unwrap()
                        }
                    });
                let starts: Vec<_> = starts.collect();
                let told = wait(async {
                    let tasks: Vec<_> = starts.into_iter().map(tokio::spawn).collect();
                    let mut all = Vec::new();
                    for task in tasks {
                        all.push(task.await.unwrap());
                    }
                    all
                });
                let mut accepted = Vec::new();
                for (pile, told) in told {
                    let Ok(Answer::Started { transaction, token }) = told.answer else { panic!() };
                    match token.verdict {
                        TokenVerdict::Accepted => accepted.push((pile, SessionKey::Transaction(transaction))),
                        verdict => assert_eq!(verdict, TokenVerdict::Concurrent),
                    }
                }
                assert_eq!(accepted.len(), most, "{tag} on one pile: {on_one}");
                let open = "SELECT COUNT(*) FROM orders WHERE state <> 'failed'";
                assert_eq!(w.count(open), most as i64, "no ghosts");
                w.restart();
                let (_, verdict) = w.start_at(9, 50, tag, 1.0, w.now());
                assert_eq!(verdict, TokenVerdict::Concurrent, "also after a restart");
                let (pile, session) = accepted[0];
                w.later(1).stop(pile, session, 1.5);
                w.start(9, 51, tag, 1.0);
                w.sound();
            }
        }
    }
}

#[test]
fn a_busy_connector_refuses_and_a_silent_one_gives_way() {
    for w in worlds() {
        let first = w.at("10:00").start(1, 1, "CARD1", 5.0);
        w.at("10:02");
        let (refused, verdict) = w.start_at(1, 1, "C11", 5.1, w.now());
        assert_eq!(verdict, TokenVerdict::ConnectorBusy);
        assert_eq!(w.order(1, refused).state, OrderState::Failed);
        w.meter(1, first, vec![sample(w.now(), Some(5.5), None)]);
        w.at("10:06");
        assert_eq!(
            w.start_at(1, 1, "C12", 5.1, w.now()).1,
            TokenVerdict::ConnectorBusy,
            "4 minutes after the values"
        );
        // Nothing for five minutes: the same card may begin anew where it was left.
        let second = w.at("10:08").start(1, 1, "CARD1", 6.0);
        let left = w.order(1, first);
        assert_eq!(told(&left), "unsettled 0.5000 kWh 0.00 (0.00 + 0.00)");
        assert!(left.deadline.is_some());
        // The record of the first one comes after all.
        w.at("10:09").stop_by(1, stop_of(first, wall("10:07"), 6.0));
        assert_eq!(told(&w.order(1, first)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        w.at("10:20").stop(1, second, 7.0);
        assert_eq!(told(&w.order(1, second)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        w.start(1, 1, "CARD1", 7.0);
        w.sound();
    }
}

/// token, pile, verdict, what is held when it delivers all the same
#[test]
fn a_refused_start_gets_a_number_and_what_it_delivers_is_held() {
    let cases = [
        ("NOBODY", 1, TokenVerdict::Unknown, "TokenRefused"),
        ("BLOCKED", 1, TokenVerdict::Blocked, "TokenRefused"),
        ("EXPIRED", 1, TokenVerdict::Expired, "TokenRefused"),
        ("CARD1", 301, TokenVerdict::NoTariff, "NoTariff"),
    ];
    for mut w in worlds() {
        for (tag, pile, verdict, doubt) in cases {
            w.at("10:00");
            let (idle, told_verdict) = w.start_at(pile, 1, tag, 5.0, w.now());
            assert_eq!(told_verdict, verdict);
            w.later(1).stop(pile, idle, 5.0);
            assert_eq!(
                w.order(pile, idle).state,
                OrderState::Failed,
                "{tag}: nothing delivered, nothing held"
            );
            w.at("10:05");
            let (session, _) = w.start_at(pile, 1, tag, 5.0, w.now());
            w.restart();
            w.later(10).stop(pile, session, 6.0);
            let held = format!("abnormal 1.0000 kWh 0.00 (0.00 + 0.00) {doubt}");
            assert_eq!(told(&w.order(pile, session)), held);
        }
        w.sound();
    }
}

#[test]
fn an_old_status_does_not_change_the_live_state() {
    let status = |status, at: &str| StatusReport { connector: 1, status, error: None, at: Some(wall(at)) };
    let live = |w: &World| {
        w.read(|conn| store::piles::connectors(conn, PileId(1)))
            .into_iter()
            .find(|c| c.no == 1)
            .unwrap()
            .status
    };
    for mut w in worlds() {
        w.at("10:00").status(1, status(ConnectorStatus::Preparing, "10:00"));
        let session = w.at("10:01").start(1, 1, "CARD1", 5.0);
        w.at("10:02").status(1, status(ConnectorStatus::Charging, "10:02"));
        w.at("10:10").status(1, status(ConnectorStatus::Available, "09:50"));
        assert_eq!(live(&w), ConnectorStatus::Charging);
        w.restart();
        w.status(1, status(ConnectorStatus::Faulted, "10:01"));
        assert_eq!(live(&w), ConnectorStatus::Charging);
        assert_eq!(w.order(1, session).deadline, None, "an old report ends no session");
        // Later than what is known, but from before the session: it says nothing about the session.
        w.at("10:30").stop(1, session, 6.0);
        let next = w.at("11:00").start(1, 1, "CARD1", 6.0);
        w.at("11:01").status(1, status(ConnectorStatus::Available, "10:40"));
        assert_eq!(w.order(1, next).deadline, None);
        w.at("11:05").status(1, status(ConnectorStatus::Available, "11:05"));
        assert_eq!(w.order(1, next).deadline, Some(wall("11:15")), "now it is over: the record is awaited");
        w.meter(1, next, vec![sample(wall("11:06"), Some(6.5), None)]);
        assert_eq!(w.order(1, next).deadline, None, "values show that it is not over");
        // A clock that runs ahead must not make the right reports look old.
        w.at("11:10").status(1, status(ConnectorStatus::Faulted, "+300 00:00"));
        w.at("11:11").status(1, status(ConnectorStatus::Charging, "11:11"));
        assert_eq!(live(&w), ConnectorStatus::Charging);
        w.sound();
    }
}

#[test]
fn a_restart_in_the_middle_of_a_session_loses_nothing() {
    for mut w in worlds() {
        let session = w.at("10:00").start(1, 1, "CARD1", 100.0);
        let order = w.order(1, session);
        for (minute, register, soc) in [(10, 102.0, 31), (20, 104.0, 35), (15, 103.0, 33)] {
            let at = wall("10:00").plus_ms(minute * 60_000);
            w.at("10:20").meter(
                1,
                session,
                vec![sample(at, Some(register), Some(soc)), sample(at.plus_ms(1), None, None)],
            );
        }
        let before = wait(w.engine.order_running(PileId(1), order.id)).unwrap().unwrap();
        assert_eq!((before.open.order.energy, before.open.order.soc_end), (kwh(4.0), Some(35)));
        w.restart();
        let after = wait(w.engine.order_running(PileId(1), order.id)).unwrap().unwrap();
        assert_eq!((after.open, after.bill), (before.open, before.bill));
        w.at("11:30").stop(1, session, 110.0);
        // 10:00-10:20 4 kWh, then 6 kWh in 70 minutes, 40 of them in the peak: 4 + 3.4286 | 2.5714.
        assert_eq!(told(&w.order(1, session)), "completed 10.0000 kWh 13.23 (9.23 + 4.00)");
        w.sound();
    }
}
