//! The books under a seeded crowd: many tasks pay in, charge, take out, give back and settle at once, with
//! the store closed and opened in between. `LEDGER_ROUNDS`, `LEDGER_STEPS`, `LEDGER_TASKS` and `LEDGER_SEED` make
//! it longer, wider and another one.

use crate::databases::wait;
use crate::payment::furnish;
use crate::world::{World, kwh, stop_of, worlds_of};
use engine::audit::Actor;
use engine::device::Inbound;
use engine::settlement::{SettlementBill, SettlementDraft};
use engine::{Engine, Rules};
use model::card::{Token, TokenVerdict};
use model::device::{Answer, DeviceEvent, Sample, SampledEnergy};
use model::id::{CustomerId, OrderId, PileId, SessionKey, StaffId};
use model::ledger::{Payer, PostingCode};
use model::money::Fen;
use model::order::OrderState;
use model::settlement::SettlementBasis;
use model::time::{HOUR_MS, Timestamp};
use store::wallets::WalletMove;

const CUSTOMERS: i64 = 4;
/// Each task has a pile of its own, which the others' tests do not know.
const FIRST_PILE: i64 = 1_000;

struct Random(u64);

impl Random {
    fn up_to(&mut self, most: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % (most + 1)
    }
}

/// One of the crowd: a pile of its own, and a card of a customer whom it shares with others.
struct One {
    engine: Engine,
    random: Random,
    pile: i64,
    card: String,
    customer: CustomerId,
    now: Timestamp,
    /// Of the pile, in kWh.
    meter: i64,
    steps: i64,
    /// Orders that were completed here.
    orders: Vec<OrderId>,
    name: String,
}

impl One {
    async fn say(&self, event: DeviceEvent) -> Answer {
        let inbound = Inbound {
            pile: PileId(self.pile),
            received_at: self.now,
            event,
            kind: "Test",
            bytes: vec![1],
            render: Box::new(|answer, _| vec![u8::from(answer.is_ok())]),
        };
        self.engine.device(inbound).await.answer.unwrap()
    }

    async fn move_money(&mut self, code: PostingCode, gift: bool) {
        let (payer, at) = (Payer::Customer(self.customer), self.now);
        let (fen, key) = (Fen(1 + self.random.up_to(4_000)), format!("{}/{}", self.name, self.steps));
        // Said twice, as clicks are: the second one finds the first.
        for _ in 0..1 + self.random.up_to(1) {
            let key = key.clone();
            let moved = self.engine.store.write(Some(PileId(self.pile)), move |tx| {
                if tx.read(|conn| store::postings::by_key(conn, &key))?.is_some() {
                    return Ok(None);
                }
                let reason = "campaign";
                tx.wallet_move(&WalletMove { payer, code, gift, fen, key: &key, at, staff: None, reason })
            });
            moved.await.unwrap();
        }
    }

    /// A whole session, or the beginning of one that is refused.
    async fn charge(&mut self) {
        let (begun_at, first) = (self.now.plus_ms(-HOUR_MS + self.steps), self.meter);
        let token = Token::card(self.card.as_str());
        let begin =
            DeviceEvent::Started { connector: 1, token, meter_start: kwh(first as f64), at: begun_at };
        let Answer::Started { transaction, token } = self.say(begin).await else { panic!("another answer") };
        let session = SessionKey::Transaction(transaction);
        let delivered = if token.verdict == TokenVerdict::Accepted { self.random.up_to(70) } else { 0 };
        for part in 1..=self.random.up_to(3) {
            let energy = Some(SampledEnergy::Register(kwh((first + delivered * part / 4) as f64)));
            let at = begun_at.plus_ms(part * 600_000);
            let samples = vec![Sample { energy, ..Sample::at(at) }];
            self.say(DeviceEvent::Metered { session: Some(session), connector: 1, samples }).await;
        }
        // Now and then the meter says what cannot be, and a person has to settle it.
        let nonsense = delivered > 0 && self.random.up_to(9) == 0;
        self.meter = first + delivered;
        let end = self.meter + if nonsense { 5_000 } else { 0 };
        let record = stop_of(session, self.now, end as f64);
        for _ in 0..1 + self.random.up_to(2) {
            self.say(DeviceEvent::Stopped(Box::new(record.clone()))).await;
        }
        let pile = PileId(self.pile);
        let order = self.engine.store.read(move |conn| store::orders::by_session(conn, pile, session)).await;
        let order = order.unwrap().unwrap();
        match order.state {
            OrderState::Completed => self.orders.push(order.id),
            OrderState::Abnormal => self.settle(order.id).await,
            _ => {}
        }
    }

    async fn settle(&mut self, order: OrderId) {
        let (electricity, service) = (self.random.up_to(9_000), self.random.up_to(3_000));
        let bill = SettlementBill {
            basis: SettlementBasis::Amounts,
            energies: None,
            electricity_fen: Some(electricity),
            service_fen: Some(service),
            energy_dwh: Some(100),
            linked_order_id: None,
            correction: false,
        };
        let draft =
            SettlementDraft { bill, reason: "电表异常".to_owned(), total_fen: electricity + service };
        let place = (order, PileId(self.pile));
        self.engine.settlement_create(&Actor::local(), place, draft).await.unwrap();
        self.orders.push(order);
    }

