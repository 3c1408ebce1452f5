//! Who pays a session: what is held while it runs, what is posted at its end, and that no fen is spent
//! twice, lost or made.

use crate::databases::wait;
use crate::world::{World, kwh, sample, wall, worlds, worlds_by, worlds_of};
use crate::ykc::confirm;
use engine::Rules;
use model::card::{Token, TokenVerdict};
use model::device::{Answer, DeviceCommand, DeviceEvent};
use model::id::{CustomerId, FleetId, OrderId, PileId, SessionKey};
use model::ledger::{Paid, PayWay, Payer, PaymentState, PostingCode};
use model::money::Fen;
use model::order::{OrderState, StartMode};
use store::db::Purpose;
use store::order_payments::OrderPayment;
use store::purses::Purse;
use store::wallets::WalletMove;
use store::{Conn, Source};

pub const WALLET: CustomerId = CustomerId(1);
pub const FLEET: FleetId = FleetId(1);

/// Customer 1 pays from a wallet with the cards CARD1 and CARD2, customer 2 owes with C11, customer 3
/// with C12 charges for a fleet that may go 60 yuan below zero.
pub fn furnish(w: &World) {
    let run = |sql: &'static str| wait(w.engine.store.write(None, move |tx| tx.execute(sql, &[]))).unwrap();
    run("INSERT INTO fleet (id, name, contact_name, note, created_at_ms, version, hours, pays, credit_fen) \
         VALUES (1, '东湖出租', '', '', 0, 1, '[]', TRUE, 6000)");
    for (id, way, fleet) in [(1, "'wallet'", "NULL"), (2, "NULL", "NULL"), (3, "NULL", "1")] {
        let sql = format!(
            "INSERT INTO customer (id, source, name, kind, fleet_id, status, active_at_source, tags, note, \
             created_at_ms, changed_at_ms, version, pay_way) VALUES ({id}, 'own', '王伟', 'person', {fleet}, 'active', \
             TRUE, '[]', '', 0, 0, 1, {way})"
        );
        wait(w.engine.store.write(None, move |tx| tx.execute(&sql, &[]))).unwrap();
    }
    for (customer, card) in [(1, "CARD1"), (1, "CARD2"), (2, "C11"), (3, "C12")] {
        let sql = format!("UPDATE card SET customer_id = {customer} WHERE tag = '{card}'");
        wait(w.engine.store.write(None, move |tx| tx.execute(&sql, &[]))).unwrap();
    }
}

/// Puts money into a purse, or takes it out; whether it was there.
pub fn put(w: &World, payer: Payer, code: PostingCode, gift: bool, fen: i64, key: &str) -> bool {
    let (at, key) = (w.now(), key.to_owned());
    let moved = w.engine.store.write(None, move |tx| {
        tx.wallet_move(&WalletMove {
            payer,
            code,
            gift,
            fen: Fen(fen),
            key: &key,
            at,
            staff: None,
            reason: "test",
        })
    });
    wait(moved).unwrap().is_some()
}

pub fn top_up(w: &World, fen: i64) {
    assert!(put(w, Payer::Customer(WALLET), PostingCode::TopUp, false, fen, &format!("top {fen}")));
}

pub fn purse(w: &World, payer: Payer) -> Purse {
    wait(w.engine.store.write(None, move |tx| tx.purse(payer))).unwrap()
}

pub fn available(w: &World) -> i64 {
    purse(w, Payer::Customer(WALLET)).available().0
}

pub fn payment(w: &World, order: OrderId) -> Option<OrderPayment> {
    w.read(move |conn| store::order_payments::get(conn, order))
}

fn paid(principal: i64, gift: i64, owed: i64) -> Paid {
    Paid { principal: Fen(principal), gift: Fen(gift), owed: Fen(owed) }
}

#[test]
fn a_wallet_is_held_at_the_start_and_pays_at_the_end() {
    for mut w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        assert!(put(&w, Payer::Customer(WALLET), PostingCode::GiftGrant, true, 300, "gift"));
        let session = w.start(1, 1, "CARD1", 100.0);
        assert_eq!(available(&w), 5_300, "50 yuan of 103 are held");
        w.restart();
        assert_eq!(available(&w), 5_300, "a restart knows it");
        w.later(60).stop(1, session, 110.0);
        let order = w.order(1, session);
        // 10 kWh at noon: 0.70 + 0.40.
        assert_eq!((order.state, order.total), (OrderState::Completed, Fen(1_100)));
        let known = payment(&w, order.id).unwrap();
        assert_eq!((known.state, known.held, known.most_held), (PaymentState::Posted, Fen(0), Fen(5_000)));
        assert_eq!(known.paid, paid(800, 300, 0), "gift first");
        assert_eq!(available(&w), 9_200);
        // Said again, nothing moves again.
        w.stop(1, session, 110.0);
        assert_eq!(available(&w), 9_200);
        let codes = w.read(move |conn| store::postings::of_order(conn, order.id));
        let codes: Vec<_> = codes.iter().map(|one| (one.code.as_str(), one.fen.0)).collect();
        assert_eq!(codes, [("electricity", 300), ("electricity", 400), ("service", 400)]);
        w.sound();
    }
}

