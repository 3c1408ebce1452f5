//! 占位费: from the end of the charge until the plug is out; only what a pile has proved, once, as a line of its own.

use crate::abnormal::{amounts, by, settle};
use crate::databases::wait;
use crate::payment::{available, furnish, payment, top_up};
use crate::world::{World, stop_of, worlds, worlds_by};
use engine::Rules;
use engine::audit::Actor;
use engine::occupancy::{OccupancyPlanChange, OccupancyWaiverDraft};
use engine::proposal::ProposalDecision;
use engine::settlement::SettlementBill;
use model::connector::ConnectorStatus;
use model::device::StatusReport;
use model::id::{OrderId, PileId, SessionKey, StationId};
use model::money::Fen;
use model::occupancy::{OccupancyEnd, OccupancyState};
use model::order::OrderState;
use model::settlement::SettlementBasis;
use store::day_bills::{DayBillFilter, day_bill_list};
use store::occupancies::Occupancy;

/// 15 minutes free, 0.50 a minute, at most 20.00, all day.
pub fn planned(w: &World) {
    plan(w, 0, true, (0, 1_440));
}

fn plan(w: &World, version: i64, enabled: bool, (from_minute, to_minute): (i64, i64)) {
    let change = OccupancyPlanChange {
        version,
        enabled,
        free_minutes: 15,
        fen_per_minute: 50,
        cap_fen: 2_000,
        from_minute,
        to_minute,
    };
    let station = w.count("SELECT station_id FROM pile WHERE id = 1");
    wait(w.engine.occupancy_plan_set(&Actor::local(), StationId(station), change)).unwrap();
}

pub fn says(w: &World, status: ConnectorStatus) {
    w.status(1, StatusReport { connector: 1, status, error: None, at: Some(w.now()) });
}

/// An hour's charge of 11.00 yuan whose plug stays in; its order.
pub fn charged(w: &World, tag: &str) -> (SessionKey, OrderId) {
    let session = w.start(1, 1, tag, 100.0);
    says(w, ConnectorStatus::Charging);
    w.later(60).stop(1, session, 110.0);
    says(w, ConnectorStatus::Finishing);
    (session, w.order(1, session).id)
}

fn known(w: &World, order: OrderId) -> Option<Occupancy> {
    w.read(move |conn| store::occupancies::get(conn, order))
}

fn place(order: OrderId) -> (OrderId, PileId) {
    (order, PileId(1))
}

fn waive(w: &World, order: OrderId) -> model::Result<i64> {
    let draft = OccupancyWaiverDraft { reason: "设备无法拔枪".to_owned() };
    wait(w.engine.occupancy_waiver_create(&Actor::local(), place(order), draft))
}

#[test]
fn a_car_that_stays_pays_by_the_minute_and_every_sum_knows_it() {
    for mut w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        planned(&w);
        let (session, id) = charged(&w, "CARD1");
        assert_eq!((w.order(1, session).due(), available(&w)), (Fen(1_100), 8_900));
        // A restart on the way, and an end that is said again, change nothing.
        w.later(10);
        w.restart();
        w.stop_by(1, stop_of(session, w.order(1, session).ended_at.unwrap(), 110.0));
        w.later(26);
        says(&w, ConnectorStatus::Available);
        let one = known(&w, id).unwrap();
        assert_eq!(
            (one.state, one.ended_by, one.fee_fen),
            (OccupancyState::Charged, Some(OccupancyEnd::Unplugged), 1_050)
        );
        let order = w.order(1, session);
        assert_eq!((order.total, order.occupancy, order.due()), (Fen(1_100), Fen(1_050), Fen(2_150)));
        let paid = payment(&w, id).unwrap().paid;
        assert_eq!((paid.principal, paid.owed, available(&w)), (Fen(2_150), Fen(0), 7_850));
        let posted = w.read(move |conn| store::postings::of_order(conn, id));
        assert!(posted.iter().any(|one| one.code.as_str() == "occupancy" && one.fen == Fen(1_050)));
        // A late frame of the same moment, and the next car, find nothing to count.
        says(&w, ConnectorStatus::Available);
        w.later(60);
        says(&w, ConnectorStatus::Preparing);
        assert_eq!(w.order(1, session).occupancy, Fen(1_050));
        w.sound();
        let later = w.later(2 * 24 * 60).now();
        assert_eq!(wait(w.engine.day_bills_make(later)).unwrap(), 1);
        let wanted = DayBillFilter { limit: 10, ..DayBillFilter::default() };
        let sums = w.read(move |conn| day_bill_list(conn, &model::access::Scope::ALL, &wanted)).items[0].sums;
        assert_eq!((sums.total_fen, sums.occupancy_fen, sums.principal_fen), (1_100, 1_050, 2_150));
        assert!(sums.is_whole());
    }
}

