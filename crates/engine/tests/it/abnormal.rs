//! Every kind of abnormal order of 5.3.2, provoked the way a pile would.

use crate::databases::wait;
use crate::payment::{available, furnish, payment, top_up};
use crate::world::{World, kwh, sample, stop_of, told, wall, worlds, worlds_by};
use crate::ykc::{ask, bill, confirm, observe, order, send};
use engine::Rules;
use engine::audit::Actor;
use engine::settlement::{SettlementBill, SettlementDraft, SettlementPreview};
use model::Result;
use model::device::DeviceEvent;
use model::id::{OrderId, PileId, SessionKey, SettlementId, TradeNo};
use model::ledger::{Paid, PaymentState};
use model::money::Fen;
use model::order::{Abnormality, OrderState};
use model::settlement::SettlementBasis;
use store::frames::Verdict;

/// 10:30 to 11:30: the station has peak until eleven, then flat (see `scene.rs`).
const HALF: [(i64, i64, i64); 4] =
    [(160_000, 0, 0), (140_000, 100_000, 140_000), (110_000, 100_000, 110_000), (70_000, 0, 0)];

fn charged(w: &World) -> TradeNo {
    w.at("10:30");
    let (trade, _) = ask(w, 1, "CARD1");
    confirm(w, trade, None);
    trade
}

fn strays(w: &World) -> i64 {
    w.count("SELECT COUNT(*) FROM pile_event WHERE kind = 'session'")
}

#[test]
fn a_second_record_that_differs_marks_the_order_and_changes_nothing() {
    for w in worlds() {
        let trade = charged(&w);
        w.at("11:30");
        let first = bill(trade, wall("10:30"), wall("11:30"), HALF);
        send(&w, first.clone());
        assert_eq!(told(&order(&w, trade)), "completed 20.0000 kWh 25.00 (17.00 + 8.00)");
        assert_eq!(send(&w, first.clone()), Verdict::Duplicate);
        assert_eq!(told(&order(&w, trade)), "completed 20.0000 kWh 25.00 (17.00 + 8.00)", "a repeat is none");
        let mut other = first;
        other.amount.0 += 5_000;
        assert_eq!(send(&w, other), Verdict::Quarantined);
        assert_eq!(
            told(&order(&w, trade)),
            "completed 20.0000 kWh 25.00 (17.00 + 8.00) RecordRepeated",
            "the first one counts"
        );
        // The same of OCPP.
        w.at("09:00");
        let session = w.start(1, 1, "CARD2", 100.0);
        w.at("09:30");
        w.stop(1, session, 110.0);
        w.stop(1, session, 110.0);
        assert!(w.order(1, session).abnormal.is_empty());
        w.stop(1, session, 115.0);
        assert!(w.order(1, session).abnormal.has(Abnormality::RecordRepeated));
        w.sound();
    }
}

#[test]
fn energy_in_a_period_that_the_tariff_did_not_have_is_held() {
    let peak = |dwh: i64| [(160_000, 0, 0), (140_000, dwh, dwh * 14 / 10), (110_000, 0, 0), (70_000, 0, 0)];
    for w in worlds() {
        // From, to, periods: held or not. 09-11 is peak, 11-14 flat.
        for (from, to, periods, held) in [
            ("11:10", "11:50", peak(100_000), true),
            // The pile's clock may be five minutes off.
            ("11:04", "11:50", peak(100_000), false),
            ("11:10", "11:50", peak(999), false),
            ("11:10", "11:50", peak(1_000), true),
            ("10:30", "11:30", HALF, false),
        ] {
            w.at("10:00");
            let (trade, _) = ask(&w, 1, "CARD1");
            confirm(&w, trade, None);
            w.at("12:00");
            send(&w, bill(trade, wall(from), wall(to), periods));
            let order = order(&w, trade);
            let doubted = order.abnormal.has(Abnormality::PeriodForeign);
            assert_eq!(doubted, held, "{from} {to}: {}", told(&order));
            let state = if held { OrderState::Abnormal } else { OrderState::Completed };
            assert_eq!(order.state, state, "{}", told(&order));
        }
        w.sound();
    }
}

