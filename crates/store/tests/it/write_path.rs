//! Group commit: each waiter gets its own result, a job that fails harms nobody, and what is kept in
//! memory is what the database says.

use crate::databases::{Database, databases, wait};
use crate::scene::{NOON, run, seed};
use model::card::{Card, CardStatus};
use model::error::Kind;
use model::id::{CardId, OperatorId, OrderId, PileId, SessionKey, StationId, TariffId};
use model::order::{Abnormalities, OpenOrder, Order, OrderState, StartMode};
use model::{Error, Result};
use std::collections::HashSet;
use std::future::Future;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use store::frames::FrameRow;
use store::ids::Noun;
use store::{Change, HotPile, Settings, Store, Tx};

pub fn seeded(db: &Database) -> Store {
    let store = db.store();
    seed(&mut db.conn());
    store
}

pub fn refused<T>() -> Result<T> {
    Err(Error::refused("test.rule", "不行", "no"))
}

pub fn setting(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    tx.execute("INSERT INTO setting (name, value) VALUES ($1, '')", &[name.into()]).map(drop)
}

fn settings(db: &Database) -> Vec<String> {
    db.conn().query("SELECT name FROM setting ORDER BY name", &[], |row| row.text(0)).unwrap()
}

pub fn frame(pile: i64) -> FrameRow {
    FrameRow { pile: PileId(pile), kind: "x", ..FrameRow::default() }
}

pub fn card(id: i64, sessions_max: i64) -> Card {
    let (status, tag) = (CardStatus::Accepted, format!("T{id}"));
    Card {
        id: CardId(id),
        tag,
        status,
        group: None,
        customer: None,
        standing: None,
        fleet: None,
        limits: None,
        driver_places: None,
        driver_limits: None,
        pay_way: None,
        fleet_pays: false,
        customer_kind: None,
        has_vouchers: false,
        member: None,
        expires_at: None,
        sessions_max,
    }
}

pub fn order(tx: &mut Tx<'_>, pile: i64, card: Option<i64>) -> Result<Order> {
    let id = tx.next_id(Noun::Order)?;
    Ok(Order {
        id: OrderId(id),
        pile: PileId(pile),
        station: StationId(1),
        operator: OperatorId(1),
        connector: 1,
        session: Some(SessionKey::Transaction(i32::try_from(id).unwrap())),
        start_mode: StartMode::Card,
        token: None,
        card: card.map(CardId),
        customer: None,
        staff: None,
        tariff: Some(TariffId(1)),
        created_at: NOON,
        sample_from: tx.peek_id(Noun::Sample)?,
        frame_from: tx.peek_id(Noun::Frame)?,
        state: OrderState::Charging,
        abnormal: Abnormalities::default(),
        deadline: None,
        started_at: NOON,
        ended_at: None,
        end_received: None,
        skew_ms: None,
        meter_start: None,
        meter_end: None,
        energy: model::energy::Energy::ZERO,
        electricity: model::money::Fen(0),
        service: model::money::Fen(0),
        total: model::money::Fen(0),
        pile_amount: None,
        soc_start: None,
        soc_end: None,
        vin: None,
        stop_code: None,
        stop_class: None,
        start_verdict: None,
        stop_verdict: None,
        member_level: None,
        service_off_permille: 0,
        discount: model::money::Fen(0),
        occupancy: model::money::Fen(0),
    })
}

/// Adds an open order to the pile, in memory and in the database.
pub fn begin(tx: &mut Tx<'_>, pile: i64, card: Option<i64>) -> Result<OrderId> {
    let order = order(tx, pile, card)?;
    tx.with_pile(PileId(pile), |tx, hot| {
        let id = order.id;
        tx.order_save(&order);
        hot.latest_start = hot.latest_start.max(Some(order.started_at));
        hot.open.push(OpenOrder { order, curve: model::curve::Curve::default() });
        Ok(id)
    })
}

