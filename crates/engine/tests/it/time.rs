//! Time: midnight, tariffs, queues, wrong clocks, and piles that never come back.

use crate::databases::wait;
use crate::scene::run;
use crate::world::{World, kwh, sample, stop_of, told, wall, worlds};
use engine::audit::Actor;
use engine::pricing::TariffDraft;
use model::card::TokenVerdict;
use model::connector::ConnectorStatus;
use model::device::StatusReport;
use model::id::{PileId, TariffId};
use model::order::OrderState;
use model::tariff::Period;
use store::tariff_list::TariffRate;

/// Runs a session by the wall clock: start, values, end; its bill.
fn billed(w: &World, rows: &[(&str, f64)]) -> String {
    let session = w.at(rows[0].0).start(1, 1, "CARD1", rows[0].1);
    for (at, register) in &rows[1..rows.len() - 1] {
        w.at(at).meter(1, session, vec![sample(wall(at), Some(*register), None)]);
    }
    let (at, register) = rows[rows.len() - 1];
    w.at(at).stop(1, session, register);
    told(&w.order(1, session))
}

/// Peak 1.00 + 0.40, flat 0.70 + 0.40, sharp 1.20 + 0.40, valley 0.30 + 0.40.
#[test]
fn sessions_across_midnight_and_period_changes_are_right_to_the_fen() {
    for w in worlds() {
        let cases: &[(&[(&str, f64)], &str)] = &[
            (&[("23:30", 0.5), ("+1 00:30", 10.5)], "completed 10.0000 kWh 7.00 (3.00 + 4.00)"),
            // 20:30 peak, 21:00 flat, 22:00 valley, on to 07:30 flat: 5 | 10 | 90 | 5 kWh.
            (&[("20:30", 1.0), ("+1 07:30", 111.0)], "completed 110.0000 kWh 86.50 (42.50 + 44.00)"),
            // 13:45 flat 2 kWh, 14:00 sharp 16 kWh, 16:00 flat 4 kWh, with values that lie beside the cuts.
            (
                &[("13:45", 1.0), ("14:00", 3.0), ("15:00", 11.0), ("16:30", 23.0)],
                "completed 22.0000 kWh 32.20 (23.40 + 8.80)",
            ),
            // A third of a kWh: 0.3333 × 1.40 = 0.46662 → 0.4666 → 0.47.
            (&[("09:10", 1.0), ("09:20", 1.3333)], "completed 0.3333 kWh 0.47 (0.33 + 0.14)"),
        ];
        for (rows, expected) in cases {
            assert_eq!(billed(&w, rows), *expected, "{rows:?}");
        }
        w.sound();
    }
}

/// The next version of the tariff of station 1, one price all day, in use at once.
pub fn publish(w: &World, electricity_price_e5: i64, service_price_e5: i64) {
    publish_as(w, (electricity_price_e5, service_price_e5), None);
}

pub fn publish_as(
    w: &World,
    (electricity_price_e5, service_price_e5): (i64, i64),
    at_once: Option<bool>,
) -> TariffId {
    let rate = |period| TariffRate { period, electricity_price_e5, service_price_e5 };
    let draft = TariffDraft {
        name: "夏季".to_owned(),
        rates: Period::ALL.map(rate).to_vec(),
        periods: vec![Period::Flat; 48],
        kinds: Vec::new(),
        workdays: Vec::new(),
        at_once,
    };
    wait(w.engine.tariff_create(&Actor::local(), draft)).unwrap()
}

