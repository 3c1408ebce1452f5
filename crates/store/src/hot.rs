//! The hot state: what the device path must know without asking the database.
//!
//! Owned by a writer thread, so it needs no locks. It always equals what the transaction has
//! written so far: a job takes a pile out, changes it and puts it back; a job that fails drops it,
//! and it is read again. After a failed transaction all of it is forgotten.

use crate::battery_reports::BatteryRow;
use crate::db::{Conn, DbResult};
use crate::deliveries::Subscription;
use crate::ids::{Ids, Noun};
use crate::occupancies::Occupancy;
use crate::orders::Identity;
use crate::purses::{Money, MoneyMarks, Purses};
use crate::reservations::Reservation;
use model::card::Card;
use model::curve::Curve;
use model::device::SocketReport;
use model::ground_lock::GroundLockReport;
use model::id::{CardId, ConnectorNo, OrderId, PileId, SessionKey, StationId, TariffId};
use model::order::{OpenOrder, Order};
use model::safety::SafetyWatch;
use model::site::{Connector, Pile, StationFacts};
use model::tariff::Tariff;
use model::tariff_calendar::TariffCalendar;
use model::time::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Most tokens remembered; an attacker who tries millions of card numbers only empties the memory.
const CARDS_MAX: usize = 100_000;

/// In [`Hot::heads`]: the order has no sample yet.
pub(crate) const NO_SAMPLE: i64 = 0;

/// In `sample.previous_id`: there is one before, and it is not known which.
pub(crate) const UNKNOWN_SAMPLE: i64 = -1;

/// A pile with everything its messages are judged by.
#[derive(Clone, Debug)]
pub struct HotPile {
    pub pile: Pile,
    /// By number, 0 (the pile as a whole) included once it has spoken of it.
    pub connectors: Vec<Connector>,
    /// Orders that await the pile's record; at most one per connector runs.
    pub open: Vec<OpenOrder>,
    /// The latest start of any order of this pile, by the pile's clock: a start after it cannot be a
    /// repetition, so that the database need not be asked.
    pub latest_start: Option<Timestamp>,
    /// The pile's clock minus ours as a message showed it, and when; believed when a later one agrees.
    pub skew_candidate: Option<(i64, Timestamp)>,
    /// The last event number of each session of OCPP 2 that was heard on this link.
    pub seqs: Vec<(SessionKey, i64)>,
    /// The sockets of each connector, where it has several (OCPP 2).
    pub sockets: Vec<SocketReport>,
    /// What its ground locks said last, since the pile was read.
    pub ground_locks: Vec<GroundLockReport>,
    /// What keeps its connectors for somebody.
    pub reserved: Vec<Reservation>,
    /// Cars that stay plugged in after their charge.
    pub occupied: Vec<Occupancy>,
    /// Sessions that charge without an order and were told of, since the pile was read.
    pub strays: Vec<SessionKey>,
    /// What the safety rules remember of each connector and its session, since the pile was read.
    pub watched: Vec<Watched>,
}

/// What the safety rules remember of one connector.
#[derive(Clone, Debug)]
pub struct Watched {
    pub connector: ConnectorNo,
    pub order: Option<OrderId>,
    pub watch: SafetyWatch,
}

impl HotPile {
    pub fn connector(&self, no: u16) -> Option<&Connector> {
        self.connectors.iter().find(|c| c.no == no)
    }

    /// What keeps the connector for somebody now.
    pub fn kept(&self, no: u16, now: Timestamp) -> Option<&Reservation> {
        self.reserved.iter().find(|one| one.connector == no && one.until > now)
    }

    /// The order that holds the connector.
    pub fn open_on(&self, no: u16) -> Option<usize> {
        self.open.iter().position(|o| o.order.connector == no && o.order.state.is_open())
    }

    /// The order of a session that has not got its record yet.
    pub fn open_session(&self, session: SessionKey) -> Option<usize> {
        self.open.iter().position(|o| o.order.session == Some(session))
    }
}