fn rename(tx: &mut Tx<'_>, pile: i64, vendor: &'static str) -> Result<()> {
    tx.with_pile(PileId(pile), |tx, hot| {
        hot.pile.vendor = Some(vendor.to_owned());
        tx.pile_save(&hot.pile);
        Ok(())
    })
}

pub fn hot(store: &Store, pile: i64) -> HotPile {
    wait(store.write(Some(PileId(pile)), move |tx| tx.with_pile(PileId(pile), |_, hot| Ok(hot.clone()))))
        .unwrap()
}

/// What is in memory equals what a store says that has just been opened.
fn memory_is_true(db: &Database, store: &Store, piles: &[i64]) {
    let fresh = db.store();
    for pile in piles {
        let (known, read) = (hot(store, *pile), hot(&fresh, *pile));
        assert_eq!(known.pile, read.pile);
        assert_eq!(known.open, read.open);
        assert_eq!(known.connectors, read.connectors);
        assert_eq!(known.latest_start, read.latest_start);
    }
    fresh.close();
}

/// Keeps the writer busy, so that what is queued meanwhile becomes one batch.
pub struct Gate(Sender<()>);

pub fn hold(store: &Store) -> Gate {
    let (open, wait_for) = channel::<()>();
    let (entered, inside) = channel::<()>();
    let wait_for: Mutex<Receiver<()>> = Mutex::new(wait_for);
    store.post(None, move |_| {
        let _ = entered.send(());
        let _ = wait_for.lock().unwrap().recv();
        Ok(())
    });
    inside.recv().unwrap();
    Gate(open)
}