    async fn refund(&mut self) {
        let Some(order) = self.orders.last().copied() else { return };
        let (most, key, now) =
            (self.random.up_to(3_000), format!("refund/{}/{}", self.name, self.steps), self.now);
        let staff = (StaffId(1), "张三");
        let write_off = self.random.up_to(4) == 0;
        let done = self.engine.store.write(Some(PileId(self.pile)), move |tx| {
            let Some(payment) = tx.read(|conn| store::order_payments::get(conn, order))? else {
                return Ok(());
            };
            let fen = Fen(payment.left().total().0.min(most));
            if write_off {
                tx.payment_write_off(payment, (&key, "无法收回"), staff, now)?;
            } else if fen.0 > 0 {
                tx.payment_refund(payment, fen, (&key, "故障"), staff, now)?;
            }
            Ok(())
        });
        done.await.unwrap();
    }

    async fn run(mut self, steps: i64) -> One {
        for _ in 0..steps {
            self.steps += 1;
            match self.random.up_to(9) {
                0 | 1 => self.move_money(PostingCode::TopUp, false).await,
                2 => self.move_money(PostingCode::GiftGrant, true).await,
                3 => self.move_money(PostingCode::Deduction, false).await,
                4 => self.move_money(PostingCode::Deduction, true).await,
                5 => self.refund().await,
                _ => self.charge().await,
            }
        }
        self
    }
}

/// What memory says of all purses, and what the database says.
fn purses_agree(w: &World) {
    for id in 1..=CUSTOMERS {
        let payer = Payer::Customer(CustomerId(id));
        let purse = wait(w.engine.store.write(None, move |tx| tx.purse(payer))).unwrap();
        let (principal, gift, held) = w.read(move |conn| {
            let balance = |conn: &mut store::Conn, account| store::postings::balance(conn, account);
            let principal = balance(conn, model::ledger::AccountId::principal(CustomerId(id)))?;
            let gift = balance(conn, model::ledger::AccountId::gift(CustomerId(id)))?;
            let sql =
                "SELECT CAST(COALESCE(SUM(held_fen), 0) AS BIGINT) FROM order_payment WHERE customer_id = $1";
            Ok((principal, gift, Fen(conn.one(sql, &[id.into()], |row| row.int(0))?)))
        });
        assert_eq!(purse.funds().principal, principal, "customer {id}");
        assert_eq!((purse.funds().gift, purse.held()), (gift, held), "customer {id}");
        assert!(principal.0 >= 0 && gift.0 >= 0 && purse.available().0 >= 0, "customer {id}: {purse:?}");
    }
}

fn number(name: &str, otherwise: i64) -> i64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn the_books_are_whole_whatever_a_crowd_does() {
    let (rounds, steps) = (number("LEDGER_ROUNDS", 2), number("LEDGER_STEPS", 12));
    let tasks = number("LEDGER_TASKS", 16);
    for mut w in worlds_of(Rules::default(), 4) {
        let seed = number("LEDGER_SEED", 7);
        furnish(&w);
        let run = |sql: String| wait(w.engine.store.write(None, move |tx| tx.execute(&sql, &[]))).unwrap();
        run("UPDATE customer SET pay_way = 'wallet', fleet_id = NULL".to_owned());
        run("INSERT INTO customer (id, source, name, kind, status, active_at_source, tags, note, created_at_ms, \
             changed_at_ms, version, pay_way) VALUES (4, 'own', '李娜', 'person', 'active', TRUE, '[]', '', 0, 0, 1, \
             'wallet')"
            .to_owned());
        let mut crowd = Vec::new();
        for task in 0..tasks {
            let (pile, card, customer) = (FIRST_PILE + task, format!("L{task}"), 1 + task % CUSTOMERS);
            run(format!(
                "INSERT INTO pile (id, code, name, station_id, operator_id, kind, protocol, lifecycle, rated_power_w, \
                 online, created_at_ms, version) VALUES ({pile}, 'CP-{pile}', 'CP-{pile}', 1, 1, 'dc', 'ocpp1.6', \
                 'enabled', 120000, TRUE, 0, 1)"
            ));
            run(format!(
                "INSERT INTO card (id, tag, status, sessions_max, created_at_ms, customer_id) VALUES ({pile}, '{card}', \
                 'accepted', 1, 0, {customer})"
            ));
            crowd.push((task, card, CustomerId(customer), 0, Vec::new(), 0));
        }
        for round in 0..rounds {
            w.later(120);
            let those: Vec<_> = crowd
                .drain(..)
                .map(|(task, card, customer, meter, orders, steps_done)| {
                    let seed = u64::try_from(seed * 1_000_003 + round * 1_009 + task).unwrap();
                    let one = One {
                        engine: w.engine.clone(),
                        random: Random(seed),
                        pile: FIRST_PILE + task,
                        card,
                        customer,
                        now: w.now(),
                        meter,
                        steps: steps_done,
                        orders,
                        name: format!("task/{task}"),
                    };
                    (task, one)
                })
                .collect();
            let done = wait(async {
                let running: Vec<_> =
                    those.into_iter().map(|(task, one)| (task, tokio::spawn(one.run(steps)))).collect();
                let mut done = Vec::new();
                for (task, running) in running {
                    done.push((task, running.await.unwrap()));
                }
                done
            });
            crowd.extend(
                done.into_iter()
                    .map(|(task, one)| (task, one.card, one.customer, one.meter, one.orders, one.steps)),
            );
            purses_agree(&w);
            w.sound();
            w.restart();
            purses_agree(&w);
        }
        let posted = w.count("SELECT COUNT(*) FROM posting");
        assert!(posted > tasks * rounds, "{posted} postings");
        println!("{}: {} steps of {tasks} tasks, {posted} postings", w.db.name, rounds * steps * tasks);
    }
}
