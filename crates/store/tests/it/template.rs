//! A database that has had every migration is made once in a run and copied for each test: migrating anew
//! takes half a second each time.

use model::time::Timestamp;
use std::path::Path;
use std::sync::OnceLock;
use store::db::Purpose;
use store::migrate::migrate;
use store::{Conn, Source};

fn migrated(source: &Source) -> Conn {
    let mut conn = Conn::open(source, Purpose::Write).unwrap();
    migrate(&mut conn, Timestamp::from_ms(0)).unwrap();
    conn
}

/// A file of SQLite at this place.
pub fn sqlite(at: &Path) -> Source {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = MADE.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("pileops_template_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("pileops.db");
        migrated(&Source::Sqlite(path.clone())).script("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let _ = std::fs::remove_dir_all(&folder);
        bytes
    });
    std::fs::write(at, bytes).unwrap();
    Source::Sqlite(at.to_owned())
}

/// A database of this name on the server.
pub fn postgres(server: &str, name: &str) -> Source {
    static MADE: OnceLock<String> = OnceLock::new();
    let source = beside(server, name);
    let (server, name) = (server.to_owned(), name.to_owned());
    // On a thread of its own: a connection blocks, which a test's runtime forbids on its own thread.
    let work = move || {
        let template = MADE.get_or_init(|| {
            let template = format!("pileops_template_{}", std::process::id());
            script(&server, &format!("CREATE DATABASE {template}"));
            drop(migrated(&beside(&server, &template)));
            template
        });
        script(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
    };
    std::thread::spawn(work).join().unwrap();
    source
}

/// Takes it away again, whoever is still connected.
pub fn postgres_drop(server: &str, name: &str) {
    let (server, sql) = (server.to_owned(), format!("DROP DATABASE {name} WITH (FORCE)"));
    let _ = std::thread::spawn(move || script(&server, &sql)).join();
}

/// Another database of the same server.
fn beside(server: &str, name: &str) -> Source {
    let (url, options) =
        server.split_once('?').map_or((server, String::new()), |(url, o)| (url, format!("?{o}")));
    let (front, _) = url.rsplit_once('/').unwrap();
    Source::Postgres(format!("{front}/{name}{options}"))
}

fn script(server: &str, sql: &str) {
    Conn::open(&Source::Postgres(server.to_owned()), Purpose::Write).unwrap().script(sql).unwrap();
}
