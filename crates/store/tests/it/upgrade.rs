//! a copy is kept before an upgrade, an older program leaves a newer database alone, and the way
//! back leads to the data from before.

use crate::databases::{Database, databases};
use crate::scene::NOON;
use model::error::Kind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::migrate::{MIGRATIONS, migrate, migrate_until, ours};
use store::upgrade::{FOLDER, upgrade_prepare, upgrade_undo};
use store::{Settings, Source, Store};

fn before_last() -> i64 {
    MIGRATIONS[MIGRATIONS.len() - 2].0
}

fn put(db: &Database, value: &str) {
    let sql = format!("INSERT INTO setting (name, value) VALUES ('of_test', '{value}')");
    db.conn().script(&sql).unwrap();
}

fn got(db: &Database) -> String {
    db.conn().one("SELECT value FROM setting WHERE name = 'of_test'", &[], |row| row.text(0)).unwrap()
}

fn folder(db: &Database) -> PathBuf {
    let Source::Sqlite(file) = &db.source else { panic!("a file is wanted") };
    file.parent().unwrap().join(FOLDER)
}

fn kept(db: &Database, first: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder(db)) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.starts_with(first));
    names.sort();
    names
}

#[test]
fn r6_4_a_newer_database_is_refused_in_words_and_left_as_it_is() {
    for db in databases() {
        db.empty();
        migrate(&mut db.conn(), NOON).unwrap();
        db.conn().script("INSERT INTO migration (number, at_ms) VALUES (9999, 5)").unwrap();
        let rows = |db: &Database| {
            db.conn().query("SELECT number, at_ms FROM migration ORDER BY number", &[], |row| {
                Ok((row.int(0)?, row.int(1)?))
            })
        };
        let before = rows(&db).unwrap();
        let opened = Store::open(Settings::new(db.source.clone()), NOON, Arc::new(|_| {}));
        let refused = [
            migrate(&mut db.conn(), NOON).unwrap_err(),
            opened.err().expect("it must not be opened"),
            store::migrate::same_version(&mut db.conn()).unwrap_err(),
        ];
        for error in refused {
            assert_eq!((error.code, error.kind), ("database.newer", Kind::Refused), "{}", db.name);
            assert!(error.text.zh.contains("9999") && error.text.en.contains("9999"), "{}", error.text.en);
        }
        if matches!(db.source, Source::Sqlite(_)) {
            assert_eq!(upgrade_prepare(&db.source, 2, NOON).unwrap_err().code, "database.newer");
            assert_eq!(kept(&db, ""), Vec::<String>::new());
        }
        assert_eq!(rows(&db).unwrap(), before);
        // A number between ours that we never had is somebody else's as well.
        db.conn().script("DELETE FROM migration WHERE number = 9999").unwrap();
        db.conn().script("INSERT INTO migration (number, at_ms) VALUES (0, 5)").unwrap();
        assert_eq!(migrate(&mut db.conn(), NOON).unwrap_err().code, "database.newer");
    }
}

#[test]
fn r6_4_an_older_database_is_told_to_who_only_reads() {
    for db in databases() {
        db.empty();
        migrate_until(&mut db.conn(), NOON, before_last()).unwrap();
        let told = store::migrate::same_version(&mut db.conn()).unwrap_err();
        assert_eq!(told.code, "database.older");
        assert_eq!(migrate(&mut db.conn(), NOON).unwrap(), [ours()]);
        store::migrate::same_version(&mut db.conn()).unwrap();
    }
}

