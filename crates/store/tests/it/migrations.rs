//! The migrations give the same tables on both databases, and may be run again.

use crate::databases::{Database, databases};
use crate::scene::NOON;
use store::Source;
use store::migrate::{MIGRATIONS, migrate};

/// `table.column type null` of every column, with SQLite's words for the types.
fn columns(db: &Database) -> Vec<String> {
    let mut conn = db.conn();
    let sql = match db.source {
        Source::Sqlite(_) => {
            "SELECT t.name || '.' || c.name || ' ' || c.type || \
             CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN '' ELSE ' null' END \
             FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY 1"
        }
        Source::Postgres(_) => {
            "SELECT table_name || '.' || column_name || ' ' || upper(data_type) || \
             CASE WHEN is_nullable = 'NO' THEN '' ELSE ' null' END COLLATE \"C\" \
             FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    let mut all = conn.query(sql, &[], |row| row.text(0)).unwrap();
    all.iter_mut().for_each(|column| *column = column.replace(" INTEGER", " BIGINT"));
    all.sort();
    all
}

/// Names of indexes that the migrations name themselves.
fn indexes(db: &Database) -> Vec<String> {
    let sql = match db.source {
        Source::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        Source::Postgres(_) => {
            "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' \
             AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key'"
        }
    };
    let mut all = db.conn().query(sql, &[], |row| row.text(0)).unwrap();
    all.sort();
    all
}

#[test]
fn both_databases_get_the_same_tables_and_a_second_run_does_nothing() {
    let numbers: Vec<i64> = MIGRATIONS.iter().map(|(number, _)| *number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "in order: {numbers:?}");
    let mut seen: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for db in databases() {
        db.empty();
        assert_eq!(migrate(&mut db.conn(), NOON).unwrap(), numbers);
        let first = (columns(&db), indexes(&db));
        assert!(first.0.len() > 100 && first.1.len() > 10, "{first:?}");
        assert_eq!(
            migrate(&mut db.conn(), NOON).unwrap(),
            Vec::<i64>::new(),
            "the second run has nothing to do"
        );
        db.store().close();
        assert_eq!((columns(&db), indexes(&db)), first, "nor has a store that is opened");
        seen.push(first);
    }
    for pair in seen.windows(2) {
        assert_eq!(pair[0].0, pair[1].0);
        assert_eq!(pair[0].1, pair[1].1);
    }
}