pub type Work = fn(&mut Tx<'_>) -> Result<i64>;

/// Runs the jobs in one batch; their results in order.
pub fn together(store: &Arc<Store>, jobs: Vec<Work>) -> Vec<Result<i64>> {
    let gate = hold(store);
    let waiting: Vec<_> = jobs
        .into_iter()
        .map(|job| {
            let store = Arc::clone(store);
            // A write is queued when it is first polled: one after the other, in this order.
            let (queued, when) = channel::<()>();
            let handle = std::thread::spawn(move || {
                wait(async {
                    let write = store.write(None, job);
                    tokio::pin!(write);
                    let first =
                        std::future::poll_fn(|cx| std::task::Poll::Ready(write.as_mut().poll(cx))).await;
                    queued.send(()).unwrap();
                    match first {
                        std::task::Poll::Ready(result) => result,
                        std::task::Poll::Pending => write.await,
                    }
                })
            });
            when.recv().unwrap();
            handle
        })
        .collect();
    drop(gate.0);
    waiting.into_iter().map(|thread| thread.join().unwrap()).collect()
}

#[test]
fn a_thousand_writers_each_get_their_own_result() {
    for db in databases() {
        let store = Arc::new(seeded(&db));
        let results = wait(async {
            let tasks: Vec<_> = (0..1_000i64)
                .map(|n| {
                    let store = Arc::clone(&store);
                    tokio::spawn(async move {
                        let result = store
                            .write(Some(PileId(1 + n % 20)), move |tx| {
                                let id = tx.frame_append(frame(1 + n % 20))?;
                                if n % 7 == 0 {
                                    setting(tx, &n.to_string())?
                                }
                                if n % 10 == 3 { refused() } else { Ok((n, id)) }
                            })
                            .await;
                        (n, result)
                    })
                })
                .collect();
            let mut results = Vec::new();
            for task in tasks {
                results.push(task.await.unwrap());
            }
            results
        });
        let mut ids = HashSet::new();
        for (n, result) in results {
            match result {
                Ok((own, id)) => assert!(own == n && n % 10 != 3 && ids.insert(id)),
                Err(error) => assert!(n % 10 == 3 && error.code == "test.rule", "{n}: {error}"),
            }
        }
        let kept: Vec<i64> = db.conn().query("SELECT id FROM frame", &[], |row| row.int(0)).unwrap();
        assert_eq!(kept.into_iter().collect::<HashSet<_>>(), ids);
        let expected = (0..1_000).filter(|n| n % 7 == 0 && n % 10 != 3).count();
        assert_eq!(settings(&db).len(), expected);
    }
}

/// How a job in the middle of a batch may end badly, and the error that it shall get.
const FAILURES: &[(&str, Kind, Work)] = &[
    ("a rule, nothing written", Kind::Refused, |_| refused()),
    ("a rule, rows put down", Kind::Refused, |tx| {
        tx.frame_append(frame(3))?;
        rename(tx, 3, "wrong")?;
        begin(tx, 3, None)?;
        refused()
    }),
    ("a rule, between two piles", Kind::NotFound, |tx| {
        rename(tx, 1, "wrong")?;
        rename(tx, 999, "wrong").map(|()| 0)
    }),
    ("a rule, after direct SQL", Kind::Refused, |tx| {
        rename(tx, 2, "wrong")?;
        setting(tx, "wrong")?;
        refused()
    }),
    ("a rule, after asking the database", Kind::Refused, |tx| {
        rename(tx, 1, "wrong")?;
        begin(tx, 2, None)?;
        tx.query("SELECT id FROM pile", &[], |row| row.int(0))?;
        refused()
    }),
    ("a row that exists", Kind::Conflict, |tx| {
        rename(tx, 2, "wrong")?;
        setting(tx, "one")?;
        setting(tx, "one").map(|()| 0)
    }),
    ("a row that exists, seen at the commit", Kind::Conflict, |tx| {
        let mut double = order(tx, 1, None)?;
        tx.order_save(&double.clone());
        double.id = OrderId(tx.next_id(Noun::Order)?);
        tx.order_save(&double);
        Ok(0)
    }),
    ("bad SQL", Kind::Internal, |tx| {
        rename(tx, 1, "wrong")?;
        tx.execute("SELECT nothing FROM nowhere", &[]).map(|_| 0)
    }),
    ("a panic", Kind::Internal, |tx| {
        rename(tx, 1, "wrong")?;
        tx.frame_append(frame(1))?;
        panic!("on purpose");
    }),
    ("a panic inside a pile, after direct SQL", Kind::Internal, |tx| {
        setting(tx, "wrong")?;
        tx.with_pile(PileId(2), |_, hot| {
            hot.pile.vendor = Some("wrong".to_owned());
            panic!("on purpose");
        })
    }),
];

#[test]
fn a_job_that_fails_undoes_only_itself() {
    std::panic::set_hook(Box::new(|_| {}));
    for db in databases() {
        seed(&mut {
            db.store().close();
            db.conn()
        });
        for (what, kind, failing) in FAILURES {
            let store = Arc::new(db.store());
            let before: Work = |tx| {
                rename(tx, 1, "before")?;
                begin(tx, 1, None).map(|id| id.0)
            };
            let direct: Work = |tx| {
                setting(tx, "neighbour")?;
                rename(tx, 2, "direct").map(|()| 2)
            };
            let after: Work = |tx| {
                rename(tx, 3, "after")?;
                tx.frame_append(frame(3))
            };
            let results = together(&store, vec![before, direct, *failing, after]);
            assert!(results[0].is_ok() && results[1].is_ok() && results[3].is_ok(), "{what}: {results:?}");
            assert_eq!(results[2].as_ref().unwrap_err().kind, *kind, "{what}: {results:?}");
            assert_eq!(settings(&db), ["neighbour"], "{what}");
            let vendors: Vec<_> = [1, 2, 3].map(|pile| hot(&store, pile).pile.vendor.unwrap()).to_vec();
            assert_eq!(vendors, ["before", "direct", "after"], "{what}");
            memory_is_true(&db, &store, &[1, 2, 3]);
            let mut conn = db.conn();
            let orders: i64 = conn.one("SELECT COUNT(*) FROM orders", &[], |r| r.int(0)).unwrap();
            let frames: i64 = conn.one("SELECT COUNT(*) FROM frame", &[], |r| r.int(0)).unwrap();
            let blocks: i64 = conn.one("SELECT COUNT(*) FROM frame_block", &[], |r| r.int(0)).unwrap();
            assert_eq!((orders, frames, blocks), (1, 1, 1), "{what}");
            // The next case begins with the same rows.
            for table in ["orders", "frame", "frame_block", "setting"] {
                run(&mut conn, &format!("DELETE FROM {table}"), &[]);
            }
            run(&mut conn, "UPDATE pile SET vendor = NULL", &[]);
        }
    }
}

#[test]
fn changes_are_told_after_the_commit_and_only_of_what_was_done() {
    for db in databases() {
        let told: Arc<Mutex<Vec<Change>>> = Arc::default();
        let ear = Arc::clone(&told);
        let watcher = Arc::new(move |changes: &[Change]| ear.lock().unwrap().extend_from_slice(changes));
        let store = Arc::new(Store::open(Settings::new(db.source.clone()), NOON, watcher).unwrap());
        seed(&mut db.conn());
        let good: Work = |tx| rename(tx, 1, "good").map(|()| 0);
        for (_, _, failing) in FAILURES {
            let _ = together(&store, vec![good, *failing]);
            let told = std::mem::take(&mut *told.lock().unwrap());
            assert_eq!(told, [Change::Pile { pile: PileId(1), operator: OperatorId(1) }]);
        }
    }
}

#[test]
fn ids_are_never_used_twice() {
    std::panic::set_hook(Box::new(|_| {}));
    for db in databases() {
        let mut used = HashSet::new();
        for round in 0..4 {
            let store = Arc::new(if round == 0 { seeded(&db) } else { db.store() });
            for n in 0..30i64 {
                let fails = n % 4;
                let ids = wait(store.write(None, move |tx| {
                    if fails == 1 {
                        setting(tx, "x")?;
                    }
                    let mut ids = Vec::new();
                    for noun in [Noun::Order, Noun::Command, Noun::Audit, Noun::Card] {
                        for _ in 0..9 {
                            ids.push((noun as i64, tx.next_id(noun)?));
                        }
                    }
                    let next = tx.peek_id(Noun::Frame)?;
                    let frame = tx.frame_append(frame(1))?;
                    assert_eq!(frame, next);
                    ids.push((Noun::Frame as i64, frame));
                    if fails == 0 || fails == 3 { Ok(ids) } else { refused() }
                }));
                for id in ids.unwrap_or_default() {
                    assert!(used.insert(id), "{id:?} twice");
                }
            }
        }
    }
}

#[test]
fn a_nul_is_kept_as_its_picture() {
    for db in databases() {
        let store = seeded(&db);
        wait(store.write(Some(PileId(1)), |tx| {
            tx.frame_append(FrameRow { note: Some("a\0b".to_owned()), body: vec![0, 1], ..frame(1) })?;
            rename(tx, 1, "ve\0ndor")
        }))
        .unwrap();
        store.close();
        assert_eq!(hot(&db.store(), 1).pile.vendor.as_deref(), Some("ve\u{2400}ndor"));
        let sql = "SELECT note, body FROM frame";
        let kept = db.conn().one(sql, &[], |row| Ok((row.text(0)?, row.bytes(1)?))).unwrap();
        assert_eq!(kept, ("a\u{2400}b".to_owned(), vec![0, 1]));
    }
}

#[test]
fn what_is_queued_is_done_before_the_store_closes() {
    for db in databases() {
        let store = seeded(&db);
        for n in 0..2_000 {
            store.post(Some(PileId(1 + n % 20)), move |tx| tx.frame_append(frame(1 + n % 20)).map(drop));
        }
        store.close();
        let count: i64 = db.conn().one("SELECT COUNT(*) FROM frame", &[], |r| r.int(0)).unwrap();
        assert_eq!(count, 2_000);
    }
}