#[test]
fn r6_4_a_copy_is_kept_only_when_something_is_about_to_change() {
    for db in databases().into_iter().filter(|db| matches!(db.source, Source::Sqlite(_))) {
        db.empty();
        // No file, and a file without tables: there is nothing to lose.
        assert_eq!(upgrade_prepare(&db.source, 2, NOON).unwrap(), None);
        drop(db.conn());
        assert_eq!(upgrade_prepare(&db.source, 2, NOON).unwrap(), None);
        migrate_until(&mut db.conn(), NOON, before_last()).unwrap();
        put(&db, "before");
        assert_eq!(upgrade_prepare(&db.source, 0, NOON).unwrap(), None, "not wanted");
        let copy = upgrade_prepare(&db.source, 2, NOON).unwrap().expect("a copy");
        assert_eq!((copy.version, copy.path.parent()), (before_last(), Some(folder(&db).as_path())));
        assert!(copy.bytes > 100_000 && store::archive::integrity(&copy.path).unwrap().is_empty());
        migrate(&mut db.conn(), NOON).unwrap();
        assert_eq!(upgrade_prepare(&db.source, 2, NOON).unwrap(), None, "up to date");
    }
}

#[test]
fn r6_4_the_oldest_copies_go_and_the_newest_stays_whatever_the_clock_says() {
    for db in databases().into_iter().filter(|db| matches!(db.source, Source::Sqlite(_))) {
        db.empty();
        migrate_until(&mut db.conn(), NOON, before_last()).unwrap();
        for day in 0..4 {
            let at = NOON.plus(Duration::from_secs(day * 86_400));
            upgrade_prepare(&db.source, 2, at).unwrap().expect("a copy");
        }
        assert_eq!(kept(&db, "pileops-").len(), 2);
        assert!(kept(&db, "pileops-")[1].contains("20260718"), "{:?}", kept(&db, ""));
        // A clock that went back: what was made just now is not the one that goes.
        let back = upgrade_prepare(&db.source, 1, NOON).unwrap().expect("a copy");
        assert_eq!(kept(&db, "pileops-"), [back.path.file_name().unwrap().to_str().unwrap()]);
        assert!(back.path.exists());
    }
}

#[test]
fn r6_4_a_copy_that_cannot_be_made_stops_the_upgrade() {
    for db in databases().into_iter().filter(|db| matches!(db.source, Source::Sqlite(_))) {
        db.empty();
        migrate_until(&mut db.conn(), NOON, before_last()).unwrap();
        // Where the folder should be there is a file, as on a disk that takes nothing more.
        std::fs::write(folder(&db), "in the way").unwrap();
        let refused = upgrade_prepare(&db.source, 2, NOON).unwrap_err();
        assert_eq!(refused.code, "upgrade.no_copy");
        assert!(refused.text.zh.contains("upgrade_copies"), "the way out: {}", refused.text.zh);
        assert_eq!(store::migrate::versions(&mut db.conn()).unwrap().0, before_last());
    }
}

#[test]
fn r6_4_the_way_back_leads_to_the_data_from_before_and_keeps_the_data_from_after() {
    for db in databases().into_iter().filter(|db| matches!(db.source, Source::Sqlite(_))) {
        db.empty();
        let none = upgrade_undo(&db.source, None, NOON).unwrap_err();
        assert_eq!(none.code, "upgrade.none_kept");
        migrate_until(&mut db.conn(), NOON, before_last()).unwrap();
        put(&db, "before");
        upgrade_prepare(&db.source, 2, NOON).unwrap().expect("a copy");
        migrate(&mut db.conn(), NOON).unwrap();
        db.conn().script("UPDATE setting SET value = 'after' WHERE name = 'of_test'").unwrap();
        let number = |db: &Database| {
            let sql = "SELECT next_id FROM id_lease WHERE noun = 'dialect'";
            db.conn().one(sql, &[], |row| row.int(0)).unwrap()
        };
        let dialect = number(&db);

        let done = upgrade_undo(&db.source, None, NOON).unwrap();
        assert_eq!((done.copy.version, done.left_version), (before_last(), ours()));
        assert_eq!(got(&db), "before");
        assert_eq!(store::migrate::versions(&mut db.conn()).unwrap().0, before_last());
        assert_eq!(number(&db), dialect, "numbers that nobody outside knows go on as they were");
        assert!(done.copy.path.exists(), "the copy may be wanted again");
        // What was written since is beside it, whole.
        let left = Source::Sqlite(done.left);
        let value = store::Conn::open(&left, store::db::Purpose::Read).and_then(|mut conn| {
            conn.one("SELECT value FROM setting WHERE name = 'of_test'", &[], |row| row.text(0))
        });
        assert_eq!(value.unwrap(), "after");
        // A second time would put the days since aside; whoever wants that says which copy.
        db.conn().script("UPDATE setting SET value = 'worked on' WHERE name = 'of_test'").unwrap();
        assert_eq!(upgrade_undo(&db.source, None, NOON).unwrap_err().code, "upgrade.not_newer");
        assert_eq!(got(&db), "worked on");
        let again = upgrade_undo(&db.source, Some(&done.copy.path), NOON).unwrap();
        assert_eq!((got(&db).as_str(), again.left_version), ("before", before_last()));
        // Up again, and the numbers of the copies tell which is which.
        upgrade_prepare(&db.source, 2, NOON.plus(Duration::from_secs(1))).unwrap().expect("a copy");
        migrate(&mut db.conn(), NOON).unwrap();
        assert_eq!(got(&db), "before");
    }
}

