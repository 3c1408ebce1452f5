//! 优惠券 and 活动 on bills: the better of what does not go together, borne by whom it says, used up once.

use crate::databases::wait;
use crate::payment::{available, furnish, payment, put, top_up};
use crate::world::{World, worlds, worlds_of};
use engine::Rules;
use engine::audit::Actor;
use engine::coupon::{CouponDraft, OrderVoucherChange, VoucherDraft};
use engine::wallet::RefundDraft;
use model::coupon::{CouponKind, CouponPayer};
use model::id::{CouponId, OrderId, PileId};
use model::ledger::{AccountId, Payer, PostingCode};
use model::money::Fen;

pub fn draft(kind: CouponKind, off: i64, payer: CouponPayer) -> CouponDraft {
    CouponDraft {
        operator_id: None,
        name: "满减".to_owned(),
        kind,
        off_fen: Some(off),
        percent_off: None,
        cap_fen: None,
        threshold_fen: 0,
        total: None,
        per_person: 5,
        valid_from_ms: None,
        valid_until_ms: None,
        valid_days: Some(7),
        payer,
        platform_permille: (payer == CouponPayer::Shared).then_some(300),
        combines: false,
        returns: true,
        cities: None,
        station_ids: None,
        note: None,
    }
}

/// Gives one to a customer; its id.
pub fn give(w: &World, draft: CouponDraft, customer: i64, request: &str) -> (CouponId, i64) {
    let coupon = wait(w.engine.coupon_create(&Actor::local(), draft)).unwrap();
    let given = VoucherDraft {
        request_id: format!("{request}-00000000"),
        customer_id: Some(customer),
        group: None,
        fleet_id: None,
        mark: None,
        reason: "活动".to_owned(),
    };
    wait(w.engine.voucher_create(&Actor::local(), coupon, given)).unwrap();
    (coupon, w.count("SELECT MAX(id) FROM voucher"))
}

/// An hour's charge of 7.00 + 4.00 by this card.
pub fn charged(w: &World, pile: i64, tag: &str) -> OrderId {
    let session = w.start(pile, 1, tag, 100.0);
    w.later(60).stop(pile, session, 110.0);
    w.order(pile, session).id
}

pub fn lines(w: &World, order: OrderId) -> Vec<(String, i64, i64)> {
    let all = w.read(move |conn| store::order_discounts::of_order(conn, order));
    all.into_iter().map(|line| (line.kind.as_str().to_owned(), line.amount_fen, line.platform_fen)).collect()
}

pub fn debit(w: &World, account: AccountId) -> i64 {
    let id = account.number();
    let sql = "SELECT COALESCE(SUM(debit_fen), 0) FROM account WHERE id = $1";
    w.read(move |conn| {
        let sql = sql.replace("COALESCE(SUM(debit_fen), 0)", "CAST(COALESCE(SUM(debit_fen), 0) AS BIGINT)");
        conn.one(&sql, &[id.into()], |row| row.int(0))
    })
}

pub fn used(w: &World) -> i64 {
    w.count("SELECT COUNT(*) FROM voucher WHERE state = 'used'")
}

