//! 桩账单对账: differences of every kind are put into a week of several stations at random places; all of
//! them are found, and nothing else is. What was signed off stays as it was.

use crate::databases::wait;
use crate::scene::NOON;
use crate::week::{DAYS, Dice, PILES, Told, kept, monday, spoil, week};
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::reconciliation::{
    DifferenceChange, ReconciliationDraft, ReconciliationReopening, ReconciliationSign,
};
use model::access::Scope;
use model::id::{CustomerId, OrderId, SessionKey, StaffId};
use model::money::Fen;
use model::reconciliation::{DifferenceKind, DifferenceState};
use model::time::{DAY_MS, Timestamp, Zone};
use std::collections::BTreeSet;
use std::time::Duration;
use store::reconciliation_list::{
    DifferenceFilter, DifferenceView, ReconciliationFilter, ReconciliationView, difference_list,
    reconciliation_list,
};

async fn all(w: &World, wanted: DifferenceFilter) -> Vec<DifferenceView> {
    let wanted = DifferenceFilter { limit: 1_000, ..wanted };
    w.engine.store.read(move |conn| difference_list(conn, &Scope::ALL, &wanted)).await.unwrap().items
}

async fn days(w: &World) -> Vec<ReconciliationView> {
    let wanted = ReconciliationFilter { limit: 1_000, ..ReconciliationFilter::default() };
    w.engine.store.read(move |conn| reconciliation_list(conn, &Scope::ALL, &wanted)).await.unwrap().items
}

fn told(row: &DifferenceView) -> Told {
    let own = !matches!(row.kind, DifferenceKind::RecordWithoutOrder | DifferenceKind::ForeignRecord);
    (row.station_id, row.day, row.kind, row.order_id.filter(|_| own))
}

/// Compares every day of the week.
async fn run(w: &World, start: Timestamp) {
    for day in 0..=DAYS {
        for station_id in 1..=3 {
            let day = Zone::shanghai().local(start.plus_ms(day * DAY_MS)).day;
            let draft = ReconciliationDraft { station_id, day };
            w.engine.reconciliation_start(&Actor::local(), draft).await.unwrap();
        }
    }
}

#[test]
fn a_week_that_agrees_has_no_differences() {
    for w in worlds() {
        wait(async {
            kept(&w, week(monday()), Vec::new()).await;
            run(&w, monday()).await;
            let rows = all(&w, DifferenceFilter::default()).await;
            assert!(rows.is_empty(), "{}: {:?}", w.db.name, rows.iter().map(told).collect::<Vec<_>>());
            let days = days(&w).await;
            assert_eq!(days.len(), 24, "{}: the last night belongs to the day after", w.db.name);
            let (records, orders): (i64, i64) =
                days.iter().fold((0, 0), |sum, day| (sum.0 + day.record_count, sum.1 + day.order_count));
            assert_eq!((records, orders), (490, 490));
        });
    }
}

#[test]
fn thirty_differences_of_all_kinds_are_all_found_and_none_is_invented() {
    for seed in 1..=3u64 {
        for w in worlds() {
            wait(async {
                let mut dice = Dice(seed);
                let mut weeks = week(monday());
                let kinds: Vec<DifferenceKind> = DifferenceKind::ALL
                    .iter()
                    .copied()
                    .filter(|kind| *kind != DifferenceKind::LateRecord)
                    .collect();
                let (mut expected, mut changes, mut taken) = (Vec::new(), Vec::new(), BTreeSet::new());
                for turn in 0..30 {
                    let kind = kinds[turn % kinds.len()];
                    // Not the first of a meter, and none beside another: each stands for itself.
                    let (line, place) = loop {
                        let (line, place) = (dice.below(weeks.len()), 2 + dice.below(31));
                        let ykc = PILES[line / 2].3.is_some();
                        let fits = ykc || kind != DifferenceKind::AmountDiffers;
                        let free = (place - 1..=place + 1).all(|near| !taken.contains(&(line, near)));
                        if fits && free && taken.insert((line, place)) {
                            break (line, place);
                        }
                    };
                    let (told, change) = spoil(&mut weeks[line], place, kind, &mut dice);
                    expected.extend(told);
                    changes.extend(change);
                }
                kept(&w, weeks, changes).await;
                run(&w, monday()).await;
                let rows = all(&w, DifferenceFilter::default()).await;
                let mut found: Vec<Told> = rows.iter().map(told).collect();
                let by = |one: &Told| (one.0, one.1, one.2.as_str(), one.3);
                found.sort_by_key(by);
                expected.sort_by_key(by);
                assert_eq!(found, expected, "{} seed {seed}", w.db.name);
                // Once more: the same rows, and none beside them.
                run(&w, monday()).await;
                let again = all(&w, DifferenceFilter::default()).await;
                let ids = |rows: &[DifferenceView]| rows.iter().map(|one| one.id).collect::<Vec<_>>();
                assert_eq!(ids(&again), ids(&rows), "{}", w.db.name);
            });
        }
    }
}

