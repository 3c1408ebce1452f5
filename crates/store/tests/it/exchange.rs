//! Lists that go out as files, and orders that come in from them, on both databases.

use crate::databases::{databases, wait};
use crate::scene::{self, NOON};
use model::access::{Area, Scope};
use model::error::Text;
use model::id::{OrderId, PileId, StationId};
use model::time::{DAY_MS, Timestamp};
use store::Store;
use store::exports::{self, Ending, ExportFilter, ExportFormat, ExportState, NewExport};
use store::imports::{self, ImportState, Progress};

fn new_export() -> NewExport {
    NewExport {
        noun: "order",
        query: [("state".to_owned(), "completed".to_owned())].into(),
        columns: vec!["order_no".to_owned()],
        format: ExportFormat::Csv,
        file_name: "订单.csv".to_owned(),
    }
}

#[test]
fn an_export_goes_through_its_states_and_is_its_owners_alone() {
    for database in databases() {
        let store = database.open();
        let id = wait(store.write(None, |tx| exports::insert(tx, 7, &new_export(), NOON))).unwrap();
        let done = wait(store.write(None, move |tx| {
            assert!(exports::progress(tx, id, 5, Some(9))?);
            let ending = Ending {
                state: ExportState::Done,
                rows: Some(9),
                size_bytes: Some(100),
                message: None,
                expires_at_ms: Some(NOON.as_ms() + DAY_MS),
            };
            assert!(exports::end(tx, id, &ending, NOON)?);
            assert!(!exports::progress(tx, id, 6, None)?, "it has ended");
            exports::end(tx, id, &ending, NOON)
        }));
        assert!(!done.unwrap(), "{}: once", database.name);
        let found = wait(store.read(move |conn| exports::get(conn, 7, id))).unwrap().unwrap();
        assert_eq!((found.rows_done, found.rows_total, found.state), (9, Some(9), ExportState::Done));
        assert_eq!((found.query.len(), found.columns.len()), (1, 1));
        assert!(wait(store.read(move |conn| exports::get(conn, 8, id))).unwrap().is_none());
        let early = Timestamp::from_ms(NOON.as_ms() + DAY_MS - 1);
        assert!(wait(store.write(None, move |tx| exports::expire(tx, early))).unwrap().is_empty());
        let late = Timestamp::from_ms(NOON.as_ms() + DAY_MS);
        assert_eq!(
            wait(store.write(None, move |tx| exports::expire(tx, late))).unwrap(),
            [(id, ExportFormat::Csv)]
        );
        // Another that is open ends with the words that the caller has for it.
        let text = Text::of("重启", "restart");
        let open = wait(store.write(None, move |tx| {
            let id = exports::insert(tx, 7, &new_export(), NOON)?;
            let message = Some(text.clone());
            let ending = Ending {
                state: ExportState::Failed,
                rows: None,
                size_bytes: None,
                message,
                expires_at_ms: None,
            };
            assert_eq!(exports::end_open(tx, &ending, NOON)?, 1);
            Ok(id)
        }));
        let wanted = ExportFilter { limit: 10, ..ExportFilter::default() };
        let page = wait(store.read(move |conn| exports::export_list(conn, 7, &wanted))).unwrap();
        assert_eq!((page.total, page.items[0].id), (Some(2), open.unwrap()));
        assert_eq!(page.items[0].message.as_ref().unwrap().zh, "重启");
        assert_eq!(wait(store.read(|conn| exports::open_count(conn, 7))).unwrap(), 0);
    }
}