/// Where there is a backup place, the log is folded by nobody else: what stands in it goes with its own database.
#[test]
fn r6_4_the_way_back_takes_a_log_that_was_not_folded_with_it() {
    for db in databases().into_iter().filter(|db| matches!(db.source, Source::Sqlite(_))) {
        db.empty();
        migrate_until(&mut db.conn(), NOON, before_last()).unwrap();
        put(&db, "before");
        upgrade_prepare(&db.source, 2, NOON).unwrap().expect("a copy");
        std::fs::create_dir_all(folder(&db).with_file_name(store::archive::FOLDER)).unwrap();
        migrate(&mut db.conn(), NOON).unwrap();
        db.conn().script("UPDATE setting SET value = 'after' WHERE name = 'of_test'").unwrap();
        let Source::Sqlite(file) = &db.source else { panic!("a file is wanted") };
        let log = file.with_extension("db-wal");
        assert!(std::fs::metadata(&log).unwrap().len() > 0, "what was written last stands in the log");
        let done = upgrade_undo(&db.source, None, NOON).unwrap();
        assert!(!log.exists(), "a log beside another database than its own ruins both");
        assert_eq!(got(&db), "before");
        assert!(store::archive::integrity(file).unwrap().is_empty());
        assert!(store::archive::integrity(&done.left).unwrap().is_empty());
        let left =
            store::Conn::open(&Source::Sqlite(done.left), store::db::Purpose::Read).and_then(|mut conn| {
                conn.one("SELECT value FROM setting WHERE name = 'of_test'", &[], |row| row.text(0))
            });
        assert_eq!(left.unwrap(), "after");
    }
}

#[test]
fn r6_4_what_is_no_copy_is_put_nowhere() {
    for db in databases() {
        db.empty();
        if !matches!(db.source, Source::Sqlite(_)) {
            assert_eq!(upgrade_undo(&db.source, None, NOON).unwrap_err().code, "upgrade.postgres");
            continue;
        }
        migrate(&mut db.conn(), NOON).unwrap();
        put(&db, "mine");
        let beside = folder(&db).with_file_name("beside.db");
        for text in ["", "no database at all, but long enough to be looked at as if it were one"] {
            std::fs::write(&beside, text).unwrap();
            let refused = upgrade_undo(&db.source, Some(&beside), NOON).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("copy"), "{text:?}: {}", refused.text.en);
        }
        std::fs::remove_file(&beside).unwrap();
        assert_eq!(upgrade_undo(&db.source, Some(&beside), NOON).unwrap_err().field.as_deref(), Some("copy"));
        assert_eq!(got(&db), "mine");
    }
}