#[test]
fn what_is_free_off_or_outside_its_hours_costs_nothing() {
    for w in worlds() {
        furnish(&w);
        planned(&w);
        // One second before the first whole minute that costs something.
        let (_, id) = charged(&w, "C11");
        w.clock.advance(std::time::Duration::from_secs(15 * 60 + 59));
        says(&w, ConnectorStatus::Available);
        assert_eq!((known(&w, id).unwrap().fee_fen, payment(&w, id).unwrap().paid.owed), (0, Fen(1_100)));
        // From 22:00 on only; it is 13:16 now.
        plan(&w, 1, true, (1_320, 360));
        let (_, id) = charged(&w, "C11");
        w.later(90);
        says(&w, ConnectorStatus::Available);
        assert_eq!(known(&w, id).unwrap().fee_fen, 0);
        plan(&w, 2, false, (0, 1_440));
        let (_, id) = charged(&w, "C11");
        w.later(90);
        says(&w, ConnectorStatus::Available);
        assert_eq!(known(&w, id), None);
        w.sound();
    }
}

#[test]
fn the_cap_holds_and_a_full_car_counts_from_then_on() {
    for w in worlds() {
        furnish(&w);
        planned(&w);
        let session = w.start(1, 1, "C11", 100.0);
        says(&w, ConnectorStatus::Charging);
        w.later(30);
        says(&w, ConnectorStatus::SuspendedEv);
        w.later(5);
        says(&w, ConnectorStatus::Charging);
        let id = w.order(1, session).id;
        assert_eq!(known(&w, id), None, "it charges again");
        w.later(25);
        says(&w, ConnectorStatus::SuspendedEv);
        w.later(20);
        w.stop(1, session, 110.0);
        says(&w, ConnectorStatus::Finishing);
        w.later(2 * 60);
        says(&w, ConnectorStatus::Available);
        let one = known(&w, id).unwrap();
        assert_eq!((one.counted_ms, one.fee_fen), (125 * 60_000, 2_000));
        assert_eq!(w.order(1, session).occupancy, Fen(2_000));
        w.sound();
    }
}

#[test]
fn nothing_counts_while_the_link_is_down_and_a_lost_pile_ends_it() {
    for mut w in worlds() {
        furnish(&w);
        planned(&w);
        let connect = |w: &World| wait(w.engine.pile_connected(PileId(1), "here".to_owned(), None)).unwrap();
        connect(&w);
        let (_, id) = charged(&w, "C11");
        w.later(20);
        w.gone(1, "here");
        w.later(30);
        connect(&w);
        says(&w, ConnectorStatus::Finishing);
        w.later(5);
        says(&w, ConnectorStatus::Available);
        let one = known(&w, id).unwrap();
        assert_eq!((one.counted_ms, one.gap_ms, one.fee_fen), (10 * 60_000, 30 * 60_000, 500));
        // A car in the plug that may be another one is not the driver's.
        let (_, id) = charged(&w, "C11");
        w.later(20);
        w.gone(1, "here");
        w.later(30);
        connect(&w);
        says(&w, ConnectorStatus::Preparing);
        let one = known(&w, id).unwrap();
        assert_eq!((one.ended_by, one.fee_fen), (Some(OccupancyEnd::LinkLost), 250));
        says(&w, ConnectorStatus::Available);
        // The server is killed, and the pile never comes back: what was written down counts.
        let (_, id) = charged(&w, "C11");
        w.later(40);
        w.sweep();
        w.sweep();
        w.later(5);
        wait(w.engine.store.write(None, store::piles::all_offline)).unwrap();
        w.restart();
        w.later(120);
        w.sweep();
        let one = known(&w, id).unwrap();
        assert_eq!((one.state, one.ended_by), (OccupancyState::Charged, Some(OccupancyEnd::LinkLost)));
        assert_eq!(one.fee_fen, 750, "30 minutes were sure, 15 of them free");
        w.sound();
    }
}

