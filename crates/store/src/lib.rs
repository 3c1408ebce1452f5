//! The only SQL of PileOps, and the only place that knows there are two databases.
//!
//! Changes go through [`Store::write`]: group commit, see `writer.rs`. Reads for pages go through
//! [`Store::read`], on connections of their own that cannot write. One file per noun; the SQL of a
//! list stands beside the view that it fills.

pub mod abnormal_orders;
pub mod advice_figures;
pub mod advices;
pub mod alarm_list;
pub mod alarm_mails;
pub mod alarm_rules;
pub mod alarms;
pub mod archive;
pub mod attachments;
pub mod audit;
pub mod audit_chain;
pub mod backups;
pub mod battery_reports;
pub mod battery_safety;
pub mod bill_records;
pub mod brands;
pub mod callers;
pub mod car_list;
pub mod card_list;
pub mod cards;
pub mod certificates;
pub mod change;
pub mod channels;
pub mod charging_advice;
pub mod cities;
pub mod city_list;
pub mod command_list;
pub mod commands;
pub mod configuration_profiles;
pub mod connector_detail;
pub mod content_list;
pub mod content_messages;
pub mod content_shown;
pub mod contents;
pub mod counter_bill_list;
pub mod counter_bills;
pub mod counter_ours;
pub mod coupons;
pub mod customer_filter;
pub mod customer_inquiries;
pub mod customer_list;
pub mod customer_marks;
pub mod customer_pulls;
pub mod customer_segments;
pub mod customers;
pub mod dangers;
pub mod day_bills;
pub mod db;
pub mod deliveries;
pub mod device_checks;
pub mod dialects;
pub mod dictionaries;
pub mod displays;
pub mod driver_limits;
pub mod driver_prices;
pub mod emergencies;
pub mod erasures;
pub mod exports;
pub mod feedback;
pub mod feedback_blocks;
pub mod feedback_categories;
pub mod feedback_list;
pub mod feedback_statistics;
pub mod feedback_templates;
pub mod figures;
pub mod filter;
pub mod firmware;
pub mod first_run;
pub mod fleet_list;
pub mod fleets;
pub mod forecasts;
pub mod frames;
pub mod ground_locks;
pub mod handovers;
pub mod healing_playbooks;
pub mod healing_runs;
pub mod holidays;
pub mod home;
pub mod home_stations;
pub mod hot;
pub mod identity_providers;
pub mod ids;
pub mod imports;
pub mod invoice_list;
pub mod invoice_orders;
pub mod invoice_titles;
pub mod invoice_work;
pub mod invoices;
pub mod jobs;
pub mod ledger_faults;
pub mod ledger_list;
pub mod links;
pub mod load_view;
pub mod loads;
pub mod map;
pub mod map_heat;
pub mod member_levels;
pub mod meter_changes;
pub mod migrate;
pub mod occupancies;
pub mod occupancy_told;
pub mod operator_list;
pub mod operators;
pub mod order_discounts;
pub mod order_facts;
pub mod order_filter;
pub mod order_list;
pub mod order_merges;
mod order_names;
pub mod order_notes;
pub mod order_payments;
pub mod order_place;
pub mod order_totals;
pub mod orders;
pub mod outboxes;
pub mod overview;
pub mod parameters;
pub mod passwords;
pub mod pay_channels;
mod pay_faults;
pub mod payees;
pub mod payment_corrections;
pub mod payment_list;
pub mod payments;
pub mod peers;
mod pending;
pub mod personal;
pub mod pile_batches;
pub mod pile_desired;
pub mod pile_drift;
pub mod pile_events;
mod pile_filter;
pub mod pile_healths;
pub mod pile_labels;
pub mod pile_list;
pub mod pile_lists;
pub mod pile_monitors;
pub mod pile_profiles;
pub mod pile_records;
pub mod pile_state;
pub mod pile_tariffs;
pub mod pile_ties;
pub mod pile_times;
pub mod pile_variables;
pub mod piles;
#[cfg(test)]
mod plans;
mod platform_discounts;
pub mod postings;
pub mod preferences;
pub mod proposals;
pub mod purses;
mod reader;
pub mod reconciliation_books;
pub mod reconciliation_list;
pub mod reconciliations;
pub mod recordings;
pub mod refund_list;
pub mod refunds;
pub mod report_hours;
pub mod report_plans;
pub mod report_read;
mod report_singles;
mod report_success;
pub mod report_sums;
pub mod reports;
pub mod reservations;
pub mod role_list;
pub mod roles;
pub mod rollups;
pub mod safety_act_list;
pub mod safety_acts;
pub mod safety_pauses;
pub mod safety_rules;
pub mod safety_trials;
pub mod samples;
pub mod second_factors;
pub mod sellers;
pub mod session_list;
pub mod settlements;
pub mod sharing_faults;
pub mod sharing_list;
pub mod sharing_orders;
pub mod sharing_periods;
pub mod sharing_proposals;
pub mod sharing_rules;
pub mod slow;
pub mod sort;
pub mod source_users;
pub mod staff;
pub mod staff_list;
pub mod station_activities;
pub mod station_detail;
pub mod station_list;
pub mod station_photos;
pub mod stations;
pub mod tariff_deliveries;
pub mod tariff_list;
pub mod tariff_plan_list;
pub mod tariff_plans;
pub mod tariff_today;
pub mod tariffs;
pub mod token_list;
pub mod transfers;
pub mod turnovers;
mod tx;
pub mod unknown_piles;
pub mod upgrade;
pub mod vendor_messages;
pub mod vouchers;
pub mod wallet_changes;
pub mod wallets;
pub mod work_order_list;
pub mod work_orders;
mod writer;