#[test]
fn an_empty_wallet_is_refused_on_every_way() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 499);
        let authorized = w.say(1, DeviceEvent::Authorize { token: Token::card("CARD1") });
        let Answer::Token(token) = authorized else { panic!("another answer") };
        assert_eq!(token.verdict, TokenVerdict::NoBalance);
        let (session, verdict) = w.start_at(1, 1, "CARD1", 1.0, w.now());
        assert_eq!(verdict, TokenVerdict::NoBalance);
        let refused = w.order(1, session);
        assert_eq!(refused.state, OrderState::Failed);
        assert!(payment(&w, refused.id).is_none());
        let ask = || DeviceEvent::StartAsked {
            connector: 1,
            token: Token::card("CARD1"),
            mode: StartMode::Card,
            password: None,
        };
        let Answer::StartAsked { verdict, balance, .. } = w.say(101, ask()) else { panic!("another answer") };
        assert_eq!((verdict, balance), (TokenVerdict::NoBalance, Fen(499)));
        top_up(&w, 1);
        let answer = w.say(101, ask());
        let Answer::StartAsked { session, verdict, balance, .. } = answer.clone() else { panic!("another") };
        assert_eq!((verdict, balance), (TokenVerdict::Accepted, Fen(500)));
        assert_eq!(w.say(101, ask()), answer, "asked again: the same answer");
        assert_eq!(available(&w), 0);
        // The pile says no: what was held is let go.
        confirm(&w, session, Some("ykc:33:01"));
        assert_eq!(available(&w), 500);
        let order = w.order(101, SessionKey::Trade(session));
        assert_eq!(payment(&w, order.id).unwrap().state, PaymentState::Void);
        w.sound();
    }
}

#[test]
fn one_customer_at_two_piles_spends_nothing_twice() {
    for w in worlds_of(Rules::default(), 2) {
        furnish(&w);
        top_up(&w, 5_300);
        // Piles 2 and 3 belong to two writers where there are two.
        w.start(2, 1, "CARD2", 1.0);
        let (_, verdict) = w.start_at(3, 1, "CARD2", 1.0, w.now());
        assert_eq!(verdict, TokenVerdict::NoBalance, "3 yuan are left, 5 are wanted");
        assert!(!put(&w, Payer::Customer(WALLET), PostingCode::Deduction, false, 301, "out"));
        assert!(put(&w, Payer::Customer(WALLET), PostingCode::Deduction, false, 300, "out"));
        assert_eq!(available(&w), 0);
        w.sound();
    }
}

#[test]
fn more_is_held_as_the_cost_grows_and_the_session_ends_with_the_money() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 8_000);
        let session = w.start(1, 1, "CARD1", 0.0);
        let order = w.order(1, session).id;
        w.later(20).meter(1, session, vec![sample(w.now(), Some(30.0), None)]);
        assert_eq!(payment(&w, order).unwrap().held, Fen(5_000), "33 of 50 yuan");
        w.later(20).meter(1, session, vec![sample(w.now(), Some(40.0), None)]);
        let known = payment(&w, order).unwrap();
        assert_eq!((known.held, known.exhausted), (Fen(8_000), false), "44 of 50: the rest is held");
        assert_eq!(available(&w), 0);
        w.later(20).meter(1, session, vec![sample(w.now(), Some(71.0), None)]);
        assert!(payment(&w, order).unwrap().exhausted, "78.10 of 80");
        let stops = || {
            let sent = w.sent.lock().unwrap();
            sent.iter()
                .filter(|(pile, what)| *pile == PileId(1) && matches!(what, DeviceCommand::Stop { .. }))
                .count()
        };
        w.sweep();
        assert_eq!((stops(), w.order(1, session).state), (1, OrderState::Stopping));
        w.sweep();
        assert_eq!(stops(), 1);
        w.later(1).stop(1, session, 74.0);
        let ended = w.order(1, session);
        assert_eq!(ended.total, Fen(8_140));
        let known = payment(&w, order).unwrap();
        assert_eq!(known.paid, paid(8_000, 0, 140), "what nobody had is owed");
        assert!(known.exhausted, "the order says why it was stopped");
        assert_eq!(available(&w), 0);
        w.sound();
    }
}

#[test]
fn who_pays_later_owes_and_a_fleet_pays_for_its_drivers() {
    for w in worlds() {
        furnish(&w);
        let session = w.start(1, 1, "C11", 0.0);
        w.later(60).stop(1, session, 10.0);
        let order = w.order(1, session);
        let known = payment(&w, order.id).unwrap();
        assert_eq!((known.way, known.paid), (PayWay::Later, paid(0, 0, 1_100)));
        // 60 yuan of credit: 50 are held for one, 10 for the other, and then there is nothing.
        let first = w.start(2, 1, "C12", 0.0);
        assert_eq!(purse(&w, Payer::Fleet(FLEET)).available(), Fen(1_000));
        w.later(60).stop(2, first, 10.0);
        let known = payment(&w, w.order(2, first).id).unwrap();
        assert_eq!((known.way, known.paid), (PayWay::Fleet, paid(1_100, 0, 0)));
        assert_eq!(purse(&w, Payer::Fleet(FLEET)).available(), Fen(4_900));
        // A card without a customer costs nobody anything.
        let free = w.start(3, 1, "C40", 0.0);
        let _ = free;
        w.sound();
    }
}

