//! The seam between one SQL and two databases, and what happens when the database goes away.

use crate::databases::{databases, postgres, wait};
use model::error::Kind;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use store::db::{Insert, Inserts, Purpose};
use store::{Conn, DbError, Source, Value};

static ROW: Insert = Insert {
    table: "thing",
    columns: &["id", "name", "yes", "body"],
    on_conflict: "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
};
static LOG: Insert = Insert { table: "log", columns: &["no", "what"], on_conflict: "" };

fn thing<'a>(id: i64, name: Option<&'a str>, yes: bool, body: &'a [u8]) -> [Value<'a>; 4] {
    [id.into(), name.into(), yes.into(), body.into()]
}

fn tables(conn: &mut Conn) {
    conn.script(&conn.dialect(
        "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT, yes BOOLEAN NOT NULL, body BYTEA NOT NULL); \
             CREATE TABLE log (no BIGINT NOT NULL UNIQUE, what TEXT NOT NULL)",
    ))
    .unwrap();
}

#[test]
fn a_pipeline_of_many_inserts_and_rows_is_written_whole_or_not_at_all() {
    for db in databases() {
        let mut conn = db.conn();
        tables(&mut conn);
        let body: Vec<u8> = (0..=255).collect();
        // 40 inserts of 1 to 200 rows, none of them twice.
        let mut inserts = Vec::new();
        for n in 0..40i64 {
            let rows = 1 + n * 5;
            let rows = (0..rows).map(|row| n * 1_000 + row + 1);
            let values = rows.flat_map(|id| thing(id, Some("x"), id % 2 == 0, &body)).collect();
            inserts.push(Inserts { insert: &ROW, values });
            inserts.push(Inserts { insert: &LOG, values: vec![n.into(), "n".into()] });
        }
        conn.pipeline(true, &inserts, true).unwrap();
        let expected: i64 = (0..40).map(|n| 1 + n * 5).sum();
        let count = |conn: &mut Conn| conn.one("SELECT COUNT(*) FROM thing", &[], |row| row.int(0)).unwrap();
        assert_eq!(count(&mut conn), expected);
        assert_eq!(conn.one("SELECT COUNT(*) FROM log", &[], |row| row.int(0)).unwrap(), 40);
        // What is there already is renamed, beside rows that are new, before and after other statements.
        conn.pipeline(true, &[], false).unwrap();
        let again: Vec<Value<'_>> =
            [1, 50_000].iter().flat_map(|id| thing(*id, Some("y"), true, &[])).collect();
        conn.pipeline(false, &[Inserts { insert: &ROW, values: again }], false).unwrap();
        let named = "SELECT COUNT(*) FROM thing WHERE name = 'y'";
        assert_eq!(conn.one(named, &[], |row| row.int(0)).unwrap(), 2);
        conn.pipeline(false, &[], true).unwrap();
        assert_eq!(count(&mut conn), expected + 1);
        // One bad row in the middle: nothing of it stays, although the COMMIT was sent with it.
        let bad = [
            Inserts { insert: &ROW, values: thing(-1, None, true, &[]).to_vec() },
            Inserts { insert: &LOG, values: vec![0.into(), "again".into()] },
            Inserts { insert: &ROW, values: thing(-2, None, true, &[]).to_vec() },
        ];
        let refused = conn.pipeline(true, &bad, true);
        assert!(matches!(refused, Err(DbError::Unique(_))), "{refused:?}");
        let _ = conn.script("ROLLBACK");
        assert_eq!(count(&mut conn), expected + 1);
        conn.pipeline(true, &bad[..1], true).unwrap();
        assert_eq!(count(&mut conn), expected + 2, "the connection is good for the next one");
    }
}

#[test]
fn every_kind_of_value_comes_back_as_it_went() {
    for db in databases() {
        let mut conn = db.conn();
        tables(&mut conn);
        let long = "长".repeat(50_000);
        let cases: [(i64, Option<&str>, bool, &[u8]); 5] = [
            (i64::MIN, None, false, &[]),
            (i64::MAX, Some(""), true, &[0, 255, 0]),
            (0, Some("'; DROP TABLE thing; --"), false, b"\\x00"),
            (1, Some("a\0b\0"), true, &[0]),
            (2, Some(&long), true, &[7; 100_000]),
        ];
        for (id, name, yes, body) in cases {
            conn.execute(
                "INSERT INTO thing (id, name, yes, body) VALUES ($1, $2, $3, $4)",
                &thing(id, name, yes, body),
            )
            .unwrap();
            let sql = "SELECT id, name, yes, body FROM thing WHERE id = $1 AND yes = $2";
            let read =
                |row: &store::Row<'_>| Ok((row.int(0)?, row.text_opt(1)?, row.bool(2)?, row.bytes(3)?));
            let found = conn.find(sql, &[id.into(), yes.into()], read).unwrap().unwrap();
            let name = name.map(|name| name.replace('\0', "\u{2400}"));
            assert_eq!(found, (id, name, yes, body.to_vec()));
        }
        // A parameter may be used twice, and a null compares with nothing.
        let twice = conn
            .one(
                "SELECT COUNT(*) FROM thing WHERE id = $1 OR id = $2 OR id = $1",
                &[0.into(), 1.into()],
                |r| r.int(0),
            )
            .unwrap();
        assert_eq!(twice, 2);
        // What does not fit is a fault of ours with a name, not a panic.
        let wrong: [DbError; 4] = [
            conn.execute("INSERT INTO thing (id, name, yes, body) VALUES ($1, $2, $3, $4)", &[1.into()])
                .unwrap_err(),
            conn.execute("INSERT INTO nothing (id) VALUES ($1)", &[1.into()]).unwrap_err(),
            conn.query("SELECT name FROM thing WHERE id = $1", &[i64::MIN.into()], |r| r.text(0))
                .unwrap_err(),
            conn.query("SELECT name FROM thing WHERE id = $1", &[0.into()], |r| r.int(0)).unwrap_err(),
        ];
        for error in wrong {
            assert!(matches!(error, DbError::Fault(_)), "{error}");
        }
        let again = conn.execute(
            "INSERT INTO thing (id, name, yes, body) VALUES ($1, $2, $3, $4)",
            &thing(0, None, true, &[]),
        );
        assert!(matches!(again, Err(DbError::Unique(_))), "{again:?}");
    }
}