pub use change::Change;
pub use db::{Conn, DbError, DbResult, Row, Source, Value};
pub use hot::{DayTable, HotPile, TariffVersion, Watched};
pub use tx::Tx;
pub use writer::Watcher;

use model::id::{CardId, OrderId, PileId};
use model::time::Timestamp;
use model::{Error, Result};
use std::sync::Arc;
use tokio::sync::{Mutex, oneshot};

/// How a store is opened.
#[derive(Clone)]
pub struct Settings {
    pub source: Source,
    /// Writers; piles are spread over them. SQLite has one writer whatever is set here.
    pub writers: usize,
    /// Connections for pages.
    pub readers: usize,
    /// No other process may write to this database meanwhile. PostgreSQL only; whoever opens a file
    /// looks after its folder.
    pub exclusive: bool,
}

impl Settings {
    pub fn new(source: Source) -> Settings {
        Settings { source, writers: 1, readers: 3, exclusive: false }
    }
}

/// What a store begins with.
struct Prepared {
    conn: Conn,
    claim: Option<db::Claim>,
    /// Which orders hold places on cards.
    held: Vec<(PileId, CardId, OrderId)>,
    /// Webhooks that are on.
    subscriptions: Vec<deliveries::Subscription>,
    /// Piles whose firmware is under way.
    updating: Vec<PileId>,
}

/// Brings the database to this version. On a thread of its own: a connection to PostgreSQL blocks, and
/// whoever opens a store may be on a thread of a runtime, where that is forbidden.
fn prepare(source: &Source, exclusive: bool, now: Timestamp) -> Result<Prepared> {
    let prepared = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let mut conn = Conn::open(source, db::Purpose::Write)?;
            if exclusive && !conn.lock()? {
                return Err(in_use());
            }
            migrate::migrate(&mut conn, now)?;
            audit_chain::adopt(&mut conn)?;
            let claim = if exclusive { conn.claim()? } else { None };
            let held = orders::card_places(&mut conn)?;
            let subscriptions = deliveries::subscriptions(&mut conn)?;
            let updating = transfers::updating(&mut conn)?;
            Ok(Prepared { conn, claim, held, subscriptions, updating })
        });
        thread.join()
    });
    prepared.map_err(|_| Error::internal())?
}

fn in_use() -> Error {
    Error::conflict(
        "database.in_use",
        "另一个 PileOps 进程正在使用这个数据库；命令行请设置 PILEOPS_SERVER 与 PILEOPS_TOKEN 访问正在运行的服务，或先停止该服务",
        "Another PileOps process uses this database. On the command line set PILEOPS_SERVER and PILEOPS_TOKEN to talk \
         to the server that runs, or stop it first.",
    )
}

/// Most posted jobs that wait at once: beyond it the writers are hopelessly behind, and memory is
/// worth more than the log of what was sent.
pub const POSTS_MAX: usize = 20_000;

pub struct Store {
    writers: Vec<writer::Writer>,
    readers: reader::Readers,
    /// Apart from the pages, so that no page keeps a pile waiting.
    devices: reader::Readers,
    posts: Arc<writer::Posts>,
    /// What the writers do.
    pub figures: Arc<figures::WriteFigures>,
    pub source: Source,
    shared: Arc<hot::Shared>,
    subscribing: Mutex<()>,
}

