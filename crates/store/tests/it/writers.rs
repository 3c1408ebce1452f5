//! Several writers on one database, and what a writer goes through without its neighbours' noticing.

use crate::databases::{databases, wait};
use crate::scene::{NOON, run, seed};
use crate::write_path::{Work, begin, frame, hold, hot, refused, seeded, setting, together};
use model::curve::Point;
use model::energy::Energy;
use model::id::{CustomerId, OperatorId, OrderId, PileId, StationId};
use model::money::Fen;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use store::ids::Noun;
use store::orders::SampleRow;
use store::rollups::Ended;
use store::{POSTS_MAX, Settings, Store, Tx};

const WRITERS: usize = 4;

fn ended(pile: i64, station: i64, hour: i64) -> Ended {
    Ended {
        pile: PileId(pile),
        station: StationId(station),
        operator: OperatorId(1),
        started_at: NOON,
        customer: Some(CustomerId(pile)),
        ended_at: NOON,
        day: 20_260_715,
        hour,
        success: true,
        energy: Energy::from_dwh(1),
        electricity: Fen(1),
        service: Fen(0),
        total: Fen(1),
        discount: Fen(0),
        occupancy: Fen(0),
    }
}

/// Leases and hours in another order in every job, some of it written before the end of the batch.
#[test]
fn writers_do_not_wait_for_each_other_in_a_circle() {
    for db in databases() {
        seed(&mut {
            db.store().close();
            db.conn()
        });
        let store = Arc::new(db.store_of(WRITERS));
        let jobs = 400i64;
        let failed = wait(async {
            let tasks: Vec<_> = (0..jobs)
                .map(|n| {
                    let (store, pile) = (Arc::clone(&store), 1 + n % 20);
                    tokio::spawn(async move {
                        let written = store.write(Some(PileId(pile)), move |tx| {
                            let mut nouns = [Noun::Card, Noun::Staff, Noun::Audit, Noun::Order, Noun::Tariff];
                            nouns.rotate_left(usize::try_from(n).unwrap() % 5);
                            for noun in nouns {
                                tx.next_id(noun)?;
                            }
                            for step in 0..3 {
                                let place = if n % 2 == 0 { step } else { 2 - step };
                                tx.order_count(ended(pile, 1 + place % 2, place));
                                // Asking writes down what was put down before.
                                tx.query("SELECT COUNT(*) FROM pile", &[], |row| row.int(0))?;
                                setting(tx, &format!("{n} {step}"))?;
                            }
                            Ok(())
                        });
                        written.await
                    })
                })
                .collect();
            let mut failed = Vec::new();
            for task in tasks {
                failed.extend(task.await.unwrap().err());
            }
            failed
        });
        assert_eq!(failed, [], "{}", db.name);
        let sums = "SELECT CAST(SUM(order_count) AS BIGINT) FROM station_hour";
        assert_eq!(db.conn().one(sums, &[], |row| row.int(0)).unwrap(), 3 * jobs);
    }
}

/// Two writers that want each other's rows: the database sends one back, and it goes again.
#[test]
fn a_writer_that_is_sent_back_goes_again() {
    for db in databases().into_iter().skip(1) {
        seed(&mut {
            db.store().close();
            db.conn()
        });
        run(&mut db.conn(), "INSERT INTO setting (name, value) VALUES ('a', ''), ('b', '')", &[]);
        let store = db.store_of(2);
        let both = Arc::new(Barrier::new(2));
        let job = |first: &'static str, second: &'static str| {
            let (both, runs) = (Arc::clone(&both), AtomicUsize::new(0));
            move |tx: &mut Tx<'_>| {
                let update = "UPDATE setting SET value = value || '+' WHERE name = $1";
                tx.execute(update, &[first.into()])?;
                if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                    both.wait();
                }
                tx.execute(update, &[second.into()])
            }
        };
        let (one, two) = wait(async {
            tokio::join!(
                store.write(Some(PileId(2)), job("a", "b")),
                store.write(Some(PileId(3)), job("b", "a"))
            )
        });
        assert_eq!((one, two), (Ok(1), Ok(1)));
        let values = "SELECT value FROM setting ORDER BY name";
        assert_eq!(db.conn().query(values, &[], |row| row.text(0)).unwrap(), ["++", "++"]);
    }
}

#[test]
fn a_refusal_after_direct_sql_does_not_run_its_neighbours_again() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let neighbour: Work = |tx| {
        RUNS.fetch_add(1, Ordering::SeqCst);
        begin(tx, 1, None).map(|id| id.0)
    };
    let late: [Work; 3] = [
        |tx| {
            setting(tx, "late")?;
            refused()
        },
        |tx| {
            setting(tx, "late")?;
            setting(tx, "late").map(|()| 0)
        },
        |tx| {
            begin(tx, 1, None)?;
            tx.query("SELECT id FROM orders", &[], |row| row.int(0))?;
            tx.next_id(Noun::Card)?;
            refused()
        },
    ];
    for db in databases() {
        let store = Arc::new(seeded(&db));
        for job in late {
            RUNS.store(0, Ordering::SeqCst);
            let results = together(&store, vec![neighbour, job, neighbour, job, neighbour]);
            assert!([0, 2, 4].iter().all(|n| results[*n].is_ok()), "{results:?}");
            assert!([1, 3].iter().all(|n| results[*n].is_err()), "{results:?}");
            assert_eq!(RUNS.load(Ordering::SeqCst), 3, "once each");
        }
        let orders = hot(&store, 1).open;
        assert_eq!(orders, hot(&db.store(), 1).open);
        assert_eq!(orders.len(), 9);
    }
}