#[test]
fn the_best_coupon_is_used_up_and_stands_in_bill_books_and_cost() {
    for mut w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        give(&w, draft(CouponKind::Service, 300, CouponPayer::Platform), 1, "small");
        let (coupon, _) = give(&w, draft(CouponKind::Amount, 900, CouponPayer::Shared).own(), 1, "large");
        w.restart();
        let order = charged(&w, 1, "CARD1");
        let known = w.order_by_id(order);
        // 9.00 of 4.00 service fee and 7.00 electricity: 2.00 electricity are left.
        assert_eq!((known.total, known.discount, known.asked()), (Fen(1_100), Fen(900), (Fen(200), Fen(0))));
        assert_eq!(lines(&w, order), [("coupon".to_owned(), 900, 270)]);
        assert_eq!((available(&w), used(&w)), (9_800, 1));
        assert_eq!(debit(&w, AccountId::discount(known.operator)), 630);
        assert_eq!(debit(&w, AccountId::platform_discount()), 270);
        let now = w.now();
        let view =
            w.read(move |conn| store::coupons::coupon_get(conn, &model::access::Scope::ALL, coupon, now));
        let view = view.unwrap();
        assert_eq!(
            (view.used_count, view.cost_fen, view.platform_cost_fen, view.billed_fen),
            (1, 900, 270, 1_100)
        );
        w.sound();
        // The end that is said again uses nothing up, and the next session has the other one.
        let next = charged(&w, 1, "CARD1");
        assert_eq!(lines(&w, next), [("coupon".to_owned(), 300, 300)]);
        let third = charged(&w, 1, "CARD1");
        assert_eq!((lines(&w, third).len(), used(&w)), (0, 2));
        w.sound();
    }
}

#[test]
fn one_coupon_is_used_once_by_two_piles_of_two_writers() {
    for w in worlds_of(Rules::default(), 2) {
        furnish(&w);
        top_up(&w, 50_000);
        give(&w, draft(CouponKind::Amount, 500, CouponPayer::Platform), 1, "once");
        let first = w.start(1, 1, "CARD1", 100.0);
        let second = w.start(2, 1, "CARD2", 100.0);
        w.later(60);
        w.stop(1, first, 110.0);
        w.stop(2, second, 110.0);
        let both = w.order(1, first).discount + w.order(2, second).discount;
        assert_eq!((both, used(&w)), (Fen(500), 1));
        w.sound();
    }
}

#[test]
fn a_chosen_coupon_is_used_and_a_full_refund_gives_it_back() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        let (_, small) = give(&w, draft(CouponKind::Amount, 100, CouponPayer::Operator).own(), 1, "small");
        give(&w, draft(CouponKind::Amount, 500, CouponPayer::Platform), 1, "large");
        let session = w.start(1, 1, "CARD1", 100.0);
        let place = (w.order(1, session).id, PileId(1));
        let choose = |voucher_id| {
            wait(w.engine.order_voucher_set(&Actor::local(), place, OrderVoucherChange { voucher_id }))
        };
        assert_eq!(choose(Some(99_999)).unwrap_err().field.as_deref(), Some("voucher_id"));
        choose(Some(small)).unwrap();
        choose(None).unwrap();
        choose(Some(small)).unwrap();
        w.later(60).stop(1, session, 110.0);
        let order = w.order(1, session);
        assert_eq!((order.discount, available(&w)), (Fen(100), 9_000));
        assert_eq!(choose(None).unwrap_err().code, "order.over");
        let refund = |fen, request: &str| {
            let draft = RefundDraft {
                amount_fen: fen,
                reason: "设备故障".to_owned(),
                request_id: format!("{request}-0000000"),
            };
            wait(w.engine.order_refund_create(&Actor::local(), place, draft)).unwrap();
        };
        refund(400, "part");
        assert_eq!(used(&w), 1, "a part of it is no reason");
        refund(600, "rest");
        assert_eq!((used(&w), available(&w)), (0, 10_000));
        w.sound();
        // And is good for the next session.
        assert_eq!(payment(&w, order.id).unwrap().left().total(), Fen(0));
        charged(&w, 1, "CARD1");
        assert_eq!(used(&w), 1);
        w.sound();
    }
}

pub trait Own {
    fn own(self) -> Self;
}

impl Own for CouponDraft {
    fn own(mut self) -> CouponDraft {
        self.operator_id = Some(1);
        self
    }
}

