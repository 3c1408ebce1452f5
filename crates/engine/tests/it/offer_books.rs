//! 优惠 in the books: who bears it gets it back as far as the order is given back, sharing divides what the operator really
//! earns, budgets are kept to, and 占位费 is no part of any of it.

use crate::abnormal::{amounts, by, settle};
use crate::databases::wait;
use crate::offer::{Own, charged, debit, draft, give, lines, used};
use crate::payment::{available, furnish, payment, top_up};
use crate::week::Dice;
use crate::world::{World, worlds, worlds_of};
use engine::Rules;
use engine::audit::Actor;
use engine::coupon::CouponDraft;
use engine::driver_price::DriverPriceDraft;
use engine::settlement::SettlementBill;
use engine::wallet::RefundDraft;
use model::access::Area;
use model::content::{ContentDecision, TargetGroup};
use model::coupon::{CouponKind, CouponPayer};
use model::discount::DiscountBearer;
use model::driver_price::{PriceCut, PriceFee};
use model::id::{OperatorId, OrderId, PileId, StationId};
use model::ledger::AccountId;
use model::money::Fen;
use model::settlement::SettlementBasis;
use model::sharing::Earned;
use store::sharing_orders::{Days, ZoneDay};

fn refund(w: &World, order: OrderId, fen: i64, request: &str) {
    let draft = RefundDraft {
        amount_fen: fen,
        reason: "设备故障".to_owned(),
        request_id: format!("{request}-0000000"),
    };
    wait(w.engine.order_refund_create(&Actor::local(), (order, PileId(1)), draft)).unwrap();
}

fn credit(w: &World, account: AccountId) -> i64 {
    let balance = w.read(move |conn| store::postings::balance(conn, account)).0;
    balance.abs()
}

/// What sharing says that the operator has earned.
fn earned(w: &World) -> (i64, i64) {
    let all = w.read(move |conn| {
        let mut days = Days::new();
        for zone in store::sharing_orders::zones(conn)? {
            let at = ZoneDay { operator: OperatorId(1), zone: &zone, day: 1, from_ms: 0, to_ms: i64::MAX };
            store::sharing_orders::open_day(conn, &at, &mut days)?;
        }
        Ok(days)
    });
    let mut sum = Earned::default();
    all.values().flat_map(|days| days.values()).for_each(|one| sum.add(one));
    (sum.electricity_fen, sum.service_fen)
}

fn activity(fee: PriceFee, percent_off: i64, payer: DiscountBearer) -> DriverPriceDraft {
    DriverPriceDraft {
        operator_id: (payer != DiscountBearer::Platform).then_some(1),
        name: "开业优惠".to_owned(),
        fee,
        cut: PriceCut::Percent,
        percent_off: Some(percent_off),
        off_price_e5: None,
        group: TargetGroup::All,
        fleet_id: None,
        area: Area::Everywhere,
        weekdays: (1..=7).collect(),
        from_minute: None,
        to_minute: None,
        rank: None,
        payer: Some(payer),
        platform_permille: (payer == DiscountBearer::Shared).then_some(250),
        combines: false,
        cap_fen: None,
        budget_fen: None,
        note: None,
        from_ms: None,
        until_ms: None,
    }
}

/// Made and published; its id.
fn publish(w: &World, draft: DriverPriceDraft) -> i64 {
    let id = wait(w.engine.driver_price_create(&Actor::local(), draft)).unwrap();
    let change = engine::content::ContentStatusChange { version: 1, status: ContentDecision::Published };
    wait(w.engine.driver_price_status_set(&Actor::local(), id, change)).unwrap();
    id.0
}

#[test]
fn the_platforms_part_goes_back_as_the_money_does_and_sharing_divides_what_is_left() {
    for mut w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        give(&w, draft(CouponKind::Amount, 900, CouponPayer::Platform), 1, "whole");
        let order = charged(&w, 1, "CARD1");
        // 11.00, of which the customer has paid 2.00 and the platform 9.00: the operator has earned all of it.
        assert_eq!((available(&w), earned(&w)), (9_800, (700, 400)));
        assert_eq!(credit(&w, AccountId::platform_discount()), 900);
        refund(&w, order, 50, "first");
        // A quarter: 2.25 comes back to the platform, 2.75 less is earned, by 7 to 4.
        assert_eq!((available(&w), credit(&w, AccountId::platform_discount())), (9_850, 675));
        assert_eq!((earned(&w), used(&w)), ((525, 300), 1));
        w.sound();
        w.restart();
        refund(&w, order, 150, "rest");
        assert_eq!((available(&w), credit(&w, AccountId::platform_discount())), (10_000, 0));
        assert_eq!((earned(&w), used(&w)), ((0, 0), 0), "and the coupon is good again");
        assert_eq!(credit(&w, AccountId::revenue(OperatorId(1))), 0);
        w.sound();
    }
}

