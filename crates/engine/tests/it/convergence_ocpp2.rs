//! The same for OCPP 2, where one kind of message tells everything: begun, going on and ended come repeatedly,
//! hours late and in disorder, the beginning even last. Only what comes after the end is not looked at any
//! more: a bill that was told does not change.

use crate::convergence::{Dice, Session, agreed, essence, runs, sessions, set};
use crate::world::{World, kwh, sample, wall, worlds};
use model::card::Token;
use model::device::{Answer, DeviceEvent, SessionPhase, SessionReport, StopReason};
use model::id::{SessionKey, SessionName};
use model::order::{OrderState, StopClass};
use model::time::MINUTE_MS;

fn key(n: usize) -> SessionKey {
    SessionKey::Name(SessionName::parse(&format!("tx-{n:08}")).unwrap())
}

/// What a pile tells of a session, in order.
fn events(n: usize, s: &Session) -> Vec<SessionReport> {
    let report = |phase, seq: usize, at| SessionReport {
        session: key(n),
        phase,
        seq: i64::try_from(seq).unwrap(),
        at,
        offline: false,
        connector: Some(s.no),
        token: None,
        unattended: false,
        remote_start: None,
        status: None,
        reason: None,
        samples: Vec::new(),
        begin: None,
        meter_end: None,
    };
    let begun = SessionReport {
        token: Some(Token::card(s.tag.as_str())),
        begin: Some((s.begun, kwh(s.start))),
        samples: vec![sample(s.begun, Some(s.start), None)],
        ..report(SessionPhase::Begun, 0, s.begun)
    };
    let mut all = vec![begun];
    for sample in &s.samples {
        let going = report(SessionPhase::Going, all.len(), sample.at);
        all.push(SessionReport { samples: vec![sample.clone()], ..going });
    }
    let ended = SessionReport {
        reason: Some(StopReason { class: StopClass::Normal, code: "ocpp:Local".to_owned() }),
        meter_end: Some(kwh(s.stop)),
        ..report(SessionPhase::Ended, all.len(), s.ended)
    };
    all.push(ended);
    all
}

fn tell(w: &World, pile: i64, report: SessionReport) {
    let answer = w.say(pile, DeviceEvent::Session(Box::new(report)));
    assert!(matches!(answer, Answer::Session { .. }), "{answer:?}");
}

fn orderly(w: &World, sessions: &[Session]) {
    for (n, s) in sessions.iter().enumerate() {
        for event in events(n, s) {
            set(w, event.at);
            tell(w, s.pile, event);
        }
    }
}

/// The same with all that a bad line and a hasty pile do to it.
fn disorderly(w: &mut World, sessions: &[Session], dice: &mut Dice) {
    for (n, s) in sessions.iter().enumerate() {
        let mut queue = events(n, s);
        for _ in 0..dice.roll(4) {
            let again = queue[dice.roll(queue.len())].clone();
            queue.push(again);
        }
        match dice.roll(4) {
            // In order, as a queue is.
            0 => queue.sort_by_key(|event| event.seq),
            // The beginning waited longest.
            1 => queue.sort_by_key(|event| (event.phase == SessionPhase::Begun, event.seq)),
            _ => {
                for place in (1..queue.len()).rev() {
                    queue.swap(place, dice.roll(place + 1));
                }
                queue.sort_by_key(|event| event.phase == SessionPhase::Ended);
                if dice.roll(3) == 0 {
                    queue.sort_by_key(|event| event.phase == SessionPhase::Begun);
                }
            }
        }
        // Never twice the same: messages that are late by the same time are a slow clock.
        let late_ms = 1_000 + n as i64 / 10 * 23 % 190 * 1_000;
        set(w, s.ended.plus_ms(late_ms));
        for event in queue {
            tell(w, s.pile, SessionReport { offline: true, ..event });
            match dice.roll(8) {
                0 if n % 40 == 7 => w.restart(),
                1 => set(w, w.now().plus_ms(dice.roll(30) as i64 * 1_000)),
                2 if n > 0 => {
                    let old = dice.roll(n);
                    let told = events(old, &sessions[old]);
                    let again = told[dice.roll(told.len())].clone();
                    tell(w, sessions[old].pile, SessionReport { offline: true, ..again });
                }
                3 => drop(w.sweep()),
                _ => {}
            }
        }
    }
    set(w, w.now().plus_ms(60 * MINUTE_MS));
    w.sweep();
}

#[test]
fn disorder_of_ocpp2_ends_in_the_same_orders() {
    let (count, seeds) = runs();
    for seed in seeds {
        let sessions = sessions(&mut Dice(seed), count);
        for (straight, mut crooked) in worlds().into_iter().zip(worlds()) {
            orderly(&straight, &sessions);
            disorderly(&mut crooked, &sessions, &mut Dice(seed + 99));
            let mut held = 0;
            for (n, s) in sessions.iter().enumerate() {
                let (a, b) = (straight.order(s.pile, key(n)), crooked.order(s.pile, key(n)));
                held += usize::from(a.total.0 == 0 && a.energy != kwh(0.0));
                assert_eq!(essence(a), essence(b), "session {n} of seed {seed}");
            }
            agreed(&straight, &crooked, count, held);
        }
    }
}

/// What the curve knew before the beginning came counts from another register; a restart reads it anew.
#[test]
fn a_beginning_that_comes_late_counts_after_a_restart_too() {
    let s = Session {
        pile: 1,
        no: 1,
        tag: "C11".to_owned(),
        begun: wall("10:00"),
        ended: wall("10:40"),
        start: 100.0,
        stop: 112.0,
        samples: [("10:10", 103.0), ("10:20", 106.0), ("10:30", 109.0)]
            .map(|(at, register)| sample(wall(at), Some(register), None))
            .to_vec(),
    };
    for mut w in worlds() {
        let told = events(0, &s);
        set(&w, s.ended);
        for place in [3, 2, 0] {
            tell(&w, s.pile, SessionReport { offline: true, ..told[place].clone() });
        }
        w.restart();
        for place in [1, 4] {
            tell(&w, s.pile, SessionReport { offline: true, ..told[place].clone() });
        }
        let order = w.order(s.pile, key(0));
        assert_eq!((order.state, order.energy), (OrderState::Completed, kwh(12.0)), "{:?}", order.abnormal);
        w.sound();
    }
}
