//! 个人信息: every table and every column of the database is in one of two lists: what can hold a person's data, and
//! where nobody's are. A table that is added without saying which fails here.

use crate::databases::{Database, databases};
use std::collections::{BTreeMap, BTreeSet};
use store::Source;
use store::personal::{ELSEWHERE, Erase, PARTS};

/// The columns of each table, as the migrations have made them, and whether they may be empty.
fn tables(db: &Database) -> BTreeMap<String, BTreeMap<String, bool>> {
    let sql = match db.source {
        Source::Sqlite(_) => {
            "SELECT t.name, c.name, c.\"notnull\" = 0 AND c.pk = 0 FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
        }
        Source::Postgres(_) => {
            "SELECT table_name::text, column_name::text, is_nullable = 'YES' FROM information_schema.columns \
             WHERE table_schema = 'public'"
        }
    };
    let mut all: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    let rows = db.conn().query(sql, &[], |row| Ok((row.text(0)?, row.text(1)?, row.bool(2)?))).unwrap();
    for (table, column, empty) in rows {
        all.entry(table).or_default().insert(column, empty);
    }
    all
}

#[test]
fn every_table_and_column_says_whether_a_person_can_be_in_it() {
    for db in databases() {
        db.store().close();
        let tables = tables(&db);
        assert!(tables.len() > 100, "{}", tables.len());
        let parts: BTreeSet<&str> = PARTS.iter().map(|table| table.name).collect();
        let elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|(name, _)| *name).collect();
        assert_eq!(parts.len(), PARTS.len(), "a table is in PARTS once");
        assert_eq!(elsewhere.len(), ELSEWHERE.len(), "a table is in ELSEWHERE once");
        let both: Vec<_> = parts.intersection(&elsewhere).collect();
        assert!(both.is_empty(), "{both:?} are in both lists");
        let known: BTreeSet<&str> = parts.union(&elsewhere).copied().collect();
        let all: BTreeSet<&str> = tables.keys().map(String::as_str).collect();
        let new: Vec<_> = all.difference(&known).collect();
        assert!(
            new.is_empty(),
            "say in personal::PARTS or personal::ELSEWHERE whether people are in {new:?}"
        );
        let lost: Vec<_> = known.difference(&all).collect();
        assert!(lost.is_empty(), "there are no such tables: {lost:?}");
        for table in PARTS {
            let said = table.parts.iter().map(|part| part.column).chain(table.facts()).chain(table.own());
            let said: Vec<&str> = said.collect();
            let once: BTreeSet<&str> = said.iter().copied().collect();
            assert_eq!(once.len(), said.len(), "{}: a column is said once", table.name);
            let columns: BTreeSet<&str> = tables[table.name].keys().map(String::as_str).collect();
            assert_eq!(once, columns, "{}: say what each of its columns is", table.name);
            for part in table.parts.iter().filter(|part| part.erase == Erase::Blank && !table.gone) {
                assert!(tables[table.name][part.column], "{}.{} cannot be empty", table.name, part.column);
            }
        }
        for (name, why) in ELSEWHERE {
            assert!(!why.is_empty(), "{name}: why not?");
        }
    }
}

#[test]
fn every_statement_can_be_run_on_both_databases() {
    use model::id::CustomerId;
    for db in databases() {
        let store = db.store();
        crate::databases::wait(async {
            let rows = store.read(|conn| store::personal::read(conn, CustomerId(1))).await.unwrap();
            assert!(rows.len() > 20 && rows.iter().all(|of| of.rows.is_empty()));
            assert!(
                store.read(|conn| store::personal::photos(conn, CustomerId(1))).await.unwrap().is_empty()
            );
            assert!(store.read(|conn| store::personal::ties(conn, CustomerId(1))).await.unwrap().is_empty());
            let write = store.write(None, |tx| store::personal::erase(tx, CustomerId(1), crate::scene::NOON));
            assert_eq!(write.await.unwrap(), 0, "nobody is there");
        });
        store.close();
    }
}
