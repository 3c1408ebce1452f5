//! A transaction as the engine sees it: hot state to judge by, and a place to put what shall be
//! written. Nothing is sent to the database before the commit, except what asks it directly.

use crate::audit::Entry;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row, Value};
use crate::deliveries::NewDelivery;
use crate::frames::FrameRow;
use crate::hot::{Hot, HotPile, TariffVersion};
use crate::ids::{FRAME_BLOCK, Ids, Noun};
use crate::links::LinkRow;
use crate::orders::{self, Identity, OrderDetail, OrderRow};
use crate::pending::{Marks, Pending};
use crate::purses::MoneyMarks;
use crate::rollups::Ended;
use crate::samples::SampleRow;
use crate::{audit_chain, commands, deliveries, postings, stations, tariffs};
use model::Result;
use model::card::Card;
use model::id::{CardId, CommandId, OperatorId, OrderId, PileId, StationId, TariffId};
use model::order::{OpenOrder, Order};
use model::site::{Connector, Pile, StationFacts};
use model::time::Timestamp;
use std::collections::HashSet;
use std::sync::Arc;

pub struct Tx<'a> {
    conn: &'a mut Conn,
    pub(crate) hot: &'a mut Hot,
    pub(crate) pending: Pending,
    /// Piles of which something may be pending.
    unwritten: HashSet<PileId>,
    pub(crate) changes: Vec<Change>,
    /// `BEGIN` was sent.
    begun: bool,
    error: Option<DbError>,
    pub(crate) job: JobMarks,
    /// A savepoint of this transaction is open: of the running job, or of one before it.
    savepoint: bool,
    /// Orders to be counted. Several writers add to one station's hour, so that they are written by
    /// the last statements of the transaction, sorted: nobody waits for a row while holding another.
    ended: Vec<(Ended, i64)>,
    /// Who did what: appended to the chain at the end, when the transaction may wait for another.
    audits: Vec<Entry>,
    /// What webhooks are to be told of it.
    pub(crate) deliveries: Vec<NewDelivery>,
    /// Places on cards that are free again once this transaction is committed.
    pub(crate) freed: Vec<(CardId, OrderId)>,
}