#[test]
fn the_tariff_at_the_start_is_the_one_that_counts() {
    for mut w in worlds() {
        let session = w.at("10:00").start(1, 1, "CARD1", 0.5);
        publish(&w, 900_000, 100_000);
        w.restart();
        w.at("10:30").stop(1, session, 1.5);
        assert_eq!(w.order(1, session).tariff, Some(TariffId(1)));
        assert_eq!(told(&w.order(1, session)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        let next = w.at("10:40").start(1, 1, "CARD1", 1.5);
        w.at("10:50").stop(1, next, 2.5);
        assert_eq!(told(&w.order(1, next)), "completed 1.0000 kWh 10.00 (9.00 + 1.00)");
        w.sound();
    }
}

/// start by the pile's clock, pile's clock minus ours in hours → what 1 kWh of it costs
#[test]
fn a_session_from_the_queue_is_billed_by_the_tariff_of_its_own_time() {
    let old = "completed 1.0000 kWh 1.40 (1.00 + 0.40)";
    let new = "completed 1.0000 kWh 10.00 (9.00 + 1.00)";
    let cases = [
        ("09:00", "09:30", 0, old),
        ("10:25", "10:29", 0, old),
        ("11:10", "11:20", 0, new),
        ("13:25", "13:29", 3, old),
        ("14:10", "14:20", 3, new),
    ];
    for mut w in worlds() {
        w.at("08:00").start(1, 9, "C11", 1.0);
        w.at("10:30");
        publish(&w, 900_000, 100_000);
        for restart in [false, true] {
            for (no, (begun, ended, skew_hours, expected)) in (1..).zip(cases) {
                if restart {
                    w.restart();
                }
                w.at("12:00");
                let skew_ms = (skew_hours != 0).then_some(skew_hours * 3_600_000i64);
                wait(w.engine.store.write(Some(PileId(2)), move |tx| {
                    tx.with_pile(PileId(2), |tx, hot| {
                        hot.pile.skew_ms = skew_ms;
                        tx.pile_save(&hot.pile);
                        Ok(())
                    })
                }))
                .unwrap();
                let no = if restart { no + 10 } else { no };
                let (session, verdict) = w.start_at(2, no, "CARD1", 5.0, wall(begun));
                assert_eq!(verdict, TokenVerdict::Accepted);
                w.stop_by(2, stop_of(session, wall(ended), 6.0));
                assert_eq!(told(&w.order(2, session)), expected, "{begun}, {skew_hours} h");
            }
        }
        let now = w.at("12:30").start(3, 1, "CARD1", 5.0);
        w.at("12:40").stop(3, now, 6.0);
        assert_eq!(told(&w.order(3, now)), new, "a start now");
        w.sound();
    }
}

/// The pile was off line from eight to noon; its clock is right. The queue comes in one go.
#[test]
fn sessions_from_the_queue_keep_their_own_times() {
    for w in worlds() {
        w.at("12:00");
        let status = |at: &str| StatusReport {
            connector: 1,
            status: ConnectorStatus::Charging,
            error: None,
            at: Some(wall(at)),
        };
        let mut sessions = Vec::new();
        for (begun, half, ended, meter) in
            [("08:30", "09:00", "09:30", 1.0), ("10:30", "11:00", "11:30", 11.0)]
        {
            let (session, verdict) = w.start_at(1, 1, "CARD1", meter, wall(begun));
            assert_eq!(verdict, model::card::TokenVerdict::Accepted);
            w.status(1, status(begun));
            w.meter(1, session, vec![sample(wall(half), Some(meter + 4.0), None)]);
            w.stop_by(1, stop_of(session, wall(ended), meter + 10.0));
            sessions.push(session);
        }
        let [first, second] = [sessions[0], sessions[1]].map(|session| w.order(1, session));
        assert_eq!((first.started_at, first.ended_at), (wall("08:30"), Some(wall("09:30"))));
        assert_eq!(first.end_received, Some(wall("12:00")));
        assert_eq!(told(&first), "completed 10.0000 kWh 12.80 (8.80 + 4.00)", "4 flat, 6 peak");
        assert_eq!(second.skew_ms, None, "waiting is not a wrong clock");
        assert_eq!(told(&second), "completed 10.0000 kWh 12.20 (8.20 + 4.00)", "4 peak, 6 flat");
        w.sound();
    }
}

#[test]
fn a_start_from_the_queue_leaves_the_running_session_alone() {
    for w in worlds() {
        let live = w.at("12:00").start(1, 1, "CARD1", 20.0);
        let (old, verdict) = w.at("12:01").start_at(1, 1, "C11", 10.0, wall("10:00"));
        assert_eq!(verdict, model::card::TokenVerdict::Accepted);
        assert_eq!(w.order(1, live).state, OrderState::Charging);
        assert_eq!(w.order(1, old).state, OrderState::Unsettled);
        w.sound();
        w.stop_by(1, stop_of(old, wall("10:30"), 11.0));
        assert_eq!(told(&w.order(1, old)), "completed 1.0000 kWh 1.40 (1.00 + 0.40)");
        w.at("12:30").stop(1, live, 21.0);
        assert_eq!(told(&w.order(1, live)), "completed 1.0000 kWh 1.10 (0.70 + 0.40)");
        w.sound();
    }
}

/// The pile's clock is two hours slow: it says 08:30 when it is 10:30. Both are kept; the right one bills.
#[test]
fn a_wrong_clock_is_learned_and_corrected() {
    for mut w in worlds() {
        for (hours, connector) in [(-2i64, 1u16), (3, 2)] {
            let skew = hours * 3_600_000;
            let say = |w: &World, status| {
                w.status(1, StatusReport { connector, status, error: None, at: Some(w.now().plus_ms(skew)) });
            };
            say(w.at("10:20"), ConnectorStatus::Available);
            say(w.at("10:25"), ConnectorStatus::Preparing);
            let begun = w.at("10:30").now().plus_ms(skew);
            let (session, _) = w.start_at(1, connector, "CARD1", 100.0, begun);
            w.restart();
            w.at("11:00").meter(1, session, vec![sample(w.now().plus_ms(skew), Some(104.0), None)]);
            w.at("11:04");
            assert_eq!(
                w.start_at(1, connector, "C11", 104.0, w.now().plus_ms(skew)).1,
                model::card::TokenVerdict::ConnectorBusy
            );
            w.at("11:30").stop_by(1, stop_of(session, w.now().plus_ms(skew), 110.0));
            let order = w.order(1, session);
            assert_eq!((order.started_at, order.skew_ms), (begun, Some(skew)), "the pile's time is kept");
            assert_eq!(told(&order), "completed 10.0000 kWh 12.20 (8.20 + 4.00)", "4 peak, 6 flat");
            // The clock is set right: one message is enough.
            w.at("11:40").status(
                1,
                StatusReport {
                    connector,
                    status: ConnectorStatus::Available,
                    error: None,
                    at: Some(w.now()),
                },
            );
            let session = w.start(1, connector, "CARD1", 110.0);
            assert_eq!(w.order(1, session).skew_ms, None);
            w.at("11:50").stop(1, session, 111.0);
        }
        w.sound();
    }
}

fn vanish(w: &World) {
    w.gone(1, "x");
}

#[test]
fn a_pile_that_vanishes_leaves_an_order_that_is_closed_by_rule() {
    for crash in [false, true] {
        for mut w in worlds() {
            let session = w.at("09:00").start(1, 1, "CARD1", 100.0);
            w.at("09:20").meter(1, session, vec![sample(w.now(), Some(105.0), Some(60))]);
            if crash {
                // The server dies with the link; after its start no pile is connected.
                w.restart();
                w.db.conn().execute("UPDATE pile SET online = false", &[]).unwrap();
            } else {
                vanish(&w);
            }
            assert_eq!(w.at("09:21").sweep(), 0);
            assert_eq!(w.at("21:19").sweep(), 0);
            assert_eq!(w.order(1, session).state, OrderState::Charging);
            assert_eq!(w.at("21:22").sweep(), 1);
            assert_eq!(w.sweep(), 0, "once");
            let order = w.order(1, session);
            assert_eq!(told(&order), "abnormal 5.0000 kWh 0.00 (0.00 + 0.00) NoRecord");
            assert_eq!((order.ended_at, order.soc_end), (Some(wall("09:20")), Some(60)));
            w.sound();
            w.start(2, 1, "CARD1", 5.0);
            // Days later the pile is back and has kept its record.
            w.restart();
            w.at("+5 08:00").stop_by(1, stop_of(session, wall("09:40"), 110.0));
            assert_eq!(told(&w.order(1, session)), "completed 10.0000 kWh 14.00 (10.00 + 4.00)");
            let first = w.order(1, session);
            w.stop_by(1, stop_of(session, wall("09:40"), 110.0));
            assert_eq!(w.order(1, session), first);
            w.sound();
        }
    }
}

/// A refused job drops what is in memory of the pile; its order is found all the same.
#[test]
fn a_refused_click_does_not_hide_an_order_from_the_closing_rule() {
    for w in worlds() {
        let session = w.at("09:00").start(1, 1, "CARD1", 100.0);
        vanish(&w);
        let stop = engine::command::CommandRequest::Stop { order: w.order(1, session).id };
        let refused = wait(w.engine.command(&engine::audit::Actor::local().caller, PileId(1), stop));
        assert_eq!(refused.unwrap_err().code, "pile.offline");
        assert_eq!(w.at("+1 02:00").sweep(), 1);
        assert_eq!(w.order(1, session).state, OrderState::Abnormal);
        w.sound();
    }
}

#[test]
fn a_pile_that_comes_back_in_time_goes_on() {
    for w in worlds() {
        let session = w.at("09:00").start(1, 1, "CARD1", 100.0);
        vanish(&w);
        wait(w.engine.pile_connected(PileId(1), "x".to_owned(), None)).unwrap();
        w.at("19:00").meter(1, session, vec![sample(w.now(), Some(150.0), None)]);
        assert_eq!(w.at("+1 09:00").sweep(), 0);
        w.stop(1, session, 200.0);
        assert_eq!(w.order(1, session).energy, kwh(100.0));
        assert_eq!(w.order(1, session).state, OrderState::Completed);
        w.sound();
    }
}

#[test]
fn old_frames_and_samples_are_forgotten_and_nothing_that_is_needed() {
    for w in worlds() {
        let ended = w.at("09:00").start(1, 1, "CARD1", 100.0);
        w.at("09:20").meter(1, ended, vec![sample(w.now(), Some(105.0), Some(60))]);
        w.at("09:30").stop(1, ended, 110.0);
        // Two others on the way: one that goes on, one that ends today.
        let open = w.at("+100 09:00").start(2, 1, "CARD2", 0.5);
        w.at("+100 09:20").meter(2, open, vec![sample(w.now(), Some(5.5), None)]);
        let prune = || {
            let mut gone = 0;
            loop {
                match wait(w.engine.logs_prune(w.now())).unwrap() {
                    0 => return gone,
                    step => gone += step,
                }
            }
        };
        let count = || {
            ["frame", "sample"].map(|table| {
                w.read(move |conn| conn.one(&format!("SELECT COUNT(*) FROM {table}"), &[], |row| row.int(0)))
            })
        };
        let [frames, samples] = count();
        let own = w.count("SELECT COUNT(*) FROM sample WHERE order_id = (SELECT MIN(id) FROM orders)");
        assert!(own > 0);
        w.at("+102 09:00");
        prune();
        assert_eq!(count(), [frames, samples - own], "the open order keeps its samples");
        w.at("+102 10:00").stop(2, open, 10.5);
        assert_eq!(w.order(2, open).energy, kwh(10.0));
        let begun = w.at("+104 10:00").start(3, 1, "C11", 0.5);
        w.meter(3, begun, vec![sample(w.now(), Some(0.5), None)]);
        prune();
        assert_eq!(count()[1], 1, "of the order that has just begun");
        w.at("+400 10:00");
        assert!(prune() > 0);
        assert_eq!(count()[0], 0);
        assert_eq!(prune(), 0);
        let orders = w.read(|conn| conn.one("SELECT COUNT(*) FROM order_detail", &[], |row| row.int(0)));
        assert_eq!(orders, 2, "what explains the orders stays");
    }
}

#[test]
fn sums_that_are_not_those_of_their_orders_are_found() {
    for w in worlds() {
        let session = w.at("09:00").start(1, 1, "CARD1", 1.0);
        w.at("09:30").stop(1, session, 11.0);
        w.sound();
        let mut conn = w.db.conn();
        run(&mut conn, "UPDATE station_hour SET total_fen = total_fen - 3", &[]);
        run(&mut conn, "UPDATE order_day SET day = day + 1", &[]);
        run(&mut conn, "UPDATE station_day SET order_count = 0", &[]);
        run(&mut conn, "DELETE FROM pile_day", &[]);
        let problems = wait(w.engine.orders_verify()).unwrap().problems;
        let whole: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
        for expected in [
            "the sums of station 1 in station_hour differ from its orders: 0 orders, 0 × 0.1 Wh, 3 fen too few",
            "the sums of station 1 in station_day differ from its orders: 1 orders, 0 × 0.1 Wh, 0 fen too few",
            "the sums of day 20649 in order_day differ from its orders: 1 orders, 100000 × 0.1 Wh, 1400 fen too few",
            "the sums of day 20650 in order_day differ from its orders: -1 orders,",
            "the sums of pile 1 in pile_day differ from its orders: 1 orders, 100000 × 0.1 Wh, 1400 fen too few",
        ] {
            assert!(whole.iter().any(|what| what.starts_with(expected)), "{expected}: {whole:?}");
        }
    }
}