/// A published tariff version with the name and number it is shown under.
#[derive(Clone, Debug, PartialEq)]
pub struct TariffVersion {
    pub id: TariffId,
    pub name: String,
    pub version_no: i64,
    /// Of the table for all days that have none of their own.
    pub model_no: u16,
    pub calendar: TariffCalendar,
}

/// The table of a version that holds on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTable<'a> {
    /// Of its kind of days; none for all other days.
    pub name: Option<&'a str>,
    pub model_no: u16,
    pub table: &'a Tariff,
}

impl TariffVersion {
    pub fn table(&self, place: usize) -> DayTable<'_> {
        let table = self.calendar.table(place);
        let (name, model_no) = self
            .calendar
            .kind(place)
            .map_or((None, self.model_no), |kind| (Some(kind.name.as_str()), kind.model_no));
        DayTable { name, model_no, table }
    }

    /// The table that a pile says it has, where it is one of these.
    pub fn place_of(&self, model_no: u16) -> Option<usize> {
        (0..=self.calendar.kinds.len()).find(|place| self.table(*place).model_no == model_no)
    }
}

/// What all writers of this process share: which webhooks there are, which piles take firmware, and how
/// many sessions run on each card. A place is taken when a session is admitted and given back when it
/// ends or its admission is undone, so that two writers cannot both give the last one away.
#[derive(Debug)]
pub struct Shared {
    /// Each place with the writer whose pile holds it.
    running: Mutex<HashMap<CardId, HashMap<OrderId, usize>>>,
    /// Webhooks that are on.
    subscriptions: RwLock<Arc<[Subscription]>>,
    /// Piles whose next start may show that their firmware is a new one; more of them do no harm.
    updating: RwLock<HashSet<PileId>>,
    /// What payers have.
    pub(crate) purses: Purses,
}

/// A place on a card that is wanted for an order.
pub(crate) struct Place {
    pub card: CardId,
    pub order: OrderId,
    pub shard: usize,
    /// How many there are.
    pub most: i64,
    /// An order that ends in the same breath; its place counts as free.
    pub instead_of: Option<OrderId>,
}

impl Default for Shared {
    fn default() -> Shared {
        Shared {
            running: Mutex::default(),
            subscriptions: RwLock::new(Arc::from([])),
            updating: RwLock::default(),
            purses: Purses::default(),
        }
    }
}

impl Shared {
    pub(crate) fn subscribe(&self, all: Vec<Subscription>) {
        *self.subscriptions.write().unwrap_or_else(PoisonError::into_inner) = all.into();
    }

    pub(crate) fn subscriptions(&self) -> Arc<[Subscription]> {
        Arc::clone(&self.subscriptions.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn update_begun(&self, piles: impl IntoIterator<Item = PileId>) {
        self.updating.write().unwrap_or_else(PoisonError::into_inner).extend(piles);
    }

    pub(crate) fn may_update(&self, pile: PileId) -> bool {
        self.updating.read().unwrap_or_else(PoisonError::into_inner).contains(&pile)
    }

    pub(crate) fn take_place(&self, wanted: &Place) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let orders = running.entry(wanted.card).or_default();
        if orders.contains_key(&wanted.order) {
            return true;
        }
        let taken = orders.keys().filter(|order| Some(**order) != wanted.instead_of).count();
        let free = i64::try_from(taken).unwrap_or(i64::MAX) < wanted.most;
        if free {
            orders.insert(wanted.order, wanted.shard);
        } else if orders.is_empty() {
            running.remove(&wanted.card);
        }
        free
    }

    /// Puts what the database says in the place of all that one writer has taken: after a failed
    /// transaction nobody else knows which of its places are real.
    pub(crate) fn reload(&self, shard: usize, held: &[(CardId, OrderId)]) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        for orders in running.values_mut() {
            orders.retain(|_, holder| *holder != shard);
        }
        for (card, order) in held {
            running.entry(*card).or_default().insert(*order, shard);
        }
        running.retain(|_, orders| !orders.is_empty());
    }