#[test]
fn a_start_that_delivers_nothing_is_marked_and_not_held() {
    for w in worlds() {
        for (connector, minutes, marked) in [(1, 4, false), (2, 5, true)] {
            w.at("09:00");
            let session = w.start(1, connector, "CARD1", 100.0);
            w.at("09:10");
            w.stop_by(1, stop_of(session, wall("09:00").plus_ms(minutes * 60_000), 100.0));
            let order = w.order(1, session);
            assert_eq!(order.state, OrderState::Completed);
            assert_eq!(order.abnormal.has(Abnormality::NoEnergy), marked, "{minutes}");
        }
        w.sound();
    }
}

#[test]
fn a_failed_start_lets_go_and_its_late_record_is_marked() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        w.at("10:30");
        let (trade, _) = ask(&w, 1, "CARD1");
        assert_eq!(available(&w), 5_000, "paid");
        confirm(&w, trade, Some("ykc:start"));
        let failed = order(&w, trade);
        assert_eq!(failed.state, OrderState::Failed);
        assert_eq!(payment(&w, failed.id).unwrap().state, PaymentState::Void);
        assert_eq!(available(&w), 10_000, "and given back at once");
        w.at("11:30");
        send(&w, bill(trade, wall("10:30"), wall("11:30"), HALF));
        let late = order(&w, trade);
        assert_eq!(told(&late), "completed 20.0000 kWh 25.00 (17.00 + 8.00) AfterFailure");
        assert_eq!(available(&w), 7_500);
        w.sound();
    }
}

#[test]
fn charging_without_an_order_is_told_of_once_until_its_record_comes() {
    for w in worlds() {
        let (trade, _) = ask(&w, 1, "CARD1");
        let mut unknown = trade;
        unknown.0[15] ^= 0x55;
        for minute in ["10:30", "10:31", "10:32"] {
            w.at(minute);
            observe(&w, Some(unknown), true, 1_000);
        }
        assert_eq!(strays(&w), 1);
        // OCPP: values of a transaction that nobody knows.
        for _ in 0..3 {
            let event = DeviceEvent::Metered {
                session: Some(SessionKey::Transaction(987_654)),
                connector: 2,
                samples: vec![sample(w.now(), Some(5.0), None)],
            };
            w.say(1, event);
        }
        assert_eq!(strays(&w), 2);
        // Late values of a session that has ended are none.
        w.at("09:00");
        let session = w.start(1, 1, "CARD2", 100.0);
        w.at("09:30");
        w.stop(1, session, 110.0);
        w.meter(1, session, vec![sample(w.now(), Some(110.0), None)]);
        assert_eq!(strays(&w), 2);
        w.at("11:30");
        send(&w, bill(unknown, wall("10:30"), wall("11:30"), HALF));
        assert!(order(&w, unknown).abnormal.has(Abnormality::Unannounced));
        let summary =
            w.read(|conn| store::abnormal_orders::abnormal_summary(conn, &model::access::Scope::ALL, 0));
        assert_eq!(summary.strays.len(), 2);
        assert_eq!(summary.strays[1].order_id, Some(order(&w, unknown).id.0));
        assert_eq!(summary.strays[0].order_id, None);
        w.sound();
    }
}

#[test]
fn a_session_of_more_than_a_day_is_held_where_nothing_else_was_said() {
    let day = 24 * 60;
    for (hours, minutes, held) in [(24, day, false), (24, day + 1, true), (48, day + 1, false)] {
        for w in worlds_by(Rules { session_max_ms: hours * 3_600_000, ..Rules::default() }) {
            w.at("09:00");
            let session = w.start(1, 1, "CARD1", 100.0);
            w.at("09:00").later(u64::try_from(minutes).unwrap());
            w.stop_by(1, stop_of(session, wall("09:00").plus_ms(minutes * 60_000), 120.0));
            let doubted = w.order(1, session).abnormal.has(Abnormality::TimeImplausible);
            assert_eq!(doubted, held, "{hours} {minutes}");
        }
    }
}

pub fn by(basis: SettlementBasis) -> SettlementBill {
    SettlementBill {
        basis,
        energies: None,
        electricity_fen: None,
        service_fen: None,
        energy_dwh: None,
        linked_order_id: None,
        correction: false,
    }
}

pub fn amounts(electricity: i64, service: i64) -> SettlementBill {
    SettlementBill {
        electricity_fen: Some(electricity),
        service_fen: Some(service),
        correction: true,
        ..by(SettlementBasis::Amounts)
    }
}

fn look(w: &World, place: (OrderId, PileId), bill: &SettlementBill) -> Result<SettlementPreview> {
    wait(w.engine.settlement_check(&Actor::local(), place, bill.clone()))
}

