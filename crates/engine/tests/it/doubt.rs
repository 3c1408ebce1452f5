//! What cannot be believed is answered, kept and held for a person, never billed.

use crate::databases::wait;
use crate::world::{World, sample, stop_of, told, wall, worlds};
use model::time::Timestamp;
use store::frames::Verdict;

/// what, meter at the start, values (minute, register), minutes until the end, meter at the end → order
type Case = (&'static str, f64, &'static [(i64, f64)], i64, f64, &'static str);

const CASES: &[Case] = &[
    ("sound", 100.0, &[(10, 110.0)], 20, 120.0, "completed 20.0000 kWh 28.00 (20.00 + 8.00)"),
    ("nothing", 100.0, &[], 20, 100.0, "completed 0.0000 kWh 0.00 (0.00 + 0.00) NoEnergy"),
    (
        "a new meter begins at zero",
        0.0,
        &[(10, 10.0)],
        20,
        20.0,
        "completed 20.0000 kWh 28.00 (20.00 + 8.00)",
    ),
    (
        "zero placeholder, values",
        0.0,
        &[(1, 909.948), (10, 910.031)],
        20,
        910.031,
        "abnormal 910.0310 kWh 0.00 (0.00 + 0.00) ZeroBaseline PowerExceeded",
    ),
    (
        "zero placeholder, no values",
        0.0,
        &[],
        20,
        910.031,
        "abnormal 910.0310 kWh 0.00 (0.00 + 0.00) ZeroBaseline PowerExceeded",
    ),
    (
        "zero placeholder, zero at the end",
        0.0,
        &[(1, 909.948)],
        20,
        0.0,
        "abnormal 0.0000 kWh 0.00 (0.00 + 0.00) ZeroBaseline MeterBackwards",
    ),
    ("end below the start", 100.0, &[], 20, 99.0, "abnormal -1.0000 kWh 0.00 (0.00 + 0.00) MeterBackwards"),
    (
        "end below a value",
        100.0,
        &[(10, 110.0)],
        20,
        105.0,
        "abnormal 5.0000 kWh 0.00 (0.00 + 0.00) MeterBackwards",
    ),
    (
        "backwards on the way",
        100.0,
        &[(5, 110.0), (10, 108.0)],
        20,
        120.0,
        "abnormal 20.0000 kWh 0.00 (0.00 + 0.00) MeterBackwards",
    ),
    (
        "120 kW for 20 min is 40 kWh, and a tenth",
        100.0,
        &[],
        20,
        144.0,
        "completed 44.0000 kWh 61.60 (44.00 + 17.60)",
    ),
    ("above the rated power", 100.0, &[], 20, 150.0, "abnormal 50.0000 kWh 0.00 (0.00 + 0.00) PowerExceeded"),
    (
        "ten times too much",
        100.0,
        &[],
        20,
        1_100.0,
        "abnormal 1000.0000 kWh 0.00 (0.00 + 0.00) PowerExceeded",
    ),
    ("a negative start", -1.0, &[], 20, 10.0, "abnormal 11.0000 kWh 0.00 (0.00 + 0.00) MeterBackwards"),
    (
        "30 kWh in one minute, though not too much for twenty",
        100.0,
        &[(10, 105.0), (11, 135.0)],
        20,
        140.0,
        "abnormal 40.0000 kWh 0.00 (0.00 + 0.00) PowerExceeded",
    ),
    (
        "a jump before the end",
        100.0,
        &[(10, 101.0), (19, 102.0)],
        20,
        140.0,
        "abnormal 40.0000 kWh 0.00 (0.00 + 0.00) PowerExceeded",
    ),
    (
        "a jump after the start",
        100.0,
        &[(1, 130.0)],
        20,
        131.0,
        "abnormal 31.0000 kWh 0.00 (0.00 + 0.00) PowerExceeded",
    ),
    (
        "a meter of whole kWh at full power",
        100.0,
        &[(1, 102.0), (2, 104.0), (3, 106.0), (4, 109.0), (5, 110.0)],
        6,
        113.0,
        "completed 13.0000 kWh 18.20 (13.00 + 5.20)",
    ),
    (
        "end before the start",
        100.0,
        &[],
        -10,
        101.0,
        "abnormal 1.0000 kWh 0.00 (0.00 + 0.00) PowerExceeded TimeImplausible",
    ),
];

#[test]
fn meters_that_cannot_be_right() {
    for w in worlds() {
        // Each on a connector of its own: the same start again would be a repeat.
        for (no, (what, start, values, minutes, end, expected)) in (1..).zip(CASES) {
            w.at("09:00");
            let session = w.start(1, no, "CARD1", *start);
            for (minute, register) in *values {
                w.meter(
                    1,
                    session,
                    vec![sample(wall("09:00").plus_ms(minute * 60_000), Some(*register), None)],
                );
            }
            w.at("09:30");
            w.stop_by(1, stop_of(session, wall("09:00").plus_ms(minutes * 60_000), *end));
            assert_eq!(told(&w.order(1, session)), *expected, "{what}");
            assert_eq!(w.verdict(1), Verdict::Applied, "{what}");
        }
        w.sound();
        lists_still_work(&w);
    }
}

/// start, end → doubted. Wherever a clock has gone, the pile gets its answer.
#[test]
fn clocks_that_cannot_be_right() {
    let times = [
        "0000-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2014-12-31T00:00:00Z",
        "2026-06-01T00:00:00Z",
        "2026-07-17T04:00:00Z",
        "2038-01-19T03:14:08Z",
        "9999-12-30T00:00:00Z",
    ];
    let times: Vec<Timestamp> = times
        .iter()
        .map(|text| Timestamp::parse(text).unwrap())
        .chain([i64::MIN, i64::MAX].map(Timestamp::from_ms))
        .collect();
    for mut w in worlds() {
        for begun_wrong in [true, false] {
            for wrong in &times {
                let now = w.at("12:00").now();
                let (begun, ended) = if begun_wrong { (*wrong, now) } else { (now, *wrong) };
                let (session, _) = w.start_at(1, 1, "CARD1", 10.0, begun);
                w.meter(1, session, vec![sample(*wrong, Some(10.5), None), sample(now, Some(10.6), None)]);
                w.later(10).stop_by(1, stop_of(session, ended, 11.0));
                let order = w.order(1, session);
                let text = told(&order);
                assert!(text.starts_with("abnormal 1.0000 kWh 0.00"), "{wrong:?}: {text}");
                assert!(text.contains("TimeImplausible"), "{wrong:?}: {text}");
            }
            w.restart();
        }
        // The clock is right again, and so is the bill.
        let session = w.at("12:30").start(1, 1, "CARD1", 11.0);
        assert_eq!(w.order(1, session).skew_ms, None, "a clock that shows nonsense shows nothing");
        w.at("12:40").stop(1, session, 12.0);
        assert_eq!(told(&w.order(1, session)), "completed 1.0000 kWh 1.10 (0.70 + 0.40)");
        w.sound();
        lists_still_work(&w);
    }
}

/// The clock is off by so many minutes and known to be, the end is so many seconds ahead of its now
#[test]
fn an_end_that_is_still_to_come_is_held() {
    for w in worlds() {
        let cases = [(0, 50, false), (0, 70, true), (0, 3_600, true), (30, 50, false), (30, 70, true)];
        for (no, (skew_minutes, ahead_s, held)) in (1..).zip(cases) {
            w.at("12:00");
            let skew_ms = skew_minutes * 60_000i64;
            wait(w.engine.store.write(Some(model::id::PileId(1)), move |tx| {
                tx.with_pile(model::id::PileId(1), |tx, hot| {
                    hot.pile.skew_ms = (skew_ms != 0).then_some(skew_ms);
                    tx.pile_save(&hot.pile);
                    Ok(())
                })
            }))
            .unwrap();
            let (session, _) = w.start_at(1, no, "CARD1", 5.0, w.now().plus_ms(skew_ms));
            let end = w.at("12:10").now().plus_ms(skew_ms + ahead_s * 1_000);
            w.stop_by(1, stop_of(session, end, 6.0));
            let text = told(&w.order(1, session));
            assert_eq!(text.contains("TimeImplausible"), held, "{skew_minutes} min, {ahead_s} s: {text}");
            assert_eq!(text.starts_with("abnormal"), held);
        }
        w.sound();
    }
}

/// The order of a session was lost, or its start never came: its end, with the register at the begin.
#[test]
fn the_end_of_a_session_that_nobody_knows_becomes_an_order_that_is_held() {
    for mut w in worlds() {
        let session = model::id::SessionKey::Transaction(123_456);
        let mut record = stop_of(session, wall("10:30"), 110.0);
        record.token = Some(model::card::Token::card("CARD1"));
        let say = |w: &World, record: &model::device::StopRecord| {
            w.stop_by(1, record.clone());
            (w.verdict(1), w.orders(1).len())
        };
        w.at("12:00");
        assert_eq!(say(&w, &record), (Verdict::Quarantined, 0), "it does not tell what was delivered");
        record.samples =
            vec![sample(wall("10:10"), Some(105.0), None), sample(wall("10:00"), Some(100.0), None)];
        assert_eq!(say(&w, &record), (Verdict::Applied, 1));
        let order = w.orders(1).remove(0);
        let text = "abnormal 10.0000 kWh 0.00 (0.00 + 0.00) Unannounced ConnectorUnknown";
        assert_eq!(told(&order), text);
        assert_eq!((order.started_at, order.ended_at), (wall("10:00"), Some(wall("10:30"))));
        assert_eq!((order.card, order.session), (Some(model::id::CardId(1)), None));
        for restart in [false, true] {
            if restart {
                w.restart();
            }
            assert_eq!(say(w.later(1), &record), (Verdict::Duplicate, 1), "said again");
        }
        // A session that was matched without its number is not made twice.
        w.at("12:30").start(1, 1, "CARD1", 110.0);
        let mut unnamed = stop_of(model::id::SessionKey::Transaction(-1), w.at("12:40").now(), 111.0);
        unnamed.token.clone_from(&record.token);
        unnamed.samples = vec![sample(wall("12:30:01"), Some(110.0), None)];
        assert_eq!(say(&w, &unnamed), (Verdict::Applied, 2));
        assert_eq!(say(&w, &unnamed), (Verdict::Duplicate, 2));
        w.sound();
    }
}

fn lists_still_work(w: &World) {
    assert!(!w.orders(1).is_empty());
    let open = w.read(store::orders::open_all);
    assert_eq!(open, []);
    let months = w.read(|conn| {
        conn.query(
            "SELECT id FROM orders WHERE started_at_ms >= $1 ORDER BY started_at_ms, id",
            &[0.into()],
            |r| r.int(0),
        )
    });
    assert!(!months.is_empty());
}

#[test]
fn values_without_energy_do_not_reset_it_and_late_ones_do_not_lower_it() {
    for mut w in worlds() {
        let session = w.at("10:00").start(1, 1, "CARD1", 100.0);
        let id = w.order(1, session).id;
        let shown = |w: &World| {
            let running = wait(w.engine.order_running(model::id::PileId(1), id)).unwrap().unwrap();
            (running.open.order.energy.wh(), running.open.order.soc_end)
        };
        w.at("10:10").meter(1, session, vec![sample(wall("10:10"), Some(105.0), Some(50))]);
        w.at("10:11").meter(1, session, vec![sample(wall("10:11"), None, Some(51))]);
        w.meter(1, session, vec![sample(wall("10:11"), None, None)]);
        w.meter(1, session, vec![]);
        assert_eq!(shown(&w), (5_000, Some(51)));
        w.restart();
        assert_eq!(shown(&w), (5_000, Some(51)), "nothing is lost where two messages name one moment");
        w.at("10:12").meter(1, session, vec![sample(wall("10:12"), None, Some(52))]);
        assert_eq!(shown(&w), (5_000, Some(52)));
        w.meter(1, session, vec![sample(wall("10:05"), Some(102.0), Some(45))]);
        assert_eq!(shown(&w), (5_000, Some(52)), "an older value changes nothing that is shown");
        w.at("10:20").stop(1, session, 110.0);
        assert_eq!(told(&w.order(1, session)), "completed 10.0000 kWh 14.00 (10.00 + 4.00)");
        assert_eq!(w.order(1, session).soc_start, Some(45));
    }
}

#[test]
fn a_tampered_order_is_found() {
    let tampering = [
        ("total_fen = total_fen + 1", 1),
        ("electricity_fen = electricity_fen - 1, service_fen = service_fen + 1", 1),
        ("energy_dwh = energy_dwh + 10", 1),
        ("started_at_ms = started_at_ms - 3600000", 1),
        ("meter_end_dwh = meter_end_dwh", 0),
    ];
    for w in worlds() {
        let session = w.at("10:30").start(1, 1, "CARD1", 100.0);
        w.at("11:00").meter(1, session, vec![sample(w.now(), Some(110.0), None)]);
        w.at("11:30").stop(1, session, 120.0);
        let held = w.at("11:40").start(1, 1, "CARD1", 120.0);
        w.at("11:50").stop(1, held, 90.0);
        w.sound();
        let mut conn = w.db.conn();
        let mut problems = |sets: &str, back: &str, state: &str| {
            let all = format!("UPDATE orders SET {sets} WHERE state = '{state}'");
            conn.execute(&all, &[]).unwrap();
            let found = wait(w.engine.orders_verify()).unwrap().problems.len();
            conn.execute(&format!("UPDATE orders SET {back} WHERE state = '{state}'"), &[]).unwrap();
            found
        };
        for (sets, least) in tampering {
            let back = "total_fen = 2500, electricity_fen = 1700, service_fen = 800, energy_dwh = 200000, \
                        started_at_ms = 1784082600000";
            let found = problems(sets, back, "completed");
            assert!(if least == 0 { found == 0 } else { found >= least }, "{sets}: {found}");
        }
        assert!(
            problems(
                "total_fen = 100, electricity_fen = 100",
                "total_fen = 0, electricity_fen = 0",
                "abnormal"
            ) > 0
        );
        for sets in ["segments = '[]'", "segments = 'x'", "billed_by = 'nothing'"] {
            conn.execute(&format!("UPDATE order_detail SET {sets}"), &[]).unwrap();
            assert!(!wait(w.engine.orders_verify()).unwrap().problems.is_empty(), "{sets}");
        }
    }
}
