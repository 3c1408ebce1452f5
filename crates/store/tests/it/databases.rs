//! Both databases, each fresh: SQLite in a folder of its own, PostgreSQL in a schema of its own
//! when PILEOPS_TEST_PG names a server.

use model::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::db::{Conn, Purpose};
use store::{Settings, Source, Store};

pub struct Database {
    pub name: &'static str,
    pub source: Source,
    folder: Option<std::path::PathBuf>,
}

impl Database {
    pub fn open(&self) -> Store {
        let mut settings = Settings::new(self.source.clone());
        settings.writers = 2;
        Store::open(settings, Timestamp::from_ms(0), Arc::new(|_| {})).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

pub fn databases() -> Vec<Database> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let unique = format!("pileops_store_{}_{number}", std::process::id());
    let folder = std::env::temp_dir().join(&unique);
    std::fs::create_dir_all(&folder).unwrap();
    let sqlite = Source::Sqlite(folder.join("test.db"));
    let mut all = vec![Database { name: "SQLite", source: sqlite, folder: Some(folder) }];
    match std::env::var("PILEOPS_TEST_PG") {
        Ok(url) => {
            // A connection blocks, which a test's runtime forbids on its own thread.
            let server = Source::Postgres(url.clone());
            let sql = format!("CREATE SCHEMA {unique}");
            let made = std::thread::spawn(move || {
                Conn::open(&server, Purpose::Write).unwrap().script(&sql).unwrap();
            });
            made.join().unwrap();
            let mark = if url.contains('?') { '&' } else { '?' };
            let source = Source::Postgres(format!("{url}{mark}options=-csearch_path%3D{unique}"));
            all.push(Database { name: "PostgreSQL", source, folder: None });
        }
        Err(_) => eprintln!(
            "SKIPPED on PostgreSQL: PILEOPS_TEST_PG is not set (scripts/with-postgres.sh cargo test sets it)"
        ),
    }
    all
}
