//! The frame log: found by pile and by order, page by page, and forgotten from its old end.

use crate::databases::{databases, wait};
use model::id::PileId;
use model::trace::{Traces, enter, within};
use store::Store;
use store::frames::{Frame, FrameFilter, FrameRow, OrderFrames, list, of_order, prune};

const OTHERS: i64 = 1_500;

/// Rounds of: three frames of pile 7 (one of them about order 42), then many of the others, so that
/// pile 7 is spread thinly over many blocks.
fn fill(store: &Store, rounds: i64) {
    for round in 0..rounds {
        let row = move |pile: i64, n: i64| FrameRow {
            pile: PileId(pile),
            at_ms: round * 10_000 + n,
            up: true,
            kind: "Heartbeat",
            order: (pile == 7 && n == 1).then_some(42),
            body: format!("{round}/{n}").into_bytes(),
            ..FrameRow::default()
        };
        wait(store.write(None, move |tx| {
            for n in 0..3 {
                tx.frame_append(row(7, n))?;
            }
            (0..OTHERS).try_for_each(|n| tx.frame_append(row(8 + n % 50, n)).map(drop))
        }))
        .unwrap();
    }
}

fn pages(store: &Store, order: Option<i64>, from: Option<i64>, limit: usize) -> Vec<Frame> {
    let mut all: Vec<Frame> = Vec::new();
    loop {
        let before = all.last().map(|frame| frame.id);
        let filter = FrameFilter { pile: PileId(7), order, from, before, limit };
        let page = wait(store.read(move |conn| list(conn, &filter))).unwrap();
        if page.is_empty() {
            return all;
        }
        assert!(page.len() <= limit);
        all.extend(page);
    }
}

fn bodies(frames: &[Frame]) -> Vec<String> {
    frames.iter().map(|f| String::from_utf8(f.body.clone()).unwrap()).collect()
}

#[test]
fn the_frames_of_a_pile_are_paged_without_gaps_over_many_blocks_and_over_a_restart() {
    for db in databases() {
        let store = db.store();
        fill(&store, 15);
        store.close();
        let store = db.store();
        fill(&store, 10);
        let rounds: Vec<i64> = (0..10).rev().chain((0..15).rev()).collect();
        let expected: Vec<String> =
            rounds.iter().flat_map(|round| (0..3).rev().map(move |n| format!("{round}/{n}"))).collect();
        for limit in [1, 2, 7, 74, 75, 76, 500] {
            assert_eq!(bodies(&pages(&store, None, None, limit)), expected, "by {limit}");
        }
        let of_order: Vec<String> = rounds.iter().map(|round| format!("{round}/1")).collect();
        for limit in [1, 4, 100] {
            assert_eq!(bodies(&pages(&store, Some(42), None, limit)), of_order, "order by {limit}");
        }
        let all = pages(&store, None, None, 500);
        let from = all[10].id;
        assert_eq!(pages(&store, None, Some(from), 4), all[..11]);
        let none = FrameFilter { pile: PileId(999), order: None, from: None, before: None, limit: 5 };
        assert_eq!(wait(store.read(move |conn| list(conn, &none))).unwrap(), []);
    }
}

#[test]
fn the_frames_of_an_order_come_oldest_first_from_a_key_and_only_from_where_it_lies() {
    for db in databases() {
        let store = db.store();
        fill(&store, 15);
        store.close();
        // The chain of the pile's frames is broken by the restart.
        let store = db.store();
        fill(&store, 10);
        let all: Vec<i64> = pages(&store, Some(42), None, 100).iter().rev().map(|frame| frame.id).collect();
        let ask = |from: i64, until_ms: Option<i64>, after: Option<i64>, limit: usize| -> Vec<i64> {
            let wanted = OrderFrames { pile: PileId(7), order: 42, from, until_ms };
            let found = wait(store.read(move |conn| of_order(conn, &wanted, after, limit))).unwrap();
            found.iter().map(|frame| frame.id).collect()
        };
        assert_eq!(ask(0, None, None, 100), all);
        for limit in [1, 4, 24] {
            let mut paged: Vec<i64> = Vec::new();
            loop {
                let page = ask(0, None, paged.last().copied(), limit);
                assert!(page.len() <= limit);
                if page.is_empty() {
                    break;
                }
                paged.extend(page);
            }
            assert_eq!(paged, all, "by {limit}");
        }
        assert_eq!(ask(all[3], None, None, 100), all[3..]);
        // Blocks that begin after the end are not looked at; the block of the end is a whole one.
        let until = ask(all[2], Some(60_000), None, 100);
        assert_eq!(until, all[2..2 + until.len()]);
        assert!((5..8).contains(&until.len()), "{until:?}");
    }
}

#[test]
fn pruning_forgets_the_oldest_blocks_that_are_old_enough_step_by_step() {
    for db in databases() {
        let store = db.store();
        fill(&store, 12);
        let all = pages(&store, None, None, 100);
        let cut = all[9].at_ms;
        let step = || wait(store.write(None, move |tx| prune(tx, cut))).unwrap();
        let mut steps = 0;
        while step() > 0 {
            steps += 1;
        }
        assert!(steps > 3, "small steps");
        let left = pages(&store, None, None, 100);
        assert_eq!(left, all[..left.len()], "what is left is the newest, unchanged");
        assert!(left.len() >= 10 && left.len() < all.len());
        let blocks = "SELECT COUNT(*) FROM frame_block b WHERE NOT EXISTS (SELECT 1 FROM frame f \
                      WHERE f.pile_id = b.pile_id AND f.id >= b.block * 2048 AND f.id < (b.block + 1) * 2048)";
        assert_eq!(db.conn().one(blocks, &[], |row| row.int(0)).unwrap(), 0, "no block without frames");
        assert_eq!(step(), 0, "a second time there is nothing to do");
    }
}

#[test]
fn a_frame_keeps_the_trace_of_the_work_in_which_it_came() {
    for db in databases() {
        let store = db.store();
        let traces = Traces::new([1; 16]);
        let (one, two) = (traces.next(), traces.next());
        for trace in [Some(one), None, Some(two)] {
            let row = FrameRow { pile: PileId(7), kind: "Heartbeat", ..FrameRow::default() };
            wait(within(
                trace,
                store.write(Some(PileId(7)), move |tx| tx.frame_append(row.clone()).map(drop)),
            ))
            .unwrap();
        }
        // What nobody waits for is done later, for the same sake.
        let row = FrameRow { pile: PileId(7), kind: "Reset", ..FrameRow::default() };
        {
            let _entered = enter(Some(two));
            store.post(Some(PileId(7)), move |tx| tx.frame_append(row.clone()).map(drop));
        }
        wait(store.write(Some(PileId(7)), |_| Ok(()))).unwrap();
        let kept: Vec<_> = pages(&store, None, None, 10).iter().map(|frame| frame.trace).collect();
        assert_eq!(kept, [Some(two), Some(two), None, Some(one)]);
        store.close();
    }
}