    pub(crate) fn give_back(&self, card: CardId, order: OrderId) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(orders) = running.get_mut(&card) {
            orders.remove(&order);
            if orders.is_empty() {
                running.remove(&card);
            }
        }
    }
}

/// Which writer a pile belongs to.
pub(crate) fn shard_of(pile: PileId, writers: usize) -> usize {
    usize::try_from(pile.0.unsigned_abs()).unwrap_or(0) % writers.max(1)
}

pub struct Hot {
    pub(crate) shared: Arc<Shared>,
    /// The number of this writer, and how many there are.
    pub(crate) shard: usize,
    writers: usize,
    pub(crate) ids: Ids,
    pub(crate) piles: HashMap<PileId, Box<HotPile>>,
    /// Piles that the running batch is about and that were asleep, as the database has them.
    pub(crate) fetched: HashMap<PileId, Box<HotPile>>,
    /// Open orders of piles that have not spoken since the start.
    pub(crate) sleeping: HashMap<PileId, Vec<OpenOrder>>,
    pub(crate) stations: HashMap<StationId, Arc<StationFacts>>,
    pub(crate) tariffs: HashMap<TariffId, Arc<TariffVersion>>,
    cards: HashMap<String, Option<Arc<Card>>>,
    /// By what the database finds the running orders that this writer has written.
    pub(crate) written: HashMap<OrderId, Identity>,
    /// Piles that a refused job has dropped: what they hold is in the database alone.
    pub(crate) stale: HashSet<PileId>,
    /// The latest frame of each pile that has spoken.
    pub(crate) last_frames: HashMap<PileId, i64>,
    /// The latest sample of each open order, from which its curve can be read; [`NO_SAMPLE`] for one
    /// that has none. Not in here: unknown.
    pub(crate) heads: HashMap<OrderId, i64>,
    /// What the batteries of running sessions have told. Written now and then, and when the session ends.
    pub(crate) batteries: HashMap<OrderId, Box<BatteryRow>>,
    /// What `heads` said before each sample of the running transaction.
    pub(crate) sampled: Vec<(OrderId, Option<i64>)>,
    /// Who pays the orders of its piles.
    pub(crate) money: Money,
    loaded: bool,
}

impl Hot {
    pub fn new(shared: Arc<Shared>, shard: usize, writers: usize) -> Hot {
        Hot {
            shared,
            shard,
            writers,
            ids: Ids::default(),
            piles: HashMap::new(),
            fetched: HashMap::new(),
            sleeping: HashMap::new(),
            stations: HashMap::new(),
            tariffs: HashMap::new(),
            cards: HashMap::new(),
            written: HashMap::new(),
            stale: HashSet::new(),
            last_frames: HashMap::new(),
            heads: HashMap::new(),
            batteries: HashMap::new(),
            sampled: Vec::new(),
            money: Money::default(),
            loaded: false,
        }
    }

    /// Drops everything that may differ from the database. Where the samples of the open orders are
    /// stays known when the transaction was `undone` for certain: looking for them is dear.
    pub fn forget(&mut self, undone: bool) {
        let mut heads = HashMap::new();
        if undone {
            self.money_undo(MoneyMarks::default());
            self.samples_undo(0);
            heads = std::mem::take(&mut self.heads);
        }
        *self = self.anew();
        self.heads = heads;
    }

    /// As at the start.
    pub(crate) fn anew(&self) -> Hot {
        let money = self.money_doubtful();
        Hot { money, ..Hot::new(Arc::clone(&self.shared), self.shard, self.writers) }
    }

    /// Whether the pile belongs to this writer.
    pub(crate) fn is_own(&self, pile: PileId) -> bool {
        shard_of(pile, self.writers) == self.shard
    }

    /// Takes the pile out of the hot state; it is read again when it is wanted.
    pub(crate) fn drop_pile(&mut self, pile: PileId) {
        self.piles.remove(&pile);
        self.fetched.remove(&pile);
        self.sleeping.remove(&pile);
        self.stale.insert(pile);
    }