#[test]
fn a_reader_cannot_write() {
    for db in databases() {
        let store = db.store();
        for sql in [
            "INSERT INTO setting (name, value) VALUES ('a', 'b')",
            "DELETE FROM setting",
            "CREATE TABLE x (y BIGINT)",
        ] {
            let tried = wait(store.read(move |conn| conn.execute(sql, &[])));
            assert!(tried.is_err(), "{sql}");
        }
        let count = wait(store.read(|conn| conn.one("SELECT COUNT(*) FROM setting", &[], |r| r.int(0))));
        assert_eq!(count.unwrap(), 0);
    }
}

/// A door to PostgreSQL that can be shut.
struct Door {
    open: Arc<Mutex<bool>>,
    links: Arc<Mutex<Vec<TcpStream>>>,
    port: u16,
}

impl Door {
    fn to(server: String) -> Door {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let door = Door { open: Arc::new(Mutex::new(true)), links: Arc::default(), port };
        let (open, links) = (Arc::clone(&door.open), Arc::clone(&door.links));
        std::thread::spawn(move || {
            for link in listener.incoming().map_while(Result::ok) {
                let far = TcpStream::connect(&server).unwrap();
                if !*open.lock().unwrap() {
                    continue;
                }
                for (from, to) in [(&link, &far), (&far, &link)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    std::thread::spawn(move || carry(from, to));
                }
                links.lock().unwrap().extend([link, far]);
            }
        });
        door
    }

    fn shut(&self) {
        *self.open.lock().unwrap() = false;
        for link in self.links.lock().unwrap().drain(..) {
            let _ = link.shutdown(Shutdown::Both);
        }
    }

    fn reopen(&self) {
        *self.open.lock().unwrap() = true;
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16_384];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

fn note(store: &store::Store, name: &'static str) -> model::Result<u64> {
    wait(store.write(None, move |tx| {
        tx.execute("INSERT INTO setting (name, value) VALUES ($1, '')", &[name.into()])
    }))
}

fn noted(conn: &mut Conn) -> Vec<String> {
    conn.query("SELECT name FROM setting ORDER BY name", &[], |r| r.text(0)).unwrap()
}

#[test]
fn without_postgresql_everyone_is_told_so_and_work_goes_on_when_it_is_back() {
    if postgres().is_none() {
        eprintln!("PILEOPS_TEST_PG is not set: skipped");
        return;
    }
    for db in databases() {
        let Source::Postgres(url) = &db.source else { continue };
        let (front, name) = url.rsplit_once('/').unwrap();
        let (user, server) = front.rsplit_once('@').unwrap();
        let door = Door::to(server.to_owned());
        let source = Source::Postgres(format!("{user}@127.0.0.1:{}/{name}", door.port));
        let settings = store::Settings::new(source);
        let store = store::Store::open(settings, crate::scene::NOON, Arc::new(|_| {})).unwrap();
        note(&store, "before").unwrap();
        assert!(wait(store.read(|conn| conn.one("SELECT 1::bigint", &[], |r| r.int(0)))).is_ok());
        door.shut();
        for name in ["lost 1", "lost 2"] {
            assert_eq!(note(&store, name).unwrap_err().kind, Kind::Unavailable);
        }
        for _ in 0..4 {
            let asked = wait(store.read(|conn| conn.one("SELECT 1::bigint", &[], |r| r.int(0))));
            assert_eq!(asked.unwrap_err().kind, Kind::Unavailable);
        }
        door.reopen();
        note(&store, "after").unwrap();
        for _ in 0..4 {
            let asked = wait(store.read(|conn| conn.one("SELECT 1::bigint", &[], |r| r.int(0))));
            assert_eq!(asked, Ok(1));
        }
        assert_eq!(noted(&mut db.conn()), ["after", "before"]);
    }
}

#[test]
fn a_sqlite_file_that_another_program_holds_is_unavailable_and_then_not() {
    let db = databases().remove(0);
    let store = db.store();
    note(&store, "before").unwrap();
    let mut other = db.conn();
    other.script("BEGIN IMMEDIATE").unwrap();
    // It can be read, which is not enough to be ready.
    let check = async { tokio::time::timeout(std::time::Duration::from_millis(500), store.check()).await };
    assert!(!matches!(wait(check), Ok(Ok(()))));
    assert_eq!(note(&store, "lost").unwrap_err().kind, Kind::Unavailable);
    other.script("ROLLBACK").unwrap();
    note(&store, "after").unwrap();
    assert_eq!(wait(store.check()), Ok(()));
    other.script("DELETE FROM setting WHERE name = 'checked'").unwrap();
    assert_eq!(noted(&mut other), ["after", "before"]);
}

#[test]
fn a_database_that_is_not_there_is_unavailable() {
    let nowhere = [
        Source::Sqlite("/nonexistent/folder/pileops.db".into()),
        Source::Postgres("postgres://nobody:x@127.0.0.1:1/none".to_owned()),
    ];
    for source in nowhere {
        let opened = Conn::open(&source, Purpose::Write);
        assert!(matches!(opened, Err(DbError::Unavailable(_))), "{source:?}");
    }
}