fn measured(tx: &mut Tx<'_>, order: OrderId, dwh: i64) -> model::Result<()> {
    let order = tx.with_pile(PileId(1), |_, hot| {
        let open = hot.open.iter_mut().find(|open| open.order.id == order);
        let open = open.ok_or_else(model::Error::internal)?;
        let point = Point {
            at: NOON.plus_ms(dwh * 60_000),
            delivered: Some(Energy::from_dwh(dwh)),
            power_w: None,
            voltage_dv: None,
            current_da: None,
            soc_percent: None,
            temperature_c: None,
        };
        open.curve.push(point);
        open.order.energy = Energy::from_dwh(dwh);
        Ok(SampleRow { id: 0, order, point })
    })?;
    tx.sample_append(order)
}

/// What is in memory of the pile after its values were read again, after refusals of every kind.
#[test]
fn the_curve_of_an_open_order_is_read_along_its_own_samples() {
    for db in databases() {
        let store = seeded(&db);
        let [one, two] = [(), ()].map(|()| wait(store.write(None, |tx| begin(tx, 1, None))).unwrap());
        for n in 1..=40 {
            let order = if n % 3 == 0 { two } else { one };
            wait(store.write(None, move |tx| measured(tx, order, n))).unwrap();
            let _ = wait(store.write(None, move |tx| {
                measured(tx, one, 999)?;
                if n % 2 == 0 {
                    setting(tx, "x")?;
                    measured(tx, two, 999)?;
                }
                refused::<()>()
            }));
        }
        let known = hot(&store, 1).open;
        assert_eq!(known.iter().map(|open| open.curve.points().len()).collect::<Vec<_>>(), [27, 13]);
        assert_eq!(known, hot(&db.store(), 1).open, "as a fresh start reads it");
        // A sample that nothing leads to: only who reads all samples sees it.
        let stray = "INSERT INTO sample (id, order_id, at_ms, delivered_dwh) VALUES (1000000, $1, 1, 1)";
        run(&mut db.conn(), stray, &[one.0.into()]);
        let refused = wait(store.write(None, |tx| tx.with_pile(PileId(1), |_, _| refused::<()>())));
        assert!(refused.is_err());
        assert_eq!(hot(&store, 1).open, known);
        // The batch as a whole fails; it is certain that nothing of it is left.
        let failed = wait(store.write(None, move |tx| {
            measured(tx, one, 999)?;
            tx.query("SELECT nothing FROM nowhere", &[], |row| row.int(0))
        }));
        assert!(failed.is_err());
        assert_eq!(hot(&store, 1).open, known);
    }
}

#[test]
fn a_listener_that_panics_does_not_stop_the_writer() {
    std::panic::set_hook(Box::new(|_| {}));
    for db in databases() {
        let watcher = Arc::new(|_: &[store::Change]| panic!("on purpose"));
        let store = Store::open(Settings::new(db.source.clone()), NOON, watcher).unwrap();
        for n in 0..3 {
            let written = wait(store.write(None, move |tx| {
                tx.changed(store::Change::Noun("card"));
                setting(tx, &n.to_string())
            }));
            assert_eq!(written, Ok(()), "it is written, whoever listens");
        }
    }
}

#[test]
fn what_nobody_waits_for_is_dropped_when_too_much_of_it_waits() {
    for db in databases() {
        let store = seeded(&db);
        let gate = hold(&store);
        for _ in 0..POSTS_MAX + 9 {
            store.post(None, |tx| tx.frame_append(frame(1)).map(drop));
        }
        assert_eq!(store.posts_dropped(), 10, "the one that holds the writer counts");
        drop(gate);
        wait(store.write(None, |_| Ok(()))).unwrap();
        store.post(None, |tx| tx.frame_append(frame(1)).map(drop));
        assert_eq!(store.posts_dropped(), 10, "there is room again");
        store.close();
        let count: i64 = db.conn().one("SELECT COUNT(*) FROM frame", &[], |r| r.int(0)).unwrap();
        assert_eq!(count, i64::try_from(POSTS_MAX).unwrap());
    }
}

#[test]
fn one_process_at_a_time_has_the_database() {
    for db in databases().into_iter().skip(1) {
        let open = |writers| {
            let settings = Settings { writers, exclusive: true, ..Settings::new(db.source.clone()) };
            Store::open(settings, NOON, Arc::new(|_| {}))
        };
        let first = open(2).unwrap();
        assert_eq!(wait(first.check()), Ok(()));
        let refused = open(1).map(drop).unwrap_err();
        assert_eq!(refused.code, "database.in_use");
        assert!(refused.text.en.contains("PILEOPS_SERVER") && refused.text.zh.contains("PILEOPS_SERVER"));
        // Its connections are cut: it gets new ones and goes on.
        let cut = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let mut conn = db.conn();
        conn.query(cut, &[], |_| Ok(())).unwrap();
        let goes_on = (0..3).any(|_| wait(first.check()).is_ok());
        assert!(goes_on);
        assert_eq!(open(1).map(drop).unwrap_err().code, "database.in_use");
        // Another process was quicker: the first one writes no more.
        conn.query(cut, &[], |_| Ok(())).unwrap();
        let second = open(1).unwrap();
        for _ in 0..3 {
            assert_eq!(wait(first.check()).unwrap_err().kind, model::error::Kind::Unavailable);
        }
        assert_eq!(wait(second.check()), Ok(()));
        second.close();
        first.close();
        assert_eq!(wait(open(1).unwrap().check()), Ok(()));
    }
}