#[test]
fn an_import_turns_from_state_to_state_and_its_orders_go_with_it() {
    for database in databases() {
        let store = database.open();
        scene::seed(&mut database.conn());
        let order = move || {
            let mut order = crate::seed::order(900_001, 1, 0);
            (order.pile, order.station, order.started_at) = (PileId(1), StationId(1), NOON);
            order.ended_at = Some(NOON.plus_ms(1_800_000));
            order
        };
        let id = wait(store.write(None, move |tx| {
            let id = imports::insert(tx, 7, Some(1), "a.csv", NOON)?;
            let progress = Progress { message: Some(Text::of("好", "good")), ..Progress::default() };
            assert!(imports::turn(
                tx,
                id,
                ImportState::Checking,
                ImportState::Checked,
                Some(&progress),
                NOON
            )?);
            assert!(!imports::turn(tx, id, ImportState::Checking, ImportState::Failed, None, NOON)?);
            tx.order_save(&order());
            imports::order_brought(tx, id, order().id, "补录")?;
            Ok(id)
        }))
        .unwrap();
        let own = Scope { operator: Some(model::id::OperatorId(1)), ..Scope::ALL };
        let other = Scope { operator: Some(model::id::OperatorId(2)), ..Scope::ALL };
        let found = wait(store.read(move |conn| imports::get(conn, &own, 7, id))).unwrap().unwrap();
        assert_eq!((found.state, found.message.unwrap().en.as_ref()), (ImportState::Checked, "good"));
        assert!(wait(store.read(move |conn| imports::get(conn, &other, 7, id))).unwrap().is_none());
        seen_and_settled(&store, database.name, id);
        let overlap = |from: i64, to: i64| {
            let span = (NOON.plus_ms(from), NOON.plus_ms(to));
            let asked = move |conn: &mut store::Conn| {
                imports::overlaps(conn, PileId(1), 1, span.0, span.1, NOON.plus_ms(DAY_MS))
            };
            wait(store.read(asked)).unwrap().map(|(id, _)| id)
        };
        assert_eq!(overlap(-1_000, 1), Some(OrderId(900_001)), "{}", database.name);
        assert_eq!(overlap(1_799_999, 9_000_000), Some(OrderId(900_001)));
        assert_eq!((overlap(-1_000, 0), overlap(1_800_000, 9_000_000)), (None, None), "they touch");
        let pile = wait(store.read(|conn| imports::pile(conn, &Scope::ALL, "CP-1"))).unwrap().unwrap();
        assert_eq!((pile.id, pile.rated_power_w), (PileId(1), 120_000));
        let left = wait(store.write(None, move |tx| {
            assert_eq!(tx.read(|conn| imports::brought(conn, id, 10))?.len(), 1);
            imports::order_remove(tx, OrderId(900_001))?;
            let left = tx.read(|conn| imports::brought(conn, id, 10))?.len();
            imports::interrupted(tx, &Text::of("中断", "interrupted"))?;
            Ok(left)
        }));
        assert_eq!(left.unwrap(), 0);
        assert!(wait(store.read(|conn| store::orders::get(conn, OrderId(900_001)))).unwrap().is_none());
        let all =
            move |conn: &mut store::Conn| imports::order_import_list(conn, &Scope::ALL, 7, None, None, 5);
        assert_eq!(wait(store.read(all)).unwrap().total, Some(1));
    }
}

/// Whose an import of staff 7 with the order 900001 at station 1 is, and that an invoice keeps the order.
fn seen_and_settled(store: &Store, name: &str, id: i64) {
    let few = Scope { area: Area::Stations { stations: vec![StationId(1)] }, ..Scope::ALL };
    let part = few.clone();
    assert!(wait(store.read(move |conn| imports::get(conn, &part, 8, id))).unwrap().is_none(), "another's");
    let sums = |scope: Scope| wait(store.read(move |conn| imports::brought_sums(conn, &scope, id))).unwrap();
    let elsewhere = Scope { area: Area::Stations { stations: vec![StationId(2)] }, ..Scope::ALL };
    assert_eq!((sums(few).orders, sums(elsewhere).orders), (1, 0), "{}", name);
    assert_eq!(sums(Scope::ALL).orders, 1);
    // An order that an invoice names stays.
    let settled = || wait(store.read(move |conn| imports::settled(conn, id))).unwrap();
    assert_eq!(settled(), None);
    let named = wait(store.write(None, move |tx| {
        let names = "INSERT INTO invoice_order (invoice_id, order_id, live) VALUES (1, 900001, $1)";
        tx.execute(names, &[true.into()])?;
        let left = tx.read(|conn| imports::brought(conn, id, 10))?.len();
        tx.execute("UPDATE invoice_order SET live = $1", &[false.into()])?;
        Ok((left, tx.read(|conn| imports::brought(conn, id, 10))?.len()))
    }));
    assert_eq!((named.unwrap(), settled().is_some()), ((0, 0), true));
    wait(store.write(None, |tx| tx.execute("DELETE FROM invoice_order", &[]))).unwrap();
}
