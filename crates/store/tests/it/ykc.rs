//! What only 云快充 piles have: dialects, battery reports, merges.

use crate::databases::databases;
use crate::scene::NOON;
use model::access::Scope;
use model::battery::{BatteryCourse, BatteryPoint, BatteryReport, BatteryWord};
use model::dialect::{DialectRules, EnergyUnit};
use model::id::{OperatorId, OrderId, PileId};
use model::merge::{MergeNo, MergeRole};
use model::money::Fen;
use store::battery_reports::{self, BatteryRow};
use store::dialects::{self, DialectFilter, NewDialect};
use store::order_filter::OrderFilter;
use store::order_list::order_list;
use store::order_merges;

fn new(operator: Option<i64>, name: &str, firmware: &str) -> NewDialect {
    NewDialect {
        operator: operator.map(OperatorId),
        name: name.to_owned(),
        source: "抓包".to_owned(),
        note: String::new(),
        vendor: String::new(),
        model: String::new(),
        firmware: firmware.to_owned(),
        rules: DialectRules { energy_unit: EnergyUnit::Wh, ..DialectRules::default() },
    }
}

#[tokio::test]
async fn dialects_are_listed_changed_and_said_of_piles() {
    for db in databases() {
        let store = db.store();
        std::thread::scope(|scope| scope.spawn(|| crate::scene::seed(&mut db.conn())).join().unwrap());
        let list = |after| {
            let wanted = DialectFilter { after, limit: 5, ..DialectFilter::default() };
            store.read(move |conn| dialects::dialect_list(conn, &Scope::ALL, &wanted))
        };
        let first = list(None).await.unwrap();
        assert_eq!((first.total, first.items.len(), first.next_cursor.as_deref()), (Some(7), 5, Some("5")));
        assert!(first.items.iter().all(|one| one.key.is_some() && one.rules != DialectRules::default()));
        assert_eq!(list(Some(5)).await.unwrap().items.len(), 2);

        let own =
            store.write(None, |tx| dialects::insert(tx, &new(Some(1), "甲的", "V2"), NOON)).await.unwrap();
        assert!(own.0 > 100, "those of the product keep the numbers below");
        let other =
            store.write(None, |tx| dialects::insert(tx, &new(Some(2), "乙的", "V2"), NOON)).await.unwrap();
        let scope = Scope { operator: Some(OperatorId(1)), ..Scope::ALL };
        let seen = |id| {
            let scope = scope.clone();
            store.read(move |conn| dialects::dialect_get(conn, &scope, id))
        };
        assert_eq!(seen(own).await.unwrap().unwrap().rules.energy_unit, EnergyUnit::Wh);
        assert!(seen(other).await.unwrap().is_none());
        let change = |version| {
            store.write(None, move |tx| dialects::update(tx, own, &new(Some(1), "改", "V3"), version))
        };
        assert!(change(1).await.unwrap());
        assert!(!change(1).await.unwrap(), "somebody has changed it meanwhile");

        let spoken = || store.read(|conn| dialects::spoken(conn, PileId(101)));
        assert!(spoken().await.unwrap().is_none());
        store.write(None, move |tx| dialects::assign(tx, PileId(101), Some(own), NOON)).await.unwrap();
        assert_eq!(spoken().await.unwrap().unwrap().name, "改");
        assert_eq!(seen(own).await.unwrap().unwrap().pile_count, 1);
        store.write(None, |tx| dialects::assign(tx, PileId(101), None, NOON)).await.unwrap();
        store
            .write(None, |tx| tx.execute("UPDATE pile SET firmware = 'v3.1' WHERE id = 101", &[]))
            .await
            .unwrap();
        assert_eq!(spoken().await.unwrap().unwrap().name, "改", "as its firmware says");
        store.write(None, move |tx| dialects::delete(tx, own)).await.unwrap();
        assert!(spoken().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_battery_report_is_one_row_whatever_is_written_of_it() {
    for db in databases() {
        let store = db.store();
        std::thread::scope(|scope| scope.spawn(|| crate::scene::seed(&mut db.conn())).join().unwrap());
        let word = BatteryWord { code: "ykc:bst:soc_reached".to_owned(), at_ms: 5, text: None };
        let row = |most: i64| BatteryRow {
            order: OrderId(7),
            pile: PileId(101),
            report: BatteryReport {
                temperature_max_c: Some(most),
                causes: vec![word.clone()],
                ..BatteryReport::default()
            },
            course: BatteryCourse::of(vec![BatteryPoint {
                at_ms: 60_000,
                demand_current_da: Some(1_200),
                ..BatteryPoint::default()
            }]),
            updated_at: NOON,
        };
        for most in [30, 35] {
            let (first, second) = (row(most - 1), row(most));
            store
                .write(Some(PileId(101)), move |tx| {
                    // Twice in one batch: the last one counts.
                    tx.battery_save(&first);
                    tx.battery_save(&second);
                    Ok(())
                })
                .await
                .unwrap();
        }
        let (report, course) =
            store.read(|conn| battery_reports::find(conn, OrderId(7))).await.unwrap().unwrap();
        assert_eq!((report.temperature_max_c, report.causes), (Some(35), vec![word]));
        assert_eq!(course.points()[0].demand_current_da, Some(1_200));
        assert!(store.read(|conn| battery_reports::find(conn, OrderId(8))).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn the_parts_of_a_merge_are_those_of_its_time() {
    for db in databases() {
        let store = db.store();
        let merge = MergeNo::parse("260715103000").unwrap();
        let part = |order: i64, role, ms| {
            store.write(None, move |tx| {
                order_merges::insert(tx, (OrderId(order), PileId(101)), merge, role, NOON.plus_ms(ms))
            })
        };
        part(1, MergeRole::Main, 0).await.unwrap();
        part(2, MergeRole::Auxiliary, 5_000).await.unwrap();
        part(2, MergeRole::Main, 9_000).await.unwrap();
        let parts =
            |ms| store.read(move |conn| order_merges::parts(conn, PileId(101), merge, NOON.plus_ms(ms)));
        assert_eq!(parts(10_000).await.unwrap(), [OrderId(1), OrderId(2)]);
        // The same number a day later is another car.
        part(3, MergeRole::Main, 86_400_000).await.unwrap();
        assert_eq!(parts(86_400_001).await.unwrap(), [OrderId(3)]);
        let other = MergeNo::parse("260715103001").unwrap();
        assert!(
            store
                .read(move |conn| order_merges::parts(conn, PileId(101), other, NOON))
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn the_orders_of_a_merge_name_each_other_and_add_up_together() {
    for db in databases() {
        let store = db.store();
        crate::seed::seed(&store).await;
        let merge = MergeNo::parse("260715103000").unwrap();
        let begun = store.write(None, move |tx| {
            for n in 0..4_i64 {
                let mut order = crate::seed::order(8_000 + n, 1, n);
                (order.total, order.connector) = (Fen(1_000 + n), 1 + (n % 2) as u16);
                order.pile = PileId(101);
                tx.order_save(&order);
                let role = if n % 2 == 0 { MergeRole::Main } else { MergeRole::Auxiliary };
                // The last two under the same number, two hours later: another car.
                let at = NOON.plus_ms(n / 2 * 7_200_000);
                order_merges::insert(tx, (order.id, PileId(101)), merge, role, at)?;
            }
            Ok(())
        });
        begun.await.unwrap();
        let found = |merge_of, limit| {
            let wanted =
                OrderFilter { merge_of, to_ms: i64::MAX, limit, totals: true, ..OrderFilter::default() };
            store.read(move |conn| order_list(conn, &Scope::ALL, &wanted))
        };
        let list = found(Some(8_000), 10).await.unwrap();
        let ids: Vec<i64> = list.items.iter().map(|one| one.id).collect();
        assert_eq!(ids, [8_001, 8_000], "both began in the same second");
        assert_eq!(list.totals.unwrap().total_fen, 2_001, "the sum of the group");
        let first = list.items[1].merge.as_ref().unwrap();
        assert_eq!((first.role, first.others.len()), (MergeRole::Main, 1));
        assert_eq!((first.others[0].order_id, first.others[0].total_fen), (8_001, 1_001));
        // Page by page: nothing is shown twice or left out, and each row knows its other part.
        let first = found(Some(8_000), 1).await.unwrap();
        assert_eq!((first.items[0].id, first.total), (8_001, Some(2)));
        assert_eq!(first.items[0].merge.as_ref().unwrap().others[0].order_id, 8_000);
        assert!(first.next_cursor.is_some());
        assert!(found(Some(8_003), 10).await.unwrap().items.iter().all(|one| one.id > 8_001));
        assert!(found(Some(1), 10).await.unwrap().items.is_empty(), "an order that charged alone");
        let alone = found(None, 200).await.unwrap();
        assert!(alone.items.iter().filter(|one| one.id < 8_000).all(|one| one.merge.is_none()));
    }
}
