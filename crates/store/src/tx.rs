//! A transaction as the engine sees it: hot state to judge by, and a place to put what shall be
//! written. Nothing is sent to the database before the commit, except what asks it directly.

use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Inserts, Row, Value};
use crate::frames::{self, FrameRow};
use crate::hot::{Hot, HotPile, Place, TariffVersion};
use crate::ids::Noun;
use crate::orders::{self, Identity, OrderDetail, OrderRow, SampleRow};
use crate::rollups::{self, Ended};
use crate::{commands, piles, stations, tariffs};
use model::Result;
use model::card::Card;
use model::id::{CardId, CommandId, OrderId, PileId, StationId, TariffId};
use model::order::{OpenOrder, Order};
use model::site::{Connector, Pile, StationFacts};
use model::time::Timestamp;
use std::sync::Arc;

/// What is to be written at the next flush, in the order of arrival; later rows win.
#[derive(Default)]
struct Pending {
    frames: Vec<FrameRow>,
    blocks: Vec<(PileId, i64, i64)>,
    samples: Vec<SampleRow>,
    orders: Vec<OrderRow>,
    details: Vec<OrderDetail>,
    connectors: Vec<Connector>,
    piles: Vec<Pile>,
    commands: Vec<commands::CommandRow>,
    ended: Vec<Ended>,
}

impl Pending {
    fn marks(&self) -> [usize; 9] {
        [
            self.frames.len(),
            self.blocks.len(),
            self.samples.len(),
            self.orders.len(),
            self.details.len(),
            self.connectors.len(),
            self.piles.len(),
            self.commands.len(),
            self.ended.len(),
        ]
    }

    fn is_empty(&self) -> bool {
        self.marks() == [0; 9]
    }

    fn truncate(&mut self, marks: [usize; 9]) {
        self.frames.truncate(marks[0]);
        self.blocks.truncate(marks[1]);
        self.samples.truncate(marks[2]);
        self.orders.truncate(marks[3]);
        self.details.truncate(marks[4]);
        self.connectors.truncate(marks[5]);
        self.piles.truncate(marks[6]);
        self.commands.truncate(marks[7]);
        self.ended.truncate(marks[8]);
    }
}

pub struct Tx<'a> {
    conn: &'a mut Conn,
    hot: &'a mut Hot,
    pending: Pending,
    changes: Vec<Change>,
    /// `BEGIN` was sent.
    begun: bool,
    error: Option<DbError>,
    job: JobMarks,
    /// Places on cards that are free again once this transaction is committed.
    freed: Vec<(CardId, OrderId)>,
}

