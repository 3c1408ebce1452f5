//! a database that an older program has left, with what piles and people had written into it, is brought to
//! this version without losing a row or a fen; and it can be read as before.

use crate::databases::{Database, databases};
use crate::scene::NOON;
use serde_json::Value;
use std::sync::Arc;
use store::migrate::{MIGRATIONS, migrate, migrate_until, ours};
use store::{Conn, Settings, Source, Store};

/// Left by the program whose last migration was the 56th: three piles, 28 sessions, 24 of them over.
const OLDER: i64 = 56;
const ROWS: &str = include_str!("../../testdata/schema-0056.jsonl");

/// Text of SQL that is the same to both: PostgreSQL reads what a column wants from it, SQLite stores it as the
/// column's kind.
fn literal(value: &Value, postgres: bool) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Number(number) => format!("'{number}'"),
        Value::Object(bytes) => {
            let hex = bytes["x"].as_str().unwrap();
            if postgres { format!("'\\x{hex}'") } else { format!("X'{hex}'") }
        }
        other => format!("'{}'", other.as_str().unwrap().replace('\'', "''")),
    }
}

/// The older program's tables with its rows: what its own migrations have put there goes first.
fn older(db: &Database) -> Vec<(String, i64)> {
    let mut conn = db.conn();
    migrate_until(&mut conn, NOON, OLDER).unwrap();
    let postgres = matches!(db.source, Source::Postgres(_));
    let (mut into, mut counts): (String, Vec<(String, i64)>) = (String::new(), Vec::new());
    conn.script("BEGIN").unwrap();
    for line in ROWS.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        if let Some(table) = row["table"].as_str() {
            let columns: Vec<&str> =
                row["columns"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
            into = format!("INSERT INTO {table} ({}) VALUES", columns.join(", "));
            conn.script(&format!("DELETE FROM {table}")).unwrap();
            counts.push((table.to_owned(), 0));
            continue;
        }
        let values: Vec<String> =
            row.as_array().unwrap().iter().map(|value| literal(value, postgres)).collect();
        conn.script(&format!("{into} ({})", values.join(", "))).unwrap();
        counts.last_mut().unwrap().1 += 1;
    }
    conn.script("COMMIT").unwrap();
    counts
}

fn count(conn: &mut Conn, table: &str) -> i64 {
    conn.one(&format!("SELECT COUNT(*) FROM {table}"), &[], |row| row.int(0)).unwrap()
}

/// Orders, energy, electricity, service, total.
fn sums(conn: &mut Conn) -> [i64; 5] {
    let sql = "SELECT COUNT(*), CAST(SUM(energy_dwh) AS BIGINT), CAST(SUM(electricity_fen) AS BIGINT), \
               CAST(SUM(service_fen) AS BIGINT), CAST(SUM(total_fen) AS BIGINT) FROM orders";
    conn.one(sql, &[], |row| Ok([row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?])).unwrap()
}

fn open(db: &Database) -> Store {
    Store::open(Settings::new(db.source.clone()), NOON, Arc::new(|_| {})).unwrap()
}

#[test]
fn r6_4_an_older_installation_is_upgraded_without_losing_a_row_or_a_fen() {
    for db in databases() {
        db.empty();
        let counts = older(&db);
        assert!(counts.len() > 30 && counts.contains(&("orders".to_owned(), 28)), "{counts:?}");
        let before = sums(&mut db.conn());
        assert_eq!(before[0], 28);
        assert!(before[4] > 0, "there is money in it");
        assert_eq!(
            engine::verify::verify_source(&db.source).unwrap_err().code,
            "database.older",
            "{}",
            db.name
        );

        open(&db).close();
        let mut conn = db.conn();
        assert_eq!(store::migrate::versions(&mut conn).unwrap(), (ours(), ours()));
        assert_eq!(sums(&mut conn), before, "{}", db.name);
        for (table, rows) in &counts {
            // A migration may add rows of its own; none of what was there is gone.
            assert!(count(&mut conn, table) >= *rows, "{}: {table}", db.name);
        }
        let verified = engine::verify::verify_source(&db.source).unwrap();
        assert_eq!(verified.orders, 24, "{}: the completed ones", db.name);
        assert!(verified.problems.is_empty(), "{}: {:?}", db.name, verified.problems);

        // Again, there is nothing to do, and the sessions that were running are still there to be ended.
        assert_eq!(migrate(&mut conn, NOON).unwrap(), Vec::<i64>::new());
        let running = "SELECT COUNT(*) FROM orders WHERE state = 'charging'";
        assert_eq!(conn.one(running, &[], |row| row.int(0)).unwrap(), 4, "{}", db.name);
    }
}

#[test]
fn r6_4_an_upgrade_that_stops_between_two_migrations_goes_on_from_there() {
    let between = MIGRATIONS.iter().map(|(number, _)| *number).find(|number| *number > OLDER + 2).unwrap();
    for db in databases() {
        db.empty();
        older(&db);
        let before = sums(&mut db.conn());
        let first = migrate_until(&mut db.conn(), NOON, between).unwrap();
        assert_eq!(first.last(), Some(&between));
        let second = migrate(&mut db.conn(), NOON).unwrap();
        assert_eq!(second.last(), Some(&ours()));
        assert!(second.iter().all(|number| !first.contains(number)));
        assert_eq!(sums(&mut db.conn()), before, "{}", db.name);
        assert!(engine::verify::verify_source(&db.source).unwrap().problems.is_empty(), "{}", db.name);
    }
}