impl Store {
    /// Brings the database to this version and starts the threads that own its connections.
    pub fn open(settings: Settings, now: Timestamp, watcher: Watcher) -> Result<Store> {
        let Settings { source, writers, readers, exclusive } = settings;
        let Prepared { conn, claim, held, subscriptions, updating } = prepare(&source, exclusive, now)?;
        let mut first = Some(conn);
        let count = if matches!(source, Source::Sqlite(_)) { 1 } else { writers.max(1) };
        // Places on cards must be known before the first start, on whichever writer it comes in.
        let shared = Arc::new(hot::Shared::default());
        shared.subscribe(subscriptions);
        shared.update_begun(updating);
        for shard in 0..count {
            let own = held.iter().filter(|(pile, ..)| hot::shard_of(*pile, count) == shard);
            let own: Vec<_> = own.map(|(_, card, order)| (*card, *order)).collect();
            shared.reload(shard, &own);
        }
        let figures = Arc::new(figures::WriteFigures::default());
        let writers = (0..count)
            .map(|shard| {
                let hot = hot::Hot::new(Arc::clone(&shared), shard, count);
                let door = writer::Door { source: source.clone(), claim: claim.clone() };
                let ears = writer::Ears { watcher: Arc::clone(&watcher), figures: Arc::clone(&figures) };
                writer::Writer::start(shard, door, first.take(), hot, ears)
            })
            .collect::<Result<Vec<_>>>()?;
        let (readers, devices) =
            (reader::Readers::start(&source, readers)?, reader::Readers::start(&source, 1)?);
        Ok(Store {
            writers,
            readers,
            devices,
            posts: Arc::default(),
            figures,
            source,
            shared,
            subscribing: Mutex::default(),
        })
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
        self.write_on(shard, pile, work).await
    }

    async fn write_on<T: Send + 'static>(
        &self,
        shard: usize,
        pile: Option<PileId>,
        work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, result) = oneshot::channel();
        let (trace, posted) = (model::trace::current(), None);
        let job = Box::new(writer::Waiting { pile, trace, work, result: None, reply: Some(reply), posted });
        self.figures.queue();
        if self.writers[shard].jobs.send(job).is_err() {
            return Err(Error::unavailable("数据库", "database"));
        }
        result.await.unwrap_or_else(|_| Err(Error::unavailable("数据库", "database")))
    }

    /// Queues `work` without waiting for it: for what nobody must be told of (a frame that we sent).
    /// Dropped when too much of it waits.
    pub fn post(&self, pile: Option<PileId>, work: impl FnMut(&mut Tx<'_>) -> Result<()> + Send + 'static) {
        let shard = pile.map_or(0, |pile| hot::shard_of(pile, self.writers.len()));
        let Some(posted) = writer::Posted::take(&self.posts, POSTS_MAX) else { return };
        let (trace, posted) = (model::trace::current(), Some(posted));
        let job = Box::new(writer::Waiting { pile, trace, work, result: None, reply: None, posted });
        self.figures.queue();
        let _ = self.writers[shard].jobs.send(job);
    }

    /// Lets all writers know which webhooks there are; after one was changed. One at a time, so that what
    /// was read last is what stays.
    pub async fn subscriptions_load(&self) -> Result<()> {
        let _alone = self.subscribing.lock().await;
        self.shared.subscribe(self.read(deliveries::subscriptions).await?);
        Ok(())
    }

    /// How many posted jobs were dropped since the start.
    pub fn posts_dropped(&self) -> u64 {
        self.posts.dropped()
    }

    /// Runs `work` on every writer, e.g. to make all of them forget a card.
    pub async fn write_everywhere<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + Clone + 'static,
    ) -> Result<Vec<T>> {
        let mut results = Vec::with_capacity(self.writers.len());
        for shard in 0..self.writers.len() {
            results.push(self.write_on(shard, None, work.clone()).await?);
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

    /// As [`Store::read`], for what a pile waits for: no page is in its way.
    pub async fn device_read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> DbResult<T> + Send + 'static,
    ) -> Result<T> {
        self.devices.run(work).await
    }

    /// Runs `work` on the thread that writes (the first, where there are several), between two
    /// transactions: nobody writes meanwhile.
    pub async fn between<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> DbResult<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, result) = oneshot::channel();
        let job = Box::new(writer::Between { work: Some(work), reply: Some(reply), result: None });
        self.figures.queue();
        if self.writers[0].jobs.send(job).is_err() {
            return Err(Error::unavailable("数据库", "database"));
        }
        result.await.unwrap_or_else(|_| Err(Error::unavailable("数据库", "database")))
    }

    /// Asks the database whether it answers, and every writer whether it can write.
    pub async fn check(&self) -> Result<()> {
        self.read(|conn| conn.one("SELECT 1", &[], |_| Ok(()))).await?;
        let written = self.write_everywhere(|tx| {
            let sql = "INSERT INTO setting (name, value) VALUES ('checked', '0') ON CONFLICT (name) \
                       DO UPDATE SET value = CASE setting.value WHEN '0' THEN '1' ELSE '0' END";
            tx.execute(sql, &[]).map(drop)
        });
        written.await.map(drop)
    }

    /// Does what is queued, then closes everything.
    pub fn close(mut self) {
        for writer in &mut self.writers {
            writer.stop();
        }
    }
}
