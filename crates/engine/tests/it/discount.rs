//! 会员优惠: what a level takes off the service fee, as a line of its own; the level at the beginning counts.

use crate::abnormal::{amounts, by, settle};
use crate::databases::wait;
use crate::payment::{available, furnish, payment, purse, top_up};
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::customer::MemberLevelChange;
use engine::settlement::SettlementBill;
use model::access::Scope;
use model::id::{FleetId, OrderId};
use model::ledger::{AccountId, Payer};
use model::money::Fen;
use model::order::OrderState;
use model::settlement::SettlementBasis;
use store::day_bills::{DayBillFilter, day_bill_list};
use store::member_levels;

/// What the level 3 takes off from now on.
fn off(w: &World, permille: i64) {
    let all = w.read(member_levels::all);
    let one = all.into_iter().find(|one| one.id == 3).unwrap();
    let change = MemberLevelChange {
        version: one.version,
        name: one.name,
        place: one.place,
        energy_dwh: one.energy_dwh,
        order_count: one.order_count,
        total_fen: one.total_fen,
        service_off_permille: permille,
        rights: one.rights,
    };
    wait(w.engine.member_level_update(&Actor::local(), 3, change)).unwrap();
}

fn levelled(w: &World, customer: i64) {
    let sql = format!("UPDATE customer SET level_id = 3 WHERE id = {customer}");
    wait(w.engine.store.write(None, move |tx| tx.execute(&sql, &[]))).unwrap();
}

fn lines(w: &World, order: OrderId) -> Vec<(i64, Option<i64>, Option<String>)> {
    let all = w.read(move |conn| store::order_discounts::of_order(conn, order));
    all.into_iter().map(|line| (line.amount_fen, line.permille, line.level_name)).collect()
}

fn posted(w: &World, order: OrderId) -> Vec<(String, i64)> {
    let all = w.read(move |conn| store::postings::of_order(conn, order));
    all.iter().map(|one| (one.code.as_str().to_owned(), one.fen.0)).collect()
}

#[test]
fn the_level_at_the_beginning_counts_and_its_discount_is_a_line_of_its_own() {
    for mut w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        levelled(&w, 1);
        off(&w, 100);
        let session = w.start(1, 1, "CARD1", 100.0);
        // Neither a restart nor another rule changes what the session began with.
        w.restart();
        off(&w, 500);
        w.later(60).stop(1, session, 110.0);
        let order = w.order(1, session);
        assert_eq!((order.state, order.total, order.discount), (OrderState::Completed, Fen(1_100), Fen(40)));
        assert_eq!(lines(&w, order.id), [(40, Some(100), Some("金卡会员".to_owned()))]);
        let known = payment(&w, order.id).unwrap();
        assert_eq!((known.paid.principal, known.paid.owed), (Fen(1_060), Fen(0)));
        assert_eq!(available(&w), 8_940);
        let mut codes = posted(&w, order.id);
        codes.sort();
        let told = |code: &str, fen| (code.to_owned(), fen);
        assert_eq!(codes, [told("discount", 40), told("electricity", 700), told("service", 360)]);
        let account = AccountId::discount(order.operator).number();
        let borne = w.read(move |conn| {
            conn.one("SELECT debit_fen FROM account WHERE id = $1", &[account.into()], |row| row.int(0))
        });
        assert_eq!(borne, 40, "the operator goes without it");
        // The next session has what holds now; whoever pays later owes the less.
        let session = w.start(1, 1, "CARD1", 110.0);
        w.later(60).stop(1, session, 120.0);
        let second = w.order(1, session);
        assert!(second.service.0 > 0);
        assert_eq!(second.discount, model::discount::share(second.service, 500));
        w.sound();
    }
}

#[test]
fn nobody_else_gets_it_and_a_changed_line_is_found() {
    for w in worlds() {
        furnish(&w);
        off(&w, 1_000);
        levelled(&w, 3);
        levelled(&w, 2);
        // A fleet that pays has its own terms; who has no level, none.
        for (no, tag, discounted) in [(1, "C12", false), (2, "C11", true)] {
            let session = w.start(1, no, tag, 100.0);
            w.later(60).stop(1, session, 110.0);
            let order = w.order(1, session);
            let expected = if discounted { order.service } else { Fen(0) };
            assert_eq!(
                (order.discount, lines(&w, order.id).len()),
                (expected, usize::from(discounted)),
                "{tag}"
            );
            if discounted {
                assert_eq!(payment(&w, order.id).unwrap().paid.owed, order.electricity);
            }
        }
        assert!(purse(&w, Payer::Fleet(FleetId(1))).funds().principal.0 < 0);
        w.sound();
        let run =
            |sql: &'static str| wait(w.engine.store.write(None, move |tx| tx.execute(sql, &[]))).unwrap();
        run("UPDATE order_discount SET amount_fen = amount_fen - 1");
        let found = wait(w.engine.orders_verify()).unwrap().problems;
        assert!(found.iter().any(|one| one.what.contains("share of the service fee")), "{found:?}");
        assert!(found.iter().any(|one| one.what.contains("sum of its lines")), "{found:?}");
        run("UPDATE order_discount SET amount_fen = amount_fen + 1");
        run("UPDATE order_day SET discount_fen = discount_fen + 1");
        let found = wait(w.engine.orders_verify()).unwrap().problems;
        assert!(found.iter().any(|one| one.what.contains("discounts of day")), "{found:?}");
        run("UPDATE order_day SET discount_fen = discount_fen - 1");
        w.sound();
    }
}

#[test]
fn a_correction_keeps_what_was_taken_off_and_the_days_bill_shows_it() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        levelled(&w, 1);
        off(&w, 100);
        let session = w.start(1, 1, "CARD1", 100.0);
        w.later(60).stop(1, session, 110.0);
        let order = w.order(1, session);
        let place = (order.id, order.pile);
        // 7.00 + 4.00 less 0.40 was paid; 8.00 + 5.00 less 0.40 is to be.
        settle(&w, place, &amounts(800, 500)).unwrap();
        assert_eq!((w.order(1, session).discount, available(&w)), (Fen(40), 10_000 - 1_260));
        w.sound();
        let later = w.later(2 * 24 * 60).now();
        assert_eq!(wait(w.engine.day_bills_make(later)).unwrap(), 1);
        let wanted = DayBillFilter { limit: 10, ..DayBillFilter::default() };
        let bills = w.read(move |conn| day_bill_list(conn, &Scope::ALL, &wanted)).items;
        let sums = &bills[0].sums;
        assert_eq!((sums.total_fen, sums.discount_fen, sums.principal_fen), (1_300, 40, 1_260));
        assert!(sums.is_whole());
        // Void: all that was paid goes back, and no more.
        settle(&w, place, &SettlementBill { correction: true, ..by(SettlementBasis::Void) }).unwrap();
        assert_eq!(available(&w), 10_000);
        w.sound();
    }
}