pub fn settle(w: &World, place: (OrderId, PileId), bill: &SettlementBill) -> Result<SettlementId> {
    let total_fen = look(w, place, bill)?.total_fen;
    let draft = SettlementDraft { bill: bill.clone(), reason: "核对无误".to_owned(), total_fen };
    wait(w.engine.settlement_create(&Actor::local(), place, draft))
}

#[test]
fn a_correction_moves_only_the_difference_the_way_it_was_paid() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 3_000);
        let session = w.start(1, 1, "CARD1", 100.0);
        w.later(60).stop(1, session, 110.0);
        let order = w.order(1, session);
        let place = (order.id, order.pile);
        // 10 kWh at noon: 0.70 + 0.40.
        assert_eq!((order.total, available(&w)), (Fen(1_100), 1_900));
        assert!(settle(&w, place, &by(SettlementBasis::Free)).is_err(), "it is not held");
        assert!(settle(&w, place, &amounts(700, 400)).is_err(), "nothing to correct");
        assert!(settle(&w, place, &amounts(650, 600)).is_err(), "one part down, the other up");
        // More: the purse has a part of it, the rest is owed.
        let shown = look(&w, place, &amounts(2_700, 700)).unwrap();
        assert_eq!(
            (shown.difference_fen, shown.effect.principal_fen, shown.effect.owed_fen),
            (2_300, 1_900, 400)
        );
        settle(&w, place, &amounts(2_700, 700)).unwrap();
        let known = payment(&w, order.id).unwrap();
        assert_eq!(known.paid, Paid { principal: Fen(3_000), gift: Fen(0), owed: Fen(400) });
        assert_eq!((w.order(1, session).total, available(&w)), (Fen(3_400), 0));
        w.sound();
        // Less: what is owed is owed no longer, then the purse gets it back. The bill stays.
        let shown = look(&w, place, &amounts(600, 400)).unwrap();
        assert_eq!(
            (shown.difference_fen, shown.effect.owed_fen, shown.effect.principal_fen),
            (-2_400, -400, -2_000)
        );
        settle(&w, place, &amounts(600, 400)).unwrap();
        assert_eq!((w.order(1, session).total, available(&w)), (Fen(3_400), 2_000));
        assert_eq!(payment(&w, order.id).unwrap().refunded, Fen(2_400));
        w.sound();
        assert!(settle(&w, place, &amounts(3_000, 700)).is_err(), "raised after money went back");
        settle(&w, place, &SettlementBill { correction: true, ..by(SettlementBasis::Void) }).unwrap();
        assert_eq!(available(&w), 3_000);
        w.sound();
    }
}

#[test]
fn a_void_session_belongs_to_its_neighbour_and_takes_its_customer_there() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        let trade = charged(&w);
        // The pile forgets the number and bills under another, without the card.
        let mut other = trade;
        other.0[15] ^= 0x55;
        let mut record = bill(other, wall("10:30"), wall("11:30"), HALF);
        record.amount.0 += 50_000;
        w.at("11:30");
        send(&w, record);
        let stray = order(&w, other);
        assert_eq!((stray.state, stray.customer), (OrderState::Abnormal, None));
        observe(&w, None, false, 0);
        w.later(60 * 24).sweep();
        let held = order(&w, trade);
        assert_eq!(held.state, OrderState::Abnormal, "{}", told(&held));
        let place = (held.id, held.pile);
        let linked = |id: i64| SettlementBill { linked_order_id: Some(id), ..by(SettlementBasis::Void) };
        for nobody in [held.id.0, 999_999] {
            assert_eq!(look(&w, place, &linked(nobody)).unwrap_err().field.unwrap(), "linked_order_id");
        }
        settle(&w, place, &linked(stray.id.0)).unwrap();
        assert_eq!(available(&w), 10_000, "what was held is let go");
        let stray = order(&w, other);
        assert_eq!(stray.customer, held.customer);
        // What the pile has asked for, as it is: 30.00; as much of it as our prices say is electricity.
        let place = (stray.id, stray.pile);
        let shown = look(&w, place, &by(SettlementBasis::PileAmount)).unwrap();
        assert_eq!((shown.electricity_fen, shown.service_fen, shown.total_fen), (1_700, 1_300, 3_000));
        settle(&w, place, &by(SettlementBasis::PileAmount)).unwrap();
        assert_eq!(available(&w), 7_000);
        w.sound();
        assert_eq!(kwh(20.0), order(&w, other).energy);
    }
}
