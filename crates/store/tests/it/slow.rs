//! Statements that take long are known by their shape and by whose they were; and what the writers count.

use crate::databases::{databases, wait};
use model::trace::{Traces, within};
use std::time::Duration;
use store::outboxes;
use store::slow::SLOW;

#[test]
fn a_slow_statement_is_known_by_its_shape_and_for_whom_it_was() {
    SLOW.set_threshold(Duration::from_millis(20));
    for (number, db) in databases().into_iter().enumerate() {
        let store = db.store();
        let trace = Traces::new([9; 16]).next();
        let own = format!("probe{number}");
        let sql = format!(
            "WITH RECURSIVE {own} (x) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT x + 1 FROM {own} WHERE x < $1) \
             SELECT COUNT(*) FROM {own} WHERE '13977770001' <> ''"
        );
        let counted = within(
            Some(trace),
            store.read(move |conn| conn.one(&sql, &[1_000_000_i64.into()], |row| row.int(0))),
        );
        assert_eq!(wait(counted).unwrap(), 1_000_000);
        let list = SLOW.list();
        let (name, found) = list.iter().find(|(_, one)| one.shape.contains(&own)).unwrap();
        assert!(name.starts_with(&format!("with_{own}_")), "{name}");
        assert_eq!((found.count, found.worst_rows), (1, Some(1)));
        assert_eq!(found.worst_trace, Some(trace.to_string()));
        assert!(found.worst_us >= 20_000 && !found.shape.contains("1397"), "{found:?}");
        store.close();
    }
}

#[test]
fn what_is_written_is_counted_and_nothing_is_left_waiting() {
    for db in databases() {
        let store = db.store();
        for _ in 0..3 {
            wait(store.write(None, |tx| tx.execute("UPDATE setting SET value = value", &[]).map(drop)))
                .unwrap();
        }
        assert!(store.figures.commit.spread().counts.iter().sum::<u64>() >= 3);
        assert!(store.figures.batch.spread().sum >= 3);
        assert_eq!(store.figures.waiting_count(), 0);
        let refused =
            wait(store.write(None, |tx| tx.execute("UPDATE no_such_table SET x = 1", &[]).map(drop)));
        assert!(refused.is_err());
        assert_eq!(store.figures.waiting_count(), 0, "what failed does not wait either");
        store.close();
    }
}

#[test]
fn the_size_of_everything_is_told_on_both_databases() {
    for db in databases() {
        let store = db.store();
        let now = model::time::Timestamp::from_ms(1_000_000);
        let watched = wait(store.read(move |conn| outboxes::watched(conn, now))).unwrap();
        assert!(watched.database_bytes > 100_000, "{watched:?}");
        assert_eq!(watched.orders_open, 0);
        let names: Vec<_> = watched.outboxes.iter().map(|one| (one.name, one.count, one.oldest_ms)).collect();
        let empty =
            ["mail_alarm", "mail_report", "mail_invoice", "webhook", "invoice"].map(|name| (name, 0, None));
        assert_eq!(names, empty);
        wait(store.write(None, |tx| {
            let sql = "INSERT INTO mail (id, noun, noun_id, address, state, created_at_ms) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
            for (id, at_ms) in [(1_i64, 7_000_i64), (2, 5_000)] {
                tx.execute(
                    sql,
                    &[
                        id.into(),
                        "alarm".into(),
                        1_i64.into(),
                        "a@b.cn".into(),
                        "waiting".into(),
                        at_ms.into(),
                    ],
                )?;
            }
            Ok(())
        }))
        .unwrap();
        let all = wait(store.read(move |conn| outboxes::outboxes(conn, now))).unwrap();
        assert_eq!((all[0].count, all[0].oldest_ms), (2, Some(5_000)));
        let (sizes, migrations) =
            wait(store.read(|conn| Ok((outboxes::table_sizes(conn)?, outboxes::migrations(conn)?)))).unwrap();
        assert!(sizes.len() > 50 && sizes.iter().any(|one| one.table == "frame"), "{sizes:?}");
        assert_eq!(migrations.len(), store::migrate::MIGRATIONS.len());
        store.close();
    }
}
