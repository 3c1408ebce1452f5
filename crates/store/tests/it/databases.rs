//! Every test of the store and the engine runs on both databases: on SQLite in a folder of its own,
//! and, where `PILEOPS_TEST_PG` names a server (`scripts/with-postgres.sh`), in a database of its own.

use crate::template;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::db::Purpose;
use store::{Conn, Settings, Source, Store};

/// A fresh database, removed when the test is over.
#[allow(dead_code, reason = "each crate uses a part of it")]
pub struct Database {
    pub name: &'static str,
    pub source: Source,
    gone: Gone,
}

enum Gone {
    Folder(PathBuf),
    Database { server: String, name: String },
}

/// What `PILEOPS_TEST_PG` says.
pub fn postgres() -> Option<String> {
    std::env::var("PILEOPS_TEST_PG").ok().filter(|url| !url.is_empty())
}

pub fn databases() -> Vec<Database> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let unique = || format!("pileops_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(unique());
    std::fs::create_dir_all(&folder).unwrap();
    let source = template::sqlite(&folder.join("pileops.db"));
    let mut all = vec![Database { name: "SQLite", source, gone: Gone::Folder(folder) }];
    match postgres() {
        Some(server) => {
            let name = unique();
            let source = template::postgres(&server, &name);
            all.push(Database { name: "PostgreSQL", source, gone: Gone::Database { server, name } });
        }
        None => eprintln!("PILEOPS_TEST_PG is not set: the PostgreSQL half of this test is skipped"),
    }
    all
}

impl Drop for Database {
    fn drop(&mut self) {
        match &self.gone {
            Gone::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Gone::Database { server, name } => template::postgres_drop(server, name),
        }
    }
}

#[allow(dead_code, reason = "each crate uses a part of it")]
impl Database {
    /// Emptied again, for those who migrate it themselves.
    pub fn empty(&self) {
        match &self.source {
            Source::Sqlite(file) => std::fs::remove_file(file).unwrap(),
            Source::Postgres(_) => {
                self.conn().script("DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap()
            }
        }
    }

    pub fn conn(&self) -> Conn {
        Conn::open(&self.source, Purpose::Write).unwrap()
    }

    /// The store as it is in service, with two writers where there can be.
    pub fn open(&self) -> Store {
        self.store_of(2)
    }

    /// The store with one writer, told of nothing.
    pub fn store(&self) -> Store {
        self.store_of(1)
    }

    pub fn store_of(&self, writers: usize) -> Store {
        let settings = Settings { writers, ..Settings::new(self.source.clone()) };
        Store::open(settings, crate::scene::NOON, Arc::new(|_| {})).unwrap()
    }
}

/// Runs what must wait: tests are plain functions, because a connection is used synchronously.
pub fn wait<T>(what: impl Future<Output = T>) -> T {
    static RUNTIME: std::sync::OnceLock<tokio::runtime::Runtime> = std::sync::OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Runtime::new().unwrap()).block_on(what)
}