#[test]
fn a_signed_day_stays_and_what_comes_late_is_told_beside_it() {
    for w in worlds() {
        wait(async {
            let weeks = week(monday());
            let mut late = weeks[0][3].clone();
            kept(&w, weeks, Vec::new()).await;
            run(&w, monday()).await;
            let actor = Actor::local();
            let first = days(&w).await.into_iter().rfind(|day| day.station_id == 1).unwrap();
            let sign = ReconciliationSign { version: first.version };
            w.engine.reconciliation_confirm(&actor, first.id, sign).await.unwrap();
            let twice = w.engine.reconciliation_confirm(&actor, first.id, sign).await.unwrap_err();
            assert_eq!(twice.code, "reconciliation.version_differs");

            w.clock.advance(Duration::from_secs(3_600));
            // A record and its order, of the day that was signed off, on the pile's other side of the hour.
            late.order.id = OrderId(90_000);
            late.order.session = Some(SessionKey::Transaction(90_000));
            late.record.session_key = Some("90000".to_owned());
            late.record.order_id = Some(90_000);
            late.record.started_at_ms = late.record.started_at_ms.map(|at| at + 60_000);
            late.record.ended_at_ms += 60_000;
            late.order.ended_at = late.order.ended_at.map(|at| at.plus_ms(60_000));
            late.record.received_at_ms = NOON.as_ms() + 1_800_000;
            late.posted = late.posted.map(|_| late.order.total.0);
            kept(&w, vec![vec![late]], Vec::new()).await;
            run(&w, monday()).await;
            let rows = all(&w, DifferenceFilter::default()).await;
            assert_eq!(rows.len(), 1, "{}: {:?}", w.db.name, rows.iter().map(told).collect::<Vec<_>>());
            assert_eq!((rows[0].kind, rows[0].day), (DifferenceKind::LateRecord, first.day));
            let handled = |version| DifferenceChange {
                version,
                state: DifferenceState::Accepted,
                note: "离线桩补传，已核对".to_owned(),
            };
            let refused = w.engine.difference_update(&actor, rows[0].id, handled(1)).await.unwrap_err();
            assert_eq!(refused.code, "reconciliation.signed");
            let now = days(&w).await.into_iter().find(|one| one.id == first.id).unwrap();
            assert_eq!((now.open_count, now.record_count), (1, first.record_count), "its sums stay");

            let why =
                |reason: &str| ReconciliationReopening { version: now.version, reason: reason.to_owned() };
            let bare = w.engine.reconciliation_undo(&actor, first.id, why(" ")).await.unwrap_err();
            assert_eq!(bare.field.as_deref(), Some("reason"));
            w.engine.reconciliation_undo(&actor, first.id, why("补传账单到达")).await.unwrap();
            run(&w, monday()).await;
            let rows =
                all(&w, DifferenceFilter { reconciliation: Some(first.id), ..Default::default() }).await;
            let late = rows.iter().find(|one| one.kind == DifferenceKind::LateRecord).unwrap();
            // The same register was read twice: that is told as well, once the day is open again.
            assert!(
                rows.iter().any(|one| one.kind == DifferenceKind::MeterBackwards
                    || one.kind == DifferenceKind::MeterOverlap)
            );
            for row in &rows {
                w.engine.difference_update(&actor, row.id, handled(row.version)).await.unwrap();
            }
            assert_eq!(late.state, DifferenceState::Open);
            let now = days(&w).await.into_iter().find(|one| one.id == first.id).unwrap();
            assert_eq!((now.open_count, now.record_count), (0, first.record_count + 1));
            let sign = ReconciliationSign { version: now.version };
            w.engine.reconciliation_confirm(&actor, first.id, sign).await.unwrap();
        });
    }
}

#[test]
fn more_than_the_limit_is_written_off_by_one_and_signed_by_another() {
    for w in worlds() {
        wait(async {
            let mut weeks = week(monday());
            weeks[0][1].posted = None;
            weeks[0][1].order.customer = Some(CustomerId(7));
            weeks[0][1].order.total = Fen(10_001);
            kept(&w, weeks, Vec::new()).await;
            run(&w, monday()).await;
            let actor = |id| {
                let mut actor = Actor::local();
                actor.caller.staff = StaffId(id);
                actor
            };
            let rows = all(&w, DifferenceFilter::default()).await;
            assert_eq!(rows.len(), 1);
            let passed = DifferenceChange { version: 1, state: DifferenceState::Gone, note: "x".to_owned() };
            let refused = w.engine.difference_update(&actor(1), rows[0].id, passed).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("state"));
            let off = DifferenceChange {
                version: 1,
                state: DifferenceState::WrittenOff,
                note: "无法追回".to_owned(),
            };
            w.engine.difference_update(&actor(1), rows[0].id, off.clone()).await.unwrap();
            let stale = w.engine.difference_update(&actor(1), rows[0].id, off).await.unwrap_err();
            assert_eq!(stale.code, "reconciliation.version_differs");
            let day = days(&w).await.into_iter().find(|day| day.id == rows[0].reconciliation_id).unwrap();
            assert_eq!((day.written_off_fen, day.open_count), (10_001, 0));
            let sign = ReconciliationSign { version: day.version };
            let own = w.engine.reconciliation_confirm(&actor(1), day.id, sign).await.unwrap_err();
            assert_eq!(own.code, "reconciliation.own");
            w.engine.reconciliation_confirm(&actor(2), day.id, sign).await.unwrap();
        });
    }
}