#[test]
fn what_an_operator_bears_is_not_earned_and_what_is_shared_is_earned_in_part() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 50_000);
        give(&w, draft(CouponKind::Amount, 300, CouponPayer::Operator).own(), 1, "own");
        charged(&w, 1, "CARD1");
        assert_eq!(earned(&w), (700, 100));
        let half = CouponDraft {
            platform_permille: Some(333),
            ..draft(CouponKind::Amount, 1_000, CouponPayer::Shared)
        };
        give(&w, half.own(), 1, "shared");
        let order = charged(&w, 1, "CARD1");
        // 3.33 of 10.00 is the platform's: 6.67 less than 11.00 is 4.33.
        assert_eq!(lines(&w, order), [("coupon".to_owned(), 1_000, 333)]);
        assert_eq!(earned(&w), (700 + 433, 100));
        assert_eq!(debit(&w, AccountId::discount(OperatorId(1))), 300 + 667);
        w.sound();
        let void = SettlementBill { correction: true, ..by(SettlementBasis::Void) };
        settle(&w, (order, PileId(1)), &void).unwrap();
        assert_eq!((earned(&w), credit(&w, AccountId::platform_discount())), ((700, 100), 333 - 333));
        w.sound();
    }
}

#[test]
fn a_correction_keeps_the_discount_and_never_asks_for_less_than_nothing() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 50_000);
        let place = |order| (order, PileId(1));
        give(&w, draft(CouponKind::Amount, 900, CouponPayer::Platform), 1, "first");
        let order = charged(&w, 1, "CARD1");
        assert_eq!(available(&w), 49_800);
        // Up: what was taken off stays 9.00.
        settle(&w, place(order), &amounts(800, 500)).unwrap();
        let known = w.order_by_id(order);
        assert_eq!((known.total, known.discount, available(&w)), (Fen(1_300), Fen(900), 49_600));
        assert_eq!(earned(&w), (800, 500));
        w.sound();
        // Down below what was taken off: all that was paid goes back, and no more.
        settle(&w, place(order), &amounts(300, 100)).unwrap();
        assert_eq!((available(&w), credit(&w, AccountId::platform_discount()), used(&w)), (50_000, 0, 0));
        assert!(settle(&w, place(order), &amounts(200, 100)).is_err(), "nothing is left to give");
        w.sound();
        // A coupon that covers all: nothing is paid, and nothing can be given back.
        give(&w, draft(CouponKind::Amount, 5_000, CouponPayer::Platform), 1, "all");
        let order = charged(&w, 1, "CARD1");
        let known = w.order_by_id(order);
        assert_eq!((known.discount, known.due(), available(&w)), (Fen(1_100), Fen(0), 50_000));
        let draft =
            RefundDraft { amount_fen: 1, reason: "无".to_owned(), request_id: "nothing-00000".to_owned() };
        assert!(wait(w.engine.order_refund_create(&Actor::local(), place(order), draft)).is_err());
        settle(&w, place(order), &amounts(800, 400)).unwrap();
        assert_eq!((available(&w), used(&w)), (49_900, 1), "more is asked for as of any bill");
        w.sound();
    }
}

#[test]
fn an_activity_spends_its_budget_to_the_fen_and_no_more() {
    for mut w in worlds() {
        furnish(&w);
        top_up(&w, 50_000);
        let draft = DriverPriceDraft {
            cap_fen: Some(300),
            budget_fen: Some(550),
            ..activity(PriceFee::Electricity, 50, DiscountBearer::Shared)
        };
        let id = publish(&w, draft.clone());
        let got = |w: &World| lines(w, charged(w, 1, "CARD1"));
        assert_eq!(got(&w), [("activity".to_owned(), 300, 75)], "3.50, capped");
        w.restart();
        assert_eq!(got(&w), [("activity".to_owned(), 250, 63)], "what is left; 62.5 is rounded once");
        assert_eq!(got(&w), [], "used up");
        assert_eq!(w.count("SELECT spent_fen FROM driver_price"), 550);
        w.sound();
        // More of it, and it counts again; a budget below what is spent gives nothing and takes nothing back.
        for (version, budget, expected) in [(2, 551, 1), (3, 10, 0)] {
            let one = DriverPriceDraft { budget_fen: Some(budget), ..draft.clone() };
            let change = engine::driver_price::DriverPriceChange { version, driver_price: one };
            wait(w.engine.driver_price_update(&Actor::local(), model::id::DriverPriceId(id), change))
                .unwrap();
            assert_eq!(got(&w).iter().map(|(_, fen, _)| *fen).sum::<i64>(), expected);
        }
        w.sound();
    }
}