#[test]
fn its_driver_is_told_once_and_an_order_that_is_held_pays_when_it_is_settled() {
    for w in worlds() {
        furnish(&w);
        planned(&w);
        let session = w.start(1, 1, "C11", 100.0);
        says(&w, ConnectorStatus::Charging);
        w.later(60).stop(1, session, 5_000.0);
        says(&w, ConnectorStatus::Finishing);
        let order = w.order(1, session);
        assert_eq!(order.state, OrderState::Abnormal);
        w.later(9);
        w.sweep();
        assert_eq!(known(&w, order.id).unwrap().warned_at, None);
        w.later(1);
        w.sweep();
        let warned = known(&w, order.id).unwrap().warned_at;
        assert!(warned.is_some());
        w.later(1);
        w.sweep();
        assert_eq!(known(&w, order.id).unwrap().warned_at, warned);
        w.later(14);
        says(&w, ConnectorStatus::Available);
        let one = known(&w, order.id).unwrap();
        assert_eq!((one.state, one.fee_fen), (OccupancyState::Ended, 500));
        let decided = SettlementBill { correction: false, energy_dwh: Some(100_000), ..amounts(700, 400) };
        settle(&w, place(order.id), &decided).unwrap();
        let order = w.order(1, session);
        assert_eq!(
            (order.state, order.occupancy, order.due()),
            (OrderState::Completed, Fen(500), Fen(1_600))
        );
        assert_eq!(payment(&w, order.id).unwrap().paid.owed, Fen(1_600));
        assert_eq!(known(&w, order.id).unwrap().state, OccupancyState::Charged);
        w.sound();
        // Nothing is asked for the session: nothing is asked for the place either.
        let session = w.start(1, 1, "C11", 100.0);
        says(&w, ConnectorStatus::Charging);
        w.later(60).stop(1, session, 5_000.0);
        says(&w, ConnectorStatus::Finishing);
        w.later(40);
        says(&w, ConnectorStatus::Available);
        let order = w.order(1, session);
        let free = SettlementBill { energy_dwh: Some(100_000), ..by(SettlementBasis::Free) };
        settle(&w, place(order.id), &free).unwrap();
        assert_eq!(w.order(1, session).occupancy, Fen(0));
        assert_eq!(known(&w, order.id).unwrap().state, OccupancyState::Waived);
        w.sound();
    }
}

#[test]
fn a_person_waives_it_alone_up_to_a_limit() {
    let rules = Rules { settle_alone: Fen(1_000), ..Rules::default() };
    for w in worlds_by(rules) {
        furnish(&w);
        top_up(&w, 10_000);
        planned(&w);
        let (session, id) = charged(&w, "CARD1");
        w.later(30);
        says(&w, ConnectorStatus::Available);
        assert_eq!(w.order(1, session).occupancy, Fen(750));
        waive(&w, id).unwrap();
        assert_eq!((available(&w), known(&w, id).unwrap().state), (8_900, OccupancyState::Waived));
        assert_eq!(waive(&w, id).unwrap_err().code, "occupancy.nothing_to_waive");
        w.sound();
        // Above the limit it waits for a second person, who is not the first.
        let (session, id) = charged(&w, "CARD1");
        w.later(60);
        says(&w, ConnectorStatus::Available);
        assert_eq!(w.order(1, session).occupancy, Fen(2_000));
        let waiver = waive(&w, id).unwrap();
        assert_eq!(waive(&w, id).unwrap_err().code, "occupancy_waiver.waiting");
        let agreed = || ProposalDecision { approve: true, reason: None };
        let own = wait(w.engine.occupancy_waiver_update(&Actor::local(), (waiver, PileId(1)), agreed()));
        assert_eq!(own.unwrap_err().code, "occupancy_waiver.own");
        let mut other = Actor::local();
        other.caller.staff = model::id::StaffId(2);
        wait(w.engine.occupancy_waiver_update(&other, (waiver, PileId(1)), agreed())).unwrap();
        let left = 8_900 - w.order(1, session).total.0;
        assert_eq!((available(&w), known(&w, id).unwrap().state), (left, OccupancyState::Waived));
        let again = wait(w.engine.occupancy_waiver_update(&other, (waiver, PileId(1)), agreed()));
        assert_eq!(again.unwrap_err().code, "occupancy_waiver.decided");
        w.sound();
    }
}

#[test]
fn a_changed_fee_is_found() {
    for w in worlds() {
        furnish(&w);
        planned(&w);
        charged(&w, "C11");
        w.later(30);
        says(&w, ConnectorStatus::Available);
        w.sound();
        let run =
            |sql: &'static str| wait(w.engine.store.write(None, move |tx| tx.execute(sql, &[]))).unwrap();
        for (wrong, right, what) in [
            (
                "UPDATE orders SET occupancy_fen = occupancy_fen + 1 WHERE occupancy_fen > 0",
                "UPDATE orders SET occupancy_fen = occupancy_fen - 1 WHERE occupancy_fen > 0",
                "not that of its occupation",
            ),
            (
                "UPDATE occupancy SET counted_ms = counted_ms + 60000",
                "UPDATE occupancy SET counted_ms = counted_ms - 60000",
                "not what its minutes cost",
            ),
            (
                "UPDATE order_day SET occupancy_fen = occupancy_fen + 1",
                "UPDATE order_day SET occupancy_fen = occupancy_fen - 1",
                "occupation fees of day",
            ),
        ] {
            run(wrong);
            let found = wait(w.engine.orders_verify()).unwrap().problems;
            assert!(found.iter().any(|one| one.what.contains(what)), "{what}: {found:?}");
            run(right);
        }
        w.sound();
    }
}
