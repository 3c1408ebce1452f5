//! 站日账单: what a day's bill says is what its orders add up to, to the fen; what comes later restates it.

use crate::databases::wait;
use crate::scene::NOON;
use crate::week::{kept, monday, week};
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::reconciliation::ReconciliationDraft;
use model::access::Scope;
use model::id::{OrderId, SessionKey};
use store::day_bills::{DayBillFilter, DayBillView, MonthBill, day_bill_list, month_bill_list};

async fn bills(w: &World) -> Vec<DayBillView> {
    let wanted = DayBillFilter { limit: 1_000, ..DayBillFilter::default() };
    w.engine.store.read(move |conn| day_bill_list(conn, &Scope::ALL, &wanted)).await.unwrap().items
}

async fn months(w: &World) -> Vec<MonthBill> {
    let wanted = DayBillFilter { limit: 1_000, ..DayBillFilter::default() };
    w.engine.store.read(move |conn| month_bill_list(conn, &Scope::ALL, &wanted)).await.unwrap().items
}

async fn faults(w: &World) -> Vec<String> {
    let verified = w.engine.orders_verify().await.unwrap();
    let about = verified.problems.into_iter().filter(|one| one.what.starts_with("the bill of"));
    about.map(|one| one.what).collect()
}

#[test]
fn bills_of_days_are_their_orders_and_what_comes_later_restates_them() {
    for w in worlds() {
        wait(async {
            let weeks = week(monday());
            let (mut count, mut fen, mut dwh, mut owed) = (0, 0, 0, 0);
            for one in weeks.iter().flatten() {
                count += 1;
                fen += one.order.total.0;
                dwh += one.order.energy.dwh();
                owed += one.posted.unwrap_or(0);
            }
            let mut late = weeks[0][1].clone();
            kept(&w, weeks, Vec::new()).await;
            assert_eq!(w.engine.day_bills_make(NOON).await.unwrap(), 24, "{}", w.db.name);
            assert_eq!(w.engine.day_bills_make(NOON).await.unwrap(), 0, "nothing is new");
            let rows = bills(&w).await;
            assert!(rows.iter().all(|row| row.sums.is_whole() && !row.stale && row.made_count == 1));
            let sum = |of: fn(&DayBillView) -> i64| rows.iter().map(of).sum::<i64>();
            assert_eq!(sum(|row| row.sums.order_count), count);
            assert_eq!(sum(|row| row.sums.total_fen), fen);
            assert_eq!(sum(|row| row.sums.energy_dwh), dwh);
            assert_eq!(sum(|row| row.sums.owed_fen), owed);
            assert_eq!(sum(|row| row.sums.unpaid_fen), fen - owed);
            let by_month: i64 = months(&w).await.iter().map(|one| one.sums.total_fen).sum();
            assert_eq!(by_month, fen);
            assert_eq!(faults(&w).await, Vec::<String>::new(), "{}", w.db.name);

            late.order.id = OrderId(95_000);
            late.order.session = Some(SessionKey::Transaction(95_000));
            late.record.session_key = Some("95000".to_owned());
            late.record.order_id = Some(95_000);
            late.posted = late.posted.map(|_| late.order.total.0);
            kept(&w, vec![vec![late.clone()]], Vec::new()).await;
            let stale: Vec<_> = bills(&w).await.into_iter().filter(|row| row.stale).collect();
            assert_eq!(stale.len(), 1);
            assert_eq!(faults(&w).await, Vec::<String>::new(), "what is to be made anew is no fault");
            let draft = ReconciliationDraft { station_id: stale[0].station_id, day: stale[0].day };
            assert_eq!(w.engine.day_bill_start(&Actor::local(), draft).await.unwrap(), 1);
            let again = bills(&w).await.into_iter().find(|row| row.id == stale[0].id).unwrap();
            assert_eq!((again.made_count, again.stale), (2, false));
            assert_eq!(again.sums.total_fen, stale[0].sums.total_fen + late.order.total.0);

            // A bill that says something else than its orders is found.
            let wrong = "UPDATE day_bill SET service_fen = service_fen + 1, total_fen = total_fen + 1, \
                         unpaid_fen = unpaid_fen + 1 WHERE id = $1";
            let id = again.id;
            w.engine.store.write(None, move |tx| tx.execute(wrong, &[id.into()])).await.unwrap();
            let same = "UPDATE station_day SET total_fen = total_fen + 1 WHERE day = $1 AND station_id = $2";
            let (day, station) = (again.day, again.station_id);
            let write = w.engine.store.write(None, move |tx| tx.execute(same, &[day.into(), station.into()]));
            write.await.unwrap();
            assert_eq!(faults(&w).await.len(), 1);
        });
    }
}
