//! Places on cards: how many sessions may run on one at once, whatever fails and whoever writes.

use crate::databases::{databases, wait};
use crate::scene::NOON;
use crate::write_path::{Work, begin, card, refused, seeded, setting, together};
use model::Result;
use model::id::{CardId, OrderId, PileId};
use model::order::OrderState;
use std::sync::{Arc, Mutex};
use store::Tx;
use store::ids::Noun;

#[test]
fn a_place_on_a_card_is_given_back_however_the_admission_is_undone() {
    fn take(tx: &mut Tx<'_>) -> Result<bool> {
        let id = OrderId(tx.next_id(Noun::Order)?);
        Ok(tx.card_take(&card(77, 1), id, None))
    }
    let undone: &[(&str, Work)] = &[
        ("by a rule", |tx| {
            take(tx)?;
            refused()
        }),
        ("by a rule after direct SQL", |tx| {
            setting(tx, "x")?;
            take(tx)?;
            refused()
        }),
        ("by the database", |tx| {
            take(tx)?;
            tx.execute("SELECT nothing FROM nowhere", &[]).map(|_| 0)
        }),
        ("by a panic", |tx| {
            take(tx)?;
            panic!("on purpose");
        }),
    ];
    std::panic::set_hook(Box::new(|_| {}));
    for db in databases() {
        let store = Arc::new(seeded(&db));
        for (what, job) in undone {
            assert!(wait(store.write(None, *job)).is_err(), "{what}");
            // The neighbour succeeds at first, is undone with the batch, and takes its place again.
            let winner: Work = |tx| {
                let id = begin(tx, 1, Some(77))?;
                Ok(i64::from(tx.card_take(&card(77, 1), id, None)))
            };
            let loser: Work = |tx| take(tx).map(i64::from);
            assert_eq!(together(&store, vec![winner, *job, loser])[0], Ok(1), "{what}");
            let free: Work = |tx| {
                tx.with_pile(PileId(1), |tx, hot| {
                    while let Some(mut open) = hot.open.pop() {
                        tx.card_free(CardId(77), open.order.id);
                        open.order.state = OrderState::Completed;
                        tx.order_save(&open.order);
                    }
                    Ok(0)
                })
            };
            wait(store.write(None, free)).unwrap();
            // After all that exactly one place is free.
            let both: Work = |tx| Ok(i64::from(take(tx)?) * 10 + i64::from(take(tx)?));
            let seen = Arc::new(Mutex::new(0));
            let inside = Arc::clone(&seen);
            let _ = wait(store.write(None, move |tx| {
                *inside.lock().unwrap() = both(tx)?;
                refused::<()>()
            }));
            assert_eq!(*seen.lock().unwrap(), 10, "{what}");
        }
    }
}

#[test]
fn a_place_is_held_by_running_orders_only_and_known_after_a_restart() {
    for db in databases() {
        let store = seeded(&db);
        let two = wait(store.write(None, |tx| {
            let (first, second) = (begin(tx, 1, Some(5))?, begin(tx, 2, Some(6))?);
            tx.with_pile(PileId(2), |tx, hot| {
                // This one has ended and awaits its record: its card is free.
                hot.open[0].order.state = OrderState::Unsettled;
                tx.order_save(&hot.open[0].order);
                tx.card_free(CardId(6), second);
                Ok(())
            })?;
            Ok((tx.card_take(&card(5, 1), first, None), tx.card_take(&card(6, 1), second, None)))
        }));
        assert_eq!(two, Ok((true, true)));
        store.close();
        for writers in [1, 4] {
            let store = db.store_of(writers);
            // Asked at another pile, so that the writer of pile 1 has not done anything yet.
            let free = wait(store.write(Some(PileId(4)), |tx| {
                let id = OrderId(tx.next_id(Noun::Order)?);
                let free = [5, 6].map(|number| tx.card_take(&card(number, 1), id, None));
                free.into_iter().zip([5, 6]).filter(|(taken, _)| *taken).for_each(|(_, number)| {
                    tx.card_free(CardId(number), id);
                });
                Ok(free)
            }));
            assert_eq!(free, Ok([false, true]), "{writers} writers");
            store.close();
        }
    }
}

#[test]
fn the_last_place_may_pass_from_an_order_to_the_one_that_replaces_it() {
    for db in databases() {
        let store = seeded(&db);
        let passed = wait(store.write(None, |tx| {
            let ids = [(); 3].map(|()| tx.next_id(Noun::Order).map(OrderId));
            let [a, b, c] = [ids[0].clone()?, ids[1].clone()?, ids[2].clone()?];
            Ok([
                tx.card_take(&card(9, 1), a, None),
                tx.card_take(&card(9, 1), b, None),
                tx.card_take(&card(9, 1), b, Some(a)),
                tx.card_take(&card(9, 1), c, Some(a)),
            ])
        }));
        assert_eq!(passed, Ok([true, false, true, false]));
    }
}

#[test]
fn every_writer_minds_its_own_piles() {
    for db in databases() {
        let store = seeded(&db);
        wait(store.write(None, |tx| {
            for pile in 1..=8 {
                begin(tx, pile, Some(pile + 50))?;
            }
            Ok(())
        }))
        .unwrap();
        store.close();
        let store = db.store_of(4);
        let seen = wait(store.write_everywhere(|tx| Ok(tx.piles_with_deadlines(NOON)))).unwrap();
        let mut piles: Vec<i64> = seen.iter().flatten().map(|pile| pile.0).collect();
        piles.sort_unstable();
        assert_eq!(piles, (1..=8).collect::<Vec<_>>(), "each exactly once: {seen:?}");
    }
}