#[test]
fn a_budget_is_spent_once_by_two_piles_of_two_writers() {
    for w in worlds_of(Rules::default(), 2) {
        furnish(&w);
        top_up(&w, 50_000);
        let draft = DriverPriceDraft {
            budget_fen: Some(250),
            ..activity(PriceFee::Service, 50, DiscountBearer::Platform)
        };
        publish(&w, draft);
        let first = w.start(1, 1, "CARD1", 100.0);
        let second = w.start(2, 1, "CARD2", 100.0);
        w.later(60);
        w.stop(1, first, 110.0);
        w.stop(2, second, 110.0);
        let both = [w.order(1, first).discount, w.order(2, second).discount];
        assert_eq!(both, [Fen(200), Fen(50)]);
        w.sound();
    }
}

#[test]
fn of_several_activities_the_highest_rank_and_of_these_the_best_counts_where_it_holds() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 50_000);
        let one = |percent, rank| DriverPriceDraft {
            rank: Some(rank),
            ..activity(PriceFee::Service, percent, DiscountBearer::Platform)
        };
        let got = |w: &World| lines(w, charged(w, 1, "CARD1")).iter().map(|(_, fen, _)| *fen).sum::<i64>();
        publish(&w, one(50, 0));
        publish(&w, one(10, 5));
        publish(&w, one(20, 5));
        assert_eq!(got(&w), 80, "20 % of the higher rank, not 50 % of the lower");
        let station = w.count("SELECT station_id FROM pile WHERE id = 1");
        let other = w.count(
            "SELECT COALESCE(MIN(id), 0) FROM station WHERE id <> (SELECT station_id FROM pile WHERE id = 1)",
        );
        if other > 0 {
            let stations = vec![StationId(other)];
            publish(&w, DriverPriceDraft { area: Area::Stations { stations }, ..one(90, 9) });
            assert_eq!(got(&w), 80, "another station's");
        }
        let stations = vec![StationId(station)];
        publish(&w, DriverPriceDraft { area: Area::Stations { stations }, ..one(30, 9) });
        assert_eq!(got(&w), 120);
        assert_eq!(
            w.count("SELECT CAST(SUM(spent_fen) AS BIGINT) FROM driver_price"),
            120 + if other > 0 { 160 } else { 80 }
        );
        w.sound();
    }
}

/// Orders with coupons and activities of every bearer, given back, corrected and voided at random: the books are whole after
/// each, and sharing has what the operator has earned.
#[test]
fn whatever_happens_to_orders_with_discounts_the_books_are_whole() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 500_000);
        let mut dice = Dice(7);
        publish(
            &w,
            DriverPriceDraft {
                combines: true,
                budget_fen: Some(900),
                ..activity(PriceFee::Service, 30, DiscountBearer::Shared)
            },
        );
        for turn in 0..14 {
            let off = 1 + i64::try_from(dice.below(1_300)).unwrap();
            let payer = [CouponPayer::Platform, CouponPayer::Operator, CouponPayer::Shared][turn % 3];
            let kind = [CouponKind::Amount, CouponKind::Service][dice.below(2)];
            let one = CouponDraft { combines: dice.below(2) == 0, ..draft(kind, off, payer) };
            let one = if payer == CouponPayer::Platform { one } else { one.own() };
            give(&w, one, 1, &format!("turn-{turn:04}"));
            let order = charged(&w, 1, "CARD1");
            let due = w.order_by_id(order).due().0;
            match dice.below(4) {
                0 if due > 0 => refund(&w, order, due, &format!("all-{turn:04}")),
                1 if due > 1 => {
                    let part = 1 + i64::try_from(dice.below(usize::try_from(due - 1).unwrap())).unwrap();
                    refund(&w, order, part, &format!("part-{turn:04}"));
                }
                2 => {
                    let fees = amounts(600 + i64::try_from(dice.below(300)).unwrap(), 400);
                    let _ = settle(&w, (order, PileId(1)), &fees);
                }
                _ => {}
            }
            w.sound();
            let (electricity, service) = earned(&w);
            let revenue = w.read(|conn| store::postings::balance(conn, AccountId::revenue(OperatorId(1)))).0;
            let own = debit(&w, AccountId::discount(OperatorId(1)));
            assert_eq!(electricity + service, revenue - own, "turn {turn}");
            assert!(payment(&w, order).unwrap().platform_back <= payment(&w, order).unwrap().platform);
        }
    }
}