    /// Reads those of the piles that are asleep, all at once.
    pub(crate) fn fetch(&mut self, conn: &mut Conn, wanted: impl Iterator<Item = PileId>) -> DbResult<()> {
        self.fetched.clear();
        let mut asleep: Vec<_> = wanted.filter(|pile| !self.piles.contains_key(pile)).collect();
        asleep.sort_unstable();
        asleep.dedup();
        if asleep.len() > 1 {
            let read = crate::piles::hot(conn, &asleep)?;
            self.fetched.extend(read.into_iter().map(|hot| (hot.pile.id, Box::new(hot))));
        }
        Ok(())
    }

    /// One pile, as the database has it.
    pub(crate) fn pile(&mut self, conn: &mut Conn, id: PileId) -> DbResult<Option<Box<HotPile>>> {
        match self.fetched.remove(&id) {
            Some(pile) => Ok(Some(pile)),
            None => Ok(crate::piles::hot(conn, &[id])?.pop().map(Box::new)),
        }
    }

    /// An order that was begun just now has no samples.
    pub(crate) fn order_begun(&mut self, order: &Order) {
        if order.sample_from >= self.ids.upcoming(Noun::Sample) {
            self.heads.entry(order.id).or_insert(NO_SAMPLE);
        }
    }

    /// Notes a sample as the order's latest; what the row names as the one before it.
    pub(crate) fn sample_follow(&mut self, order: OrderId, sample: i64) -> Option<i64> {
        let known = self.heads.insert(order, sample);
        self.sampled.push((order, known));
        match known {
            Some(NO_SAMPLE) => None,
            Some(before) => Some(before),
            None => Some(UNKNOWN_SAMPLE),
        }
    }

    /// Takes back the samples since the one with this number in the transaction.
    pub(crate) fn samples_undo(&mut self, from: usize) {
        for (order, known) in self.sampled.split_off(from).into_iter().rev() {
            match known {
                Some(head) => self.heads.insert(order, head),
                None => self.heads.remove(&order),
            };
        }
    }

    /// Forgets what is remembered of rows that staff change.
    pub(crate) fn forget_read(&mut self) {
        self.cards.clear();
        self.stations.clear();
        self.tariffs.clear();
    }

    /// Reads the open orders with their curves: at the start and after a failed transaction.
    pub fn ensure_loaded(&mut self, conn: &mut Conn) -> DbResult<()> {
        if self.loaded {
            return Ok(());
        }
        let mut held = Vec::new();
        // The piles of other writers are theirs: what is known of them here would grow old.
        let (shard, writers) = (self.shard, self.writers);
        let own = crate::orders::open_where(conn, &mut self.heads, |pile| shard_of(pile, writers) == shard)?;
        for open in own {
            if let Some(card) = open.order.card.filter(|_| open.order.state.is_open()) {
                held.push((card, open.order.id));
            }
            self.sleeping.entry(open.order.pile).or_default().push(open);
        }
        self.shared.reload(self.shard, &held);
        self.money_load(conn)?;
        self.loaded = true;
        Ok(())
    }

    pub(crate) fn card(&mut self, conn: &mut Conn, tag: &str) -> DbResult<Option<Arc<Card>>> {
        if let Some(card) = self.cards.get(tag) {
            return Ok(card.clone());
        }
        let card = crate::cards::find(conn, tag)?.map(Arc::new);
        if self.cards.len() >= CARDS_MAX {
            self.cards.clear();
        }
        self.cards.insert(tag.to_owned(), card.clone());
        Ok(card)
    }

    pub(crate) fn forget_cards(&mut self, which: impl Fn(&Card) -> bool) {
        self.cards.retain(|_, card| card.as_ref().is_none_or(|card| !which(card)));
    }

    pub(crate) fn forget_card(&mut self, tag: &str) {
        self.cards.remove(tag);
    }
}

/// A curve from samples in any order.
pub(crate) fn curve_of(points: impl IntoIterator<Item = model::curve::Point>) -> Curve {
    let mut curve = Curve::default();
    points.into_iter().for_each(|point| curve.push(point));
    curve
}