/// Where the running job began.
#[derive(Default)]
struct JobMarks {
    pending: [usize; 9],
    changes: usize,
    freed: usize,
    /// It wrote something that only a rollback can undo.
    direct: bool,
    taken: Vec<(CardId, OrderId)>,
    /// Piles that it has changed in the hot state.
    touched: Vec<PileId>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(conn: &'a mut Conn, hot: &'a mut Hot) -> Tx<'a> {
        Tx {
            conn,
            hot,
            pending: Pending::default(),
            changes: Vec::new(),
            begun: false,
            error: None,
            job: JobMarks::default(),
            freed: Vec::new(),
        }
    }

    pub(crate) fn begin_job(&mut self) {
        let JobMarks { mut taken, mut touched, .. } = std::mem::take(&mut self.job);
        taken.clear();
        touched.clear();
        self.job = JobMarks {
            pending: self.pending.marks(),
            changes: self.changes.len(),
            freed: self.freed.len(),
            direct: false,
            taken,
            touched,
        };
    }

    /// Takes back what the job has put down. False when only a rollback can.
    pub(crate) fn undo_job(&mut self) -> bool {
        for (card, order) in self.job.taken.drain(..) {
            self.hot.shared.give_back(card, order);
        }
        // Piles that it had put back already say what is not going to be written: they are read again.
        for pile in self.job.touched.drain(..) {
            self.hot.piles.remove(&pile);
        }
        for (pile, block, _) in self.pending.blocks.drain(self.job.pending[1]..) {
            self.hot.blocks.remove(&(pile, block));
        }
        // What it had of orders is not written: the next write of them is a whole one.
        for row in self.pending.orders.drain(self.job.pending[3]..) {
            self.hot.written.remove(&row.order.id);
        }
        self.pending.truncate(self.job.pending);
        self.changes.truncate(self.job.changes);
        self.freed.truncate(self.job.freed);
        !self.job.direct
    }

    pub(crate) fn take_error(&mut self) -> Option<DbError> {
        self.error.take()
    }

    /// Remembers that the database, not a rule, said no.
    fn note<T>(&mut self, result: DbResult<T>) -> Result<T> {
        result.map_err(|error| {
            let told = match &error {
                DbError::Unique(what) => DbError::Unique(what.clone()),
                DbError::Unavailable(what) => DbError::Unavailable(what.clone()),
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
        let done = f(self, &mut pile);
        if done.is_ok() {
            self.hot.piles.insert(id, pile);
            self.job.touched.push(id);
        }
        done
    }

    fn take_pile(&mut self, id: PileId) -> Result<Box<HotPile>> {
        if let Some(pile) = self.hot.piles.remove(&id) {
            return Ok(pile);
        }
        let loaded = self.flush().and_then(|()| piles::hot(self.conn, id));
        let mut pile = self.note(loaded)?.ok_or_else(|| {
            model::Error::not_found(
                "pile.not_found",
                "没有这台充电桩，请检查电桩编号",
                "There is no such pile; check its number.",
            )
        })?;
        pile.open = match self.hot.sleeping.remove(&id) {
            Some(open) => open,
            None => {
                let open = orders::open_of_pile(self.conn, id);
                self.note(open)?
            }
        };
        Ok(Box::new(pile))
    }

    /// Lets go of a pile that has gone off line, to keep memory for those that are here. One with a
    /// running session stays.
    pub fn pile_rest(&mut self, id: PileId) {
        if self.hot.piles.get(&id).is_some_and(|pile| pile.open.is_empty()) {
            self.hot.piles.remove(&id);
        }
    }

    /// Piles of this writer with an order whose time is over, awake or not; and those that have not
    /// spoken since the start and have an order without an end in sight.
    pub fn piles_with_deadlines(&self, now: Timestamp) -> Vec<PileId> {
        let due = |open: &[OpenOrder]| open.iter().any(|o| o.order.deadline.is_some_and(|at| at <= now));
        let endless = |open: &[OpenOrder]| open.iter().any(|o| o.order.deadline.is_none());
        let awake = self.hot.piles.iter().filter(|(_, pile)| due(&pile.open)).map(|(id, _)| *id);
        let asleep = self.hot.sleeping.iter().filter(|(_, open)| due(open) || endless(open));
        awake.chain(asleep.map(|(id, _)| *id)).collect()
    }

    // ---- writing ----

    /// Runs a statement now, inside the transaction.
    pub fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        let done = self.flush_open().and_then(|()| self.conn.execute(sql, params));
        self.job.direct = true;
        self.note(done)
    }

    pub fn next_id(&mut self, noun: Noun) -> Result<i64> {
        if !self.hot.ids.ready(noun) {
            let begun = self.begin();
            self.note(begun)?;
        }
        let id = self.hot.ids.next(self.conn, noun);
        self.note(id)
    }

    /// The id that the next sample or frame will have.
    pub fn peek_id(&mut self, noun: Noun) -> Result<i64> {
        if !self.hot.ids.ready(noun) {
            let begun = self.begin();
            self.note(begun)?;
        }
        let id = self.hot.ids.peek(self.conn, noun);
        self.note(id)
    }

    pub fn frame_append(&mut self, mut frame: FrameRow) -> Result<i64> {
        let id = self.next_id(Noun::Frame)?;
        frame.id = id;
        let block = id / crate::ids::FRAME_BLOCK;
        if block != self.hot.block {
            self.hot.block = block;
            self.hot.blocks.clear();
        }
        if self.hot.blocks.insert((frame.pile, block)) {
            self.pending.blocks.push((frame.pile, block, frame.at_ms));
        }
        self.pending.frames.push(frame);
        Ok(id)
    }

    pub fn sample_append(&mut self, mut sample: SampleRow) -> Result<()> {
        sample.id = self.next_id(Noun::Sample)?;
        self.pending.samples.push(sample);
        Ok(())
    }

    pub fn order_save(&mut self, order: &Order) {
        self.changes.push(Change::Order { order: order.id, pile: order.pile, operator: order.operator });
        let written = &mut self.hot.written;
        let known = written.get(&order.id).is_some_and(|identity| identity.is_of(order));
        if !known {
            written.insert(order.id, Identity::of(order));
        }
        self.pending.orders.push(OrderRow { order: order.clone(), known });
    }

    pub fn order_detail_save(&mut self, detail: OrderDetail) {
        self.pending.details.push(detail);
    }

    /// Counts a completed order into the hours and days that the home page reads.
    pub fn order_count(&mut self, ended: Ended) {
        self.pending.ended.push(ended);
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

    pub fn changed(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Takes one of the card's places for this order; false when all are taken. The place of
    /// `instead_of`, an order that this transaction ends, counts as free.
    pub fn card_take(&mut self, card: &Card, order: OrderId, instead_of: Option<OrderId>) -> bool {
        let (shard, most) = (self.hot.shard, card.sessions_max);
        let taken = self.hot.shared.take_place(&Place { card: card.id, order, shard, most, instead_of });
        if taken {
            self.job.taken.push((card.id, order));
        }
        taken
    }

    /// Gives the place back, once it is certain that the session has ended.
    pub fn card_free(&mut self, card: CardId, order: OrderId) {
        self.freed.push((card, order));
    }

    /// A card was changed: the next token is judged by what the database says.
    pub fn card_changed(&mut self, tag: &str) {
        self.hot.forget_card(tag);
        self.changes.push(Change::Noun("card"));
    }

    /// A station was changed (its tariff, its zone).
    pub fn station_changed(&mut self, id: StationId) {
        self.hot.stations.remove(&id);
        self.changes.push(Change::Noun("station"));
    }

    /// A pile's row was changed by direct SQL: it is read again.
    pub fn pile_changed(&mut self, pile: PileId, operator: model::id::OperatorId) -> Result<()> {
        let flushed = self.flush();
        self.note(flushed)?;
        if let Some(hot) = self.hot.piles.remove(&pile) {
            self.hot.sleeping.insert(pile, hot.open);
        }
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

    fn flush_open(&mut self) -> DbResult<()> {
        self.begin()?;
        self.flush()
    }

    /// Writes what is pending, without committing.
    fn flush(&mut self) -> DbResult<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        // What the running job has put down can no longer be taken back by forgetting it.
        self.job.direct |= self.pending.marks() != self.job.pending;
        let pending = std::mem::take(&mut self.pending);
        self.job.pending = [0; 9];
        let begin = !self.begun;
        self.begun = true;
        self.conn.pipeline(begin, &pending.inserts(), false)?;
        pending.forget_ended(self.hot);
        Ok(())
    }

    /// Writes and commits; the changes to be told.
    pub(crate) fn commit(mut self) -> DbResult<Vec<Change>> {
        if self.begun || !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            self.conn.pipeline(!self.begun, &pending.inserts(), true)?;
            pending.forget_ended(self.hot);
        }
        for (card, order) in self.freed {
            self.hot.shared.give_back(card, order);
        }
        Ok(self.changes)
    }
}

impl Pending {
    /// An order that has ended is hardly ever written again.
    fn forget_ended(&self, hot: &mut Hot) {
        for row in self.orders.iter().filter(|row| !row.order.state.awaits_record()) {
            hot.written.remove(&row.order.id);
        }
    }

    fn inserts(&self) -> Vec<Inserts<'_>> {
        let [orders, courses] = orders::inserts(&self.orders);
        let all = [
            orders,
            courses,
            orders::detail_inserts(&self.details),
            orders::sample_inserts(&self.samples),
            piles::connector_inserts(&self.connectors),
            piles::inserts(&self.piles),
            commands::inserts(&self.commands),
            rollups::hour_inserts(&self.ended),
            rollups::day_inserts(&self.ended),
            frames::block_inserts(&self.blocks),
            frames::inserts(&self.frames),
        ];
        all.into_iter().filter(|inserts| !inserts.values.is_empty()).collect()
    }
}

/// The last row of each key, in the order of their first appearance: what one upsert may carry.
pub(crate) fn latest<T, K: std::hash::Hash + Eq>(rows: &[T], key: impl Fn(&T) -> K) -> Vec<&T> {
    if rows.len() < 2 {
        return rows.iter().collect();
    }
    let mut places = std::collections::HashMap::with_capacity(rows.len());
    let mut kept: Vec<&T> = Vec::with_capacity(rows.len());
    for row in rows {
        match places.entry(key(row)) {
            std::collections::hash_map::Entry::Occupied(place) => kept[*place.get()] = row,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(row);
            }
        }
    }
    kept
}
