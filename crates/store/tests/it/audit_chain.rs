//! The chain of the audit log: one order whatever writer appends, and every row that is not as it was
//! written is found.

use crate::databases::{Database, databases, wait};
use crate::scene::NOON;
use model::id::PileId;
use std::sync::Arc;
use store::audit::{self, Entry};
use store::audit_chain::{Checked, check};
use store::{Source, Store};

fn entry(n: i64) -> Entry {
    Entry {
        at_ms: NOON.as_ms() + n,
        staff_id: (n % 2 == 0).then_some(n),
        staff_name: format!("张\0{n}"),
        action: "pile_update",
        noun: "pile",
        key: n.to_string(),
        success: true,
        detail: format!("{{\"before\":{{\"name\":\"{n}\"}}}}"),
        remote_address: "10.0.0.1".to_owned(),
    }
}

/// Appended by all writers at once, some of them together with jobs that fail.
fn filled(store: &Arc<Store>, rows: i64) {
    wait(async {
        let tasks: Vec<_> = (0..rows)
            .map(|n| {
                let store = Arc::clone(store);
                tokio::spawn(async move {
                    let failing = store.write(Some(PileId(n)), move |tx| {
                        audit::append(tx, &entry(-n))?;
                        Err::<(), _>(model::Error::internal())
                    });
                    assert!(failing.await.is_err());
                    store.write(Some(PileId(n)), move |tx| audit::append(tx, &entry(n))).await.unwrap();
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn checked(db: &Database) -> Checked {
    check(&mut db.conn()).unwrap()
}

fn spoiled(db: &Database, sql: &str) -> Vec<String> {
    db.conn().script(sql).unwrap();
    checked(db).problems
}

#[test]
fn several_writers_make_one_chain() {
    for db in databases() {
        let store = Arc::new(db.store_of(4));
        filled(&store, 60);
        let whole = checked(&db);
        assert_eq!((whole.rows, whole.problems), (60, Vec::<String>::new()), "{}", db.name);
        assert_eq!(whole.head.len(), 64);
        // What is appended later stands behind it, also after a new start.
        Arc::into_inner(store).unwrap().close();
        let store = Arc::new(db.store());
        filled(&store, 1);
        let more = checked(&db);
        assert_eq!((more.rows, more.problems.len()), (61, 0));
        assert_ne!(more.head, whole.head);
    }
}

#[test]
fn a_row_that_was_changed_removed_or_moved_is_found() {
    for db in databases() {
        let store = Arc::new(db.store());
        filled(&store, 10);
        Arc::into_inner(store).unwrap().close();
        let yes = if matches!(db.source, Source::Sqlite(_)) { "1" } else { "TRUE" };
        let no = if matches!(db.source, Source::Sqlite(_)) { "0" } else { "FALSE" };
        for (column, other) in [
            ("at_ms", "at_ms + 1"),
            ("staff_id", "77"),
            ("staff_name", "'李'"),
            ("action", "'x'"),
            ("noun", "'x'"),
            ("key", "'x'"),
            ("success", no),
            ("detail", "'{}'"),
            ("remote_address", "''"),
            ("id", "id + 1000"),
        ] {
            let keep = "CREATE TABLE kept AS SELECT * FROM audit WHERE chain_no = 4";
            let change = format!("{keep}; UPDATE audit SET {column} = {other} WHERE chain_no = 4");
            let found = spoiled(&db, &change);
            assert!(found.len() == 1 && found[0].contains("row 4 "), "{column}: {found:?}");
            let back = format!(
                "UPDATE audit SET {column} = (SELECT {column} FROM kept) WHERE chain_no = 4; DROP TABLE kept"
            );
            assert_eq!(spoiled(&db, &back), Vec::<String>::new(), "{column} is as it was");
        }
        // Two rows that changed places.
        let swap = |from: i64, to: i64| {
            format!(
                "UPDATE audit SET chain_no = -1 WHERE chain_no = {from}; \
                 UPDATE audit SET chain_no = {from} WHERE chain_no = {to}; \
                 UPDATE audit SET chain_no = {to} WHERE chain_no = -1;"
            )
        };
        let moved = spoiled(&db, &swap(2, 3));
        assert!(moved[0].contains("row 2 ") && moved[1].contains("row 3 "), "{moved:?}");
        assert_eq!(spoiled(&db, &swap(2, 3)), Vec::<String>::new());
        // One that nobody wrote, and the same in the chain.
        let forge = format!(
            "INSERT INTO audit (id, at_ms, staff_name, action, noun, key, success, detail, remote_address) \
             VALUES (900, 1, '', 'x', 'x', 'x', {yes}, '{{}}', '')"
        );
        assert!(spoiled(&db, &forge)[0].starts_with("1 rows"));
        assert_eq!(spoiled(&db, "DELETE FROM audit WHERE id = 900"), Vec::<String>::new());
        // Cut out of the middle, and off the end.
        let gone = spoiled(&db, "DELETE FROM audit WHERE chain_no = 6");
        assert_eq!(gone, ["rows 6 to 6 of the audit log are missing"]);
        let gone = spoiled(&db, "DELETE FROM audit WHERE chain_no > 8");
        assert_eq!(gone[1], "rows 9 to 10 of the audit log are missing");
        let gone = spoiled(&db, "UPDATE audit_head SET chain_no = 8");
        assert_eq!(gone[1], "the end of the audit log is not what was written last");
    }
}

#[test]
fn rows_from_before_there_was_a_chain_become_its_beginning() {
    for db in databases() {
        let store = Arc::new(db.store());
        filled(&store, 3);
        Arc::into_inner(store).unwrap().close();
        let before =
            "UPDATE audit SET chain_no = NULL, hash = NULL; UPDATE audit_head SET chain_no = 0, hash = ''";
        assert!(spoiled(&db, before)[0].starts_with("3 rows"));
        let store = Arc::new(db.store());
        assert_eq!(checked(&db).problems, Vec::<String>::new());
        filled(&store, 2);
        let whole = checked(&db);
        assert_eq!((whole.rows, whole.problems.len()), (5, 0));
    }
}