#[test]
fn an_order_that_is_doubted_keeps_its_hold_until_a_person_or_time_ends_it() {
    for w in worlds_by(Rules { hold_kept_ms: 24 * 3_600_000, ..Rules::default() }) {
        furnish(&w);
        top_up(&w, 6_000);
        let session = w.start(1, 1, "CARD1", 0.0);
        let order = w.order(1, session).id;
        // 500 kWh within an hour at 120 kW cannot be.
        w.later(60).stop(1, session, 500.0);
        assert_eq!(w.order(1, session).state, OrderState::Abnormal);
        assert_eq!((payment(&w, order).unwrap().held, available(&w)), (Fen(5_000), 1_000));
        w.sweep();
        assert_eq!(available(&w), 1_000);
        w.later(25 * 60).sweep();
        let known = payment(&w, order).unwrap();
        assert_eq!((known.held, known.state, available(&w)), (Fen(0), PaymentState::Open, 6_000));
        w.sound();
    }
}

#[test]
fn a_refund_goes_back_and_never_exceeds_what_was_paid() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 700);
        assert!(put(&w, Payer::Customer(WALLET), PostingCode::GiftGrant, true, 300, "gift"));
        let session = w.start(1, 1, "CARD1", 0.0);
        w.later(60).stop(1, session, 10.0);
        let order = w.order(1, session).id;
        let staff = (model::id::StaffId(1), "张三");
        assert_eq!(payment(&w, order).unwrap().paid, paid(700, 300, 100));
        let refund = |fen: i64, key: &'static str| {
            let (known, now) = (payment(&w, order).unwrap(), w.now());
            let done = w.engine.store.write(Some(PileId(1)), move |tx| {
                tx.payment_refund(known, Fen(fen), (key, "故障"), staff, now)
            });
            wait(done).unwrap();
        };
        refund(60, "refund/a");
        assert_eq!(payment(&w, order).unwrap().left(), paid(700, 300, 40), "what is owed first");
        refund(200, "refund/b");
        assert_eq!(payment(&w, order).unwrap().left(), paid(540, 300, 0));
        assert_eq!(available(&w), 160);
        refund(840, "refund/c");
        assert_eq!(payment(&w, order).unwrap().left(), paid(0, 0, 0));
        assert_eq!(available(&w), 1_000);
        w.sound();
    }
}

#[test]
fn an_old_record_is_paid_from_the_wallet_too() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 10_000);
        // A start that waited in the pile behind a running one, told after an hour.
        w.at("14:00");
        let (session, verdict) = w.start_at(1, 1, "CARD1", 5.0, wall("12:30"));
        assert_eq!(verdict, TokenVerdict::Accepted);
        w.stop_by(1, crate::world::stop_of(session, wall("13:30"), 15.0));
        let order = w.order(1, session);
        assert_eq!((order.state, order.energy), (OrderState::Completed, kwh(10.0)));
        assert_eq!(payment(&w, order.id).unwrap().paid.owed, Fen(0));
        assert_eq!(available(&w), 10_000 - order.total.0);
        w.sound();
    }
}

/// Cuts all connections of this database but the one that does it, which a writer cannot foresee.
fn cut(source: &Source) {
    let source = source.clone();
    let cut = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let done = std::thread::spawn(move || Conn::open(&source, Purpose::Write)?.query(cut, &[], |_| Ok(())));
    done.join().unwrap().unwrap();
}

#[test]
fn a_commit_of_unknown_fate_spends_nothing_twice_and_stops_nobody() {
    for w in worlds().into_iter().filter(|w| matches!(w.db.source, Source::Postgres(_))) {
        furnish(&w);
        top_up(&w, 10_000);
        let (source, at) = (w.db.source.clone(), w.now());
        let lost = w.engine.store.write(None, move |tx| {
            let code = PostingCode::Deduction;
            let (payer, reason) = (Payer::Customer(WALLET), "test");
            let moved =
                WalletMove { payer, code, gift: false, fen: Fen(400), key: "lost", at, staff: None, reason };
            tx.wallet_move(&moved)?;
            cut(&source);
            Ok(())
        });
        assert!(wait(lost).is_err(), "nobody can say that it is there");
        // The next one finds out: it was not committed.
        let found = (0..5)
            .find_map(|_| wait(w.engine.store.write(None, |tx| tx.purse(Payer::Customer(WALLET)))).ok());
        assert_eq!(found.map(|purse| purse.available()), Some(Fen(10_000)));
        let session = w.start(1, 1, "CARD1", 100.0);
        assert_eq!(available(&w), 5_000);
        w.later(60).stop(1, session, 110.0);
        assert_eq!(available(&w), 8_900);
        w.sound();
    }
}