#[test]
fn neither_a_fleet_nor_another_operator_nor_a_late_day_uses_it() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 50_000);
        assert!(put(&w, Payer::Customer(model::id::CustomerId(1)), PostingCode::GiftGrant, true, 1, "gift"));
        // Customer 3 charges for a fleet, which has its own terms.
        give(&w, draft(CouponKind::Amount, 500, CouponPayer::Platform), 3, "fleet");
        assert_eq!(lines(&w, charged(&w, 1, "C12")), []);
        let elsewhere = CouponDraft {
            cities: Some(vec!["110100".to_owned()]),
            ..draft(CouponKind::Amount, 500, CouponPayer::Platform)
        };
        // No city is open in this world, so that there is none to name.
        assert!(wait(w.engine.coupon_create(&Actor::local(), elsewhere)).is_err());
        let nowhere = CouponDraft {
            station_ids: Some(vec![99]),
            ..draft(CouponKind::Amount, 500, CouponPayer::Platform)
        };
        let refused = wait(w.engine.coupon_create(&Actor::local(), nowhere)).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("station_ids"));
        give(&w, draft(CouponKind::Amount, 500, CouponPayer::Platform), 1, "late");
        w.later(8 * 24 * 60);
        assert_eq!(lines(&w, charged(&w, 1, "CARD1")), []);
        assert_eq!(used(&w), 0);
        w.sound();
    }
}

#[test]
fn a_published_activity_counts_in_its_hours_and_for_its_group() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 50_000);
        let run = |sql: &str| {
            let sql = sql.to_owned();
            wait(w.engine.store.write_everywhere(move |tx| {
                tx.execute(&sql, &[])?;
                tx.stations_changed();
                Ok(())
            }))
            .unwrap();
        };
        // Half of the service fee from noon to 13:00, for everybody, borne by the platform.
        run(
            "INSERT INTO driver_price (id, operator_id, name, fee, cut, percent_off, target_group, area, weekdays, from_minute, \
             to_minute, rank, note, decision, created_at_ms, version, payer) VALUES (7, NULL, '午间半价', 'service', 'percent', 50, \
             'all', '{\"kind\":\"everywhere\"}', '1234567', 720, 780, 0, '', 'published', 0, 1, 'platform')",
        );
        assert_eq!(lines(&w, charged(&w, 1, "C11")), [("activity".to_owned(), 200, 200)], "noon");
        assert_eq!(lines(&w, charged(&w, 1, "C11")), [], "13:00");
        run("UPDATE driver_price SET target_group = 'driver', from_minute = NULL, to_minute = NULL");
        assert_eq!(lines(&w, charged(&w, 1, "C11")), [], "a person");
        run("UPDATE driver_price SET target_group = 'person'");
        assert_eq!(lines(&w, charged(&w, 1, "C11")), [("activity".to_owned(), 200, 200)]);
        // A coupon that goes with nothing is kept where it takes off less.
        give(&w, draft(CouponKind::Amount, 150, CouponPayer::Platform), 2, "kept");
        assert_eq!(lines(&w, charged(&w, 1, "C11")), [("activity".to_owned(), 200, 200)]);
        let both = CouponDraft { combines: true, ..draft(CouponKind::Amount, 150, CouponPayer::Platform) };
        give(&w, both, 2, "both");
        let told = lines(&w, charged(&w, 1, "C11"));
        assert_eq!(told, [("coupon".to_owned(), 150, 150), ("activity".to_owned(), 200, 200)]);
        w.sound();
    }
}

#[test]
fn a_coupon_counts_only_at_its_stations() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 50_000);
        let station = w.count("SELECT station_id FROM pile WHERE id = 1");
        let other = w.count(
            "SELECT COALESCE(MIN(id), 0) FROM station WHERE id <> (SELECT station_id FROM pile WHERE id = 1)",
        );
        let at = |id| CouponDraft {
            station_ids: Some(vec![id]),
            ..draft(CouponKind::Amount, 500, CouponPayer::Platform)
        };
        if other > 0 {
            give(&w, at(other), 1, "other");
            assert_eq!(lines(&w, charged(&w, 1, "CARD1")), []);
        }
        give(&w, at(station), 1, "here");
        assert_eq!(lines(&w, charged(&w, 1, "CARD1")), [("coupon".to_owned(), 500, 500)]);
        w.sound();
    }
}
