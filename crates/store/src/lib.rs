//! The only SQL of PileOps, and the only place that knows there are two databases.
//!
//! Changes go through [`Store::write`]: group commit, see `writer.rs`. Reads for pages go through
//! [`Store::read`], on connections of their own that cannot write. One file per noun; the SQL of a
//! list stands beside the view that it fills.

pub mod audit;
pub mod card_list;
pub mod cards;
pub mod change;
pub mod cities;
pub mod command_list;
pub mod commands;
pub mod customers;
pub mod db;
pub mod filter;
pub mod frames;
pub mod home;
pub mod hot;
pub mod ids;
pub mod migrate;
pub mod operators;
pub mod order_list;
pub mod orders;
mod pending;
pub mod pile_list;
pub mod piles;
mod reader;
pub mod roles;
pub mod rollups;
pub mod samples;
pub mod staff;
pub mod station_list;
pub mod stations;
pub mod tariff_list;
pub mod tariffs;
pub mod token_list;
mod tx;
pub mod unknown_piles;
mod writer;

pub use change::Change;
pub use db::{Conn, DbError, DbResult, Row, Source, Value};
pub use hot::{HotPile, TariffVersion};
pub use tx::Tx;
pub use writer::Watcher;

use model::id::{CardId, OrderId, PileId};
use model::time::Timestamp;
use model::{Error, Result};
use std::sync::Arc;
use tokio::sync::oneshot;

/// How a store is opened.
#[derive(Clone)]
pub struct Settings {
    pub source: Source,
    /// Writers; piles are spread over them. SQLite has one writer whatever is set here.
    pub writers: usize,
    /// Connections for pages.
    pub readers: usize,
}

impl Settings {
    pub fn new(source: Source) -> Settings {
        Settings { source, writers: 1, readers: 3 }
    }
}

/// Brings the database to this version; which orders hold places on cards. On a thread of its own: a
/// connection to PostgreSQL blocks, and whoever opens a store may be on a thread of a runtime, where
/// that is forbidden.
fn prepare(source: &Source, now: Timestamp) -> Result<Vec<(PileId, CardId, OrderId)>> {
    let prepared = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let mut conn = Conn::open(source, db::Purpose::Write)?;
            migrate::migrate(&mut conn, now)?;
            orders::card_places(&mut conn)
        });
        thread.join()
    });
    prepared.map_err(|_| Error::internal())?.map_err(Error::from)
}

pub struct Store {
    writers: Vec<writer::Writer>,
    readers: reader::Readers,
    pub source: Source,
}

impl Store {
    /// Brings the database to this version and starts the threads that own its connections.
    pub fn open(settings: Settings, now: Timestamp, watcher: Watcher) -> Result<Store> {
        let Settings { source, writers, readers } = settings;
        let held = prepare(&source, now)?;
        let count = if matches!(source, Source::Sqlite(_)) { 1 } else { writers.max(1) };
        // Places on cards must be known before the first start, on whichever writer it comes in.
        let shared = Arc::new(hot::Shared::default());
        for shard in 0..count {
            let own = held.iter().filter(|(pile, ..)| hot::shard_of(*pile, count) == shard);
            let own: Vec<_> = own.map(|(_, card, order)| (*card, *order)).collect();
            shared.reload(shard, &own);
        }
        let writers = (0..count)
            .map(|shard| {
                let hot = hot::Hot::new(Arc::clone(&shared), shard, count);
                writer::Writer::start(shard, source.clone(), hot, Arc::clone(&watcher))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Store { writers, readers: reader::Readers::start(&source, readers)?, source })
    }

    /// Runs `work` in a transaction that is shared with whatever else is waiting, and gives its
    /// result once that is committed. `work` may run more than once and must not do anything that
    /// cannot be undone by forgetting it. Work about a pile goes to the writer of that pile.
    pub async fn write<T: Send + 'static>(
        &self,
        pile: Option<PileId>,
        work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shard = pile.map_or(0, |pile| hot::shard_of(pile, self.writers.len()));
        self.write_on(shard, work).await
    }

    async fn write_on<T: Send + 'static>(
        &self,
        shard: usize,
        work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, result) = oneshot::channel();
        let job = Box::new(writer::Waiting { work, result: None, reply: Some(reply) });
        if self.writers[shard].jobs.send(job).is_err() {
            return Err(Error::unavailable("数据库", "database"));
        }
        result.await.unwrap_or_else(|_| Err(Error::unavailable("数据库", "database")))
    }

    /// Queues `work` without waiting for it: for what nobody must be told of (a frame that we sent).
    pub fn post(&self, pile: Option<PileId>, work: impl FnMut(&mut Tx<'_>) -> Result<()> + Send + 'static) {
        let shard = pile.map_or(0, |pile| hot::shard_of(pile, self.writers.len()));
        let job = Box::new(writer::Waiting { work, result: None, reply: None });
        let _ = self.writers[shard].jobs.send(job);
    }

    /// Runs `work` on every writer, e.g. to make all of them forget a card.
    pub async fn write_everywhere<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + Clone + 'static,
    ) -> Result<Vec<T>> {
        let mut results = Vec::with_capacity(self.writers.len());
        for shard in 0..self.writers.len() {
            results.push(self.write_on(shard, work.clone()).await?);
        }
        Ok(results)
    }

    pub fn writer_count(&self) -> usize {
        self.writers.len()
    }

    /// Runs `work` on a connection that cannot write.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> DbResult<T> + Send + 'static,
    ) -> Result<T> {
        self.readers.run(work).await
    }

    /// Asks the database whether it answers.
    pub async fn check(&self) -> Result<()> {
        self.read(|conn| conn.one("SELECT 1", &[], |_| Ok(()))).await
    }

    /// Does what is queued, then closes everything.
    pub fn close(mut self) {
        for writer in &mut self.writers {
            writer.stop();
        }
    }
}