/// Where the running job began, and what it has done to the hot state.
#[derive(Default)]
pub(crate) struct JobMarks {
    pending: Marks,
    changes: usize,
    freed: usize,
    ended: usize,
    audits: usize,
    deliveries: usize,
    sampled: usize,
    money: MoneyMarks,
    /// The leases when its savepoint was set. Before it writes to the database a job sets one, so
    /// that it can be undone without its neighbours.
    saved: Option<Ids>,
    pub(crate) taken: Vec<(CardId, OrderId)>,
    /// Piles that it has changed in the hot state.
    touched: Vec<PileId>,
    framed: Vec<PileId>,
    ordered: Vec<OrderId>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(conn: &'a mut Conn, hot: &'a mut Hot) -> Tx<'a> {
        hot.sampled.clear();
        Tx {
            conn,
            hot,
            pending: Pending::default(),
            unwritten: HashSet::new(),
            changes: Vec::new(),
            begun: false,
            error: None,
            job: JobMarks::default(),
            savepoint: false,
            ended: Vec::new(),
            audits: Vec::new(),
            deliveries: Vec::new(),
            freed: Vec::new(),
        }
    }

    pub(crate) fn begin_job(&mut self) {
        let JobMarks { mut taken, mut touched, mut framed, mut ordered, .. } = std::mem::take(&mut self.job);
        taken.clear();
        touched.clear();
        framed.clear();
        ordered.clear();
        self.job = JobMarks {
            pending: self.pending.marks(),
            changes: self.changes.len(),
            freed: self.freed.len(),
            ended: self.ended.len(),
            audits: self.audits.len(),
            deliveries: self.deliveries.len(),
            sampled: self.hot.sampled.len(),
            money: self.hot.money.marks(),
            saved: None,
            taken,
            touched,
            framed,
            ordered,
        };
    }

    /// Takes back what the job has put down and written.
    pub(crate) fn undo_job(&mut self) -> DbResult<()> {
        for (card, order) in self.job.taken.drain(..) {
            self.hot.shared.give_back(card, order);
        }
        // Piles that it had put back already say what is not going to be written: they are read again.
        for pile in self.job.touched.drain(..) {
            self.hot.drop_pile(pile);
        }
        for pile in self.job.framed.drain(..) {
            self.hot.last_frames.remove(&pile);
        }
        // What it had of orders is not written: the next write of them is a whole one.
        for order in self.job.ordered.drain(..) {
            self.hot.written.remove(&order);
        }
        self.hot.samples_undo(self.job.sampled);
        self.hot.money_undo(self.job.money);
        self.pending.truncate(self.job.pending);
        self.changes.truncate(self.job.changes);
        self.freed.truncate(self.job.freed);
        self.ended.truncate(self.job.ended);
        self.audits.truncate(self.job.audits);
        self.deliveries.truncate(self.job.deliveries);
        let Some(ids) = self.job.saved.take() else { return Ok(()) };
        self.conn.script("ROLLBACK TO SAVEPOINT job")?;
        if self.conn.leases_roll_back() {
            self.hot.ids.give_back(&ids);
        }
        // It may have read what it had written itself.
        self.hot.forget_read();
        Ok(())
    }

    /// What the database said to the running job; whether the job alone is to blame and can be undone
    /// alone.
    pub(crate) fn take_error(&mut self) -> Option<(DbError, bool)> {
        let error = self.error.take()?;
        let own = self.job.saved.is_some() && matches!(error, DbError::Unique(_) | DbError::Fault(_));
        Some((error, own))
    }

    /// Remembers that the database, not a rule, said no.
    fn note<T>(&mut self, result: DbResult<T>) -> Result<T> {
        result.map_err(|error| {
            let told = match &error {
                DbError::Unique(what) => DbError::Unique(what.clone()),
                DbError::Unavailable(what) => DbError::Unavailable(what.clone()),
                DbError::Collision(what) => DbError::Collision(what.clone()),
                DbError::Fault(what) => DbError::Fault(what.clone()),
            };
            self.error.get_or_insert(error);
            told.into()
        })
    }

    // ---- reading ----

    /// Asks the database, after what is pending was written to it.
    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> DbResult<T>,
    ) -> Result<Vec<T>> {
        let found = self.flush().and_then(|()| self.conn.query(sql, params, map));
        self.note(found)
    }

    pub fn find<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> DbResult<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, params, map)?.into_iter().next())
    }

    /// Runs a function of a noun's file on the connection, after what is pending was written.
    pub fn read<T>(&mut self, f: impl FnOnce(&mut Conn) -> DbResult<T>) -> Result<T> {
        let found = self.flush().and_then(|()| f(self.conn));
        self.note(found)
    }

    pub fn card(&mut self, tag: &str) -> Result<Option<Arc<Card>>> {
        let found = self.hot.card(self.conn, tag);
        self.note(found)
    }

    pub fn station(&mut self, id: StationId) -> Result<Arc<StationFacts>> {
        if let Some(known) = self.hot.stations.get(&id) {
            return Ok(Arc::clone(known));
        }
        let facts = stations::facts(self.conn, id);
        let facts = Arc::new(self.note(facts)?);
        self.hot.stations.insert(id, Arc::clone(&facts));
        Ok(facts)
    }

    pub fn tariff(&mut self, id: TariffId) -> Result<Arc<TariffVersion>> {
        if let Some(known) = self.hot.tariffs.get(&id) {
            return Ok(Arc::clone(known));
        }
        let version = tariffs::version(self.conn, id);
        let version = Arc::new(self.note(version)?);
        self.hot.tariffs.insert(id, Arc::clone(&version));
        Ok(version)
    }

    /// Takes the pile out of the hot state, gives it to `f`, and puts it back if `f` succeeds. After
    /// an error it is read anew, so that a job that fails half-way leaves nothing behind.
    pub fn with_pile<T>(
        &mut self,
        id: PileId,
        f: impl FnOnce(&mut Self, &mut HotPile) -> Result<T>,
    ) -> Result<T> {
        let mut pile = self.take_pile(id)?;
        self.unwritten.insert(id);
        self.job.touched.push(id);
        let done = f(self, &mut pile);
        if done.is_ok() {
            self.hot.piles.insert(id, pile);
        } else {
            self.hot.stale.insert(id);
        }
        done
    }

    fn take_pile(&mut self, id: PileId) -> Result<Box<HotPile>> {
        if let Some(pile) = self.hot.piles.remove(&id) {
            return Ok(pile);
        }
        // What was put down of other piles waits for the rest of the batch: when thousands come at once,
        // each of them would otherwise send a batch of one.
        let written = if self.unwritten.contains(&id) { self.flush() } else { Ok(()) };
        let loaded = written.and_then(|()| self.hot.pile(self.conn, id));
        let mut pile = self.note(loaded)?.ok_or_else(|| {
            model::Error::not_found(
                "pile.not_found",
                "没有这台充电桩，请检查电桩编号",
                "There is no such pile; check its number.",
            )
        })?;
        pile.open = match self.hot.sleeping.remove(&id) {
            Some(open) => open,
            // All open orders were read at the start, so that one that nobody doubts has none.
            None if !self.hot.stale.contains(&id) => Vec::new(),
            None => {
                let open = orders::open_along(self.conn, id, &mut self.hot.heads);
                self.note(open)?
            }
        };
        self.hot.stale.remove(&id);
        Ok(pile)
    }

    /// Lets go of a pile that has gone off line, to keep memory for those that are here. One with a
    /// running session stays.
    pub fn pile_rest(&mut self, id: PileId) {
        if self.hot.piles.get(&id).is_some_and(|pile| pile.open.is_empty()) {
            self.hot.piles.remove(&id);
        }
    }

    /// Piles of this writer with an order whose time is over, awake or not; those that are awake and
    /// have told nothing of an order for a while; and those that have not spoken since the start and
    /// have an order without an end in sight. A pile that is to be read anew may have such an order:
    /// whoever gets it looks.
    pub fn piles_with_deadlines(&self, now: Timestamp) -> Vec<PileId> {
        let due = |open: &[OpenOrder]| open.iter().any(|o| o.order.deadline.is_some_and(|at| at <= now));
        let endless = |open: &[OpenOrder]| open.iter().any(|o| o.order.deadline.is_none());
        let quiet = |open: &[OpenOrder]| open.iter().any(|o| o.order.deadline.is_none() && o.is_quiet(now));
        let awake = self.hot.piles.iter().filter(|(_, pile)| due(&pile.open) || quiet(&pile.open));
        let awake = awake.map(|(id, _)| *id);
        let asleep = self.hot.sleeping.iter().filter(|(_, open)| due(open) || endless(open));
        awake.chain(asleep.map(|(id, _)| *id)).chain(self.hot.stale.iter().copied()).collect()
    }

    // ---- writing ----

    /// Runs a statement now, inside the transaction.
    pub fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        let saved = self.save().and_then(|()| self.flush());
        let done = saved.and_then(|()| self.conn.execute(sql, params));
        self.note(done)
    }

    pub fn next_id(&mut self, noun: Noun) -> Result<i64> {
        if !self.hot.ids.ready(noun) && self.conn.leases_roll_back() {
            let begun = self.begin();
            self.note(begun)?;
        }
        let id = self.hot.ids.next(self.conn, noun);
        self.note(id)
    }

    /// The id that the next sample or frame will have.
    pub fn peek_id(&mut self, noun: Noun) -> Result<i64> {
        if !self.hot.ids.ready(noun) && self.conn.leases_roll_back() {
            let begun = self.begin();
            self.note(begun)?;
        }
        let id = self.hot.ids.peek(self.conn, noun);
        self.note(id)
    }

    pub fn frame_append(&mut self, mut frame: FrameRow) -> Result<i64> {
        let id = self.next_id(Noun::Frame)?;
        (frame.id, frame.trace) = (id, model::trace::current());
        let block = id / FRAME_BLOCK;
        frame.previous = self.hot.last_frames.insert(frame.pile, id);
        if frame.previous.is_none_or(|previous| previous / FRAME_BLOCK != block) {
            self.pending.blocks.push((frame.pile, block, frame.at_ms));
        }
        self.job.framed.push(frame.pile);
        self.pending.frames.push(frame);
        Ok(id)
    }

    pub fn sample_append(&mut self, mut sample: SampleRow) -> Result<()> {
        sample.id = self.next_id(Noun::Sample)?;
        let previous = self.hot.sample_follow(sample.order, sample.id);
        self.pending.samples.push((sample, previous));
        Ok(())
    }

    pub fn order_save(&mut self, order: &Order) {
        self.changes.push(Change::Order { order: order.id, pile: order.pile, operator: order.operator });
        let written = &mut self.hot.written;
        let known = written.get(&order.id).is_some_and(|identity| identity.is_of(order));
        if !known {
            written.insert(order.id, Identity::of(order));
            self.hot.order_begun(order);
        }
        self.job.ordered.push(order.id);
        self.pending.orders.push(OrderRow { order: order.clone(), known });
    }

    pub fn order_detail_save(&mut self, detail: OrderDetail) {
        self.pending.details.push(detail);
    }

    /// Counts a completed order into the hours and days that the home page reads.
    pub fn order_count(&mut self, ended: Ended) {
        self.ended.push((ended, 1));
    }

    /// Takes a completed order out of them again.
    pub fn order_uncount(&mut self, ended: Ended) {
        self.ended.push((ended, -1));
    }

    /// Remembers who does what. It is written last: see `audit_chain.rs`.
    pub(crate) fn audit_append(&mut self, entry: Entry) {
        self.audits.push(entry);
    }

    pub fn pile_save(&mut self, pile: &Pile) {
        self.changes.push(Change::Pile { pile: pile.id, operator: pile.operator });
        self.pending.piles.push(pile.clone());
    }

    pub fn connector_save(&mut self, pile: &Pile, connector: &Connector) {
        self.changes.push(Change::Pile { pile: pile.id, operator: pile.operator });
        self.pending.connectors.push(connector.clone());
    }

    pub fn command_save(&mut self, pile: &Pile, command: commands::CommandRow) {
        let change =
            Change::Command { command: CommandId(command.id), pile: pile.id, operator: pile.operator };
        self.changes.push(change);
        self.pending.commands.push(command);
    }

    pub fn link_save(&mut self, link: LinkRow) {
        self.pending.links.push(link);
    }

    pub fn changed(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// A station was changed (its tariff, its zone).
    pub fn station_changed(&mut self, id: StationId) {
        self.hot.stations.remove(&id);
        self.changes.push(Change::Noun("station"));
    }

    /// What holds for many stations was changed: all of them are read again when they are wanted.
    pub fn stations_changed(&mut self) {
        self.hot.stations.clear();
        self.changes.push(Change::Noun("station"));
    }

    /// A pile's row was changed by direct SQL: it is read again.
    pub fn pile_changed(&mut self, pile: PileId, operator: OperatorId) -> Result<()> {
        let flushed = self.flush();
        self.note(flushed)?;
        self.job.touched.push(pile);
        self.hot.fetched.remove(&pile);
        let asleep = self.hot.piles.remove(&pile).map(|hot| (pile, hot.open));
        self.hot.sleeping.extend(asleep);
        self.changes.push(Change::Pile { pile, operator });
        Ok(())
    }

    // ---- flushing ----

    fn begin(&mut self) -> DbResult<()> {
        if !self.begun {
            self.conn.pipeline(true, &[], false)?;
            self.begun = true;
        }
        Ok(())
    }

    /// Sets the savepoint of the running job, behind the rows of the jobs before it.
    fn save(&mut self) -> DbResult<()> {
        if self.job.saved.is_some() {
            return Ok(());
        }
        let own = self.pending.split_off(self.job.pending);
        if self.pending.is_empty() {
            self.begin()?;
        } else {
            self.write_down()?;
        }
        self.pending = own;
        self.job.pending = Marks::default();
        let sql = if self.savepoint { "RELEASE SAVEPOINT job; SAVEPOINT job" } else { "SAVEPOINT job" };
        self.conn.script(sql)?;
        self.savepoint = true;
        self.job.saved = Some(self.hot.ids.clone());
        Ok(())
    }

    /// Writes what is pending, without committing.
    fn flush(&mut self) -> DbResult<()> {
        if self.pending.marks() != self.job.pending {
            self.save()?;
        }
        if self.pending.is_empty() { Ok(()) } else { self.write_down() }
    }

    fn write_down(&mut self) -> DbResult<()> {
        let pending = std::mem::take(&mut self.pending);
        self.unwritten.clear();
        self.job.pending = Marks::default();
        let begin = !self.begun;
        self.begun = true;
        self.conn.pipeline(begin, &pending.inserts(), false)?;
        pending.forget_ended(self.hot);
        Ok(())
    }

    /// Writes and commits; the changes to be told.
    pub(crate) fn commit(mut self) -> DbResult<Vec<Change>> {
        let late = !self.audits.is_empty() || !self.deliveries.is_empty();
        let anything = !self.pending.is_empty() || !self.ended.is_empty() || late;
        if self.begun || anything {
            let pending = std::mem::take(&mut self.pending);
            let (mut inserts, mut begin) = (pending.inserts(), !self.begun);
            if late {
                self.conn.pipeline(begin, &inserts, false)?;
                (inserts, begin) = (Vec::new(), false);
            }
            if !self.deliveries.is_empty() {
                inserts.push(deliveries::inserts(self.conn, &mut self.hot.ids, &self.deliveries)?);
                self.changes.push(Change::Noun("channel"));
            }
            if !self.audits.is_empty() {
                self.conn.pipeline(false, &inserts, false)?;
                audit_chain::append(self.conn, &mut self.hot.ids, &self.audits)?;
                inserts = Vec::new();
            }
            postings::last_inserts(&self.ended, &self.hot.money).for_each(|sums| inserts.push(sums));
            self.conn.pipeline(begin, &inserts, true)?;
            self.hot.money_committed();
            pending.forget_ended(self.hot);
        }
        for (card, order) in self.freed {
            self.hot.shared.give_back(card, order);
        }
        Ok(self.changes)
    }
}
